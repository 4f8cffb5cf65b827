"""What was answered, weighed and voted, one row for each recording and question."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.evaluation import by_utterance, reference_distribution
from sottovoce.readout import text

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

Shares = dict[str, float]
LEAST_TOLD = 0.05


@dataclass(frozen=True)
class AnswerRow:
    """One recording and one question.

    Parameters
    ----------
    utterance, prompt
        Their names.
    path, duration, speaker, notes
        Of the recording; duration in seconds.
    status, message
        "ok", or "error" and why.
    answer
        The generated text.
    shares
        Emotion to share, at the level of tokens; None if there are none.
    text_shares
        The same as the answer states it; None if it cannot be read.
    listeners
        The distribution of the votes; None if there are none.
    js
        JS divergence of `shares` and `listeners`, base 2; None if one of them is missing.
    """

    utterance: str
    prompt: str
    path: str
    duration: float | None
    speaker: str
    notes: str
    status: str
    message: str
    answer: str
    shares: Shares | None
    text_shares: Shares | None
    listeners: Shares | None
    js: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, which JSON can hold."""
        return asdict(self)


def answer_rows(run: xr.Dataset, shares: xr.DataArray, votes: Any = None) -> list[AnswerRow]:
    """Return a row for each recording and question, in the order of the run.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    shares
        One of its read-outs at the level of tokens. What it lacks of the run has no shares.
    votes
        A corpus, or counts with dims (utterance, emotion).
    """
    emotions = [str(name) for name in shares["emotion"].values]
    shares = shares.reset_coords(drop=True).reindex(
        utterance=run["utterance"].values, prompt=run["prompt"].values
    )
    order = ("utterance", "prompt", "emotion")
    token_level = shares.transpose(*order).values
    text_level = text(run, emotions=emotions).transpose(*order).values
    divergence = np.full(token_level.shape[:2], np.nan)
    listeners = np.full((len(token_level), len(emotions)), np.nan)
    if votes is not None:
        divergence = by_utterance(shares, votes).transpose("utterance", "prompt").values
        reference = reference_distribution(votes).sel(emotion=emotions)
        listeners = reference.reindex(utterance=run["utterance"].astype(str)).values
    told = {
        name: run[name].transpose("utterance", "prompt").values
        for name in ("answer", "status", "message")
    }
    heard = {name: run[name].values for name in ("path", "duration", "speaker", "notes")}
    return [
        AnswerRow(
            utterance=str(utterance),
            prompt=str(prompt),
            path=str(heard["path"][u]),
            duration=_number(heard["duration"][u]),
            speaker=str(heard["speaker"][u]),
            notes=str(heard["notes"][u]),
            status=str(told["status"][u, p]),
            message=str(told["message"][u, p]),
            answer=str(told["answer"][u, p]),
            shares=_by_name(emotions, token_level[u, p]),
            text_shares=_by_name(emotions, text_level[u, p]),
            listeners=_by_name(emotions, listeners[u]),
            js=_number(divergence[u, p]),
        )
        for u, utterance in enumerate(run["utterance"].values)
        for p, prompt in enumerate(run["prompt"].values)
    ]


def failures(run: xr.Dataset) -> dict[str, str]:
    """Return the recordings that failed and why, in the order of the run."""
    failed: dict[str, str] = {}
    messages = run["message"].transpose("utterance", "prompt").values
    errors = (run["status"] != "ok").transpose("utterance", "prompt").values
    for u, utterance in enumerate(map(str, run["utterance"].values)):
        told = [str(message) for message in messages[u][errors[u]]]
        if told:
            failed[utterance] = told[0]
    return failed


def in_words(shares: Shares) -> str:
    """Return the larger shares, the largest first.

    Examples
    --------
    >>> in_words({"angry": 0.62, "happy": 0.01, "sad": 0.37})
    'angry 62%, sad 37%'
    """
    ordered = sorted(shares.items(), key=lambda item: -item[1])
    told = [item for item in ordered if item[1] >= LEAST_TOLD] or ordered[:1]
    return ", ".join(f"{name} {share:.0%}" for name, share in told)


def _by_name(emotions: list[str], shares: NDArray[np.float64]) -> Shares | None:
    if np.isnan(shares).any():
        return None
    return dict(zip(emotions, map(float, shares), strict=True))


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)

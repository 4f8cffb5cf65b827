"""What the linked view shows, as plain numbers and texts: made in Python, drawn by JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.dataset import check_run, log_probability
from sottovoce.errors import ReadoutError, RunError
from sottovoce.plots.answers import select_answer
from sottovoce.plots.distribution_bars import PEOPLE, share_table
from sottovoce.plots.style import concept_colors
from sottovoce.plots.text import END, visible
from sottovoce.plots.weights import weigh
from sottovoce.widgets.shared.sendable import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sottovoce.plots.answers import Answer

MOST_ALTERNATIVES = 8
LONGEST_TOKEN = 24


def answer_state(run: xr.Dataset, utterance: str, prompt: str) -> dict[str, Any]:
    """Return one answer of a run as what a browser needs to draw it.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    utterance, prompt
        Which answer.

    Returns
    -------
    dict
        Of what JSON knows. ``status`` and ``message`` say whether the recording could be heard;
        ``steps`` has an entry a decoding step, with the probabilities of the emitted token, of the
        likeliest tokens that the run follows, of the others that it follows (``rest``) and of
        the vocabulary beyond (``beyond``), which sum to 1, and the entropy in nats;
        ``trajectories`` has the log-probabilities of the emotions (nats), None where the run
        follows none, with the reason in ``note``.

    Raises
    ------
    RunError
        If there is no such answer.
    """
    check_run(run)
    for dim, name in (("utterance", utterance), ("prompt", prompt)):
        if name not in run.indexes[dim]:
            raise RunError(f"{dim}={name!r} is not in this run of {run.sizes[dim]} {dim}s")
    named = {"utterance": clean(utterance), "prompt": clean(prompt)}
    one = run.sel(utterance=utterance, prompt=prompt)
    message = clean(str(one["message"].item()))
    if one["status"].item() != "ok" or not int(one["n_steps"].item()):
        told = message or "This recording has no answer, and the run does not say why."
        return {**named, "status": "error", "message": told, "text": "", "steps": []}
    answer = select_answer(run, utterance, prompt)
    return {
        **named,
        "status": "ok",
        "message": message,
        "text": clean(answer.text),
        "n_followed": int(answer.run.sizes["token"]),
        "steps": _steps(answer),
        **_trajectories(answer),
    }


def voted_or_not(shares: Mapping[str, xr.DataArray], utterance: str) -> dict[str, xr.DataArray]:
    """Return shares in which people who never heard this recording have NaN in place of votes.

    That is no error: one's own recording beside a corpus has no listeners.
    """
    return {
        label: xr.full_like(votes.isel(utterance=0, drop=True), np.nan, dtype=float)
        if _is_people(label) and "utterance" in votes.dims and utterance not in votes["utterance"]
        else votes
        for label, votes in shares.items()
    }


def shares_state(
    shares: Mapping[str, xr.DataArray], utterance: str | None, prompt: str | None
) -> dict[str, Any]:
    """Return distributions over emotions as what a browser needs to draw them as bars.

    Parameters
    ----------
    shares
        Label to shares or counts, as for :func:`sottovoce.plots.distribution_bars`.
    utterance, prompt
        Which of them.

    Returns
    -------
    dict
        ``emotions``, each with a name and a color, and ``sources``, each with a label, its shares,
        which sum to 1, or None with a ``note`` that says why there are none, and whether it is of
        people.

    Raises
    ------
    ReadoutError
        If a source has no such utterance or prompt.
    """
    if not shares:
        return {"emotions": [], "sources": []}
    table = share_table(shares, utterance, prompt)
    emotions = [str(name) for name in table.index]
    colors = concept_colors(emotions)
    return {
        "emotions": [{"name": clean(name), "color": colors[name]} for name in emotions],
        "sources": [
            _source(str(label), [float(share) for share in column])
            for label, column in table.items()
        ],
    }


def answer_position(state: Mapping[str, Any]) -> int:
    """Return the step that stands for the answer, the first one where none does."""
    trajectories = state.get("trajectories")
    return max(0, int(trajectories["answer_step"])) if trajectories else 0


def _source(label: str, shares: list[float]) -> dict[str, Any]:
    people = _is_people(label)
    known = np.isfinite(shares).all()
    note = "no votes on this recording" if people else "cannot be read from this answer"
    return {
        "label": clean(label),
        "people": people,
        "shares": shares if known else None,
        "note": "" if known else note,
    }


def _is_people(label: str) -> bool:
    return label.lower() in PEOPLE


def _steps(answer: Answer) -> list[dict[str, Any]]:
    run = answer.run.isel(utterance=0, prompt=0)
    p = np.exp(log_probability(run).transpose("step", "token").values.astype(float))
    chosen = np.exp((run["chosen_logit"] - run["log_normalizer"]).values.astype(float))
    ids, followed = run["chosen_token"].values.tolist(), run["token"].values.tolist()
    texts = [str(text) for text in run["token_text"].values]
    is_word = run["kind"].values != "percentage"
    concepts = [
        str(c) if word else "" for c, word in zip(run["concept"].values, is_word, strict=True)
    ]
    named = answer.emitted_concepts
    labels = [clean(visible(text, LONGEST_TOKEN)) for text in answer.emitted]
    if answer.has_ended:
        labels[-1] = END
    steps = []
    for step, label in enumerate(labels):
        own = followed.index(ids[step]) if ids[step] in followed else None
        order = [int(i) for i in np.argsort(-p[step], kind="stable")[:MOST_ALTERNATIVES]]
        if own is not None and own not in order:
            order[-1] = own
        listed = [_alternative(texts[i], concepts[i], p[step, i], emitted=i == own) for i in order]
        if own is None:
            listed.append(_alternative(label, "", chosen[step], emitted=True, followed=False))
        listed.sort(key=lambda entry: -entry["p"])
        covered = p[step].sum() + (chosen[step] if own is None else 0.0)
        steps.append(
            {
                "label": label,
                "p": min(float(chosen[step]), 1.0),
                "concept": clean(named[step] or ""),
                "entropy": float(run["entropy"].values[step]),
                "alternatives": listed,
                "rest": max(0.0, float(p[step].sum() - p[step, order].sum())),
                "n_rest": len(followed) - len(order),
                "beyond": max(0.0, 1.0 - float(covered)),
            }
        )
    return steps


def _alternative(
    text: str, concept: str, p: float, *, emitted: bool, followed: bool = True
) -> dict[str, Any]:
    return {
        "label": clean(visible(text, LONGEST_TOKEN)),
        "concept": clean(concept),
        "p": min(float(p), 1.0),
        "emitted": emitted,
        "followed": followed,
    }


def _trajectories(answer: Answer) -> dict[str, Any]:
    try:
        weights = weigh(answer, None)
    except ReadoutError as error:
        return {"trajectories": None, "note": clean(str(error))}
    colors = {**concept_colors(weights.names), **answer.colors}
    drawn = np.maximum(np.nan_to_num(weights.log_p, nan=-np.inf), weights.floor)
    return {
        "trajectories": {
            "emotions": [
                {
                    "name": clean(name),
                    "color": colors[name],
                    "log_p": drawn[i].tolist(),
                    "p": weights.p[i].tolist(),
                }
                for i, name in enumerate(weights.names)
            ],
            "decades": weights.decades,
            "answer_step": weights.answer_step,
        },
        "note": "",
    }

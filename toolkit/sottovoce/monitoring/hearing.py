"""Hearing: one window or several through the model, and their shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from sottovoce.audio import Recording
from sottovoce.capture import capture
from sottovoce.errors import RecordingError, SottovoceError
from sottovoce.prompts import get_prompts
from sottovoce.readout import read_out
from sottovoce.vocabulary import as_token_set

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sottovoce.alerts import Alert
    from sottovoce.models import SpeechModel

Status: TypeAlias = Literal["ok", "error", "broken"]


@dataclass(frozen=True, slots=True)
class Heard:
    """A window that was heard, or why it was not.

    Parameters
    ----------
    window
        Its id.
    start, end
        Seconds in the stream.
    status
        "ok"; "error", if the model or the read-out had nothing to say of it, as with silence; or
        "broken", if some of its sound was refused.
    message
        Why it is not ok.
    shares
        Emotion -> share; empty if it is not ok.
    alerts
        Those that it raised.
    """

    window: str
    start: float
    end: float
    status: Status
    message: str = ""
    shares: Mapping[str, float] = field(default_factory=dict)
    alerts: tuple[Alert, ...] = ()


class Hearing:
    """A model with one question, and a way to read its answer.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    prompt, tokens, mode
        As for :func:`sottovoce.capture`; one prompt.
    readout, readout_options
        As for :func:`sottovoce.read_out`.
    longest
        Seconds that it will have to hear at once.

    Raises
    ------
    RecordingError
        If the model does not hear so much.
    PromptError, VocabularyError
        If there is no such prompt or preset, or there are several prompts.
    """

    def __init__(
        self,
        model: SpeechModel,
        *,
        prompt: Any,
        tokens: Any,
        mode: Any,
        readout: str,
        readout_options: Mapping[str, Any] | None = None,
        longest: float | None = None,
    ) -> None:
        if longest is not None and model.max_seconds is not None and longest > model.max_seconds:
            raise RecordingError(
                f"seconds={longest:g} must be at most {model.max_seconds:g}, which is what "
                f"{model.id} hears at once"
            )
        [self.prompt] = get_prompts([prompt])
        self.model = model
        self.tokens = as_token_set(tokens)
        self.mode = mode
        self.readout = readout
        self._options = dict(readout_options or {})

    def emotions(self) -> list[str]:
        """Return what the shares are of, by asking about a moment of noise."""
        noise = np.random.default_rng(0).normal(0, 0.05, self.model.rate // 2)
        recording = Recording(noise.astype(np.float32), self.model.rate, id="noise")
        return [str(name) for name in self._shares([recording])[0]["emotion"].values]

    def hear(self, recordings: Sequence[Recording]) -> list[tuple[dict[str, float], str]]:
        """Return for each recording its shares, or an empty dict and why there are none."""
        try:
            shares, messages = self._shares(recordings)
        except SottovoceError as error:
            return [({}, str(error)) for _ in recordings]
        names = [str(name) for name in shares["emotion"].values]
        results: list[tuple[dict[str, float], str]] = []
        for row, message in zip(shares.values, messages, strict=True):
            if message or np.isnan(row).any():
                results.append(({}, message or f"{self.readout} finds nothing to read"))
            else:
                results.append((dict(zip(names, map(float, row), strict=True)), ""))
        return results

    def _shares(self, recordings: Sequence[Recording]) -> tuple[Any, list[str]]:
        run = capture(
            self.model, list(recordings), self.prompt, self.tokens, mode=self.mode, progress=False
        )
        shares = read_out(run, self.readout, **self._options)
        return shares.isel(prompt=0), [str(text) for text in run["message"].isel(prompt=0).values]

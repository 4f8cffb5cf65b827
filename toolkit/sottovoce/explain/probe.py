"""Many versions of a recording to a model, and each one's shares back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy import special

from sottovoce.audio import load_recording
from sottovoce.capture.asking import Asking
from sottovoce.capture.batching import Row
from sottovoce.capture.forced import AnswerStep
from sottovoce.capture.modes import require_positive
from sottovoce.capture.progress import as_progress
from sottovoce.capture.sequences import continuation_ids, prompt_ids
from sottovoce.errors import ModelError, RecordingError, VocabularyError
from sottovoce.models import SpeechModel, load_model
from sottovoce.prompts import get_prompt
from sottovoce.vocabulary import as_token_set

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sottovoce.audio import Recording
    from sottovoce.capture.progress import Progress
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet


class Probe:
    """A model that is asked one question about many sounds.

    The shares are those of the read-out "answer_step" on a capture with ``mode="answer_step"``: one
    forward pass a sound, and nothing decoded. Here sounds need not be recordings that make sense:
    one that is covered whole is silent.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`, or a name for it.
    prompt
        A question; best one that asks for an emotion's name at once.
    tokens
        The spellings to follow, as for :func:`sottovoce.capture`; by default the emotions.
    emotions
        The concepts to divide between; by default all of `tokens`.
    batch_size
        Sounds that run together.

    Raises
    ------
    VocabularyError
        If an emotion has no token in this model.
    PromptError
        If there is no such prompt.
    """

    def __init__(
        self,
        model: SpeechModel | str,
        prompt: str | Prompt = "one_word",
        tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
        emotions: Sequence[str] | None = None,
        *,
        batch_size: int = 16,
    ) -> None:
        require_positive("batch_size", batch_size)
        self.model = model if isinstance(model, SpeechModel) else load_model(model)
        self.prompt = get_prompt(prompt)
        token_set = as_token_set("emotions" if tokens is None else tokens)
        resolved = token_set.resolve(self.model.tokenizer)
        table = resolved.table[resolved.table["kind"] != "percentage"]
        known = list(token_set.to_dict()["concepts"]) or list(dict.fromkeys(table["concept"]))
        self.emotions = [str(name) for name in (known if emotions is None else emotions)]
        concepts = table["concept"].to_numpy()
        self.token_ids = [int(token) for token in table["token"]]
        self._positions = [np.flatnonzero(concepts == name) for name in self.emotions]
        if absent := [
            name for name, at in zip(self.emotions, self._positions, strict=True) if not at.size
        ]:
            raise VocabularyError(
                f"{self.model.id} writes no spelling of {', '.join(map(repr, absent))} as a token. "
                f"Give other spellings, or emotions= of those that it writes: "
                f"{', '.join(dict.fromkeys(map(str, concepts)))}"
            )
        self._mode = AnswerStep(None)
        self._mode.entries([self.prompt])
        text = self._mode.given("", self.prompt.name)
        asked = prompt_ids(self.model, self.prompt)
        self.given = tuple(continuation_ids(self.model, asked, text))
        self._batch_size = batch_size

    @property
    def rows_at_once(self) -> int:
        """How many sounds of equal length may run together."""
        return 1 if self.model.grouping == "single" else self._batch_size

    def load(self, recording: Any) -> Recording:
        """Return one recording at the model's rate.

        Raises
        ------
        RecordingError
            If it cannot be read, or the model would not hear the whole of it.
        """
        loaded = load_recording(recording, rate=self.model.rate)
        longest = self.model.max_seconds
        if longest is not None and loaded.duration > longest + 1e-6:
            raise RecordingError(
                f"{loaded.path or loaded.id}: it lasts {loaded.duration:.1f} s, and "
                f"{self.model.id} hears {longest:g} s at once. Explain a window of it: "
                f"sottovoce.audio.windows(recording, {longest:g})"
            )
        return loaded

    def shares(
        self, sounds: Sequence[NDArray[np.float32]], *, progress: bool | Progress = False
    ) -> NDArray[np.float64]:
        """Return the shares of each sound, shape (sound, emotion).

        Parameters
        ----------
        sounds
            Mono float32 at the model's rate, each of shape (n,).
        progress
            As for :func:`sottovoce.capture`.

        Raises
        ------
        ModelError
            If the model fails on one of them.
        """
        rows = [
            Row(number, 0, sound, self.prompt.text, self.given)
            for number, sound in enumerate(sounds)
        ]
        asking = Asking(
            self.model, self._mode, self.token_ids, batch_size=self._batch_size, sharing=None
        )
        shares = np.full((len(rows), len(self.emotions)), np.nan)
        for answered in as_progress(progress).asking(asking.answers([rows]), len(rows)):
            for row, outcome in answered:
                if isinstance(outcome, Exception):
                    raise ModelError(
                        f"{self.model.id} failed on a version of the recording: {outcome}"
                    ) from outcome
                shares[row.utterance] = self.divide(outcome.logit[0])
        return shares

    def divide(self, logit: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return shares of logits of the followed tokens, shape (..., token)."""
        of_emotions = [
            special.logsumexp(np.asarray(logit, dtype=np.float64)[..., at], axis=-1)
            for at in self._positions
        ]
        return np.asarray(special.softmax(np.stack(of_emotions, axis=-1), axis=-1))

    def divide_tensor(self, logit: torch.Tensor) -> torch.Tensor:
        """Return the same of a tensor, so that gradients go through."""
        of_emotions = [logit[..., torch.as_tensor(at)].logsumexp(-1) for at in self._positions]
        return torch.stack(of_emotions, dim=-1).softmax(dim=-1)

    def target(self, name: str | None, shares: NDArray[np.float64]) -> int:
        """Return the place of the emotion that is to be explained: by default the likeliest."""
        if name is None:
            return int(np.argmax(shares))
        if name not in self.emotions:
            raise VocabularyError(
                f"target={name!r} must be one of {', '.join(map(repr, self.emotions))}"
            )
        return self.emotions.index(name)

    def told(self) -> dict[str, Any]:
        """Return what every result says of how it was made."""
        return {
            "model_id": self.model.id,
            "model_revision": self.model.known_revision,
            "prompt": self.prompt.name,
            "prompt_text": self.prompt.text,
        }

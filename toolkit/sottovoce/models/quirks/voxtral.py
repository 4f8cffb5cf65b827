"""Voxtral's tokenizer is mistral-common's, which takes sound as files only, and text as text only.

An array is refused by it, and with a tokenizer of another kind the sound is dropped without a word.
So each recording is handed over as a WAV file in memory, in full precision. No text is ever read as
a control token. Its processor has no chat template, and always pads to windows of thirty seconds.
"""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import soundfile

from sottovoce.errors import ModelError
from sottovoce.models.interface import ChatInterface

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray


class Voxtral(ChatInterface):
    """Recordings as files in memory, to a tokenizer that knows the chat by itself."""

    def why_deaf(self, model: Any, processor: Any) -> str | None:
        """Return that the tokenizer is of another kind, with which the sound is dropped."""
        del model
        if hasattr(processor.tokenizer, "mode"):
            return None
        return (
            f"its tokenizer is a {type(processor.tokenizer).__name__}, with which Voxtral drops "
            "the recording in silence. Put the tekken.json of the original model beside the "
            "weights, and install mistral-common: pip install mistral-common"
        )

    def encode(
        self, processor: Any, samples: Sequence[NDArray[np.float32]], prompts: Sequence[str]
    ) -> Mapping[str, Any]:
        """Return a user's turn for each row, the recording before the question."""
        rate = self.rate(processor)
        conversations = [
            [
                {
                    "role": "user",
                    "content": [
                        {"type": "audio", "base64": _wav(sound, rate)},
                        {"type": "text", "text": prompt},
                    ],
                }
            ]
            for sound, prompt in zip(samples, prompts, strict=True)
        ]
        inputs: Mapping[str, Any] = processor.apply_chat_template(conversations)
        if "input_features" not in inputs:
            raise ModelError(
                "The tokenizer drops the recording, so the model would answer unheard."
            )
        return inputs


def _wav(sound: NDArray[np.float32], rate: int) -> str:
    file = io.BytesIO()
    soundfile.write(file, sound, rate, format="WAV", subtype="FLOAT")
    return base64.b64encode(file.getvalue()).decode()

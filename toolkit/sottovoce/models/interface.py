"""Interfaces: what is particular to an architecture, behind one face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import transformers

from sottovoce.models.auto_class import auto_class
from sottovoce.models.chat import encode
from sottovoce.models.window import feature_extractor, longest_audio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray


class Interface(Protocol):
    """What sottovoce asks about an architecture.

    :class:`ChatInterface` answers for most of them, by a processor with a chat template; derive
    from it and say what differs. Pass an interface to :func:`sottovoce.load_model`, or register it
    for an architecture with :func:`register_interface`.

    Attributes
    ----------
    generate_options
        Arguments that the model's ``generate`` needs beside its inputs and settings.
    """

    generate_options: ClassVar[Mapping[str, Any]]

    def load_processor(self, location: str, config: Any, options: Mapping[str, Any]) -> Any:
        """Return the processor, with a tokenizer as its ``tokenizer``.

        Parameters
        ----------
        location
            A folder or a hub id.
        config
            The model's configuration.
        options
            What ``from_pretrained`` is to be given: trust_remote_code, and revision for a hub id.
        """
        ...

    def load_model(
        self, location: str, config: Any, options: Mapping[str, Any]
    ) -> tuple[Any, Mapping[str, Any]]:
        """Return the model, and transformers' report of how loading went.

        Parameters
        ----------
        location, config
            As above.
        options
            As above, and dtype, use_safetensors and output_loading_info.
        """
        ...

    def finish(self, model: Any, processor: Any) -> None:
        """Set right what can be only once both are loaded."""
        ...

    def why_deaf(self, model: Any, processor: Any) -> str | None:
        """Return why the two cannot hear a recording and a question, None if they can."""
        ...

    def rate(self, processor: Any) -> int:
        """Return the sampling rate that the model hears, in Hz."""
        ...

    def encode(
        self, processor: Any, samples: Sequence[NDArray[np.float32]], prompts: Sequence[str]
    ) -> Mapping[str, Any]:
        """Return the inputs of one batch as tensors, one recording and one question a row.

        Rows are padded on the left. A question's control tokens are text, or a PromptError.
        """
        ...

    def longest(self, processor: Any) -> float | None:
        """Return the seconds beyond which the model hears nothing, None if there is no limit."""
        ...

    def shortest(self, processor: Any) -> int:
        """Return the number of samples below which a recording is padded with silence."""
        ...


class ChatInterface:
    """The generic way: transformers' automatic classes, and a question put by a chat template."""

    generate_options: ClassVar[Mapping[str, Any]] = {}

    def load_processor(self, location: str, config: Any, options: Mapping[str, Any]) -> Any:
        """Return what AutoProcessor finds."""
        # A text-only model has no processor either, and that it cannot hear says more.
        auto_class(config, trust_remote_code=options.get("trust_remote_code", False))
        return transformers.AutoProcessor.from_pretrained(location, **options)

    def load_model(
        self, location: str, config: Any, options: Mapping[str, Any]
    ) -> tuple[Any, Mapping[str, Any]]:
        """Return the model by the first automatic class that knows the architecture."""
        found = auto_class(config, trust_remote_code=options.get("trust_remote_code", False))
        loaded: tuple[Any, Mapping[str, Any]] = found.from_pretrained(location, **options)
        return loaded

    def finish(self, model: Any, processor: Any) -> None:
        """Leave both as they are."""

    def why_deaf(self, model: Any, processor: Any) -> str | None:
        """Return what is missing: a feature extractor, a chat template, or an ear for questions."""
        architecture = model.config.model_type
        if feature_extractor(processor) is None or not hasattr(processor, "tokenizer"):
            return (
                f"{architecture} has no feature extractor for sound, so it cannot hear. Choose "
                "a speech model, such as Qwen/Qwen2-Audio-7B-Instruct."
            )
        if model.config.is_encoder_decoder:
            return (
                f"{architecture} is an encoder-decoder, which transcribes and takes no "
                "question. Choose a model with a chat template."
            )
        if not (processor.chat_template or processor.tokenizer.chat_template):
            return (
                "its processor has no chat template, by which a question is put to the model. "
                "Save one with the processor, as chat_template.jinja."
            )
        return None

    def rate(self, processor: Any) -> int:
        """Return what the feature extractor says."""
        return int(feature_extractor(processor).sampling_rate)

    def encode(
        self, processor: Any, samples: Sequence[NDArray[np.float32]], prompts: Sequence[str]
    ) -> Mapping[str, Any]:
        """Return a user's turn for each row, the recording before the question."""
        return encode(processor, samples, prompts)

    def longest(self, processor: Any) -> float | None:
        """Return what the processor states or is measured to hear."""
        return longest_audio(processor, self.rate(processor), self.encode)

    def shortest(self, processor: Any) -> int:
        """Return 0: anything is heard, however short."""
        del processor
        return 0

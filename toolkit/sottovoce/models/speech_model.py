"""SpeechModel: a model, its processor, and all that a run must say about them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.errors import ModelError, RecordingError
from sottovoce.models.catalogue import stricter, usual_grouping
from sottovoce.models.decoding import neutral_settings
from sottovoce.models.features import remember_features
from sottovoce.models.fingerprint import hash_tokenizer, hash_weights
from sottovoce.models.interface import ChatInterface, Interface
from sottovoce.models.lora import hash_lora, merge_lora, require_same_base
from sottovoce.models.summary import html_summary, text_summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import torch
    from numpy.typing import NDArray
    from transformers import GenerationConfig

    from sottovoce.models.catalogue import Grouping
    from sottovoce.models.check.finding import ModelCheck
    from sottovoce.models.source import Source


class SpeechModel:
    """A model that hears a recording and answers a question about it.

    :func:`load_model` makes one. The model is in evaluation mode, its tokenizer pads on the left,
    and its own settings for sampling and penalties are set aside.

    Parameters
    ----------
    model, processor
        As transformers loads them.
    source
        Where they lie.
    revision
        The commit on the hub; of a folder the hash of its weights is taken when it is asked for.
    interface
        What is particular to the architecture; the generic one by default.

    Attributes
    ----------
    model
        The torch module.
    processor
        Its feature extractor, tokenizer and chat template.
    id
        The name under which it appears in a run.
    rate
        The sampling rate that it hears, in Hz.
    max_seconds
        The longest recording that it hears in full, or None if there is no limit.
    features
        What its feature extractor made lately; ``features.forget()`` lets it go.
    generate_options
        What ``generate`` needs beside the inputs and the settings.
    check
        What :func:`check_model` found; None before it ran.

    Raises
    ------
    ModelError
        If it does not hear, has no chat template, or drops the recording.
    """

    def __init__(
        self,
        model: Any,
        processor: Any,
        *,
        source: Source,
        revision: str | None = None,
        interface: Interface | None = None,
    ) -> None:
        self.model = model.eval()
        self.processor = processor
        self.id = source.id
        self._source = source
        self._commit = revision
        self._lora = ""
        self._interface = interface or ChatInterface()
        deaf = self._interface.why_deaf(model, processor)
        if deaf:
            raise ModelError(f"{source.id}: {deaf}")
        self._interface.finish(model, processor)
        self.features = remember_features(processor)
        if self.tokenizer.pad_token_id is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        self.tokenizer.padding_side = "left"
        model.generation_config = neutral_settings(model, self.tokenizer)
        self.rate = self._interface.rate(processor)
        self.generate_options = dict(self._interface.generate_options)
        self.check: ModelCheck | None = None
        self._shortest = self._interface.shortest(processor)
        self.max_seconds = self._interface.longest(processor)

    @property
    def tokenizer(self) -> Any:
        """The tokenizer of transformers."""
        return self.processor.tokenizer

    @property
    def device(self) -> torch.device:
        """Where the model runs."""
        device: torch.device = self.model.device
        return device

    @property
    def dtype(self) -> torch.dtype:
        """The number format of its weights."""
        dtype: torch.dtype = self.model.dtype
        return dtype

    @cached_property
    def revision(self) -> str:
        """The commit on the hub, or a hash of the folder's weights."""
        if self._commit is not None or self._source.folder is None:
            return (self._commit or "") + self._lora
        return hash_weights(self._source.folder) + self._lora

    def merge(self, lora: Path) -> None:
        """Add an adapter to the weights, and its name to this model's.

        Parameters
        ----------
        lora
            A folder as peft saves it.

        Raises
        ------
        ModelError
            If it was taught on other weights, or does not fit these.
        """
        require_same_base(lora, self.revision, self.id)
        self.model = merge_lora(self.model, lora).eval()
        self.id = f"{self.id}+{lora.resolve().name}"
        self._lora += f"+{hash_lora(lora)}"
        self.check = None  # other weights, other numbers
        del self.revision  # it is taken anew when it is asked for

    @cached_property
    def tokenizer_hash(self) -> str:
        """A hash of the vocabulary and the chat template."""
        return hash_tokenizer(self.tokenizer, getattr(self.processor, "chat_template", None))

    @property
    def grouping(self) -> Grouping:
        """Which rows may run in a batch without changing one another.

        "any", "equal_length" (of their recordings) or "single": as the table of architectures says,
        or less if less was measured. A measure does not overrule the table: in half precision, or
        with small weights, a leak can hide.
        """
        usual = usual_grouping(str(self.model.config.model_type))
        if self.check is None or self.check.grouping is None:
            return usual
        return stricter(usual, self.check.grouping)

    def told_batches(self) -> dict[str, Any]:
        """Return which rows run together and what was measured for it, for a run's attributes."""
        if self.check is None:
            return {"grouping": self.grouping, "batch_parity": "not measured"}
        return {"grouping": self.grouping, "batch_parity": self.check.told_parity()}

    @property
    def end_tokens(self) -> tuple[int, ...]:
        """The ids of the tokens that end an answer."""
        return tuple(self.model.generation_config.eos_token_id or ())

    @property
    def is_encoder_decoder(self) -> bool:
        """Whether a prompt goes to a decoder beside the recording, as in Whisper."""
        return bool(self.model.config.is_encoder_decoder)

    def prompt_length(self, inputs: Mapping[str, torch.Tensor]) -> int:
        """Return how many tokens of a generated sequence are the prompt's.

        Parameters
        ----------
        inputs
            From :meth:`inputs`.

        Returns
        -------
        int
        """
        name = "decoder_input_ids" if self.is_encoder_decoder else "input_ids"
        return int(inputs[name].shape[1])

    def settings(self, max_new_tokens: int) -> GenerationConfig:
        """Return greedy decoding settings that leave the logits as they are.

        Parameters
        ----------
        max_new_tokens
            The number of steps after which an answer is cut.

        Returns
        -------
        transformers.GenerationConfig
        """
        settings = neutral_settings(self.model, self.tokenizer)
        settings.max_new_tokens = max_new_tokens
        return settings

    def inputs(
        self, samples: Sequence[NDArray[np.floating[Any]]], prompts: Sequence[str]
    ) -> dict[str, torch.Tensor]:
        """Return the inputs of one batch, padded on the left, where the model runs.

        Parameters
        ----------
        samples
            One recording a row: shape (n,), floating point, full scale at -1 and 1, at the model's
            rate. What is too short for the model is padded with silence.
        prompts
            One question a row. Control tokens of the model within are taken as plain text.

        Returns
        -------
        dict of str to torch.Tensor
            What the model's ``generate`` takes.

        Raises
        ------
        RecordingError
            If samples are integers, whose scale a processor would mistake, or not mono.
        PromptError
            If a question holds a control token that cannot be taken as text.
        ModelError
            If there is not one question for each recording.
        """
        if len(samples) != len(prompts) or not len(prompts):
            raise ModelError(
                f"{len(samples)} recordings and {len(prompts)} prompts: give one prompt for each "
                "recording, and at least one."
            )
        heard = [self._prepared(sound) for sound in samples]
        inputs = self._interface.encode(self.processor, heard, prompts)
        return {
            name: tensor.to(self.device, self.dtype if tensor.is_floating_point() else None)
            for name, tensor in inputs.items()
        }

    def _prepared(self, samples: NDArray[Any]) -> NDArray[np.float32]:
        sound = np.asarray(samples)
        if sound.ndim != 1 or sound.dtype.kind != "f":
            raise RecordingError(
                f"Samples of shape {sound.shape} and type {sound.dtype} must be mono and floating "
                "point; load_recording makes them so."
            )
        missing = max(0, self._shortest - len(sound))
        return np.pad(sound.astype(np.float32, copy=False), (0, missing))

    @property
    def known_revision(self) -> str:
        """The revision where it costs no time; empty while the weights of a folder are unhashed."""
        return self.revision if self._commit is not None or "revision" in vars(self) else ""

    def __repr__(self) -> str:
        return text_summary(self)

    def _repr_html_(self) -> str:
        return str(html_summary(self))

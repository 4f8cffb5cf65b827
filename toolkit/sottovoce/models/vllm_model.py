"""VllmModel: a speech model that runs in vLLM, which is quick on a GPU and tells less.

vLLM is its own engine: it batches by itself, and keeps the model and its logits. Of them it gives,
at every step, the log-probabilities of at most 128 tokens that a request names, before any penalty
or temperature. So a run by it has no entropy, and its log_normalizer is 0. The names here are those
of vLLM 0.30; none of this has been run on a GPU by the project.
"""

from __future__ import annotations

from importlib.metadata import version
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

import torch
import transformers

from sottovoce.errors import ModelError, PromptError
from sottovoce.markup import card, facts, one_line
from sottovoce.models.chat import control_tokens
from sottovoce.models.decoding import end_tokens
from sottovoce.models.interface import ChatInterface
from sottovoce.models.registry import find_interface
from sottovoce.models.speech_model import SpeechModel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from sottovoce.models.catalogue import Grouping
    from sottovoce.models.source import Source

MOST_TOKENS = 128
"""Tokens whose log-probabilities vLLM gives at once: its MAX_LOGPROB_TOKEN_IDS."""

_CPU = torch.device("cpu")


class VllmModel(SpeechModel):
    """A speech model in vLLM.

    ``load_model(name, engine="vllm")`` makes one. :func:`sottovoce.capture` takes it with the modes
    "greedy" and "answer_step"; what needs the model's insides (``score``, samples with a seed a
    row, given answers, layers, the model's check) is refused by name.

    Parameters
    ----------
    engine
        A ``vllm.LLM``.
    processor
        Of transformers, with a chat template.
    config, settings
        The model's configuration, and its generation settings, of which the ids that end an answer
        are taken.
    source, revision, interface
        As for :class:`SpeechModel`.
    """

    def __init__(
        self,
        engine: Any,
        processor: Any,
        config: Any,
        settings: Any,
        *,
        source: Source,
        revision: str | None = None,
        interface: ChatInterface,
    ) -> None:
        self.engine = engine
        self.processor = processor
        self.id = source.id
        self.check = None
        self._config = config
        self._settings = settings
        self._source = source
        self._commit = revision
        self._lora = ""
        self._interface = interface
        self._shortest = interface.shortest(processor)
        if self.tokenizer.pad_token_id is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        self.tokenizer.padding_side = "left"
        self.rate = interface.rate(processor)
        self.generate_options = {}
        self.max_seconds = interface.longest(processor)

    @property
    def model(self) -> NoReturn:
        """Nothing: vLLM keeps the model to itself.

        Raises
        ------
        ModelError
            Always, with what to do.
        """
        raise ModelError(
            f"{self.id} runs in vLLM, which keeps the model's insides to itself, and this needs "
            "them. Load it with engine='transformers'."
        )

    @property
    def device(self) -> torch.device:
        """Where its inputs are made; where it runs is vLLM's matter."""
        return _CPU

    @property
    def dtype(self) -> torch.dtype:
        """The number format of its weights, as vLLM says."""
        dtype: torch.dtype = self.engine.llm_engine.model_config.dtype
        return dtype

    @property
    def grouping(self) -> Grouping:
        """Any: vLLM pads nothing."""
        return "any"

    @property
    def end_tokens(self) -> tuple[int, ...]:
        """The ids of the tokens that end an answer."""
        told = SimpleNamespace(generation_config=self._settings, config=self._config)
        return tuple(end_tokens(told, self.tokenizer))

    @property
    def is_encoder_decoder(self) -> bool:
        """False: encoder-decoders are refused on loading."""
        return False

    def told_batches(self) -> dict[str, Any]:
        """Return which engine ran, and what its numbers are, for a run's attributes."""
        return {
            "engine": f"vllm {version('vllm')}",
            "logit": "log-probability over the whole vocabulary, so log_normalizer is 0",
            "entropy": "not given",
            "grouping": self.grouping,
            "batch_parity": "not measured",
        }

    def request(
        self, samples: NDArray[np.float32], question: str, given: Sequence[int]
    ) -> dict[str, Any]:
        """Return what ``vllm.LLM.generate`` takes for one recording and question.

        Parameters
        ----------
        samples
            At the model's rate.
        question
            What is asked.
        given
            Tokens of an answer that is begun.

        Raises
        ------
        PromptError
            If the question holds a control token: vLLM would read it as one.
        """
        if found := control_tokens(self.processor, question):
            raise PromptError(
                f"The prompt {question!r} holds {', '.join(map(repr, found))}, by which this model "
                "is controlled, and which vLLM does not take as text. Leave it out."
            )
        content = [{"type": "audio", "audio": samples}, {"type": "text", "text": question}]
        text = self.processor.apply_chat_template(
            [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
        )
        # As processors do: a template that writes the beginning itself must not get it twice.
        begin = self.tokenizer.bos_token
        begun = begin is None or text.startswith(begin)
        ids = self.tokenizer.encode(text, add_special_tokens=not begun)
        return {
            "prompt_token_ids": [*ids, *given],
            "multi_modal_data": {"audio": [(self._prepared(samples), self.rate)]},
        }

    def __repr__(self) -> str:
        return f"<VllmModel {self.id!r}: {self._config.model_type}, {self.dtype} in vLLM>"

    def _repr_html_(self) -> str:
        told = [
            ("architecture", one_line(str(self._config.model_type))),
            ("runs as", f"{str(self.dtype).removeprefix('torch.')} in vLLM"),
        ]
        return str(card("Speech model", one_line(self.id), facts(told)))


def load_vllm(
    source: Source, options: Mapping[str, Any], dtype: str, **engine_options: Any
) -> VllmModel:
    """Load a model into vLLM.

    Parameters
    ----------
    source
        Where it lies.
    options
        What ``from_pretrained`` is to be given: trust_remote_code, and revision for a hub id.
    dtype
        A number format, or "auto" for the checkpoint's own.
    **engine_options
        For ``vllm.LLM``, such as gpu_memory_utilization or max_model_len.

    Raises
    ------
    ModelError
        If vLLM is not installed, or the model is not asked by a chat template.
    """
    try:
        from vllm import LLM
    except ImportError as error:
        raise ModelError(
            f"engine='vllm' needs vLLM, which cannot be imported here ({error}). It wants Linux "
            "and a GPU; install it with: pip install vllm"
        ) from error
    config = transformers.AutoConfig.from_pretrained(source.location, **options)
    interface = find_interface(config.model_type)
    if config.is_encoder_decoder or not isinstance(interface, ChatInterface):
        raise ModelError(f"{source.location}: {config.model_type} is not asked by a chat template.")
    processor = interface.load_processor(source.location, config, options)
    if not getattr(processor, "chat_template", None):
        raise ModelError(
            f"{source.location}: its processor has no chat template of transformers, by which a "
            "question is put to it in vLLM. Load it with engine='transformers'."
        )
    engine = LLM(
        model=source.location,
        dtype=dtype,
        revision=options.get("revision"),
        trust_remote_code=options.get("trust_remote_code", False),
        limit_mm_per_prompt={"audio": 1},
        # Before penalties and temperature, and none of the model's own settings for them.
        logprobs_mode="raw_logprobs",
        generation_config="vllm",
        **engine_options,
    )
    commit = getattr(config, "_commit_hash", None)
    return VllmModel(
        engine, processor, config, _settings(source, options),
        source=source, revision=commit, interface=interface,
    )  # fmt: skip


def _settings(source: Source, options: Mapping[str, Any]) -> Any:
    try:
        return transformers.GenerationConfig.from_pretrained(source.location, **options)
    except OSError:
        return transformers.GenerationConfig()

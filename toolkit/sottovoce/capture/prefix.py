"""One recording, many prompts: what they have in common is run once, and its cache is forked.

A prompt's tokens are compared with the others', and all that they share (the recording, and the
words with which they begin) goes through the model once. Each question then continues from a copy
of the cache. Everything goes through `generate`, which knows each model's positions.
"""

from __future__ import annotations

import copy
import inspect
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
import torch
from transformers import DynamicCache
from transformers.cache_utils import DummyLayer, DynamicLayer, DynamicSlidingWindowLayer

from sottovoce.capture.recorder import Recorder
from sottovoce.capture.sequences import along_tokens, generate, padded, padding_id, prompt_ids
from sottovoce.capture.utterances import in_words
from sottovoce.errors import ModelError
from sottovoce.models.check.probe import tolerance
from sottovoce.prompts import Prompt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sottovoce.models import SpeechModel

# Of the logits' spread. Rounding does to a forked cache what it does to a batch, so it is allowed
# what check_model allows, within bounds: on random models of 2 to 48 layers it moved logits by less
# than 5e-5 in float32 and by up to .05 in bfloat16, and padding seen as a token by .36 to 2.3.
TOLERANCES = (1e-3, 0.2)

# Logits, shape (step, token), and the token that was chosen by the first of them.
_Steps: TypeAlias = "tuple[torch.Tensor, int]"

_refusals: WeakKeyDictionary[SpeechModel, str] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Sharing:
    """What the prompts of a run have in common, and what each of them adds.

    Parameters
    ----------
    prompts
        The questions as text.
    tails
        The tokens of each from where they part, at least one.
    gaps
        Whether rows with tails of unequal length run together, with padding before the tail.
    many
        Whether the recordings of a batch run together.
    """

    prompts: tuple[str, ...]
    tails: tuple[tuple[int, ...], ...]
    gaps: bool
    many: bool

    def prefill(self, model: SpeechModel, samples: Sequence[NDArray[np.float32]]) -> Prefix:
        """Run what the prompts have in common, once for each recording.

        Raises
        ------
        ModelError
            If what follows a recording depends on it.
        """
        return self.run(model, self.inputs(model, samples))

    def inputs(
        self, model: SpeechModel, samples: Sequence[NDArray[np.float32]]
    ) -> dict[str, torch.Tensor]:
        """Return the inputs of what the prompts have in common; raises as :meth:`prefill`."""
        inputs = model.inputs(samples, [self.prompts[0]] * len(samples))
        tail = torch.tensor(self.tails[0], device=model.device)
        length = inputs["input_ids"].shape[1] - len(tail)
        if (inputs["input_ids"][:, length:] != tail).any():
            raise ModelError(f"{model.id} writes something of the recording after the question.")
        for name in along_tokens(model, inputs):
            inputs[name] = inputs[name][:, :length]
        return inputs

    def run(self, model: SpeechModel, inputs: dict[str, torch.Tensor]) -> Prefix:
        """Run such inputs."""
        cache = DynamicCache(config=model.model.config)
        _run(model, inputs | {"past_key_values": cache})
        return Prefix(inputs["input_ids"], inputs["attention_mask"], cache)

    def together(self, lengths: Sequence[int], most: int) -> list[list[int]]:
        """Return which rows, of tails of these lengths, run together, at most so many.

        Examples
        --------
        >>> Sharing((), (), gaps=False, many=True).together([4, 7, 4, 4], most=2)
        [[0, 2], [3], [1]]
        """
        groups: dict[int, list[int]] = {}
        for row, length in enumerate(lengths):
            groups.setdefault(0 if self.gaps else length, []).append(row)
        return [
            group[start : start + most]
            for group in groups.values()
            for start in range(0, len(group), most)
        ]


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginnings of some rows, as the model has them in its cache.

    Parameters
    ----------
    ids, mask
        Their tokens, and which of them are no padding, shape (row, token).
    cache
        Of transformers.
    """

    ids: torch.Tensor
    mask: torch.Tensor
    cache: DynamicCache

    def fork(
        self, rows: Sequence[int], tails: Sequence[Sequence[int]], padding: int
    ) -> dict[str, Any]:
        """Return inputs for ``generate``: some of the rows, each with a tail of its own.

        Parameters
        ----------
        rows
            The beginning of each row to come; a beginning may come again.
        tails
            What follows each.
        padding
            The token that stands between a beginning and a tail shorter than the longest.
        """
        index = torch.tensor(rows, device=self.ids.device)
        longest = max(map(len, tails))
        ids = padded(tails, longest, padding).to(self.ids.device)
        mask = padded([[1] * len(tail) for tail in tails], longest, 0).to(self.ids.device)
        return {
            "input_ids": torch.cat([self.ids[index], ids], dim=1),
            "attention_mask": torch.cat([self.mask[index], mask.to(self.mask.dtype)], dim=1),
            "past_key_values": self.copied(index),
        }

    def copied(self, index: torch.Tensor) -> DynamicCache:
        """Return a cache of some of the rows, which can grow without this one."""
        cache = copy.copy(self.cache)
        # Selecting and growing put new tensors in a layer's place, so the layers' tensors stay.
        cache.layers = [copy.copy(layer) for layer in self.cache.layers]
        cache.batch_select_indices(index)
        return cache

    def grown(self, model: SpeechModel, rows: Sequence[int], tail: Sequence[int]) -> Prefix:
        """Return the beginnings of some rows with one tail run behind each."""
        inputs = self.fork(rows, [tail] * len(rows), padding_id(model))
        _run(model, inputs)
        return Prefix(inputs["input_ids"], inputs["attention_mask"], inputs["past_key_values"])


def find_sharing(
    model: SpeechModel, prompts: Sequence[Prompt], asked: Mapping[str, Sequence[int]]
) -> Sharing:
    """Return what prompts have in common in a model.

    Whether a model answers the same from a forked cache is tried out once, on noise.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    prompts
        The questions; a question may come again.
    asked
        The tokens of each question, from :func:`prompt_ids`.

    Raises
    ------
    ModelError
        If the model does not allow it, with the reason.
    """
    static = model.model.generation_config.cache_implementation
    if static is not None:
        raise ModelError(
            f"{model.id} is set to cache_implementation={static!r}, a cache of fixed size that "
            "cannot be forked"
        )
    if model not in _refusals:
        try:
            _refusals[model] = _tried_out(model)
        except ModelError as error:
            _refusals[model] = str(error)
        except Exception as error:  # noqa: BLE001 - transformers raises whatever it likes
            _refusals[model] = f"{model.id} breaks on a forked cache: {in_words(error)}"
    if _refusals[model]:
        raise ModelError(_refusals[model])
    return _common(model, prompts, asked)


def rounding(model: SpeechModel) -> float:
    """Return how far apart equal logits may be by rounding, of their standard deviation."""
    least, most = TOLERANCES
    return min(most, max(least, tolerance(model.dtype, model.device)))


def _common(
    model: SpeechModel, prompts: Sequence[Prompt], asked: Mapping[str, Sequence[int]]
) -> Sharing:
    """Return what prompts have in common, if the kind of model and its template allow it."""
    layers = _layers(model)
    alike = takewhile(lambda column: len(set(column)) == 1, zip(*asked.values(), strict=False))
    common = min(len(list(alike)), *(len(tokens) - 1 for tokens in asked.values()))
    tails = {text: tuple(tokens[common:]) for text, tokens in asked.items()}
    tail = tails[prompts[0].text]
    longer = prompt_ids(model, prompts[0], seconds=1.7)
    if tuple(longer[-len(tail) :]) != tail or _sounds(model) & set(tail):
        raise ModelError(
            f"{model.id} writes the question, or something that depends on the recording, before "
            "the end of the recording, so the prompts have no recording in common"
        )
    positions = "position_ids" in inspect.signature(model.model.forward).parameters
    return Sharing(
        prompts=tuple(prompt.text for prompt in prompts),
        tails=tuple(tails[prompt.text] for prompt in prompts),
        # Padding within a row shifts what follows where positions cannot be given, and where a
        # window over the past counts it.
        gaps=positions and not any(isinstance(one, DynamicSlidingWindowLayer) for one in layers),
        # These models keep the offset of the last batch's positions themselves.
        many=not any(hasattr(part, "rope_deltas") for part in model.model.modules()),
    )


def _layers(model: SpeechModel) -> list[Any]:
    """Return the layers of the model's cache, if each can be forked."""
    if model.is_encoder_decoder:
        raise ModelError(
            f"{model.id} is an encoder-decoder: its cache begins with the prompt, and the "
            "recording is not in it"
        )
    layers: list[Any] = DynamicCache(config=model.model.config).layers
    allowed = (DynamicLayer, DynamicSlidingWindowLayer, DummyLayer)
    strange = sorted({type(one).__name__ for one in layers if type(one) not in allowed})
    if strange:
        raise ModelError(
            f"{model.id} keeps a state in its cache ({', '.join(strange)}) that cannot be forked"
        )
    return layers


def _sounds(model: SpeechModel) -> set[int]:
    """Return the tokens that stand for sound, as far as the model or its processor names them."""
    named = [
        getattr(model.model.config, "audio_token_id", None),
        getattr(model.model.config, "audio_token_index", None),
        getattr(model.processor, "audio_token_id", None),
    ]
    return {int(token) for token in named if token is not None}


@torch.inference_mode()
def _tried_out(model: SpeechModel) -> str:
    """Return why a forked cache cannot be used: by how much logits differ; empty if it can."""
    prompts = [Prompt("short", "Angry?"), Prompt("long", "Answer with one word: happy or sad?")]
    asked = {prompt.text: prompt_ids(model, prompt) for prompt in prompts}
    sharing = _common(model, prompts, asked)
    noise = [
        np.random.default_rng(seed).normal(0, 0.1, round(model.rate * 1.3)).astype(np.float32)
        for seed in range(2 if sharing.many else 1)
    ]
    rows = [(heard, prompt) for heard in range(len(noise)) for prompt in range(len(prompts))]
    prefix = sharing.prefill(model, noise)
    shared: dict[int, _Steps] = {}
    for group in sharing.together([len(sharing.tails[p]) for _, p in rows], most=len(rows)):
        inputs = prefix.fork(
            [rows[row][0] for row in group],
            [sharing.tails[rows[row][1]] for row in group],
            padding_id(model),
        )
        shared |= dict(zip(group, _two_steps(model, inputs), strict=True))
    alone = [
        _two_steps(model, model.inputs([noise[heard]], [prompts[prompt].text]))[0]
        for heard, prompt in rows
    ]
    off = max(_distance(shared[row], alone[row]) for row in range(len(rows)))
    spread = float(torch.stack([logits for logits, _ in alone]).std(dim=-1).mean())
    if off <= rounding(model) * spread:
        return ""
    return (
        f"{model.id} weighs tokens otherwise when it continues from a forked cache: its logits, of "
        f"standard deviation {spread:.2g}, differ by up to {off:.2g}"
    )


def _distance(one: _Steps, other: _Steps) -> float:
    """Return the greatest difference of a logit, of the second step only behind the same token.

    In half precision two tokens are often even, and rounding then turns which of them is chosen.
    """
    comparable = 2 if one[1] == other[1] else 1
    return float((one[0] - other[0])[:comparable].abs().max())


def _two_steps(model: SpeechModel, inputs: dict[str, Any]) -> list[_Steps]:
    """Return for each row the logits of two steps over some tokens, and the one between them."""
    some = torch.arange(min(512, model.model.get_output_embeddings().weight.shape[0]))
    settings = model.settings(2)
    settings.min_new_tokens = 2
    with Recorder(model.model, some) as recorder:
        emitted = generate(model, inputs, settings)
    return list(zip(recorder.steps(2).logit, emitted[:, 0].tolist(), strict=True))


def _run(model: SpeechModel, inputs: dict[str, Any]) -> None:
    """Run inputs through the model, so that its cache holds them."""
    head = model.model.get_output_embeddings()
    hook = head.register_forward_pre_hook(lambda _, args: (args[0][:, -1:], *args[1:]))
    try:
        generate(model, inputs, model.settings(1))
    finally:
        hook.remove()

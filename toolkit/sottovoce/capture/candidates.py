"""How likely candidates are behind their prompts: in one packed row, in a batch, or each alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
import torch

from sottovoce.capture.batching import Row, make_batches
from sottovoce.capture.forced import LOGIT_BYTES, read_positions, rows_at_once
from sottovoce.capture.packing import can_pack, make_packs, read_pack
from sottovoce.capture.prefix import find_sharing, rounding
from sottovoce.capture.sequences import continuation_ids, extended, padding_id, prompt_ids
from sottovoce.errors import ModelError
from sottovoce.models.check.probe import Probe
from sottovoce.prompts import Prompt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sottovoce.capture.prefix import Prefix, Sharing
    from sottovoce.models import SpeechModel

Way: TypeAlias = Literal["packed", "batched", "separate"]
# For a recording, a prompt and a candidate: the log-probability of each token.
Scores: TypeAlias = "dict[tuple[int, int, int], NDArray[np.float64]]"

# Tokens in a packed row: its mask grows with their square.
PACK = 1024

_packs: WeakKeyDictionary[SpeechModel, bool] = WeakKeyDictionary()


class Scorer:
    """Prompts and the candidates behind each, for one model.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    prompts
        The questions as text.
    candidates
        The tokens of each candidate, prompt by prompt.
    include_end
        Whether the end of the answer is scored behind each.
    batch_size
        Rows that run together, fewer from where it is set lower.
    sharing
        What the prompts have in common; None to run each candidate with its recording and prompt.
    packed
        Whether candidates share a row.
    """

    def __init__(
        self,
        model: SpeechModel,
        prompts: Sequence[str],
        candidates: Sequence[Sequence[Sequence[int]]],
        *,
        include_end: bool,
        batch_size: int,
        sharing: Sharing | None,
        packed: bool,
    ) -> None:
        self._model = model
        self._prompts = prompts
        self._candidates = candidates
        self._include_end = include_end
        self.batch_size = batch_size
        self._sharing = sharing
        self.way: Way = "separate" if sharing is None else "packed" if packed else "batched"
        tokens = {token for one in candidates for words in one for token in words}
        self._kept = sorted(tokens | set(model.end_tokens))
        self._column = {token: column for column, token in enumerate(self._kept)}
        # The last token of a candidate is weighed before it is read, so it is only given where
        # the end behind it is weighed too.
        self._given = [
            [list(words) if include_end else list(words[:-1]) for words in one]
            for one in candidates
        ]

    @property
    def device(self) -> torch.device:
        """Where the model runs."""
        return self._model.device

    @property
    def recordings_at_once(self) -> int:
        """How many recordings run together."""
        alone = self._sharing is not None and not self._sharing.many
        return 1 if alone else self.batch_size

    @torch.inference_mode()
    def score(self, samples: Sequence[NDArray[np.float32]]) -> Scores:
        """Return the log-probability of every token of every candidate.

        Parameters
        ----------
        samples
            Recordings, mono float32 at the model's rate.

        Returns
        -------
        dict
            Position of the recording, the prompt and the candidate -> log-probabilities, one for
            each token, and one for the end where it is included.
        """
        if self._sharing is None:
            return self._separate(samples)
        prefix = self._sharing.prefill(self._model, samples)
        if self.way == "packed":
            return self._packed(self._sharing, prefix)
        return self._batched(self._sharing, prefix)

    def _packed(self, sharing: Sharing, prefix: Prefix) -> Scores:
        scores: Scores = {}
        vocabulary = self._model.model.get_output_embeddings().weight.shape[0]
        most = min(PACK, LOGIT_BYTES // (4 * vocabulary * len(prefix.mask)))
        for pack in make_packs(sharing.tails, self._given, most):
            steps = read_pack(self._model, prefix, pack, self._kept)
            for (p, c), places in pack.reads.items():
                for r in range(len(prefix.mask)):
                    scores[r, p, c] = self._along(
                        steps.logit[r, places], steps.log_normalizer[r, places], p, c
                    )
        return scores

    def _batched(self, sharing: Sharing, prefix: Prefix) -> Scores:
        scores: Scores = {}
        recordings = range(len(prefix.mask))
        for p, tail in enumerate(sharing.tails):
            asked = prefix
            if len(tail) > 1:
                asked = prefix.grown(self._model, recordings, tail[:-1])
            places = [(r, p, c) for r in recordings for c in range(len(self._given[p]))]
            tails = [[tail[-1], *self._given[p][c]] for _, _, c in places]
            for group in sharing.together([len(one) for one in tails], self._at_once()):
                inputs = asked.fork(
                    [places[row][0] for row in group],
                    [tails[row] for row in group],
                    padding_id(self._model),
                )
                scores |= self._read(inputs, [places[row] for row in group])
        return scores

    def _separate(self, samples: Sequence[NDArray[np.float32]]) -> Scores:
        scores: Scores = {}
        for p, prompt in enumerate(self._prompts):
            for c, given in enumerate(self._given[p]):
                rows = [Row(r, p, sound, prompt, tuple(given)) for r, sound in enumerate(samples)]
                for batch in make_batches(rows, self._at_once(), self._model.grouping):
                    inputs = self._model.inputs(
                        [row.samples for row in batch], [row.question for row in batch]
                    )
                    inputs = extended(self._model, inputs, [row.given for row in batch])
                    scores |= self._read(inputs, [(row.utterance, p, c) for row in batch])
        return scores

    def _at_once(self) -> int:
        lengths = [len(given) for one in self._given for given in one]
        return rows_at_once(self._model, lengths, self.batch_size)

    def _read(self, inputs: dict[str, Any], places: Sequence[tuple[int, int, int]]) -> Scores:
        lengths = [len(self._given[p][c]) + 1 for _, p, c in places]
        steps = read_positions(self._model, inputs, self._kept, lengths)
        return {
            (r, p, c): self._along(
                steps.logit[row, : lengths[row]], steps.log_normalizer[row, : lengths[row]], p, c
            )
            for row, (r, p, c) in enumerate(places)
        }

    def _along(
        self, logit: torch.Tensor, log_normalizer: torch.Tensor, p: int, c: int
    ) -> NDArray[np.float64]:
        """Return a candidate's log-probabilities from what was weighed before its tokens."""
        log_p = (logit.double() - log_normalizer.double()[:, None]).cpu().numpy()
        if not np.isfinite(log_p).all():
            raise ModelError("The model's logits hold values that are not numbers.")
        tokens = self._candidates[p][c]
        along = log_p[np.arange(len(tokens)), [self._column[token] for token in tokens]]
        if not self._include_end:
            return np.asarray(along)
        ends = [self._column[token] for token in self._model.end_tokens]
        return np.append(along, np.logaddexp.reduce(log_p[len(tokens), ends]))


def packs(model: SpeechModel, sharing: Sharing) -> bool:
    """Return whether candidates can share a row: whether it is so is tried out once, on noise."""
    if model not in _packs:
        try:
            _packs[model] = can_pack(model, sharing) and _tried_out(model)
        except Exception:  # noqa: BLE001 - a batch does as well, and the run says which it was
            _packs[model] = False
    return _packs[model]


def _tried_out(model: SpeechModel) -> bool:
    prompts = [Prompt("short", "Angry?"), Prompt("long", "Answer with one word: happy or sad?")]
    asked = {prompt.text: prompt_ids(model, prompt) for prompt in prompts}
    sharing = find_sharing(model, prompts, asked)
    noise = np.random.default_rng(0).normal(0, 0.1, round(1.3 * model.rate)).astype(np.float32)
    candidates = [
        [continuation_ids(model, asked[prompt.text], text) for text in ("very sad", "no", "45%")]
        for prompt in prompts
    ]
    packed, batched = (
        Scorer(
            model,
            [prompt.text for prompt in prompts],
            candidates,
            include_end=True,
            batch_size=8,
            sharing=sharing,
            packed=packed,
        ).score([noise])
        for packed in (True, False)
    )
    off = max(float(np.abs(packed[place] - batched[place]).max()) for place in batched)
    # On random models of 2 to 48 layers rounding moved a log-probability by up to .02 of the spread
    # of the logits in bfloat16, and candidates that saw one another by .19 to .26.
    return off <= rounding(model) / 2 * Probe(model).spread

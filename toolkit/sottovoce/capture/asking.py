"""Asking: rows in batches through a model, each question alone or from a shared beginning."""

from __future__ import annotations

import functools
from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import torch

from sottovoce.capture.ahead import ahead
from sottovoce.capture.batching import in_calls, with_all_prompts
from sottovoce.capture.by_vllm import answer_by_vllm
from sottovoce.capture.memory import free_memory, ran_out_of_memory
from sottovoce.capture.prefix import find_sharing
from sottovoce.capture.sequences import extended, padding_id
from sottovoce.errors import ModelError, require_one_of
from sottovoce.models.vllm_model import VllmModel

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from sottovoce.capture.batching import Row
    from sottovoce.capture.modes import Mode
    from sottovoce.capture.prefix import Sharing
    from sottovoce.capture.trace import Trace
    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt

SharePrefix: TypeAlias = "bool | Literal['auto']"
Answered: TypeAlias = "tuple[Row, Trace | Exception]"


class Asking:
    """A model, and how it is asked.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    mode
        How answers come about.
    token_ids
        The slice of the vocabulary to keep.
    batch_size
        Rows that run together. It is halved whenever memory does not suffice.
    sharing
        What the prompts have in common, None to run each for itself.
    """

    def __init__(
        self,
        model: SpeechModel,
        mode: Mode,
        token_ids: Sequence[int],
        *,
        batch_size: int,
        sharing: Sharing | None,
    ) -> None:
        self._model = model
        self._mode = mode
        self._token_ids = token_ids
        self._sharing = sharing
        self.batch_size = batch_size

    def answers(self, blocks: Iterable[Sequence[Row]]) -> Generator[list[Answered], None, None]:
        """Yield the rows with their traces, or why there is none, as the model answers them.

        While it does, a thread reads the recordings of the next batches and prepares them.

        Parameters
        ----------
        blocks
            Rows, of which those of a block may run together.
        """
        batches = (batch for rows in blocks for batch in self._batches(rows))
        with closing(ahead(self._inputs, batches)) as prepared:
            for batch, inputs in prepared:
                yield from self._outcomes(batch, inputs.result)

    def _batches(self, rows: Sequence[Row]) -> Iterator[list[Row]]:
        """Yield rows that are prepared together: what one call answers, or whole recordings."""
        sharing, grouping = self._sharing, self._model.grouping
        recordings = self.batch_size if sharing is None or sharing.many else 1
        for batch in with_all_prompts(rows, recordings, grouping):
            if sharing is not None:
                yield batch
            else:
                yield from in_calls(batch, 1 if grouping == "single" else self.batch_size)

    def _outcomes(
        self, batch: list[Row], prepare: Callable[[], dict[str, torch.Tensor]]
    ) -> Iterator[list[Answered]]:
        """Yield what becomes of a batch; where it fails, run its rows alone and tell which."""
        if self._too_many(batch):  # since memory ran out after it was prepared
            yield from self._anew(self._batches(batch))
            return
        left = {(row.utterance, row.prompt): row for row in batch}
        try:
            for rows, traces in self._together(batch, prepare()):
                yield list(zip(rows, traces, strict=True))
                for row in rows:
                    del left[row.utterance, row.prompt]
            return
        except Exception as error:  # noqa: BLE001 - told in the run, and raised if it is every row's
            failure = error
        if self._halved(failure, batch):
            yield from self._anew(self._batches(list(left.values())))
        elif len(batch) == 1:
            yield [(batch[0], failure)]
        else:
            yield from self._anew([row] for row in left.values())

    def _anew(self, batches: Iterable[list[Row]]) -> Iterator[list[Answered]]:
        for batch in batches:
            yield from self._outcomes(batch, functools.partial(self._inputs, batch))

    def _too_many(self, batch: Sequence[Row]) -> bool:
        rows = {row.utterance for row in batch} if self._shares(batch) else batch
        return len(rows) > self.batch_size

    def _halved(self, failure: Exception, batch: Sequence[Row]) -> bool:
        """Return whether fewer rows may do what memory did not suffice for, and take fewer."""
        if not ran_out_of_memory(failure) or self.batch_size == 1:
            return False
        at_once = max(map(len, in_calls(batch, self.batch_size)))
        self.batch_size = max(1, min(self.batch_size, at_once) // 2)
        free_memory(failure, self._model.device)
        return True

    def _shares(self, batch: Sequence[Row]) -> bool:
        return self._sharing is not None and len(batch) > 1

    def _inputs(self, batch: Sequence[Row]) -> dict[str, torch.Tensor]:
        if isinstance(self._model, VllmModel):
            return {}  # it makes its own
        if self._sharing is not None and self._shares(batch):
            sounds = {row.utterance: row for row in batch}
            return self._sharing.inputs(self._model, [row.samples for row in sounds.values()])
        inputs = self._model.inputs([row.samples for row in batch], [row.question for row in batch])
        return extended(self._model, inputs, [row.given for row in batch])

    def _together(
        self, batch: list[Row], inputs: dict[str, torch.Tensor]
    ) -> Iterator[tuple[list[Row], list[Trace]]]:
        if self._sharing is not None and self._shares(batch):
            yield from self._from_shared(self._sharing, batch, inputs)
        elif isinstance(self._model, VllmModel):
            yield batch, answer_by_vllm(self._model, self._mode, batch, self._token_ids)
        else:
            yield batch, self._mode.answer(self._model, inputs, batch, self._token_ids)

    @torch.inference_mode()
    def _from_shared(
        self, sharing: Sharing, batch: list[Row], inputs: dict[str, torch.Tensor]
    ) -> Iterator[tuple[list[Row], list[Trace]]]:
        place = {utterance: n for n, utterance in enumerate({row.utterance: 0 for row in batch})}
        prefix = sharing.run(self._model, inputs)
        for call in in_calls(batch, self.batch_size):
            tails = [[*sharing.tails[row.prompt], *row.given] for row in call]
            for group in sharing.together([len(tail) for tail in tails], most=self.batch_size):
                rows = [call[number] for number in group]
                inputs = prefix.fork(
                    [place[row.utterance] for row in rows],
                    [tails[number] for number in group],
                    padding_id(self._model),
                )
                yield rows, self._mode.answer(self._model, inputs, rows, self._token_ids)


def choose_sharing(
    model: SpeechModel,
    prompts: Sequence[Prompt],
    asked: Mapping[str, Sequence[int]],
    share_prefix: SharePrefix,
    *,
    alone: bool = False,
) -> tuple[Sharing | None, dict[str, Any]]:
    """Return what the prompts share, if they shall and can, and what the run says about it.

    Parameters
    ----------
    model, prompts, asked
        As for :func:`find_sharing`.
    share_prefix
        The option of :func:`sottovoce.capture`.
    alone
        Whether a single prompt has something to share too: with its candidates.

    Raises
    ------
    ModelError
        If they shall and cannot, or the option is none.
    """
    require_one_of("share_prefix", share_prefix, (True, False, "auto"), ModelError)
    if share_prefix is False or (len(prompts) == 1 and not alone):
        return None, {"share_prefix": False}
    try:
        return find_sharing(model, prompts, asked), {"share_prefix": True}
    except ModelError as error:
        if share_prefix is True:
            raise ModelError(
                f"share_prefix=True cannot be: {error}. With share_prefix='auto' each prompt runs "
                "for itself."
            ) from error
        return None, {"share_prefix": False, "share_prefix_refused": str(error)}

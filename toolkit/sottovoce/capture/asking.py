"""Asking: rows in batches through a model, each question alone or from a shared beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import torch

from sottovoce.capture.batching import make_batches
from sottovoce.capture.prefix import find_sharing
from sottovoce.capture.sequences import extended, padding_id
from sottovoce.errors import ModelError, require_one_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sottovoce.capture.batching import Row
    from sottovoce.capture.modes import Mode
    from sottovoce.capture.prefix import Sharing
    from sottovoce.capture.trace import Trace
    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt

SharePrefix: TypeAlias = "bool | Literal['auto']"


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
        Rows that run together.
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
        self._batch_size = batch_size
        self._sharing = sharing

    def batches(self, rows: Sequence[Row]) -> list[list[Row]]:
        """Return the rows in batches; where a beginning is shared, each with whole recordings."""
        if self._sharing is None:
            return make_batches(rows, self._batch_size, self._model.grouping)
        asked: dict[int, list[Row]] = {}
        for row in rows:
            asked.setdefault(row.utterance, []).append(row)
        recordings = max(1, self._batch_size // len(self._sharing.tails))
        firsts = [row[0] for row in asked.values()]
        batches = make_batches(
            firsts, recordings if self._sharing.many else 1, self._model.grouping
        )
        return [[row for first in batch for row in asked[first.utterance]] for batch in batches]

    def outcomes(self, batch: Sequence[Row]) -> Iterator[tuple[Row, Trace | Exception]]:
        """Yield the trace of each row; where a batch fails, run its rows alone and tell which."""
        try:
            traces = self._together(batch)
        except Exception as error:  # noqa: BLE001 - told in the run, and raised if it is every row's
            if len(batch) == 1:
                yield batch[0], error
            else:
                for row in batch:
                    yield from self.outcomes([row])
        else:
            yield from zip(batch, traces, strict=True)

    def _together(self, batch: Sequence[Row]) -> list[Trace]:
        if self._sharing is not None and len(batch) > 1:
            return self._from_shared(self._sharing, batch)
        inputs = self._model.inputs([row.samples for row in batch], [row.question for row in batch])
        inputs = extended(self._model, inputs, [row.given for row in batch])
        return self._mode.answer(self._model, inputs, batch, self._token_ids)

    @torch.inference_mode()
    def _from_shared(self, sharing: Sharing, batch: Sequence[Row]) -> list[Trace]:
        heard = {row.utterance: row.samples for row in batch}
        place = {utterance: number for number, utterance in enumerate(heard)}
        prefix = sharing.prefill(self._model, list(heard.values()))
        tails = [[*sharing.tails[row.prompt], *row.given] for row in batch]
        traces: dict[int, Trace] = {}
        for group in sharing.together([len(tail) for tail in tails], most=self._batch_size):
            inputs = prefix.fork(
                [place[batch[number].utterance] for number in group],
                [tails[number] for number in group],
                padding_id(self._model),
            )
            rows = [batch[number] for number in group]
            answers = self._mode.answer(self._model, inputs, rows, self._token_ids)
            traces |= dict(zip(group, answers, strict=True))
        return [traces[number] for number in range(len(batch))]


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

"""Many continuations in one row: each sees its own beginning, and none of the others.

A pack is a row of tokens with a mask and positions of its own. A prompt's tail stands in it once,
and every candidate behind it as if it stood there alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from sottovoce.capture.recorder import Recorder, Steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sottovoce.capture.prefix import Prefix, Sharing
    from sottovoce.models import SpeechModel


@dataclass(slots=True)
class Pack:
    """A row of tokens that form a tree.

    Parameters
    ----------
    ids
        The tokens.
    lineage
        For each of them the places of the tokens that it sees, itself the last.
    reads
        For a prompt and a candidate: after which places its tokens, and its end, are weighed.
    """

    ids: list[int] = field(default_factory=list)
    lineage: list[list[int]] = field(default_factory=list)
    reads: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    def grow(self, before: Sequence[int], tokens: Sequence[int]) -> list[int]:
        """Put tokens behind others, and return the places of all of them."""
        line = list(before)
        for token in tokens:
            line = [*line, len(self.ids)]
            self.ids.append(token)
            self.lineage.append(line)
        return line

    def mask(self) -> torch.Tensor:
        """Return which tokens see which, shape (token, token)."""
        seen = torch.zeros(len(self.ids), len(self.ids), dtype=torch.bool)
        for place, line in enumerate(self.lineage):
            seen[place, line] = True
        return seen

    def depth(self) -> torch.Tensor:
        """Return how many tokens stand before each of them, shape (token,)."""
        return torch.tensor([len(line) - 1 for line in self.lineage])


def make_packs(
    tails: Sequence[Sequence[int]], candidates: Sequence[Sequence[Sequence[int]]], most: int
) -> Iterator[Pack]:
    """Yield packs in which every candidate stands behind the tail of its prompt.

    Parameters
    ----------
    tails
        What each prompt adds to the common beginning.
    candidates
        The tokens of each candidate, prompt by prompt.
    most
        Tokens in a pack; one with a single candidate may have more.

    Examples
    --------
    >>> [pack] = make_packs([[7]], [[[1, 2], [3]]], most=10)
    >>> pack.ids, pack.depth().tolist(), pack.reads
    ([7, 1, 2, 3], [0, 1, 2, 1], {(0, 0): [0, 1, 2], (0, 1): [0, 3]})
    """
    pack = Pack()
    for p, tail in enumerate(tails):
        line: list[int] | None = None
        for c, tokens in enumerate(candidates[p]):
            needed = len(tokens) + (len(tail) if line is None else 0)
            if pack.reads and len(pack.ids) + needed > most:
                yield pack
                pack, line = Pack(), None
            if line is None:
                line = pack.grow([], tail)
            pack.reads[p, c] = pack.grow(line, tokens)[len(line) - 1 :]
    yield pack


def can_pack(model: SpeechModel, sharing: Sharing) -> bool:
    """Return whether a model takes a mask and positions for each token, as far as it tells."""
    attention = getattr(model.model.config, "_attn_implementation", None)
    # Where rows may have gaps, positions can be given and no window counts tokens.
    return sharing.gaps and attention in ("sdpa", "eager")


def read_pack(model: SpeechModel, prefix: Prefix, pack: Pack, token_ids: Sequence[int]) -> Steps:
    """Return what a model weighs after each token of a pack, behind each beginning.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    prefix
        The beginnings, one for each recording.
    pack
        What follows each of them.
    token_ids
        The slice of the vocabulary to keep.

    Returns
    -------
    Steps
        With a step for each token of the pack.
    """
    rows = len(prefix.mask)
    n = len(pack.ids)
    device = prefix.mask.device
    seen = torch.cat(
        [
            prefix.mask.bool()[:, None, None].expand(-1, -1, n, -1),
            pack.mask().to(device)[None, None].expand(rows, -1, -1, -1),
        ],
        dim=-1,
    )
    # Added to the scores of attention, since not every kind of attention takes true and false.
    mask = torch.zeros(seen.shape, dtype=model.dtype, device=device)
    mask.masked_fill_(~seen, torch.finfo(model.dtype).min)
    slice_ids = torch.tensor(token_ids, dtype=torch.long)
    with Recorder(model.model, slice_ids, positions=n) as recorder:
        model.model(
            input_ids=torch.tensor([pack.ids], device=device).expand(rows, -1),
            attention_mask=mask,
            position_ids=prefix.mask.sum(dim=1, keepdim=True) + pack.depth().to(device),
            past_key_values=prefix.copied(torch.arange(rows, device=device)),
            use_cache=True,
        )
    return recorder.steps(n)

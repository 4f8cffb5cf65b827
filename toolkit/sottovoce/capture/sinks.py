"""Where the answers of a capture go, a block of utterances at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sottovoce.capture.assemble import answer_arrays, assemble_run
from sottovoce.dataset import open_run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr

    from sottovoce.capture.trace import Trace
    from sottovoce.capture.utterances import Utterance
    from sottovoce.dataset import GrowingRun
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import ResolvedTokens


class Sink(Protocol):
    """What takes the blocks of a capture and makes a run of them."""

    def missing(self, blocks: Sequence[range]) -> list[range]:
        """Return the blocks of utterances that are still to be asked about."""
        ...

    def write(self, block: range, outcomes: Mapping[tuple[int, int], Trace | str]) -> None:
        """Take the outcomes of a block, at positions (utterance, prompt) of the run."""
        ...

    def discard(self) -> None:
        """Drop it all, since nothing in it succeeded."""
        ...

    def run(self) -> xr.Dataset:
        """Return the run of all blocks."""
        ...


class InMemory:
    """Keep everything until the run is made.

    Parameters
    ----------
    utterances, prompts, tokens
        What runs along the dimensions.
    of_prompts
        What else is known of each prompt.
    attrs
        How the run was made.
    """

    def __init__(
        self,
        utterances: Sequence[Utterance],
        prompts: Sequence[Prompt],
        tokens: ResolvedTokens,
        of_prompts: Mapping[str, Sequence[Any]],
        attrs: Mapping[str, Any],
    ) -> None:
        self._along = (utterances, prompts, tokens)
        self._of_prompts = of_prompts
        self._attrs = attrs
        self._outcomes: dict[tuple[int, int], Trace | str] = {}

    def missing(self, blocks: Sequence[range]) -> list[range]:
        """Return all blocks."""
        return list(blocks)

    def write(self, block: range, outcomes: Mapping[tuple[int, int], Trace | str]) -> None:  # noqa: ARG002
        """Keep the outcomes."""
        self._outcomes.update(outcomes)

    def discard(self) -> None:
        """Forget them."""
        self._outcomes.clear()

    def run(self) -> xr.Dataset:
        """Return the run."""
        return assemble_run(*self._along, self._outcomes, self._attrs, self._of_prompts)


class OnDisk:
    """Write every block to a run on disk, and go on where an earlier capture was interrupted.

    Parameters
    ----------
    store
        From :func:`hold_run`, begun.
    utterances, n_prompts, n_tokens
        What runs along the dimensions.
    """

    def __init__(
        self, store: GrowingRun, utterances: Sequence[Utterance], n_prompts: int, n_tokens: int
    ) -> None:
        self._store = store
        self._utterances = utterances
        self._n_prompts = n_prompts
        self._n_tokens = n_tokens

    def missing(self, blocks: Sequence[range]) -> list[range]:
        """Return the blocks that are not on disk."""
        return self._store.missing(blocks)

    def write(self, block: range, outcomes: Mapping[tuple[int, int], Trace | str]) -> None:
        """Write the outcomes."""
        arrays = answer_arrays(self._utterances, block, self._n_prompts, self._n_tokens, outcomes)
        self._store.write(block.start, arrays)

    def discard(self) -> None:
        """Remove the run."""
        self._store.discard()

    def run(self) -> xr.Dataset:
        """Return the run, of which the large variables are read when they are used."""
        return open_run(self._store.path)

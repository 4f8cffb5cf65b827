"""Where the answers of a capture go, a block of utterances at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sottovoce.capture.assemble import assemble_run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr

    from sottovoce.capture.trace import Trace
    from sottovoce.capture.utterances import Utterance
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

    def run(self) -> xr.Dataset:
        """Return the run of all blocks."""
        ...


class InMemory:
    """Keep everything until the run is made.

    Parameters
    ----------
    utterances, prompts, tokens
        What runs along the dimensions.
    attrs
        How the run was made.
    of_prompts
        What else is known of each prompt.
    """

    def __init__(
        self,
        utterances: Sequence[Utterance],
        prompts: Sequence[Prompt],
        tokens: ResolvedTokens,
        attrs: Mapping[str, Any],
        of_prompts: Mapping[str, Sequence[Any]],
    ) -> None:
        self._utterances = utterances
        self._prompts = prompts
        self._tokens = tokens
        self._attrs = attrs
        self._of_prompts = of_prompts
        self._outcomes: dict[tuple[int, int], Trace | str] = {}

    def missing(self, blocks: Sequence[range]) -> list[range]:
        """Return all blocks."""
        return list(blocks)

    def write(self, block: range, outcomes: Mapping[tuple[int, int], Trace | str]) -> None:  # noqa: ARG002
        """Keep the outcomes."""
        self._outcomes.update(outcomes)

    def run(self) -> xr.Dataset:
        """Return the run."""
        return assemble_run(
            self._utterances,
            self._prompts,
            self._tokens,
            self._outcomes,
            self._attrs,
            self._of_prompts,
        )

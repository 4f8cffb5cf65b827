"""Who is told how far a capture is: a progress bar, a function, or nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from tqdm.auto import tqdm

from sottovoce.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

Progress: TypeAlias = Callable[[int, int], Any]
T = TypeVar("T")


class Bars:
    """Progress bars on the terminal or in the notebook.

    Parameters
    ----------
    shown
        False for none.
    """

    def __init__(self, shown: bool) -> None:
        self._hidden = not shown

    def loading(self, sources: Sequence[T], n_prompts: int) -> Iterator[T]:  # noqa: ARG002
        """Yield the recordings that are to be loaded."""
        yield from tqdm(
            sources, desc="loading", unit="recording", leave=False, disable=self._hidden
        )

    def asking(self, batches: Sequence[Sequence[T]]) -> Generator[Sequence[T], None, None]:
        """Yield the batches that are to be answered."""
        total = sum(map(len, batches))
        with tqdm(total=total, desc="capture", unit="answer", disable=self._hidden) as bar:
            for batch in batches:
                yield batch
                bar.update(len(batch))


class Calls:
    """Calls of a function, whose exceptions go through to whoever captures.

    Parameters
    ----------
    tell
        Called as ``tell(done, total)``, in answers.
    """

    def __init__(self, tell: Progress) -> None:
        self._tell = tell

    def loading(self, sources: Sequence[T], n_prompts: int) -> Iterator[T]:
        """Yield the recordings that are to be loaded, with a call before each."""
        for source in sources:
            self._tell(0, len(sources) * n_prompts)
            yield source

    def asking(self, batches: Sequence[Sequence[T]]) -> Generator[Sequence[T], None, None]:
        """Yield the batches that are to be answered, with a call before the first and after each.

        Examples
        --------
        >>> for batch in Calls(print).asking(["ab", "c"]):
        ...     pass
        0 3
        2 3
        3 3
        """
        done, total = 0, sum(map(len, batches))
        self._tell(done, total)
        for batch in batches:
            yield batch
            done += len(batch)
            self._tell(done, total)


def as_progress(progress: bool | Progress) -> Bars | Calls:
    """Return who is told, from the option of :func:`sottovoce.capture`.

    Raises
    ------
    ModelError
        If it is neither a bool nor a function.

    Examples
    --------
    >>> as_progress("yes")
    Traceback (most recent call last):
    sottovoce.errors.ModelError: progress='yes' must be True, False, or a function...
    """
    if isinstance(progress, bool):
        return Bars(progress)
    if not callable(progress):
        raise ModelError(
            f"progress={progress!r} must be True, False, or a function that is called as "
            "progress(done, total)"
        )
    return Calls(progress)

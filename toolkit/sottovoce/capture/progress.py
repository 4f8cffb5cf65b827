"""Who is told how far a capture is: a progress bar, a function, or nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from tqdm.auto import tqdm

from sottovoce.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

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

    def asking(
        self, answered: Iterable[Sequence[T]], total: int, done: int = 0
    ) -> Generator[Sequence[T], None, None]:
        """Yield the answers as they come, some at a time."""
        with tqdm(
            total=total, initial=done, desc="capture", unit="answer", disable=self._hidden
        ) as bar:
            for some in answered:
                yield some
                bar.update(len(some))


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

    def asking(
        self, answered: Iterable[Sequence[T]], total: int, done: int = 0
    ) -> Generator[Sequence[T], None, None]:
        """Yield the answers as they come, with a call before the first and after each few.

        Parameters
        ----------
        answered
            Some answers at a time.
        total
            How many there will be.
        done
            How many of them were there before.

        Examples
        --------
        >>> for some in Calls(print).asking(["ab", "c"], total=3):
        ...     pass
        0 3
        2 3
        3 3
        """
        self._tell(done, total)
        for some in answered:
            yield some
            done += len(some)
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

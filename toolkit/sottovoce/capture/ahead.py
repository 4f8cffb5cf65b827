"""Work done ahead: threads prepare what comes next while it is not needed yet."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

T = TypeVar("T")
R = TypeVar("R")


def ahead(
    work: Callable[[T], R], items: Iterable[T], *, threads: int = 1, most: int = 2
) -> Generator[tuple[T, Future[R]], None, None]:
    """Yield items with the future of what is worked out from each, in their order.

    What threads finish first waits for its turn, so that the order never depends on them. Closing
    the generator drops what was not begun and waits for what was.

    Parameters
    ----------
    work
        What to do with an item; what it raises comes out of the future.
    items
        Taken one by one, as they are needed.
    threads
        How many work at a time.
    most
        Items that are worked on or wait, so that memory does not grow with their number.

    Examples
    --------
    >>> [(item, done.result()) for item, done in ahead(len, ["ab", "c"])]
    [('ab', 2), ('c', 1)]
    """
    left = iter(items)
    waiting: deque[tuple[T, Future[R]]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="sottovoce")
    left_off = True
    try:
        waiting.extend((item, pool.submit(work, item)) for item in islice(left, most))
        while waiting:
            item, done = waiting.popleft()
            # The next one is begun before this one is used, which may take long.
            waiting.extend((item, pool.submit(work, item)) for item in islice(left, 1))
            yield item, done
        left_off = False
    finally:
        pool.shutdown(wait=True, cancel_futures=left_off)

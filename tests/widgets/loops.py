"""An event loop for a test, whatever loops run in the tests' own thread."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")


def in_a_loop(main: Callable[[], Coroutine[object, object, T]]) -> T:
    """Run a coroutine in a thread of its own: Playwright keeps a loop running in the tests' own."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(lambda: asyncio.run(main())).result()

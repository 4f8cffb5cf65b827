"""Work in a thread of its own, so that the kernel stays free for a click on Cancel."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

import traitlets

if TYPE_CHECKING:
    from collections.abc import Callable

STATES = ("waiting", "running", "finished", "cancelled", "failed")
OFTEN = 0.05  # seconds between two messages about the progress
POLL = 0.02


class Cancelled(BaseException):
    """Raised within the work when it shall end; no ``except Exception`` on the way stops it."""


class Job(traitlets.HasTraits):
    """Work that is done in the background, told of and handed over where it was started.

    The work runs in a thread. Everything else, that is changes of the traits and calls of
    `on_result`, happens in the event loop of the thread that called :meth:`start` (a kernel's), or
    within :meth:`wait` where no loop runs; so whoever observes a job needs no locks.

    Parameters
    ----------
    work
        Called with this job in the thread. It calls :meth:`tell` now and then, which is where a
        cancelled job ends, and :meth:`hand_over` with each result.
    on_result
        Called with each result.

    Attributes
    ----------
    state : str
        "waiting", "running", then "finished", "cancelled" or "failed".
    done, total : int
        How far it is; `total` is 0 as long as nobody knows.
    stage : str
        What it does, in words.
    error : BaseException or None
        What ended a job that failed.

    Examples
    --------
    >>> def work(job):
    ...     for number in range(3):
    ...         job.tell(number, 3)
    ...         job.hand_over(number**2)
    >>> squares = []
    >>> job = Job(work, squares.append)
    >>> job.start()
    >>> job.wait()
    'finished'
    >>> squares
    [0, 1, 4]
    """

    state = traitlets.Enum(STATES, default_value="waiting")
    done = traitlets.Int(0)
    total = traitlets.Int(0)
    stage = traitlets.Unicode("")

    def __init__(
        self, work: Callable[[Job], None], on_result: Callable[[Any], Any] = lambda _: None
    ) -> None:
        super().__init__()
        self.error: BaseException | None = None
        self._work = work
        self._on_result = on_result
        self._cancelled = threading.Event()
        self._events: deque[Callable[[], Any]] = deque()
        self._turn = threading.RLock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context = contextvars.copy_context()
        self._told = float("-inf")

    def start(self) -> None:
        """Begin; a job begins once."""
        if self._thread is not None:
            raise RuntimeError("This job was started already; make another one")
        with contextlib.suppress(RuntimeError):
            self._loop = asyncio.get_running_loop()
        self.state = "running"
        self._thread = threading.Thread(target=self._run, name="sottovoce-job", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Ask the work to end; it does so when it next tells how far it is."""
        self._cancelled.set()

    @property
    def cancelling(self) -> bool:
        """Whether it was asked to end."""
        return self._cancelled.is_set()

    def wait(self, timeout: float | None = None) -> str:
        """Wait until it has ended and everything was handed over.

        Parameters
        ----------
        timeout
            The longest wait, in seconds; None for no limit.

        Returns
        -------
        str
            The state, still "running" if the time was up.
        """
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        try:
            while True:
                self._deliver()
                if self._thread is None or self.state != "running" or time.monotonic() >= until:
                    return str(self.state)
                self._thread.join(POLL)
        except KeyboardInterrupt:
            self.cancel()
            raise

    def tell(self, done: int, total: int) -> None:
        """Say how far the work is; called by the work.

        Raises
        ------
        Cancelled
            If it shall end.
        """
        self.check()
        now = time.monotonic()
        if now - self._told >= OFTEN or done == total:
            self._told = now
            self._post(lambda: self._advance(done, total))

    def check(self) -> None:
        """End here if it shall end; called by the work.

        Raises
        ------
        Cancelled
            If it shall end.
        """
        if self._cancelled.is_set():
            raise Cancelled

    def enter(self, stage: str) -> None:
        """Say what is done now; called by the work."""
        self.check()
        self._post(lambda: self.set_trait("stage", stage))

    def hand_over(self, result: Any) -> None:
        """Give a result to `on_result`; called by the work."""
        self._post(lambda: self._on_result(result))

    def _run(self) -> None:
        try:
            self._work(self)
        except Cancelled:
            self._post(lambda: self._end("cancelled"))
        except BaseException as error:  # noqa: BLE001 - told to whoever observes the job
            failure = error  # `error` is gone when the event is delivered
            self._post(lambda: self._end("failed", failure))
        else:
            self._post(lambda: self._end("finished"))

    def _advance(self, done: int, total: int) -> None:
        with self.hold_trait_notifications():
            self.done, self.total = done, total

    def _end(self, state: str, error: BaseException | None = None) -> None:
        self.error = error
        self.state = state

    def _post(self, event: Callable[[], Any]) -> None:
        self._events.append(event)
        if self._loop is not None:
            # A loop that was closed meanwhile cannot deliver; then wait() does.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._deliver, context=self._context)

    def _deliver(self) -> None:
        with self._turn:
            while self._events:
                event = self._events.popleft()
                if self.state != "running":
                    continue  # it has failed already, and nobody wants the rest
                try:
                    event()
                except Exception as error:  # noqa: BLE001 - a listener's, told as the work's own is
                    self._cancelled.set()
                    self._end("failed", error)

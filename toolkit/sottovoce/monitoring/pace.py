"""Pace: who waits for whom when sound comes in one thread and is worked through in another."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sottovoce.monitoring.window_buffer import WindowBuffer

# A source that lets a reader wait for so long has no more sound than the moment brings.
AT_THE_EDGE = 0.05
AHEAD = 1.0
_POLL = 0.2


class Pace:
    """Bounds what waits in a buffer, by making the source wait or by skipping windows.

    Parameters
    ----------
    buffer
        What the source fills.
    max_lag
        Seconds that may wait beside the window that is due; None to never skip.

    Attributes
    ----------
    changed : threading.Condition
        To be held by whoever touches the buffer.
    """

    def __init__(self, buffer: WindowBuffer, max_lag: float | None) -> None:
        self.changed = threading.Condition()
        self._buffer = buffer
        self._max_lag = max_lag
        self._room = buffer.length / buffer.rate + (10.0 if max_lag is None else max_lag)
        self._ended = False
        self._asked = time.monotonic()
        # When the source last had nothing more, and how much sound had come by then.
        self._edge: tuple[float, float] | None = None
        self._at_edge = False

    def before(self, *, is_idle: bool, stopped: threading.Event) -> None:
        """Note that a chunk came, and whether it let the reader wait."""
        waited = time.monotonic() - self._asked
        self._at_edge = not stopped.is_set() and (is_idle or waited > AT_THE_EDGE)

    def after(self, seconds: float) -> None:
        """Note how much sound there is now that the chunk is in."""
        self._asked = time.monotonic()
        if self._at_edge:
            self._edge = (self._asked, seconds)

    def wait_for_room(self, seconds: float, stopped: threading.Event) -> None:
        """Wait until a piece fits in, or make room for it by skipping windows.

        Parameters
        ----------
        seconds
            Of sound that came so far.
        stopped
            Whether nobody takes windows any more.
        """
        with self.changed:
            while self._buffer.waiting > self._room and not stopped.is_set() and not self._ended:
                if self._is_live(seconds):
                    self._buffer.skip()
                    return
                self.changed.wait(_POLL)

    def wait_for_window(self, stopped: threading.Event) -> bool:
        """Wait until a window is ready; return whether one may still come or is there."""
        with self.changed:
            while not self._buffer.n_ready:
                if self._ended or stopped.is_set():
                    return False
                self.changed.wait(_POLL)
            return not stopped.is_set()

    def end(self) -> None:
        """Say that no more sound comes, or that nobody listens."""
        with self.changed:
            self._ended = True
            self.changed.notify_all()

    def _is_live(self, seconds: float) -> bool:
        """Whether sound comes no faster than time passes, so that to wait would be to lose it."""
        if self._max_lag is None or self._edge is None:
            return False
        then, had = self._edge
        return (seconds - had) - (time.monotonic() - then) < AHEAD

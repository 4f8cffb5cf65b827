"""Monitor: rules held against sound as it arrives."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.alerts import Alert, AlertLog, as_rule
from sottovoce.alerts.records import now
from sottovoce.audio import Recording
from sottovoce.errors import AlertError
from sottovoce.models import load_model
from sottovoce.monitoring.alerting import Alerting
from sottovoce.monitoring.hearing import Heard, Hearing
from sottovoce.monitoring.intake import Intake, in_pieces
from sottovoce.monitoring.pace import Pace
from sottovoce.monitoring.totals import Totals
from sottovoce.monitoring.window_buffer import WindowBuffer, window_name

if TYPE_CHECKING:
    import os

    from sottovoce.alerts import Rule
    from sottovoce.models import SpeechModel
    from sottovoce.monitoring.window_buffer import Cut

MOST_TOGETHER = 8


class Monitor:
    """Listens to a stream, window by window, and raises the alerts of rules.

    A window gets the numbers that :func:`sottovoce.capture` gives it among the
    :func:`sottovoce.audio.windows` of the whole recording, whatever the chunks it came in. Only the
    windows that are waiting are in memory.

    Inferring emotions of people at work and in education is banned in the European Union (AI Act,
    Regulation 2024/1689, Article 5(1)(f)), except for medical and safety reasons; elsewhere emotion
    recognition is high-risk, and people must be told that they are heard. Have a person review
    every alert (:class:`sottovoce.alerts.AlertLog`) before anything follows from it.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`, or a name for it.
    rules
        One or several, as objects or as text: "angry above .6 for two windows running".
    prompt, tokens, mode
        What is asked and followed, as for :func:`sottovoce.capture`; one prompt.
    readout, readout_options
        How shares are read, as for :func:`sottovoce.read_out`.
    seconds
        The length of a window; at most what the model hears.
    hop
        Seconds from one window to the next; by default half a window.
    source
        The name of what is heard, with which the ids of windows begin.
    on_alert
        Called with each :class:`~sottovoce.alerts.Alert`.
    on_window
        Called with each :class:`Heard`.
    on_problem
        Called with a sentence whenever sound is refused or windows are skipped.
    log
        An :class:`~sottovoce.alerts.AlertLog` or a path for one: alerts and problems are appended.
    keep_sound
        A folder for the sound of each alert, as a WAV file, for those who review it. By default no
        sound is kept.
    max_lag
        How many seconds `listen` may be late before it skips windows; None to never skip, and let
        the source wait.

    Attributes
    ----------
    totals : Totals
        Counts so far, and the time spent on a second of sound.

    Raises
    ------
    AlertError
        If a rule cannot be read, there is none, or it is about an emotion that is not followed.
    RecordingError
        If windows are too short or too long.

    Examples
    --------
    >>> from sottovoce.paths import data_folder
    >>> from sottovoce.audio import load_recording
    >>> clip = load_recording(data_folder() / "samples" / "tom_angry.flac")
    >>> monitor = Monitor("bundled", "angry above .5 for 2 windows running", seconds=1.5, hop=0.5)
    >>> heard = monitor.feed(clip) + monitor.finish()
    >>> [alert.rule for window in heard for alert in window.alerts]
    ['angry above 0.5 for 2 windows running']
    """

    def __init__(
        self,
        model: SpeechModel | str,
        rules: Rule | str | Sequence[Rule | str],
        *,
        prompt: Any = "one_word",
        tokens: Any = None,
        mode: Any = "greedy",
        readout: str = "answer_step",
        readout_options: Mapping[str, Any] | None = None,
        seconds: float = 3.0,
        hop: float | None = None,
        source: str = "stream",
        on_alert: Callable[[Alert], object] | None = None,
        on_window: Callable[[Heard], object] | None = None,
        on_problem: Callable[[str], object] | None = None,
        log: AlertLog | str | os.PathLike[str] | None = None,
        keep_sound: str | os.PathLike[str] | None = None,
        max_lag: float | None = 10.0,
    ) -> None:
        given = [rules] if not isinstance(rules, Sequence) or isinstance(rules, str) else rules
        self.rules = [as_rule(rule) for rule in given]
        if not self.rules:
            raise AlertError("rules=[] must hold at least one, such as 'angry above 0.6'")
        loaded = load_model(model) if isinstance(model, str) else model
        self.hop = seconds / 2 if hop is None else hop
        self._buffer = WindowBuffer(loaded.rate, seconds=seconds, hop=self.hop)
        self._hearing = Hearing(
            loaded,
            prompt=prompt,
            tokens=tokens,
            mode=mode,
            readout=readout,
            readout_options=readout_options,
            longest=seconds,
        )
        self._intake = Intake(loaded.rate)
        self.source = source
        self.totals = Totals()
        self._on_window, self._on_problem = on_window, on_problem
        self._log = log if isinstance(log, AlertLog) or log is None else AlertLog(log)
        self._alerting = Alerting(
            self.rules,
            self._hearing,
            rate=loaded.rate,
            source=source,
            log=self._log,
            keep_sound=keep_sound,
            on_alert=on_alert,
            tell=self._tell,
        )
        self._max_lag = max_lag
        self._expected = 0
        self._problems: deque[str] = deque()
        self._stopped = threading.Event()
        self._finished = False
        self._tell_start(seconds)

    def feed(self, samples: Any, rate: int | None = None) -> list[Heard]:
        """Take a chunk, and work through every window that it completes. Nothing is skipped.

        Parameters
        ----------
        samples
            Shape (n,), (n, channels) or (channels, n), or a Recording, such as
            ``recorder.recording`` of the widget Recorder.
        rate
            In Hz; not needed for a Recording.

        Returns
        -------
        list of Heard
            The windows that are done, in order. A chunk that holds no sound is told to
            `on_problem`, and the windows that it touches are "broken"; the others go on.

        Raises
        ------
        AlertError
            After `finish`.
        """
        self._require_open()
        if isinstance(samples, Recording):
            samples, rate = samples.samples, samples.rate
        heard = []
        for piece in in_pieces(samples, rate, self.hop):
            self._append(piece, rate)
            heard += self._work()
        return heard

    def finish(self) -> list[Heard]:
        """Work through what is left, with a last window that ends where the sound does.

        What comes afterwards is refused; finishing again does nothing.
        """
        if self._finished:
            return []
        self._finished = True
        self._buffer.append(self._intake.end().samples)
        heard = self._work()
        last = self._buffer.take_last()
        if last is not None:
            heard += self._hear([last])
        if self._log:
            self._log.write("end", {"time": now(), "source": self.source, **self.totals.to_dict()})
        return heard

    def listen(self, chunks: Iterable[tuple[Any, int]]) -> Totals:
        """Listen to a source in step with it, until it ends or `stop` is called.

        The source is read in a thread of its own, and the windows are worked through in this one. A
        source that has more sound than there is time, as a file has, is made to wait. One that
        brings sound as it is spoken cannot be: where more than `max_lag` seconds are waiting, all
        waiting windows but the newest are skipped, counted in ``totals.n_skipped`` and told.

        Parameters
        ----------
        chunks
            Pairs of samples and rate, such as :func:`follow_file`, :func:`read_pcm` and
            :func:`microphone` yield; an empty chunk says that there is nothing new.

        Returns
        -------
        Totals

        Raises
        ------
        AlertError
            After `finish`.
        """
        self._require_open()
        pace = Pace(self._buffer, self._max_lag)
        failure: list[BaseException] = []

        def read() -> None:
            try:
                for samples, rate in chunks:
                    size = np.size(samples)
                    pace.before(is_idle=not size, stopped=self._stopped)
                    if self._stopped.is_set():
                        break
                    if size:
                        for piece in in_pieces(samples, rate, self.hop):
                            pace.wait_for_room(self._intake.seconds, self._stopped)
                            with pace.changed:
                                self._append(piece, rate)
                                pace.changed.notify_all()
                    pace.after(self._intake.seconds)
            except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
                failure.append(error)
            finally:
                pace.end()

        threading.Thread(target=read, name="sottovoce source", daemon=True).start()
        try:
            while pace.wait_for_window(self._stopped):
                self._work(pace)
        finally:
            self._stopped.set()
            pace.end()
        self.finish()
        if failure:
            raise failure[0]
        return self.totals

    def stop(self) -> None:
        """Let `listen` end; may be called from any thread, or from a callback."""
        self._stopped.set()

    def _append(self, samples: Any, rate: Any) -> None:
        piece = self._intake.take(samples, rate)
        if piece.broken:
            self.totals.n_refused += 1
            self._problems.append(piece.broken)
            self._buffer.mark(*piece.span, piece.broken)
        self._buffer.append(piece.samples)
        self.totals.audio_seconds = self._intake.seconds

    def _work(self, pace: Pace | None = None) -> list[Heard]:
        """Hear what is ready; without a pace all of it, with one as much as fits together."""
        heard: list[Heard] = []
        while True:
            if pace is None:
                cuts = [
                    self._buffer.take() for _ in range(min(self._buffer.n_ready, MOST_TOGETHER))
                ]
            else:
                with pace.changed:
                    n = min(self._buffer.n_ready, MOST_TOGETHER)
                    cuts = [self._buffer.take() for _ in range(n)]
                    pace.changed.notify_all()
            self._tell_problems()
            if not cuts:
                return heard
            heard += self._hear(cuts)
            if pace is not None:
                return heard

    def _hear(self, cuts: Sequence[Cut]) -> list[Heard]:
        began, cpu = time.perf_counter(), time.process_time()
        usable = [cut for cut in cuts if not cut.broken]
        answers = self._hearing.hear([self._recording(cut) for cut in usable]) if usable else []
        told = dict(zip([cut.number for cut in usable], answers, strict=True))
        self.totals.worked_seconds += time.perf_counter() - began
        self.totals.cpu_seconds += time.process_time() - cpu
        heard = []
        for cut in cuts:
            self._tell_skipped(cut)
            shares, message = told.get(cut.number, ({}, cut.broken))
            heard.append(self._judge(cut, shares, message))
        return heard

    def _judge(self, cut: Cut, shares: dict[str, float], message: str) -> Heard:
        name = self._recording(cut).id
        start, end = cut.start / self._buffer.rate, cut.stop / self._buffer.rate
        alerts = self._alerting.see(cut, name, shares)
        self.totals.n_alerts += len(alerts)
        status = "broken" if cut.broken else "ok" if shares else "error"
        self.totals.n_windows += 1
        self.totals.n_ok += status == "ok"
        self.totals.n_error += status == "error"
        self.totals.n_broken += status == "broken"
        heard = Heard(name, start, end, status, message, shares, alerts)  # type: ignore[arg-type]
        if self._on_window:
            self._on_window(heard)
        return heard

    def _recording(self, cut: Cut) -> Recording:
        rate = self._buffer.rate
        start = cut.start / rate
        if cut.is_whole:
            return Recording(cut.samples, rate, id=self.source)
        return Recording(
            cut.samples,
            rate,
            id=window_name(self.source, start, self.hop),
            part_of=self.source,
            start=start,
        )

    def _tell_skipped(self, cut: Cut) -> None:
        n = cut.number - self._expected
        if n > 0:
            first = round(self._expected * self.hop * self._buffer.rate) / self._buffer.rate
            self._alerting.break_rows()
            self.totals.n_skipped += n
            self.totals.n_windows += n
            self._tell(
                f"{n} window{'s' if n > 1 else ''} from {first:.1f} s on skipped, to be in step "
                f"again at {cut.start / self._buffer.rate:.1f} s: sound comes faster than it is "
                "worked through. Use a longer hop, a faster model, or a greater max_lag."
            )
        self._expected = cut.number + 1

    def _tell_problems(self) -> None:
        while self._problems:
            self._tell(self._problems.popleft())

    def _tell(self, problem: str) -> None:
        if self._log:
            self._log.write("problem", {"time": now(), "source": self.source, "message": problem})
        if self._on_problem:
            self._on_problem(problem)

    def _tell_start(self, seconds: float) -> None:
        if self._log:
            hearing = self._hearing
            told = {
                "time": now(),
                "source": self.source,
                "rules": [str(rule) for rule in self.rules],
                "seconds": seconds,
                "hop": self.hop,
                "model": hearing.model.id,
                "model_revision": hearing.model.revision,
                "prompt": hearing.prompt.name,
                "prompt_text": hearing.prompt.text,
                "readout": hearing.readout,
            }
            self._log.write("monitor", told)

    def _require_open(self) -> None:
        if self._finished:
            raise AlertError("this monitor has finished; make a new one for another stream")

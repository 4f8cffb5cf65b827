"""AlertReview: alerts are heard one by one, confirmed or overruled, and every verdict is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from sottovoce.alerts import as_rule, reviewed_precision
from sottovoce.errors import SottovoceError
from sottovoce.plots.style import concept_colors
from sottovoce.widgets.alert_review.reviewing import Reviewing
from sottovoce.widgets.alert_review.still import (
    precision_in_words,
    review_code,
    review_figure,
    review_html,
    review_tables,
)
from sottovoce.widgets.shared.assets import javascript, styles
from sottovoce.widgets.shared.guard import guarded
from sottovoce.widgets.shared.messages import Messages
from sottovoce.widgets.shared.sound import wav_bytes
from sottovoce.widgets.shared.still import ShowCode, StillOutput

if TYPE_CHECKING:
    import os

    import pandas as pd
    from matplotlib.figure import Figure

    from sottovoce.alerts import Alert, AlertLog, Verdict
    from sottovoce.alerts.records import VerdictName
    from sottovoce.markup import Markup


class AlertReviewView(anywidget.AnyWidget):
    """The alert, its sound and the verdicts; what is said comes as a message."""

    _esm = javascript(
        "shared/elements.js",
        "shared/colors.js",
        "shared/clip_player.js",
        "alert_review/alert_review.js",
    )
    _css = styles("shared/theme.css", "shared/one_by_one.css", "alert_review/alert_review.css")
    shown = traitlets.Dict().tag(sync=True)
    audio = traitlets.CBytes().tag(sync=True)


class AlertReview(StillOutput, ipywidgets.VBox):
    """A reviewer hears the alerts of a log one by one, and confirms or overrules each.

    Space plays, C confirms and O overrules with the note that was written, N goes to the note and
    Escape out of it, the arrows lead to the alert before and the one after.

    Parameters
    ----------
    log
        An :class:`~sottovoce.alerts.AlertLog` or its path. A monitor may go on writing into it, and
        several people may review it at the same time.
    reviewer
        A name or a code. Who comes back with the same one goes on where they stopped.
    sounds
        The folder in which the sounds of the alerts lie, if they were moved. They are there if the
        monitor was told to keep them (``keep_sound=``, or ``--keep-sound`` on the command line).
    autoplay
        Play each sound as soon as it is there, after the first one.

    Attributes
    ----------
    log : AlertLog
        Where the verdicts go. It is only appended to: who thinks better of a verdict goes back and
        gives another; both stay, and the last counts.
    reviewer : str
        Who listens.
    alert : Alert or None
        The one that is shown.
    finished : bool
        Whether every alert in the log has a verdict of this reviewer.

    Raises
    ------
    AlertError
        If it is no log of alerts, or the reviewer has no name.

    Notes
    -----
    Where the sound was kept, a verdict needs it to be heard. What others said is shown once the
    reviewer has given a verdict. The rule and the shares are shown before, so this is a review of
    what a model says and no rating without knowledge of it: for that there is
    :class:`~sottovoce.widgets.Annotator`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sottovoce.alerts import Alert, AlertLog
    >>> log = AlertLog(Path(tempfile.mkdtemp()) / "alerts.jsonl")
    >>> log.add(Alert(id="1", rule="angry above 0.6", source="call", start=2, end=5))
    >>> review = AlertReview(log, "Ada")
    >>> verdict = review.judge("overruled", "laughs")
    >>> review.finished, review.precision.loc["angry above 0.6", "precision"].item()
    (True, 0.0)
    """

    def __init__(
        self,
        log: AlertLog | str | os.PathLike[str],
        reviewer: str,
        *,
        sounds: str | os.PathLike[str] | None = None,
        autoplay: bool = True,
    ) -> None:
        self._reviewing = Reviewing(log, reviewer, sounds)
        self._autoplay = autoplay
        self._turn = 0
        self.view = AlertReviewView()
        self.messages = Messages()
        self._show_code = ShowCode(self)
        super().__init__([self.view, self.messages, self._show_code])
        if self.log.n_broken:
            self.messages.warning(
                f"{self.log.n_broken} line{'s' * (self.log.n_broken > 1)} of {self.log.path.name} "
                "cannot be read, as after a crash, and are passed over."
            )
        self._draw()
        self.view.on_msg(self._heard)

    @property
    def log(self) -> AlertLog:
        """Where the alerts come from and the verdicts go."""
        return self._reviewing.log

    @property
    def reviewer(self) -> str:
        """Who listens."""
        return self._reviewing.reviewer

    @property
    def alert(self) -> Alert | None:
        """The alert that is shown; None while the log has none."""
        return self._reviewing.current

    @property
    def finished(self) -> bool:
        """Whether every alert has a verdict of this reviewer."""
        return self._reviewing.n_judged == len(self._reviewing.alerts)

    @property
    def precision(self) -> pd.DataFrame:
        """What the verdicts of all come to, from :func:`sottovoce.alerts.reviewed_precision`."""
        return reviewed_precision(self.log)

    def judge(self, verdict: VerdictName, note: str = "") -> Verdict:
        """Save a verdict on the alert that is shown, and go to the next one without.

        Parameters
        ----------
        verdict
            "confirmed" or "overruled".
        note
            Why.

        Raises
        ------
        AlertError
            If there is no alert, it is no verdict, or the log cannot be written.
        """
        try:
            return self._reviewing.judge(verdict, note)
        finally:
            self._draw()

    def go(self, step: int) -> None:
        """Show the alert so many further on, or back, whether it has a verdict or not."""
        self._reviewing.go(step)
        self._draw()

    def refresh(self) -> None:
        """Look for new alerts, and show the next one without a verdict of this reviewer."""
        self._reviewing.go_to_open()
        self._draw()

    def code(self) -> str:
        """Return the Python that reads the log, and tells its precision as reviewed."""
        return review_code(self.log)

    def to_figure(self) -> Figure:
        """Return what became of the alerts of each rule as a matplotlib figure."""
        return review_figure(self.log)

    def to_html(self) -> str:
        """Return all alerts with their verdicts as one page that needs no kernel."""
        return review_html(self.log)

    def still(self) -> Markup:
        """Return the same as tables."""
        return review_tables(self.log)

    @guarded
    def _heard(self, _view: Any, content: Any, _buffers: Any) -> None:
        """Do what was chosen in the browser, unless it is about an alert that is done."""
        if content["turn"] != self._turn:
            return
        if content["kind"] == "verdict":
            self.judge(content["verdict"], str(content["note"]))
        elif content["kind"] == "go":
            self.go(int(content["step"]))
        else:
            self.refresh()
        self.messages.clear()

    def _draw(self) -> None:
        """Show the current alert."""
        reviewing = self._reviewing
        alert, own = reviewing.current, reviewing.own
        sound, duration, silent = b"", 0.0, ""
        try:
            recording = reviewing.sound()
        except SottovoceError as error:
            silent = f"Its sound cannot be played: {error}"
        else:
            if recording is not None:
                sound, duration = wav_bytes(recording), recording.duration
            elif alert is not None:
                silent = "No sound was kept of it: listen where it comes from before you judge."
        self._turn += 1
        shown = {
            "turn": self._turn,
            "place": reviewing.place,
            "of": len(reviewing.alerts),
            "judged": reviewing.n_judged,
            "reviewer": reviewing.reviewer,
            "alert": None if alert is None else _told(alert),
            "duration": duration,
            "silent": silent,
            "autoplay": self._autoplay,
            "own": None if own is None else {"verdict": own.verdict, "note": own.note},
            "others": [_said(one) for one in reviewing.others] if own else [],
            "precision": precision_in_words(reviewed_precision(reviewing.log)),
        }
        with self.view.hold_sync():
            self.view.audio = sound
            self.view.shown = shown
        self._show_code.refresh()


def _told(alert: Alert) -> dict[str, Any]:
    """Return an alert as the view shows it."""
    colors = concept_colors(alert.shares)
    marks = _thresholds(alert)
    return {
        "id": alert.id,
        "rule": alert.rule,
        "where": f"{alert.source}, {alert.start:.1f} to {alert.end:.1f} s",
        "how": " · ".join(filter(None, [alert.time, alert.model, alert.prompt, alert.readout])),
        "values": [{"name": name, "value": value} for name, value in alert.values.items()],
        "shares": [
            {"name": name, "share": share, "color": colors[name], "threshold": marks.get(name)}
            for name, share in alert.shares.items()
        ],
    }


def _thresholds(alert: Alert) -> dict[str, float]:
    """Return the thresholds that the rule sets for the share of a single emotion."""
    try:
        conditions = as_rule(alert.rule).conditions
    except SottovoceError:  # a log may hold rules of another making
        return {}
    return {one.signal[0]: one.threshold for one in conditions if len(one.signal) == 1}


def _said(verdict: Verdict) -> str:
    note = f" ({verdict.note})" if verdict.note else ""
    return f"{verdict.reviewer}: {verdict.verdict}{note}"

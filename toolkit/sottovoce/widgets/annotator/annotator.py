"""Annotator: listeners rate clips blind, and every rating is saved at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from sottovoce.corpora import Corpus, load_ratings, load_votes
from sottovoce.errors import RecordingError, SottovoceError, VotesError
from sottovoce.evaluation import krippendorff_alpha, reference_distribution
from sottovoce.widgets.annotator.listening import OTHER, Listening, read_choices
from sottovoce.widgets.annotator.still import (
    agreement_in_words,
    annotator_code,
    annotator_figure,
    annotator_html,
    annotator_table,
)
from sottovoce.widgets.shared.assets import javascript, styles
from sottovoce.widgets.shared.guard import guarded
from sottovoce.widgets.shared.messages import Messages
from sottovoce.widgets.shared.shelf import Shelf
from sottovoce.widgets.shared.sound import wav_bytes
from sottovoce.widgets.shared.still import ShowCode, StillOutput

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    import xarray as xr
    from matplotlib.figure import Figure

    from sottovoce.markup import Markup


class AnnotatorView(anywidget.AnyWidget):
    """The player and the choices; what is answered comes as a message."""

    _esm = javascript("shared/elements.js", "shared/clip_player.js", "annotator/annotator.js")
    _css = styles("shared/theme.css", "shared/one_by_one.css", "annotator/annotator.css")
    shown = traitlets.Dict().tag(sync=True)
    audio = traitlets.CBytes().tag(sync=True)


class Annotator(StillOutput, ipywidgets.VBox):
    """A listener hears clips one by one and says which emotion it is.

    Keys 1 to 9 choose, 0 is "none of these", space plays again, S skips, U takes the last answer
    back; where several emotions may be chosen, Enter saves them.

    Parameters
    ----------
    recordings
        A corpus, a folder, files, or a mapping from names to recordings. The votes of a corpus are
        not shown.
    path
        Of the CSV file that the ratings go to. It need not exist; several raters may use one file
        at the same time. One row a rating, with the columns utterance, emotion (empty if it was
        skipped), rater, seconds (from the first play to the answer), plays (how often it was
        heard) and time (UTC): :func:`sottovoce.load_corpus` reads it.
    rater
        A name or a code. Who comes back with the same one goes on where they stopped.
    emotions
        What can be chosen, or a mapping from what is saved to what is shown
        (``{"angry": "怒り"}``); by default the six. Their order stays the same for all clips.
    other
        Offer "none of these" too, saved as "other".
    several
        Let a listener choose several emotions. Each is saved in a row of its own and is a whole
        vote, as it is usual in the field; agreement is then that of the sets.
    show_names
        Show the names of the clips. They are hidden by default, since they often tell the emotion.
    autoplay
        Play each clip as soon as it is there, after the first one.

    Attributes
    ----------
    rater : str
        Who listens.
    finished : bool
        Whether this rater has rated or skipped every clip that can be read.
    unreadable : dict
        Clips that were left out, with the reason.
    run : None
        No model is asked.

    Raises
    ------
    VotesError
        If the file is no table of ratings, or rater or emotions make no sense.
    RecordingError
        If there are no recordings.

    Notes
    -----
    The order of the clips looks random, is another for each rater, and is always the same:
    ``listening.blind_order``. Neither a model's opinion nor that of others is shown; how far the
    listeners agree is told when the rater has finished, or when it is asked for. There is no
    waveform, since one sees in it how loud a voice is.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import sottovoce
    >>> path = Path(tempfile.mkdtemp()) / "votes.csv"
    >>> clips = sottovoce.load_corpus("sample").select(speakers="anna")
    >>> annotator = Annotator(clips, path, "eve")
    >>> annotator.answer("sad")
    >>> annotator.finished, annotator.votes.sum().item()
    (False, 1.0)
    >>> annotator.undo()
    """

    run: xr.Dataset | None = None

    def __init__(
        self,
        recordings: Any,
        path: str | os.PathLike[str],
        rater: str,
        *,
        emotions: Iterable[str] | Mapping[str, str] | None = None,
        other: bool = False,
        several: bool = False,
        show_names: bool = False,
        autoplay: bool = True,
    ) -> None:
        self._shelf = Shelf(recordings if isinstance(recordings, Corpus) else None)
        if not isinstance(recordings, Corpus):
            self._shelf.fill(recordings)
        if not self._shelf.entries:
            raise RecordingError("There are no recordings to be rated. Give a folder or files.")
        self._listening = Listening(
            list(self._shelf.keys), path, rater, read_choices(emotions, other), several=several
        )
        self._show_names = show_names
        self._autoplay = autoplay
        self._wants_agreement = False
        self._turn = 0
        self.view = AnnotatorView()
        self.messages = Messages()
        self._show_code = ShowCode(self)
        super().__init__([self.view, self.messages, self._show_code])
        if self._listening.cut_off:
            self.messages.warning(
                f"The last row of {self._listening.file.path.name} was cut off in the middle, as "
                f"by a crash ({self._listening.cut_off!r}). It does not count, and the next rating "
                "replaces it."
            )
        self._draw()
        self.view.on_msg(self._heard)

    @property
    def rater(self) -> str:
        """Who listens."""
        return self._listening.rater

    @property
    def finished(self) -> bool:
        """Whether every clip that can be read is rated or skipped."""
        return self._listening.current is None

    @property
    def unreadable(self) -> dict[str, str]:
        """Clips that were left out, with the reason."""
        return dict(self._listening.unreadable)

    @property
    def votes(self) -> xr.DataArray | None:
        """The counts of all raters so far, dims (utterance, emotion); None before the first.

        "None of these" is no vote; the attribute ``n_other_votes`` counts it.
        """
        self._listening.reread()
        ratings = self._listening.ratings
        if not any(rating.emotion not in ("", OTHER) for rating in ratings):
            return None
        votes = load_votes(self._listening.file.path, emotions=self._listening.emotions)
        known = {rating.utterance for rating in ratings}
        return votes[[str(name) in known for name in votes["utterance"].values]]

    @property
    def shares(self) -> xr.DataArray | None:
        """The distribution of the votes so far, dims (utterance, emotion)."""
        votes = self.votes
        return None if votes is None else reference_distribution(votes)

    def answer(self, *emotions: str, seconds: float = 0.0, plays: int = 0) -> None:
        """Save what the listener heard in the present clip.

        Parameters
        ----------
        *emotions
            One, or several where that is allowed; none skips the clip.
        seconds
            How long it took.
        plays
            How often the clip was heard.

        Raises
        ------
        VotesError
            If it is none of the choices, all clips are rated, or the file cannot be written.
        """
        try:
            self._listening.answer(emotions, seconds, plays)
        finally:
            self._draw()

    def skip(self) -> None:
        """Leave the present clip without an answer; a row without emotion says so."""
        self.answer()

    def undo(self) -> None:
        """Take this rater's last answer back and hear that clip again.

        Raises
        ------
        VotesError
            If the file cannot be written.
        """
        try:
            self._listening.undo()
        finally:
            self._draw()

    def agreement(self) -> xr.Dataset:
        """Return Krippendorff's alpha of all raters so far, with its interval.

        Returns
        -------
        xarray.Dataset
            As from :func:`sottovoce.evaluation.krippendorff_alpha`, over these clips.

        Raises
        ------
        VotesError
            If no clip has the answers of two raters.
        """
        self._listening.reread()
        known = {rating.utterance for rating in self._listening.ratings}
        if not self._listening.n_shared:
            raise VotesError(
                "No clip has the answers of two listeners so far, and agreement needs two. Let "
                "another one rate the same clips into the same file."
            )
        ratings = load_ratings(self._listening.file.path)
        return krippendorff_alpha(
            ratings[[str(name) in known for name in ratings["utterance"].values]]
        )

    def code(self) -> str:
        """Return the Python that reads the ratings as a corpus, and tells the agreement."""
        return annotator_code(self._listening, self._shelf)

    def to_figure(self) -> Figure:
        """Return how far the raters are, and what was chosen, as a matplotlib figure.

        Until this rater has finished, only their own choices are shown.
        """
        return annotator_figure(self._listening, self._told_agreement())

    def to_html(self) -> str:
        """Return the same as one page that needs no kernel."""
        return annotator_html(self._listening, self._told_agreement())

    def still(self) -> Markup:
        """Return the same as a table; the names of the clips are not in it."""
        return annotator_table(self._listening, self._told_agreement())

    @guarded
    def _heard(self, _view: Any, content: Any, _buffers: Any) -> None:
        """Do what was chosen in the browser, unless it is about a clip that is done."""
        kind = content["kind"]
        if kind == "agreement":
            self._wants_agreement = True
            self._draw()
        elif content["turn"] != self._turn:
            return
        elif kind == "undo":
            self.undo()
        else:
            words = list(self._listening.choices)
            chosen = [words[int(place)] for place in content["chosen"]]
            seconds, plays = max(0.0, float(content["seconds"])), max(0, int(content["plays"]))
            self.answer(*chosen, seconds=seconds, plays=plays)
        self.messages.clear()

    def _told_agreement(self) -> str:
        """Return the agreement in words, or why there is none; nothing while the rater is blind."""
        if not self.finished and not self._wants_agreement:
            return ""
        try:
            return agreement_in_words(self.agreement(), len(self._listening.progress))
        except SottovoceError as error:
            return str(error)

    def _draw(self) -> None:
        """Show the present clip; those that cannot be read are left out."""
        listening = self._listening
        sound = b""
        duration = 0.0
        while (name := listening.current) is not None:
            try:
                recording = self._shelf.entries[self._shelf.keys[name]].load()
            except SottovoceError as error:
                listening.unreadable[name] = str(error)
                continue
            sound, duration = wav_bytes(recording), recording.duration
            break
        self._turn += 1
        of = len(listening.order) - len(listening.unreadable)
        shown = {
            "turn": self._turn,
            "done": len([name for name in listening.rated if name not in listening.unreadable]),
            "of": of,
            "finished": name is None,
            "name": name if self._show_names else "",
            "duration": duration,
            "choices": [
                {"key": _key(word, place), "label": label, "alone": word == OTHER}
                for place, (word, label) in enumerate(listening.choices.items())
            ],
            "several": listening.several,
            "autoplay": self._autoplay,
            "last": _last_answer(listening),
            "unreadable": self._left_out(),
            "agreement": self._told_agreement(),
        }
        with self.view.hold_sync():
            self.view.audio = sound
            self.view.shown = shown
        self._show_code.refresh()

    def _left_out(self) -> str:
        lost = self._listening.unreadable
        if not lost:
            return ""
        text = f"{len(lost)} clip{'s' * (len(lost) > 1)} left out: they cannot be read."
        # The reasons name the files.
        return " ".join([text, *lost.values()]) if self._show_names or self.finished else text


def _key(word: str, place: int) -> str:
    if word == OTHER:
        return "0"
    return str(place + 1) if place < 9 else ""


def _last_answer(listening: Listening) -> str | None:
    last = listening.last
    if last is None:
        return None
    return ", ".join(listening.choices.get(word, word) for word in last) or "skipped"

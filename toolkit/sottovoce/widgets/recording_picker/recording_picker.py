"""RecordingPicker: from a corpus, files of one's own, a folder, or the microphone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from sottovoce.audio import Recording
from sottovoce.corpora import Corpus, load_corpus
from sottovoce.errors import RecordingError
from sottovoce.widgets.recorder.recorder import Recorder
from sottovoce.widgets.recording_picker import still
from sottovoce.widgets.recording_picker.folder_row import FolderRow
from sottovoce.widgets.recording_picker.recording_list import RecordingList
from sottovoce.widgets.shared.guard import guarded
from sottovoce.widgets.shared.messages import Messages
from sottovoce.widgets.shared.recording_names import file_suffix, plain_name
from sottovoce.widgets.shared.shelf import Shelf
from sottovoce.widgets.shared.still import ShowCode, StillOutput
from sottovoce.widgets.shared.uploads import LARGEST_UPLOAD, Uploader

if TYPE_CHECKING:
    import os

    from matplotlib.figure import Figure

    from sottovoce.markup import Markup

    Source = Path | Recording


class RecordingPicker(StillOutput, ipywidgets.VBox):
    """Choose recordings: of a corpus, uploaded, from a folder, or spoken now.

    Parameters
    ----------
    corpus
        A :class:`~sottovoce.corpora.Corpus`, or what :func:`sottovoce.load_corpus` knows by name;
        None for none.
    recordings
        More to choose from: a mapping from names to recordings, or a folder, or files.
    multiple
        Whether several can be chosen. If not, one is chosen from the start, and what is added
        last is chosen.
    max_seconds
        Where a recording from the microphone stops.
    largest_upload
        Bytes of the largest file that is taken. Files come in pieces, so that no setting of the
        server limits them.
    show_code
        Whether there is a "Show code" below; not needed within a widget that has its own.

    Attributes
    ----------
    selected : tuple of str
        The names of the chosen recordings; can be assigned.

    Raises
    ------
    RecordingError
        If a recording that was given cannot be read, or a name is chosen that is not there.
    VotesError
        If there is no such corpus.

    Examples
    --------
    >>> picker = RecordingPicker("sample", multiple=True)
    >>> picker.selected = ("tom_sad", "tom_angry")
    >>> [path.name for path in picker.recordings.values()]
    ['tom_sad.flac', 'tom_angry.flac']
    >>> picker.add("tom_sad", picker.recordings["tom_sad"])
    'tom_sad#2'
    """

    selected = traitlets.Tuple()

    run = None
    shares = None

    def __init__(
        self,
        corpus: Corpus | str | os.PathLike[str] | None = None,
        *,
        recordings: Any = None,
        multiple: bool = False,
        max_seconds: float = 30,
        largest_upload: int = LARGEST_UPLOAD,
        show_code: bool = True,
    ) -> None:
        if corpus is not None and not isinstance(corpus, Corpus):
            corpus = load_corpus(corpus)
        self.corpus = corpus
        self.multiple = multiple
        self._shelf = Shelf(corpus)
        self._spoken: int | None = None
        if recordings is not None:
            self._shelf.fill(recordings)
        self.list = RecordingList(
            self._shelf,
            multiple=multiple,
            note="" if corpus is None else corpus.note,
            remove=self._remove,
        )
        self.uploader = Uploader(self._uploaded, largest=largest_upload)
        self.recorder = Recorder(max_seconds=max_seconds, show_code=False)
        self.folder = FolderRow()
        self.messages = Messages()
        self._show_code = ShowCode(self)
        super().__init__(
            [self._laid_out(), self.messages, *([self._show_code] if show_code else [])]
        )
        self.add_class("sottovoce-picker")
        self.list.observe(self._chosen, "chosen")
        self.folder.add.on_click(self._add_folder)
        self.folder.save.on_click(self._save)
        self.recorder.observe(self._recorded, "recording")
        self.recorder.observe(self._discarded, "wav")
        if not multiple:
            self._choose_first()
        self._follow()

    @property
    def recordings(self) -> dict[str, Source]:
        """The chosen recordings by name: a path, or what lies in no file; fit for a capture."""
        return {name: self._shelf.entries[self._shelf.keys[name]].source for name in self.selected}

    @property
    def everything(self) -> dict[str, Source]:
        """All that can be chosen, by name, in the order of the list."""
        keys = [*self._shelf.own(), *self._shelf.listed()]
        entries = [self._shelf.entries[key] for key in keys]
        return {entry.name: entry.source for entry in entries}

    @property
    def files(self) -> dict[str, Path]:
        """Where recordings lie, by name; what is only in memory is not among them."""
        entries = self._shelf.entries.values()
        return {entry.name: entry.path for entry in entries if entry.path is not None}

    def add(self, name: str, source: Any) -> str:
        """Add a recording and choose it.

        Parameters
        ----------
        name
            What it shall be called; where that is taken, "#2" is added, or the next number.
        source
            Whatever :func:`sottovoce.load_recording` takes.

        Returns
        -------
        str
            What it is called.

        Raises
        ------
        RecordingError
            If it is no recording, or says nothing.
        """
        return self._shown(self._shelf.add(str(name), source))

    def save(self, folder: str | os.PathLike[str]) -> dict[str, Path]:
        """Write what was uploaded, recorded or added without a file into a folder.

        Uploads and recordings are written as they came, byte by byte; samples as WAV of 16 bits.
        Nothing is overwritten.

        Returns
        -------
        dict
            Name to file.
        """
        saved = self._shelf.save(Path(folder).expanduser())
        self._follow()
        return saved

    def code(self) -> str:
        """Return the Python that gives the chosen recordings."""
        return still.picker_code(self._shelf, self.corpus, self._keys())

    def to_figure(self) -> Figure:
        """Return waveforms and votes of the chosen recordings as a matplotlib figure."""
        return still.picker_figure(self._shelf, self.corpus, self._keys())

    def to_html(self) -> str:
        """Return the chosen recordings with players, as one page that needs no kernel."""
        return still.picker_html(self._shelf, self.corpus, self._keys())

    def still(self) -> Markup:
        """Return the chosen recordings as a table; never a voice itself."""
        return still.picker_table(self._shelf, self._keys())

    @traitlets.validate("selected")  # type: ignore[untyped-decorator]
    def _valid(self, proposal: Any) -> tuple[str, ...]:
        given = proposal["value"]
        names = tuple(dict.fromkeys([given] if isinstance(given, str) else map(str, given)))
        unknown = [name for name in names if name not in self._shelf.keys]
        if unknown:
            raise RecordingError(
                f"there is no recording {unknown[0]!r} among the {len(self._shelf.entries)} here; "
                "picker.everything has them by name"
            )
        if len(names) > 1 and not self.multiple:
            raise RecordingError(
                f"{len(names)} recordings are chosen, but this picker takes one. "
                "RecordingPicker(multiple=True) takes several."
            )
        return names

    @traitlets.observe("selected")  # type: ignore[untyped-decorator]
    def _follow(self, _change: Any = None) -> None:
        self.list.chosen = self._keys()
        self.folder.save.disabled = not self._shelf.unsaved()
        self._show_code.refresh()

    @guarded
    def _chosen(self, change: Any) -> None:
        entries = self._shelf.entries
        self.selected = tuple(entries[key].name for key in change["new"] if key in entries)

    def _keys(self) -> list[int]:
        return [self._shelf.keys[name] for name in self.selected]

    def _choose_first(self) -> None:
        first = [*self._shelf.own(), *self._shelf.listed()][:1]
        self.selected = tuple(self._shelf.entries[key].name for key in first)

    def _shown(self, *keys: int) -> str:
        """Show what was added, and choose it."""
        self.list.refresh()
        names = tuple(self._shelf.entries[key].name for key in keys)
        self.selected = (*self.selected, *names) if self.multiple else names[:1]
        self._follow()
        return names[0] if names else ""

    def _uploaded(self, file_name: str, content: bytes) -> str:
        """Add an uploaded file, and tell what it is called."""
        name = plain_name(file_name)
        try:
            key = self._shelf.add(name, content, detail="uploaded", suffix=file_suffix(file_name))
        except RecordingError as error:
            # The file is named above the message already.
            raise RecordingError(str(error).removeprefix(f"{name}: ")) from error
        called = self._shown(key)
        entry = self._shelf.entries[key]
        told = [f"{entry.duration:.1f} s"]
        if called != name:
            told.append(f"called {called}, as there is another {name}")
        notes = entry.source.notes if isinstance(entry.source, Recording) else ()
        return "; ".join([*told, *notes])

    @guarded
    def _recorded(self, change: Any) -> None:
        recording = change["new"]
        if recording is not None:
            wav = self.recorder.wav
            self._spoken = self._shelf.add(recording.id, wav, detail="recorded")
            self._shown(self._spoken)

    @guarded
    def _discarded(self, change: Any) -> None:
        if not change["new"] and self._spoken is not None:
            self._remove(self._spoken)

    @guarded
    def _remove(self, key: int) -> None:
        entry = self._shelf.entries.get(key)
        if entry is None or not entry.batch:
            return
        self.selected = tuple(name for name in self.selected if name != entry.name)
        self._shelf.remove(key)
        self._spoken = None if key == self._spoken else self._spoken
        self.list.refresh()
        if not self.selected and not self.multiple:
            self._choose_first()
        self._follow()

    @guarded
    def _add_folder(self, _button: Any) -> None:
        self.messages.clear()
        keys, there = self._shelf.add_folder(self.folder.given())
        self._shown(*(keys if self.multiple else keys[:1]))
        known = there - len(keys)
        again = f"; {known} were there already" if known else ""
        self.messages.info(f"{_counted(len(keys))} added{again}.")

    @guarded
    def _save(self, _button: Any) -> None:
        folder = self.folder.given()
        saved = self.save(folder)
        self.messages.info(f"{_counted(len(saved))} saved in {Path(folder).absolute()}.")

    def _laid_out(self) -> ipywidgets.Widget:
        self.list.layout = ipywidgets.Layout(flex="3 1 380px", min_width="300px")
        own = ipywidgets.VBox(
            [self.uploader, self.recorder, self.folder],
            layout=ipywidgets.Layout(flex="2 1 270px", min_width="250px", grid_gap="14px"),
        )
        side_by_side = ipywidgets.Layout(flex_flow="row wrap", grid_gap="12px 24px")
        return ipywidgets.HBox([self.list, own], layout=side_by_side)


def _counted(number: int) -> str:
    return "1 recording" if number == 1 else f"{number} recordings"

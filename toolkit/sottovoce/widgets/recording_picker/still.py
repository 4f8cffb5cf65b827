"""A picker without a kernel: the Python behind it, a table, a page with players, a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.corpora import CORPORA, Corpus
from sottovoce.errors import SottovoceError
from sottovoce.markup import Markup, audio_player, data_uri, table, tag
from sottovoce.paths import data_folder
from sottovoce.widgets.shared.recording_figure import MOST_DRAWN, PAGE_STYLE, draw_recordings
from sottovoce.widgets.shared.sound import wav_bytes
from sottovoce.widgets.shared.still import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from sottovoce.audio import Recording
    from sottovoce.widgets.shared.shelf import Entry, Shelf

MOST_ROWS = 200
MOST_PLAYERS = 30
LONGEST_PLAYED = 60


def picker_code(shelf: Shelf, corpus: Corpus | None, chosen: Sequence[int]) -> str:
    """Return the Python that gives the chosen recordings, as a mapping from names to files.

    What lies in no file is left out, and a comment says how it gets into one.
    """
    entries = [shelf.entries[key] for key in chosen]
    bundled = [entry for entry in entries if corpus is not None and _is_sample(entry, corpus)]
    files = [entry for entry in entries if entry.path is not None and entry not in bundled]
    unsaved = [entry for entry in entries if entry.path is None]
    lines = ["import sottovoce", ""]
    if bundled and corpus is not None:
        lines += [
            f"corpus = sottovoce.load_corpus({corpus.name!r})",
            "names = [",
            *(f"    {entry.name!r}," for entry in bundled),
            "]",
            "recordings = {name: corpus.recordings[name] for name in names}",
        ]
    if files or not bundled:
        lines += [
            "recordings |= {" if bundled else "recordings = {",
            *(f"    {entry.name!r}: {str(entry.path)!r}," for entry in files if entry.path),
            "}",
        ]
    if unsaved:
        names = ", ".join(repr(entry.name) for entry in unsaved)
        lines += [
            f"# Only in the kernel's memory: {names}.",
            "# picker.save('my_recordings') writes them to files; then this code names them.",
        ]
    lines.append("# run = sottovoce.capture(sottovoce.load_model(), recordings, 'one_word')")
    return "\n".join(lines) + "\n"


def picker_table(shelf: Shelf, chosen: Sequence[int], *, players: bool = False) -> Markup:
    """Return the chosen recordings as a table, with players that hold the sound if wanted."""
    if not chosen:
        return tag("p", f"No recording is chosen, of {len(shelf.entries)}.")
    heads = ["recording", "seconds", "votes", "about", *(["sound"] if players else [])]
    rows = []
    for place, key in enumerate(chosen[:MOST_ROWS]):
        entry = shelf.entries[key]
        entry.measure()
        cells: list[object] = [
            "–" if entry.duration is None else f"{entry.duration:.1f}",
            votes_in_words(entry, shelf.emotions) or "–",
            entry.problem or entry.detail,
        ]
        if players:
            cells.append(_player(entry) if place < MOST_PLAYERS else "")
        rows.append((entry.name, *cells))
    more = len(chosen) - len(rows)
    chosen_ones = table(heads, rows, numbers=[1])
    return tag("div", chosen_ones, tag("p", f"{more} more recordings are chosen.") if more else "")


def picker_html(shelf: Shelf, corpus: Corpus | None, chosen: Sequence[int]) -> str:
    """Return one page with the chosen recordings and players."""
    note = corpus.note if corpus is not None else ""
    return page(
        "Recordings",
        tag(
            "main",
            tag("h1", "Recordings"),
            tag("p", note) if note else "",
            picker_table(shelf, chosen, players=True),
            tag(
                "p", f"The first {MOST_PLAYERS} have a player, each for {LONGEST_PLAYED} s at most."
            )
            if len(chosen) > MOST_PLAYERS
            else "",
        ),
        style=PAGE_STYLE,
    )


def picker_figure(shelf: Shelf, corpus: Corpus | None, chosen: Sequence[int]) -> Figure:
    """Return the waveforms and votes of the chosen recordings; those that cannot be read miss."""
    recordings: list[Recording] = []
    votes: list[tuple[float, ...] | None] = []
    for key in chosen:
        # What is not drawn is only counted, and need not be read.
        if len(recordings) >= MOST_DRAWN:
            recordings.append(recordings[-1])
            votes.append(None)
            continue
        try:
            recordings.append(shelf.entries[key].load())
        except SottovoceError:
            continue
        votes.append(shelf.entries[key].votes)
    # About the corpus's recordings only.
    of_corpus = corpus is not None and any(shelf.entries[key].batch == 0 for key in chosen)
    return draw_recordings(
        recordings,
        votes,
        shelf.emotions,
        note=corpus.note if corpus is not None and of_corpus else "",
        empty="No recording is chosen.",
    )


def votes_in_words(entry: Entry, emotions: Sequence[str]) -> str:
    """Return the counts of an entry, the most first; empty without votes."""
    if entry.votes is None:
        return ""
    counted = sorted(zip(entry.votes, emotions, strict=True), key=lambda pair: -pair[0])
    return ", ".join(f"{count:g} {name}" for count, name in counted if count)


def _player(entry: Entry) -> Markup:
    if entry.path is not None:
        player = audio_player(entry.path, entry.name)
        if player:
            return player
    try:
        recording = entry.load()
    except SottovoceError:
        return Markup()
    heard = recording.samples[: LONGEST_PLAYED * recording.rate]
    # At the rate of telephones' better lines: a page of thirty must stay one that can be sent.
    small = type(recording)(heard, recording.rate, recording.id).resampled(16000)
    source = data_uri(wav_bytes(small), "audio/wav")
    return tag(
        "audio", controls=True, preload="none", src=source, aria_label=f"Recording {entry.name}"
    )


def _is_sample(entry: Entry, corpus: Corpus) -> bool:
    """Tell whether this is one of the recordings that travel with the package."""
    return (
        entry.batch == 0
        and corpus.name in CORPORA
        and entry.path is not None
        and entry.path.parent == data_folder() / "samples"
    )

"""Every recording on the page: what was voted, said and weighed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sottovoce.markup import Markup, audio_player, joined, tag
from sottovoce.reports.answers import in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.corpora import Corpus
    from sottovoce.reports.answers import AnswerRow, Shares

COLUMNS = ("recording", "asked", "said", "weighed", "JS")
LEAST_SHOWN = 0.005


def recordings_section(
    rows: Sequence[AnswerRow], corpus: Corpus, emotions: Sequence[str]
) -> Markup:
    """Return the table of all recordings, those of one series together.

    Parameters
    ----------
    rows
        One for each recording and question; those of a recording follow one another.
    corpus
        Its columns sentence, series and step are shown where there are any.
    emotions
        In the order of the bars.
    """
    head = [tag("th", name, class_="number" if name == "JS" else None) for name in COLUMNS]
    bodies = []
    for title, of_series in groupby(rows, key=lambda row: _series(row, corpus)):
        if title:
            cell = tag("th", title, colspan=len(COLUMNS), scope="colgroup")
            bodies.append(tag("tbody", tag("tr", cell, class_="group")))
        for _, of_recording in groupby(of_series, key=lambda row: row.utterance):
            bodies.append(tag("tbody", *_recording(list(of_recording), corpus, emotions)))
    return joined(
        tag("h2", "Every recording"),
        tag(
            "p",
            "The first bar is how the listeners voted. Below it, for each question, what the "
            "model said and what it weighed at the step where it named an emotion.",
        ),
        legend(emotions),
        tag(
            "div",
            tag("table", tag("thead", tag("tr", *head)), *bodies, class_="recordings"),
            class_="scroll",
        ),
    )


def legend(emotions: Sequence[str]) -> Markup:
    """Return the colours of the emotions."""
    entries = [tag("li", name, class_=f"e{i}") for i, name in enumerate(emotions)]
    return tag("ul", *entries, class_="legend sticky")


def bar(shares: Shares, emotions: Sequence[str], whose: str) -> Markup:
    """Return shares as one bar, with the larger ones in words below it."""
    parts = [
        tag("i", class_=f"e{i}", style=f"width:{100 * shares[name]:.1f}%")
        for i, name in enumerate(emotions)
        if shares[name] >= LEAST_SHOWN
    ]
    told = in_words(shares)
    return joined(
        tag("div", *parts, class_="bar", role="img", aria_label=f"{whose}: {told}"),
        tag("div", told, class_="shares", aria_hidden="true"),
    )


def _recording(rows: list[AnswerRow], corpus: Corpus, emotions: Sequence[str]) -> list[Markup]:
    first = rows[0]
    who = tag(
        "td",
        tag("b", first.utterance),
        _sentence(first, corpus),
        tag("div", first.notes, class_="faint") if first.notes else "",
        audio_player(first.path, first.utterance),
        class_="who",
        rowspan=len(rows) + 1,
    )
    voted = bar(first.listeners, emotions, "listeners") if first.listeners else "no votes"
    lines = [
        tag(
            "tr",
            who,
            tag("td", "listeners", class_="asked"),
            tag("td"),
            tag("td", voted, class_="weighed"),
            tag("td"),
            class_="first listeners",
        )
    ]
    for row in rows:
        weighed = bar(row.shares, emotions, f"model, {row.prompt}") if row.shares else "–"
        said = row.answer if row.status == "ok" else tag("span", row.message, class_="failed")
        lines.append(
            tag(
                "tr",
                tag("td", row.prompt, class_="asked"),
                tag("td", said, class_="said"),
                tag("td", weighed, class_="weighed"),
                tag("td", "" if row.js is None else f"{row.js:.3f}", class_="number"),
                class_="last" if row is rows[-1] else None,
            )
        )
    return lines


def _sentence(row: AnswerRow, corpus: Corpus) -> Markup:
    told = _cell(row, corpus, "sentence")
    return tag("div", tag("q", told)) if told else Markup()


def _series(row: AnswerRow, corpus: Corpus) -> str:
    """Return the heading under which a recording stands, empty if the corpus has no series."""
    series = _cell(row, corpus, "series")
    if not series:
        return ""
    if series == "pure":
        return f"{row.speaker}: one emotion at a time"
    start, _, end = series.partition("-")
    return f"{row.speaker}: from {start} to {end}, step by step"


def _cell(row: AnswerRow, corpus: Corpus, column: str) -> str:
    table = corpus.utterances
    if column not in table or row.utterance not in table.index:
        return ""
    return str(table.at[row.utterance, column])

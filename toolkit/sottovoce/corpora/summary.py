"""A corpus as a card for a notebook: its size, its terms, its votes, its first rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.markup import Markup, bar, card, facts, folded, joined, one_line, table, tag

if TYPE_CHECKING:
    from sottovoce.corpora.corpus import Corpus

MOST_ROWS = 5
MOST_EMOTIONS = 20
MOST_SPEAKERS = 8
MOST_LABELS = 8


def html_summary(corpus: Corpus) -> Markup:
    """Return a corpus as a card."""
    return card(
        "Corpus",
        one_line(corpus.name),
        facts(
            [
                ("recordings", f"{len(corpus):,}"),
                ("speakers", _speakers(corpus)),
                ("votes", _votes(corpus)),
                ("raters", _raters(corpus)),
                ("votes left out", _left_out(corpus)),
                ("licence", one_line(corpus.licence)),
                ("note", one_line(corpus.note)),
            ]
        ),
        _emotions(corpus),
        folded("First recordings", _rows(corpus)),
    )


def _speakers(corpus: Corpus) -> str:
    names = corpus.speakers
    if not names:
        return "unknown"
    told = ", ".join(map(one_line, names[:MOST_SPEAKERS]))
    more = " ..." if len(names) > MOST_SPEAKERS else ""
    return f"{len(names)} ({told}{more})"


def _votes(corpus: Corpus) -> str:
    totals = corpus.votes.sum("emotion").values
    if not totals.size:
        return "none"
    silent = int((totals == 0).sum())
    told = f"{totals.sum():,g} in all, {np.median(totals):g} a recording (median)"
    return told + (f"; none for {silent}" if silent else "")


def _raters(corpus: Corpus) -> str:
    rows = corpus.single_ratings
    if rows is None:
        return "unknown"
    rated = f"{rows['utterance'].nunique():,} of {len(corpus):,} recordings"
    return f"{rows['rater'].nunique():,}, known for {rated}"


def _left_out(corpus: Corpus) -> str:
    if not corpus.left_out:
        return "none"
    ordered = sorted(corpus.left_out.items(), key=lambda item: (-item[1], item[0]))
    told = [f"{one_line(label, 40)} {n:,}" for label, n in ordered[:MOST_LABELS]]
    more = " ..." if len(ordered) > MOST_LABELS else ""
    return f"{sum(corpus.left_out.values()):,} ({', '.join(told)}{more})"


def _emotions(corpus: Corpus) -> Markup:
    counts = corpus.votes.sum("utterance")
    total = max(float(counts.sum()), 1.0)
    rows = [
        (one_line(name), f"{count:,g}", joined(bar(count / total), f" {count / total:.0%}"))
        for name, count in zip(corpus.emotions, counts.values.tolist(), strict=True)
    ]
    more = len(rows) - MOST_EMOTIONS
    rest = tag("div", f"and {more} more emotions", class_="sc-faint") if more > 0 else ""
    heads = ("emotion", "votes", "share of all votes")
    return joined(table(heads, rows[:MOST_EMOTIONS], numbers=[1]), rest)


def _rows(corpus: Corpus) -> Markup:
    votes = corpus.votes.isel(utterance=slice(MOST_ROWS)).values
    some = corpus.utterances.iloc[:MOST_ROWS]
    rows = [
        (
            one_line(name),
            one_line(speaker) or "–",
            _in_words(counts, corpus.emotions),
            one_line(Path(path).name),
        )
        for name, speaker, path, counts in zip(
            some.index, some["speaker"], some["path"], votes, strict=True
        )
    ]
    more = len(corpus) - len(rows)
    rest = tag("div", f"and {more:,} more", class_="sc-faint") if more else ""
    return joined(table(("recording", "speaker", "votes", "file"), rows), rest)


def _in_words(counts: np.ndarray, emotions: list[str]) -> str:
    order = np.argsort(-counts, kind="stable")
    return ", ".join(f"{counts[i]:g} {one_line(emotions[i])}" for i in order if counts[i]) or "–"

"""A few recordings: what was voted, said and weighed, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sottovoce import plots
from sottovoce.markup import Markup, audio_player, joined, tag
from sottovoce.reports.pilot.sections.cells import figure, labelled_bar

if TYPE_CHECKING:
    from sottovoce.reports.pilot.findings import Findings
    from sottovoce.reports.pilot.wording import Wording
    from sottovoce.reports.telling import Telling


def examples(found: Findings, say: Wording, *, with_audio: bool) -> Markup:
    """Return the recordings that tell most, to be heard if they are to be part of the file."""
    parts = [_example(found, telling, say, with_audio=with_audio) for telling in found.tellings]
    silent = Markup() if with_audio else tag("p", say("examples.no_audio"), class_="faint keep")
    return joined(tag("h2", say("examples.heading")), silent, *parts)


def _example(found: Findings, telling: Telling, say: Wording, *, with_audio: bool) -> Markup:
    row = telling.row
    source = found.corpus.recordings.get(row.utterance)
    heard = Markup()
    if with_audio and isinstance(source, Path):  # and no part of a longer file
        heard = audio_player(source, row.utterance)
    text = tag(
        "div",
        tag("h3", row.utterance),
        tag("p", say(f"examples.{telling.role}"), " ", say("examples.said", answer=row.answer)),
        heard,
        *(
            labelled_bar(say(f"data.{who}"), shares, found.emotions)
            for who, shares in (("listeners", row.listeners), ("model", row.shares))
            if shares is not None
        ),
    )
    return tag("section", text, _steps(found, telling, say), class_="example")


def _steps(found: Findings, telling: Telling, say: Wording) -> Markup:
    which = (telling.row.utterance, telling.row.prompt)
    return figure(
        plots.trajectories(found.run, *which),
        plots.describe_trajectories(found.run, *which),
        say("examples.steps", prompt=telling.row.prompt),
    )

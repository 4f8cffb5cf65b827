"""The demo's page: one HTML file that holds its pictures and recordings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sottovoce.markup import Markup, audio_player, image, joined, tag
from sottovoce.reports.document import document
from sottovoce.reports.evaluation_table import evaluation_section
from sottovoce.reports.recordings_table import recordings_section
from sottovoce.reports.words import HOW_TO_READ, LIMITS, NEXT_STEPS, model_paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr

    from sottovoce.corpora import Corpus
    from sottovoce.reports.answers import AnswerRow
    from sottovoce.reports.assessment import Assessment
    from sottovoce.reports.pictures import Picture
    from sottovoce.reports.telling import Telling


@dataclass(frozen=True)
class PageContent:
    """All that the page shows.

    Parameters
    ----------
    run
        What was captured.
    corpus
        The recordings with their votes.
    rows
        One for each recording and question.
    assessment
        The read-outs held against the votes.
    trajectory, bars
        Pictures of telling recordings.
    """

    run: xr.Dataset
    corpus: Corpus
    rows: Sequence[AnswerRow]
    assessment: Assessment
    trajectory: tuple[Telling, Picture] | None
    bars: Sequence[tuple[Telling, Picture]]

    @property
    def emotions(self) -> list[str]:
        """What the shares divide between, in the order of the bars."""
        return next((list(row.shares) for row in self.rows if row.shares), self.corpus.emotions)


def demo_page(content: PageContent) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    content
        What it shows. Names, answers and notes within are text, whatever they contain.

    Returns
    -------
    str
        A whole document that fetches nothing.
    """
    emotions = content.emotions
    return document(
        "sottovoce: what a speech model weighed under its answer",
        _header(content),
        tag(
            "main",
            _how_to_read(),
            _closer_look(content),
            recordings_section(content.rows, content.corpus, emotions),
            evaluation_section(content.assessment, len(content.corpus.speakers)),
            _questions(content),
            _limits(),
            _next_steps(),
        ),
        _footer(content),
        emotions=emotions,
    )


def _header(content: PageContent) -> Markup:
    n_recordings, n_prompts = content.run.sizes["utterance"], content.run.sizes["prompt"]
    return tag(
        "header",
        tag("p", "sottovoce", class_="kicker"),
        tag("h1", "What a speech model weighed under its answer"),
        tag(
            "p",
            f"{n_recordings} short recordings were put to a small speech model, with {n_prompts} "
            "questions each. Here is what it answered, what it weighed at the moment it named an "
            "emotion, and how the listeners voted.",
            class_="lead",
        ),
        tag(
            "div",
            tag("p", tag("b", content.corpus.note or content.corpus.name)),
            tag(
                "p",
                "Emotion recognition is fallible, and in some places forbidden: ",
                tag("a", "what this page cannot tell", href="#limits"),
                ".",
            ),
            class_="note",
        ),
    )


def _questions(content: PageContent) -> Markup:
    run = content.run
    asked = [
        joined(tag("dt", name), tag("dd", tag("q", text)))
        for name, text in zip(run["prompt"].values, run["prompt_text"].values, strict=True)
    ]
    return joined(
        tag("h2", "Who was asked, and what"),
        tag("p", model_paragraph(str(run.attrs["model_id"]))),
        tag("dl", *asked),
    )


def _how_to_read() -> Markup:
    return joined(tag("h2", "How to read it"), *(tag("p", paragraph) for paragraph in HOW_TO_READ))


def _closer_look(content: PageContent) -> Markup:
    if content.trajectory is None:
        return Markup()
    telling, picture = content.trajectory
    steps = joined(
        tag("b", telling.row.utterance),
        f", {telling.why}: the probability of each emotion at every step of the answer to ",
        tag("i", telling.row.prompt),
        ". The emitted tokens stand below.",
    )
    bars = [
        _figure(one, picture, joined(tag("b", one.row.utterance), f", {one.why}."))
        for one, picture in content.bars
    ]
    return joined(
        tag("h2", "A closer look"),
        _figure(telling, picture, steps),
        tag("div", *bars, class_="side-by-side"),
    )


def _figure(telling: Telling, picture: Picture, caption: Markup) -> Markup:
    player = audio_player(telling.row.path, telling.row.utterance)
    drawn = image(picture.png, picture.description)
    return tag("figure", drawn, tag("figcaption", caption, player))


def _limits() -> Markup:
    return joined(
        tag("h2", "What this page cannot tell", id="limits"),
        *(tag("p", paragraph) for paragraph in LIMITS),
    )


def _next_steps() -> Markup:
    steps = [joined(tag("p", why), tag("pre", tag("code", command))) for why, command in NEXT_STEPS]
    return joined(tag("h2", "What to do next"), *steps)


def _footer(content: PageContent) -> Markup:
    attrs = content.run.attrs
    return tag(
        "footer",
        tag(
            "p",
            f"Made by sottovoce {attrs['sottovoce_version']} with the model {attrs['model_id']} "
            f"(weights {str(attrs['model_revision'])[:12]}, {attrs['dtype']}), captured "
            f"{attrs['created']}. This page is one file, fetches nothing and sends nothing. ",
            tag("code", "run.zarr"),
            " beside it holds every number.",
        ),
    )

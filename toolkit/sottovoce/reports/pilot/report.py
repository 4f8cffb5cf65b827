"""write_report: the pilot's report as one HTML file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sottovoce.errors import RunError
from sottovoce.markup import Markup, tag
from sottovoce.reports.document import document
from sottovoce.reports.pilot import sections
from sottovoce.reports.pilot.wording import Wording

if TYPE_CHECKING:
    import os

    from sottovoce.reports.pilot.findings import Findings
    from sottovoce.reports.pilot.wording import Language


def write_report(
    found: Findings,
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    question: str | None = None,
    language: Language = "en",
    with_audio: bool = False,
) -> Path:
    """Write a pilot's report as one HTML file, which fetches nothing and prints well.

    Parameters
    ----------
    found
        From :func:`sottovoce.reports.find`.
    path
        The file; its folder is made.
    title
        What stands above it; by default the model and the corpus.
    question
        What the pilot was to find out, in the team's own words.
    language
        "en" or "ja".
    with_audio
        Put the recordings that are shown into the file. They are voices of people: by default
        they stay where they are.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    RunError
        If the file cannot be written.
    SottovoceError
        If there is no such language.
    """
    target = Path(path)
    page = report_page(
        found, title=title, question=question, language=language, with_audio=with_audio
    )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise RunError(f"{target}: the report could not be written ({error})") from error
    return target


def report_page(
    found: Findings,
    *,
    title: str | None = None,
    question: str | None = None,
    language: Language = "en",
    with_audio: bool = False,
) -> str:
    """Return the report as HTML; see :func:`write_report`."""
    say = Wording(language)
    heading = title or _title(found, say)
    css = files("sottovoce.reports.pilot").joinpath("report.css").read_text(encoding="utf-8")
    return document(
        heading,
        _header(found, say, heading),
        tag(
            "main",
            sections.answer(found, say),
            sections.question(found, say, question),
            sections.data(found, say),
            sections.results(found, say),
            sections.corrections(found, say),
            sections.groups(found, say),
            sections.examples(found, say, with_audio=with_audio),
            sections.threshold(found, say),
            sections.limits(say),
            sections.made(found, say),
        ),
        tag("footer", tag("p", say("made.footer", version=found.run.attrs["sottovoce_version"]))),
        emotions=found.emotions,
        language=language,
        css=css,
    )


def _title(found: Findings, say: Wording) -> str:
    model = str(found.run.attrs["model_id"])
    known = say("header.bundled") if model == "bundled" else model
    return say("header.title", model=known, corpus=found.corpus.name)


def _header(found: Findings, say: Wording, heading: str) -> Markup:
    corpus = found.corpus
    return tag(
        "header",
        tag("p", say("header.kicker"), class_="kicker"),
        tag("h1", heading),
        tag(
            "p",
            say(
                "header.lead",
                recordings=f"{len(corpus):,}",
                speakers=f"{len(corpus.speakers):,}" if corpus.speakers else "?",
                votes=f"{float(corpus.votes.sum()):,.0f}",
                prompts=found.run.sizes["prompt"],
            ),
            class_="lead",
        ),
    )

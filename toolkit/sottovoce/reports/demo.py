"""What the demo writes: the run, the pictures, the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sottovoce.dataset import save_run
from sottovoce.errors import RunError
from sottovoce.evaluation import reference_distribution
from sottovoce.readout import text
from sottovoce.reports.answers import answer_rows
from sottovoce.reports.page import PageContent, demo_page
from sottovoce.reports.pictures import bars_picture, trajectory_picture
from sottovoce.reports.telling import telling_recordings

if TYPE_CHECKING:
    import os

    import xarray as xr

    from sottovoce.corpora import Corpus
    from sottovoce.reports.assessment import Assessment

READOUT = "answer_step"


def write_demo(
    run: xr.Dataset,
    corpus: Corpus,
    assessment: Assessment,
    folder: str | os.PathLike[str],
) -> list[Path]:
    """Write run.zarr, the pictures and index.html.

    Parameters
    ----------
    run
        Of the recordings of the corpus.
    corpus
        Recordings with votes.
    assessment
        From :func:`assess`; with the read-out "answer_step".
    folder
        Made if it is not there. What an earlier demo wrote into it is replaced.

    Returns
    -------
    list of pathlib.Path
        What was written, the page first.

    Raises
    ------
    RunError
        If the folder cannot be written.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_written(target, error) from error
    shares = assessment.predictions.shares[READOUT]
    rows = answer_rows(run, shares, corpus)
    tellings = telling_recordings([row for row in rows if row.prompt == rows[0].prompt])
    sources = {
        "token": shares,
        "text": text(run),
        "listeners": reference_distribution(corpus),
    }
    content = PageContent(
        run=run,
        corpus=corpus,
        rows=rows,
        assessment=assessment,
        trajectory=(tellings[0], trajectory_picture(run, tellings[0])) if tellings else None,
        bars=[(telling, bars_picture(sources, telling)) for telling in tellings],
    )
    pictures = [one for _, one in ([content.trajectory] if content.trajectory else [])]
    pictures += [picture for _, picture in content.bars]
    page = demo_page(content)
    written = [target / "index.html"]
    try:
        written[0].write_text(page, encoding="utf-8")
        for picture in pictures:
            written.append(target / f"{picture.name}.png")
            written[-1].write_bytes(picture.png)
    except OSError as error:
        raise _not_written(target, error) from error
    return [*written, save_run(run, target / "run.zarr", overwrite=True)]


def _not_written(folder: Path, error: OSError) -> RunError:
    return RunError(f"{folder}: the demo could not be written ({error})")

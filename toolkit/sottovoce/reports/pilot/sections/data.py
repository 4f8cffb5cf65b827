"""The recordings and their listeners."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.evaluation import reference_distribution
from sottovoce.markup import Markup, joined, tag
from sottovoce.reports.pilot.sections.cells import labelled_bar
from sottovoce.reports.recordings_table import legend

if TYPE_CHECKING:
    import xarray as xr

    from sottovoce.reports.pilot.findings import Findings
    from sottovoce.reports.pilot.wording import Wording


def data(found: Findings, say: Wording) -> Markup:
    """Return how many recordings, speakers and votes there are, and how far listeners agree."""
    corpus, run = found.corpus, found.run
    totals = corpus.votes.sum("emotion").values
    facts = {
        "recordings": f"{len(corpus):,}",
        "speakers": f"{len(corpus.speakers):,}" if corpus.speakers else "?",
        "minutes": f"{float(run['duration'].sum()) / 60:.1f}",
        "votes": f"{totals.sum():,.0f}",
        "median": f"{np.median(totals):g}",
        "failed": f"{len(found.failed):,}",
    }
    tiles = [
        tag("div", tag("b", value), tag("span", say(f"data.{name}")))
        for name, value in facts.items()
    ]
    reference = reference_distribution(corpus).sel(emotion=found.emotions)
    return joined(
        tag("h2", say("data.heading")),
        tag("div", *tiles, class_="facts"),
        tag("p", corpus.note) if corpus.note else "",
        tag("p", _agreement(found, say)),
        tag("p", say("data.mean"), class_="keep"),
        legend(found.emotions),
        labelled_bar(say("data.listeners"), _mean(reference), found.emotions),
        labelled_bar(say("data.model"), _mean(found.shares), found.emotions),
        _failed(found),
    )


def _mean(shares: xr.DataArray) -> dict[str, float]:
    mean = shares.mean("utterance")
    return {str(name): float(mean.sel(emotion=name)) for name in mean["emotion"].values}


def _agreement(found: Findings, say: Wording) -> str:
    if found.agreement is None:
        return say("data.no_agreement")
    alpha, low, high = (float(found.agreement[name]) for name in ("alpha", "low", "high"))
    interval = f" [{low:.2f}, {high:.2f}]" if np.isfinite(low) else ""
    return say("data.agreement", alpha=f"{alpha:.2f}{interval}")


def _failed(found: Findings) -> Markup:
    if not found.failed:
        return Markup()
    entries = [joined(tag("dt", name), tag("dd", why)) for name, why in found.failed.items()]
    return tag("dl", *entries, class_="failed")

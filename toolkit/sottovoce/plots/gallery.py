"""Every plot at once, of one run and one corpus, as PNG files with their alt texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sottovoce.errors import RunError
from sottovoce.explain.contributions import contributions
from sottovoce.plots.alert_curve import alert_curve, describe_alert_curve
from sottovoce.plots.ambiguity_scatter import ambiguity_scatter, describe_ambiguity_scatter
from sottovoce.plots.contribution_heatmap import (
    contribution_heatmap,
    describe_contribution_heatmap,
)
from sottovoce.plots.contribution_waterfall import (
    contribution_waterfall,
    describe_contribution_waterfall,
)
from sottovoce.plots.counterfactual_curves import (
    counterfactual_curves,
    describe_counterfactual_curves,
)
from sottovoce.plots.distribution_bars import describe_distribution_bars, distribution_bars
from sottovoce.plots.evidence_map import describe_evidence_map, evidence_map
from sottovoce.plots.layer_curves import describe_layer_curves, layer_curves
from sottovoce.plots.layer_map import describe_layer_map, layer_map
from sottovoce.plots.learning_curve import describe_learning_curve, learning_curve
from sottovoce.plots.prompt_strip import describe_prompt_strip, prompt_strip
from sottovoce.plots.reliability import describe_reliability, reliability
from sottovoce.plots.ridge import describe_ridge, ridge
from sottovoce.plots.saving_curve import describe_saving_curve, saving_curve
from sottovoce.plots.shares import choose, names
from sottovoce.plots.token_heatmap import describe_token_heatmap, token_heatmap
from sottovoce.plots.trajectories import describe_trajectories, trajectories
from sottovoce.plots.variance_bars import describe_variance_bars, variance_bars
from sottovoce.plots.version_bars import describe_version_bars, version_bars
from sottovoce.readout import read_out

if TYPE_CHECKING:
    import os

    import xarray as xr

    from sottovoce.corpora import Corpus

DPI = 160


@dataclass(frozen=True)
class Material:
    """What the plots of a gallery are drawn from.

    Parameters
    ----------
    run
        From capture or opened from disk.
    corpus
        The votes on its recordings.
    shares
        Name to shares: token level and text level.
    utterance, prompt
        What the plots of a single answer, or to a single prompt, are about.
    """

    run: xr.Dataset
    corpus: Corpus
    shares: dict[str, xr.DataArray]
    utterance: str
    prompt: str

    @property
    def answer(self) -> tuple[xr.Dataset, str, str]:
        """One answer of the run."""
        return self.run, self.utterance, self.prompt

    @property
    def parts(self) -> tuple[xr.Dataset, str, str]:
        """What the shares of one answer are made of, over all of its steps."""
        return contributions(self.run, "mean_logprob"), self.utterance, self.prompt

    @property
    def sources(self) -> tuple[dict[str, xr.DataArray], str, str]:
        """The distributions of one answer, and that of the votes."""
        return self.shares | {"listeners": self.corpus.reference}, self.utterance, self.prompt

    @property
    def token_level(self) -> xr.DataArray:
        """The shares at token level."""
        return self.shares["token level"]


# Typed loosely at run time: Axes exists for the type checker only.
Drawing = Callable[[Material], Any]

#: Name of a plot to how it is drawn and how it is told in words.
EXAMPLES: dict[str, tuple[Drawing, Callable[[Material], str]]] = {
    "trajectories": (
        lambda m: trajectories(*m.answer),
        lambda m: describe_trajectories(*m.answer),
    ),
    "token_heatmap": (
        lambda m: token_heatmap(*m.answer),
        lambda m: describe_token_heatmap(*m.answer),
    ),
    "contribution_waterfall": (
        lambda m: contribution_waterfall(*m.parts),
        lambda m: describe_contribution_waterfall(*m.parts),
    ),
    "contribution_heatmap": (
        lambda m: contribution_heatmap(*m.parts),
        lambda m: describe_contribution_heatmap(*m.parts),
    ),
    "distribution_bars": (
        lambda m: distribution_bars(*m.sources),
        lambda m: describe_distribution_bars(*m.sources),
    ),
    "prompt_strip": (
        lambda m: prompt_strip(m.token_level, m.utterance, reference=m.corpus),
        lambda m: describe_prompt_strip(m.token_level, m.utterance, reference=m.corpus),
    ),
    "ambiguity_scatter": (
        lambda m: ambiguity_scatter(m.token_level, m.corpus, prompt=m.prompt),
        lambda m: describe_ambiguity_scatter(m.token_level, m.corpus, prompt=m.prompt),
    ),
    "reliability": (
        lambda m: reliability(m.token_level, m.corpus, prompt=m.prompt, bins=5),
        lambda m: describe_reliability(m.token_level, m.corpus, prompt=m.prompt, bins=5),
    ),
    "ridge": (
        lambda m: ridge(m.token_level, prompt=m.prompt),
        lambda m: describe_ridge(m.token_level, prompt=m.prompt),
    ),
}


#: The same of the plots whose material takes a model, or many clips: results of
#: :mod:`sottovoce.explain`, and a learning curve of :mod:`sottovoce.evaluation`.
EXPLANATIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], str]]] = {
    "evidence_map": (evidence_map, describe_evidence_map),
    "counterfactual_curves": (counterfactual_curves, describe_counterfactual_curves),
    "layer_curves": (layer_curves, describe_layer_curves),
    "layer_map": (layer_map, describe_layer_map),
    "variance_bars": (variance_bars, describe_variance_bars),
    "version_bars": (version_bars, describe_version_bars),
    "learning_curve": (learning_curve, describe_learning_curve),
}

#: The same of the plots of what was found out with votes and further assumptions.
DECISIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], str]]] = {
    "alert_curve": (alert_curve, describe_alert_curve),
    "learning_curve": (learning_curve, describe_learning_curve),
    "saving_curve": (saving_curve, describe_saving_curve),
}


@dataclass(frozen=True)
class Drawn:
    """A picture of the gallery.

    Parameters
    ----------
    name
        Of the plot.
    path
        The PNG file.
    description
        What it shows, for those who cannot see it. Plain text.
    """

    name: str
    path: Path
    description: str


def draw_all(
    folder: str | os.PathLike[str],
    run: xr.Dataset,
    corpus: Corpus,
    *,
    utterance: str | None = None,
    prompt: str | None = None,
    explanations: Mapping[str, xr.Dataset] | None = None,
) -> list[Drawn]:
    """Draw every plot once, and save it as ``<name>.png``.

    Parameters
    ----------
    folder
        Where; made if it is not there.
    run
        A run over recordings of the corpus, best with several prompts.
    corpus
        With votes on them.
    utterance
        What the plots of a single recording are about; by default the first that has votes.
    prompt
        What all but the prompt strip are about; by default the first of the run.
    explanations
        Name of a plot in `EXPLANATIONS` -> what it draws, from :mod:`sottovoce.explain` or
        :func:`sottovoce.evaluation.learning_curve`.

    Returns
    -------
    list of Drawn
        In the order of `EXAMPLES`, and then of `explanations`.

    Raises
    ------
    RunError
        If no recording of the run has votes.
    ReadoutError
        If there is no such utterance or prompt.

    Examples
    --------
    >>> import sottovoce, tempfile
    >>> corpus = sottovoce.load_corpus("sample").select(speakers=["maya", "tom"])
    >>> prompts = ["percentages", "one_word", "json"]
    >>> run = sottovoce.capture(sottovoce.load_model(), corpus.recordings, prompts)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pictures = draw_all(folder, run, corpus, utterance="maya_sad-fearful_2")
    >>> [picture.path.name for picture in pictures]
    ['trajectories.png', 'token_heatmap.png', 'contribution_waterfall.png',
     'contribution_heatmap.png', 'distribution_bars.png', 'prompt_strip.png',
     'ambiguity_scatter.png', 'reliability.png', 'ridge.png']
    """
    from matplotlib import pyplot as plt

    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    material = _material(run, corpus, utterance, prompt)
    plans: list[tuple[str, Any, Any, Any]] = [
        (name, material, *both) for name, both in EXAMPLES.items()
    ]
    plans += [(name, found, *EXPLANATIONS[name]) for name, found in (explanations or {}).items()]
    drawn = []
    for name, about, draw, describe in plans:
        ax = draw(about)
        path = target / f"{name}.png"
        ax.figure.savefig(path, dpi=DPI)
        plt.close(ax.figure)
        drawn.append(Drawn(name, path, describe(about)))
    return drawn


def _material(
    run: xr.Dataset, corpus: Corpus, utterance: str | None, prompt: str | None
) -> Material:
    shares = {"token level": read_out(run, "answer_step"), "text level": read_out(run, "text")}
    token_level = shares["token level"]
    heard = set(names(corpus.votes, "utterance"))
    with_votes = [name for name in names(token_level, "utterance") if name in heard]
    if not with_votes:
        raise RunError(f"none of the recordings of this run has votes in the corpus {corpus.name}")
    return Material(
        run,
        corpus,
        shares,
        choose(token_level, "utterance", utterance or with_votes[0]),
        choose(token_level, "prompt", prompt or names(token_level, "prompt")[0]),
    )

"""What stands beside a read-out: the words of the answer, the listeners, and constant guesses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from sottovoce.corpora import load_corpus
from sottovoce.evaluation import corpus_mean, uniform
from sottovoce.readout import read_out

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from sottovoce.corpora import Corpus
    from sottovoce.widgets.captured import Source

SAMPLE = "sample"
TOKEN_LEVEL, TEXT_LEVEL, LISTENERS = "token level", "text level", "listeners"
UNIFORM, CORPUS_MEAN = "uniform guess", "mean of all votes"
CONSTANTS_TOLD = (
    f"Beside it always stand guesses that hear nothing: {UNIFORM}, the same for every emotion"
)
KNOWS_VOTES = f", and {CORPUS_MEAN}, which even knows the votes"


class Column(NamedTuple):
    """One distribution beside the others.

    Parameters
    ----------
    shares
        With the dimension emotion, and utterance and prompt where they matter.
    code
        The Python that makes it from ``run``, ``corpus`` and ``utterance``.
    """

    shares: xr.DataArray
    code: str


class Votes:
    """The corpus of an Explorer: its listeners, as far as they fit what is shown.

    Parameters
    ----------
    corpus
        A Corpus, a name or path for :func:`sottovoce.load_corpus`, or None for the samples.
    """

    def __init__(self, corpus: Corpus | str | None = None) -> None:
        named = SAMPLE if corpus is None else corpus if isinstance(corpus, str) else None
        self.corpus: Corpus = load_corpus(named) if named is not None else corpus  # type: ignore[assignment]
        self.recordings = self.corpus.recordings
        self.code = f"sottovoce.load_corpus({named!r})" if named is not None else ""

    def has(self, name: str, source: Source) -> bool:
        """Whether a recording is the corpus's own, and not another one of that name."""
        return name in self.recordings and source == self.recordings[name]

    def fit(self, shares: xr.DataArray) -> bool:
        """Whether the listeners chose between the emotions that the shares have."""
        return set(self.corpus.emotions) == {str(name) for name in shares["emotion"].values}

    def listeners(self, name: str, emotions: xr.DataArray) -> Column:
        """Return the distribution of a recording's votes; NaN where nobody voted."""
        return self._column(
            self.corpus.reference.sel(utterance=name, drop=True),
            f"corpus.reference.sel(utterance={name!r}, drop=True)",
            emotions,
        )

    def mean(self, emotions: xr.DataArray) -> Column:
        """Return the mean of the corpus's distributions."""
        return self._column(
            corpus_mean(self.corpus.reference).isel(utterance=0, drop=True),
            "corpus_mean(corpus.reference).isel(utterance=0, drop=True)",
            emotions,
        )

    def _column(self, shares: xr.DataArray, code: str, emotions: xr.DataArray) -> Column:
        shares = shares.reset_coords(drop=True).sel(emotion=emotions.values)
        if self.code:
            return Column(shares, code)
        names = [str(name) for name in emotions.values]
        values = ", ".join(_number(value) for value in shares.values.tolist())
        return Column(shares, f"xr.DataArray([{values}], {{'emotion': {names!r}}})")


def columns(
    run: xr.Dataset,
    readout: str,
    options: Mapping[str, Any],
    votes: Votes,
    recording: str | None,
) -> dict[str, Column]:
    """Return all distributions of an answer, the read-out's first.

    Parameters
    ----------
    run
        The answer.
    readout, options
        As for :func:`sottovoce.read_out`.
    votes
        The listeners.
    recording
        The name of the recording in the corpus; None if it is not in there.

    Raises
    ------
    ReadoutError
        If this run does not allow the read-out.
    """
    given = "".join(f", {name}={value!r}" for name, value in options.items())
    read = Column(read_out(run, readout, **options), f"sottovoce.read_out(run, {readout!r}{given})")
    told = {TEXT_LEVEL if readout == "text" else TOKEN_LEVEL: read}
    emotions = read.shares["emotion"]
    if readout != "text":
        told[TEXT_LEVEL] = Column(read_out(run, "text"), "sottovoce.read_out(run, 'text')")
    fits = votes.fit(read.shares)
    if fits and recording is not None:
        told[LISTENERS] = votes.listeners(recording, emotions)
    told[UNIFORM] = Column(uniform(read.shares), f"uniform(sottovoce.read_out(run, {readout!r}))")
    if fits:
        told[CORPUS_MEAN] = votes.mean(emotions)
    return told


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else "float('nan')"

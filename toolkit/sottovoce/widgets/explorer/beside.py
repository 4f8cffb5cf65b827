"""What stands beside a read-out: the words of the answer, the listeners, and constant guesses."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import xarray as xr

from sottovoce.corpora import load_corpus
from sottovoce.evaluation import corpus_mean, uniform
from sottovoce.readout import choose_steps, read_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sottovoce.corpora import Corpus
    from sottovoce.widgets.explorer.captured import Source

SAMPLE = "sample"
TOKEN_LEVEL, TEXT_LEVEL, LISTENERS = "token level", "text level", "listeners"
UNIFORM, CORPUS_MEAN = "uniform guess", "mean votes"
#: What a reader must know of them.
NOTES: Mapping[str, str] = {
    LISTENERS: "the votes on this recording",
    CORPUS_MEAN: "those on the whole corpus, a guess that hears nothing but knows the votes",
    UNIFORM: "the same for every emotion",
}


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
        self._reference = self.corpus.reference
        self._mean = corpus_mean(self._reference).isel(utterance=0, drop=True)

    def has(self, name: str, source: Source) -> bool:
        """Whether a recording is the corpus's own, and not another one of that name."""
        return name in self.recordings and source == self.recordings[name]

    def fit(self, shares: xr.DataArray) -> bool:
        """Whether the listeners chose between the emotions that the shares have."""
        return set(self.corpus.emotions) == {str(name) for name in shares["emotion"].values}

    def listeners(self, name: str, emotions: xr.DataArray) -> Column:
        """Return the distribution of a recording's votes; NaN where nobody voted."""
        return self._column(
            self._reference.sel(utterance=name, drop=True),
            f"corpus.reference.sel(utterance={name!r}, drop=True)",
            emotions,
        )

    def mean(self, emotions: xr.DataArray) -> Column:
        """Return the mean of the corpus's distributions."""
        return self._column(
            self._mean,
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


class Reading:
    """All distributions of an answer; what was read once is not read again.

    Parameters
    ----------
    answer
        A run of one recording and one prompt.
    votes
        The listeners.
    recording
        The name of the recording in the corpus; None if it is not in there.
    """

    def __init__(self, answer: xr.Dataset, votes: Votes, recording: str | None) -> None:
        self.answer = answer
        self._votes = votes
        self._recording = recording
        self._known: dict[str, dict[str, Column]] = {}

    @cached_property
    def _text(self) -> Column:
        return Column(read_out(self.answer, "text"), "sottovoce.read_out(run, 'text')")

    def columns(self, readout: str, options: Mapping[str, Any]) -> dict[str, Column]:
        """Return the distributions side by side, the read-out's first.

        Parameters
        ----------
        readout, options
            As for :func:`sottovoce.read_out`.

        Raises
        ------
        ReadoutError
            If this run does not allow the read-out.
        """
        code = read_out_code(readout, options)
        if code not in self._known:
            first = Column(read_out(self.answer, readout, **options), code)
            self._known[code] = self._with_others(readout, first)
        return self._known[code]

    def used_steps(self, readout: str, options: Mapping[str, Any]) -> xr.DataArray | None:
        """Return which steps the read-out uses; None where that cannot be said in steps."""
        if readout == "answer_step":
            at = self.columns(readout, options)[TOKEN_LEVEL].shares["answer_step"]
            return at == xr.DataArray(range(self.answer.sizes["step"]), dims="step")
        steps = options.get("steps")
        return None if steps is None else choose_steps(self.answer, steps)

    def _with_others(self, readout: str, first: Column) -> dict[str, Column]:
        label = TEXT_LEVEL if readout == "text" else TOKEN_LEVEL
        told = {label: first}
        if readout != "text":
            told[TEXT_LEVEL] = self._text
        emotions = first.shares["emotion"]
        if self._votes.fit(first.shares):
            if self._recording is not None:
                told[LISTENERS] = self._votes.listeners(self._recording, emotions)
            told[CORPUS_MEAN] = self._votes.mean(emotions)
        told[UNIFORM] = Column(uniform(first.shares), f"uniform(shares[{label!r}])")
        return told


def in_notes(labels: Iterable[str]) -> str:
    """Say what the distributions beside the read-out are.

    Examples
    --------
    >>> in_notes(["token level", "uniform guess"])
    'uniform guess: the same for every emotion.'
    """
    told = [f"{label}: {NOTES[label]}" for label in labels if label in NOTES]
    return "; ".join(told) + "." if told else ""


def read_out_code(readout: str, options: Mapping[str, Any]) -> str:
    """Return the Python that reads a run out.

    Examples
    --------
    >>> read_out_code("mean_prob", {"steps": slice(1, 3)})
    "sottovoce.read_out(run, 'mean_prob', steps=slice(1, 3))"
    """
    told = "".join(f", {name}={_literal(value)}" for name, value in options.items())
    return f"sottovoce.read_out(run, {readout!r}{told})"


def _literal(value: Any) -> str:
    return f"slice({value.start}, {value.stop})" if isinstance(value, slice) else repr(value)


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else "float('nan')"

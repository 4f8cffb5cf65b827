"""The corpus: recordings, who speaks, and how the listeners voted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from sottovoce.corpora.checks import refuse_other_ratings, refuse_repeated, shortened
from sottovoce.corpora.raters import ratings_array, whole_answers
from sottovoce.corpora.segment import SEGMENT_END, SEGMENT_START, Segment
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, eq=False, repr=False)
class Corpus:
    """Recordings with the votes of those who listened to them.

    :func:`load_corpus` makes one from a folder or a table.

    Parameters
    ----------
    name
        What the corpus is called.
    utterances
        One row a recording. The index, called "utterance", names it; the columns are at least
        ``path`` and ``speaker`` (empty where unknown). Where an utterance is a part of its file,
        ``segment_start`` and ``segment_end`` say which, in seconds.
    votes
        Counts, dims (utterance, emotion), in the order of the table.
    note
        What a reader of the results must know about recordings and votes.
    licence
        The terms under which they are given.
    single_ratings
        Who heard what, one row an emotion that a rater gave, with the columns utterance, rater
        and emotion; None where only the counts are known. :attr:`ratings` lays them out by rater.
    left_out
        Votes that are not counted, by what they were for.

    Raises
    ------
    VotesError
        If a name occurs twice, or the votes or ratings are not those of the utterances.

    Examples
    --------
    >>> from sottovoce.corpora import load_corpus
    >>> corpus = load_corpus("sample")
    >>> corpus
    <Corpus sample: ... recordings, 4 speakers, 6 emotions, median 10 votes a recording>
    Synthetic voices and synthetic votes: nobody spoke and nobody listened.
    >>> corpus.reference.sizes["utterance"] == len(corpus)
    True
    """

    name: str
    utterances: pd.DataFrame
    votes: xr.DataArray
    note: str = ""
    licence: str = ""
    single_ratings: pd.DataFrame | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse_repeated(self.utterances.index, self.name)
        if tuple(self.votes.dims) != ("utterance", "emotion"):
            raise VotesError(
                f"{self.name}: votes have the dimensions {self.votes.dims}, but must have "
                "('utterance', 'emotion')"
            )
        if self.votes["utterance"].values.tolist() != self.utterances.index.tolist():
            raise VotesError(
                f"{self.name}: the utterances of the votes are not those of the table. Both must "
                "be the same, in the same order."
            )
        if self.single_ratings is not None:
            refuse_other_ratings(self.single_ratings, self.utterances.index, self.name)

    def __len__(self) -> int:
        return len(self.utterances)

    @property
    def emotions(self) -> list[str]:
        """What the listeners could choose from."""
        return [str(emotion) for emotion in self.votes["emotion"].values]

    @property
    def speakers(self) -> list[str]:
        """Those who speak, sorted; without the unknown."""
        return sorted({str(speaker) for speaker in self.utterances["speaker"] if speaker})

    @property
    def reference(self) -> xr.DataArray:
        """The distribution of the votes, dims (utterance, emotion); NaN where nobody voted."""
        total = self.votes.sum("emotion")
        reference = (self.votes / total.where(total > 0)).rename("reference")
        return reference.assign_attrs(corpus=self.name, note=self.note)

    @property
    def ratings(self) -> xr.DataArray:
        """Who heard what, dims (utterance, rater): the emotion, empty where a rater gave none.

        Several emotions of one rater for one recording are joined ("angry + sad").

        Raises
        ------
        VotesError
            If only the counts are known, or the table would not fit into memory.
        """
        if self.single_ratings is None:
            raise VotesError(f"{self.name}: who gave which vote is not known, only the counts are")
        return ratings_array(self.single_ratings, list(map(str, self.utterances.index)))

    @property
    def answers(self) -> xr.DataArray:
        """The votes as agreement needs them, dims (utterance, emotion).

        Where every vote's rater is known, several emotions of one rater are one answer
        ("angry + sad"), so that no rater disagrees with himself; else these are the votes.
        """
        rows = self.single_ratings
        if rows is None or self._n_unrated():
            return self.votes
        whole = whole_answers(rows)
        counts = pd.crosstab(whole["utterance"], whole["emotion"])
        counts = counts.reindex(self.utterances.index, fill_value=0)
        return make_votes(counts, self.utterances["speaker"])

    def _n_unrated(self) -> int:
        """Count the recordings with votes of which no rater is known."""
        rated = set() if self.single_ratings is None else set(self.single_ratings["utterance"])
        voted = self.votes["utterance"].values[self.votes.sum("emotion").values > 0]
        return sum(str(name) not in rated for name in voted)

    @property
    def recordings(self) -> dict[str, Path | Segment]:
        """The file of each utterance, or the part of it that it is, ready to be captured."""
        table = self.utterances
        files = {str(name): Path(path) for name, path in table["path"].items()}
        if SEGMENT_START not in table:
            return dict(files)
        starts, ends = (
            pd.to_numeric(table[column], errors="coerce").tolist()
            for column in (SEGMENT_START, SEGMENT_END)
        )
        return {
            name: file if pd.isna(start) else Segment(file, start, None if pd.isna(end) else end)
            for (name, file), start, end in zip(files.items(), starts, ends, strict=True)
        }

    def select(
        self,
        *,
        speakers: str | Iterable[str] | None = None,
        utterances: str | Iterable[str] | None = None,
    ) -> Corpus:
        """Return the part of the corpus with these speakers and these utterances.

        Parameters
        ----------
        speakers
            One or several; None keeps all.
        utterances
            One or several; None keeps all.

        Returns
        -------
        Corpus
            In the order of the whole.

        Raises
        ------
        VotesError
            If the corpus lacks one of them, or nothing would be left.

        Examples
        --------
        >>> from sottovoce.corpora import load_corpus
        >>> load_corpus("sample").select(speakers="anna").speakers
        ['anna']
        """
        keep = np.ones(len(self), dtype=bool)
        known: Mapping[str, Any] = {
            "speakers": self.utterances["speaker"],
            "utterances": self.utterances.index,
        }
        for kind, wanted in (("speakers", speakers), ("utterances", utterances)):
            if wanted is not None:
                names = {wanted} if isinstance(wanted, str) else {str(name) for name in wanted}
                self._refuse_unknown(kind, names, {str(name) for name in known[kind] if name})
                keep &= np.array([str(name) in names for name in known[kind]])
        if not keep.any():
            raise VotesError(f"{self.name}: none of these utterances is by these speakers")
        rows = self.single_ratings
        if rows is not None:
            rows = rows[rows["utterance"].isin(set(self.utterances.index[keep]))]
        return replace(
            self,
            utterances=self.utterances[keep],
            votes=self.votes.isel(utterance=keep),
            single_ratings=rows,
        )

    def _refuse_unknown(self, kind: str, wanted: set[str], known: set[str]) -> None:
        unknown = sorted(wanted - known)
        if unknown:
            raise VotesError(
                f"{self.name}: no {kind} called {shortened(unknown)}; there are "
                f"{shortened(sorted(known))}"
            )

    def __repr__(self) -> str:
        totals = self.votes.sum("emotion").values
        parts = [f"{len(self)} recordings"]
        if self.speakers:
            parts.append(f"{len(self.speakers)} speakers")
        parts.append(f"{len(self.emotions)} emotions")
        parts.append(f"median {np.median(totals):g} votes a recording")
        if self.single_ratings is not None:
            parts.append(f"{self.single_ratings['rater'].nunique()} raters")
        note = f"\n{self.note}" if self.note else ""
        return f"<Corpus {self.name}: {', '.join(parts)}>{note}"

    def _repr_html_(self) -> str:
        from sottovoce.corpora.summary import html_summary

        return str(html_summary(self))


def make_votes(
    counts: pd.DataFrame, speakers: pd.Series[str] | None = None, **attrs: Any
) -> xr.DataArray:
    """Label counts as votes.

    Parameters
    ----------
    counts
        One row an utterance, one column an emotion.
    speakers
        Who speaks, in the order of the rows; becomes a coordinate.
    **attrs
        Attributes of the result.

    Returns
    -------
    xarray.DataArray
        dims (utterance, emotion), float64, named "votes".

    Examples
    --------
    >>> import pandas as pd
    >>> make_votes(pd.DataFrame({"angry": [3], "sad": [1]}, index=["a"])).sum().item()
    4.0
    """
    coords: dict[str, Any] = {
        "utterance": np.array(counts.index.tolist(), dtype=str),
        "emotion": np.array(counts.columns.tolist(), dtype=str),
    }
    if speakers is not None:
        coords["speaker"] = ("utterance", np.array(speakers.tolist(), dtype=str))
    return xr.DataArray(
        counts.to_numpy(dtype=np.float64),
        dims=("utterance", "emotion"),
        coords=coords,
        name="votes",
        attrs=attrs,
    )

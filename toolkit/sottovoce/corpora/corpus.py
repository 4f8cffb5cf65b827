"""The corpus: recordings, who speaks, and how the listeners voted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd


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
        ``path`` and ``speaker`` (empty where unknown).
    votes
        Counts, dims (utterance, emotion), in the order of the table.
    note
        What a reader of the results must know about recordings and votes.
    licence
        The terms under which they are given.

    Raises
    ------
    VotesError
        If a name occurs twice, or the votes are not those of the utterances.

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
    def recordings(self) -> dict[str, Path]:
        """The file of each utterance, ready to be captured."""
        return {str(name): Path(path) for name, path in self.utterances["path"].items()}

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
        return replace(
            self, utterances=self.utterances[keep], votes=self.votes.isel(utterance=keep)
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


def refuse_repeated(names: Iterable[Any], source: str) -> None:
    """Raise unless every name is there once.

    Raises
    ------
    VotesError
        Naming those that are repeated.

    Examples
    --------
    >>> refuse_repeated(["a", "b", "a"], "votes.csv")
    Traceback (most recent call last):
    sottovoce.errors.VotesError: votes.csv: more than one row for 'a'. Keep one for each...
    """
    repeated = sorted(name for name, n in Counter(map(str, names)).items() if n > 1)
    if repeated:
        raise VotesError(
            f"{source}: more than one row for {shortened(repeated)}. Keep one for each "
            "recording, or give them different names in a column called utterance."
        )


def shortened(names: Iterable[str], most: int = 5) -> str:
    """Write names for a message, and only count those after the first few.

    Examples
    --------
    >>> shortened("abcd", most=2)
    "'a', 'b' and 2 more"
    """
    every = [repr(str(name)) for name in names]
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"

"""The recordings that travel with the package."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sottovoce.corpora.catalogue import corpus_entry
from sottovoce.corpora.table import load_table
from sottovoce.paths import data_folder
from sottovoce.vocabulary import EMOTIONS

if TYPE_CHECKING:
    import os

    from sottovoce.corpora.corpus import Corpus

NOTE = "Synthetic voices and synthetic votes: nobody spoke and nobody listened."


def load_sample(root: str | os.PathLike[str] | None = None) -> Corpus:
    """Read the sample recordings.

    Parameters
    ----------
    root
        The folder with ``votes.csv`` and the recordings; by default the one in the package.

    Returns
    -------
    Corpus
        Made by the project: the voices by a speech synthesiser, the votes by drawing from the
        mixture of emotions that each was made with, which the columns ``weight_*`` hold.

    Raises
    ------
    VotesError
        If the folder is not complete.

    Examples
    --------
    >>> from sottovoce.corpora import load_corpus
    >>> print(load_corpus("sample").note)
    Synthetic voices and synthetic votes: nobody spoke and nobody listened.
    """
    folder = Path(root) if root is not None else data_folder() / "samples"
    corpus = load_table(folder / "votes.csv", emotions=EMOTIONS)
    columns = map(str, corpus.utterances.columns)
    numbers = [name for name in columns if name == "step" or name.startswith("weight_")]
    return replace(
        corpus,
        name="sample",
        utterances=corpus.utterances.assign(
            **{name: pd.to_numeric(corpus.utterances[name]) for name in numbers}
        ),
        note=" ".join([NOTE, corpus.note]).strip(),
        licence=corpus_entry("sample").licence,
    )

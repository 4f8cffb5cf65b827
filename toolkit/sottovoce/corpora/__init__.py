"""Recordings with listeners' votes: the sample, known corpora, or any table."""

from sottovoce.corpora.corpus import Corpus
from sottovoce.corpora.fetch import Fetched, fetch
from sottovoce.corpora.labels import LabelSet, label_sets
from sottovoce.corpora.load import CORPORA, load_corpus
from sottovoce.corpora.segment import Segment
from sottovoce.corpora.table import load_ratings, load_votes

__all__ = [
    "CORPORA",
    "Corpus",
    "Fetched",
    "LabelSet",
    "Segment",
    "fetch",
    "label_sets",
    "load_corpus",
    "load_ratings",
    "load_votes",
]

"""Recordings with listeners' votes: the sample, CREMA-D, or any table."""

from sottovoce.corpora.corpus import Corpus
from sottovoce.corpora.load import CORPORA, load_corpus
from sottovoce.corpora.table import load_ratings, load_votes

__all__ = ["CORPORA", "Corpus", "load_corpus", "load_ratings", "load_votes"]

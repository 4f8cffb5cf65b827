import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from made_up import make_run

from sottovoce.corpora import load_corpus
from sottovoce.reports import assess


@pytest.fixture(scope="session")
def corpus():
    return load_corpus("sample")


@pytest.fixture(scope="session")
def run(corpus):
    """A made-up run over the sample recordings, one of which failed."""
    return make_run(corpus, failed=["tom_sad"])


@pytest.fixture(scope="session")
def assessment(run, corpus):
    return assess(run, corpus, n_boot=50)

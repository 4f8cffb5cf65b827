"""A model that only reads is found out, and one that listens is told apart from it."""

import importlib.util

import numpy as np
import pytest
from spoken import sample

from sottovoce.errors import ExplanationError
from sottovoce.explain import words_and_voice

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("pyworld") is None, reason='needs pip install "sottovoce[voice]"'
)


def test_the_bundled_model_listens(bundled):
    found = words_and_voice(
        bundled,
        sample("tom_sad"),
        transcript="We will be back before the end of the week.",
        others={"angrily": sample("tom_angry")},
    )
    distance = found["distance"]
    assert distance.sel(version="as it is") == 0
    # The words go with the sound played backwards, the voice with another way to say them.
    assert distance.sel(version="backwards") < 0.1
    assert distance.sel(version=["angrily", "silence", "transcript, no sound"]).min() > 0.3
    np.testing.assert_allclose(found["share"].sum("emotion"), 1)


def test_a_model_that_only_reads_is_found_out(bundled, monkeypatch):
    hear = bundled.inputs

    def read(samples, prompts):
        return hear([np.zeros_like(one) for one in samples], prompts)

    monkeypatch.setattr(bundled, "inputs", read)
    found = words_and_voice(bundled, sample("tom_sad"), others={"angrily": sample("tom_angry")})
    assert found["distance"].max() < 1e-3


def test_an_empty_transcript_is_refused(bundled):
    with pytest.raises(ExplanationError, match="The transcript is empty"):
        words_and_voice(bundled, sample("tom_sad"), transcript=" ")

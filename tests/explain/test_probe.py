"""Probe asks as capture and its read-out do."""

import numpy as np
import pytest
from spoken import sample

import sottovoce
from sottovoce.errors import VocabularyError
from sottovoce.explain import Probe


def test_shares_are_those_of_a_capture(bundled):
    clips = {name: sample(name) for name in ("tom_sad", "anna_happy")}
    for prompt in ("one_word", "json"):
        run = sottovoce.capture(bundled, clips, prompt, mode="answer_step", progress=False)
        probe = Probe(bundled, prompt)
        shares = probe.shares([clip.samples for clip in clips.values()])
        expected = sottovoce.read_out(run, "answer_step").sel(emotion=probe.emotions)
        np.testing.assert_allclose(shares, expected.squeeze("prompt"), atol=1e-5)


def test_what_is_set_aside_takes_no_share(bundled):
    tokens = sottovoce.TokenSet({"sad": ["sad"], "happy": ["happy"]}, others={"wrath": ["angry"]})
    assert Probe(bundled, tokens=tokens).emotions == ["sad", "happy"]
    assert Probe(bundled, tokens=tokens, emotions=["wrath", "sad"]).emotions == ["wrath", "sad"]


def test_an_emotion_without_a_token_is_refused(bundled):
    with pytest.raises(VocabularyError, match="bundled writes no spelling of 'bored' as a token"):
        Probe(bundled, emotions=["sad", "bored"])

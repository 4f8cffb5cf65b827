"""The synthetic voices do what their weights say."""

import importlib.util
import shutil

import numpy as np
import pytest

from sottovoce.audio.world import analyse, load_world
from sottovoce.errors import MissingExtraError, SottovoceError, VocabularyError, VotesError
from sottovoce.tuning.voices import world
from sottovoce.tuning.voices.listeners import simulate_votes, vote_probabilities
from sottovoce.tuning.voices.prosody import EMOTIONS, PROTOTYPES, VARIATION, mixed_prosody, mixture
from sottovoce.tuning.voices.speech import speak
from sottovoce.tuning.voices.training_set import (
    TRAINING_SENTENCES,
    TRAINING_VOICES,
    draw_weights,
    training_clip,
    training_set,
)
from sottovoce.tuning.voices.world import Voice, find_espeak, say

RATE = 16000
SENTENCE = "The kettle is on the stove."
FEMALE = TRAINING_VOICES[0]
MALE = TRAINING_VOICES[6]

synthesisers = pytest.mark.skipif(
    shutil.which("espeak-ng") is None or importlib.util.find_spec("pyworld") is None,
    reason="espeak-ng or pyworld is not installed",
)


def loud_level(samples):
    frames = samples[: samples.size // 320 * 320].reshape(-1, 320)
    # Of the frames of speech alone: silence around it differs from clip to clip.
    levels = 10 * np.log10((frames.astype(float) ** 2).mean(axis=1) + 1e-12)
    return np.percentile(levels[levels > -50], 85)


def median_pitch(samples):
    f0 = analyse(samples.astype(float), RATE).f0
    return np.median(f0[f0 > 0])


@pytest.fixture(scope="module")
def pure():
    return {e: speak(SENTENCE, FEMALE, {e: 1.0}, 5) for e in EMOTIONS}


@synthesisers
def test_the_seed_fixes_the_samples():
    first, again, other = (speak(SENTENCE, MALE, {"sad": 1}, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert first.size != other.size or not np.array_equal(first, other)


@synthesisers
@pytest.mark.parametrize("emotion", EMOTIONS)
def test_a_clip_is_whole_unclipped_and_begins_and_ends_quietly(pure, emotion):
    samples = pure[emotion]
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert 1.3 <= samples.size / RATE <= 5.0
    assert np.abs(samples).max() < 0.99
    for end in (samples[: RATE // 10], samples[-RATE // 10 :]):
        assert 1e-4 < end.std() < 0.01


@synthesisers
@pytest.mark.parametrize("sentence", ["Yes.", "I will tell you again and again " * 4])
def test_very_short_and_very_long_sentences_keep_the_lengths(sentence):
    assert 1.3 <= speak(sentence, MALE, {"neutral": 1}, 0).size / RATE <= 5.0


@synthesisers
def test_level_and_tempo_are_ordered_as_the_prototypes_are(pure):
    level = {emotion: loud_level(samples) for emotion, samples in pure.items()}
    assert level["angry"] > level["happy"] > level["fearful"] > level["neutral"] > level["sad"]
    assert pure["fearful"].size < pure["neutral"].size < pure["disgusted"].size < pure["sad"].size


@synthesisers
@pytest.mark.parametrize("voice", [FEMALE, MALE], ids=["female", "male"])
def test_weights_move_the_pitch_step_by_step(voice):
    pitch = [
        median_pitch(speak(SENTENCE, voice, {"disgusted": 1 - share, "fearful": share}, 3))
        for share in (0.0, 0.5, 1.0)
    ]
    assert pitch[0] * 1.1 < pitch[1] < pitch[2] / 1.1


@synthesisers
def test_the_training_set_is_the_same_whoever_makes_it():
    alone = list(training_set(2, seed=4))
    together = list(training_set(2, seed=4, workers=2))
    for one, other in zip(alone, together, strict=True):
        assert (one.name, one.speaker) == (other.name, other.speaker)
        np.testing.assert_array_equal(one.samples, other.samples)
        np.testing.assert_array_equal(one.votes, other.votes)
    third = training_clip(1, 4)
    np.testing.assert_array_equal(third.samples, alone[1].samples)
    assert third.speaker in {voice.name for voice in TRAINING_VOICES}


@synthesisers
@pytest.mark.parametrize("variant", ["xx-none", "en-us+none"])
def test_a_voice_that_espeak_lacks_is_refused(variant):
    with pytest.raises(SottovoceError, match=r"'(xx-)?none' is not in the list"):
        say(SENTENCE, Voice("x", "male", variant))


@synthesisers
def test_a_sentence_without_words_is_refused():
    with pytest.raises(SottovoceError, match="said nothing"):
        say("", MALE)


def test_a_missing_espeak_tells_how_to_install_it(monkeypatch):
    monkeypatch.setattr(world.shutil, "which", lambda _: None)
    find_espeak.cache_clear()
    with pytest.raises(SottovoceError, match=r"apt-get install espeak-ng.*brew install espeak-ng"):
        find_espeak()


def test_a_missing_pyworld_names_the_extra(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    load_world.cache_clear()
    with pytest.raises(MissingExtraError, match=r"sottovoce\[voice\]"):
        load_world()


def test_the_prototypes_span_all_mixtures():
    # Six points in general position: no mixture sounds like another one.
    scaled = np.stack([p.to_array() for p in PROTOTYPES.values()]) / VARIATION.to_array()
    strengths = np.linalg.svd(scaled - scaled.mean(axis=0), compute_uv=False)
    assert (strengths[:5] > 5).all()


@pytest.mark.parametrize(
    "weights",
    [{"bored": 1}, {"angry": -1, "sad": 2}, {"angry": 0}, [1, 2], {"sad": float("nan")}],
    ids=["unknown", "negative", "nothing", "two numbers", "nan"],
)
def test_what_is_no_mixture_is_refused(weights):
    with pytest.raises(VocabularyError):
        mixture(weights)


def test_without_a_generator_a_pure_emotion_is_its_prototype():
    assert mixed_prosody({"happy": 3}) == PROTOTYPES["happy"]


def test_votes_sum_to_the_listeners_and_follow_the_weights():
    votes = simulate_votes({"angry": 0.7, "sad": 0.3}, 5000, seed=0)
    assert votes.sum() == 5000
    expected = vote_probabilities({"angry": 0.7, "sad": 0.3})
    np.testing.assert_allclose(votes / 5000, expected, atol=0.02)
    np.testing.assert_array_equal(votes, simulate_votes({"angry": 7, "sad": 3}, 5000, seed=0))
    with pytest.raises(VotesError):
        simulate_votes({"angry": 1}, 0, seed=0)


def test_drawn_weights_hold_one_two_or_three_emotions():
    generator = np.random.default_rng(0)
    drawn = np.stack([draw_weights(generator) for _ in range(300)])
    np.testing.assert_allclose(drawn.sum(axis=1), 1)
    assert set((drawn > 0).sum(axis=1)) == {1, 2, 3}


def test_there_are_enough_voices_and_sentences():
    assert len({voice.name for voice in TRAINING_VOICES}) >= 8
    assert {voice.sex for voice in TRAINING_VOICES} == {"female", "male"}
    assert len(set(TRAINING_SENTENCES)) >= 40

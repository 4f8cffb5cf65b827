"""The sample recordings agree with their table, and with nothing that was trained on."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from sottovoce.paths import data_folder
from sottovoce.tuning.voices.prosody import EMOTIONS
from sottovoce.tuning.voices.training_set import TRAINING_SENTENCES, TRAINING_VOICES

FOLDER = data_folder() / "samples"
WEIGHTS = [f"weight_{emotion}" for emotion in EMOTIONS]


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(FOLDER / "votes.csv")


def test_each_file_is_in_the_table_once(table):
    assert sorted(table["file"]) == sorted(path.name for path in FOLDER.glob("*.flac"))
    assert table["utterance"].is_unique
    assert (table["file"] == table["utterance"] + ".flac").all()


def test_votes_are_ten_and_weights_sum_to_one(table):
    assert (table[list(EMOTIONS)].sum(axis=1) == 10).all()
    np.testing.assert_allclose(table[WEIGHTS].sum(axis=1), 1, atol=1e-3)


def test_all_six_emotions_and_three_voices_are_there(table):
    pure = table[table["series"] == "pure"]
    assert (pure.groupby("speaker").size() == len(EMOTIONS)).all()
    assert table["speaker"].nunique() >= 3
    assert len(table) >= 24


def test_a_series_moves_in_equal_steps(table):
    for name, series in table[table["series"] != "pure"].groupby("series"):
        start, end = str(name).split("-")
        assert list(series["step"]) == list(range(1, len(series) + 1))
        expected = np.linspace(0, 1, len(series))
        np.testing.assert_allclose(series[f"weight_{end}"], expected, atol=1e-3)
        np.testing.assert_allclose(series[f"weight_{start}"], 1 - expected, atol=1e-3)
        assert series["sentence"].nunique() == 1
        assert series["speaker"].nunique() == 1


def test_the_recordings_are_16_khz_16_bit_unclipped_and_small(table):
    for name in table["file"]:
        information = soundfile.info(FOLDER / name)
        assert (information.samplerate, information.channels) == (16000, 1)
        assert information.subtype == "PCM_16"
        assert 1.3 <= information.duration <= 5.0
        samples, _ = soundfile.read(FOLDER / name)
        assert 0.01 < np.abs(samples).max() < 0.99
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 4e6


def test_no_speaker_and_no_sentence_is_one_of_the_training(table):
    assert not set(table["speaker"].str.lower()) & {voice.name.lower() for voice in TRAINING_VOICES}
    assert not set(table["sentence"]) & set(TRAINING_SENTENCES)


def test_the_readme_says_that_voices_and_votes_are_synthetic():
    text = (Path(FOLDER) / "README.md").read_text(encoding="utf-8")
    assert "Both the voices and the votes are synthetic" in text

"""A map of seconds and bands, read back from what was drawn."""

import sys
from pathlib import Path

import numpy as np
import pytest

from sottovoce.errors import ExplanationError, ReadoutError
from sottovoce.plots import describe_evidence_map, evidence_map

sys.path.insert(0, str(Path(__file__).parent))

from explained import ENGLISH, make_map


def test_bars_are_the_effects_under_the_waveform():
    found = make_map(ENGLISH, "clip")
    ax = evidence_map(found)
    heights = [bar.get_height() for bar in ax.patches]
    effect = found["effect"].sel(emotion="angry").squeeze("band").values
    np.testing.assert_allclose(np.reshape(heights, (2, -1)).sum(axis=0), effect)
    wave, panel = ax.child_axes
    assert wave.get_xlim() == ax.get_xlim() == (0, pytest.approx(2.7))
    lines = {line.get_label(): line.get_ydata() for line in panel.lines}
    np.testing.assert_array_equal(lines["deletion"], found["deletion"])
    assert "rank correlation with a shuffled model 0.12" in panel.get_xlabel()


def test_a_map_by_bands_has_cells_and_bands_alone_have_bars():
    ax = evidence_map(make_map(ENGLISH, "clip", n_bands=3))
    assert ax.collections[0].get_array().shape == (3, 9)
    assert ax.get_yticklabels()[0].get_text() == "0–2.67 kHz"
    ax = evidence_map(make_map(ENGLISH, "clip", n_seconds=1, n_bands=4))
    assert len(ax.patches) == 4


def test_what_is_unchecked_says_so():
    found = make_map(ENGLISH, "clip", tested=False)
    assert any("unchecked" in text.get_text() for text in evidence_map(found).texts)
    assert "The map is unchecked." in describe_evidence_map(found)
    tested = make_map(ENGLISH, "clip")
    assert "unchecked" in describe_evidence_map(tested, emotion="sad")
    told = describe_evidence_map(tested)
    assert "from 0.90 to 1.20 s" in told
    assert "Better than random orders by deletion: " in told


def test_what_is_no_map_is_refused():
    with pytest.raises(ExplanationError, match="it lacks crest"):
        evidence_map(make_map(ENGLISH, "clip").drop_vars("crest"))
    with pytest.raises(ReadoutError, match="emotion='bored'"):
        evidence_map(make_map(ENGLISH, "clip"), emotion="bored")

"""The bars of variance, read back from what was drawn."""

import sys
from pathlib import Path

import numpy as np
import pytest

from sottovoce.errors import ExplanationError
from sottovoce.plots import describe_variance_bars, variance_bars

sys.path.insert(0, str(Path(__file__).parent))

from explained import ENGLISH, make_map, make_variance


def test_bars_are_the_parts():
    found = make_variance(["wording", "order"], "")
    widths = [bar.get_width() for bar in variance_bars(found).patches]
    np.testing.assert_allclose(np.reshape(widths, (3, 2)).T, found["part"])
    assert "order: recording 50%, prompt 30%, interaction 20%." in describe_variance_bars(found)
    with pytest.raises(ExplanationError, match="must come from"):
        variance_bars(make_map(ENGLISH, "clip"))

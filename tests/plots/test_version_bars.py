"""The bars of versions, read back from what was drawn."""

import sys
from pathlib import Path

import numpy as np
import pytest

from sottovoce.errors import ExplanationError
from sottovoce.plots import describe_version_bars, version_bars

sys.path.insert(0, str(Path(__file__).parent))

from explained import ENGLISH, make_map, make_versions


def test_each_version_is_one_bar_of_its_shares():
    found = make_versions(ENGLISH, "clip")
    ax = version_bars(found)
    widths = np.array([bar.get_width() for bar in ax.patches]).reshape(3, 3).T
    np.testing.assert_allclose(widths, found["share"])
    assert {"0.00", "0.02", "0.80"} <= {text.get_text() for text in ax.texts}
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "as it is",
        "flat pitch",
        "silence",
    ]


def test_words_and_what_is_refused():
    told = describe_version_bars(make_versions(ENGLISH, "clip"))
    assert "silence: neutral 90%, distance 0.80." in told
    with pytest.raises(ExplanationError, match="must come from"):
        version_bars(make_map(ENGLISH, "clip"))

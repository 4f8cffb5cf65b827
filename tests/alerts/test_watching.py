import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from sottovoce.alerts import Watch, apply_rule
from sottovoce.errors import AlertError

TWO = "angry above .6 for two windows running"


def test_alerts_of_a_series_by_hand(series):
    shares = series(a=[0.7, 0.8, 0.9, 0.6, 0.7, np.nan, 0.7, 0.7], b=[0.9, 0.1], c=[0.1, 0.9])
    found = apply_rule(TWO, shares)
    raised = [str(name) for name in found["utterance"].values[found["raised"].values]]
    assert raised == ["a@1.0s", "a@7.0s"]  # not over a missing window, nor from b into c
    on = found["on"].values
    assert on[:8].tolist() == [False, True, True, False, False, False, False, True]
    assert not on[8:].any()
    assert found.attrs["rule"] == "angry above 0.6 for 2 windows running"


def test_windows_are_put_in_order_of_time_and_given_back_as_they_came(series):
    shares = series(a=[0.1, 0.7, 0.9, 0.2], b=[0.9, 0.9, 0.9])
    mixed = shares.isel(utterance=[5, 2, 0, 6, 3, 1, 4])
    expected = apply_rule(TWO, shares).sel(utterance=mixed["utterance"])
    xr.testing.assert_equal(apply_rule(TWO, mixed), expected)


def test_every_prompt_by_itself(series):
    shares = xr.concat([series(a=[0.9, 0.9]), series(a=[0.9, 0.2])], dim="prompt").assign_coords(
        prompt=["one", "two"]
    )
    found = apply_rule(TWO, shares.transpose("utterance", "prompt", "emotion"))
    assert found["raised"].dims == ("utterance", "prompt")
    assert found["raised"].sel(prompt="one").values.tolist() == [False, True]
    assert not found["raised"].sel(prompt="two").any()


def test_a_rule_that_nothing_here_could_meet_is_refused(series):
    with pytest.raises(AlertError, match="none here has more than 2"):
        apply_rule("sad above .1 for 3 windows running", series(a=[0.1, 0.2], b=[0.3]))
    alone = series(a=[0.9, 0.9]).drop_vars(["recording", "start"])
    with pytest.raises(AlertError, match="none here has more than 1"):
        apply_rule(TWO, alone)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([0.1, 0.7, 0.9, np.nan]), min_size=4, max_size=12),
        min_size=1,
        max_size=3,
    ),
    st.integers(1, 4),
)
def test_windows_as_they_come_raise_the_same_alerts(recordings, windows):
    rule = f"angry above .6 for {windows} windows running"
    rows = [[angry, 1 - angry] for recording in recordings for angry in recording]
    places = [(f"r{r}", i) for r, one in enumerate(recordings) for i in range(len(one))]
    shares = xr.DataArray(
        np.array(rows),
        dims=("utterance", "emotion"),
        coords={
            "utterance": [f"{name}@{i}" for name, i in places],
            "emotion": ["angry", "sad"],
            "recording": ("utterance", [name for name, _ in places]),
            "start": ("utterance", [float(i) for _, i in places]),
        },
    )
    expected = []
    for recording in recordings:
        watch = Watch(rule, ["angry", "sad"])
        expected += [watch.see(None if np.isnan(a) else [a, 1 - a]) for a in recording]
    assert apply_rule(rule, shares)["raised"].values.tolist() == expected


def test_a_watch_refuses_a_rule_of_other_emotions_before_anything_is_heard():
    with pytest.raises(AlertError, match="furious"):
        Watch("furious above .5", ["angry", "sad"])
    assert Watch(TWO, ["angry", "sad"]).measured([0.7, 0.3]) == {"angry": 0.7}

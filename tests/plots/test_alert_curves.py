import numpy as np
import pytest
import xarray as xr

from sottovoce.alerts import Assumptions, choose_threshold, threshold_curve
from sottovoce.errors import AlertError
from sottovoce.plots import (
    alert_curve,
    describe_alert_curve,
    describe_saving_curve,
    saving_curve,
    text,
)

RULE = "angry above .4"
ASSUMED = Assumptions(n_per_month=1000, cost_of_miss=40, cost_of_review=6, currency="€")


@pytest.fixture
def curve(votes, predicted):
    listeners = votes(200)
    return threshold_curve(RULE, predicted(listeners, ["one", "two"]), listeners, n_boot=200)


@pytest.fixture
def choice(votes, predicted):
    listeners = votes(200)
    return choose_threshold(RULE, predicted(listeners, ["one"]), listeners, ASSUMED, n_boot=200)


def labelled(ax, label):
    (line,) = [line for line in ax.lines if line.get_label() == label]
    return line.get_xydata()


def test_lines_are_the_measures(curve):
    ax = alert_curve(curve, prompt="two")
    one = curve.sel(prompt="two")
    for measure in ("precision", "recall"):
        expected = one["value"].sel(measure=measure).values
        np.testing.assert_allclose(labelled(ax, measure)[:, 1], expected)
        np.testing.assert_allclose(labelled(ax, measure)[:, 0], curve["threshold"])
    assert ax.get_title(loc="left") == "two  ·  angry above 0.4"
    assert {"precision", "recall", "prevalence"} <= {text.get_text() for text in ax.texts}
    ax.figure.canvas.draw()


def test_the_curve_is_told_in_words(curve):
    told = describe_alert_curve(curve, prompt="one")
    part = curve["value"].sel(prompt="one", threshold=0.4)
    assert f"At 0.4: precision {part.sel(measure='precision').item():.2f} [" in told
    assert "against 'angry above 0.5' among the listeners" in told
    assert told.endswith("95% interval over 10 speakers.")


def test_the_dot_is_the_saving_held_out(choice):
    ax = saving_curve(choice)
    (dot,) = [line for line in ax.lines if line.get_gid() == "held out"]
    saving = choice.sel(quantity="saving")
    assert dot.get_xydata().tolist() == [[choice["chosen"].item(), saving["value"].item()]]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), choice["curve"])
    assert ax.get_ylabel() == "saved in 12 months (€)"
    assert choice.attrs["rule"] in describe_saving_curve(choice)
    assert f"Saves {round(saving['value'].item()):,} € [" in describe_saving_curve(choice)
    ax.figure.canvas.draw()


def test_japanese_names_are_drawn(votes, predicted):
    if text._cjk_font() is None:
        pytest.skip("no font with Japanese characters is installed")
    listeners = votes(60)
    names = ["怒り", *listeners["emotion"].values[1:]]
    listeners = listeners.assign_coords(emotion=names)
    shares = predicted(listeners, ["割合"])
    curve = threshold_curve("怒り above .4", shares, listeners, n_boot=50)
    for ax in (
        alert_curve(curve),
        saving_curve(choose_threshold("怒り above .4", shares, listeners, ASSUMED, n_boot=50)),
    ):
        ax.figure.canvas.draw()
        assert "怒り" in ax.get_title(loc="left")


def test_what_cannot_be_drawn_is_refused(curve):
    with pytest.raises(AlertError, match="say which prompt is to be drawn: 'one', 'two'"):
        alert_curve(curve)
    with pytest.raises(AlertError, match="prompt='three'"):
        alert_curve(curve, prompt="three")
    with pytest.raises(AlertError, match="no such curve"):
        alert_curve(xr.Dataset())
    with pytest.raises(AlertError, match="no choice"):
        saving_curve(curve)

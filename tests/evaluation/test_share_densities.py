import numpy as np
import pytest
import xarray as xr
from scipy.stats import gaussian_kde

from sottovoce.errors import ReadoutError
from sottovoce.evaluation import share_densities


def shares_of(first: np.ndarray) -> xr.DataArray:
    return xr.DataArray(
        np.stack([first, 1 - first], axis=1),
        dims=("utterance", "emotion"),
        coords={"utterance": [f"u{i}" for i in range(len(first))], "emotion": ["angry", "sad"]},
    )


def drawn(seed: int, a: float, b: float, n: int = 3000) -> xr.DataArray:
    return shares_of(np.random.default_rng(seed).beta(a, b, size=n))


@pytest.mark.parametrize(("a", "b"), [(0.3, 3), (1, 1), (8, 8), (0.2, 0.2)])
def test_all_mass_lies_between_0_and_1(a, b):
    density = share_densities(drawn(0, a, b))["density"]
    assert density["share"].values[[0, -1]].tolist() == [0, 1]
    np.testing.assert_allclose(density.integrate("share"), 1, atol=1e-6)
    assert (density >= 0).all()


def test_a_flat_spread_stays_flat_at_the_borders():
    density = share_densities(drawn(1, 1, 1, n=20_000))["density"].sel(emotion="angry")
    assert np.abs(density - 1).max() < 0.15  # cut off instead of reflected, the borders were at 0.5


def test_away_from_the_borders_it_is_that_of_scipy():
    shares = drawn(2, 40, 40)
    values = shares.sel(emotion="angry").values
    quartiles = np.quantile(values, [0.25, 0.75])
    width = 0.9 * min(values.std(ddof=1), np.ptp(quartiles) / 1.34) * len(values) ** -0.2
    theirs = gaussian_kde(values, width / values.std(ddof=1))
    ours = share_densities(shares)["density"].sel(emotion="angry", group="")
    np.testing.assert_allclose(ours, theirs(ours["share"].values), atol=0.02)


def test_equal_shares_are_a_narrow_peak():
    result = share_densities(shares_of(np.zeros(30))).isel(group=0)
    assert result["density"].sel(emotion="angry").argmax("share").item() == 0
    np.testing.assert_allclose(result["density"].integrate("share"), 1)
    assert result["mean"].values.tolist() == [0, 1]


def test_summaries_are_of_the_group(good):
    one = good.sel(prompt="one_word", drop=True)
    halves = {f"clip{i:02d}": "early" if i < 40 else "late" for i in range(79)}
    result = share_densities(one, by=halves)
    assert result["group"].values.tolist() == ["early", "late"]
    assert result["n"].values.tolist() == [40, 39]
    assert result.attrs["n_left_out"] == 1
    late = one[40:79]
    np.testing.assert_allclose(result["mean"].sel(group="late"), late.mean("utterance"))
    np.testing.assert_allclose(result["median"].sel(group="late"), late.median("utterance"))
    assert result["group_of"].sel(utterance="clip40").item() == "late"


def test_groups_come_from_a_coordinate_a_mapping_or_an_array(good, votes):
    one = good.sel(prompt="one_word", drop=True)
    speaker = votes["speaker"]
    named = share_densities(one.assign_coords(speaker=speaker), by="speaker")
    assert named["n"].values.tolist() == [10] * 8
    for same in (speaker, speaker.to_series()):
        xr.testing.assert_identical(share_densities(one, by=same), named)


def test_too_few_have_no_density_but_a_mean(good):
    one = good.sel(prompt="one_word", drop=True)[:4]
    result = share_densities(one)
    assert np.isnan(result["density"]).all()
    np.testing.assert_allclose(result["mean"][0], one.mean("utterance"))


def test_missing_shares_are_left_out(good):
    one = good.sel(prompt="one_word", drop=True)
    one[:3] = np.nan
    assert share_densities(one)["n"].item() == 77
    one[:] = np.nan
    with pytest.raises(ReadoutError, match="no utterance has both shares and a group: 0 of 80"):
        share_densities(one)


def test_what_tells_no_groups_is_refused(good, votes):
    one = good.sel(prompt="one_word", drop=True).assign_coords(speaker=votes["speaker"])
    with pytest.raises(ReadoutError, match=r"by='actor' is no coordinate .* there are: 'speaker'"):
        share_densities(one, by="actor")
    with pytest.raises(ReadoutError, match="by is a int"):
        share_densities(one, by=3)
    with pytest.raises(ReadoutError, match="80 have shares, 0 have a group"):
        share_densities(one, by={"other": "x"})
    with pytest.raises(ReadoutError, match=r"with the dimensions \(utterance, emotion\)"):
        share_densities(good)

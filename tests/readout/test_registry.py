import json

import numpy as np
import pytest
import xarray as xr

from sottovoce import readout
from sottovoce.errors import ReadoutError, RunError
from sottovoce.readout import READOUTS, read_out


@pytest.mark.parametrize("name", READOUTS)
def test_every_readout_has_one_form(run, name):
    shares = read_out(run, name)
    assert shares.dims == ("utterance", "prompt", "emotion")
    assert shares.name == shares.attrs["readout"] == name
    assert shares["emotion"].values.tolist() == ["angry", "disgusted", "happy", "sad"]
    total = shares.sum("emotion", skipna=False).values
    assert np.allclose(total[~np.isnan(total)], 1)
    assert {"speaker", "path", "prompt_text"} <= set(shares.coords)
    assert shares.attrs["model_id"] == "toy"
    assert {"token_set_hash", "n_failed", "n_missing"} <= set(shares.attrs)
    xr.testing.assert_identical(shares, getattr(readout, name)(run))


@pytest.mark.parametrize("name", READOUTS)
def test_order_of_dimensions_and_tokens_does_not_matter(run, name):
    turned = run.transpose("step", "token", "prompt", "utterance").isel(token=slice(None, None, -1))
    np.testing.assert_allclose(read_out(turned, name), read_out(run, name), rtol=1e-12)


@pytest.mark.parametrize("name", READOUTS)
def test_shares_can_be_saved(run, name, tmp_path):
    shares = read_out(run, name)
    shares.to_netcdf(tmp_path / "shares.nc", engine="h5netcdf")
    again = xr.load_dataarray(tmp_path / "shares.nc", engine="h5netcdf")
    np.testing.assert_array_equal(shares, again)


def test_options_are_written_down(run):
    options = json.loads(read_out(run, "mean_prob", steps=slice(0, 3), weights="equal").options)
    assert options == {"steps": [0, 3, None], "weights": "equal", "emotions": None}
    listed = json.loads(
        read_out(run, "mean_logprob", steps=[0, 1], emotions=("sad", "happy")).options
    )
    assert listed == {"steps": [0, 1], "emotions": ["sad", "happy"]}


def test_unknown_readouts_and_options_are_told_what_exists(run):
    with pytest.raises(ReadoutError, match="name='mean' must be one of 'answer_step'"):
        read_out(run, "mean")
    with pytest.raises(ReadoutError, match="'text' has no option 'steps'; it has 'policy'"):
        read_out(run, "text", steps="all")


@pytest.mark.parametrize("name", READOUTS)
def test_what_is_no_run_is_refused(run, name):
    with pytest.raises(RunError, match="not a run"):
        read_out(run.drop_vars("logit"), name)


def test_the_default_is_the_answer_step(run):
    assert read_out(run).name == "answer_step"

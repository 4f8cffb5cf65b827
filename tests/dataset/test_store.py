import json
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import xarray as xr

from sottovoce.dataset import open_run, save_run
from sottovoce.errors import RunError

SUFFIXES = pytest.mark.parametrize("suffix", [".zarr", ".nc"])


@SUFFIXES
def test_what_is_opened_equals_what_was_saved(run, tmp_path, suffix):
    path = save_run(run, tmp_path / "deep" / f"first{suffix}")
    opened = open_run(path)
    xr.testing.assert_identical(opened.load(), run)
    assert opened.answer.values.tolist() == run.answer.values.tolist()
    assert opened.sel(utterance=run.utterance.values[1]).answer[0].item() == run.answer[1, 0].item()
    assert {variable.dtype.kind for variable in opened.coords.values()} == {"O", "i", "f"}
    assert sorted(entry.name for entry in path.parent.iterdir()) == [path.name]


@SUFFIXES
def test_an_opened_run_can_be_saved_again_in_either_format(run, tmp_path, suffix):
    opened = open_run(save_run(run, tmp_path / f"first{suffix}"))
    for again in (".zarr", ".nc"):
        saved = save_run(opened, tmp_path / f"second{again}", overwrite=True)
        xr.testing.assert_identical(open_run(saved).load(), run)


@SUFFIXES
def test_part_of_a_run_is_a_run(run, tmp_path, suffix):
    part = run.isel(utterance=[0, 2], step=slice(0, 3))
    xr.testing.assert_identical(open_run(save_run(part, tmp_path / f"p{suffix}")).load(), part)


def test_the_one_character_that_netcdf_cannot_hold_is_written_as_its_symbol(run, tmp_path):
    run.answer[0, 0] = "a\0b"
    assert open_run(save_run(run, tmp_path / "a.zarr")).answer[0, 0] == "a\0b"
    assert open_run(save_run(run, tmp_path / "a.nc")).answer[0, 0] == "a\N{SYMBOL FOR NULL}b"
    assert run.answer[0, 0] == "a\0b"


def test_zarr_is_of_format_3_lazy_and_in_chunks(run, tmp_path):
    path = save_run(run, tmp_path / "first.zarr")
    assert json.loads((path / "zarr.json").read_text())["zarr_format"] == 3
    opened = open_run(path)
    (path / "logit" / "c").rename(path / "logit" / "moved")
    assert np.isnan(opened.logit.values).all(), "the values were read before they were used"


def test_zarr_opens_with_xarray_alone(run, tmp_path):
    path = save_run(run, tmp_path / "first.zarr")
    xr.testing.assert_equal(xr.open_zarr(path, chunks=None, consolidated=False).logit, run.logit)


@SUFFIXES
def test_nothing_is_overwritten_unasked(run, tmp_path, suffix):
    path = save_run(run, tmp_path / f"first{suffix}")
    other = run.assign_attrs(model_id="other")
    with pytest.raises(RunError, match="overwrite=True"):
        save_run(other, path)
    assert open_run(path).attrs["model_id"] == "toy"
    save_run(other, path, overwrite=True)
    assert open_run(path).attrs["model_id"] == "other"


def test_a_run_can_replace_the_file_that_it_was_opened_from(run, tmp_path):
    path = save_run(run, tmp_path / "first.zarr")
    save_run(open_run(path).assign_attrs(model_id="other"), path, overwrite=True)
    opened = open_run(path)
    assert opened.attrs["model_id"] == "other"
    xr.testing.assert_equal(opened.load(), run)


@SUFFIXES
def test_what_is_no_run_is_never_replaced(run, tmp_path, suffix):
    folder = tmp_path / f"folder{suffix}"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    file = tmp_path / f"file{suffix}"
    file.write_text("mine")
    for path in (folder, file):
        with pytest.raises(RunError, match="not a saved run, so it is left alone"):
            save_run(run, path, overwrite=True)
    assert (folder / "thesis.txt").read_text() == file.read_text() == "mine"


@SUFFIXES
def test_a_failure_while_writing_leaves_the_old_run(run, tmp_path, suffix, monkeypatch):
    path = save_run(run, tmp_path / f"first{suffix}")

    def full(*args, **kwargs):
        raise OSError("No space left on device")

    monkeypatch.setattr(xr.Dataset, "to_zarr" if suffix == ".zarr" else "to_netcdf", full)
    with pytest.raises(RunError, match=r"could not be saved .*No space left"):
        save_run(run.assign_attrs(model_id="other"), path, overwrite=True)
    assert open_run(path).attrs["model_id"] == "toy"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [path.name]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(run, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(RunError, match="could not be saved"):
        save_run(run, tmp_path / "first.zarr")


def test_only_the_two_suffixes_are_taken(run, tmp_path):
    with pytest.raises(RunError, match=r"must end in \.zarr or \.nc"):
        save_run(run, tmp_path / "first.pkl")
    with pytest.raises(RunError, match="variable logit is missing"):
        save_run(run.drop_vars("logit"), tmp_path / "first.zarr")


def test_what_is_no_run_is_refused_in_words(run, tmp_path):
    (tmp_path / "empty.zarr").mkdir()
    (tmp_path / "text.nc").write_text("not a run")
    (tmp_path / "nothing.nc").touch()
    for name in ("empty.zarr", "text.nc", "nothing.nc"):
        with pytest.raises(RunError, match="neither a Zarr store nor a netCDF file"):
            open_run(tmp_path / name)
    with pytest.raises(RunError, match="there is no such run"):
        open_run(tmp_path / "absent.zarr")
    xr.Dataset({"pressure": ("x", [1.0])}).to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    with pytest.raises(RunError, match=r"other\.nc: This dataset is not a run"):
        open_run(tmp_path / "other.nc")


@SUFFIXES
def test_a_saved_run_opens_where_torch_cannot_be_imported(run, tmp_path, suffix):
    path = save_run(run, tmp_path / f"first{suffix}")
    script = textwrap.dedent(
        """
        import sys

        class Blocker:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] in ("torch", "transformers", "tokenizers"):
                    raise ImportError(f"{name} is blocked")

        sys.meta_path.insert(0, Blocker())
        import sottovoce
        run = sottovoce.open_run(sys.argv[1])
        print(run.answer.values.tolist() == [
            ["angry 60%", "怒り \\N{ANGRY FACE}"], ["", "two\\nlines\\tand a tab"]] * 2)
        """
    )
    told = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip() == "True"

import json
import os

import numpy as np
import pytest
import xarray as xr

from sottovoce.dataset import build_run, check_run, describe_schema, log_probability, select_ok
from sottovoce.dataset.schema import ATTRIBUTES, COORDINATES, VARIABLES
from sottovoce.errors import RunError


def parts(run):
    return (
        {name: run[name].values for name in run.data_vars},
        {name: run[name].values for name in run.coords},
        run.attrs,
    )


def test_a_run_passes_its_own_check_and_describes_itself(run):
    check_run(run)
    assert run.logit.dims == ("utterance", "prompt", "step", "token")
    assert run.logit.dtype == np.float32
    assert run.duration.attrs["units"] == "s"
    assert all(run[name].attrs["long_name"] for name in run.variables)
    assert json.loads(run.attrs["token_set"]) == {"angry": ["angry", "怒り"]}
    assert json.loads(run.attrs["versions"])["xarray"] == xr.__version__
    assert run.attrs["created"].endswith("+00:00")


@pytest.mark.parametrize("name", VARIABLES)
def test_a_missing_variable_is_named(run, name):
    with pytest.raises(RunError, match=f"the variable {name} is missing"):
        check_run(run.drop_vars(name))


@pytest.mark.parametrize("name", [name for name, field in COORDINATES.items() if field.optional])
def test_a_run_from_before_a_coordinate_came_is_still_a_run(run, name):
    older = run.drop_vars(name)
    check_run(older)
    variables, coordinates, attrs = parts(older)
    xr.testing.assert_identical(build_run(variables, coordinates, attrs), older)


@pytest.mark.parametrize(
    "name", [name for name, field in COORDINATES.items() if not field.optional]
)
def test_a_missing_coordinate_is_named(run, name):
    with pytest.raises(RunError, match=f"the coordinate {name} is missing"):
        check_run(run.drop_vars(name))


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_missing_attribute_is_named(run, name):
    del run.attrs[name]
    with pytest.raises(RunError, match=f"the attribute {name} is missing"):
        check_run(run)


def test_a_lost_dimension_is_told_with_the_remedy(run):
    with pytest.raises(RunError, match=r"no dimension prompt.*run\.isel\(prompt=\[0\]\)"):
        check_run(run.isel(prompt=0))
    check_run(run.isel(prompt=[0]))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda run: run.assign(entropy=run.entropy.isel(step=0)), r"entropy has the dimensions"),
        (lambda run: run.assign_coords(start=run.speaker), "start has the type object"),
        (lambda run: run.assign(n_steps=run.n_steps * 1.0), "n_steps has the type float64"),
        (lambda run: run.assign(answer=run.n_steps), "answer has the type int64"),
        (lambda run: run.assign(n_steps=run.n_steps + 9), "between 0 and the 5 steps"),
        (lambda run: run.assign(status=run.answer), "status must be one of ok, error"),
        (lambda run: xr.concat([run, run], "utterance"), "names along utterance repeat"),
        (lambda run: run.assign_attrs(decoding="{"), "decoding is not JSON"),
        (lambda run: run.assign_attrs(dtype=32), "dtype is 32, not text"),
        (lambda run: run.assign_attrs(schema_version="one"), "not an integer"),
        (lambda run: run.assign_attrs(schema_version=99), "Install a newer one"),
    ],
)
def test_what_is_misshapen_is_named(run, change, told):
    with pytest.raises(RunError, match=told):
        check_run(change(run))


def test_several_faults_are_told_together(run):
    with pytest.raises(RunError) as caught:
        check_run(run.drop_vars(["logit", "concept"]))
    assert "logit" in str(caught.value)
    assert "concept" in str(caught.value)


def test_only_a_dataset_can_be_a_run(run):
    with pytest.raises(RunError, match=r"must be an xarray\.Dataset, not DataArray"):
        check_run(run.logit)


def test_build_refuses_missing_and_unknown_names(run):
    variables, coordinates, attrs = parts(run)
    spare = variables.pop("entropy")
    with pytest.raises(RunError, match="missing: entropy; unknown: surprise"):
        build_run({**variables, "surprise": spare}, coordinates, attrs)


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("entropy", np.zeros(3), r"entropy has shape \(3,\), and needs one axis for each of"),
        ("entropy", np.zeros((4, 2, 9)), "do not make a run"),
        ("answer", [[1, 2]] * 4, "answer must hold text, and holds 1"),
        ("n_steps", [["many", "few"]] * 4, "n_steps must hold int64"),
    ],
)
def test_build_refuses_arrays_that_do_not_fit(run, name, values, told):
    variables, coordinates, attrs = parts(run)
    with pytest.raises(RunError, match=told):
        build_run({**variables, name: values}, coordinates, attrs)


def test_what_no_file_can_hold_as_text_is_escaped(run):
    variables, coordinates, attrs = parts(run)
    name = os.fsdecode(b"caf\xe9.wav")
    built = build_run(variables, coordinates | {"path": [name] * 4}, attrs)
    assert built.path.values[0] == "caf\\udce9.wav"


def test_log_probability_is_exact_and_keeps_the_labels(run):
    found = log_probability(run)
    assert found.dims == run.logit.dims
    expected = run.logit.values - run.log_normalizer.values[..., None]
    np.testing.assert_array_equal(found.values, expected)
    assert found.concept.values.tolist() == ["angry", "happy", "sad"]


def test_select_ok_leaves_out_what_failed_under_any_prompt(run):
    run.status[1, 0] = "error"
    assert select_ok(run).utterance.values.tolist() == run.utterance.values[[0, 2, 3]].tolist()
    run.status[:] = "error"
    run.message[:] = "b.wav: no such file"
    with pytest.raises(RunError, match=r"Nothing in this run succeeded\. b\.wav: no such file$"):
        select_ok(run)


def test_the_description_has_a_line_for_everything():
    assert len(describe_schema().splitlines()) == len(VARIABLES) + len(COORDINATES)

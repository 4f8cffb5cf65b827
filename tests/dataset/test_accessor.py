import subprocess
import sys
import warnings

import numpy as np
import pytest
import xarray as xr

import sottovoce
from sottovoce.dataset import accessor, log_probability, save_run, select_ok
from sottovoce.errors import RunError

HOSTILE = '<img src=x onerror="document.title=1">'


@pytest.fixture
def mixed(run):
    """A run of which one utterance failed, with names that would be tags and codes."""
    status, message = run["status"].values.copy(), run["message"].values.copy()
    answer = run["answer"].values.copy()
    status[1], message[1] = "error", f"{HOSTILE}: no audio"
    answer[0, 0] = f"{HOSTILE}\x1b[2J"
    names = run["utterance"].values.copy()
    names[1] = HOSTILE
    return run.assign_coords(utterance=names, speaker=("utterance", ["a", "b", "a", ""])).assign(
        status=(run["status"].dims, status),
        message=(run["message"].dims, message),
        answer=(run["answer"].dims, answer),
    )


def test_the_summary_tells_model_prompts_answers_and_failures(mixed):
    told = mixed.sottovoce._repr_html_()
    for part in (
        "<b>Run</b> of toy",
        "6 of 8 ok, 2 failed",
        "Which emotion?",
        "3 steps an answer",
        "3 tokens (angry 1, happy 1, sad 1)",
        "2 speakers",
        "mode greedy",
        "no audio",
    ):
        assert part in told
    assert "4 windows of 1 recording, 6.0 s heard" in told


def test_the_text_twin_tells_the_same_on_a_terminal(mixed):
    told = repr(mixed.sottovoce)
    first, *others = told.splitlines()
    assert first.startswith("<Run of toy: 4 recordings, 2 prompts; 6 of 8 ok, 2 failed; 3 tokens")
    assert others[:2] == ["  asked prompt_0: Which emotion?", "  asked prompt_1: Which emotion?"]
    assert len(others) == 3
    assert others[2].endswith("no audio")


def test_what_a_model_or_a_file_says_is_text(mixed):
    html = mixed.sottovoce._repr_html_()
    assert "<img" not in html
    assert "&lt;img src=x onerror=&quot;document.title=1&quot;&gt;" in html
    assert "\x1b" not in html
    assert "\x1b" not in repr(mixed.assign_attrs(model_id="\x1b[2J").sottovoce)


def test_only_the_first_answers_are_shown_and_the_others_counted(run):
    many = xr.concat(
        [run.assign_coords(utterance=[f"{n} {i}" for n in range(4)]) for i in range(5)],
        "utterance",
        data_vars="minimal",
        coords="minimal",
        compat="override",
        join="override",
    )
    html = many.sottovoce._repr_html_()
    assert "and 14 more recordings" in html
    assert html.count('scope="row"') == 6 + run.sizes["prompt"]


def test_only_the_first_prompts_are_shown_and_the_others_counted(run):
    many = xr.concat(
        [run.assign_coords(prompt=[f"{n} {i}" for n in range(2)]) for i in range(5)],
        "prompt",
        data_vars="minimal",
        coords="minimal",
        compat="override",
        join="override",
    )
    html = many.sottovoce._repr_html_()
    assert "and 4 more prompts" in html
    assert html.count('scope="col"') == 3 + 1 + 6
    assert repr(many.sottovoce).splitlines()[-1] == "  ... and 4 more"


def test_conveniences_are_those_of_the_room(mixed):
    xr.testing.assert_identical(mixed.sottovoce.log_probability, log_probability(mixed))
    xr.testing.assert_identical(mixed.sottovoce.ok, select_ok(mixed))
    assert mixed.sottovoce.ok.sizes["utterance"] == 3
    assert mixed.sottovoce.failed == {HOSTILE: f"{HOSTILE}: no audio"}


def test_part_of_a_run_says_that_it_is_none(run):
    part = run.isel(utterance=0)
    assert repr(part.sottovoce).startswith("<No run: This dataset is not a run: - it has no dim")
    assert "No run" in part.sottovoce._repr_html_()
    with pytest.raises(RunError, match="no dimension utterance"):
        _ = part.sottovoce.ok


def test_a_run_without_any_answer_is_told(run):
    lost = run.assign(
        status=(run["status"].dims, np.full((4, 2), "error", dtype=object)),
        message=(run["message"].dims, np.full((4, 2), "", dtype=object)),
    )
    assert "0 of 8 ok, 8 failed" in repr(lost.sottovoce)
    assert "no reason is told" in lost.sottovoce._repr_html_()


def test_a_saved_run_is_told_without_reading_what_is_large(run, tmp_path):
    opened = sottovoce.open_run(save_run(run, tmp_path / "run.zarr"))
    assert not opened["logit"].variable._in_memory
    assert "toy" in opened.sottovoce._repr_html_()
    assert not opened["logit"].variable._in_memory


def test_it_is_registered_once_and_brings_no_torch():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        accessor.register()
    assert xr.Dataset.sottovoce is accessor.RunAccessor
    code = (
        "import sys, sottovoce; sottovoce.open_run; import xarray; "
        "print(hasattr(xarray.Dataset, 'sottovoce'), 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "False"]

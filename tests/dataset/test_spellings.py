import json

import numpy as np
import pytest

import sottovoce
from sottovoce.dataset import check_run, select_spellings, spellings_of
from sottovoce.errors import RunError
from sottovoce.paths import data_folder


@pytest.fixture(scope="module")
def captured():
    samples = data_folder() / "samples"
    return sottovoce.capture(
        sottovoce.load_model(),
        [samples / "anna_sad.flac", samples / "tom_sad.flac"],
        "percentages",
        "emotions-en+percentages+yes-no",
        max_new_tokens=6,
        progress=False,
    )


def test_only_the_tokens_of_the_chosen_spellings_and_percentages_stay(captured):
    fewer = select_spellings(captured, {"sad": ["sad"], "angry": ["angry"]})
    check_run(fewer)
    words = set(zip(fewer["kind"].values, fewer["spelling"].values, strict=True))
    assert {pair for pair in words if pair[0] != "percentage"} == {
        ("emotion", "sad"),
        ("emotion", "angry"),
    }
    is_percentage = captured["kind"] == "percentage"
    assert (fewer["kind"] == "percentage").sum() == is_percentage.sum() > 0
    np.testing.assert_array_equal(fewer["logit"], captured["logit"].sel(token=fewer["token"]))
    for name in ("log_normalizer", "entropy", "chosen_token", "answer", "status"):
        assert fewer[name].identical(captured[name])


def test_shares_are_those_of_a_run_captured_with_fewer_words(captured):
    chosen = {"sad": ["sad", "sorrow"], "happy": ["happy"]}
    fewer = select_spellings(captured, chosen)
    model = sottovoce.load_model()
    files = [str(path) for path in captured["path"].values]
    again = sottovoce.capture(model, files, "percentages", chosen, max_new_tokens=6, progress=False)
    of_fewer = sottovoce.read_out(fewer, "answer_step")
    of_again = sottovoce.read_out(again, "answer_step").sel(emotion=of_fewer["emotion"])
    np.testing.assert_allclose(of_fewer, of_again, atol=1e-6)
    assert of_fewer["emotion"].values.tolist() == ["happy", "sad"]


def test_the_attributes_tell_what_was_captured_and_what_was_kept(captured, tmp_path):
    fewer = select_spellings(captured, {"sad": ["sad"], "yes": ["yes"], "happy": ["happy"]})
    kept = json.loads(fewer.attrs["token_set"])
    assert kept["concepts"] == {"happy": ["happy"], "sad": ["sad"]}
    assert kept["others"] == {"yes": ["yes"]}
    assert kept["percentages"] is True
    assert fewer.attrs["token_set_hash"] == sottovoce.TokenSet.from_dict(kept).hash
    assert fewer.attrs["captured_token_set"] == captured.attrs["token_set"]
    fewest = select_spellings(fewer, {"sad": ["sad"]})
    assert fewest.attrs["captured_token_set_hash"] == captured.attrs["token_set_hash"]
    path = sottovoce.save_run(fewest, tmp_path / "fewest.zarr")
    assert sottovoce.open_run(path).attrs == fewest.attrs
    assert select_spellings(captured, spellings_of(captured)) is captured


def test_the_run_that_is_given_stays_as_it_was(captured):
    before = captured.copy(deep=True)
    select_spellings(captured, {"sad": ["sad"]})
    assert captured.identical(before)


def test_a_run_without_a_declared_token_set_is_read_from_its_tokens(run):
    assert spellings_of(run) == {"angry": ("angry",), "happy": ("happy",), "sad": ("sad",)}
    fewer = select_spellings(run, {"angry": ["angry"], "happy": []})
    assert fewer["concept"].values.tolist() == ["angry"]
    assert json.loads(fewer.attrs["token_set"])["concepts"] == {"angry": ["angry"]}


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"bored": ["bored"]}, "no concept 'bored'; it has 'angry'"),
        ({"sad": ["gloomy"]}, "no spelling 'gloomy' of 'sad'; it has 'sad', 'sadness'"),
        ({"sad": "sad"}, r"Write \['sad'\]"),
        ({}, "No spelling is chosen"),
        ({"sad": []}, "No spelling is chosen"),
        ({"angry": ["rage"]}, "no spelling 'rage'"),
        ({"angry": ["anger"]}, "No token of this run stands for 'anger' of 'angry'; .* 'angry'"),
    ],
)
def test_what_the_run_does_not_have_is_refused(captured, chosen, told):
    with pytest.raises(RunError, match=told):
        select_spellings(captured, chosen)

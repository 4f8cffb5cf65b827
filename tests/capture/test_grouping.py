"""What a capture does where a batch would change the numbers."""

import json
import shutil

import numpy as np
import pytest
import xarray as xr
from sounds import voices

from sottovoce.capture import capture, score
from sottovoce.models import check_model, load_model


@pytest.fixture
def leaking(folders, tmp_path):
    """A Qwen2-Audio in which the length of the longest recording leaks into the others."""
    folder = shutil.copytree(folders["qwen2_audio"], tmp_path / "leaking")
    model = load_model(folder, check=False)

    def bend(module, args, options, output):
        mask = options.get("feature_attention_mask")
        if mask is not None:
            padded = (mask == 0).sum(dim=1)
            output.logits += 0.01 * (padded - padded.min())[:, None, None]

    model.model.register_forward_hook(bend, with_kwargs=True)
    return model


def run_on(model, **options):
    return capture(
        model, voices(4), ["one_word", "How?"], max_new_tokens=4, progress=False, **options
    )


def decoding(run):
    return json.loads(run.attrs["decoding"])


def test_a_capture_takes_the_batches_that_are_safe_and_says_so(leaking):
    single = run_on(leaking, batch_size=1, share_prefix=False)
    spoilt = run_on(leaking, batch_size=8, share_prefix=False)
    assert abs(spoilt.logit - single.logit).max() > 0.1, "nothing leaked"
    assert decoding(spoilt)["batch_parity"] == "not measured"
    assert check_model(leaking).grouping == "equal_length"
    for share_prefix in (False, "auto"):
        run = run_on(leaking, batch_size=8, share_prefix=share_prefix)
        np.testing.assert_allclose(run.logit, single.logit, atol=1e-5)
        xr.testing.assert_equal(run.answer, single.answer)
        told = decoding(run)
        assert told["grouping"] == "equal_length"
        assert told["batch_parity"]["any"] > told["batch_parity"]["tolerance"] == 1e-4
        assert told["batch_parity"]["equal_length"] < 1e-4


def test_scores_say_it_too(leaking):
    check_model(leaking)
    scores = score(leaking, voices(2), "one_word", ["sad"], progress=False)
    assert decoding(scores)["grouping"] == "equal_length"


def test_a_sound_model_says_what_was_measured(qwen):
    told = decoding(run_on(qwen))
    assert told["grouping"] == "any"
    assert told["batch_parity"]["any"] <= 1e-5

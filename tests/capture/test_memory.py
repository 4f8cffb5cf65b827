import functools
import json

import numpy as np
import pytest
import torch
import xarray as xr
from sounds import voice, voices

from sottovoce.capture import capture, score
from sottovoce.capture.memory import choose_batch_size, rows_in_free_memory
from sottovoce.errors import ModelError
from sottovoce.models import load_model

PROMPTS = ["one_word", "yes_no_angry", "How?"]


def run_on(model, recordings, **options):
    options = {"max_new_tokens": 6, "progress": False, "batch_size": 8} | options
    return capture(model, recordings, PROMPTS, **options)


@pytest.fixture
def short_of_memory(qwen, monkeypatch):
    """Let a model have memory for only so many rows; return what was tried."""
    plain, tried = qwen.model.forward, []

    def limit(most, error=torch.OutOfMemoryError):
        @functools.wraps(plain)
        def forward(*args, **kwargs):
            rows = len(kwargs["input_ids"])
            tried.append(rows)
            if rows > most:
                raise error("CUDA out of memory. Tried to allocate 3.00 GiB")
            return plain(*args, **kwargs)

        monkeypatch.setattr(qwen.model, "forward", forward)
        return tried

    return limit


@pytest.mark.parametrize("share_prefix", [True, False])
@pytest.mark.parametrize("error", [torch.OutOfMemoryError, RuntimeError])
def test_where_memory_runs_out_the_batch_is_halved(qwen, short_of_memory, share_prefix, error):
    expected = run_on(qwen, voices(9), share_prefix=share_prefix)
    tried = short_of_memory(3, error)
    run = run_on(qwen, voices(9), share_prefix=share_prefix)
    assert (run.status == "ok").all()
    for name in ("logit", "log_normalizer", "entropy", "chosen_logit"):
        np.testing.assert_allclose(run[name], expected[name], rtol=1e-5, atol=1e-5)
    xr.testing.assert_equal(run.chosen_token, expected.chosen_token)
    assert [rows for rows in tried if rows > 3] == [8, 4], "it is found out once"


@pytest.mark.parametrize("share_prefix", [True, False])
def test_where_memory_runs_out_candidates_are_scored_by_fewer(qwen, short_of_memory, share_prefix):
    def weigh():
        return score(
            qwen, voices(7), PROMPTS, ["angry", "very angry"], batch_size=4,
            share_prefix=share_prefix, progress=False,
        )  # fmt: skip

    expected = weigh()
    tried = short_of_memory(3)
    scores = weigh()
    assert (scores.status == "ok").all()
    np.testing.assert_allclose(scores.log_probability, expected.log_probability, atol=3e-5)
    assert [rows for rows in tried if rows > 3] == [4], "it is found out once"
    assert max(rows for rows in tried if rows <= 3) == 2


def test_a_recording_for_which_memory_never_suffices_is_told(qwen, short_of_memory, monkeypatch):
    plain = qwen.inputs

    def inputs(samples, prompts):
        if any(len(sound) == 32000 for sound in samples):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 80.00 GiB")
        return plain(samples, prompts)

    monkeypatch.setattr(qwen, "inputs", inputs)
    run = run_on(qwen, {"a": voice(1.2), "b": voice(2), "c": voice(0.7)})
    assert run.status.values[:, 0].tolist() == ["ok", "error", "ok"]
    assert "out of memory" in run.message.values[1, 0]


def test_the_largest_come_first(qwen, monkeypatch):
    plain, heard = qwen.inputs, []

    def inputs(samples, prompts):
        heard.append([len(sound) for sound in samples])
        return plain(samples, prompts)

    monkeypatch.setattr(qwen, "inputs", inputs)
    recordings = {f"{i}": voice(0.5 + 0.02 * i, seed=i) for i in range(70)}
    recordings["long"] = voice(2.9)
    capture(qwen, recordings, "one_word", max_new_tokens=1, progress=False, batch_size=4)
    batches = heard[1:]
    assert max(batches[0]) == round(2.9 * 16000), "the block with the longest recording"
    assert all(batch == sorted(batch, reverse=True) for batch in batches)
    assert sum(map(len, batches)) == 71


def test_the_automatic_batch_size_is_told_and_sensible(qwen):
    run = run_on(qwen, voices(3), batch_size="auto")
    assert json.loads(run.attrs["decoding"])["batch_size"] == choose_batch_size(qwen, "auto") == 64
    by_one = run_on(qwen, voices(3), batch_size=1)
    np.testing.assert_allclose(run.logit, by_one.logit, rtol=1e-5, atol=1e-5)
    with pytest.raises(ModelError, match="batch_size='many' must be 'auto' or a whole number"):
        run_on(qwen, voices(3), batch_size="many")


@pytest.mark.parametrize(
    ("free", "rows"), [(10**6, 64), (64 * 200 / 0.8, 64), (63 * 200 / 0.8, 32), (1000, 4), (1, 1)]
)
def test_on_a_gpu_as_many_rows_run_as_free_memory_holds(qwen, monkeypatch, free, rows):
    """The device's own figures are stood in for; what runs is the model."""
    ran = []
    plain = qwen.model.forward

    @functools.wraps(plain)
    def forward(*args, **kwargs):
        ran.append(len(kwargs["input_ids"]))
        return plain(*args, **kwargs)

    monkeypatch.setattr(qwen.model, "forward", forward)
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda device: None)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda device: 5000 + 100 * ran[-1])
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, 10**9))
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    assert rows_in_free_memory(qwen, longest=2.0, n_steps=3) == rows
    assert ran == [2, 2, 2, 4, 4, 4], "three steps of two rows, then of four"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_the_rows_that_are_chosen_on_a_gpu_run_there(folders):
    model = load_model(folders["qwen2_audio"], device="cuda")
    run = run_on(model, voices(5), batch_size="auto")
    assert (run.status == "ok").all()
    assert json.loads(run.attrs["decoding"])["batch_size"] > 1

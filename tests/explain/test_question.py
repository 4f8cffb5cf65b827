"""The parts of the variance, by hand and where they were planted."""

import numpy as np
import pytest
import xarray as xr

import sottovoce
from sottovoce.errors import ExplanationError
from sottovoce.explain import question_sensitivity, question_variants, variance_parts


def planted(recording=0.0, prompt=0.0, both=0.0, seed=0):
    rng = np.random.default_rng(seed)
    of_recording, of_prompt = rng.normal(size=(40, 1, 3)), rng.normal(size=(1, 30, 3))
    of_both = rng.normal(size=(40, 30, 3))
    values = recording * of_recording + prompt * of_prompt + both * of_both
    return xr.DataArray(
        values,
        dims=("utterance", "prompt", "emotion"),
        coords={"emotion": ["angry", "neutral", "sad"]},
    )


def test_planted_parts_are_found():
    only = variance_parts(planted(recording=1.0))["part"]
    np.testing.assert_allclose(only, [1, 0, 0], atol=1e-12)
    mixed = variance_parts(planted(recording=1.0, prompt=1.0, both=1.0))["part"]
    np.testing.assert_allclose(mixed, [1 / 3] * 3, atol=0.08)
    parts = variance_parts(planted(prompt=1.0, both=0.5))
    np.testing.assert_allclose(parts["part_of_emotion"].sum("source"), 1)


def test_recordings_that_failed_are_left_out():
    shares = planted(recording=1.0, prompt=0.5)
    broken = shares.copy()
    broken[3, 2] = np.nan
    parts = variance_parts(broken)
    assert parts.attrs["n_left_out"] == 1
    expected = variance_parts(shares.isel(utterance=[i for i in range(40) if i != 3]))
    np.testing.assert_allclose(parts["part"], expected["part"])
    with pytest.raises(ExplanationError, match="1 recordings with an answer to each of 30"):
        variance_parts(shares[:1])


def test_nothing_that_varies_has_no_parts():
    assert variance_parts(planted() + 0.2)["part"].isnull().all()


def test_variants_differ_in_one_thing():
    variants = question_variants(n_orders=4, seed=1)
    texts = [prompt.text for prompt in variants["order"]]
    assert len(set(texts)) == 4
    assert len({"".join(sorted(text.replace(",", "").split())) for text in texts}) <= 4
    for text in texts:
        assert all(name in text for name in ("angry", "disgusted", "neutral", "sad"))
    assert variants["order"] == question_variants(n_orders=4, seed=1)["order"]
    assert len(question_variants(["a", "b"], n_orders=9)["order"]) == 2
    assert {prompt.language for prompt in variants["language"]} == {"en", "ja"}
    listed, free = variants["listing"]
    assert "angry" in listed.text
    assert "angry" not in free.text


def test_a_question_is_told_apart_from_the_recordings(bundled):
    corpus = sottovoce.load_corpus("sample").select(speakers="tom")
    found = question_sensitivity(
        bundled,
        corpus.recordings,
        {"order": question_variants(n_orders=2)["order"], "same": ["one_word", "one_word_3"]},
        progress=False,
    )
    assert found["share"].sizes["prompt"] == 4
    assert found["varies"].sel(factor="order").sum() == 2
    np.testing.assert_allclose(found["part"].sum("source"), 1)
    # The bundled model was taught with many wordings: it hears the recording first of all.
    assert (found["part"].sel(source="recording") > 0.5).all()
    sottovoce.plots.prompt_strip(found["share"], "tom_sad")
    with pytest.raises(ExplanationError, match="'few' has fewer than two questions"):
        question_sensitivity(bundled, corpus.recordings, {"few": ["one_word"]})

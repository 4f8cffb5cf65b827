"""Every plot of the gallery: saved with its alt text, and with Japanese names."""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from matplotlib import pyplot as plt
from matplotlib.text import Text

from sottovoce import plots
from sottovoce.corpora import Corpus
from sottovoce.errors import ReadoutError, RunError
from sottovoce.plots import text
from sottovoce.plots.gallery import DECISIONS, EXAMPLES, EXPLANATIONS, Material, draw_all

sys.path.insert(0, str(Path(__file__).parent))

from explained import explained

CONCEPTS = {"怒り": ["怒り"], "悲しみ": ["悲しみ"], "中立": ["中立"], "喜び": ["喜び"]}
PIECES = ["怒り", *"60%、", "悲しみ", *"30%、", "中立", *"10%", ""]
CLIPS = [f"録音{i}" for i in range(8)]


def corpus_of(votes: np.ndarray, utterances: list[str], emotions: list[str]) -> Corpus:
    table = pd.DataFrame(
        {"path": "x.wav", "speaker": ["話者"] * len(utterances)},
        index=pd.Index(utterances, name="utterance"),
    )
    labelled = xr.DataArray(
        votes,
        dims=("utterance", "emotion"),
        coords={"utterance": utterances, "emotion": emotions},
    )
    return Corpus("日本語", table, labelled)


@pytest.fixture
def material(make_run) -> Material:
    rng = np.random.default_rng(0)
    emotions = list(CONCEPTS)
    corpus = corpus_of(rng.multinomial(9, [0.4, 0.3, 0.2, 0.1], size=8), CLIPS, emotions)
    shares = xr.DataArray(
        rng.dirichlet(np.ones(4), size=(8, 2)),
        dims=("utterance", "prompt", "emotion"),
        coords={"utterance": CLIPS, "prompt": ["割合", "一語"], "emotion": emotions},
    )
    run = make_run(PIECES, CONCEPTS, utterance=CLIPS[0], prompt="割合")
    return Material(run, corpus, {"token level": shares, "文字": shares}, CLIPS[0], "割合")


def written(ax) -> str:
    return "".join(artist.get_text() for artist in ax.figure.findobj(Text))


@pytest.mark.parametrize("name", EXAMPLES)
def test_japanese_names_are_drawn_in_every_plot(material, name):
    if text._cjk_font() is None:
        pytest.skip("no font with Japanese characters is installed")
    ax = EXAMPLES[name][0](material)
    ax.figure.canvas.draw()  # a missing glyph is a warning, and warnings are errors here
    assert text.NO_GLYPH not in written(ax)
    assert "割合" in written(ax)
    assert "怒り" in written(ax) or name in ("ambiguity_scatter", "reliability")


@pytest.mark.parametrize("name", EXAMPLES)
def test_without_a_font_every_plot_says_once_which_to_install(material, name, monkeypatch):
    monkeypatch.setattr(text, "_cjk_font", lambda: None)
    text._warn_no_font.cache_clear()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        ax = EXAMPLES[name][0](material)
        ax.figure.canvas.draw()
        EXAMPLES[name][0](material)
    text._warn_no_font.cache_clear()
    assert len(told) == 1
    assert "apt install fonts-noto-cjk" in str(told[0].message)
    assert text.NO_GLYPH in written(ax)


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_japanese_names_are_drawn_in_every_explanation(name):
    if text._cjk_font() is None:
        pytest.skip("no font with Japanese characters is installed")
    found = explained(name, ["怒り", "悲しみ", "中立"], "録音１")
    ax = EXPLANATIONS[name][0](found)
    ax.figure.canvas.draw()  # a missing glyph is a warning, and warnings are errors here
    assert text.NO_GLYPH not in written(ax)
    assert "怒り" in written(ax)
    told = EXPLANATIONS[name][1](found)
    assert told.endswith(".")
    assert "怒り" in told


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_plot_has_words(material, name):
    told = EXAMPLES[name][1](material)
    assert told.endswith(".")
    assert "割合" in told or CLIPS[0] in told


def test_every_plot_is_in_the_gallery_and_has_a_twin():
    drawing = [name for name in plots.__all__ if f"describe_{name}" in plots.__all__]
    assert sorted(EXAMPLES | EXPLANATIONS | DECISIONS) == sorted(drawing)
    assert len(plots.__all__) == 2 * len(drawing) + 2  # and the two about colours


def test_all_are_saved_and_closed(make_run, tmp_path):
    run = make_run(PIECES, CONCEPTS)
    corpus = corpus_of(np.array([[5, 2, 1, 1]]), ["1061_TIE_ANG_XX"], list(CONCEPTS))
    open_before = plt.get_fignums()
    drawn = draw_all(tmp_path / "new", run, corpus)
    assert [picture.name for picture in drawn] == list(EXAMPLES)
    for picture in drawn:
        assert picture.path.read_bytes().startswith(b"\x89PNG")
        assert picture.description
    assert plt.get_fignums() == open_before
    with pytest.raises(ReadoutError, match="prompt='x' is not in the shares"):
        draw_all(tmp_path, run, corpus, prompt="x")
    other = corpus_of(np.array([[5, 2, 1, 1]]), ["other"], list(CONCEPTS))
    with pytest.raises(RunError, match="none of the recordings of this run has votes"):
        draw_all(tmp_path, run, other)

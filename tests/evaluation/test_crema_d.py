"""Known figures of a real corpus: what constants score on listeners' votes."""

import pandas as pd
import pytest
import xarray as xr

from sottovoce.evaluation import evaluate, reference_distribution

COLUMNS = {"A": "angry", "D": "disgusted", "F": "fearful", "H": "happy", "N": "neutral", "S": "sad"}


@pytest.fixture(scope="module")
def voice_votes(test_data) -> xr.DataArray:
    path = test_data / "crema-d" / "processedResults" / "tabulatedVotes.csv"
    table = pd.read_csv(path, index_col=0)
    table = table[table.index // 100_000 == 1]
    return xr.DataArray(
        table[list(COLUMNS)].to_numpy(float),
        dims=("utterance", "emotion"),
        coords={
            "utterance": table["fileName"].to_numpy(),
            "emotion": list(COLUMNS.values()),
            "speaker": ("utterance", table["fileName"].str[:4].to_numpy()),
        },
    )


def test_constants_score_what_is_known(voice_votes):
    reference = reference_distribution(voice_votes)
    first = (reference == reference.max("emotion")).astype(float)
    one_hot = first / first.sum("emotion")
    neutral = xr.zeros_like(reference) + (reference["emotion"] == "neutral")
    result = evaluate({"one-hot": one_hot, "always neutral": neutral}, voice_votes, n_boot=100)
    value = result["value"].squeeze("prompt")
    known = {  # whole corpus; the seventy actors differ by some thousandths
        "uniform": {"js": 0.378, "bc": 0.657},
        "corpus mean": {"js": 0.290, "bc": 0.738, "accuracy": 0.573},
        "always neutral": {"js": 0.433, "bc": 0.589, "accuracy": 0.573},
        "one-hot": {"accuracy": 1.0},
    }
    for predictor, figures in known.items():
        for measure, expected in figures.items():
            found = float(value.sel(predictor=predictor, measure=measure))
            assert found == pytest.approx(expected, abs=0.02), (predictor, measure)
    assert result.attrs["resampled"] == "speaker"
    mean = result.sel(predictor="corpus mean", measure="js").squeeze("prompt")
    assert mean["low"] < mean["value"] < mean["high"]
    assert mean["high"] - mean["low"] < 0.03


def test_the_development_speakers_constants(voice_votes):
    chosen = voice_votes[voice_votes["speaker"].isin([str(n) for n in range(1061, 1071)])]
    result = evaluate({"x": reference_distribution(chosen)}, chosen, n_boot=0)
    js = result["value"].sel(measure="js", prompt="")
    assert chosen.sizes["utterance"] == 820
    assert float(js.sel(predictor="uniform")) == pytest.approx(0.384, abs=0.001)
    assert float(js.sel(predictor="corpus mean")) == pytest.approx(0.279, abs=0.001)

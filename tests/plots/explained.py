"""Made-up results of explanations, each shaped as the function that a plot is for returns it."""

import numpy as np
import xarray as xr

ENGLISH = ["angry", "neutral", "sad"]


def explained(plot: str, emotions: list[str] = ENGLISH, utterance: str = "clip") -> xr.Dataset:
    """What a plot draws, with the first emotion as what is explained."""
    return _MAKERS[plot](emotions, utterance)


def make_map(
    emotions: list[str],
    utterance: str,
    *,
    n_seconds: int = 9,
    n_bands: int = 1,
    tested: bool = True,
    seed: int = 0,
) -> xr.Dataset:
    """A map whose fourth window is what counts."""
    rng = np.random.default_rng(seed)
    shape = (n_seconds, n_bands, len(emotions))
    effect = rng.normal(0, 0.02, shape)
    effect[min(3, n_seconds - 1), 0, 0] = 0.3
    start = np.arange(n_seconds) * 0.3
    edges = np.linspace(0, 8000, n_bands + 1)
    wave = rng.random(200)
    variables = {
        "effect": (("second", "band", "emotion"), effect),
        "whole": ("emotion", np.linspace(0.7, 0.1, len(emotions))),
        "crest": ("moment", wave),
        "trough": ("moment", -wave),
    }
    attrs = {
        "utterance": utterance,
        "target": emotions[0],
        "duration": 0.3 * n_seconds,
        "method": "occlusion",
        "fill": "silence",
    }
    fraction = np.array([0, 0.1, 0.2, 0.3, 0.5, 0.75, 1])
    if tested:
        variables |= {
            "deletion": ("fraction", 0.7 - 0.6 * fraction**0.3),
            "insertion": ("fraction", 0.1 + 0.6 * fraction**0.3),
            "random_deletion": (("order", "fraction"), 0.7 - 0.6 * rng.random((9, 7))),
            "random_insertion": (("order", "fraction"), 0.1 + 0.6 * rng.random((9, 7))),
            "shuffled_correlation": ("shuffle", [0.12, np.nan]),
        }
        attrs |= {f"{name}_gain": 0.2 for name in ("deletion", "insertion")}
        attrs |= {"deletion_p": 0.05, "insertion_p": 0.3}
    coords = {
        "second": start + 0.15,
        "start": ("second", start),
        "end": ("second", start + 0.3),
        "band": (edges[:-1] + edges[1:]) / 2,
        "low": ("band", edges[:-1]),
        "high": ("band", edges[1:]),
        "emotion": emotions,
        "moment": np.linspace(0, 0.3 * n_seconds, 200),
        "fraction": fraction,
    }
    return xr.Dataset(variables, coords, attrs)


def make_counterfactuals(emotions: list[str], utterance: str, *, n_factors: int = 3) -> xr.Dataset:
    """Curves that cross twice, around the neutral value."""
    value = np.linspace(-4, 4, 5)
    first = 0.8 - 0.15 * np.abs(value)
    share = np.stack([first] + [(1 - first) / (len(emotions) - 1)] * (len(emotions) - 1), axis=-1)
    return xr.Dataset(
        {
            "share": (("factor", "degree", "emotion"), np.stack([share] * n_factors)),
            "flip": (("factor", "side"), [[-3.5, np.nan]] * n_factors),
            "flip_to": (("factor", "side"), [[emotions[1], ""]] * n_factors),
            "whole": ("emotion", share[2]),
            "resynthesis": ("emotion", 0 * share[2]),
        },
        {
            "factor": ["pitch", "tilt", "noise"][:n_factors],
            "value": (("factor", "degree"), [value] * n_factors),
            "unit": ("factor", ["semitones", "dB", "dB"][:n_factors]),
            "neutral": ("factor", [0.0] * n_factors),
            "side": ["below", "above"],
            "emotion": emotions,
        },
        {"utterance": utterance, "prompt": "one_word"},
    )


def make_versions(emotions: list[str], utterance: str) -> xr.Dataset:
    """Three versions, of which the last is far away."""
    share = np.full((3, len(emotions)), 0.1 / (len(emotions) - 1))
    share[:2, 0] = share[2, 1] = 0.9
    return xr.Dataset(
        {
            "share": (("version", "emotion"), share),
            "distance": ("version", [0.0, 0.02, 0.8]),
        },
        {"version": ["as it is", "flat pitch", "silence"], "emotion": emotions},
        {"utterance": utterance, "prompt": "one_word"},
    )


def make_layers(emotions: list[str], utterance: str, *, patched: bool = False) -> xr.Dataset:
    """Four layers, of which the last two know the first emotion."""
    rng = np.random.default_rng(0)
    share = rng.dirichlet(np.ones(len(emotions)), size=(4, 8))
    share[2:, -1] = 0.1 / (len(emotions) - 1)
    share[2:, -1, 0] = 0.9
    part = ["before", *["sound"] * 4, "question", "question", "answer"]
    second = [np.nan, 0.1, 0.3, 0.5, 0.7, np.nan, np.nan, np.nan]
    found = xr.Dataset(
        {"share": (("layer", "position", "emotion"), share), "whole": ("emotion", share[-1, -1])},
        {
            "layer": np.arange(4),
            "position": np.arange(8),
            "part": ("position", part),
            "second": ("position", second),
            "emotion": emotions,
        },
        {
            "utterance": utterance,
            "prompt": "one_word",
            "target": emotions[0],
            "settles": 2,
            "method": "logit lens",
        },
    )
    if not patched:
        return found
    part = [*["sound"] * 5, "whole sound", "question", "answer"]
    found["recovered"] = (("layer", "position"), rng.random((4, 8)))
    found = found.assign_coords(
        part=("position", part),
        start=("position", [0, 0.2, 0.4, 0.6, 0.8, 0, np.nan, np.nan]),
        end=("position", [0.2, 0.4, 0.6, 0.8, 1, 1, np.nan, np.nan]),
    )
    del found.attrs["settles"]
    return found.assign_attrs(method="activation patching")


def make_variance(emotions: list[str], utterance: str) -> xr.Dataset:
    """Two factors, of which the first moves nothing; named after the emotions, as a user might."""
    return xr.Dataset(
        {"part": (("factor", "source"), [[1.0, 0.0, 0.0], [0.5, 0.3, 0.2]])},
        {"factor": emotions[:2], "source": ["recording", "prompt", "interaction"]},
    )


def make_curve(emotions: list[str], utterance: str) -> xr.Dataset:
    """A prompt that is named after an emotion, and two sizes."""
    value = np.array([[0.3, 0.2, 0.19]])
    over = ("prompt", "size")
    return xr.Dataset(
        {
            "value": (over, value),
            "low": (over, value - 0.02),
            "high": (over, value + 0.02),
            "enough": ("prompt", [5.0]),
        },
        {"prompt": emotions[:1], "size": [0, 5, 10]},
        {
            "title": "Jensen-Shannon divergence, base 2",
            "better": "lower",
            "n_draws": 7,
            "verdict": f"{emotions[0]}: 5 labelled clips are enough.",
        },
    )


_MAKERS = {
    "learning_curve": make_curve,
    "variance_bars": make_variance,
    "layer_curves": make_layers,
    "layer_map": make_layers,
    "evidence_map": make_map,
    "counterfactual_curves": make_counterfactuals,
    "version_bars": make_versions,
}

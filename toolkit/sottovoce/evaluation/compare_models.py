"""compare_models: how far models differ, and how much of it is spelling or sound."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import xarray as xr

from sottovoce.dataset import select_spellings
from sottovoce.errors import RunError, VotesError
from sottovoce.evaluation.by_utterance import by_utterance
from sottovoce.readout import pool_windows, read_out

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS = ("spelling", "front end", "model")
STAGES = ("own", "same spellings", "same spellings and sound")


def compare_models(
    own: Mapping[str, xr.Dataset],
    alike: Mapping[str, xr.Dataset],
    votes: Any = None,
    *,
    readout: str = "answer_step",
    **options: Any,
) -> xr.Dataset:
    """Split the difference of models into what comes from spelling, from sound, and from them.

    Two models that weigh the same may still differ: a word that is one token to one of them is
    three to the other, and a voice reaches one at 24 kHz and the other at 16. So their shares are
    taken three times: as they are; with those spellings alone that both write as a whole token; and
    besides, over what the front ends of both let through. The steps between these are the parts of
    the difference, and they sum to it exactly.

    Parameters
    ----------
    own, alike
        Model's name -> run, as :func:`sottovoce.capture_models` makes them.
    votes
        A corpus, or counts with dims (utterance, emotion), to tell how near each model is to the
        listeners at each stage.
    readout, **options
        By which the runs are read.

    Returns
    -------
    Dataset
        `difference` (pair, part, utterance, prompt, emotion): the parts "spelling", "front end" and
        "model" of the first model's shares minus the second's. `size` (pair, part, prompt): how
        much of the shares it moves, the mean over utterances of half the absolute differences; the
        sizes do not sum, since parts may cancel. With votes, `js` (pair, of, stage, prompt), the
        mean JS divergence of either model at each stage. Along pair: `first`, `second` and
        `spellings`, those that both write as a whole token.

    Raises
    ------
    VotesError
        If there are fewer than two models, or they have no utterance in common.
    RunError
        If a concept has no spelling that both write as a token.

    Notes
    -----
    The order matters where parts interact: spellings are made the same first. Where both models
    hear alike, the front end's part is 0; what remains within the front end, such as the features
    that are computed from the same samples, counts as the model's.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "anna_sad.flac"
    >>> model = sottovoce.load_model()
    >>> runs = sottovoce.capture_models({"a": model, "b": model}, clip, "one_word", progress=False)
    >>> compare_models(runs.own, runs.alike)["size"].values.ravel()
    array([0., 0., 0.])
    """
    if len(own) < 2 or set(own) != set(alike):
        raise VotesError(
            f"own has the runs of {sorted(own)} and alike of {sorted(alike)}; both must have the "
            "same models, two or more"
        )
    pairs = [
        _pair(first, second, own, alike, votes, readout, options)
        for first, second in combinations(own, 2)
    ]
    result = xr.concat(pairs, "pair", join="outer", combine_attrs="drop_conflicts")
    return result.assign_attrs(readout=readout)


def _pair(
    first: str,
    second: str,
    own: Mapping[str, xr.Dataset],
    alike: Mapping[str, xr.Dataset],
    votes: Any,
    readout: str,
    options: Mapping[str, Any],
) -> xr.Dataset:
    common = common_spellings(own[first], own[second])

    def stages(name: str) -> xr.DataArray:
        runs = {
            STAGES[0]: own[name],
            STAGES[1]: select_spellings(own[name], common),
            STAGES[2]: select_spellings(alike[name], common),
        }
        shares = [_of_recordings(read_out(run, readout, **options)) for run in runs.values()]
        return xr.concat(shares, xr.Variable("stage", list(runs)), join="inner")

    a, b = xr.align(stages(first), stages(second), join="inner")
    if not a.sizes["utterance"] or not a.sizes["prompt"]:
        raise VotesError(f"{first} and {second} have no utterance and prompt in common")
    apart = a - b
    steps = [apart.isel(stage=0) - apart.isel(stage=1), apart.isel(stage=1) - apart.isel(stage=2)]
    difference = xr.concat(
        [one.drop_vars("stage", errors="ignore") for one in (*steps, apart.isel(stage=2))],
        xr.Variable("part", list(PARTS)),
    )
    found = {
        "difference": difference,
        "size": abs(difference).sum("emotion", skipna=False).mean("utterance") / 2,
    }
    if votes is not None:
        distances = [by_utterance(one, votes).mean("utterance") for one in (a, b)]
        found["js"] = xr.concat(distances, xr.Variable("of", ["first", "second"]))
    told = "; ".join(f"{concept}: {', '.join(words)}" for concept, words in common.items())
    names = {"first": first, "second": second, "spellings": told}
    return (
        xr.Dataset(found)
        .expand_dims(pair=[f"{first} - {second}"])
        .assign_coords({name: ("pair", [value]) for name, value in names.items()})
    )


def common_spellings(first: xr.Dataset, second: xr.Dataset) -> dict[str, list[str]]:
    """Return the spellings of each concept that both runs have as a whole token.

    Raises
    ------
    RunError
        If a concept of both has none.
    """
    whole = [_whole_tokens(run) for run in (first, second)]
    concepts = [concept for concept in whole[0] if concept in whole[1]]
    common = {
        concept: [word for word in whole[0][concept] if word in whole[1][concept]]
        for concept in concepts
    }
    lacking = [concept for concept, words in common.items() if not words]
    if lacking or not common:
        raise RunError(
            f"{first.attrs['model_id']} and {second.attrs['model_id']} write no spelling of "
            f"{', '.join(map(repr, lacking)) or 'any concept'} as a whole token in common. Capture "
            "both with more spellings: tokens={concept: [spelling, ...]}."
        )
    return common


def _whole_tokens(run: xr.Dataset) -> dict[str, dict[str, None]]:
    found: dict[str, dict[str, None]] = {}
    columns = (run[name].values for name in ("concept", "kind", "spelling", "n_pieces"))
    for concept, kind, spelling, n_pieces in zip(*columns, strict=True):
        if kind != "percentage" and int(n_pieces) == 1:
            found.setdefault(str(concept), {})[str(spelling)] = None
    return found


def _of_recordings(shares: xr.DataArray) -> xr.DataArray:
    """Return shares of whole recordings, with the coordinates that every model has."""
    return pool_windows(shares).reset_coords(drop=True).transpose("utterance", "prompt", "emotion")

"""An evaluation as a table to print and as plain data to save."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sottovoce.errors import VotesError, require_one_of
from sottovoce.evaluation.alignment import NO_PROMPT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr

PRINTED = ("js", "bc", "accuracy", "entropy_rho")
UNDEFINED = "–"
# Kinds of rows that are no read-out, and what stands in the place of their prompt.
ASIDE = {"constant": "constant", "ceiling": "listeners"}


def to_table(
    evaluation: xr.Dataset,
    measures: Sequence[str] | None = PRINTED,
    *,
    intervals: bool = True,
    decimals: int = 3,
) -> pd.DataFrame:
    """Lay an evaluation out for printing, such as ``0.171 [0.160, 0.182]``.

    Parameters
    ----------
    evaluation
        From `evaluate`.
    measures
        The columns; None for all. Where the evaluation lacks the default ones, all.
    intervals
        Whether to print the intervals.
    decimals
        Of every number.

    Returns
    -------
    DataFrame
        One row for each prompt and read-out, then one for each constant and one for what the
        listeners themselves score; the columns are n and the measures, as text. "–" where a measure
        is undefined. The index is (prompt, readout), or readout alone if there are no prompts.

    Examples
    --------
    >>> import xarray as xr
    >>> from sottovoce.evaluation import evaluate
    >>> votes = xr.DataArray(
    ...     [[9, 1], [2, 8], [5, 4], [0, 7]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": list("abcd"), "emotion": ["angry", "sad"]},
    ... )
    >>> share = (votes + 1) / (votes + 1).sum("emotion")
    >>> result = evaluate({"smoothed": share}, votes, speakers=dict(zip("abcd", "1234")))
    >>> print(to_table(result, ["js"]).to_string(index_names=False))
                       n                    js
    smoothed           4  0.017 [0.001, 0.043]
    uniform            4  0.133 [0.038, 0.234]
    corpus mean        4  0.126 [0.027, 0.225]
    half the votes     4  0.071 [0.000, 0.179]
    perfect knowledge  4  0.021 [0.001, 0.081]
    """
    known = set(evaluation["measure"].values) if "measure" in evaluation.coords else set()
    names = _measure_names(
        evaluation, None if measures is PRINTED and not known >= set(PRINTED) else measures
    )
    aside = evaluation["kind"].isin(list(ASIDE))
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for prompt in evaluation["prompt"].values.tolist():
        for readout in evaluation["predictor"].values[~aside].tolist():
            one = evaluation.sel(predictor=readout, prompt=prompt)
            if int(one["n"]) or int(one["n_missing"]):
                rows[prompt, readout] = _printed(one, names, intervals, decimals)
    for predictor in evaluation["predictor"].values[aside].tolist():
        one = evaluation.sel(predictor=predictor).isel(prompt=0)
        rows[ASIDE[one["kind"].item()], predictor] = _printed(one, names, intervals, decimals)
    table = pd.DataFrame(list(rows.values()), columns=["n", *names])
    table.index = pd.MultiIndex.from_tuples(list(rows), names=["prompt", "readout"])
    without_prompts = evaluation["prompt"].values.tolist() == [NO_PROMPT]
    return table.droplevel("prompt") if without_prompts else table


def to_json(evaluation: xr.Dataset) -> dict[str, Any]:
    """Return an evaluation as plain lists, dicts, numbers and None, which JSON can hold.

    Parameters
    ----------
    evaluation
        From `evaluate`.

    Returns
    -------
    dict
        ``meta``: the attributes, and what each measure is. ``results``: for each prompt and
        read-out ``{"prompt", "readout", "n", "n_missing", "n_untied", measure: {"value", "low",
        "high"}, ...}``. ``constants``: the same with ``"constant"`` for the name.
        ``ceiling``: the same with ``"ceiling"``, empty where the votes are no counts. Undefined
        numbers are None.

    Examples
    --------
    >>> import xarray as xr
    >>> from sottovoce.evaluation import evaluate
    >>> votes = xr.DataArray(
    ...     [[9, 1], [2, 8]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": ["a", "b"], "emotion": ["angry", "sad"]},
    ... )
    >>> data = to_json(evaluate({"perfect": votes / 10}, votes, n_boot=0))
    >>> data["results"][0]["readout"], data["results"][0]["js"]
    ('perfect', {'value': 0.0, 'low': None, 'high': None})
    >>> [entry["constant"] for entry in data["constants"]]
    ['uniform', 'corpus mean']
    """
    names = _measure_names(evaluation, None)
    meta: dict[str, Any] = _plain(evaluation.attrs)
    for key in ("predictors", "reference"):
        meta[key] = _plain(json.loads(meta[key]))
    meta["notes"] = meta["notes"].splitlines()
    meta["measures"] = {
        name: {key: str(evaluation[key].sel(measure=name).item()) for key in ("title", "better")}
        for name in names
    }
    results: list[dict[str, Any]] = []
    aside: dict[str, list[dict[str, Any]]] = {kind: [] for kind in ASIDE}
    for prompt in evaluation["prompt"].values.tolist():
        for predictor in evaluation["predictor"].values.tolist():
            one = evaluation.sel(predictor=predictor, prompt=prompt)
            kind = one["kind"].item()
            if kind in ASIDE:
                if prompt == evaluation["prompt"].values[0]:
                    aside[kind].append({kind: predictor, **_numbers(one, names)})
            elif int(one["n"]) or int(one["n_missing"]):
                results.append({"prompt": prompt, "readout": predictor, **_numbers(one, names)})
    return {
        "meta": meta,
        "results": results,
        "constants": aside["constant"],
        "ceiling": aside["ceiling"],
    }


def _measure_names(evaluation: xr.Dataset, measures: Sequence[str] | None) -> list[str]:
    if "kind" not in evaluation.coords or "value" not in evaluation:
        raise VotesError("this dataset is not an evaluation: give what evaluate() returned")
    known = [str(name) for name in evaluation["measure"].values]
    for name in measures or ():
        require_one_of("measure", name, known, VotesError)
    return known if measures is None else list(measures)


def _printed(one: xr.Dataset, names: list[str], intervals: bool, decimals: int) -> dict[str, str]:
    row = {"n": str(int(one["n"]))}
    for name in names:
        value, low, high = _triple(one, name)
        text = UNDEFINED if np.isnan(value) else _rounded(value, decimals)
        if intervals and not np.isnan(low):
            text += f" [{_rounded(low, decimals)}, {_rounded(high, decimals)}]"
        row[name] = text
    return row


def _rounded(value: float, decimals: int) -> str:
    return f"{round(value, decimals) + 0.0:.{decimals}f}"  # + 0.0 turns -0.0 into 0.0


def _numbers(one: xr.Dataset, names: list[str]) -> dict[str, Any]:
    counts = {key: int(one[key]) for key in ("n", "n_missing", "n_untied")}
    triples = {
        name: dict(zip(("value", "low", "high"), map(_plain, _triple(one, name)), strict=True))
        for name in names
    }
    return {**counts, **triples}


def _triple(one: xr.Dataset, name: str) -> tuple[float, float, float]:
    at = one.sel(measure=name)
    return float(at["value"]), float(at["low"]), float(at["high"])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, np.generic | np.ndarray):
        return _plain(value.tolist())
    return None if isinstance(value, float) and not np.isfinite(value) else value

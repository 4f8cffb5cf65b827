"""The Python behind a linked view."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr


def code_of(
    run: xr.Dataset | None, utterance: str, prompt: str, sources: Mapping[str, xr.DataArray]
) -> str:
    """Return Python that reads the same shares from the run and shows them again.

    Shares that a read-out made are read anew, with its options; others, such as votes, stand there
    as numbers. Whatever a name holds, it is a literal of Python.
    """
    if run is None:
        return "from sottovoce.widgets import LinkedView\n\nview = LinkedView()\nview"
    cell = {"utterance": utterance, "prompt": prompt}
    told = [f"    {label!r}: {_expression(source, cell)}," for label, source in sources.items()]
    needs_xarray = any("xr.DataArray" in line for line in told)
    model = run.attrs.get("model_id", "unknown")
    lines = [
        "import sottovoce",
        *(["import xarray as xr"] if needs_xarray else []),
        "from sottovoce.widgets import LinkedView",
        "",
        f"# The run of the model {model!r}; keep it with sottovoce.save_run(view.run, 'run.nc')",
        "run = sottovoce.open_run('run.nc')",
        "shares = {",
        *told,
        "}",
        "view = LinkedView()",
        f"view.show(run, {utterance!r}, {prompt!r}, shares=shares)",
        "view",
    ]
    return "\n".join(lines) + "\n"


def _expression(source: xr.DataArray, cell: Mapping[str, str]) -> str:
    readout = source.attrs.get("readout")
    if isinstance(readout, str):
        options = json.loads(source.attrs.get("options") or "{}")
        given = "".join(
            f", {name}={_literal(name, value)}"
            for name, value in options.items()
            if value is not None
        )
        return f"sottovoce.read_out(run, {readout!r}{given})"
    one = source.sel({dim: name for dim, name in cell.items() if dim in source.dims})
    emotions = [str(name) for name in one["emotion"].values]
    values = ", ".join(
        repr(value) if math.isfinite(value) else "float('nan')"
        for value in one.values.astype(float).tolist()
    )
    return f"xr.DataArray([{values}], {{'emotion': {emotions!r}}})"


def _literal(name: str, value: Any) -> str:
    """Return an option as Python; a slice was noted as its three parts."""
    if name == "steps" and isinstance(value, list) and None in value:
        return f"slice({', '.join(map(repr, value))})"
    return repr(value)

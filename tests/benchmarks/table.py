"""Results as JSON and as the Markdown table that the README includes."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from timing import Result, Skipped

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
HEADER = "| what | against | measured | wanted | differ by | memory |\n" + "| --- " * 6 + "|\n"


def as_told(results: Sequence[Result | Skipped], size: str) -> dict[str, Any]:
    """Return the results of a benchmark with what they were measured on."""
    return {
        "size": size,
        "processor": _processor(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "transformers", "sottovoce")},
        "results": [asdict(result) for result in results],
    }


def as_markdown(told: Mapping[str, dict[str, Any]]) -> str:
    """Return the table of what benchmarks told, by name.

    Examples
    --------
    >>> found = {"what": "a", "against": "b", "value": 0.5, "least": 0.4, "most": 0.625,
    ...          "unit": "", "wanted": 1.0, "differs": 0.0, "megabytes": {"a": 12.2}}
    >>> told = {"some": {"results": [found, {"what": "c", "why": "no GPU"}]}}
    >>> print(as_markdown(told).splitlines()[2])
    | a | b | .500 [.400, .625] | 1.0 | 0 | a 12 MB |
    """
    return HEADER + "".join(
        f"| {one['what']} | *not run: {one['why']}* |  |  |  |  |\n" if "why" in one else _row(one)
        for benchmark in told.values()
        for one in benchmark["results"]
    )


def _row(one: dict[str, Any]) -> str:
    unit = f" {one['unit']}" if one["unit"] else ""
    value, least, most = (
        f"{one[name]:.3f}".removeprefix("0") for name in ("value", "least", "most")
    )
    cells = [
        one["what"],
        one["against"],
        f"{value}{unit} [{least}, {most}]",
        "" if one["wanted"] is None else f"{one['wanted']}{unit}".removeprefix("0"),
        "" if one["differs"] is None else f"{one['differs']:.1g}",
        ", ".join(f"{name} {_rounded(amount)} MB" for name, amount in one["megabytes"].items()),
    ]
    return "| " + " | ".join(cells) + " |\n"


def _rounded(amount: float) -> str:
    return f"{amount:.1f}" if amount < 10 else f"{amount:,.0f}"


def include(text: str, table: str) -> str:
    """Return a text with a table in its place."""
    return re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{table}{END}", text, flags=re.DOTALL)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")

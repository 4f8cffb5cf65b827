"""All benchmarks, or those that are named: figures as JSON, and as a table.

    python tests/benchmarks [NAME ...] [--size default] [--out out/bench] [--keep]

`--keep` puts the figures into results.json beside this file, in the place of earlier ones of these
benchmarks, and the table of all that stands there into the README.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

from table import as_markdown, as_told, include
from timing import Size, Skipped

HERE = Path(__file__).parent
README = HERE.parents[1] / "README.md"
NAMES = ("start", "cost", "prompts", "candidates", "corpus", "monitoring", "peer", "gpu")


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--size", choices=get_args(Size), default="default")
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--keep", action="store_true", help="into results.json and the README")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no benchmark is named {', '.join(sorted(unknown))}")
    told = {}
    for name in options.names or NAMES:
        print(f"{name} ...", file=sys.stderr, flush=True)  # noqa: T201
        results = import_module(name).measure(options.size)
        told[name] = as_told(results, options.size)
        for skipped in (one for one in results if isinstance(one, Skipped)):
            print(f"{skipped.what}: not run, since {skipped.why}", file=sys.stderr)  # noqa: T201
    _write(options.out, told)
    if options.keep:
        kept = json.loads((HERE / "results.json").read_text("utf-8")) | told
        kept = {name: kept[name] for name in NAMES if name in kept}
        _write(HERE, kept, table=False)
        README.write_text(include(README.read_text("utf-8"), as_markdown(kept)), encoding="utf-8")
    print(as_markdown(told))  # noqa: T201


def _write(folder: Path, told: dict[str, Any], *, table: bool = True) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if table:
        (folder / "table.md").write_text(as_markdown(told), encoding="utf-8")


if __name__ == "__main__":
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    warnings.simplefilter("ignore")
    main()

"""The rooms import in one order, and what works on saved runs does so without torch."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

IMPORT_WITHOUT_TORCH = """
import importlib, pkgutil, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "transformers", "tokenizers"):
            raise ImportError(f"{name} is out of reach")

sys.meta_path.insert(0, Blocked())
room = importlib.import_module("sottovoce." + sys.argv[1])
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    importlib.import_module(module.name)
"""


def run_python(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_rooms_import_in_the_order_of_the_design():
    told = run_python(
        "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    )
    assert "0 broken" in told


@pytest.mark.parametrize(
    "room", ["dataset", "readout", "corpora", "evaluation", "alerts", "plots", "reports"]
)
def test_what_works_on_saved_runs_needs_no_torch(room):
    run_python("-c", IMPORT_WITHOUT_TORCH, room)


def test_importing_the_package_is_quick_and_brings_no_torch():
    told = run_python(
        "-c",
        "import sys, time; start = time.process_time(); import sottovoce;"
        "print(time.process_time() - start, 'torch' in sys.modules)",
    )
    seconds, with_torch = told.split()
    assert float(seconds) < 0.5
    assert with_torch == "False"

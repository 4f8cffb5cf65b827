"""The notebook of the pilot, on a folder, votes and questions that are given as parameters."""

import ast
import json
from pathlib import Path

import nbformat
import pytest

from sottovoce.paths import data_folder

pytest.importorskip("ipykernel", reason='needs pip install "sottovoce[lab]"')
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"


def parameters(notebook):
    return [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]


@pytest.mark.parametrize("name", ["04_pilot", "08_few_labels"])
def test_parameters_stand_in_one_cell_and_are_plain_values(name):
    (cell,) = parameters(nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4))
    given = {
        line.targets[0].id: ast.literal_eval(line.value) for line in ast.parse(cell.source).body
    }
    assert json.loads(json.dumps(given)) == given


def test_the_pilot_runs_on_a_folder_and_votes_of_ones_own(tmp_path):
    notebook = nbformat.read(NOTEBOOKS / "04_pilot.ipynb", as_version=4)
    samples = data_folder() / "samples"
    given = {
        "folder": str(samples),
        "votes": str(samples / "votes.csv"),
        "prompts": ["one_word"],
        "rule": "sad above .4",
        "fewest_speakers": 4,
        "out": str(tmp_path / "pilot"),
    }
    # As papermill does it: in a cell behind the one with the defaults.
    place = notebook.cells.index(parameters(notebook)[0]) + 1
    lines = "\n".join(f"{name} = {value!r}" for name, value in given.items())
    notebook.cells.insert(place, nbformat.v4.new_code_cell(lines))
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    report = (tmp_path / "pilot" / "report.html").read_text(encoding="utf-8")
    assert "sad above" in report
    assert "clip_99" not in report

"""The README is short, its Python runs as it stands, and what it names is there."""

import json
import re
from pathlib import Path

import pytest

from sottovoce.paths import data_folder
from sottovoce.readout import READOUTS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff")
NOTEBOOKS = sorted(f"notebooks/{path.name}" for path in ROOT.glob("notebooks/*.ipynb"))


def python_block() -> str:
    blocks = re.findall(r"^```python\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)
    assert len(blocks) == 1
    return blocks[0]


def notebook_text(path: Path) -> str:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells)


def test_it_is_short():
    made_by_commands = r"(<!-- (\w+):begin -->).*?<!-- \2:end -->"
    assert len(re.sub(made_by_commands, "", README, flags=re.DOTALL).splitlines()) < 200


def test_its_python_is_a_dozen_statements():
    assert 0 < len([line for line in python_block().splitlines() if line.strip()]) <= 12


def test_its_python_runs_as_it_stands(tmp_path, monkeypatch, capsys):
    if not (data_folder() / "model" / "config.json").is_file():
        pytest.skip("the bundled model has not been made: data/model is empty")
    from matplotlib import pyplot as plt

    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(python_block(), names)  # noqa: S102
    plt.close("all")
    printed = capsys.readouterr().out
    assert "token level" in printed
    assert "corpus mean" in printed
    assert (tmp_path / "my_run.zarr" / "zarr.json").is_file()
    assert (tmp_path / "tom_angry.png").stat().st_size > 10_000


@pytest.mark.parametrize("page", [page for page in PAGES if page.endswith(".md")])
def test_what_is_linked_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?://)([^)#]+)\)", text)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_readout_is_explained():
    assert set(READOUTS) <= set(re.findall(r"^\| `(\w+)` \|", README, flags=re.MULTILINE))


def test_every_notebook_is_listed():
    listed = re.findall(r"`(\d\d_\w+)`", README)
    assert [f"notebooks/{name}.ipynb" for name in sorted(listed)] == NOTEBOOKS


def test_the_place_of_the_results_is_marked():
    begin, end = "<!-- results:begin -->", "<!-- results:end -->"
    assert README.count(begin) == README.count(end) == 1
    assert README.index(begin) < README.index(end)


def test_the_picture_is_small():
    picture = ROOT / "notebooks" / "images" / "start.png"
    assert picture.stat().st_size < 300_000


@pytest.mark.parametrize("page", [*PAGES, *NOTEBOOKS])
def test_it_speaks_of_nothing_but_itself(page):
    path = ROOT / page
    text = notebook_text(path) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
    # Absolute paths and neighbours of the repository, numbered issues, and unfinished business.
    forbidden = r"(?<![\w.:/])/(?:home|root|tmp|work|Users)/|\.\./|(?<!\w)#\d+\b|TODO|FIXME|XXX"
    assert re.findall(forbidden, text) == []
    assert re.findall(r"[\U0001F300-\U0001FAFF]", text) == []

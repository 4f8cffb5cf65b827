"""What a notebook's file holds of a widget, as a reader without a kernel sees it."""

import html
import re

import pytest

import sottovoce
from sottovoce.widgets import (
    AlertReview,
    Annotator,
    Compare,
    Explorer,
    LinkedView,
    PromptPicker,
    Recorder,
    RecordingPicker,
    SpellingFilter,
    Timeline,
    TokenSetEditor,
)

nbformat = pytest.importorskip("nbformat", reason="JupyterLab is missing")
nbconvert = pytest.importorskip("nbconvert", reason="JupyterLab is missing")

NAME = "tom_sad"


@pytest.fixture(scope="module")
def explorer():
    made = Explorer(sottovoce.load_model())
    made.select(NAME, ["one_word", "percentages"])
    made.run_now()
    return made


@pytest.fixture(scope="module")
def widgets(explorer, tmp_path_factory):
    corpus = sottovoce.load_corpus("sample")
    one = explorer.run.isel(utterance=[0], prompt=[0])
    return [
        explorer,
        explorer.view,
        Compare(explorer.run),
        PromptPicker(),
        TokenSetEditor(),
        RecordingPicker(corpus),
        SpellingFilter("emotions"),
        Timeline(one, corpus.recordings[NAME]),
        Annotator(corpus, tmp_path_factory.mktemp("votes") / "votes.csv", "eve"),
        AlertReview(tmp_path_factory.mktemp("alerts") / "alerts.jsonl", "eve"),
        LinkedView(),
        Recorder(),
    ]


def words(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def test_nbconvert_writes_the_still_forms(widgets):
    cells = []
    for widget in widgets:
        data, metadata = widget._repr_mimebundle_()
        output = nbformat.v4.new_output("display_data", data, metadata=metadata)
        cells.append(nbformat.v4.new_code_cell("", outputs=[output]))
    notebook = nbformat.v4.new_notebook(cells=cells)
    page, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    assert "widget-view" not in page
    for widget in widgets:
        told = words(str(widget.still()))
        assert len(told) > 10
        assert told in words(page)


def test_a_figure_is_a_picture_without_pyplot(explorer):
    from IPython.core.formatters import DisplayFormatter

    data, _ = DisplayFormatter().format(explorer.to_figure())
    assert data["image/png"].startswith(b"\x89PNG")


def test_the_names_of_rows_stand_on_the_left(widgets):
    """JupyterLab and nbconvert move whatever is in a table to the right."""
    named = [re.findall(r'<th scope="row"[^>]*>', str(widget.still())) for widget in widgets]
    assert sum(map(bool, named)) >= 7
    for heads in named:
        assert all('style="text-align:left"' in head for head in heads)

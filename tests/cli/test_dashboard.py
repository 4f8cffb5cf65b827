"""The dashboard: what it refuses and the page it serves."""

import os
import socket
import sys

import nbformat
import pytest


@pytest.fixture
def taken():
    """A port on which somebody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def served(monkeypatch):
    """What would be served: the notebook, the port, and whether a browser is opened."""
    told = {}

    def serve(page, port, *, open_browser):
        told.update(
            notebook=nbformat.read(page, as_version=4),
            folder=page.parent,
            port=port,
            open_browser=open_browser,
        )

    monkeypatch.setattr(sys.modules["sottovoce.cli.dashboard"], "_serve", serve)
    return told


def test_the_page_is_the_explorer_in_a_folder_that_is_gone_afterwards(call, served):
    result = call("dashboard", "--no-browser")
    assert result.exit_code == 0
    (cell,) = served["notebook"].cells
    assert "Explorer('bundled', sottovoce.load_corpus('sample'))" in cell.source
    nbformat.validate(served["notebook"])
    assert not served["open_browser"]
    assert not served["folder"].exists()
    assert "Synthetic voices" in result.stdout


def test_paths_hold_although_the_kernel_starts_elsewhere(
    call, served, model_folder, tmp_path, monkeypatch
):
    votes = tmp_path / "it's votes.csv"
    votes.write_text("utterance,path,angry,sad\na,a.wav,1,2\n")
    (tmp_path / "a.wav").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    result = call("dashboard", "--model", os.path.relpath(model_folder), "--corpus", votes.name)
    assert result.exit_code == 0, result.stderr
    (cell,) = served["notebook"].cells
    assert repr(str(votes)) in cell.source
    assert repr(os.path.join(tmp_path, os.path.relpath(model_folder))) in cell.source
    call("dashboard", "--corpus", votes.name, "--root", ".", "--port", served["port"])
    (cell,) = served["notebook"].cells
    assert f"root={str(tmp_path)!r}" in cell.source


def test_a_corpus_that_is_not_there_is_told_before_anything_is_served(call, served):
    result = call("dashboard", "--corpus", "nowhere.csv")
    assert result.exit_code == 3
    assert "nowhere.csv" in result.stderr
    assert not served


def test_a_port_that_is_taken_is_told(call, served, taken):
    result = call("dashboard", "--port", taken)
    assert result.exit_code == 3
    assert f"The port {taken} is taken" in result.stderr
    assert not served


def test_without_voila_it_says_how_to_get_it(call, served, monkeypatch):
    monkeypatch.setitem(sys.modules, "voila", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = call("dashboard")
    assert result.exit_code == 3
    assert 'voila is not installed. Install it with: pip install "sottovoce[lab]"' in result.stderr

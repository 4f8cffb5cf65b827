import pytest

from sottovoce.corpora import load_corpus
from sottovoce.dataset import open_run
from sottovoce.paths import data_folder

pytestmark = pytest.mark.skipif(
    not (data_folder() / "model" / "model.safetensors").is_file(),
    reason="data/model holds no weights",
)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_demo_goes_the_whole_way(numbers, tmp_path):
    result, content = numbers("demo", "--out", tmp_path / "demo")
    corpus = load_corpus("sample")
    assert result.exit_code == 0
    for told in (
        "Synthetic voices and synthetic votes",
        "recording",
        "token level",
        "listeners",
        "anna_angry",
        "corpus mean",
        "sottovoce analyse my_recordings/",
        str(tmp_path / "demo" / "index.html"),
    ):
        assert told in result.stdout
    run = open_run(tmp_path / "demo" / "run.zarr")
    assert dict(run.sizes)["utterance"] == len(corpus)
    assert run["prompt"].values.tolist() == ["percentages", "one_word", "json"]
    assert len(list((tmp_path / "demo").glob("*.png"))) == 4
    assert len(content["answers"]) == 3 * len(corpus)
    assert {entry["constant"] for entry in content["constants"]} == {"uniform", "corpus mean"}


def test_a_folder_that_is_a_file_is_refused(call, tmp_path):
    (tmp_path / "file").write_text("mine")
    assert call("demo", "--out", tmp_path / "file").exit_code == 2

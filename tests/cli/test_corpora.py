import sottovoce.corpora
from sottovoce.corpora import CORPORA, Fetched, label_sets


def test_the_corpora_are_listed(numbers):
    result, content = numbers("corpora")
    assert result.exit_code == 0
    assert [entry["name"] for entry in content["corpora"]] == list(CORPORA)
    assert [e["name"] for e in content["corpora"] if e["can_be_fetched"]] == ["crema-d"]
    for entry in content["corpora"]:
        for told in ("about", "licence", "get", "reads", "website"):
            assert entry[told] in result.stdout


def test_the_label_sets_are_listed(numbers):
    result, content = numbers("corpora", "--labels")
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(label_sets())
    assert "excited as happy" in next(line for line in lines if line.startswith("iemocap-4"))
    assert content["labels"][0]["emotions"][0] == "angry"


def test_fetch_tells_what_came(numbers, tmp_path, monkeypatch):
    asked = []

    def fetch(name, root, **options):
        asked.append((name, root, options["actors"], options["raters"]))
        return Fetched(root, "c" * 40, ("a", "b"), ("c",), {"d": "d: the server has none"})

    monkeypatch.setattr(sottovoce.corpora, "fetch", fetch)
    result, content = numbers(
        "fetch", "crema-d", "--actors", "1061-1070", "--root", tmp_path, "--no-raters"
    )
    assert asked == [("crema-d", tmp_path, "1061-1070", False)]
    assert result.exit_code == 1
    assert result.stdout == f"{tmp_path}: 2 files downloaded, 1 were there, 1 failed\n"
    assert "1 of 4 files could not be used:\n  d: the server has none" in result.stderr
    assert content["new"] == ["a", "b"]


def test_what_cannot_be_fetched_is_told(call):
    result = call("fetch", "iemocap")
    assert result.exit_code == 3
    assert "iemocap cannot be downloaded. To get it: ask for it at the website" in result.stderr

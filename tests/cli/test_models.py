import subprocess
import sys
from pathlib import Path

import pytest

from sottovoce.models import architectures
from sottovoce.models.catalogue import refused

README = Path(__file__).resolve().parents[2] / "README.md"


def test_every_architecture_is_listed_with_its_status(call):
    lines = call("models").stdout.splitlines()
    assert lines[0].startswith("model ")
    for one, line in zip(architectures().values(), lines[1:], strict=False):
        assert line.startswith(one.title)
        assert one.example in line
        assert one.status in line
    named = [line.split()[0] for line in lines[len(architectures()) + 3 :]]
    assert named == list(refused())


def test_what_is_missing_comes_with_the_command_that_brings_it(call, monkeypatch):
    monkeypatch.setattr("sottovoce.models.catalogue.find_spec", lambda name: None)
    told = call("models").stdout
    assert "needs timm, torchvision: pip install timm torchvision" in told
    assert "needs mistral-common: pip install mistral-common" in told


def test_as_json(numbers):
    result, content = numbers("models")
    assert result.exit_code == 0
    entries = {entry["name"]: entry for entry in content["architectures"]}
    assert list(entries) == list(architectures())
    assert entries["vibevoice_asr"]["rate"] == 24000
    assert "takes no words" in content["refused"]["canary"]
    assert entries["qwen2_audio"]["status"] == "works"


def test_the_readme_shows_the_same_table(call):
    begin, end = "<!-- models:begin -->\n", "<!-- models:end -->"
    text = README.read_text(encoding="utf-8")
    assert text.count(begin) == text.count(end) == 1
    shown = text.partition(begin)[2].partition(end)[0]
    assert shown == call("models", "--markdown").stdout, "run sottovoce models --markdown"


@pytest.mark.parametrize("here", [[], ["--markdown"]])
def test_it_is_quick_and_needs_no_torch(here):
    code = (
        "import sys; from sottovoce.cli import app\n"
        f"try: app(['models', *{here!r}])\n"
        "except SystemExit: pass\n"
        "print(sorted({'torch', 'transformers', 'librosa'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"

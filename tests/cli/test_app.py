import subprocess
import sys

import pytest

from sottovoce import __version__
from sottovoce.cli.exits import tell_failures

COMMANDS = ("demo", "analyse", "evaluate", "models", "check-model", "prompts", "tokens")


def test_help_lists_the_commands_and_what_exit_codes_mean(call):
    told = call("--help").stdout
    for name in COMMANDS:
        assert f"  {name} " in told
    assert "Exit codes: 0" in told


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_its_exit_codes(call, command):
    result = call(command, "--help")
    assert result.exit_code == 0
    assert "--json FILE" in result.stdout
    assert "Exit codes: 0" in result.stdout


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from sottovoce.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'transformers', 'numpy', 'pandas', 'xarray', 'librosa', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_version(call):
    assert call("--version").stdout == f"{__version__}\n"


def test_nothing_or_nonsense_is_a_usage_error(call):
    assert call().exit_code == 2
    assert call("bogus").exit_code == 2
    assert call("prompts", "--bogus").exit_code == 2


def test_what_cannot_be_done_is_told_in_words(call, tmp_path):
    result = call("evaluate", tmp_path / "no.zarr", "--corpus", "sample")
    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1].startswith("sottovoce: ")
    assert "there is no such run" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_interruption_has_its_own_code(call, monkeypatch, recordings):
    def interrupt(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("sottovoce.cli.analyse.capture_run", interrupt)
    result = call("analyse", recordings)
    assert result.exit_code == 130
    assert result.stderr == "Interrupted.\n"


def test_a_reader_who_leaves_early_is_no_error():
    command = f"{sys.executable} -c 'from sottovoce.cli import main; main()' prompts"
    script = f"{command} | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def test_failures_are_listed_up_to_a_point(capsys):
    with pytest.raises(Exception, match="1") as caught:
        tell_failures({f"clip_{i}": f"clip_{i}: broken" for i in range(15)}, 20)
    assert caught.value.exit_code == 1
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "15 of 20 recordings could not be used:"
    assert told[-1].strip() == "... and 5 more"

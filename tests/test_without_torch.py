"""What can be done with a saved run where torch is not installed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "transformers", "tokenizers"):
            raise ImportError(f"{name} is not installed here")

sys.meta_path.insert(0, Blocked())
"""
WITHOUT_TORCH = """
import sottovoce
from made_up import make_run
from sottovoce import reports

corpus = sottovoce.load_corpus("sample").select(speakers=["anna", "maya", "tom"])
path = sottovoce.save_run(make_run(corpus), "run.zarr")
run = sottovoce.open_run(path)
shares = sottovoce.read_out(run, "answer_step")
print(sottovoce.to_table(sottovoce.evaluate(shares, corpus, n_boot=10)))
sottovoce.plots.token_heatmap(run, "anna_sad", "percentages")
parts = sottovoce.explain.contributions(run, "mean_logprob")
sottovoce.plots.contribution_waterfall(parts, "anna_sad", "percentages")
print(sottovoce.explain.variance_parts(shares))
assessment = reports.assess(run, corpus, n_boot=10)
print(*reports.write_demo(run, corpus, assessment, "demo"))
"""


def python(code, cwd, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT / "tests" / "reports")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_saved_run_is_read_evaluated_and_drawn_without_torch(tmp_path):
    done = python(BLOCKED + WITHOUT_TORCH, tmp_path, MPLBACKEND="Agg")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "demo" / "index.html").is_file()


def test_the_command_line_evaluates_a_saved_run_without_torch(tmp_path):
    code = (
        "import sottovoce; from made_up import make_run\n"
        "sottovoce.save_run(make_run(sottovoce.load_corpus('sample')), 'run.zarr')\n"
        "from sottovoce.cli import app\n"
        "app(['evaluate', 'run.zarr', '--corpus', 'sample', '--n-boot', '10'])"
    )
    done = python(BLOCKED + code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "corpus mean" in done.stdout

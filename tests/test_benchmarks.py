"""The benchmarks run, at a size at which their figures mean nothing, and what is equal is equal."""

import json
import sys
from importlib import import_module
from pathlib import Path

import pytest

HERE = Path(__file__).parent
README = (HERE.parent / "README.md").read_text(encoding="utf-8")
OF_ONE_NUMBER = ("start", "cost", "prompts", "candidates", "corpus", "monitoring")


@pytest.fixture
def benchmarks(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE / "benchmarks"))
    before = set(sys.modules)
    yield import_module
    # Their names are short, and others may have use for them.
    for name in set(sys.modules) - before:
        if str(HERE / "benchmarks") in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


# librosa imports what Python drops, where an older Python has it.
@pytest.mark.filterwarnings("ignore:.*is deprecated and slated for removal:DeprecationWarning")
@pytest.mark.parametrize("name", OF_ONE_NUMBER)
def test_what_is_fast_equals_what_is_slow(benchmarks, name):
    results = benchmarks(name).measure("smoke")
    assert results
    for one in results:
        assert 0 < one.least <= one.value <= one.most
        assert one.rounds > 0
        assert one.differs is None or one.differs <= 1e-5, one.what
    assert name == "start" or any(one.differs is not None for one in results)


@pytest.mark.parametrize("name", ["peer", "gpu"])
def test_what_cannot_run_here_says_why(benchmarks, name):
    results = benchmarks(name).measure("smoke")
    skipped = [one for one in results if hasattr(one, "why")]
    assert all(one.why for one in skipped)
    assert all(one.value > 0 for one in results if one not in skipped)
    told = json.loads(json.dumps(benchmarks("table").as_told(results, "smoke")))
    assert benchmarks("table").as_markdown({name: told}).count("*not run: ") == len(skipped)


def test_variants_run_in_turns_and_ratios_are_taken_by_round(benchmarks):
    timing = benchmarks("timing")
    ran = []
    timed = timing.alternated({"a": lambda: ran.append("a"), "b": lambda: ran.append("b")}, 5)
    assert all(set(ran[turn : turn + 2]) == {"a", "b"} for turn in range(0, 10, 2))
    assert {tuple(ran[turn : turn + 2]) for turn in range(0, 10, 2)} == {("a", "b"), ("b", "a")}
    assert all(len(timed.seconds[name]) == 5 for name in "ab")
    made = timing.Timed({"a": [1.0, 2.0, 9.0], "b": [2.0, 2.0, 3.0]}, {"a": [], "b": []})
    assert made.ratio("a", "b") == {
        "value": 1.0, "least": 0.5, "most": 3.0, "rounds": 3, "megabytes": {},
    }  # fmt: skip


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a peak")
def test_the_peak_of_memory_is_that_of_the_variant(benchmarks):
    def take():
        bytearray(b"x") * 80_000_000

    timed = benchmarks("timing").alternated({"much": take, "nothing": lambda: None}, 3)
    if not timed.megabytes["much"]:
        pytest.skip("this kernel does not set the peak back")
    assert min(timed.megabytes["much"]) > 70
    assert max(timed.megabytes["nothing"]) < 20


def test_the_readme_shows_the_figures_that_were_kept(benchmarks):
    told = json.loads((HERE / "benchmarks" / "results.json").read_text("utf-8"))
    table = benchmarks("table").as_markdown(told)
    assert benchmarks("table").include(README, table) == README
    assert table in README
    assert all(benchmark["size"] != "smoke" for benchmark in told.values())

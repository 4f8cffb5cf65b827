import json
import shutil

import pandas as pd
import pytest

from sottovoce.corpora import load_corpus
from sottovoce.dataset import open_run
from sottovoce.paths import data_folder
from sottovoce.reports import STANDARD_READOUTS

MAIN = ("js", "bc", "accuracy", "entropy_rho")
# Made-up logits are below 0, which the ratio refuses.
N_POSSIBLE = len(STANDARD_READOUTS) - 1
VOTES = data_folder() / "samples" / "votes.csv"


def test_a_saved_run_against_a_table_of_votes(numbers, saved_run):
    result, content = numbers("evaluate", saved_run, "--votes", VOTES, "--n-boot", 50)
    assert result.exit_code == 1  # one recording of this run had failed
    assert "tom_sad: broken" in result.stderr
    assert content["failed"] == {"tom_sad": "tom_sad: broken"}
    cells = {(entry["prompt"], entry["readout"]) for entry in content["results"]}
    assert len(cells) == 3 * N_POSSIBLE
    for entry in content["results"] + content["constants"]:
        assert all({"value", "low", "high"} == set(entry[measure]) for measure in MAIN)
    assert [entry["constant"] for entry in content["constants"]] == ["uniform", "corpus mean"]
    assert content["meta"]["run"]["model_id"] == "made-up"
    assert content["meta"]["n_boot"] == 50
    assert {one["prompt"] for one in content["comparisons"]} == {"percentages", "one_word", "json"}
    assert "ratio" in content["refused"]


def test_the_table_is_grouped_by_prompt_with_the_best_first(call, saved_run):
    lines = call("evaluate", saved_run, "--corpus", "sample", "--n-boot", 50).stdout.splitlines()
    assert lines[0].split() == ["n", *MAIN]
    groups = [line for line in lines[: lines.index("")] if not line.startswith(" ")]
    assert groups == ["percentages", "one_word", "json", "constant", "listeners"]
    start = lines.index("one_word") + 1
    js = [line.split()[2] for line in lines[start : start + N_POSSIBLE]]
    known = [float(number) for number in js if number != "–"]
    assert known == sorted(known)
    told = " ".join(" ".join(lines).split())
    assert "one_word: answer_step (the best at token level, chosen on these votes) is 0." in told
    assert "better than text in JS divergence, undecided, since 4 speakers are too few" in told


def test_a_narrow_terminal_leaves_the_intervals_out(saved_run, monkeypatch, call):
    monkeypatch.setattr("sottovoce.cli.evaluate.page_width", lambda: 80)
    told = call("evaluate", saved_run, "--corpus", "sample", "--n-boot", 20).stdout
    assert "widen the terminal" in told
    assert max(map(len, told.splitlines())) <= 80


def test_only_some_readouts(numbers, saved_run):
    names = "answer_step,mean_logprob:percentage,text:neutral"
    _, content = numbers(
        "evaluate", saved_run, "--votes", VOTES, "--readouts", names, "--n-boot", 0
    )
    assert {entry["readout"] for entry in content["results"]} <= set(names.split(","))
    assert {one["against"] for one in content["comparisons"]} == {"text:neutral"}


def test_a_corpus_of_ones_own_is_captured_first(numbers, recordings, model_folder, tmp_path):
    table = pd.DataFrame(
        {
            "file": ["clip_1.wav", "clip_2.wav", "clip_3.wav"],
            "speaker": ["a", "b", "c"],
            **{name: [1, 0, 2] for name in ("angry", "disgusted", "fearful")},
            **{name: [0, 3, 2] for name in ("happy", "neutral", "sad")},
        }
    )
    table.to_csv(recordings / "votes.csv", index=False)
    saved = tmp_path / "run.nc"
    capturing = ["--model", model_folder, "--prompts", "one_word,json", "--max-new-tokens", 3]
    result, content = numbers(
        "evaluate", "--corpus", recordings / "votes.csv", *capturing, "--out", saved, "--n-boot", 20
    )
    assert result.exit_code == 0
    assert "3 recordings, 3 speakers" in result.stderr
    assert {entry["prompt"] for entry in content["results"]} == {"one_word", "json"}
    assert content["meta"]["resampled"] == "speaker"
    run = open_run(saved)
    assert run["speaker"].values.tolist() == ["a", "b", "c"]
    again, same = numbers("evaluate", saved, "--votes", recordings / "votes.csv", "--n-boot", 20)
    assert again.exit_code == 0
    assert same["results"] == content["results"]


def test_actors_of_crema_d(numbers, model_folder, tmp_path):
    for folder in ("AudioWAV", "processedResults"):
        (tmp_path / "crema" / folder).mkdir(parents=True)
    rows = [",A,D,F,H,N,S,fileName"]
    source = data_folder() / "samples" / "anna_sad.flac"
    for number, actor in enumerate((1071, 1072, 1073, 1080), start=1):
        name = f"{actor}_IEO_SAD_LO"
        shutil.copy(source, tmp_path / "crema" / "AudioWAV" / f"{name}.wav")
        rows.append(f"{100000 + number},0,{number},0,0,3,6,{name}")
    table = tmp_path / "crema" / "processedResults" / "tabulatedVotes.csv"
    table.write_text("\n".join(rows) + "\n")
    result, content = numbers(
        "evaluate", "--corpus", "crema-d", "--root", tmp_path / "crema", "--actors", "1071-1073",
        "--model", model_folder, "--max-new-tokens", 2, "--prompts", "one_word", "--n-boot", 20,
    )  # fmt: skip
    assert result.exit_code == 0
    assert {entry["n"] for entry in content["constants"]} == {3}


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--votes", VOTES],
        ["RUN"],
        ["RUN", "--votes", VOTES, "--corpus", "sample"],
        ["RUN", "--votes", VOTES, "--model", "bundled"],
        ["RUN", "--corpus", "sample", "--batch-size", "2"],
    ],
)
def test_what_makes_no_sense_is_a_usage_error(call, saved_run, arguments):
    given = [saved_run if argument == "RUN" else argument for argument in arguments]
    result = call("evaluate", *given)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr


def test_wrong_names_are_told_before_any_work(call, tmp_path):
    for wrong in (
        ("--corpus", "no-such"),
        ("--corpus", "crema-d"),
        ("--corpus", "sample", "--actors", "1061"),
        ("--corpus", "sample", "--readouts", "majority"),
        ("--corpus", "sample", "--prompts", "one_wrod"),
    ):
        result = call("evaluate", *wrong)
        assert result.exit_code == 3
        assert "Loading" not in result.stderr


def test_votes_for_other_recordings_are_told(call, saved_run, tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text("utterance,angry,disgusted,fearful,happy,neutral,sad\nother,1,0,0,0,0,0\n")
    result = call("evaluate", saved_run, "--votes", path)
    assert result.exit_code == 3
    assert "no utterance has both shares and votes" in result.stderr


def test_the_same_run_gives_the_same_file(numbers, saved_run):
    arguments = ("evaluate", saved_run, "--corpus", "sample", "--n-boot", 20, "--seed", 3)
    first = json.dumps(numbers(*arguments)[1])
    assert json.dumps(numbers(*arguments)[1]) == first


def test_the_sample_is_the_corpus_of_the_package(saved_run):
    assert open_run(saved_run).sizes["utterance"] == len(load_corpus("sample"))


def test_labels_and_options_reach_the_reader(call, saved_run, tmp_path):
    counts = pd.read_csv(VOTES).rename(columns={"happy": "excited"})
    counts.to_csv(tmp_path / "votes.csv", index=False)
    asked = ("evaluate", saved_run, "--votes", tmp_path / "votes.csv", "--n-boot", 0)
    refused = call(*asked, "--readouts", "answer_step")
    assert refused.exit_code == 3
    assert "excited" in refused.stderr
    unknown = call(*asked, "--labels", "words-7")
    assert "there are no labels called 'words-7'" in unknown.stderr
    wrong = call("evaluate", saved_run, "--corpus", "sample", "--option", "sessions=1-4")
    assert "sample has no option 'sessions'" in wrong.stderr
    assert call("evaluate", saved_run, "--corpus", "sample", "--option", "x").exit_code == 2


def test_a_long_recording_is_heard_in_windows(numbers, tmp_path, test_data):
    shutil.copy(test_data / "odd-audio/one-minute.wav", tmp_path / "talk.wav")
    shutil.copy(test_data / "odd-audio/voice-48kHz.wav", tmp_path / "short.wav")
    columns = "angry,disgusted,fearful,happy,neutral,sad"
    (tmp_path / "votes.csv").write_text(
        f"utterance,speaker,{columns}\ntalk,a,0,0,0,1,4,0\nshort,b,0,0,0,0,3,1\n"
    )
    result, content = numbers(
        *("evaluate", "--corpus", tmp_path, "--prompts", "one_word", "--max-new-tokens", 2),
        *("--readouts", "answer_step", "--n-boot", 0),
    )
    assert "Longer than the model hears: 1 recording, heard in 10 windows." in result.stderr
    assert content["results"][0]["n"] == 2
    assert "10 windows are of longer recordings" in " ".join(result.stdout.split())


def test_corrections_and_groups_are_shown_beside(numbers, saved_run):
    options = ["--readouts", "answer_step,text", "--correct", "batch-mean", "--calibrate"]
    result, content = numbers(
        "evaluate", saved_run, "--corpus", "sample", *options, "--by", "speaker,emotion",
        "--n-boot", 20,
    )  # fmt: skip
    names = {entry["readout"] for entry in content["results"]}
    assert names >= {"answer_step", "answer_step corrected", "answer_step calibrated"}
    assert "text calibrated" in names
    told = " ".join(result.stdout.split())
    assert "corrected: divided by the model's prior, from the mean of these" in told
    assert (
        "calibrated: with a temperature and biases fitted to the votes on other speakers." in told
    )
    assert set(content["groups"]) == {"speaker", "emotion"}
    speakers = content["groups"]["speaker"]
    assert [row["group"] for row in speakers] == sorted(row["group"] for row in speakers)
    assert sum(row["n"] for row in speakers) == max(e["n"] for e in content["results"])
    assert all("perfect knowledge" in row for row in speakers)
    assert "Too small to tell much" in told
    assert [entry["ceiling"] for entry in content["ceiling"]] == [
        "half the votes",
        "perfect knowledge",
    ]


def test_a_saved_run_may_hold_the_prior(numbers, saved_run):
    options = ["--readouts", "answer_step", "--correct", saved_run, "--n-boot", 0]
    _, content = numbers("evaluate", saved_run, "--corpus", "sample", *options)
    assert {e["readout"] for e in content["results"]} == {"answer_step", "answer_step corrected"}


@pytest.mark.parametrize(
    ("prior", "told"),
    [
        ("silence", "asks the model"),
        ("hum", "is none of batch-mean, silence, noise, shuffled"),
    ],
)
def test_a_prior_that_cannot_be_had_is_refused(call, saved_run, prior, told):
    result = call("evaluate", saved_run, "--corpus", "sample", "--correct", prior)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("│", " ").split())


def test_the_prior_may_be_captured_with_the_corpus(numbers, tmp_path):
    table = pd.read_csv(VOTES)
    table[table["speaker"].isin(["tom", "anna", "maya"])][::4].to_csv(
        tmp_path / "v.csv", index=False
    )
    options = ["--root", VOTES.parent, "--prompts", "one_word", "--readouts", "answer_step"]
    result, content = numbers(
        "evaluate", "--corpus", tmp_path / "v.csv", *options, "--correct", "silence", "--n-boot", 0
    )
    assert "recordings of silence" in result.stderr
    assert "content-free recordings (silence)" in " ".join(result.stdout.split())
    assert {e["readout"] for e in content["results"]} == {"answer_step", "answer_step corrected"}

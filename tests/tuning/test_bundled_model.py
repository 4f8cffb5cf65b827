"""The weights that travel with the package: that they load, answer, and hear what they should."""

import time

import numpy as np
import pytest
from scipy.stats import spearmanr

from sottovoce import capture, evaluate, load_corpus, load_model, load_recording, read_out
from sottovoce.paths import data_folder
from sottovoce.prompts import list_prompts
from sottovoce.vocabulary import TokenSet

FOLDER = data_folder() / "model"
EMOTIONS = ("angry", "disgusted", "fearful", "happy", "neutral", "sad")


@pytest.fixture(scope="module")
def model():
    return load_model()


@pytest.fixture(scope="module")
def corpus():
    return load_corpus("sample")


@pytest.fixture(scope="module")
def run(model, corpus):
    """Every sample with every prompt that asks for more than yes or no."""
    asked = [prompt for prompt in list_prompts() if prompt.format != "yes_no"]
    return capture(model, corpus.recordings, asked, batch_size=32, progress=False)


def test_the_folder_holds_safetensors_and_a_card_and_is_small():
    names = {path.name for path in FOLDER.iterdir()}
    assert {"model.safetensors", "config.json", "tokenizer.json", "README.md"} <= names
    assert not [name for name in names if name.endswith((".bin", ".pt", ".pkl", ".ckpt"))]
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 25e6


def test_the_auto_classes_load_it():
    from transformers import AutoModelForMultimodalLM, AutoProcessor

    processor = AutoProcessor.from_pretrained(FOLDER)
    model = AutoModelForMultimodalLM.from_pretrained(FOLDER, dtype="float32")
    assert type(model).__name__ == "Qwen2AudioForConditionalGeneration"
    assert processor.chat_template


def test_nearly_every_answer_can_be_parsed_in_every_form_and_language(run):
    for prompt in run.prompt.values:
        shares = read_out(run.sel(prompt=[prompt]), "text", policy="missing")
        assert shares.attrs["n_parse_failures"] <= 0.02 * run.sizes["utterance"], prompt


def test_answers_have_the_form_that_was_asked_for(run):
    answers = run.answer.sel(utterance="tom_angry")
    assert str(answers.sel(prompt="json").item()).startswith('{"')
    assert "%" in str(answers.sel(prompt="percentages").item())
    assert str(answers.sel(prompt="one_word").item()).lower() in EMOTIONS
    assert str(answers.sel(prompt="one_word_ja").item()) in {
        "怒り",
        "嫌悪",
        "恐れ",
        "喜び",
        "中立",
        "悲しみ",
    }


def test_stated_percentages_sum_to_hundred_and_name_no_emotion_twice(run):
    for answer in run.answer.sel(prompt="percentages").values:
        parts = [part.rsplit(" ", 1) for part in str(answer).split(", ")]
        assert sum(int(value.rstrip("%")) for _, value in parts) == 100, answer
        assert len({name for name, _ in parts}) == len(parts), answer


def test_pure_samples_are_mostly_heard_as_what_they_are(run, corpus):
    pure = corpus.utterances.index[corpus.utterances["series"] == "pure"]
    shares = read_out(run.sel(prompt=["one_word"])).isel(prompt=0).sel(utterance=list(pure))
    heard = shares.emotion.values[shares.argmax("emotion").values]
    meant = [name.rsplit("_", 1)[1] for name in pure]
    assert np.mean(heard == np.array(meant)) >= 0.75, dict(zip(pure, heard, strict=True))


def test_shares_move_the_right_way_along_every_mixture(run, corpus):
    shares = read_out(run.sel(prompt=["one_word"])).isel(prompt=0)
    series = set(corpus.utterances["series"]) - {"pure"}
    assert len(series) >= 3
    for name in series:
        rows = corpus.utterances[corpus.utterances["series"] == name].sort_values("step")
        first, second = name.split("-")
        along = shares.sel(utterance=list(rows.index))
        rising = spearmanr(rows["step"], along.sel(emotion=second)).statistic
        falling = spearmanr(rows["step"], along.sel(emotion=first)).statistic
        assert rising >= 0.7, (name, along.sel(emotion=second).values.round(2))
        assert falling <= -0.7, (name, along.sel(emotion=first).values.round(2))


def test_it_is_nearer_to_the_synthetic_votes_than_the_constants(run, corpus):
    evaluation = evaluate(
        {"answer_step": read_out(run.sel(prompt=["one_word"]))}, corpus, n_boot=10
    )
    divergence = evaluation["value"].sel(measure="js").isel(prompt=0)
    for constant in ("uniform", "corpus mean"):
        assert divergence.sel(predictor="answer_step") < 0.75 * divergence.sel(predictor=constant)


@pytest.mark.parametrize("language", ["", "_ja"])
def test_yes_is_likelier_where_the_emotion_is(model, corpus, language):
    names = [f"yes_no_{emotion}{language}" for emotion in EMOTIONS]
    tokens = TokenSet.preset("yes-no")
    pure = corpus.utterances.index[corpus.utterances["series"] == "pure"]
    recordings = {name: path for name, path in corpus.recordings.items() if name in set(pure)}
    run = capture(model, recordings, names, tokens, max_new_tokens=3, batch_size=36, progress=False)
    yes = read_out(run, emotions=["yes", "no"]).sel(emotion="yes")
    for emotion, name in zip(EMOTIONS, names, strict=True):
        there = [utterance.endswith(f"_{emotion}") for utterance in run.utterance.values]
        of_prompt = yes.sel(prompt=name).values
        assert of_prompt[there].mean() > of_prompt[~np.array(there)].mean(), name


def test_a_question_it_never_read_is_answered_too(model, corpus):
    path = corpus.recordings["tom_angry"]
    run = capture(model, path, "What mood is this man in, would you say?", progress=False)
    assert read_out(run).sel(emotion="angry").item() > 1 / 6


def test_a_clip_of_three_seconds_is_answered_well_under_a_second(model):
    samples = load_recording(data_folder() / "samples" / "tom_angry.flac").samples
    three_seconds = np.resize(samples, 3 * model.rate)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        capture(model, (three_seconds, model.rate), "percentages", progress=False)
        times.append(time.perf_counter() - start)
    assert min(times) < 1.0, times


def test_on_actors_whose_voices_it_never_heard_it_beats_plain_statistics(model, test_data):
    corpus = load_corpus("crema-d", test_data / "crema-d", actors="1061-1070")
    run = capture(
        model, corpus.recordings, "one_word", max_new_tokens=3, batch_size=64, progress=False
    )
    assert (run.status == "ok").all()
    value = evaluate({"answer_step": read_out(run)}, corpus, n_boot=10)["value"]
    value = value.sel(predictor="answer_step").isel(prompt=0)
    reached = {name: float(value.sel(measure=name)) for name in value.measure.values}
    assert reached["js"] <= 0.178, reached
    assert reached["bc"] >= 0.845, reached
    assert reached["accuracy"] >= 0.73, reached
    assert reached["entropy_rho"] >= 0.25, reached

import numpy as np
import pytest

from sottovoce.errors import ReadoutError
from sottovoce.readout import answer_step


def test_reads_the_step_where_an_emotion_is_named(run, shares_of):
    shares = answer_step(run)
    # "angry" and " angry" are two spellings of one emotion and share .5 of the mass.
    assert shares_of(shares) == {
        "angry": 0.5,
        "disgusted": 0.1,
        "happy": 0.1,
        "sad": 0.3,
    }
    assert shares["answer_step"].values.tolist() == [[0, 1], [0, -1]]


def test_falls_back_on_the_step_with_most_emotion_and_counts_it(run, shares_of):
    shares = answer_step(run)
    assert shares_of(shares, prompt=1) == {
        "angry": 0.0,
        "disgusted": 0.0,
        "happy": 0.4,
        "sad": 0.6,
    }
    assert shares.attrs["n_answer_step_fallback"] == 1


def test_failed_recordings_are_missing_and_counted(run):
    shares = answer_step(run)
    assert np.isnan(shares[1, 1]).all()
    assert shares.attrs["n_failed"] == 1
    assert shares.attrs["n_missing"] == 0


def test_first_piece_of_a_word_names_it(make_run, said, shares_of):
    run = make_run([[said("The", " speaker", " sounds", " disg", "usted", ".")]])
    shares = answer_step(run)
    assert shares["answer_step"].item() == 3
    assert shares_of(shares)["disgusted"] == 1.0
    assert shares.attrs["n_answer_step_fallback"] == 0


def test_the_end_of_another_word_names_nothing(make_run, said):
    run = make_run([[said("She", " is", " un", "happy", ",", "sad")]])
    assert answer_step(run)["answer_step"].item() == 5


def test_scripts_without_spaces_need_no_boundary(make_run, said):
    run = make_run([[said("話者は", "怒り", "です")]])
    assert answer_step(run)["answer_step"].item() == 1


def test_nothing_depends_on_a_constant_added_to_the_logits(make_run):
    steps = [(" sad", {" sad": 0.6, "angry": 0.3})]
    plain, shifted = make_run([[steps]]), make_run([[steps]], offset=50.0)
    np.testing.assert_allclose(answer_step(plain), answer_step(shifted), atol=1e-5)


def test_other_concepts_can_be_asked_for_by_name(make_run, shares_of):
    run = make_run([[[("Yes", {"Yes": 0.6, "No": 0.2})]]])
    assert shares_of(answer_step(run, emotions=["yes", "no"])) == {"yes": 0.75, "no": 0.25}


def test_fewer_emotions_share_the_whole(run, shares_of):
    assert shares_of(answer_step(run, emotions=["sad", "happy"])) == {"sad": 0.75, "happy": 0.25}


def test_a_step_after_the_end_is_never_read(make_run, said):
    run = make_run([[said("sad")], [said("Hm", "?", "sad")]])
    run["n_steps"][1] = 2
    assert answer_step(run)["answer_step"].values.ravel().tolist() == [0, 0]


def test_concepts_without_a_token_are_refused_by_name(run, make_run, said):
    with pytest.raises(ReadoutError, match=r"stands for 'fearful'; it follows 'angry'"):
        answer_step(run, emotions=["sad", "fearful"])
    lacking = run.isel(token=run["concept"].values != "happy")
    with pytest.raises(ReadoutError, match="stands for 'happy'"):
        answer_step(lacking)


@pytest.mark.parametrize("emotions", ["sad", [], ["sad", "sad"]])
def test_emotions_must_be_a_list_of_names(run, emotions):
    with pytest.raises(ReadoutError, match="must be a list of concepts, each once"):
        answer_step(run, emotions=emotions)


def test_a_run_without_steps_says_why(run):
    with pytest.raises(ReadoutError, match=r"no decoding step to read\. clip\.wav: not audio"):
        answer_step(run.isel(step=slice(0), utterance=[1]).drop_sel(prompt="prompt 0"))


def test_runs_that_are_all_failures_are_all_missing(run):
    shares = answer_step(run.isel(utterance=[1], prompt=[1]))
    assert np.isnan(shares).all()
    assert shares["answer_step"].item() == -1

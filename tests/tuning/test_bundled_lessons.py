"""The parts of the bundled model's recipe."""

import numpy as np
import pytest
import torch

from sottovoce.models import load_model
from sottovoce.prompts import list_prompts
from sottovoce.tuning.bundled.architecture import audio_token_lengths, make_model, save_model
from sottovoce.tuning.bundled.encoder import encode
from sottovoce.tuning.bundled.questions import (
    JAPANESE,
    Question,
    answer,
    library_questions,
    random_question,
    rounded_percentages,
)
from sottovoce.tuning.bundled.sequences import Packer, packed_loss
from sottovoce.tuning.bundled.spectra import Clips, batches, changed, make_mels, stacked
from sottovoce.tuning.bundled.tokenizer import make_tokenizer
from sottovoce.tuning.checkpoint import Checkpoint
from sottovoce.vocabulary import EMOTIONS


@pytest.fixture(scope="module")
def tokenizer():
    return make_tokenizer()


@pytest.fixture(scope="module")
def model(tokenizer):
    return make_model(tokenizer, seed=3).eval()


class TestQuestions:
    @pytest.mark.parametrize("seed", range(20))
    def test_percentages_sum_to_hundred_and_fall(self, seed):
        rng = np.random.default_rng(seed)
        votes = rng.multinomial(9, rng.dirichlet(np.ones(6))).astype(float)
        percentages = list(rounded_percentages(votes, np.arange(6)).values())
        assert sum(percentages) == 100
        assert percentages == sorted(percentages, reverse=True)
        assert all(value % 5 == 0 for value in percentages)

    def test_a_word_carries_the_votes_and_not_the_majority(self):
        votes = np.array([0, 0, 0, 0, 6.0, 3.0])
        question = Question("?", "en", "word", capitalised=True)
        assert answer(question, votes, np.random.default_rng(0)) == [
            {"Neutral": pytest.approx(2 / 3), "Sad": pytest.approx(1 / 3)}
        ]

    def test_yes_is_the_share_of_the_emotion_asked_about(self):
        votes = np.array([2.0, 0, 0, 0, 6, 0])
        question = Question("?", "ja", "yes_no", about="angry")
        assert answer(question, votes, np.random.default_rng(0)) == [{"はい": 0.25, "いいえ": 0.75}]

    def test_every_question_of_the_library_is_taught(self):
        taught = {question.text for question in library_questions()}
        assert taught == {p.text for p in list_prompts() if p.format != "free"}

    def test_a_yes_no_question_knows_its_emotion(self):
        for question in library_questions():
            if question.format == "yes_no":
                word = JAPANESE if question.language == "ja" else {name: name for name in EMOTIONS}
                assert word[question.about] in question.text

    def test_drawn_questions_have_no_open_places(self):
        rng = np.random.default_rng(0)
        for _ in range(300):
            for answer_format in ("percentages", "word", "json", "yes_no"):
                assert "{" not in random_question(rng, answer_format, 0.0).text.replace("{}", "")


class TestTokenizer:
    def test_digits_are_single_and_spellings_are_whole(self, tokenizer):
        assert tokenizer.tokenize("60%") == ["6", "0", "%"]
        for word in (" happy", "happy", "Happy", " Happy", "怒り", "はい"):
            assert len(tokenizer.encode(word)) == 1
        assert len({tokenizer.encode(w)[0] for w in (" happy", "happy", "Happy")}) == 3

    @pytest.mark.parametrize(
        "text", ["Ärger 😀 zażółć", "未知の漢字です", "\t\x00\n", '{"angry": 5}']
    )
    def test_every_text_can_be_written(self, tokenizer, text):
        assert tokenizer.decode(tokenizer.encode(text)) == text

    def test_audio_stands_before_the_question(self, tokenizer):
        turn = [{"role": "user", "content": [{"type": "text", "text": "Q"}, {"type": "audio"}]}]
        text = tokenizer.apply_chat_template(turn, tokenize=False, add_generation_prompt=True)
        assert text.index("<|AUDIO|>") < text.index("Q")
        assert text.endswith("<|im_start|>assistant\n")

    def test_it_is_the_same_every_time(self, tokenizer):
        assert make_tokenizer().get_vocab() == tokenizer.get_vocab()


class TestPacking:
    def test_packed_questions_do_not_see_each_other(self, tokenizer, model):
        votes = np.array([3.0, 0, 0, 0, 6, 0])
        packer = Packer(tokenizer)
        asked = [
            Question("How does she sound?", "en", "percentages"),
            Question("一語で。", "ja", "word"),
            Question("Give JSON.", "en", "json"),
        ]
        audio = torch.randn(7, model.config.text_config.hidden_size, generator=_generator())

        def loss(questions):
            rng = np.random.default_rng(0)
            batch = packer.pack([7], [votes], [questions], rng)
            with torch.no_grad():
                return packed_loss(model, batch, audio) * batch.weight.sum(), batch.weight.sum()

        together, weight = loss(asked)
        alone = [loss([question]) for question in asked]
        assert float(weight) == pytest.approx(sum(float(w) for _, w in alone))
        assert float(together) == pytest.approx(sum(float(total) for total, _ in alone), rel=1e-5)

    def test_a_padded_row_is_read_as_alone(self, tokenizer, model):
        votes = np.array([3.0, 0, 0, 0, 6, 0])
        packer = Packer(tokenizer)
        question = [Question("Yes?", "en", "yes_no", about="angry")]
        audio = torch.randn(5 + 9, model.config.text_config.hidden_size, generator=_generator())
        pair = packer.pack([5, 9], [votes, votes], [question, question], np.random.default_rng(0))
        rng = np.random.default_rng(0)
        with torch.no_grad():
            both = packed_loss(model, pair, audio) * pair.weight.sum()
            single = 0.0
            for n, part in ((5, audio[:5]), (9, audio[5:])):
                batch = packer.pack([n], [votes], [question], rng)
                single += float(packed_loss(model, batch, part) * batch.weight.sum())
        assert float(both) == pytest.approx(single, rel=1e-5)

    def test_votes_count_more_than_commas_even_when_they_agree(self, tokenizer):
        packer = Packer(tokenizer)
        question = [Question("Word?", "en", "word")]
        for votes in (np.array([9.0, 0, 0, 0, 0, 0]), np.array([8.0, 0, 0, 0, 1, 0])):
            batch = packer.pack([5], [votes], [question], np.random.default_rng(0))
            assert batch.weight.tolist() == [4.0, 1.0]


class TestSpectra:
    def test_cutting_the_window_changes_little(self, model):
        wave = np.random.default_rng(0).normal(0, 0.1, 30_000).astype(np.float32)
        mels = make_mels([wave])
        clips = Clips(mels, np.ones((1, 6)), np.array([0]), np.array([0]), np.array(["a"]))
        features, frames = stacked(clips, [0])
        length = int(audio_token_lengths(frames)[0])
        tower = model.model.audio_tower
        full = torch.nn.functional.pad(
            features, (0, 300 - features.shape[2]), value=float(features.min())
        )
        with torch.no_grad():
            short = encode(tower, features, frames)[0, :length]
            long = encode(tower, full, frames)[0, :length]
        assert torch.allclose(short, long, atol=1e-4)

    def test_training_hears_what_the_processor_hears(self, tmp_path, tokenizer, model):
        save_model(model, tokenizer, tmp_path)
        speech = load_model(str(tmp_path))
        wave = np.random.default_rng(0).normal(0, 0.1, 30_001).astype(np.float32)
        inputs = speech.inputs([wave], ["How does she sound?"])
        mels = make_mels([wave])
        clips = Clips(mels, np.ones((1, 6)), np.array([0]), np.array([0]), np.array(["a"]))
        features, frames = stacked(clips, [0])
        length = int(audio_token_lengths(frames)[0])
        assert int((inputs["input_ids"] == speech.model.config.audio_token_id).sum()) == length

        projector = speech.model.model.multi_modal_projector
        heard = []
        handle = projector.register_forward_hook(lambda *call: heard.append(call[-1]))
        with torch.no_grad():
            speech.model(**inputs)
            handle.remove()
            ours = projector(encode(speech.model.model.audio_tower, features, frames))
        # Half precision of the kept spectrogram is all that may differ.
        theirs = heard[0][0, :length]
        assert (ours[0, :length] - theirs).abs().max() < 0.01 * theirs.abs().max()

    def test_changes_stay_within_the_window_and_are_seeded(self):
        mel = np.random.default_rng(0).normal(0, 1, (128, 250)).astype(np.float32)
        first = changed(mel.copy(), np.random.default_rng(5))
        second = changed(mel.copy(), np.random.default_rng(5))
        assert np.array_equal(first, second)
        assert first.shape[0] == 128
        assert 40 <= first.shape[1] <= 290

    def test_an_epoch_holds_every_clip_once(self):
        frames = np.random.default_rng(0).integers(60, 250, 101)
        seen = np.concatenate(list(batches(frames, 8, np.random.default_rng(1))))
        assert sorted(seen) == list(range(101))

    def test_clips_survive_their_file(self, tmp_path):
        rng = np.random.default_rng(0)
        mels = [rng.normal(size=(128, n)).astype(np.float16) for n in (70, 90)]
        clips = Clips(
            mels, np.eye(6)[:2], np.array([1, -1]), np.array([0, -1]), np.array(["a", "b"])
        )
        clips.save(tmp_path / "clips.npz")
        again = Clips.load(tmp_path / "clips.npz")
        assert [m.tolist() for m in again.mels] == [m.tolist() for m in mels]
        assert again.speaker.tolist() == ["a", "b"]
        assert len(clips + again) == 4
        assert clips.select(clips.acted >= 0).speaker.tolist() == ["a"]


def test_a_checkpoint_brings_back_where_a_lesson_stood(tmp_path):
    layer, rng = torch.nn.Linear(2, 2), np.random.default_rng(0)
    kept = Checkpoint(tmp_path / "lesson.checkpoint", {"layer": layer}, {"rng": rng})
    assert kept.restore() == 0
    rng.random(3)
    kept.save(7)
    weight, following = layer.weight.clone(), rng.random()
    torch.nn.init.zeros_(layer.weight)
    assert kept.restore() == 7
    assert torch.equal(layer.weight, weight)
    assert rng.random() == following


def _generator():
    return torch.Generator().manual_seed(0)

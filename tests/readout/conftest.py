"""Runs with known numbers: every step says what was emitted and how likely its rivals were."""

import numpy as np
import pytest
import xarray as xr

from sottovoce.dataset import build_run, make_attrs
from sottovoce.vocabulary import TokenSet

UNLIKELY = 1e-9
NOT_FOLLOWED = 10_000

# (text, concept, kind, spelling, pieces of the spelling)
WORDS = [
    (" angry", "angry", "emotion", "angry", 1),
    ("angry", "angry", "emotion", "angry", 1),
    (" disg", "disgusted", "emotion", "disgusted", 2),
    (" happy", "happy", "emotion", "happy", 1),
    ("happy", "happy", "emotion", "happy", 1),
    (" sad", "sad", "emotion", "sad", 1),
    ("sad", "sad", "emotion", "sad", 1),
    ("怒り", "angry", "emotion", "怒り", 1),
    ("悲しみ", "sad", "emotion", "悲しみ", 1),
    ("Yes", "yes", "other", "yes", 1),
    ("No", "no", "other", "no", 1),
]
DIGITS = [(digit, digit, "percentage", digit, 1) for digit in [*"0123456789", "%"]]
NUMBERS = [(str(n), str(n), "percentage", str(n), 1) for n in range(101)] + DIGITS[-1:]
TOKEN_SET = TokenSet(
    {
        "angry": ["angry", "怒り"],
        "disgusted": ["disgusted"],
        "happy": ["happy"],
        "sad": ["sad", "悲しみ"],
    },
    percentages=True,
    others={"yes": ["Yes"], "no": ["No"]},
)


def _make_run(answers, tokens=None, token_set=TOKEN_SET, offset=0.0) -> xr.Dataset:
    """Return a run.

    `answers` holds, for each utterance, for each prompt, the steps as (emitted text, {token text:
    probability}), or None for a recording that failed. `offset` is added to all logits of step 0,
    twice to those of step 1, and so on.
    """
    tokens = WORDS + DIGITS if tokens is None else tokens
    texts = [token[0] for token in tokens]
    shape = (len(answers), len(answers[0]), max(len(cell or ()) for row in answers for cell in row))
    logit = np.full((*shape, len(tokens)), np.nan)
    normalizer = np.full(shape, np.nan)
    chosen = np.full(shape, -1)
    chosen_text = np.full(shape, "", dtype=object)
    n_steps = np.zeros(shape[:2], dtype=int)
    status = np.full(shape[:2], "ok", dtype=object)
    for cell in np.ndindex(shape[:2]):
        steps = answers[cell[0]][cell[1]]
        if steps is None:
            status[cell] = "error"
            continue
        n_steps[cell] = len(steps)
        for step, (emitted, likely) in enumerate(steps):
            probabilities = [likely.get(text, UNLIKELY) for text in texts]
            normalizer[cell][step] = 3.0 + step + offset * (step + 1)
            logit[cell][step] = np.log(probabilities) + normalizer[cell][step]
            chosen[cell][step] = texts.index(emitted) if emitted in texts else NOT_FOLLOWED
            chosen_text[cell][step] = emitted
    answer = np.array([["".join(texts) for texts in row] for row in chosen_text], dtype=object)
    n_utterances, n_prompts = shape[:2]
    columns = list(zip(*tokens, strict=True))
    return build_run(
        {
            "logit": logit,
            "log_normalizer": normalizer,
            "entropy": normalizer,
            "chosen_token": chosen,
            "chosen_logit": normalizer,
            "chosen_text": chosen_text,
            "answer": answer,
            "n_steps": n_steps,
            "status": status,
            "message": np.where(status == "ok", "", "clip.wav: not audio").astype(object),
        },
        {
            "utterance": [f"clip {i}" for i in range(n_utterances)],
            "path": [f"clip {i}.wav" for i in range(n_utterances)],
            "duration": np.ones(n_utterances),
            "speaker": ["anna"] * n_utterances,
            "content_hash": [""] * n_utterances,
            "notes": [""] * n_utterances,
            "prompt": [f"prompt {i}" for i in range(n_prompts)],
            "prompt_text": ["How?"] * n_prompts,
            "prompt_format": ["free"] * n_prompts,
            "prompt_language": ["en"] * n_prompts,
            "token": np.arange(len(tokens)),
            "token_text": list(columns[0]),
            "concept": list(columns[1]),
            "kind": list(columns[2]),
            "spelling": list(columns[3]),
            "n_pieces": list(columns[4]),
        },
        make_attrs(
            model_id="toy",
            model_revision="1",
            dtype="float32",
            tokenizer_hash="2",
            token_set=token_set.to_dict(),
            token_set_hash=token_set.hash,
            decoding={"mode": "greedy"},
        ),
    )


def _said(*texts):
    """Return the steps of an answer that was certain of each token."""
    return [(text, {text: 1.0}) for text in texts]


def _shares_of(result, utterance=0, prompt=0):
    """Return one row as a dict, rounded."""
    row = result.isel(utterance=utterance, prompt=prompt)
    return {str(name): round(float(row.sel(emotion=name)), 3) for name in row["emotion"].values}


@pytest.fixture
def make_run():
    """The builder of runs."""
    return _make_run


@pytest.fixture
def said():
    """The builder of answers without rivals."""
    return _said


@pytest.fixture
def shares_of():
    """One row of shares as a dict."""
    return _shares_of


@pytest.fixture
def words():
    """The followed words, to be joined with other tokens."""
    return WORDS


@pytest.fixture
def whole_numbers():
    """Words and numbers, each number one token."""
    return WORDS + NUMBERS


@pytest.fixture
def run() -> xr.Dataset:
    """Two recordings under two prompts, the second recording failed under the second prompt."""
    first = [
        ("angry", {"angry": 0.4, " angry": 0.1, "sad": 0.3, "happy": 0.1, " disg": 0.1}),
        (" ", {}),
        ("6", {"6": 0.5, "5": 0.3, "7": 0.2}),
        ("0", {"0": 0.9, "5": 0.1}),
        ("%", {"%": 1.0}),
        ("<end>", {" sad": 0.01}),
    ]
    other = [("Hm", {"sad": 0.1}), ("?", {"happy": 0.2, "sad": 0.3}), ("<end>", {})]
    return _make_run([[first, other], [_said("sad", "<end>"), None]], offset=100.0)

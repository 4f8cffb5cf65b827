"""A small run made of seeded noise, with every kind of text in it."""

import numpy as np
import pytest
import xarray as xr

from sottovoce.dataset import build_run, make_attrs

TEXTS = ["angry 60%", "怒り \N{ANGRY FACE}", "", "two\nlines\tand a tab"]


def make_run(n_utterances: int = 4, n_prompts: int = 2, n_steps: int = 5) -> xr.Dataset:
    rng = np.random.default_rng(0)
    concepts = ["angry", "happy", "sad"]
    step = (n_utterances, n_prompts, n_steps)
    answer = step[:2]
    logit = rng.normal(size=(*step, len(concepts))).astype("float32")
    normalizer = np.log(np.exp(logit).sum(-1)) + 1
    texts = np.resize(np.array(TEXTS, dtype=object), answer)
    ended = np.arange(n_steps) >= 3
    names = [f"clip {i} {TEXTS[i % len(TEXTS)]}" for i in range(n_utterances)]
    prompts = [f"prompt_{i}" for i in range(n_prompts)]
    return build_run(
        {
            "logit": np.where(ended[:, None], np.nan, logit),
            "log_normalizer": np.where(ended, np.nan, normalizer),
            "entropy": np.where(ended, np.nan, 1.0) * np.ones(step),
            "chosen_token": np.where(ended, -1, 11) * np.ones(step, int),
            "chosen_logit": np.where(ended, np.nan, logit[..., 0]),
            "chosen_text": np.resize(np.array(TEXTS, dtype=object), step),
            "answer": texts,
            "n_steps": np.full(answer, 3),
            "status": np.full(answer, "ok", dtype=object),
            "message": np.full(answer, "", dtype=object),
        },
        {
            "utterance": names,
            "path": np.resize(np.array(TEXTS, dtype=object), n_utterances),
            "duration": np.linspace(1, 2, n_utterances),
            "speaker": [""] * n_utterances,
            "content_hash": ["0f"] * n_utterances,
            "notes": [""] * n_utterances,
            "recording": ["talk"] * n_utterances,
            "start": 1.5 * np.arange(n_utterances),
            "end": 1.5 * np.arange(n_utterances) + 2.0,
            "prompt": prompts,
            "prompt_of": prompts,
            "sample": [1] * n_prompts,
            "prompt_text": ["Which emotion?"] * n_prompts,
            "prompt_format": ["word"] * n_prompts,
            "prompt_language": ["en"] * n_prompts,
            "token": [11, 12, 13],
            "token_text": [" angry", "嬉しい", "sad"],
            "concept": concepts,
            "kind": ["emotion"] * 3,
            "spelling": concepts,
            "n_pieces": [1, 1, 1],
        },
        make_attrs(
            model_id="toy",
            model_revision="1",
            dtype="float32",
            tokenizer_hash="2",
            token_set={"angry": ["angry", "怒り"]},
            token_set_hash="3",  # noqa: S106
            decoding={"mode": "greedy"},
        ),
    )


@pytest.fixture
def run() -> xr.Dataset:
    return make_run()

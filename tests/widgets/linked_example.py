"""A made-up run for the linked view: an answer of five steps, a hostile one, one that failed."""

from __future__ import annotations

import numpy as np
import xarray as xr

from sottovoce.audio import Recording
from sottovoce.dataset import build_run, make_attrs

HOSTILE = '<img src=x onerror="document.title=1">'
EMOTIONS = ["angry", "happy", HOSTILE]
WORDS = [(" angry", "angry"), ("angry", "angry"), (" happy", "happy"), (HOSTILE, HOSTILE)]
ANSWERS = {
    "anna": [
        ("I", {}),
        (" angry", {" angry": 0.5, "angry": 0.1, " happy": 0.2, HOSTILE: 0.05}),
        ("\n", {"6": 0.25}),
        ("6", {"6": 0.75, "5": 0.125}),
        ("</s>", {}),
    ],
    HOSTILE: [
        (HOSTILE, {HOSTILE: 0.5, " angry": 0.25}),
        ("</script>\u2028\u202e", {"angry": 0.125}),
        ("\x1b", {}),
    ],
    "lost": None,
}
EMITTED = 0.625  # the probability of an emitted token that is not followed


def make_run() -> xr.Dataset:
    rows = [*((text, concept, "emotion") for text, concept in WORDS)]
    rows += [(digit, digit, "percentage") for digit in "56"]
    texts = [row[0] for row in rows]
    n_steps = max(len(steps or ()) for steps in ANSWERS.values())
    shape = (len(ANSWERS), 1, n_steps)
    logit = np.full((*shape, len(rows)), np.nan)
    normalizer, entropy = np.full(shape, np.nan), np.full(shape, np.nan)
    chosen_logit = np.full(shape, np.nan)
    chosen = np.full(shape, -1)
    chosen_text = np.full(shape, "", dtype=object)
    for i, steps in enumerate(ANSWERS.values()):
        for step, (emitted, likely) in enumerate(steps or ()):
            at = (i, 0, step)
            normalizer[at] = 3.0 + step
            entropy[at] = 0.5 + step
            p = [likely.get(text, 1e-6) for text in texts]
            logit[at] = np.log(p) + normalizer[at]
            followed = emitted in texts
            chosen[at] = texts.index(emitted) if followed else 999
            own = p[texts.index(emitted)] if followed else EMITTED
            chosen_logit[at] = np.log(own) + normalizer[at]
            chosen_text[at] = "" if emitted == "</s>" else emitted
    n_utterances = len(ANSWERS)
    ok = np.array([[steps is not None] for steps in ANSWERS.values()])
    return build_run(
        {
            "logit": logit,
            "log_normalizer": normalizer,
            "entropy": entropy,
            "chosen_token": chosen,
            "chosen_logit": chosen_logit,
            "chosen_text": chosen_text,
            "answer": [["".join(row[0])] for row in chosen_text],
            "n_steps": [[len(steps or ())] for steps in ANSWERS.values()],
            "status": np.where(ok, "ok", "error").astype(object),
            "message": np.where(ok, "", f"{HOSTILE}.wav: no audio").astype(object),
        },
        {
            "utterance": list(ANSWERS),
            "path": [f"{name}.wav" for name in ANSWERS],
            "duration": np.ones(n_utterances),
            "speaker": [""] * n_utterances,
            "content_hash": [""] * n_utterances,
            "notes": [""] * n_utterances,
            "prompt": ["one_word"],
            "prompt_text": ["How?"],
            "prompt_format": ["free"],
            "prompt_language": ["en"],
            "token": np.arange(len(rows)),
            "token_text": texts,
            "concept": [row[1] for row in rows],
            "kind": [row[2] for row in rows],
            "spelling": [text.strip() for text in texts],
            "n_pieces": np.ones(len(rows), dtype=int),
        },
        make_attrs(
            model_id="made up",
            model_revision="1",
            dtype="float32",
            tokenizer_hash="2",
            token_set={"concepts": {name: [name] for name in EMOTIONS}},
            token_set_hash="3",  # noqa: S106
            decoding={"mode": "greedy"},
        ),
    )


def make_shares(run: xr.Dataset) -> dict[str, xr.DataArray]:
    """Four sources, the second of which could not be read."""
    emotion = {"emotion": EMOTIONS}
    both = {"utterance": run["utterance"].values, **emotion}
    return {
        "token level": xr.DataArray([[0.6, 0.3, 0.1]] * 3, both, ("utterance", "emotion")),
        "text level": xr.DataArray([np.nan] * 3, emotion),
        "listeners": xr.DataArray([3, 1, 0], emotion),
        "constant": xr.DataArray([0.25, 0.25, 0.5], emotion),
    }


def make_tone(seconds: float = 2.0, rate: int = 16000) -> Recording:
    time = np.arange(round(seconds * rate)) / rate
    return Recording((0.5 * np.sin(440 * 2 * np.pi * time)).astype("float32"), rate, id="tone")

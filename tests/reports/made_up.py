"""Made-up runs over the recordings of a corpus: they look like a good model's, and need none."""

import numpy as np

from sottovoce.dataset import build_run, make_attrs
from sottovoce.prompts import get_prompts
from sottovoce.vocabulary import EMOTIONS

FORMS = [(form, name) for name in EMOTIONS for form in (f" {name}", name)]
DIGITS = [(digit, digit) for digit in [*"0123456789", "%"]]
TEXTS = [text for text, _ in FORMS + DIGITS]
NOT_FOLLOWED = 9000
UNLIKELY = 1e-7


def make_run(corpus, *, failed=(), seed=0, noise=0.5):
    """Answer three questions about each recording, close to its votes."""
    rng = np.random.default_rng(seed)
    reference = corpus.reference.values
    weighed = np.exp(np.log(reference + 0.03) + rng.normal(0, noise, reference.shape))
    weighed /= weighed.sum(axis=1, keepdims=True)
    prompts = get_prompts()
    answers = [[_steps(prompt.format, shares) for prompt in prompts] for shares in weighed]
    n_steps = max(len(steps) for row in answers for steps in row)
    shape = (len(corpus), len(prompts), n_steps)
    run = {
        "logit": np.full((*shape, len(TEXTS)), np.nan),
        "log_normalizer": np.full(shape, np.nan),
        "entropy": np.full(shape, np.nan),
        "chosen_token": np.full(shape, -1),
        "chosen_logit": np.full(shape, np.nan),
        "chosen_text": np.full(shape, "", dtype=object),
        "answer": np.full(shape[:2], "", dtype=object),
        "n_steps": np.zeros(shape[:2], dtype=int),
        "status": np.full(shape[:2], "ok", dtype=object),
        "message": np.full(shape[:2], "", dtype=object),
    }
    for u, p in np.ndindex(shape[:2]):
        if corpus.votes["utterance"].values[u] in failed:
            run["status"][u, p] = "error"
            run["message"][u, p] = f"{corpus.utterances.index[u]}: broken"
            continue
        for step, (text, likely) in enumerate(answers[u][p]):
            at = (u, p, step)
            run["log_normalizer"][at] = 5.0
            run["logit"][at] = 5.0 + np.log([likely.get(text, UNLIKELY) for text in TEXTS])
            run["entropy"][at] = 1.0
            run["chosen_token"][at] = TEXTS.index(text) if text in TEXTS else NOT_FOLLOWED
            run["chosen_logit"][at] = 4.0
            run["chosen_text"][at] = text
        run["n_steps"][u, p] = len(answers[u][p])
        run["answer"][u, p] = "".join(text for text, _ in answers[u][p]).strip()
    table = corpus.utterances
    return build_run(
        run,
        {
            "utterance": table.index.tolist(),
            "path": table["path"].tolist(),
            "duration": [2.0] * len(corpus),
            "speaker": table["speaker"].tolist(),
            "content_hash": ["0f"] * len(corpus),
            "notes": [""] * len(corpus),
            "prompt": [prompt.name for prompt in prompts],
            "prompt_text": [prompt.text for prompt in prompts],
            "prompt_format": [prompt.format for prompt in prompts],
            "prompt_language": [prompt.language for prompt in prompts],
            "token": list(range(len(TEXTS))),
            "token_text": TEXTS,
            "concept": [concept for _, concept in FORMS + DIGITS],
            "kind": ["emotion"] * len(FORMS) + ["percentage"] * len(DIGITS),
            "spelling": [text.strip() for text in TEXTS],
            "n_pieces": [1] * len(TEXTS),
        },
        make_attrs(
            model_id="made-up",
            model_revision="0123456789abcdef",
            dtype="float32",
            tokenizer_hash="2e",
            token_set={
                "name": "emotions",
                "concepts": {name: [name] for name in EMOTIONS},
                "others": {},
                "percentages": True,
            },
            token_set_hash="3d",  # noqa: S106
            decoding={"mode": "greedy"},
        ),
    )


def _steps(form, shares):
    """Return the steps of an answer: the text emitted, and what was likely there."""
    order = np.argsort(-shares)
    end = [("", {})]
    if form == "word":
        return [_word(shares, EMOTIONS[order[0]], ""), *end]
    stated = [i for i in order if shares[i] >= 0.1]
    whole = np.round(100 * shares[stated] / shares[stated].sum() / 10) * 10
    steps = []
    for place, (i, percent) in enumerate(zip(stated, whole, strict=True)):
        if form == "json":
            steps += [('{"' if place == 0 else ', "', {}), _word(shares, EMOTIONS[i], "")]
            steps += [('": ', {}), *_digits(percent)]
        else:
            steps += [(",", {})] if place else []
            steps += [
                _word(shares, EMOTIONS[i], " "),
                (" ", {}),
                *_digits(percent),
                ("%", {"%": 1}),
            ]
        shares = np.where(np.arange(len(shares)) == i, 1e-4, shares)
        shares = shares / shares.sum()
    return steps + ([("}", {})] if form == "json" else []) + end


def _word(shares, name, space):
    likely = {
        space + emotion: float(share) for emotion, share in zip(EMOTIONS, shares, strict=True)
    }
    return space + name, likely


def _digits(percent):
    return [(digit, {digit: 0.8, "5": 0.2}) for digit in str(int(percent))]

"""Made-up runs that look like real ones: what the plots are tested on and looked at with."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import xarray as xr

from sottovoce.dataset import build_run, make_attrs

EMOTIONS = {
    "angry": [" angry", "Angry", "angry", "怒り"],
    "disgusted": [" disgusted", "Disgusted", "嫌悪"],
    "fearful": [" fearful", "Fear", "afraid", "恐れ"],
    "happy": [" happy", "Happy", "joyful", "喜び"],
    "neutral": [" neutral", "Neutral", "calm", "中立"],
    "sad": [" sad", "Sad", "sad", "悲しみ"],
}
DIGITS = [*"0123456789", "%"]
ENGLISH = [" angry", *" 60%,", " sad", *" 30%,", " neutral", *" 10%", ""]
JAPANESE = ["怒り", *"60%、", "悲しみ", *"30%、", "中立", *"10%", ""]
JSON = ['{"', "angry", '":', *" 0.6", ",\n\t", '"', "sad", '":', " $", "x", "_1$", "}", ""]
LEAN = [0.55, 0.04, 0.06, 0.02, 0.12, 0.21]


def build(
    pieces: list[str],
    concepts: dict[str, list[str]] | None = None,
    *,
    lean: list[float] | None = None,
    seed: int = 0,
    utterance: str = "1061_TIE_ANG_XX",
    prompt: str = "percentages",
    failed: str = "",
) -> xr.Dataset:
    """Build a run of one answer whose emitted tokens are `pieces`."""
    concepts = concepts or EMOTIONS
    rng = np.random.default_rng(seed)
    rows = [(text, concept, "emotion") for concept, texts in concepts.items() for text in texts]
    rows += [(digit, digit, "percentage") for digit in DIGITS]
    texts = [row[0] for row in rows]
    kinds = np.array([row[2] for row in rows])
    n_steps, n_tokens = len(pieces), len(rows)
    weights = dict(zip(concepts, np.resize(lean or LEAN, len(concepts)), strict=True))
    usual = np.array([text.startswith(" ") or not text.isascii() for text in texts])
    share = np.array([np.log(weights.get(row[1], 0.1)) for row in rows])
    logit = share + np.where(usual, 0.0, -2.5) + rng.normal(0, 0.6, size=(n_steps, n_tokens))
    outside = np.full(n_steps, -2.0)
    for step, piece in enumerate(pieces):
        kind = kinds[texts.index(piece)] if piece in texts else "none"
        logit[step, kinds != kind] -= 7
        if kind == "none":
            outside[step] = 3.0
        else:
            logit[step, texts.index(piece)] = logit[step].max() + rng.uniform(0.2, 1.2)
    normalizer = np.logaddexp(np.logaddexp.reduce(logit, axis=1), outside)
    blank = bool(failed)
    padding = 2  # steps behind the end, as in a batch with a longer answer

    def padded(values: np.ndarray, fill: float) -> np.ndarray:
        values = np.full_like(values, fill) if blank else values
        tail = np.full((padding, *values.shape[1:]), fill, dtype=values.dtype)
        return np.concatenate([values, tail])[None, None]

    ids = np.arange(100, 100 + n_tokens)
    chosen = np.array([ids[texts.index(p)] if p in texts else 7 for p in pieces])
    return build_run(
        {
            "logit": padded(logit, np.nan),
            "log_normalizer": padded(normalizer, np.nan),
            "entropy": padded(np.ones(n_steps), np.nan),
            "chosen_token": padded(chosen, -1),
            "chosen_logit": padded(normalizer - 0.5, np.nan),
            "chosen_text": [[[*([""] * n_steps if blank else pieces), *[""] * padding]]],
            "answer": [["" if blank else "".join(pieces)]],
            "n_steps": [[0 if blank else n_steps]],
            "status": [["error" if blank else "ok"]],
            "message": [[failed]],
        },
        {
            "utterance": [utterance],
            "path": [f"{utterance}.wav"],
            "duration": [2.1],
            "speaker": ["1061"],
            "content_hash": ["0f"],
            "notes": [""],
            "prompt": [prompt],
            "prompt_text": ["How does the speaker sound?"],
            "prompt_format": ["percentages"],
            "prompt_language": ["en"],
            "token": ids,
            "token_text": texts,
            "concept": [row[1] for row in rows],
            "kind": [row[2] for row in rows],
            "spelling": [row[0].strip() for row in rows],
            "n_pieces": np.ones(n_tokens, dtype=int),
        },
        make_attrs(
            model_id="made up",
            model_revision="1",
            dtype="float32",
            tokenizer_hash="2",
            token_set={"concepts": {name: list(forms) for name, forms in concepts.items()}},
            token_set_hash="3",  # noqa: S106
            decoding={"mode": "greedy"},
        ),
    )


def labelled(values: list[float], emotion: list[str] | None = None) -> xr.DataArray:
    return xr.DataArray(values, coords={"emotion": emotion or list(EMOTIONS)})


@pytest.fixture
def make_run() -> Callable[..., xr.Dataset]:
    return build


@pytest.fixture
def shares() -> Callable[..., xr.DataArray]:
    return labelled


def vote(n: int, seed: int = 0) -> xr.DataArray:
    """Return the votes of nine listeners for each of n utterances by ten speakers."""
    rng = np.random.default_rng(seed)
    lean = rng.dirichlet([0.5, 0.3, 0.3, 0.4, 1.5, 0.5], size=n)
    return xr.DataArray(
        np.array([rng.multinomial(9, p) for p in lean], dtype=float),
        dims=("utterance", "emotion"),
        coords={
            "utterance": [f"clip{i:04d}" for i in range(n)],
            "emotion": list(EMOTIONS),
            "speaker": ("utterance", [f"speaker{i % 10}" for i in range(n)]),
        },
    )


def predict(votes: xr.DataArray, prompts: list[str], *, seed: int = 1) -> xr.DataArray:
    """Return shares that lean towards the votes, to several prompts."""
    rng = np.random.default_rng(seed)
    noise = rng.dirichlet(np.ones(6), size=(len(prompts), len(votes)))
    mixed = xr.DataArray(
        noise, dims=("prompt", "utterance", "emotion"), coords={"prompt": prompts, **votes.coords}
    )
    shares = 0.6 * votes / votes.sum("emotion") + 0.4 * mixed
    return shares.transpose("utterance", "prompt", "emotion").assign_attrs(readout="answer_step")


@pytest.fixture
def votes() -> Callable[..., xr.DataArray]:
    return vote


@pytest.fixture
def predicted() -> Callable[..., xr.DataArray]:
    return predict


@pytest.fixture
def run() -> xr.Dataset:
    return build(ENGLISH)


@pytest.fixture
def japanese() -> xr.Dataset:
    return build(JAPANESE, prompt="percentages_ja", utterance="録音１")


@pytest.fixture(autouse=True)
def _no_figures_left() -> Iterator[None]:
    """Close what a test drew, and see that it left the global settings alone."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    before = dict(mpl.rcParams)
    yield
    plt.close("all")
    assert dict(mpl.rcParams) == before

"""A whole corpus with five prompts, against a loop as one writes it first.

The loop loads a recording with librosa, asks one question after the other in batches of one, keeps
all logits, and takes what is wanted of them afterwards.
"""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import librosa
import numpy as np
import torch
from random_models import mid_size, small
from timing import Result, Size, alternated, largest_difference

from sottovoce import capture, get_prompts, load_model
from sottovoce.paths import data_folder
from sottovoce.vocabulary import as_token_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt

PROMPTS = ["one_word", "percentages", "json", "yes_no_angry", "one_word_2"]
ACTORS = range(1061, 1071)
MAX_NEW_TOKENS = 64


def measure(size: Size) -> list[Result]:
    """Return the figures of the bundled model and of one of middle size."""
    if size == "smoke":
        name, paths = "samples", sorted((data_folder() / "samples").glob("*.flac"))
        return [_measure("small model", small(), name, paths[:2], 2, rounds=1, wanted=None)]
    name, paths = recordings()
    n_bundled, n_mid = (len(paths), len(paths)) if size == "full" else (40, 6)
    return [
        _measure(
            "bundled model", load_model(check=False), name, _spread(paths, n_bundled),
            MAX_NEW_TOKENS, rounds=3, wanted=0.12,
        ),
        _measure(
            "mid-size model", mid_size(), name, _spread(paths, n_mid), 8, rounds=1, wanted=0.2
        ),
    ]  # fmt: skip


def recordings() -> tuple[str, list[Path]]:
    """Return CREMA-D's clips that the bundled model was not taught with, or else the samples."""
    root = Path(os.environ.get("SOTTOVOCE_TEST_DATA", "")) / "crema-d"
    clips = [path for actor in ACTORS for path in sorted(root.rglob(f"{actor}_*.wav"))]
    if clips:
        return "CREMA-D", clips
    return "the samples", sorted((data_folder() / "samples").glob("*.flac"))


def _spread(paths: Sequence[Path], n: int) -> list[Path]:
    return list(islice(paths[:: max(1, len(paths) // n)], n))


def _measure(
    label: str,
    model: SpeechModel,
    name: str,
    paths: list[Path],
    max_new_tokens: int,
    *,
    rounds: int,
    wanted: float | None,
) -> Result:
    prompts = get_prompts(PROMPTS)
    token_ids = as_token_set(None).resolve(model.tokenizer).ids
    found: dict[str, Any] = {}

    def loop() -> None:
        found["loop"] = naive(model, paths, prompts, token_ids, max_new_tokens)

    def whole() -> None:
        model.features.forget()  # of the round before
        found["whole"] = capture(
            model, paths, prompts, max_new_tokens=max_new_tokens, progress=False
        )

    capture(model, paths[0], prompts, max_new_tokens=1, progress=False)
    timed = alternated({"loop": loop, "whole": whole}, rounds)
    run = found["whole"]
    return Result(
        f"{len(paths)} clips of {name}, {len(prompts)} prompts, {label}",
        "a loop of batch 1 with output_logits",
        **timed.ratio("whole", "loop"),
        wanted=wanted,
        differs=max(
            largest_difference(logit, run.logit.values[u, p, : len(logit)])
            if run.n_steps.values[u, p] == len(logit) else float("inf")
            for (u, p), (logit, _) in found["loop"].items()
        ),
        note=f"the loop takes {np.median(timed.seconds['loop']) / len(paths):.2f} s a clip",
    )  # fmt: skip


@torch.inference_mode()
def naive(
    model: SpeechModel,
    paths: Sequence[Path],
    prompts: Sequence[Prompt],
    token_ids: Sequence[int],
    max_new_tokens: int,
) -> dict[tuple[int, int], tuple[np.ndarray, np.ndarray]]:
    """Return the logits and the normalizer of each clip and prompt, by that loop."""
    kept = {}
    settings = model.settings(max_new_tokens)
    settings.update(output_logits=True, return_dict_in_generate=True)
    for u, path in enumerate(paths):
        samples, _ = librosa.load(path, sr=model.rate)
        for p, prompt in enumerate(prompts):
            model.features.forget()  # such a loop does not remember them
            inputs = model.inputs([samples], [prompt.text])
            out = model.model.generate(**inputs, generation_config=settings)
            logits = torch.cat(out.logits)
            kept[u, p] = (logits[:, list(token_ids)].numpy(), logits.logsumexp(dim=-1).numpy())
    return kept

"""Several prompts on one recording, against each of them for itself."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from random_models import mid_size, noise, small
from timing import Result, Size, alternated, largest_difference

from sottovoce import capture, get_prompts

WANTED = 0.24
SECONDS = 5.0
NAMES = [
    "one_word", "percentages", "json", "yes_no_angry", "one_word_2", "percentages_2",
    "yes_no_sad", "one_word_3",
]  # fmt: skip


def measure(size: Size) -> list[Result]:
    """Return what eight prompts on a recording of five seconds cost."""
    model = small() if size == "smoke" else mid_size()
    prompts = get_prompts(NAMES)
    ask = partial(
        capture, model, (noise(SECONDS), 16000), max_new_tokens=4, progress=False,
        batch_size=len(prompts),
    )  # fmt: skip
    found: dict[str, Any] = {}

    def separate() -> None:
        found["separate"] = []
        for prompt in prompts:
            model.features.forget()  # separate calls do not remember the recording
            found["separate"].append(ask(prompts=prompt))

    def shared() -> None:
        model.features.forget()
        found["shared"] = ask(prompts=prompts, share_prefix=True)

    shared()  # what is tried out once for a model is no part of it
    rounds = {"smoke": 1, "default": 3, "full": 7}[size]
    timed = alternated({"separate": separate, "shared": shared}, rounds)
    alone = np.concatenate([run.logit.values for run in found["separate"]], axis=1)
    return [
        Result(
            f"{len(prompts)} prompts on a recording of {SECONDS:g} s",
            "a call for each prompt",
            **timed.ratio("shared", "separate"),
            wanted=WANTED,
            differs=largest_difference(alone, found["shared"].logit),
        )
    ]

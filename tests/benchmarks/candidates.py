"""Many candidates scored at once, against a pass for each with everything before it."""

from __future__ import annotations

from functools import partial
from typing import Any

from random_models import mid_size, noise, small
from timing import Result, Size, alternated, largest_difference

from sottovoce import score

WANTED = 0.06
SECONDS = 5.0
CANDIDATES = [
    f"{how}{what}" for how in ("", "very ", "not ", "a bit ")
    for what in ("angry", "disgusted", "fearful", "happy", "neutral", "sad")
]  # fmt: skip


def measure(size: Size) -> list[Result]:
    """Return what 24 candidates cost. The loop is run over some, each of which costs the same."""
    model = small() if size == "smoke" else mid_size()
    looped, rounds = {"smoke": (2, 1), "default": (8, 3), "full": (24, 5)}[size]
    some = CANDIDATES[:: len(CANDIDATES) // looped]
    weigh = partial(score, model, (noise(SECONDS), 16000), "one_word", batch_size=1, progress=False)
    found: dict[str, Any] = {}

    def loop() -> None:
        found["loop"] = weigh(some, share_prefix=False)

    def together() -> None:
        found["together"] = weigh(CANDIDATES, share_prefix=True)

    together()  # what is tried out once for a model is no part of it
    timed = alternated({"loop": loop, "together": together}, rounds)
    timed.seconds["loop"] = [one * len(CANDIDATES) / looped for one in timed.seconds["loop"]]
    both = found["together"].sel(candidate=found["loop"].candidate)
    pieces = int(found["together"].n_tokens.sum())
    return [
        Result(
            f"{len(CANDIDATES)} candidates of {pieces} tokens",
            "a pass for each candidate",
            **timed.ratio("together", "loop"),
            wanted=WANTED,
            differs=largest_difference(both.log_probability, found["loop"].log_probability),
            note=""
            if looped == len(CANDIDATES)
            else f"the loop is that of {looped}, times {len(CANDIDATES) // looped}",
        )
    ]

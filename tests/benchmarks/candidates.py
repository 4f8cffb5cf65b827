"""What scoring many candidates costs, against a pass for each with everything before it.

    python tests/benchmarks/candidates.py [--rounds 2] [--looped 24] [--seconds 5]

Prints CPU time on one thread as a ratio. `--looped` runs only some of the candidates in the loop
and takes its time in proportion, since each of them costs the same there.
"""

from __future__ import annotations

import argparse
import functools

import numpy as np
from mid_size import alternated, mid_size, noise, ratios

from sottovoce import score

TARGET = 0.06
CANDIDATES = [
    f"{how}{what}" for how in ("", "very ", "not ", "a bit ")
    for what in ("angry", "disgusted", "fearful", "happy", "neutral", "sad")
]  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--looped", type=int, default=len(CANDIDATES))
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    model = mid_size()
    weigh = functools.partial(
        score, model, noise(options.seconds), "one_word", batch_size=1, progress=False
    )
    found = {}

    def loop() -> None:
        found["loop"] = weigh(CANDIDATES[: options.looped], share_prefix=False)

    def together() -> None:
        found["together"] = weigh(CANDIDATES, share_prefix=True)

    weigh(CANDIDATES[:2], share_prefix=True)  # what is tried out once for a model is no part of it
    seconds = alternated({"loop": loop, "together": together}, options.rounds)
    seconds["loop"] = [one * len(CANDIDATES) / options.looped for one in seconds["loop"]]
    middle, least, most = ratios(seconds, "loop")["together"]
    both = found["together"].sel(candidate=found["loop"].candidate)
    off = float(np.abs(both.log_probability - found["loop"].log_probability).max())
    print(  # noqa: T201
        f"{len(CANDIDATES)} candidates of {int(found['together'].n_tokens.sum())} tokens: "
        f"{middle:.3f} of a loop [{least:.3f}, {most:.3f}], at most {TARGET} wanted; "
        f"log-probabilities differ by up to {off:.1e}"
    )


if __name__ == "__main__":
    main()

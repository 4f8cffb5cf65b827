"""What several prompts on one recording cost, against each of them for itself.

    python tests/benchmarks/prompts.py [--rounds 3] [--prompts 8] [--seconds 5]

Prints CPU time on one thread as a ratio, and how far the numbers differ.
"""

from __future__ import annotations

import argparse
import functools

import numpy as np
from mid_size import alternated, mid_size, noise, ratios

from sottovoce import capture, get_prompts

TARGET = 0.24
NAMES = [
    "one_word", "percentages", "json", "yes_no_angry", "one_word_2", "percentages_2",
    "yes_no_sad", "one_word_3", "json_2", "json_3",
]  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--prompts", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    model = mid_size()
    prompts = get_prompts(NAMES[: options.prompts])
    recording = noise(options.seconds)
    ask = functools.partial(
        capture, model, recording, batch_size=len(prompts), max_new_tokens=4, progress=False
    )
    runs = {}

    def separate() -> None:
        runs["separate"] = [ask(prompts=prompt) for prompt in prompts]

    def shared() -> None:
        runs["shared"] = ask(prompts=prompts, share_prefix=True)

    capture(
        model, recording, prompts, max_new_tokens=1, progress=False
    )  # what is tried out once for a model is no part of it
    seconds = alternated({"separate": separate, "shared": shared}, options.rounds)
    middle, least, most = ratios(seconds, "separate")["shared"]
    off = max(
        float(np.abs(run.logit.values[:, 0] - runs["shared"].logit.values[:, p]).max())
        for p, run in enumerate(runs["separate"])
    )
    print(  # noqa: T201
        f"{len(prompts)} prompts on {options.seconds:g} s: {middle:.3f} of separate calls "
        f"[{least:.3f}, {most:.3f}], at most {TARGET} wanted; logits differ by up to {off:.1e}"
    )


if __name__ == "__main__":
    main()

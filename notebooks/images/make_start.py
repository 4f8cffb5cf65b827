"""Draw start.png, the picture of README.md, from a sample and the bundled model.

Run ``python notebooks/images/make_start.py`` in a checkout. What it shows depends on the weights in
data/model.
"""

from __future__ import annotations

from pathlib import Path

from matplotlib import pyplot as plt

import sottovoce
from sottovoce.plots import distribution_bars, trajectories

UTTERANCE = "anna_disgusted-happy_3"
PROMPTS = ("percentages", "one_word")
PICTURE = Path(__file__).resolve().with_name("start.png")


def main() -> None:
    """Capture one recording, draw two panels and save them."""
    corpus = sottovoce.load_corpus("sample").select(utterances=UTTERANCE)
    model = sottovoce.load_model()
    run = sottovoce.capture(model, corpus.recordings, PROMPTS, progress=False)
    figure, (left, right) = plt.subplots(
        ncols=2, figsize=(14, 5.6), width_ratios=(1.5, 1), layout="constrained", facecolor="white"
    )
    trajectories(run, UTTERANCE, "percentages", ax=left)
    sources = {
        "token level": sottovoce.read_out(run, "answer_step"),
        "text level": sottovoce.read_out(run, "text"),
        "listeners": corpus.reference,
    }
    distribution_bars(sources, UTTERANCE, "one_word", ax=right)
    figure.savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    main()

"""What a capture costs beside plain generation, with the vocabulary of a large model.

Plain generation makes logits of the whole prompt where a model cannot be told to leave them out,
as Qwen2-Audio; a capture does not. So it is also held against generation without these, and the
share of its time that it spends on recording is taken on its own.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import fields
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from random_models import mid_size, noise, small
from timing import Result, Size, alternated, largest_difference, spread

from sottovoce.capture.recorder import Recorder
from sottovoce.capture.trace import trace_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sottovoce.capture.trace import Trace
    from sottovoce.models import SpeechModel

VOCABULARY = 156_032
ROWS = 8
TOKENS = 200
WANTED = 1.02
QUESTION = "Which emotion does the speaker express?"


def measure(size: Size) -> list[Result]:
    """Return the figures of a model of middle size, and of one that is little more than a head."""
    if size == "smoke":
        return _measure("head alone", small(vocab_size=2000), n_steps=3, rounds=1)
    n_steps, rounds = (200, 7) if size == "full" else (100, 3)
    return [
        *_measure("mid-size", mid_size(vocab_size=VOCABULARY), n_steps, rounds),
        *_measure("head alone", small(vocab_size=VOCABULARY), n_steps, rounds),
    ]


def _measure(name: str, model: SpeechModel, n_steps: int, rounds: int) -> list[Result]:
    sounds = [noise(seconds=1.0, seed=row) for row in range(ROWS)]
    inputs = model.inputs(sounds, [QUESTION] * ROWS)
    token_ids = list(range(0, 8 * TOKENS, 8))
    found: dict[str, Any] = {}
    share: list[float] = []
    steps: list[float] = []

    def plain(**options: Any) -> Any:
        settings = model.settings(n_steps)
        settings.update(**options)
        with torch.inference_mode():
            return model.model.generate(**inputs, generation_config=settings)

    def without_prompt() -> None:
        head = model.model.get_output_embeddings()
        hook = head.register_forward_pre_hook(lambda _, args: (args[0][:, -1:],))
        try:
            plain()
        finally:
            hook.remove()

    def captured() -> None:
        with recording_timed() as (begun, spent):
            found["capture"] = trace_inputs(model, inputs, token_ids, n_steps)
        steps.append(float(np.median(np.diff(begun[1:]))))
        share.append(float(np.median(spent[1:])) / steps[-1])

    def all_logits() -> None:
        out = plain(output_logits=True, return_dict_in_generate=True)
        found["output_logits"] = torch.stack([one[:, token_ids] for one in out.logits], dim=1)
        found["kept"] = sum(one.nbytes for one in out.logits)

    trace_inputs(model, inputs, token_ids, 1)
    timed = alternated(
        {
            "plain": plain,
            "without prompt": without_prompt,
            "capture": captured,
            "output_logits": all_logits,
        },
        rounds,
    )
    recorded = torch.stack([torch.from_numpy(trace.logit) for trace in found["capture"]])
    kept = {
        "capture keeps": sum(map(_nbytes, found["capture"])) / 1e6,
        "output_logits keeps": found["kept"] / 1e6,
    }
    vocabulary = model.model.get_output_embeddings().weight.shape[0]
    what = f"capture: {name}, {n_steps} steps of {ROWS} rows, vocabulary {vocabulary:,}"
    return [
        Result(
            what,
            "plain generation",
            **timed.ratio("capture", "plain") | {"megabytes": kept},
            wanted=WANTED,
            differs=largest_difference(recorded, found["output_logits"]),
        ),
        Result(
            what,
            "the same, its prompt without logits too",
            **timed.ratio("capture", "without prompt"),
            wanted=WANTED,
        ),
        Result(
            f"output_logits: {name}", "plain generation", **timed.ratio("output_logits", "plain")
        ),
        Result(
            f"recording: {name}",
            f"a decoding step of {1000 * median(steps):.0f} ms that it is part of",
            **spread(share),
        ),
    ]


def _nbytes(trace: Trace) -> int:
    values = (getattr(trace, one.name) for one in fields(trace))
    return sum(value.nbytes for value in values if isinstance(value, np.ndarray))


@contextmanager
def recording_timed() -> Iterator[tuple[list[float], list[float]]]:
    """Yield when recorders begin with a forward pass's logits, and the seconds that they take."""
    record = Recorder._record
    begun: list[float] = []
    spent: list[float] = []

    def timed(self: Recorder, output: Any) -> None:
        begun.append(time.process_time())
        record(self, output)
        spent.append(time.process_time() - begun[-1])

    Recorder._record = timed  # type: ignore[method-assign]
    try:
        yield begun, spent
    finally:
        Recorder._record = record  # type: ignore[method-assign]

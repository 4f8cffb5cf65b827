"""The same logits by nnsight, which traces a model while it generates; where it is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import torch
from cost import QUESTION, ROWS, TOKENS
from random_models import mid_size, noise, small
from timing import Result, Size, Skipped, alternated, largest_difference

from sottovoce.capture.trace import trace_inputs


def measure(size: Size) -> list[Result | Skipped]:
    """Return what tracing the head costs beside a capture."""
    if find_spec("nnsight") is None:
        return [Skipped("nnsight's trace of the head", "nnsight is not installed")]
    from nnsight import NNsight

    model = small() if size == "smoke" else mid_size()
    n_steps, rounds = {"smoke": (3, 1), "default": (20, 3), "full": (100, 7)}[size]
    inputs = model.inputs([noise(1.0, seed=row) for row in range(ROWS)], [QUESTION] * ROWS)
    token_ids = list(range(0, 8 * TOKENS, 8))
    traced = NNsight(model.model)
    found: dict[str, Any] = {}

    def trace() -> None:
        settings = model.settings(n_steps)
        with (
            torch.inference_mode(),
            traced.trace(**inputs, generation_config=settings, fn=model.model.generate) as tracer,
        ):
            kept = list().save()  # noqa: C408 - nnsight saves what its own list() makes
            for _ in tracer.iter[:n_steps]:
                kept.append(traced.lm_head.output[:, -1, token_ids])
        found["trace"] = torch.stack(kept, dim=1)

    def captured() -> None:
        found["capture"] = trace_inputs(model, inputs, token_ids, n_steps)

    trace()
    captured()
    timed = alternated({"trace": trace, "capture": captured}, rounds)
    recorded = torch.stack([torch.from_numpy(one.logit) for one in found["capture"]])
    return [
        Result(
            f"capture: mid-size, {n_steps} steps of {ROWS} rows",
            "nnsight's trace of the head, without normalizer and entropy",
            **timed.ratio("capture", "trace"),
            differs=largest_difference(recorded, found["trace"]),
        )
    ]

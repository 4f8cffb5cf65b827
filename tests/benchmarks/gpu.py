"""The cost of a capture on a GPU: Qwen2-Audio-7B's true shape in bfloat16, with random weights."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import torch
from cost import QUESTION, ROWS, TOKENS, WANTED
from random_models import QWEN2_AUDIO_7B, SMALL_ENCODER, SMALL_LANGUAGE_MODEL, noise, random_model
from timing import Result, Size, Skipped, Timed, largest_difference

from sottovoce.capture.trace import trace_inputs

WHAT = "capture: Qwen2-Audio-7B's shape, bfloat16, on a GPU"
MEMORY = 30e9


def measure(size: Size) -> list[Result | Skipped]:
    """Return the figures, by the clock of the wall, since the processor only waits."""
    if not torch.cuda.is_available():
        return [Skipped(WHAT, "there is no GPU that this torch can use")]
    free, _ = torch.cuda.mem_get_info()
    if free < MEMORY and size != "smoke":
        return [
            Skipped(WHAT, f"{free / 1e9:.0f} GB are free on the GPU, and {MEMORY / 1e9:.0f} needed")
        ]
    shape = (SMALL_ENCODER, SMALL_LANGUAGE_MODEL) if size == "smoke" else QWEN2_AUDIO_7B
    model = random_model("qwen2-audio-7b", *shape, device="cuda", dtype=torch.bfloat16)
    n_steps, rounds = {"smoke": (3, 1), "default": (100, 3), "full": (200, 7)}[size]
    inputs = model.inputs([noise(seed=row) for row in range(ROWS)], [QUESTION] * ROWS)
    token_ids = list(range(0, 8 * TOKENS, 8))
    found: dict[str, Any] = {}

    @torch.inference_mode()
    def plain(**options: Any) -> Any:
        settings = model.settings(n_steps)
        settings.update(**options)
        return model.model.generate(**inputs, generation_config=settings)

    def captured() -> None:
        found["capture"] = trace_inputs(model, inputs, token_ids, n_steps)

    def all_logits() -> None:
        out = plain(output_logits=True, return_dict_in_generate=True)
        found["output_logits"] = torch.stack([one[:, token_ids] for one in out.logits], dim=1)

    variants = {"plain": plain, "capture": captured, "output_logits": all_logits}
    for run in variants.values():
        run()
    timed = _alternated_on_gpu(variants, rounds)
    recorded = torch.stack([torch.from_numpy(trace.logit) for trace in found["capture"]])
    device = torch.cuda.get_device_name()
    result = partial(Result, note=device)
    return [
        result(
            f"{WHAT}, {n_steps} steps of {ROWS} rows", "plain generation",
            **timed.ratio("capture", "plain"), wanted=WANTED,
            differs=largest_difference(recorded, found["output_logits"].float().cpu()),
        ),
        result(
            "output_logits: the same", "plain generation", **timed.ratio("output_logits", "plain")
        ),
    ]  # fmt: skip


def _alternated_on_gpu(variants: dict[str, Any], rounds: int) -> Timed:
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    megabytes: dict[str, list[float]] = {name: [] for name in variants}
    for turn in range(rounds):
        names = list(variants)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
            torch.cuda.synchronize()
            begun = time.perf_counter()
            variants[name]()
            torch.cuda.synchronize()
            seconds[name].append(time.perf_counter() - begun)
            megabytes[name].append((torch.cuda.max_memory_allocated() - before) / 1e6)
    return Timed(seconds, megabytes)

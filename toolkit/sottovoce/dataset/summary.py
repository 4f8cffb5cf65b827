"""A run told at a glance: what was asked of which model, what came back, how it was made."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.dataset.schema import JSON_ATTRIBUTES
from sottovoce.markup import Markup, card, facts, folded, joined, one_line, table, tag

if TYPE_CHECKING:
    from collections.abc import Iterable

    import xarray as xr

MOST_ANSWERS = 6
MOST_PROMPTS = 6
MOST_FAILED = 5
MOST_CONCEPTS = 12
LONGEST_ANSWER = 240
LONGEST_LINE = 72
LONGEST_NAME = 40


def failures(run: xr.Dataset) -> dict[str, str]:
    """Return the utterances without an answer to every prompt, with the reasons."""
    failed = (run["status"] != "ok").transpose("utterance", "prompt").values
    messages = run["message"].transpose("utterance", "prompt").values
    told = {}
    for u in np.flatnonzero(failed.any(axis=1)):
        reasons = dict.fromkeys(str(text) for text in messages[u][failed[u]] if text)
        told[str(run["utterance"].values[u])] = "; ".join(reasons) or "no reason is told"
    return told


def text_summary(run: xr.Dataset) -> str:
    """Return a run in a few lines of text."""
    name = one_line(run.attrs["model_id"], LONGEST_LINE)
    lines = [f"<Run of {name}: {_sizes(run)}; {_answered(run)}; {_slice(run)}; {_steps(run)}>"]
    prompts = list(_prompts(run))
    for prompt, text in prompts[:MOST_PROMPTS]:
        lines.append(f"  asked {one_line(prompt, LONGEST_NAME)}: {one_line(text, LONGEST_LINE)}")
    if len(prompts) > MOST_PROMPTS:
        lines.append(f"  ... and {len(prompts) - MOST_PROMPTS} more")
    failed = failures(run)
    for utterance, reason in list(failed.items())[:MOST_FAILED]:
        told = one_line(reason, 2 * LONGEST_LINE)
        lines.append(f"  failed {one_line(utterance, LONGEST_NAME)}: {told}")
    if len(failed) > MOST_FAILED:
        lines.append(f"  ... and {len(failed) - MOST_FAILED} more")
    return "\n".join(lines)


def html_summary(run: xr.Dataset) -> Markup:
    """Return a run as a card for a notebook."""
    return card(
        "Run",
        joined("of ", one_line(run.attrs["model_id"])),
        facts(
            [
                ("recordings", _recordings(run)),
                ("answers", _answered(run)),
                ("steps", _steps(run)),
                ("slice", _slice(run)),
            ]
        ),
        _failed(run),
        _asked(run),
        _answers(run),
        folded("How it was made", facts(_provenance(run))),
    )


def _sizes(run: xr.Dataset) -> str:
    parts = (("utterance", "recording"), ("prompt", "prompt"))
    return ", ".join(_counted(run.sizes[dim], name) for dim, name in parts)


def _recordings(run: xr.Dataset) -> str:
    n = run.sizes["utterance"]
    parts = [_counted(n, "recording")]
    if "recording" in run.coords:
        n_whole = len(set(map(str, run["recording"].values)))
        if n_whole < n:
            parts = [f"{_counted(n, 'window')} of {_counted(n_whole, 'recording')}"]
    heard = run["duration"].values.astype(float)
    if np.isfinite(heard).any():
        parts.append(f"{np.nansum(heard):.1f} s heard")
    speakers = {str(name) for name in run["speaker"].values} - {""}
    if speakers:
        parts.append(_counted(len(speakers), "speaker"))
    return ", ".join(parts)


def _answered(run: xr.Dataset) -> str:
    n, n_ok = run["status"].size, int((run["status"] == "ok").sum())
    return f"{n_ok} of {n} ok" + (f", {n - n_ok} failed" if n_ok < n else "")


def _slice(run: xr.Dataset) -> str:
    is_percentage = run["kind"].values == "percentage"
    counts = Counter(map(str, run["concept"].values[~is_percentage]))
    parts = [f"{one_line(name, LONGEST_NAME)} {counts[name]}" for name in sorted(counts)]
    if len(parts) > MOST_CONCEPTS:
        parts[MOST_CONCEPTS:] = [f"{len(parts) - MOST_CONCEPTS} more concepts"]
    if n_percentage := int(is_percentage.sum()):
        parts.append(f"percentages {n_percentage}")
    return f"{_counted(run.sizes['token'], 'token')} ({', '.join(parts)})"


def _steps(run: xr.Dataset) -> str:
    lengths = run["n_steps"].values[run["status"].values == "ok"]
    if not lengths.size:
        return "no step"
    if lengths.min() == lengths.max():
        return f"{_counted(int(lengths.max()), 'step')} an answer"
    return f"{lengths.min()} to {lengths.max()} steps an answer, median {np.median(lengths):g}"


def _prompts(run: xr.Dataset) -> Iterable[tuple[str, str]]:
    return zip(map(str, run["prompt"].values), map(str, run["prompt_text"].values), strict=True)


def _asked(run: xr.Dataset) -> Markup:
    kinds = zip(run["prompt_format"].values, run["prompt_language"].values, strict=True)
    rows = [
        (one_line(name), one_line(text), ", ".join(filter(None, map(one_line, kind))))
        for (name, text), kind in zip(_prompts(run), kinds, strict=True)
    ]
    shown = table(("prompt", "question", "asks for"), rows[:MOST_PROMPTS])
    return joined(shown, _more(len(rows) - MOST_PROMPTS, "prompt"))


def _more(number: int, thing: str) -> Markup:
    told = f"and {_counted(number, 'more ' + thing)}"
    return tag("div", told, class_="sc-faint") if number > 0 else Markup()


def _failed(run: xr.Dataset) -> Markup:
    failed = failures(run)
    if not failed:
        return Markup()
    shown = list(failed.items())[:MOST_FAILED]
    lines = [tag("div", tag("b", one_line(name)), ": ", one_line(reason)) for name, reason in shown]
    more = len(failed) - len(shown)
    rest = tag("div", f"and {more} more") if more else ""
    return tag("div", *lines, rest, class_="sc-warning")


def _answers(run: xr.Dataset) -> Markup:
    some = run[["answer", "status"]].transpose("utterance", "prompt", ...)
    some = some.isel(utterance=slice(MOST_ANSWERS), prompt=slice(MOST_PROMPTS))
    prompts = [one_line(name) for name in some["prompt"].values]
    rows = [
        (one_line(name), *(_answer(text, status) for text, status in zip(said, ok, strict=True)))
        for name, said, ok in zip(
            some["utterance"].values, some["answer"].values, some["status"].values, strict=True
        )
    ]
    rest = _more(run.sizes["utterance"] - len(rows), "recording")
    return joined(table(("answers to", *prompts), rows), rest)


def _answer(text: object, status: object) -> Markup:
    if status != "ok":
        return tag("span", "failed", class_="sc-faint")
    said = one_line(text, LONGEST_ANSWER)
    return tag("span", said or "nothing", class_=None if said else "sc-faint", dir="auto")


def _provenance(run: xr.Dataset) -> list[tuple[str, object]]:
    told = {name: _readable(name, value) for name, value in run.attrs.items()}
    names = {
        "model_id": "model",
        "model_revision": "weights",
        "dtype": "number format",
        "tokenizer_hash": "tokenizer",
        "token_set_hash": "token set",
        "captured_token_set_hash": "captured with",
        "decoding": "decoding",
        "created": "made",
        "sottovoce_version": "sottovoce",
        "versions": "packages",
    }
    return [(label, told.get(name, "")) for name, label in names.items()]


def _readable(name: str, value: Any) -> str:
    if name not in JSON_ATTRIBUTES:
        return one_line(value)
    content = json.loads(value)
    if not isinstance(content, dict):
        return one_line(value)
    return ", ".join(f"{one_line(key)} {one_line(entry)}" for key, entry in content.items())


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"

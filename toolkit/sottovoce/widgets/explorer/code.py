"""The Python behind the Explorer: from the recordings to the shares that are seen."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sottovoce.audio import Recording
from sottovoce.widgets.shared.code import prompt_code, tokens_code
from sottovoce.widgets.shared.recording_names import file_stem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet
    from sottovoce.widgets.explorer.captured import Source

FOLDER = "my_recordings"


@dataclass(frozen=True)
class Seen:
    """What is seen, as far as its code has to say it.

    Parameters
    ----------
    model, corpus
        The Python that loads them; without a corpus it is empty.
    of_corpus
        Names of the recordings that are the corpus's own.
    sources
        A recording's name to what holds it.
    prompts, tokens
        What was asked and followed.
    files
        Where recordings lie that came from the browser, as far as they were saved.
    capturing
        Options of :func:`sottovoce.capture` that differ from its own.
    shares
        Label to the Python that makes the shares from ``run``, ``corpus``, and the ``shares`` that
        are made before.
    selecting
        The Python that takes spellings out of ``run``, an import above it; empty if all stay.
    utterance, prompt
        Which answer is shown.
    """

    model: str
    corpus: str
    of_corpus: frozenset[str]
    sources: Mapping[str, Source]
    prompts: Sequence[Prompt]
    tokens: TokenSet
    shares: Mapping[str, str]
    utterance: str
    prompt: str
    files: Mapping[str, os.PathLike[str]] = field(default_factory=dict)
    selecting: str = ""
    capturing: Mapping[str, Any] = field(default_factory=dict)


def explorer_code(seen: Seen) -> str:
    """Return Python that makes the same run and the same shares, without the widget."""
    prompts = [prompt_code(prompt) for prompt in seen.prompts]
    shares = list(seen.shares.values())
    then = {label: python for label, python in seen.shares.items() if "shares[" in python}
    first = {label: python for label, python in seen.shares.items() if label not in then}
    functions = [name for name in ("corpus_mean", "uniform") if _any_has(shares, f"{name}(")]
    options = "".join(f", {name}={value!r}" for name, value in seen.capturing.items())
    importing, _, selecting = seen.selecting.partition("\n\n")
    lines = [
        "import sottovoce",
        *(["import xarray as xr"] if _any_has(shares, "xr.DataArray") else []),
        *([f"from sottovoce.evaluation import {', '.join(functions)}"] if functions else []),
        *([importing] if importing else []),
        "",
        f"model = {seen.model}",
        *([f"corpus = {seen.corpus}"] if seen.corpus else []),
        "recordings = {",
        *(f"    {name!r}: {_source(name, one, seen)}" for name, one in seen.sources.items()),
        "}",
        *_wrapped("prompts", prompts),
        f"tokens = {tokens_code(seen.tokens)}",
        f"run = sottovoce.capture(model, recordings, prompts, tokens{options})",
        *([selecting.rstrip()] if selecting else []),
    ]
    if shares:
        lines += [
            "",
            f"utterance, prompt = {seen.utterance!r}, {seen.prompt!r}",
            "shares = {",
            *(f"    {label!r}: {python}," for label, python in first.items()),
            "}",
            *(f"shares[{label!r}] = {python}" for label, python in then.items()),
            "sottovoce.plots.distribution_bars(shares, utterance, prompt);",
        ]
    return "\n".join(lines) + "\n"


def _source(name: str, source: Source, seen: Seen) -> str:
    if name in seen.of_corpus:
        return f"corpus.recordings[{name!r}],"
    if not isinstance(source, Recording):
        return f"{os.fspath(source)!r},"
    if source.path and not source.part_of:
        return f"{source.path!r},"
    if name in seen.files:
        return f"{str(seen.files[name])!r},"
    path = f"{FOLDER}/{file_stem(name)}.wav"
    return f"{path!r},  # explorer.recordings.save({FOLDER!r}) writes it"


def _wrapped(name: str, items: Sequence[str]) -> list[str]:
    """Return a list in one line, or a line each where that would be too long."""
    one = f"{name} = [{', '.join(items)}]"
    return [one] if len(one) <= 88 else [f"{name} = [", *(f"    {item}," for item in items), "]"]


def _any_has(lines: Sequence[str], part: str) -> bool:
    return any(part in line for line in lines)

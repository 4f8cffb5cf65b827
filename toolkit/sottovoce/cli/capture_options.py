"""Options of a capture: how answers come about, and what becomes of long recordings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from sottovoce.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

_ONE = '{"recording": "answer"}'
_BY_PROMPT = '{"recording": {"prompt": "answer"}}'

Mode: TypeAlias = Annotated[
    str,
    typer.Option(
        "--mode",
        metavar="NAME",
        help="How answers come about: greedy; answer_step, which reads the step after a given "
        "beginning and decodes nothing; forced, which follows --answers; sample.",
    ),
]
AnswerPrefix: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--answer-prefix",
        metavar="TEXT",
        help="With answer_step: the beginning of an answer, or PROMPT=TEXT. May be repeated.",
    ),
]
Answers: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--answers",
        metavar="FILE",
        help="With forced: a saved run whose answers are followed, or JSON of the form "
        f"{_ONE} or {_BY_PROMPT}.",
        exists=True,
    ),
]
Samples: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--samples",
        min=1,
        metavar="N",
        help="With sample: answers to each question.",
        show_default="5",
    ),
]
Seed: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--seed",
        min=0,
        metavar="N",
        help="With sample: the same seed draws the same answers.",
        show_default="0",
    ),
]
Temperature: TypeAlias = Annotated[
    float | None,
    typer.Option(
        "--temperature",
        metavar="X",
        help="With sample: by which logits are divided.",
        show_default="1",
    ),
]
Long: TypeAlias = Annotated[
    str,
    typer.Option(
        "--long",
        metavar="WAY",
        help="What becomes of a recording longer than the model hears, or than --window: windows, "
        "pauses (it is cut where it is quiet), cut (the start is heard) or error.",
    ),
]
Window: TypeAlias = Annotated[
    float | None,
    typer.Option(
        "--window", metavar="SECONDS", help="The longest part.", show_default="what the model hears"
    ),
]
Overlap: TypeAlias = Annotated[
    float,
    typer.Option("--overlap", metavar="SECONDS", help="What windows have in common."),
]


def read_mode(
    mode: str,
    *,
    answer_prefix: Sequence[str] | None,
    answers: Path | None,
    samples: int | None,
    seed: int | None,
    temperature: float | None,
    max_new_tokens: int,
) -> dict[str, Any]:
    """Return the options of a mode as :func:`sottovoce.capture` takes them.

    Raises
    ------
    ModelError
        If there is no such mode, or an option belongs to another; before a model is loaded.
    """
    from sottovoce.capture.modes import make_mode

    options: dict[str, Any] = {
        "mode": mode,
        "answer_prefix": _prefixes(answer_prefix),
        "answers": None if answers is None else read_answers(answers),
        "n_samples": samples,
        "seed": seed,
        "temperature": temperature,
        "max_new_tokens": max_new_tokens,
    }
    make_mode(options["mode"], **{name: one for name, one in options.items() if name != "mode"})
    return options


def read_answers(path: Path) -> Any:
    """Return the answers of a saved run, or those that stand in a JSON file.

    Raises
    ------
    ModelError
        If the file holds neither.
    """
    if path.suffix != ".json":
        from sottovoce.dataset import open_run

        return open_run(path).answer.load()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{path}: this is not valid JSON ({error}).") from error
    if not isinstance(content, dict) or not content:
        raise ModelError(f"{path}: answers are of the form {_ONE} or {_BY_PROMPT}.")
    return content


def _prefixes(texts: Sequence[str] | None) -> Any:
    """Return one beginning for all prompts, or those of the prompts that are named."""
    if not texts:
        return None
    if len(texts) == 1 and not _name(texts[0]):
        return texts[0]
    named = {}
    for text in texts:
        name = _name(text)
        if not name:
            raise ModelError(f"--answer-prefix {text!r}: of several, each has the form PROMPT=TEXT")
        named[name] = text.partition("=")[2]
    return named


def _name(text: str) -> str:
    name, equals, _ = text.partition("=")
    return name if equals and name.replace("_", "").isalnum() else ""

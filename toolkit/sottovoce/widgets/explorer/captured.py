"""What a model was asked already, so that nothing is asked twice."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from sottovoce.audio import Recording, load_recording
from sottovoce.dataset import build_run
from sottovoce.dataset.schema import COORDINATES, VARIABLES
from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import xarray as xr

    from sottovoce.prompts import Prompt

Source: TypeAlias = "Recording | str | os.PathLike[str]"
MISSING = {"float32": np.nan, "float64": np.nan, "int64": -1, "str": ""}
NOT_ASKED = "not asked yet: the run was cancelled before"


class Question(NamedTuple):
    """What makes an answer: nothing else does, for one model and one way of decoding.

    Parameters
    ----------
    sound
        The hash of what is heard.
    prompt
        What is asked.
    tokens
        The hash of the token set.
    """

    sound: str
    prompt: Prompt
    tokens: str


class Captured:
    """The answers of one model, each found by what was heard and asked and which tokens are kept.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, {"tom": clip}, "one_word", progress=False)
    >>> captured = Captured()
    >>> question = Question(captured.sound(clip), sottovoce.get_prompt("one_word"), "")
    >>> question in captured
    False
    >>> captured.keep(question, run)
    >>> captured.run({"again": [question]}, {"again": clip}).utterance.values.tolist()
    ['again']
    """

    def __init__(self) -> None:
        self._answers: dict[Question, xr.Dataset] = {}
        self._sounds: dict[tuple[str, int, int], str] = {}

    def sound(self, source: Source) -> str:
        """Return the hash of what is heard, or the name of a file that cannot be read."""
        if isinstance(source, Recording):
            return f"{source.content_hash} {source.start:g}"
        path = Path(source).expanduser()
        try:
            seen = path.stat()
            key = (str(path.absolute()), seen.st_mtime_ns, seen.st_size)
            if key not in self._sounds:
                self._sounds[key] = hashlib.sha256(path.read_bytes()).hexdigest()
        except (OSError, ValueError):
            return f"unread {path}"
        return self._sounds[key]

    def __contains__(self, question: Question) -> bool:
        """Whether there is an answer; where nothing could be answered it may be asked again."""
        return question in self._answers and bool((self._answers[question]["status"] == "ok").any())

    def keep(self, question: Question, run: xr.Dataset) -> None:
        """Keep an answer: a run of one prompt, over one recording or its windows."""
        longest = max(1, int(run["n_steps"].max()))
        self._answers[question] = run.isel(step=slice(longest))

    def run(
        self, asked: Mapping[str, Sequence[Question]], sources: Mapping[str, Source]
    ) -> xr.Dataset | None:
        """Return answers as one run.

        Parameters
        ----------
        asked
            A recording's name to its questions, of which all recordings have the same, in the same
            order.
        sources
            A recording's name to what holds it.

        Returns
        -------
        xarray.Dataset or None
            Recordings without any answer are left out; None if all are. An answer that is missing
            beside others has the status "error".
        """
        answers = {
            name: [self._answers.get(question) for question in questions]
            for name, questions in asked.items()
        }
        answers = {
            name: row for name, row in answers.items() if any(one is not None for one in row)
        }
        if not answers:
            return None
        prompts = [question.prompt for question in next(iter(asked.values()))]
        run = _joined(answers, prompts)
        paths = [_path(sources[str(name)]) for name in run["recording"].values]
        run["path"].values[:] = paths
        return run


def _joined(
    answers: Mapping[str, Sequence[xr.Dataset | None]], prompts: Sequence[Prompt]
) -> xr.Dataset:
    known = {name: next(one for one in row if one is not None) for name, row in answers.items()}
    every = [one for row in answers.values() for one in row if one is not None]
    first = next(iter(known.values()))
    sizes = {
        "utterance": sum(one.sizes["utterance"] for one in known.values()),
        "prompt": len(prompts),
        "step": max(one.sizes["step"] for one in every),
        "token": first.sizes["token"],
    }
    arrays = {
        name: np.full(
            [sizes[dim] for dim in field.dims],
            MISSING[field.kind],
            dtype=object if field.kind == "str" else field.kind,
        )
        for name, field in VARIABLES.items()
    }
    arrays["n_steps"][:] = 0
    arrays["status"][:] = "error"
    arrays["message"][:] = NOT_ASKED
    start = 0
    for name, row in answers.items():
        end = start + known[name].sizes["utterance"]
        for p, one in enumerate(row):
            if one is None:
                continue
            for variable, field in VARIABLES.items():
                place: tuple[Any, ...] = (slice(start, end), p)
                if "step" in field.dims:
                    place = (*place, slice(one.sizes["step"]))
                arrays[variable][place] = one[variable].values[:, 0]
        start = end
    return build_run(
        arrays,
        _along_utterances(known)
        | {
            "prompt": [prompt.name for prompt in prompts],
            "prompt_text": [prompt.text for prompt in prompts],
            "prompt_format": [prompt.format for prompt in prompts],
            "prompt_language": [prompt.language for prompt in prompts],
        }
        | {
            name: first[name].values
            for name, field in COORDINATES.items()
            if field.dims == ("token",)
        },
        max((one.attrs for one in every), key=lambda attrs: str(attrs["created"])),
    )


def _path(source: Source) -> str:
    return (source.path or "") if isinstance(source, Recording) else os.fspath(source)


def _along_utterances(known: Mapping[str, xr.Dataset]) -> dict[str, list[Any]]:
    """Return the coordinates along utterance, under the names that the recordings have now."""
    told: dict[str, list[Any]] = {}
    for name, run in known.items():
        heard_as = str(run["recording"].values[0])
        for coordinate, field in COORDINATES.items():
            if field.dims == ("utterance",):
                values: Iterable[Any] = run[coordinate].values.tolist()
                if coordinate in ("utterance", "recording"):
                    values = [name + str(one).removeprefix(heard_as) for one in values]
                told.setdefault(coordinate, []).extend(values)
    return told


class Sounds:
    """The recordings that were heard, to be played and drawn.

    Parameters
    ----------
    most
        How many are kept in memory.
    """

    def __init__(self, most: int = 8) -> None:
        self._most = most
        self._kept: dict[tuple[str, str], Recording] = {}

    def part(self, name: str, source: Source, start: float, seconds: float) -> Recording | None:
        """Return what was heard of a recording, at its own rate; None if it cannot be read.

        Parameters
        ----------
        name
            Of the recording.
        source
            What holds it.
        start, seconds
            The part, in seconds from its start.
        """
        key = (name, source.content_hash if isinstance(source, Recording) else str(source))
        if key not in self._kept:
            while len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            try:
                heard = load_recording(source, rate=None, id=name, allow_silence=True)
            except RecordingError:
                return None  # the run says why
            self._kept[key] = heard
        whole = self._kept[key]
        if seconds >= whole.duration:
            return whole
        first = round((start - whole.start) * whole.rate)
        samples = whole.samples[max(0, first) : max(0, first) + round(seconds * whole.rate)]
        return Recording(samples, whole.rate, name, whole.path)

"""The table of speech architectures: what is known of each before a model is loaded."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.util import find_spec
from typing import Any, Literal, TypeAlias, get_args

Grouping: TypeAlias = Literal["any", "equal_length", "single"]
Longest: TypeAlias = Literal["window", "stated", "none"]

# One that is built for CUDA keeps transformers from loading beside a torch that is not.
_OF_TORCH_S_BUILD = frozenset({"torchaudio", "torchvision"})

GROUPS: dict[Grouping, str] = {
    "any": "any clips",
    "equal_length": "clips of equal length",
    "single": "one clip",
}
"""What batches may be made of, in words."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """A speech architecture of transformers.

    Parameters
    ----------
    name
        Its ``model_type`` in transformers.
    title
        What people call it.
    example
        A checkpoint on the hub.
    rate
        The sampling rate that it hears, in Hz.
    longest
        Whether what is longer than one window is cut in silence, the processor states a limit, or
        there is none.
    seconds
        The longest recording that the example hears; None where there is no limit.
    grouping
        Which rows may run in a batch without changing one another.
    prefix
        Whether the cache of a shared beginning can be forked over prompts.
    lens
        Whether the inner layers and the norm after them are found where a lens looks for them.
    needs
        Packages without which it cannot be loaded, beside those that sottovoce brings.
    note
        What its user must know.
    """

    name: str
    title: str
    example: str
    rate: int
    longest: Longest
    grouping: Grouping
    prefix: bool
    lens: bool
    seconds: float | None = None
    needs: tuple[str, ...] = ()
    note: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The packages that it needs and that are not installed here."""
        return tuple(package for package in self.needs if find_spec(_module(package)) is None)

    @property
    def status(self) -> str:
        """Whether it works here, in words, with the command that makes it work where not."""
        if not self.missing:
            return "works"
        built = ", of torch's own build" if set(self.missing) & _OF_TORCH_S_BUILD else ""
        return f"needs {', '.join(self.missing)}: pip install {' '.join(self.missing)}{built}"


@cache
def architectures() -> dict[str, Architecture]:
    """Return the table.

    Returns
    -------
    dict of str to Architecture
        By name.

    Examples
    --------
    >>> architectures()["qwen2_audio"].rate
    16000
    """
    entries = [
        entry | {"needs": tuple(entry.get("needs", ()))} for entry in _content()["architecture"]
    ]
    return {entry["name"]: Architecture(**entry) for entry in entries}


@cache
def refused() -> dict[str, str]:
    """Return the architectures that hear and cannot be asked, with the reason.

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> refused()["moonshine"]
    'it transcribes, and its decoder begins with one fixed token'
    """
    return {name: entry["reason"] for entry in _content()["refused"] for name in entry["names"]}


def usual_grouping(name: str) -> Grouping:
    """Return which rows of an architecture may run together, as far as it is known.

    Parameters
    ----------
    name
        Its ``model_type``; one that is not in the table may run in any company.

    Examples
    --------
    >>> usual_grouping("qwen3_asr"), usual_grouping("martian")
    ('equal_length', 'any')
    """
    known = architectures().get(name)
    return known.grouping if known else "any"


@cache
def _content() -> dict[str, list[dict[str, Any]]]:
    text = resources.files("sottovoce.models").joinpath("architectures.toml").read_text("utf-8")
    return tomllib.loads(text)


def stricter(one: Grouping, other: Grouping) -> Grouping:
    """Return the grouping that allows less.

    Examples
    --------
    >>> stricter("any", "equal_length"), stricter("single", "any")
    ('equal_length', 'single')
    """
    return max(one, other, key=get_args(Grouping).index)


def _module(package: str) -> str:
    return package.replace("-", "_")

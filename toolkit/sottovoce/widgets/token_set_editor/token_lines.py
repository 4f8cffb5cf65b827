"""The lines of a token set that is being written: what they mean, and what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sottovoce.errors import VocabularyError
from sottovoce.vocabulary import TokenSet, preset_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sottovoce.vocabulary import ResolvedTokens

MOST_SPELLINGS = 100
LONGEST_WORD = 60
EMPTY = "Nothing is followed yet: add a concept with a spelling, or tick a preset."
_SEPARATOR = re.compile(r"[,，、;；\n]")


@dataclass(frozen=True)
class Line:
    """A concept and its spellings, as they are typed.

    Parameters
    ----------
    concept
        Its name.
    spellings
        Separated by commas.
    aside
        Whether it is followed without taking a share.
    """

    concept: str
    spellings: str
    aside: bool = False

    @property
    def name(self) -> str:
        """The concept without the space around it."""
        return self.concept.strip()

    @property
    def words(self) -> tuple[str, ...]:
        """The spellings, each once.

        Examples
        --------
        >>> Line("calm", "calm, serene、穏やか,").words
        ('calm', 'serene', '穏やか')
        """
        parts = (part.strip() for part in _SEPARATOR.split(self.spellings))
        return tuple(dict.fromkeys(part for part in parts if part))


@dataclass(frozen=True)
class Reading:
    """What lines mean.

    Parameters
    ----------
    tokens
        The token set; None if the lines are none.
    problems
        What is wrong with each line, empty where nothing is.
    problem
        What is wrong with all of them.
    resolved
        The tokens of the set, or of those lines that are right, if there is a tokenizer.
    """

    tokens: TokenSet | None
    problems: list[str]
    problem: str = ""
    resolved: ResolvedTokens | None = None


def lines_of(tokens: TokenSet) -> list[Line]:
    """Return a token set as lines."""
    groups = ((tokens.concepts, False), (tokens.others, True))
    return [
        Line(concept, ", ".join(words), aside)
        for concepts, aside in groups
        for concept, words in concepts.items()
    ]


def read_lines(lines: Sequence[Line], *, percentages: bool, tokenizer: Any = None) -> Reading:
    """Return the token set that is written, or what keeps it from being one.

    Parameters
    ----------
    lines
        Those without a name and spellings are passed over.
    percentages
        Whether percentages are followed.
    tokenizer
        For which the set has to be one, if there is one already.

    Examples
    --------
    >>> reading = read_lines([Line("tense", "tense, nervous"), Line("calm", "")], percentages=False)
    >>> reading.tokens is None, reading.problems
    (True, ['', "Give 'calm' at least one spelling, or remove the line."])
    """
    problems = [_problem(line, lines[:i]) for i, line in enumerate(lines)]
    written = [line for line in lines if line.name]
    told = ""
    if not any(problems):
        try:
            tokens = named(_token_set(written, percentages=percentages))
            resolved = None if tokenizer is None else tokens.resolve(tokenizer)
        except VocabularyError as error:
            told = str(error) if written else EMPTY
            problems = _blamed(lines, percentages=percentages, tokenizer=tokenizer)
        else:
            return Reading(tokens, problems, resolved=resolved)
    right = [line for line, problem in zip(lines, problems, strict=True) if not problem]
    partly = _resolved([line for line in right if line.name], percentages, tokenizer)
    return Reading(None, problems, "" if any(problems) else told, partly)


def _resolved(lines: Sequence[Line], percentages: bool, tokenizer: Any) -> ResolvedTokens | None:
    """Return the tokens of those lines that are right, while others are still being written."""
    if tokenizer is None or _refusal(lines, percentages=percentages, tokenizer=tokenizer):
        return None
    return _token_set(lines, percentages=percentages).resolve(tokenizer)


def _token_set(lines: Sequence[Line], *, percentages: bool) -> TokenSet:
    return TokenSet(
        {line.name: line.words for line in lines if not line.aside},
        percentages=percentages,
        others={line.name: line.words for line in lines if line.aside},
    )


def _refusal(lines: Sequence[Line], *, percentages: bool = False, tokenizer: Any = None) -> str:
    """Return why lines make no token set, in the set's own words; empty if they do."""
    try:
        tokens = _token_set(lines, percentages=percentages)
        if tokenizer is not None:
            tokens.resolve(tokenizer)
    except VocabularyError as error:
        return str(error)
    return ""


def _blamed(lines: Sequence[Line], *, percentages: bool, tokenizer: Any) -> list[str]:
    """Return a refusal of the whole set beside each line that brings one."""
    problems = []
    accepted: list[Line] = []
    for line in lines:
        told = ""
        if line.name:
            told = _refusal([*accepted, line], percentages=percentages, tokenizer=tokenizer)
            accepted += [] if told else [line]
        problems.append(told)
    return problems


def _problem(line: Line, before: Sequence[Line]) -> str:
    if not line.name and not line.words:
        return ""
    if not line.name:
        return "Give the concept a name."
    if not line.words:
        return f"Give {line.name!r} at least one spelling, or remove the line."
    if any(other.name == line.name for other in before):
        return f"{line.name!r} stands in another line already; put its spellings there."
    if len(line.words) > MOST_SPELLINGS:
        return f"{len(line.words)} spellings; at most {MOST_SPELLINGS} can be told apart here."
    long = next((word for word in (line.name, *line.words) if len(word) > LONGEST_WORD), "")
    if long:
        return f"{long[:20] + '…'!r} has {len(long)} characters; at most {LONGEST_WORD} are taken."
    return _refusal([line])


def named(tokens: TokenSet) -> TokenSet:
    """Return the union of presets that a set is, whatever its order; else the set as it is.

    Examples
    --------
    >>> named(TokenSet.preset("yes-no") | TokenSet.preset("emotions-en")).name
    'emotions-en+yes-no'
    >>> named(TokenSet({"calm": ["calm"]})).name is None
    True
    """
    held = [name for name in preset_names() if holds(tokens, TokenSet.preset(name))]
    whole = [
        name
        for name in held
        if not any(
            other != name and holds(TokenSet.preset(other), TokenSet.preset(name)) for other in held
        )
    ]
    if not whole:
        return tokens
    union = TokenSet.preset("+".join(whole))
    return union if holds(union, tokens) else tokens


def holds(tokens: TokenSet, part: TokenSet) -> bool:
    """Return whether a set follows all that another one does, in the same concepts."""

    def within(concepts: Mapping[str, Sequence[str]], others: Mapping[str, Sequence[str]]) -> bool:
        return all(set(words) <= set(concepts.get(name, ())) for name, words in others.items())

    return (
        within(tokens.concepts, part.concepts)
        and within(tokens.others, part.others)
        and (tokens.percentages or not part.percentages)
    )


def lines_hold(lines: Sequence[Line], preset: TokenSet) -> bool:
    """Return whether all spellings of a preset stand in the lines, percentages aside."""
    return all(
        any(
            line.name == wanted.name
            and line.aside == wanted.aside
            and set(wanted.words) <= set(line.words)
            for line in lines
        )
        for wanted in lines_of(preset)
    )


def with_preset(lines: Sequence[Line], preset: TokenSet) -> list[Line]:
    """Return the lines with the spellings of a preset that they lack, behind what is there."""
    changed = [line for line in lines if line.name or line.words]
    for wanted in lines_of(preset):
        place = next((i for i, line in enumerate(changed) if line.name == wanted.name), None)
        if place is None:
            changed.append(wanted)
            continue
        words = dict.fromkeys((*changed[place].words, *wanted.words))
        changed[place] = replace(changed[place], spellings=", ".join(words), aside=wanted.aside)
    return changed


def without_preset(lines: Sequence[Line], preset: TokenSet) -> list[Line]:
    """Return the lines without the spellings of a preset; a concept that has no other goes."""
    gone = {line.name: set(line.words) for line in lines_of(preset)}
    changed = []
    for line in lines:
        left = [word for word in line.words if word not in gone.get(line.name, ())]
        if left or line.name not in gone:
            same = len(left) == len(line.words)
            changed.append(line if same else replace(line, spellings=", ".join(left)))
    return changed

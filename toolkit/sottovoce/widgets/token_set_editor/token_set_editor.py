"""TokenSetEditor: concepts and their spellings, and at once how a tokenizer writes them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from sottovoce.errors import SottovoceError, VocabularyError
from sottovoce.markup import Markup, one_line, table, tag
from sottovoce.vocabulary import TokenSet, as_token_set, preset_names
from sottovoce.vocabulary.table import parse_table
from sottovoce.widgets.shared.assets import javascript, styles
from sottovoce.widgets.shared.code import tokens_code
from sottovoce.widgets.shared.guard import guarded, in_words
from sottovoce.widgets.shared.labelled_figure import draw_labelled
from sottovoce.widgets.shared.messages import Messages
from sottovoce.widgets.shared.recording_figure import PAGE_STYLE
from sottovoce.widgets.shared.sendable import clean
from sottovoce.widgets.shared.still import ShowCode, StillOutput, page
from sottovoce.widgets.shared.token_words import KEPT, told_words
from sottovoce.widgets.token_set_editor.token_lines import (
    Line,
    Reading,
    lines_hold,
    lines_of,
    read_lines,
    with_preset,
    without_preset,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

    from sottovoce.vocabulary import ResolvedTokens

PERCENTAGES = "percentages"
MOST_CONCEPTS = 100
LARGEST_TABLE = 1_000_000
"""Bytes; a table of spellings has some thousands."""


class TokenSetTrait(traitlets.Instance):
    """A token set, given as one, as a preset's name or as a mapping."""

    def validate(self, owner: Any, value: Any) -> TokenSet:
        """Return the set that is meant."""
        tokens: TokenSet = super().validate(owner, as_token_set(value))
        return tokens


class TokenSetView(anywidget.AnyWidget):
    """The lines to write in, and what is told about them.

    ``lines`` are those of Python; what is typed comes as messages, and only ``told`` goes back, so
    that nothing is taken from under the hands of who types.
    """

    _esm = javascript(
        "shared/elements.js",
        "token_set_editor/token_chips.js",
        "token_set_editor/token_set_editor.js",
    )
    _css = styles("shared/theme.css", "token_set_editor/token_set_editor.css")
    lines = traitlets.Dict().tag(sync=True)
    told = traitlets.Dict().tag(sync=True)
    presets = traitlets.List(list(preset_names())).tag(sync=True)
    largest = traitlets.Int(LARGEST_TABLE).tag(sync=True)


class TokenSetEditor(StillOutput, ipywidgets.VBox):
    """Write which words stand for which concept, and see how a tokenizer splits them.

    Presets are ticked, concepts and spellings are written in lines. What is wrong is told beside
    the line at once, and `token_set` stays the last one that was right.

    Parameters
    ----------
    tokens
        What is there at first: a TokenSet, presets joined by "+", or
        ``{concept: [spelling, ...]}``.
    tokenizer
        The model's; without one nothing is told about pieces.
    show_code
        Whether there is a button for the Python.

    Attributes
    ----------
    token_set : TokenSet
        The last set that was right. May be assigned, by any of the forms above.
    tokenizer
        As above; may be assigned when the model changes.

    Raises
    ------
    VocabularyError
        If there is no such preset, or the set contradicts itself.

    Examples
    --------
    >>> editor = TokenSetEditor({"tense": ["tense", "nervous"], "calm": ["calm"]})
    >>> editor.token_set = "emotions-en+percentages"
    >>> list(editor.token_set.concepts)
    ['angry', 'disgusted', 'fearful', 'happy', 'neutral', 'sad']
    """

    token_set: Any = TokenSetTrait(TokenSet)
    tokenizer = traitlets.Any()

    def __init__(
        self,
        tokens: TokenSet | Mapping[str, Sequence[str]] | str = "emotions+percentages",
        *,
        tokenizer: Any = None,
        show_code: bool = True,
    ) -> None:
        self.view = TokenSetView()
        self.messages = Messages()
        self._show_code = ShowCode(self)
        self._lines: list[Line] = []
        self._percentages = False
        self._reading = Reading(None, [])
        self._turn = 0
        self._typing = False
        parts = [self.view, self.messages, *([self._show_code] if show_code else [])]
        super().__init__(parts, tokenizer=tokenizer, token_set=tokens)
        self._assigned()
        self.observe(self._assigned, "token_set")
        self.observe(self._other_tokenizer, "tokenizer")
        self.view.on_msg(self._heard)

    @property
    def resolved(self) -> ResolvedTokens | None:
        """The tokens of the set in the tokenizer; None without one.

        Raises
        ------
        VocabularyError
            If one token is the full spelling of two concepts.
        """
        return None if self.tokenizer is None else self.token_set.resolve(self.tokenizer)

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong with what is written: concept to words; "" stands for all of it."""
        pairs = zip(self._lines, self._reading.problems, strict=True)
        told = {line.name: problem for line, problem in pairs if problem}
        return told | ({"": self._reading.problem} if self._reading.problem else {})

    def read_table(self, text: str) -> None:
        """Take a table of spellings: CSV or TSV with the columns concept and spelling.

        A third column, ``kind``, may say "emotion" or "other". Percentages stay as they are.

        Raises
        ------
        VocabularyError
            If it is no such table, or contradicts itself.
        """
        if len(text.encode("utf-8", "replace")) > LARGEST_TABLE:
            raise VocabularyError(
                f"The table has more than {LARGEST_TABLE // 1000:,} kB. A row holds one spelling."
            )
        tokens = TokenSet.from_table(parse_table(text), percentages=self.token_set.percentages)
        number = len(tokens.concepts) + len(tokens.others)
        if number > MOST_CONCEPTS:
            raise VocabularyError(
                f"The table has {number:,} concepts, and at most {MOST_CONCEPTS} can be edited "
                "here. TokenSet.from_table(path) takes any number."
            )
        self.token_set = tokens

    def code(self) -> str:
        """Return the Python of the set."""
        python = tokens_code(self.token_set)
        made = f"sottovoce.TokenSet.preset({python})" if python.startswith("'") else python
        return f"import sottovoce\n\ntokens = {made}\n"

    def to_figure(self) -> Figure:
        """Return concepts and spellings as a matplotlib figure."""
        rows = [(line.name, line.spellings) for line in lines_of(self.token_set)]
        if self.token_set.percentages:
            rows.append((PERCENTAGES, "0% to 100%"))
        return draw_labelled(rows, empty="Nothing is followed.")

    def to_html(self) -> str:
        """Return the set, and how its spellings are written, as one page that needs no kernel."""
        return page(
            "Token set", tag("main", tag("h1", "Token set"), self.still()), style=PAGE_STYLE
        )

    def still(self) -> Markup:
        """Return concepts and spellings as a table, with their tokens where they are known."""
        rows: list[tuple[object, ...]] = []
        resolved = self._reading.resolved if self._reading.tokens is not None else None
        words = {} if resolved is None else told_words(resolved)
        for line in lines_of(self.token_set):
            cells = (one_line(line.name), one_line(line.spellings))
            if resolved is None:
                rows.append(cells)
                continue
            told = (f"{word['spelling']}: {word['told']}" for word in words.get(line.name, ()))
            rows.append((*cells, one_line("; ".join(told))))
        if self.token_set.percentages:
            rows.append((PERCENTAGES, "0% to 100%", *([] if resolved is None else [""])))
        return table(
            ("concept", "spellings", *([] if resolved is None else ["how they are written"])), rows
        )

    def _assigned(self, _change: Any = None) -> None:
        """Show the set in lines, unless it is what the lines say already."""
        self._show_code.refresh()
        if self._typing:
            return
        self._show(lines_of(self.token_set), percentages=self.token_set.percentages, take=False)

    def _other_tokenizer(self, _change: Any) -> None:
        self._read(self._lines, percentages=self._percentages, take=False)

    @guarded
    def _heard(self, _view: Any, content: Mapping[str, Any], _buffers: Any) -> None:
        kind = content.get("kind")
        if kind == "table":
            self._take_table(str(content["text"]))
        elif kind == "edit":
            self._read(_typed(content), percentages=bool(content["percentages"]))
        elif kind == "preset":
            self._tick(_typed(content), content)

    def _tick(self, lines: Sequence[Line], content: Mapping[str, Any]) -> None:
        """Add a preset to what is written, or take it out."""
        name, ticked = str(content["name"]), bool(content["ticked"])
        percentages = bool(content["percentages"])
        preset = TokenSet.preset(name)
        if preset.percentages:
            percentages = ticked
        change = with_preset if ticked else without_preset
        self._show(change(lines, preset), percentages=percentages)

    def _take_table(self, text: str) -> None:
        try:
            self.read_table(text)
        except SottovoceError as error:
            self.view.send({"kind": "table", "ok": False, "text": clean(in_words(error))})
        else:
            number = len(self.token_set.concepts) + len(self.token_set.others)
            told = f"{number} concept{'' if number == 1 else 's'} taken from the table."
            self.view.send({"kind": "table", "ok": True, "text": told})

    def _show(self, lines: Sequence[Line], *, percentages: bool, take: bool = True) -> None:
        """Put lines into the browser in the place of those that are there."""
        self._turn += 1
        self._read(lines, percentages=percentages, take=take)

    def _read(self, lines: Sequence[Line], *, percentages: bool, take: bool = True) -> None:
        """Take what is written as the set if it is to be taken, and tell what is wrong with it."""
        self.messages.clear()
        self._lines, self._percentages = list(lines), percentages
        reading = read_lines(self._lines, percentages=percentages, tokenizer=self.tokenizer)
        self._reading = reading
        if take and reading.tokens is not None and reading.tokens != self.token_set:
            self._typing = True
            try:
                self.token_set = reading.tokens
            finally:
                self._typing = False
        with self.view.hold_sync():
            self.view.told = self._told(reading)
            self.view.lines = self._written()

    def _written(self) -> dict[str, Any]:
        """Return the lines for a view that is opened; one that has this turn keeps its own."""
        return {
            "turn": self._turn,
            "percentages": self._percentages,
            "lines": [
                {
                    "concept": clean(line.concept),
                    "spellings": clean(line.spellings),
                    "aside": line.aside,
                }
                for line in self._lines
            ],
        }

    def _told(self, reading: Reading) -> dict[str, Any]:
        written = {} if reading.resolved is None else told_words(reading.resolved)
        missing = reading.resolved.missing if reading.resolved is not None else ()
        lines = []
        for line, problem in zip(self._lines, reading.problems, strict=True):
            words = written.get(line.name, []) if not problem else []
            lines.append(
                {
                    "problem": clean(problem),
                    "lost": line.name in missing,
                    "words": words,
                    "sum": _sum(words),
                }
            )
        presets = {
            name: lines_hold(self._lines, TokenSet.preset(name))
            and (self._percentages or not TokenSet.preset(name).percentages)
            for name in preset_names()
        }
        return {
            "lines": lines,
            "presets": presets,
            "problem": clean(reading.problem),
            "right": reading.tokens is not None,
            "using": clean(self.token_set.name or ", ".join(self.token_set.concepts)),
            "n_tokens": None if reading.resolved is None else len(reading.resolved),
            "has_tokenizer": self.tokenizer is not None,
        }


def _typed(content: Mapping[str, Any]) -> list[Line]:
    return [
        Line(str(one["concept"]), str(one["spellings"]), bool(one["aside"]))
        for one in content["lines"]
    ]


def _sum(words: Sequence[Mapping[str, Any]]) -> str:
    """Return in words how many spellings are one token, begun by one, and not followed.

    Examples
    --------
    >>> _sum([{"status": "one"}, {"status": "one"}, {"status": "absent"}])
    '2 of 3 spellings are one token, 1 not followed'
    """
    if not words:
        return ""
    counts = Counter(word["status"] for word in words)
    lost = sum(number for status, number in counts.items() if status not in KEPT)
    one = f"{counts['one']} of {len(words)} spelling{'' if len(words) == 1 else 's'}"
    parts = [f"{one} {'is' if counts['one'] == 1 else 'are'} one token"]
    if counts["several"]:
        parts.append(f"{counts['several']} followed by a first piece")
    if lost:
        parts.append(f"{lost} not followed")
    return ", ".join(parts)

"""SpellingFilter: which concepts and spellings of a captured run count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from sottovoce.dataset import select_spellings, spellings_of
from sottovoce.errors import RunError, VocabularyError
from sottovoce.markup import Markup, one_line, table, tag
from sottovoce.plots.text import visible
from sottovoce.vocabulary import TokenSet, as_token_set
from sottovoce.widgets.shared.assets import javascript, styles
from sottovoce.widgets.shared.guard import guarded
from sottovoce.widgets.shared.labelled_figure import draw_labelled
from sottovoce.widgets.shared.messages import Messages
from sottovoce.widgets.shared.recording_figure import PAGE_STYLE
from sottovoce.widgets.shared.sendable import clean
from sottovoce.widgets.shared.still import ShowCode, StillOutput, page
from sottovoce.widgets.shared.token_words import LONGEST_PIECE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from matplotlib.figure import Figure

EMPTY = "No spelling counts."


class ChosenTrait(traitlets.Dict):
    """Spellings of each concept, of those that there are."""

    def validate(self, owner: Any, value: Any) -> dict[str, tuple[str, ...]]:
        """Return what is chosen in the order of what there is, without empty concepts."""
        checked: dict[str, tuple[str, ...]] = super().validate(
            owner, _chosen(value, owner.spellings)
        )
        return checked


class SpellingView(anywidget.AnyWidget):
    """The concepts and spellings to tick; what is chosen are places in ``concepts``."""

    _esm = javascript("shared/elements.js", "spelling_filter/spelling_filter.js")
    _css = styles("shared/theme.css", "spelling_filter/spelling_filter.css")
    concepts = traitlets.List().tag(sync=True)
    ticked = traitlets.List().tag(sync=True)


class SpellingFilter(StillOutput, ipywidgets.VBox):
    """Tick which spellings count; the model is never asked again.

    Parameters
    ----------
    tokens
        A TokenSet, a preset's name or a mapping: what there is to choose from.
    run
        From :func:`sottovoce.capture`, instead of a token set: then each spelling shows its tokens.
        One without a token of its own cannot be ticked; it counts as long as its concept does.
    show_code
        Whether there is a button for the Python.

    Attributes
    ----------
    chosen : dict
        ``{concept: (spelling, ...)}``, at first all. A concept without a spelling is left out, and
        takes no share.
    spellings : dict
        What there is to choose from, in the same form.

    Raises
    ------
    VocabularyError
        If neither tokens nor a run are given, or `chosen` names what there is not.

    Examples
    --------
    >>> spellings = SpellingFilter({"tense": ["tense", "nervous"], "calm": ["calm"]})
    >>> spellings.chosen
    {'tense': ('tense', 'nervous'), 'calm': ('calm',)}
    >>> spellings.chosen = {"tense": ["nervous"]}
    >>> spellings.everything
    False
    """

    chosen: Any = ChosenTrait()

    def __init__(
        self,
        tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
        *,
        run: xr.Dataset | None = None,
        show_code: bool = True,
    ) -> None:
        self.spellings: dict[str, tuple[str, ...]] = {}
        self._run: xr.Dataset | None = None
        self._tokens: dict[tuple[str, str], list[str]] | None = None
        self.view = SpellingView()
        self.messages = Messages()
        self._show_code = ShowCode(self)
        parts = [self.view, self.messages, *([self._show_code] if show_code else [])]
        super().__init__(parts)
        if run is not None:
            self.run = run
        elif tokens is not None:
            self.show(tokens)
        else:
            raise VocabularyError("Give a token set, or a run: SpellingFilter(run=run)")
        self.observe(self._follow, "chosen")
        self.view.on_msg(self._heard)

    def show(self, tokens: TokenSet | Mapping[str, Sequence[str]] | str) -> None:
        """Choose from a token set; what was chosen stays if there is the same to choose from."""
        known = as_token_set(tokens)
        self._run = self._tokens = None
        self._offer({**known.concepts, **known.others})

    @property
    def run(self) -> xr.Dataset | None:
        """The run whose spellings are ticked, with all of them; may be assigned."""
        return self._run

    @run.setter
    def run(self, run: xr.Dataset) -> None:
        spellings = spellings_of(run)
        self._run, self._tokens = run, _tokens_of(run)
        self._offer(spellings)

    @property
    def selected(self) -> xr.Dataset | None:
        """The run with the chosen spellings only; None without a run.

        Raises
        ------
        RunError
            If nothing is chosen.
        """
        return None if self._run is None else select_spellings(self._run, self.chosen)

    @property
    def everything(self) -> bool:
        """Whether all spellings count."""
        return bool(self.chosen == self.spellings)

    def code(self) -> str:
        """Return the Python that takes the other spellings out of ``run``."""
        if self.everything:
            return "# All spellings count: the run stays as it is.\n"
        lines = [
            f"    {concept!r}: [{', '.join(map(repr, words))}],"
            for concept, words in self.chosen.items()
        ]
        head = [
            "from sottovoce.dataset import select_spellings",
            "",
            "run = select_spellings(run, {",
        ]
        return "\n".join([*head, *lines, "})"]) + "\n"

    def to_figure(self) -> Figure:
        """Return the concepts and the spellings that count as a matplotlib figure."""
        rows = [(concept, ", ".join(words)) for concept, words in self.chosen.items()]
        return draw_labelled(rows, empty=EMPTY)

    def to_html(self) -> str:
        """Return what counts and what does not as one page that needs no kernel."""
        title = "Spellings that count"
        return page(title, tag("main", tag("h1", title), self.still()), style=PAGE_STYLE)

    def still(self) -> Markup:
        """Return what counts and what does not as a table."""
        rows = []
        for concept, words in self.spellings.items():
            counted = self.chosen.get(concept, ())
            left = (word for word in words if word not in counted)
            rows.append(
                (one_line(concept), one_line(", ".join(counted)), one_line(", ".join(left)))
            )
        return table(("concept", "counts", "left out"), rows)

    def _offer(self, spellings: Mapping[str, Sequence[str]]) -> None:
        offered = {concept: tuple(words) for concept, words in spellings.items()}
        changed = offered != self.spellings
        self.spellings = offered
        self._draw()
        if changed:
            self.chosen = offered
        self._follow()

    def _follow(self, _change: Any = None) -> None:
        self.view.ticked = [
            [i for i, word in enumerate(words) if word in self.chosen.get(concept, ())]
            for concept, words in self.spellings.items()
        ]
        self._show_code.refresh()

    @guarded
    def _heard(self, _view: Any, content: Mapping[str, Any], _buffers: Any) -> None:
        """Take what was ticked; spellings without a token go with their concept."""
        if content.get("kind") != "tick":
            return
        self.messages.clear()
        chosen = {}
        for (concept, words), places in zip(self.spellings.items(), content["ticked"], strict=True):
            ticked = {words[place] for place in places if self._counts(concept, words[place])}
            chosen[concept] = [
                word
                for word in words
                if ticked and (word in ticked or not self._counts(concept, word))
            ]
        self.chosen = chosen
        self._follow()
        if not self.chosen:
            self.messages.warning(
                f"{EMPTY} Tick one, so that there is something to divide between."
            )

    def _counts(self, concept: str, word: str) -> bool:
        """Return whether ticking a spelling makes a difference to a read-out of tokens."""
        if self._tokens is None:
            return True
        own = [key for key in self._tokens if key[0] == concept]
        return not own or (concept, word) in self._tokens

    def _draw(self) -> None:
        self.view.concepts = [
            {
                "concept": clean(concept),
                "words": [
                    {
                        "spelling": clean(word),
                        "tokens": (self._tokens or {}).get((concept, word), []),
                        "counts": self._counts(concept, word),
                    }
                    for word in words
                ],
            }
            for concept, words in self.spellings.items()
        ]


def _chosen(given: Any, spellings: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    if not isinstance(given, Mapping):
        raise VocabularyError(f"chosen={given!r} must be {{concept: [spelling, ...]}}")
    for concept, words in given.items():
        if concept not in spellings:
            names = ", ".join(map(repr, spellings))
            raise VocabularyError(f"There is no concept {concept!r} to choose; there are {names}")
        unknown = [word for word in words if word not in spellings[concept]]
        if isinstance(words, str) or unknown:
            names = ", ".join(map(repr, spellings[concept]))
            raise VocabularyError(
                f"{words!r} is no list of spellings of {concept!r}; it has {names}"
            )
    kept = {
        concept: tuple(word for word in words if word in given.get(concept, ()))
        for concept, words in spellings.items()
    }
    return {concept: words for concept, words in kept.items() if words}


def _tokens_of(run: xr.Dataset) -> dict[tuple[str, str], list[str]]:
    """Return the tokens of each concept and spelling, with visible spaces."""
    if not {"concept", "kind", "spelling", "token_text"} <= set(run.coords):
        raise RunError("This dataset has no tokens to choose from; give a run.")
    found: dict[tuple[str, str], list[str]] = {}
    columns = (run[name].values for name in ("concept", "kind", "spelling", "token_text"))
    for concept, kind, spelling, text in zip(*columns, strict=True):
        if kind != "percentage":
            shown = clean(visible(str(text), LONGEST_PIECE))
            found.setdefault((str(concept), str(spelling)), []).append(shown)
    return found

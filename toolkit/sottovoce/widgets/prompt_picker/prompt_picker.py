"""PromptPicker: choose questions of the library, and type one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from sottovoce.errors import PromptError, SottovoceError, require_one_of
from sottovoce.markup import Markup, one_line, table, tag
from sottovoce.prompts import Prompt, get_prompts, list_prompts
from sottovoce.widgets.prompt_picker.typed_questions import FORMATS, read_question, warning_about
from sottovoce.widgets.shared.assets import javascript, styles
from sottovoce.widgets.shared.code import prompt_code
from sottovoce.widgets.shared.guard import guarded
from sottovoce.widgets.shared.labelled_figure import draw_labelled
from sottovoce.widgets.shared.messages import Messages
from sottovoce.widgets.shared.recording_figure import PAGE_STYLE
from sottovoce.widgets.shared.sendable import clean
from sottovoce.widgets.shared.still import ShowCode, StillOutput, page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

LANGUAGES = {"en": "English", "ja": "日本語"}
EMPTY = "No question is chosen."


class PromptsTrait(traitlets.Tuple):
    """Prompts, given as Prompts, names or questions; a single one or several or none."""

    def validate(self, owner: Any, value: Any) -> tuple[Prompt, ...]:
        """Return the prompts that are meant."""
        empty = isinstance(value, Sequence) and not isinstance(value, str) and not value
        prompts = () if empty else tuple(get_prompts(value))
        library = {prompt.name: prompt for prompt in list_prompts()}
        for prompt in prompts:
            if library.get(prompt.name, prompt) != prompt:
                raise PromptError(
                    f"The library has another question of the name {prompt.name!r}. Give yours a "
                    "name of its own."
                )
        return tuple(super().validate(owner, prompts))


class PromptView(anywidget.AnyWidget):
    """The list of questions and the form for one's own, in the browser.

    Prompts are known to the browser by a number; what is chosen are numbers in order.
    """

    _esm = javascript("shared/elements.js", "prompt_picker/prompt_picker.js")
    _css = styles("shared/theme.css", "prompt_picker/prompt_picker.css")
    listed = traitlets.List().tag(sync=True)
    chosen = traitlets.List(traitlets.Int()).tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    languages = traitlets.Dict(LANGUAGES).tag(sync=True)
    formats = traitlets.Dict(FORMATS).tag(sync=True)


class PromptPicker(StillOutput, ipywidgets.VBox):
    """Questions to choose from, with their texts, and a place to type one's own.

    Parameters
    ----------
    prompts
        What is chosen at first: names of the library, questions or Prompts.
    language
        Only those in this language are listed at first: "en", "ja", or None for all.
    tokenizer
        The model's, if it is known: a typed question is then looked through for its control tokens.
    show_code
        Whether there is a button for the Python.

    Attributes
    ----------
    prompts : tuple of Prompt
        What is chosen, in the order of choice; may be empty. Names and questions can be assigned.
    tokenizer
        As above; may be assigned when the model changes.

    Raises
    ------
    PromptError
        If a prompt is unknown, or has the name of one in the library and another text.

    Examples
    --------
    >>> picker = PromptPicker("one_word", language="en")
    >>> picker.prompts = ("percentages", "How does she sound?")
    >>> [prompt.name for prompt in picker.prompts]
    ['percentages', 'custom-607eec']
    >>> picker.observe(lambda change: print(len(change["new"]), "chosen"), "prompts")
    >>> picker.prompts = ()
    0 chosen
    """

    prompts: Any = PromptsTrait()
    tokenizer = traitlets.Any()

    def __init__(
        self,
        prompts: str | Prompt | Sequence[str | Prompt] = ("one_word",),
        *,
        language: str | None = None,
        tokenizer: Any = None,
        show_code: bool = True,
    ) -> None:
        require_one_of("language", language, (None, *LANGUAGES), PromptError)
        self._known: dict[int, Prompt] = dict(enumerate(list_prompts()))
        self._library = len(self._known)
        self._next = self._library
        self.view = PromptView(language=language or "")
        self.messages = Messages()
        self._show_code = ShowCode(self)
        parts = [self.view, self.messages, *([self._show_code] if show_code else [])]
        super().__init__(parts, tokenizer=tokenizer)
        self._list()
        self.prompts = prompts
        self._follow()
        self.observe(self._follow, "prompts")
        self.view.observe(self._chosen, "chosen")
        self.view.on_msg(self._heard)

    @property
    def own(self) -> tuple[Prompt, ...]:
        """The questions that are not in the library, chosen or not."""
        return tuple(prompt for key, prompt in self._known.items() if key >= self._library)

    def add(
        self, text: str, name: str = "", *, language: str = "en", format: str = "free"
    ) -> Prompt:
        """Add a question of one's own and choose it: what the form does.

        Parameters
        ----------
        text
            The question.
        name
            What it shall be called in the run; by default a name made of the question.
        language, format
            As for :class:`sottovoce.Prompt`.

        Returns
        -------
        Prompt

        Raises
        ------
        PromptError
            If the question is empty, very long or there already, or the name is taken.
        """
        prompt = read_question(text, name, language, format, self._known.values())
        self.prompts = (*self.prompts, prompt)
        return prompt

    def code(self) -> str:
        """Return the Python of what is chosen."""
        lines = [f"    {prompt_code(prompt)}," for prompt in self.prompts]
        return "\n".join(
            ["import sottovoce", "", "prompts = sottovoce.get_prompts([", *lines, "])"]
        )

    def to_figure(self) -> Figure:
        """Return what is chosen, names and questions, as a matplotlib figure."""
        return draw_labelled([(one.name, one.text) for one in self.prompts], empty=EMPTY)

    def to_html(self) -> str:
        """Return what is chosen as one page that needs no kernel."""
        return page(
            "Questions", tag("main", tag("h1", "Questions"), self.still()), style=PAGE_STYLE
        )

    def still(self) -> Markup:
        """Return what is chosen as a table."""
        if not self.prompts:
            return tag("p", EMPTY)
        rows = [
            (one_line(one.name), one_line(one.text), FORMATS[one.format], one.language)
            for one in self.prompts
        ]
        return table(("prompt", "question", "asks for", "language"), rows)

    def _follow(self, _change: Any = None) -> None:
        """Show what is chosen; questions of one's own are listed from then on."""
        keys = {prompt.name: key for key, prompt in self._known.items()}
        for prompt in self.prompts:
            if prompt.name not in keys:
                keys[prompt.name] = self._next
                self._next += 1
            self._known[keys[prompt.name]] = prompt
        with self.view.hold_sync():
            self._list()
            self.view.chosen = [keys[prompt.name] for prompt in self.prompts]
        self._show_code.refresh()

    @guarded
    def _chosen(self, change: Any) -> None:
        self.messages.clear()
        self.prompts = tuple(self._known[key] for key in change["new"] if key in self._known)

    @guarded
    def _heard(self, _view: Any, content: Mapping[str, Any], _buffers: Any) -> None:
        kind = content.get("kind")
        if kind == "remove":
            self._remove(int(content["key"]))
        elif kind in ("draft", "add"):
            self._typed(content, add=kind == "add")

    def _typed(self, content: Mapping[str, Any], *, add: bool) -> None:
        """Tell at once what becomes of what is typed, and add it if that is wanted."""
        given = {
            name: str(content.get(name, "")) for name in ("text", "name", "language", "format")
        }
        told = {"kind": "told", "turn": content.get("turn"), "problem": "", "note": ""}
        try:
            prompt = read_question(**given, known=self._known.values())
            told["note"] = warning_about(prompt.text, self.tokenizer)
            told["called"] = prompt.name
            if add:
                self.prompts = (*self.prompts, prompt)
                told["added"] = True
        except SottovoceError as error:
            told["problem"] = clean(str(error))
        self.view.send(told)

    def _remove(self, key: int) -> None:
        """Take a question of one's own off the list."""
        if key < self._library or key not in self._known:
            return
        gone = self._known.pop(key)
        self.prompts = tuple(prompt for prompt in self.prompts if prompt.name != gone.name)
        self._list()

    def _list(self) -> None:
        """List the questions, one's own first, where they are seen."""
        own_first = sorted(self._known.items(), key=lambda item: item[0] < self._library)
        self.view.listed = [
            {
                "key": key,
                "name": clean(prompt.name),
                "text": clean(prompt.text),
                "language": clean(prompt.language),
                "format": prompt.format,
                "own": key >= self._library,
            }
            for key, prompt in own_first
        ]

"""Explorer: choose a voice, a question and words, and see what the model weighed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from sottovoce.errors import RunError
from sottovoce.markup import tag
from sottovoce.prompts import get_prompts
from sottovoce.vocabulary import as_token_set
from sottovoce.widgets.explorer.answer_panel import AnswerPanel
from sottovoce.widgets.explorer.asking import in_stage
from sottovoce.widgets.explorer.exploration import (
    BATCH_SIZE,
    MAX_NEW_TOKENS,
    Asked,
    Exploration,
    in_sum,
)
from sottovoce.widgets.explorer.job import Job
from sottovoce.widgets.explorer.panels import Choices, Runner, stylesheet
from sottovoce.widgets.prompt_picker.prompt_picker import PromptPicker
from sottovoce.widgets.recording_picker.recording_picker import RecordingPicker
from sottovoce.widgets.shared.guard import guarded, in_words
from sottovoce.widgets.shared.messages import Messages
from sottovoce.widgets.shared.still import ShowCode, StillOutput
from sottovoce.widgets.token_set_editor.token_set_editor import TokenSetEditor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr
    from matplotlib.figure import Figure

    import sottovoce
    from sottovoce.corpora import Corpus
    from sottovoce.markup import Markup
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet
    from sottovoce.widgets.explorer.asking import Answers

TELLING = "anna_disgusted-happy_3"  # a sample on which listeners disagree, and the model too
FIRST_PROMPT = "one_word"


class Explorer(StillOutput, ipywidgets.VBox):
    """Choose recordings, questions and words, press Run, and see what the model weighed.

    The model runs in the background and can be cancelled. What it was asked once is kept: another
    read-out, other steps or spellings never ask it again.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`, a name for it, or None for the bundled one. A name is
        loaded when it is needed.
    corpus
        From :func:`sottovoce.load_corpus`, a name for it, or None for the samples. Its recordings
        are offered, and its votes stand beside the shares; recordings of your own come beside them.
    max_new_tokens, batch_size
        As for :func:`sottovoce.capture`.

    Attributes
    ----------
    recordings, prompts, tokens
        The widgets to choose with: RecordingPicker, PromptPicker, TokenSetEditor.
    readout
        The read-out and its steps: ReadoutControls.
    spellings
        Which of the captured spellings count: SpellingFilter.
    view
        The answer that is looked at: LinkedView.
    run : xarray.Dataset or None
        The answers to everything that was chosen when Run was last pressed, with those that were
        known from before. After a cancel, what came until then.
    shares : xarray.DataArray or None
        What the chosen read-out makes of the run, dimensions (utterance, prompt, emotion), with the
        spellings that count. A read-out that the run does not allow raises a ReadoutError that says
        why. ``view.shares`` are the distributions that are seen, side by side.

    Raises
    ------
    VotesError
        If there is no such corpus.

    Examples
    --------
    >>> from sottovoce.widgets import Explorer
    >>> explorer = Explorer()
    >>> explorer.select(recordings=["anna_sad", "tom_sad"], prompts="one_word")
    >>> explorer.run_now()
    >>> explorer.run.sizes["utterance"]
    2
    >>> explorer.show("tom_sad")
    >>> explorer.read("mean_logprob", steps="answer")
    >>> explorer.shares.dims
    ('utterance', 'prompt', 'emotion')
    """

    def __init__(
        self,
        model: sottovoce.SpeechModel | str | None = None,
        corpus: Corpus | str | None = None,
        *,
        max_new_tokens: int = MAX_NEW_TOKENS,
        batch_size: int = BATCH_SIZE,
    ) -> None:
        self.exploration = Exploration(
            model, corpus, max_new_tokens=max_new_tokens, batch_size=batch_size
        )
        loaded = self.exploration.model.loaded
        self.recordings = RecordingPicker(
            self.exploration.votes.corpus, multiple=True, show_code=False
        )
        tokenizer = loaded.tokenizer if loaded is not None else None
        self.exploration.files = lambda: self.recordings.files
        self.prompts = PromptPicker((FIRST_PROMPT,), tokenizer=tokenizer, show_code=False)
        self.tokens = TokenSetEditor(tokenizer=tokenizer, show_code=False)
        self.messages = Messages()
        self.job: Job | None = None
        self._shown = False
        self._fold = False
        self._loading: Job | None = None
        self._choices = Choices(self.recordings, self.prompts, self.tokens)
        self._runner = Runner()
        self._code = ShowCode(self)
        self.answers = AnswerPanel(self.exploration, self.messages, self._code.refresh)
        self.readout, self.view = self.answers.readout, self.answers.view
        self.spellings = self.answers.spellings
        super().__init__(
            [
                stylesheet(),
                self._choices,
                self._runner,
                self.messages,
                self.answers,
                self._code,
            ]
        )
        self.add_class("sottovoce-explorer")
        offered = self.recordings.everything
        first = TELLING if TELLING in offered else next(iter(offered), None)
        self._untouched = (first,) if first is not None else ()
        self.recordings.selected = self._untouched
        self._tell_choices()
        self._runner.run.on_click(self._pressed_run)
        self._runner.cancel.on_click(lambda _: self.cancel())
        self.recordings.observe(self._other_recordings, "selected")
        self.prompts.observe(self._tell_choices, "prompts")
        self.tokens.observe(self._tell_choices, "token_set")

    @property
    def run(self) -> xr.Dataset | None:
        """The answers to what was chosen when Run was last pressed."""
        return self.exploration.run

    @property
    def shares(self) -> xr.DataArray | None:
        """The read-out's shares of the run, dimensions (utterance, prompt, emotion)."""
        return self.answers.shares

    def select(
        self,
        recordings: str | Sequence[str] | None = None,
        prompts: str | Prompt | Sequence[str | Prompt] | None = None,
        tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
    ) -> None:
        """Choose what is asked at the next Run; what is None stays.

        Parameters
        ----------
        recordings
            Names of recordings that are offered.
        prompts, tokens
            As for :func:`sottovoce.capture`.

        Raises
        ------
        RunError
            If a recording is not offered.
        PromptError
            If there is no such prompt.
        VocabularyError
            If there is no such preset, or the set contradicts itself.
        """
        if recordings is not None:
            names = [recordings] if isinstance(recordings, str) else list(recordings)
            offered = self.recordings.everything
            for name in names:
                if name not in offered:
                    some = ", ".join(repr(one) for one in list(offered)[:4])
                    raise RunError(
                        f"There is no recording {name!r}; there are {some} ... Another one comes "
                        "in with explorer.recordings.add(name, path)"
                    )
            self.recordings.selected = tuple(names)
        if prompts is not None:
            self.prompts.prompts = tuple(get_prompts(prompts))
        if tokens is not None:
            self.tokens.token_set = as_token_set(tokens)

    def start(self) -> None:
        """Ask what is chosen, in the background: what Run does.

        Raises
        ------
        RunError
            If nothing is chosen, or the last one is still under way.
        """
        if self.job is not None and self.job.state == "running":
            raise RunError("The model is still being asked; wait for it, or press Cancel")
        sources = dict(self.recordings.recordings)
        prompts = tuple(self.prompts.prompts)
        if not sources:
            raise RunError("Choose a recording first")
        if not prompts:
            raise RunError("Choose a question first")
        self.messages.clear()
        self.exploration.begin(Asked(sources, prompts, self.tokens.token_set))
        self._shown = False
        self.answers.offer()
        self.job = Job(self.exploration.work, self._take)
        self.job.observe(self._follow, ["done", "total", "stage", "state"])
        self.job.start()

    def cancel(self) -> None:
        """Stop asking as soon as the batch that is being answered is done; its answers are lost."""
        if self.job is not None:
            self.job.cancel()
            self._runner.follow(self.job)

    def wait(self, timeout: float | None = None) -> str:
        """Wait for what was started.

        Parameters
        ----------
        timeout
            The longest wait, in seconds; None for no limit.

        Returns
        -------
        str
            "finished", "cancelled", "failed", or "running" if the time was up.
        """
        if self.job is None:
            raise RunError("Nothing was started: press Run, or call start()")
        return self.job.wait(timeout)

    def run_now(self) -> None:
        """Ask what is chosen and wait until it is answered.

        Raises
        ------
        SottovoceError
            What ended it, if it failed.
        """
        self.start()
        if self.wait() == "failed" and self.job is not None and self.job.error is not None:
            raise self.job.error

    def show(self, utterance: str | None = None, prompt: str | None = None) -> None:
        """Look at an answer; what is None stays.

        Parameters
        ----------
        utterance
            A recording, or a window of a long one, such as "talk@6.0s".
        prompt
            The name of a prompt.

        Raises
        ------
        RunError
            If it was not asked.
        """
        self.answers.show(utterance, prompt)

    def read(self, readout: str | None = None, steps: Any = None) -> None:
        """Choose a read-out and the steps it uses; what is None stays.

        Parameters
        ----------
        readout
            One of :data:`sottovoce.readout.READOUTS`.
        steps
            "all", "emotion", "percentage", "emotion+percentage", "answer", or the first and the
            last step of a range, from 0.

        Raises
        ------
        ReadoutError
            If there is no such read-out, or the steps make no sense.
        """
        self.readout.set(readout, steps)

    def to_figure(self) -> Figure:
        """Return the answer that is looked at as a matplotlib figure.

        Raises
        ------
        RunError
            If nothing was asked yet, or the recording failed.
        """
        return self.view.to_figure()

    def to_html(self) -> str:
        """Return the answer that is looked at, with the code, as a page that needs no kernel.

        Raises
        ------
        RunError
            If nothing was asked yet.
        """
        return self.view.to_html(code=self.code())

    def still(self) -> Markup:
        """Return the answer that is looked at as a table."""
        if self.run is None:
            return tag("p", "Nothing was asked yet: run the notebook, and press Run.")
        return self.view.still()

    def code(self) -> str:
        """Return the Python that makes the same shares without the widget."""
        if self.run is None:
            return "# Press Run first; then the code for what is seen stands here.\n"
        return self.answers.code()

    def load(self) -> None:
        """Load the model in the background, unless it is; done when the widget is displayed."""
        if self.exploration.model.loaded is None and self._loading is None:
            self._loading = Job(lambda _: self._load_model())
            self._loading.observe(self._model_is_there, "state")
            self._loading.start()

    def _load_model(self) -> None:
        self.exploration.model.load()

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        self.load()
        return super()._repr_mimebundle_(**options)

    @guarded
    def _model_is_there(self, _change: Any) -> None:
        loading = self._loading
        if loading is None or loading.state == "running":
            self._runner.tell(f"{in_stage(self.exploration.model.id)} …")
            return
        self._runner.tell("")
        if loading.error is not None:
            self._loading = None  # Run tries again
            self.messages.error(in_words(loading.error))
        self._know_tokenizer()

    def _know_tokenizer(self) -> None:
        loaded = self.exploration.model.loaded
        if loaded is not None and self.tokens.tokenizer is None:
            self.tokens.tokenizer = self.prompts.tokenizer = loaded.tokenizer

    @guarded
    def _pressed_run(self, _button: Any) -> None:
        self._fold = True
        self.start()

    @guarded
    def _tell_choices(self, _change: Any = None) -> None:
        name = self.tokens.token_set.name or ", ".join(self.tokens.token_set.concepts)
        prompts = [prompt.name for prompt in self.prompts.prompts]
        self._choices.tell(self.recordings.selected, prompts, name)

    @guarded
    def _other_recordings(self, change: Any) -> None:
        """Let a recording of one's own take the place of the one that was chosen for a start."""
        untouched, chosen = self._untouched, change["new"]
        self._untouched = ()
        own = [name for name in chosen if name not in untouched]
        corpus = self.exploration.votes.recordings
        if untouched and own and len(own) < len(chosen) and not set(own) & set(corpus):
            self.recordings.selected = tuple(own)
        self._tell_choices()

    @guarded
    def _take(self, answers: Answers) -> None:
        """Keep answers, and show the first of a new run at once."""
        self.exploration.take(answers)
        if not self._shown:
            self._shown = True
            self.answers.offer(answers.names[0])
            self._fold_choices()

    def _fold_choices(self) -> None:
        """Make room for the answer, once after each press of Run; the titles say what was asked."""
        if self._fold and self.run is not None:
            self._fold = False
            self._choices.selected = None

    @guarded
    def _follow(self, _change: Any) -> None:
        job = self.job
        if job is None:
            return
        self._runner.follow(job)
        if job.state == "running":
            return
        self._know_tokenizer()
        self.answers.offer()
        self._fold_choices()
        if job.state == "failed" and job.error is not None:
            self.messages.error(in_words(job.error))
        elif job.state == "cancelled":
            run = self.run
            n = 0 if run is None else int((run["status"] == "ok").sum())
            kept = "One answer is there." if n == 1 else f"{n or 'No'} answers are there."
            self.messages.info(f"Cancelled. {kept} Run goes on where this stopped.")
        elif failed := self.exploration.failed:
            run = self.run
            n_utterances = len(failed) if run is None else run.sizes["utterance"]
            self.messages.warning(in_sum(failed, n_utterances))

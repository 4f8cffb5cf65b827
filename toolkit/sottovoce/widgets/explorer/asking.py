"""Asking a model from within a widget: loaded on first use, asked only what is new.

Widgets show saved runs without torch. Whoever asks a model needs it, and reaches it through the
package's own names, which bring torch when they are first used.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import sottovoce
from sottovoce.errors import ModelError
from sottovoce.widgets.explorer.captured import Captured, Question, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import xarray as xr

    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet
    from sottovoce.widgets.explorer.job import Job

BUNDLED = "bundled"


class Answers(NamedTuple):
    """What came back for some recordings: a run, or why there is none.

    Parameters
    ----------
    names
        The recordings that were asked about.
    prompts
        What was asked.
    run
        The answers; None if the model failed on all of these recordings.
    reason
        Why it did.
    """

    names: tuple[str, ...]
    prompts: tuple[Prompt, ...]
    run: xr.Dataset | None
    reason: str = ""


class Model:
    """A model that is loaded when it is first needed.

    Parameters
    ----------
    model
        A SpeechModel, a name for :func:`sottovoce.load_model`, or None for the bundled one.
    """

    def __init__(self, model: sottovoce.SpeechModel | str | None = None) -> None:
        self._name = BUNDLED if model is None else model if isinstance(model, str) else None
        self._loaded = None if model is None or isinstance(model, str) else model
        self._turn = threading.Lock()

    @property
    def id(self) -> str:
        """What it is called."""
        return str(self._loaded.id) if self._loaded is not None else str(self._name)

    @property
    def loaded(self) -> sottovoce.SpeechModel | None:
        """The model, if it is loaded."""
        return self._loaded

    @property
    def code(self) -> str:
        """The Python that loads it."""
        name = self._name or self.id
        return f"sottovoce.load_model({'' if name == BUNDLED else repr(name)})"

    def load(self) -> sottovoce.SpeechModel:
        """Return the model.

        Raises
        ------
        ModelError
            If it cannot be loaded.
        """
        with self._turn:  # a second thread waits for the first one's
            if self._loaded is None:
                self._loaded = sottovoce.load_model(self._name or BUNDLED)
            return self._loaded


def ask(
    job: Job,
    model: Model,
    sources: Mapping[str, Source],
    prompts: Sequence[Prompt],
    tokens: TokenSet,
    captured: Captured,
    *,
    batch_size: int,
    max_new_tokens: int,
) -> None:
    """Ask what was not asked before, some recordings at a time; the work of a :class:`Job`.

    What is done is handed over as :class:`Answers`, so that a cancelled job loses little.

    Raises
    ------
    ModelError
        If it cannot be loaded, or fails on every recording.
    """
    job.enter("looking at the recordings")
    pending = dict(_pending(job, sources, prompts, tokens, captured))
    total = sum(len(missing) for missing in pending.values())
    job.tell(0, total)
    if not pending:
        return
    if model.loaded is None:
        job.enter(in_stage(model.id))
    loaded = model.load()
    job.enter("asking")
    done, succeeded, failure = 0, False, None
    for names, missing in _parts(pending, batch_size):
        expected = len(names) * len(missing)

        # A long recording becomes several windows, which is seen when it is loaded.
        def tell(
            so_far: int, here: int, before: int = done, others: int = total - expected
        ) -> None:
            job.tell(before + so_far, others + here)

        try:
            run = sottovoce.capture(
                loaded,
                {name: sources[name] for name in names},
                list(missing),
                tokens,
                max_new_tokens=max_new_tokens,
                batch_size=batch_size,
                progress=tell,
            )
        except ModelError as error:
            failure = failure or error
            job.hand_over(Answers(names, missing, None, str(error)))
            done += expected
        else:
            succeeded = True
            job.hand_over(Answers(names, missing, run))
            answers = int(run.sizes["utterance"] * run.sizes["prompt"])
            total += answers - expected
            done += answers
    if failure and not succeeded:
        raise failure


def in_stage(model: str) -> str:
    """Say that a model is being loaded.

    Examples
    --------
    >>> in_stage("bundled"), in_stage("Qwen/Qwen2-Audio-7B-Instruct")
    ('loading the bundled model', 'loading the model Qwen/Qwen2-Audio-7B-Instruct')
    """
    return "loading the bundled model" if model == BUNDLED else f"loading the model {model}"


def keep(
    answers: Answers, sources: Mapping[str, Source], tokens: TokenSet, captured: Captured
) -> None:
    """Keep the answers of a part, each recording's with its windows."""
    if answers.run is None:
        return
    recordings = answers.run["recording"].values
    for name in answers.names:
        of_it = answers.run.isel(utterance=recordings == name)
        for p, prompt in enumerate(answers.prompts):
            question = Question(captured.sound(sources[name]), prompt, tokens.hash)
            captured.keep(question, of_it.isel(prompt=[p]))


def _pending(
    job: Job,
    sources: Mapping[str, Source],
    prompts: Sequence[Prompt],
    tokens: TokenSet,
    captured: Captured,
) -> Iterator[tuple[str, tuple[Prompt, ...]]]:
    """Yield the recordings with the prompts that they were not asked yet."""
    for name, source in sources.items():
        job.check()
        sound = captured.sound(source)
        missing = tuple(
            prompt for prompt in prompts if Question(sound, prompt, tokens.hash) not in captured
        )
        if missing:
            yield name, missing


def _parts(
    pending: Mapping[str, tuple[Prompt, ...]], batch_size: int
) -> Iterator[tuple[tuple[str, ...], tuple[Prompt, ...]]]:
    """Yield recordings that miss the same prompts, about a batch of answers at a time.

    Examples
    --------
    >>> pending = {"a": ("p", "q"), "b": ("q",), "c": ("p", "q"), "d": ("p", "q")}
    >>> list(_parts(pending, 4))
    [(('a', 'c'), ('p', 'q')), (('d',), ('p', 'q')), (('b',), ('q',))]
    """
    groups: dict[tuple[Prompt, ...], list[str]] = {}
    for name, missing in pending.items():
        groups.setdefault(missing, []).append(name)
    for missing, names in groups.items():
        size = max(1, batch_size // len(missing))
        for start in range(0, len(names), size):
            yield tuple(names[start : start + size]), missing

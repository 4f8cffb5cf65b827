"""What the Explorer knows: what was asked, what came back, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sottovoce.errors import RunError
from sottovoce.widgets.explorer.asking import Answers, Model, ask, keep
from sottovoce.widgets.explorer.beside import Reading, Votes
from sottovoce.widgets.explorer.captured import Captured, Question, Sounds
from sottovoce.widgets.explorer.code import Seen, explorer_code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import xarray as xr

    import sottovoce
    from sottovoce.audio import Recording
    from sottovoce.corpora import Corpus
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet
    from sottovoce.widgets.explorer.beside import Column
    from sottovoce.widgets.explorer.captured import Source
    from sottovoce.widgets.explorer.job import Job

MAX_NEW_TOKENS = 64
BATCH_SIZE = 8
MOST_TOLD = 4


@dataclass(frozen=True)
class Asked:
    """What was chosen when Run was pressed.

    Parameters
    ----------
    sources
        A recording's name to what holds it.
    prompts, tokens
        What is asked and followed.
    lost
        Recordings on which the model failed, with the reason.
    """

    sources: Mapping[str, Source]
    prompts: tuple[Prompt, ...]
    tokens: TokenSet
    lost: dict[str, str] = field(default_factory=dict)


class Exploration:
    """The Explorer without its widgets.

    Parameters
    ----------
    model
        A SpeechModel, a name, or None for the bundled one, which is loaded when it is needed.
    corpus
        A Corpus, a name or path of one, or None for the samples.
    max_new_tokens, batch_size
        As for :func:`sottovoce.capture`.

    Attributes
    ----------
    files
        Tells where recordings lie that came without a file, as far as they were saved since.
    """

    def __init__(
        self,
        model: sottovoce.SpeechModel | str | None,
        corpus: Corpus | str | None,
        *,
        max_new_tokens: int = MAX_NEW_TOKENS,
        batch_size: int = BATCH_SIZE,
    ) -> None:
        self.model = Model(model)
        self.votes = Votes(corpus)
        self.max_new_tokens = max_new_tokens
        self.batch_size = batch_size
        self.asked: Asked | None = None
        self.files: Callable[[], Mapping[str, Path]] = dict
        self._captured = Captured()
        self._sounds = Sounds()
        self._run: xr.Dataset | None = None

    def begin(self, asked: Asked) -> None:
        """Make a choice of recordings, prompts and tokens the one that is looked at."""
        self.asked, self._run = asked, None

    def work(self, job: Job) -> None:
        """Ask what is new; the work of a job, to be followed by :meth:`take`."""
        asked = self._require_asked()
        ask(
            job,
            self.model,
            asked.sources,
            asked.prompts,
            asked.tokens,
            self._captured,
            batch_size=self.batch_size,
            max_new_tokens=self.max_new_tokens,
        )

    def take(self, answers: Answers) -> None:
        """Keep what came back."""
        asked = self._require_asked()
        keep(answers, asked.sources, asked.tokens, self._captured)
        if answers.run is None:
            asked.lost.update(dict.fromkeys(answers.names, answers.reason))
        self._run = None

    @property
    def run(self) -> xr.Dataset | None:
        """All answers to what was asked last, those from before among them."""
        if self._run is None and self.asked is not None:
            tokens, prompts = self.asked.tokens.hash, self.asked.prompts
            self._run = self._captured.run(
                {
                    name: [
                        Question(self._captured.sound(source), prompt, tokens) for prompt in prompts
                    ]
                    for name, source in self.asked.sources.items()
                },
                self.asked.sources,
            )
        return self._run

    @property
    def failed(self) -> dict[str, str]:
        """Recordings, or windows of them, that have no answer, with the reason."""
        run = self.run
        told = dict(self.asked.lost) if self.asked is not None else {}
        if run is not None:
            for u, p in zip(*(run["status"] != "ok").values.nonzero(), strict=True):
                name = str(run["utterance"].values[u])
                told.setdefault(name, str(run["message"].values[u, p]))
        return told

    def answer(self, utterance: str, prompt: str) -> xr.Dataset:
        """Return one answer as a run of its own.

        Raises
        ------
        RunError
            If it was not asked.
        """
        run = self.run
        if run is None:
            raise RunError("Nothing was asked yet: press Run, or call run_now()")
        for dim, name in (("utterance", utterance), ("prompt", prompt)):
            if name not in run.indexes[dim]:
                names = ", ".join(repr(str(one)) for one in run[dim].values[:MOST_TOLD])
                raise RunError(f"There is no answer with {dim}={name!r}; there are {names} ...")
        one = run.isel(
            utterance=[run.indexes["utterance"].get_loc(utterance)],
            prompt=[run.indexes["prompt"].get_loc(prompt)],
        )
        return one.isel(step=slice(max(1, int(one["n_steps"].item()))))

    def recording(self, answer: xr.Dataset) -> Recording | None:
        """Return what was heard; None if it cannot be read."""
        name = str(answer["recording"].item())
        source = self._require_asked().sources[name]
        start, seconds = float(answer["start"].item()), float(answer["duration"].item())
        return self._sounds.part(name, source, start, seconds)

    def reading(self, answer: xr.Dataset) -> Reading:
        """Return what reads an answer, with what stands beside it."""
        name = str(answer["recording"].item())
        own = self.votes.has(name, self._require_asked().sources[name])
        return Reading(answer, self.votes, name if own else None)

    def code(
        self, columns: Mapping[str, Column], utterance: str, prompt: str, selecting: str = ""
    ) -> str:
        """Return the Python that makes the same shares without the widget."""
        asked = self._require_asked()
        own = {name for name, one in asked.sources.items() if self.votes.has(name, one)}
        longer = self.max_new_tokens != MAX_NEW_TOKENS
        options = {
            **({"max_new_tokens": self.max_new_tokens} if longer else {}),
            # capture itself may take more at once, and sums that are rounded in another order.
            "batch_size": self.batch_size,
        }
        return explorer_code(
            Seen(
                model=self.model.code,
                corpus=self.votes.code,
                of_corpus=frozenset(own if self.votes.code else ()),
                sources=asked.sources,
                prompts=asked.prompts,
                tokens=asked.tokens,
                shares={label: column.code for label, column in columns.items()},
                utterance=utterance,
                prompt=prompt,
                files=self.files(),
                selecting=selecting,
                capturing=options,
            )
        )

    def _require_asked(self) -> Asked:
        if self.asked is None:
            raise RunError("Nothing was asked yet: press Run, or call run_now()")
        return self.asked


def in_sum(failed: Mapping[str, str], n_utterances: int) -> str:
    """Say which recordings have no answer, and why, the first few by name.

    Examples
    --------
    >>> in_sum({"a": "a.wav: there is no such file."}, 3)
    '1 of 3 has no answer. a.wav: there is no such file.'
    """
    told = [
        reason if name in reason else f"{name}: {reason}"
        for name, reason in list(failed.items())[:MOST_TOLD]
    ]
    more = [f"... and {len(failed) - MOST_TOLD} more"] if len(failed) > MOST_TOLD else []
    verb = "has" if len(failed) == 1 else "have"
    return " ".join([f"{len(failed)} of {n_utterances} {verb} no answer.", *told, *more])

"""From recordings with votes to the rows of a training, split by speaker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.model_selection import GroupShuffleSplit

from sottovoce.capture.batching import Row, make_batches
from sottovoce.capture.forced import AnswerStep
from sottovoce.capture.sequences import continuation_ids, prompt_ids
from sottovoce.capture.utterances import load_utterances
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sottovoce.corpora import Corpus
    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt


@dataclass(frozen=True, slots=True)
class Examples:
    """Questions about recordings, with the votes of the listeners.

    Parameters
    ----------
    rows
        One for each recording and prompt.
    votes
        Counts, shape (row, emotion).
    utterances, speakers
        Whose row it is, shape (row,).
    notes
        What was left out, and why.
    """

    rows: list[Row]
    votes: NDArray[np.float32]
    utterances: NDArray[np.str_]
    speakers: NDArray[np.str_]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def select(self, places: Sequence[int] | NDArray[np.intp]) -> Examples:
        """Return some of the rows."""
        return Examples(
            [self.rows[place] for place in places],
            self.votes[places],
            self.utterances[places],
            self.speakers[places],
            self.notes,
        )

    def split(self, share: float, seed: int) -> tuple[Examples, Examples]:
        """Return the rows to learn from and those that are held out, of other speakers.

        Where fewer than two speakers are known, other recordings are held out instead.

        Parameters
        ----------
        share
            The part of the speakers that is held out, above 0 and below 1.
        seed
            Of the draw.

        Raises
        ------
        VotesError
            If there are fewer than two recordings.
        """
        by_speaker = len(set(self.speakers)) > 1 and "" not in self.speakers
        groups = self.speakers if by_speaker else self.utterances
        if len(set(groups)) < 2:
            raise VotesError(
                "one recording with votes is too few to learn from and to hold out; give at least "
                "two, better of several speakers"
            )
        splitter = GroupShuffleSplit(1, test_size=share, random_state=seed)
        learned, held = next(splitter.split(self.votes, groups=groups))
        return self.select(learned), self.select(held)

    def batches(
        self, model: SpeechModel, size: int, rng: np.random.Generator | None = None
    ) -> list[NDArray[np.intp]]:
        """Return the places of the rows in batches that the model can run together.

        Parameters
        ----------
        model
            Whose grouping is kept to.
        size
            Rows in a batch, at most.
        rng
            Draws their order; None keeps it.
        """
        order = np.arange(len(self)) if rng is None else rng.permutation(len(self))
        if model.grouping == "any":
            return [order[start : start + size] for start in range(0, len(order), size)]
        place = {id(self.rows[number]): number for number in order}
        made = make_batches([self.rows[number] for number in order], size, model.grouping)
        batches = [np.array([place[id(row)] for row in batch]) for batch in made]
        return batches if rng is None else [batches[n] for n in rng.permutation(len(batches))]


def make_examples(model: SpeechModel, corpus: Corpus, prompts: Sequence[Prompt]) -> Examples:
    """Return a row for each recording with votes and each prompt.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    corpus
        Recordings and votes. What is longer than the model hears is heard from its start.
    prompts
        The questions; an answer begins as in ``capture(mode="answer_step")``.

    Raises
    ------
    VotesError
        If no recording can be read and has votes.
    """
    start = AnswerStep(None)
    start.entries(prompts)
    given = {
        prompt.name: tuple(
            continuation_ids(model, prompt_ids(model, prompt), start.given("", prompt.name))
        )
        for prompt in prompts
    }
    counts = corpus.votes.values.astype(np.float32)
    heard = load_utterances(
        corpus.recordings, rate=model.rate, max_seconds=model.max_seconds, long="cut"
    )
    rows, votes, places = [], [], []
    notes = [f"{one.id} is left out: {one.message}" for one in heard if one.recording is None]
    for place, (utterance, count) in enumerate(zip(heard, counts, strict=True)):
        if utterance.recording is None:
            continue
        if not count.sum() > 0:
            notes.append(f"{utterance.id} is left out: nobody voted")
            continue
        for number, prompt in enumerate(prompts):
            samples = utterance.recording.samples
            rows.append(Row(place, number, samples, prompt.text, given[prompt.name]))
            votes.append(count)
            places.append(place)
    if not rows:
        raise VotesError(f"{corpus.name}: no recording can be read and has votes. " + notes[0])
    table = corpus.utterances
    return Examples(
        rows,
        np.stack(votes),
        np.array(table.index.astype(str))[places],
        np.array(table["speaker"].astype(str))[places],
        tuple(notes),
    )

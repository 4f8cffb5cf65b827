"""The way of a capture: blocks of utterances, asked in batches, handed over block by block."""

from __future__ import annotations

import hashlib
from collections import deque
from contextlib import closing
from typing import TYPE_CHECKING

from sottovoce.capture.batching import Row, in_blocks
from sottovoce.capture.sequences import continuation_ids
from sottovoce.capture.utterances import in_words
from sottovoce.errors import ModelError, SottovoceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sottovoce.capture.asking import Asking
    from sottovoce.capture.modes import Mode
    from sottovoce.capture.progress import Bars, Calls
    from sottovoce.capture.sinks import Sink
    from sottovoce.capture.trace import Trace
    from sottovoce.capture.utterances import Utterance
    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt

# Blocks this many times as large as a batch leave little padding, since recordings of like length
# find one another within a block; and when a run is cut short, what its last block had is lost.
BATCHES_IN_BLOCK = 4
SMALLEST_BLOCK = 32


def block_size(batch_size: int) -> int:
    """Return how many utterances are written at once.

    Examples
    --------
    >>> block_size(1), block_size(64)
    (32, 256)
    """
    return max(SMALLEST_BLOCK, BATCHES_IN_BLOCK * batch_size)


class Questions:
    """All that is asked in a capture, and what stands behind each question already.

    Parameters
    ----------
    utterances, prompts
        What runs along the run's dimensions.
    given
        For positions (utterance, prompt): the tokens of an answer that is begun; only these are
        asked.
    failed
        For other positions: why they cannot be.
    """

    def __init__(
        self,
        utterances: Sequence[Utterance],
        prompts: Sequence[Prompt],
        given: Mapping[tuple[int, int], tuple[int, ...]],
        failed: Mapping[tuple[int, int], SottovoceError],
    ) -> None:
        self.utterances = utterances
        self.prompts = prompts
        self.given = given
        self.failed = failed

    @classmethod
    def of(
        cls,
        model: SpeechModel,
        how: Mode,
        utterances: Sequence[Utterance],
        prompts: Sequence[Prompt],
        asked: Mapping[str, Sequence[int]],
    ) -> Questions:
        """Return all questions about the recordings that could be read.

        Parameters
        ----------
        model, how
            What is asked, and how answers come about.
        utterances, prompts
            As above.
        asked
            The tokens of each question.
        """
        given: dict[tuple[int, int], tuple[int, ...]] = {}
        failed: dict[tuple[int, int], SottovoceError] = {}
        written: dict[tuple[str, str], tuple[int, ...]] = {}
        for u, utterance in enumerate(utterances):
            if utterance.recording is None:
                continue
            for p, prompt in enumerate(prompts):
                try:
                    text = how.given(utterance.id, prompt.name)
                    if (prompt.text, text) not in written:
                        ids = continuation_ids(model, asked[prompt.text], text)
                        written[prompt.text, text] = tuple(ids)
                    given[u, p] = written[prompt.text, text]
                except SottovoceError as error:
                    failed[u, p] = error
        return cls(utterances, prompts, given, failed)

    @property
    def longest_seconds(self) -> float:
        """The length of the longest recording, in seconds."""
        sounds = [one.recording for one in self.utterances]
        return max((sound.duration for sound in sounds if sound is not None), default=1.0)

    @property
    def longest_given(self) -> int:
        """The most tokens that stand behind a question."""
        return max(map(len, self.given.values()), default=0)

    @property
    def hash(self) -> str:
        """A hash of what stands behind the questions."""
        given = sorted((place, tokens) for place, tokens in self.given.items() if tokens)
        return hashlib.sha256(repr(given).encode()).hexdigest()

    def blocks(self, size: int) -> list[range]:
        """Return the utterances in blocks of a size, that with the longest recording first."""
        sounds = [one.recording for one in self.utterances]
        lengths = [0 if sound is None else len(sound) for sound in sounds]
        return in_blocks(lengths, size)

    def rows(self, block: range) -> list[Row]:
        """Return what is asked about the utterances of a block."""
        return [
            Row(u, p, sound, prompt.text, self.given[u, p])
            for u in block
            if (sound := self.utterances[u].recording) is not None
            for p, prompt in enumerate(self.prompts)
            if (u, p) in self.given
        ]


def ask_all(
    model: SpeechModel,
    asking: Asking,
    questions: Questions,
    blocks: Sequence[range],
    sink: Sink,
    watcher: Bars | Calls,
) -> None:
    """Ask about every block that a sink lacks, and hand it over as soon as it is answered.

    Parameters
    ----------
    model, asking
        What is asked, and how.
    questions
        All that is asked.
    blocks
        All utterances, in the order in which they are asked about.
    sink
        What takes the blocks.
    watcher
        Who is told.

    Raises
    ------
    ModelError
        If the model failed on everything.
    """
    missing = sink.missing(blocks)
    n_left = [len(questions.rows(block)) for block in missing]
    total, left = len(questions.given), sum(n_left)
    failures: list[Exception] = list(questions.failed.values())
    waiting = deque(zip(missing, n_left, strict=True))
    outcomes: dict[tuple[int, int], Trace | str] = {}

    def hand_over() -> None:
        """Hand over the blocks whose answers are all there: they come in the blocks' order."""
        while waiting and waiting[0][1] <= len(outcomes):
            block, _ = waiting.popleft()
            unasked = {at: in_words(error) for at, error in questions.failed.items()}
            sink.write(block, {at: one for at, one in unasked.items() if at[0] in block} | outcomes)
            outcomes.clear()

    with (
        closing(asking.answers(map(questions.rows, missing))) as answers,
        closing(watcher.asking(answers, total, total - left)) as watched,
    ):
        hand_over()
        for some in watched:
            for row, outcome in some:
                if isinstance(outcome, Exception):
                    failures.append(outcome)
                    outcomes[row.utterance, row.prompt] = in_words(outcome)
                else:
                    outcomes[row.utterance, row.prompt] = outcome
            hand_over()
    if failures and len(missing) == len(blocks) and len(failures) == total + len(questions.failed):
        sink.discard()
        raise ModelError(
            f"{model.id} failed on every recording; on the first of {len(failures)}: "
            f"{in_words(failures[0])}"
        ) from failures[0]

"""What the bundled model is asked in training, and what it should answer to given votes.

An answer is a list of pieces. A piece that is certain is a text; where listeners disagree it is a
mapping from texts to probabilities, and the model learns the distribution instead of a draw from
it: the cross-entropy against the votes is the expectation over all draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.prompts import list_prompts
from sottovoce.vocabulary import EMOTIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sottovoce.prompts import AnswerFormat

JAPANESE = dict(zip(EMOTIONS, ("怒り", "嫌悪", "恐れ", "喜び", "中立", "悲しみ"), strict=True))
PERCENT_STEP = 5


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the form of its answer, and the emotion that a yes/no question is about."""

    text: str
    language: str
    format: AnswerFormat
    about: str | None = None
    capitalised: bool = False


def rounded_percentages(votes: NDArray[np.floating], order: NDArray[np.integer]) -> dict[int, int]:
    """Round shares to steps of five percent that sum to 100, largest first.

    The largest-remainder method: every share is rounded down, and what is left goes to those that
    lost most. `order` breaks ties.

    Examples
    --------
    >>> rounded_percentages(np.array([6.0, 0, 0, 0, 1, 3]), np.arange(6))
    {0: 60, 5: 30, 4: 10}
    """
    steps = votes / votes.sum() * (100 // PERCENT_STEP)
    floor = np.floor(steps + 1e-9)
    missing = int(100 // PERCENT_STEP - floor.sum())
    by_remainder = sorted(order, key=lambda index: floor[index] - steps[index])
    floor[by_remainder[:missing]] += 1
    ranked = sorted(order, key=lambda index: -floor[index])
    return {int(index): int(floor[index]) * PERCENT_STEP for index in ranked if floor[index] > 0}


def answer(
    question: Question, votes: NDArray[np.floating], rng: np.random.Generator
) -> list[str | dict[str, float]]:
    """Return the pieces of the answer that these votes call for.

    Parameters
    ----------
    question
        What was asked.
    votes : ndarray of shape (6,)
        Counts or shares in the order of `EMOTIONS`.
    rng
        Breaks ties between equal shares.

    Returns
    -------
    list of str or dict
        Texts, and distributions over texts.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> votes = np.array([6.0, 0, 0, 0, 1, 3])
    >>> answer(Question("How?", "en", "percentages"), votes, rng)
    ['angry 60%, sad 30%, neutral 10%']
    >>> answer(Question("One word?", "en", "word"), votes, rng)
    [{'angry': 0.6, 'neutral': 0.1, 'sad': 0.3}]
    """
    names = [JAPANESE[name] if question.language == "ja" else name for name in EMOTIONS]
    shares = votes / votes.sum()
    if question.format == "word":
        if question.capitalised:
            names = [name.capitalize() for name in names]
        return [
            {name: float(share) for name, share in zip(names, shares, strict=True) if share > 0}
        ]
    if question.format == "yes_no":
        yes, no = ("はい", "いいえ") if question.language == "ja" else ("Yes", "No")
        share = float(shares[EMOTIONS.index(question.about or "neutral")])
        return [{text: p for text, p in ((yes, share), (no, 1 - share)) if p > 0}]
    percentages = rounded_percentages(votes, rng.permutation(len(EMOTIONS)))
    if question.format == "json":
        body = ", ".join(f'"{names[index]}": {value}' for index, value in percentages.items())
        return ["{" + body + "}"]
    if question.language == "ja":
        return ["、".join(f"{names[index]}{value}%" for index, value in percentages.items())]
    return [", ".join(f"{names[index]} {value}%" for index, value in percentages.items())]


_LISTS = {
    "en": (
        "angry, disgusted, fearful, happy, neutral and sad",
        "angry, disgusted, fearful, happy, neutral or sad",
        "neutral, happy, sad, angry, fearful, disgusted",
        "sad, angry, happy, neutral, disgusted and fearful",
    ),
    "ja": ("怒り、嫌悪、恐れ、喜び、中立、悲しみ", "喜び、悲しみ、怒り、恐れ、嫌悪、中立"),
}

# Wordings beyond the library's, so that a question the library does not hold is understood too.
_WORDINGS: dict[tuple[str, str], tuple[str, ...]] = {
    ("en", "percentages"): (
        "How does {who} sound? Answer in percentages.",
        "What emotions do you hear in this {voice}? Give percentages.",
        "Give the percentage of each emotion in {whose} voice: {list}.",
        "Rate how {list} the {voice} sounds, in percent.",
        "Describe the emotions of {who} as percentages that sum to 100%.",
        "What percentage of each emotion does {whose} voice express?",
        "Listen to the {voice} and estimate the share of {list} in percent.",
        "Which emotions are in the {voice}, and how strong is each, in percent?",
    ),
    ("en", "word"): (
        "How does {who} sound? Answer with one word.",
        "What emotion do you hear in this {voice}? One word only.",
        "Name the emotion of {whose} voice in a single word.",
        "In one word, how does {who} feel?",
        "Which of these describes {whose} voice: {list}? One word.",
        "What is the emotion in this {voice}?",
        "Classify the emotion of {who}: {list}.",
        "Pick one emotion for this {voice}: {list}.",
    ),
    ("en", "json"): (
        "Give the emotions of {who} as JSON.",
        "How does {who} sound? Answer with a JSON object of percentages.",
        "Write JSON with the percentage of each emotion in {whose} voice: {list}.",
        "Answer in JSON: which emotions does the {voice} express, in percent?",
        "Return JSON that maps {list} to percentages for this {voice}.",
    ),
    ("en", "yes_no"): (
        "Does {who} sound {emotion}?",
        "Is {who} {emotion}? Yes or no.",
        "Would you call this {voice} {emotion}?",
        "Does the {voice} sound {emotion}? Answer yes or no.",
        "Yes or no: is {whose} voice {emotion}?",
    ),
    ("ja", "percentages"): (
        "{who_ja}の声の感情をパーセントで答えてください。",
        "この音声の感情の割合を教えてください。",
        "{who_ja}の感情を{list}の割合で表してください。",
        "声に含まれる感情は何パーセントずつですか。",
    ),
    ("ja", "word"): (
        "{who_ja}の感情を一語で答えてください。",
        "この音声の感情は何ですか。",
        "{who_ja}の声はどのように聞こえますか。一語で答えてください。",
        "次の中から感情を一つ選んでください：{list}。",
    ),
    ("ja", "json"): (
        "{who_ja}の感情をJSONで答えてください。",
        "この音声の感情の割合をJSONで答えてください。",
        "{list}をキーとするJSONで、感情のパーセントを返してください。",
    ),
    ("ja", "yes_no"): (
        "{who_ja}の声は{emotion}を表していますか。",
        "この声に{emotion}はありますか。はい、いいえで答えてください。",
        "{who_ja}は{emotion}を感じていますか。",
    ),
}
_WHO = ("the speaker", "this person", "the voice", "the person speaking", "she", "he")
_WHOSE = ("the speaker's", "this person's", "the person's", "her", "his")
_VOICE = ("voice", "recording", "speech", "clip", "audio")
_WHO_JA = ("話者", "この人", "話し手")


def _about(text: str, language: str) -> str:
    names = JAPANESE if language == "ja" else dict(zip(EMOTIONS, EMOTIONS, strict=True))
    return next(emotion for emotion, name in names.items() if name in text)


def library_questions() -> list[Question]:
    """Return the library's prompts as questions.

    Those that list the emotions in lower case, and those in JSON and percentages, are answered in
    lower case; a free one-word question is answered with a capital, so that both spellings live.
    """
    return [
        Question(
            prompt.text,
            prompt.language,
            prompt.format,
            about=_about(prompt.text, prompt.language) if prompt.format == "yes_no" else None,
            capitalised=prompt.format == "word" and "angry" not in prompt.text,
        )
        for prompt in list_prompts()
        if prompt.format != "free"
    ]


def random_question(
    rng: np.random.Generator,
    format: AnswerFormat,
    library_share: float = 0.6,
) -> Question:
    """Draw a question: one of the library's, or one of the further wordings.

    Parameters
    ----------
    rng
        The source of chance.
    format
        The form of answer to ask for.
    library_share
        How often a prompt of the library is drawn.
    """
    if rng.random() < library_share:
        known = [question for question in library_questions() if question.format == format]
        return known[rng.integers(len(known))]
    language = "ja" if rng.random() < 0.3 else "en"
    wordings = _WORDINGS[language, format]
    wording = wordings[rng.integers(len(wordings))]
    emotion = EMOTIONS[rng.integers(len(EMOTIONS))]
    lists = _LISTS[language]
    text = wording.format(
        who=_WHO[rng.integers(len(_WHO))],
        whose=_WHOSE[rng.integers(len(_WHOSE))],
        voice=_VOICE[rng.integers(len(_VOICE))],
        who_ja=_WHO_JA[rng.integers(len(_WHO_JA))],
        list=lists[rng.integers(len(lists))],
        emotion=JAPANESE[emotion] if language == "ja" else emotion,
    )
    return Question(
        text[0].upper() + text[1:],
        language,
        format,
        about=emotion if format == "yes_no" else None,
        capitalised=format == "word" and "{list}" not in wording and language == "en",
    )

"""What the wording of the question does to the shares: one thing about it varied at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.capture import capture
from sottovoce.capture.modes import require_positive
from sottovoce.errors import ExplanationError
from sottovoce.explain.variance import variance_parts
from sottovoce.prompts import Prompt, get_prompt, list_prompts
from sottovoce.readout import read_out
from sottovoce.vocabulary import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sottovoce.capture.progress import Progress
    from sottovoce.models import SpeechModel
    from sottovoce.vocabulary import TokenSet

QUESTION = "Which emotion does the speaker's voice express? Answer with one word"


def question_variants(
    emotions: Sequence[str] = EMOTIONS, *, n_orders: int = 6, seed: int = 0
) -> dict[str, list[Prompt]]:
    """Return questions that differ in one thing at a time.

    Parameters
    ----------
    emotions
        Those that are listed.
    n_orders
        In how many orders.
    seed
        Of the orders after the first two, which are the one given and its reverse.

    Returns
    -------
    dict of str to list of Prompt
        By what varies: "wording" (the library's English questions for one word), "order" of the
        listed emotions, "language" (English and Japanese, from the library), "listing" (whether
        they are listed at all).

    Raises
    ------
    ExplanationError
        If fewer than two orders are asked for, or than two emotions given.

    Examples
    --------
    >>> [prompt.name for prompt in question_variants(n_orders=2)["order"]]
    ['order_1', 'order_2']
    >>> question_variants(["sad", "happy"], n_orders=2)["order"][1].text[-13:]
    'happy or sad.'
    """
    names = list(emotions)
    if n_orders < 2 or len(set(names)) < 2:
        raise ExplanationError(
            f"n_orders={n_orders} and {len(set(names))} emotions: at least two of both are needed"
        )
    generator = np.random.default_rng(seed)
    orders = [tuple(names), tuple(names[::-1])]
    while len(orders) < min(n_orders, _factorial(len(names))):
        order = tuple(str(name) for name in generator.permutation(names))
        if order not in orders:
            orders.append(order)
    listed = [
        Prompt(f"order_{number}", f"{QUESTION}: {_enumerated(order)}.", format="word")
        for number, order in enumerate(orders, start=1)
    ]
    free = Prompt("not_listed", f"{QUESTION}.", format="word")
    return {
        "wording": list_prompts("en", "word"),
        "order": listed,
        "language": [get_prompt("one_word"), get_prompt("one_word_ja")],
        "listing": [Prompt("listed", listed[0].text, format="word"), free],
    }


def question_sensitivity(
    model: SpeechModel | str,
    recordings: Any,
    variants: Mapping[str, Sequence[str | Prompt]] | None = None,
    *,
    tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
    emotions: Sequence[str] | None = None,
    batch_size: int = 8,
    progress: bool | Progress = True,
) -> xr.Dataset:
    """Ask about recordings in several ways, and tell what the way of asking does to the shares.

    Parameters
    ----------
    model, recordings, tokens, batch_size, progress
        As for :func:`sottovoce.capture`; by default the six emotions are followed.
    variants
        What varies -> questions, at least two each; by default :func:`question_variants`.
    emotions
        The concepts to divide between; by default all of `tokens`.

    Returns
    -------
    xarray.Dataset
        ``share`` (utterance, prompt, emotion), to draw with
        :func:`sottovoce.plots.prompt_strip`; ``varies`` (factor, prompt), which questions tell of
        what; ``part`` (factor, source) and ``part_of_emotion`` (factor, source, emotion), the parts
        of the variance as in :func:`variance_parts`, with the factor "all" for all questions.

    Raises
    ------
    ExplanationError
        If fewer than two recordings are answered, or a factor has fewer than two questions.
    PromptError
        If there is no such prompt.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample").select(speakers="tom")
    >>> found = question_sensitivity(
    ...     sottovoce.load_model(),
    ...     corpus.recordings,
    ...     {"language": ["one_word", "one_word_ja"]},
    ...     progress=False,
    ... )
    >>> found["part"].dims, found["factor"].values.tolist()
    (('factor', 'source'), ['language', 'all'])
    """
    require_positive("batch_size", batch_size)
    asked = question_variants() if variants is None else dict(variants)
    groups = {
        str(factor): [get_prompt(one) for one in questions] for factor, questions in asked.items()
    }
    if few := [factor for factor, questions in groups.items() if len(questions) < 2]:
        raise ExplanationError(f"variants: {few[0]!r} has fewer than two questions to compare")
    prompts = {prompt.name: prompt for questions in groups.values() for prompt in questions}
    run = capture(
        model,
        recordings,
        list(prompts.values()),
        "emotions" if tokens is None else tokens,
        mode="answer_step",
        batch_size=batch_size,
        progress=progress,
    )
    share = read_out(run, "answer_step", emotions=emotions)
    names = list(prompts)
    members = {
        factor: [prompt.name for prompt in questions] for factor, questions in groups.items()
    }
    members["all"] = names
    parts = [variance_parts(share.sel(prompt=one)) for one in members.values()]
    factor = xr.Variable("factor", np.array(list(members), dtype=object))
    found = xr.concat(parts, factor, combine_attrs="drop")
    found["share"] = share.reset_coords(drop=True)
    found["varies"] = (
        ("factor", "prompt"),
        np.array([[name in one for name in names] for one in members.values()]),
    )
    return found.assign_attrs(share.attrs | {"method": "question sensitivity"})


def _enumerated(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _factorial(number: int) -> int:
    product = 1
    for factor in range(2, min(number, 12) + 1):
        product *= factor
    return product

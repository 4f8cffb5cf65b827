"""select_spellings: a run as if it had been captured with fewer words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.dataset.check import check_run
from sottovoce.errors import RunError
from sottovoce.vocabulary import TokenSet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr

_MOST_TOLD = 12


def select_spellings(run: xr.Dataset, spellings: Mapping[str, Sequence[str]]) -> xr.Dataset:
    """Keep only the tokens of some concepts and spellings; the model is not asked again.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    spellings
        ``{concept: [spelling, ...]}``, of those that the run has; :func:`spellings_of` tells them.
        A concept that is left out, or has no spelling, takes no share any more. Tokens of
        percentages stay. A token that begins several spellings counts under the first of them, as
        the run's coordinate ``spelling`` says.

    Returns
    -------
    xarray.Dataset
        A run over fewer tokens; `run` itself if nothing is left out. Its attributes ``token_set``
        and ``token_set_hash`` are those of what was kept, and ``captured_token_set`` and
        ``captured_token_set_hash`` those of the capture. All other values are as they were:
        ``log_normalizer`` and ``entropy`` are of the whole vocabulary in any case. The read-out of
        the answer's text, too, knows only the spellings that were kept.

    Raises
    ------
    RunError
        If the run does not have one of them, no concept is left, or a concept would lose all of
        its tokens.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "anna_sad.flac"
    >>> run = sottovoce.capture(sottovoce.load_model(), clip, "one_word", progress=False)
    >>> fewer = select_spellings(run, {"sad": ["sad"], "happy": ["happy", "joy"]})
    >>> sottovoce.read_out(fewer, "answer_step")["emotion"].values.tolist()
    ['happy', 'sad']
    """
    check_run(run)
    available = spellings_of(run)
    chosen = _checked(spellings, available)
    if chosen == {concept: list(words) for concept, words in available.items()}:
        return run
    concepts, kinds, words = (
        np.array(run[name].values, dtype=str) for name in ("concept", "kind", "spelling")
    )
    is_percentage = kinds == "percentage"
    kept = is_percentage.copy()
    for concept, names in chosen.items():
        of_it = (concepts == concept) & ~is_percentage
        own = of_it & np.isin(words, names)
        if of_it.any() and not own.any():
            followed = dict.fromkeys(map(str, words[of_it]))
            raise RunError(
                f"No token of this run stands for {_told(names)} of {concept!r}; the spellings "
                f"that have one are {_told(followed)}"
            )
        kept |= own
    captured = run.attrs.get("captured_token_set", run.attrs["token_set"])
    captured_hash = run.attrs.get("captured_token_set_hash", run.attrs["token_set_hash"])
    tokens = _token_set(run, chosen, percentages=bool(is_percentage.any()))
    return run.isel(token=kept).assign_attrs(
        token_set=json.dumps(tokens.to_dict(), ensure_ascii=False),
        token_set_hash=tokens.hash,
        captured_token_set=captured,
        captured_token_set_hash=captured_hash,
    )


def spellings_of(run: xr.Dataset) -> dict[str, tuple[str, ...]]:
    """Return the spellings of each concept of a run, with a token or without.

    Those that the run was asked to follow come in the token set's order; percentages are not among
    them.
    """
    content = _content(run)
    declared = {**_concepts(content, "concepts"), **_concepts(content, "others")}
    found = {concept: dict.fromkeys(words) for concept, words in declared.items()}
    rows = zip(run["concept"].values, run["kind"].values, run["spelling"].values, strict=True)
    for concept, kind, spelling in rows:
        if kind != "percentage":
            found.setdefault(str(concept), {})[str(spelling)] = None
    return {concept: tuple(words) for concept, words in found.items()}


def _content(run: xr.Dataset) -> dict[str, Any]:
    content = json.loads(run.attrs["token_set"])
    return content if isinstance(content, dict) else {}


def _concepts(content: Mapping[str, Any], group: str) -> dict[str, list[str]]:
    """Return a group of a token set's concepts; none where a run was made by other means."""
    concepts = content.get(group)
    if not isinstance(concepts, dict):
        return {}
    return {str(concept): [str(word) for word in words] for concept, words in concepts.items()}


def _checked(
    spellings: Mapping[str, Sequence[str]], available: Mapping[str, tuple[str, ...]]
) -> dict[str, list[str]]:
    """Return what was chosen in the order of the run, or refuse what it does not have."""
    for concept, words in spellings.items():
        if concept not in available:
            raise RunError(
                f"This run has no concept {concept!r}; it has {_told(available) or 'none'}"
            )
        if isinstance(words, str):
            raise RunError(
                f"The spellings of {concept!r} must be a list; got {words!r}. Write [{words!r}]."
            )
        unknown = [word for word in words if word not in available[concept]]
        if unknown:
            raise RunError(
                f"This run has no spelling {unknown[0]!r} of {concept!r}; it has "
                f"{_told(available[concept])}"
            )
    chosen = {
        concept: [word for word in words if word in spellings.get(concept, ())]
        for concept, words in available.items()
    }
    left = {concept: words for concept, words in chosen.items() if words}
    if not left:
        raise RunError(
            "No spelling is chosen, so nothing would be left to divide between. This run has the "
            f"concepts {_told(available) or 'of percentages alone'}."
        )
    return left


def _token_set(run: xr.Dataset, chosen: dict[str, list[str]], *, percentages: bool) -> TokenSet:
    content = _content(run)
    followed = {
        str(concept)
        for concept, kind in zip(run["concept"].values, run["kind"].values, strict=True)
        if kind == "other"
    }
    aside = set(_concepts(content, "others")) | (followed - set(_concepts(content, "concepts")))
    return TokenSet(
        {concept: words for concept, words in chosen.items() if concept not in aside},
        percentages=bool(content.get("percentages", percentages)),
        others={concept: words for concept, words in chosen.items() if concept in aside},
    )


def _told(names: Sequence[str] | Mapping[str, Any]) -> str:
    every = [repr(name) for name in names]
    more = f" and {len(every) - _MOST_TOLD} more" if len(every) > _MOST_TOLD else ""
    return ", ".join(every[:_MOST_TOLD]) + more

"""Candidates for a read-out: what may be chosen without asking the model again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sottovoce.dataset import select_spellings
from sottovoce.dataset.spellings import spellings_of
from sottovoce.errors import ReadoutError, RunError, VotesError
from sottovoce.readout import combine, read_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import xarray as xr

#: Read-outs and steps that are tried by default.
READOUT_OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("answer_step", {}),
    ("mean_logprob", {"steps": "all"}),
    ("mean_logprob", {"steps": "emotion"}),
    ("mean_logprob", {"steps": "emotion+percentage"}),
    ("mean_prob", {"steps": "all"}),
    ("mean_logit", {"steps": "answer"}),
    ("expected_share", {}),
    ("expected_percentage", {"policy": "uniform"}),
    ("text", {"policy": "uniform"}),
)
ALL, NAMES_ONLY = "all", "names only"
POOLS = ("mean", "log_mean")
DECIMALS = 4  # shares that are nearer are the same


@dataclass(frozen=True)
class Candidate:
    """One way to turn a run into shares.

    Parameters
    ----------
    readout
        The read-out's name.
    options
        Of it.
    prompts
        Which prompts; with several, their shares are pooled.
    pool
        How: "mean" or "log_mean".
    spellings
        ``{concept: [spelling, ...]}`` that count; None for all.
    spellings_name
        What to call these.

    Examples
    --------
    >>> Candidate("mean_logprob", {"steps": "emotion"}, ("one_word",)).name
    'mean_logprob:emotion, one_word'
    """

    readout: str
    options: Mapping[str, Any] = field(default_factory=dict)
    prompts: tuple[str, ...] = ()
    pool: str = "mean"
    spellings: Mapping[str, Sequence[str]] | None = None
    spellings_name: str = ALL

    @property
    def name(self) -> str:
        """All of it in a few words."""
        chosen = ":".join([self.readout, *map(str, self.options.values())])
        of = self.prompts[0] if len(self.prompts) == 1 else f"{self.pool} of {len(self.prompts)}"
        spelled = "" if self.spellings is None else f", {self.spellings_name}"
        return f"{chosen}, {of}{spelled}"

    def read(self, run: xr.Dataset) -> xr.DataArray:
        """Return the shares, dims (utterance, emotion).

        Raises
        ------
        VotesError
            If the run lacks a prompt.
        ReadoutError, RunError
            If the run does not allow the read-out or the spellings.
        """
        here = [str(name) for name in run["prompt"].values]
        if missing := [name for name in self.prompts if name not in here]:
            raise VotesError(
                f"{self.name}: the run lacks the prompts {', '.join(map(repr, missing))}; it has "
                f"{', '.join(map(repr, here))}"
            )
        return self.of_prompts(self.by_prompt(run.sel(prompt=list(self.prompts))))

    def by_prompt(self, run: xr.Dataset) -> xr.DataArray:
        """Return the shares of every prompt of a run, dims (utterance, prompt, emotion)."""
        part = run if self.spellings is None else select_spellings(run, self.spellings)
        return read_out(part, self.readout, **self.options)

    def of_prompts(self, shares: xr.DataArray) -> xr.DataArray:
        """Return the shares of its prompts, pooled if there are several."""
        if len(self.prompts) == 1:
            return shares.sel(prompt=self.prompts[0]).drop_vars(
                [str(n) for n in shares.coords if "prompt" in shares[n].dims]
            )
        return combine(shares.sel(prompt=list(self.prompts)), self.pool)  # type: ignore[arg-type]

    def told(self) -> dict[str, str]:
        """Return it in columns of a table."""
        prompts = ", ".join(self.prompts)
        return {
            "readout": self.readout,
            "options": json.dumps(dict(self.options), ensure_ascii=False),
            "spellings": self.spellings_name if self.spellings is not None else ALL,
            "prompts": prompts if len(self.prompts) == 1 else f"{self.pool} of {prompts}",
        }


def list_candidates(
    run: xr.Dataset,
    *,
    readouts: Iterable[tuple[str, Mapping[str, Any]]] = READOUT_OPTIONS,
    spellings: Mapping[str, Mapping[str, Sequence[str]] | None] | None = None,
    prompts: Sequence[str] | None = None,
    pools: Sequence[str] = POOLS,
) -> list[Candidate]:
    """Return every combination of read-outs, spellings and prompts.

    Parameters
    ----------
    run
        What they are for.
    readouts
        Names with options.
    spellings
        A name for each choice of spellings -> ``{concept: [spelling, ...]}``, or None for all of
        them. By default all, and the emotions' own names alone where that is something else.
    prompts
        By default all of the run.
    pools
        How prompts are pooled, where there are several; empty for not at all.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, clip, ["one_word", "json"], progress=False)
    >>> few = list_candidates(run, readouts=[("answer_step", {})], spellings={"all": None})
    >>> [one.name for one in few]
    ['answer_step, one_word', 'answer_step, json', 'answer_step, mean of 2',
     'answer_step, log_mean of 2']
    """
    names = [str(name) for name in (run["prompt"].values if prompts is None else prompts)]
    groups: list[tuple[tuple[str, ...], str]] = [((name,), "mean") for name in names]
    if len(names) > 1:
        groups += [(tuple(names), how) for how in pools]
    if spellings is None:
        spellings = {ALL: None, **_names_only(run)}
    return [
        Candidate(readout, dict(options), group, how, chosen, label)
        for label, chosen in spellings.items()
        for readout, options in readouts
        for group, how in groups
        # A text is read by all spellings; fewer would only miss what it says.
        if not (readout == "text" and chosen is not None)
    ]


def read_candidates(
    run: xr.Dataset, candidates: Iterable[Candidate]
) -> tuple[dict[str, tuple[Candidate, xr.DataArray]], dict[str, str], dict[str, str]]:
    """Read all candidates out; those that the run does not allow are told apart.

    Returns
    -------
    read : dict
        Name -> the candidate and its shares.
    refused : dict
        Name -> why not.
    same : dict
        Name -> that of an earlier candidate with the same shares, which stands for both.
    """
    read: dict[str, tuple[Candidate, xr.DataArray]] = {}
    refused: dict[str, str] = {}
    same: dict[str, str] = {}
    by_rule: dict[str, xr.DataArray] = {}
    by_values: dict[bytes, str] = {}
    for candidate in candidates:
        told = candidate.told() | {"prompts": ""}
        rule = json.dumps(told)
        try:
            if rule not in by_rule:
                # All prompts at once, since most candidates differ in the prompt alone.
                by_rule[rule] = candidate.by_prompt(run)
            shares = candidate.of_prompts(by_rule[rule])
        except (ReadoutError, RunError) as error:
            refused[candidate.name] = str(error)
            continue
        values = shares.transpose("utterance", "emotion").values.round(DECIMALS) + 0.0
        first = by_values.setdefault(values.tobytes(), candidate.name)
        if first == candidate.name:
            read[first] = (candidate, shares)
        else:
            same[candidate.name] = first
    return read, refused, same


def _names_only(run: xr.Dataset) -> dict[str, Mapping[str, Sequence[str]]]:
    """Return the choice of each concept's own name, if it has one and others beside it."""
    known = spellings_of(run)
    own = {concept: [concept] for concept, words in known.items() if concept in words}
    is_less = any(len(words) > 1 for words in known.values())
    return {NAMES_ONLY: own} if is_less and set(own) == set(known) else {}

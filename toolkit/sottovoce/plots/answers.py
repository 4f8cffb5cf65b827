"""One answer of a run: what most plots are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sottovoce.dataset import check_run
from sottovoce.errors import RunError
from sottovoce.plots.style import concept_colors
from sottovoce.plots.text import END, drawable, shortened, visible

if TYPE_CHECKING:
    import xarray as xr

MOST_NAMED = 6


@dataclass(frozen=True)
class Answer:
    """One utterance and prompt of a run.

    Parameters
    ----------
    run
        The run, with one utterance, one prompt, and only the steps that were decoded.
    utterance, prompt
        Their names.
    text
        The generated text.
    emitted
        The text that each step added.
    """

    run: xr.Dataset
    utterance: str
    prompt: str
    text: str
    emitted: list[str]

    @property
    def title(self) -> str:
        """What the picture is about, fit to draw."""
        return drawable(f"{shortened(self.utterance, 40)}  ·  {shortened(self.prompt, 30)}")

    @property
    def subtitle(self) -> str:
        """What the model said, fit to draw."""
        said = shortened(self.text, 90)
        return drawable(f"said: {said}" if said else "said nothing")

    @property
    def tick_labels(self) -> list[str]:
        """The emitted tokens, fit to draw."""
        labels = [drawable(visible(text)) for text in self.emitted]
        return [*labels[:-1], END] if self.has_ended else labels

    @property
    def has_ended(self) -> bool:
        """Whether the last token is none of the text: the end, however it is spelled."""
        last = self.emitted[-1].strip()
        return not self.emitted[-1] or (bool(last) and not self.text.rstrip().endswith(last))

    @property
    def colors(self) -> dict[str, str]:
        """A colour for each concept that the run follows, percentages aside."""
        is_word = self.run["kind"].values != "percentage"
        return concept_colors(map(str, self.run["concept"].values[is_word]))

    @property
    def emitted_concepts(self) -> list[str | None]:
        """What each emitted token speaks for, percentages aside; None if for nothing."""
        is_word = self.run["kind"].values != "percentage"
        tokens, concepts = (self.run[name].values[is_word] for name in ("token", "concept"))
        named = dict(zip(tokens.tolist(), map(str, concepts), strict=True))
        return [named.get(token) for token in self.run["chosen_token"].values[0, 0].tolist()]

    @property
    def emitted_colors(self) -> list[str | None]:
        """The colour of what each emitted token speaks for, None if it speaks for nothing."""
        colors = self.colors
        return [None if name is None else colors[name] for name in self.emitted_concepts]


def select_answer(run: xr.Dataset, utterance: str | None, prompt: str | None) -> Answer:
    """Pick one answer.

    Parameters
    ----------
    run
        From capture or opened from disk.
    utterance, prompt
        Their names; None if there is only one.

    Returns
    -------
    Answer

    Raises
    ------
    RunError
        If there is no such utterance or prompt, it was not said which, or it failed.
    """
    check_run(run)
    names = {
        "utterance": _name(run, "utterance", utterance),
        "prompt": _name(run, "prompt", prompt),
    }
    one = run.isel({dim: [run.indexes[dim].get_loc(name)] for dim, name in names.items()})
    one = one.transpose("utterance", "prompt", "step", "token").load()
    if one["status"].item() != "ok":
        raise RunError(
            f"There is nothing to draw for {names['utterance']!r} and {names['prompt']!r}: "
            f"{one['message'].item() or 'it failed'}"
        )
    n_steps = int(one["n_steps"].item())
    if n_steps == 0:
        raise RunError(f"There is nothing to draw for {names['utterance']!r}: it has no steps")
    one = one.isel(step=slice(0, n_steps))
    emitted = [str(text) for text in one["chosen_text"].values[0, 0]]
    return Answer(one, names["utterance"], names["prompt"], str(one["answer"].item()), emitted)


def _name(run: xr.Dataset, dim: str, given: str | None) -> str:
    names = [str(name) for name in run[dim].values]
    told = ", ".join(map(repr, names[:MOST_NAMED])) + (" ..." if len(names) > MOST_NAMED else "")
    if given is None:
        if len(names) == 1:
            return names[0]
        raise RunError(f"This run has {len(names)} {dim}s; say {dim}= one of {told}")
    if given not in names:
        raise RunError(f"{dim}={given!r} is not in this run; it has {told}")
    return given

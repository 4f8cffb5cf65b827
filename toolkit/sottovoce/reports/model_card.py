"""The card beside the bundled weights: what they were made of, what they reach, where they end."""

from __future__ import annotations

from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MEASURES = ("js", "bc", "accuracy", "entropy_rho")


def results_table(results: Mapping[str, Any]) -> str:
    """Return the figures of an evaluation as a Markdown table.

    Parameters
    ----------
    results
        What ``sottovoce evaluate --json FILE`` wrote.

    Returns
    -------
    str
        One line a prompt and read-out that divides any answer, then the constants, and what the
        listeners themselves reach, if the votes tell.

    Raises
    ------
    VotesError
        If it is not such a file's content.

    Examples
    --------
    >>> figure = {"value": 0.17, "low": 0.16, "high": 0.18}
    >>> measures = dict.fromkeys(("js", "bc", "accuracy", "entropy_rho"), figure)
    >>> print(results_table({
    ...     "results": [{"prompt": "one_word", "readout": "text", "n": 9, **measures}],
    ...     "constants": [{"constant": "uniform", **measures}],
    ... }).splitlines()[2])
    | one_word | text | .170 [.160, .180] | .170 [.160, .180] | ...
    """
    try:
        entries = [
            *[
                (entry["prompt"], entry["readout"], entry)
                for entry in results["results"]
                if entry["n"]
            ],
            *[("", f"*{entry['constant']}*", entry) for entry in results["constants"]],
            *[("", f"*{entry['ceiling']}*", entry) for entry in results.get("ceiling", [])],
        ]
        lines = [
            f"| {prompt} | {name} | " + " | ".join(_cell(entry[m]) for m in _MEASURES) + " |"
            for prompt, name, entry in entries
        ]
    except (KeyError, TypeError) as error:
        raise VotesError(
            f"These are not the results of an evaluation ({error} is missing). Give what "
            "`sottovoce evaluate --json FILE` writes."
        ) from error
    head = "| prompt | read-out | JS divergence | BC | accuracy | entropy rho |"
    return "\n".join([head, "| --- | --- | --- | --- | --- | --- |", *lines])


def write_model_card(
    folder: Path,
    results: Mapping[str, Any],
    *,
    command: str,
    settings: Mapping[str, int],
) -> Path:
    """Write README.md beside the weights.

    Parameters
    ----------
    folder
        Where ``model.safetensors`` lies.
    results
        What ``sottovoce evaluate --json FILE`` wrote for this model.
    command
        The command line that gave the results.
    settings
        The recipe's: synthetic_clips, grammar_steps, encoder_epochs, joint_epochs.

    Returns
    -------
    Path
        The card.

    Raises
    ------
    VotesError
        If the results are not those of an evaluation.
    """
    card = folder / "README.md"
    template = files("sottovoce.reports").joinpath("model_card.md").read_text(encoding="utf-8")
    text = Template(template).substitute(
        parameters=f"{(folder / 'model.safetensors').stat().st_size / 4e6:.1f}",
        **{name: f"{value:,}" for name, value in settings.items()},
        n=max((entry["n"] for entry in results.get("results", [])), default=0),
        table=results_table(results),
        command=command,
    )
    card.write_text(text, encoding="utf-8")
    return card


def _cell(figure: Mapping[str, float | None]) -> str:
    value, low, high = (figure[part] for part in ("value", "low", "high"))
    if value is None:
        return "–"
    if low is None or high is None:
        return _short(value)
    return f"{_short(value)} [{_short(low)}, {_short(high)}]"


def _short(number: float) -> str:
    return f"{number:.3f}".replace("0.", ".", 1)

"""sottovoce tokens: how a model's tokenizer writes what is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sottovoce.cli.options import Json, Model, read_token_set, write_json
from sottovoce.cli.printing import complain, page_width, say, table_lines

if TYPE_CHECKING:
    from sottovoce.vocabulary import ResolvedTokens

MEANINGS = {
    "one": "a single token",
    "several": "several tokens, followed by the first",
    "ambiguous": "not followed: begins like another concept",
    "generic": "not followed: begins like common words",
    "absent": "not followed: the tokenizer cannot write it",
}


def tokens(
    name: Annotated[
        str,
        typer.Argument(
            metavar="TOKENS",
            help="Presets joined by +, or a CSV table with the columns concept and spelling.",
        ),
    ] = "emotions+percentages",
    model: Model = "bundled",
    json: Json = None,
) -> None:
    """Show which spellings of a token set are one token, several or absent in a tokenizer."""
    token_set = read_token_set(name)
    complain(f"Loading the model {model} ...")
    from sottovoce.models import load_model

    loaded = load_model(model)
    resolved = token_set.resolve(loaded.tokenizer)
    coverage = resolved.coverage
    write_json(
        {
            "model_id": loaded.id,
            "tokenizer_hash": loaded.tokenizer_hash,
            "token_set": token_set.to_dict(),
            "tokens": resolved.table.to_dict("records"),
            "coverage": coverage.to_dict("records"),
            "missing": list(resolved.missing),
        },
        json,
    )
    for line in coverage_lines(resolved, page_width()):
        say(line)


def coverage_lines(resolved: ResolvedTokens, width: int) -> list[str]:
    """Return one line for each concept and status, what the statuses mean, and what is missing."""
    coverage = resolved.coverage
    rows = [["concept", "status", "spellings"]]
    for concept in coverage["concept"].unique():
        of_concept = coverage[coverage["concept"] == concept]
        for status in MEANINGS:
            forms = of_concept.loc[of_concept["status"] == status]
            told = [_form(*form) for form in zip(forms["form"], forms["pieces"], strict=True)]
            if told:
                rows.append([concept, status, " ".join(told)])
    lines = table_lines(rows, most={0: 24, 2: max(width - 38, 20)})
    percentages = resolved.table.loc[resolved.table["kind"] == "percentage", "token_text"]
    if len(percentages):
        lines.append(f"percentages are written with {len(percentages)} tokens")
    lines += ["", *(f"{status}: {meaning}" for status, meaning in MEANINGS.items())]
    lines.append("␣ is a space, | parts the tokens of a spelling")
    if resolved.missing:
        lines.append(
            f"No token at all for {', '.join(resolved.missing)}: no read-out of tokens can divide "
            "among them."
        )
    return lines


def _form(form: str, pieces: list[str]) -> str:
    return "|".join(piece.replace(" ", "␣") for piece in pieces or [form])

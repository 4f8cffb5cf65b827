"""Token sets as cards for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.markup import Markup, card, facts, joined, one_line, table, tag, token

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from sottovoce.vocabulary.resolve import ResolvedTokens
    from sottovoce.vocabulary.tokenset import TokenSet

MOST_TOKENS = 40
ASIDE = "takes no share"


def summarise_token_set(tokens: TokenSet) -> Markup:
    """Return the concepts of a set with their spellings.

    Examples
    --------
    >>> from sottovoce.vocabulary import TokenSet
    >>> print(summarise_token_set(TokenSet({"<b>": ["bold"]})))
    <div class="sottovoce-card">...<th scope="row"...>&lt;b&gt;</th><td...>bold</td>...
    """
    rows = [
        (joined(one_line(concept), note), ", ".join(map(one_line, spellings)))
        for concepts, note in ((tokens.concepts, ""), (tokens.others, _note(ASIDE)))
        for concept, spellings in concepts.items()
    ]
    n_concepts = len(tokens.concepts) + len(tokens.others)
    n_spellings = sum(map(len, (*tokens.concepts.values(), *tokens.others.values())))
    return card(
        "Token set",
        one_line(tokens.name or ""),
        facts(
            [
                ("concepts", f"{n_concepts}, with {n_spellings} spellings" if rows else "none"),
                ("percentages", "the tokens of 0% to 100%" if tokens.percentages else "no"),
            ]
        ),
        table(("concept", "spellings"), rows) if rows else "",
    )


def summarise_resolved(resolved: ResolvedTokens) -> Markup:
    """Return the tokens of each concept, and the spellings that have none."""
    followed = resolved.table
    concepts = [
        (name, tokens)
        for name, tokens in followed[followed["kind"] != "percentage"].groupby("concept", sort=True)
    ]
    percentages = followed[followed["kind"] == "percentage"]
    rows = [_row(str(name), tokens, resolved.coverage) for name, tokens in concepts]
    if len(percentages):
        rows.append(("percentages", _tokens(percentages["token_text"]), "", ""))
    warning = ""
    if resolved.missing:
        names = ", ".join(map(one_line, resolved.missing))
        told = f"No token is kept of: {names}. No read-out of tokens can divide among them."
        warning = tag("div", told, class_="sc-warning")
    heads = ("concept", "whole spellings", "first pieces", "spellings without a token")
    return card("Resolved tokens", f"{len(resolved)} of one tokenizer", warning, table(heads, rows))


def _row(concept: str, tokens: pd.DataFrame, coverage: pd.DataFrame) -> Sequence[object]:
    whole = tokens["n_pieces"] == 1
    own = coverage[coverage["concept"] == concept]
    kept = set(own.loc[own["status"].isin(["one", "several"]), "spelling"])
    lost = [word for word in dict.fromkeys(own["spelling"]) if word not in kept]
    return (
        one_line(concept),
        _tokens(tokens.loc[whole, "token_text"]),
        _tokens(tokens.loc[~whole, "token_text"]),
        ", ".join(map(one_line, lost)),
    )


def _tokens(texts: Iterable[str]) -> Markup:
    every = [token(str(text)) for text in texts]
    more = len(every) - MOST_TOKENS
    rest = tag("span", f"and {more} more", class_="sc-faint") if more > 0 else ""
    return joined(*every[:MOST_TOKENS], rest)


def _note(text: str) -> Markup:
    return joined(" ", tag("span", f"({text})", class_="sc-faint"))

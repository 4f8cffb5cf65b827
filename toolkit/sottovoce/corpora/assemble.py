"""From what the files of a corpus say to a Corpus: labels counted, the rest told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sottovoce.corpora.checks import refuse_repeated, shortened
from sottovoce.corpora.corpus import Corpus, make_votes
from sottovoce.corpora.counts import in_order
from sottovoce.corpora.labels import votes_left_out
from sottovoce.corpora.raters import COLUMNS
from sottovoce.errors import VotesError
from sottovoce.vocabulary import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.corpora.labels import LabelSet


def assemble(
    name: str,
    utterances: pd.DataFrame,
    ratings: pd.DataFrame,
    labels: LabelSet,
    *,
    source: str,
    notes: Sequence[str] = (),
    licence: str = "",
) -> Corpus:
    """Count the ratings of a corpus and put them beside its recordings.

    Parameters
    ----------
    name
        Of the corpus.
    utterances
        One row a recording, called by its name, with the columns path (empty where there is no
        file) and speaker.
    ratings
        One row an answer: utterance, label as the files spell it, and rater where known.
    labels
        Which labels count as which emotions.
    source
        The folder or file, for messages.
    notes
        What a reader must know, before what is told of what was left out.
    licence
        The terms.

    Returns
    -------
    Corpus
        Recordings without a file or without any rating are left out and counted in the note.
        Those whose ratings are all left out by the labels stay, without votes. Who gave several
        labels has a vote for each emotion.

    Raises
    ------
    VotesError
        If nothing is left, or a recording is there twice.
    """
    refuse_repeated(utterances.index, source)
    here = set(utterances.index[utterances["path"] != ""])
    rated = set(ratings["utterance"])
    chosen = utterances[
        [utterance in here and utterance in rated for utterance in utterances.index]
    ]
    if chosen.empty:
        raise VotesError(
            f"{source}: there are ratings of {len(rated):,} recordings and files of {len(here):,}, "
            f"but of none both. Ratings are of {shortened(sorted(rated), 2)}."
        )
    kept = ratings[ratings["utterance"].isin(set(chosen.index))]
    emotions = {label: labels.emotion_of(label) for label in kept["label"].unique()}
    kept = kept.assign(emotion=kept["label"].map(emotions))
    left_out = {
        str(label): int(n)
        for label, n in kept.loc[kept["emotion"].isna(), "label"]
        .map(labels.answer_of)
        .value_counts()
        .items()
    }
    kept = kept[kept["emotion"].notna()]
    known = "rater" in kept
    if known:
        kept = kept.drop_duplicates(list(COLUMNS), ignore_index=True)
    counts = (
        pd.crosstab(kept["utterance"], kept["emotion"])
        .reindex(index=chosen.index, columns=_columns(labels, kept["emotion"]), fill_value=0)
        .rename_axis(index="utterance")
    )
    n_empty = int((counts.sum(axis=1) == 0).sum())
    silent = sorted(rated - here)
    unrated = sorted(here - rated)
    told = [
        *notes,
        labels.in_words(),
        votes_left_out(left_out),
        _left_out("recording", silent),
        _left_out("ratings", unrated),
        f"Without votes: {n_empty}." if n_empty else "",
    ]
    return Corpus(
        name=name,
        utterances=chosen,
        votes=make_votes(
            counts,
            chosen["speaker"],
            labels=labels.name,
            n_left_out=len(silent) + len(unrated),
            n_without_votes=n_empty,
            n_other_votes=sum(left_out.values()),
        ),
        note=" ".join(filter(None, told)),
        licence=licence,
        single_ratings=kept[list(COLUMNS)] if known else None,
        left_out=left_out,
    )


def _columns(labels: LabelSet, seen: pd.Series[str]) -> list[str]:
    """Return the emotions to count; of an open set those seen, and the six if all are of them."""
    if not labels.open or labels.keep is not None:
        return labels.emotions
    found = dict.fromkeys(seen)
    return list(EMOTIONS) if set(found) <= set(EMOTIONS) else in_order(found)


def _left_out(lack: str, names: Sequence[str]) -> str:
    return f"Left out without {lack}: {len(names):,} ({shortened(names, 3)})." if names else ""

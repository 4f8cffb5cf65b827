"""Soft labels: the votes as targets for what a model weighs at one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from sottovoce.errors import VocabularyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.vocabulary import ResolvedTokens


class SoftLabels:
    """The tokens that stand for each emotion, and what follows for loss and shares.

    Parameters
    ----------
    resolved
        From ``TokenSet.resolve(tokenizer)``.
    emotions
        In the order of the votes.

    Raises
    ------
    VocabularyError
        If the tokenizer writes no spelling of an emotion.
    """

    def __init__(self, resolved: ResolvedTokens, emotions: Sequence[str]) -> None:
        table = resolved.table[resolved.table["kind"] != "percentage"]
        self.emotions = tuple(emotions)
        self._ids = [
            torch.tensor(table.loc[table["concept"] == emotion, "token"].tolist(), dtype=torch.long)
            for emotion in self.emotions
        ]
        missing = [name for name, ids in zip(self.emotions, self._ids, strict=True) if not len(ids)]
        if missing:
            raise VocabularyError(
                f"The listeners voted on {', '.join(map(repr, missing))}, and no token stands for "
                "it in this token set and tokenizer. Give tokens={concept: [spelling, ...]} with "
                "a spelling that the tokenizer writes, or leave these votes out."
            )

    @property
    def token_ids(self) -> list[int]:
        """The ids of all spellings."""
        return torch.cat(self._ids).tolist()

    def log_probability(self, logits: torch.Tensor) -> torch.Tensor:
        """Return each emotion's log-probability over the whole vocabulary.

        Parameters
        ----------
        logits
            Shape (row, vocabulary).

        Returns
        -------
        torch.Tensor
            Shape (row, emotion), float32: the sum over the spellings.
        """
        scores = logits.float()
        pooled = [scores[:, ids.to(scores.device)].logsumexp(1) for ids in self._ids]
        return torch.stack(pooled, dim=1) - scores.logsumexp(1, keepdim=True)

    def shares(self, logits: torch.Tensor) -> torch.Tensor:
        """Return the emotions' shares as ``answer_step`` reads them, shape (row, emotion)."""
        return self.log_probability(logits).softmax(1)

    def loss(self, logits: torch.Tensor, votes: torch.Tensor) -> torch.Tensor:
        """Return the cross-entropy from the votes to the whole vocabulary, in nats.

        It is least where each emotion's probability is its share of the votes and no other token
        has any; so it teaches the distribution, and to answer with an emotion.

        Parameters
        ----------
        logits
            Shape (row, vocabulary).
        votes
            Counts or shares, shape (row, emotion).

        Returns
        -------
        torch.Tensor
            The mean over rows, a scalar.
        """
        target = votes / votes.sum(1, keepdim=True)
        return -(target * self.log_probability(logits)).sum(1).mean()

"""What the whole vocabulary adds up to: its normalizer, its entropy and its likeliest token.

One number of each is kept of 150,000 logits, at every step, so this is what a capture costs. On a
CPU it is one exponential per logit and little else: a few rows at a time go through buffers that
stay in the processor's cache.
"""

from __future__ import annotations

from typing import NamedTuple

import torch

# What the two buffers of a group of rows may take: little enough to stay in a cache.
CACHE_BYTES = 2**22
# Logits among which the largest is sought by its place. Seeking the place among all of them costs
# as much as their exponentials; seeking the value alone costs a twentieth of that.
WINDOW = 512


class Distribution(NamedTuple):
    """What rows of logits over a vocabulary add up to, each of shape (row,).

    Parameters
    ----------
    log_normalizer
        Log-sum-exp, float32.
    entropy
        In nats, float32.
    top_token, top_logit
        The first of the largest logits, int64, and its value, float32.
    """

    log_normalizer: torch.Tensor
    entropy: torch.Tensor
    top_token: torch.Tensor
    top_logit: torch.Tensor


def summarise(logits: torch.Tensor) -> Distribution:
    """Return what rows of logits add up to.

    With m the largest logit and p the softmax, log-sum-exp is m - log p(m), and the entropy is
    -log p(m) - sum p (z - m), however far the logits are from zero. What softmax divides by was
    summed one after the other: over 150,000 terms that is off by some 1e-5, so p is summed anew.

    Parameters
    ----------
    logits
        Shape (row, vocabulary), in any floating-point format; minus infinity for what cannot be.

    Examples
    --------
    >>> found = summarise(torch.tensor([[0.0, 0.0, -torch.inf]]))
    >>> found.log_normalizer.exp(), found.entropy.exp(), found.top_token
    (tensor([2.]), tensor([2.]), tensor([0]))
    """
    vocabulary = logits.shape[-1]
    rows = len(logits)
    if logits.device.type == "cpu":
        rows = min(rows, max(1, CACHE_BYTES // (2 * 4 * vocabulary)))
    centred = torch.empty(rows, vocabulary, device=logits.device)
    probability = torch.empty_like(centred)
    top_token, top_logit = _largest(logits)
    surprise = torch.empty_like(top_logit)
    expected = torch.empty_like(top_logit)
    for start in range(0, len(logits), rows):
        group = slice(start, start + rows)
        z, p = centred[: len(top_logit[group])], probability[: len(top_logit[group])]
        torch.sub(logits[group], top_logit[group, None], out=z)
        torch.softmax(z, dim=-1, out=p)
        total = p.sum(dim=-1)
        surprise[group] = (total / p.gather(1, top_token[group, None])[:, 0]).log()
        # What cannot be adds nothing: zero times minus infinity is no number.
        expected[group] = p.mul_(z).nansum(dim=-1) / total
    return Distribution(top_logit + surprise, surprise - expected, top_token, top_logit)


def _largest(logits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the place of the first of the largest logits in each row, and its value."""
    vocabulary = logits.shape[-1]
    if logits.device.type != "cpu":
        # As `generate` chooses: in half precision several are often the largest, and it is not said
        # of every device that its max names the one that its argmax does.
        place = logits.argmax(dim=-1)
        return place, logits.gather(1, place[:, None])[:, 0].float()
    if vocabulary < 2 * WINDOW:
        top = logits.max(dim=-1)
        return top.indices, top.values.float()
    full = vocabulary // WINDOW * WINDOW
    best = logits[:, :full].unflatten(1, (-1, WINDOW)).amax(dim=-1)
    if full < vocabulary:
        best = torch.cat([best, logits[:, full:].amax(dim=-1, keepdim=True)], dim=1)
    start = (best.argmax(dim=-1, keepdim=True) * WINDOW).clamp_(max=vocabulary - WINDOW)
    top = logits.gather(1, start + torch.arange(WINDOW)).max(dim=-1)
    return start[:, 0] + top.indices, top.values.float()

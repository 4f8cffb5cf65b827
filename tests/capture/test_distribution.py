import numpy as np
import pytest
import torch

from sottovoce.capture import distribution
from sottovoce.capture.distribution import WINDOW, summarise

VOCABULARY = 156_032


def logits(rows=3, vocabulary=VOCABULARY, level=0.0, dtype=torch.float32):
    generator = torch.Generator().manual_seed(0)
    return (torch.randn(rows, vocabulary, generator=generator) * 3 + level).to(dtype)


def assert_exact(found, z, atol=5e-6):
    log_p = z.double().log_softmax(dim=-1)
    entropy = -(log_p.exp() * log_p).nansum(dim=-1)
    normalizer = z.double().logsumexp(dim=-1)
    torch.testing.assert_close(found.log_normalizer.double(), normalizer, rtol=2e-7, atol=atol)
    torch.testing.assert_close(found.entropy.double(), entropy, rtol=2e-7, atol=atol)
    assert torch.equal(found.top_token, z.argmax(dim=-1))
    assert torch.equal(found.top_logit, z.amax(dim=-1).float())
    assert all(one.dtype == torch.float32 for one in found if one is not found.top_token)


@pytest.mark.parametrize("vocabulary", [1, 7, WINDOW, 2 * WINDOW, 2 * WINDOW + 1, VOCABULARY])
def test_it_is_exact_for_any_size(vocabulary):
    assert_exact(summarise(logits(vocabulary=vocabulary)), logits(vocabulary=vocabulary))


@pytest.mark.parametrize("level", [-500.0, 20.0, 500.0])
def test_the_entropy_does_not_depend_on_where_the_logits_lie(level):
    shifted = summarise(logits(level=level))
    torch.testing.assert_close(
        shifted.entropy.double(),
        torch.distributions.Categorical(logits=logits(level=level).double()).entropy(),
        rtol=0, atol=5e-6,
    )  # fmt: skip


def test_what_cannot_be_adds_nothing():
    z = logits()
    z[:, 100:] = -torch.inf
    found = summarise(z)
    assert_exact(found, z)
    torch.testing.assert_close(found.entropy, summarise(z[:, :100]).entropy)


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_what_is_no_number_stays_none(bad):
    z = logits(rows=2)
    z[1, 12345] = bad
    found = summarise(z)
    assert torch.isfinite(found.log_normalizer).tolist() == [True, False]
    assert torch.isfinite(found.entropy).tolist() == [True, False]


def test_all_alike():
    found = summarise(torch.full((2, VOCABULARY), 7.0))
    np.testing.assert_allclose(found.entropy, np.log(VOCABULARY), rtol=1e-6)
    assert found.top_token.tolist() == [0, 0]


def test_half_precision_is_summed_in_single():
    z = logits(dtype=torch.bfloat16)
    assert_exact(summarise(z), z.float())


def test_a_likeliest_token_at_the_very_end():
    z = logits(vocabulary=3 * WINDOW + 5)
    z[0, -1] = 100.0
    z[1, -6] = z[1, -3] = 100.0
    assert summarise(z).top_token.tolist()[:2] == [3 * WINDOW + 4, 3 * WINDOW - 1]


def test_rows_in_groups_change_nothing(monkeypatch):
    z = logits(rows=7, vocabulary=1000)
    together = summarise(z)
    monkeypatch.setattr(distribution, "CACHE_BYTES", 2 * 4 * 1000 * 3)
    for one, other in zip(summarise(z), together, strict=True):
        assert torch.equal(one, other)


def test_a_view_of_the_last_position_does():
    z = logits(rows=12).unflatten(0, (4, 3))
    for one, other in zip(summarise(z[:, -1]), summarise(z[:, -1].clone()), strict=True):
        assert torch.equal(one, other)

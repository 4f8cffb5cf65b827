"""The lens reads in the last layer what the model says, on every architecture that has one."""

import numpy as np
import pytest
import torch

from sottovoce.capture.lens import Lens, sound_positions
from sottovoce.errors import ModelError
from sottovoce.models import architectures

IDS = [40, 41, 42, 43]


def asked(model, seed=0):
    noise = np.random.default_rng(seed).normal(0, 0.1, model.rate)
    return model.inputs([noise.astype(np.float32)], ["Which emotion?"])


def test_every_architecture_with_a_lens_is_read_truly(model):
    known = architectures()[model.model.config.model_type]
    if not known.lens:
        with pytest.raises(ModelError, match=rf"^{model.id} .* cannot be looked into"):
            Lens(model, IDS)
        return
    lens = Lens(model, IDS)
    hidden, logit = lens.hidden(asked(model))
    assert hidden.shape[0] == lens.n_layers + 1
    lens.require_faithful(hidden, logit)
    # A lens that left the norm out would be told.
    with pytest.raises(ModelError, match="differ from its own by"):
        lens.require_faithful(hidden.roll(1, dims=-1), logit)


def test_what_is_patched_everywhere_is_the_other_recording(qwen):
    lens = Lens(qwen, IDS)
    hidden, logit = lens.hidden(asked(qwen, seed=1))
    inputs = asked(qwen, seed=2)
    own = lens.last(inputs)
    everywhere = torch.ones(1, hidden.shape[2], dtype=torch.bool)
    for layer in range(lens.n_layers + 1):
        with lens.patched(layer, hidden[layer, 0], everywhere):
            torch.testing.assert_close(lens.last(inputs), logit, atol=1e-5, rtol=1e-4)
        with lens.patched(layer, hidden[layer, 0], ~everywhere):
            torch.testing.assert_close(lens.last(inputs), own)
    torch.testing.assert_close(lens.last(inputs), own)
    assert (own - logit).abs().max() > 1e-4


def test_where_the_sound_is():
    assert sound_positions([5, 5, 9, 9, 9, 9, 1]) == range(2, 6)
    assert sound_positions([1, 2, 3]) == range(0)

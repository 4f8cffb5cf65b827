"""Where an emotion passes through a model: what one recording leaves, put into another's run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import xarray as xr

from sottovoce.capture.lens import Lens
from sottovoce.capture.modes import require_positive
from sottovoce.capture.sequences import ids_name
from sottovoce.errors import ExplanationError
from sottovoce.explain.layers import encoded, positions_of
from sottovoce.explain.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet

LEAST_APART = 0.05


def patch_layers(
    model: SpeechModel | str,
    source: Any,
    into: Any,
    prompt: str | Prompt = "one_word",
    *,
    n_groups: int = 8,
    tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
    emotions: Sequence[str] | None = None,
    batch_size: int = 16,
) -> xr.Dataset:
    """Put what the layers make of one recording into the run over another, a piece at a time.

    Activation patching (Meng et al. 2022, arXiv:2202.05262; Heimersheim & Nanda 2024,
    arXiv:2404.15255): where a piece brings the source's emotion with it, the emotion passes there.
    The sound's positions are patched in groups of neighbours and all together, the question's
    together, and the last position, at which the model speaks, alone. Both recordings are cut to
    the shorter one.

    Parameters
    ----------
    model, prompt, tokens, emotions, batch_size
        As for :func:`sottovoce.explain.occlusion`.
    source
        The recording whose emotion is to be carried over.
    into
        The recording that it is put into; best the same voice and sentence with another emotion.
    n_groups
        Into how many groups the sound's positions are divided.

    Returns
    -------
    xarray.Dataset
        ``recovered`` (layer, position): how much of the way from the share of the source's emotion
        in `into` to that in `source` a piece brings; 1 is all of it, below 0 the other way.
        ``share`` (layer, position, emotion). Layer 0 is what goes into the first layer. Along
        position: ``part``, "sound", "whole sound", "question" or "answer", ``start`` and ``end`` in
        seconds, NaN outside the sound. ``of_source`` and ``of_into`` (emotion) are the shares
        without a patch.

    Raises
    ------
    ModelError
        If the model cannot be looked into, by name and why.
    ExplanationError
        If the two recordings differ too little to carry anything, or in their number of tokens.
    RecordingError
        If one cannot be read, or is longer than the model hears at once.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clips = data_folder() / "samples"
    >>> model = sottovoce.load_model()
    >>> angry, sad = clips / "tom_angry.flac", clips / "tom_sad.flac"
    >>> found = patch_layers(model, angry, sad, n_groups=4)
    >>> found["recovered"].dims, found.attrs["target"]
    (('layer', 'position'), 'angry')
    """
    require_positive("n_groups", n_groups)
    require_positive("batch_size", batch_size)
    probe = Probe(model, prompt, tokens, emotions)
    pair = [probe.load(source), probe.load(into)]
    length = min(len(one.samples) for one in pair)
    sounds = [one.samples[:length] for one in pair]
    lens = Lens(probe.model, probe.token_ids)
    inputs = [encoded(probe, [sound]) for sound in sounds]
    ids = [one[ids_name(probe.model)][0].tolist() for one in inputs]
    if ids[0] != ids[1]:
        raise ExplanationError(
            f"{probe.model.id} writes the two recordings as {len(ids[0])} and {len(ids[1])} "
            "tokens, so what stands at one position of the one has no place in the other."
        )
    hidden, of_source = lens.hidden(inputs[0])
    ends = [probe.divide(one[0].cpu().numpy()) for one in (of_source, lens.last(inputs[1]))]
    target = int(np.argmax(ends[0]))
    apart = ends[0][target] - ends[1][target]
    if apart < LEAST_APART:
        raise ExplanationError(
            f"{pair[0].id} has only {apart:.2f} more of {probe.emotions[target]!r} than "
            f"{pair[1].id} at a length of {length / probe.model.rate:.2f} s, so there is nothing "
            "to carry over. Take recordings that the model hears differently."
        )
    groups, coordinates = _groups(positions_of(probe, pair[1], ids[1]), n_groups)
    shares = np.stack(
        [
            _patched(probe, lens, layer, vectors[0], sounds[1], groups, batch_size)
            for layer, vectors in enumerate(hidden)
        ]
    )
    found = xr.Dataset(
        {
            "recovered": (("layer", "position"), (shares[..., target] - ends[1][target]) / apart),
            "share": (("layer", "position", "emotion"), shares),
            "of_source": ("emotion", ends[0]),
            "of_into": ("emotion", ends[1]),
        },
        {
            "layer": np.arange(len(shares)),
            "emotion": np.array(probe.emotions, dtype=object),
            **coordinates,
        },
    )
    found["recovered"].attrs = {"long_name": "part of the way that is carried over", "units": "1"}
    return found.assign_attrs(
        probe.told()
        | {
            "utterance": f"{pair[0].id} → {pair[1].id}",
            "target": probe.emotions[target],
            "duration": length / probe.model.rate,
            "method": "activation patching",
        }
    )


def _groups(
    positions: Mapping[str, Any], n_groups: int
) -> tuple[NDArray[np.bool_], dict[str, Any]]:
    """Return which positions are patched together, shape (group, position), and their labels."""
    part, second = positions["part"][1], positions["second"][1]
    sound = np.flatnonzero(part == "sound")
    members = [*np.array_split(sound, min(n_groups, len(sound))), sound]
    members += [np.flatnonzero(part == name) for name in ("question", "answer")]
    groups = np.stack([np.isin(np.arange(len(part)), one) for one in members])
    step = float(np.diff(second[sound]).min(initial=np.inf))
    half = step / 2 if np.isfinite(step) else float(second[sound[0]])
    parts = ["sound"] * (len(members) - 3) + ["whole sound", "question", "answer"]
    start = [second[one[0]] - half for one in members[:-2]] + [np.nan] * 2
    end = [second[one[-1]] + half for one in members[:-2]] + [np.nan] * 2
    return groups, {
        "position": np.arange(len(members)),
        "part": ("position", np.array(parts, dtype=object)),
        "start": ("position", start),
        "end": ("position", end),
    }


def _patched(
    probe: Probe,
    lens: Lens,
    layer: int,
    vectors: torch.Tensor,
    sound: NDArray[np.float32],
    groups: NDArray[np.bool_],
    batch_size: int,
) -> NDArray[np.float64]:
    """Return the shares with each group of positions patched at one layer, (group, emotion)."""
    size = 1 if probe.model.grouping == "single" else batch_size
    shares = []
    for start in range(0, len(groups), size):
        at = torch.as_tensor(groups[start : start + size], device=vectors.device)
        with lens.patched(layer, vectors, at):
            logit = lens.last(encoded(probe, [sound] * len(at)))
        shares.append(probe.divide(logit.cpu().numpy()))
    return np.concatenate(shares)

"""How early an emotion settles: the logit lens over layers, and over the sound's positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.capture.lens import Lens, sound_positions
from sottovoce.capture.sequences import extended, ids_name
from sottovoce.errors import ExplanationError
from sottovoce.explain.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sottovoce.audio import Recording
    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet


def layer_lens(
    model: SpeechModel | str,
    recording: Any,
    prompt: str | Prompt = "one_word",
    *,
    tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
    emotions: Sequence[str] | None = None,
) -> xr.Dataset:
    """Read the shares in every layer, at every position of the prompt.

    The logit lens (nostalgebraist 2020): what a layer gives is read as if it were the last. It is a
    projection and no proof: a layer may hold an emotion in a form that the head does not read (as
    the tuned lens shows, arXiv:2303.08112). :func:`patch_layers` is the causal check. Before
    anything is returned, the lens must read in the last layer what the model itself says.

    Parameters
    ----------
    model, prompt, tokens, emotions
        As for :func:`sottovoce.explain.occlusion`.
    recording
        No longer than the model hears at once.

    Returns
    -------
    xarray.Dataset
        ``share`` (layer, position, emotion). Layer 0 is what goes into the first. Along position:
        ``part``, "before", "sound", "question" or "answer" (the last position, at which the model
        speaks), ``token_text``, and ``second``, where in the recording a position of the sound
        lies, NaN elsewhere. ``whole`` (emotion): the last layer at the answer. Attribute
        ``settles``: the first layer from which on the emotion that wins in the end leads at the
        answer.

    Raises
    ------
    ModelError
        If the model cannot be looked into, by name and why.
    RecordingError
        If the recording cannot be read, or is longer than the model hears at once.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_angry.flac"
    >>> found = layer_lens(sottovoce.load_model(), clip)
    >>> found["share"].dims, found["share"].sizes["layer"]
    (('layer', 'position', 'emotion'), 5)
    """
    probe = Probe(model, prompt, tokens, emotions)
    heard = probe.load(recording)
    lens = Lens(probe.model, probe.token_ids)
    inputs = encoded(probe, [heard.samples])
    hidden, logit = lens.hidden(inputs)
    lens.require_faithful(hidden, logit)
    shares = np.stack([probe.divide(lens.read(layer[0]).cpu().numpy()) for layer in hidden])
    whole = probe.divide(logit[0].cpu().numpy())
    leads = shares[:, -1].argmax(axis=-1) == whole.argmax()
    settles = int(len(leads) - np.argmin(leads[::-1])) if not leads.all() else 0
    found = xr.Dataset(
        {"share": (("layer", "position", "emotion"), shares), "whole": ("emotion", whole)},
        {
            "layer": np.arange(len(shares)),
            "emotion": np.array(probe.emotions, dtype=object),
            **positions_of(probe, heard, inputs[ids_name(probe.model)][0].tolist()),
        },
    )
    return found.assign_attrs(
        probe.told()
        | {
            "utterance": heard.id,
            "duration": heard.duration,
            "target": probe.emotions[int(whole.argmax())],
            "settles": settles,
            "method": "logit lens",
        }
    )


def encoded(probe: Probe, sounds: Sequence[NDArray[np.float32]]) -> dict[str, Any]:
    """Return the inputs that put the question about each sound."""
    inputs = probe.model.inputs(sounds, [probe.prompt.text] * len(sounds))
    return extended(probe.model, inputs, [probe.given] * len(sounds))


def positions_of(probe: Probe, heard: Recording, ids: Sequence[int]) -> dict[str, Any]:
    """Return the coordinates of a prompt's positions.

    Raises
    ------
    ExplanationError
        If the sound's positions cannot be found.
    """
    sound = sound_positions(ids)
    if not sound:
        raise ExplanationError(
            f"{probe.model.id}: no run of equal tokens stands for the sound in its prompt, so it "
            "is not known which position hears which second."
        )
    part = np.full(len(ids), "question", dtype=object)
    part[: sound.start] = "before"
    part[sound.start : sound.stop] = "sound"
    part[-1] = "answer"
    second = np.full(len(ids), np.nan)
    span = _seconds_heard(probe, heard, len(sound))
    second[sound.start : sound.stop] = (np.arange(len(sound)) + 0.5) / len(sound) * span
    texts = [probe.model.tokenizer.decode([token]) for token in ids]
    return {
        "position": np.arange(len(ids)),
        "part": ("position", part),
        "second": ("position", second),
        "token_text": ("position", np.array(texts, dtype=object)),
    }


def _seconds_heard(probe: Probe, heard: Recording, count: int) -> float:
    """Return how many seconds the sound's tokens stand for: some models always hear a window."""
    longest = probe.model.max_seconds
    half = heard.samples[: len(heard.samples) // 2]
    ids = encoded(probe, [half])[ids_name(probe.model)][0].tolist()
    padded = len(sound_positions(ids)) == count
    return float(longest) if padded and longest is not None else heard.duration

"""What a model would say of the same words in another voice: one property changed by degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.audio.changes import OF_THE_VOICE, UNITS, Change, change_voice
from sottovoce.audio.world import analyse
from sottovoce.errors import ExplanationError, RecordingError
from sottovoce.explain.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sottovoce.audio import Recording
    from sottovoce.capture.progress import Progress
    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet

DEGREES: dict[str, tuple[float, ...]] = {
    "pitch": (-6, -4, -2, 0, 2, 4, 6, 8, 10),
    "pitch_range": (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3),
    "tempo": (0.6, 0.7, 0.8, 0.9, 1, 1.15, 1.3, 1.45, 1.6),
    "loudness": (-20, -15, -10, -5, 0, 5, 10, 15, 20),
    "breathiness": (0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1),
    "tilt": (-6, -4.5, -3, -1.5, 0, 1.5, 3, 4.5, 6),
    "noise": (-60, -40, -30, -20, -15, -10, -5, 0, 5),
    "telephone": (0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1),
}
"""The degrees that are tried unless others are given."""


def counterfactuals(
    model: SpeechModel | str,
    recording: Any,
    prompt: str | Prompt = "one_word",
    *,
    factors: Sequence[str] | Mapping[str, Sequence[float]] | None = None,
    tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
    emotions: Sequence[str] | None = None,
    seed: int = 0,
    batch_size: int = 16,
    progress: bool | Progress = True,
) -> xr.Dataset:
    """Change one property of a voice by degrees, and tell how the shares move.

    Where a property needs the voice taken apart, so is the voice at every degree, the unchanged one
    too: a curve holds what the property does, and ``resynthesis`` what taking apart does.

    Parameters
    ----------
    model, prompt, tokens, emotions, batch_size, progress
        As for :func:`sottovoce.explain.occlusion`.
    recording
        One voice, without much noise; no longer than the model hears at once.
    factors
        Which properties, of those of :class:`~sottovoce.audio.changes.Change`; or a mapping from
        them to the degrees that are tried, as many for each. By default all.
    seed
        Of added noise.

    Returns
    -------
    xarray.Dataset
        ``share`` (factor, degree, emotion), with the coordinates ``value`` (factor, degree) and
        ``unit``, ``neutral`` (factor). ``flip`` (factor, side), side "below" or "above": the value
        nearest to the neutral one at which another emotion wins, between two degrees where the
        lines between them cross, NaN where none does; ``flip_to`` (factor, side), which one.
        ``whole`` (emotion), the recording as it is; ``resynthesis`` (emotion), how much the shares
        move by taking it apart alone, NaN if it was not. A slower version that the model would not
        hear in full is NaN.

    Raises
    ------
    MissingExtraError
        If pyworld is needed and not installed.
    ExplanationError
        If there is no such property, or the degrees make no sense.
    RecordingError
        If the recording cannot be read, is too long, or has no pitch.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_neutral.flac"
    >>> model = sottovoce.load_model()
    >>> found = counterfactuals(model, clip, factors={"loudness": [-20, 0, 20]}, progress=False)
    >>> found["share"].dims, found["value"].values.tolist()
    (('factor', 'degree', 'emotion'), [[-20.0, 0.0, 20.0]])
    """
    wanted = _wanted(factors)
    probe = Probe(model, prompt, tokens, emotions, batch_size=batch_size)
    heard = probe.load(recording)
    apart = any(name in OF_THE_VOICE for name in wanted)
    analysis = analyse(np.asarray(heard.samples, dtype=np.float64), heard.rate) if apart else None

    def version(name: str, value: float) -> Recording:
        change = Change(**{name: value})
        through = name in OF_THE_VOICE
        return change_voice(heard, change, seed=seed, analysis=analysis, through_world=through)

    versions = [version(name, value) for name, values in wanted.items() for value in values]
    if apart:
        versions.append(change_voice(heard, Change(), analysis=analysis, through_world=True))
    longest = probe.model.max_seconds or np.inf
    audible = [one.duration <= longest + 1e-6 for one in versions]
    sounds = [
        heard.samples,
        *(one.samples for one, fits in zip(versions, audible, strict=True) if fits),
    ]
    asked = probe.shares(sounds, progress=progress)
    shares = np.full((len(versions), len(probe.emotions)), np.nan)
    shares[audible] = asked[1:]
    whole = asked[0]
    n_degrees = len(next(iter(wanted.values())))
    of_factors = shares[: len(wanted) * n_degrees].reshape(len(wanted), n_degrees, -1)
    values = np.array(list(wanted.values()), dtype=np.float64)
    neutral = np.array([getattr(Change(), name) for name in wanted], dtype=np.float64)
    flips = [_flips(*one) for one in zip(of_factors, values, neutral, strict=True)]
    names = np.array([*probe.emotions, ""], dtype=object)
    found = xr.Dataset(
        {
            "share": (("factor", "degree", "emotion"), of_factors),
            "flip": (("factor", "side"), [[value for value, _ in pair] for pair in flips]),
            "flip_to": (("factor", "side"), [[names[to] for _, to in pair] for pair in flips]),
            "whole": ("emotion", whole),
            "resynthesis": (
                "emotion",
                shares[-1] - whole if apart else np.full_like(whole, np.nan),
            ),
        },
        {
            "factor": np.array(list(wanted), dtype=object),
            "value": (("factor", "degree"), values),
            "unit": ("factor", np.array([UNITS[name] for name in wanted], dtype=object)),
            "neutral": ("factor", neutral),
            "side": np.array(["below", "above"], dtype=object),
            "emotion": names[:-1],
        },
    )
    return found.assign_attrs(
        probe.told() | {"utterance": heard.id, "method": "counterfactuals", "seed": seed}
    )


def _wanted(
    factors: Sequence[str] | Mapping[str, Sequence[float]] | None,
) -> dict[str, tuple[float, ...]]:
    """Return the factors and their degrees in ascending order."""
    if factors is None:
        factors = DEGREES
    names = [factors] if isinstance(factors, str) else list(factors)
    if unknown := [name for name in names if name not in DEGREES]:
        raise ExplanationError(f"factors={unknown[0]!r} must be of {', '.join(map(repr, DEGREES))}")
    given = factors if hasattr(factors, "keys") else {name: DEGREES[name] for name in names}
    wanted = {name: tuple(sorted({float(one) for one in given[name]})) for name in names}  # type: ignore[call-overload]
    lengths = {len(values) for values in wanted.values()}
    if len(lengths) != 1 or lengths == {0}:
        raise ExplanationError(
            "factors must have as many degrees each, and at least one; they have "
            f"{', '.join(f'{name} {len(values)}' for name, values in wanted.items()) or 'none'}"
        )
    for name, values in wanted.items():
        for value in values:
            try:
                Change(**{name: value})
            except RecordingError as error:
                raise ExplanationError(f"factors: {error}") from error
    return wanted


def _flips(
    shares: NDArray[np.float64], values: NDArray[np.float64], neutral: float
) -> list[tuple[float, int]]:
    """Return where the winner changes below and above the neutral value, and to which emotion."""
    start = int(np.argmin(np.abs(values - neutral)))
    flips = []
    for ahead in (range(start - 1, -1, -1), range(start + 1, len(values))):
        flip, before = (np.nan, -1), start
        for place in ahead:
            if np.isnan(shares[[before, place]]).any():
                break
            old, new = int(np.argmax(shares[before])), int(np.argmax(shares[place]))
            if old != new:
                lead, lag = (shares[at, old] - shares[at, new] for at in (before, place))
                part = lead / (lead - lag)
                flip = (float(values[before] + part * (values[place] - values[before])), new)
                break
            before = place
        flips.append(flip)
    return flips

"""Which seconds and bands of a recording an emotion's share rests on: cover them, and ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.explain.cells import Cells, make_cells
from sottovoce.explain.probe import Probe
from sottovoce.explain.trust import Checks, check_map

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sottovoce.audio.covering import Fill
    from sottovoce.capture.progress import Progress
    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet

MOMENTS = 800  # of the waveform that is kept to draw


def occlusion(
    model: SpeechModel | str,
    recording: Any,
    prompt: str | Prompt = "one_word",
    *,
    seconds: float | None = 0.3,
    hop: float | None = None,
    bands: Sequence[float] | bool = False,
    fill: Fill = "silence",
    target: str | None = None,
    tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
    emotions: Sequence[str] | None = None,
    checks: bool | Checks = True,
    seed: int = 0,
    batch_size: int = 16,
    progress: bool | Progress = True,
) -> xr.Dataset:
    """Cover each stretch of a recording in turn, and tell how the shares change.

    Works with any model, since it is only asked again (Zeiler & Fergus 2014, arXiv:1311.2901). What
    covers is a sound too: silence within speech is a pause, which a model may hear as one. Compare
    the fills before you believe a map.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`, or a name for it.
    recording
        A path, bytes, ``(samples, rate)`` or a Recording, no longer than the model hears at once.
    prompt
        A question; best one that asks for an emotion's name at once.
    seconds
        The length of what is covered at a time; None for all of the recording, to look at bands
        only.
    hop
        Seconds from one cover to the next; by default half their length.
    bands
        Cover a band of frequencies at a time: where they meet, in Hz, or True for the usual ones.
    fill
        What takes the place: "silence", "noise" (white, as loud as the recording), or "mean" (noise
        with its average spectrum).
    target
        The emotion whose map is put to the test; by default the likeliest.
    tokens, emotions
        The spellings to follow and the concepts to divide between; by default the six emotions.
    checks
        Put the map to the tests of :func:`check_map`; False saves their time, and the map says that
        it is unchecked. A :class:`Checks` sets how many.
    seed
        Of noise and random orders.
    batch_size
        Versions of the recording that run together.
    progress
        As for :func:`sottovoce.capture`.

    Returns
    -------
    xarray.Dataset
        ``effect`` (second, band, emotion): the share that is lost where the cell is covered,
        negative where it rises; ``share`` (second, band, emotion) under the cover; ``whole``
        (emotion), the share without any; ``crest`` and ``trough`` (moment), the waveform to draw.
        Coordinates ``start`` and ``end`` along second, ``low`` and ``high`` along band. With
        checks, what :func:`check_map` returns is there too.

    Raises
    ------
    RecordingError
        If the recording cannot be read, or is longer than the model hears at once.
    ExplanationError
        If the cells make no sense.
    ModelError
        If the model fails.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_happy.flac"
    >>> model = sottovoce.load_model()
    >>> found = occlusion(model, clip, seconds=0.5, checks=False, progress=False)
    >>> found["effect"].dims, found.attrs["target"]
    (('second', 'band', 'emotion'), 'happy')
    """
    probe = Probe(model, prompt, tokens, emotions, batch_size=batch_size)
    heard = probe.load(recording)
    cells = make_cells(heard, seconds, hop, bands, fill, seed)
    sounds = [heard.samples, *(cells.without([cell]) for cell in range(cells.count))]
    shares = probe.shares(sounds, progress=progress)
    place = probe.target(target, shares[0])
    found = as_map(probe, cells, shares[0], shares[0] - shares[1:], place)
    found["share"] = found["whole"] - found["effect"]
    found.attrs |= {"method": "occlusion", "fill": fill, "seed": seed}
    if checks is False:
        return found

    def again() -> NDArray[np.float64]:
        both = probe.shares(sounds, progress=progress)[:, place]
        lost: NDArray[np.float64] = both[0] - both[1:]
        return lost

    how = Checks() if checks is True else checks
    tested = check_map(
        probe, cells, found["effect"].values[..., place].ravel(), place, again, how,
        seed=seed, progress=progress,
    )  # fmt: skip
    return found.merge(tested).assign_attrs(found.attrs | tested.attrs)


def as_map(
    probe: Probe,
    cells: Cells,
    whole: NDArray[np.float64],
    effect: NDArray[np.float64],
    target: int,
) -> xr.Dataset:
    """Return a labelled map.

    Parameters
    ----------
    probe
        Who was asked.
    cells
        About what.
    whole
        The shares of the recording as it is, shape (emotion,).
    effect
        What each cell does to them, shape (cell, emotion).
    target
        The place of the emotion that is explained.
    """
    moments, crest, trough = _waveform(cells)
    found = xr.Dataset(
        {
            "effect": (("second", "band", "emotion"), effect.reshape(*cells.shape, -1)),
            "whole": ("emotion", whole),
            "crest": ("moment", crest),
            "trough": ("moment", trough),
        },
        {
            **cells.coordinates(),
            "emotion": np.array(probe.emotions, dtype=object),
            "moment": moments,
        },
    )
    found["effect"].attrs = {"long_name": "share that rests on the cell", "units": "1"}
    found["second"].attrs = {"long_name": "middle of the window", "units": "s"}
    found["band"].attrs = {"long_name": "middle of the band", "units": "Hz"}
    return found.assign_attrs(
        probe.told()
        | {
            "utterance": cells.recording.id,
            "duration": cells.recording.duration,
            "target": probe.emotions[target],
        }
    )


def _waveform(
    cells: Cells,
) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
    """Return moments, and the highest and the lowest sample around each."""
    samples = cells.recording.samples
    edges = np.linspace(0, len(samples), min(MOMENTS, len(samples)) + 1).astype(int)
    crest = np.maximum.reduceat(samples, edges[:-1])
    trough = np.minimum.reduceat(samples, edges[:-1])
    return (edges[:-1] + edges[1:]) / 2 / cells.recording.rate, crest, trough

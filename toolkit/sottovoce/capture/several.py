"""capture_models: the same recordings through several models, as each hears them and all alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sottovoce.audio import Recording
from sottovoce.capture.capture import capture
from sottovoce.capture.utterances import load_utterances
from sottovoce.errors import ModelError
from sottovoce.models import SpeechModel, load_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr

    from sottovoce.capture.utterances import Speakers
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet


@dataclass(frozen=True)
class ModelRuns:
    """The runs of several models over the same recordings.

    Parameters
    ----------
    own
        Model's name -> run over the recordings as its own front end takes them.
    alike
        Model's name -> run over what the front ends of all of them let through: the lowest of
        their sampling rates, and windows as long as the shortest that one of them hears at once.
        Where a model's own run is that already, it is the same one.
    rate
        That sampling rate, in Hz.
    seconds
        That length; None where no model has a limit.
    """

    own: dict[str, xr.Dataset]
    alike: dict[str, xr.Dataset]
    rate: int
    seconds: float | None


def capture_models(
    models: Mapping[str, SpeechModel | str],
    recordings: Any,
    prompts: str | Prompt | Sequence[str | Prompt] | None = None,
    tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
    *,
    speakers: Speakers = None,
    **options: Any,
) -> ModelRuns:
    """Ask several models about the same recordings, so that they can be compared.

    Models differ in what reaches them: one hears 24 kHz and another 16, one a minute at once and
    another 30 seconds. So each is asked twice, about the recordings as they are and about what all
    of the front ends let through; :func:`sottovoce.evaluation.compare_models` tells the two apart.

    Parameters
    ----------
    models
        A name for each, such as ``{"small": "bundled", "large": "Qwen/Qwen2-Audio-7B-Instruct"}``.
        They are loaded one at a time, and let go again, unless they are loaded already.
    recordings, prompts, tokens, speakers, **options
        As for :func:`sottovoce.capture`; one token set for all.

    Returns
    -------
    ModelRuns

    Raises
    ------
    ModelError
        If fewer than two models are given.

    Examples
    --------
    >>> from sottovoce import capture_models, load_model
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "anna_sad.flac"
    >>> model = load_model()
    >>> runs = capture_models({"a": model, "b": model}, clip, "one_word", progress=False)
    >>> runs.rate, runs.seconds, runs.own["a"] is runs.alike["a"]
    (16000, 6.0, True)
    """
    if len(models) < 2:
        raise ModelError("Give two models or more, each under a name of its own.")
    ears = {name: _ears(model) for name, model in models.items()}
    rate = min(rate for rate, _ in ears.values())
    limits = [seconds for _, seconds in ears.values() if seconds is not None]
    seconds = min(limits, default=None)
    common, of_speakers = _let_through(recordings, rate, seconds, speakers)
    own: dict[str, xr.Dataset] = {}
    alike: dict[str, xr.Dataset] = {}
    for name, given in models.items():
        model = given if isinstance(given, SpeechModel) else load_model(given)
        own[name] = capture(model, recordings, prompts, tokens, speakers=speakers, **options)
        alike[name] = (
            own[name]
            if ears[name] == (rate, seconds)
            else capture(model, common, prompts, tokens, speakers=of_speakers, **options)
        )
    return ModelRuns(own, alike, rate, seconds)


def _ears(model: SpeechModel | str) -> tuple[int, float | None]:
    """Return the sampling rate that a model hears and its longest recording."""
    loaded = model if isinstance(model, SpeechModel) else load_model(model, check=False)
    return loaded.rate, loaded.max_seconds


def _let_through(
    recordings: Any, rate: int, seconds: float | None, speakers: Speakers
) -> tuple[dict[str, Recording], dict[str, str]]:
    """Return what all front ends let through, by the names of recordings and windows."""
    heard: dict[str, Recording] = {}
    spoken: dict[str, str] = {}
    for one in load_utterances(recordings, rate=rate, max_seconds=seconds, speakers=speakers):
        if one.recording is None:
            continue  # every model's own run says why
        heard[one.id] = Recording(
            one.recording.samples, rate, id=one.id, part_of=one.part_of, start=one.start
        )
        spoken[one.id] = one.speaker
    return heard, spoken

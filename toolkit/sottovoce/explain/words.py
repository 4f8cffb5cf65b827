"""What the words say against what the voice says: one recording without the one or the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.audio.changes import Change, change_voice
from sottovoce.audio.covering import Cover
from sottovoce.errors import ExplanationError
from sottovoce.evaluation import js_divergence
from sottovoce.explain.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet

ASIS = "as it is"
TRANSCRIPT = "transcript, no sound"


def words_and_voice(
    model: SpeechModel | str,
    recording: Any,
    prompt: str | Prompt = "one_word",
    *,
    transcript: str | None = None,
    others: Mapping[str, Any] | None = None,
    tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
    emotions: Sequence[str] | None = None,
    seed: int = 0,
    batch_size: int = 16,
) -> xr.Dataset:
    """Ask about a recording with its words, its melody or its sound taken away.

    A model that listens moves when the voice changes and the words do not, and stays when the words
    go and the voice does not. A model that only reads does the opposite, and gives to the
    transcript alone what it gives to the recording.

    Parameters
    ----------
    model, prompt, tokens, emotions, batch_size
        As for :func:`sottovoce.explain.occlusion`.
    recording
        One voice, no longer than the model hears at once.
    transcript
        What is said; it is put to the model before the question, with silence as sound.
    others
        Name -> recording: the same sentence by other voices, or said in other ways.
    seed
        Of the noise.

    Returns
    -------
    xarray.Dataset
        ``share`` (version, emotion), and ``distance`` (version), the Jensen-Shannon divergence
        (base 2) from the recording as it is. ``keeps_words`` and ``keeps_voice`` along version say
        what of it is left. The versions: "as it is"; "flat pitch", "whispered" (all breath);
        "backwards" (the sound of the voice without words); "noise of its spectrum"; "silence",
        what the question alone brings; "transcript, no sound" and the others, if given.

    Raises
    ------
    MissingExtraError
        If pyworld is not installed.
    RecordingError
        If a recording cannot be read, or is longer than the model hears at once.
    ExplanationError
        If the transcript is empty.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_angry.flac"
    >>> found = words_and_voice(sottovoce.load_model(), clip, transcript="Put it on the table.")
    >>> found["version"].values[-1], found["distance"].values[0].item()
    ('transcript, no sound', 0.0)
    """
    probe = Probe(model, prompt, tokens, emotions, batch_size=batch_size)
    heard = probe.load(recording)
    cover = Cover(heard.samples, heard.rate, fill="mean", seed=seed)
    flat = change_voice(heard, Change(pitch_range=0))
    whispered = change_voice(heard, Change(breathiness=1))
    silence = np.zeros_like(heard.samples)
    # What is left of the words, and of the voice.
    versions: dict[str, tuple[Any, bool, bool]] = {
        ASIS: (heard.samples, True, True),
        "flat pitch": (flat.samples, True, False),
        "whispered": (whispered.samples, True, False),
        "backwards": (np.ascontiguousarray(heard.samples[::-1]), False, True),
        "noise of its spectrum": (cover(cover.weights(0, heard.duration)), False, False),
        "silence": (silence, False, False),
    }
    for name, other in (others or {}).items():
        versions[str(name)] = (probe.load(other).samples, True, False)
    shares = probe.shares([sound for sound, _, _ in versions.values()])
    if transcript is not None:
        shares = np.vstack([shares, _read(probe, transcript, silence, tokens, batch_size)])
        versions[TRANSCRIPT] = (silence, True, False)
    found = xr.Dataset(
        {
            "share": (("version", "emotion"), shares),
            "distance": (
                "version",
                js_divergence(shares, np.broadcast_to(shares[0], shares.shape)),
            ),
        },
        {
            "version": np.array(list(versions), dtype=object),
            "keeps_words": ("version", [words for _, words, _ in versions.values()]),
            "keeps_voice": ("version", [voice for _, _, voice in versions.values()]),
            "emotion": np.array(probe.emotions, dtype=object),
        },
    )
    found["distance"].attrs = {"long_name": "Jensen-Shannon divergence", "units": "bit"}
    return found.assign_attrs(
        probe.told() | {"utterance": heard.id, "method": "words and voice", "seed": seed}
    )


def _read(probe: Probe, transcript: str, silence: Any, tokens: Any, batch_size: int) -> np.ndarray:
    """Return the shares of a transcript that is read and not heard, shape (1, emotion)."""
    if not transcript.strip():
        raise ExplanationError("The transcript is empty. Give what is said, or leave it out.")
    asked = replace(
        probe.prompt,
        name=f"{probe.prompt.name}_read",
        text=f'The speaker says: "{transcript.strip()}" {probe.prompt.text}',
    )
    reader = Probe(probe.model, asked, tokens, probe.emotions, batch_size=batch_size)
    return reader.shares([silence])

"""Recordings from files, bytes and arrays: checked, mono, at the model's rate."""

from sottovoce.audio.content_free import content_free
from sottovoce.audio.find import find_recordings
from sottovoce.audio.load import load_recording
from sottovoce.audio.pauses import split_at_pauses
from sottovoce.audio.recording import Recording
from sottovoce.audio.windows import windows

__all__ = [
    "Recording",
    "content_free",
    "find_recordings",
    "load_recording",
    "split_at_pauses",
    "windows",
]

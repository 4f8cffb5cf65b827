"""Audio formats: which suffixes to look for, and what a file that cannot be read may be."""

from __future__ import annotations

import codecs

READABLE_SUFFIXES = frozenset(
    {
        ".aif",
        ".aifc",
        ".aiff",
        ".au",
        ".caf",
        ".flac",
        ".mp3",
        ".oga",
        ".ogg",
        ".opus",
        ".rf64",
        ".snd",
        ".sph",
        ".w64",
        ".wav",
        ".wave",
    }
)
# Recordings too, but for another decoder. A folder lists them, so that they are refused by name
# and not passed over in silence.
UNREADABLE_SUFFIXES = frozenset(
    {".3gp", ".aac", ".amr", ".m4a", ".mka", ".mp4", ".webm", ".wma", ".wv"}
)
AUDIO_SUFFIXES = READABLE_SUFFIXES | UNREADABLE_SUFFIXES

_APPLE_DOUBLE = b"\x00\x05\x16\x07"
_LFS_POINTER = b"version https://git-lfs"
_FOREIGN = {
    b"#!AMR": "AMR",
    b"\x1a\x45\xdf\xa3": "WebM or Matroska",
    b"\x30\x26\xb2\x75": "WMA",
    b"wvpk": "WavPack",
    b"MAC ": "Monkey's Audio",
    b"ADIF": "AAC",
}
_READABLE = (b"RIFF", b"RF64", b"fLaC", b"FORM", b"OggS", b"ID3", b".snd", b"caff")


def is_apple_double(content: bytes) -> bool:
    """Tell whether these are the attributes that macOS keeps beside a file.

    Examples
    --------
    >>> is_apple_double(bytes([0, 5, 0x16, 7]) + b"Mac OS X")
    True
    """
    return content.startswith(_APPLE_DOUBLE)


def is_lfs_pointer(content: bytes) -> bool:
    """Tell whether this is the pointer that Git LFS leaves in place of a file.

    Examples
    --------
    >>> is_lfs_pointer(b"version https://git-lfs.github.com/spec/v1")
    True
    """
    return content.startswith(_LFS_POINTER)


def foreign_format(content: bytes) -> str | None:
    """Name the format of audio that libsndfile does not read.

    Parameters
    ----------
    content
        The file's bytes, or at least the first dozen.

    Returns
    -------
    str or None
        The format's common name; None if this is not one of those formats.

    Examples
    --------
    >>> foreign_format(b"#!AMR....")
    'AMR'
    >>> foreign_format(b"RIFF....WAVEfmt ") is None
    True
    """
    if content[4:8] == b"ftyp":
        return "MP4 or M4A"
    if content[:4] == b"RIFF" and content[8:12] == b"AVI ":
        return "AVI"
    # An ADTS frame: twelve set bits, then two that are zero in AAC and set in MPEG layers.
    if len(content) > 1 and content[0] == 0xFF and content[1] & 0xF6 == 0xF0:
        return "AAC"
    for magic, name in _FOREIGN.items():
        if content.startswith(magic):
            return name
    return None


def begins_like_audio(content: bytes) -> bool:
    """Tell whether the first bytes are those of a format that libsndfile reads.

    Examples
    --------
    >>> begins_like_audio(b"fLaC....")
    True
    """
    return content.startswith(_READABLE)


def is_text(content: bytes) -> bool:
    """Tell whether the bytes begin as readable text does.

    Examples
    --------
    >>> is_text("ファイル,angry,sad".encode())
    True
    >>> is_text(bytes(range(40)))
    False
    """
    # Incrementally, since a cut after the first kilobyte may fall within a character.
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        head = decoder.decode(content[:1024])
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character.isspace() for character in head)

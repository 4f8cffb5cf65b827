"""Where sound arrives from: a file that grows, a pipe, the microphone."""

from __future__ import annotations

import queue
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from sottovoce.errors import MissingExtraError, RecordingError
from sottovoce.monitoring.pcm import PCM, read_header

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Chunk = tuple[NDArray[np.float32], int]

CHUNK_SECONDS = 0.25
_POLL = 0.1


def follow_file(
    path: str | os.PathLike[str], *, pcm: PCM | None = None, patience: float = 10.0
) -> Iterator[Chunk]:
    """Yield the sound of a WAV or raw PCM file, and what is added to it while it is recorded.

    Parameters
    ----------
    path
        The file, which may not be there yet. Of a WAV file the size in its header is not believed
        while it grows; what follows the samples of a finished one (titles, markers) is left out.
    pcm
        How raw PCM is encoded; None for a WAV file.
    patience
        Seconds without anything new after which the file is taken for finished.

    Yields
    ------
    samples, rate
        Shape (n, channels), and Hz. Empty samples say that there is nothing new at the moment.

    Raises
    ------
    RecordingError
        If the file does not come, or is of a kind that cannot be followed.

    Examples
    --------
    >>> from sottovoce.paths import data_folder
    >>> import soundfile, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     soundfile.write(f"{folder}/a.wav", np.zeros(8000), 16000)
    ...     sum(len(samples) for samples, rate in follow_file(f"{folder}/a.wav", patience=0))
    8000
    """
    file = Path(path).expanduser()
    yield from _awaited(file, patience)
    try:
        with file.open("rb") as stream:
            yield from _followed(stream, str(file), pcm, patience)
    except OSError as error:
        raise RecordingError(f"{file}: the file cannot be read ({error})") from error


def read_pcm(stream: BinaryIO, *, pcm: PCM | None = None, name: str = "-") -> Iterator[Chunk]:
    """Yield the sound that comes through a pipe, such as standard input, until it ends.

    Parameters
    ----------
    stream
        Open for binary reading.
    pcm
        How the samples are encoded; None for a stream that begins with the header of a WAV file.
    name
        What to call it in messages.

    Yields
    ------
    samples, rate
        Shape (n, channels), and Hz.

    Raises
    ------
    RecordingError
        If it does not begin like a WAV file, and was not said to be raw.

    Examples
    --------
    >>> import io
    >>> [len(samples) for samples, rate in read_pcm(io.BytesIO(bytes(16000)), pcm=PCM(16000))]
    [4000, 4000]
    """
    rest = b""
    # A pipe hands over what is there; a buffered read would wait for all that was asked for.
    read = getattr(stream, "read1", stream.read)
    while pcm is None:
        more = read(4096)
        if not more:
            raise RecordingError(f"{name}: it ended before any sound came ({len(rest)} bytes)")
        rest += more
        header = read_header(rest, name)
        if header is not None:
            pcm, start, _ = header
            rest = rest[start:]
    size = pcm.frame * max(round(CHUNK_SECONDS * pcm.rate), 1)
    while True:
        more = read(max(size - len(rest), 1))
        rest += more
        whole = len(rest) - len(rest) % pcm.frame
        if whole and (whole >= size or not more):
            yield pcm.decode(rest[:whole]), pcm.rate
            rest = rest[whole:]
        if not more:
            return


def microphone(
    *, rate: int = 16000, channels: int = 1, device: Any = None, seconds: float | None = None
) -> Iterator[Chunk]:
    """Yield what the microphone of this computer hears.

    Parameters
    ----------
    rate
        In Hz.
    channels
        How many; they are mixed.
    device
        Which, as sounddevice numbers or names it; by default the system's.
    seconds
        When to end; None goes on until nobody listens any more.

    Yields
    ------
    samples, rate
        Shape (n, channels), float32, and Hz.

    Raises
    ------
    MissingExtraError
        If sounddevice is not installed.
    RecordingError
        If its library is missing, or there is no such microphone.
    """
    try:
        import sounddevice
    except ImportError as error:
        raise MissingExtraError(package="sounddevice", extra="live") from error
    except OSError as error:
        raise RecordingError(
            "microphone: the library PortAudio is not installed, which sounddevice needs on Linux. "
            "Install it: apt install libportaudio2"
        ) from error
    heard: queue.Queue[NDArray[np.float32]] = queue.Queue()

    def take(samples: NDArray[np.float32], *_: Any) -> None:
        heard.put(samples.copy())

    n_left = np.inf if seconds is None else round(seconds * rate)
    try:
        with sounddevice.InputStream(
            samplerate=rate,
            channels=channels,
            device=device,
            dtype="float32",
            blocksize=round(CHUNK_SECONDS * rate),
            callback=take,
        ):
            while n_left > 0:
                try:
                    samples = heard.get(timeout=1.0)
                except queue.Empty:
                    yield np.zeros((0, channels), dtype=np.float32), rate
                else:
                    n_left -= len(samples)
                    yield samples, rate
    except (sounddevice.PortAudioError, ValueError) as error:
        raise RecordingError(
            f"microphone: {error}. `python -m sounddevice` lists what there is."
        ) from error


def _awaited(file: Path, patience: float) -> Iterator[Chunk]:
    """Yield nothing new until a file is there."""
    began = time.monotonic()
    while not file.exists():
        if time.monotonic() - began >= patience:
            raise RecordingError(f"{file}: there is no such file, and none came in {patience:g} s")
        yield _nothing()
        time.sleep(_POLL)
    if not file.is_file():
        raise RecordingError(f"{file}: this is not a file. Give a WAV file or raw PCM.")


def _followed(stream: BinaryIO, name: str, pcm: PCM | None, patience: float) -> Iterator[Chunk]:
    start, began = 0, time.monotonic()
    is_wav = pcm is None
    while pcm is None:
        stream.seek(0)
        header = read_header(stream.read(2**21), name)
        if header is not None:
            pcm, start, _ = header
        elif time.monotonic() - began >= patience:
            raise RecordingError(f"{name}: it holds no sound yet, and none came in {patience:g} s")
        else:
            yield _nothing()
            time.sleep(_POLL)
    place, last = start, time.monotonic()
    size = pcm.frame * max(round(CHUNK_SECONDS * pcm.rate), 1)
    while True:
        end = _end(stream, name) if is_wav else None
        stream.seek(place)
        content = stream.read(size if end is None else max(min(size, end - place), 0))
        whole = len(content) - len(content) % pcm.frame
        if whole:
            place += whole
            last = time.monotonic()
            yield pcm.decode(content[:whole]), pcm.rate
        elif time.monotonic() - last >= patience:
            return
        else:
            yield _nothing(pcm)
            time.sleep(_POLL)


def _end(stream: BinaryIO, name: str) -> int | None:
    """Return where the samples of a WAV file end, or None while it grows.

    They end where its header says if what follows there is the next part of the file; behind a
    size that is only not up to date, samples follow.
    """
    stream.seek(0)
    header = read_header(stream.read(2**21), name)
    if header is None:
        return None
    _, start, size = header
    end = start + size
    stream.seek(end + size % 2)
    following = stream.read(8)
    total = stream.seek(0, 2)
    if len(following) < 8 or not (following[:4].isascii() and following[:4].decode().isprintable()):
        return None
    return end if end + size % 2 + 8 + int.from_bytes(following[4:], "little") <= total else None


def _nothing(pcm: PCM | None = None) -> Chunk:
    return np.zeros((0, 1), dtype=np.float32), pcm.rate if pcm else 16000

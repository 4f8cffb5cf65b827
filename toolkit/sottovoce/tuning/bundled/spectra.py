"""Log-mel spectrograms of the training clips: made once, changed a little at every sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F

from sottovoce.tuning.bundled.architecture import (
    MAX_FRAMES,
    RATE,
    make_feature_extractor,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

# What an absent sound is beside the loudest of a clip, in the feature extractor's units.
_FLOOR_BELOW_PEAK = 2.0
# Listeners hear loudness, so it is varied by no more than this (2 dB, in units of 40 dB).
_GAIN_SD = 0.05
# Synthetic clips carry their emotion in exact pitch and pace, and vary in voice by themselves.
_SYNTHETIC_STRENGTH = 0.3


@dataclass
class Clips:
    """Spectrograms with what listeners said of them.

    Attributes
    ----------
    mels : list of ndarray of shape (128, frames)
        Float16, in the feature extractor's units.
    votes : ndarray of shape (clips, 6)
        Counts in the order of the canonical emotions.
    acted, sentence : ndarray of shape (clips,)
        What the actor was asked for, as numbers; -1 where unknown. Only the encoder's lesson
        uses them, and only as further hints.
    speaker : ndarray of shape (clips,)
        Who speaks.
    """

    mels: list[NDArray[np.float16]]
    votes: NDArray[np.float64]
    acted: NDArray[np.int64]
    sentence: NDArray[np.int64]
    speaker: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.mels)

    @property
    def frames(self) -> NDArray[np.int64]:
        """Number of frames of every clip."""
        return np.array([mel.shape[1] for mel in self.mels])

    def __add__(self, other: Clips) -> Clips:
        return Clips(
            self.mels + other.mels,
            np.concatenate([self.votes, other.votes]),
            np.concatenate([self.acted, other.acted]),
            np.concatenate([self.sentence, other.sentence]),
            np.concatenate([self.speaker, other.speaker]),
        )

    def select(self, chosen: NDArray[np.bool_]) -> Clips:
        """Return the clips for which `chosen` holds."""
        index = np.flatnonzero(chosen)
        return Clips(
            [self.mels[i] for i in index],
            self.votes[index],
            self.acted[index],
            self.sentence[index],
            self.speaker[index],
        )

    def save(self, path: Path) -> None:
        """Write everything to one ``.npz`` file."""
        np.savez(
            path,
            mel=np.concatenate(self.mels, axis=1),
            frames=self.frames,
            votes=self.votes,
            acted=self.acted,
            sentence=self.sentence,
            speaker=self.speaker,
        )

    @classmethod
    def load(cls, path: Path) -> Clips:
        """Read what `save` wrote."""
        with np.load(path) as stored:
            edges = np.cumsum(stored["frames"])[:-1]
            return cls(
                np.split(stored["mel"], edges, axis=1),
                stored["votes"],
                stored["acted"],
                stored["sentence"],
                stored["speaker"],
            )


def make_mels(waves: Iterable[NDArray[np.float32]]) -> list[NDArray[np.float16]]:
    """Return the spectrogram of every wave (16 kHz mono), without its padding."""
    extractor = make_feature_extractor()
    mels = []
    for wave in waves:
        made = extractor(wave, sampling_rate=RATE, return_tensors="np", return_attention_mask=True)
        frames = int(made["attention_mask"][0].sum())
        mels.append(made["input_features"][0, :, :frames].astype(np.float16))
    return mels


def changed(
    mel: NDArray[np.float32], rng: np.random.Generator, strength: float = 1.0
) -> NDArray[np.float32]:
    """Return the spectrogram of a slightly other voice saying it at a slightly other pace.

    Frequency is shifted by up to five mel bands (another vocal tract, in the manner of Jaitly &
    Hinton 2013), time stretched by up to 12 %, the level moved by 2 dB, and two bands and one
    stretch of time masked (SpecAugment, arXiv:1904.08779). `strength` scales shift and stretch.
    """
    bands, frames = mel.shape
    length = int(np.clip(frames * np.exp(strength * rng.uniform(-0.12, 0.12)), 40, MAX_FRAMES - 10))
    rows = (torch.arange(bands) + strength * rng.uniform(-5, 5)) * 2 / (bands - 1) - 1
    columns = torch.linspace(-1, 1, length)
    grid = torch.stack(torch.meshgrid(rows, columns, indexing="ij")[::-1], -1)[None].float()
    warped = F.grid_sample(
        torch.from_numpy(mel)[None, None], grid, padding_mode="border", align_corners=True
    )[0, 0].numpy()
    warped = warped + np.float32(rng.normal(0, _GAIN_SD))
    for _ in range(2):
        width = rng.integers(0, 16)
        start = rng.integers(0, bands - width)
        warped[start : start + width] = warped.mean()
    width = rng.integers(0, max(2, length // 8))
    start = rng.integers(0, length - width)
    warped[:, start : start + width] = warped.mean()
    return warped


def stacked(
    clips: Clips, index: Sequence[int] | NDArray[np.int64], rng: np.random.Generator | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a batch of spectrograms, padded as the feature extractor pads.

    Parameters
    ----------
    clips
        Where from.
    index
        Which clips.
    rng
        If given, every clip is `changed` first.

    Returns
    -------
    features : FloatTensor of shape (batch, 128, frames)
        Only as long as the longest clip needs; frames are a multiple of four.
    frames : LongTensor of shape (batch,)
        Length of every clip.
    """
    mels = [clips.mels[i].astype(np.float32) for i in index]
    if rng is not None:
        strengths = np.where(clips.acted[index] < 0, _SYNTHETIC_STRENGTH, 1.0)
        mels = [changed(mel, rng, s) for mel, s in zip(mels, strengths, strict=True)]
    frames = torch.tensor([mel.shape[1] for mel in mels])
    # Four frames of silence at the end: the convolutions see the same edge as in a full window.
    length = min(MAX_FRAMES, (int(frames.max()) + 7) // 4 * 4)
    padded = [
        np.pad(
            mel,
            ((0, 0), (0, length - mel.shape[1])),
            constant_values=mel.max() - _FLOOR_BELOW_PEAK,
        )
        for mel in mels
    ]
    return torch.from_numpy(np.stack(padded)), frames


def batches(
    frames: NDArray[np.int64], batch_size: int, rng: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Yield the clips of one epoch in random batches of similar length."""
    order = rng.permutation(len(frames))
    chosen = []
    pool = batch_size * 16
    for start in range(0, len(order), pool):
        part = order[start : start + pool]
        part = part[np.argsort(frames[part], kind="stable")]
        chosen += [part[k : k + batch_size] for k in range(0, len(part), batch_size)]
    for number in rng.permutation(len(chosen)):
        yield chosen[number]

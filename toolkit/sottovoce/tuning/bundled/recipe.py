"""The recipe of the bundled model, from a folder of CREMA-D to weights that load offline.

Stages, each kept in the work folder and skipped when it is there: the clips (real and synthetic),
the grammar of answers, the encoder, and both together. An interrupted stage goes on where it was.
"""

from __future__ import annotations

import os
import socket
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
import torch.distributed as dist
from torch.multiprocessing.spawn import spawn
from tqdm.auto import tqdm

from sottovoce.audio import load_recording
from sottovoce.corpora import load_corpus
from sottovoce.errors import SottovoceError
from sottovoce.evaluation.measures import js_divergence
from sottovoce.tuning.bundled.architecture import RATE, make_model, save_model
from sottovoce.tuning.bundled.encoder import Listener, listen, teach_encoder
from sottovoce.tuning.bundled.grammar import Evidence, teach_grammar
from sottovoce.tuning.bundled.joint import Hearer, connect, one_word_shares, teach_together
from sottovoce.tuning.bundled.spectra import Clips, make_mels
from sottovoce.tuning.bundled.tokenizer import make_tokenizer
from sottovoce.tuning.voices.training_set import training_set
from sottovoce.vocabulary import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray
    from transformers import PreTrainedTokenizerFast

    from sottovoce.corpora import Corpus

TRAINING_ACTORS = "1001-1060"
VALIDATION_ACTORS = "1061-1070"
_REAL, _VALIDATION, _SYNTHETIC = "clips-real.npz", "clips-validation.npz", "clips-synthetic.npz"
# Versions between which the validation actors choose: how sharp the answers are.
_SHARPNESS = (0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5)


class Settings(NamedTuple):
    """How long each lesson lasts."""

    synthetic_clips: int = 2400
    grammar_steps: int = 2400
    encoder_epochs: int = 28
    joint_epochs: int = 12


def train_bundled_model(
    crema_d: Path,
    out: Path,
    *,
    work: Path | None = None,
    processes: int = 2,
    seed: int = 0,
    settings: Settings | None = None,
) -> Path:
    """Make the bundled model again.

    Parameters
    ----------
    crema_d
        The corpus's folder, with the recordings of actors 1001 to 1070 and their votes.
    out
        Where the model is written.
    work
        Where clips and checkpoints are kept; by default beside `out`.
    processes
        One a core. Two and more teach the first two lessons side by side and share the last.
    seed
        Of everything.
    settings
        Lengths of the lessons.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    SottovoceError
        If the corpus lacks actors, or espeak-ng or pyworld are missing.
    """
    settings = settings or Settings()
    work = work or out.with_name(f"{out.name}-work")
    work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)

    _make_clips(crema_d, work, settings.synthetic_clips, seed)
    apart = [_grammar_lesson, _encoder_lesson]
    if processes > 1:
        # Neither needs the other, and each is at home on one core.
        spawn(_taught_apart, args=(apart, work, settings, seed), nprocs=len(apart))
    else:
        for lesson in apart:
            lesson(work, settings, seed)

    together = work / "together.pt"
    if not together.exists():
        arguments = (processes, _free_port(), work, settings.joint_epochs, seed)
        spawn(_together, args=arguments, nprocs=processes)

    hearer = _connected(work, seed)
    hearer.load_state_dict(torch.load(together, weights_only=True))
    tokenizer, validation = _tokenizer(), Clips.load(work / _VALIDATION)
    sharpness = _best_sharpness(one_word_shares(hearer, tokenizer, validation), validation)
    with torch.no_grad():
        hearer.model.lm_head.weight.mul_(sharpness)
    out.mkdir(parents=True, exist_ok=True)
    save_model(hearer.model.eval(), tokenizer, out)
    tqdm.write(f"sharpness {sharpness}; the model is in {out}")
    return out


def _make_clips(crema_d: Path, work: Path, synthetic: int, seed: int) -> None:
    makers: dict[str, Callable[[], Clips]] = {
        _REAL: lambda: _real_clips(load_corpus("crema-d", crema_d, actors=TRAINING_ACTORS)),
        _VALIDATION: lambda: _real_clips(load_corpus("crema-d", crema_d, actors=VALIDATION_ACTORS)),
        _SYNTHETIC: lambda: _synthetic_clips(synthetic, seed + 1),
    }
    for name, make in makers.items():
        if not (work / name).exists():
            make().save(work / name)


def _training_clips(work: Path) -> Clips:
    return Clips.load(work / _REAL) + Clips.load(work / _SYNTHETIC)


def _real_clips(corpus: Corpus) -> Clips:
    recordings = corpus.recordings
    waves = (
        load_recording(path, rate=RATE).samples
        for path in tqdm(recordings.values(), desc=f"{corpus.name}: spectrograms", mininterval=5)
    )
    mels = make_mels(waves)
    table = corpus.utterances.loc[list(recordings)]
    return Clips(
        mels,
        corpus.votes.sel(utterance=list(recordings), emotion=list(EMOTIONS))
        .to_numpy()
        .astype(float),
        _numbered(table["acted"], EMOTIONS),
        _numbered(table["sentence"], sorted(set(table["sentence"]))),
        table["speaker"].to_numpy(dtype=str),
    )


def _synthetic_clips(count: int, seed: int) -> Clips:
    clips = list(
        tqdm(
            training_set(count, seed, workers=os.cpu_count() or 1),
            total=count,
            desc="synthetic voices",
            mininterval=5,
        )
    )
    unknown = np.full(count, -1)
    return Clips(
        make_mels(clip.samples for clip in clips),
        np.array([clip.votes for clip in clips], dtype=float),
        unknown,
        unknown,
        np.array([clip.speaker for clip in clips]),
    )


def _numbered(labels: Iterable[str], classes: Iterable[str]) -> NDArray[np.int64]:
    number = {label: index for index, label in enumerate(classes)}
    return np.array([number.get(label, -1) for label in labels])


@cache
def _tokenizer() -> PreTrainedTokenizerFast:
    return make_tokenizer()


def _taught_apart(
    rank: int,
    lessons: list[Callable[[Path, Settings, int], None]],
    work: Path,
    settings: Settings,
    seed: int,
) -> None:
    """One process of the lessons that need nothing of each other."""
    torch.set_num_threads(1)
    lessons[rank](work, settings, seed)


def _grammar_lesson(work: Path, settings: Settings, seed: int) -> None:
    done = work / "grammar.pt"
    if done.exists():
        return
    tokenizer = _tokenizer()
    model = make_model(tokenizer, seed)
    evidence = teach_grammar(
        model,
        tokenizer,
        _training_clips(work).votes,
        steps=settings.grammar_steps,
        seed=seed,
        checkpoint=work / "grammar.checkpoint",
    )
    torch.save({"model": model.state_dict(), "evidence": evidence.state_dict()}, done)


def _encoder_lesson(work: Path, settings: Settings, seed: int) -> None:
    done = work / "encoder.pt"
    if done.exists():
        return
    validation = Clips.load(work / _VALIDATION)
    listener = teach_encoder(
        make_model(_tokenizer(), seed).model.audio_tower,
        _training_clips(work),
        epochs=settings.encoder_epochs,
        seed=seed,
        checkpoint=work / "encoder.checkpoint",
        after_epoch=lambda epoch, module: _tell(epoch, listen(module, validation), validation),
    )
    torch.save(listener.state_dict(), done)


def _connected(work: Path, seed: int) -> Hearer:
    """Return the model that knows the grammar, joined to the encoder that knows the votes."""
    tokenizer = _tokenizer()
    model = make_model(tokenizer, seed)
    lesson = torch.load(work / "grammar.pt", weights_only=True)
    model.load_state_dict(lesson["model"])
    evidence = Evidence(model.config.text_config.hidden_size)
    evidence.load_state_dict(lesson["evidence"])
    state = torch.load(work / "encoder.pt", weights_only=True)
    listener = Listener(make_model(tokenizer, seed).model.audio_tower, len(state["sentence.bias"]))
    listener.load_state_dict(state)
    return connect(model, listener, evidence)


def _together(rank: int, processes: int, port: int, work: Path, epochs: int, seed: int) -> None:
    """One process of the joint lesson."""
    torch.set_num_threads(1)
    if processes > 1:
        dist.init_process_group(
            "gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=processes
        )
    validation, clips = Clips.load(work / _VALIDATION), _training_clips(work)
    tokenizer = _tokenizer()

    def after_epoch(epoch: int, hearer: Hearer) -> None:
        _tell(epoch, one_word_shares(hearer, tokenizer, validation), validation)

    hearer = teach_together(
        _connected(work, seed),
        tokenizer,
        clips,
        epochs=epochs,
        seed=seed,
        checkpoint=work / "together.checkpoint",
        after_epoch=after_epoch,
    )
    if rank == 0:
        torch.save(hearer.state_dict(), work / "together.pt")
    if processes > 1:
        dist.destroy_process_group()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _divergence(shares: NDArray[np.floating], clips: Clips) -> float:
    reference = clips.votes / clips.votes.sum(1, keepdims=True)
    return float(np.mean(js_divergence(shares, reference)))


def _tell(epoch: int, shares: NDArray[np.floating], clips: Clips) -> None:
    tqdm.write(f"epoch {epoch + 1}: JS {_divergence(shares, clips):.4f} on {VALIDATION_ACTORS}")


def _best_sharpness(shares: NDArray[np.floating], clips: Clips) -> float:
    """Return the factor on the logits with the smallest divergence; multiplying keeps the answers.

    Raises
    ------
    SottovoceError
        If the shares are not finite.
    """
    if not np.isfinite(shares).all():
        raise SottovoceError("The trained model gives shares that are no numbers. Train it again.")

    def sharpened(factor: float) -> NDArray[np.floating]:
        powered = np.maximum(shares, 1e-12) ** factor
        scaled: NDArray[np.floating] = powered / powered.sum(1, keepdims=True)
        return scaled

    return min(_SHARPNESS, key=lambda factor: _divergence(sharpened(factor), clips))

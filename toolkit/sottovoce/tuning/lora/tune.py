"""tune_model: teach a loaded model from a few recordings with votes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from sottovoce._version import __version__
from sottovoce.errors import MissingExtraError, ModelError
from sottovoce.models import SpeechModel, load_model
from sottovoce.models.lora import CONFIG, quiet_peft
from sottovoce.prompts import get_prompts
from sottovoce.tuning.lora.examples import make_examples
from sottovoce.tuning.lora.save import save_adapter
from sottovoce.tuning.lora.soft_labels import SoftLabels
from sottovoce.tuning.lora.step import require_same_as_captured
from sottovoce.tuning.lora.training import CHECKPOINT, Training
from sottovoce.vocabulary import as_token_set

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    import xarray as xr

    from sottovoce.corpora import Corpus
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet


@dataclass(frozen=True, eq=False)
class TunedAdapter:
    """An adapter that was taught, and how it went.

    Parameters
    ----------
    path
        Its folder, for ``load_model(..., adapter=path)``.
    history
        `loss` (nats) and `js` (base 2) of the held-out recordings and `training_loss`, dims
        (epoch,). Epoch 0 is the model as it was; the attribute `best_epoch` tells which was kept.
    held_out
        The speakers that nothing was learned from.
    notes
        What was left out, and why.
    """

    path: Path
    history: xr.Dataset
    held_out: tuple[str, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        js, best = self.history["js"], int(self.history.attrs["best_epoch"])
        return (
            f"<TunedAdapter {self.path.name}: epoch {best} of {js.sizes['epoch'] - 1}, JS on "
            f"{len(self.held_out)} held-out speakers {js.sel(epoch=0).item():.3f} before, "
            f"{js.sel(epoch=best).item():.3f} after>"
        )


def tune_model(
    model: SpeechModel | str,
    corpus: Corpus,
    out: str | os.PathLike[str],
    *,
    prompts: str | Prompt | Sequence[str | Prompt] = "one_word",
    tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
    rank: int = 8,
    target_modules: str | Sequence[str] = "all-linear",
    epochs: int = 20,
    batch_size: int = 8,
    learning_rate: float = 1e-3,
    held_out: float = 0.25,
    patience: int = 4,
    seed: int = 0,
    progress: bool = True,
) -> TunedAdapter:
    """Teach a model from a few recordings with votes, by a low-rank adapter.

    The votes are soft labels: what is learned at the step where the answer begins is their whole
    distribution over the emotions, not its majority. The weights of the model stay as they are;
    beside them a LoRA is learned. After every epoch it is judged, by the Jensen-Shannon divergence
    on speakers that are held out; the best epoch is kept, be it the model as it was, and the
    training ends when `patience` epochs brought nothing better.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`, or a name for it. It is the same afterwards.
    corpus
        Recordings with votes, from :func:`sottovoce.load_corpus`.
    out
        The adapter's folder. An interrupted training goes on from the checkpoint in it.
    prompts
        The questions that are trained; others profit less, or lose.
    tokens
        The spellings of the emotions that the listeners voted on; the preset's by default.
    rank
        Of the LoRA; its parameters grow with it.
    target_modules
        Names of the layers that get one, as peft takes them.
    epochs
        At most so many.
    batch_size
        Recordings in a step.
    learning_rate
        Of AdamW, constant.
    held_out
        The part of the speakers that is not learned from. Where fewer than two are known, it is a
        part of the recordings, and says nothing about new speakers.
    patience
        Epochs without anything better after which the training ends.
    seed
        Of all draws.
    progress
        Show a progress bar.

    Returns
    -------
    TunedAdapter

    Raises
    ------
    ModelError
        If the folder holds an adapter already or the checkpoint of another training, the model
        has a LoRA of its own, or cannot be trained as it is read.
    VocabularyError
        If the tokenizer writes no spelling of an emotion that was voted on.
    VotesError
        If there is nothing to learn from.
    MissingExtraError
        If peft is not installed.

    References
    ----------
    E. J. Hu and others, "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022,
    arXiv:2106.09685.

    Examples
    --------
    >>> import tempfile
    >>> from sottovoce import load_corpus, load_model
    >>> few = load_corpus("sample").select(speakers=["karl", "maya"])
    >>> out = tempfile.mkdtemp()
    >>> tuned = tune_model("bundled", few, out, epochs=1, progress=False)
    >>> tuned.history.sizes["epoch"]
    2
    >>> load_model(adapter=tuned.path).id.startswith("bundled+")
    True
    """
    if find_spec("peft") is None:
        raise MissingExtraError(package="peft", extra="tune")
    if not isinstance(model, SpeechModel):
        model = load_model(model)
    if getattr(model.model, "_hf_peft_config_loaded", False):
        raise ModelError(
            f"{model.id} hears by a LoRA of its own, beside which no other is taught here. Merge "
            "it into the weights and save the model first."
        )
    folder = Path(out)
    if (folder / CONFIG).exists():
        raise ModelError(f"{folder} holds an adapter already. Choose another folder, or remove it.")
    questions = get_prompts(prompts)
    token_set = as_token_set(tokens)
    labels = SoftLabels(token_set.resolve(model.tokenizer), corpus.emotions)
    examples = make_examples(model, corpus, questions)
    learned, held = examples.split(held_out, seed)
    settings = {
        "prompts": [question.text for question in questions],
        "token_set_hash": token_set.hash,
        "rank": rank,
        "target_modules": target_modules if isinstance(target_modules, str) else [*target_modules],
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "held_out": held_out,
        "seed": seed,
    }
    about: dict[str, Any] = {
        "base": model.id,
        "base_revision": model.revision,
        "corpus": corpus.name,
        "learned_from": sorted(set(learned.utterances.tolist())),
        "held_out_utterances": sorted(set(held.utterances.tolist())),
        "emotions": corpus.emotions,
        **settings,
        "sottovoce_version": __version__,
    }
    folder.mkdir(parents=True, exist_ok=True)
    with _low_rank(model, rank, target_modules, seed) as adapted:
        first = learned.batches(model, batch_size)[0]
        require_same_as_captured(model, [learned.rows[n] for n in first], labels.token_ids)
        training = Training(
            model, adapted, labels, learned, held, batch_size, learning_rate, seed, folder, about
        )
        training.run(epochs, patience, progress)
        history = training.history()
        save_adapter(adapted, folder, about, history)
    (folder / CHECKPOINT).unlink(missing_ok=True)
    speakers = tuple(sorted(set(held.speakers.tolist())))
    return TunedAdapter(folder, history, speakers, examples.notes)


@contextlib.contextmanager
def _low_rank(
    model: SpeechModel, rank: int, target_modules: str | Sequence[str], seed: int
) -> Iterator[Any]:
    """Put a LoRA beside a model's weights for a while; its random numbers are its own."""
    from peft import LoraConfig, get_peft_model

    wanted = target_modules if isinstance(target_modules, str) else list(target_modules)
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=wanted)
    trained = {name: value.requires_grad for name, value in model.model.named_parameters()}
    device = model.device
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        with quiet_peft():
            adapted = get_peft_model(model.model, config)
        adapted.eval()  # dropout of the base model would make another model of it
        try:
            yield adapted
        finally:
            adapted.unload()
            for name, value in model.model.named_parameters():
                value.requires_grad_(trained[name])

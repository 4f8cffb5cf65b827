"""load_model: the bundled model, a folder or a hub id, through transformers' own classes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import torch
import transformers
from transformers.models.auto import modeling_auto

from sottovoce.errors import ModelError, require_one_of
from sottovoce.models.source import BUNDLED, Source, find_source
from sottovoce.models.speech_model import SpeechModel

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

DTYPES = ("float32", "bfloat16", "float16")

# Which class loads an architecture stands in these maps; some speech models are in the last only.
_AUTO_CLASSES = {
    "AutoModelForMultimodalLM": "MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES",
    "AutoModelForSpeechSeq2Seq": "MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES",
    "AutoModelForSeq2SeqLM": "MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES",
}


def load_model(
    name: str | os.PathLike[str] = BUNDLED,
    *,
    device: str | torch.device | None = None,
    dtype: str | torch.dtype | None = None,
    revision: str | None = None,
    trust_remote_code: bool = False,
) -> SpeechModel:
    """Load a speech model.

    Parameters
    ----------
    name
        "bundled", the small model that comes with the package; a folder with config.json,
        safetensors and a processor; or a hub id such as "Qwen/Qwen2-Audio-7B-Instruct", which is
        downloaded once.
    device
        For example "cpu", "cuda:1" or "mps". By default a CUDA device if there is one, else the
        CPU.
    dtype
        "float32", "bfloat16" or "float16". By default float32 on the CPU and the checkpoint's own
        elsewhere.
    revision
        A branch, tag or commit on the hub.
    trust_remote_code
        Let the repository's own Python code run on this computer, with all your rights. Only for
        code that you have read.

    Returns
    -------
    SpeechModel
        Ready for :func:`sottovoce.capture`.

    Raises
    ------
    ModelError
        If there is no such model, its weights are pickles or incomplete, it has no processor or
        chat template, it only reads text, or the hub cannot be reached. The message says how to
        mend it.

    Examples
    --------
    >>> load_model("./nowhere")
    Traceback (most recent call last):
    sottovoce.errors.ModelError: ./nowhere: there is no such folder...
    """
    source = find_source(name)
    place = _device(device)
    options: dict[str, Any] = {"trust_remote_code": trust_remote_code}
    if source.folder is None:
        options["revision"] = revision
    elif revision is not None:
        raise ModelError(
            f"{source.location}: revision={revision!r} is for hub ids; a folder has one version."
        )
    with _quiet(source):
        config = _from_pretrained(transformers.AutoConfig, source, options)
        auto_class = _auto_class(config, source, trust_remote_code)
        processor = _from_pretrained(transformers.AutoProcessor, source, options)
        model, report = _from_pretrained(
            auto_class,
            source,
            options
            | {
                "dtype": _dtype(dtype, place),
                "use_safetensors": True,
                "output_loading_info": True,
            },
        )
    if report["missing_keys"]:
        missing = sorted(report["missing_keys"])
        raise ModelError(
            f"{source.location}: {len(missing)} weights are missing, for example {missing[0]}; "
            "the model would answer at random. Save or download it again."
        )
    commit = getattr(config, "_commit_hash", None)
    return SpeechModel(model.to(place), processor, source=source, revision=commit)


def _device(device: str | torch.device | None) -> torch.device:
    if device is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        place = torch.device(device)
        torch.empty(0, device=place)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).partition("\n")[0]
        raise ModelError(
            f"device={device!r} cannot be used here ({reason}). Use 'cpu', or leave it out."
        ) from error
    return place


def _dtype(dtype: str | torch.dtype | None, device: torch.device) -> str:
    if dtype is None:
        return "float32" if device.type == "cpu" else "auto"
    name = str(dtype).removeprefix("torch.")
    require_one_of("dtype", name, DTYPES, ModelError)
    return name


def _auto_class(config: Any, source: Source, trust_remote_code: bool) -> Any:
    remote = getattr(config, "auto_map", None) if trust_remote_code else None
    for name, mapping in _AUTO_CLASSES.items():
        known = getattr(modeling_auto, mapping, {})
        if config.model_type in known or (remote and name in remote):
            return getattr(transformers, name)
    raise ModelError(
        f"{source.location}: {config.model_type} is not among the speech models that transformers "
        f"{transformers.__version__} knows; a text-only model cannot hear. Choose a speech model, "
        "such as Qwen/Qwen2-Audio-7B-Instruct."
    )


def _from_pretrained(auto_class: Any, source: Source, options: dict[str, Any]) -> Any:
    """Call ``from_pretrained``, and tell in words why it fails."""
    try:
        return auto_class.from_pretrained(source.location, **options)
    except ImportError as error:
        raise ModelError(f"{source.location}: this model needs more. {error}") from error
    except Exception as error:  # safetensors and configurations raise kinds of their own
        raise ModelError(f"{source.location}: {_reason(auto_class, source, error)}") from error


def _reason(auto_class: Any, source: Source, error: Exception) -> str:
    told = " ".join(str(error).split())
    if "trust_remote_code" in told:
        return (
            "this model brings Python code of its own, which would run on this computer with all "
            "your rights. Read it, and if you trust it, pass trust_remote_code=True."
        )
    if source.folder is None and isinstance(error, OSError):
        return (
            f"it could not be had from the hub ({told[:300]}) Check the name and the network. "
            "Without a network: on a computer that has one, run `hf download "
            f"{source.location} --local-dir FOLDER`, and give that folder here."
        )
    if auto_class is transformers.AutoProcessor:
        return (
            "it has no processor that can be read, so it is not known how it takes sound "
            f"({told[:300]}) Put the files of the original model's processor "
            "(processor_config.json or preprocessor_config.json, tokenizer.json) beside the "
            "weights; a text-only model has none."
        )
    return f"it cannot be loaded ({type(error).__name__}: {told[:500]})"


@contextlib.contextmanager
def _quiet(source: Source) -> Iterator[None]:
    """Show no progress bar for reading a folder; a download keeps its own."""
    bars = transformers.utils.logging
    shown = bars.is_progress_bar_enabled()
    if source.folder is not None:
        bars.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            bars.enable_progress_bar()

"""load_model: the bundled model, a folder or a hub id, through transformers' own classes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import torch
import transformers

from sottovoce.errors import ModelError, require_one_of
from sottovoce.models.catalogue import refused
from sottovoce.models.check.check_model import check_model, tell_failures
from sottovoce.models.lora import find_lora
from sottovoce.models.registry import find_interface
from sottovoce.models.source import BUNDLED, Source, find_source
from sottovoce.models.speech_model import SpeechModel
from sottovoce.models.vllm_model import load_vllm

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    from sottovoce.models.interface import Interface

Engine: TypeAlias = Literal["transformers", "vllm"]

DTYPES = ("float32", "bfloat16", "float16")
_CPU = torch.device("cpu")

_NO_PROCESSOR = (
    "it has no processor that can be read, so it is not known how it takes sound ({told:.300}) Put "
    "the files of the original model's processor (processor_config.json or "
    "preprocessor_config.json, tokenizer.json) beside the weights; a text-only model has none."
)
_NO_MODEL = "it cannot be loaded ({kind}: {told:.500})"


def load_model(
    name: str | os.PathLike[str] = BUNDLED,
    *,
    device: str | torch.device | None = None,
    dtype: str | torch.dtype | None = None,
    revision: str | None = None,
    trust_remote_code: bool = False,
    adapter: str | os.PathLike[str] | None = None,
    interface: Interface | None = None,
    check: bool = True,
    engine: Engine = "transformers",
    engine_options: Mapping[str, Any] | None = None,
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
    adapter
        A folder with a LoRA, from :func:`sottovoce.tune_model` or peft, that is added to the
        model's weights.
    interface
        For a model that is not loaded or asked in transformers' common way, such as one with code
        of its own: see :class:`sottovoce.models.Interface`. By default the one registered for its
        architecture, or the generic one.
    check
        Run :func:`sottovoce.check_model` on it: seven batches of one or two short recordings, which
        tell whether it hears, and which rows may run together. What fails and cannot be mended by
        smaller batches is a warning. If False, the table of architectures is trusted.
    engine
        What runs the model: "transformers", or "vllm" where it is installed, which is made for
        GPUs, gives log-probabilities of at most 128 tokens, and cannot be checked; see
        :class:`sottovoce.models.VllmModel`.
    engine_options
        For ``vllm.LLM``, such as ``{"gpu_memory_utilization": 0.8}``.

    Returns
    -------
    SpeechModel
        Ready for :func:`sottovoce.capture`.

    Raises
    ------
    ModelError
        If there is no such model, its weights are pickles or incomplete, it has no processor or
        chat template, it only reads text, the adapter does not fit it, the hub cannot be reached,
        or the check shows that the recording does not change what it weighs. The message says how
        to mend it.
    MissingExtraError
        If an adapter is given and peft is not installed.

    Examples
    --------
    >>> load_model("./nowhere")
    Traceback (most recent call last):
    sottovoce.errors.ModelError: ./nowhere: there is no such folder...
    """
    require_one_of("engine", engine, get_args(Engine), ModelError)
    source = find_source(name)
    if engine == "vllm":
        if device is not None or adapter is not None or interface is not None:
            raise ModelError("device, adapter and interface are for engine='transformers'.")
        options: dict[str, Any] = {"trust_remote_code": trust_remote_code}
        options |= {"revision": revision} if source.folder is None else {}
        with _told(source):
            number = "auto" if dtype is None else _dtype(dtype, _CPU)
            return load_vllm(source, options, number, **engine_options or {})
    if engine_options:
        raise ModelError("engine_options are for engine='vllm'.")
    lora = None if adapter is None else find_lora(adapter)
    place = _device(device)
    options = {"trust_remote_code": trust_remote_code}
    if source.folder is None:
        options["revision"] = revision
    elif revision is not None:
        raise ModelError(
            f"{source.location}: revision={revision!r} is for hub ids; a folder has one version."
        )
    with _quiet(source), _told(source):
        config = transformers.AutoConfig.from_pretrained(source.location, **options)
        if interface is None and (reason := refused().get(config.model_type)):
            raise ModelError(
                f"{config.model_type} cannot be asked a question: {reason}. Choose a model with a "
                "chat template; `sottovoce models` lists them."
            )
        interface = interface or find_interface(config.model_type)
        with _told(source, _NO_PROCESSOR):
            processor = interface.load_processor(source.location, config, options)
        weights = {"dtype": _dtype(dtype, place), "use_safetensors": True}
        model, report = interface.load_model(
            source.location, config, options | weights | {"output_loading_info": True}
        )
    if report["missing_keys"]:
        missing = sorted(report["missing_keys"])
        raise ModelError(
            f"{source.location}: {len(missing)} weights are missing, for example {missing[0]}; "
            "the model would answer at random. Save or download it again."
        )
    commit = getattr(config, "_commit_hash", None)
    loaded = SpeechModel(
        model.to(place), processor, source=source, revision=commit, interface=interface
    )
    if lora is not None:
        loaded.merge(lora)
    if check:
        tell_failures(check_model(loaded))
    return loaded


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


@contextlib.contextmanager
def _told(source: Source, otherwise: str = _NO_MODEL) -> Iterator[None]:
    """Tell in words why something of a model cannot be loaded."""
    try:
        yield
    except ModelError as error:
        if str(error).startswith(f"{source.location}: "):
            raise
        raise ModelError(f"{source.location}: {error}") from error
    except ImportError as error:
        raise ModelError(f"{source.location}: this model needs more. {error}") from error
    except Exception as error:  # safetensors and configurations raise kinds of their own
        raise ModelError(f"{source.location}: {_reason(source, error, otherwise)}") from error


def _reason(source: Source, error: Exception, otherwise: str) -> str:
    told = " ".join(str(error).split())
    if "trust_remote_code" in told:
        return (
            "this model brings Python code of its own, which would run on this computer with all "
            "your rights. Read it, and if you trust it, pass trust_remote_code=True."
        )
    if source.folder is None and isinstance(error, OSError):
        return (
            f"there is no such folder, and it could not be had from the hub ({told[:300]}) Check "
            "the name and the network. Without a network: on a computer that has one, run `hf "
            f"download {source.location} --local-dir FOLDER`, and give that folder here."
        )
    return otherwise.format(kind=type(error).__name__, told=told)


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

"""A model told at a glance, in a line and as a card for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.markup import Markup, card, facts, one_line
from sottovoce.models.catalogue import GROUPS

if TYPE_CHECKING:
    from sottovoce.models.speech_model import SpeechModel


def text_summary(model: SpeechModel) -> str:
    """Return a model in one line."""
    return (
        f"<SpeechModel {model.id!r}: {_architecture(model)}, {_parameters(model)}, "
        f"hears {_hearing(model)}, {_place(model)}>"
    )


def html_summary(model: SpeechModel) -> Markup:
    """Return a model as a card."""
    return card(
        "Speech model",
        one_line(model.id),
        facts(
            [
                ("architecture", one_line(_architecture(model))),
                ("size", _parameters(model)),
                ("hears", _hearing(model)),
                ("runs as", _place(model)),
                ("batches of", _batches(model)),
                ("vocabulary", f"{len(model.tokenizer):,} tokens"),
                ("weights", one_line(model.known_revision) or "hashed by model.revision"),
            ]
        ),
    )


def _architecture(model: SpeechModel) -> str:
    return str(model.model.config.model_type)


def _parameters(model: SpeechModel) -> str:
    number = sum(parameter.numel() for parameter in model.model.parameters())
    return f"{number / 1e6:.1f} M parameters"


def _hearing(model: SpeechModel) -> str:
    limit = "any length" if model.max_seconds is None else f"up to {model.max_seconds:g} s"
    return f"{limit} at {model.rate} Hz"


def _batches(model: SpeechModel) -> str:
    told = GROUPS[model.grouping]
    return told if model.check is not None else f"{told}, unchecked"


def _place(model: SpeechModel) -> str:
    return f"{str(model.dtype).removeprefix('torch.')} on {model.device}"

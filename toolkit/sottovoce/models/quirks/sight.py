"""Processors that also see want torchvision and pillow; here only their hearing half is made.

A recording and a question need no eyes, and what an eye would need is large and, without CUDA,
often not to be had. So the parts that see are left out, even where their packages are installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import transformers

if TYPE_CHECKING:
    from collections.abc import Mapping

_SEEING = ("image_processor", "video_processor")


class Blind(transformers.FeatureExtractionMixin):  # type: ignore[misc]  # untyped
    """What stands where a processor would see."""

    model_input_names: ClassVar[list[str]] = []


def hearing_half(
    processor_class: Any, location: str, options: Mapping[str, Any], **arguments: Any
) -> Any:
    """Return a processor that hears and reads, and does not see.

    Parameters
    ----------
    processor_class
        A processor of transformers.
    location
        A folder or a hub id.
    options
        What ``from_pretrained`` is to be given.
    **arguments
        Arguments of the class that its files do not bring.

    Returns
    -------
    transformers.ProcessorMixin
        An instance of a class derived from that one, whose inputs for sound and text are the same.
    """
    parts = {name: _part(name, location, options) for name in processor_class.get_attributes()}
    settings, _ = processor_class.get_processor_dict(location, **options)
    return _half(processor_class).from_args_and_dict(list(parts.values()), settings, **arguments)


def _part(name: str, location: str, options: Mapping[str, Any]) -> Any:
    if name in _SEEING:
        return Blind()
    loader = (
        transformers.AutoTokenizer if name == "tokenizer" else transformers.AutoFeatureExtractor
    )
    return loader.from_pretrained(location, **options)


def _half(processor_class: Any) -> Any:
    class Hearing(processor_class):  # type: ignore[misc]  # a class that is known only now
        def check_argument_for_proper_class(self, argument_name: str, argument: Any) -> Any:
            if isinstance(argument, Blind):
                return Blind
            return super().check_argument_for_proper_class(argument_name, argument)

    Hearing.__name__ = processor_class.__name__
    return Hearing

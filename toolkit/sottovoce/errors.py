"""What can go wrong, by kind. A message says what was given, what is allowed and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class SottovoceError(Exception):
    """Anything that sottovoce refuses or cannot do, told in words."""


class RecordingError(SottovoceError, ValueError):
    """A recording that cannot be read or says nothing."""


class VocabularyError(SottovoceError, ValueError):
    """A token set that contradicts itself or that a tokenizer cannot write."""


class PromptError(SottovoceError, ValueError):
    """A prompt that is unknown or cannot be asked."""


class ModelError(SottovoceError, ValueError):
    """A model that cannot be loaded or does not hear."""


class RunError(SottovoceError, ValueError):
    """A dataset that is not a run, or cannot be saved or opened."""


class ReadoutError(SottovoceError, ValueError):
    """A read-out that this run does not allow."""


class ExplanationError(SottovoceError, ValueError):
    """A question about a model's reasons that cannot be put like this, or to this model."""


class VotesError(SottovoceError, ValueError):
    """Votes or a corpus that cannot be read or do not fit."""


class DownloadError(SottovoceError, OSError):
    """A download that did not come to its end, or not as it should be."""


class AlertError(SottovoceError, ValueError):
    """A rule that cannot be read or applied, or an alert that is not in a log."""


class MissingExtraError(SottovoceError, ImportError):
    """An optional dependency is not installed.

    Parameters
    ----------
    package
        The package that is missing.
    extra
        The extra of sottovoce that brings it.

    Examples
    --------
    >>> print(MissingExtraError(package="pyworld", extra="voice"))
    pyworld is not installed. Install it with: pip install "sottovoce[voice]"
    """

    def __init__(self, *, package: str, extra: str) -> None:
        super().__init__(
            f'{package} is not installed. Install it with: pip install "sottovoce[{extra}]"'
        )
        self.package = package
        self.extra = extra


def require_one_of(
    name: str, value: Any, allowed: Iterable[Any], error: type[SottovoceError]
) -> None:
    """Raise `error` unless `value` is one of `allowed`.

    Examples
    --------
    >>> require_one_of("policy", "drop", ("neutral", "missing"), ReadoutError)
    Traceback (most recent call last):
    sottovoce.errors.ReadoutError: policy='drop' must be one of 'neutral', 'missing'
    """
    options = tuple(allowed)
    if value not in options:
        raise error(f"{name}={value!r} must be one of {', '.join(map(repr, options))}")

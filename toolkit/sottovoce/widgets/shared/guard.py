"""Errors of a widget's callbacks, shown in the widget: a notebook shows them nowhere."""

from __future__ import annotations

import functools
import traceback
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from sottovoce.errors import SottovoceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sottovoce.widgets.shared.messages import Messages

P = ParamSpec("P")
R = TypeVar("R")


class HasMessages(Protocol):
    """A widget with a place for messages."""

    messages: Messages


W = TypeVar("W", bound=HasMessages)


def guarded(method: Callable[Concatenate[W, P], R]) -> Callable[Concatenate[W, P], R | None]:
    """Show what a callback raises in ``self.messages`` and go on.

    A SottovoceError is told in its words; anything else with its kind and the place it came from,
    since it is a defect of ours.
    """

    @functools.wraps(method)
    def wrapper(self: W, *args: P.args, **kwargs: P.kwargs) -> R | None:
        try:
            return method(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - nobody else would see it
            self.messages.error(in_words(error))
            return None

    return cast("Callable[Concatenate[W, P], R | None]", wrapper)


def in_words(error: BaseException) -> str:
    """Return an error as a message for the user of a widget."""
    if isinstance(error, SottovoceError):
        return str(error)
    frames: list[Any] = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"

"""Finding: what one check found, and ModelCheck: all of them, told as text and as a table."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from sottovoce.errors import ModelError
from sottovoce.markup import card, facts, joined, one_line, table, tag
from sottovoce.models.catalogue import GROUPS

if TYPE_CHECKING:
    from sottovoce.markup import Markup
    from sottovoce.models.catalogue import Grouping

Status: TypeAlias = Literal["passed", "failed", "not applicable"]

# What a check answers, in the order in which they are told.
CHECKS = {
    "hears": "the recording changes what is weighed",
    "repeats": "the same question gives the same numbers",
    "raw_logits": "nothing changes the logits before a token is chosen",
    "batch_equal_length": "a batch of equally long recordings gives what single runs give",
    "batch_any": "a batch of unequal recordings and questions gives what single runs give",
    "whole_recording": "a recording is heard to its end",
    "token_ids": "tokens are read back as the text that they write",
}
# Where one of these fails, a capture takes smaller batches, and its numbers stay right.
MENDED = ("batch_equal_length", "batch_any")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Parameters
    ----------
    check
        Its name, one of CHECKS.
    status
        "passed", "failed" or "not applicable".
    measured, threshold
        The number, and the one that it is held against; None where there is none.
    meaning
        What the number is, or why there is none.
    cure
        What to do where it failed.
    """

    check: str
    status: Status
    measured: float | None
    threshold: float | None
    meaning: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """What :func:`sottovoce.check_model` found about a model.

    Parameters
    ----------
    model_id, architecture, dtype, device
        Which model, and how it ran.
    findings
        One a check.
    grouping
        Which rows may run together, as measured; None where it could not be.

    Examples
    --------
    >>> from sottovoce import check_model, load_model
    >>> checked = check_model(load_model())
    >>> checked["hears"].status, checked.failed, checked.grouping
    ('passed', (), 'any')
    """

    model_id: str
    architecture: str
    dtype: str
    device: str
    findings: tuple[Finding, ...]
    grouping: Grouping | None

    def __getitem__(self, check: str) -> Finding:
        """Return what one check found."""
        for finding in self.findings:
            if finding.check == check:
                return finding
        raise KeyError(check)

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the checks that failed."""
        return tuple(one.check for one in self.findings if one.status == "failed")

    @property
    def unmended(self) -> tuple[Finding, ...]:
        """What failed and smaller batches do not mend."""
        return tuple(
            one for one in self.findings if one.status == "failed" and one.check not in MENDED
        )

    @property
    def ok(self) -> bool:
        """Whether a capture's numbers can be trusted; smaller batches may be needed for it."""
        return not self.unmended

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values; a number that is none is None."""
        content = asdict(self) | {"failed": list(self.failed), "ok": self.ok}
        content["findings"] = [
            asdict(one) | {"measured": _finite(one.measured)} for one in self.findings
        ]
        return content

    def told_parity(self) -> dict[str, Any]:
        """Return what was measured of batches, for a run's attributes."""
        of_any = self["batch_any"]
        return {
            "any": _rounded(of_any.measured),
            "equal_length": _rounded(self["batch_equal_length"].measured),
            "tolerance": of_any.threshold,
            "measure": "greatest difference of a logit, in standard deviations of the logits",
        }

    def require_hearing(self) -> None:
        """Raise a ModelError if the recording does not change what is weighed."""
        found = self["hears"]
        if found.status == "failed":
            raise ModelError(f"{self.model_id}: {found.meaning}. {found.cure}")

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """Return the text, a line a finding, with the cure below what failed."""
        told = [
            f"<ModelCheck {self.model_id!r}: {self.architecture}, {self._place()}, {self._sum()}>"
        ]
        for one in self.findings:
            told.append(f"  {one.check:<20}{one.status:<16}{told_numbers(one):<22}{one.meaning}")
            told += [f"  {'':<20}{cure}" for cure in _cures(one)]
        return told

    def _repr_html_(self) -> str:
        return str(self.to_html())

    def to_html(self) -> Markup:
        """Return the findings as a card for a notebook."""
        rows = [
            [
                one.check,
                one.status,
                told_numbers(one),
                joined(one.meaning, *(tag("div", tag("b", cure)) for cure in _cures(one))),
            ]
            for one in self.findings
        ]
        return card(
            "Model check",
            one_line(self.model_id),
            facts([("found", self._sum()), ("ran as", self._place())]),
            table(["check", "found", "measured / threshold", "meaning"], rows),
        )

    def _place(self) -> str:
        return f"{self.dtype} on {self.device}"

    def _sum(self) -> str:
        passed = sum(one.status == "passed" for one in self.findings)
        batches = f"batches of {GROUPS[self.grouping]}" if self.grouping else "batches unmeasured"
        failed = f", failed: {', '.join(self.failed)}" if self.failed else ""
        return f"{passed} of {len(self.findings)} passed, {batches}{failed}"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _cures(one: Finding) -> list[str]:
    return [one.cure] if one.status == "failed" and one.cure else []


def _rounded(value: float | None) -> float | None:
    # The last digits may differ between two devices that are called alike.
    found = _finite(value)
    return None if found is None else float(f"{found:.1g}")


def told_numbers(one: Finding) -> str:
    """Return what was measured and its threshold, empty where nothing was."""
    if one.measured is None:
        return ""
    held = "" if one.threshold is None else f" / {one.threshold:.2g}"
    return f"{one.measured:.2g}{held}"

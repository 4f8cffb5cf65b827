"""The run: a labelled dataset that says how it was made, saved and opened without torch."""

from sottovoce.dataset.accessor import register as _register
from sottovoce.dataset.build import build_run
from sottovoce.dataset.check import check_run
from sottovoce.dataset.derived import log_probability, select_ok
from sottovoce.dataset.growing import GrowingRun, can_grow, hold_run
from sottovoce.dataset.provenance import make_attrs, package_versions
from sottovoce.dataset.schema import SCHEMA_VERSION, describe_schema
from sottovoce.dataset.spellings import select_spellings, spellings_of
from sottovoce.dataset.store import open_run, remove_run, save_run

__all__ = [
    "SCHEMA_VERSION",
    "GrowingRun",
    "build_run",
    "can_grow",
    "check_run",
    "describe_schema",
    "hold_run",
    "log_probability",
    "make_attrs",
    "open_run",
    "package_versions",
    "remove_run",
    "save_run",
    "select_ok",
    "select_spellings",
    "spellings_of",
]

_register()

"""The run: a labelled dataset that says how it was made, saved and opened without torch."""

from sottovoce.dataset.accessor import register as _register
from sottovoce.dataset.build import build_run
from sottovoce.dataset.check import check_run
from sottovoce.dataset.derived import log_probability, select_ok
from sottovoce.dataset.provenance import make_attrs, package_versions
from sottovoce.dataset.schema import SCHEMA_VERSION, describe_schema
from sottovoce.dataset.spellings import select_spellings, spellings_of
from sottovoce.dataset.store import open_run, save_run

__all__ = [
    "SCHEMA_VERSION",
    "build_run",
    "check_run",
    "describe_schema",
    "log_probability",
    "make_attrs",
    "open_run",
    "package_versions",
    "save_run",
    "select_ok",
    "select_spellings",
    "spellings_of",
]

_register()

"""Widgets for Jupyter: pick a voice, a question and words, and see what the model weighed.

They need the extra "lab". A widget is a folder, its JavaScript beside its Python; what several of
them use lies in ``shared``. Nothing is fetched from anywhere. Each one has ``to_figure()``,
``to_html()`` and ``code()`` for when the kernel is gone.
"""

import importlib.util as _util

import lazy_loader as _lazy

from sottovoce.errors import MissingExtraError as _MissingExtraError

for _package in ("ipywidgets", "anywidget"):
    if _util.find_spec(_package) is None:
        raise _MissingExtraError(package=_package, extra="lab")

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

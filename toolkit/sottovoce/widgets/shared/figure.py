"""A figure that a notebook shows as a picture, without pyplot."""

from __future__ import annotations

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


class StillFigure(Figure):
    """A white matplotlib figure that is a cell's output by itself.

    It is not pyplot's: nothing keeps it, and no notebook shows it twice. Jupyter knows how to show
    figures only once pyplot was imported, so this one brings its picture along.

    Examples
    --------
    >>> StillFigure(figsize=(4, 3))._repr_png_()[1:4]
    b'PNG'
    """

    def __init__(self, *, figsize: tuple[float, float], layout: str | None = None) -> None:
        super().__init__(figsize=figsize, layout=layout, facecolor="white")  # type: ignore[arg-type]
        FigureCanvasAgg(self)

    def _repr_png_(self) -> bytes:
        written = io.BytesIO()
        self.savefig(written, format="png")
        return written.getvalue()

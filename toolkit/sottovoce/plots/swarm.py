"""Places for dots along a line, so that none lies on another."""

from __future__ import annotations

import numpy as np

SHRINK = 0.9


def swarm(
    rows: list[np.ndarray], room: float, largest: float, smallest: float
) -> tuple[list[np.ndarray], float]:
    """Return how far to move each dot off its line, and how large the dots can be.

    Parameters
    ----------
    rows
        For each line, where its dots are along it, in points.
    room
        How high a line's dots may lie above one another together, in points.
    largest, smallest
        Diameters of a dot, in points. At the smallest, dots lie on one another if they must.

    Returns
    -------
    offsets
        For each line, of each dot, in points.
    diameter
        The same for all lines.

    Examples
    --------
    >>> swarm([np.array([10.0, 12.0, 40.0])], room=20, largest=6, smallest=2)
    ([array([0., 6., 0.])], 6)
    """
    diameter = largest
    while True:
        levels = [_levels(row, diameter) for row in rows]
        highest = max((int(np.abs(level).max(initial=0)) for level in levels), default=0)
        if (2 * highest + 1) * diameter <= room or diameter <= smallest:
            break
        diameter = max(SHRINK * diameter, smallest)
    pitch = min(diameter, (room - diameter) / (2 * highest)) if highest else diameter
    return [level * pitch for level in levels], diameter


def _levels(positions: np.ndarray, diameter: float) -> np.ndarray:
    """Return the level of each dot: the nearest to the line, 0, 1, -1, 2 ..., that is free."""
    levels = np.zeros(len(positions))
    ends: dict[int, float] = {}
    for i in np.argsort(positions, kind="stable"):
        level = next(
            level
            for k in range(len(positions) + 1)
            for level in ((k, -k) if k else (0,))
            if ends.get(level, -np.inf) <= positions[i]
        )
        levels[i] = level
        ends[level] = positions[i] + diameter
    return levels

"""How fine the numbers of a file are written: a boundary given to the second of arc is a boundary give or take 30 m."""

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from geoplan.measure import Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points: TypeAlias = NDArray[np.float64]

__all__ = ["coarse"]

FINE = 0.05
"""Metres: coordinates of a survey have centimetres."""
_METRES_OF_DEGREE = 111_000.0


def coarse(points: "Points", metres: float) -> Note | None:
    """The note that coordinates are rounded to more than 5 cm; None where they are finer.

    Args:
        points: as written, shape (n, 2).
        metres: of one unit of the numbers; 0 for degrees.

    >>> coarse(np.array([[39.1401, 117.7550], [39.1412, 117.7561]]), 0.0).fields["metres"]
    '11.1'
    >>> coarse(np.array([[4335424.43, 564832.78]]), 1.0) is None
    True
    """
    values = np.unique(points)
    if metres:
        step = _step(values, 1.0) * metres
    else:
        step = max(_step(values, 1.0) * _METRES_OF_DEGREE, _step(values, 3600.0) * _METRES_OF_DEGREE / 3600)
    return Note("site_note.coarse", {"metres": f"{step:.3g}"}) if step > FINE else None


def _step(values: "Points", scale: float) -> float:
    """The coarsest power of ten, at most 1, that all values are multiples of once multiplied by the scale."""
    for power in range(9):
        shown = values * scale * 10.0**power
        if np.abs(shown - np.round(shown)).max(initial=0.0) <= 1e-5 + 1e-11 * np.abs(shown).max(initial=0.0):
            return 10.0**-power
    return 0.0

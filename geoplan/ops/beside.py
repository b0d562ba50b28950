"""Lines beside lines: which stretches of one drawing lie within some metres of another, each stretch once."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.ops import lines, overlay, service

Geometries: TypeAlias = NDArray[np.object_]
Indices: TypeAlias = NDArray[np.intp]
Flags: TypeAlias = NDArray[np.bool_]

__all__ = ["FAR", "MAYBE", "NEAR", "Beside", "beside"]

FAR, MAYBE, NEAR = range(3)
_EXACT = 1e-6
"""Metres: a line drawn at just the tolerance is within it."""


class Beside(NamedTuple):
    """Stretches of lines that share nothing, the line each is of, and whether one of the others lies beside it."""

    shapes: Geometries
    parent: Indices
    near: Indices


def beside(one: Geometries, doubt: Flags, sure: Geometries, maybe: Geometries, tolerance: float, crs: CRS) -> Beside:
    """Lines cut where they leave the ground within some metres of others; a stretch drawn twice is there once.

    Args:
        one: the lines that are asked about.
        doubt: which of them nobody can tell of; where a line of which all is known runs along, the stretch is of that.
        sure: lines that certainly count.
        maybe: lines of which nobody can tell.
        tolerance: metres; just as many are near.
        crs: of all coordinates.

    >>> import shapely
    >>> town, x, y = CRS("EPSG:4548"), 500000.0, 4334000.0
    >>> shore, other = (shapely.LineString([(x, y + n), (x + m, y + n)]) for n, m in ((0.0, 100.0), (5.0, 60.0)))
    >>> found = beside(np.array([shore]), np.array([False]), np.array([other]), np.array([]), 5.0, town)
    >>> [(int(n), round(float(m), 1)) for n, m in zip(found.near, shapely.length(found.shapes))]
    [(2, 60.0), (0, 40.0)]
    >>> len(beside(np.array([], dtype=object), np.zeros(0, bool), np.array([]), np.array([]), 5.0, town).shapes)
    0
    """
    order = np.argsort(doubt, kind="stable")
    drawn = lines.once(np.asarray(one, dtype=object)[order], np.zeros(len(order), dtype=np.int64))
    grounds = (
        overlay.disjoint(service.discs(np.asarray(o, dtype=object), tolerance + _EXACT, crs)) for o in (sure, maybe)
    )
    first = lines.cut(drawn.lines, next(grounds))
    on, off = first.zone >= 0, np.flatnonzero(first.zone < 0)
    rest = lines.cut(first.lines[off], next(grounds))
    return Beside(
        np.concatenate([first.lines[on], rest.lines]),
        order[drawn.parent[np.concatenate([first.parent[on], first.parent[off][rest.parent]])]],
        np.concatenate([np.full(on.sum(), NEAR), np.where(rest.zone < 0, FAR, MAYBE)]).astype(np.intp),
    )

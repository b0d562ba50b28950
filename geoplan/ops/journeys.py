"""Journeys drawn as lines: where each starts, where it ends, and which are drawn as a mere point."""

from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries: TypeAlias = NDArray[np.object_]

__all__ = ["Journeys", "journeys"]


class Journeys(NamedTuple):
    """The first and the last place of each journey, and whether it is drawn as one place."""

    start: Geometries
    end: Geometries
    still: NDArray[np.bool_]


def journeys(shapes: Geometries) -> Journeys:
    """Where lines start and end as they are drawn; points, and areas by a point in them, start and end where they are.

    >>> found = journeys(shapely.from_wkt(["LINESTRING (0 0, 1 1, 2 0)", "POINT (5 5)"]))
    >>> [p.wkt for p in found.end], found.still
    (['POINT (2 0)', 'POINT (5 5)'], array([False,  True]))
    >>> len(journeys(np.array([], dtype=object)).start)
    0
    """
    shapes = np.asarray(shapes, dtype=object)
    still = shapely.get_dimensions(shapes) != 1
    drawn = shapes.copy()
    drawn[still] = shapely.point_on_surface(shapes[still])
    xy, owner = shapely.get_coordinates(drawn, return_index=True)
    first = np.searchsorted(owner, np.arange(len(shapes)))
    last = np.searchsorted(owner, np.arange(len(shapes)), side="right") - 1
    start, end = (np.asarray(shapely.points(xy[i]), dtype=object).reshape(-1) for i in (first, last))
    return Journeys(start, end, still)

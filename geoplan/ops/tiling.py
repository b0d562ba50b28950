"""Polygons that should lie side by side: where they overlap, where they leave gaps, what they leave uncovered."""

from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries: TypeAlias = NDArray[np.object_]

__all__ = ["Overlaps", "gaps", "overlaps", "width"]

NARROW = 5.0
"""Metres: a gap narrower than this between two neighbours was not meant."""
_TOUCH = 0.01
"""Metres: what is narrower was the same line before it was rounded."""
_MOST_PAIRS = 400_000


class Overlaps(NamedTuple):
    """Where polygons of one set lie over each other.

    Attributes:
        one: the place of the earlier polygon of each pair.
        other: the place of the later one.
        shapes: what both cover.
        complete: False where there are so many pairs that not all were measured.
    """

    one: NDArray[np.intp]
    other: NDArray[np.intp]
    shapes: Geometries
    complete: bool


def width(shapes: Geometries) -> NDArray[np.float64]:
    """About how wide polygons are: twice the area over half the outline, right for long strips.

    >>> width(np.array([shapely.box(0, 0, 1000, 2), shapely.Polygon()])).round(2).tolist()
    [2.0, 0.0]
    """
    outline = shapely.length(shapes)
    wide = np.divide(2 * shapely.area(shapes), outline, out=np.zeros(len(shapes)), where=outline > 0)
    return np.asarray(wide, dtype=float)


def overlaps(shapes: Geometries) -> Overlaps:
    """The parts of polygons that lie over another one of the same set; lines drawn a centimetre apart are one line.

    >>> found = overlaps(np.array([shapely.box(0, 0, 10, 10), shapely.box(8, 0, 20, 10), shapely.box(20, 0, 30, 10)]))
    >>> found.one.tolist(), found.other.tolist(), shapely.area(found.shapes).tolist()
    ([0], [1], [20.0])
    >>> len(overlaps(np.array([], dtype=object)).one)
    0
    """
    odd = _odd(shapes, 0.0)
    # what lies wholly inside another is odd alone: the other may be any
    at, other = shapely.STRtree(shapes).query(shapes[odd], predicate="intersects")
    pairs = np.unique(np.sort(np.column_stack([odd[at], other]), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    complete = len(pairs) <= _MOST_PAIRS
    one, other = pairs[:_MOST_PAIRS].T
    common = shapely.intersection(shapes[one], shapes[other])
    real = (shapely.area(common) > 0) & (width(common) > _TOUCH)
    return Overlaps(one[real], other[real], common[real], complete)


def gaps(shapes: Geometries, narrow: float = NARROW) -> Geometries:
    """What neighbours leave between each other though they all but touch: enclosed and narrower than that.

    >>> corners = [(0, 0, 10, 5), (0, 5, 10, 10), (10, 0, 20, 4.6), (10, 5, 20, 10), (20, 0, 30, 10)]
    >>> closed = [shapely.box(*corner) for corner in corners]
    >>> shapely.area(gaps(np.array(closed))).round(6).tolist(), len(gaps(np.array(closed[:1])))
    ([4.0], 0)
    """
    odd = _odd(shapes, narrow)
    if not len(odd):
        return np.empty(0, dtype=object)
    tree = shapely.STRtree(shapes)
    # and what touches them: two that meet in a corner alone close nothing
    around = np.unique(tree.query(shapes[odd], predicate="intersects")[1])
    holes = _inner(shapely.get_parts(np.atleast_1d(shapely.union_all(shapes[around]))))
    wide = width(holes)
    holes = holes[(wide > _TOUCH) & (wide < narrow)]
    if not len(holes):
        return np.empty(0, dtype=object)
    filled = tree.query(shapely.point_on_surface(holes), predicate="intersects")[0]
    return np.asarray(holes[np.setdiff1d(np.arange(len(holes)), filled)], dtype=object)


def _inner(parts: Geometries) -> Geometries:
    """The holes of polygons, as polygons."""
    holes = []
    for part in parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]:
        holes += [shapely.Polygon(ring) for ring in part.interiors]
    return np.array(holes, dtype=object) if holes else np.empty(0, dtype=object)


def _odd(shapes: Geometries, narrow: float) -> NDArray[np.intp]:
    """The places of polygons whose edges are not those of their neighbours; the others overlap nothing."""
    if len(shapes) < 2:
        return np.empty(0, dtype=np.intp)
    edges = shapely.coverage_invalid_edges(shapes, gap_width=narrow)
    return np.flatnonzero(~shapely.is_empty(edges))

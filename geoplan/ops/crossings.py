"""Where lines cross or touch: the same vertex put into both, so that they can be split there."""

from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Indices: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]

__all__ = ["TOUCH", "sides", "with_crossings"]

TOUCH = 1e-6
"""Metres within which lines touch: a vertex computed to lie on a line misses it by about 1e-9 m."""


def with_crossings(xy: Floats, part: Indices) -> tuple[Floats, Indices]:
    """The vertices of lines with one more wherever a line is crossed or touched, at the very same coordinates on both.

    Args:
        xy: vertices, line after line, shape (n, 2); no two in a row are the same.
        part: the line each vertex belongs to.

    >>> xy, part = with_crossings(np.array([[0.0, 0], [2, 0], [1, -1], [1, 1]]), np.array([0, 0, 1, 1]))
    >>> part, xy[1], xy[4]
    (array([0, 0, 0, 1, 1, 1]), array([1., 0.]), array([1., 0.]))
    >>> with_crossings(np.zeros((0, 2)), np.zeros(0, dtype=np.intp))[0].shape
    (0, 2)
    """
    if not len(xy):
        return xy, part
    xy, part, inserted = _inserted(xy, part)
    return _welded(xy, inserted), part


def _inserted(xy: Floats, part: Indices) -> tuple[Floats, Indices, NDArray[np.bool_]]:
    start = np.flatnonzero(part[:-1] == part[1:])
    segments = shapely.linestrings(np.stack([xy[start], xy[start + 1]], axis=1))
    one, two = shapely.STRtree(segments).query(segments, predicate="dwithin", distance=TOUCH)
    one, two = start[one[one < two]], start[two[one < two]]
    on, along, point = [], [], []
    apart = np.ones(len(one), dtype=bool)
    for a, b in ((one, two), (two, one)):
        for end in (b, b + 1):
            run, where, off = _projected(xy, a, xy[end])
            touches = off <= TOUCH
            apart &= ~touches
            new = touches & (where > TOUCH) & (run - where > TOUCH)
            on.append(a[new])
            along.append((where / run)[new])
            point.append(xy[end][new])
    one, two = one[apart], two[apart]
    r, s, gap = xy[one + 1] - xy[one], xy[two + 1] - xy[two], xy[two] - xy[one]
    turn = _turn(r, s)
    t = _turn(gap, s) / turn
    on += [one, two]
    along += [t, _turn(gap, r) / turn]
    point += [xy[one] + t[:, None] * r] * 2
    place = np.concatenate([np.arange(len(xy)), *on])
    order = np.lexsort((np.concatenate([np.zeros(len(xy)), *along]), place))
    new = np.arange(len(place)) >= len(xy)
    return np.concatenate([xy, *point])[order], part[place][order], new[order]


def _projected(xy: Floats, segment: Indices, point: Floats) -> tuple[Floats, Floats, Floats]:
    """Of points beside segments: the segment's length, how far along it the foot is, how far the point is off."""
    r = xy[segment + 1] - xy[segment]
    run = np.hypot(*r.T)
    to = point - xy[segment]
    where = np.clip((to * r).sum(axis=1) / run, 0, run)
    return run, where, np.hypot(*(to - (where / run)[:, None] * r).T)


def _turn(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], dtype=np.float64)


def _welded(xy: Floats, inserted: NDArray[np.bool_]) -> Floats:
    """The vertices with those closer than `TOUCH` made one, drawn ones winning over computed ones."""
    pairs = cKDTree(xy).query_pairs(TOUCH, output_type="ndarray")
    graph = coo_array((np.ones(len(pairs)), tuple(pairs.T)), shape=(len(xy), len(xy)))
    _, label = connected_components(graph, directed=False)
    order = np.lexsort((np.arange(len(xy)), inserted))
    _, first = np.unique(label[order], return_index=True)
    return np.asarray(xy[order[first]][label], dtype=np.float64)


def sides(lines: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Every straight side of lines as a line of its own, and which line it is of."""
    parts, of = shapely.get_parts(lines, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    start = np.flatnonzero(part[:-1] == part[1:])
    pairs = np.stack([xy[start], xy[start + 1]], axis=1)
    return np.asarray(shapely.linestrings(pairs), dtype=object), of[part[start]]

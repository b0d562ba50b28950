"""Shapes that stand twice in one set, and places that lie close together."""

from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Geometries: TypeAlias = NDArray[np.object_]
Places: TypeAlias = NDArray[np.intp]

__all__ = ["close_pairs", "groups", "same"]

_STEP = 1e-3
"""Metres: coordinates that differ by less were the same before they were turned into metres."""
_MOST_NEAR = 64
"""Neighbours of a place that are looked at; of a heap of thousands the rest tells nothing new."""


def same(shapes: Geometries) -> Places:
    """Which shapes are the same, whatever vertex they begin at: the place of the first of each, its own where alone.

    Shapes are sorted by their box, size and number of vertices first; only those that agree in all are compared.

    >>> a, b = shapely.from_wkt(["POLYGON ((0 0, 2 0, 2 2, 0 0))", "POLYGON ((2 2, 0 0, 2 0, 2 2))"])
    >>> same(np.array([a, shapely.box(0, 0, 1, 1), b])).tolist()
    [0, 1, 0]
    >>> same(np.array([], dtype=object)).tolist()
    []
    """
    first = np.arange(len(shapes), dtype=np.intp)
    if not len(shapes):
        return first
    sizes = np.column_stack(
        [shapely.bounds(shapes), shapely.get_num_coordinates(shapes), shapely.length(shapes), shapely.area(shapes)]
    )
    keys = np.rint(np.where(np.isfinite(sizes), sizes, -1.0) / 0.01).astype(np.int64)
    _, group, many = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    asked = np.flatnonzero(many[group.ravel()] > 1)
    found: dict[bytes, int] = {}
    normal = shapely.normalize(shapely.set_precision(shapes[asked], _STEP, mode="pointwise"))
    for place, text in zip(asked.tolist(), shapely.to_wkb(normal), strict=True):
        first[place] = found.setdefault(text, place)
    return first


def close_pairs(points: Geometries, within: float) -> NDArray[np.intp]:
    """Pairs of points no farther apart than that, the earlier one first, as two rows; few of a heap.

    >>> points = shapely.points([[0, 0], [3, 4], [100, 0]])
    >>> close_pairs(points, 5.0).tolist()
    [[0], [1]]
    >>> close_pairs(points[:0], 5.0).tolist()
    [[], []]
    """
    from scipy.spatial import cKDTree

    xy = shapely.get_coordinates(points)
    if len(xy) < 2:
        return np.zeros((2, 0), dtype=np.intp)
    near, at = cKDTree(xy).query(xy, k=min(_MOST_NEAR, len(xy)), distance_upper_bound=within * (1 + 1e-9))
    one = np.repeat(np.arange(len(xy)), near.shape[1])
    other, found = at.ravel(), np.isfinite(near.ravel())
    pairs = np.sort(np.column_stack([one[found], other[found]]), axis=1)
    return np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0).T.astype(np.intp)


def groups(count: int, pairs: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Places joined by pairs, directly or through others: each group of two and more, in order.

    >>> [g.tolist() for g in groups(5, np.array([[0, 3], [3, 4]]))]
    [[0, 3, 4]]
    >>> groups(3, np.zeros((2, 0), dtype=int))
    []
    """
    if not pairs.shape[1]:
        return []
    joined = coo_array((np.ones(pairs.shape[1], dtype=bool), (pairs[0], pairs[1])), shape=(count, count))
    _, label = connected_components(joined, directed=False)
    order = np.argsort(label, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    return sorted((p for p in parts if len(p) > 1), key=lambda p: int(p[0]))

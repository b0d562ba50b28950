"""Sums over the cells of a grid that lie in polygons, each cell with exactly the part of it that does.

Green's theorem, cell by cell: an edge of a ring adds, in every row it passes, what lies to the right of it, which is a
share of the cell it passes through and all of the row's later cells, whose sum is known beforehand. So the work is that
of the edges alone, however many cells a polygon covers, and polygons that share out ground share it to the last digits.
"""

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

Geometries: TypeAlias = NDArray[np.object_]
Indices: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]

__all__ = ["sums"]

_CHUNK = 1_000_000
"""Parts of edges looked at together."""


class _Edges(NamedTuple):
    """Straight pieces from (x0, y0) to (x1, y1), the polygon each is of, and what it counts for (1 or -1)."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    owner: Indices
    sign: Floats

    def taken(self, rows: "Indices | NDArray[np.bool_]") -> "_Edges":
        """Some of them."""
        x0, y0, x1, y1 = self.x0[rows], self.y0[rows], self.x1[rows], self.y1[rows]
        return _Edges(x0, y0, x1, y1, self.owner[rows], self.sign[rows])


def sums(polygons: Geometries, layers: Floats, *, left: float = 0.0, top: float = 0.0) -> Floats:
    """Over the cells of a block in each polygon, the sum of layers, cells on its border with their share inside.

    Args:
        polygons: in columns (x) and rows (y) of the grid; a cell is the square from its number to the next. Missing and
            empty ones sum to 0.
        layers: what is summed, shape (layers, rows, columns); no NaN.
        left: the first column of the block.
        top: the first row of the block.

    Returns:
        Shape (layers, polygons).

    >>> half = shapely.Polygon([(0, 0), (2, 0), (0, 2)])
    >>> sums(np.array([half]), np.array([[[1.0, 2.0], [4.0, 8.0]]]))
    array([[4.]])
    >>> sums(np.array([None, shapely.Polygon()], dtype=object), np.ones((1, 2, 2)))
    array([[0., 0.]])
    """
    count, height, width = layers.shape
    to_right = np.zeros((count, height, width + 2))
    to_right[:, :, :width] = np.cumsum(layers[:, :, ::-1], axis=2)[:, :, ::-1]
    found = np.zeros((count, len(polygons)))
    edges = _rows(_edges(polygons, left, top), height)
    for part in _chunks(edges, width):
        owner, row, column, dy, inset = part
        for layer in range(count):
            later = to_right[layer, row, column + 1]
            own = to_right[layer, row, column] - later
            found[layer] -= np.bincount(owner, dy * (own * (1 - inset) + later), minlength=len(polygons))
    return found


def _edges(polygons: Geometries, left: float, top: float) -> _Edges:
    """The edges of all rings; a ring counts for its ground if it is an outer one and against it if it is a hole."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    xy -= (left, top)
    outer = np.ones(len(rings))
    outer[1:][part[1:] == part[:-1]] = -1.0
    start = np.flatnonzero(ring[:-1] == ring[1:])
    first = xy[np.searchsorted(ring, ring[start])]
    (x0, y0), (x1, y1) = (xy[start] - first).T, (xy[start + 1] - first).T
    turn = np.sign(np.bincount(ring[start], x0 * y1 - x1 * y0, minlength=len(rings)))
    of = ring[start]
    (x0, y0), (x1, y1) = xy[start].T, xy[start + 1].T
    return _Edges(x0, y0, x1, y1, owner[part[of]], (outer * turn)[of])


def _rows(edges: _Edges, height: int) -> _Edges:
    """The edges upwards, without what lies above or below the block."""
    edges = edges.taken((edges.y0 != edges.y1) & (np.maximum(edges.y0, edges.y1) > 0))
    edges = edges.taken(np.minimum(edges.y0, edges.y1) < height)
    down = edges.y1 < edges.y0
    x0, x1 = np.where(down, edges.x1, edges.x0), np.where(down, edges.x0, edges.x1)
    y0, y1 = np.where(down, edges.y1, edges.y0), np.where(down, edges.y0, edges.y1)
    slope = (x1 - x0) / (y1 - y0)
    low, high = np.maximum(y0, 0.0), np.minimum(y1, float(height))
    return _Edges(
        x0 + slope * (low - y0), low, x1 - slope * (y1 - high), high, edges.owner, np.where(down, -1, 1) * edges.sign
    )


def _chunks(edges: _Edges, width: int) -> "Iterator[tuple[Indices, Indices, Indices, Floats, Floats]]":
    """The parts of edges in single cells: polygon, row, column, signed height, how far in the cell the middle is."""
    size = np.abs(edges.y1 - edges.y0) + np.abs(np.clip(edges.x1, 0, width) - np.clip(edges.x0, 0, width)) + 2
    borders = np.searchsorted(np.cumsum(size), np.arange(0, size.sum() + _CHUNK, _CHUNK), side="right")
    for start, stop in pairwise(borders):
        if stop > start:
            yield _in_cells(_in_rows(edges.taken(np.arange(start, stop))), width)


def _in_rows(edges: _Edges) -> _Edges:
    """Edges split where they pass from one row to the next."""
    first = np.floor(edges.y0)
    piece, step = _repeated(np.maximum(np.ceil(edges.y1) - first, 1))
    whole, row = edges.taken(piece), first[piece] + step
    low, high = np.maximum(whole.y0, row), np.minimum(whole.y1, row + 1)
    slope = (whole.x1 - whole.x0) / (whole.y1 - whole.y0)
    at = [whole.x0 + slope * (y - whole.y0) for y in (low, high)]
    return _Edges(at[0], low, at[1], high, whole.owner, whole.sign)


def _in_cells(edges: _Edges, width: int) -> "tuple[Indices, Indices, Indices, Floats, Floats]":
    """Edges within one row split where they pass from one column to the next."""
    west, east = np.minimum(edges.x0, edges.x1), np.maximum(edges.x0, edges.x1)
    row, dy = np.floor(edges.y0).astype(np.intp), edges.sign * (edges.y1 - edges.y0)
    steep = dy / np.where(east > west, east - west, 1.0)
    # to the left of the block: all of the row lies to the right of it
    beyond = np.flatnonzero(west < 0)
    gone = np.where(east > west, steep * (np.minimum(east, 0.0) - west), dy)[beyond]
    # to the right of the block nothing does
    inside = np.flatnonzero((west < width) & ((east > 0) | (west == 0)))
    start, stop = np.maximum(west[inside], 0.0), np.minimum(east[inside], float(width))
    piece, step = _repeated(np.maximum(np.ceil(stop) - np.floor(start), 1))
    column, of = np.floor(start)[piece] + step, inside[piece]
    near, far = np.maximum(start[piece], column), np.minimum(stop[piece], column + 1)
    height = np.where(east[of] > west[of], steep[of] * (far - near), dy[of])
    return (
        np.concatenate([edges.owner[beyond], edges.owner[of]]),
        np.concatenate([row[beyond], row[of]]),
        np.concatenate([np.zeros(len(beyond), dtype=np.intp), column.astype(np.intp)]),
        np.concatenate([gone, height]),
        np.concatenate([np.zeros(len(beyond)), (near + far) / 2 - column]),
    )


def _repeated(times: Floats) -> tuple[Indices, Floats]:
    """Each index as often as asked, and which of its turns each is."""
    count = times.astype(np.intp)
    index = np.repeat(np.arange(len(count)), count)
    turn = np.arange(len(index)) - np.repeat(np.cumsum(count) - count, count)
    return index.astype(np.intp), turn.astype(np.float64)

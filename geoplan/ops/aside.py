"""Whether places lie aside of what they belong to: one displacement that brings nearly all of them onto it.

No cause is supposed: every displacement up to 2.5 km is tried. So many trials find something in anything; what counts
as evidence is that nothing else comes near: no other displacement, and none of the mirror images of the same places,
which are as many, as dense and as much in line, but belong to nothing.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

Floats: TypeAlias = NDArray[np.float64]
Geometries: TypeAlias = NDArray[np.object_]

__all__ = ["FARTHEST", "Aside", "Field", "aside", "field_of"]

FARTHEST = 2_500.0
"""Metres: mistakes of datums, scales and frames move data by less; what lies farther meets the place no more."""
_LEAST = 7
"""Of fewer places some fit somewhere by chance."""
_LEAST_METRES = 40.0
"""What is drawn a little beside something else (a kerb, a platform) lies nearer than this."""
_CELL, _MOST_CELLS = 20.0, 2_500
_QUANTILE = 0.75
_SAMPLE = 80
_STRIDE, _AT_ONCE = 5, 2_048
_NEARER = 0.34
_ON_IT = 25.0
"""Metres: surveys and maps of one town agree better than this."""
_ALONE, _WORTH = 0.5, 2.0
"""How far off the next best displacement and the best of the mirror images must stay behind, as a share."""
_ROUNDS, _STILL = 12, 0.01
_WELL_PLACED = 100.0
_SURE, _KNOWN = 2.5, 25.0
"""Standard errors that are said, and metres within which a displacement must be known."""
_TO_SIGMA, _BEND, _OUTLIER, _LEAST_SCATTER = 1.4826, 1.5, 5.0, 0.1
"""Of a robust fit: from the middle size of what is left to a standard deviation, and where that many of it bend."""


class Field(NamedTuple):
    """How far it is to a reference, from the middle of every square around it.

    Attributes:
        west: of the first column.
        south: of the first row.
        cell: metres a side.
        metres: rows from the south, columns from the west.
    """

    west: float
    south: float
    cell: float
    metres: NDArray[np.float32]


class Aside(NamedTuple):
    """A displacement of some places, and what speaks for it.

    Attributes:
        east: metres they lie east of where they fit.
        north: likewise north.
        before: metres from the reference within which three quarters of the places lie, as they stand.
        after: the same, once moved back.
        sure: metres within which the displacement is known (two and a half standard errors).
        other: the least that any other displacement, or a mirror image of the places, comes to.
        places: how many were looked at.
    """

    east: float
    north: float
    before: float
    after: float
    sure: float
    other: float
    places: int


def field_of(reference: Geometries, box: tuple[float, float, float, float]) -> Field | None:
    """The distances to a reference all over a box and what is within reach of it; None where nothing is there.

    >>> field = field_of(np.array([shapely.LineString([(0, 0), (1000, 0)])]), (0.0, 0.0, 1000.0, 1000.0))
    >>> bool(abs(field.metres.max() - np.hypot(2500, 3500)) < 30)
    True
    >>> field_of(np.array([], dtype=object), (0.0, 0.0, 1.0, 1.0)) is None
    True
    """
    west, south, east, north = box[0] - FARTHEST, box[1] - FARTHEST, box[2] + FARTHEST, box[3] + FARTHEST
    if not len(reference) or not np.isfinite([west, south, east, north]).all():
        return None
    cell = max(_CELL, max(east - west, north - south) / _MOST_CELLS)
    rows, columns = int((north - south) / cell) + 2, int((east - west) / cell) + 2
    xy = shapely.get_coordinates(shapely.segmentize(reference, cell / 2))
    column, row = (np.floor((xy - [west, south]) / cell).astype(np.intp)).T
    inside = (column >= 0) & (row >= 0) & (column < columns) & (row < rows)
    if not inside.any():
        return None
    free = np.ones((rows, columns), dtype=bool)
    free[row[inside], column[inside]] = False
    return Field(west, south, cell, (ndimage.distance_transform_edt(free) * cell).astype(np.float32))


def aside(here: Floats, tree: shapely.STRtree, field: Field) -> Aside | None:
    """How far places lie aside of a reference; None where nothing speaks for it, or more than one thing would.

    Args:
        here: x and y of the places, in metres.
        tree: the reference.
        field: the distances to it.

    >>> line = shapely.LineString([(0, 0), (5000, 0)])
    >>> along = np.column_stack([np.linspace(0, 5000, 20), np.full(20, 300.0)])
    >>> aside(along, shapely.STRtree([line]), field_of(np.array([line]), (0.0, 0.0, 5000.0, 500.0))) is None
    True
    """
    here = here[_inside(field, here)]
    if len(here) < _LEAST:
        return None
    before = _quantile(tree, here)
    if before < _LEAST_METRES / 2:
        return None
    some = here[np.linspace(0, len(here) - 1, min(len(here), _SAMPLE)).astype(int)]
    steps, scores = _scores(field, some, _WORTH * _ON_IT)
    best = int(np.argmin(scores))
    if scores[best] > min(_NEARER * before, _ON_IT) + field.cell:
        return None
    move, sure = _refined(tree, here, steps[best] * field.cell)
    after, far = _quantile(tree, here + move), float(np.hypot(*move))
    if not _LEAST_METRES <= far <= FARTHEST or sure > _KNOWN or after > min(_NEARER * before, _ON_IT, far / 4):
        return None
    # a place moved by less than this still lies on what it lay on
    around = np.hypot(*(steps * field.cell - move).T) > 4 * max(field.cell, after)
    other = _other(field, some, float(scores[around].min()), _limit(after, field) / _ALONE)
    if other is None:
        return None
    return Aside(-float(move[0]), -float(move[1]), before, after, sure, other, len(here))


def _other(field: Field, xy: Floats, least: float, wanted: float) -> float | None:
    """The least that another displacement, or any of a mirror image, comes to; None where that is less than wanted."""
    least = min(least, _WORTH * _ON_IT)
    for image in _images(xy):
        if least < wanted:
            return None
        least = min(least, float(_scores(field, image, _WORTH * _ON_IT)[1].min()))
    return least if least >= wanted else None


def _inside(field: Field, xy: Floats) -> NDArray[np.bool_]:
    """Which places can be moved every way and stay where the distances are known."""
    rows, columns = field.metres.shape
    low = np.array([field.west, field.south]) + FARTHEST
    high = np.array([field.west + columns * field.cell, field.south + rows * field.cell]) - FARTHEST
    return np.asarray(((xy >= low) & (xy <= high)).all(axis=1))


def _limit(after: float, field: Field) -> float:
    """What the distance would have read in the field, whose squares know it to half a side only."""
    return max(after, field.cell / 2)


def _scores(field: Field, xy: Floats, under: float) -> tuple[NDArray[np.intp], Floats]:
    """Displacements, in cells, and the distance within which three quarters of the places then lie.

    All those that come under a limit are among them: every fifth is looked at first, and the others only about those
    from which the limit can be reached.
    """
    reach = int(FARTHEST / field.cell)
    column, row = np.floor((xy - [field.west, field.south]) / field.cell).astype(np.intp).T
    base = row * field.metres.shape[1] + column
    sides = np.arange(-reach, reach + 1)
    steps = np.column_stack([side.ravel() for side in np.meshgrid(sides, sides)])
    steps = steps[np.hypot(*steps.T) <= reach]
    first = (steps % _STRIDE == 0).all(axis=1)
    rough = _read(field, base, steps[first])
    # a step of a metre changes a distance by a metre at most
    near = rough <= under + (_STRIDE / 2 + 2) * np.sqrt(2) * field.cell
    wanted = np.zeros((2 * reach + 1 + 2 * _STRIDE,) * 2, dtype=bool)
    for across, up in steps[first][near] + reach + _STRIDE:
        wanted[across - _STRIDE : across + _STRIDE + 1, up - _STRIDE : up + _STRIDE + 1] = True
    looked = first | wanted[tuple((steps + reach + _STRIDE).T)]
    return steps[looked], _read(field, base, steps[looked])


def _read(field: Field, base: NDArray[np.intp], steps: NDArray[np.intp]) -> Floats:
    flat, offsets = field.metres.ravel(), steps[:, 1] * field.metres.shape[1] + steps[:, 0]
    kth = max(0, int(np.ceil(_QUANTILE * len(base))) - 1)
    found = [
        np.partition(flat.take(offsets[i : i + _AT_ONCE, None] + base), kth, axis=1)[:, kth]
        for i in range(0, len(offsets), _AT_ONCE)
    ]
    return np.concatenate(found).astype(float)


def _images(xy: Floats) -> list[Floats]:
    """The places mirrored and turned within their own box, all seven ways."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    side = np.where(high > low, high - low, 1.0)
    share = (xy - low) / side
    flips = [(False, False), (True, False), (False, True), (True, True)]
    turned = [(swap, flip) for swap in (False, True) for flip in flips][1:]
    return [low + side * np.where(flip, 1 - share, share)[:, :: -1 if swap else 1] for swap, flip in turned]


def _refined(tree: shapely.STRtree, here: Floats, move: Floats) -> tuple[Floats, float]:
    """The displacement nearby after which the places lie best, by least squares, and how well it is known.

    A place beside a line speaks only of the way across it; one that lies far off weighs less (Huber), or nothing.
    """
    sure = np.inf
    for _ in range(_ROUNDS):
        across, off = _residuals(tree, here + move)
        scale = max(_LEAST_SCATTER, _TO_SIGMA * float(np.median(np.abs(off))))
        size = np.maximum(np.abs(off), 1e-9)
        weight = np.where(size > _OUTLIER * scale, 0.0, np.minimum(1.0, _BEND * scale / size))
        normal = (across * weight[:, None]).T @ across
        if np.linalg.cond(normal) > _WELL_PLACED:
            return move, np.inf
        step = np.linalg.solve(normal, (across * weight[:, None]).T @ off)
        left = (weight * off**2).sum() / max(1.0, weight.sum() - 2)
        sure = _SURE * float(np.sqrt(left * np.linalg.inv(normal).trace()))
        move = move + step
        if np.hypot(*step) < _STILL:
            break
    return move, sure


def _residuals(tree: shapely.STRtree, xy: Floats) -> tuple[Floats, Floats]:
    """Unit vectors across the nearest thing, and how far off it a place lies that way; at a point both ways speak."""
    points = shapely.points(xy)
    nearest = tree.geometries[tree.nearest(points)]
    gap = shapely.get_coordinates(shapely.shortest_line(points, nearest)).reshape(-1, 2, 2)[:, 1] - xy
    flat = shapely.get_dimensions(nearest) == 1
    ends = shapely.get_coordinates(shapely.boundary(nearest[flat])).reshape(-1, 2, 2)
    along = ends[:, 1] - ends[:, 0]
    across = np.column_stack([-along[:, 1], along[:, 0]]) / np.hypot(*along.T)[:, None]
    both = np.repeat(np.eye(2), (~flat).sum(), axis=0)
    said = np.concatenate([across, both])
    return said, (said * np.concatenate([gap[flat], gap[~flat], gap[~flat]])).sum(axis=1)


def _quantile(tree: shapely.STRtree, xy: Floats) -> float:
    return float(np.quantile(_distances(tree, xy), _QUANTILE))


def _distances(tree: shapely.STRtree, xy: Floats) -> Floats:
    points = shapely.points(xy)
    return np.asarray(shapely.distance(points, tree.geometries[tree.nearest(points)]), dtype=float)

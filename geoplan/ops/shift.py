"""Whether one version of a map lies beside the other: a displacement most of it shares, found from its own shapes.

A corner is known again by the two sides that meet in it, wherever it lies; each corner known again votes for how far it
came. Ground that came or went has no vote, and a map drawn anew in a few places is outvoted. Where too few corners are
known again (a boundary surveyed anew), whole features vote, known again by their size and outline.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Geometries: TypeAlias = NDArray[np.object_]
Indices: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]

__all__ = ["Shift", "displacement"]

FARTHEST = 3_000.0
"""Metres: datums confused move a map by less (BD-09 by 1.4 km); what lies farther is another place."""
_ALIKE = 0.01
"""How far sides may differ in length (relative) and direction (radians) and still be the same side."""
_NEAR = 2_000.0
"""Metres that weigh, between corners alike, as much as the largest difference allowed of a side."""
_SHORTEST = 1.0
_CANDIDATES = 8
_SAMPLE = 4_000
_RADII = (0.1, 0.5, 2.5, 12.5, 60.0)
"""Metres around a displacement within which another is the same: an encrypted map is not moved alike everywhere."""
_MOST, _SOME, _FEW = 0.5, 0.2, 3


class Shift(NamedTuple):
    """A displacement that two versions share, in the plane of their coordinates.

    Attributes:
        metres: how far.
        azimuth: towards where, in degrees clockwise from grid north; of the second version as seen from the first.
        spread: metres within which half of the matches agree with it.
        matched: share of the corners (or features) looked at that were known again at this displacement.
        votes: how many these are.
        by: `corners` or `features`.
    """

    metres: float
    azimuth: float
    spread: float
    matched: float
    votes: int
    by: str


def displacement(before: Geometries, after: Geometries) -> Shift | None:
    """The displacement most of a map shares with its earlier version; None where too little is known again to tell.

    Args:
        before: valid polygons.
        after: valid polygons, in the same coordinates.

    >>> field = shapely.Polygon([(0, 0), (40, 3), (31, 27), (8, 22)])
    >>> found = displacement(np.array([field]), np.array([shapely.transform(field, lambda xy: xy + [3.0, 4.0])]))
    >>> round(found.metres, 3), round(found.azimuth, 1), found.matched
    (5.0, 36.9, 1.0)
    >>> displacement(np.array([field]), np.array([], dtype=object)) is None
    True
    """
    for by, seen in (("corners", _corners), ("features", _features)):
        one, other = seen(before), seen(after)
        found = _voted(one, other, by)
        if found is not None:
            return found
    return None


class _Marks(NamedTuple):
    """Places, and what each is known again by (numbers that are 1 apart where they just count as alike)."""

    places: Floats
    known_by: Floats


def _corners(geoms: Geometries) -> _Marks:
    """Every corner with the two sides that meet in it, rings taken counter-clockwise."""
    rings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(_held(geoms))))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.searchsorted(ring, np.arange(len(rings)))
    last = np.searchsorted(ring, np.arange(len(rings)), side="right") - 1
    corner = np.setdiff1d(np.arange(len(xy)), last)
    # a ring ends where it began: the side before its first corner comes from its last but one vertex
    back = np.where(np.isin(corner, first), last[ring[corner]] - 1, corner - 1) if len(corner) else corner
    came, goes = xy[corner] - xy[back], xy[corner + 1] - xy[corner]
    long = np.stack([np.hypot(*came.T), np.hypot(*goes.T)])
    kept = (long > _SHORTEST).all(axis=0)
    corner, came, goes, long = corner[kept], came[kept], goes[kept], long[:, kept]
    known_by = np.column_stack([came / long[0][:, None], goes / long[1][:, None], np.log(long).T]) / _ALIKE
    return _Marks(xy[corner], known_by)


def _features(geoms: Geometries) -> _Marks:
    """Every feature by its size, the length of its outline, and how it is stretched."""
    held = _held(geoms)
    west, south, east, north = shapely.bounds(held).T
    sizes = np.stack([np.sqrt(shapely.area(held)), shapely.length(held), east - west, north - south], axis=1)
    middle = shapely.get_coordinates(shapely.centroid(held))
    return _Marks(middle, np.log(sizes) / _ALIKE)


def _held(geoms: Geometries) -> Geometries:
    geoms = np.asarray(geoms, dtype=object)
    held: Geometries = geoms[~shapely.is_missing(geoms) & (shapely.area(geoms) > 0)]
    return held


def _voted(one: _Marks, other: _Marks, by: str) -> Shift | None:
    if not (len(one.places) and len(other.places)):
        return None
    asked = _sampled(len(one.places))
    mark, moved = _votes(one, other, asked)
    if not len(moved):
        return None
    best: tuple[float, Floats] | None = None
    for radius in _RADII:
        near = _crowd(moved, radius)
        share = len(np.unique(mark[near])) / len(asked)
        if best is None or share > best[0]:
            best = share, moved[near]
        if share >= _MOST:
            break
    if best is None or best[0] < _SOME or len(best[1]) < _FEW:
        return None
    centre = np.median(best[1], axis=0)
    spread = float(np.median(np.hypot(*(best[1] - centre).T)))
    azimuth = float(np.degrees(np.arctan2(*centre)) % 360)
    return Shift(float(np.hypot(*centre)), azimuth, spread, best[0], len(best[1]), by)


def _sampled(count: int) -> Indices:
    """Which marks are asked: all, or as many as suffice, spread evenly."""
    return np.unique(np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.intp))


def _votes(one: _Marks, other: _Marks, asked: Indices) -> tuple[Indices, Floats]:
    """Which mark each vote comes from, and the displacement it votes for."""
    tree = cKDTree(np.column_stack([other.known_by, other.places / _NEAR]))
    wanted = np.column_stack([one.known_by, one.places / _NEAR])[asked]
    count = min(_CANDIDATES, len(other.places))
    _, found = tree.query(wanted, k=range(1, count + 1))
    mark, candidate = np.repeat(asked, count), found.ravel()
    alike = np.abs(one.known_by[mark] - other.known_by[candidate]).max(axis=1) <= 1.0
    moved = other.places[candidate] - one.places[mark]
    kept = alike & (np.hypot(*moved.T) <= FARTHEST)
    return mark[kept], moved[kept]


def _crowd(moved: Floats, radius: float) -> Indices:
    """The votes within a radius of the displacement most of them agree with; of two as good, the smaller one."""
    tree = cKDTree(moved)
    counts = tree.query_ball_point(moved, radius, return_length=True)
    centre = np.lexsort((np.hypot(*moved.T).round(6), -counts))[0]
    return np.asarray(tree.query_ball_point(moved[centre], radius), dtype=np.intp)

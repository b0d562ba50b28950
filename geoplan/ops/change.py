"""What changed between two versions of ground: what came, what went, what changed its class. Overlaps count once.

Every feature is compared as it stands, never as part of a union or a tile: where a boundary did not move, nothing is
left over, and each difference keeps the feature it comes from.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.ops.overlay import only_polygons, outside, pieces

Geometries: TypeAlias = NDArray[np.object_]
Indices: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]

__all__ = ["DUST", "NOWHERE", "Ground", "changed", "offset", "resolved"]

NOWHERE = -1
"""Stands for the feature of ground that no feature of a version holds."""
DUST = 1e-6
"""Metres: what is thinner on average is what rounding leaves along a boundary that did not move."""
_STEP = 10.0


class Ground(NamedTuple):
    """Ground of two versions in connected pieces that share no area, and the feature of each version that holds it.

    Attributes:
        before: position of the feature that held it; -1 where none did: it was gained.
        after: position of the feature that holds it; -1 where none does: it was lost.
        shapes: connected polygons.
    """

    before: Indices
    after: Indices
    shapes: Geometries


def resolved(geoms: Geometries, rank: Indices) -> Geometries:
    """Features that share no ground: where several lie on one another, the one of the lowest rank keeps it.

    Among features of one rank the larger keeps it, so that the order of the rows never matters.

    Args:
        geoms: valid polygons; empty and missing ones hold nothing.
        rank: of each.

    >>> two = np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 0, 4, 2)])
    >>> shapely.area(resolved(two, np.array([0, 1])))
    array([4., 4.])
    >>> shapely.area(resolved(two, np.array([0, 0])))
    array([2., 6.])
    >>> len(resolved(np.array([], dtype=object), np.array([], dtype=np.intp)))
    0
    """
    whole = np.array(geoms, dtype=object)
    whole[shapely.is_missing(whole)] = shapely.Polygon()
    found = whole.copy()
    turn = _turns(whole, np.asarray(rank))
    loser, winner = shapely.STRtree(whole).query(whole, predicate="intersects")
    yields = turn[loser] > turn[winner]
    loser, winner = loser[yields], winner[yields]
    # features that only touch keep every vertex they have
    shared = shapely.area(shapely.intersection(whole[loser], whole[winner])) > 0
    loser, winner = loser[shared], winner[shared]
    for i in np.unique(loser):
        rivals = winner[loser == i]
        # in one order whatever the order of the rows, so that the same ground comes out to the last digit
        held = shapely.union_all(whole[rivals[np.argsort(turn[rivals])]])
        found[i] = shapely.difference(whole[i], held)
    return only_polygons(found)


def changed(before: Geometries, after: Geometries) -> Ground:
    """The ground of two versions: what only the first holds, what only the second holds, and what both hold.

    Args:
        before: features that share no ground (see `resolved`).
        after: likewise.

    >>> was, now = np.array([shapely.box(0, 0, 4, 1)]), np.array([shapely.box(1, 0, 6, 1)])
    >>> ground = changed(was, now)
    >>> ground.before, ground.after, shapely.area(ground.shapes)
    (array([ 0, -1,  0]), array([-1,  0,  0]), array([1., 2., 3.]))
    >>> len(changed(np.array([], dtype=object), np.array([], dtype=object)).shapes)
    0
    """
    same, alike = _identical(before, after)
    was, now = np.setdiff1d(np.arange(len(before)), same), np.setdiff1d(np.arange(len(after)), alike)
    lost, of_lost = _parts(outside(before[was], after[now]))
    gained, of_gained = _parts(outside(after[now], before[was]))
    shared = pieces(before[was], after[now])
    kept, of_kept = _parts(np.concatenate([shared.shapes, before[same]]))
    left, right = np.concatenate([was[shared.left], same]), np.concatenate([now[shared.right], alike])
    nowhere = np.full(max(len(lost), len(gained)), NOWHERE, dtype=np.intp)
    return Ground(
        np.concatenate([was[of_lost], nowhere[: len(gained)], left[of_kept]]),
        np.concatenate([nowhere[: len(lost)], now[of_gained], right[of_kept]]),
        np.concatenate([lost, gained, kept]),
    )


def offset(one: shapely.Geometry, other: shapely.Geometry) -> float:
    """How far the boundary of one polygon lies from that of the other at most, in metres of the plane.

    Measured from every vertex of each, and at least every 10 m between them, to the nearest place of the other.

    >>> offset(shapely.box(0, 0, 4, 4), shapely.box(0, 0, 4, 5))
    1.0
    >>> offset(shapely.box(0, 0, 4, 4), shapely.Polygon())
    nan
    """
    if one.is_empty or other.is_empty:
        return float("nan")
    return max(_farthest(one, other), _farthest(other, one))


def _farthest(one: shapely.Geometry, other: shapely.Geometry) -> float:
    points = shapely.points(shapely.get_coordinates(shapely.segmentize(shapely.boundary(one), _STEP)))
    ends, ring = shapely.get_coordinates(shapely.get_parts(shapely.boundary(other)), return_index=True)
    first = np.flatnonzero(ring[:-1] == ring[1:])
    sides = shapely.linestrings(np.stack([ends[first], ends[first + 1]], axis=1))
    _, metres = shapely.STRtree(sides).query_nearest(points, return_distance=True, all_matches=False)
    return float(metres.max())


def _turns(geoms: Geometries, rank: Indices) -> Indices:
    """The turn of each feature to keep ground: by rank, then size, then place; features alike in all take any."""
    west, south, east, north = shapely.bounds(geoms).T
    order = np.lexsort((shapely.length(geoms), north, east, south, west, -shapely.area(geoms), rank))
    turn = np.empty(len(geoms), dtype=np.intp)
    turn[order] = np.arange(len(geoms))
    return turn


def _identical(before: Geometries, after: Geometries) -> tuple[Indices, Indices]:
    """Features that are the same in both versions to the last digit.

    Whatever shares no ground with one shares none with the other, so they need no comparing.
    """
    places = {wkb: i for i, wkb in enumerate(shapely.to_wkb(after)) if not after[i].is_empty}
    pairs = [(i, places.pop(wkb)) for i, wkb in enumerate(shapely.to_wkb(before)) if wkb in places]
    same = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return same[:, 0], same[:, 1]


def _parts(geoms: Geometries) -> tuple[Geometries, Indices]:
    """Connected pieces of polygons and where each comes from, without the dust."""
    parts, owner = shapely.get_parts(geoms, return_index=True)
    ground = 2 * shapely.area(parts) > DUST * shapely.length(parts)
    return parts[ground], owner[ground]

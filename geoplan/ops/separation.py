"""How far two areas lie apart where they face each other: the border of one in short pieces, each with its width."""

from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.ops import contact, ellipsoid, overlay

Geometries: TypeAlias = NDArray[np.object_]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

__all__ = ["Facing", "crossed", "facing", "joined"]

_LEAF = 200
_TOUCH = 1e-3
"""Metres of a straight way that may lie in the area it starts from: what rounding leaves at its foot."""


class Facing(NamedTuple):
    """Pieces of the border of one area that face the other (k,).

    Attributes:
        pieces: straight pieces of border.
        middles: the middle of each.
        ways: the straight way from each middle to the nearest place of the other area.
        widths: metres of each way on the ground.
        least: metres from the piece as a whole to the other area, the least of all its places.
        lengths: metres of each piece on the ground.
    """

    pieces: Geometries
    middles: Geometries
    ways: Geometries
    widths: Floats
    least: Floats
    lengths: Floats

    def of(self, chosen: Flags) -> "Facing":
        """Some of the pieces."""
        lines = self.pieces[chosen], self.middles[chosen], self.ways[chosen]
        return Facing(*lines, self.widths[chosen], self.least[chosen], self.lengths[chosen])

    def width(self, statistic: str) -> float | None:
        """`minimum`, `mean`, or a percentile (`p10`) of the width, each piece as heavy as it is long; None of nothing.

        >>> Facing(*[np.zeros(0)] * 6).width("mean") is None
        True
        """
        whole = float(self.lengths.sum())
        if not whole > 0:
            return None
        if statistic == "minimum":
            return float(self.least.min())
        if statistic == "mean":
            return float((self.widths * self.lengths).sum()) / whole
        return _quantile(self.widths, self.lengths, int(statistic[1:]) / 100)


def facing(one: Geometries, other: Geometries, spacing: float, reach: float, crs: CRS) -> Facing:
    """The border of one area where the other lies within reach, and no ground of the first lies in between.

    Args:
        one: polygons; their border is that of all of them together.
        other: polygons.
        spacing: metres; pieces of border are no longer.
        reach: metres; what lies farther apart does not face each other.
        crs: of all coordinates.

    >>> x, y, town = 500000.0, 4334000.0, CRS("EPSG:4548")
    >>> port, city = shapely.box(x, y, x + 100, y + 100), shapely.box(x + 150, y, x + 200, y + 100)
    >>> found = facing(np.array([port]), np.array([city]), 10.0, 60.0, town)
    >>> len(found.pieces), round(float(found.lengths.sum()), 3), round(float(found.widths.max()), 3)
    (10, 100.0, 50.0)
    >>> len(facing(np.array([], dtype=object), np.array([city]), 10.0, 60.0, town).pieces)
    0
    """
    pieces = _border(overlay.only_polygons(np.asarray(one, dtype=object)), spacing, crs)
    goals = _parts(other)
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    scale = ellipsoid.scale(shapely.get_x(middles), shapely.get_y(middles), crs)
    near, goal, far = _nearest(middles, goals, reach * float(scale.max(initial=1.0)) * (1 + 1e-9))
    ways = np.asarray(shapely.shortest_line(middles[near], goals[goal]), dtype=object)
    widths = far / scale[near]
    faces = (widths <= reach + 1e-6) & (crossed(ways, _parts(one)) <= _TOUCH)
    near, ways, widths = near[faces], ways[faces], widths[faces]
    pieces = pieces[near]
    least = np.minimum(_nearest(pieces, goals, np.inf)[2] / scale[near], widths)
    return Facing(pieces, middles[near], ways, widths, least, ellipsoid.length(pieces, crs))


def crossed(ways: Geometries, ground: Geometries) -> Floats:
    """How many metres of the plane of each straight way lie on ground; the polygons must share none.

    >>> crossed(shapely.from_wkt(["LINESTRING (0 0, 4 0)"]), np.array([shapely.box(1, -1, 2, 1)]))
    array([1.])
    """
    polygon, way = shapely.STRtree(ways).query(ground, predicate="intersects")
    metres = shapely.length(shapely.intersection(ways[way], np.asarray(ground, dtype=object)[polygon]))
    return np.bincount(way, metres, minlength=len(ways)).astype(np.float64)


def joined(pieces: Geometries, widths: Floats, crs: CRS) -> tuple[Geometries, Floats, Floats]:
    """Pieces of border that meet end to end as one line each: the line, its metres, and its least width."""
    merged = shapely.line_merge(shapely.multilinestrings([pieces])[0] if len(pieces) else shapely.MultiLineString())
    runs = shapely.get_parts(np.array([merged], dtype=object))
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    piece, run = shapely.STRtree(runs).query_nearest(middles, all_matches=False)
    least = np.full(len(runs), np.inf)
    np.minimum.at(least, run, widths[piece])
    return runs, ellipsoid.length(runs, crs), least


def _quantile(values: Floats, weights: Floats, share: float) -> float:
    """The least value that, with all smaller ones, makes up at least that share of the weight."""
    order = np.argsort(values, kind="stable")
    heap = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(heap, share * heap[-1] * (1 - 1e-12))])


def _border(polygons: Geometries, spacing: float, crs: CRS) -> Geometries:
    """The border of all polygons together in straight pieces, none longer than the spacing."""
    rings = shapely.get_parts(shapely.boundary(np.array([shapely.union_all(polygons)], dtype=object)))
    west, south, east, north = shapely.bounds(rings).reshape(-1, 4).T
    scale = float(ellipsoid.scale((west + east) / 2, (south + north) / 2, crs).min(initial=1.0))
    xy, ring = shapely.get_coordinates(shapely.segmentize(rings, spacing * scale), return_index=True)
    start = np.flatnonzero(ring[:-1] == ring[1:])
    return np.asarray(shapely.linestrings(np.stack([xy[start], xy[start + 1]], axis=1)), dtype=object)


def _parts(polygons: Geometries) -> Geometries:
    """Polygons as parts of few vertices that share no ground."""
    tiles = overlay.disjoint(overlay.only_polygons(np.asarray(polygons, dtype=object)))
    return np.concatenate([np.zeros(0, dtype=object), *(contact.subdivided(tile, _LEAF) for tile in tiles)])


def _nearest(shapes: Geometries, goals: Geometries, reach: float) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Which shape has a goal within reach, the nearest one, and how far it is in the plane; by shape."""
    tree = shapely.STRtree(goals)
    within = None if np.isinf(reach) else reach
    pairs, metres = tree.query_nearest(shapes, max_distance=within, return_distance=True, all_matches=False)
    return pairs[0], pairs[1], np.asarray(metres, dtype=np.float64)

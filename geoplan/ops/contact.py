"""How plots lie to the features of a control line: what they share, what only touches, how far the rest is.

Speed comes from never asking a large feature twice as a whole: a feature that many plots meet is cut into small parts
once, any other is cut to the box of the plot. Safety comes from asking twice: an exact predicate on the uncut feature
says which pairs meet, and every pair whose cut shape does not bear that out is computed again from the uncut feature.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.ops.overlay import only_polygons

Geometries: TypeAlias = NDArray[np.object_]
Indices: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]
Array = TypeVar("Array", Geometries, Floats)

__all__ = ["Meetings", "meetings", "nearest", "slivers", "subdivided", "widths"]

THREADS = 2
_LARGE = 2_000
"""Vertices from which a feature is worth cutting up, where several plots meet it."""
_SEVERAL = 4
_LEAF = 500
"""Vertices of a part at most."""
_CHUNK = 32
"""Vertices of a piece of boundary when distances are measured: the box of a whole boundary says nothing."""
_WIDE = 4
"""Times the width of a sliver that ground is wide on average without being looked at."""
_AREA = 1e-12
"""How far, relative to a feature, the areas of its parts may differ from it before the parts are not trusted."""


class Meetings(NamedTuple):
    """Pairs of a plot and a feature that meet: their positions, and the ground they share (empty where they touch)."""

    plot: Indices
    feature: Indices
    shapes: Geometries


def meetings(plots: Geometries, features: Geometries) -> Meetings:
    """Every pair of a plot and a feature that meet, ordered by plot, then feature, with the ground they share.

    Args:
        plots: valid polygons.
        features: valid polygons, of any size, overlapping or not; empty and missing ones meet nothing.

    >>> plot, park = shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2)
    >>> found = meetings(np.array([plot]), np.array([park, shapely.box(2, 0, 3, 1), shapely.box(9, 9, 10, 10)]))
    >>> found.feature, shapely.area(found.shapes)
    (array([0, 1]), array([2., 0.]))
    >>> len(meetings(np.array([], dtype=object), np.array([None], dtype=object)).plot)
    0
    """
    plots, features = np.asarray(plots, dtype=object), np.asarray(features, dtype=object)
    if not (len(plots) and len(features)):
        return Meetings(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0, object))
    pair_feature, pair_plot = shapely.STRtree(plots).query(features, predicate="intersects")
    order = np.lexsort((pair_feature, pair_plot))
    plot, feature = pair_plot[order], pair_feature[order]
    shapes = np.full(len(plot), shapely.Polygon(), dtype=object)
    counts = np.bincount(feature, minlength=len(features))
    cut_up = (shapely.get_num_coordinates(features) > _LARGE) & (counts >= _SEVERAL)
    by_parts = cut_up[feature]
    _from_boxes(plots, features, (plot, feature), np.flatnonzero(~by_parts), shapes)
    _from_parts(plots, features, (plot, feature), np.flatnonzero(by_parts), shapes)
    doubtful = np.flatnonzero(~(shapely.is_valid(shapes) & (shapely.area(shapes) > 0)))
    shapes[doubtful] = _in_threads(_shared, plots[plot[doubtful]], features[feature[doubtful]])
    return Meetings(plot, feature, shapes)


def subdivided(geom: shapely.Geometry, leaf: int = _LEAF) -> Geometries:
    """A polygon in parts of few vertices that share no ground and together are the polygon.

    Parts whose areas do not add up to the polygon are not handed out: the polygon itself is.

    >>> ring = shapely.Point(0, 0).buffer(10, quad_segs=1000)
    >>> parts = subdivided(ring)
    >>> len(parts) > 1, abs(float(shapely.area(parts).sum()) / ring.area - 1) < 1e-12
    (True, True)
    >>> [p.is_empty for p in subdivided(shapely.Polygon())]
    [True]
    """
    parts, waiting = [], [geom]
    while waiting:
        held = waiting.pop()
        if shapely.get_num_coordinates(held) <= leaf:
            parts.append(held)
            continue
        halves = _halves(held)
        if max(shapely.get_num_coordinates(h) for h in halves) >= shapely.get_num_coordinates(held):
            parts.append(held)
            continue
        waiting += [h for h in halves if not shapely.is_empty(h)]
    found = only_polygons(np.array(parts, dtype=object))
    whole = float(shapely.area(geom))
    sound = abs(float(shapely.area(found).sum()) - whole) <= _AREA * whole and shapely.is_valid(found).all()
    return found if sound else np.array([geom], dtype=object)


def nearest(
    plots: Geometries, features: Geometries, within: float, met: Meetings | None = None
) -> tuple[Floats, Indices]:
    """Planar distance from each plot to the nearest feature, and which; infinite and -1 beyond the search distance.

    0 where the plot meets a feature. Boundaries are cut into short pieces first, and only those near a plot measured.

    Args:
        plots: valid polygons.
        features: valid polygons, lines or points.
        within: how far to look, in metres of the plane.
        met: what `meetings` found for the same plots and features, if that was asked before.

    >>> far = nearest(np.array([shapely.box(0, 0, 1, 1)]), np.array([shapely.box(3, 0, 4, 1)]), 200)
    >>> far
    (array([2.]), array([0]))
    >>> nearest(np.array([shapely.box(0, 0, 1, 1)]), np.array([], dtype=object), 200)
    (array([inf]), array([-1]))
    """
    plots, features = np.asarray(plots, dtype=object), np.asarray(features, dtype=object)
    metres, which = np.full(len(plots), np.inf), np.full(len(plots), -1, dtype=np.intp)
    if not (len(plots) and len(features)):
        return metres, which
    met = meetings(plots, features) if met is None else met
    # the last assignment wins: the first feature in file order, so that the answer does not depend on the tree
    metres[met.plot[::-1]], which[met.plot[::-1]] = 0.0, met.feature[::-1]
    far = np.flatnonzero(which < 0)
    tree = shapely.STRtree(plots[far])
    close = np.unique(tree.query(_grown(features, within))[0])
    pieces, owner = _boundary_pieces(features[close])
    piece, plot = tree.query(_grown(pieces, within))
    measured = _in_threads(shapely.distance, plots[far[plot]], pieces[piece])
    order = np.lexsort((owner[piece], measured, plot))
    order = order[measured[order] <= within]
    first = order[np.unique(plot[order], return_index=True)[1]]
    metres[far[plot[first]]], which[far[plot[first]]] = measured[first], close[owner[piece[first]]]
    return metres, which


def slivers(shapes: Geometries, area: float, width: float) -> NDArray[np.bool_]:
    """Which shapes look like a boundary drawn twice rather than ground: tiny, or nowhere as wide as `width`.

    Widest, not on average: a true piece of ground with a long thin tail is no sliver, and ground that is none stays
    none whatever is added to it.

    Args:
        shapes: connected polygons.
        area: m2 below which a shape is tiny.
        width: metres.

    >>> strip, field = shapely.box(0, 0, 100, 0.05), shapely.box(0, 0, 10, 10)
    >>> slivers(np.array([strip, field, shapely.box(0, 0, 0.5, 0.5)]), 1.0, 0.1)
    array([ True, False,  True])
    >>> slivers(np.array([], dtype=object), 1.0, 0.1)
    array([], dtype=bool)
    """
    shapes = np.asarray(shapes, dtype=object)
    size = shapely.area(shapes)
    thin = size < area
    # ground this wide on average is wide somewhere, and need not be shrunk to see it
    doubtful = np.flatnonzero(~thin & (2 * size < _WIDE * width * shapely.length(shapes)))
    thin[doubtful] = _vanish(shapes[doubtful], np.full(len(doubtful), width))
    return np.asarray(thin, dtype=bool)


def widths(shapes: Geometries, accuracy: float = 0.001) -> Floats:
    """How wide each shape is where it is widest: the diameter of the largest circle in it, to a millimetre.

    >>> [round(float(w), 2) for w in widths(np.array([shapely.box(0, 0, 100, 0.05), shapely.Polygon()]))]
    [0.05, 0.0]
    >>> widths(np.array([], dtype=object))
    array([], dtype=float64)
    """
    shapes = np.asarray(shapes, dtype=object)
    least, most = np.zeros(len(shapes)), 2 * np.sqrt(shapely.area(shapes) / np.pi)
    while len(shapes) and float((most - least).max()) > accuracy:
        middle = (least + most) / 2
        gone = _vanish(shapes, middle)
        least, most = np.where(gone, least, middle), np.where(gone, middle, most)
    return np.asarray((least + most) / 2, dtype=np.float64)


def _vanish(shapes: Geometries, width: Floats) -> NDArray[np.bool_]:
    """Whether nothing is left of each shape when half a width is taken from its boundary: it is nowhere so wide."""
    return np.asarray(shapely.is_empty(shapely.buffer(shapes, -width / 2)), dtype=bool)


def _grown(features: Geometries, by: float) -> Geometries:
    west, south, east, north = shapely.bounds(features).T
    return np.asarray(shapely.box(west - by, south - by, east + by, north + by), dtype=object)


def _from_boxes(
    plots: Geometries, features: Geometries, pair: tuple[Indices, Indices], rows: Indices, shapes: Geometries
) -> None:
    boxes = shapely.bounds(plots)[pair[0][rows]]
    wide = zip(features[pair[1][rows]], boxes, strict=True)
    cut = np.fromiter((shapely.clip_by_rect(f, *box) for f, box in wide), dtype=object, count=len(rows))
    cut = only_polygons(cut)
    unclean = ~shapely.is_valid(cut)
    cut[unclean] = features[pair[1][rows[unclean]]]
    shapes[rows] = _in_threads(_shared, plots[pair[0][rows]], cut)


def _from_parts(
    plots: Geometries, features: Geometries, pair: tuple[Indices, Indices], rows: Indices, shapes: Geometries
) -> None:
    if not len(rows):
        return
    whole = np.unique(pair[1][rows])
    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(subdivided, features[whole]))
    flat = np.concatenate(parts)
    owner = np.repeat(whole, [len(p) for p in parts])
    part, plot = shapely.STRtree(plots).query(flat, predicate="intersects")
    pieces = _in_threads(_shared, plots[plot], flat[part])
    kept = shapely.area(pieces) > 0
    key = plot[kept] * len(features) + owner[part[kept]]
    order = np.argsort(key, kind="stable")
    key, pieces = key[order], pieces[kept][order]
    found, first, count = np.unique(key, return_index=True, return_counts=True)
    joined = pieces[first]
    for i in np.flatnonzero(count > 1):
        joined[i] = shapely.union_all(pieces[first[i] : first[i] + count[i]])
    at = np.searchsorted(found, pair[0][rows] * len(features) + pair[1][rows])
    at[at == len(found)] = 0
    hit = found[at] == pair[0][rows] * len(features) + pair[1][rows] if len(found) else np.zeros(len(rows), bool)
    shapes[rows[hit]] = joined[at[hit]]


def _halves(geom: shapely.Geometry) -> list[shapely.Geometry]:
    west, south, east, north = shapely.bounds(geom)
    x, y = (west + east) / 2, (south + north) / 2
    flat = east - west > north - south
    boxes = (
        ((west, south, x, north), (x, south, east, north)) if flat else ((west, south, east, y), (west, y, east, north))
    )
    return [shapely.clip_by_rect(geom, *box) for box in boxes]


def _boundary_pieces(features: Geometries) -> tuple[Geometries, Indices]:
    """Boundaries of polygons, and lines, in lines of at most 32 vertices; points as they are; the feature of each."""
    flat = shapely.get_dimensions(features) == 2
    rings, part_owner = shapely.get_parts(np.where(flat, shapely.boundary(features), features), return_index=True)
    spots = shapely.get_type_id(rings) == 0
    points, of_point = rings[spots], part_owner[spots]
    rings, part_owner = rings[~spots], part_owner[~spots]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(xy):
        return points, of_point
    first = np.searchsorted(ring, np.arange(len(rings)))
    place = np.arange(len(xy)) - first[ring]
    last = np.append(ring[1:] != ring[:-1], True)
    starts = np.flatnonzero((place % (_CHUNK - 1) == 0) & ~last)
    ends = np.minimum(starts + _CHUNK - 1, np.flatnonzero(last)[ring[starts]])
    size = ends - starts + 1
    rows = np.repeat(starts, size) + np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    lines = shapely.linestrings(xy[rows], indices=np.repeat(np.arange(len(starts)), size))
    return np.r_[lines, points], np.r_[part_owner[ring[starts]], of_point]


def _shared(left: Geometries, right: Geometries) -> Geometries:
    return only_polygons(np.asarray(shapely.intersection(left, right), dtype=object))


def _in_threads(work: Callable[[Geometries, Geometries], Array], left: Geometries, right: Geometries) -> Array:
    """The work in two threads; nothing is prepared here, since a prepared geometry must never be shared."""
    runs = [r for r in np.array_split(np.arange(len(left)), max(THREADS, len(left) // 2_000)) if len(r)]
    with ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(lambda r: work(left[r], right[r]), runs))
    return np.concatenate(done) if done else work(left, right)

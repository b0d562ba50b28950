"""Which ground is covered by what: exact, additive, and without ever building one giant union.

Many features that overlap become disjoint tiles of ground first; everything else is a question to those tiles. So a
feature that lies on another is never counted twice.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.ops.ellipsoid import area
from geoplan.ops.kept import kept

Geometries: TypeAlias = NDArray[np.object_]
Indices: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]
Box: TypeAlias = tuple[float, float, float, float]
Array = TypeVar("Array", Geometries, Indices)

__all__ = ["Pieces", "clip", "covered", "disjoint", "only_polygons", "outside", "overlap", "pieces", "union_areas"]

THREADS = 2
_LEAF = 4_000
"""Vertices in a tile: with fewer, clipping takes longer than uniting; with more, every question to a tile does."""
_GROWTH = 1.5
_DEEPEST = 16
_LARGE = 200
_FEW = 8
_CHUNK = 2_000


class Pieces(NamedTuple):
    """The ground that a left and a right polygon share: one piece a row."""

    left: Indices
    right: Indices
    shapes: Geometries


def only_polygons(geoms: Geometries) -> Geometries:
    """The polygon parts of geometries, as one geometry each: places where polygons only touch have no area.

    >>> mixed = shapely.from_wkt("GEOMETRYCOLLECTION (POINT (0 0), POLYGON ((0 0, 1 0, 1 1, 0 0)))")
    >>> [g.wkt for g in only_polygons(np.array([mixed, shapely.Point(0, 0)], dtype=object))]
    ['POLYGON ((0 0, 1 0, 1 1, 0 0))', 'POLYGON EMPTY']
    >>> len(only_polygons(np.array([], dtype=object)))
    0
    """
    found: Geometries = np.array(geoms, dtype=object)
    kind = np.asarray(shapely.get_type_id(found))
    found[(kind >= 0) & ~np.isin(kind, (3, 6, 7))] = shapely.Polygon()
    for i in np.flatnonzero(kind == 7):
        parts = shapely.get_parts(shapely.get_parts(found[i]))
        parts = parts[shapely.get_type_id(parts) == 3]
        found[i] = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    return found


@kept
def disjoint(geoms: Geometries) -> Geometries:
    """The ground that polygons cover, in tiles that share no area; together they are the union, which is never built.

    Ground is quartered until a tile holds few vertices; the features are clipped to each tile and united there.

    Args:
        geoms: valid polygons, overlapping or not; empty and missing ones cover nothing.

    >>> two = np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2), None])
    >>> float(shapely.area(disjoint(two)).sum())
    6.0
    >>> len(disjoint(np.array([None, shapely.Polygon()], dtype=object)))
    0
    """
    geoms = np.asarray(geoms, dtype=object)
    geoms = geoms[~(shapely.is_missing(geoms) | shapely.is_empty(geoms))]
    tiles = _threaded(lambda part: only_polygons(np.array([shapely.union_all(part)])), list(_quartered(geoms)), _FEW)
    united = np.concatenate([np.zeros(0, dtype=object), *tiles])
    kept: Geometries = united[shapely.area(united) > 0]
    return kept


def pieces(left: Geometries, right: Geometries) -> Pieces:
    """What each left polygon shares with each right one; pairs that share no area are left out.

    >>> crossing, touching = shapely.box(1, 0, 3, 2), shapely.box(2, 0, 3, 2)
    >>> shared = pieces(np.array([shapely.box(0, 0, 2, 2)]), np.array([crossing, touching]))
    >>> shared.left, shared.right, shapely.area(shared.shapes)
    (array([0]), array([0]), array([2.]))
    >>> len(pieces(np.array([None], dtype=object), np.array([], dtype=object)).shapes)
    0
    """
    left, right = np.asarray(left, dtype=object), np.asarray(right, dtype=object)
    tree = shapely.STRtree(left)
    r, l_ = tree.query(right, predicate="intersects")
    whole_r, whole_l = tree.query(right, predicate="covers")
    order = np.lexsort((r, l_))
    l_, r = l_[order], r[order]
    key = len(right)
    inside = np.isin(l_ * key + r, whole_l * key + whole_r)
    shapes = left[l_]
    cut = np.flatnonzero(~inside)
    chunks = np.array_split(cut, 1 + len(cut) // _CHUNK)
    for chunk, done in zip(chunks, _threaded(lambda c: _shared(left[l_[c]], right[r[c]]), chunks, 1), strict=True):
        shapes[chunk] = done
    kept = shapely.area(shapes) > 0
    return Pieces(l_[kept], r[kept], shapes[kept])


def outside(left: Geometries, tiles: Geometries) -> Geometries:
    """What of each left polygon lies on none of the tiles.

    >>> shapely.area(outside(np.array([shapely.box(0, 0, 2, 2)]), np.array([shapely.box(1, 0, 3, 2)])))
    array([2.])
    >>> shapely.area(outside(np.array([shapely.box(0, 0, 2, 2)]), np.array([], dtype=object)))
    array([4.])
    """
    found = np.array(left, dtype=object)
    shared = pieces(found, tiles)
    first = np.flatnonzero(np.diff(shared.left, prepend=-1))
    for start, stop in pairwise([*first, len(shared.left)]):
        i = shared.left[start]
        found[i] = shapely.difference(found[i], shapely.union_all(shared.shapes[start:stop]))
    return only_polygons(found)


def clip(geoms: Geometries, place: shapely.Geometry) -> Geometries:
    """The part of each polygon that lies in a place; an empty polygon where none does.

    >>> [g.is_empty for g in clip(np.array([shapely.box(0, 0, 2, 2), None]), shapely.box(1, 1, 9, 9))]
    [False, True]
    """
    found = np.full(len(geoms), shapely.Polygon(), dtype=object)
    shared = pieces(geoms, np.array([place]))
    found[shared.left] = shared.shapes
    return found


def covered(targets: Geometries, geoms: Geometries, crs: CRS) -> Floats:
    """Square metres (ellipsoidal) of each target that lie under at least one of many polygons that may overlap.

    >>> park = np.array([shapely.box(500000, 4330000, 500010, 4330010)])
    >>> trees = np.array([shapely.box(500000, 4330000, 500005, 4330010)] * 2)
    >>> [round(float(m2), 3) for m2 in covered(park, trees, CRS("EPSG:4548"))]
    [50.0]
    >>> covered(park, np.array([], dtype=object), CRS("EPSG:4548"))
    array([0.])
    """
    shared = pieces(targets, disjoint(geoms))
    return np.bincount(shared.left, area(shared.shapes, crs), minlength=len(targets)).astype(np.float64)


def union_areas(geoms: Geometries, group: Indices, count: int, crs: CRS) -> Floats:
    """Square metres (ellipsoidal) of the ground each group of polygons covers, overlaps within a group counted once.

    Args:
        geoms: polygons.
        group: the group each is of, 0 .. count - 1.
        count: how many groups there are; a group without polygons covers 0.
        crs: the CRS of the coordinates.

    >>> box = shapely.box(500000, 4330000, 500010, 4330010)
    >>> [round(float(m2), 3) for m2 in union_areas(np.array([box, box]), np.array([1, 1]), 2, CRS("EPSG:4548"))]
    [0.0, 100.0]
    """
    members = (np.asarray(geoms, dtype=object)[group == g] for g in range(count))
    return np.array([float(area(disjoint(m), crs).sum()) for m in members])


def overlap(geoms: Geometries, crs: CRS) -> float:
    """Square metres (ellipsoidal) that blind addition of polygons would count again: the sum less the ground covered.

    >>> box = shapely.box(500000, 4330000, 500010, 4330010)
    >>> round(overlap(np.array([box, box, None]), CRS("EPSG:4548")), 3)
    100.0
    """
    geoms = np.asarray(geoms, dtype=object)
    geoms = geoms[~shapely.is_missing(geoms)]
    return max(0.0, float(area(geoms, crs).sum() - area(disjoint(geoms), crs).sum()))


def _quartered(geoms: Geometries) -> Iterator[Geometries]:
    """Groups of clipped polygons, tile by tile, each of few vertices unless nothing more can be split."""
    if not len(geoms):
        return
    west, south, east, north = shapely.total_bounds(geoms)
    waiting: list[tuple[Geometries, Box, int]] = [(geoms, (west, south, east, north), 0)]
    while waiting:
        held, (west, south, east, north), depth = waiting.pop()
        size = int(shapely.get_num_coordinates(held).sum())
        if size <= _LEAF or depth == _DEEPEST:
            yield held
            continue
        x, y = (west + east) / 2, (south + north) / 2
        boxes = [(west, south, x, y), (x, south, east, y), (west, y, x, north), (x, y, east, north)]
        quarters = [(_clipped(held, box), box, depth + 1) for box in boxes]
        # features stacked on one spot are not thinned by quartering: it only makes more of them
        if sum(int(shapely.get_num_coordinates(q).sum()) for q, _, _ in quarters) > _GROWTH * size:
            yield held
            continue
        waiting += [quarter for quarter in quarters if len(quarter[0])]


def _clipped(geoms: Geometries, box: Box) -> Geometries:
    """What of polygons lies in a box, those that hold no ground in it left out."""
    west, south, east, north = shapely.bounds(geoms).T
    meets = (west < box[2]) & (east > box[0]) & (south < box[3]) & (north > box[1])
    within = meets & (west >= box[0]) & (east <= box[2]) & (south >= box[1]) & (north <= box[3])
    across = geoms[meets & ~within]
    cut = only_polygons(_in_box(across, box))
    return np.concatenate([geoms[within], cut[~shapely.is_empty(cut)]])


def _in_box(geoms: Geometries, box: Box) -> Geometries:
    """Polygons clipped to a box: fast, and exact where that leaves an unclean shape, or fails on a sliver of one."""
    try:
        cut = np.asarray(shapely.clip_by_rect(geoms, *box), dtype=object)
    except shapely.errors.GEOSException:
        return np.asarray(shapely.intersection(geoms, shapely.box(*box)), dtype=object)
    unclean = ~shapely.is_valid(cut)
    cut[unclean] = shapely.intersection(geoms[unclean], shapely.box(*box))
    return cut


def _shared(left: Geometries, right: Geometries) -> Geometries:
    """What pairs share; of a right polygon much larger than the left one only what lies about that is looked at."""
    right = np.array(right, dtype=object)
    large = shapely.get_num_coordinates(right) > _LARGE + 2 * shapely.get_num_coordinates(left)
    bounds = shapely.bounds(left)
    for i in np.flatnonzero(large):
        right[i] = _in_box(right[i : i + 1], tuple(bounds[i]))[0]
    return only_polygons(np.asarray(shapely.intersection(left, right), dtype=object))


def _threaded(work: Callable[[Array], Geometries], parts: Sequence[Array], few: int) -> list[Geometries]:
    """The work on each part, two at a time; nothing is prepared here, since prepared geometries cannot be shared.

    So few parts are not worth a thread.
    """
    if len(parts) <= few:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, parts))

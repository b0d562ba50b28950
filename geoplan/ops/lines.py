"""Lines: split where they meet, counted once where they are drawn twice, cut at borders, and as long as their scale."""

from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.ops.crossings import TOUCH, sides, with_crossings
from geoplan.ops.ellipsoid import length

Geometries: TypeAlias = NDArray[np.object_]
Indices: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]

__all__ = ["TOUCH", "Cut", "Edges", "Once", "cut", "edges", "in_window", "length_at_scales", "once", "spacing"]

_LOST = 1e-6
"""Metres of a line that may go missing when it is cut before it is cut again, side by side."""


class Edges(NamedTuple):
    """Lines split at the points they share: one edge a row, from node `u` to node `v`."""

    lines: Geometries
    parent: Indices
    u: NDArray[np.int64]
    v: NDArray[np.int64]


class Once(NamedTuple):
    """Lines with every stretch kept once: pieces, the first line each was drawn by, whether all its lines agree."""

    lines: Geometries
    parent: Indices
    agreed: NDArray[np.bool_]
    doubled: Geometries


class Cut(NamedTuple):
    """Pieces of lines, the line each comes from, and the zone it is in (-1: in none)."""

    lines: Geometries
    parent: Indices
    zone: Indices


def edges(lines: Geometries, *, at_crossings: bool = False) -> Edges:
    """Street edges: lines split at every vertex they share, and where asked also where they cross or touch.

    A vertex is shared where two lines, or one line twice, have the very same coordinates. With `at_crossings`, lines
    that cross, or whose vertices lie on another line within `TOUCH`, meet there too (a bridge then meets what it
    crosses: ask for it only where the drawing has no vertices at junctions). Lines of no length give no edge: their
    index is missing from `parent`. Nodes are numbered from west to east, so the order of the lines does not matter.

    >>> cross = shapely.from_wkt(["LINESTRING (0 0, 2 0)", "LINESTRING (1 -1, 1 1)"])
    >>> len(edges(cross).lines), len(edges(cross, at_crossings=True).lines)
    (2, 4)
    >>> edges(shapely.from_wkt(["LINESTRING (0 0, 2 0)", "LINESTRING (2 0, 2 1)"])).v
    array([1, 2])
    >>> len(edges(np.array([None, shapely.LineString()], dtype=object)).lines)
    0
    """
    xy, part, parent = _vertices(lines)
    if at_crossings and len(xy):
        xy, part = _distinct(*with_crossings(xy, part))
    return _split(xy, part, parent)


def once(lines: Geometries, label: NDArray[np.int64]) -> Once:
    """Every stretch of lines once, however often it was digitised; drawn twice means the same ground within `TOUCH`.

    Args:
        lines: any lines.
        label: what each line says of itself (a class); stretches whose lines disagree are marked.

    >>> twice = shapely.from_wkt(["LINESTRING (0 0, 3 0)", "LINESTRING (2 0, 1 0)"])
    >>> kept = once(twice, np.array([7, 8]))
    >>> float(shapely.length(kept.lines).sum()), float(shapely.length(kept.doubled).sum()), kept.agreed
    (3.0, 1.0, array([ True, False,  True]))
    >>> len(once(np.array([None], dtype=object), np.array([0])).lines)
    0
    """
    found = edges(lines, at_crossings=True)
    # where two lines run together each vertex of one is a vertex of the other, so the stretch is in straight pieces
    straight = shapely.get_num_coordinates(found.lines) == 2
    ends = np.column_stack([np.minimum(found.u, found.v), np.maximum(found.u, found.v), np.arange(len(straight))])
    ends[straight, 2] = -1
    _, first, group = np.unique(ends, axis=0, return_index=True, return_inverse=True)
    said = np.asarray(label)[found.parent]
    lowest, highest = np.full(len(first), said.max(initial=0)), np.full(len(first), said.min(initial=0))
    np.minimum.at(lowest, group.ravel(), said)
    np.maximum.at(highest, group.ravel(), said)
    order = np.argsort(first)
    kept = first[order]
    doubled = np.delete(found.lines, kept)
    return Once(found.lines[kept], found.parent[kept], (lowest == highest)[order], doubled)


def cut(lines: Geometries, zones: Geometries, *, beside: float = 0.0) -> Cut:
    """Lines cut at the borders of zones.

    A stretch along a border that two zones share belongs to the first of them in file order, so that zones which fill
    the place add up to it. What lies in no zone but within `beside` metres of one (a shore drawn apart from the border
    that follows it) belongs to the nearest, straight piece by straight piece, judged at its middle.

    >>> west, east = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    >>> pieces = cut(shapely.from_wkt(["LINESTRING (0 0.5, 3 0.5)", "LINESTRING (1 0, 1 1)"]), np.array([west, east]))
    >>> [(int(z), float(m)) for z, m in zip(pieces.zone, shapely.length(pieces.lines))]
    [(0, 1.0), (1, 1.0), (0, 1.0), (-1, 1.0)]
    >>> len(cut(np.array([], dtype=object), np.array([west])).lines)
    0
    """
    lines = np.asarray(lines, dtype=object)
    found = _cut(lines, zones, beside)
    # GEOS loses stretches of a line that all but runs over itself: such a line is cut side by side instead
    got = np.bincount(found.parent, shapely.length(found.lines), minlength=len(lines))
    short = np.flatnonzero(got < shapely.length(lines) - _LOST)
    ground = np.array([shapely.length(shapely.union_all(line)) for line in lines[short]], dtype=np.float64)
    short = short[got[short] < ground - _LOST]
    if not len(short):
        return found
    straight, owner = sides(lines[short])
    again, kept = _cut(straight, zones, beside), ~np.isin(found.parent, short)
    return Cut(
        np.concatenate([found.lines[kept], again.lines]),
        np.concatenate([found.parent[kept], short[owner[again.parent]]]),
        np.concatenate([found.zone[kept], again.zone]),
    )


def _cut(lines: Geometries, zones: Geometries, beside: float) -> Cut:
    line, zone, piece = _inside(lines, zones)
    piece = _first_come(line, zone, piece, zones)
    rest = _outside(lines, line, zone, zones)
    left = np.flatnonzero(shapely.length(rest) > 0)
    near = Cut(rest[left], left, np.full(len(left), -1, dtype=np.intp))
    if beside > 0 and len(left) and len(zones):
        near = _nearest(rest[left], left, zones, beside)
    kept = shapely.length(piece) > 0
    return Cut(
        np.concatenate([piece[kept], near.lines]),
        np.concatenate([line[kept], near.parent]),
        np.concatenate([zone[kept], near.zone]),
    )


def in_window(lines: Geometries, window: tuple[float, float, float, float]) -> Geometries:
    """What of each line lies in a tile; its west and south edges belong to it, its east and north edges do not.

    >>> edge = shapely.from_wkt(["LINESTRING (0 0, 0 2)", "LINESTRING (1 0, 1 1)"])
    >>> [float(m) for m in shapely.length(in_window(edge, (0, 0, 1, 1)))]
    [1.0, 0.0]
    """
    west, south, east, north = window
    inside = shapely.intersection(lines, shapely.box(west, south, east, north))
    return _only_lines(shapely.difference(inside, shapely.LineString([(east, south), (east, north), (west, north)])))


def spacing(lines: Geometries, crs: CRS) -> tuple[float, float] | None:
    """How far apart the vertices of lines are: the mean and the median metres; None where there is no line.

    >>> spacing(np.array([None], dtype=object), CRS("EPSG:4548")) is None
    True
    """
    xy, part, _ = _vertices(lines)
    start = np.flatnonzero(part[:-1] == part[1:])
    if not len(start):
        return None
    metres = length(shapely.linestrings(np.stack([xy[start], xy[start + 1]], axis=1)), crs)
    return float(metres.mean()), float(np.median(metres))


def length_at_scales(lines: Geometries, tolerances: tuple[float, ...], crs: CRS) -> tuple[float, ...]:
    """How long lines are when drawn more coarsely (Douglas-Peucker at each tolerance in metres), joined end to end.

    The length of a shore depends on the scale it is drawn at; this curve says how much (never an official length).

    >>> length_at_scales(np.array([None], dtype=object), (10.0,), CRS("EPSG:4548"))
    (0.0,)
    """
    xy, part, _ = _vertices(lines)
    joined = np.array([shapely.line_merge(shapely.multilinestrings([_lines(xy, part)]))]).ravel()
    coarser = (shapely.simplify(joined, tolerance, preserve_topology=False) for tolerance in tolerances)
    return tuple(float(length(drawn, crs).sum()) for drawn in coarser)


def _vertices(lines: Geometries) -> tuple[Floats, Indices, Indices]:
    """Distinct consecutive vertices, the part each belongs to, and the line each part belongs to."""
    parts, parent = shapely.get_parts(np.asarray(lines, dtype=object), return_index=True)
    is_line = np.isin(shapely.get_type_id(parts), (1, 2))
    parts, parent = parts[is_line], parent[is_line]
    xy, part = _distinct(*shapely.get_coordinates(parts, return_index=True))
    return xy, part, parent.astype(np.intp)


def _distinct(xy: Floats, part: Indices) -> tuple[Floats, Indices]:
    again = np.zeros(len(xy), dtype=bool)
    again[1:] = (part[1:] == part[:-1]) & (xy[1:] == xy[:-1]).all(axis=1)
    xy, part = xy[~again], part[~again]
    alone = np.bincount(part, minlength=1)[part] == 1
    return xy[~alone], part[~alone].astype(np.intp)


def _lines(xy: Floats, part: Indices) -> Geometries:
    """One line for each run of equal part numbers."""
    run = np.concatenate([[0], np.cumsum(part[1:] != part[:-1])]) if len(part) else np.zeros(0, dtype=int)
    return np.asarray(shapely.linestrings(xy, indices=run), dtype=object).ravel()


def _split(xy: Floats, part: Indices, parent: Indices) -> Edges:
    _, number, times = np.unique(xy @ np.array([1.0, 1.0j]), return_inverse=True, return_counts=True)
    end = np.ones(len(xy), dtype=bool)
    end[1:-1] = (part[1:-1] != part[:-2]) | (part[1:-1] != part[2:])
    # a line that turns back on itself is doubled from the tip on, so the tip is a node too
    tip = np.zeros(len(xy), dtype=bool)
    tip[1:-1] = ~end[1:-1] & (number[:-2] == number[2:])
    at = np.flatnonzero(end | tip | (times[number] > 1))
    same = part[at[:-1]] == part[at[1:]]
    start, stop = at[:-1][same], at[1:][same]
    count = stop - start + 1
    row = np.repeat(np.arange(len(start)), count)
    taken = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count - start, count)
    nodes = np.unique(number[at])
    u, v = (np.searchsorted(nodes, number[ends]).astype(np.int64) for ends in (start, stop))
    split = np.asarray(shapely.linestrings(xy[taken], indices=row), dtype=object).ravel()
    return Edges(split, parent[part[start]], u, v)


def _only_lines(geoms: Geometries) -> Geometries:
    """The line parts of geometries, as one geometry each; points, where lines only touch, are left out."""
    mixed = ~np.isin(shapely.get_type_id(geoms), (1, 5))
    found = np.array(geoms, dtype=object)
    for i in np.flatnonzero(mixed):
        parts = shapely.get_parts(shapely.get_parts(found[i]))
        found[i] = shapely.multilinestrings([parts[np.isin(shapely.get_type_id(parts), (1, 2))]])[0]
    return found


def _inside(lines: Geometries, zones: Geometries) -> tuple[Indices, Indices, Geometries]:
    """Which line has what piece in which zone, by line and zone."""
    tree = shapely.STRtree(lines)
    zone, line = tree.query(zones, predicate="intersects")
    whole_zone, whole_line = tree.query(zones, predicate="covers")
    order = np.lexsort((zone, line))
    line, zone = line[order], zone[order]
    whole = np.isin(line * max(len(zones), 1) + zone, whole_line * max(len(zones), 1) + whole_zone)
    piece = lines[line]
    part = np.flatnonzero(~whole)
    near = _near(zones[zone[part]], piece[part])
    piece[part] = _only_lines(shapely.intersection(piece[part], near))
    return line, zone, piece


def _near(zones: Geometries, lines: Geometries) -> Geometries:
    """What of each zone lies about its line: the rest of a large zone only costs time."""
    west, south, east, north = (shapely.bounds(lines) + np.array([-1.0, -1.0, 1.0, 1.0])).T
    return np.asarray(shapely.intersection(zones, shapely.box(west, south, east, north)), dtype=object)


def _first_come(line: Indices, zone: Indices, piece: Geometries, zones: Geometries) -> Geometries:
    """The pieces without what runs along the border of a zone, and along that of an earlier zone of the same line."""
    several = np.flatnonzero(np.bincount(line, minlength=1)[line] > 1)
    border = shapely.boundary(_near(zones[zone[several]], piece[several]))
    along = dict(zip(several, _only_lines(shapely.intersection(piece[several], border)), strict=True))
    taken: dict[int, shapely.Geometry] = {}
    for row in several:
        if not shapely.length(along[row]):
            continue
        earlier = taken.get(line[row])
        taken[line[row]] = along[row] if earlier is None else shapely.union(earlier, along[row])
        if earlier is not None:
            again = shapely.intersection(along[row], earlier)
            piece[row] = _only_lines(np.array([shapely.difference(piece[row], again)]))[0]
    return piece


def _outside(lines: Geometries, line: Indices, zone: Indices, zones: Geometries) -> Geometries:
    """What of each line lies in no zone."""
    rest = np.array(lines, dtype=object)
    for turn in range(int(np.bincount(line, minlength=1).max())):
        rank = np.arange(len(line)) - np.searchsorted(line, line)
        now = np.flatnonzero(rank == turn)
        near = _near(zones[zone[now]], rest[line[now]])
        rest[line[now]] = shapely.difference(rest[line[now]], near)
    return _only_lines(rest)


def _nearest(lines: Geometries, parent: Indices, zones: Geometries, beside: float) -> Cut:
    """Each straight piece of lines with the nearest zone within so many metres of its middle, the first on ties."""
    xy, part, owner = _vertices(lines)
    start = np.flatnonzero(part[:-1] == part[1:])
    middle = shapely.points((xy[start] + xy[start + 1]) / 2)
    piece, zone = shapely.STRtree(zones).query_nearest(middle, max_distance=beside)
    found = np.full(len(start), len(zones), dtype=np.intp)
    np.minimum.at(found, piece, zone)
    found[found == len(zones)] = -1
    straight = np.asarray(shapely.linestrings(np.stack([xy[start], xy[start + 1]], axis=1)), dtype=object)
    return Cut(straight, parent[owner[part[start]]], found)

"""How lines hang together: what runs beside what, which parts there are, where they all but meet, what they join."""

from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geoplan.ops import lines as drawn

Geometries: TypeAlias = NDArray[np.object_]
Indices: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]

__all__ = ["Beside", "Groups", "Structure", "beside", "groups", "structure"]

ALONG = 5.0
"""A stretch beside another line runs along it where it is this many times as long as they may lie apart: a street that
crosses at more than 24 degrees, or leaves at more than 12, is within reach of it for less."""
_HAIR = 1e-3
"""Metres by which a stretch is widened to be taken out of its own line."""


class Beside(NamedTuple):
    """Lines without the stretches that run beside an earlier one, and those stretches, each with its line."""

    kept: Geometries
    kept_of: Indices
    left: Geometries
    left_of: Indices


class Structure(NamedTuple):
    """How lines hang together.

    Attributes:
        part: which part each line is in, 0 the one with the most metres, where gaps are closed.
        drawn: how many parts there are as drawn.
        parts: how many with the gaps closed.
        rings: independent closed ways round.
        ends: points where only one line ends.
        gaps: the shortest lines across, one for each two parts that all but meet.
    """

    part: Indices
    drawn: int
    parts: int
    rings: int
    ends: Geometries
    gaps: Geometries


class Groups(NamedTuple):
    """Which places a network joins: how far each is from it, and the group it is in (-1: no line comes near)."""

    metres: Floats
    group: Indices


def beside(lines: Geometries, owner: Indices, apart: float) -> Beside:
    """Lines once where two run side by side (carriageways of one road, paths on both banks): the earlier owner's stays.

    A stretch is left out where it lies within `apart` metres of one earlier owner's lines for at least five times that.
    Shorter ones may be crossings and forks and stay, so what is left is at least the centre line, never less.

    Args:
        lines: LineStrings, those of owners to be kept before those of owners to be compared with them.
        owner: whose each line is; the lines of one owner are never compared with each other.
        apart: metres; 0 leaves everything.

    >>> two = shapely.from_wkt(["LINESTRING (0 0, 300 0)", "LINESTRING (100 10, 200 10)", "LINESTRING (50 -9, 50 9)"])
    >>> found = beside(two, np.array([0, 1, 2]), 15.0)
    >>> shapely.length(found.kept).tolist(), found.left_of.tolist()
    ([300.0, 18.0], [1])
    >>> len(beside(two[:0], np.zeros(0, dtype=int), 15.0).kept)
    0
    """
    kept = np.array(lines, dtype=object)
    left = np.full(len(kept), None, dtype=object)
    if apart > 0 and len(kept):
        later, earlier = shapely.STRtree(kept).query(kept, predicate="dwithin", distance=apart)
        other = (earlier < later) & (owner[earlier] != owner[later])
        later, earlier = later[other], earlier[other]
        order = np.lexsort((owner[earlier], later))
        later, earlier = later[order], earlier[order]
        for i in np.unique(later):
            near = earlier[np.searchsorted(later, i) : np.searchsorted(later, i, "right")]
            stretch = _along(kept[i], [kept[near[owner[near] == who]] for who in np.unique(owner[near])], apart)
            if stretch is not None:
                left[i], kept[i] = shapely.intersection(kept[i], stretch), shapely.difference(kept[i], stretch)
    rest = np.flatnonzero(~shapely.is_missing(left))
    parts, part_of = shapely.get_parts(kept, return_index=True)
    whole = shapely.length(parts) > 0
    return Beside(parts[whole], part_of[whole].astype(np.intp), left[rest], rest.astype(np.intp))


def structure(lines: Geometries, join: float) -> Structure:
    """Parts, rings, ends and gaps of lines that meet where they share a vertex.

    Rings are edges - nodes + parts, of the lines as drawn. A gap is where two parts come within `join` metres of each
    other without meeting; each two parts have at most one, the narrowest.

    >>> square = ["LINESTRING (0 0, 9 0, 9 9)", "LINESTRING (9 9, 0 9, 0 0)", "LINESTRING (12 9, 20 9)"]
    >>> found = structure(shapely.from_wkt(square), 5.0)
    >>> found.drawn, found.parts, found.rings, len(found.ends), shapely.length(found.gaps).tolist()
    (2, 1, 1, 2, [3.0])
    >>> structure(np.array([], dtype=object), 5.0).drawn
    0
    """
    split = drawn.edges(lines)
    if not len(split.lines):
        return Structure(np.zeros(len(lines), dtype=np.intp), 0, 0, 0, split.lines, split.lines)
    nodes = int(max(split.u.max(), split.v.max())) + 1
    count, label = _components(nodes, split.u, split.v)
    part = label[split.u]
    degree = np.bincount(np.r_[split.u, split.v], minlength=nodes)
    tips = np.full(nodes, None, dtype=object)
    tips[split.u], tips[split.v] = shapely.get_point(split.lines, 0), shapely.get_point(split.lines, -1)
    one, other, gaps = _gaps(split.lines, part, join)
    joined, together = _components(count, one, other)
    metres = np.bincount(together[part], shapely.length(split.lines), minlength=joined)
    rank = np.empty(joined, dtype=np.intp)
    rank[np.argsort(-metres, kind="stable")] = np.arange(joined)
    of_line = np.zeros(len(lines), dtype=np.intp)
    of_line[split.parent] = rank[together[part]]
    return Structure(of_line, count, joined, len(split.lines) - nodes + count, tips[degree == 1], gaps)


def groups(places: Geometries, lines: Geometries, part: Indices, join: float) -> Groups:
    """Which places lines join: places within `join` metres of one part are together, and so are parts by a place.

    >>> way = shapely.from_wkt(["LINESTRING (0 0, 9 0)"])
    >>> groups(shapely.points([[0, 1], [9, 2], [50, 0]]), way, np.array([0]), 5.0).group.tolist()
    [0, 0, -1]
    >>> groups(way[:0], way, np.array([0]), 5.0).group.tolist()
    []
    """
    n, metres = len(places), np.full(len(places), np.inf)
    if not n or not len(lines):
        return Groups(metres, np.full(n, -1, dtype=np.intp))
    tree = shapely.STRtree(lines)
    (place, _), apart = tree.query_nearest(places, return_distance=True, all_matches=False)
    metres[place] = apart
    near, line = tree.query(places, predicate="dwithin", distance=join)
    _, label = _components(n + int(part.max()) + 1, near, n + part[line])
    return Groups(metres, np.where(np.isin(np.arange(n), near), label[:n], -1).astype(np.intp))


def _along(line: shapely.Geometry, others: list[Geometries], apart: float) -> shapely.Geometry | None:
    """The ground of those stretches of a line that run along one of the others; None where there is none."""
    found = []
    for other in others:
        within = shapely.intersection(line, shapely.buffer(shapely.union_all(other), apart))
        stretches = shapely.get_parts(shapely.line_merge(within))
        found += stretches[shapely.length(stretches) >= ALONG * apart].tolist()
    return shapely.buffer(shapely.union_all(found), _HAIR, cap_style="flat") if found else None


def _components(count: int, one: Indices, other: Indices) -> tuple[int, Indices]:
    links = coo_array((np.ones(len(one)), (one, other)), shape=(count, count))
    number, label = connected_components(links, directed=False)
    return int(number), np.asarray(label, dtype=np.intp)


def _gaps(lines: Geometries, part: Indices, join: float) -> tuple[Indices, Indices, Geometries]:
    """Each two parts that come within `join` metres, and the shortest way across."""
    a, b = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=join)
    apart = part[a] < part[b]
    a, b = a[apart], b[apart]
    order = np.lexsort((shapely.distance(lines[a], lines[b]), part[b], part[a]))
    a, b = a[order], b[order]
    _, first = np.unique(np.stack([part[a], part[b]]), axis=1, return_index=True)
    return part[a[first]], part[b[first]], np.asarray(shapely.shortest_line(lines[a[first]], lines[b[first]]))

"""From a place to the street beside it: the nearest edge, the open way to it, and where a frontage runs along it."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Places: TypeAlias = NDArray[np.intp]
    Shapes: TypeAlias = NDArray[np.object_]

__all__ = ["barred", "frontage", "nearest_distance", "nearest_open", "ways"]

TIE = 1e-6
"""Two ways whose lengths differ by less than this many metres are equally short."""
CELL = 250.0
CHUNK = 25_000


def nearest_distance(shapes: "Shapes", tree: shapely.STRtree, farthest: float) -> "tuple[Places, Floats]":
    """The nearest thing in a tree to each shape and how far it is: -1 and infinite beyond `farthest`.

    A million points take seconds: neighbours are asked for one after the other, and two threads ask.
    """
    which, metres = np.full(len(shapes), -1, dtype=np.intp), np.full(len(shapes), np.inf)
    if not len(shapes) or not len(tree):
        return which, metres
    x, y = (np.floor(c / CELL) for c in shapely.bounds(shapes)[:, :2].T)
    order = np.lexsort((y, x))
    bound = farthest if np.isfinite(farthest) else None
    tree.query(shapely.Point(0, 0))  # builds the tree before threads share it

    def ask(some: "Places") -> None:
        (mine, found), apart = tree.query_nearest(
            shapes[some], max_distance=bound, return_distance=True, all_matches=False
        )
        which[some[mine]], metres[some[mine]] = found, apart

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ask, np.array_split(order, max(1, len(order) // CHUNK))))
    return which, metres


def barred(legs: "Shapes", barriers: "Shapes") -> "NDArray[np.bool_]":
    """Whether each straight leg crosses a barrier. One that starts or ends on a barrier does not cross it.

    >>> canal = shapely.linestrings([[[0, 5], [9, 5]]])
    >>> legs = shapely.linestrings([[[1, 0], [1, 9]], [[1, 0], [1, 5]], [[1, 0], [1, 4]], [[1, 5], [1, 5]]])
    >>> barred(legs, canal).tolist()
    [True, False, False, False]
    >>> barred(legs[:0], canal).tolist()
    []
    """
    crossed = np.zeros(len(legs), dtype=bool)
    if len(barriers) and len(legs):
        leg, barrier = shapely.STRtree(barriers).query(legs, predicate="intersects")
        walked = shapely.length(legs[leg]) > 0
        leg, barrier = leg[walked], barrier[walked]
        crossed[leg[~shapely.touches(legs[leg], barriers[barrier])]] = True
    return crossed


def frontage(outlines: "Shapes", edges: "Shapes") -> "tuple[Places, Shapes]":
    """The shortest legs from an outline to an edge, pair by pair: which pair, and the leg.

    An edge that crosses the outline gives a leg of no length at every crossing. One that runs along it at one distance
    gives the leg in the middle of that stretch, lest the choice among equals depend on the last digit of a coordinate.

    >>> block = shapely.linestrings([[0, 0], [80, 0], [80, 80], [0, 80], [0, 0]])
    >>> street, path = shapely.linestrings([[-50, -10], [200, -10]]), shapely.linestrings([[20, -10], [20, 90]])
    >>> pair, leg = frontage(np.array([block, block]), np.array([street, path]))
    >>> [(int(p), shapely.get_coordinates(g).tolist()) for p, g in zip(pair, leg)]
    [(0, [[40.0, 0.0], [40.0, -10.0]]), (1, [[20.0, 0.0], [20.0, 0.0]]), (1, [[20.0, 80.0], [20.0, 80.0]])]
    >>> len(frontage(np.array([], dtype=object), np.array([], dtype=object))[0])
    0
    """
    reach = shapely.distance(outlines, edges) + TIE
    at_vertex, along_vertex, near = _segments(outlines, edges, reach)
    at_corner, along_corner = _corners(outlines, edges, reach, near)
    meeting = np.flatnonzero(reach <= 2 * TIE)
    shared = shapely.intersection(outlines[meeting], edges[meeting])
    xy, at_crossing = shapely.get_coordinates(shared, return_index=True)
    at_crossing = meeting[at_crossing]
    along_crossing = shapely.line_locate_point(edges[at_crossing], shapely.points(xy))
    pair = np.concatenate([at_vertex, at_corner, at_crossing]).astype(np.intp)
    along = np.concatenate([along_vertex, along_corner, along_crossing])
    tied = shapely.distance(shapely.line_interpolate_point(edges[pair], along), outlines[pair]) <= reach[pair]
    pair, along = pair[tied], along[tied]
    order = np.lexsort((along, pair))
    return _stretches(outlines, edges, reach, pair[order], along[order])


def ways(shapes: "Shapes", targets: "Shapes", barriers: "Shapes") -> "tuple[Places, Shapes, Floats]":
    """The shortest legs between pairs of shape and target that cross no barrier: which pair, the leg, its length."""
    lines = (shapely.get_dimensions(shapes) > 0) & (shapely.get_dimensions(targets) > 0)
    front, plain = np.flatnonzero(lines), np.flatnonzero(~lines)
    pair, leg = frontage(shapes[front], targets[front])
    which = np.concatenate([front[pair], plain]).astype(np.intp)
    legs = np.concatenate([leg, shapely.shortest_line(shapes[plain], targets[plain])])
    open_ = np.flatnonzero(~barred(legs, barriers))
    which, legs = which[open_], legs[open_]
    return which, legs, shapely.length(legs)


def nearest_open(
    shapes: "Shapes", targets: "Shapes", tree: shapely.STRtree, farthest: "Floats", barriers: "Shapes"
) -> "tuple[Places, Places, Shapes]":
    """The shortest leg that crosses no barrier from each shape to any target within `farthest`.

    Returns which shape, which target and the leg. Equally short legs are all kept; a shape without one is not there.
    """
    _, apart = nearest_distance(shapes, tree, float(farthest.max(initial=0)))
    near = np.flatnonzero(apart <= farthest)
    mine, target = tree.query(shapes[near], predicate="dwithin", distance=apart[near] + TIE)
    mine = near[mine]
    pair, leg, _ = ways(shapes[mine], targets[target], barriers)
    shut = np.setdiff1d(near, mine[pair])
    again, other = tree.query(shapes[shut], predicate="dwithin", distance=farthest[shut])
    again = shut[again]
    pair_far, leg_far, length = ways(shapes[again], targets[other], barriers)
    shortest = np.full(len(shapes), np.inf)
    np.minimum.at(shortest, again[pair_far], length)
    kept = np.flatnonzero(length <= shortest[again[pair_far]] + TIE)
    return (
        np.concatenate([mine[pair], again[pair_far[kept]]]),
        np.concatenate([target[pair], other[pair_far[kept]]]),
        np.concatenate([leg, leg_far[kept]]),
    )


def _segments(
    outlines: "Shapes", edges: "Shapes", reach: "Floats"
) -> "tuple[Places, Floats, tuple[Places, Floats, Shapes]]":
    """Vertices of edges: whose, and metres along; and of their straight segments those nearest to the outline."""
    xy, pair = shapely.get_coordinates(edges, return_index=True)
    step = np.r_[0.0, np.hypot(*np.diff(xy, axis=0).T)] if len(xy) else np.zeros(0)
    along = np.cumsum(step)
    along -= along[np.searchsorted(pair, pair)]
    first = np.flatnonzero(pair[1:] == pair[:-1])
    lines = (
        shapely.linestrings(np.stack([xy[first], xy[first + 1]], axis=1)) if len(first) else xy[:0, 0].astype(object)
    )
    near = shapely.distance(lines, outlines[pair[first]]) <= reach[pair[first]]
    return pair, along, (pair[first[near]], along[first[near]], lines[near])


def _corners(
    outlines: "Shapes", edges: "Shapes", reach: "Floats", near: "tuple[Places, Floats, Shapes]"
) -> "tuple[Places, Floats]":
    """Places on the nearest segments straight across from a vertex of the outline: whose, and metres along."""
    xy, owner = shapely.get_coordinates(outlines, return_index=True)
    west, south, east, north = shapely.bounds(edges).reshape(-1, 4).T
    x, y, r = xy[:, 0], xy[:, 1], reach[owner]
    # vertices beyond the box of their edge, widened, cannot be nearest
    inside = (x >= west[owner] - r) & (x <= east[owner] + r) & (y >= south[owner] - r) & (y <= north[owner] + r)
    xy, owner = xy[inside], owner[inside]
    pair, start, lines = near
    low, high = np.searchsorted(owner, pair, "left"), np.searchsorted(owner, pair, "right")
    segment = np.repeat(np.arange(len(pair)), high - low)
    vertex = np.arange(len(segment)) - np.repeat(np.cumsum(high - low) - high, high - low)
    point = shapely.points(xy[vertex])
    return pair[segment], start[segment] + shapely.line_locate_point(lines[segment], point)


def _stretches(
    outlines: "Shapes", edges: "Shapes", reach: "Floats", pair: "Places", along: "Floats"
) -> "tuple[Places, Shapes]":
    """One leg for every stretch of an edge that is nearest all along, from its ends in order."""
    middle = shapely.line_interpolate_point(edges[pair[1:]], (along[1:] + along[:-1]) / 2)
    joined = (pair[1:] == pair[:-1]) & (shapely.distance(middle, outlines[pair[1:]]) <= reach[pair[1:]])
    first = np.flatnonzero(np.r_[True, ~joined]) if len(pair) else np.zeros(0, dtype=np.intp)
    last = np.r_[first[1:], len(pair)] - 1 if len(pair) else first
    which = pair[first]
    spot = shapely.line_interpolate_point(edges[which], (along[first] + along[last]) / 2)
    return which, shapely.shortest_line(outlines[which], spot)

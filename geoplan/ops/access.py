"""Where people step out of a parcel, and where they step onto the street: entrances, else an estimate that says so."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import shapely

from geoplan.ops import ellipsoid, snap
from geoplan.ops.network import Network, Positions, at_nodes

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    Floats: TypeAlias = NDArray[np.float64]
    Places: TypeAlias = NDArray[np.intp]
    Shapes: TypeAlias = NDArray[np.object_]

__all__ = [
    "Access",
    "Doors",
    "access_points",
    "doors_of",
    "ground_scale",
    "no_doors",
    "no_shapes",
    "starts",
    "straight_metres",
]

VERTICES = 32
"""Outlines are searched in pieces of this many vertices: a park of 5,000 vertices is far slower asked as a whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Doors:
    """Entrances, each with the shape it belongs to.

    Attributes:
        points: (k,); one that serves two shapes stands here twice.
        owner: position of the shape it belongs to, (k,).
        unmatched: how many entrances belong to none of the shapes.
    """

    points: "Shapes"
    owner: "Places"
    unmatched: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """Ways from shapes onto the network. A shape may have many; one that has none could not be attached.

    Attributes:
        owner: position of the shape, (k,).
        legs: what is walked beside the network, from the shape to the street, (k,).
        positions: where the network is stepped onto; `off` is the length of the leg on the ground.
        estimated: whether no entrance is known and the place is a guess, (k,).
    """

    owner: "Places"
    legs: "Shapes"
    positions: Positions
    estimated: "NDArray[np.bool_]"

    def of(self, owners: "NDArray[np.bool_]") -> "Access":
        """The ways of some of the shapes, by mask."""
        k = owners[self.owner]
        return Access(self.owner[k], self.legs[k], self.positions.take(k), self.estimated[k])

    def apart(self, network: Network, parts: "Places", count: int) -> "NDArray[np.bool_]":
        """Which of the shapes are attached only to streets cut off from the largest part of the network.

        Args:
            network: the streets.
            parts: from `network.components`.
            count: how many shapes there are.
        """
        attached, joined = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
        attached[self.owner] = True
        joined[self.owner[parts[network.u[self.positions.edge]] == 0]] = True
        return attached & ~joined

    def nearest(self, metres: "Floats", count: int) -> "tuple[Floats, Places]":
        """Per shape the least of its ways' metres, and which way that is: infinite and -1 where it has none."""
        best, way = np.full(count, np.inf), np.full(count, -1, dtype=np.intp)
        order = np.argsort(-metres, kind="stable")
        best[self.owner[order]], way[self.owner[order]] = metres[order], order
        way[np.isinf(best)] = -1
        return best, way


def no_shapes() -> "Shapes":
    """No shape at all."""
    return np.zeros(0, dtype=object)


def no_doors() -> Doors:
    """No entrance is known."""
    return Doors(no_shapes(), np.zeros(0, dtype=np.intp))


def doors_of(
    points: "Shapes", named: "NDArray[Any]", ids: "NDArray[Any]", shapes: "Shapes", gap: float, crs: "CRS"
) -> Doors:
    """Which shape each entrance belongs to: the one it names, else the nearest whose boundary is within `gap`.

    Args:
        points: entrances (k,).
        named: id of the shape each names, None where it names none (k,).
        ids: ids of the shapes (n,); an id that two shapes share names neither.
        shapes: parcels, parks or facilities (n,).
        gap: metres.
        crs: of all coordinates.
    """
    unique, first, count = np.unique(ids.astype(str), return_index=True, return_counts=True)
    position = dict(zip(unique[count == 1].tolist(), first[count == 1].tolist(), strict=True))
    shared = set(unique[count > 1].tolist())
    silent = np.array([n is None or n != n or n == "" or str(n) in shared for n in named], dtype=bool)  # noqa: PLR0124  (NaN)
    by_name = np.array(
        [-1 if s else position.get(str(n), -1) for n, s in zip(named, silent, strict=True)], dtype=np.intp
    )
    outlines, mute = outline(shapes), np.flatnonzero(silent)
    tree = shapely.STRtree(outlines)
    farthest = gap * ground_scale(points[mute], crs) + snap.TIE
    _, apart = snap.nearest_distance(points[mute], tree, float(farthest.max(initial=0)))
    near = np.flatnonzero(apart <= farthest)
    door, owner = tree.query(points[mute[near]], predicate="dwithin", distance=apart[near] + snap.TIE)
    door, named_door = mute[near[door]], np.flatnonzero(by_name >= 0)
    which = np.concatenate([named_door, door])
    return Doors(points[which], np.concatenate([by_name[named_door], owner]), len(points) - len(np.unique(which)))


def access_points(
    shapes: "Shapes",
    doors: Doors,
    network: Network,
    crs: "CRS",
    *,
    gap: float,
    max_snap: float,
    snap_to: Literal["edge", "node"] = "edge",
    barriers: "Shapes | None" = None,
) -> Access:
    """Where people of each shape step onto the network.

    Its entrances, each to the nearest street; a shape that is a point is its own entrance. Without entrances every edge
    that crosses the shape or passes within `gap` gives the boundary point closest to it; without such an edge, the
    single nearest one. No leg is longer than `max_snap`, none crosses a barrier. Metres are on the ground: planar ones
    over the scale of the projection at the place.
    """
    walls = no_shapes() if barriers is None else barriers
    point = (shapely.get_type_id(shapes) == 0) & ~np.isin(np.arange(len(shapes)), doors.owner)
    points = np.concatenate([doors.points, shapes[point]])
    owner = np.concatenate([doors.owner, np.flatnonzero(point)])
    edges = (network.shapes, network.tree)
    nodes = shapely.points(network.node_points()) if snap_to == "node" else no_shapes()
    targets = edges if snap_to == "edge" else (nodes, shapely.STRtree(nodes))
    farthest = max_snap * ground_scale(points, crs) + snap.TIE
    mine, target, legs = snap.nearest_open(points, *targets, farthest, walls)
    rest = np.setdiff1d(np.arange(len(shapes)), owner)
    beside, edge, guessed = _estimated(shapes[rest], network, crs, gap, max_snap, walls)
    if snap_to == "node":
        steps = shapely.get_point(guessed, 0)
        farthest = max_snap * ground_scale(steps, crs) + snap.TIE
        again, edge, guessed = snap.nearest_open(steps, *targets, farthest, walls)
        beside = beside[again]
    target, legs = np.concatenate([target, edge]), np.concatenate([legs, guessed])
    estimated = np.r_[np.zeros(len(mine), dtype=bool), np.ones(len(beside), dtype=bool)]
    off = shapely.length(legs) / ground_scale(legs, crs)
    where = _on_edges(network, target, legs, off) if snap_to == "edge" else at_nodes(network, target, off)
    return Access(np.concatenate([owner[mine], rest[beside]]), legs, where, estimated)


def starts(shapes: "Shapes", doors: Doors) -> "Shapes":
    """Where a straight line to or from each shape may start: at its entrances, else anywhere on it."""
    out = shapes.copy()
    order = np.argsort(doors.owner, kind="stable")
    if len(order):
        number, owner = np.unique(doors.owner[order], return_inverse=True)
        out[number] = shapely.multipoints(doors.points[order], indices=owner)
    return out


def straight_metres(origins: "Shapes", supply: "Shapes", crs: "CRS") -> "tuple[Floats, Places]":
    """How far each origin is from the nearest supply as the crow flies, and which: infinite and -1 without supply."""
    metres, which = np.full(len(origins), np.inf), np.full(len(origins), -1, dtype=np.intp)
    if not len(origins) or not len(supply):
        return metres, which
    inside, holder = shapely.STRtree(supply).query(origins, predicate="intersects")
    metres[inside], which[inside] = 0.0, holder
    rest = np.flatnonzero(which < 0)
    pieces, owner = _pieces(outline(supply))
    found, apart = snap.nearest_distance(origins[rest], shapely.STRtree(pieces), np.inf)
    which[rest] = owner[found]
    metres[rest] = apart / ground_scale(origins[rest], crs)
    return metres, which


def outline(shapes: "Shapes") -> "Shapes":
    """The boundary of polygons; lines and points as they are."""
    areal = shapely.get_dimensions(shapes) == 2
    out = shapes.copy()
    out[areal] = shapely.boundary(shapes[areal])
    return out


def _estimated(
    shapes: "Shapes", network: Network, crs: "CRS", gap: float, max_snap: float, walls: "Shapes"
) -> "tuple[Places, Places, Shapes]":
    """Legs from boundaries to every edge within `gap`, else to the nearest: which shape, which edge, the leg."""
    scale, outlines = ground_scale(shapes, crs), outline(shapes)
    farthest = max_snap * scale + snap.TIE
    mine, edge = network.tree.query(shapes, predicate="dwithin", distance=gap * scale + snap.TIE)
    pair, legs, length = snap.ways(outlines[mine], network.shapes[edge], walls)
    short = length <= farthest[mine[pair]]
    beside, target, legs = mine[pair[short]], edge[pair[short]], legs[short]
    rest = np.setdiff1d(np.arange(len(shapes)), beside)
    lone, far, leg = snap.nearest_open(outlines[rest], network.shapes, network.tree, farthest[rest], walls)
    return np.concatenate([beside, rest[lone]]), np.concatenate([target, far]), np.concatenate([legs, leg])


def _on_edges(network: Network, edge: "Places", legs: "Shapes", off: "Floats") -> Positions:
    """The far ends of legs as positions on edges. An edge may be longer than it is drawn."""
    lines, spot = network.shapes[edge], shapely.get_point(legs, -1)
    drawn = shapely.length(lines)
    share = np.divide(shapely.line_locate_point(lines, spot), drawn, out=np.zeros(len(edge)), where=drawn > 0)
    return Positions(edge, np.clip(share, 0.0, 1.0) * network.length[edge], off)


def _pieces(outlines: "Shapes") -> "tuple[Shapes, Places]":
    """Outlines in pieces of few vertices, and which outline each is of."""
    parts, owner = shapely.get_parts(outlines, return_index=True)
    lines = shapely.get_dimensions(parts) == 1
    xy, part = shapely.get_coordinates(parts[lines], return_index=True)
    step = np.arange(len(part)) - np.searchsorted(part, part)
    # the vertex where two pieces meet belongs to both: it is repeated at the head of the next piece
    ends = np.r_[part[1:] != part[:-1], True] if len(part) else np.zeros(0, dtype=bool)
    again = np.flatnonzero((step % (VERTICES - 1) == 0) & (step > 0) & ~ends)
    number = part * (len(xy) + 1) + np.maximum(step - 1, 0) // (VERTICES - 1)
    xy = np.insert(xy, again + 1, xy[again], axis=0)
    number = np.insert(number, again + 1, number[np.minimum(again + 1, len(number) - 1)])
    label, piece = np.unique(number, return_inverse=True)
    made = shapely.linestrings(xy, indices=piece) if len(xy) else no_shapes()
    return np.concatenate([made, parts[~lines]]), np.concatenate(
        [owner[lines][label // (len(part) + 1)], owner[~lines]]
    )


def ground_scale(shapes: "Shapes", crs: "CRS") -> "Floats":
    """Planar over true length at the middle of the box of each shape."""
    west, south, east, north = shapely.bounds(shapes).reshape(-1, 4).T
    return ellipsoid.scale((west + east) / 2, (south + north) / 2, crs)

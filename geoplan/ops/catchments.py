"""Catchments of stations: the ring around the entrances, what of it can be walked, and whose the overlaps are."""

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import shapely

from geoplan.ops import access, ellipsoid, overlay, service, walkshed
from geoplan.ops.network import Network, Positions, build_network, nearest_supply
from geoplan.ops.service import Side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from pyproj import CRS

    from geoplan.ops.access import Access

    Floats: TypeAlias = NDArray[np.float64]
    Places: TypeAlias = NDArray[np.intp]
    Shapes: TypeAlias = NDArray[np.object_]
    Lands: TypeAlias = dict[str, dict[float, Shapes]]

__all__ = ["allocated_rings", "allocated_sheds", "certain_and_possible", "drawn", "figures", "sheds"]

SPACING = 10.0
"""Metres between the points that stand for the body of a station without entrances, where rings meet half-way."""
SPARE = 1.002
"""A crop is this much larger than the walk, because plane and ground differ."""


def drawn(
    stops: Side, network: Network | None, distances: "Sequence[float]", width: float, crs: "CRS", **how: Any
) -> "tuple[Lands, Lands, Access | None]":
    """Ring and walking catchment of each station at each distance, and of both what is its own where they overlap.

    Args:
        stops: the stations and their entrances.
        network: the streets; without them there are rings only.
        distances: metres.
        width: metres to both sides of a street that a walking catchment holds.
        crs: of all coordinates.
        how: of `access.access_points`.

    Returns:
        Twice `straight` and `walk` -> distance -> polygons (n,): the catchments, and those shared out. Then where the
        stations are attached to the network, None without one.
    """
    rings = {d: service.discs(stops.starts, d, crs) for d in distances}
    lands = {"straight": rings}
    own = {"straight": {d: allocated_rings(rings[d], stops.starts) for d in distances}}
    ways = None
    if network is not None:
        ways = access.access_points(stops.shapes, stops.doors, network, crs, **how)
        lands["walk"] = sheds(network, ways, rings, width, crs)
        own["walk"] = {d: allocated_sheds(network, ways, lands["walk"][d], d, width, crs) for d in distances}
    return lands, own, ways


def figures(
    rings: "Shapes", walks: "Shapes | None", own: "Shapes", homes: "Shapes", people: "Floats", crs: "CRS"
) -> "dict[str, Floats]":
    """What each ring holds and what each walking catchment; the rings may overlap, so their figures do not add up.

    m2 of ground and of residential land (drawn twice, it counts once), and of the people of each home the share of its
    ground that lies inside; people nobody counted are left out. `shed_ratio` is walkable ground as % of the ring,
    `homes_share` residential land as % of it. What was not drawn is NaN.

    Args:
        rings: everything within a distance of each station (n,).
        walks: what of it can be walked, None where a station could not be attached (n,); None without a network.
        own: the ground of each station alone; its figures add up (n,).
        homes: residential polygons (m,).
        people: of each home, NaN where nobody counted (m,).
        crs: of all coordinates.
    """
    walkable = np.full(len(rings), None, dtype=object) if walks is None else walks
    land, whole = overlay.disjoint(homes), ellipsoid.area(homes, crs)
    found = {}
    for name, covers in (("", rings), ("walk_", walkable), ("own_", own)):
        shared, living = overlay.pieces(land, covers), overlay.pieces(homes, covers)
        counted = np.isfinite(people)[living.left]
        share = ellipsoid.area(living.shapes, crs) / whole[living.left] * np.where(counted, people[living.left], 0.0)
        made = ~shapely.is_missing(covers)
        for what, at, each in (
            ("homes", shared.right, ellipsoid.area(shared.shapes, crs)),
            ("people", living.right, share),
        ):
            found[f"{name}{what}"] = np.where(made, np.bincount(at, each, minlength=len(rings)), np.nan)
    found["radius_area"], found["walk_area"] = ellipsoid.area(rings, crs), ellipsoid.area(walkable, crs)
    found["shed_ratio"] = 100 * found["walk_area"] / found["radius_area"]
    found["homes_share"] = 100 * found["homes"] / found["radius_area"]
    return found


def certain_and_possible(
    lands: "Shapes", rings: "Shapes", certain: "NDArray[np.bool_]", everywhere: shapely.Geometry
) -> "tuple[Shapes, Shapes]":
    """Land that certainly lies in a catchment, and land that may: whatever nobody can tell is not simply outside.

    The ring of a station that no street leads to may be walkable; the catchment of a station of unknown class may
    count; without any station everything may lie near one.
    """
    made = ~shapely.is_missing(lands)
    possible = np.concatenate([lands[made & ~certain], rings[~made]])
    return lands[made & certain], possible if len(lands) else np.array([everywhere], dtype=object)


def allocated_rings(rings: "Shapes", starts: "Shapes") -> "Shapes":
    """What of each ring lies nearer to its station than to any other, straight: together the rings, nothing twice.

    Args:
        rings: everything within a distance of each station (n,).
        starts: entrances of each station, or its body (n,). Of two stations at one place the first has the ground.
    """
    xy, owner = shapely.get_coordinates(shapely.segmentize(starts, SPACING), return_index=True)
    _, first = np.unique(xy, axis=0, return_index=True)
    if len(np.unique(owner[first])) < 2:
        return _first_come(rings)
    box = shapely.box(*shapely.total_bounds(rings))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(xy[first]), extend_to=box, ordered=True))
    cell = np.array([shapely.union_all(cells[owner[first] == i]) for i in range(len(rings))], dtype=object)
    return _first_come(overlay.only_polygons(shapely.intersection(rings, cell)))


def sheds(
    network: Network, ways: "Access", rings: "Mapping[float, Shapes]", width: float, crs: "CRS"
) -> "dict[float, Shapes]":
    """The land of each ring within `width` metres of the streets from which its station can be walked to.

    Args:
        network: the streets.
        ways: access points of the stations; one that could not be attached has no land, which is None.
        rings: distance -> everything within it of each station (n,).
        width: metres to both sides of a street.
        crs: of all coordinates.
    """
    distances, count = tuple(rings), len(next(iter(rings.values())))
    parts: list[list[walkshed.Pieces]] = [[] for _ in distances]
    drawn_per_metre = _drawn_per_metre(network)
    for station in range(count):
        mine = ways.owner == station
        spots = shapely.get_point(ways.legs[mine], -1)
        near = _near(network, spots, max(distances) * max(drawn_per_metre, *access.ground_scale(spots, crs), 1.0))
        edge = np.searchsorted(near, ways.positions.edge[mine])
        here = build_network(network.u[near], network.v[near], network.length[near], network.shapes[near])
        places = Positions(edge, ways.positions.at[mine], ways.positions.off[mine])
        walks = nearest_supply(here, places, max(distances))
        for found, distance in zip(parts, distances, strict=True):
            pieces = walkshed.reached_pieces(walks, distance)
            found.append(walkshed.Pieces(near[pieces.edge], pieces.start, pieces.end, pieces.owner))
    attached = np.isin(np.arange(count), ways.owner)
    out = {}
    for found, distance in zip(parts, distances, strict=True):
        strips = walkshed.land_beside(network, found, _wide(network, width, crs))
        out[distance] = overlay.only_polygons(shapely.intersection(strips, rings[distance]))
        out[distance][~attached] = None
    return out


def allocated_sheds(
    network: Network, ways: "Access", lands: "Shapes", distance: float, width: float, crs: "CRS"
) -> "Shapes":
    """What of its walkable land is nearer to each station than to any other on foot: together all of it, nothing twice.

    Where the strips beside two stations' streets overlap, the first station has the ground; what lies beside a street
    nearer to a station whose ring ends before goes to the first station whose catchment holds it.

    Args:
        network: the streets.
        ways: access points of the stations.
        lands: the walkable land of each station, None where there is none (n,).
        distance: metres, as for `lands`.
        width: metres, as for `lands`.
        crs: of all coordinates.
    """
    pieces = walkshed.reached_pieces(nearest_supply(network, ways.positions, distance), distance, ways.owner)
    strips = walkshed.land_beside(network, [pieces.of(i) for i in range(len(lands))], _wide(network, width, crs))
    own = _first_come(overlay.only_polygons(shapely.intersection(strips, lands)))
    tree, rest = shapely.STRtree(own), lands.copy()
    for station, land in enumerate(lands):
        taken = shapely.union_all(own[tree.query(land, predicate="intersects")])
        rest[station] = shapely.difference(land, taken)
    return overlay.only_polygons(shapely.union(own, _first_come(overlay.only_polygons(rest))))


def _first_come(shapes: "Shapes") -> "Shapes":
    """The shapes without what an earlier one covers already."""
    out = shapes.copy()
    later, earlier = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for i in range(len(shapes)):
        before = earlier[(later == i) & (earlier < i)]
        if len(before):
            out[i] = shapely.difference(shapes[i], shapely.union_all(shapes[before]))
    return overlay.only_polygons(out)


def _drawn_per_metre(network: Network) -> float:
    """The most units of the plane that any street has for a metre to walk: an edge may be shorter than it is drawn."""
    walked = network.length > 0
    return float(np.max(shapely.length(network.shapes[walked]) / network.length[walked], initial=1.0))


def _near(network: Network, spots: "Shapes", radius: float) -> "Places":
    """Edges within a planar distance of the spots, ascending."""
    around = shapely.buffer(spots, radius * SPARE)
    return np.unique(network.tree.query(around, predicate="intersects")[1])


def _wide(network: Network, width: float, crs: "CRS") -> float:
    """Metres on the ground in the units of the plane, in the middle of the network."""
    if not len(network.shapes):
        return width
    box = shapely.box(*shapely.total_bounds(network.shapes))
    return width * float(access.ground_scale(np.array([box]), crs)[0])

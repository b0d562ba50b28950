"""Who is served: how far each parcel is from its nearest facility, and what nobody can know about it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import shapely

from geoplan.ops import access, ellipsoid, overlay, walkshed
from geoplan.ops.access import Access, Doors
from geoplan.ops.network import INCLUSIVE, Network, Walks, nearest_supply, walk_metres

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    Flags: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]
    Places: TypeAlias = NDArray[np.intp]
    Shapes: TypeAlias = NDArray[np.object_]

__all__ = [
    "REASONS",
    "Portions",
    "Service",
    "Side",
    "as_the_crow_flies",
    "counts",
    "discs",
    "large_enough",
    "measured",
    "on_foot",
    "portions",
    "reasons",
]

REASONS = ("unclassed", "unsnapped", "no_supply", "island", "supply_unclassed", "supply_unsnapped")
"""Why nobody can tell whether a parcel is served: its class is unknown; no street is near enough to it; there is no
supply; its streets lead to none; only supply of unknown class is near; only supply no street leads to is near."""
QUARTER = 64


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side of the question: the parcels, or the facilities.

    Attributes:
        shapes: polygons, lines or points (n,).
        doors: their entrances, where any are known.
        certain: whether each certainly belongs here; False where its class is not known (n,).
    """

    shapes: "Shapes"
    doors: Doors
    certain: "Flags"

    @property
    def starts(self) -> "Shapes":
        """Where straight lines start: entrances, else anywhere on the shape."""
        return access.starts(self.shapes, self.doors)

    def of(self, kept: "Flags") -> "Side":
        """Some of the shapes, by mask, with their entrances."""
        number = np.cumsum(kept) - 1
        mine = kept[self.doors.owner]
        doors = Doors(self.doors.points[mine], number[self.doors.owner[mine]], self.doors.unmatched)
        return Side(self.shapes[kept], doors, self.certain[kept])


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """Per parcel, how far the nearest supply is.

    Attributes:
        metres: to the nearest certain supply; infinite where none can be reached (n,).
        any_metres: to the nearest supply, supply of unknown class included (n,).
        lost_metres: straight to the nearest supply that no street leads to (n,).
        supply: which certain supply is nearest, -1 where none is (n,).
        attached: whether the parcel could be attached to the network (n,).
        estimated: whether its entrances are a guess (n,).
        ways: access points of the parcels and of the supply; None for straight lines.
        walks: everywhere's distance to certain supply, and to any; None for straight lines.
    """

    metres: "Floats"
    any_metres: "Floats"
    lost_metres: "Floats"
    supply: "Places"
    attached: "Flags"
    estimated: "Flags"
    ways: tuple[Access, Access] | None = None
    walks: tuple[Walks, Walks] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Portions:
    """Per parcel, whether and how much of it is served within a limit.

    Attributes:
        served: whether the whole parcel counts as served (n,).
        why: why nobody can tell, one of `REASONS`; empty where it is known (n,).
        share: the share of its ground and people that is served (n,).
        blank: the share of which nobody can tell (n,).
    """

    served: "Flags"
    why: "NDArray[np.object_]"
    share: "Floats"
    blank: "Floats"

    @property
    def status(self) -> "NDArray[np.object_]":
        """`reached`, `unreached` or `unknown` (n,)."""
        words = [np.full(len(self.why), word, dtype=object) for word in ("unknown", "reached")]
        return np.select([self.why != "", self.served], words, default="unreached")


def measured(demand: Side, supply: Side, network: Network | None, crs: "CRS", **how: Any) -> dict[str, Service]:
    """How far supply is by every way that can be measured: always `straight`, and on a network also `walk`."""
    found = {"straight": as_the_crow_flies(demand, supply, crs)}
    return found if network is None else found | {"walk": on_foot(demand, supply, network, crs, **how)}


def as_the_crow_flies(demand: Side, supply: Side, crs: "CRS") -> Service:
    """Straight lines between entrances, or the nearest points of shapes without entrances."""
    n, starts, ends = len(demand.shapes), demand.starts, supply.starts
    number = np.flatnonzero(supply.certain)
    metres, which = access.straight_metres(starts, ends[number], crs)
    every = metres if supply.certain.all() else access.straight_metres(starts, ends, crs)[0]
    nearest = np.where(which < 0, -1, number[which]) if len(number) else which
    guessed = ~np.isin(np.arange(n), demand.doors.owner) & (shapely.get_type_id(demand.shapes) != 0)
    return Service(metres, every, np.full(n, np.inf), nearest, np.ones(n, dtype=bool), guessed)


def on_foot(
    demand: Side, supply: Side, network: Network, crs: "CRS", *, origins: Access | None = None, **how: Any
) -> Service:
    """Shortest walks between access points, what is beside the network included.

    Args:
        demand: the parcels.
        supply: the facilities.
        network: the streets.
        crs: of all of them.
        origins: access points of the demand, where they are known already from another question.
        how: as `access.access_points` takes it.
    """
    origins = origins or access.access_points(demand.shapes, demand.doors, network, crs, **how)
    ends = access.access_points(supply.shapes, supply.doors, network, crs, **how)
    n, sure = len(demand.shapes), ends.of(supply.certain)
    walks = nearest_supply(network, sure.positions)
    along, source = walk_metres(walks, origins.positions)
    metres, way = origins.nearest(along, n)
    came = np.where(way < 0, -1, source[way]) if len(way) and len(source) else np.full(n, -1, dtype=np.intp)
    nearest = np.where(came < 0, -1, sure.owner[came]) if len(sure.owner) else came
    walks_any, every = walks, metres
    if not supply.certain.all():
        walks_any = nearest_supply(network, ends.positions)
        every, _ = origins.nearest(walk_metres(walks_any, origins.positions)[0], n)
    lost = ~np.isin(np.arange(len(supply.shapes)), ends.owner)
    lost_metres, _ = access.straight_metres(demand.starts, supply.starts[lost], crs)
    attached, guessed = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    attached[origins.owner], guessed[origins.owner] = True, origins.estimated
    guessed |= ~attached & ~np.isin(np.arange(n), demand.doors.owner)
    return Service(metres, every, lost_metres, nearest, attached, guessed, (origins, ends), (walks, walks_any))


def reasons(service: Service, certain: "Flags", limit: float) -> "NDArray[np.object_]":
    """Why nobody can tell whether a parcel is served within `limit`: one of `REASONS`, empty where it is known."""
    far = service.metres > limit + INCLUSIVE
    none = np.isinf(service.metres)
    nowhere = not (service.walks and len(service.walks[0].stop_edge))
    causes = [
        ~certain,
        far & ~service.attached,
        none & nowhere,
        none,
        far & (service.any_metres <= limit + INCLUSIVE),
        far & (service.lost_metres <= limit + INCLUSIVE),
    ]
    return np.select(causes, [np.full(len(certain), word, dtype=object) for word in REASONS], default="")


def portions(
    service: Service,
    sides: tuple[Side, Side],
    limit: float,
    *,
    areas: "Floats",
    crs: "CRS",
    gap: float,
    rule: Literal["parcel", "area"] = "parcel",
) -> Portions:
    """How much of each parcel is served within `limit`, how much is not, and of how much nobody can tell.

    By the rule `parcel` a parcel is served whole or not at all. By `area` the share of its ground counts that lies
    within `gap` of a piece of street from which supply is within the limit (in a straight line: within the limit).
    """
    demand, supply = sides
    why = reasons(service, demand.certain, limit)
    unknown = why != ""
    served = ~unknown & (service.metres <= limit + INCLUSIVE)
    if rule == "parcel":
        return Portions(served, why, served.astype(float), unknown.astype(float))
    covers = []
    for number in range(1 if supply.certain.all() else 2):
        if service.walks is None:
            chosen = supply.starts if number else supply.starts[supply.certain]
            cover = discs(chosen, limit, crs)
        else:
            cover = _streets_beside(service.walks[number], limit, gap, crs)
        under = overlay.covered(demand.shapes, cover, crs)
        covers.append(np.clip(np.divide(under, areas, out=np.zeros(len(areas)), where=areas > 0), 0.0, 1.0))
    share = np.where(demand.certain, covers[0], 0.0)
    # where only supply of unknown class is missing, no more than what it would add is unknown
    rest = np.where(unknown & (why != "supply_unclassed"), 1.0, covers[-1])
    return Portions(served, why, share, np.maximum(rest - share, 0.0))


def counts(
    service: Service, part: Portions, demand: Side, supply: Side, parts: "Places | None" = None
) -> dict[str, float | None]:
    """What must be said beside the share where it is not 0: how many parcels and facilities are in doubt, and why.

    With the connected parts of the network also how many are attached to streets cut off from the largest, islands
    told already left out.
    """
    attached, far = np.arange(len(supply.shapes)), {}
    if service.ways and service.walks:
        attached, net = service.ways[1].owner, service.walks[0].network
        if parts is not None:
            apart, supply_apart = (
                ways.apart(net, parts, len(s.shapes)) for ways, s in zip(service.ways, (demand, supply), strict=True)
            )
            far = {"apart": float((apart & (part.why != "island")).sum()), "supply_apart": float(supply_apart.sum())}
    return {
        "unreached": float((part.status == "unreached").sum()),
        **{f"unknown_{word}": float((part.why == word).sum()) for word in REASONS},
        "estimated": float(service.estimated.sum()),
        "supply_unclassed": float((~supply.certain).sum()),
        "supply_unsnapped": float(len(supply.shapes) - len(np.unique(attached))),
        "entrances_unmatched": float(demand.doors.unmatched),
        "supply_entrances_unmatched": float(supply.doors.unmatched),
        **far,
    }


def large_enough(shapes: "Shapes", minimum: float | None, crs: "CRS") -> "tuple[Flags, Flags]":
    """Which shapes are not smaller than that many m2, and of which anybody can tell: a point has no area.

    >>> from pyproj import CRS
    >>> park, lawn = shapely.box(500000, 0, 500030, 20), shapely.box(500000, 0, 500010, 20)
    >>> town = np.array([park, lawn, shapely.Point(500000, 0)])
    >>> large_enough(town, 400.0, CRS("EPSG:4548"))
    (array([ True, False,  True]), array([ True,  True, False]))
    >>> large_enough(town[:0], None, CRS("EPSG:4548"))
    (array([], dtype=bool), array([], dtype=bool))
    """
    if minimum is None:
        return np.ones(len(shapes), dtype=bool), np.ones(len(shapes), dtype=bool)
    areal, area = shapely.get_dimensions(shapes) == 2, ellipsoid.area(shapes, crs)
    return ~areal | (area >= minimum * (1 - 1e-10)), areal


def discs(starts: "Shapes", metres: float, crs: "CRS") -> "Shapes":
    """Everything within that many metres of places in a straight line. Around points the polygon is as large as a disc.

    >>> from pyproj import CRS
    >>> disc = discs(shapely.points([[500000.0, 4334000.0]]), 800.0, CRS("EPSG:4548"))
    >>> round(float(shapely.area(disc)[0]) / (np.pi * 800**2), 6)
    1.0
    >>> len(discs(access.no_shapes(), 800.0, CRS("EPSG:4548")))
    0
    """
    # the polygon stands inside the circle: a radius a trifle larger gives it the area of the circle
    corner = np.pi / (2 * QUARTER)
    larger = np.where(np.isin(shapely.get_type_id(starts), (0, 4)), np.sqrt(corner / np.sin(corner)), 1.0)
    radius = metres * access.ground_scale(starts, crs) * larger
    return np.asarray(shapely.buffer(starts, radius, quad_segs=QUARTER), dtype=object)


def _streets_beside(walks: Walks, limit: float, gap: float, crs: "CRS") -> "Shapes":
    lines = walkshed.cut(walks.network, walkshed.reached_pieces(walks, limit))
    wide = gap * access.ground_scale(lines, crs)
    return np.asarray(shapely.buffer(lines, wide, quad_segs=walkshed.ROUND), dtype=object)

"""The parcels a question of reach is asked of: their doors, the streets before them, and what each of them weighs."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import shapely

from geoplan.errors import LayerError
from geoplan.ops import access, ellipsoid, network, service
from geoplan.role import amounts, owned, side, walking, weighed

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geoplan.layer import Layer
    from geoplan.measure import Ratio
    from geoplan.place import Place

    Floats: TypeAlias = NDArray[np.float64]
    Shapes: TypeAlias = NDArray[np.object_]

__all__ = ["Homes", "all_of", "homes_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Homes:
    """The parcels a place counts, ready to be asked how far things are.

    Attributes:
        place: where.
        frame: the parcels, one a row.
        side: their shapes and entrances.
        areas: m2 of each.
        people: of each, NaN where nobody counted.
        by: how much each weighs, by weight.
        net: the streets, where there are any.
        how: gap, max_snap, snap_to and barriers, as `ops.service.on_foot` takes them.
        ways: how they get onto the streets, found when first asked for.
    """

    place: "Place"
    frame: "gpd.GeoDataFrame"
    side: service.Side
    areas: "Floats"
    people: "Floats"
    by: "dict[str, Floats | None]"
    net: network.Network | None
    how: dict[str, Any]
    ways: dict[str, access.Access] = field(default_factory=dict)

    def measured(self, goals: service.Side) -> dict[str, service.Service]:
        """How far each parcel is from the nearest of the goals: `straight`, and along streets also `walk`."""
        found = service.measured(
            self.side, goals, self.net, self.place.crs, **self.how, origins=self.ways.get("origins")
        )
        walk = found.get("walk")
        if walk is not None and walk.ways is not None:
            self.ways["origins"] = walk.ways[0]
        return found

    def portions(
        self, read: service.Service, goals: service.Side, limit: float, rule: Literal["parcel", "area"] = "parcel"
    ) -> service.Portions:
        """How much of each parcel is served within a limit (see `ops.service.portions`)."""
        how: dict[str, Any] = {"areas": self.areas, "crs": self.place.crs, "gap": self.how["gap"], "rule": rule}
        return service.portions(read, (self.side, goals), limit, **how)

    def weighed(self, part: service.Portions) -> "dict[str, Ratio | None]":
        """The same portions by count, area and people."""
        return weighed(part, self.place, shapely.point_on_surface(self.side.shapes), self.by)

    def rows(self, **columns: Any) -> "gpd.GeoDataFrame":
        """The parcels as evidence: id, name and shape, these columns, people and m2."""
        named: gpd.GeoDataFrame = self.frame[[c for c in ("id", "name", "geometry") if c in self.frame]]
        return named.assign(**columns, population=self.people, area_m2=self.areas)

    def headline(self, shares: "dict[str, Ratio | None]", weight: str, layer: str) -> "Ratio":
        """The share by that weight.

        Raises:
            LayerError: the parcels do not carry it.
        """
        found = shares.get(weight)
        if found is None:
            raise LayerError("reach.no_weight", layer=layer, weight=weight)
        return found


def homes_of(
    demand: "Layer",
    entrances: "Layer | None",
    streets: "Layer | None",
    barriers: "Layer | None",
    place: "Place",
    *,
    gap: float,
    max_snap: float,
    snap: Literal["edge", "node"],
) -> Homes:
    """The parcels of a layer that a place counts: those whose representative point lies in it."""
    mine, crs = owned(demand, place), place.crs
    homes = side(demand.frame, ~demand.unclassed, entrances, gap, crs).of(mine)
    walls = barriers.frame.geometry.to_numpy() if barriers else None
    return Homes(
        place,
        demand.frame[mine].reset_index(drop=True),
        homes,
        ellipsoid.area(homes.shapes, crs),
        demand.numbers("population")[mine],
        amounts(demand, place),
        walking(streets) if streets else None,
        {"gap": gap, "max_snap": max_snap, "snap_to": snap, "barriers": walls},
    )


def all_of(parts: list[service.Portions]) -> service.Portions:
    """Several questions of whole parcels as one: served where all are served, not served where one is not for sure.

    Where none is out of reach for sure and of one nobody can tell, nobody can tell; the first reason stands.
    """
    served = np.all([part.served for part in parts], axis=0)
    missing = np.any([part.status == "unreached" for part in parts], axis=0)
    why = np.full(len(served), "", dtype=object)
    for part in reversed(parts):
        why = np.where(part.why == "", why, part.why)
    why = np.where(missing, "", why)
    return service.Portions(served, why, served.astype(float), (why != "").astype(float))

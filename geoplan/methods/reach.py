"""Who has a facility within reach: whole parcels, from entrance to entrance, the walk beside the straight line."""

from typing import Any, Literal

import geopandas as gpd
import numpy as np
import shapely

from geoplan.errors import LayerError
from geoplan.homes import homes_of
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome, Table
from geoplan.ops import service
from geoplan.place import Place
from geoplan.role import labels, parts, pooled, side, titles
from geoplan.units import Metres, SquareMetres, percent, shown


def reach(
    demand: Layer, supply: tuple[Layer, ...], streets: Layer | None = None, demand_entrances: Layer | None = None,
    supply_entrances: Layer | None = None, barriers: Layer | None = None, *, place: Place, weight: str,
    distance: tuple[Metres, ...] = (Metres(500.0),), mode: Literal["walk", "straight"] = "walk",
    rule: Literal["parcel", "area"] = "parcel", snap: Literal["edge", "node"] = "edge", gap: Metres = Metres(30.0),
    max_snap: Metres = Metres(150.0), minimum_area: SquareMetres | None = None,
) -> Outcome:  # fmt: skip
    """The share of parcels with a facility within a distance, by count, area and people (column `population`).

    A parcel belongs whole, with all it has, where its representative point lies. Facilities of several layers are
    pooled; areal ones are entered as parcels are: at entrances, or where a street crosses or passes within `gap`.
    Distances are inclusive; the first is the headline. `rule = "area"` counts the ground within `gap` of streets within
    the distance (straight: within the distance) instead of whole parcels. Supply smaller than `minimum_area` is left
    out; of supply without an area nobody can tell.

    Raises:
        LayerError: walks are asked for without streets, or a headline of what the parcels do not carry.
    """
    if mode == "walk" and streets is None:
        raise LayerError("reach.no_streets", layer=demand.name)
    town = homes_of(demand, demand_entrances, streets, barriers, place, gap=gap, max_snap=max_snap, snap=snap)
    crs, (pool, unclassed) = place.crs, pooled(supply)
    kept, sized = service.large_enough(pool.geometry.to_numpy(), minimum_area, crs)
    goals = side(pool, sized & ~unclassed, supply_entrances, gap, crs).of(kept)
    pool, read = pool[kept].reset_index(drop=True), town.measured(goals)
    portions = {(m, d): town.portions(r, goals, d, rule) for m, r in read.items() for d in distance}
    shares = {key: town.weighed(part) for key, part in portions.items()}
    best, own, weights = read[mode], portions[mode, distance[0]], shares[mode, distance[0]]
    headline, other = town.headline(weights, weight, demand.name), "straight" if mode == "walk" else "walk"
    beside = shares[other, distance[0]][weight] if other in read else None
    halves = {f"{other}.{h}": getattr(beside.overall, h) for h in ("part", "unknown", "value")} if beside else {}
    frame = town.rows(
        status=own.status, metres=best.metres, **{m: r.metres for m, r in read.items()}, estimated=best.estimated,
        reason=own.why, facility=np.append(labels(pool), "")[best.supply],
        facility_id=np.append(pool["id"], "")[best.supply],
    )  # fmt: skip
    evidence = {"demand": frame, "supply": pool}
    if best.ways:
        steps = {"id": frame["id"].to_numpy()[best.ways[0].owner], "estimated": best.ways[0].estimated}
        evidence["access"] = gpd.GeoDataFrame(steps, geometry=shapely.get_point(best.ways[0].legs, 0), crs=crs)
    told = service.counts(best, own, town.side, goals, parts(streets) if streets else None)
    told |= {"supply_small": float((~kept).sum()), "people_unknown": float(np.isnan(town.people).sum())}
    far = frame["metres"][own.status == "unreached"]
    said = told | {f"by_{w}": percent(r.value if r else None) for w, r in weights.items()} | {
        "place": place.name, "unit": demand.spec.title, "supply": titles(supply), "limit": distance[0], "gap": gap,
        "max_snap": max_snap, "minimum": minimum_area, "context": place.context, "nearest": shown(far.min(), 0),
        "farthest": shown(far.max(), 0), "beside": percent(halves.get(f"{other}.value")), "whole": len(frame),
        "reached": int(own.served.sum()),
    }  # fmt: skip
    words = [f"headline_{mode}", f"definition_{mode}_{rule}", f"beside_{other}" if beside else "straight_only"]
    words += [f"snap_{snap}"] * (mode == "walk") + [word for word, n in told.items() if n]
    notes = tuple(Note(f"reach.{word}", said) for word in words)
    return Outcome(headline, weights, evidence, _tables(frame, shares, distance), notes, told | halves)


def _tables(frame: gpd.GeoDataFrame, shares: Any, distance: tuple[float, ...]) -> dict[str, Table]:
    """What is not reached, farthest first, and the shares at every distance."""
    far = frame[frame["status"] != "reached"].sort_values("metres", ascending=False, kind="stable")
    units = dict.fromkeys(("id", "name", "status", "reason", "facility"), "") | {
        "metres": "m", "straight": "m", "population": "people", "area_m2": "m2"}  # fmt: skip
    limits: dict[str, Any] = {"distance": ("m", distance)}
    for mode, weight in ((m, w) for m in ("walk", "straight") for w in ("count", "area", "population")):
        known = [shares[mode, d][weight] if (mode, d) in shares else None for d in distance]
        if any(known):
            limits[f"{mode}_{weight}"] = ("%", [np.nan if not r or r.value is None else 100 * r.value for r in known])
    unreached = Table.of({c: (unit, far[c].to_numpy()) for c, unit in units.items() if c in far})
    return {"thresholds": Table.of(limits), "unreached": unreached}

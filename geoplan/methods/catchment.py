"""Catchments of stations from their entrances: the ring plans draw, what of it can be walked, and who lives there."""

from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan.errors import LayerError
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome, Table
from geoplan.ops import catchments, ellipsoid
from geoplan.ops.service import Side
from geoplan.place import Place
from geoplan.role import covered, owned, parts, side, walking
from geoplan.units import Metres, percent

_UNITS = {"ring": "m", "shed_ratio": "%", "homes_share": "%", "radius_area": "m2", "walk_area": "m2"} | {
    f"{whose}{what}": unit for whose in ("", "walk_", "own_") for what, unit in (("people", "people"), ("homes", "m2"))
}


def catchment(
    demand: Layer, supply: Layer, streets: Layer | None = None, supply_entrances: Layer | None = None,
    barriers: Layer | None = None, *, place: Place, weight: str, mode: Literal["straight", "walk"] = "straight",
    distance: tuple[Metres, ...] = (Metres(800.0), Metres(500.0)), width: Metres = Metres(50.0),
    gap: Metres = Metres(30.0), max_snap: Metres = Metres(150.0),
) -> Outcome:  # fmt: skip
    """The share of residential land near a station, and per station what its ring and its walking catchment hold.

    The ring is everything within a distance of the entrances (of the station itself where none are known); the walking
    catchment is what of it lies within `width` of a piece of street within that distance on foot. Rows of stations
    overlap; the headline counts land once, and the `own` columns give each station what is nearest to it.

    Raises:
        LayerError: the walk is asked for without streets, or a headline of what the parcels do not carry.
    """
    if mode == "walk" and streets is None:
        raise LayerError("reach.no_streets", layer=demand.name)
    crs, net, stations = place.crs, walking(streets) if streets else None, supply.frame.sort_values("id", kind="stable")
    stops = side(stations, ~supply.unclassed[stations.index], supply_entrances, gap, crs)
    how: Any = {"gap": gap, "max_snap": max_snap, "barriers": barriers.frame.geometry.to_numpy() if barriers else None}
    lands, own, ways = catchments.drawn(stops, net, distance, width, crs, **how)
    first, rings = distance[0], lands["straight"][distance[0]]
    both = {
        m: catchments.certain_and_possible(by[first], rings, stops.certain, place.boundary) for m, by in lands.items()
    }
    near = {m: covered(demand, place, *cover) for m, cover in both.items()}
    (weights, part), other = near[mode], "straight" if mode == "walk" else "walk"
    headline, beside = weights.get(weight), near[other][0].get(weight) if other in near else None
    if headline is None:
        raise LayerError("reach.no_weight", layer=demand.name, weight=weight)
    known, people, homes = ~demand.unclassed, demand.numbers("population"), demand.frame.geometry.to_numpy()
    table, mine = _rows(stations, stops, lands, own[mode], place, homes[known], people[known]), owned(demand, place)
    ids, of_first = stations["id"].to_numpy(), table[table["ring"] == first]
    told = {
        "estimated": float((of_first["entrances"] == 0).sum()), "unclassed": float((~stops.certain).sum()),
        "unsnapped": float(of_first["walk_area"].isna().sum()) if streets else 0.0,
        "apart": float(ways.apart(net, parts(streets), len(ids)).sum()) if ways and net and streets else 0.0,
        "unmatched": float(stops.doors.unmatched), "homes_unclassed": float((~known).sum()),
        "people_unknown": float(np.isnan(people[mine]).sum()),
    }  # fmt: skip
    halves = {f"{other}.{h}": getattr(beside.overall, h) for h in ("part", "unknown", "value")} if beside else {}
    said = told | {f"by_{w}": percent(r.value if r else None) for w, r in weights.items()} | {
        "place": place.name, "unit": demand.spec.title, "supply": supply.spec.title, "limit": first, "width": width,
        "max_snap": max_snap, "gap": gap, "beside": percent(halves.get(f"{other}.value")),
    }  # fmt: skip
    words = [f"headline_{mode}", "definition_ring", "definition_walk" if streets else "straight_only", "definition_own"]
    words += [f"beside_{other}"] * bool(beside) + [w for w, n in told.items() if n]
    evidence = {
        "stations": stations.assign(population=of_first["people"].to_numpy()),
        "entrances": gpd.GeoDataFrame({"id": ids[stops.doors.owner]}, geometry=stops.doors.points, crs=crs),
        "demand": demand.frame[[c for c in ("id", "name", "geometry") if c in demand.frame]].assign(
            status=part.status, share=part.share, area_m2=ellipsoid.area(homes, crs), population=people)[mine],
        "rings": _seen(table, lands["straight"], "", "radius_area", crs),
    } | ({"walksheds": _seen(table, lands["walk"], "walk_", "walk_area", crs)} if streets else {})  # fmt: skip
    tables = {"stations": Table.of({c: (_UNITS.get(c, ""), table[c].to_numpy()) for c in table.columns})}
    notes = tuple(Note(f"catchment.{word}", said) for word in words)
    return Outcome(headline, weights, evidence, tables, notes, told | halves)


def _rows(stations: gpd.GeoDataFrame, stops: Side, lands: Any, own: Any, place: Place, homes: Any, people: Any) -> Any:
    """A row for each station at each distance: what its catchments hold."""
    table = stations[[c for c in ("id", "name", "line", "status") if c in stations]].reset_index(drop=True)
    table["inside"] = place.owns(shapely.point_on_surface(stops.shapes))
    table["entrances"] = np.bincount(stops.doors.owner, minlength=len(table))
    walks, holds = lands.get("walk", {}), (homes, people, place.crs)
    found = {d: catchments.figures(rings, walks.get(d), own[d], *holds) for d, rings in lands["straight"].items()}
    return pd.concat([table.assign(ring=d, **figures) for d, figures in found.items()], ignore_index=True)


def _seen(table: pd.DataFrame, lands: Any, prefix: str, area: str, crs: Any) -> gpd.GeoDataFrame:
    """Catchments for the map, those that could be drawn, with their ground and their people."""
    seen = table[[c for c in ("id", "name", "shed_ratio") if c in table]]
    seen = seen.assign(metres=table["ring"], area_m2=table[area], population=table[f"{prefix}people"])
    frame = gpd.GeoDataFrame(seen, geometry=np.concatenate(list(lands.values())), crs=crs)
    return frame[~frame.geometry.isna()].reset_index(drop=True)

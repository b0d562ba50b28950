"""Who has every kind of facility within reach: each kind on its own, then all of them together, and what is missing."""

from dataclasses import replace
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from geoplan.errors import LayerError
from geoplan.homes import Homes, all_of, homes_of
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome, Table
from geoplan.ops.service import Portions, Service
from geoplan.place import Place
from geoplan.role import kinds, pooled, side, titles
from geoplan.units import Metres, percent

STATES = ("reached", "unreached", "unknown")


def reach_each(
    demand: Layer, supply: tuple[Layer, ...], streets: Layer | None = None, demand_entrances: Layer | None = None,
    supply_entrances: Layer | None = None, barriers: Layer | None = None, *, place: Place, weight: str,
    distance: Metres = Metres(300.0), mode: Literal["walk", "straight"] = "walk",
    snap: Literal["edge", "node"] = "edge", gap: Metres = Metres(30.0), max_snap: Metres = Metres(150.0),
) -> Outcome:  # fmt: skip
    """The share of parcels with each kind of facility within a distance: min over kinds of 1[min metres <= distance].

    A kind is a class the definition keeps (of whichever layer), or a whole layer where it asks for no classes at all.
    Each kind is measured as `reach` measures (whole parcels, entrance to entrance, inclusive). A parcel lacks what is
    missing for sure: one kind out of reach is enough. Unknown: no kind is out of reach for sure, and of one nobody can
    tell (its facilities are of unknown class, there are none in the data, no street leads there).
    Evidence: `demand` (reached, unreached, unknown; `lacking`, how many kinds; metres to the farthest kind), `supply`.
    Tables: `kinds` (coverage of each), `lacking` (parcel by kind).

    Raises:
        LayerError: walks are asked for without streets, or a headline of what the parcels do not carry.
    """
    if mode == "walk" and streets is None:
        raise LayerError("reach.no_streets", layer=demand.name)
    town = homes_of(demand, demand_entrances, streets, barriers, place, gap=gap, max_snap=max_snap, snap=snap)
    pool, of_kind, reads, parts = pooled(supply)[0], kinds(supply), {}, {}
    whole = side(pool, np.zeros(len(pool), dtype=bool), supply_entrances, gap, place.crs)
    for kind, (sure, perhaps) in of_kind.items():
        goals = replace(whole, certain=sure).of(sure | perhaps)
        reads[kind] = town.measured(goals)[mode]
        parts[kind] = town.portions(reads[kind], goals, distance)
    every = all_of(list(parts.values()))
    weights = town.weighed(every)
    headline = town.headline(weights, weight, demand.name)
    lacks = np.sum([part.status == "unreached" for part in parts.values()], axis=0)
    metres = np.max([read.metres for read in reads.values()], axis=0)
    frame = town.rows(status=every.status, metres=metres, lacking=lacks.astype(float), reason=every.why)
    absent = sum(not (sure | perhaps).any() for sure, perhaps in of_kind.values())
    doubtful = np.any([perhaps for _, perhaps in of_kind.values()], axis=0)
    told = {
        "kinds": float(len(of_kind)), "absent": float(absent),
        "unreached": float((every.status == "unreached").sum()), "unknown": float((every.status == "unknown").sum()),
         "supply_unclassed": float(doubtful.sum()),
        "people_unknown": float(np.isnan(town.people).sum()),
    }  # fmt: skip
    said: dict[str, Any] = told | {f"by_{w}": percent(r.value if r else None) for w, r in weights.items()} | {
        "place": place.name, "unit": demand.spec.title, "supply": titles(supply), "limit": distance,
        "whole": len(frame), "reached": int(every.served.sum()),
    }  # fmt: skip
    words = [f"headline_{mode}", "definition"] + [f"snap_{snap}"] * (mode == "walk")
    words += [w for w in ("unreached", "unknown", "absent", "supply_unclassed", "people_unknown") if told[w]]
    notes = tuple(Note(f"reach_each.{word}", said) for word in words)
    evidence = {"demand": frame, "supply": pool}
    return Outcome(headline, weights, evidence, _tables(town, frame, parts, reads), notes, told)


def _tables(
    town: Homes, frame: gpd.GeoDataFrame, parts: dict[str, Portions], reads: dict[str, Service]
) -> dict[str, Table]:
    """How many parcels have each kind, and which kinds each parcel lacks, or may."""
    shares = {kind: town.weighed(part) for kind, part in parts.items()}
    columns: dict[str, Any] = {"class": ("", list(parts))}
    columns |= {status: ("count", [int((p.status == status).sum()) for p in parts.values()]) for status in STATES}
    for weight in ("count", "area", "population"):
        ratios = [share[weight] for share in shares.values()]
        if all(ratios):
            columns[f"by_{weight}"] = ("%", [100 * r.value if r and r.value is not None else np.nan for r in ratios])
    named = frame[[c for c in ("id", "name") if c in frame]]
    rows = [
        named.assign(**{"class": kind, "status": part.status, "reason": part.why, "metres": reads[kind].metres})
        for kind, part in parts.items()
    ]
    lacks = pd.concat(rows).query("status != 'reached'").sort_values(["id", "class"], kind="stable")
    cells = {c: ("m" if c == "metres" else "", lacks[c].to_numpy()) for c in lacks}
    return {"kinds": Table.of(columns), "lacking": Table.of(cells)}

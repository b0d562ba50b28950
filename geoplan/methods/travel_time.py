"""Who gets there in time: least minutes over a network whose edges carry minutes, from place to place."""

from typing import Any, Literal

import numpy as np

from geoplan.homes import homes_of
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome, Table
from geoplan.ops import timing
from geoplan.place import Place
from geoplan.role import labels, pooled, side, titles
from geoplan.units import Metres, Minutes, percent, shown


def travel_time(
    demand: Layer, supply: tuple[Layer, ...], streets: Layer, *, place: Place, weight: str,
    limit: Minutes = Minutes(60.0), column: str = "minutes", snap: Literal["edge", "node"] = "edge",
    max_snap: Metres = Metres(500.0),
) -> Outcome:  # fmt: skip
    """The share of places from which supply is within `limit` minutes: the least sum of minutes over all ways.

    Minutes are those of `column` (`minutes`, `minutes_peak` …), the same both ways; a piece of a line takes its share.
    Places join the nearest edge (node) within `max_snap`, as if everything stopped there; the way there, waiting and
    changing take no time: this is time in the vehicle.
    Edges that say no minutes are never taken; a place that would be in time if they took none is unknown, and so are
    places and supply off the network, supply of unknown class, and what no way leads to. Tiles add up.
    Evidence: `demand` (reached, unreached, unknown; `minutes`, `least` at best, facility, reason), `supply`, `streets`
    (status counted, or unknown where an edge says no minutes).

    Raises:
        LayerError: a headline of what the places do not carry.
        GeometryError: negative minutes.
    """
    town = homes_of(demand, None, None, None, place, gap=0.0, max_snap=max_snap, snap=snap)
    pool, unclassed = pooled(supply)
    goals, minutes = side(pool, ~unclassed, None, 0.0, place.crs), streets.numbers(column)
    nets = streets.once(f"timed:{column}", lambda f: timing.timed(f["u"], f["v"], minutes, f.geometry))
    found = timing.times(town.side, goals, nets, place.crs, max_snap=max_snap, snap_to=snap)
    part = timing.portions(found, town.side, goals, limit)
    weights = town.weighed(part)
    headline = town.headline(weights, weight, demand.name)
    frame = town.rows(
        status=part.status, minutes=found.minutes, least=found.least, reason=part.why,
        facility=np.append(labels(pool), "")[found.supply], facility_id=np.append(pool["id"], "")[found.supply],
    )  # fmt: skip
    blank, late = np.isnan(minutes), frame["minutes"][part.status == "unreached"]
    told = {
        "unreached": float(len(late)), "blank": float(blank.sum()), "supply_unclassed": float(unclassed.sum()),
        "supply_unsnapped": float((~found.supply_attached).sum()),
        **{f"unknown_{word}": float((part.why == word).sum()) for word in sorted(set(part.why)) if word},
    }  # fmt: skip
    unknown = float((part.why != "").sum())
    said: dict[str, Any] = told | {f"by_{w}": percent(r.value if r else None) for w, r in weights.items()} | {
        "place": place.name, "unit": demand.spec.title, "supply": titles(supply), "streets": streets.spec.title,
        "limit": shown(limit, 0), "whole": len(frame), "reached": int(part.served.sum()), "unknown": unknown,
        "nearest": shown(late.min(), 0), "farthest": shown(late.max(), 0), "max_snap": max_snap,
    }  # fmt: skip
    words = ["headline", "definition", f"snap_{snap}"] + ["unknown"] * bool(unknown)
    words += [w for w in ("unreached", "blank", "supply_unclassed", "supply_unsnapped") if told[w]]
    notes = tuple(Note(f"travel_time.{word}", said) for word in words)
    edges = streets.frame[[c for c in ("id", "name", "geometry") if c in streets.frame]]
    edges = edges.assign(status=np.where(blank, "unknown", "counted"), minutes=minutes)
    order = frame.sort_values(["minutes", "id"], ascending=[False, True], kind="stable")
    units = dict.fromkeys(("id", "name", "status", "reason", "facility"), "") | {"minutes": "min", "least": "min"}
    table = Table.of({c: (unit, order[c].to_numpy()) for c, unit in units.items() if c in order})
    return Outcome(
        headline, weights, {"demand": frame, "supply": pool, "streets": edges}, {"minutes": table}, notes, told
    )

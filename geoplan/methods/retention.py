"""How much of what stood in a class still stands in it at the same place: shores, redlines, banks, wetlands."""

from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geoplan import borders, states
from geoplan.errors import LayerError
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome, Table
from geoplan.ops.beside import FAR, MAYBE, beside
from geoplan.ops.ellipsoid import length
from geoplan.place import Place
from geoplan.units import Metres, percent, shown

Amounts: TypeAlias = dict[str, NDArray[np.float64]]
KEPT = ("kept", "lost", "unknown")


def retention(before: Layer, after: Layer, *, place: Place, tolerance: Metres = Metres(10.0)) -> Outcome:
    """The share of the baseline that is still what it was, where it was: kept / (kept + lost + unknown).

    Polygons: m2 (ellipsoidal) of the earlier state that the later one holds in the same class; what overlaps within a
    state counts once. Lines: metres (geodesic) of the earlier state within `tolerance` of a line of the later one, of
    any class its role keeps, because no two surveys draw a shore alike; a stretch drawn twice counts once. Where a
    class is unknown in either state, nobody can tell. What is new stands in neither half and makes up for nothing: it
    is said beside the number. Adds up over tiles. Evidence `baseline` (id, name, class, status kept | lost | unknown,
    area_m2 or length_m); table `losses`. Definition: 海岸线保护与利用管理办法 (保有率), kept / baseline.

    Raises:
        LayerError: the states are not on one basis, or are not both of lines or both of polygons.
    """
    states.refuse(before, after, place)
    shapes = {int(d) for layer in (before, after) for d in shapely.get_dimensions(layer.frame.geometry.to_numpy())}
    if len(shapes) > 1 or 0 in shapes:
        raise LayerError("retention.shapes", layer=before.name)
    linear = shapes == {1}
    amounts, rows, new = _along(before, after, place, tolerance) if linear else _ground(before, after, place)
    unit, column, per = ("m", "length_m", 1000.0) if linear else ("m2", "area_m2", 1e4)
    whole = amounts["kept"] + amounts["lost"] + amounts["unknown"]
    ratio = borders.ratio(place, part=amounts["kept"], whole=whole, unknown=amounts["unknown"], units=(unit, unit))
    lost = rows[rows["status"] == "lost"].sort_values(column, ascending=False, kind="stable")
    kind = "lines" if linear else "ground"
    facts: dict[str, float | None] = {f"lost_{kind}": float(amounts["lost"][0]), f"new_{kind}": new}
    halves = {half: getattr(ratio.overall, half) for half in ("part", "whole", "unknown")}
    told, digits = halves | {"new": new}, 3 if linear else 4
    said: dict[str, Any] = {n: shown((v or 0.0) / per, digits) for n, v in told.items()} | {
        "place": place.name, "layer": before.spec.title, "one": states.version(before), "tolerance": tolerance,
        "other": states.version(after), "share": percent(ratio.value),
    }  # fmt: skip
    words = [f"headline_{kind}", f"definition_{kind}", *(f"{w}_{kind}" for w in ("new", "unknown") if told[w])]
    notes = (*(Note(f"retention.{word}", said) for word in words), *states.cautions(before, after))
    units = {"id": "", "name": "", "class": "", column: unit}
    table = Table.of({c: (u, lost[c].to_numpy()) for c, u in units.items() if c in lost})
    weights = {"length" if linear else "area": ratio}
    return Outcome(ratio, weights, {"baseline": rows}, {"losses": table}, notes, facts)


def _ground(before: Layer, after: Layer, place: Place) -> tuple[Amounts, gpd.GeoDataFrame, float]:
    """Square metres by account and status, the pieces, and how much is new."""
    found = states.pieces(((before, before.unclassed), (after, after.unclassed)), place, None, width=0.0, least=0.0)
    held, holds = found.before >= 0, found.after >= 0
    was, now = (states.told(s, "class", i) for s, i in ((before, found.before), (after, found.after)))
    status = np.where(holds & (was == now), "kept", "lost").astype(object)
    blank = states.blank(was) | (holds & states.blank(now)) if before.spec.classes else np.zeros(len(was), dtype=bool)
    doubt = np.append(before.unclassed, False)[found.before] | np.append(after.unclassed, False)[found.after]
    status[doubt | blank] = "unknown"
    m2 = states.accounts(place, found, {w: held & (status == w) for w in KEPT} | {"new": ~held & ~doubt})
    rows = states.listed(found, before, after, place, status=np.where(held, status, "gained").astype(object))
    return m2, rows[rows["status"] != "gained"].reset_index(drop=True), float(m2["new"][0])


def _along(before: Layer, after: Layer, place: Place, tolerance: float) -> tuple[Amounts, gpd.GeoDataFrame, float]:
    """Metres by account and status, the stretches line by line, and how much is new."""
    (one, doubt), (other, blank) = ((s.frame.geometry.to_numpy(), s.unclassed) for s in (before, after))
    found = beside(one, doubt, other[~blank], other[blank], tolerance, place.crs)
    status = np.array(["lost", "unknown", "kept"], dtype=object)[np.where(doubt[found.parent], MAYBE, found.near)]
    cut = borders.stretches(place, found.shapes, 0.0)
    metres, of, inside = length(cut.shapes, place.crs), status[cut.parent], cut.account != borders.OUTSIDE
    amounts, rows = {}, []
    for word in KEPT:
        amounts[word] = borders.by_account(place, cut.account[inside & (of == word)], metres[inside & (of == word)])
        i = np.flatnonzero((cut.account == 0) & (of == word))
        listed = borders.stretched(before.frame, place, cut.shapes[i], found.parent[cut.parent[i]], metres[i])
        rows.append(listed.assign(status=word))
    back = beside(other[~blank], blank[~blank], one, one[:0], tolerance, place.crs)
    extra = borders.stretches(place, back.shapes[back.near == FAR], 0.0)
    new = float(length(extra.shapes[extra.account == 0], place.crs).sum())
    return amounts, gpd.GeoDataFrame(pd.concat(rows, ignore_index=True), crs=place.crs), new

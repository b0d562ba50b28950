"""Which share of areas has something in it, or near it: a sports ground in every community, a rack at every station."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan import inventory, meeting
from geoplan.errors import LayerError
from geoplan.layer import Layer
from geoplan.measure import DISTANCE_TOLERANCE, Note, Outcome, Table
from geoplan.ops import ellipsoid, near
from geoplan.place import Place
from geoplan.role import labels, pooled, titles
from geoplan.units import Metres, percent


def presence(
    areas: tuple[Layer, ...], features: tuple[Layer, ...], *, place: Place, weight: str, within: Metres = Metres(0.0),
    each: bool = False,
) -> Outcome:  # fmt: skip
    """The share of the areas that hold at least one feature, or have one within so many metres as the crow flies.

    Areas (polygons or points, of several layers together) belong whole, with their ground and their people, where their
    representative point lies. A polygon holds what has its representative point in it or on its border, and lines that
    run through it. Distances run from shape to shape and are inclusive. With `each`, an area must have one of every
    kind: of every class the definition keeps of a layer (of the first column that is filtered by, where not by class),
    or of every layer of which it keeps all.

    Unknown: areas of unknown class, and areas that have only features of unknown class. The evidence `areas` holds each
    with `status` met, not_met or unknown, the nearest certain feature (`facility`, `facility_id`, `metres`) and the
    kinds it lacks (`lacks`), the evidence `features` all with `status` counted or unknown. Tiles add up to the whole.

    Raises:
        LayerError: the headline asks for what the areas do not carry.
    """
    frame, unclassed = pooled(areas)
    areal = bool((shapely.get_dimensions(frame.geometry.to_numpy()) == inventory.DIMENSION["area"]).all())
    mine, homes = place.owns(inventory.spots(frame)), inventory.carried(areas, "population")
    people, unclassed = inventory.amounts(areas, "population")[mine], unclassed[mine]
    frame, (pool, doubtful) = frame[mine].reset_index(drop=True), pooled(features)
    shapes, goals = frame.geometry.to_numpy(), pool.geometry.to_numpy()
    ground = ellipsoid.area(shapes, place.crs)
    kinds = _kinds(features, pool, doubtful) if each else {"": (~doubtful, np.ones(len(pool), dtype=bool))}
    sure, possible = np.ones(len(frame), dtype=bool), np.ones(len(frame), dtype=bool)
    lacks, table = np.full(len(frame), "", dtype=object), []
    for kind, (certain, perhaps) in kinds.items():
        has, may = (_has(near.nearest(shapes, goals[some], place.crs), within) for some in (certain, perhaps))
        sure, possible = sure & has, possible & may
        lacks[~has] = [f"{said}/{kind}".strip("/") for said in lacks[~has]]
        table.append((kind, int(certain.sum()), int(has.sum()), int((~may).sum()), int((may & ~has).sum())))
    status = np.where(unclassed | (possible & ~sure), "unknown", np.where(sure, "met", "not_met")).astype(object)
    found, number = near.nearest(shapes, goals[~doubtful], place.crs), np.append(np.flatnonzero(~doubtful), -1)
    by = {"count": (np.ones(len(frame)), "count"), "area": (ground if areal else None, "m2")}
    by["population"] = (people if homes.any() else None, "people")
    weights = {name: meeting.by_number(place, frame, status, *numbers) for name, numbers in by.items()}
    headline = weights.get(weight)
    if headline is None:
        raise LayerError("presence.no_weight", layer=areas[0].name, weight=weight)
    rows = frame[[c for c in ("id", "name", "class", "geometry") if c in frame]].assign(
        status=status, metres=found.metres, facility=np.append(labels(pool), "")[number[found.feature]],
        facility_id=np.append(pool["id"].to_numpy(object), "")[number[found.feature]], lacks=lacks,
        area_m2=ground, population=people,
    )  # fmt: skip
    facts = {"people_unknown": float((np.isnan(people) & homes[mine]).sum()), "doubtful": float(doubtful.sum())}
    said: dict[str, Any] = facts | {f"by_{name}": percent(r.value if r else None) for name, r in weights.items()} | {
        word: int((status == word).sum()) for word in ("met", "not_met", "unknown")
    } | {"place": place.name, "areas": titles(areas), "features": titles(features), "within": within,
         "kinds": len(kinds)}  # fmt: skip
    words = ["definition_near" if within else "definition_inside"] + ["each"] * each
    notes = tuple(Note(f"presence.{w}", said) for w in (*words, *(w for w in ("unknown", *facts) if said[w])))
    tables = {"kinds": _table(table, len(frame))} if each else {"classes": meeting.by_class(rows)}
    pool = pool.assign(status=inventory.counted_or_unknown(doubtful))
    return Outcome(headline, weights, {"areas": rows, "features": pool}, tables, notes, facts)


def _has(found: near.Nearest, within: float) -> NDArray[np.bool_]:
    return found.holds | (found.metres <= within + DISTANCE_TOLERANCE) if within else found.holds


def _kinds(features: tuple[Layer, ...], pool: gpd.GeoDataFrame, doubtful: NDArray[np.bool_]) -> dict[str, Any]:
    """Each kind that is asked for: which features are of it for certain, and which may be."""
    of, kinds = np.repeat([f.name for f in features], [len(f.frame) for f in features]), {}
    for layer in features:
        column = "class" if "class" in layer.classes else next(iter(layer.classes), "")
        said = np.concatenate([one.said(column) for one in features]) if column else np.full(len(pool), None)
        for name in layer.classes.get(column, ("",)):
            own = (of == layer.name) & np.array([word is None or word == name for word in said], dtype=bool)
            kinds[name or layer.name] = (own & ~doubtful, own)
    return kinds


def _table(rows: list[tuple[str, int, int, int, int]], whole: int) -> Table:
    """How many areas have each kind that is asked for, and how many lack it."""
    columns = dict(zip(("class", "count", "met", "not_met", "unknown"), zip(*rows, strict=True), strict=True))
    share = [100 * met / whole if whole else np.nan for met in columns["met"]]
    return Table.of({name: ("" if name == "class" else "count", cells) for name, cells in columns.items()}
                    | {"share": ("%", share)})  # fmt: skip

"""How many patches of ground there are of each size, how much ground they hold, and how far apart they lie."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan import borders
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome, Table, slack
from geoplan.ops import overlay
from geoplan.ops.patches import apart, patches
from geoplan.place import Place
from geoplan.role import pooled, titles
from geoplan.units import SquareMetres


def tiers(of: tuple[Layer, ...], *, place: Place, sizes: tuple[SquareMetres, ...]) -> Outcome:
    """How many patches there are of the sizes asked about: a system of large, middle and small green spaces.

    Polygons that touch or overlap, even in one point, are one patch; a polygon whose parts lie apart is several.
    Patches are cut to the boundary of the place, so the ground of all tiers is the ground they cover in it. `sizes` are
    the least size of each tier (inclusive); tier 1 is the largest, and what is smaller than the smallest is of no tier:
    it is left out of the count and said. A patch belongs whole to the zone, and to the tile, of its representative
    point; the layer must reach beyond a tile as far as the largest patch does. Counts and square metres of tiles then
    add up, distances do not. Plans speak of levels without naming sizes, so they are printed with every number.

    Unknown: polygons of unknown class make patches of their own, which are counted apart and join nothing.

    The evidence `features` holds each patch with `tier` (`1`, `2`, ...; `0` of none; `unknown`), `area_m2`, `metres` to
    the next patch of its tier, and the number of polygons in it (`parts`); the table `tiers` one row a tier.
    """
    frame, unclassed = pooled(of)
    shapes = overlay.clip(frame.geometry.to_numpy(), place.boundary)
    limits = sorted(set(sizes), reverse=True)
    known, doubt = (_rows(frame[some], shapes[some], place) for some in (~unclassed, unclassed))
    area = known["area_m2"].to_numpy()
    reached = area[:, None] >= np.array([limit - slack(limit) for limit in limits])
    # the first tier whose least size a patch has; 0 where it has none
    tier = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, 0)
    known = known.assign(tier=tier.astype(str), metres=apart(known.geometry.to_numpy(), tier, place.crs))
    doubt = doubt.assign(tier="unknown", metres=np.inf)
    points = [shapely.point_on_surface(rows.geometry.to_numpy()) for rows in (known, doubt)]
    mine, may = (place.owns(spots) for spots in points)
    amount = borders.counted(place, points[0][tier > 0], np.ones(int((tier > 0).sum())))
    unknown = borders.counted(place, points[1], np.ones(len(doubt)))
    total = borders.total(place, amount=amount, unknown=unknown, unit="count")
    known, doubt = known[mine].reset_index(drop=True), doubt[may].reset_index(drop=True)
    rows = gpd.GeoDataFrame(pd.concat([known, doubt], ignore_index=True), geometry="geometry", crs=place.crs)
    below = known[known["tier"] == "0"]
    told = {"below": float(len(below)), "below_area": float(below["area_m2"].sum()), "in_doubt": float(len(doubt))}
    said: dict[str, Any] = told | {
        "place": place.name, "of": titles(of), "sizes": [limit / 1e4 for limit in limits], "patches": total.amount,
        "polygons": len(frame),
    }  # fmt: skip
    words = ["definition", "sizes", *(word for word in ("below", "in_doubt") if told[word])]
    notes = tuple(Note(f"tiers.{word}", said) for word in words)
    return Outcome(total, {}, {"features": rows}, {"tiers": _table(known, limits)}, notes, told)


def _rows(frame: gpd.GeoDataFrame, shapes: Any, place: Place) -> gpd.GeoDataFrame:
    """The patches that polygons make, each with the id, name and class of the first of them that has one."""
    found = patches(shapes, place.crs)
    first = frame.iloc[found.first]
    named = {c: first[c].to_numpy(object) for c in ("id", "name", "class") if c in first}
    # the second patch of polygon 7 is 7:2
    again = first.groupby("id").cumcount().to_numpy() + 1
    named["id"] = np.array(
        [f"{i}:{n}" if n > 1 else str(i) for i, n in zip(named["id"], again, strict=True)], dtype=object
    )
    columns = {**named, "parts": found.polygons, "area_m2": found.area}
    return gpd.GeoDataFrame(columns, geometry=found.shapes, crs=place.crs)


def _table(rows: gpd.GeoDataFrame, limits: list[SquareMetres]) -> Table:
    """A row a tier, the largest first, and one for what is of none: how many, how much ground, how far to the next."""
    whole, table = rows["area_m2"].sum(), []
    for number, least in enumerate((*limits, None), start=1):
        tier = "0" if least is None else str(number)
        own = rows[rows["tier"] == tier]
        if least is None and not len(own):
            continue
        m2, apart_m = float(own["area_m2"].sum()), own["metres"][np.isfinite(own["metres"])]
        share = 100 * m2 / whole if whole else np.nan
        table.append((tier, least, len(own), m2, share, apart_m.mean(), apart_m.min(), apart_m.max()))
    heads = {"tier": "", "least": "m2", "count": "count", "area_m2": "m2", "share": "%", "nearest_mean": "m"}
    columns = zip({**heads, "nearest_least": "m", "nearest_most": "m"}.items(), zip(*table, strict=True), strict=True)
    return Table.of({name: (unit, cells) for (name, unit), cells in columns})

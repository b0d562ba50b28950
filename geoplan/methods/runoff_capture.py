"""Which share of a year's rain sponge facilities hold back: catchment by catchment, never pooled."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geoplan import borders
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome, Table
from geoplan.ops import ellipsoid, overlay, runoff
from geoplan.place import Place
from geoplan.role import owned
from geoplan.sponge import Basins, basins, curve_of, storage
from geoplan.units import Metres, Minutes, Share, percent, shown

RATES = (0.6, 0.7, 0.75, 0.8, 0.85)
UNITS = {
    "id": "", "name": "", "status": "", "area_m2": "m2", "psi": "", "volume_m3": "m3", "depth_mm": "mm", "capture": "%",
    "capture_ceiling": "%", "required_m3": "m3", "gap_m3": "m3",
}  # fmt: skip


def runoff_capture(
    catchments: Layer, surfaces: Layer, facilities: Layer, pervious: Layer | None = None, rain: Layer | None = None, *,
    place: Place, rate: Share = Share(0.8), duration: Minutes = Minutes(120.0), loss: Metres | None = None,
    depths: tuple[Metres, ...] | None = None, rates: tuple[Share, ...] | None = None,
) -> Outcome:  # fmt: skip
    """The share of annual rain that is captured: alpha(h) of each catchment, h = V / (10 psi F), weighted by its area.

    V is what the facilities of the catchment hold (column `volume`, else storage V_s + K J A t_s, or V_s + V_s / T_d
    t_p where it empties slowly; `duration` is t_s and t_p where a facility has none), psi the mean of the column `psi`
    of its surfaces, F its area, alpha the curve of daily `rain` (see `ops.rainfall`). What a catchment holds beyond its
    own rain serves no other. Without facilities paved ground captures nothing, `pervious` ground alpha of its `loss`.
    `depths` and `rates` are a table instead of the curve. Required is V = 10 H psi F, H the depth of `rate`. Unknown:
    ground without surfaces, facilities of no known volume or class. GB/T 51345-2018; volume control alone.
    Evidence: `catchments` (met, not_met, unknown at `rate`, the columns of UNITS, `lack`: m2 not captured),
    `facilities` (counted, unknown, left_out; volume_m3).

    Raises:
        LayerError: less than 30 years of daily rain and no table; a runoff coefficient over 1.
    """
    curve, years = curve_of(rain, depths, rates)
    held = storage(facilities, catchments, duration / 60)
    town = basins(catchments, surfaces, pervious, held, curve, loss=loss, crs=place.crs)
    cut = borders.ground(place)
    found = overlay.pieces(cut.shapes, town.shapes)
    each = borders.Ground(found.shapes, cut.account[found.left])
    square, takes = ellipsoid.area(each.shapes, place.crs), town.captured(each.shapes, found.right)
    low, high, whole = (borders.by_account(place, each.account, square * v) for v in (*takes, np.ones(len(square))))
    doubt = catchments.frame.geometry.to_numpy()[catchments.unclassed]
    blank = borders.areas(place, borders.ground(place, overlay.outside(doubt, overlay.disjoint(town.shapes))))
    ratio = borders.ratio(place, part=low, whole=whole + blank, unknown=high - low + blank)
    rows, design = _rows(town, rate), curve.depth_of(rate)
    rows = rows[place.owns(shapely.point_on_surface(rows.geometry.to_numpy()))].reset_index(drop=True)
    states = np.select([held.catchment < 0, held.certain], ["left_out", "counted"], default="unknown")
    tanks = facilities.frame[[c for c in ("id", "name", "class", "geometry") if c in facilities.frame]]
    tanks = tanks.assign(status=states, volume_m3=held.volume)[owned(facilities, place)].reset_index(drop=True)
    told = {
        "design_depth": design, "years": years, "paved": float((~(town.served | town.perhaps)).sum()),
        "alone": float(held.alone.sum()), "tanks_unknown": float((states == "unknown").sum()),
        "tanks_lost": float((states == "left_out").sum()), "not_met": float((rows["status"] == "not_met").sum()),
        "overlap": borders.surplus(borders.within(place, cut, town.frame.geometry.to_numpy()), float(whole[0])),
    }  # fmt: skip
    said: dict[str, Any] = told | {
        "place": place.name, "value": percent(ratio.value), "ceiling": percent(ratio.overall.ceiling),
        "count": len(rows), "rate": percent(rate), "depth": shown(design, 1), "span": shown(years, 1),
        "unknown": ratio.overall.unknown, "hours": shown(duration / 60, 1),
    }  # fmt: skip
    words = ["headline", "alone_item", "definition", "curve" if years else "table", "duration"]
    words += [w for w in ("not_met", "paved", "unknown", "tanks_unknown", "tanks_lost", "alone", "overlap") if said[w]]
    notes = tuple(Note(f"runoff_capture.{word}", said) for word in words)
    depth = [curve.depth_of(r) for r in RATES]
    tables = {
        "catchments": Table.of({c: (unit, rows[c].to_numpy()) for c, unit in UNITS.items() if c in rows}),
        "curve": Table.of({"rate": ("%", [100 * r for r in RATES]), "depth_mm": ("mm", depth)}),
    }
    return Outcome(ratio, {"area": ratio}, {"catchments": rows, "facilities": tanks}, tables, notes, told)


def _rows(town: Basins, rate: float) -> gpd.GeoDataFrame:
    """A row for each catchment: what it holds, how deep a rain that answers for, and what the rate would ask of it."""
    low, high = town.captured(town.shapes, np.arange(len(town.shapes)))
    needs = runoff.runoff(town.curve.depth_of(rate), town.psi.high, town.square)
    words = np.select([low >= rate - 1e-12, high < rate - 1e-12], ["met", "not_met"], default="unknown")
    named: gpd.GeoDataFrame = town.frame[[c for c in ("id", "name", "geometry") if c in town.frame]]
    return named.assign(
        status=words, area_m2=town.square, psi=town.psi.high, volume_m3=town.volume, depth_mm=town.depth,
        capture=100 * low, capture_ceiling=100 * high, required_m3=needs, gap_m3=np.maximum(needs - town.volume, 0.0),
        lack=town.square * (1 - low),
    )  # fmt: skip

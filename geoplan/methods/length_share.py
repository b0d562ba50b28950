"""Which share of a length is something: natural shore, protected bank; every stretch once, cut at borders."""

from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geoplan import borders
from geoplan.errors import LayerError
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome, Table
from geoplan.ops import lines
from geoplan.ops.ellipsoid import length
from geoplan.place import Place
from geoplan.units import Metres, percent, shown

STATUS = np.array(["part", "rest", "unknown", "left_out"], dtype=object)
PART, REST, UNKNOWN, LEFT_OUT = range(4)


def length_share(
    part: Layer, whole: Layer, *, place: Place, estuary: Literal["counted", "left_out"] = "counted",
    certified: str = "certified", beside: Metres = Metres(0.0),
    scales: tuple[Metres, ...] = (Metres(20.0), Metres(100.0), Metres(500.0)), tolerance: Metres = Metres(0.0),
) -> Outcome:  # fmt: skip
    """The share of a line that is of certain classes, by its geodesic length, edge by edge, as it was drawn.

    Both roles take the same line: the part is what its classes keep of it. A line of the class `restored` is part only
    where the column `certified` says yes; where that says nothing the line is unknown. Lines of the class `estuary` are
    in the whole, or not (`estuary`). A stretch drawn twice counts once, and is unknown where its lines disagree. A line
    drawn up to `beside` metres off the border of the place or a zone belongs to it. At `scales` (tolerances) the whole
    is drawn again, more coarsely, to show how its length depends on scale; `tolerance` draws what is measured so.

    Raises:
        LayerError: the part is of another line than the whole.
    """
    frame, status = whole.frame, _status(part, whole, certified, estuary)
    drawn = lines.once(frame.geometry.to_numpy(), status)
    cut = borders.stretches(place, drawn.lines, beside)
    metres, mine = length(shapely.simplify(cut.shapes, tolerance), place.crs), cut.account == 0
    says = np.where(drawn.agreed, status[drawn.parent], UNKNOWN)[cut.parent]
    is_in = cut.account != borders.OUTSIDE
    part_m, unknown_m, whole_m = (
        borders.by_account(place, cut.account[chosen & is_in], metres[chosen & is_in])
        for chosen in (says == PART, says == UNKNOWN, says != LEFT_OUT)
    )
    ratio = borders.ratio(place, part=part_m, whole=whole_m, unknown=unknown_m, units=("m", "m"))
    owner, counted = drawn.parent[cut.parent[mine]], cut.shapes[mine & (says != LEFT_OUT)]
    rows = borders.stretched(frame, place, cut.shapes[mine], owner, metres[mine], status=STATUS[status])
    rows["class"] = rows.get("class", pd.Series(None, rows.index, dtype=object))
    spaced = lines.spacing(counted, place.crs)
    coarse = lines.length_at_scales(counted, scales, place.crs)
    estuaries, restored = (rows[rows["class"] == name] for name in ("estuary", "restored"))
    facts = {
        "certified": float(restored["length_m"][restored["status"] == "part"].sum()),
        "estuary": float(estuaries["length_m"].sum()), "outside": float(metres[~is_in].sum()),
        "doubled": float(length(drawn.doubled, place.crs).sum()),
        "disagreeing": float(metres[mine & ~drawn.agreed[cut.parent]].sum()),
    }  # fmt: skip
    lengths = facts | {half: getattr(ratio.overall, half) for half in ("part", "whole", "unknown")}
    said: dict[str, Any] = {f"{n}_km": shown(m / 1000, 3, toward=int(0 < m < 0.5)) for n, m in lengths.items()} | {
        "place": place.name, "line": whole.spec.title, "version": whole.source.as_of or "—",
        "document": whole.source.document or "—", "share": percent(ratio.value), "beside": beside,
        "spacing": shown(spaced[0] if spaced else None, 1), "scales": [shown(m, 0) for m in scales],
        "coarse": [shown(m / 1000, 3) for m in coarse],
    }  # fmt: skip
    words = ["headline", f"estuary_{estuary}", "definition", "scale", "apart"] + ["beside"] * (beside > 0)
    words += [name for name in ("doubled", "disagreeing", "outside", "unknown") if lengths[name]]
    notes = tuple(Note(f"length_share.{word}", said) for word in words)
    tables = {"scales": Table.of({"tolerance": ("m", scales), "length_m": ("m", coarse)})}
    tables |= {"classes": _classes(rows, ratio.overall.whole)}
    return Outcome(ratio, {}, {"lines": rows}, tables, notes, facts | {"spacing": spaced[0] if spaced else None})


def _status(part: Layer, whole: Layer, certified: str, estuary: str) -> NDArray[np.int64]:
    """What each line of the whole is: part, rest, unknown, or left out."""
    frame, kept = whole.frame, part.frame["id"]
    if part.name != whole.name or not kept.isin(frame["id"]).all():
        raise LayerError("length_share.another_line", part=part.name, whole=whole.name)
    nothing = pd.Series([None] * len(frame), dtype=object)
    classes, proof = frame.get("class", nothing), frame.get(certified, nothing)
    status = np.where(frame["id"].isin(kept), PART, REST)
    status[frame["id"].isin(kept[part.unclassed]).to_numpy() | whole.unclassed] = UNKNOWN
    restored = (classes == "restored").to_numpy() & (status == PART)
    status[restored & proof.isna().to_numpy()] = UNKNOWN
    status[restored & np.array([said is False for said in proof.astype(object)], dtype=bool)] = REST
    status[(classes == "estuary").to_numpy() & (estuary == "left_out")] = LEFT_OUT
    return status


def _classes(rows: gpd.GeoDataFrame, whole: float) -> Table:
    """The length of each kind, its share of the whole where it is in it, and how much of it is in the part."""
    part, out = (rows["length_m"].where(rows["status"] == status, 0.0) for status in ("part", "left_out"))
    sums = rows.assign(part_m=part, out=out).groupby("class", dropna=False)[["length_m", "part_m", "out"]].sum()
    shares = np.where(sums["out"] > 0, np.nan, 100 * sums["length_m"] / whole if whole else np.nan)
    metres, part_m = ("m", [*sums["length_m"]]), ("m", [*sums["part_m"]])
    return Table.of({"class": ("", [*sums.index]), "length_m": metres, "share": ("%", shares), "part_m": part_m})

"""How far two areas lie apart where they face each other, where a belt lies between them, and where it is broken."""

from typing import Any, Literal

import geopandas as gpd
import numpy as np

from geoplan import borders
from geoplan.layer import Layer
from geoplan.measure import DISTANCE_TOLERANCE, Index, Note, Outcome, Row, Table
from geoplan.ops import ellipsoid, overlay
from geoplan.ops import separation as apart
from geoplan.place import Place
from geoplan.role import pooled, titles
from geoplan.units import Metres, percent, shown

WIDTHS = ("minimum", "p10", "p50", "p90", "mean")
SEEN = 0.01


def separation(
    one: tuple[Layer, ...], other: tuple[Layer, ...], belt: Layer | None = None, uses: Layer | None = None, *,
    place: Place, statistic: Literal["minimum", "mean", "p10", "p50", "p90"] = "minimum",
    spacing: Metres = Metres(10.0), reach: Metres = Metres(2000.0), narrow: Metres = Metres(0.0),
) -> Outcome:  # fmt: skip
    """The width between two areas along their interface, in metres: the least of it, unless another is asked for.

    The interface is the border of `one`, in pieces of at most `spacing`, where `other` is at most `reach` away and
    nothing of `one` lies in between. A piece is as wide as its middle is far from `other`, weighs what it is long, and
    is of the place and zone that hold its middle; the minimum looks at all of a piece. The belt is there where the way
    across meets it. Gaps are stretches without it, or no wider than `narrow` (0: the areas touch or overlap there).
    `uses` are what should not lie in the belt. Of unknown class, `one`, `other` and `uses` count as there and the belt
    as missing, so the truth can only be better. Widths do not add over tiles or zones: they are finished once, from the
    evidence `interface` (status part | rest | gap, metres, length_m). More evidence: `gaps`, `nearest`, `one`, `other`,
    `belt`, `uses`; tables `widths`, `gaps`. Source: 港城分界缓冲带 of the plans, which state no threshold.
    """
    (port, blank), (city, unsure) = pooled(one), pooled(other)
    shapes = port.geometry.to_numpy(), city.geometry.to_numpy()
    found = apart.facing(*shapes, spacing, reach, place.crs)
    found = found.of(place.owns(found.middles))
    green = belt.frame.geometry.to_numpy()[~belt.unclassed] if belt else shapes[0][:0]
    held = apart.crossed(found.ways, overlay.disjoint(green)) > 0
    bare = (found.widths <= narrow + DISTANCE_TOLERANCE) | (~held if belt else np.zeros(len(held), dtype=bool))
    status = np.select([bare, np.full(len(bare), belt is not None)], ["gap", "part"], "rest").astype(object)
    drawn, widths = _drawn(found, status, place), {name: found.width(name) for name in WIDTHS}
    wrong, whole = uses.frame if uses else port.iloc[:0], float(found.lengths.sum())
    taken = borders.within(place, borders.ground(place, green), wrong.geometry.to_numpy())
    inside, gaps = borders.listed(wrong, place, area_m2=taken), drawn["gaps"]
    facts = widths | {
        "interface": whole, "belt_share": float(found.lengths[held].sum()) / whole if belt and whole else None,
        "gap_length": float(gaps["length_m"].sum()), "overlap": _shared(place, *shapes),
        "uses": float(inside["area_m2"].sum()), "unclassed": float(blank.sum() + unsure.sum()),
    }  # fmt: skip
    said: dict[str, Any] = facts | {name: shown(v, 2, toward=-1) for name, v in widths.items()} | {
        "place": place.name, "one": titles(one), "other": titles(other), "belt": belt.spec.title if belt else {},
        "spacing": spacing, "reach": reach, "narrow": narrow, "gaps": len(gaps), "share": percent(facts["belt_share"]),
    }  # fmt: skip
    words = ["headline" if whole else "headline_none", "definition", "belt" if belt else "no_belt"]
    words += ["gaps"] * bool(len(gaps)) + [word for word in ("overlap", "uses", "unclassed") if facts[word]]
    evidence = drawn | {"one": port, "other": city, "uses": inside} | ({"belt": belt.frame} if belt else {})
    steps = {"statistic": ("", WIDTHS), "metres": ("m", [np.nan if w is None else w for w in widths.values()])}
    listed = {c: ("m", gaps[c].to_numpy()) for c in ("length_m", "metres")}
    index = Index(widths[statistic], _zones(found, place, statistic), "m")
    notes, tables = (Note(f"separation.{word}", said) for word in words), {"widths": Table.of(steps)}
    return Outcome(index, {}, evidence, tables | {"gaps": Table.of(listed)}, tuple(notes), facts)


def _drawn(found: apart.Facing, status: Any, place: Place) -> dict[str, gpd.GeoDataFrame]:
    """The interface piece by piece, the gaps in it from the longest on, and the way across where it is narrowest."""
    columns = {"status": status, "metres": found.widths, "length_m": found.lengths}
    bare, first = status == "gap", np.argsort(found.least, kind="stable")[:1]
    runs, metres, least = apart.joined(found.pieces[bare], found.least[bare], place.crs)
    gaps = gpd.GeoDataFrame({"status": "gap", "metres": least, "length_m": metres}, geometry=runs, crs=place.crs)
    near = {"metres": found.least[first]}
    return {
        "interface": gpd.GeoDataFrame(columns, geometry=found.pieces, crs=place.crs),
        "gaps": gaps.sort_values("length_m", ascending=False, kind="stable", ignore_index=True),
        "nearest": gpd.GeoDataFrame(near, geometry=found.ways[first], crs=place.crs),
    }


def _shared(place: Place, one: Any, other: Any) -> float:
    """Square metres of the place that both areas claim; 0 within rounding."""
    ground = overlay.pieces(*(overlay.disjoint(overlay.clip(shapes, place.area)) for shapes in (one, other))).shapes
    m2 = float(ellipsoid.area(ground, place.crs).sum())
    return m2 if m2 > SEEN else 0.0


def _zones(found: apart.Facing, place: Place, statistic: str) -> dict[str, tuple[Row[float | None], ...]]:
    """The width in each zone, by the pieces whose middle it holds; no value where it has no interface."""
    rows = {}
    for level, zones in place.zones.items():
        at, named = (
            zones.locate(found.middles),
            [*enumerate(zip(zones.ids, zones.names, strict=True)), (-1, (None, ""))],
        )
        rows[level] = tuple(Row(*name, found.of(at == i).width(statistic)) for i, name in named)
    return rows

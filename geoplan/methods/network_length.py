"""How long a network is, every stretch once, and how it hangs together: parts, rings, ends, gaps, what it joins."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan import borders
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome, Table
from geoplan.ops import ellipsoid, structure
from geoplan.place import Place
from geoplan.role import owned, pooled, titles
from geoplan.strands import Strands, strands
from geoplan.units import Metres, percent, shown


def network_length(
    lines: tuple[Layer, ...], nodes: tuple[Layer, ...] | None = None, *, place: Place, parallel: Metres = Metres(0.0),
    join: Metres = Metres(20.0),
) -> Outcome:  # fmt: skip
    """The geodesic length of a network in the place, in metres: every stretch once, cut at the borders of its zones.

    A stretch drawn twice counts once, surely where one of its lines is of known class. Of lines side by side within
    `parallel` metres for at least five times that, the longest feature's counts (see `ops.structure.beside`); shorter
    stretches stay, so the length is never too small. Parts, rings (edges - nodes + parts), dead ends and gaps are those
    of the whole place, lines of known class alone; lines meet where they cross, parts no more than `join` apart are
    one, and `nodes` (parks, waters) that lie so near a line are joined by it. Lengths of tiles add up, facts do not.
    Evidence: `lines` (counted, unknown, left_out; component, length_m), `gaps` (metres), `nodes` (reached, unreached,
    unknown; component, metres).
    """
    of = strands(lines, place, parallel=parallel, join=join)
    amount, doubt, left = (of.by_account(place, status) for status in ("counted", "unknown", "left_out"))
    total, net, rows = borders.total(place, amount=amount, unknown=doubt, unit="m"), of.net, of.rows(place)
    edge = shapely.boundary(place.boundary)
    ends = net.ends[~shapely.dwithin(net.ends, edge, max(join, 1e-6))] if len(net.ends) else net.ends
    metres = np.bincount(net.part, ellipsoid.length(of.lines, place.crs), minlength=net.parts).astype(np.float64)
    longest = float(metres[0] / metres.sum()) if len(metres) else None
    told: dict[str, float | None] = {
        "components": float(net.drawn), "components_joined": float(net.parts), "rings": float(net.rings),
        "dead_ends": float(len(ends)), "gaps": float(len(net.gaps)), "largest": longest, "parallel_m": float(left[0]),
        "doubled_m": of.doubled,
    }  # fmt: skip
    joined, facts = _nodes(nodes, of, place, join)
    told |= facts
    gaps = gpd.GeoDataFrame({"id": [str(i + 1) for i in range(len(net.gaps))]}, geometry=net.gaps, crs=place.crs)
    gaps = gaps.assign(metres=ellipsoid.length(net.gaps, place.crs))
    said: dict[str, Any] = told | {
        "place": place.name, "lines": titles(lines), "nodes_title": titles(nodes) if nodes else {}, "join": join,
        "parallel": parallel, "km": shown(total.amount / 1000, 3), "unknown": shown(total.unknown / 1000, 3),
        "largest": percent(longest), "parallel_km": shown(left[0] / 1000, 3), "doubled_km": shown(of.doubled / 1000, 3),
        "group": percent(told.get("group_share")),
    }  # fmt: skip
    words = ["headline", "definition", "structure"] + ["parallel"] * (parallel > 0) + ["nodes"] * (nodes is not None)
    words += [w for w, m in (("doubled", of.doubled), ("unknown", total.unknown), ("gaps", len(gaps))) if m]
    words += ["nodes_unknown"] * bool(told.get("nodes_unknown"))
    notes = tuple(Note(f"network_length.{word}", said) for word in words)
    evidence = {"lines": rows, "gaps": gaps} | ({} if joined is None else {"nodes": joined})
    return Outcome(total, {}, evidence, _tables(rows, metres), notes, told)


def _nodes(
    nodes: tuple[Layer, ...] | None, of: Strands, place: Place, join: float
) -> tuple[gpd.GeoDataFrame | None, dict[str, float | None]]:
    """Places with what joins them, and how much of their ground lies in the largest group."""
    if nodes is None:
        return None, {}
    frame, unclassed = pooled(nodes)
    mine = np.concatenate([owned(layer, place) for layer in nodes]) & ~unclassed
    lost = float(np.concatenate([owned(layer, place) & layer.unclassed for layer in nodes]).sum())
    frame = frame[mine].reset_index(drop=True)
    shapes = frame.geometry.to_numpy()
    found, ground = structure.groups(shapes, of.lines, of.net.part, join), ellipsoid.area(shapes, place.crs)
    on = found.group >= 0
    square = np.bincount(found.group[on], ground[on], minlength=1)
    sizes = np.bincount(found.group[on], minlength=1)
    group = np.array([str(int(g) + 1) if g >= 0 else None for g in found.group], dtype=object)
    kept = frame[[c for c in ("id", "name", "class", "geometry") if c in frame]]
    rows = kept.assign(
        status=np.where(on, "reached", "unreached"), component=group, metres=found.metres, area_m2=ground
    )
    share = float(square.max() / ground.sum()) if ground.sum() > 0 else None
    facts = {"nodes": float(len(rows)), "nodes_joined": float(on.sum()), "nodes_unknown": lost,
             "group": float(sizes.max()), "group_share": share}  # fmt: skip
    return rows, facts


def _tables(rows: gpd.GeoDataFrame, metres: NDArray[np.float64]) -> dict[str, Table]:
    """The length of each class, and of each part of the network, the longest first."""
    counted = rows[rows["status"] == "counted"]
    kinds = counted["class"] if "class" in counted else counted["id"].map(lambda _: None)
    sums = counted.assign(kind=kinds).groupby("kind", dropna=False)["length_m"].sum()
    classes = Table.of({"class": ("", [*sums.index]), "length_m": ("m", [*sums])})
    shares = 100 * metres / metres.sum() if len(metres) else metres
    numbers = [str(i + 1) for i in range(len(metres))]
    parts = Table.of({"component": ("", numbers), "length_m": ("m", metres), "share": ("%", shares)})
    return {"classes": classes, "components": parts}

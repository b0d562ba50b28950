"""Who works where they live: journeys to work that stay inside, beside how many jobs there are for those who work."""

from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan import borders
from geoplan.layer import Layer
from geoplan.measure import Halves, Note, Outcome, Ratio, Row, Table
from geoplan.ops import ellipsoid
from geoplan.ops.journeys import journeys
from geoplan.place import Place
from geoplan.units import percent, shown

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


def balance(
    flows: Layer, jobs: Layer | None = None, residents: Layer | None = None, *, place: Place, people: str = "people",
    work: str = "work", jobs_column: str = "jobs", employed_column: str = "employed",
) -> Outcome:  # fmt: skip
    """Self-containment: people who live and work in the place / people with work who live in the place.

    A flow is a line from home (first vertex) to work (last vertex), with its people in the column `people`. Drawn as a
    point, they work where they live if the column `work` says where that is; else nobody knows where they work. Flows
    of unknown class are unknown; those without people stand in neither half, and are said. A zone asks the same of
    itself. Homes are counted in the window, work in all of the place, so tiles add up. Beside it, another measure with
    its own name, jobs / employed residents (`jobs_column`, `employed_column` of the other two layers).
    Evidence `flows` (status within | outgoing | incoming | outside | unknown, people, length_m); table `zones`.
    Definition: 就业住房平衡指数 (中新天津生态城), residents who work inside / residents who work.
    """
    ways, many = journeys(flows.frame.geometry.to_numpy()), flows.numbers(people)
    said_where = np.array([word is not None for word in flows.said(work)], dtype=bool)
    apart, known = flows.unclassed | (ways.still & ~said_where), np.isfinite(many)
    lives, near, counted = place.owns(ways.start), _inside(place, ways.start), np.where(known, many, 0.0)
    works = _inside(place, ways.end) & ~apart

    def halves(at: Any, stays: Flags) -> Halves:
        here = lives & at
        part, whole, unknown = (float(counted[w].sum()) for w in (here & stays & ~apart, here, here & apart))
        return Halves(part, whole, unknown)

    by_zone = {}
    for level, zones in place.zones.items():
        home, job = zones.locate(ways.start), zones.locate(ways.end)
        named = [*enumerate(zip(zones.ids, zones.names, strict=True)), (-1, (None, ""))]
        by_zone[level] = tuple(Row(*name, halves(home == i, works & (job == i))) for i, name in named)
    ratio = Ratio(halves(True, works), by_zone, "people", "people")
    words = ["unknown", "within", "outgoing", "incoming"]
    status = np.select([near & apart, near & works, near, works], words, "outside").astype(object)
    offer, need = _counted(place, jobs, jobs_column), _counted(place, residents, employed_column)
    per = np.divide(offer, need, out=np.full(len(need), np.nan), where=need > 0)
    facts: dict[str, float | None] = {
        "jobs": float(offer[0]), "employed": float(need[0]), "jobs_per_employed": float(per[0]),
        "incoming": float(counted[(status == "incoming") & place.owns(ways.end)].sum()),
        "people_unknown": float((lives & ~known).sum()),
    }  # fmt: skip
    facts = {name: v if v is not None and np.isfinite(v) else None for name, v in facts.items()}
    said: dict[str, Any] = facts | {h: getattr(ratio.overall, h) for h in ("part", "whole", "unknown")} | {
        "place": place.name, "share": percent(ratio.value), "ratio": shown(facts["jobs_per_employed"], 2),
        "flows": flows.spec.title, "as_of": flows.source.as_of or "—",
    }  # fmt: skip
    words = ["headline", "definition", "beside" if facts["jobs_per_employed"] is not None else "alone"]
    words += [word for word in ("incoming", "unknown", "people_unknown") if said[word]]
    seen = flows.frame.assign(status=status, people=many)
    seen["length_m"] = ellipsoid.length(flows.frame.geometry.to_numpy(), place.crs)
    beside = {"jobs": ("count", offer), "employed": ("people", need), "jobs_per_employed": ("", per)}
    notes = tuple(Note(f"balance.{word}", said) for word in words)
    return Outcome(ratio, {"population": ratio}, {"flows": seen}, {"zones": _zones(ratio, beside)}, notes, facts)


def _inside(place: Place, points: NDArray[np.object_]) -> Flags:
    """Which points lie in the place, whatever its window."""
    return np.asarray(shapely.covers(place.boundary, points), dtype=bool)


def _counted(place: Place, layer: Layer | None, column: str) -> Floats:
    """What a column holds, by account; NaN without a layer, or where nobody knows any of it."""
    amounts = np.zeros(0) if layer is None else layer.numbers(column)
    if layer is None or not np.isfinite(amounts).any():
        return np.full(borders.count(place), np.nan)
    known = np.isfinite(amounts)
    points = shapely.point_on_surface(layer.frame.geometry.to_numpy()[known])
    return borders.counted(place, points, amounts[known])


def _zones(ratio: Ratio, beside: dict[str, tuple[str, Floats]]) -> Table:
    """A row a zone: who lives there, who works there too, and the jobs and employed residents there are."""
    rows = [row for level in ratio.by_zone.values() for row in level]
    found: dict[str, tuple[str, Any]] = {"zone": ("", [row.name for row in rows])}
    found |= {
        n: ("people", [getattr(row.value, h) for row in rows]) for n, h in (("living", "whole"), ("staying", "part"))
    }
    found["share"] = ("%", [np.nan if row.value.value is None else 100 * row.value.value for row in rows])
    return Table.of(found | {name: (unit, each[1:]) for name, (unit, each) in beside.items()})

"""Which share of the kinds there are is of some sort: native species of all plant species, each species once."""

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geoplan.errors import LayerError
from geoplan.layer import Layer
from geoplan.measure import Halves, Note, Outcome, Ratio, Row, Table
from geoplan.place import Place
from geoplan.role import pooled, titles
from geoplan.units import percent

Flags: TypeAlias = NDArray[np.bool_]


def distinct_share(
    of: tuple[Layer, ...], met: tuple[Layer, ...], within: Layer | None = None, *, place: Place,
    species: str = "species",
) -> Outcome:  # fmt: skip
    """Distinct species that are met / distinct species, by the column `species`; neither stems nor ground count.

    Both roles take the same layers: `met` is what its classes keep of them (native). Names are compared without regard
    to case and spaces. A species is met or not for the whole place, by all its records there of which that is known; it
    is unknown where those records disagree or none of them says. Records without a name are of no species, and said.
    `within` (the built-up area) leaves out records whose point lies on none of its ground. Each zone counts its own
    species once, so rows never add up, and neither do tiles: the tables `species` and evidence `features` (id, species,
    status met | not_met | unknown) are all it rests on. Definition: 本地植物指数 = native species / all plant species.

    Raises:
        LayerError: `met` is of other layers than `of`, or has records that `of` has not.
    """
    frame, blank = pooled(of)
    kept, unsure = pooled(met)
    if {s.name for s in met} != {s.name for s in of} or not kept["id"].isin(frame["id"]).all():
        raise LayerError("distinct_share.other_layers", met=titles(met), of=titles(of))
    points = shapely.point_on_surface(frame.geometry.to_numpy())
    mine = place.owns(points) & (_on(points, within) if within else True)
    said_of = frame[species] if species in frame else pd.Series(None, frame.index, dtype=object)
    key = said_of.map(lambda name: " ".join(str(name).split()).casefold(), na_action="ignore").replace("", None)
    rows = pd.DataFrame({"key": key, "name": said_of, "yes": frame["id"].isin(kept["id"]).to_numpy()})
    rows["known"] = ~(blank | frame["id"].isin(kept["id"][unsure]).to_numpy())
    rows["native"], rows["foreign"] = rows["known"] & rows["yes"], rows["known"] & ~rows["yes"]
    counted = rows[mine & rows["key"].notna().to_numpy()]
    by = counted.groupby("key").agg(
        name=("name", "min"), records=("name", "size"), yes=("native", "any"), no=("foreign", "any")
    )
    by["status"] = np.select([by["yes"] & ~by["no"], by["no"] & ~by["yes"]], ["met", "not_met"], "unknown")
    ratio = Ratio(
        _halves(by["status"]), _zones(place, points[counted.index], counted["key"].map(by["status"]), counted["key"])
    )
    status = rows["key"].map(by["status"]).fillna("unknown").astype(object)
    seen = frame[[c for c in ("id", "name", "class", "geometry") if c in frame]].assign(species=said_of, status=status)
    told = {
        "unnamed": float((mine & rows["key"].isna()).sum()),
        "disagreeing_species": float((by["yes"] & by["no"]).sum()),
    }
    said: dict[str, Any] = told | {
        "place": place.name, "of": titles(of), "share": percent(ratio.value), "met": int(ratio.overall.part),
        "species": int(ratio.overall.whole), "unknown": int(ratio.overall.unknown), "records": len(counted),
        "within": within.spec.title if within else {},
    }  # fmt: skip
    words = ["headline", "definition", *["within"] * bool(within), *(w for w in (*told, "unknown") if said[w])]
    listed = by.sort_values(["status", "name"], kind="stable")
    table = Table.of({"species": ("", listed["name"].to_numpy()), "status": ("", listed["status"].to_numpy()),
                      "records": ("count", listed["records"].to_numpy())})  # fmt: skip
    notes = tuple(Note(f"distinct_share.{word}", said) for word in words)
    return Outcome(ratio, {}, {"features": seen[mine].reset_index(drop=True)}, {"species": table}, notes, told)


def _on(points: NDArray[np.object_], within: Layer) -> Flags:
    """Which points lie on ground that is certainly of a layer."""
    found = np.zeros(len(points), dtype=bool)
    ground = within.frame.geometry.to_numpy()[~within.unclassed]
    found[shapely.STRtree(ground).query(points, predicate="covered_by")[0]] = True
    return found


def _halves(status: "pd.Series[Any]") -> Halves:
    """Halves of species, one status each."""
    return Halves(float((status == "met").sum()), float(len(status)), float((status == "unknown").sum()))


def _zones(place: Place, points: NDArray[np.object_], status: "pd.Series[Any]", key: "pd.Series[Any]") -> Any:
    """The rows of each level: a species counts once in every zone it was recorded in."""
    by_zone = {}
    for level, zones in place.zones.items():
        at, rows = zones.locate(points), []
        for i, (zone, name) in enumerate([*zip(zones.ids, zones.names, strict=True), (None, "")]):
            here = at == (i if zone is not None else -1)
            rows.append(Row(zone, name, _halves(status[here][~key[here].duplicated()])))
        by_zone[level] = tuple(rows)
    return by_zone

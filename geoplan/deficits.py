"""What is not as it should be, feature by feature: which, in which zones, and how much of the gap each is."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from geoplan.measure import Change, Outcome, Ratio, Total, slack

if TYPE_CHECKING:
    import geopandas as gpd

    from geoplan.place import Place

__all__ = ["UNMET", "Deficit", "deficits_of"]

UNMET = ("unreached", "not_met", "lost")
"""What the column `status` of evidence says of a feature that is not as it should be, whatever the method."""
_COLUMNS = {"m2": "area_m2", "m": "length_m", "people": "population"}
_LACK = "lack"
"""The column of evidence that says how much of a feature is lacking, where that is not all of it."""


@dataclass(frozen=True, slots=True)
class Deficit:
    """A feature that is not as it should be.

    Attributes:
        id: of the feature, as its layer has it.
        name: what it is called; empty where nobody says.
        status: `unreached`, `not_met` or `lost`.
        evidence: the layer of evidence it stands in.
        amount: what it would add to the part, in the unit of the part; None where nobody knows.
        unit: of the amount: count, m2, m, people, or the unit of what the layer counts.
        zones: level -> the name of its zone, its id where it has no name; None where it lies in none.
    """

    id: str
    name: str
    status: str
    evidence: str
    amount: float | None
    unit: str
    zones: Mapping[str, str | None] = field(default_factory=dict)


def deficits_of(outcome: Outcome, weight: str, place: "Place") -> tuple[Deficit, ...]:
    """Every feature of the evidence that is not as it should be, the largest first, then by id.

    A feature that stands in several pieces (ground that was lost) is one deficit, as large as all of them. Where the
    amounts together are more than what is lacking of the whole, features are not what the measure adds up (species,
    rain): what each would add is not known.

    Args:
        outcome: what the method handed on.
        weight: what the definition weighs features by; the amount of each is of that kind.
        place: whose zones it lies in.
    """
    unit = _unit(outcome)
    column = "amount" if weight == "amount" else _COLUMNS.get(unit, "")
    found = [
        deficit
        for name, frame in outcome.evidence.items()
        if "status" in frame and "id" in frame
        for deficit in _of_frame(name, frame[frame["status"].isin(UNMET)], column, unit, place)
    ]
    measure = outcome.measure
    if isinstance(measure, Ratio):
        lacking, held = measure.overall.whole - measure.overall.part, math.fsum(d.amount or 0.0 for d in found)
        if held > lacking + slack(measure.overall.whole):
            found = [replace(d, amount=None) for d in found]
    return tuple(sorted(found, key=lambda d: (-(d.amount or 0.0), d.id, d.evidence)))


def _unit(outcome: Outcome) -> str:
    measure = outcome.measure
    if isinstance(measure, Ratio):
        return measure.part_unit
    return measure.unit if isinstance(measure, (Total, Change)) else "count"


def _of_frame(name: str, frame: "gpd.GeoDataFrame", column: str, unit: str, place: "Place") -> Iterator[Deficit]:
    if not len(frame):
        return
    column = _LACK if _LACK in frame else column
    names = frame["name"] if "name" in frame else [None] * len(frame)
    amounts = frame[column].astype(float) if column in frame else [1.0 if not column else None] * len(frame)
    zones = _zones(frame, place)
    merged: dict[tuple[str, str], Deficit] = {}
    for row, (key, title, status, amount) in enumerate(zip(frame["id"], names, frame["status"], amounts, strict=True)):
        # people nobody counted are no amount
        known = None if amount is None or amount != amount else float(amount)  # noqa: PLR0124  (NaN)
        had = merged.get((str(key), str(status)))
        if had is None:
            told = "" if title is None or title != title else str(title)  # noqa: PLR0124  (NaN)
            where = {level: at[row] for level, at in zones.items()}
            merged[str(key), str(status)] = Deficit(str(key), told, str(status), name, known, unit, where)
        elif column and known is not None:
            merged[str(key), str(status)] = replace(had, amount=(had.amount or 0.0) + known)
    yield from merged.values()


def _zones(frame: "gpd.GeoDataFrame", place: "Place") -> dict[str, list[str | None]]:
    import shapely

    points: Any = shapely.point_on_surface(frame.geometry.to_numpy())
    return {
        level: [None if at < 0 else zones.names[at] or zones.ids[at] for at in zones.locate(points).tolist()]
        for level, zones in place.zones.items()
    }

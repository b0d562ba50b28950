"""How much of something there is for each person: ground, things, or the sum of a column; people where they live."""

from typing import Any, Literal

import numpy as np
import shapely

from geoplan import borders, inventory
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome, Table
from geoplan.place import Place
from geoplan.role import pooled
from geoplan.units import SquareMetres


def per_capita(
    amount: tuple[Layer, ...], population: Layer, *, place: Place, measure: Literal["area", "count", "sum"] = "area",
    column: str | None = None, minimum_area: SquareMetres | None = None,
) -> Outcome:  # fmt: skip
    """Square metres of the amount in the place, its number or the sum of a column, for each person who lives there.

    Polygons of the amount are united, so ground under two of them counts once, and cut at the borders of the place and
    its zones; things, and what their `column` says, belong whole where their representative point lies. People (column
    `population`) belong whole, with their parcel, where its representative point lies. Parcels whose people nobody
    counted stand in neither half and are said: while there are any, the true value is lower than the one shown. Things
    whose amount nobody knows are said too: while there are any, it may be higher. What has no known class is unknown.
    Polygons smaller than `minimum_area` are left out; of things without an area nobody can tell.

    The evidence `amount` holds each feature with `status` counted or unknown, and `area_m2` or `amount`. The unit of
    the definition does the scaling: beds per 1,000 people, pitches per 10,000.

    Raises:
        LayerError: there are features, and nobody knows the amount of a single one.
    """
    frame, unclassed = pooled(amount)
    numbers, unit = inventory.amounts(amount, column), inventory.unit_of(amount, column)
    small, nobody = inventory.sized(frame, place, minimum_area, None)
    status = inventory.counted_or_unknown(unclassed | (nobody & (measure != "area")))
    left_out = int((small & place.owns(inventory.spots(frame))).sum())
    frame, status, numbers = frame[~small].reset_index(drop=True), status[~small], numbers[~small]
    found = inventory.take(place, frame, status, measure, numbers, unit=unit)
    homes, people = shapely.point_on_surface(population.frame.geometry.to_numpy()), population.numbers("population")
    known = np.isfinite(people)
    residents = borders.counted(place, homes[known], people[known])
    nobody_counted = float(place.owns(homes[~known]).sum())
    units = (found.unit, "people")
    ratio = borders.ratio(place, part=found.sure, whole=residents, unknown=found.doubt, bounded=False, units=units)
    told = {**found.told, "people_unknown": nobody_counted, "small": float(left_out)}
    said: dict[str, Any] = told | {
        "place": place.name, "amount": [layer.spec.title for layer in amount], "population": population.spec.title,
        "area": ratio.overall.part, "people": ratio.overall.whole, "unknown": ratio.overall.unknown,
        "as_of": population.source.as_of, "minimum": minimum_area, "column": inventory.called(amount, column),
    }  # fmt: skip
    doubt = "unknown" if measure == "area" else "in_doubt"
    words = [f"definition_{measure}".removesuffix("_area")]
    words += [w for w in ("overlap", doubt, "amount_unknown", "people_unknown", "small") if said.get(w)]
    held = inventory.COLUMN[measure]
    largest = found.rows.sort_values(held, ascending=False, kind="stable")
    heads = {"id": "", "name": "", "class": "", held: found.unit, "status": ""}
    table = Table.of({c: (of, largest[c].to_numpy()) for c, of in heads.items() if c in largest and c != "count"})
    notes = tuple(Note(f"per_capita.{word}", said) for word in words)
    return Outcome(ratio, {}, {"amount": found.rows}, {"amount": table}, notes, told)

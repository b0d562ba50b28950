"""How dense something is: how many, how long, or the sum of a column, for each square kilometre of ground."""

from typing import Any, Literal

import numpy as np

from geoplan import borders, inventory
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome
from geoplan.place import Place
from geoplan.role import pooled, titles


def density(
    of: tuple[Layer, ...], ground: tuple[Layer, ...] | None = None, *, place: Place,
    measure: Literal["count", "length", "sum"] = "count", column: str | None = None,
) -> Outcome:  # fmt: skip
    """How many features, metres of line, or how much of a column there are to each square metre of ground.

    The unit of the definition does the scaling (per square kilometre). Without `ground` it is the whole place. Only
    what lies on the ground counts: things, and what their `column` says, whole where their representative point lies,
    lines as far as they run on it, each stretch once. Ground is united and cut at the borders of the place and its
    zones.

    Unknown: features of unknown class. Ground of unknown class is in no half and said, with how much there is of it;
    so are features on it.

    The evidence `features` holds each feature on the ground with `status` counted or unknown, and `length_m` or
    `amount`; the table `classes` how many and how much of each class. Tiles add up to the whole.

    Raises:
        LayerError: there are features, and nobody knows the amount of a single one.
    """
    frame, unclassed = pooled(of)
    status = inventory.counted_or_unknown(unclassed)
    land, bare = (None, np.zeros(1)) if ground is None else _land(ground, place)
    numbers, unit = inventory.amounts(of, column), inventory.unit_of(of, column)
    found = inventory.take(place, frame, status, measure, numbers, unit=unit, ground=land)
    whole, units = borders.areas(place, borders.ground(place, land)), (found.unit, "m2")
    ratio = borders.ratio(place, part=found.sure, whole=whole, unknown=found.doubt, bounded=False, units=units)
    told = {**found.told, "ground_unknown": float(bare[0])}
    said: dict[str, Any] = told | {
        "place": place.name, "of": titles(of), "ground": titles(ground) if ground else place.name,
        "column": inventory.called(of, column), "ground_km2": ratio.overall.whole / 1e6,
    }  # fmt: skip
    words = [f"definition_{measure}"]
    words += [w for w in ("in_doubt", "amount_unknown", "doubled", "ground_unknown") if said.get(w)]
    facts = {name: value for name, value in told.items() if name not in {"outside", "counted"}}
    notes = tuple(Note(f"density.{word}", said) for word in words)
    tables = {"classes": inventory.by_class(place, found, measure)}
    return Outcome(ratio, {}, {"features": found.rows}, tables, notes, facts)


def _land(ground: tuple[Layer, ...], place: Place) -> tuple[Any, Any]:
    """The polygons that are the ground for sure, and by account how much more may be ground."""
    frame, unclassed = pooled(ground)
    shapes = frame.geometry.to_numpy()
    return shapes[~unclassed], borders.cover(
        place, borders.ground(place), shapes[~unclassed], shapes[unclassed]
    ).unknown

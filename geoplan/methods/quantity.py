"""How much there is of something: how many, how much ground, how long, or the sum of a column."""

from typing import Any, Literal

from geoplan import borders, inventory
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome
from geoplan.place import Place
from geoplan.role import pooled
from geoplan.units import Metres, SquareMetres

TWINS = 50.0
"""Features of one name this near to each other may be one thing drawn twice, in metres."""


def quantity(
    of: tuple[Layer, ...], *, place: Place, measure: Literal["count", "area", "length", "sum"] = "count",
    amount: str | None = None, smallest: SquareMetres | None = None, largest: SquareMetres | None = None,
    certified: str | None = None, beside: Metres = Metres(0.0),
) -> Outcome:  # fmt: skip
    """How many features there are in the place, how much ground they cover, how long they run, or what a column sums.

    Ground is united, so what lies under two polygons counts once, and is cut at the borders of the place and its zones;
    areas and lengths are ellipsoidal. Every stretch of a line counts once; a line drawn up to `beside` metres off a
    border belongs to it. Things, and the `amount` of each, belong whole where their representative point lies; a point
    on the border counts. Features smaller than `smallest` or larger than `largest` (m2, limits included) are left out.
    Of the class `restored`, only features are counted of which the column `certified` says yes.

    Unknown: features of unknown class or certificate, and, where sizes are asked, of unknown size. Of features whose
    amount nobody knows it is only said how many there are. What one feature counts for sure, another in doubt does not
    take away. Features of one name within 50 m of each other are said, never merged.

    The evidence `features` holds each with `status` counted, unknown or left_out, and `area_m2`, `length_m` or
    `amount`; the table `classes` how many and how much of each class. Tiles add up to the whole.

    Raises:
        LayerError: there are features, and nobody knows the amount of a single one.
    """
    frame, unclassed = pooled(of)
    status = inventory.counted_or_unknown(unclassed)
    size, nobody = inventory.sized(frame, place, smallest, largest)
    denied, unproven = inventory.certified_only(frame, certified)
    status[nobody | unproven] = "unknown"
    status[size | denied] = "left_out"
    numbers, unit = inventory.amounts(of, amount), inventory.unit_of(of, amount)
    found = inventory.take(place, frame, status, measure, numbers, unit=unit, beside=beside)
    total = borders.total(place, amount=found.sure, unknown=found.doubt, unit=found.unit)
    told = dict(found.told)
    if measure == "count":
        told["twins"] = float(
            inventory.twins(frame[status == "counted"], found.rows[found.rows["status"] == "counted"], TWINS)
        )
    mine = place.owns(inventory.spots(frame))
    told |= {"size_left_out": float((mine & size).sum()), "not_certified": float((mine & denied & ~size).sum())}
    said: dict[str, Any] = told | {
        "place": place.name, "of": [layer.spec.title for layer in of], "amount": inventory.called(of, amount),
        "near": TWINS, "smallest": smallest or 0.0, "largest": "—" if largest is None else largest, "beside": beside,
        "as_of": of[0].source.as_of or "—",
    }  # fmt: skip
    words = [f"definition_{measure}"] + ["none"] * (not any(told[n] for n in ("counted", "in_doubt", "amount_unknown")))
    words += ["sized"] * bool(smallest or largest) + ["certified"] * (certified is not None) + ["beside"] * (beside > 0)
    words += [
        word for word in ("in_doubt", "amount_unknown", "overlap", "doubled", "outside", "twins") if told.get(word)
    ]
    facts = {name: value for name, value in told.items() if name != "counted" or measure != "count"}
    notes = tuple(Note(f"quantity.{word}", said) for word in words)
    tables = {"classes": inventory.by_class(place, found, measure)}
    return Outcome(total, {}, {"features": found.rows}, tables, notes, facts)

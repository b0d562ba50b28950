"""Which share of things meets what is asked of them: by number, ground, length, people, or an amount they carry."""

from typing import Any

import numpy as np
import shapely

from geoplan import borders, inventory, meeting
from geoplan.errors import LayerError
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome
from geoplan.ops import ellipsoid
from geoplan.place import Place
from geoplan.role import titles
from geoplan.units import SquareMetres, percent


def share_where(
    met: tuple[Layer, ...], features: tuple[Layer, ...], *, place: Place, weight: str, amount: str | None = None,
    least: SquareMetres | None = None,
) -> Outcome:  # fmt: skip
    """The share of the features that meet something, which is what the classes of `met` keep of them.

    Both roles take the same layers, `met` with narrower classes. The share is told by count, and by ground, length,
    people (column `population`) and `amount` (a column, as floor area) where the features carry them; `weight` is the
    headline. Features, people and amounts belong whole where the representative point lies; ground and lengths are cut
    at borders and each piece counts once. With `least`, only features whose amount (without a column: whose own area)
    is at least that are asked about.

    Unknown: features of which nobody knows a class that is asked for, and, with `least`, of which nobody knows the
    amount; ground and stretches drawn twice on which the drawings do not agree. Amounts and people nobody counted stand
    in neither half, and are said.

    The evidence `features` holds each feature the place counts (by ground or length: each that holds any) with `status`
    met, not_met or unknown, `area_m2`, `length_m`, `population` and `amount`. Tiles add up to the whole.

    Raises:
        LayerError: `met` is of other layers than `features`, or the headline asks for what the features do not carry.
    """
    frame, status = meeting.asked(met, features)
    shapes, people = frame.geometry.to_numpy(), inventory.amounts(features, "population")
    areal, own = shapely.get_dimensions(shapes) == inventory.DIMENSION["area"], ellipsoid.area(shapes, place.crs)
    numbers = inventory.amounts(features, amount) if amount else np.where(areal, own, np.nan)
    small, unsized = numbers < (least or 0.0) * (1 - 1e-10), np.isnan(numbers) & (least is not None)
    mine = place.owns(shapely.point_on_surface(shapes))
    status[unsized] = "unknown"
    told = {"small": float((mine & small).sum()), "unsized": float((mine & unsized).sum())}
    kept = ~small
    frame, status, shapes, mine = frame[kept].reset_index(drop=True), status[kept], shapes[kept], mine[kept]
    homes = inventory.carried(features, "population")[kept]
    people, numbers, unit = people[kept], numbers[kept], inventory.unit_of(features, amount)
    counted = bool(np.isfinite(people).any())
    length, metres = meeting.by_length(place, shapes, status)
    weights = {
        "count": meeting.by_number(place, frame, status, np.ones(len(frame)), "count"),
        "area": meeting.by_ground(place, shapes, status), "length": length,
        "population": meeting.by_number(place, frame, status, people if counted else None, "people"),
        "amount": meeting.by_number(place, frame, status, numbers if amount else None, unit),
    }  # fmt: skip
    headline = weights.get(weight)
    if headline is None:
        raise LayerError("share_where.no_weight", layer=features[0].name, weight=weight)
    held = borders.within(place, borders.ground(place), shapes) if weights["area"] else np.full(len(frame), np.nan)
    columns = {"area_m2": held, "length_m": metres, "population": people, "amount": numbers}
    carried = [c for c, w in zip(columns, ("area", "length", "population", "amount"), strict=True) if weights[w]]
    rows = frame[[c for c in ("id", "name", "class", "geometry") if c in frame]]
    rows = rows.assign(status=status, **{c: columns[c] for c in carried})
    rows = rows[{"area": held > 0, "length": metres > 0}.get(weight, mine)].reset_index(drop=True)
    for column, name, asked in (("population", "people_unknown", homes), ("amount", "amount_unknown", mine)):
        told[name] = float(np.isnan(columns[column][mine & asked]).sum()) if column in carried else 0.0
    told |= {word: float((rows["status"] == word).sum()) for word in ("met", "not_met", "unknown")}
    said: dict[str, Any] = told | {f"by_{name}": percent(r.value if r else None) for name, r in weights.items()} | {
        "place": place.name, "features": titles(features), "whole": len(rows), "least": least,
        "amount": inventory.called(features, amount), "as_of": features[0].source.as_of or "—",
    }  # fmt: skip
    words = ["definition", f"weight_{weight}"] + ["least"] * (least is not None)
    words += [word for word in ("unknown", "unsized", "amount_unknown", "people_unknown") if told[word]]
    facts = {name: value for name, value in told.items() if name not in {"met", "not_met", "unknown"}}
    weights = {name: ratio for name, ratio in weights.items() if ratio is not None or name in {"area", "population"}}
    notes = tuple(Note(f"share_where.{word}", said) for word in words)
    return Outcome(headline, weights, {"features": rows}, {"classes": meeting.by_class(rows)}, notes, facts)

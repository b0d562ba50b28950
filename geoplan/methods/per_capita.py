"""How much ground of a kind there is for each person: areas cut at borders, people counted where they live."""

from typing import Any

import numpy as np
import shapely

from geoplan import borders
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome, Table
from geoplan.ops import ellipsoid
from geoplan.place import Place
from geoplan.role import pooled
from geoplan.units import SquareMetres


def per_capita(
    amount: tuple[Layer, ...], population: Layer, *, place: Place, minimum_area: SquareMetres | None = None,
) -> Outcome:  # fmt: skip
    """Square metres (ellipsoidal) of the amount in the place for each person of the column `population`.

    Polygons of the amount are united, so ground under two of them counts once, and cut at the borders of the place and
    its zones. People belong whole, with their parcel, where its representative point lies. Parcels whose people nobody
    counted stand in neither half and are said: while there are any, the true value is lower than the one shown. Ground
    under polygons of no known class is unknown. Polygons smaller than `minimum_area` are left out.
    """
    frame, unclassed = pooled(amount)
    large = ellipsoid.area(frame.geometry.to_numpy(), place.crs) >= (minimum_area or 0.0)
    small = int((~large & place.owns(shapely.point_on_surface(frame.geometry.to_numpy()))).sum())
    frame, unclassed = frame[large].reset_index(drop=True), unclassed[large]
    shapes = frame.geometry.to_numpy()
    cut = borders.ground(place)
    cover = borders.cover(place, cut, shapes[~unclassed], shapes[unclassed])
    homes, people = shapely.point_on_surface(population.frame.geometry.to_numpy()), population.numbers("population")
    known = np.isfinite(people)
    residents = borders.counted(place, homes[known], people[known])
    nobody_counted = float(place.owns(homes[~known]).sum())
    ratio = borders.ratio(
        place, part=cover.part, whole=residents, unknown=cover.unknown, bounded=False, units=("m2", "people")
    )
    held = borders.within(place, cut, shapes)
    overlap = borders.surplus(held[~unclassed], float(cover.part[0]))
    rows = borders.listed(frame, place, status=np.where(unclassed, "unknown", "part"), area_m2=held)
    told = {"overlap": overlap, "people_unknown": nobody_counted, "small": float(small)}
    said: dict[str, Any] = told | {
        "place": place.name, "amount": [layer.spec.title for layer in amount], "population": population.spec.title,
        "area": ratio.overall.part, "people": ratio.overall.whole, "unknown": ratio.overall.unknown,
        "as_of": population.source.as_of, "minimum": minimum_area,
    }  # fmt: skip
    words = ["definition", *(w for w in ("overlap", "unknown", "people_unknown", "small") if said[w])]
    largest = rows.sort_values("area_m2", ascending=False, kind="stable")
    units = {"id": "", "name": "", "class": "", "area_m2": "m2", "status": ""}
    table = Table.of({c: (unit, largest[c].to_numpy()) for c, unit in units.items() if c in largest})
    notes = tuple(Note(f"per_capita.{word}", said) for word in words)
    return Outcome(ratio, {}, {"amount": rows}, {"amount": table}, notes, told)

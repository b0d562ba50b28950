"""By how much less land makes the same output: land per unit of output then and now, at constant prices."""

from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan import borders, states
from geoplan.layer import Layer
from geoplan.measure import Index, Note, Outcome, Table
from geoplan.place import Place
from geoplan.units import shown

Floats: TypeAlias = NDArray[np.float64]


def intensity_reduction(
    land_before: Layer, land_after: Layer, output_before: Layer, output_after: Layer, *, place: Place,
    column: str = "gdp", prices: str | None = None,
) -> Outcome:  # fmt: skip
    """1 - (land after / output after) / (land before / output before): how far land per unit of output has fallen.

    Land is the ground (m2, ellipsoidal) of two states of one layer in one scheme, cut to the place, overlaps once; the
    output is the sum of `column` of the features whose point lies in the place, in the same money: `prices` says of
    which year (constant prices), and where it is left out the page says that nobody did. Ground of unknown class counts
    after and not before, so the truth can only be better; the fact `best` has it the other way round. A zone is reduced
    by its own land and output; where any output in it is unknown, or there is none, it has no value. Does not add: the
    table `zones` (land and output, before and after) is all it rests on; evidence `part` is the land there is now.
    Definition: 单位地区生产总值建设用地使用面积下降率 = (1 - (A1 / G1) / (A0 / G0)) x 100 %.

    Raises:
        LayerError: the two states of the land are not on one basis.
    """
    states.refuse(land_before, land_after, place)
    (least, most), (low, high) = (_land(layer, place) for layer in (land_before, land_after))
    one, other = (_sums(layer, place, column) for layer in (output_before, output_after))
    worst, best = _fall(least, high, one, other), _fall(most, low, one, other)
    doubt = float((most - least + high - low)[0])
    values, (top, had, has) = _values(worst), (_values(each)[0] for each in (best, one, other))
    facts: dict[str, float | None] = {
        "land_before": float(least[0]), "land_after": float(high[0]), "output_before": had, "output_after": has,
        "unknown": doubt if doubt > states.SEEN else 0.0, "best": top,
    }  # fmt: skip
    said: dict[str, Any] = {n: shown(v, 2) for n, v in facts.items()} | {
        "place": place.name, "land": land_before.spec.title, "share": _hundredths(values[0]),
        "before": shown(least[0] / 1e4, 4), "after": shown(high[0] / 1e4, 4), "prices": prices, "column": column,
        "one": states.version(land_before), "other": states.version(land_after), "best": _hundredths(facts["best"]),
        "output_one": states.version(output_before), "output_other": states.version(output_after),
    }  # fmt: skip
    words = ["headline", "definition", "prices" if prices else "no_prices", *["unknown"] * bool(facts["unknown"])]
    notes = (*(Note(f"intensity_reduction.{word}", said) for word in words), *states.cautions(land_before, land_after))
    rows = [row for level in borders.zoned(place, list(range(borders.count(place)))).values() for row in level]
    i, held = [row.value for row in rows], {"land_before": ("m2", least), "land_after": ("m2", high)}
    held |= {"output_before": ("", one), "output_after": ("", other), "reduction": ("%", 100 * worst)}
    columns = {"zone": ("", [row.name for row in rows])} | {n: (unit, each[i]) for n, (unit, each) in held.items()}
    index, evidence = Index(values[0], borders.zoned(place, values), "-"), {"part": _listed(land_after, place)}
    return Outcome(index, {}, evidence, {"zones": Table.of(columns)}, notes, facts)


def _land(layer: Layer, place: Place) -> tuple[Floats, Floats]:
    """Square metres of ground by account: certainly of the layer, and of it if all that is unknown is."""
    shapes, unclassed = layer.frame.geometry.to_numpy(), layer.unclassed
    found = borders.cover(place, borders.ground(place, shapes), shapes[~unclassed], shapes[unclassed])
    return found.part, found.part + found.unknown


def _listed(layer: Layer, place: Place) -> gpd.GeoDataFrame:
    """The land there is now, for the map."""
    held = borders.within(place, borders.ground(place), layer.frame.geometry.to_numpy())
    status = np.where(layer.unclassed, "unknown", "part").astype(object)
    return borders.listed(layer.frame, place, status=status, area_m2=held)


def _values(amounts: Floats) -> list[float | None]:
    """Amounts by account; None where there is none."""
    return [None if np.isnan(amount) else float(amount) for amount in amounts]


def _hundredths(share: float | None) -> str:
    return shown(None if share is None else 100 * share, 2)


def _sums(layer: Layer, place: Place, column: str) -> Floats:
    """The sum of a column by account; NaN where there is nothing, or where some of it is not known."""
    points, amounts = shapely.point_on_surface(layer.frame.geometry.to_numpy()), layer.numbers(column)
    known = np.isfinite(amounts)
    sums = borders.counted(place, points, np.where(known, amounts, 0.0))
    sums[(borders.counted(place, points, (~known).astype(float)) > 0) | (sums <= 0)] = np.nan
    return sums


def _fall(before: Floats, after: Floats, one: Floats, other: Floats) -> Floats:
    """1 - (after / other) / (before / one); NaN where there was no land, or an output is not known."""
    whole = before * other
    ratio: Floats = np.divide(after * one, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return 1 - ratio

"""What columns hold: units told by what was measured, sizes far from the rest, zeros that mean nobody knows."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoplan import units
from geoplan.column_words import column_said
from geoplan.examine.finding import of_rows, percent
from geoplan.layer import ColumnSpec, Layer
from geoplan.oddity import Oddity
from geoplan.ops.outliers import robust_z, unit_told
from geoplan.words import LANGUAGES, say

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["densities", "far_from_the_rest", "units_of_columns", "unknown_cells", "zeros"]

_SIZES: Mapping[int, tuple[str, ...]] = {2: ("m2", "ha", "mu", "km2"), 1: ("m", "km")}
"""Units a stated size may be in, by the dimension of the shape; the engine's own first."""
_MEASURED = {2: "m2", 1: "m"}
STATED = "stated_"
"""How the columns of contracts begin that repeat what the shape says."""
_DIFFERS = 0.05
_FAR = 8.0
_TIMES = 10.0
"""A number is far from the rest when it is this many times the middle one too."""
_LEAST = 20
_ZEROS, _ZEROS_SURE = 0.1, 0.5
_CROWDED = 300_000.0
"""People on a square kilometre of housing: nowhere do more live."""
_LONELY = 1.0
_FLOORS = (0.02, 40.0)
"""Floor area over ground, in square metres each: the middle building or estate lies between."""


def units_of_columns(layer: Layer) -> Iterator[Oddity]:
    """Columns of areas and lengths that are in another unit than the contract says, wholly or in some rows."""
    shapes = layer.frame.geometry.to_numpy()
    dimensions = shapely.get_dimensions(shapes)
    for column in _numbers(layer, ("m2", "m")):
        dimension = 2 if column.unit == "m2" else 1
        rows = np.flatnonzero(dimensions == dimension)
        if len(rows) and column.name.startswith(STATED):
            measured = shapely.area(shapes[rows]) if dimension == 2 else shapely.length(shapes[rows])
            yield from _stated(layer, column, dimension, rows, measured)
        elif len(rows) and column.name == "floor_area":
            yield from _floors(layer, column, rows, shapely.area(shapes[rows]))


def _stated(
    layer: Layer, column: ColumnSpec, dimension: int, rows: "NDArray[np.intp]", measured: "NDArray[np.float64]"
) -> Iterator[Oddity]:
    stated = layer.numbers(column.name)[rows]
    told = np.isfinite(stated) & (stated > 0) & (measured > 0)
    factors = {unit: units.factor(unit) for unit in _SIZES[dimension]}
    unit, fits = unit_told(stated, measured, factors)
    if not unit:
        ratio = float(np.median(stated[told] / measured[told])) if told.sum() >= 3 else 1.0
        if abs(ratio - 1) > _DIFFERS:
            off = rows[told][np.argsort(-np.abs(np.log(stated[told] / measured[told])), kind="stable")]
            yield of_rows(
                layer, "stated_differs", "doubt", off, column=column.name, percent=units.shown(100 * ratio, 1)
            )
        return
    if unit != _MEASURED[dimension]:
        yield of_rows(layer, "unit", "doubt", rows[fits], column=column.name, **_named(unit, column.unit))
    left = rows[told & ~fits]
    if not len(left):
        return
    other, others = unit_told(layer.numbers(column.name)[left], measured[np.isin(rows, left)], factors)
    if other and other != unit:
        yield of_rows(layer, "mixed_units", "doubt", left[others], column=column.name, **_named(other, unit))
    else:
        yield of_rows(layer, "stated_off", "remark", left, column=column.name)


def _floors(
    layer: Layer, column: ColumnSpec, rows: "NDArray[np.intp]", ground: "NDArray[np.float64]"
) -> Iterator[Oddity]:
    floors = layer.numbers(column.name)[rows]
    told = (floors > 0) & (ground > 0)
    if told.sum() < 3:
        return
    middle = float(np.median(floors[told] / ground[told]))
    if not _FLOORS[0] <= middle <= _FLOORS[1]:
        # ten thousand square metres is what floor area is usually stated in
        unit = "ha" if _FLOORS[0] <= middle * 1e4 <= _FLOORS[1] else ""
        slots = {"column": column.name, "ratio": f"{middle:.2g}"}
        yield of_rows(layer, "floor_unit" if unit else "floor_ratio", "doubt", rows[told], **slots)


def _named(found: str, wanted: str) -> dict[str, object]:
    said = {
        name: {x: units.symbol(unit, x) for x in ("zh", "en")} for name, unit in (("found", found), ("wanted", wanted))
    }
    return {**said, "factor": units.shown(units.factor(found) / units.factor(wanted), 2)}


def far_from_the_rest(layer: Layer) -> Iterator[Oddity]:
    """Numbers many times what is usual in their column, and shapes many times the usual size."""
    for column in _numbers(layer, ("people", "count", "m2", "m", "")):
        values = layer.numbers(column.name)
        z = robust_z(values)
        usual = float(np.median(values[values > 0])) if (values > 0).any() else 0.0
        odd = np.flatnonzero((z > _FAR) & (values > _TIMES * usual))
        if len(odd):
            odd = odd[np.argsort(-values[odd], kind="stable")]
            alone = float(values[odd[0]]) > 0.5 * float(np.nansum(values))
            slots = {
                "column": column.name,
                "most": units.shown(float(values[odd[0]]), 0),
                "usual": units.shown(usual, 0),
            }
            yield of_rows(layer, "outlier", "doubt" if alone else "remark", odd, **slots)


def zeros(layer: Layer) -> Iterator[Oddity]:
    """Columns with so many zeros that a zero may well mean nobody knows: a shapefile has no other word for that."""
    file = layer.source.path.casefold()
    shapefile = ".shp" in file or ".dbf" in file
    for column in _numbers(layer, ("people", "count", "m2", "m")):
        values = layer.numbers(column.name)
        none = np.flatnonzero(values == 0)
        if len(values) < _LEAST or len(none) < _ZEROS * len(values) or (values[np.isfinite(values)] == 0).all():
            continue
        sure = shapefile and len(none) >= _ZEROS_SURE * len(values) and column.unit == "people"
        yield of_rows(layer, "zeros", "doubt" if sure else "remark", none, column=column.name)


def unknown_cells(layer: Layer) -> Iterator[Oddity]:
    """How many features say nothing in a column they should; unknown is counted as such and never as nothing."""
    frame, said, rows = layer.frame, [], np.zeros(len(layer.frame), dtype=bool)
    for name, spec in layer.spec.columns.items():
        if name not in frame or name in {"id", "name", layer.spec.class_column}:
            continue
        unknown = frame[name].isna().to_numpy()
        if unknown.any() and (spec.unit == "people" or not unknown.all()):
            share = percent(float(unknown.sum()), len(frame))
            said.append((column_said(layer.spec, name), share))
            rows |= unknown
    if said:
        yield of_rows(layer, "unknown", "remark", np.flatnonzero(rows), columns=_listed(said))
    if layer.spec.classes and "class" in frame:
        unknown = np.flatnonzero(frame["class"].isna().to_numpy())
        if len(unknown):
            yield of_rows(layer, "unclassed", "remark", unknown, share=percent(len(unknown), len(frame)))


def _listed(said: list[tuple[dict[str, str], str]]) -> dict[str, str]:
    return {k: say(k, "report.comma").join(f"{word[k]} {share}%" for word, share in said) for k in LANGUAGES}


def densities(layer: Layer) -> Iterator[Oddity]:
    """Population no ground can hold, and a population so thin that its unit is in doubt."""
    frame = layer.frame
    if "population" not in frame or layer.spec.columns.get("population") is None or not len(frame):
        return
    shapes = frame.geometry.to_numpy()
    km2, people = shapely.area(shapes) / 1e6, layer.numbers("population")
    told = (km2 > 0) & (people > 0)
    density = np.divide(people, km2, out=np.zeros(len(people)), where=told)
    crowded = np.flatnonzero(told & (density > _CROWDED))
    if len(crowded):
        crowded = crowded[np.argsort(-density[crowded], kind="stable")]
        worst = units.shown(float(density[crowded[0]]), 0)
        yield of_rows(layer, "crowded", "doubt", crowded, most=worst, limit=units.shown(_CROWDED, 0))
    usual = float(np.median(density[told])) if told.any() else _LONELY
    if told.sum() >= 3 and usual < _LONELY:
        yield of_rows(layer, "lonely", "doubt", np.flatnonzero(told), usual=f"{usual:.2g}")


def _numbers(layer: Layer, kinds: tuple[str, ...]) -> Iterator[ColumnSpec]:
    """The columns of numbers in these units that the layer has."""
    for name, spec in layer.spec.columns.items():
        if name in layer.frame and spec.kind in {"number", "integer"} and spec.unit in kinds:
            yield spec

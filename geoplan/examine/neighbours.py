"""Layers whose features lie side by side (land use, zones): where they overlap, gape, or leave the place uncovered."""

from collections.abc import Iterator

import numpy as np
import shapely

from geoplan.examine.finding import IDS, ha, made, metres, percent
from geoplan.layer import Layer
from geoplan.oddity import Oddity
from geoplan.ops.tiling import gaps, overlaps, width
from geoplan.place import Place

__all__ = ["side_by_side"]

_THIN = 1.0
"""Metres: two polygons that overlap in a thinner strip were drawn along the same line."""
_GRAVE_SHARE, _GRAVE_AREA = 0.001, 10_000.0
"""An overlap is a doubt from this share of the layer on, or from this many square metres."""
_UNCOVERED = 0.005
_MOST = 50_000
"""Polygons whose union is taken."""


def side_by_side(layer: Layer, place: Place) -> Iterator[Oddity]:
    """Overlaps, gaps and what is left uncovered, of a layer whose contract says its features lie side by side."""
    if not layer.spec.coverage or len(layer.frame) < 1:
        return
    shapes = layer.frame.geometry.to_numpy()
    rows = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    yield from _overlapping(layer, rows)
    yield from _gaping(layer, shapes[rows], place)
    if len(rows) <= _MOST:
        yield from _uncovered(layer, shapes[rows], place)


def _overlapping(layer: Layer, rows: "np.typing.NDArray[np.intp]") -> Iterator[Oddity]:
    shapes = layer.frame.geometry.to_numpy()[rows]
    found = overlaps(shapes)
    wide = width(found.shapes) > _THIN
    whole = float(shapely.area(shapes).sum())
    names = layer.frame["id"].to_numpy()[rows]
    for kind, these in (("overlap", np.flatnonzero(wide)), ("thin_overlap", np.flatnonzero(~wide))):
        if not len(these):
            continue
        size = shapely.area(found.shapes[these])
        chosen, area = these[np.argsort(-size, kind="stable")], float(size.sum())
        ids = [
            f"{names[a]} / {names[b]}" for a, b in zip(found.one[chosen[:IDS]], found.other[chosen[:IDS]], strict=True)
        ]
        grave = kind == "overlap" and area > min(_GRAVE_SHARE * whole, _GRAVE_AREA)
        yield made(
            layer, kind, "doubt" if grave else "remark", count=len(chosen), area=area, shapes=found.shapes[chosen],
            ids=ids, hectares=ha(area), share=percent(area, whole),
        )  # fmt: skip


def _gaping(layer: Layer, shapes: "np.typing.NDArray[np.object_]", place: Place) -> Iterator[Oddity]:
    found = gaps(shapes)
    found = found[shapely.intersects(found, place.boundary)] if len(found) else found
    if len(found):
        area = float(shapely.area(found).sum())
        found = found[np.argsort(-shapely.area(found), kind="stable")]
        wide = metres(float(width(found).max()))
        yield made(layer, "gap", "remark", count=len(found), area=area, shapes=found, hectares=ha(area), width=wide)


def _uncovered(layer: Layer, shapes: "np.typing.NDArray[np.object_]", place: Place) -> Iterator[Oddity]:
    left = shapely.difference(place.boundary, shapely.union_all(shapes))
    parts = shapely.get_parts(np.atleast_1d(left))
    area, whole = float(shapely.area(left)), float(place.boundary.area)
    if whole > 0 and area > _UNCOVERED * whole:
        parts = parts[np.argsort(-shapely.area(parts), kind="stable")]
        yield made(
            layer, "uncovered", "remark", count=len(parts), area=area, shapes=parts, hectares=ha(area),
            share=percent(area, whole),
        )  # fmt: skip

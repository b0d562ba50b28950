"""Shapes are mended where that does not change them, and set aside where it would; the ledger says which and why."""

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.layer import Entry, Geometry
from geoplan.ops.ellipsoid import area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyproj import CRS

Shapes: TypeAlias = NDArray[np.object_]

__all__ = ["MOST_CHANGE", "Mended", "mended"]

MOST_CHANGE = 0.01
"""A repair that changes the area by more than this share is no repair."""
_DIMENSIONS: dict[str, tuple[int, ...]] = {
    "point": (0,),
    "line": (1,),
    "network": (1,),
    "polygon": (2,),
    "any": (2, 1, 0),
}


class Mended(NamedTuple):
    """Shapes fit to use, which of those given they are, and what happened to the rest."""

    shapes: Shapes
    kept: NDArray[np.intp]
    entries: tuple[Entry, ...]


def mended(shapes: Shapes, ids: "Sequence[str]", kind: Geometry, crs: "CRS") -> Mended:
    """Valid shapes of one kind, and an entry for each that was mended or set aside.

    Set aside are: no shape, an empty one, coordinates that are no numbers, a shape of another kind, no area or no
    length, several points in one feature, and a repair that would change the area by more than `MOST_CHANGE`.

    Args:
        shapes: flat, in the study CRS.
        ids: of the features.
        kind: what the layer must hold.
        crs: of the shapes.

    >>> from pyproj import CRS
    >>> bow = shapely.from_wkt(["POLYGON ((0 0, 9 9, 9 0, 0 9, 0 0))", "POLYGON ((0 0, 9 0, 9 9, 0 0))"])
    >>> made = mended(bow, ["1", "2"], "polygon", CRS.from_epsg(4548))
    >>> made.kept.tolist(), [(e.feature, e.fate, e.reason) for e in made.entries]
    ([1], [('1', 'set_aside', 'changed')])
    >>> len(mended(bow[:0], [], "polygon", CRS.from_epsg(4548)).shapes)
    0
    """
    made = np.array(shapes, dtype=object)
    reasons: dict[int, str] = {}
    repaired: dict[int, str] = {}
    for row in np.flatnonzero(_suspect(made, kind)):
        shape, reason = _one(made[row], kind)
        if shape is None:
            reasons[int(row)] = reason
        else:
            made[row] = shape
            if reason:
                repaired[int(row)] = reason
    dropped = np.fromiter(reasons, dtype=np.intp, count=len(reasons))
    kept = np.setdiff1d(np.arange(len(made), dtype=np.intp), dropped)
    touched = sorted({**reasons, **repaired})
    sizes = dict(zip(touched, _areas(made[touched], crs), strict=True))
    entries = tuple(
        Entry(ids[row], "set_aside" if row in reasons else "repaired", (reasons | repaired)[row], sizes[row])
        for row in touched
    )
    return Mended(made[kept], kept, entries)


def _suspect(shapes: Shapes, kind: Geometry) -> NDArray[np.bool_]:
    """Which shapes need a closer look; the others are used as they stand."""
    types = shapely.get_type_id(shapes)
    plain = {"point": (0,), "line": (1, 5), "network": (1, 5), "polygon": (3, 6), "any": (0, 1, 3, 5, 6)}
    good = np.isin(types, plain[kind]) & ~shapely.is_empty(shapes) & shapely.is_valid(shapes)
    bounds = shapely.bounds(shapes)
    good &= np.isfinite(bounds).all(axis=1)
    size = np.where(np.isin(types, (1, 5)), shapely.length(shapes), shapely.area(shapes))
    return np.asarray(~good | (np.isin(types, (1, 3, 5, 6)) & ~(size > 0)), dtype=bool)


def _one(shape: Any, kind: Geometry) -> tuple[Any, str]:
    """The shape fit to use with what was done to it, or nothing with the reason."""
    if missing := _missing(shape):
        return None, missing
    simpler = shape if shape.is_valid else _once(shape)
    doubled, shape = simpler is not shape, simpler
    valid = shape if shape.is_valid else shapely.make_valid(shape, method="structure", keep_collapsed=False)
    whole = _of_kind(valid, kind)
    if whole is None:
        flat = shapely.get_dimensions(shape) == 2 and kind in {"polygon", "any"}
        return None, "no_area" if flat else "kind"
    if unfit := _unfit(whole, shape):
        return None, unfit
    if valid is not shape or doubled:
        return whole, "doubled" if doubled else "invalid"
    return whole, "collection" if shape.geom_type == "GeometryCollection" else ""


def _once(shape: Any) -> Any:
    """The shape without parts that stand twice in it and rings that go round twice; itself where there are none."""
    parts = shapely.get_parts(shape)
    if not (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON).all():
        return shape
    rounds = np.array([_one_round(part) for part in parts], dtype=object)
    _, first = np.unique(shapely.to_wkb(shapely.normalize(rounds)), return_index=True)
    if len(first) == len(parts) and all(a is b for a, b in zip(rounds, parts, strict=True)):
        return shape
    kept = rounds[np.sort(first)]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(list(kept))


def _one_round(part: Any) -> Any:
    """A polygon whose outer ring goes round once."""
    xy = shapely.get_coordinates(part.exterior)[:-1]
    half = len(xy) // 2
    if len(xy) < 6 or len(xy) % 2 or not np.array_equal(xy[:half], xy[half:]):
        return part
    return shapely.Polygon(xy[:half], [ring.coords for ring in part.interiors])


def _missing(shape: Any) -> str:
    """Why there is nothing to place on a map, or an empty text."""
    if shape is None:
        return "no_shape"
    if shape.is_empty:
        return "empty"
    return "" if np.isfinite(shapely.get_coordinates(shape)).all() else "not_finite"


def _unfit(whole: Any, shape: Any) -> str:
    """Why a shape of the right kind cannot be used all the same, or an empty text."""
    dimension = shapely.get_dimensions(whole)
    if dimension == 0:
        return "points" if len(shapely.get_parts(whole)) > 1 else ""
    if dimension == 1:
        return "" if whole.length > 0 else "no_length"
    if not whole.area > 0:
        return "no_area"
    return "changed" if abs(whole.area - shape.area) > MOST_CHANGE * shape.area else ""


def _of_kind(shape: Any, kind: Geometry) -> Any:
    """The parts of a shape that are points, lines or polygons as wanted; nothing where it has none."""
    if shape.geom_type == "LinearRing":
        shape = shapely.LineString(shape)
    parts = shapely.get_parts(shape) if shape.geom_type == "GeometryCollection" else np.array([shape])
    for dimension in _DIMENSIONS[kind]:
        wanted = shapely.get_parts(parts[shapely.get_dimensions(parts) == dimension])
        if len(wanted) == 1:
            return wanted[0]
        if len(wanted):
            maker = (shapely.MultiPoint, shapely.MultiLineString, shapely.MultiPolygon)[dimension]
            return maker(list(wanted))
    return None


def _areas(shapes: Shapes, crs: "CRS") -> list[float]:
    """Square metres of each shape; 0 for what has none that could be told."""
    placed = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    return [float(size) for size in area(np.where(placed, shapes, shapely.Polygon()), crs)]

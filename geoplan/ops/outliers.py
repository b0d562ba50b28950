"""Numbers that stand far from the rest, units told by what was measured, and parts far from the whole."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Geometries: TypeAlias = NDArray[np.object_]

__all__ = ["far_parts", "robust_z", "unit_told"]

_LEAST = 20
"""Fewer numbers than this have no usual size."""
_NORMAL = 1.4826
"""From the middle deviation to the standard deviation of a normal distribution."""
_SHARE = 0.6
"""The share of the rows that must agree on a unit."""
_AGREE = 0.1
"""How far a stated size may be off the measured one, and still be the same: planar, sloped, rounded."""
FAR = 5_000.0
"""Metres a part must lie off at least to be called far."""


def robust_z(values: Floats) -> Floats:
    """How many (robust) standard deviations each number lies from the middle one, by its size as a power.

    Amounts of planning differ by factors, not by sums: the logarithm is judged. What is unknown or not above 0, and all
    of it where there are fewer than twenty or hardly any differ, is NaN.

    >>> usual = np.arange(100, 140.0)
    >>> bool(robust_z(np.append(usual, 1e7))[-1] > 50), bool(np.isnan(robust_z(usual[:5])).all())
    (True, True)
    >>> robust_z(np.array([])).size
    0
    """
    z = np.full(len(values), np.nan)
    known = np.isfinite(values) & (values > 0)
    if known.sum() < _LEAST:
        return z
    powers = np.log10(values[known])
    deviation = np.abs(powers - np.median(powers))
    spread = float(_NORMAL * np.median(deviation))
    if spread < 1e-3:
        return z
    z[known] = (powers - np.median(powers)) / spread
    return z


def unit_told(stated: Floats, measured: Floats, units: Mapping[str, float]) -> tuple[str, NDArray[np.bool_]]:
    """The unit stated sizes are in, judged by what was measured, and which rows are in it; an empty text for none.

    Args:
        stated: sizes as a column has them.
        measured: the same in the engine's unit.
        units: unit -> how many of the engine's unit it is.

    >>> measured = np.array([1e4, 2e4, 3e4, 5e4, 6e4])
    >>> unit, rows = unit_told(measured / 1e4, measured, {"m2": 1.0, "ha": 1e4})
    >>> unit, int(rows.sum())
    ('ha', 5)
    >>> unit_told(np.array([7.0]), np.array([1e4]), {"m2": 1.0})[0]
    ''
    """
    told = np.isfinite(stated) & (stated > 0) & (measured > 0)
    best, rows = "", np.zeros(len(stated), dtype=bool)
    for unit, factor in units.items():
        ratio = np.divide(stated * factor, measured, out=np.zeros(len(stated)), where=told)
        fits = told & (np.abs(ratio - 1) <= _AGREE)
        if fits.sum() > rows.sum():
            best, rows = unit, fits
    return (best, rows) if rows.sum() >= max(1.0, _SHARE * told.sum()) else ("", np.zeros(len(stated), dtype=bool))


def far_parts(shapes: Geometries, place: "shapely.Geometry") -> tuple[NDArray[np.intp], Geometries, Floats]:
    """Parts of shapes far from the place and from the rest of their shape: whose, the part, and metres to the place.

    Far is farther from the place than it is across, and farther from the largest part of the shape than twice that is
    across: an enclave of a district is not, a polygon in another province is.

    >>> town = shapely.box(0, 0, 1000, 1000)
    >>> stray = shapely.union(town, shapely.box(300_000, 0, 300_100, 100))
    >>> of, parts, metres = far_parts(np.array([town, stray]), town)
    >>> of.tolist(), metres.tolist()
    ([1], [299000.0])
    >>> far_parts(np.array([], dtype=object), town)[0].tolist()
    []
    """
    several = np.flatnonzero(shapely.get_num_geometries(shapes) > 1)
    parts, at = shapely.get_parts(shapes[several], return_index=True)
    west, south, east, north = (place.bounds) if not place.is_empty else (0.0, 0.0, 0.0, 0.0)
    limit = max(FAR, float(np.hypot(east - west, north - south)))
    # the box of the place is nearer than the place: what is far from the box is far
    away = shapely.distance(parts, shapely.box(west, south, east, north))
    odd = np.flatnonzero(away > limit)
    if not len(odd):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=object), np.empty(0)
    main = _largest(parts, at, away <= limit, len(several))
    box = shapely.bounds(parts[main])
    across = 2 * np.hypot(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
    apart = shapely.distance(parts[odd], parts[main][at[odd]])
    odd = odd[(apart > np.maximum(FAR, across[at[odd]])) & (main[at[odd]] != odd)]
    return several[at[odd]], parts[odd], np.asarray(shapely.distance(parts[odd], place), dtype=float)


def _largest(parts: Geometries, at: NDArray[np.intp], near: NDArray[np.bool_], count: int) -> NDArray[np.intp]:
    """The place of the largest part of each shape, of those near the place where there are any."""
    order = np.lexsort((shapely.area(parts), near, at))
    last = np.searchsorted(at[order], np.arange(count), side="right") - 1
    return order[last]

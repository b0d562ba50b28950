"""Which of many areas hold a feature, or have one within a distance, as the crow flies."""

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.ops.access import straight_metres

if TYPE_CHECKING:
    from pyproj import CRS

Geometries: TypeAlias = NDArray[np.object_]
Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.intp]

__all__ = ["Nearest", "nearest"]


class Nearest(NamedTuple):
    """Per area, whether it holds a feature, how far the nearest is, and which that is (infinite and -1: none)."""

    holds: NDArray[np.bool_]
    metres: Floats
    feature: Indices


def nearest(areas: Geometries, features: Geometries, crs: "CRS") -> Nearest:
    """The feature each area holds, the first of them where it holds any, else the nearest one.

    A polygon holds points and polygons whose representative point it covers, and lines that run through it: what only
    touches it from outside lies at 0 m and is not held. Points and lines hold what they meet.

    Args:
        areas: polygons, lines or points.
        features: polygons, lines or points.
        crs: of the coordinates; distances are metres on the ground.

    >>> from pyproj import CRS
    >>> west, east, park = shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9), shapely.box(9, 2, 12, 5)
    >>> found = nearest(np.array([west, east]), np.array([park]), CRS("EPSG:4548"))
    >>> found.holds, found.metres, found.feature
    (array([False,  True]), array([0., 0.]), array([0, 0]))
    >>> nearest(np.array([west]), np.array([], dtype=object), CRS("EPSG:4548")).metres
    array([inf])
    """
    areas, features = np.asarray(areas, dtype=object), np.asarray(features, dtype=object)
    metres, which = straight_metres(areas, features, crs)
    held = np.full(len(areas), len(features), dtype=np.intp)
    if len(areas) and len(features):
        tree = shapely.STRtree(areas)
        areal, lines = shapely.get_dimensions(areas) == 2, shapely.get_dimensions(features) == 1
        spot = features.copy()
        spot[~lines] = shapely.point_on_surface(features[~lines])
        feature, area = tree.query(spot, predicate="intersects")
        through = ~lines[feature] | ~shapely.touches(areas[area], features[feature])
        chosen = areal[area] & through
        np.minimum.at(held, area[chosen], feature[chosen])
        feature, area = tree.query(features, predicate="intersects")
        chosen = ~areal[area]
        np.minimum.at(held, area[chosen], feature[chosen])
    holds = held < len(features)
    return Nearest(holds, np.where(holds, 0.0, metres), np.where(holds, held, which))

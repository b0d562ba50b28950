"""Runoff: how much rain runs off a surface, how much a facility holds, and how deep a rain that volume answers for."""

from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.ops import ellipsoid, overlay

Floats: TypeAlias = NDArray[np.float64]
Geometries: TypeAlias = NDArray[np.object_]
Indices: TypeAlias = NDArray[np.intp]

__all__ = ["Bounds", "averaged", "controlled_depth", "delayed_volume", "first_come", "retention_volume", "runoff"]

MM = 1000.0
SLIVER = 1e-9
"""Ground is wholly drawn where less than this share of it is not: pieces are cut at other places than the whole."""


class Bounds(NamedTuple):
    """A value that is not wholly known: what it is at least, and at most."""

    low: Floats
    high: Floats


def runoff(depth: float, psi: Floats, area: Floats) -> Floats:
    """Cubic metres that run off: V = 10 H psi F of GB/T 51345-2018, H in millimetres; here F in m2, not hectares.

    It is the storage that rain of that depth asks for. What stays is the rain less this.

    >>> runoff(12.5, np.array([0.5, 1.0]), np.array([400.0, 400.0])).tolist()
    [2.5, 5.0]
    >>> runoff(12.5, np.array([]), np.array([])).tolist()
    []
    """
    return depth / MM * psi * area


def controlled_depth(volume: Floats, psi: Floats, area: Floats) -> Floats:
    """Millimetres of rain that a volume answers for: h = V / (10 psi F); infinite where nothing runs off.

    >>> controlled_depth(np.array([50.0, 0.0]), np.array([0.5, 0.0]), np.array([5000.0, 5000.0])).tolist()
    [20.0, inf]
    >>> controlled_depth(np.array([]), np.array([]), np.array([])).tolist()
    []
    """
    flow = psi * area / MM
    depth: Floats = np.divide(volume, flow, out=np.full(len(flow), np.inf), where=flow > 0)
    return depth


def retention_volume(storage: Floats, soak: Floats, gradient: Floats, area: Floats, hours: Floats) -> Floats:
    """What a facility that soaks away holds, in m3: V_in = V_s + W_in, W_in = K J A t_s (GB/T 51345-2018).

    Args:
        storage: V_s, m3.
        soak: K, metres an hour.
        gradient: J.
        area: A, m2 that soak.
        hours: t_s, the mean duration of rain, hours.

    >>> one = np.ones(1)
    >>> retention_volume(60 * one, 0.02 * one, one, 500 * one, 2 * one).tolist()
    [80.0]
    """
    return storage + soak * gradient * area * hours


def delayed_volume(storage: Floats, emptying: Floats, hours: Floats) -> Floats:
    """What a facility that lets water go slowly holds, in m3: V_ed = V_s + W_ed, W_ed = V_s / T_d t_p.

    Args:
        storage: V_s, m3.
        emptying: T_d, hours it takes to empty.
        hours: t_p, hours of rain.

    >>> delayed_volume(np.array([60.0]), np.array([24.0]), np.array([2.0])).tolist()
    [65.0]
    """
    return storage + storage / emptying * hours


def first_come(shapes: Geometries, order: Indices) -> Geometries:
    """Polygons without what an earlier one of the order holds, so that no ground is in two of them.

    >>> two = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> shapely.area(first_come(two, np.array([1, 0]))).tolist()
    [1.0, 2.0]
    >>> len(first_come(two[:0], np.zeros(0, dtype=int)))
    0
    """
    rank, out = np.empty(len(shapes), dtype=np.intp), np.array(shapes, dtype=object)
    rank[order] = np.arange(len(shapes))
    later, earlier = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = rank[earlier] < rank[later]
    later, earlier = later[pairs], earlier[pairs]
    shares = shapely.area(shapely.intersection(shapes[later], shapes[earlier])) > 0
    later, earlier = later[shares], earlier[shares]
    for i in np.unique(later):
        out[i] = shapely.difference(shapes[i], shapely.union_all(shapes[earlier[later == i]]))
    return overlay.only_polygons(out)


def averaged(ground: Geometries, surfaces: Geometries, value: Floats, crs: CRS) -> Bounds:
    """What surfaces say, from 0 to 1 (a runoff coefficient, a share), as the mean over each piece of ground by area.

    Ground no surface is drawn on, or of which none knows (NaN), may say 0 or 1.

    Args:
        ground: polygons.
        surfaces: polygons that share no ground.
        value: what each surface says.
        crs: their CRS.

    >>> two, town = np.array([shapely.box(500000, 0, 500010, 10)] * 2), CRS("EPSG:4548")
    >>> half = averaged(two[:1], shapely.box([500000], [0], [500005], [10]), np.array([0.8]), town)
    >>> [round(float(v[0]), 6) for v in half]
    [0.4, 0.9]
    >>> averaged(two[:0], two[:0], np.zeros(0), town).low.tolist()
    []
    """
    whole, known = ellipsoid.area(ground, crs), np.isfinite(value)
    held = overlay.pieces(ground, surfaces[known])
    each = ellipsoid.area(held.shapes, crs)
    said = np.bincount(held.left, each * value[known][held.right], minlength=len(whole))
    bare = np.maximum(whole - np.bincount(held.left, each, minlength=len(whole)), 0.0)
    bare[bare <= SLIVER * whole] = 0.0
    low, high = (np.divide(v, whole, out=np.zeros(len(whole)), where=whole > 0) for v in (said, said + bare))
    return Bounds(np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0))

"""Patches of ground: what touches or overlaps is one patch, with its size and the way to the next of its kind."""

from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geoplan.ops import ellipsoid, overlay

Geometries: TypeAlias = NDArray[np.object_]
Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.intp]

__all__ = ["Patches", "apart", "patches"]


class Patches(NamedTuple):
    """Patches, their square metres (ellipsoidal), the first polygon that draws each, and how many polygons do."""

    shapes: Geometries
    area: Floats
    first: Indices
    polygons: Indices


def patches(geoms: Geometries, crs: CRS) -> Patches:
    """Polygons that touch or overlap, even in one point, as one patch; parts of a polygon that lie apart are several.

    Patches stand in the order of the first polygon that draws them.

    >>> row = shapely.box([0, 10, 50], [0, 0, 0], [10, 20, 60], [10, 10, 10])
    >>> found = patches(row, CRS("EPSG:4548"))
    >>> found.first, found.polygons
    (array([0, 2]), array([2, 1]))
    >>> len(patches(np.array([], dtype=object), CRS("EPSG:4548")).shapes)
    0
    """
    parts, owner = shapely.get_parts(overlay.only_polygons(geoms), return_index=True)
    held = shapely.area(parts) > 0
    parts, owner = parts[held], owner[held]
    one, other = shapely.STRtree(parts).query(parts, predicate="intersects")
    linked = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(len(parts), len(parts)))
    labels = connected_components(linked, directed=False)[1] if len(parts) else np.zeros(0, dtype=np.intp)
    # in the order of their first part, whatever numbers the components came with
    _, first, group = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first, kind="stable"), kind="stable")
    group = rank[group.ravel()]
    order = np.argsort(group, kind="stable")
    members = np.split(parts[order], np.flatnonzero(np.diff(group[order])) + 1) if len(parts) else []
    united = [shapely.union_all(some) if len(some) > 1 else some[0] for some in members]
    shapes = overlay.only_polygons(np.array([*united, None], dtype=object)[:-1])
    pairs = np.unique(np.column_stack([group, owner]), axis=0)
    drawn = np.bincount(pairs[:, 0], minlength=len(shapes))
    return Patches(shapes, ellipsoid.area(shapes, crs), owner[np.sort(first)], drawn)


def apart(shapes: Geometries, group: NDArray[np.int64], crs: CRS) -> Floats:
    """Metres on the ground from each shape to the nearest other one of its group; infinite where it is alone.

    >>> east = 500_000 + np.array([0, 30, 100])
    >>> row = shapely.box(east, 4_330_000, east + 10, 4_330_010)
    >>> [round(float(m), 1) for m in apart(row, np.array([1, 1, 2]), CRS("EPSG:4548"))]
    [20.0, 20.0, inf]
    >>> apart(np.array([], dtype=object), np.array([], dtype=np.int64), CRS("EPSG:4548"))
    array([], dtype=float64)
    """
    metres = np.full(len(shapes), np.inf)
    for name in np.unique(group):
        mine = np.flatnonzero(group == name)
        if len(mine) < 2:
            continue
        tree = shapely.STRtree(shapes[mine])
        near, planar = tree.query_nearest(shapes[mine], exclusive=True, all_matches=False, return_distance=True)
        spots = shapely.point_on_surface(shapes[mine[near[0]]])
        metres[mine[near[0]]] = planar / ellipsoid.scale(shapely.get_x(spots), shapely.get_y(spots), crs)
    return metres

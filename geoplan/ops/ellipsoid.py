"""Areas and lengths on the ellipsoid, as planning documents quote them, whatever the map projection does to them."""

import functools
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer

from geoplan.errors import CRSError

Geometries: TypeAlias = NDArray[np.object_]
Indices: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]

__all__ = ["area", "length", "planar_area", "scale"]

LONGEST_SIDE = 20_000.0
"""Metres: a longer side of a polygon is halved before it is taken for a parabola."""
LONGEST_EDGE = 5_000.0
"""Metres: a longer edge of a line is measured in pieces, lest the geodesic cut the corner of the straight line."""
_CHUNK = 500_000
_STEP = 50.0


def area(geoms: Geometries, crs: CRS) -> Floats:
    """Square metres of polygons on the ellipsoid of their CRS; an edge is the straight line in that CRS.

    Vertices and the middle of every edge go to X = a (lon - lon0), Y = a q(lat) / 2, where areas are true; each edge is
    the parabola through its three points, so parts cut in the plane sum to the whole. Holes are subtracted.

    Args:
        geoms: polygons in `crs`, shape (n,). Empty ones, points and lines are 0; a missing one is NaN.
        crs: the CRS of the coordinates, x = easting first whatever its authority says.

    Raises:
        CRSError: a CRS that stands on no ellipsoid, such as a local drawing grid.

    Source: Snyder, Map Projections: A Working Manual (USGS 1395), eq. 3-12 for q; equals the official series of the
    national land survey on densified edges to 0.01 m2.

    >>> town = CRS("EPSG:4548")
    >>> [round(float(m2), 2) for m2 in area(np.array([shapely.box(500000, 4330000, 501000, 4331000)]), town)]
    [999999.99]
    >>> area(np.array([shapely.Polygon(), None]), town)
    array([ 0., nan])
    """
    geoms = np.asarray(geoms, dtype=object)
    found = np.zeros(len(geoms))
    for chunk in _chunks(geoms):
        rings, owner, sign = _rings(geoms[chunk])
        if len(rings):
            found[chunk] = np.bincount(owner, sign * _ring_areas(rings, crs), minlength=len(geoms[chunk]))
    found[shapely.is_missing(geoms)] = np.nan
    return found


def length(lines: Geometries, crs: CRS) -> Floats:
    """Metres of lines on the ellipsoid of their CRS, edge by edge along the geodesic.

    Args:
        lines: lines in `crs`, shape (n,). Empty ones, points and polygons are 0; a missing one is NaN.
        crs: the CRS of the coordinates.

    >>> utm = CRS("EPSG:32650")
    >>> walk = shapely.from_wkt(["LINESTRING (500000 4330000, 500500 4330000)", "LINESTRING EMPTY", None])
    >>> [round(float(m), 1) for m in length(walk, utm)]
    [500.2, 0.0, nan]
    """
    lines = np.asarray(lines, dtype=object)
    found = np.zeros(len(lines))
    geod, degrees = _geod(crs), _to_degrees(crs)
    for chunk in _chunks(lines):
        parts, owner = _parts(lines[chunk])
        is_line = np.isin(shapely.get_type_id(parts), (1, 2))
        xy, line = shapely.get_coordinates(parts[is_line], return_index=True)
        xy, line = _halved(xy, line, LONGEST_EDGE / _metres_per_unit(crs))
        start = np.flatnonzero(line[:-1] == line[1:])
        lon, lat = degrees.transform(*xy.T)
        _, _, metres = geod.inv(lon[start], lat[start], lon[start + 1], lat[start + 1])
        found[chunk] = np.bincount(owner[is_line][line[start]], metres, minlength=len(lines[chunk]))
    found[shapely.is_missing(lines)] = np.nan
    return found


def planar_area(geoms: Geometries, crs: CRS) -> Floats:
    """Square metres of polygons in the plane of their coordinates, as surveyors state the area of a site.

    >>> planar_area(np.array([shapely.box(0, 0, 10, 10), None]), CRS("EPSG:4548"))
    array([100.,  nan])
    """
    return np.asarray(shapely.area(geoms) * _metres_per_unit(crs) ** 2, dtype=np.float64)


def scale(x: Floats, y: Floats, crs: CRS) -> Floats:
    """Planar over true length at places: what a planar distance is divided by to be metres on the ground.

    The geometric mean of the scale along x and along y, which are the same in the conformal projections plans use.

    >>> [round(float(k), 6) for k in scale(np.array([500000.0]), np.array([4330000.0]), CRS("EPSG:32650"))]
    [0.9996]
    >>> scale(np.array([]), np.array([]), CRS("EPSG:32650"))
    array([], dtype=float64)
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    unit = _metres_per_unit(crs)
    geod, degrees, step = _geod(crs), _to_degrees(crs), _STEP / unit
    true = []
    for dx, dy in ((step, 0.0), (0.0, step)):
        lon1, lat1 = degrees.transform(x - dx, y - dy)
        lon2, lat2 = degrees.transform(x + dx, y + dy)
        true.append(np.asarray(geod.inv(lon1, lat1, lon2, lat2)[2], dtype=np.float64))
    return np.asarray(2 * _STEP / np.sqrt(true[0] * true[1]), dtype=np.float64)


def _chunks(geoms: Geometries) -> list[slice]:
    """Runs of geometries of about half a million vertices each."""
    ends = np.cumsum(shapely.get_num_coordinates(geoms)) // _CHUNK
    borders = [0, *(np.flatnonzero(np.diff(ends)) + 1), len(geoms)]
    return [slice(int(a), int(b)) for a, b in pairwise(borders) if b > a]


def _rings(geoms: Geometries) -> tuple[Geometries, Indices, Floats]:
    """The rings of polygons, which polygon each is of, and 1 for an outer ring, -1 for a hole."""
    parts, owner = _parts(geoms)
    rings, part = shapely.get_rings(parts, return_index=True)
    outer = np.ones(len(rings))
    outer[1:][part[1:] == part[:-1]] = -1.0
    return rings, owner[part], outer


def _parts(geoms: Geometries) -> tuple[Geometries, Indices]:
    """The single parts of geometries, those of multi-geometries inside collections too, and where each comes from."""
    parts, owner = shapely.get_parts(geoms, return_index=True)
    parts, within = shapely.get_parts(parts, return_index=True)
    return parts, owner[within]


def _ring_areas(rings: Geometries, crs: CRS) -> Floats:
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    xy, ring = _halved(xy, ring, LONGEST_SIDE / _metres_per_unit(crs))
    start = np.flatnonzero(ring[:-1] == ring[1:])
    first = np.searchsorted(ring, ring)
    middle = (xy[start] + xy[start + 1]) / 2
    X, Y = _authalic(np.concatenate([xy, middle]), np.concatenate([first, first[start]]), crs)
    x0, x1, x2 = X[start], X[len(xy) :], X[start + 1]
    y0, y1, y2 = Y[start], Y[len(xy) :], Y[start + 1]
    twice = (x2 * y0 - x0 * y2) / 3 + 4 / 3 * ((x0 * y1 - x1 * y0) + (x1 * y2 - x2 * y1))
    return np.abs(np.bincount(ring[start], twice, minlength=len(rings))) / 2


def _authalic(xy: Floats, origin: Indices, crs: CRS) -> tuple[Floats, Floats]:
    """Points where areas are true, measured from the point of `origin` so that no digits are lost."""
    geod = _geod(crs)
    lon, lat = _to_degrees(crs).transform(*xy.T)
    lon, s = np.radians(lon), np.sin(np.radians(lat))
    east = lon - lon[origin]
    east[east > np.pi] -= 2 * np.pi
    east[east < -np.pi] += 2 * np.pi
    if geod.es:
        e = np.sqrt(geod.es)
        q = (1 - geod.es) * (s / (1 - geod.es * s * s) + np.arctanh(e * s) / e)
    else:
        q = 2 * s
    return np.asarray(geod.a * east, dtype=np.float64), np.asarray(geod.a / 2 * (q - q[origin]), dtype=np.float64)


def _halved(xy: Floats, part: Indices, longest: float) -> tuple[Floats, Indices]:
    """Coordinates with the middle of every edge longer than that, again and again."""
    while True:
        step = np.diff(xy, axis=0)
        long = np.flatnonzero((part[:-1] == part[1:]) & (np.hypot(*step.T) > longest))
        if not len(long):
            return xy, part
        xy, part = np.insert(xy, long + 1, xy[long] + step[long] / 2, axis=0), np.insert(part, long + 1, part[long])


@functools.lru_cache(maxsize=16)
def _to_degrees(crs: CRS) -> Transformer:
    return Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)


@functools.lru_cache(maxsize=16)
def _geod(crs: CRS) -> Geod:
    geod = crs.get_geod()
    if geod is None:
        raise CRSError("crs.no_ellipsoid", crs=crs.name)
    return geod


@functools.lru_cache(maxsize=16)
def _metres_per_unit(crs: CRS) -> float:
    """Metres in one unit of the coordinates; along the equator where they are degrees."""
    factor = float(crs.axis_info[0].unit_conversion_factor)
    return factor * _geod(crs).a if crs.is_geographic else factor

"""One metre CRS for a study, the only reprojection of the house, and the guards against coordinates in another one.

Coordinates are x = easting, y = northing (or longitude, latitude) everywhere, whatever order a registry declares.
"""

import contextlib
import functools
import math
from typing import TYPE_CHECKING, Any, TypeAlias

from geoplan import frames
from geoplan.errors import CRSError
from geoplan.zone_numbers import check_zone

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import CRS, Transformer
    from shapely.geometry.base import BaseGeometry

Bounds: TypeAlias = tuple[float, float, float, float]

__all__ = [
    "LARGEST_DISTORTION",
    "Bounds",
    "box_text",
    "check_range",
    "choose",
    "given",
    "is_web_mercator",
    "label",
    "parse",
    "to_crs",
    "transform_bounds",
]

LONLAT = "EPSG:4326"
LARGEST_DISTORTION = 0.002
"""Lengths in the plane of a study may differ from true ones by this share: searches look that much farther."""
_FIRST_ZONE, _FIRST_MERIDIAN, _ZONES = 4534, 75, 21
"""CGCS2000 in zones of 3 degrees, eastings without a zone number: EPSG:4534 is 75 E, EPSG:4554 is 135 E."""
_WEB_MERCATOR = "Popular Visualisation Pseudo Mercator"


def parse(text: object, *, where: str = "study.toml") -> "CRS":
    """The coordinate system a text names, as in `EPSG:4548`.

    Raises:
        CRSError: nothing is registered under that name.

    >>> parse("EPSG:4548").name
    'CGCS2000 / 3-degree Gauss-Kruger CM 117E'
    >>> parse("")
    Traceback (most recent call last):
    ...
    geoplan.errors.CRSError: study.toml: coordinate system '' is not known; write it like "EPSG:4548".
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError as NotACRS

    try:
        found = frames.named(text) or CRS.from_user_input(text)
    except NotACRS as error:
        raise CRSError("crs.unknown", crs=text, where=where) from error
    return found.sub_crs_list[0] if found.is_compound else found


def choose(boundary: "BaseGeometry") -> "CRS":
    """The metre CRS for a place whose boundary is in degrees: in China the 3-degree zone of CGCS2000, else UTM.

    The zone is that of the place's middle. Its eastings carry no zone number: EPSG:4534 to 4554, as in 4548 for 117 E.
    "In China" is where the registry says the zone is used (a box per zone); just across a border the zone of CGCS2000
    measures as well as UTM would.

    Raises:
        CRSError: the place lies where neither is used, or is too wide for one metre CRS.

    >>> import shapely
    >>> label(choose(shapely.box(117.7, 39.1, 117.8, 39.2))), label(choose(shapely.box(-15.5, 28.0, -15.4, 28.2)))
    ('EPSG:4548', 'EPSG:32628')
    >>> choose(shapely.Polygon())
    Traceback (most recent call last):
    ...
    geoplan.errors.CRSError: The boundary of the place is empty, so no metre coordinate system can be chosen for it.
    """
    from pyproj import CRS

    if boundary.is_empty:
        raise CRSError("crs.empty_place")
    west, south, east, north = boundary.bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    zone = math.floor((lon - _FIRST_MERIDIAN + 1.5) / 3)
    if 0 <= zone < _ZONES:
        found = CRS.from_epsg(_FIRST_ZONE + zone)
        area = found.area_of_use
        if area is not None and area.south <= lat <= area.north and area.west <= lon <= area.east:
            return _fitting(found, boundary)
    if not -80 <= lat <= 84:
        raise CRSError("crs.polar", lat=f"{lat:.2f}")
    number = min(60, math.floor((lon + 180) / 6) + 1)
    return _fitting(CRS.from_epsg((32600 if lat >= 0 else 32700) + number), boundary)


def given(text: object, boundary: "BaseGeometry | None" = None) -> "CRS":
    """The CRS a study declares, fit to measure in: projected, in metres, and true to within 0.2 % over the place.

    Args:
        text: as written in study.toml.
        boundary: of the place, in degrees; without it only the CRS itself is judged.

    Raises:
        CRSError: unknown, in degrees, in feet, EPSG:3857, or drawn for another part of the world.

    >>> given("EPSG:4548").to_epsg()
    4548
    >>> given("EPSG:3857")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    geoplan.errors.CRSError: EPSG:3857 is made for screens: it draws areas up to twice their size and more. ...
    """
    crs = parse(text)
    if is_web_mercator(crs):
        raise CRSError("crs.web_mercator", crs=label(crs))
    if not crs.is_projected:
        raise CRSError("crs.not_projected", crs=label(crs))
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    if any(abs(axis.unit_conversion_factor - 1) > 1e-12 for axis in crs.axis_info[:2]):
        raise CRSError("crs.not_metres", crs=label(crs), unit=", ".join(sorted(units)))
    return crs if boundary is None or boundary.is_empty else _fitting(crs, boundary)


def is_web_mercator(crs: "CRS") -> bool:
    """Whether this is EPSG:3857 or one of its other names: good for screens, never for measuring.

    >>> is_web_mercator(parse("EPSG:3857")), is_web_mercator(parse("EPSG:4548"))
    (True, False)
    """
    operation = _plain(crs).coordinate_operation
    return operation is not None and operation.method_name == _WEB_MERCATOR


def label(crs: "CRS") -> str:
    """What a CRS is called on a page: its registry number, else its name.

    >>> label(parse("EPSG:4548"))
    'EPSG:4548'
    """
    return ":".join(crs.to_authority() or (str(crs.name),))


def to_crs(shapes: "NDArray[np.object_]", source: "CRS", target: "CRS") -> "NDArray[np.object_]":
    """Shapes in another CRS, flat and decrypted. An edge is the straight line in the CRS it ends up in.

    Raises:
        CRSError: nobody has published how the one datum is moved to the other: the data would be off by 100 m unseen.
    >>> import shapely
    >>> there = to_crs(shapely.points([[117.755, 39.14]]), parse("EPSG:4326"), parse("EPSG:4548"))
    >>> print(*shapely.get_coordinates(there)[0].round(3))
    565274.241 4334317.814
    >>> len(to_crs(shapely.points([[1, 1]])[:0], parse("EPSG:4326"), parse("EPSG:4548")))
    0
    """
    import numpy as np
    import shapely

    flat = shapely.force_2d(shapes) if shapely.has_z(shapes).any() else np.array(shapes, dtype=object)
    if frame := frames.frame_of(source):
        flat, source = frames.true_shapes(flat, frame), parse(LONLAT)
    if source.equals(target, ignore_axis_order=True) or not len(flat):
        return np.asarray(flat, dtype=object)
    transformer = _transformer(source, target)

    def moved(xy: Any) -> Any:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    return np.asarray(shapely.transform(flat, moved), dtype=object)


def transform_bounds(bounds: Bounds, source: "CRS", target: "CRS") -> Bounds:
    """The box in another CRS that holds a box, its bent sides included.

    Raises: CRSError as for `to_crs`.
    """
    if source.equals(target, ignore_axis_order=True):
        return bounds
    if frame := frames.frame_of(source):
        return transform_bounds(frames.true_box(bounds, frame), parse(LONLAT), target)
    if frame := frames.frame_of(target):
        return frames.encrypted_box(transform_bounds(bounds, source, parse(LONLAT)), frame)
    box: Bounds = _transformer(source, target).transform_bounds(*bounds, densify_pts=100)
    return box


def check_range(bounds: Bounds, crs: "CRS", *, layer: str, path: str) -> None:
    """Refuse coordinates that cannot be in the CRS they are said to be in.

    Degrees under a metre CRS, metres under degrees, axes swapped, a zone number before the easting under a CRS without
    one, and the reverse.

    Raises:
        CRSError: which of these it is, and what to declare instead.

    >>> check_range((565274.2, 4334317.8, 565280.0, 4334320.0), parse("EPSG:4548"), layer="parks", path="parks.shp")
    >>> check_range((117.7, 39.1, 117.8, 39.2), parse("EPSG:4548"), layer="parks", path="")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    geoplan.errors.CRSError: Layer 'parks' () is said to be in EPSG:4548, in metres, but its coordinates ...
    >>> check_range((float("nan"),) * 4, parse("EPSG:4548"), layer="parks", path="parks.shp")
    """
    if not all(map(math.isfinite, bounds)) or not any(bounds):
        return
    where = {"layer": layer, "path": path, "crs": label(crs), "box": box_text(bounds)}
    if crs.is_geographic:
        _check_degrees(bounds, where)
    elif crs.is_projected:
        if all(abs(b) <= 180 for b in bounds):
            raise CRSError("crs.degrees_as_metres", **where)
        _check_zone(bounds, crs, where)


def _check_degrees(bounds: Bounds, where: dict[str, str]) -> None:
    west, south, east, north = bounds
    if max(abs(south), abs(north)) <= 90 and max(abs(west), abs(east)) <= 360:
        return
    swapped = max(abs(west), abs(east)) <= 90 and max(abs(south), abs(north)) <= 180
    raise CRSError("crs.swapped" if swapped else "crs.metres_as_degrees", **where)


def _check_zone(bounds: Bounds, crs: "CRS", where: dict[str, str]) -> None:
    operation = _plain(crs).coordinate_operation
    if operation is None or "Transverse Mercator" not in operation.method_name:
        return
    told = {p.name: float(p.value) for p in operation.params}
    check_zone(bounds, told.get("False easting", 0.0), told.get("Longitude of natural origin", 0.0), where)


def _fitting(crs: "CRS", boundary: "BaseGeometry") -> "CRS":
    """The CRS, where planar lengths over the place are true to within `LARGEST_DISTORTION` in every direction."""
    import numpy as np
    from pyproj import Proj

    west, south, east, north = boundary.bounds
    lon, lat = np.meshgrid(np.linspace(west, east, 3), np.linspace(south, north, 3))
    try:
        factors = Proj(crs).get_factors(lon.ravel(), lat.ravel())
        scales = np.concatenate([factors.tissot_semimajor, factors.tissot_semiminor])
    except RuntimeError:  # PROJ: a point the projection cannot draw at all
        scales = np.array([np.inf])
    worst = float(np.max(np.abs(scales - 1))) if np.isfinite(scales).all() else math.inf
    if worst > LARGEST_DISTORTION:
        off = f"{100 * worst:.2f} %" if math.isfinite(worst) else "∞"
        raise CRSError("crs.too_far", crs=label(crs), percent=off, place=box_text(boundary.bounds))
    return crs


@functools.lru_cache(maxsize=128)
def _transformer(source: "CRS", target: "CRS") -> "Transformer":
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    # geocentric datums are decimetres apart; an old national datum is not
    for ballpark in (False, True) if _geocentric(source) and _geocentric(target) else (False,):
        with contextlib.suppress(ProjError):  # a broken .prj may even name a projection there is none of
            return Transformer.from_crs(source, target, always_xy=True, allow_ballpark=ballpark)
    raise CRSError("crs.no_transformation", source=label(source), target=label(target))


def _plain(crs: "CRS") -> "CRS":
    """The CRS without the datum shift that old files carry beside it."""
    return crs.source_crs if crs.is_bound and crs.source_crs is not None else crs


def _geocentric(crs: "CRS") -> bool:
    ellipsoid = crs.ellipsoid
    return ellipsoid is not None and abs(ellipsoid.semi_major_metre - 6378137.0) < 0.5


def box_text(bounds: Bounds) -> str:
    """A box as a sentence shows it: west, south, east, north.

    >>> box_text((117.7, 39.1, 565274.24, 4334317.8))
    '117.7, 39.1, 565274, 4334318'
    """
    return ", ".join(f"{b:.6g}" if abs(b) <= 360 else f"{b:.0f}" for b in bounds)

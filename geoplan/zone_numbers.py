"""Zone numbers before eastings: those a CRS does not have, those it lacks, and what only looks like one."""

import math

from geoplan.errors import CRSError

Bounds = tuple[float, float, float, float]

__all__ = ["check_zone"]

_RADIUS = 6378137.0
"""Metres: that of the sphere EPSG:3857 is drawn with."""
_NEAR = 6.0


def check_zone(bounds: Bounds, origin: float, meridian: float, where: dict[str, str]) -> None:
    """Refuse eastings with a zone number their CRS does not have, without the one it has, and axes swapped.

    Args:
        bounds: of coordinates in metres.
        origin: the false easting of their CRS.
        meridian: its central meridian, in degrees.
        where: slots of the sentences.

    Raises:
        CRSError: which of these it is, and what to declare instead.

    >>> check_zone((560_000, 4_330_000, 570_000, 4_340_000), 500_000, 117, {})
    >>> where = {"layer": "parks", "path": "", "crs": "EPSG:4548", "box": "…"}
    >>> check_zone((39_560_000, 4_330_000, 39_570_000, 4_340_000), 500_000, 117, where)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    geoplan.errors.CRSError: Layer 'parks' (): its eastings (…) begin with zone number 39, which EPSG:4548 does not ...
    """
    west, south, east, north = bounds
    zone = math.floor(west / 1e6)
    if zone != (own := origin // 1e6) and 13 <= zone <= 60 and east // 1e6 == zone and east % 1e6 < 9e5:
        lon = math.degrees((west + east) / 2 / _RADIUS)
        if abs(lon - meridian) <= _NEAR:
            # the map of the web counts from Greenwich: in the east of China it begins like zones 13 to 15, far west
            lat = math.degrees(math.atan(math.sinh((south + north) / 2 / _RADIUS)))
            raise CRSError("crs.web_as_zone", **where, lon=f"{lon:.2f}", lat=f"{lat:.2f}")
        raise CRSError("crs.zone_prefix", **where, zone=zone, nearest=_prefixed(zone))
    if origin > 1e6 and west > 1e5 and east < 9e5:
        raise CRSError("crs.no_zone_prefix", **where, zone=f"{own:g}")
    # no zone is used 1,500 km from its meridian; a northing is that far from the false easting north of 18 degrees
    far = west - origin > 1.5e6 or east - origin < -1.5e6
    if far and abs(south - origin) < 1e6 and abs(north - origin) < 1e6:
        raise CRSError("crs.swapped", **where)


def _prefixed(zone: int) -> str:
    """The CGCS2000 CRS whose eastings begin with this zone number: 13 to 23 are zones of 6 degrees, 25 to 45 of 3."""
    if 13 <= zone <= 23:
        return f"EPSG:{4491 + zone - 13}"
    return f"EPSG:{4513 + zone - 25}" if 25 <= zone <= 45 else "EPSG:…"

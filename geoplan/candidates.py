"""The coordinate systems a file of a place may be in, whatever it says: one list for all who seek what would fit."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from geoplan import crs as crs_room
from geoplan.errors import CRSError

if TYPE_CHECKING:
    from pyproj import CRS

    from geoplan.crs import Bounds

__all__ = ["candidates", "meet", "over"]

_WEB = "EPSG:3857"
_DEGREES = "EPSG:4490"
_CHINA = (73.5, 136.5)


def candidates(place: "Bounds", study: "CRS") -> Iterator[str]:
    """The metre CRSs a file of a place may be in, the likeliest first.

    In China the zones of CGCS2000 about the place, of 3 degrees without and with the zone number, then of 6 degrees;
    everywhere UTM, and the map of the web. Each plane stands there once.

    Args:
        place: a box in the CRS of the study.
        study: that CRS.

    >>> list(candidates((560_000, 4_330_000, 570_000, 4_340_000), crs_room.parse("EPSG:4548")))[:4]
    ['EPSG:4548', 'EPSG:4547', 'EPSG:4549', 'EPSG:4527']
    """
    west, south, east, north = crs_room.transform_bounds(place, study, crs_room.parse(crs_room.LONLAT))
    lon = (west + east) / 2
    last = []
    if _CHINA[0] <= lon <= _CHINA[1] and south > 0:
        three = min(max(round((lon - 75) / 3), 0), 20)
        zones = [zone for zone in (three, three - 1, three + 1) if 0 <= zone <= 20]
        six = sorted({min(max(zone, 0), 10) for zone in (math.floor((lon - 72) / 6), round((lon - 72) / 6))})
        for first, numbers in ((4534, zones), (4513, zones), (4491, six)):
            yield from (f"EPSG:{first + number}" for number in numbers)
        # without a number a zone of 6 degrees is that of 3 on the same meridian
        last = [f"EPSG:{4502 + zone}" for zone in six if 2 * zone not in zones]
    zone = min(60, math.floor((lon + 180) / 6) + 1)
    yield from (f"EPSG:{(32600 if north > 0 else 32700) + z}" for z in (zone, zone - 1, zone + 1) if 1 <= z <= 60)
    yield from (*last, _WEB)


def over(bounds: "Bounds", place: "Bounds", study: "CRS") -> Iterator[tuple[str, "Bounds"]]:
    """Each system in which a box of coordinates would meet a place, and where it would then lie.

    Args:
        bounds: of the coordinates as they stand.
        place: a box in the CRS of the study.
        study: that CRS.

    >>> town = (560_000, 4_330_000, 570_000, 4_340_000)
    >>> [name for name, _ in over((20_560_000, 4_330_000, 20_570_000, 4_340_000), town, crs_room.parse("EPSG:4548"))]
    ['EPSG:4498']
    >>> list(over((0, 0, 1000, 1000), town, crs_room.parse("EPSG:4548")))
    []
    """
    small = all(abs(b) <= 360 for b in bounds)
    for name in [_DEGREES] if small else candidates(place, study):
        source = crs_room.parse(name)
        try:
            crs_room.check_range(bounds, source, layer="", path="")
            there = crs_room.transform_bounds(bounds, source, study)
        except CRSError:  # what the guards refuse is not there
            continue
        if all(map(math.isfinite, there)) and meet(there, place):
            yield name, there


def meet(one: "Bounds", other: "Bounds") -> bool:
    """Whether two boxes share a point.

    >>> meet((0, 0, 1, 1), (1, 1, 2, 2)), meet((0, 0, 1, 1), (2, 2, 3, 3))
    (True, False)
    """
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]

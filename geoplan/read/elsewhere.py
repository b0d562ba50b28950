"""Data that lie nowhere near the place: which mistake would put them there, so that a planner knows what to ask.

Nothing is moved. A hypothesis is tried on the box of the data alone: axes swapped, another unit, another zone.
"""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from geoplan import crs as crs_room
from geoplan.errors import CoverageError, CRSError, GeoplanError

if TYPE_CHECKING:
    from pyproj import CRS

    from geoplan.crs import Bounds

__all__ = ["meet", "refusal"]

_UNITS = (0.3048, 1000.0, 0.001, 0.01)
"""Metres of what drawings and foreign maps count in: feet, kilometres, millimetres, centimetres."""
_WEB = "EPSG:3857"


def refusal(bounds: "Bounds", source: "CRS", place: "Bounds", study: "CRS", *, layer: str, path: str) -> GeoplanError:
    """Why data are refused all of which lie elsewhere: with the mistake that explains it, where there is one.

    Args:
        bounds: of the data, as they stand in their CRS.
        source: that CRS.
        place: the box looked at, in the CRS of the study.
        study: the CRS of the study.
        layer: for the message.
        path: likewise.

    >>> town, far = (500_000, 4_334_000, 510_000, 4_344_000), crs_room.parse("EPSG:4549")
    >>> refusal(town, far, town, crs_room.parse("EPSG:4548"), layer="parks", path="").id
    'source.elsewhere_as'
    >>> refusal((0, 0, 1, 1), far, town, crs_room.parse("EPSG:4548"), layer="parks", path="").id
    'source.elsewhere'
    """
    here = crs_room.transform_bounds(place, study, source)
    where = {"layer": layer, "path": path, "box": crs_room.box_text(bounds)}
    west, south, east, north = bounds
    if meet((south, west, north, east), here):
        return CRSError("crs.swapped", **where, crs=crs_room.label(source))
    where["place"] = crs_room.box_text(here)
    if source.is_projected:
        for metres in _UNITS:
            west, south, east, north = (b * metres for b in bounds)
            if meet((west, south, east, north), here):
                return CRSError("source.elsewhere_unit", **where, metres=f"{metres:g}")
        fit = [name for name in _candidates(place, study) if _fits(bounds, name, place, study)]
        if fit:
            return CRSError(
                "source.elsewhere_as", **where, crs=crs_room.label(source), nearest=fit[0], all=", ".join(fit)
            )
    return CoverageError("source.elsewhere", **where)


def meet(one: "Bounds", other: "Bounds") -> bool:
    """Whether two boxes share a point.

    >>> meet((0, 0, 1, 1), (1, 1, 2, 2)), meet((0, 0, 1, 1), (2, 2, 3, 3))
    (True, False)
    """
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]


def _candidates(place: "Bounds", study: "CRS") -> Iterator[str]:
    """The metre CRSs a file of this place may be in, the likeliest first; each plane once."""
    west, south, east, north = crs_room.transform_bounds(place, study, crs_room.parse(crs_room.LONLAT))
    lon = (west + east) / 2
    if 73.5 <= lon <= 136.5 and south > 0:
        three = min(max(round((lon - 75) / 3), 0), 20)
        zones = [zone for zone in (three, three - 1, three + 1) if 0 <= zone <= 20]
        six = [zone for zone in {math.floor((lon - 72) / 6), round((lon - 72) / 6)} if 0 <= zone <= 10]
        for first, numbers in ((4534, zones), (4513, zones), (4491, sorted(six))):
            yield from (f"EPSG:{first + number}" for number in numbers)
    zone = min(60, math.floor((lon + 180) / 6) + 1)
    yield from (f"EPSG:{(32600 if north > 0 else 32700) + z}" for z in (zone, zone - 1, zone + 1) if 1 <= z <= 60)
    yield _WEB


def _fits(bounds: "Bounds", name: str, place: "Bounds", study: "CRS") -> bool:
    try:
        return meet(bounds, crs_room.transform_bounds(place, study, crs_room.parse(name)))
    except CRSError:
        return False

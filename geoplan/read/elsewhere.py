"""Data that lie nowhere near the place: which mistake would put them there, so that a planner knows what to ask.

Nothing is moved. A hypothesis is tried on the box of the data alone: axes swapped, another unit, another zone.
"""

from typing import TYPE_CHECKING

from geoplan import crs as crs_room
from geoplan.candidates import meet, over
from geoplan.errors import CoverageError, CRSError, GeoplanError

if TYPE_CHECKING:
    from pyproj import CRS

    from geoplan.crs import Bounds

__all__ = ["meet", "refusal"]

_UNITS = (0.3048, 1000.0, 0.001, 0.01)
"""Metres of what drawings and foreign maps count in: feet, kilometres, millimetres, centimetres."""


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
        fit = [name for name, _ in over(bounds, place, study)]
        if fit:
            return CRSError(
                "source.elsewhere_as", **where, crs=crs_room.label(source), nearest=fit[0], all=", ".join(fit)
            )
    return CoverageError("source.elsewhere", **where)

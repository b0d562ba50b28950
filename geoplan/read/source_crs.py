"""The coordinate system of a source: what study.toml declares, what the file says, and what where the two differ.

Both are statements of people. Where they put the data at one place there is nothing to settle; where they do not, and
the file could be right, nobody but a person can settle it: until then the source is not used.
"""

import math
from typing import TYPE_CHECKING

from geoplan import crs as crs_room
from geoplan.candidates import over
from geoplan.errors import CRSError
from geoplan.frames import frame_of
from geoplan.measure import Note

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from geoplan.crs import Bounds
    from geoplan.read.declared import Declared

__all__ = ["crs_of"]

_NO_DATUM = "Undefined"
"""How a GeoPackage names degrees of which nothing more is known."""
_SAME = 1.0
"""Metres: statements that put the data no farther apart than this say the same (WGS 84 and CGCS2000, decimetres)."""
_SIDE = 3


def crs_of(
    said: str, declared: "Declared", bounds: "Bounds", crs: "CRS | None" = None, area: "BaseGeometry | None" = None
) -> "tuple[CRS, tuple[Note, ...]]":
    """The CRS of a source: what study.toml declares, else what the file says.

    Where study.toml declares another one than the file, the two are compared at the place. A file whose coordinates
    cannot be in what it says is overruled, with a note; one that could be right only where study.toml also says which
    CRS of the file is wrong (`crs_instead_of`).

    Args:
        said: what the file says, or an empty text.
        declared: what study.toml says of the source.
        bounds: of its coordinates as they stand.
        crs: of the study, where it is known yet.
        area: the place and what is around it, in that CRS.

    Raises:
        CRSError: neither says, what is said is not known, or the two contradict each other.
    """
    own = crs_room.parse(said, where=declared.path) if said else None
    nameless = own is None or own.name.startswith(_NO_DATUM)
    if own is not None and (nameless or not (own.is_geographic or own.is_projected)):
        own = None
    where = {"layer": declared.owner, "path": declared.path}
    if not declared.crs:
        if own is None:
            # a local grid is a CRS of its own: what its numbers would fit is no help
            raise _no_crs(where, bounds, crs, area if nameless else None)
        return own, ()
    found = crs_room.parse(declared.crs)
    fields = {**where, "declared": declared.crs}
    if frame_of(found):
        return found, (Note("read.decrypted", fields),)
    if own is None or found.equals(own, ignore_axis_order=True):
        return found, ()
    crs_room.check_range(bounds, found, **where)
    fields["found"] = crs_room.label(own)
    east, north = _apart(own, found, bounds, crs, area)
    off = math.hypot(east, north)
    if off <= _SAME:
        return found, ()
    if _possible(own, bounds) and not math.isinf(off) and not _answered(declared.crs_instead_of, own):
        if math.isnan(off):
            raise CRSError("crs.contradicts_datum", **fields)
        raise CRSError("crs.contradicts", **fields, off=f"{off:.0f}", north=f"{north:+.0f}", east=f"{east:+.0f}")
    return found, (Note("read.crs", fields),)


def _no_crs(where: dict[str, str], bounds: "Bounds", crs: "CRS | None", area: "BaseGeometry | None") -> CRSError:
    """That nobody says the CRS; with those in which the data would lie at the place, where it is known."""
    placed = all(map(math.isfinite, bounds)) and any(bounds)
    fits = [] if crs is None or area is None or not placed else [n for n, _ in over(bounds, area.bounds, crs)]
    if not fits:
        return CRSError("layer.no_crs", **where)
    return CRSError("crs.none_said", **where, all=", ".join(fits), nearest=fits[0])


def _possible(own: "CRS", bounds: "Bounds") -> bool:
    """Whether coordinates can be in the CRS their file says at all."""
    try:
        crs_room.check_range(bounds, own, layer="", path="")
    except CRSError:
        return False
    return True


def _answered(instead_of: str, own: "CRS") -> bool:
    """Whether somebody has said that this CRS of the file is wrong."""
    if not instead_of or instead_of == crs_room.label(own):
        return bool(instead_of)
    return crs_room.parse(instead_of, where="study.toml: crs_instead_of").equals(own, ignore_axis_order=True)


def _apart(
    own: "CRS", found: "CRS", bounds: "Bounds", crs: "CRS | None", area: "BaseGeometry | None"
) -> tuple[float, float]:
    """How far east and north of its own word the declared CRS puts the data, where they meet the place.

    Metres; not a number where no public parameters lead from the one datum to the other, infinite where the file's
    word puts the data nowhere on the ground, nothing where there are no data.
    """
    import numpy as np
    import shapely

    if not all(map(math.isfinite, bounds)):
        return 0.0, 0.0
    target = crs or crs_room.parse(crs_room.LONLAT)
    xy = shapely.points(_grid(_met(bounds, found, crs, area)))
    try:
        there = shapely.get_coordinates(crs_room.to_crs(xy, found, target))
    except CRSError:
        there = None
    try:
        here = shapely.get_coordinates(crs_room.to_crs(xy, own, target))
    except CRSError:
        return (0.0, 0.0) if there is None else (math.nan, math.nan)
    if there is None:
        return math.nan, math.nan
    if target.is_geographic:
        lat = np.radians(there[:, 1])
        off = (there - here) * 111_320.0 * np.column_stack([np.cos(lat), np.ones(len(lat))])
    else:
        off = there - here
    worst = off[int(np.argmax(np.hypot(*off.T)))]
    return (float(worst[0]), float(worst[1])) if np.isfinite(off).all() else (math.inf, math.inf)


def _met(bounds: "Bounds", found: "CRS", crs: "CRS | None", area: "BaseGeometry | None") -> "Bounds":
    """The part of the box of the data that meets the place, as the declared CRS has it; else all of it."""
    if crs is None or area is None:
        return bounds
    try:
        place = crs_room.transform_bounds(area.bounds, crs, found)
    except CRSError:
        return bounds
    west, south = max(bounds[0], place[0]), max(bounds[1], place[1])
    east, north = min(bounds[2], place[2]), min(bounds[3], place[3])
    return (west, south, east, north) if west <= east and south <= north else bounds


def _grid(box: "Bounds") -> "list[tuple[float, float]]":
    west, south, east, north = box
    shares = [n / (_SIDE - 1) for n in range(_SIDE)]
    return [(west + i * (east - west), south + j * (north - south)) for i in shares for j in shares]

"""The frames of map services as coordinate systems a study may declare: `crs = "GCJ-02"`, `crs = "BD-09"`.

No registry lists them. Here they are longitude and latitude under a name of their own, decrypted on the way in; nothing
is ever written in them.
"""

import functools
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import CRS

    Bounds = tuple[float, float, float, float]

__all__ = ["encrypted_box", "frame_of", "named", "true_box", "true_shapes"]

Frame: TypeAlias = str
_NAMES = {
    "GCJ-02": ("gcj02", "gcj", "火星坐标系", "火星", "国测局02"),
    "BD-09": ("bd09", "bd09ll", "百度坐标系", "百度"),
}  # what planners and map services call them
_SIDE = 9
"""Points a side of a box that are turned to find the box of what is turned."""
_MARGIN = 5e-4
"""Degrees, some 50 m: more than the frames bend between those points."""


def named(text: object) -> "CRS | None":
    """The frame a text names, as a CRS; None for every other text.

    >>> str(named("gcj02").name), named("EPSG:4326") is None, named("") is None
    ('GCJ-02', True, True)
    """
    plain = re.sub(r"[\s_-]", "", text).casefold() if isinstance(text, str) else ""
    return next((_crs(frame) for frame in _NAMES if plain in _NAMES[frame]), None)


def frame_of(crs: "CRS") -> Frame:
    """`GCJ-02` or `BD-09` where a CRS is one of these frames, else an empty text.

    >>> frame_of(named("BD-09"))
    'BD-09'
    """
    return crs.name if crs.name in _NAMES else ""


def true_shapes(shapes: "NDArray[np.object_]", frame: Frame) -> "NDArray[np.object_]":
    """Shapes in true longitude and latitude, vertex by vertex."""
    import numpy as np
    import shapely

    from geoplan.ops.encrypted import decrypted

    def turned(xy: "NDArray[np.float64]") -> "NDArray[np.float64]":
        return np.column_stack(decrypted(xy[:, 0], xy[:, 1], frame))

    return np.asarray(shapely.transform(shapes, turned), dtype=object)


def true_box(bounds: "Bounds", frame: Frame) -> "Bounds":
    """The true box of a box in a frame."""
    from geoplan.ops.encrypted import decrypted

    x, y = _outline(bounds)
    return _around(*decrypted(x, y, frame))


def encrypted_box(bounds: "Bounds", frame: Frame) -> "Bounds":
    """The box, in a frame, of a true box."""
    from geoplan.ops.encrypted import encrypted

    x, y = _outline(bounds)
    return _around(*encrypted(x, y, frame))


def _outline(bounds: "Bounds") -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    import numpy as np

    west, south, east, north = bounds
    x, y = np.meshgrid(np.linspace(west, east, _SIDE), np.linspace(south, north, _SIDE))
    return x.ravel(), y.ravel()


def _around(x: "NDArray[np.float64]", y: "NDArray[np.float64]") -> "Bounds":
    return float(x.min()) - _MARGIN, float(y.min()) - _MARGIN, float(x.max()) + _MARGIN, float(y.max()) + _MARGIN


@functools.cache
def _crs(frame: Frame) -> "CRS":
    from pyproj import CRS

    return CRS.from_wkt(
        f'GEOGCRS["{frame}",DATUM["{frame}",ELLIPSOID["GRS 1980",6378137,298.257222101]],CS[ellipsoidal,2],'
        'AXIS["longitude",east],AXIS["latitude",north],ANGLEUNIT["degree",0.0174532925199433]]'
    )

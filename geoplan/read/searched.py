"""What a search by place leaves out: boxes and indexes of a file may be damaged, or older than its shapes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geoplan.crs import Bounds

__all__ = ["INDEXED", "bounds_of_shapes", "left_out"]

INDEXED = frozenset({"GPKG", "ESRI Shapefile", "FlatGeobuf", "OpenFileGDB", "SQLite", "MapInfo File"})
"""Drivers that look for features by what the file says of their boxes, and not by the shapes themselves."""


def left_out(
    path: str, layer: str, box: "Bounds", found: "NDArray[np.int64]", *, where: str, options: Mapping[str, str]
) -> "NDArray[np.int64]":
    """Numbers of the rows that a search by box did not find and that belong to what it asked for.

    They are those whose shapes meet the box; those without a shape, lest the ledger lose them; and those that run to
    0, 0, where a place is written for want of a better one.

    Args:
        path: what GDAL is handed.
        layer: the name of the table.
        box: in the CRS of the file.
        found: numbers of the rows that were found, those that a filter keeps.
        where: that filter, handed to GDAL as it stands.
        options: of the driver.

    Raises:
        pyogrio.errors.DataSourceError: and its kin; the file cannot be read.
    """
    import numpy as np
    import pyogrio
    from pyogrio import raw

    numbers, bounds = pyogrio.read_bounds(path, layer=layer)
    west, south, east, north = box
    x, y, right, top = bounds
    wanted = (x <= east) & (right >= west) & (y <= north) & (top >= south)
    wanted |= (x <= 0) & (right >= 0) & (y <= 0) & (top >= 0)
    wanted |= ~np.isfinite(bounds).all(axis=0)
    lost = np.setdiff1d(numbers[wanted], found)
    if where and len(lost):
        kept = raw.read(path, layer=layer, where=where, read_geometry=False, return_fids=True, **options)[1]
        lost = np.intersect1d(lost, kept)
    return np.asarray(lost, dtype=np.int64)


def bounds_of_shapes(path: str, layer: str) -> "Bounds":
    """The extent of a table as its shapes have it, whatever the file says of it; nan where it has none.

    Raises:
        pyogrio.errors.DataSourceError: and its kin; the file cannot be read.
    """
    import numpy as np
    import pyogrio

    bounds = pyogrio.read_bounds(path, layer=layer)[1]
    bounds = bounds[:, np.isfinite(bounds).all(axis=0)]
    if not bounds.size:
        return (float("nan"),) * 4
    west, south, east, north = (float(b) for b in (*bounds[:2].min(axis=1), *bounds[2:].max(axis=1)))
    return west, south, east, north

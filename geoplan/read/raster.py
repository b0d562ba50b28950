"""Rasters: any grid rasterio reads, block by block; it keeps its own CRS, and what means nothing is not a number."""

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geoplan import crs as crs_room
from geoplan.candidates import meet
from geoplan.errors import LayerError, SourceError
from geoplan.read import drivers, elsewhere
from geoplan.read.service import is_service
from geoplan.read.source_crs import crs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from affine import Affine
    from numpy.typing import NDArray
    from pyproj import CRS
    from rasterio import DatasetReader
    from rasterio.windows import Window
    from shapely.geometry.base import BaseGeometry

    from geoplan.crs import Bounds
    from geoplan.measure import Note
    from geoplan.place import Box
    from geoplan.read.declared import Declared
    from geoplan.read.guards import Found

__all__ = ["Grid", "opened"]

_CELLS = 4_000_000
"""Cells read at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A grid of a file, opened anew each time it is gone through.

    Attributes:
        path: what GDAL is handed.
        text: as study.toml writes it.
        crs: of the grid.
        transform: from column, row to x, y.
        shape: rows, columns.
        band: from 1.
        nodata: values that mean nothing, besides those the file names.
    """

    path: str
    text: str
    crs: "CRS"
    transform: "Affine"
    shape: tuple[int, int]
    band: int = 1
    nodata: tuple[float, ...] = ()

    def blocks(self, box: "Box | None" = None) -> "Iterator[tuple[Window, NDArray[np.float64]]]":
        """Windows with their values, scaled and offset, nodata as NaN; only those that meet the box (grid CRS).

        Raises:
            SourceError: the file cannot be read (any more).
        """
        from rasterio.windows import Window

        with _open(self.path, self.text) as data:
            height = _rows_at_once(data)
            left, top, right, bottom = self._cells(box)
            for row in range(top, bottom, height):
                rows = min(height, bottom - row)
                window = Window(left, row, right - left, rows)
                yield window, self._values(data, window)

    def _values(self, data: "DatasetReader", window: "Window") -> "NDArray[np.float64]":
        from rasterio.errors import RasterioIOError

        try:
            raw = data.read(self.band, window=window, masked=True)
        except RasterioIOError as error:
            raise SourceError("source.unreadable", path=self.text, reason=error) from error
        values = np.ma.filled(raw.astype(np.float64), np.nan)
        for nothing in self.nodata:
            values[values == nothing] = np.nan
        # a band of bytes overflows as soon as it is scaled: it is a float by now
        scaled: NDArray[np.float64] = values * data.scales[self.band - 1] + data.offsets[self.band - 1]
        return scaled

    def _cells(self, box: "Box | None") -> tuple[int, int, int, int]:
        """Columns and rows that meet a box: left, top, right, bottom."""
        rows, columns = self.shape
        if box is None:
            return 0, 0, columns, rows
        west, south, east, north = box
        x, y = _moved(~self.transform, np.array([west, west, east, east]), np.array([south, north, south, north]))
        left, right = max(0, int(np.floor(x.min()))), min(columns, int(np.ceil(x.max())))
        top, bottom = max(0, int(np.floor(y.min()))), min(rows, int(np.ceil(y.max())))
        return (left, top, right, bottom) if right > left and bottom > top else (0, 0, 0, 0)

    @property
    def bounds(self) -> "Bounds":
        """The box about the grid, in its own CRS."""
        return _box(self.transform, *self.shape)


def opened(
    found: "Found", declared: "Declared", crs: "CRS", area: "BaseGeometry | None"
) -> "tuple[Grid, tuple[Note, ...]]":
    """A grid that meets the area of a study.

    Args:
        found: the source.
        declared: what study.toml says of it.
        crs: of the study.
        area: the place and what is around it, in the study CRS.

    Raises:
        SourceError: it is no raster, or has no such band.
        CRSError: no CRS, or coordinates that cannot be in it.
        LayerError: nothing says where on the ground its cells are.
        CoverageError: it lies elsewhere; a CRSError where a mistake explains it.
    """
    if is_service(found.gdal):
        raise SourceError("remote.raster", path=found.text)
    with _open(found.gdal, found.text) as data:
        where = {"layer": declared.owner, "path": found.text}
        if data.transform.is_identity:
            raise LayerError("source.not_placed", **where)
        box = _box(data.transform, data.height, data.width)
        own, notes = crs_of(data.crs.to_wkt() if data.crs else "", declared, box, crs, area)
        shape = (data.height, data.width)
        grid = Grid(found.gdal, found.text, own, data.transform, shape, declared.band, declared.nodata)
        crs_room.check_range(box, own, **where)
        if not 1 <= declared.band <= data.count:
            raise SourceError("source.no_band", **where, band=declared.band, most=data.count)
    if area is not None and not meet(box, crs_room.transform_bounds(area.bounds, crs, own)):
        raise elsewhere.refusal(box, own, area.bounds, crs, **where)
    return grid, notes


def _box(transform: "Affine", rows: int, columns: int) -> "Bounds":
    x, y = _moved(transform, np.array([0, columns, columns, 0]), np.array([0, 0, rows, rows]))
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def _moved(transform: "Affine", x: Any, y: Any) -> Any:
    a, b, c, d, e, f = tuple(transform)[:6]
    return a * x + b * y + c, d * x + e * y + f


def _rows_at_once(data: "DatasetReader") -> int:
    """Whole rows of blocks, so that no block is read twice, up to `_CELLS` cells."""
    tall = int(data.block_shapes[0][0])
    return max(1, _CELLS // max(1, int(data.width) * tall)) * tall


@contextlib.contextmanager
def _open(path: str, text: str) -> "Iterator[Any]":
    import rasterio
    from rasterio.errors import RasterioIOError

    drivers.load_rasters()
    try:
        data = rasterio.open(path)
    except RasterioIOError as error:
        raise SourceError("source.unreadable", path=text, reason=error) from error
    with data:
        if data.driver in drivers.CONNECTING:
            raise SourceError("source.indirect", path=text)
        yield data

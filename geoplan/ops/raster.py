"""Which share of zones a grid says yes to: partial cells weighed exactly, cells nobody measured kept apart."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from rasterio.windows import Window

from geoplan.errors import LayerError
from geoplan.ops.cells import sums as cell_sums
from geoplan.ops.ellipsoid import area

if TYPE_CHECKING:
    from affine import Affine

Geometries: TypeAlias = NDArray[np.object_]
Floats: TypeAlias = NDArray[np.float64]
Answer: TypeAlias = Callable[[Floats], NDArray[np.bool_]]
Box: TypeAlias = tuple[float, float, float, float]

__all__ = ["Grid", "Shares", "between", "cell_side", "coarser", "greener", "ndvi", "shares"]

_AT_ONCE = 4_000_000
"""Cells that are joined together at once."""
_LATTICE = 100.0
"""Metres between the cells whose true area is computed; in between it is interpolated, to 1e-10."""


class Grid(NamedTuple):
    """A grid as an open raster offers it.

    Attributes:
        crs: of the grid.
        transform: from column, row to x, y.
        shape: rows, columns.
        blocks: windows and their values, those that meet a box in the CRS of the grid; NaN is unknown.
    """

    crs: CRS
    transform: "Affine"
    shape: tuple[int, int]
    blocks: "Callable[[Box], Iterator[tuple[Window, Floats]]]"


class Shares(NamedTuple):
    """Per zone, the share that is in the part and the share nobody knows about (nodata, or beyond the grid)."""

    part: Floats
    unknown: Floats


def ndvi(red: NDArray[np.generic], nir: NDArray[np.generic]) -> Floats:
    """(NIR - red) / (NIR + red); NaN where both bands are 0. Bands of bytes are widened first: 100 - 200 is not 156.

    >>> ndvi(np.array([100, 0], dtype=np.uint8), np.array([200, 0], dtype=np.uint8)).round(3)
    array([0.333,   nan])
    """
    r, n = np.asarray(red, dtype=np.float64), np.asarray(nir, dtype=np.float64)
    both = r + n
    found: Floats = np.divide(n - r, both, out=np.full(both.shape, np.nan), where=both != 0)
    return found


def greener(threshold: float) -> Answer:
    """Whether cells of an NDVI are at or above a threshold.

    Raises (when asked):
        LayerError: a value outside [-1, 1]: scaled bytes, or a nodata value nobody declared.

    >>> greener(0.3)(np.array([0.29, 0.3, np.nan]))
    array([False,  True, False])
    """

    def answer(values: Floats) -> NDArray[np.bool_]:
        known = values[np.isfinite(values)]
        if known.size and (known.min() < -1 or known.max() > 1):
            raise LayerError("raster.not_ndvi", lowest=float(known.min()), highest=float(known.max()))
        return np.asarray(values >= threshold, dtype=bool)

    return answer


def between(lowest: float, highest: float) -> Answer:
    """Whether the class of cells lies in a range of codes, both ends included.

    >>> between(41, 43)(np.array([40, 41, 43, np.nan]))
    array([False,  True,  True, False])
    """
    return lambda values: np.asarray((values >= lowest) & (values <= highest), dtype=bool)


def cell_side(grid: Grid) -> float:
    """Metres along the side of a cell (of a square of the same true area), at the first corner of the grid."""
    return float(np.sqrt(_cell_areas(np.zeros(1), np.zeros(1), grid)[0]))


def coarser(grid: Grid, times: int, *, mean: bool = True) -> Grid:
    """The grid with cells so many times as wide and high: the mean of the known ones, or the one in the middle.

    A mean of codes is no code: grids of classes take the middle. Cells at the far edges hold what there is of them.

    Args:
        grid: whose cells are joined.
        times: how many to a side; 1 leaves the grid as it is.
        mean: False for grids of classes.
    """
    if times <= 1:
        return grid
    rows, columns = grid.shape
    transform = grid.transform @ grid.transform.scale(times)
    shape = -(-rows // times), -(-columns // times)

    def blocks(box: Box) -> "Iterator[tuple[Window, Floats]]":
        x, y = _moved(
            ~transform, *(np.array(side) for side in ((box[0], box[0], box[2], box[2]), (box[1], box[3]) * 2))
        )
        left, right = _ends(x, shape[1])
        top, bottom = _ends(y, shape[0])
        high = max(1, _AT_ONCE // max(1, (right - left) * times**2))
        for first in range(top, bottom, high):
            last = min(first + high, bottom)
            cells = _read(grid, (first * times, last * times), (left * times, right * times))
            cells = cells.reshape(last - first, times, right - left, times).swapaxes(1, 2)
            middle = cells[:, :, times // 2, times // 2]
            yield Window(left, first, right - left, last - first), _mean(cells) if mean else middle

    return Grid(grid.crs, transform, shape, blocks)


def _ends(at: Floats, size: int) -> tuple[int, int]:
    first, last = int(np.clip(np.floor(at.min()), 0, size)), int(np.clip(np.ceil(at.max()), 0, size))
    return (first, last) if last > first else (0, 0)


def _read(grid: Grid, rows: tuple[int, int], columns: tuple[int, int]) -> Floats:
    """The values of some rows and columns, NaN beyond the grid."""
    found = np.full((rows[1] - rows[0], columns[1] - columns[0]), np.nan)
    x, y = _moved(grid.transform, np.repeat(columns, 2).astype(float), np.tile(rows, 2).astype(float))
    for window, values in grid.blocks((float(x.min()), float(y.min()), float(x.max()), float(y.max()))):
        top, left = window.row_off - rows[0], window.col_off - columns[0]
        above, before = max(0, -top), max(0, -left)
        part = values[above : max(above, found.shape[0] - top), before : max(before, found.shape[1] - left)]
        found[top + above : top + above + part.shape[0], left + before : left + before + part.shape[1]] = part
    return found


def _mean(cells: Floats) -> Floats:
    """The mean of what is known in each of some cells; NaN where nothing is."""
    known = np.isfinite(cells)
    count = known.sum(axis=(2, 3))
    sums = np.where(known, cells, 0.0).sum(axis=(2, 3))
    found: Floats = np.divide(sums, count, out=np.full(count.shape, np.nan), where=count > 0)
    return found


def shares(zones: Geometries, crs: CRS, grid: Grid, answer: Answer) -> Shares:
    """The share of each zone whose cells answer yes, and the share that is unknown, block by block.

    Zones go to the grid, never the grid to the zones: their edges are densified to one cell first. A cell counts with
    the part of it that lies in the zone and with its true (ellipsoidal) area. Multiply by the zone's.

    Args:
        zones: polygons in `crs`, overlapping or not. Empty and missing ones are 0 and 0.
        crs: the CRS of the zones.
        grid: where cells are and what they hold; NaN is unknown.
        answer: which values are in the part (`greener`, `between`).

    Raises:
        LayerError: values the question cannot be asked of.
    """
    zones = np.asarray(zones, dtype=object)
    rows = np.flatnonzero(~(shapely.is_missing(zones) | shapely.is_empty(zones)) & (shapely.area(zones) > 0))
    part, unknown = np.zeros(len(zones)), np.zeros(len(zones))
    if not len(rows):
        return Shares(part, unknown)
    cells = _in_cells(zones[rows], crs, grid)
    sums = np.zeros((3, len(rows)))
    tree = shapely.STRtree(cells)
    for window, values in grid.blocks(_box(cells, grid.transform)):
        left, top, (height, width) = window.col_off, window.row_off, values.shape
        met = np.sort(tree.query(shapely.box(left, top, left + width, top + height)))
        if len(met):
            sums[:, met] += cell_sums(cells[met], _layers(window, values, grid, answer), left=left, top=top)
    # of a zone that reaches beyond the grid the rest is as unknown as cells without data
    whole = np.where(_within(cells, grid.shape), sums[0], np.maximum(area(zones[rows], crs), sums[0]))
    _, known, yes = sums / np.where(whole > 0, whole, 1.0)
    part[rows] = np.clip(yes, 0.0, 1.0)
    unknown[rows] = np.clip(1 - known, 0.0, 1.0)
    return Shares(part, np.minimum(unknown, 1 - part))


def _in_cells(zones: Geometries, crs: CRS, grid: Grid) -> Geometries:
    """Zones in columns and rows of the grid, no edge longer than one cell where the CRS differ."""
    if crs != grid.crs:
        zones = shapely.segmentize(zones, _cell_size(zones, crs, grid))
        go = Transformer.from_crs(crs, grid.crs, always_xy=True)
        zones = shapely.transform(zones, lambda xy: np.column_stack(go.transform(*xy.T)))
    cells = shapely.transform(zones, lambda xy: np.column_stack(_moved(~grid.transform, *xy.T)))
    return np.asarray(cells, dtype=object)


def _moved(transform: "Affine", x: Floats, y: Floats) -> tuple[Floats, Floats]:
    a, b, c, d, e, f = tuple(transform)[:6]
    return a * x + b * y + c, d * x + e * y + f


def _cell_size(zones: Geometries, crs: CRS, grid: Grid) -> float:
    """The shorter side of the cell in the middle of the zones, in units of their CRS."""
    west, south, east, north = shapely.total_bounds(zones)
    go = Transformer.from_crs(crs, grid.crs, always_xy=True)
    column, row = _moved(~grid.transform, *go.transform(np.array([west + east]) / 2, np.array([south + north]) / 2))
    x, y = _moved(grid.transform, column + np.array([0.0, 1.0, 0.0]), row + np.array([0.0, 0.0, 1.0]))
    x, y = go.transform(x, y, direction="INVERSE")
    return float(np.hypot(x[1:] - x[0], y[1:] - y[0]).min())


def _box(cells: Geometries, transform: "Affine") -> Box:
    """The box about zones in the CRS of the grid."""
    left, top, right, bottom = shapely.total_bounds(cells)
    x, y = _moved(transform, np.array([left, right, left, right]), np.array([top, top, bottom, bottom]))
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def _within(cells: Geometries, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Which zones lie in the grid."""
    left, top, right, bottom = shapely.bounds(cells).T
    return np.asarray((left >= 0) & (top >= 0) & (right <= shape[1]) & (bottom <= shape[0]))


def _layers(window: "Window", values: NDArray[np.generic], grid: Grid, answer: Answer) -> Floats:
    """Of the cells of a block: their true area, that of the known ones, that of the yeses."""
    numbers = np.asarray(values, dtype=np.float64)
    true, known = _true_areas(window, numbers.shape, grid), np.isfinite(numbers)
    return np.stack([true, true * known, true * (answer(numbers) & known)])


def _true_areas(window: "Window", shape: tuple[int, int], grid: Grid) -> Floats:
    """Square metres (ellipsoidal) of each cell of a block, interpolated on a lattice that is fixed to the grid."""
    step = max(1, int(_LATTICE / cell_side(grid)))
    marks, places = [], []
    for offset, count in ((window.row_off, shape[0]), (window.col_off, shape[1])):
        marks.append(np.arange(offset // step * step, offset + count + step, step, dtype=np.float64))
        places.append(np.arange(offset, offset + count, dtype=np.float64))
    row, column = np.meshgrid(*marks, indexing="ij")
    lattice = _cell_areas(column.ravel(), row.ravel(), grid).reshape(row.shape)
    along = np.array([np.interp(places[1], marks[1], line) for line in lattice])
    return np.array([np.interp(places[0], marks[0], line) for line in along.T]).T


def _cell_areas(column: Floats, row: Floats, grid: Grid) -> Floats:
    corners = ((0, 0), (1, 0), (1, 1), (0, 1))
    xy = [np.column_stack(_moved(grid.transform, column + i, row + j)) for i, j in corners]
    return area(shapely.polygons(np.stack(xy, axis=1)), grid.crs)

"""Shares of zones on a grid, held against cells cut out one by one."""

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer
from rasterio.windows import Window

from geoplan.errors import LayerError
from geoplan.ops.ellipsoid import area
from geoplan.ops.raster import Grid, between, cell_side, coarser, greener, ndvi, shares

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_330_000.0


def grid_of(values, *, crs=TOWN, transform=None, block=64):
    """A grid in blocks, as a raster file hands them out; only the blocks that meet the box."""
    transform = transform or Affine(10, 0, EAST, 0, -10, NORTH + 10 * values.shape[0])

    def blocks(box):
        for row in range(0, values.shape[0], block):
            for column in range(0, values.shape[1], block):
                height, width = min(block, values.shape[0] - row), min(block, values.shape[1] - column)
                west, north = transform.c + column * transform.a, transform.f + row * transform.e
                east, south = west + width * transform.a, north + height * transform.e
                if west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1]:
                    yield Window(column, row, width, height), values[row : row + height, column : column + width]

    return Grid(crs, transform, values.shape, blocks)


def blobs(seed, count, span=400.0):
    rng = np.random.default_rng(seed)
    at = np.array([EAST, NORTH]) + rng.uniform(0, span, (count, 2))
    rings = [shapely.buffer(shapely.Point(xy), rng.uniform(8, 90), quad_segs=int(rng.integers(1, 8))) for xy in at]
    return np.array([shapely.difference(r, shapely.buffer(r.centroid, 3)) for r in rings], dtype=object)


def by_hand(zone, values, test, size=10.0):
    """Yes and unknown of one zone, cell by cell with shapely."""
    rows, columns = values.shape
    yes = unknown = 0.0
    for row in range(rows):
        for column in range(columns):
            west, north = EAST + size * column, NORTH + size * (rows - row)
            shared = zone.intersection(shapely.box(west, north - size, west + size, north)).area
            yes += shared * bool(test(values[row, column]))
            unknown += shared * bool(np.isnan(values[row, column]))
    beyond = zone.difference(shapely.box(EAST, NORTH, EAST + size * columns, NORTH + size * rows)).area
    return yes / zone.area, (unknown + beyond) / zone.area


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 1_000), st.sampled_from([7, 16, 64]))
def test_shares_are_those_of_cells_cut_out_one_by_one(seed, block):
    rng = np.random.default_rng(seed)
    values = rng.uniform(-1, 1, (40, 40))
    values[rng.uniform(size=values.shape) < 0.1] = np.nan
    zones = blobs(seed, 5)
    found = shares(zones, TOWN, grid_of(values, block=block), greener(0.2))
    brute = np.array([by_hand(zone, values, lambda v: v >= 0.2) for zone in zones])
    np.testing.assert_allclose(found.part, brute[:, 0], atol=1e-9)
    np.testing.assert_allclose(found.unknown, brute[:, 1], atol=1e-9)


def test_half_a_cell_counts_half():
    # cells of 10 m: green | bare; a zone from the middle of the first to the end of the second: 5 of 15 m
    found = shares(
        np.array([shapely.box(EAST + 5, NORTH, EAST + 20, NORTH + 10)]),
        TOWN,
        grid_of(np.array([[0.6, 0.1]])),
        greener(0.3),
    )
    assert found.part[0] == pytest.approx(1 / 3, rel=1e-6)
    assert found.unknown[0] == 0


def test_a_cell_at_the_threshold_is_green():
    zone = np.array([shapely.box(EAST, NORTH, EAST + 20, NORTH + 10)])
    assert shares(zone, TOWN, grid_of(np.array([[0.3, 0.29999]])), greener(0.3)).part[0] == pytest.approx(0.5, rel=1e-6)


def test_cells_without_data_and_ground_beyond_the_grid_are_unknown():
    # 2 cells: one green, one without data; the zone goes on for 20 m beyond: part 1/4, unknown 1/4 + 1/2
    zone = np.array([shapely.box(EAST, NORTH, EAST + 40, NORTH + 10)])
    found = shares(zone, TOWN, grid_of(np.array([[0.8, np.nan]])), greener(0.3))
    assert (found.part[0], found.unknown[0]) == pytest.approx((0.25, 0.75), rel=1e-6)


def test_a_zone_wholly_beyond_the_grid_is_wholly_unknown():
    zone = np.array([shapely.box(EAST + 900, NORTH, EAST + 940, NORTH + 10)])
    found = shares(zone, TOWN, grid_of(np.array([[0.8, 0.8]])), greener(0.3))
    assert (found.part[0], found.unknown[0]) == (0, 1)


def test_overlapping_zones_each_see_all_their_cells():
    zone = shapely.box(EAST, NORTH, EAST + 20, NORTH + 10)
    found = shares(np.array([zone, zone]), TOWN, grid_of(np.array([[0.8, 0.0]])), greener(0.3))
    assert found.part == pytest.approx([0.5, 0.5], rel=1e-6)


def test_classes_are_a_range_with_both_ends():
    zone = np.array([shapely.box(EAST, NORTH, EAST + 40, NORTH + 10)])
    found = shares(zone, TOWN, grid_of(np.array([[40, 41, 43, 44]], dtype=np.uint8)), between(41, 43))
    assert found.part[0] == pytest.approx(0.5, rel=1e-6)


def test_empty_and_missing_zones_have_no_share_and_no_unknown():
    odd = np.array([None, shapely.Polygon()], dtype=object)
    found = shares(odd, TOWN, grid_of(np.array([[0.5]])), greener(0.3))
    assert (found.part.tolist(), found.unknown.tolist()) == ([0, 0], [0, 0])
    assert shares(np.array([], dtype=object), TOWN, grid_of(np.array([[0.5]])), greener(0.3)).part.shape == (0,)


@pytest.mark.parametrize("cell", [117.0, -9999.0, 1.5])
def test_an_ndvi_beyond_its_range_is_refused(cell):
    zone = np.array([shapely.box(EAST, NORTH, EAST + 20, NORTH + 10)])
    with pytest.raises(LayerError, match="NDVI"):
        shares(zone, TOWN, grid_of(np.array([[0.4, cell]])), greener(0.3))


def test_bands_of_bytes_do_not_overflow():
    red, nir = np.array([[100, 200]], dtype=np.uint8), np.array([[200, 100]], dtype=np.uint8)
    # (200 - 100) / 300 and (100 - 200) / 300; in bytes 100 - 200 would be 156 and 200 + 100 would be 44
    assert ndvi(red, nir).ravel() == pytest.approx([1 / 3, -1 / 3])
    assert np.isnan(ndvi(np.zeros(1, np.uint8), np.zeros(1, np.uint8))[0])


@pytest.mark.parametrize(("code", "size"), [("EPSG:32650", 10.0), ("EPSG:4326", 1e-4), ("EPSG:3857", 12.0)])
def test_zones_go_to_a_grid_in_another_crs(code, size):
    # half the grid is green; the border between the halves, a straight line of the grid, is cut out in the town
    crs = CRS(code)
    there = Transformer.from_crs(TOWN, crs, always_xy=True)
    x, y = there.transform(EAST + 65_000, NORTH)
    values = np.zeros((300, 300))
    values[:, :150] = 1.0
    grid = grid_of(values, crs=crs, transform=Affine(size, 0, x - 150 * size, 0, -size, y + 150 * size))
    zone = shapely.box(EAST + 65_000 - 500, NORTH - 400, EAST + 65_000 + 450, NORTH + 430)
    west = shapely.segmentize(shapely.box(x - 150 * size, y - 150 * size, x, y + 150 * size), size)
    west = shapely.transform(west, lambda xy: np.column_stack(there.transform(*xy.T, direction="INVERSE")))
    green = area(np.array([shapely.intersection(zone, west)]), TOWN)[0]
    found = shares(np.array([zone]), TOWN, grid, greener(0.5))
    whole = area(np.array([zone]), TOWN)[0]
    assert found.part[0] * whole == pytest.approx(green, rel=1e-6)
    assert found.unknown[0] == 0


def test_cells_weigh_their_true_area():
    # a coarse grid in degrees: the southern cell is larger, so half the rows are green but more than half the ground
    values = np.array([[0.0], [1.0]])
    grid = grid_of(values, crs=CRS("EPSG:4490"), transform=Affine(0.5, 0, 117.0, 0, -0.5, 40.0))
    box = np.array([shapely.box(117.0, 39.0, 117.5, 40.0)])
    south, whole = area(np.array([shapely.box(117.0, 39.0, 117.5, 39.5), box[0]]), CRS("EPSG:4490"))
    found = shares(box, CRS("EPSG:4490"), grid, greener(0.5))
    assert south / whole > 0.5005
    assert found.part[0] == pytest.approx(south / whole, rel=1e-7)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1_000), st.floats(50, 350), st.floats(50, 350))
def test_four_tiles_hold_as_much_as_the_whole(seed, x, y):
    rng = np.random.default_rng(seed)
    values = rng.uniform(-1, 1, (40, 40))
    values[rng.uniform(size=values.shape) < 0.1] = np.nan
    grid = grid_of(values, block=16)
    whole = np.array([shapely.box(EAST, NORTH, EAST + 400, NORTH + 400)])
    xs, ys = (EAST, EAST + x, EAST + 400), (NORTH, NORTH + y, NORTH + 400)
    tiles = np.array([shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in (0, 1) for j in (0, 1)])
    one, four = shares(whole, TOWN, grid, greener(0.2)), shares(tiles, TOWN, grid, greener(0.2))
    for share, shared in zip(one, four, strict=True):
        held = (shared * area(tiles, TOWN)).sum()
        assert held == pytest.approx(share[0] * area(whole, TOWN)[0], abs=1e-10 * area(whole, TOWN)[0])


def test_slivers_that_cross_themselves_when_moved_to_the_grid_do_no_harm():
    # valid in metres; in columns and rows the last digits make its sides cross
    tip = shapely.Polygon(
        [
            (EAST, NORTH),
            (EAST + 317.3, NORTH + 111.1),
            (EAST + 634.6, NORTH + 222.2 + 1e-9),
            (EAST + 317.3, NORTH + 111.1 + 1e-9),
        ]
    )
    block = shapely.box(EAST + 30, NORTH + 200, EAST + 90, NORTH + 260)
    zones = np.array([shapely.MultiPolygon([tip, block]), block], dtype=object)
    found = shares(zones, TOWN, grid_of(np.full((40, 90), 0.5), block=16), greener(0.3))
    assert found.part == pytest.approx([1, 1], abs=1e-6)


def joined(values, times):
    """Cells joined by hand: what is known of each square of cells, NaN where nothing is."""
    rows, columns = -(-values.shape[0] // times), -(-values.shape[1] // times)
    found = np.full((rows, columns), np.nan)
    for row in range(rows):
        for column in range(columns):
            square = values[row * times : (row + 1) * times, column * times : (column + 1) * times]
            known = square[np.isfinite(square)]
            found[row, column] = known.mean() if known.size else np.nan
    return found


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 1_000), st.integers(2, 7), st.sampled_from([7, 16, 64]))
def test_a_coarser_grid_is_the_mean_of_its_cells_whatever_the_blocks(seed, times, block):
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((41, 37)) < 0.1, np.nan, rng.uniform(-1, 1, (41, 37)))
    grid = coarser(grid_of(values, block=block), times)
    by = joined(values, times)
    assert grid.shape == by.shape
    zones = blobs(seed, 4)
    plain = grid_of(by, transform=grid.transform)
    assert shares(zones, TOWN, grid, greener(0.2)).part == pytest.approx(shares(zones, TOWN, plain, greener(0.2)).part)
    assert shares(zones, TOWN, grid, greener(0.2)).unknown == pytest.approx(
        shares(zones, TOWN, plain, greener(0.2)).unknown
    )


def test_a_grid_once_as_coarse_is_the_grid():
    grid = grid_of(np.ones((4, 4)))
    assert coarser(grid, 1) is grid
    assert cell_side(coarser(grid, 3)) == pytest.approx(3 * cell_side(grid))


def test_a_coarser_grid_of_classes_takes_the_cell_in_the_middle():
    values = np.full((3, 3), 10.0)
    values[1, 1] = 42.0
    zone = np.array([shapely.box(EAST, NORTH, EAST + 30, NORTH + 30)], dtype=object)
    assert shares(zone, TOWN, coarser(grid_of(values), 3, mean=False), between(41, 43)).part[0] == pytest.approx(1.0)
    assert shares(zone, TOWN, grid_of(values), between(41, 43)).part[0] == pytest.approx(1 / 9)

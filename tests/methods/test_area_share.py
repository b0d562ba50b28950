"""Green coverage of gridtown, on paper: overlaps once, overhang cut off, unknown apart, a grid beside or on top."""

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import CRS
from rasterio.windows import Window

from geoplan.errors import LayerError
from geoplan.layer import Layer, LayerSpec
from geoplan.methods.area_share import area_share
from geoplan.place import Place

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0


@dataclasses.dataclass
class Cells:
    """A grid of 10 m cells over the south-west corner of gridtown, as an open raster offers it."""

    values: np.ndarray
    crs: CRS = TOWN

    @property
    def transform(self):
        return Affine(10, 0, EAST, 0, -10, NORTH + 10 * self.values.shape[0])

    @property
    def shape(self):
        return self.values.shape

    def blocks(self, _box=None):
        half = self.values.shape[0] // 2
        for row, count in ((0, half), (half, self.values.shape[0] - half)):
            yield Window(0, row, self.values.shape[1], count), self.values[row : row + count]


def ndvi(values):
    return Layer(LayerSpec("ndvi", {"zh": "植被指数", "en": "NDVI"}, "raster"), Cells(np.asarray(values, dtype=float)))


def boxes(*spans, classes=None, name="canopy"):
    shapes = [shapely.box(EAST + w, NORTH + s, EAST + e, NORTH + n) for w, s, e, n in spans]
    columns = {"id": [str(i) for i in range(len(spans))]} | ({"class": list(classes)} if classes else {})
    return Layer(
        LayerSpec(name, {"zh": name, "en": name}, "polygon"), gpd.GeoDataFrame(columns, geometry=shapes, crs=TOWN)
    )


def square(side):
    return Place("方", shapely.box(EAST, NORTH, EAST + side, NORTH + side), TOWN)


def parts(rows):
    return {row.zone: (row.value.part, row.value.whole) for row in rows}


def test_green_coverage_of_the_built_up_area(town, gridtown):
    # 18000 + 5400 + 10000 + 1000 + 25600 + 12800 + 27200 = 100000 of 1000000: 10 %
    found = area_share((town("canopy"),), town("built_up"), place=gridtown)
    assert found.measure.overall.part == pytest.approx(100_000, rel=1e-7)
    assert found.measure.overall.whole == pytest.approx(1_000_000, rel=1e-7)
    assert found.measure.value == pytest.approx(0.1, rel=1e-8)
    assert found.measure.overall.unknown == 0
    # V1 and V2 lie on one another over 20 x 100 = 2000 m2
    assert found.facts["overlap"] == pytest.approx(2000, rel=1e-6)


def test_green_coverage_is_cut_at_the_borders_of_zones(town, gridtown):
    by_zone = area_share((town("canopy"),), town("built_up"), place=gridtown).measure.by_zone
    # D1: V1 V2 18000 + V3 5400 + V5 1000 = 24400 of 600000; D2: V4 10000 + V6 25600 + V7 12800 + V8 27200 = 75600
    assert parts(by_zone["districts"]) == {
        "D1": pytest.approx((24_400, 600_000), rel=1e-7), "D2": pytest.approx((75_600, 400_000), rel=1e-7),
        None: pytest.approx((0, 0), abs=1e-6),
    }  # fmt: skip
    # S1: x < 400: V1 80 x 100 = 8000 of 240000. S2: V1 and V2 to the east of it 100 x 100 = 10000, V3 5400, V5 1000: 16400
    # S3: V6 25600 + V7 12800 + V8 to x = 800, 80 x 170 = 13600: 52000. None: V8 80 x 170 = 13600 + V4 10000 = 23600
    assert parts(by_zone["communities"]) == {
        "S1": pytest.approx((8_000, 240_000), rel=1e-7), "S2": pytest.approx((16_400, 300_000), rel=1e-7),
        "S3": pytest.approx((52_000, 320_000), rel=1e-7), None: pytest.approx((23_600, 140_000), rel=1e-7),
    }  # fmt: skip


def test_without_a_whole_the_place_is_the_whole(town, gridtown):
    # all of V4 lies in the place: 110000 of 1200 x 1000
    found = area_share((town("canopy"),), place=gridtown)
    assert found.measure.overall.part == pytest.approx(110_000, rel=1e-7)
    assert found.measure.overall.whole == pytest.approx(1_200_000, rel=1e-7)
    assert found.notes[0].sentence == "area_share.definition_place"


def test_several_layers_are_united(town, gridtown):
    # P1 lies wholly under V1 and V2; P2 8000 and P3 200 do not: 108200
    found = area_share((town("canopy"), town("parks")), town("built_up"), place=gridtown)
    assert found.measure.overall.part == pytest.approx(108_200, rel=1e-7)
    assert found.facts["overlap"] == pytest.approx(2_000 + 16_000, rel=1e-6)
    assert set(found.evidence["part"]["id"]) >= {"canopy:V1", "parks:P1"}


def test_evidence_is_cut_to_the_place_and_says_how_much_counts(town, gridtown):
    part = area_share((town("canopy"),), town("built_up"), place=gridtown).evidence["part"].set_index("id")
    assert part.loc["V4", "area_m2"] == pytest.approx(10_000, rel=1e-6)
    assert set(part["status"]) == {"part"}
    beyond = boxes((-100, 0, 100, 100), (5000, 0, 5100, 100))
    found = area_share((beyond,), place=square(1000))
    assert found.evidence["part"]["id"].tolist() == ["0"]
    assert found.evidence["part"].total_bounds[0] == EAST


def test_ground_under_shapes_of_no_known_class_only_is_unknown():
    # wood 100 x 100 = 10000; of the unknown 100 x 100 half lies on the wood, so 5000 is unknown; lawn is filtered out
    layer = boxes((0, 0, 100, 100), (50, 0, 150, 100), (500, 500, 600, 600), classes=["wood", None, "lawn"])
    found = area_share((layer.of_classes(("wood",)),), place=square(1000)).measure.overall
    assert (found.part, found.unknown) == pytest.approx((10_000, 5_000), rel=1e-6)
    assert found.ceiling == pytest.approx(0.015, rel=1e-6)


def test_where_nobody_asks_for_classes_nothing_is_unknown():
    layer = boxes((0, 0, 100, 100), (200, 0, 300, 100), classes=["wood", None])
    assert area_share((layer,), place=square(1000)).measure.overall.unknown == 0


def test_ground_of_which_nobody_knows_whether_it_is_in_the_whole_is_unknown():
    # whole: built 0..500 wide (50 ha) and 500..700 of no known class (20 ha), 100 m of it on the first (counted there)
    ground = boxes((0, 0, 500, 1000), (400, 0, 700, 1000), classes=["built", None], name="land").of_classes(("built",))
    trees = boxes((0, 0, 1000, 100))
    found = area_share((trees,), ground, place=square(1000)).measure.overall
    # part: 500 x 100 on built land; unknown: 200 x 1000; whole 700 x 1000
    assert (found.part, found.unknown, found.whole) == pytest.approx((50_000, 200_000, 700_000), rel=1e-6)


def test_an_ndvi_stands_beside_the_survey_as_a_reference():
    # 100 x 100 m: canopy on the western 30 m; NDVI: 4 of 10 columns green, 1 without data
    grid = ndvi(np.tile([0.5] * 4 + [0.1] * 5 + [np.nan], (10, 1)))
    found = area_share((boxes((0, 0, 30, 100)),), grid=grid, place=square(100), ndvi=0.3)
    assert found.measure.overall.value == pytest.approx(0.3)
    assert found.measure.overall.unknown == 0
    assert found.facts["grid.value"] == pytest.approx(0.4)
    assert found.facts["grid.unknown"] == pytest.approx(1_000, rel=1e-6)
    assert "area_share.ndvi_beside" in [note.sentence for note in found.notes]


def test_a_grid_that_counts_adds_only_what_no_polygon_covers():
    # canopy 30 m, green cells 40 m wide from the west: 10 m more; without data 10 m: 3000 + 1000, unknown 1000
    grid = ndvi(np.tile([0.5] * 4 + [0.1] * 5 + [np.nan], (10, 1)))
    found = area_share(
        (boxes((0, 0, 30, 100)),), grid=grid, place=square(100), ndvi=0.3, grid_counts=True
    ).measure.overall
    assert (found.part, found.unknown, found.whole) == pytest.approx((4_000, 1_000, 10_000), rel=1e-6)


def test_a_grid_that_counts_fills_parts_of_cells():
    # canopy covers 2.5 of 4 green columns: the rest of the third, 5 m, and the fourth, 10 m, are added: 25 + 15 = 40 m
    grid = ndvi(np.tile([0.5] * 4 + [0.1] * 6, (10, 1)))
    found = area_share(
        (boxes((0, 0, 25, 100)),), grid=grid, place=square(100), ndvi=0.3, grid_counts=True
    ).measure.overall
    assert found.part == pytest.approx(4_000, rel=1e-6)


def test_polygons_that_leave_nothing_for_the_grid():
    grid = ndvi(np.full((10, 10), 0.5))
    found = area_share(
        (boxes((0, 0, 100, 100)),), grid=grid, place=square(100), ndvi=0.3, grid_counts=True
    ).measure.overall
    assert (found.value, found.unknown) == (1, 0)


def test_where_the_part_is_a_grid_it_is_the_headline():
    # classes 41 to 43 on 3 of 10 columns
    grid = ndvi(np.tile([41, 42, 43, 44, 0, 0, 0, 0, 0, 0], (10, 1)))
    found = area_share((grid,), place=square(100), lowest=41, highest=43)
    assert found.measure.value == pytest.approx(0.3)
    assert "area_share.classes_counted" in [note.sentence for note in found.notes]
    assert len(found.evidence["part"]) == 0


def test_ground_beyond_the_grid_is_unknown():
    found = area_share((ndvi(np.full((10, 10), 0.5)),), place=square(200), ndvi=0.3).measure.overall
    assert (found.part, found.unknown) == pytest.approx((10_000, 30_000), rel=1e-6)


def test_a_grid_without_a_rule_and_two_grids_are_refused():
    grid = ndvi(np.full((10, 10), 0.5))
    with pytest.raises(LayerError, match="no rule"):
        area_share((grid,), place=square(100))
    with pytest.raises(LayerError, match="one grid"):
        area_share((grid,), grid=grid, place=square(100), ndvi=0.3)


def test_classes_are_listed_apart_and_may_lie_on_one_another():
    layer = boxes((0, 0, 100, 100), (50, 0, 150, 100), classes=["wood", "lawn"])
    table = area_share((layer,), place=square(1000)).tables["classes"]
    assert [row[0] for row in table.rows] == ["lawn", "wood"]
    assert [row[1] for row in table.rows] == pytest.approx([10_000, 10_000], rel=1e-6)
    assert [row[2] for row in table.rows] == pytest.approx([1, 1], rel=1e-6)


def test_nothing_green_is_zero_and_no_whole_is_no_value():
    assert area_share((boxes(),), place=square(1000)).measure.value == 0
    beyond = boxes((5000, 0, 6000, 1000), name="built_up")
    assert area_share((boxes((0, 0, 10, 10)),), beyond, place=square(1000)).measure.value is None

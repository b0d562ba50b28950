"""Patches by size, on paper."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.layer import Layer, LayerSpec
from geoplan.methods.tiers import tiers
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0
SIZES = (900.0, 9_000.0)


def layer(shapes, **cells):
    cells = {"id": [str(i) for i in range(len(shapes))]} | cells
    frame = gpd.GeoDataFrame(cells, geometry=list(shapes), crs=TOWN)
    return Layer(LayerSpec("green", {"zh": "green", "en": "green"}, "polygon"), frame)


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


@pytest.fixture
def place():
    halves = Zones("halves", ("W", "E"), ("W", "E"), np.array([box(0, 0, 500, 1000), box(500, 0, 1000, 1000)]))
    return Place("方", box(0, 0, 1000, 1000), TOWN, {"halves": halves})


def cells(found):
    rows = found.evidence["features"]
    return dict(zip(rows["id"], rows["tier"], strict=True))


def test_patches_fall_into_tiers_and_the_smallest_are_of_none(place):
    # 10000 m2, two of 1000 m2 that lie 80 m apart, and 100 m2
    of = layer([box(0, 0, 100, 100), box(200, 0, 210, 100), box(290, 0, 300, 100), box(600, 0, 610, 10)])
    found = tiers((of,), place=place, sizes=SIZES)
    assert (found.measure.amount, found.measure.unknown) == (3, 0)
    assert cells(found) == {"0": "1", "1": "2", "2": "2", "3": "0"}
    assert found.facts["below"] == 1
    assert found.facts["below_area"] == pytest.approx(100, rel=1e-6)
    rows = {row[0]: row[1:] for row in found.tables["tiers"].rows}
    assert [found.tables["tiers"].columns[i].name for i in (0, 1, 2)] == ["tier", "least", "count"]
    assert rows["1"] == (
        9_000.0,
        1,
        pytest.approx(10_000, rel=1e-6),
        pytest.approx(10_000 / 121, rel=1e-6),
        None,
        None,
        None,
    )
    assert rows["2"] == pytest.approx((900, 2, 2_000, 2_000 / 121, 80, 80, 80), rel=1e-6)
    assert rows["0"][:2] == (None, 1)


def test_what_touches_or_overlaps_is_one_patch(place):
    of = layer(
        [box(0, 0, 50, 100), box(50, 0, 100, 100), box(90, 90, 130, 130), box(130, 130, 140, 140), box(300, 0, 310, 10)]
    )
    found = tiers((of,), place=place, sizes=SIZES)
    rows = found.evidence["features"]
    # 100 x 100 + 40 x 40 - 10 x 10 + 10 x 10: the last touches in a corner
    assert rows["area_m2"].tolist() == pytest.approx([10_000 + 1_600 - 100 + 100, 100], rel=1e-6)
    assert rows["parts"].tolist() == [4, 1]
    assert found.measure.amount == 1


def test_the_order_of_sizes_does_not_matter_and_the_limit_is_inside(place):
    of = layer([box(0, 0, 100, 100), box(200, 0, 230, 30)])
    exact = tuple(float(m2) for m2 in tiers((of,), place=place, sizes=(1.0,)).evidence["features"]["area_m2"])
    found = tiers((of,), place=place, sizes=exact)
    assert cells(found) == {"0": "1", "1": "2"}
    assert cells(tiers((of,), place=place, sizes=exact[::-1])) == cells(found)


def test_parts_of_one_polygon_that_lie_apart_are_two_patches(place):
    of = layer([shapely.union(box(0, 0, 30, 30), box(100, 0, 130, 30)), box(200, 0, 230, 30)])
    found = tiers((of,), place=place, sizes=(100.0,))
    assert found.measure.amount == 3
    assert list(cells(found)) == ["0", "0:2", "1"]
    assert found.evidence["features"]["metres"].tolist() == pytest.approx([70, 70, 70], rel=1e-6)


def test_a_patch_is_cut_to_the_place_and_belongs_to_one_zone(place):
    # 200 x 100 over the middle, more of it in the east; 100 x 100 half outside; one wholly outside
    of = layer([box(450, 0, 650, 100), box(950, 0, 1050, 100), box(1200, 0, 1300, 100)])
    found = tiers((of,), place=place, sizes=(1_000.0,))
    assert found.evidence["features"]["area_m2"].tolist() == pytest.approx([20_000, 5_000], rel=1e-6)
    assert {row.zone: row.value for row in found.measure.by_zone["halves"]} == {"W": 0, "E": 2, None: 0}


def test_polygons_of_unknown_class_are_counted_apart_and_join_nothing(place):
    kinds = np.array(["park", None, "park"], dtype=object)
    of = layer([box(0, 0, 50, 100), box(50, 0, 60, 100), box(60, 0, 110, 100)], **{"class": kinds})
    found = tiers((of.of_classes(("park",)),), place=place, sizes=SIZES)
    assert (found.measure.amount, found.measure.unknown) == (2, 1)
    assert cells(found) == {"0": "2", "2": "2", "1": "unknown"}
    assert "tiers.in_doubt" in [note.sentence for note in found.notes]


def test_no_green_at_all_is_no_patch(place):
    found = tiers((layer([]),), place=place, sizes=SIZES)
    assert (found.measure.amount, len(found.evidence["features"])) == (0, 0)
    assert [row[2] for row in found.tables["tiers"].rows] == [0, 0]


def test_the_sizes_are_printed_and_said_to_be_of_no_plan(place):
    note = next(n for n in tiers((layer([]),), place=place, sizes=SIZES).notes if n.sentence == "tiers.sizes")
    assert note.fields["sizes"] == [0.9, 0.09]
    assert "parameters" in note.say("en")

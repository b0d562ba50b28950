"""What meets a requirement: shares that fit on paper."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import LayerError
from geoplan.layer import ColumnSpec, Layer, LayerSpec
from geoplan.methods.share_where import share_where
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0
FLOORS = {"floor_area": ColumnSpec("floor_area", kind="number", unit="m2"), "smart": ColumnSpec("smart", kind="flag")}


def layer(shapes, called="buildings", **cells):
    cells = {"id": [str(i) for i in range(len(shapes))]} | cells
    frame = gpd.GeoDataFrame(cells, geometry=list(shapes), crs=TOWN)
    return Layer(LayerSpec(called, {"zh": called, "en": called}, "any", FLOORS), frame)


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def points(*at):
    return [shapely.Point(EAST + x, NORTH + y) for x, y in at]


def line(*at):
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in at])


@pytest.fixture
def place():
    halves = Zones("halves", ("W", "E"), ("W", "E"), np.array([box(0, 0, 500, 1000), box(500, 0, 1000, 1000)]))
    return Place("方", box(0, 0, 1000, 1000), TOWN, {"halves": halves})


def words(*cells):
    return np.array(cells, dtype=object)


def smart(of):
    return of.of_classes({"smart": ("yes",)})


def halves(ratio):
    return (ratio.overall.part, ratio.overall.whole, ratio.overall.unknown)


def test_of_four_things_two_meet_it_and_of_one_nobody_knows(place):
    of = layer(points((1, 1), (2, 2), (600, 3), (4, 4)), smart=words(True, False, True, None))
    found = share_where((smart(of),), (of,), place=place, weight="count")
    assert halves(found.measure) == (2, 4, 1)
    assert found.evidence["features"]["status"].tolist() == ["met", "not_met", "met", "unknown"]
    rows = {row.zone: (row.value.part, row.value.whole, row.value.unknown) for row in found.measure.by_zone["halves"]}
    assert rows == {"W": (1, 3, 1), "E": (1, 1, 0), None: (0, 0, 0)}
    assert "share_where.unknown" in [note.sentence for note in found.notes]


def test_what_is_not_known_to_be_asked_about_is_unknown(place):
    # the second may be no school at all, the third is one and nobody knows whether it is smart
    of = layer(
        points((1, 1), (2, 2), (3, 3)), **{"class": words("school", None, "school")}, smart=words(True, False, None)
    )
    asked = of.of_classes(("school",))
    found = share_where((asked.of_classes({"smart": ("yes",)}),), (asked,), place=place, weight="count")
    assert halves(found.measure) == (1, 3, 2)


def test_floor_area_is_the_weight_and_what_nobody_measured_stands_in_neither_half(place):
    of = layer(points((1, 1), (2, 2), (3, 3)), floor_area=[100.0, 300.0, np.nan], smart=words(True, False, True))
    found = share_where((smart(of),), (of,), place=place, weight="amount", amount="floor_area")
    assert halves(found.measure) == (100, 400, 0)
    assert found.measure.part_unit == "m2"
    assert found.weights["count"].value == pytest.approx(2 / 3)
    assert found.facts["amount_unknown"] == 1
    assert "share_where.amount_unknown" in [note.sentence for note in found.notes]


def test_only_large_ones_are_asked_about_and_of_unknown_size_nobody_can_tell(place):
    of = layer(
        points((1, 1), (2, 2), (3, 3), (4, 4)),
        floor_area=[20_000.0, 19_999.0, np.nan, 30_000.0],
        smart=words(*[True] * 3, False),
    )
    found = share_where((smart(of),), (of,), place=place, weight="count", amount="floor_area", least=20_000.0)
    assert halves(found.measure) == (1, 3, 1)
    assert (found.facts["small"], found.facts["unsized"]) == (1, 1)
    assert found.evidence["features"]["id"].tolist() == ["0", "2", "3"]


def test_without_a_column_the_least_size_is_that_of_the_ground(place):
    of = layer([box(0, 0, 100, 100), box(200, 0, 250, 50)], smart=words(True, False))
    assert share_where((smart(of),), (of,), place=place, weight="count", least=5_000.0).measure.value == 1


def test_ground_is_cut_at_borders_and_drawings_that_disagree_are_unknown(place):
    # 200 x 100 met over the middle; 100 x 100 not met, half of it on the first; 100 x 100 met, half outside
    of = layer([box(400, 0, 600, 100), box(550, 0, 650, 100), box(950, 0, 1050, 100)], smart=words(True, False, True))
    found = share_where((smart(of),), (of,), place=place, weight="area")
    assert halves(found.measure) == pytest.approx((15_000 + 5_000, 25_000 + 5_000, 5_000), rel=1e-7)
    rows = {row.zone: (row.value.part, row.value.whole) for row in found.measure.by_zone["halves"]}
    assert rows["W"] == pytest.approx((10_000, 10_000), rel=1e-7)
    assert rows["E"] == pytest.approx((10_000, 20_000), rel=1e-7)
    assert found.evidence["features"]["area_m2"].tolist() == pytest.approx([20_000, 10_000, 5_000], rel=1e-7)


def test_lengths_are_cut_at_borders_and_every_stretch_counts_once(place):
    of = layer(
        [line((400, 5), (600, 5)), line((600, 5), (500, 5)), line((900, 9), (1100, 9))],
        "waters",
        smart=words(True, False, False),
    )
    found = share_where((smart(of),), (of,), place=place, weight="length")
    # 200 of which 100 are drawn again as not met, and 100 inside
    assert halves(found.measure) == pytest.approx((100, 300, 100), rel=1e-6)
    assert found.measure.part_unit == "m"


def test_people_weigh_where_the_features_carry_them(place):
    of = layer(
        [box(0, 0, 9, 9), box(20, 0, 29, 9), box(40, 0, 49, 9)],
        population=[100.0, 300.0, np.nan],
        smart=words(True, False, True),
    )
    found = share_where((smart(of),), (of,), place=place, weight="count")
    assert found.weights["population"].value == pytest.approx(0.25)
    assert found.facts["people_unknown"] == 1
    assert found.weights["area"].value == pytest.approx(2 / 3, rel=1e-6)


def test_a_headline_the_features_do_not_carry_is_an_error(place):
    of = layer(points((1, 1)), smart=words(True))
    with pytest.raises(LayerError, match="nothing to weigh by area"):
        share_where((smart(of),), (of,), place=place, weight="area")


def test_what_meets_it_must_be_of_the_layer_asked_about(place):
    one, other = layer(points((1, 1)), "a"), layer(points((1, 1)), "b")
    with pytest.raises(LayerError, match="not of the layer asked about"):
        share_where((one,), (other,), place=place, weight="count")
    with pytest.raises(LayerError, match="not of the layer asked about"):
        share_where((layer(points((1, 1), (2, 2))),), (layer(points((1, 1))),), place=place, weight="count")


def test_several_layers_are_asked_together(place):
    schools, nurseries = (
        layer(points((1, 1), (2, 2)), "schools", smart=words(True, False)),
        layer(points((1, 1)), "nurseries", smart=words(True)),
    )
    found = share_where((smart(schools), smart(nurseries)), (schools, nurseries), place=place, weight="count")
    assert halves(found.measure) == (2, 3, 0)
    # of the nurseries none is asked to be smart: none meets it
    assert halves(share_where((smart(schools),), (schools, nurseries), place=place, weight="count").measure) == (
        1,
        3,
        0,
    )


def test_nothing_to_ask_about_is_no_value(place):
    of = layer([], smart=words())
    for weight in ("count", "area", "length"):
        assert share_where((smart(of),), (of,), place=place, weight=weight).measure.value is None


def test_a_table_says_what_of_each_class_meets_it(place):
    of = layer(points((1, 1), (2, 2), (3, 3)), **{"class": words("b", "a", None)}, smart=words(True, False, None))
    table = share_where((smart(of),), (of,), place=place, weight="count").tables["classes"]
    assert [column.name for column in table.columns] == ["class", "whole", "met", "not_met", "unknown", "share"]
    assert table.rows == (("a", 1, 0, 1, 0, 0.0), ("b", 1, 1, 0, 0, 100.0), (None, 1, 0, 0, 1, 0.0))


def test_things_outside_are_not_asked_about(place):
    of = layer(points((1, 1), (2000, 1)), smart=words(False, True))
    found = share_where((smart(of),), (of,), place=place, weight="count")
    assert halves(found.measure) == (0, 1, 0)
    assert len(found.evidence["features"]) == 1

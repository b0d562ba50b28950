"""How many, how much ground, how long: sums that fit on paper."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import LayerError
from geoplan.layer import ColumnSpec, Layer, LayerSpec
from geoplan.methods.quantity import quantity
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0


def layer(shapes, called="things", columns=None, **cells):
    cells = {"id": [str(i) for i in range(len(shapes))]} | cells
    spec = LayerSpec(called, {"zh": called, "en": called}, "any", columns or {})
    return Layer(spec, gpd.GeoDataFrame(cells, geometry=list(shapes), crs=TOWN))


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def points(*at):
    return [shapely.Point(EAST + x, NORTH + y) for x, y in at]


def line(*at):
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in at])


@pytest.fixture
def place():
    """A square of 1 km in two halves that fill it, and a level that leaves its north out."""
    halves = np.array([box(0, 0, 500, 1000), box(500, 0, 1000, 1000)])
    levels = {"halves": Zones("halves", ("W", "E"), ("W", "E"), halves)}
    levels["south"] = Zones("south", ("S",), ("S",), np.array([box(0, 0, 1000, 400)]), additive=False)
    return Place("方", box(0, 0, 1000, 1000), TOWN, levels)


def rows(of):
    return {row.zone: row.value for row in of}


def said(found):
    return [note.sentence.partition(".")[2] for note in found.notes]


def test_things_are_counted_where_they_lie_and_the_border_is_inside(place):
    found = quantity((layer(points((100, 100), (500, 100), (1000, 900), (1001, 900))),), place=place)
    assert (found.measure.amount, found.measure.unknown, found.measure.unit) == (3, 0, "count")
    # on the border of two halves the first in the file has it
    assert rows(found.measure.by_zone["halves"]) == {"W": 2, "E": 1, None: 0}
    assert rows(found.measure.by_zone["south"]) == {"S": 2, None: 1}


def test_what_has_no_known_class_is_unknown_here_and_in_its_zone(place):
    of = layer(points((100, 100), (600, 100), (700, 900)), **{"class": ["bridge", None, "tunnel"]})
    found = quantity((of.of_classes(("bridge",)),), place=place)
    assert (found.measure.amount, found.measure.unknown) == (1, 1)
    assert rows(found.measure.unknown_by_zone["halves"]) == {"W": 0, "E": 1, None: 0}
    assert found.evidence["features"]["status"].tolist() == ["counted", "unknown"]
    assert "in_doubt" in said(found)


def test_ground_is_cut_at_borders_and_counts_once_where_it_is_drawn_twice(place):
    # 200 x 100 across the middle, and 100 x 100 of it again, and 100 x 100 half outside
    of = layer([box(400, 0, 600, 100), box(400, 0, 500, 100), box(950, 0, 1050, 100)])
    found = quantity((of,), place=place, measure="area")
    assert found.measure.amount == pytest.approx(20_000 + 5_000, rel=1e-7)
    assert rows(found.measure.by_zone["halves"]) == pytest.approx({"W": 10_000, "E": 15_000, None: 0}, rel=1e-7)
    assert found.facts["overlap"] == pytest.approx(10_000, rel=1e-7)
    assert found.measure.unit == "m2"


def test_ground_that_is_counted_for_sure_is_not_unknown_for_another_feature_in_doubt(place):
    of = layer([box(0, 0, 100, 100), box(50, 0, 150, 100)], **{"class": ["park", None]})
    found = quantity((of.of_classes(("park",)),), place=place, measure="area").measure
    assert (found.amount, found.unknown) == pytest.approx((10_000, 5_000), rel=1e-7)


def test_every_stretch_of_a_line_counts_once(place):
    of = layer([line((0, 10), (300, 10)), line((300, 10), (200, 10)), line((900, 10), (1200, 10))])
    found = quantity((of,), place=place, measure="length")
    assert found.measure.amount == pytest.approx(300 + 100, rel=1e-7)
    assert found.facts["doubled"] == pytest.approx(100, rel=1e-6)
    assert found.facts["outside"] == pytest.approx(200, rel=1e-6)
    assert found.evidence["features"]["length_m"].tolist() == pytest.approx([300, 100], rel=1e-6)


def test_a_stretch_counted_for_sure_is_not_unknown_for_another_line_in_doubt(place):
    of = layer([line((0, 10), (100, 10)), line((0, 10), (300, 10))], **{"class": [None, "open"]})
    found = quantity((of.of_classes(("open",)),), place=place, measure="length").measure
    assert (found.amount, found.unknown) == pytest.approx((300, 0), rel=1e-6)


def test_a_column_is_summed_and_what_nobody_knows_is_said(place):
    beds = {"beds": ColumnSpec("beds", kind="number", unit="count")}
    of = layer(points((1, 1), (2, 2), (3, 3), (2000, 1)), columns=beds, beds=[100.0, 50.0, np.nan, 900.0])
    found = quantity((of,), place=place, measure="sum", amount="beds")
    assert (found.measure.amount, found.measure.unit) == (150, "count")
    assert (found.facts["amount_unknown"], found.facts["in_doubt"]) == (1, 0)
    assert "amount_unknown" in said(found)
    assert "in_doubt" not in said(found)
    assert found.evidence["features"]["status"].tolist() == ["counted", "counted", "unknown"]


def test_the_sum_of_a_floor_area_is_in_square_metres(place):
    floors = {"floor_area": ColumnSpec("floor_area", kind="number", unit="平方米")}
    of = layer(points((1, 1)), columns=floors, floor_area=[1200.0])
    assert quantity((of,), place=place, measure="sum", amount="floor_area").measure.unit == "m2"


def test_a_column_nobody_filled_in_is_an_error_and_not_0(place):
    with pytest.raises(LayerError, match="None of 2 features"):
        quantity((layer(points((1, 1), (2, 2)), beds=[np.nan] * 2),), place=place, measure="sum", amount="beds")
    with pytest.raises(LayerError, match="None of 1 features"):
        quantity((layer(points((1, 1))),), place=place, measure="area")


def test_columns_of_different_units_are_not_added(place):
    one = layer(points((1, 1)), "a", {"n": ColumnSpec("n", kind="number", unit="m2")}, n=[1.0])
    two = layer(points((1, 1)), "b", {"n": ColumnSpec("n", kind="number", unit="people")}, n=[1.0])
    with pytest.raises(LayerError, match="different units"):
        quantity((one, two), place=place, measure="sum", amount="n")


def test_sizes_are_asked_with_both_limits_inside_and_what_has_no_size_is_unknown(place):
    shapes = [box(0, 0, 20, 20), box(0, 30, 100, 130), box(200, 0, 301, 100), box(0, 200, 10, 210)]
    of = layer([*shapes, shapely.Point(EAST + 5, NORTH + 500)])
    found = quantity((of,), place=place, smallest=399.99, largest=10_000.01)
    assert (found.measure.amount, found.measure.unknown) == (2, 1)
    assert found.facts["size_left_out"] == 2
    assert found.evidence["features"]["status"].tolist() == ["counted", "counted", "left_out", "left_out", "unknown"]


def test_restoration_counts_only_where_it_was_certified(place):
    lines = [line((0, 100 * i), (100, 100 * i)) for i in range(4)]
    proof = np.array([True, False, None, None], dtype=object)
    of = layer(lines, **{"class": ["restored"] * 3 + ["natural"], "certified": proof})
    found = quantity((of,), place=place, measure="length", certified="certified")
    assert (found.measure.amount, found.measure.unknown) == pytest.approx((200, 100), rel=1e-6)
    assert found.facts["not_certified"] == 1
    # as files hold it: true, false, and an answer nobody gave
    read = layer(lines, **{"class": ["restored"] * 3 + ["natural"], "certified": pd.array(proof, dtype="boolean")})
    assert quantity((read,), place=place, measure="length", certified="certified").measure == found.measure
    # without the question every line counts
    assert quantity((of,), place=place, measure="length").measure.amount == pytest.approx(400, rel=1e-6)


def test_things_of_one_name_close_together_are_said_and_not_merged(place):
    of = layer(points((0, 0), (40, 0), (200, 0), (230, 0), (0, 30)), name=["A", "A", "A", "B", None])
    found = quantity((of,), place=place)
    assert found.measure.amount == 5
    assert found.facts["twins"] == 2
    assert "twins" in said(found)


def test_a_table_says_how_many_of_each_class_and_how_much(place):
    shapes = [box(0, 0, 10, 10), box(5, 0, 15, 10), box(0, 50, 10, 60), box(0, 90, 10, 95)]
    of = layer(shapes, **{"class": ["park", "park", "square", None]})
    table = quantity((of,), place=place, measure="area").tables["classes"]
    assert [column.name for column in table.columns] == ["class", "count", "area_m2"]
    # the two parks overlap by 50 m2
    assert table.rows == (
        ("park", 2, pytest.approx(150, rel=1e-6)),
        ("square", 1, pytest.approx(100, rel=1e-6)),
        (None, 1, pytest.approx(50, rel=1e-6)),
    )


def test_a_layer_that_holds_none_here_is_0_and_says_so(place):
    found = quantity((layer([]),), place=place)
    assert (found.measure.amount, found.measure.unknown) == (0, 0)
    assert "none" in said(found)
    beyond = quantity((layer([box(2000, 0, 2010, 10)]),), place=place, measure="area")
    assert beyond.measure.amount == 0
    assert "none" in said(beyond)


def test_several_layers_are_counted_together(place):
    found = quantity((layer(points((1, 1)), "schools"), layer(points((1, 1)), "kindergartens")), place=place)
    assert found.measure.amount == 2
    assert found.evidence["features"]["id"].tolist() == ["schools:0", "kindergartens:0"]


def test_a_shore_beside_the_border_belongs_to_the_place_where_asked(place):
    shore = layer([line((0, -5), (1000, -5))])
    assert quantity((shore,), place=place, measure="length").measure.amount == 0
    found = quantity((shore,), place=place, measure="length", beside=10.0).measure
    assert found.amount == pytest.approx(1_000, rel=1e-6)


def test_a_column_is_called_what_planners_call_it(place):
    beds = {"bed_count": ColumnSpec("bed_count", ("CWS", "床位数"), "number", "count")}
    of = layer(points((1, 1)), columns=beds, bed_count=[5.0])
    note = quantity((of,), place=place, measure="sum", amount="bed_count").notes[0]
    assert note.fields["amount"] == {"zh": "床位数", "en": "bed count"}

"""The natural share of gridtown's shore, on paper."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import LayerError
from geoplan.layer import Layer, LayerSpec, Source
from geoplan.methods.length_share import length_share
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0
CLASSES = {"自然": "natural", "整治修复": "restored", "河口": "estuary", "人工": "artificial"}
NATURAL = ("natural", "restored")


@pytest.fixture(scope="module")
def coast(town):
    """The shore of gridtown as the door hands it on: class names, flags, None where nobody knows."""
    frame = town("coastline").frame
    known = frame["class_cn"].map(CLASSES.get)
    proof = frame["certified"].map({"是": True, "否": False}.get)
    spec = LayerSpec("coastline", {"zh": "海岸线", "en": "Shore"}, "line")
    return Layer(
        spec,
        frame.assign(**{"class": known.astype(object), "certified": proof.astype(object)}),
        Source(as_of="2025-06-30"),
    )


def shore(*lines, name="coastline", **columns):
    shapes = [shapely.LineString([(EAST + x, NORTH + y) for x, y in line]) for line in lines]
    columns = {"id": [str(i) for i in range(len(lines))]} | columns
    return Layer(
        LayerSpec(name, {"zh": name, "en": name}, "line"), gpd.GeoDataFrame(columns, geometry=shapes, crs=TOWN)
    )


def share(layer, place, **given):
    return length_share(layer.of_classes(NATURAL), layer, place=place, **given)


def square(side):
    return Place("方", shapely.box(EAST, NORTH, EAST + side, NORTH + side), TOWN)


def halves(rows):
    return {row.zone: (row.value.part, row.value.whole, row.value.unknown) for row in rows}


def test_natural_share_of_the_shore(coast, gridtown):
    # natural 300 + restored and certified 150 of 300 + 150 + 50 + 50 + 100 + 350 = 1000: 45 %, ceiling 50 % with L4
    found = share(coast, gridtown).measure.overall
    assert (found.part, found.whole, found.unknown) == pytest.approx((450, 1_000, 50), rel=1e-7)
    assert found.value == pytest.approx(0.45, rel=1e-9)
    assert found.ceiling == pytest.approx(0.5, rel=1e-9)


def test_without_the_estuary_the_whole_is_shorter(coast, gridtown):
    found = share(coast, gridtown, estuary="left_out")
    assert found.measure.value == pytest.approx(450 / 900, rel=1e-9)
    assert "length_share.estuary_left_out" in [note.sentence for note in found.notes]
    assert found.facts["estuary"] == pytest.approx(100, rel=1e-7)
    row = next(r for r in found.tables["classes"].rows if r[0] == "estuary")
    assert row[1] == pytest.approx(100, rel=1e-7)
    assert row[2] is None


def test_the_shore_is_cut_at_the_borders_of_zones(coast, gridtown):
    # the estuary, y 540..640, is cut at y = 600: 60 + 40
    by_zone = share(coast, gridtown).measure.by_zone
    assert halves(by_zone["districts"]) == {
        "D1": pytest.approx((450, 610, 50), rel=1e-7), "D2": pytest.approx((0, 390, 0), rel=1e-7), None: (0, 0, 0),
    }  # fmt: skip
    # no 社区 reaches the shore
    assert halves(by_zone["communities"])[None] == pytest.approx((450, 1_000, 50), rel=1e-7)


def test_lengths_by_class_with_the_certified_part(coast, gridtown):
    table = share(coast, gridtown).tables["classes"]
    assert [column.name for column in table.columns] == ["class", "length_m", "share", "part_m"]
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["restored"] == pytest.approx((200, 20, 150), rel=1e-7)
    assert rows["natural"] == pytest.approx((300, 30, 300), rel=1e-7)
    assert rows["artificial"] == pytest.approx((350, 35, 0), rel=1e-7)
    assert rows[None] == pytest.approx((50, 5, 0), rel=1e-7)


def test_restoration_counts_only_where_it_was_certified():
    reach = [[(0, 100 * i), (100, 100 * i)] for i in range(3)]
    line = shore(*reach, **{"class": ["restored"] * 3, "certified": np.array([True, False, None], dtype=object)})
    found = share(line, square(1000))
    assert found.evidence["lines"]["status"].tolist() == ["part", "rest", "unknown"]
    assert (found.measure.overall.part, found.measure.overall.unknown) == pytest.approx((100, 100), rel=1e-6)
    assert found.facts["certified"] == pytest.approx(100, rel=1e-6)


def test_without_a_column_that_certifies_restoration_is_unknown():
    line = shore([(0, 0), (100, 0)], **{"class": ["restored"]})
    found = share(line, square(1000)).measure.overall
    assert (found.part, found.unknown) == (0, pytest.approx(100, rel=1e-6))


def test_the_column_that_certifies_may_have_another_name():
    line = shore([(0, 0), (100, 0)], **{"class": ["restored"], "accepted": [True]})
    assert share(line, square(1000), certified="accepted").measure.value == 1


def test_a_stretch_drawn_twice_counts_once():
    # 0..100 natural, drawn again from 40 to 100: 100 in all
    line = shore([(0, 5), (100, 5)], [(100, 5), (40, 5)], **{"class": ["natural", "natural"]})
    found = share(line, square(1000))
    assert found.measure.overall.whole == pytest.approx(100, rel=1e-6)
    assert found.measure.value == 1
    assert found.facts["doubled"] == pytest.approx(60, rel=1e-6)


def test_a_stretch_drawn_twice_as_different_classes_is_unknown():
    line = shore([(0, 5), (100, 5)], [(40, 5), (100, 5)], **{"class": ["natural", "artificial"]})
    found = share(line, square(1000))
    assert (found.measure.overall.part, found.measure.overall.unknown) == pytest.approx((40, 60), rel=1e-6)
    assert found.facts["disagreeing"] == pytest.approx(60, rel=1e-6)
    assert "length_share.disagreeing" in [note.sentence for note in found.notes]


def test_what_lies_beyond_the_place_is_said_and_not_counted():
    line = shore([(500, 5), (1500, 5)], **{"class": ["natural"]})
    found = share(line, square(1000))
    assert found.measure.overall.whole == pytest.approx(500, rel=1e-6)
    assert found.facts["outside"] == pytest.approx(500, rel=1e-6)


def test_a_shore_beside_the_border_belongs_to_the_place_where_asked():
    # the place ends at y = 0, the shore runs 4 m south of it
    line = shore([(0, -4), (600, -4), (1000, -4)], **{"class": ["natural"]})
    zones = Zones(
        "区",
        ("W", "E"),
        ("W", "E"),
        np.array(
            [
                shapely.box(EAST, NORTH, EAST + 600, NORTH + 1000),
                shapely.box(EAST + 600, NORTH, EAST + 1000, NORTH + 1000),
            ]
        ),
    )
    place = Place("方", square(1000).boundary, TOWN, {"区": zones})
    assert share(line, place).measure.value is None
    found = share(line, place, beside=10.0).measure
    assert found.overall.whole == pytest.approx(1_000, rel=1e-6)
    assert halves(found.by_zone["区"])["W"][1] == pytest.approx(600, rel=1e-6)
    assert halves(found.by_zone["区"])["E"][1] == pytest.approx(400, rel=1e-6)


def test_vertex_spacing_and_the_length_at_coarser_scales():
    # a saw of 100 edges of 14.14 m in 50 features; at 50 m it is a straight kilometre
    teeth = [[(20 * i, 100), (20 * i + 10, 110), (20 * i + 20, 100)] for i in range(50)]
    found = share(shore(*teeth, **{"class": ["natural"] * 50}), square(2000), scales=(1.0, 50.0))
    assert found.facts["spacing"] == pytest.approx(np.sqrt(200), rel=1e-6)
    assert found.tables["scales"].rows == (
        (1.0, pytest.approx(1000 * np.sqrt(2), rel=1e-6)),
        (50.0, pytest.approx(1000, rel=1e-6)),
    )


def test_evidence_holds_each_line_with_its_class_status_and_metres(coast, gridtown):
    lines = share(coast, gridtown).evidence["lines"].set_index("id")
    assert lines["status"].to_dict() == {
        "L1": "part",
        "L2": "part",
        "L3": "rest",
        "L4": "unknown",
        "L5": "rest",
        "L6": "rest",
    }
    assert lines["length_m"].to_dict() == pytest.approx(
        {"L1": 300, "L2": 150, "L3": 50, "L4": 50, "L5": 100, "L6": 350}, rel=1e-7
    )
    assert shapely.length(lines.geometry).sum() == pytest.approx(1_000)


def test_part_and_whole_must_be_one_line():
    one = shore([(0, 0), (100, 0)], **{"class": ["natural"]})
    two = shore([(0, 0), (100, 0)], [(0, 1), (100, 1)], name="banks", **{"class": ["natural"] * 2})
    with pytest.raises(LayerError, match="not of the same line"):
        length_share(one, two, place=square(1000))


def test_no_shore_is_no_value():
    nothing = shore(**{"class": []})
    found = share(nothing, square(1000))
    assert found.measure.value is None
    assert found.facts["spacing"] is None
    assert len(found.evidence["lines"]) == 0


def test_a_line_without_classes_is_wholly_part():
    line = shore([(0, 0), (100, 0)])
    assert length_share(line, line, place=square(1000)).measure.value == 1


def test_a_few_centimetres_beyond_the_place_are_not_told_as_nothing():
    line = shore([(500, 5), (1000.02, 5)], **{"class": ["natural"]})
    note = next(n for n in share(line, square(1000)).notes if n.sentence == "length_share.outside")
    assert note.fields["outside_km"] == "0.001"


def test_a_shore_drawn_more_coarsely_is_shorter_and_its_kinds_are_not_shortened_alike():
    from shapely import LineString

    # natural shore winds: 20 steps of 10 m along and 10 m across, 282.84 m; the sea wall is straight, 200 m
    steps = [(EAST + 10 * i, NORTH + 500 + 10 * (i % 2)) for i in range(21)]
    wall = [(EAST + 200, NORTH + 500), (EAST + 400, NORTH + 500)]
    shore = gpd.GeoDataFrame(
        {"id": ["a", "b"], "class": ["natural", "artificial"]}, geometry=[LineString(steps), LineString(wall)], crs=TOWN
    )
    whole = Layer(LayerSpec("coastline", {"zh": "岸线", "en": "Shore"}, "line"), shore)
    part, town = whole.of_classes(("natural",)), Place("岸", shapely.box(EAST, NORTH, EAST + 1000, NORTH + 1000), TOWN)
    as_drawn, coarse = (length_share(part, whole, place=town, tolerance=t).measure.overall for t in (0.0, 20.0))
    assert (as_drawn.part, as_drawn.whole) == pytest.approx((20 * 200**0.5, 20 * 200**0.5 + 200), rel=1e-6)
    assert (coarse.part, coarse.whole) == pytest.approx((200, 400), rel=1e-6)

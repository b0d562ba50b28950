"""How far port and city lie apart, on paper: widths along the interface, the belt between them, gaps and what is in it."""

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from geoplan.layer import Layer, LayerSpec
from geoplan.methods.separation import separation
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def layer(name, *spans, classes=None):
    columns = {"id": [f"{name[0]}{i}" for i in range(len(spans))]} | ({"class": classes} if classes else {})
    frame = gpd.GeoDataFrame(columns, geometry=[box(*s) for s in spans], crs=TOWN)
    return Layer(LayerSpec(name, {"zh": name, "en": name}, "polygon"), frame)


def square(**zones):
    levels = {
        n: Zones(n, tuple(z), tuple(z), gpd.GeoSeries([box(*s) for s in z.values()]).to_numpy())
        for n, z in zones.items()
    }
    return Place("方", box(0, 0, 1000, 1000), TOWN, levels)


PORT = layer("port_area", (0, 0, 100, 200))


def apart(*others, belt=None, uses=None, one=PORT, place=None, **how):
    return separation((one,), (layer("city_area", *others),), belt, uses, place=place or square(), **how)


def near(metres):
    return pytest.approx(metres, abs=1e-3)


def test_two_straight_borders_are_as_wide_apart_everywhere():
    # port to x = 100, city from x = 150, both 200 m high: the interface is the east side of the port
    found = apart((150, 0, 300, 200), reach=120.0)
    assert found.measure.value == near(50)
    assert [found.facts[n] for n in ("minimum", "p10", "p50", "p90", "mean", "interface")] == near(
        [50, 50, 50, 50, 50, 200]
    )
    assert found.measure.unit == "m"


def test_the_statistics_weigh_what_each_piece_is_long():
    # 100 m high at 50 m, 60 at 100, 40 at 150: mean (5000 + 6000 + 6000) / 200 = 85; half of the length is at most 50 wide
    found = apart((150, 0, 300, 100), (200, 100, 300, 160), (250, 160, 300, 200), spacing=20.0, reach=400.0)
    assert found.facts["minimum"] == near(50)
    # near the steps the nearest ground lies askew: a piece at y = 110 is hypot(50, 10) from (150, 100), not 100
    assert 50 < found.facts["mean"] < 85
    assert found.facts["p10"] == near(50)
    assert apart((150, 0, 300, 200), statistic="mean", reach=120.0).measure.value == near(50)


def test_the_minimum_looks_at_all_of_a_piece():
    # a spur of the city from (150, 95) to (110, 105): pieces of 100 m have their middles at y = 50 and 150
    spur = shapely.Polygon([(EAST + x, NORTH + y) for x, y in ((150, 80), (110, 99), (150, 120))])
    city = Layer(PORT.spec, gpd.GeoDataFrame({"id": ["c"]}, geometry=[spur], crs=TOWN))
    found = separation((PORT,), (city,), place=square(), spacing=100.0, reach=300.0)
    assert found.facts["minimum"] == near(10)
    assert found.facts["p10"] > 20


def test_the_far_side_of_the_port_is_no_interface():
    found = apart((150, 0, 300, 200), reach=2000.0)
    # the north and south sides see the city along themselves, the west side only through the port
    west = found.evidence["interface"].geometry.bounds["maxx"] < EAST + 1
    assert not west.any()


def test_what_lies_farther_than_the_reach_does_not_face_it():
    found = apart((150, 0, 300, 200), reach=49.0)
    assert found.measure.value is None
    assert found.facts["interface"] == 0
    assert found.notes[0].sentence == "separation.headline_none"


def test_the_belt_counts_where_the_way_across_meets_it_and_gaps_are_listed():
    # the belt covers y = 0..120: 80 m of 200 m are bare
    found = apart((150, 0, 300, 200), belt=layer("belt", (110, 0, 140, 120)), reach=120.0)
    assert found.facts["belt_share"] == pytest.approx(0.6)
    assert found.facts["gap_length"] == near(80)
    assert [tuple(round(m) for m in row) for row in found.tables["gaps"].rows] == [(80, 50)]
    assert set(found.evidence["interface"]["status"]) == {"part", "gap"}


def test_a_belt_of_unknown_class_does_not_count():
    belt = layer("belt", (110, 0, 140, 200), classes=[None]).of_classes(("belt",))
    assert apart((150, 0, 300, 200), belt=belt, reach=120.0).facts["belt_share"] == 0


def test_areas_that_touch_or_overlap_are_a_gap_of_width_nothing():
    # city from x = 90: its border and the port's cross
    found = apart((90, 0, 300, 100), reach=40.0)
    assert found.measure.value == 0
    # 10 x 100 m2 are claimed by both
    assert found.facts["overlap"] == pytest.approx(1_000, rel=1e-6)
    assert found.facts["gap_length"] > 100
    assert apart((100, 0, 300, 200), reach=40.0).facts["overlap"] == 0


def test_a_stretch_narrower_than_asked_is_a_gap():
    found = apart((150, 0, 300, 100), (120, 100, 300, 200), reach=60.0, narrow=20.0, spacing=20.0)
    assert found.facts["gap_length"] == near(100)


def test_uses_that_should_not_lie_in_the_belt_are_listed_with_their_ground():
    found = apart(
        (150, 0, 300, 200),
        belt=layer("belt", (110, 0, 140, 200)),
        uses=layer("homes", (130, 0, 145, 10), (500, 0, 600, 10)),
    )
    assert found.facts["uses"] == pytest.approx(100, rel=1e-6)
    assert found.evidence["uses"]["id"].tolist() == ["h0"]


def test_zones_have_their_own_width_and_none_where_they_have_no_interface():
    place = square(level={"S": (0, 0, 1000, 100), "N": (0, 100, 1000, 200), "far": (0, 500, 1000, 600)})
    found = apart((150, 0, 300, 100), (180, 100, 300, 200), place=place, reach=90.0)
    rows = {r.zone: r.value for r in found.measure.by_zone["level"]}
    assert rows["S"] == near(50)
    # the northern piece next to the step begins at (100, 100), 50 m from the corner (150, 100)
    assert rows["N"] == near(50)
    assert rows["far"] is None


def test_features_of_unknown_class_count_as_there():
    city = layer("city_area", (150, 0, 300, 200), (120, 0, 150, 200), classes=["city", None]).of_classes(("city",))
    found = separation((PORT,), (city,), place=square(), reach=120.0)
    assert found.measure.value == near(20)
    assert found.facts["unclassed"] == 1


def test_no_port_or_no_city_is_no_value():
    assert apart().measure.value is None
    assert apart((150, 0, 300, 200), one=layer("port_area")).measure.value is None

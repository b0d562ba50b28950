"""Which areas have something in them or near them, on paper."""

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import LayerError
from geoplan.layer import ColumnSpec, Layer, LayerSpec
from geoplan.methods.presence import presence
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0


def layer(shapes, called="things", **cells):
    cells = {"id": [str(i) for i in range(len(shapes))]} | cells
    frame = gpd.GeoDataFrame(cells, geometry=list(shapes), crs=TOWN)
    return Layer(LayerSpec(called, {"zh": called, "en": called}, "any"), frame)


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def points(*at):
    return [shapely.Point(EAST + x, NORTH + y) for x, y in at]


def words(*cells):
    return np.array(cells, dtype=object)


@pytest.fixture
def place():
    halves = Zones("halves", ("W", "E"), ("W", "E"), np.array([box(0, 0, 500, 1000), box(500, 0, 1000, 1000)]))
    return Place("方", box(0, 0, 1000, 1000), TOWN, {"halves": halves})


@pytest.fixture
def quarters():
    """Four communities of 500 m that fill the place."""
    shapes = [box(x, y, x + 500, y + 500) for x in (0, 500) for y in (0, 500)]
    return layer(shapes, "communities", name=["SW", "NW", "SE", "NE"], population=[100.0, 200.0, 300.0, np.nan])


def halves(ratio):
    return (ratio.overall.part, ratio.overall.whole, ratio.overall.unknown)


def status(found):
    return found.evidence["areas"]["status"].tolist()


def test_communities_that_hold_a_sports_ground(place, quarters):
    found = presence((quarters,), (layer(points((10, 10), (20, 20), (600, 600))),), place=place, weight="count")
    assert halves(found.measure) == (2, 4, 0)
    assert status(found) == ["met", "not_met", "not_met", "met"]
    assert found.weights["area"].value == pytest.approx(0.5)
    # the people of NE nobody counted: 100 of 600
    assert halves(found.weights["population"]) == (100, 600, 0)
    assert found.facts["people_unknown"] == 1
    rows = {row.zone: (row.value.part, row.value.whole) for row in found.measure.by_zone["halves"]}
    assert rows == {"W": (1, 2), "E": (1, 2), None: (0, 0)}
    assert found.evidence["areas"]["facility_id"].tolist() == ["0", "2", "2", "2"]


def test_a_point_on_a_border_is_in_both_and_a_ground_that_touches_from_outside_is_in_one(place, quarters):
    both = presence((quarters,), (layer(points((500, 100))),), place=place, weight="count")
    assert status(both) == ["met", "not_met", "met", "not_met"]
    # a pitch in SE that begins on the border with SW
    one = presence((quarters,), (layer([box(500, 100, 560, 160)]),), place=place, weight="count")
    assert status(one) == ["not_met", "not_met", "met", "not_met"]
    assert one.evidence["areas"]["metres"].tolist()[0] == 0
    # asked within a metre it is near enough
    assert status(presence((quarters,), (layer([box(500, 100, 560, 160)]),), place=place, weight="count", within=1.0)) == [
        "met", "not_met", "met", "not_met",
    ]  # fmt: skip


def test_a_line_is_in_what_it_runs_through_and_not_in_what_it_runs_along(place, quarters):
    tram = layer([shapely.LineString([(EAST, NORTH + 100), (EAST + 900, NORTH + 100)])])
    assert status(presence((quarters,), (tram,), place=place, weight="count")) == ["met", "not_met", "met", "not_met"]
    along = layer([shapely.LineString([(EAST + 500, NORTH), (EAST + 500, NORTH + 400)])])
    assert halves(presence((quarters,), (along,), place=place, weight="count").measure) == (0, 4, 0)


def test_within_a_distance_the_limit_itself_counts(place):
    stations = layer(points((100, 100), (100, 300), (100, 500)), "stations")
    racks = layer(points((200, 100), (201, 300)), "racks")
    found = presence((stations,), (racks,), place=place, weight="count", within=100.0)
    assert status(found) == ["met", "not_met", "not_met"]
    assert found.evidence["areas"]["metres"].tolist()[:2] == pytest.approx([100, 101], rel=1e-6)
    assert found.weights["area"] is None


def test_a_station_on_a_parking_place_has_it(place):
    stations = layer(points((100, 100), (300, 300)), "stations")
    assert status(presence((stations,), (layer([box(90, 90, 110, 110)]),), place=place, weight="count")) == [
        "met",
        "not_met",
    ]


def test_what_only_has_something_of_unknown_class_is_unknown(place, quarters):
    grounds = layer(points((10, 10), (10, 600), (600, 600)), **{"class": words("open", None, "closed")})
    found = presence((quarters,), (grounds.of_classes(("open",)),), place=place, weight="count")
    assert halves(found.measure) == (1, 4, 1)
    assert status(found) == ["met", "unknown", "not_met", "not_met"]
    # the nearest that is certain is told, however near another is
    assert found.evidence["areas"]["facility_id"].tolist() == ["0"] * 4
    assert found.evidence["features"]["status"].tolist() == ["counted", "unknown"]


def test_areas_of_unknown_class_are_unknown(place):
    parks = layer([box(0, 0, 9, 9), box(20, 0, 29, 9)], **{"class": words("community_park", None)})
    play = layer(points((5, 5), (25, 5)))
    found = presence((parks.of_classes(("community_park",)),), (play,), place=place, weight="count")
    assert halves(found.measure) == (1, 2, 1)


def test_every_kind_may_be_asked_for(place, quarters):
    shops = layer(
        points((10, 10), (20, 10), (600, 600), (10, 600), (10, 610)),
        **{"class": words("shop", "market", "shop", "shop", None)},
    )
    found = presence((quarters,), (shops.of_classes(("shop", "market")),), place=place, weight="count", each=True)
    # NW has a shop, and something that may be a market
    assert status(found) == ["met", "unknown", "not_met", "not_met"]
    assert found.evidence["areas"]["lacks"].tolist() == ["", "market", "shop/market", "market"]
    assert found.tables["kinds"].rows == (("shop", 3, 3, 1, 0, 75.0), ("market", 1, 1, 2, 1, 25.0))
    some = presence((quarters,), (shops.of_classes(("shop", "market")),), place=place, weight="count")
    assert halves(some.measure) == (3, 4, 0)


def test_of_layers_without_classes_each_is_a_kind(place, quarters):
    one, other = layer(points((10, 10), (600, 10)), "libraries"), layer(points((10, 20)), "clinics")
    found = presence((quarters,), (one, other), place=place, weight="count", each=True)
    assert status(found) == ["met", "not_met", "not_met", "not_met"]
    assert found.evidence["areas"]["lacks"].tolist()[2] == "clinics"


def test_areas_of_several_layers_are_asked_together(place, quarters):
    stops = layer(points((900, 900)), "stops")
    found = presence((quarters, stops), (layer(points((10, 10))),), place=place, weight="count")
    assert halves(found.measure) == (1, 5, 0)
    assert found.weights["area"] is None
    # nobody lives at a stop: only the people of NE are missing
    assert found.facts["people_unknown"] == 1


def test_nothing_anywhere_is_0_of_all_and_no_areas_are_no_value(place, quarters):
    found = presence((quarters,), (layer([]),), place=place, weight="count")
    assert halves(found.measure) == (0, 4, 0)
    assert np.isinf(found.evidence["areas"]["metres"]).all()
    assert presence((layer([]),), (layer([]),), place=place, weight="count").measure.value is None


def test_a_headline_the_areas_do_not_carry_is_an_error(place):
    with pytest.raises(LayerError, match="nothing to weigh by population"):
        presence((layer(points((1, 1))),), (layer([]),), place=place, weight="population")


def test_the_kinds_may_be_those_of_another_column(place, quarters):
    levels = {"level": ColumnSpec("level", words={"cell": ("细胞级",), "community": ("社区级",)})}
    grounds = layer(points((10, 10), (20, 10), (10, 600), (600, 600)), level=words("cell", "community", "cell", None))
    grounds = dataclasses.replace(grounds, spec=dataclasses.replace(grounds.spec, columns=levels))
    asked = grounds.of_classes({"level": ("cell", "community")})
    found = presence((quarters,), (asked,), place=place, weight="count", each=True)
    # NE has one thing that may be of the cell or of the community: it cannot be called without either
    assert status(found) == ["met", "not_met", "not_met", "unknown"]
    assert found.evidence["areas"]["lacks"].tolist() == ["", "community", "cell/community", "cell/community"]

"""How much there is to a square kilometre, on paper."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import LayerError
from geoplan.layer import Layer, LayerSpec
from geoplan.methods.density import density
from geoplan.place import Place, Zones
from geoplan.units import factor

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


def line(*at):
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in at])


@pytest.fixture
def place():
    halves = Zones("halves", ("W", "E"), ("W", "E"), np.array([box(0, 0, 500, 1000), box(500, 0, 1000, 1000)]))
    return Place("方", box(0, 0, 1000, 1000), TOWN, {"halves": halves})


def test_charging_stations_to_a_square_kilometre(place):
    found = density((layer(points((1, 1), (2, 2), (600, 3), (2000, 1))),), place=place).measure
    assert found.overall.value / factor("个/平方公里") == pytest.approx(3, rel=1e-6)
    rows = {row.zone: row.value for row in found.by_zone["halves"]}
    assert rows["W"].value / factor("个/平方公里") == pytest.approx(4, rel=1e-6)
    assert (found.part_unit, found.whole_unit) == ("count", "m2")


def test_only_what_lies_on_the_ground_counts(place):
    # ground: 500 x 500 and the same again: a quarter of a square kilometre
    ground = layer([box(0, 0, 500, 500), box(0, 0, 500, 500)], "built_up")
    found = density((layer(points((1, 1), (500, 500), (501, 501))),), (ground,), place=place).measure
    assert found.overall.part == 2
    assert found.overall.whole == pytest.approx(250_000, rel=1e-7)


def test_kilometres_of_street_to_a_square_kilometre(place):
    ground = layer([box(0, 0, 500, 500), box(400, 0, 800, 500)], "built_up")
    streets = layer([line((0, 100), (1000, 100)), line((0, 100), (200, 100)), line((100, 400), (100, 900))], "roads")
    found = density((streets,), (ground,), place=place, measure="length")
    # 800 on the ground once, and 100 of the other
    assert found.measure.overall.part == pytest.approx(900, rel=1e-6)
    assert found.measure.value / factor("公里/平方公里") == pytest.approx(0.9 / 0.4, rel=1e-6)


def test_the_sum_of_a_column_to_a_square_kilometre(place):
    found = density((layer(points((1, 1), (2, 2)), jobs=[30.0, np.nan]),), place=place, measure="sum", column="jobs")
    assert found.measure.overall.part == 30
    assert found.facts["amount_unknown"] == 1


def test_unknown_classes_are_unknown_and_unknown_ground_is_said(place):
    stations = layer(points((1, 1), (2, 2)), **{"class": np.array(["fast", None], dtype=object)}).of_classes(("fast",))
    land = layer(
        [box(0, 0, 500, 500), box(500, 0, 600, 100)], "land", **{"class": np.array(["built", None], dtype=object)}
    )
    found = density((stations,), (land.of_classes(("built",)),), place=place)
    assert (found.measure.overall.part, found.measure.overall.unknown) == (1, 1)
    assert found.measure.overall.whole == pytest.approx(250_000, rel=1e-7)
    assert found.facts["ground_unknown"] == pytest.approx(10_000, rel=1e-6)
    assert {"density.in_doubt", "density.ground_unknown"} <= {note.sentence for note in found.notes}


def test_no_ground_is_no_value_and_a_column_nobody_filled_in_an_error(place):
    assert density((layer(points((1, 1))),), (layer([], "built_up"),), place=place).measure.value is None
    with pytest.raises(LayerError, match="None of 1 features"):
        density((layer(points((1, 1))),), place=place, measure="sum", column="jobs")

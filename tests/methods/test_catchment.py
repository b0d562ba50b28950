"""Catchments on gridtown and on a single street, sum by sum."""

import dataclasses
import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import LayerError
from geoplan.layer import Layer, LayerSpec
from geoplan.methods.catchment import catchment
from geoplan.place import Place
from geoplan.words import say

TOWN = CRS("EPSG:4548")


@pytest.fixture
def ask(town, gridtown):
    """`ask(mode="walk", ...)`: the station catchments of gridtown unless told otherwise."""

    def asked(*, planned=False, **changed):
        given = {
            "demand": town("residential"),
            "supply": town("rail_stations", planned=planned),
            "streets": town("walk_network"),
            "supply_entrances": town("station_entrances"),
            "barriers": town("barriers"),
            "place": gridtown,
            "weight": "area",
        }
        return catchment(**(given | changed))

    return asked


def rows(outcome):
    table = outcome.tables["stations"]
    names = [c.name for c in table.columns]
    return {
        (row[names.index("id")], row[names.index("ring")]): dict(zip(names, row, strict=True)) for row in table.rows
    }


def amounts(ratio):
    return tuple(round(x, 1) for x in (ratio.overall.part, ratio.overall.whole, ratio.overall.unknown))


def test_the_ring_of_a_station_is_as_large_as_a_disc(ask):
    found = rows(ask())
    assert found["T1", 800.0]["radius_area"] == pytest.approx(math.pi * 800**2, rel=1e-6)
    assert found["T1", 500.0]["radius_area"] == pytest.approx(math.pi * 500**2, rel=1e-6)


def test_homes_and_people_within_the_rings(ask):
    found = ask()
    # 800 m from X1 (180,500): all but R11 and R12
    assert amounts(found.measure) == (72800, 80000, 0)
    assert amounts(found.weights["population"]) == (1900, 2000, 0)
    table = rows(found)
    assert table["T1", 800.0]["homes"] == pytest.approx(72800, abs=0.01)
    assert table["T1", 800.0]["people"] == pytest.approx(1900)
    # 500 m: R1 R2 R3 R4 R8 wholly = 8000 + 8000 + 5000 + 10000 + 8000, and of R10 (510..590, 810..890) what the circle
    # holds; its people nobody knows: 200 + 200 + 300 + 500 + 100
    circle = shapely.Point(180, 500).buffer(500, quad_segs=4096)
    corner = shapely.intersection(shapely.box(510, 810, 590, 890), circle).area
    assert table["T1", 500.0]["homes"] == pytest.approx(39000 + corner, rel=1e-4)
    assert table["T1", 500.0]["people"] == pytest.approx(1300)
    assert found.facts["people_unknown"] == 1


def test_homes_are_cut_at_zones_too(ask):
    found = ask().measure.by_zone["communities"]
    # S1: R1 R2 R3 = 21000, but R3's diamond (310..410) sticks out 10 m into S2: a corner of 20 x 10 / 2 = 100
    assert [(r.zone, round(r.value.part, 1), round(r.value.whole, 1)) for r in found] == [
        ("S1", 20900, 20900),
        ("S2", 33500, 33500),  # R4 10000, R5 11000, R6 6400, R7 6000 and those 100
        ("S3", 14400, 14400),  # R8 8000, R10 6400
        (None, 4000, 11200),  # R9 4000; R11 and R12 beyond the ring
    ]


def line_town(entrance=(0.0, 0.0)):
    """One straight street of 2 km and one station: what is reached can be written down."""
    x, y = 500000.0, 4334000.0

    def layer(name, columns, shapes):
        return Layer(
            LayerSpec(name, {"zh": name, "en": name}, "any"), gpd.GeoDataFrame(columns, geometry=shapes, crs=TOWN)
        )

    street = shapely.linestrings([[[x - 1000, y], [x, y]], [[x, y], [x + 1000, y]]])
    place = Place("一条街", shapely.box(x - 2000, y - 2000, x + 2000, y + 2000), TOWN)
    return {
        "demand": layer("residential", {"id": ["R"]}, [shapely.box(x - 100, y, x + 100, y + 30)]),
        "supply": layer("rail_stations", {"id": ["T"], "name": ["站"]}, [shapely.Point(x, y + 100)]),
        "supply_entrances": layer("station_entrances", {"id": ["X"], "parcel": ["T"]}, [shapely.Point(x + entrance[0], y + entrance[1])]),
        "streets": layer("walk_network", {"id": ["1", "2"], "u": [1, 2], "v": [2, 3], "length": [1000.0, 1000.0]}, street),
        "place": place,
        "weight": "area",
    }  # fmt: skip


def test_a_walking_catchment_is_the_streets_reached_and_the_land_beside_them():
    found = rows(catchment(**line_town(), distance=(500.0,), width=50.0))["T", 500.0]
    # 500 m both ways, 50 m to both sides, inside the ring of 500 m:
    # 2 * integral of sqrt(500^2 - y^2) from -50 to 50 = 2 * (50 sqrt(247500) + 250000 asin(0.1))
    assert found["walk_area"] == pytest.approx(2 * (50 * math.sqrt(247500) + 250000 * math.asin(0.1)), rel=1e-5)
    assert found["shed_ratio"] == pytest.approx(100 * found["walk_area"] / (math.pi * 500**2), rel=1e-6)
    # the home stands on the street, 200 m long and 30 deep: all of it
    assert found["walk_homes"] == pytest.approx(6000, abs=0.01)


def test_the_last_street_is_reached_in_part_and_the_way_to_the_street_counts():
    # the entrance is 40 m beside the street: 460 m remain to both sides, and the round ends of 50 m fit into the ring
    found = rows(catchment(**line_town((0.0, 40.0)), distance=(500.0,), width=50.0))["T", 500.0]
    ends = shapely.LineString([(-460, 0), (460, 0)]).buffer(50, quad_segs=16)
    ring = shapely.Point(0, 40).buffer(500, quad_segs=4096)
    assert found["walk_area"] == pytest.approx(shapely.intersection(ends, ring).area, rel=1e-4)


def test_a_station_without_entrances_starts_at_itself_and_says_so():
    town = line_town() | {"supply_entrances": None}
    found = catchment(**town, distance=(500.0,), width=50.0)
    assert found.facts["estimated"] == 1
    # 100 m to the street, 400 m along it both ways
    assert rows(found)["T", 500.0]["walk_area"] == pytest.approx(800 * 100 + math.pi * 50**2, rel=1e-2)


def test_overlapping_catchments_are_shared_out_and_counted_once(ask):
    for mode in ("straight", "walk"):
        found = ask(planned=True, mode=mode)
        table = rows(found)
        for ring in (800.0, 500.0):
            both = [table["T1", ring], table["T2", ring]]
            prefix = "" if mode == "straight" else "walk_"
            assert all(row["own_homes"] <= row[f"{prefix}homes"] + 0.01 for row in both)
        # what is nearest to each adds up to what is near to any
        own = sum(table[station, 800.0]["own_homes"] for station in ("T1", "T2"))
        assert own == pytest.approx(found.measure.overall.part, rel=1e-9)
        # and is less than blind addition: R10 and others lie near both
        assert own < sum(table[station, 800.0][f"{prefix}homes"] for station in ("T1", "T2"))


def test_the_homes_of_a_station_are_those_on_its_side(ask):
    found = rows(ask(planned=True))
    # half-way between X1 (180,500) and X2 (700,900): 520 x + 400 y = 520 * 440 + 400 * 700 = 508800.
    # R8 (110..210, 710..790) lies on the side of X1: 520 * 210 + 400 * 790 = 425200; R9, R10 and R11 on the other
    assert found["T2", 500.0]["own_homes"] == pytest.approx(6400 + 4000 + 3600 + 6000, abs=0.1)
    assert found["T1", 500.0]["own_homes"] == pytest.approx(39000, abs=0.1)


def test_land_near_a_station_of_no_known_class_only_is_unknown(ask, town):
    stations = town("rail_stations", planned=True)
    frame = stations.frame.assign(**{"class": ["open", None]})
    found = ask(supply=dataclasses.replace(stations, data=frame).of_classes(("open",)))
    everything = ask(planned=True).measure.overall.part
    assert amounts(found.measure) == (72800, 80000, round(everything - 72800, 1))
    assert found.facts["unclassed"] == 1


def test_homes_of_no_known_class_are_unknown(ask, town):
    frame = town("residential").frame
    frame = frame.assign(**{"class": ["home" if i != "R5" else None for i in frame["id"]]})
    homes = dataclasses.replace(town("residential"), data=frame).of_classes(("home",))
    found = ask(demand=homes)
    assert amounts(found.measure) == (72800 - 11000, 80000, 11000)
    assert found.evidence["demand"].set_index("id")["status"]["R5"] == "unknown"


def test_what_of_a_ring_can_be_walked_is_unknown_where_no_street_leads_to_the_station(ask, town):
    far = town("rail_stations").frame.assign(geometry=shapely.points([[501090.0, 4334240.0]]))
    found = ask(
        supply=dataclasses.replace(town("rail_stations"), data=far), supply_entrances=None, mode="walk", weight="area"
    )
    assert found.facts["unsnapped"] == 1
    assert found.measure.overall.part == 0
    assert found.measure.overall.unknown == pytest.approx(found.facts["straight.part"], rel=1e-9)
    table = rows(found)
    assert table["T1", 800.0]["walk_area"] is None
    assert table["T1", 800.0]["shed_ratio"] is None


def test_without_streets_there_are_rings_only(ask):
    with pytest.raises(LayerError) as caught:
        ask(streets=None, mode="walk")
    assert caught.value.id == "reach.no_streets"
    found = ask(streets=None)
    assert amounts(found.measure) == (72800, 80000, 0)
    assert rows(found)["T1", 800.0]["walk_area"] is None
    assert "walksheds" not in found.evidence
    assert "catchment.straight_only" in [note.sentence for note in found.notes]


def test_without_any_station_everything_is_unknown(ask, town, only):
    for mode in ("straight", "walk"):
        found = ask(supply=only(town("rail_stations")), mode=mode)
        assert amounts(found.measure) == (0, 80000, 80000)
        assert found.tables["stations"].rows == ()


def test_without_any_home_there_is_no_value(ask, town, only):
    assert ask(demand=only(town("residential"))).measure.value is None


def test_a_weight_catchments_do_not_have_is_refused(ask):
    with pytest.raises(LayerError) as caught:
        ask(weight="count")
    assert caught.value.id == "reach.no_weight"


def test_the_map_gets_rings_walksheds_entrances_and_homes(ask):
    evidence = ask().evidence
    assert evidence["rings"]["metres"].tolist() == [800.0, 500.0]
    assert (evidence["walksheds"].area.to_numpy() < evidence["rings"].area.to_numpy()).all()
    assert evidence["entrances"]["id"].tolist() == ["T1"]
    homes = evidence["demand"].set_index("id")
    assert homes["status"].value_counts().to_dict() == {"reached": 10, "unreached": 2}
    assert homes["share"]["R11"] == 0


def test_stations_beyond_the_place_are_listed_as_such(ask, gridtown):
    west = dataclasses.replace(gridtown, boundary=shapely.box(500000, 4334000, 500600, 4335000))
    found = rows(ask(planned=True, place=west))
    assert (found["T1", 800.0]["inside"], found["T2", 800.0]["inside"]) == (True, False)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_note_can_be_said(ask, town, language):
    cases = (ask(), ask(mode="walk", planned=True), ask(streets=None), ask(supply_entrances=None))
    for found in cases:
        told = [say(language, note.sentence, **note.fields) for note in found.notes]
        assert all("{" not in sentence and "nan" not in sentence for sentence in told)


def test_the_numbers_of_a_row_are_plain(ask):
    for row in rows(ask(planned=True)).values():
        assert all(not isinstance(value, np.generic) for value in row.values())


def test_a_station_on_streets_cut_off_from_the_rest_is_told(ask, town):
    there = town("rail_stations").frame.assign(geometry=shapely.points([[501080.0, 4334880.0]]))
    found = ask(supply=dataclasses.replace(town("rail_stations"), data=there), supply_entrances=None)
    assert found.facts["apart"] == 1
    assert ask().facts["apart"] == 0

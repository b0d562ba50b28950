"""Park green space of gridtown for each person, on paper."""

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import LayerError
from geoplan.layer import ColumnSpec, Layer, LayerSpec
from geoplan.methods.per_capita import per_capita
from geoplan.place import Place
from geoplan.units import factor

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0


def layer(name, shapes, **columns):
    columns = {"id": [str(i) for i in range(len(shapes))]} | columns
    return Layer(
        LayerSpec(name, {"zh": name, "en": name}, "any"), gpd.GeoDataFrame(columns, geometry=list(shapes), crs=TOWN)
    )


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def rows(of):
    return {row.zone: (row.value.part, row.value.whole) for row in of}


def test_park_green_space_of_each_person(town, gridtown):
    # 16000 + 8000 + 200 = 24200 m2 for the 2000 people that were counted: 12.1
    found = per_capita((town("parks"),), town("residential"), place=gridtown)
    assert found.measure.overall.part == pytest.approx(24_200, rel=1e-7)
    assert found.measure.overall.whole == 2_000
    assert found.measure.value == pytest.approx(12.1, rel=1e-7)
    assert (found.measure.part_unit, found.measure.whole_unit) == ("m2", "people")


def test_people_nobody_counted_are_said_and_not_made_zero(town, gridtown):
    found = per_capita((town("parks"),), town("residential"), place=gridtown)
    assert found.facts["people_unknown"] == 1
    assert "per_capita.people_unknown" in [note.sentence for note in found.notes]


def test_ground_is_cut_at_zones_and_people_belong_where_they_live(town, gridtown):
    by_zone = per_capita((town("parks"),), town("residential"), place=gridtown).measure.by_zone
    # D1: P1 16000 + P3 200, people of R1 to R7 and R12: 1750 + 40 = 1790; D2: P2 8000, R8 R9 R11: 210
    assert rows(by_zone["districts"]) == {
        "D1": pytest.approx((16_200, 1_790), rel=1e-7), "D2": pytest.approx((8_000, 210), rel=1e-7), None: (0, 0),
    }  # fmt: skip
    # P1 runs from x = 320 to 480 across the border of S1 and S2 at x = 400: 80 x 100 = 8000 each
    communities = rows(by_zone["communities"])
    assert communities["S1"] == pytest.approx((8_000, 700), rel=1e-7)
    assert communities["S2"] == pytest.approx((8_200, 1_050), rel=1e-7)
    # R10 is the other home of S3, and nobody counted its people
    assert communities["S3"] == pytest.approx((8_000, 100), rel=1e-7)


def test_parks_below_a_size_are_left_out_and_said(town, gridtown):
    # without P3 (200 m2): 24000 / 2000 = 12
    found = per_capita((town("parks"),), town("residential"), place=gridtown, minimum_area=400.0)
    assert found.measure.value == pytest.approx(12.0, rel=1e-7)
    assert found.facts["small"] == 1


def test_parks_on_parks_count_once():
    place = Place("方", box(0, 0, 100, 100), TOWN)
    parks = layer("parks", [box(0, 0, 50, 50), box(25, 0, 75, 50)])
    homes = layer("residential", [box(80, 80, 90, 90)], population=[10.0])
    found = per_capita((parks, layer("squares", [box(0, 0, 10, 10)])), homes, place=place)
    # 75 x 50 = 3750 m2, 375 a person; 25 x 50 and 10 x 10 lie on something
    assert found.measure.value == pytest.approx(375, rel=1e-6)
    assert found.facts["overlap"] == pytest.approx(1_250 + 100, rel=1e-6)


def test_ground_of_no_known_class_is_unknown():
    place = Place("方", box(0, 0, 100, 100), TOWN)
    parks = layer("parks", [box(0, 0, 50, 50), box(50, 50, 100, 100)], **{"class": ["G1", None]}).of_classes(("G1",))
    homes = layer("residential", [box(80, 80, 90, 90)], population=[10.0])
    found = per_capita((parks,), homes, place=place).measure.overall
    assert (found.value, found.ceiling) == pytest.approx((250, 500), rel=1e-6)


def test_nobody_counted_is_no_value():
    place = Place("方", box(0, 0, 100, 100), TOWN)
    homes = layer("residential", [box(80, 80, 90, 90)])
    found = per_capita((layer("parks", [box(0, 0, 50, 50)]),), homes, place=place)
    assert found.measure.value is None
    assert found.facts["people_unknown"] == 1
    unheard = dataclasses.replace(homes, data=homes.frame.assign(population=np.nan))
    assert per_capita((layer("parks", []),), unheard, place=place).measure.value is None


def test_people_given_as_points_are_counted():
    place = Place("方", box(0, 0, 100, 100), TOWN)
    homes = layer("residents", shapely.points([(EAST + 10, NORTH + 10), (EAST + 900, NORTH)]), population=[4.0, 1000.0])
    assert per_capita((layer("parks", [box(0, 0, 10, 10)]),), homes, place=place).measure.value == pytest.approx(
        25, rel=1e-6
    )


def columns(name, unit):
    return {name: ColumnSpec(name, kind="number", unit=unit)}


def test_hospital_beds_to_a_thousand_people():
    place = Place("方", box(0, 0, 1000, 1000), TOWN)
    homes = layer("residential", [box(80, 80, 90, 90), box(200, 80, 290, 90)], population=[1_500.0, 500.0])
    wards = layer("hospitals", [box(0, 0, 9, 9), box(900, 0, 1200, 9), box(50, 0, 59, 9)], beds=[8.0, 90.0, np.nan])
    wards = dataclasses.replace(wards, spec=dataclasses.replace(wards.spec, columns=columns("beds", "count")))
    found = per_capita((wards,), homes, place=place, measure="sum", column="beds")
    # 8 beds for 2000 people; the second hospital lies outside, of the third nobody knows
    assert found.measure.value / factor("张/千人") == pytest.approx(4)
    assert found.measure.part_unit == "count"
    assert found.facts["amount_unknown"] == 1
    assert found.evidence["amount"]["status"].tolist() == ["counted", "unknown"]
    assert {"per_capita.definition_sum", "per_capita.amount_unknown"} <= {note.sentence for note in found.notes}


def test_pitches_to_ten_thousand_people():
    place = Place("方", box(0, 0, 1000, 1000), TOWN)
    homes = layer("residential", [box(80, 80, 90, 90)], population=[20_000.0])
    grounds = layer("sports_grounds", [box(0, 0, 9, 9), box(20, 0, 29, 9)], **{"class": ["football", None]})
    found = per_capita((grounds.of_classes(("football",)),), homes, place=place, measure="count")
    assert found.measure.value / factor("块/万人") == pytest.approx(0.5)
    assert found.measure.overall.ceiling / factor("块/万人") == pytest.approx(1.0)
    assert "per_capita.in_doubt" in [note.sentence for note in found.notes]


def test_the_field_of_a_census_of_sports_grounds_is_an_area_of_each_person():
    place = Place("方", box(0, 0, 1000, 1000), TOWN)
    homes = layer("residential", [box(80, 80, 90, 90)], population=[100.0])
    grounds = layer("sports_grounds", shapely.points([(EAST + 1, NORTH + 1)]), field_area=[420.0])
    grounds = dataclasses.replace(grounds, spec=dataclasses.replace(grounds.spec, columns=columns("field_area", "m2")))
    found = per_capita((grounds,), homes, place=place, measure="sum", column="field_area")
    assert found.measure.value == pytest.approx(4.2)
    assert found.measure.part_unit == "m2"


def test_of_things_without_an_area_nobody_can_tell_their_size():
    place = Place("方", box(0, 0, 1000, 1000), TOWN)
    homes = layer("residential", [box(80, 80, 90, 90)], population=[100.0])
    grounds = layer("sports_grounds", [shapely.Point(EAST + 1, NORTH + 1), box(20, 0, 70, 50)])
    found = per_capita((grounds,), homes, place=place, measure="count", minimum_area=400.0)
    assert (found.measure.overall.part, found.measure.overall.unknown) == (1, 1)


def test_a_column_nobody_filled_in_is_an_error_and_not_0():
    place = Place("方", box(0, 0, 1000, 1000), TOWN)
    homes = layer("residential", [box(80, 80, 90, 90)], population=[100.0])
    with pytest.raises(LayerError, match="None of 1 features"):
        per_capita((layer("hospitals", [box(0, 0, 9, 9)]),), homes, place=place, measure="sum", column="beds")

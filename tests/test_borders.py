"""Accounts of a place: what is cut at its borders, and how much two cuttings may differ."""

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan import borders
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


@pytest.fixture
def place():
    """100 x 100 m; one level with its western half and a zone that reaches out of the place, one without zones."""
    zones = Zones("half", ("W", "N"), ("W", "N"), np.array([box(0, 0, 50, 100), box(0, 80, 100, 200)]), additive=False)
    return Place(
        "square", box(0, 0, 100, 100), TOWN, {"half": zones, "none": Zones("none", (), (), np.array([], dtype=object))}
    )


def test_ground_is_accounted_by_place_zone_and_rest(place):
    assert borders.count(place) == 5
    areas = borders.areas(place, borders.ground(place))
    # place 10000; W 5000; N 100 x 20 = 2000; in neither 50 x 80 = 4000; a level without zones leaves it all over
    assert areas == pytest.approx([10_000, 5_000, 2_000, 4_000, 10_000], rel=1e-6)


def test_ground_of_a_tile_is_cut_to_it(place):
    areas = borders.areas(
        place.tile((EAST, NORTH, EAST + 60, NORTH + 100)),
        borders.ground(place.tile((EAST, NORTH, EAST + 60, NORTH + 100))),
    )
    assert areas == pytest.approx([6_000, 5_000, 1_200, 800, 6_000], rel=1e-6)


def test_ground_may_be_less_than_the_place(place):
    areas = borders.areas(place, borders.ground(place, np.array([box(40, 0, 60, 100), box(45, 0, 60, 100)])))
    assert areas == pytest.approx([2_000, 1_000, 400, 800, 2_000], rel=1e-6)


def test_amounts_that_are_counted_whole_belong_to_the_first_zone_of_their_point(place):
    at = shapely.points([(EAST + 10, NORTH + 90), (EAST + 90, NORTH + 10), (EAST + 999, NORTH)])
    # the first point lies in both zones and belongs to W; the second in none; the third beyond the place
    assert borders.counted(place, at, np.array([3.0, 4.0, 5.0])).tolist() == [7, 3, 0, 4, 7]


def test_a_ratio_has_a_row_for_each_zone_and_one_for_the_rest(place):
    found = borders.ratio(place, part=np.arange(5.0), whole=np.full(5, 9.0), unknown=np.zeros(5))
    assert found.overall.part == 0
    assert [(row.zone, row.value.part) for row in found.by_zone["half"]] == [("W", 1), ("N", 2), (None, 3)]
    assert [(row.zone, row.value.part) for row in found.by_zone["none"]] == [(None, 4)]


def test_two_cuttings_may_differ_by_the_tolerance_of_the_place_and_no_more(place):
    whole = np.array([1e6, 10.0, 0, 0, 0])
    # 5e-5 m2 more than a zone holds is rounding in a place of 1e6 m2
    near = borders.ratio(place, part=np.add(whole, [0, 5e-5, 0, 0, 0]), whole=whole, unknown=np.zeros(5))
    assert near.by_zone["half"][0].value.part == pytest.approx(10.0, rel=1e-12)
    with pytest.raises(ValueError, match="beyond the whole"):
        borders.ratio(place, part=np.add(whole, [0, 1.0, 0, 0, 0]), whole=whole, unknown=np.zeros(5))


def test_what_exceeds_the_whole_by_rounding_is_taken_from_the_unknown_first(place):
    whole = np.array([1e6, 10.0, 0, 0, 0])
    found = borders.ratio(place, part=np.array([0, 6.0, 0, 0, 0]), whole=whole, unknown=np.array([0, 4.00002, 0, 0, 0]))
    row = found.by_zone["half"][0].value
    assert (row.part, row.unknown) == pytest.approx((6.0, 4.0), abs=1e-9)


def test_amounts_per_head_have_no_bound(place):
    found = borders.ratio(place, part=np.full(5, 9.0), whole=np.ones(5), unknown=np.zeros(5), bounded=False)
    assert found.value == 9


def test_blind_addition_within_rounding_is_no_surplus():
    assert borders.surplus(np.array([5.0, 5.0]), 10.0 - 1e-9) == 0
    assert borders.surplus(np.array([5.0, 5.0]), 8.0) == 2
    assert borders.surplus(np.array([]), 0.0) == 0


def test_lines_are_accounted_like_ground_and_what_lies_beyond_is_said(place):
    found = borders.stretches(
        place, np.array([shapely.LineString([(EAST - 20, NORTH + 10), (EAST + 100, NORTH + 10)])]), 0.0
    )
    metres = {int(a): 0.0 for a in range(-1, 5)}
    for account, shape in zip(found.account, found.shapes, strict=True):
        metres[int(account)] += shape.length
    assert metres == {borders.OUTSIDE: 20, 0: 100, 1: 50, 2: 0, 3: 50, 4: 100}

"""Halves, ratios, flows: the arithmetic every number of the house rests on."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from geoplan.measure import Change, Flow, Halves, Ratio, Row, Total
from geoplan.place import Place, Zones
from geoplan.tally import tally

amounts = st.floats(0, 1e9, allow_nan=False)


def test_a_square_cut_in_many_pieces_is_still_whole():
    # 1,444 pieces of one square sum to 99.99999999995549 %
    assert Halves(99.99999999995549, 100.0).value == pytest.approx(1.0, abs=1e-11)


def test_a_part_a_hair_beyond_its_whole_is_clamped_and_more_than_a_hair_is_refused():
    assert Halves(1e9 + 0.05, 1e9).value == 1.0
    with pytest.raises(ValueError, match="beyond the whole"):
        Halves(1e9 + 1.0, 1e9)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -1.0])
def test_an_amount_that_is_no_amount_is_refused(bad):
    for halves in ((bad, 1.0, 0.0), (0.0, 1.0, bad)):
        with pytest.raises(ValueError, match="is "):
            Halves(*halves)


def test_unknown_raises_the_ceiling_and_never_the_value():
    assert (Halves(60, 100, 30).value, Halves(60, 100, 30).ceiling) == (0.6, 0.9)


def test_an_empty_whole_has_no_value_not_zero():
    assert Halves(0, 0).value is None
    assert Halves(0, 0).ceiling is None


@given(amounts, amounts, amounts, amounts)
def test_halves_add_and_part_never_leaves_the_whole(a, b, c, d):
    one, other = Halves(min(a, b), max(a, b)), Halves(min(c, d), max(c, d))
    both = one + other
    assert both.whole == one.whole + other.whole
    assert both.part <= both.whole


def test_an_amount_per_head_may_exceed_its_heads():
    assert Halves(24200, 2000, bounded=False).value == 12.1


@given(amounts, amounts)
def test_what_is_there_after_is_what_was_there_less_what_went_and_with_what_came(before, gained):
    flow = Flow(before, gained, lost=before / 2)
    assert flow.after == before - before / 2 + gained
    assert Change(flow).value == pytest.approx(flow.after - flow.before, abs=1e-6)


def _town() -> tuple[Place, np.ndarray]:
    square = shapely.box(0, 0, 100, 100)
    west, east = shapely.box(0, 0, 60, 100), shapely.box(40, 0, 80, 100)
    zones = Zones("areas", ("w", "e"), ("West", "East"), np.array([west, east]), additive=False)
    points = shapely.points([[10, 10], [50, 50], [70, 70], [90, 90], [200, 200]])
    return Place("square", square, CRS("EPSG:4548"), {"areas": zones}), points


def test_a_thing_in_two_zones_belongs_to_the_first_and_one_in_none_is_not_lost():
    place, points = _town()
    ratio = tally(place, points, part=np.array([1, 1, 0, 1, 1]), whole=np.ones(5))
    assert (ratio.overall.part, ratio.overall.whole) == (3, 4)  # the fifth lies outside
    rows = {row.zone: (row.value.part, row.value.whole) for row in ratio.by_zone["areas"]}
    assert rows == {"w": (2, 2), "e": (0, 1), None: (1, 1)}


def test_four_tiles_own_every_thing_once_even_on_the_lines_between_them():
    place, _ = _town()
    points = shapely.points([[50, 50], [50, 10], [10, 50], [49.9, 49.9], [0, 0], [100, 100]])
    ones = np.ones(len(points))
    whole = tally(place, points, part=ones, whole=ones)
    halves = ((-0.5, 50), (50, 100.5))
    boxes = [(west, south, east, north) for west, east in halves for south, north in halves]
    tiles = [tally(place.tile(box), points, part=ones, whole=ones) for box in boxes]
    total = tiles[0] + tiles[1] + tiles[2] + tiles[3]
    assert total.overall == whole.overall
    assert [r.value.whole for r in total.by_zone["areas"]] == [r.value.whole for r in whole.by_zone["areas"]]


def test_totals_of_zones_add_by_zone():
    one = Total(3.0, {"a": (Row("x", "X", 3.0),)})
    other = Total(4.0, {"a": (Row("x", "X", 1.0), Row("y", "Y", 3.0))})
    assert [(r.zone, r.value) for r in (one + other).by_zone["a"]] == [("x", 4.0), ("y", 3.0)]
    assert (one + other).value == 7.0


def test_a_place_without_things_counts_none_and_has_no_value():
    place, _ = _town()
    empty = tally(place, np.empty(0, dtype=object), part=np.empty(0), whole=np.empty(0))
    assert isinstance(empty, Ratio)
    assert empty.value is None
    assert len(empty.by_zone["areas"]) == 3

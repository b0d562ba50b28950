"""Rain curves and runoff volumes, against sums on paper, a sum by brute force, and published numbers."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geoplan.ops import ellipsoid
from geoplan.ops.rainfall import Curve, capture_curve, days_on_record
from geoplan.ops.runoff import averaged, controlled_depth, first_come, runoff

TOWN = CRS("EPSG:4548")
rains = st.lists(st.floats(0, 200), min_size=1, max_size=60).filter(lambda r: max(r) > 2)


def day(*texts):
    return np.array(texts, dtype="datetime64[D]")


def test_the_curve_of_ten_days_is_the_one_on_paper():
    curve = capture_curve(np.array([50, 5, 20, 10, 10, 30, 5, 40, 10, 20, 2, 1.5, 12.0]), np.arange(13) == 12)
    # 200 mm in all; alpha(20) = (5 + 5 + 10 + 10 + 10 + 20 + 20 + 3 x 20) / 200
    assert curve.depth.tolist() == [0, 5, 10, 20, 30, 40, 50]
    np.testing.assert_allclose(curve.rate, [0, 0.25, 0.45, 0.7, 0.85, 0.95, 1.0], rtol=0, atol=1e-15)
    assert curve.depth_of(0.8) == pytest.approx(20 + 10 * 10 / 15)


@given(rains, st.floats(0, 250))
def test_a_depth_captures_what_of_each_day_lies_below_it(rain, depth):
    wet = [x for x in rain if x > 2]
    found = capture_curve(np.array(rain)).rate_of(np.array([depth]))[0]
    assert found == pytest.approx(sum(min(x, depth) for x in wet) / sum(wet), abs=1e-12)


@given(rains, st.floats(0, 1))
def test_the_depth_of_a_rate_captures_that_rate(rain, rate):
    curve = capture_curve(np.array(rain))
    assert curve.rate_of(np.array([curve.depth_of(rate)]))[0] == pytest.approx(rate, abs=1e-9)


@given(rains)
def test_a_curve_rises_and_bends_down(rain):
    curve = capture_curve(np.array(rain))
    steps = np.diff(curve.rate) / np.diff(curve.depth)
    assert (steps > 0).all()
    assert (np.diff(steps) <= 1e-12).all()
    assert curve.rate[-1] == pytest.approx(1.0)


def test_a_table_says_nothing_beyond_its_last_row():
    table = Curve(np.array([0.0, 20.0]), np.array([0.0, 0.7]))
    assert table.rate_of(np.array([10.0, 99.0])).tolist() == [0.35, 0.7]
    assert np.isnan(table.depth_of(0.71))


def test_a_day_counts_once_however_often_it_is_covered():
    first, last = day("2020-01-01", "2020-01-10", "2020-03-01"), day("2020-01-31", "2020-02-05", "2020-03-01")
    assert days_on_record(first, last, day()) == 31 + 5 + 1
    assert days_on_record(first, last, day("2020-01-15", "2020-01-15", "2020-03-01", "2021-01-01")) == 31 + 5 + 1 - 2


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), min_size=1, max_size=12), st.sets(st.integers(0, 80))
)
def test_days_on_record_are_those_one_would_tick_off(rows, missing):
    start = day("2020-01-01")[0]
    first, last = (np.array([start + n for n in at]) for at in ([a for a, _ in rows], [a + n for a, n in rows]))
    blank = np.array([start + n for n in sorted(missing)], dtype="datetime64[D]")
    ticked = {d for a, n in rows for d in range(a, a + n + 1)} - missing
    assert days_on_record(first, last, blank) == len(ticked)


def test_the_closed_form_of_the_stormwater_model_is_met_exactly():
    # 4 x 4 pixels of 20 m, rain of 12.5 mm on eight: four of coefficients 0.1 to 0.4, four of 1
    psi, area = np.array([0.1, 0.2, 0.3, 0.4, 1, 1, 1, 1]), np.full(8, 400.0)
    fallen = runoff(12.5, np.ones(8), area)
    retained = fallen - runoff(12.5, psi, area)
    np.testing.assert_allclose(retained, [4.5, 4.0, 3.5, 3.0, 0, 0, 0, 0], rtol=0, atol=1e-12)
    assert retained.sum() == pytest.approx(15.0)
    assert fallen.sum() == 40.0
    assert retained.sum() / fallen.sum() == pytest.approx(0.375)


def test_the_volume_a_depth_asks_for_answers_for_that_depth():
    psi, area = np.array([0.5, 0.6]), np.array([240_000.0, 360_000.0])
    needed = runoff(20.0, psi, area)
    np.testing.assert_allclose(needed, [10 * 20 * 0.5 * 24, 10 * 20 * 0.6 * 36])
    np.testing.assert_allclose(controlled_depth(needed, psi, area), [20.0, 20.0])


def test_ground_drawn_twice_belongs_to_the_first():
    shapes = shapely.box([0, 1, 5], [0, 0, 0], [2, 3, 6], [1, 1, 1])
    kept = first_come(shapes, np.array([0, 1, 2]))
    assert shapely.area(kept).tolist() == [2.0, 1.0, 1.0]
    assert shapely.area(first_come(shapes[::-1], np.array([2, 1, 0]))).tolist() == [1.0, 1.0, 2.0]


def test_a_mean_over_ground_is_by_area_and_knows_what_it_does_not_know():
    ground = shapely.box([500000], [4334000], [500100], [4334100])
    surfaces = shapely.box([500000, 500050], [4334000, 4334000], [500050, 500080], [4334100, 4334100])
    low, high = averaged(ground, surfaces, np.array([0.8, np.nan]), TOWN)
    assert low[0] == pytest.approx(0.4)
    assert high[0] == pytest.approx(0.9)
    assert ellipsoid.area(ground, TOWN)[0] == pytest.approx(10_000, rel=1e-6)

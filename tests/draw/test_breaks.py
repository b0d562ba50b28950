"""Limits between classes: round, printed as used, and every value in exactly one class."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.draw.breaks import class_of, labels, limits
from geoplan.draw.look import ZoneLook

EVEN = ZoneLook(ramp=("#ffffff", "#000000"), count=5)
QUANTILE = ZoneLook(ramp=("#ffffff", "#000000"), breaks="quantile", count=4)
GIVEN = ZoneLook(ramp=("#ffffff", "#000000"), breaks="given", at=(50, 80, 100))


def test_no_values_make_no_classes() -> None:
    assert limits([], EVEN, unit="%", digits=2) == ()
    assert labels((), 2) == ()


def test_one_value_makes_one_class_that_prints_it() -> None:
    assert labels(limits([62.5, 62.5], EVEN, unit="%", digits=2), 2) == ("62.50",)


def test_shares_end_at_a_hundred() -> None:
    assert limits([3.0, 99.96], EVEN, unit="%", digits=2) == (0, 20, 40, 60, 80, 100)


def test_a_value_on_a_limit_belongs_to_the_class_above_and_the_highest_to_the_last() -> None:
    at = (0, 20, 40)
    assert [class_of(v, at) for v in (0, 19.999, 20, 39.9, 40)] == [0, 0, 1, 1, 1]


def test_quantiles_hold_about_as_many_zones_each() -> None:
    values = [1, 2, 3, 4, 5, 6, 7, 100]
    at = limits(values, QUANTILE, unit="ha", digits=2)
    assert [sum(class_of(v, at) == i for v in values) for i in range(4)] == [2, 2, 2, 2]


def test_given_limits_are_kept_and_widened_only_at_the_ends() -> None:
    assert limits([10, 99], GIVEN, unit="%", digits=2) == (10, 50, 80, 100)
    assert limits([60, 70], GIVEN, unit="%", digits=2) == (50, 80, 100)


def test_limits_print_with_the_digits_they_need() -> None:
    assert labels((0, 0.25, 0.5), 2) == ("0.00 – 0.25", "0.25 – 0.50")
    assert labels((0.0001, 0.00015, 0.0002), 2) == ("0.00010 – 0.00015", "0.00015 – 0.00020")


@given(
    st.lists(st.floats(-1e6, 1e6, allow_nan=False).map(lambda v: round(v, 4)), min_size=1, max_size=60),
    st.sampled_from([EVEN, QUANTILE]),
)
def test_every_value_lies_within_the_limits_of_its_class(values: list[float], look: ZoneLook) -> None:
    at = limits(values, look, unit="ha", digits=4)
    assert list(at) == sorted(at)
    for value in values:
        i = class_of(value, at)
        assert at[i] - 1e-6 <= value <= at[i + 1] + 1e-6
        assert len(labels(at, 4)) > i


@pytest.mark.parametrize("count", [1, 3, 5, 7])
def test_about_as_many_classes_as_are_wanted(count: int) -> None:
    look = ZoneLook(ramp=("#ffffff", "#000000"), count=count)
    for low, high in ((0, 100), (1.91, 14.72), (55, 61), (0.001, 0.0093), (-40, 1e5)):
        classes = len(limits([low, high], look, unit="ha", digits=2)) - 1
        assert abs(classes - count) <= max(1, count // 3)

"""Quantities with units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.errors import UnitError
from geoplan.units import factor, quantity, shown, symbol


@pytest.mark.parametrize(
    ("text", "dimension", "amount"),
    [
        ("500 m", "Metres", 500.0),
        ("0.5km", "Metres", 500.0),
        ("500 米", "Metres", 500.0),
        ("3 亩", "SquareMetres", 2000.0),
        ("0.4 ha", "SquareMetres", 4000.0),
        ("1 平方公里", "SquareMetres", 1e6),
        ("60 %", "Share", 0.6),
        ("1,500 m", "Metres", 1500.0),
        ("5 分钟", "Minutes", 5.0),
    ],
)
def test_a_quantity_comes_in_in_the_engines_unit(text, dimension, amount):
    assert quantity(text, dimension) == pytest.approx(amount)


@pytest.mark.parametrize("bare", ["500", 500, None, "", "m", "five m", "1e400 m", "1,5 km", "1.2.3 m"])
def test_a_bare_number_is_refused_because_nobody_can_check_it(bare):
    with pytest.raises(UnitError, match="write it like"):
        quantity(bare, "Metres")


def test_a_quantity_of_another_dimension_is_refused():
    with pytest.raises(UnitError, match="a unit that does not fit"):
        quantity("4 ha", "Metres")


def test_an_unknown_unit_names_the_nearest():
    with pytest.raises(UnitError, match="did you mean"):
        quantity("4 hectar", "SquareMetres")


def test_99_96_is_never_printed_as_100_where_a_target_was_missed():
    assert shown(99.96, 1) == "100.0"
    assert shown(99.96, 1, toward=-1) == "99.9"
    assert shown(100.0, 1, toward=-1) == "100.0"
    assert shown(0.04, 1, toward=1) == "0.1"


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_floored_figure_is_never_above_the_value_nor_a_ceiled_one_below(value, digits):
    step = 1e-9 * max(1.0, abs(value))
    assert float(shown(value, digits, toward=-1).replace(",", "")) <= value + step
    assert float(shown(value, digits, toward=1).replace(",", "")) >= value - step


def test_no_negative_zero_and_no_figure_for_nothing():
    assert shown(-0.001, 1) == "0.0"
    assert shown(None, 1) == "—"
    assert shown(float("nan"), 1) == "—"


def test_units_are_printed_in_the_language_of_the_page():
    assert symbol("公顷", "zh") == "公顷"
    assert symbol("公顷", "en") == "ha"
    assert factor("万亩") == pytest.approx(6666666.6667)

"""How numbers are printed: in which unit, with how many digits, and never rounded into success."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from geoplan import units
from geoplan.measure import Change, Halves, Index, Ratio, Total
from geoplan.result import Result

__all__ = ["WIDTH", "Figure", "closed", "digits", "engine_unit", "halves_of", "printed_unit", "toward", "turned_in"]

_DIGITS = {
    "公顷": 4, "ha": 4, "平方米": 2, "m2": 2, "m²": 2, "亩": 2, "mu": 2, "平方公里": 4, "km2": 4, "km²": 4, "公里": 3,
    "千米": 3, "km": 3, "米": 2, "m": 0, "%": 2, "％": 2, "万亩": 2, "万平方米": 2, "人": 0, "people": 0, "个": 0,
    "条": 0, "幢": 0, "家": 0, "块": 0, "辆": 0, "张": 0, "类": 0,
    "count": 0, "座": 0, "处": 0, "所": 0, "项": 0, "分钟": 1, "min": 1, "万人": 2,
}  # fmt: skip
_PRINTED = {"m2": "ha", "m": "km"}
_FLOORS = "万平方米"
WIDTH = "米"
"""The unit of widths and other short lengths: distances to walk stand in whole metres, these with two digits."""
DISTANCES = frozenset({
    "metres", "walk", "straight", "distance", "off_network", "nearest_mean", "nearest_least", "nearest_most",
})  # fmt: skip
"""Columns of ways to go: what is too far is never rounded to within reach."""
_WEIGHED = {"amount": _FLOORS}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is printed, beside the number that was computed.

    >>> Figure.of(12.3456, "%").text, Figure.of(None, "%").text, Figure.of(0.00001, "公顷").text
    ('12.35', '—', '<0.0001')
    >>> Figure.of(99.996, "%", -1).text, Figure.of(99.996, "%", whole=100).text
    ('99.99', '99.99')
    """

    text: str
    value: float | None
    digits: int = 0

    @classmethod
    def of(
        cls,
        value: float | None,
        unit: str,
        toward: int = 0,
        *,
        whole: float | None = None,
        less: Callable[[str], str] = "<{}".format,
    ) -> "Figure":
        """A number in that unit, in the digits such numbers are printed with.

        Args:
            value: in the unit.
            unit: as a definition names it.
            toward: -1 to floor, 1 to ceil, 0 to round.
            whole: what the number must not be rounded up to unless it gets there (100 for percentages).
            less: how a positive number below the last digit is printed; never as 0.
        """
        places = digits(unit)
        text = units.shown(value, places, toward=toward)
        if value is None or not math.isfinite(value):
            return cls(text, None, places)
        if whole is not None and value < whole and float(text.replace(",", "")) >= whole:
            text = units.shown(value, places, toward=-1)
        # only what is less than one can be printed as none
        if value and -1 < value < 1 and float(text.replace(",", "")) == 0:
            text = less(f"{10.0**-places:.{places}f}") if value > 0 else units.shown(value, places, toward=-1)
        return cls(text, value, places)

    @property
    def number(self) -> float | None:
        """The printed number as a number: what a spreadsheet holds, so that it rounds nothing anew."""
        try:
            return float(self.text.replace(",", ""))
        except ValueError:
            return None


def digits(unit: str) -> int:
    """Digits after the point for numbers in that unit.

    >>> digits("公顷"), digits("个"), digits("平方米/人")
    (4, 0, 2)
    """
    return _DIGITS.get(unit, 2)


def printed_unit(unit: str, result: Result | None = None) -> str:
    """The unit in which an amount of the engine's unit is printed in tables: hectares, kilometres.

    Floors are no ground: where a result weighs features by an amount, its square metres stand by the ten thousand.

    >>> printed_unit("m2"), printed_unit("m"), printed_unit("people")
    ('ha', 'km', 'people')
    """
    floors = result is not None and _FLOORS in {result.analysis.unit, _WEIGHED.get(result.analysis.weight)}
    return _FLOORS if unit == "m2" and floors else _PRINTED.get(unit, unit)


def toward(result: Result) -> int:
    """How figures are printed lest rounding flatter: -1 floored, 1 ceiled, 0 where it flatters nobody."""
    return next((j.verdict.toward for j in result.judged if j.verdict.toward), 0)


def turned_in(result: Result, unit: str, column: str = "") -> tuple[str, int]:
    """The unit in which a number beside the headline is printed, and which way, lest rounding flatter.

    What is measured in the unit of the headline is turned as the headline is; a way to go is rounded up.

    Args:
        result: the answer.
        unit: of the number: `m` as methods hand it on, or the unit it is printed in.
        column: what the number is, as methods name it.
    """
    alike = units.dimension_of(unit) == units.dimension_of(result.analysis.unit) != ""
    if unit == "m" and not alike and column in DISTANCES:
        return unit, 1
    return WIDTH if unit == "m" else unit, toward(result) if alike else 0


def closed(amounts: Sequence[float], total: float, places: int) -> tuple[tuple[float, ...], int | None]:
    """Rounded amounts that add up to the rounded total, and the position of the one that took up the difference.

    The largest takes it up: there it shows least.

    >>> closed([1.006, 1.006, 1.006], 3.018, 2)
    ((1.01, 1.01, 1.0), 2)
    >>> closed([1.0, 2.0], 3.0, 2), closed([], 0.0, 2)
    (((1.0, 2.0), None), ((), None))
    """
    rounded = [round(a, places) for a in amounts]
    difference = round(round(total, places) - math.fsum(rounded), places)
    if not rounded or difference == 0:
        return tuple(rounded), None
    largest = max(range(len(amounts)), key=lambda i: (amounts[i], i))
    rounded[largest] = round(rounded[largest] + difference, places)
    return tuple(rounded), largest


def halves_of(result: Result) -> Halves | None:
    """Part, whole and unknown of the headline, where it has them."""
    measure = result.outcome.measure if result.outcome else None
    return measure.overall if isinstance(measure, Ratio) else None


def engine_unit(result: Result) -> str:
    """The engine's unit in which the amounts of a result stand (m2, m, people, count)."""
    measure = result.outcome.measure if result.outcome else None
    if isinstance(measure, Ratio):
        return measure.part_unit
    return measure.unit if isinstance(measure, (Total, Change, Index)) else ""

"""Quantities with a unit: `"0.4 ha"` comes in as 4000 square metres; 公顷, 亩 and % appear only on the way out."""

import math
import re
from typing import NewType

from geoplan.errors import UnitError, nearest

__all__ = [
    "Degrees",
    "Metres",
    "Minutes",
    "Ndvi",
    "People",
    "Share",
    "SquareMetres",
    "Years",
    "counted_dimension",
    "dimension_of",
    "every",
    "factor",
    "percent",
    "quantity",
    "shown",
    "symbol",
    "units_of",
]

Metres = NewType("Metres", float)
SquareMetres = NewType("SquareMetres", float)
Share = NewType("Share", float)
People = NewType("People", float)
Minutes = NewType("Minutes", float)
Years = NewType("Years", float)
Degrees = NewType("Degrees", float)
Ndvi = NewType("Ndvi", float)

# unit -> (dimension, how many of the engine's own unit one of it is)
_UNITS: dict[str, tuple[str, float]] = {
    "m": ("length", 1.0), "米": ("length", 1.0), "km": ("length", 1000.0), "公里": ("length", 1000.0),
    "千米": ("length", 1000.0), "cm": ("length", 0.01), "mm": ("length", 0.001), "毫米": ("length", 0.001),
    "m2": ("area", 1.0), "m²": ("area", 1.0), "平方米": ("area", 1.0),
    "ha": ("area", 1e4), "公顷": ("area", 1e4),
    "km2": ("area", 1e6), "km²": ("area", 1e6), "平方公里": ("area", 1e6), "亩": ("area", 2000 / 3),
    "mu": ("area", 2000 / 3),
    "万亩": ("area", 2e7 / 3), "万平方米": ("area", 1e4),
    "%": ("share", 0.01), "％": ("share", 0.01), "share": ("share", 1.0), "-": ("share", 1.0),
    "人": ("people", 1.0), "people": ("people", 1.0), "万人": ("people", 1e4),
    "个": ("count", 1.0), "count": ("count", 1.0), "座": ("count", 1.0), "处": ("count", 1.0), "所": ("count", 1.0),
    "张": ("count", 1.0), "幢": ("count", 1.0), "家": ("count", 1.0), "条": ("count", 1.0), "块": ("count", 1.0),
    "辆": ("count", 1.0), "万个": ("count", 1e4),
    "m3": ("volume", 1.0), "立方米": ("volume", 1.0), "万立方米": ("volume", 1e4),
    "min": ("time", 1.0), "分钟": ("time", 1.0),
    "a": ("years", 1.0), "年": ("years", 1.0), "years": ("years", 1.0),
    "deg": ("angle", 1.0), "°": ("angle", 1.0), "度": ("angle", 1.0),
    "平方米/人": ("area per person", 1.0), "m2/person": ("area per person", 1.0), "NDVI": ("ndvi", 1.0),
    "个/人": ("count per person", 1.0), "个/千人": ("count per person", 1e-3), "张/千人": ("count per person", 1e-3),
    "个/万人": ("count per person", 1e-4), "块/万人": ("count per person", 1e-4),
    "个/平方公里": ("count per area", 1e-6), "人/平方公里": ("count per area", 1e-6),
    "公里/平方公里": ("length per area", 1e-3),
}  # fmt: skip
_OF = {
    "Metres": "length", "SquareMetres": "area", "Share": "share", "People": "people", "Minutes": "time",
    "Years": "years", "Degrees": "angle", "Ndvi": "ndvi",
}  # fmt: skip
_ENGLISH = {
    "米": "m", "公里": "km", "平方米": "m²", "公顷": "ha", "平方公里": "km²", "亩": "mu", "人": "people", "个": "count",
    "平方米/人": "m²/person", "万人": "× 10,000 people", "座": "count", "处": "count", "所": "count", "项": "item",
    "万平方米": "× 10,000 m²", "万亩": "× 10,000 mu", "m2": "m²", "km2": "km²", "毫米": "mm", "千米": "km",
    "分钟": "min", "张": "beds", "幢": "buildings", "家": "count", "条": "count", "块": "count", "辆": "vehicles",
    "万个": "× 10,000",
    "m3": "m³", "立方米": "m³", "万立方米": "× 10,000 m³", "个/人": "per person", "个/千人": "per 1,000 people",
    "张/千人": "beds per 1,000 people", "个/万人": "per 10,000 people", "块/万人": "pitches per 10,000 people",
    "个/平方公里": "per km²", "人/平方公里": "people per km²", "公里/平方公里": "km per km²",
    "万人次": "× 10,000 visits", "万元/人": "× 10,000 yuan/person", "万千瓦": "× 10,000 kW", "万吨": "× 10,000 t",
    "万吨/日": "× 10,000 t/day", "万户": "× 10,000 households", "万标准箱": "× 10,000 TEU", "类": "classes",
    "人/万人": "people per 10,000", "人/千人": "people per 1,000", "亿元": "× 100 million yuan", "岁": "years",
    "亿立方米": "× 100 million m³", "亿立方米/年": "× 100 million m³/year", "件/万人": "per 10,000 people",
    "年": "years", "千克/人·日": "kg per person a day", "升/人": "L/person", "吨二氧化碳/万元": "t CO₂ per 10,000 yuan",
    "吨标准煤/万吨吞吐量": "tce per 10,000 t handled", "微克/立方米": "µg/m³",
}  # fmt: skip
_CHINESE = {
    "m": "米",
    "m2": "平方米",
    "km": "公里",
    "ha": "公顷",
    "km2": "平方公里",
    "people": "人",
    "count": "个",
    "mu": "亩",
    "m3": "立方米",
    "min": "分钟",
    "mm": "毫米",
    "kgce/m2": "千克标准煤/平方米",
}
_TEXT = re.compile(
    r"\s*([+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?)\s*([^\d\s.,]\S*)\s*", re.IGNORECASE
)


def quantity(text: object, dimension: str) -> float:
    """The amount in the engine's own unit (m, m2, share, people, minutes) of a text such as `"0.4 ha"`.

    Args:
        text: a number and a unit; a bare number is refused, because nobody can check it.
        dimension: the name of a quantity type (`"Metres"`) or of a dimension (`"length"`).

    Raises:
        UnitError: no unit, an unknown unit, or a unit of another dimension.

    >>> quantity("0.4 ha", "SquareMetres")
    4000.0
    >>> quantity("500 米", "Metres")
    500.0
    >>> quantity("", "Metres")
    Traceback (most recent call last):
    ...
    geoplan.errors.UnitError: '' is not an amount with a unit; write it like "500 m".
    """
    wanted = _OF.get(dimension, dimension)
    match = _TEXT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise UnitError("unit.bare", text=text, example=_example(wanted))
    number, unit = match.groups()
    if unit not in _UNITS:
        raise UnitError("unit.unknown", unit=unit, nearest=nearest(unit, _UNITS) or _example(wanted))
    found, per_unit = _UNITS[unit]
    if found != wanted:
        raise UnitError("unit.dimension", text=text, example=_example(wanted))
    value = float(number.replace(",", "")) * per_unit
    if not math.isfinite(value):
        raise UnitError("unit.bare", text=text, example=_example(wanted))
    return value


def dimension_of(unit: str) -> str:
    """The dimension a unit measures (`"公顷"` -> `"area"`); an empty text for units that only count kinds of things.

    >>> dimension_of("公顷"), dimension_of("项")
    ('area', '')
    """
    return _UNITS[unit][0] if unit in _UNITS else ""


def counted_dimension(unit: str) -> str:
    """The dimension a unit measures, where people and kinds of things are counted like any others.

    >>> counted_dimension("万人"), counted_dimension("项"), counted_dimension("%")
    ('count', 'count', 'share')
    """
    found = dimension_of(unit)
    return "count" if found in {"people", ""} else found


def every() -> tuple[str, ...]:
    """Every unit that is known."""
    return tuple(_UNITS)


def units_of(dimension: str) -> tuple[str, ...]:
    """Every unit that measures a dimension.

    >>> units_of("volume"), units_of("weight")
    (('m3', '立方米', '万立方米'), ())
    """
    return tuple(unit for unit in _UNITS if counted_dimension(unit) == dimension)


def factor(unit: str) -> float:
    """How many of the engine's own unit one of this unit is; 1 for units it does not know.

    >>> factor("公顷"), factor("%"), factor("项")
    (10000.0, 0.01, 1.0)
    """
    return _UNITS[unit][1] if unit in _UNITS else 1.0


def symbol(unit: str, language: str) -> str:
    """The unit as it is printed in that language.

    >>> symbol("公顷", "en"), symbol("m2", "zh"), symbol("%", "en")
    ('ha', '平方米', '%')
    """
    return (_ENGLISH if language == "en" else _CHINESE).get(unit, unit)


def shown(value: float | None, digits: int, *, toward: int = 0) -> str:
    """A number as it is printed: rounded, or floored (`toward=-1`) or ceiled (`toward=1`) lest rounding flatter.

    >>> shown(99.96, 1), shown(99.96, 1, toward=-1), shown(1234567.891, 2)
    ('100.0', '99.9', '1,234,567.89')
    >>> shown(None, 1)
    '—'
    """
    if value is None or not math.isfinite(value):
        return "—"
    if toward:
        step = 10.0**digits
        # a value that is a whole number of steps up to float noise stays where it is
        near = round(value * step)
        scaled = near if abs(value * step - near) < 1e-12 * max(1.0, abs(near)) else value * step
        value = (math.floor(scaled) if toward < 0 else math.ceil(scaled)) / step
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text


def percent(share: float | None, digits: int = 1) -> str:
    """A share as a sentence prints it, without the sign: 100 only where it is all, 0 only where it is nothing.

    >>> percent(2 / 3), percent(0.9999), percent(1.0), percent(0.0001), percent(0.0)
    ('66.7', '99.9', '100.0', '0.1', '0.0')
    >>> percent(None)
    '—'
    """
    if share is None:
        return shown(None, digits)
    near = shown(100 * share, digits)
    if near == shown(100.0, digits) and share < 1:
        return shown(100 * share, digits, toward=-1)
    return shown(100 * share, digits, toward=1) if share > 0 and near == shown(0.0, digits) else near


def _example(dimension: str) -> str:
    return {
        "length": "500 m",
        "area": "0.4 ha",
        "share": "60 %",
        "people": "5000 people",
        "time": "5 min",
        "ndvi": "0.3 NDVI",
    }.get(dimension, "500 m")

"""One value of a feature as a reader sees it: with its unit, in words where it is a machine word, never an empty 0."""

import math
from numbers import Real
from typing import Any

from geoplan.draw.figures import WIDTH, Figure
from geoplan.draw.voice import Voice

__all__ = ["WORDS", "cell", "missing"]

_UNITS = {
    **dict.fromkeys(("metres", "walk", "straight", "off_network", "length", "distance"), "m"),
    **dict.fromkeys(("area_m2", "radius_area", "walk_area"), "ha"),
    "length_m": "km",
    "population": "people",
    "shed_ratio": "%",
}
_FROM = {"ha": 1e4, "km": 1e3}
WORDS = {
    **dict.fromkeys(("status", "class", "class_before", "class_after", "rule", "source"), "status"),
    "reason": "report.reasons", "statistic": "report.choices",
    "parameter": "report.parameters", "set_to": "report.choices", "progress": "judged",
}  # fmt: skip
"""Columns that hold machine words, and where these are named."""
_LISTS = frozenset({"lacks"})
"""Columns that hold several machine words of classes, told apart by a slash."""
_SILENT = frozenset({"reason"})
"""Columns that speak only where there is something to say."""
NOTHING = "—"


def missing(value: Any) -> bool:
    """Whether a value says nothing.

    >>> missing(None), missing(float("nan")), missing(""), missing(0)
    (True, True, True, False)
    """
    if value is None or value == "" or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(value, float) and math.isnan(value)


def cell(voice: Voice, column: str, value: Any, *, down: bool = False) -> str:
    """A value of that column in words; a distance is rounded up, or `down` where nearer is worse, to centimetres.

    >>> cell(Voice("en"), "metres", 500.2), cell(Voice("en"), "metres", float("nan")), cell(Voice("en"), "name", "East")
    ('501 m', '—', 'East')
    >>> cell(Voice("en"), "lacks", "kindergarten/primary"), cell(Voice("en"), "lacks", "")
    ('Kindergarten, Primary school', '—')
    """
    if missing(value):
        return "" if column in _SILENT else NOTHING
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return voice.say("report.yes" if value else "report.no")
    if column in WORDS:
        return voice.name(WORDS[column], str(value))
    if column in _LISTS:
        return str(voice.worded([voice.name("status", word) for word in str(value).split("/")]))
    unit = _UNITS.get(column, "")
    if unit and isinstance(value, Real):
        # 500.2 m is not within 500 m, nor are 499.8 m a belt of 500 m
        toward = (-1 if down else 1) if unit == "m" else 0
        printed = Figure.of(float(value) / _FROM.get(unit, 1.0), WIDTH if down and unit == "m" else unit, toward)
        return f"{printed.text} {voice.unit(unit)}".strip()
    return str(voice.worded(value))

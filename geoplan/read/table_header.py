"""The heading of a coordinate table: which column holds what, however the office has named them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from geoplan.read import site_words as words

__all__ = ["Columns", "Row", "columns_of", "text_of"]

Row: TypeAlias = Sequence[object]
_ABOVE = 2
"""Rows a heading of several rows may have above the one that names X and Y."""


@dataclass(frozen=True, slots=True)
class Columns:
    """One block of columns, by what they hold: `x` northing and `y` easting, or `lat` and `lon`, and perhaps more."""

    at: Mapping[str, int]
    sexagesimal: bool = False
    area_unit: str = ""

    @property
    def northing(self) -> int:
        """The column of the northing, or of the latitude."""
        return self.at["x"] if "x" in self.at else self.at["lat"]

    @property
    def easting(self) -> int:
        """The column of the easting, or of the longitude."""
        return self.at["y"] if "y" in self.at else self.at["lon"]

    @property
    def label(self) -> int | None:
        """The column of the point names; a mere serial number where no better one is there."""
        return self.at.get("label", self.at.get("serial"))

    @property
    def both(self) -> bool:
        """Whether metres and degrees stand side by side."""
        return "x" in self.at and "lat" in self.at


def columns_of(rows: Sequence[Row], at: int) -> tuple[Columns, ...]:
    """The blocks of columns if that row is the heading of a table; none if it is not.

    >>> columns_of([("点号", "X(m)", "Y(m)", "边长"), ("J1", 1, 2, 3)], 0)[0].at
    {'label': 0, 'x': 1, 'y': 2, 'side': 3}
    >>> columns_of([("J1", 1, 2)], 0)
    ()
    """
    row = rows[at]
    blocks: list[dict[str, int]] = [{}]
    texts: list[str] = []
    for column in range(len(row)):
        text = text_of(row[column])
        above = at
        while not text and above > max(0, at - _ABOVE):
            above -= 1
            text = text_of(rows[above][column]) if column < len(rows[above]) else ""
        meaning = _meaning(text)
        if meaning in blocks[-1]:
            blocks.append({})
        if meaning:
            blocks[-1][meaning] = column
            texts.append(text)
    whole = tuple(b for b in blocks if {"x", "y"} <= set(b) or {"lat", "lon"} <= set(b))
    # the row itself must name the coordinates: two rows above belong to it, not it to them
    named = {_meaning(text_of(cell)) for cell in row}
    if not whole or not ({"x", "y"} <= named or {"lat", "lon"} <= named):
        return ()
    sexagesimal = any(words.SEXAGESIMAL.search(words.folded(t)) for t in texts)
    units = {u for t in texts for word, u in words.AREA_UNITS.items() if _meaning(t) == "area" and word in t.upper()}
    return tuple(Columns(block, sexagesimal, units.pop() if len(units) == 1 else "") for block in whole)


def text_of(cell: object) -> str:
    """The text of a cell; empty for numbers and nothing."""
    return cell.strip() if isinstance(cell, str) else ""


def _meaning(text: str) -> str:
    name = words.folded(text)
    if not name or len(name) > 24:
        return ""
    plain = words.HEADING_UNIT.sub("", name)
    return next((meaning for meaning, pattern in words.COLUMNS if pattern.fullmatch(plain)), "")

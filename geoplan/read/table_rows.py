"""The rows of a coordinate table: points in the order of their names, sides between them, plots by their columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeAlias

from geoplan.errors import CRSError, GeometryError, LayerError
from geoplan.measure import Note
from geoplan.read import site_words as words
from geoplan.read.angles import number_of
from geoplan.read.point_names import text_order
from geoplan.read.ring_closing import Corner, loops_of
from geoplan.read.survey import Figure, RawPlot, at_row
from geoplan.read.table_header import Columns, Row

__all__ = ["Table", "Title", "agreed_area", "areas_in", "is_stray", "plots_of_table", "totals_in"]

_NUMBERED = re.compile(r"\D*(\d+)")
_POINT = re.compile(r"[A-Za-z]{1,4}|[^\d\s:()]{0,6}\d+[^\d\s:()]{0,2}|[A-Za-z]*\d+-\d+")
"""Names of points: J1, A, 12, P-3."""
_UNITS = {"ha": 1e4, "m2": 1.0, "mu": 2000 / 3}
_AGREE = 2e-3
"""Share by which areas stated in several units may differ: mu and hectares are rounded."""

Entry: TypeAlias = tuple[int, Row, Columns]


@dataclass(slots=True)
class Title:
    """What the texts above a table say: the name of a plot, keys with values, areas, or that it is of other points."""

    name: str = ""
    said: dict[str, str] = field(default_factory=dict)
    areas: list[tuple[float, str]] = field(default_factory=list)
    other: bool = False

    @property
    def begins(self) -> bool:
        """Whether it names a plot, so that points below it are those of another plot than points above."""
        return bool(self.name) or bool({"number", "name"} & set(self.said))


@dataclass(slots=True)
class Table:
    """One table on a sheet: its blocks of columns, its rows with their numbers, and the words around it."""

    sheet: str
    blocks: tuple[Columns, ...]
    title: Title
    rows: list[tuple[int, Row]] = field(default_factory=list)

    def is_data(self, row: Row) -> bool:
        """Whether a row holds a point or a side; a remark that strays into those columns is neither."""
        return any(_is_data(row, block) for block in self.blocks)


def plots_of_table(table: Table, file: str) -> list[RawPlot]:
    """The plots of a table: one, or as many as its columns name.

    Raises:
        LayerError: a row without one of its two numbers, or with a text in their place; names of points in an order
            that leaves open in which the points follow one another.
    """
    key = table.title.said.get("number", ""), table.title.said.get("name", "") or table.title.name
    corners: dict[tuple[str, str], list[Corner]] = {}
    areas: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for number, row, block in _in_order(table, file):
        named = _text(row, block.at.get("number")), _text(row, block.at.get("name"))
        key = named if any(named) else key
        run = corners.setdefault(key, [])
        corner = _corner(table.sheet, number, row, block, file)
        if corner is not None:
            run.append(corner)
        elif run and run[-1].side is None:
            run[-1] = replace(run[-1], side=number_of(_cell(row, block.at.get("side"))))
        area = number_of(_cell(row, block.at.get("area")))
        areas.setdefault(key, []).extend([(area, block.area_unit)] if area else [])
    plots = {key: run for key, run in corners.items() if run}
    whole = table.title.areas if len(plots) == 1 else []
    return [_plot(key, run, areas.get(key) or whole, file) for key, run in plots.items()]


def agreed_area(areas: Sequence[tuple[float, str]]) -> Figure:
    """The one area several figures agree on, each with its unit; none where they do not.

    >>> agreed_area([(12000.0, "m2"), (1.2, "ha"), (18.0, "mu")])
    Figure(value=12000.0, unit='m2', step=0.0)
    >>> agreed_area([(12000.0, "m2"), (3.5, "ha")]) == agreed_area([]) == Figure()
    True
    """
    if not areas:
        return Figure()
    metres = [area * _UNITS[unit] for area, unit in areas if unit] or [areas[0][0]]
    if max(metres) - min(metres) > _AGREE * max(metres):
        return Figure()
    area, unit = next((a for a in areas if a[1]), areas[0])
    return Figure(area, unit)


def _is_data(row: Row, block: Columns) -> bool:
    cells = block.northing, block.easting
    if not any(_has_digit(_text(row, c)) for c in cells):
        return _has_digit(_text(row, block.at.get("side")))
    if all(number_of(_cell(row, c)) is not None for c in cells):
        return True
    # a point with a number nobody can read is refused, not passed over; only a row that names no point is a remark
    label = _text(row, block.label)
    return not label or _POINT.fullmatch(label) is not None


def is_stray(row: Row) -> bool:
    """Whether a row outside every table reads like a point: a name and two numbers of the size of coordinates."""
    cells = [c for c in row if c not in {None, ""}]
    if len(cells) < 3 or _POINT.fullmatch(str(cells[0]).strip()) is None:
        return False
    numbers = sorted(abs(v) for v in map(number_of, cells[1:]) if v is not None)
    return any(
        (1e6 <= a < 1e7 and 1e5 <= b < 1e8) or (1e5 <= a < 1e6 <= b < 1e7) or (3 <= a <= 54 and 73 <= b <= 136)
        for a, b in pairwise(numbers)
    )


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)


def areas_in(text: str) -> list[tuple[float, str]]:
    """The areas a text states, each with its unit where it names one; totals of several plots are none of one.

    >>> areas_in("x" * 5)
    []
    """
    return [stated for stated, total in _stated(text) if not total]


def totals_in(text: str) -> list[tuple[float, str]]:
    """The areas a text states for several plots together."""
    return [stated for stated, total in _stated(text) if total]


def _stated(text: str) -> list[tuple[tuple[float, str], bool]]:
    found = []
    for area in words.AREA.finditer(text):
        unit = (area[3] or next((u for u in words.AREA_UNITS if u in area[1].upper()), "")).upper()
        stated = float(area[2].replace(",", "")), words.AREA_UNITS.get(unit, "")
        found.append((stated, words.TOTAL.search(text[: area.start()][-4:]) is not None))
    return found


def _plot(key: tuple[str, str], corners: Sequence[Corner], areas: Sequence[tuple[float, str]], file: str) -> RawPlot:
    loops, notes = loops_of(corners, "polygon", file)
    stated = agreed_area(areas)
    odd = [Note("site_note.areas_differ", {"where": corners[0].spot})] if areas and stated.value is None else []
    doubts = [d for d in (text_order(loop, file) for loop in loops) if d is not None]
    # only ring numbers tell a hole from a plot that lies inside another
    numbered = len({loop.number for loop in loops}) == len(loops)
    return RawPlot(
        corners[0].spot,
        number=key[0],
        name=key[1],
        loops=loops,
        area=stated,
        role=words.role_of(*key),
        nested="hole" if numbered else "open",
        notes=(*notes, *odd),
        doubts=tuple(doubts),
    )


def _in_order(table: Table, file: str) -> list[Entry]:
    """The rows in the order of the points: of blocks side by side, one after the other, or across, as the names run."""
    down = [(n, row, block) for block in table.blocks for n, row in table.rows if _filled(row, block)]
    if len(table.blocks) == 1:
        return down
    across = [(n, row, block) for n, row in table.rows for block in table.blocks if _filled(row, block)]
    steps = {way: _steps(entries) for way, entries in (("down", down), ("across", across))}
    if steps["down"] == steps["across"]:
        raise LayerError(
            "site_file.table_order", file=file, where=at_row(table.sheet, table.rows[0][0] if table.rows else 1)
        )
    return down if steps["down"] > steps["across"] else across


def _filled(row: Row, block: Columns) -> bool:
    return any(_text(row, c) for c in (block.northing, block.easting, block.at.get("side")) if c is not None)


def _steps(entries: Sequence[Entry]) -> int:
    """How often a point's number is the next after the one before."""
    numbers = [int(m[1]) for n, row, b in entries if (m := _NUMBERED.match(_text(row, b.label)))]
    return sum(b == a + 1 for a, b in pairwise(numbers))


def _corner(sheet: str, number: int, row: Row, block: Columns, file: str) -> Corner | None:
    """The point of a row; None for a row that only holds a side."""
    spot = at_row(sheet, number)
    written = [_text(row, c) for c in (block.northing, block.easting)]
    read = [number_of(_cell(row, c)) for c in (block.northing, block.easting)]
    if not any(map(_has_digit, written)):
        return None
    for text, value in zip(written, read, strict=True):
        if value is None:
            raise GeometryError("site_file.cell", file=file, where=spot, value=text)
        if block.sexagesimal and "x" not in block.at and text.replace(".", "").isdecimal():
            raise CRSError("site_file.sexagesimal", file=file, where=spot, value=text)
    label, ring = _text(row, block.label), _text(row, block.at.get("ring"))
    side = number_of(_cell(row, block.at.get("side")))
    return Corner(label, ring, read[0] or 0.0, read[1] or 0.0, spot, side)


def _cell(row: Row, column: int | None) -> object:
    return row[column] if column is not None and column < len(row) else None


def _text(row: Row, column: int | None) -> str:
    """A cell as text: whole numbers without the .0 that spreadsheets give them."""
    value = _cell(row, column)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "" if value is None else str(value).strip()

"""scorecard.xlsx: the scorecard, every table of every answer, what is not covered, the sources and the notes."""

import contextlib
import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from geoplan.draw.line import TONES
from geoplan.draw.tables import Cell, Printed
from geoplan.draw.theme import Theme

__all__ = ["ROWS", "closing", "write_workbook"]

ROWS = 1_000_000
"""Rows a sheet can hold; a longer table goes on in the next sheet."""
_WIDEST, _MIDDLE, _NARROWEST, _TEXT, _FEW, _MANY = 28, 18, 6, 96, 4, 12
_FONT = "Microsoft YaHei"
"""Chinese and Latin letters, on every Windows; other systems take their own where it is missing."""
_BAD_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))


def write_workbook(
    path: Path,
    sheets: Iterable[tuple[str, tuple[Printed, ...]]],
    theme: Theme,
    *,
    title: str,
    header: str = "",
    stamp: str = "",
) -> None:
    """Write sheets of tables, one under another, each headed, sized and formatted; every text is written as text.

    Args:
        path: the file.
        sheets: name of the sheet and its tables.
        theme: fonts and colours.
        title: of the book.
        header: printed above every page.
        stamp: the date the file says it was made on, so that two runs give the same bytes.
    """
    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": title, "author": "geoplan", "created": _moment(stamp)})
    with closing(book):
        names: set[str] = set()
        formats = _Formats(book, theme)
        for name, tables in sheets:
            for part in _split(tables):
                sheet = book.add_worksheet(_name(name, names))
                _page(sheet, max(len(table.heads) for table in part), header)
                _fill(sheet, part, formats)


@contextlib.contextmanager
def closing(book: Any) -> Iterator[None]:
    """Write a book when the block ends; what the system refuses then is raised as the system says it.

    Raises:
        OSError: the disk is full, or the folder cannot be written.
    """
    from xlsxwriter.exceptions import FileCreateError

    try:
        yield
    finally:
        try:
            book.close()
        except FileCreateError as error:
            raise error.args[0] from error


def _moment(stamp: str) -> dt.datetime:
    try:
        day = dt.date.fromisoformat(stamp)
    except ValueError:
        day = dt.date(1980, 1, 1)
    return dt.datetime.combine(day, dt.time())


def _split(tables: tuple[Printed, ...]) -> Iterator[tuple[Printed, ...]]:
    """The tables of one sheet; one that is too long for a sheet goes on in the next."""
    from dataclasses import replace

    if sum(len(t.rows) for t in tables) <= ROWS:
        yield tables
        return
    for table in tables:
        rows = iter(table.rows)
        while part := tuple(islice(rows, ROWS)):
            yield (replace(table, rows=part),)


def _name(title: str, taken: set[str]) -> str:
    """A name a spreadsheet allows: 31 characters, none of them reserved, no two alike."""
    plain = title.translate(_BAD_IN_NAMES).strip() or "-"
    name, n = plain[:31], 2
    while name.lower() in taken:
        name = f"{plain[: 31 - len(str(n)) - 1]} {n}"
        n += 1
    taken.add(name.lower())
    return name


class _Formats:
    """The few ways a cell looks, made once."""

    def __init__(self, book: Any, theme: Theme) -> None:
        self._book, self._made = book, {}  # type: Any, dict[tuple[Any, ...], Any]
        self._inks = theme.inks
        self.title = self._add(bold=True, font_size=14)
        self.note = self._add(font_color=self._inks["muted"], font_size=9, text_wrap=False)
        self.head = self._add(
            bold=True, text_wrap=True, valign="vcenter", align="center", bg_color=self._inks["panel"], border=1,
            border_color=self._inks["rule"],
        )  # fmt: skip

    def cell(self, cell: Cell, *, numeric: bool, strong: bool) -> Any:
        """The format of one cell."""
        word = cell.kind.removeprefix("verdict ") if cell.kind.startswith("verdict ") else ""
        tone = TONES.get(word, "")
        flag = cell.text.lstrip("0123456789.,-") if cell.kind == "small" else ""
        key = (cell.digits if cell.number is not None else None, cell.number is None, flag, numeric, strong, tone)
        if key not in self._made:
            look: dict[str, Any] = {"border": 1, "border_color": self._inks["rule"], "valign": "top", "bold": strong}
            look |= {"align": "right" if numeric else "left", "indent": 1, "text_wrap": cell.number is None}
            if cell.number is not None:
                # a flag stands behind the number, which stays one
                look["num_format"] = (
                    "#,##0" + ("." + "0" * cell.digits if cell.digits else "") + f'"{flag}"' * bool(flag)
                )
            if tone:
                look |= {
                    "bold": True,
                    "font_color": self._inks[{"good": "good", "bad": "warning", "open": "ink"}[tone]],
                }
            self._made[key] = self._add(**look)
        return self._made[key]

    def _add(self, **look: Any) -> Any:
        return self._book.add_format({"font_name": _FONT, "font_size": 10, "font_color": self._inks["ink"], **look})


def _page(sheet: Any, columns: int, header: str) -> None:
    """Printed on A4, wide tables lying down, the widest on A3; every page says what it must and its number."""
    sheet.set_paper(8 if columns > 13 else 9)
    if columns > 6:
        sheet.set_landscape()
    text = header.replace("&", "&&")
    sheet.set_header(f"&L&9{text[:240]}")
    sheet.set_footer("&C&9&P / &N")
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.5, 0.5, 0.6, 0.6)
    sheet.hide_gridlines(2)


def _fill(sheet: Any, tables: tuple[Printed, ...], formats: _Formats) -> None:
    """Write tables below one another; the head of a single one stays in sight and on every printed page."""
    widths = _widths(tables)
    for column, width in widths.items():
        sheet.set_column(column, column, width)
    row = 0
    for table in tables:
        sheet.set_row(row, 24)
        sheet.write_string(row, 0, table.title, formats.title)
        heads = row + 1
        sheet.set_row(heads, 34)
        for column, head in enumerate(table.heads):
            sheet.write_string(heads, column, head.text, formats.head)
        if len(tables) == 1:
            first = next((row[0].kind for row in table.rows), "")
            # numbers alone would not say which row one reads
            sheet.freeze_panes(heads + 1, min(1 + (first == "number"), len(table.heads) - 1))
            sheet.repeat_rows(heads)
        for down, cells in enumerate(table.rows, start=1):
            _write(sheet, heads + down, table, cells, formats)
            _heighten(sheet, heads + down, cells, widths)
        if len(tables) == 1 and table.rows:
            sheet.autofilter(heads, 0, heads + len(table.rows), len(table.heads) - 1)
        row = heads + len(table.rows) + 1
        for note in table.notes:
            sheet.write_string(row, 0, note, formats.note)
            row += 1
        row += 1


def _write(sheet: Any, row: int, table: Printed, cells: tuple[Cell, ...], formats: _Formats) -> None:
    strong = table.first == "total" and cells is table.rows[0]
    for column, cell in enumerate(cells):
        numeric = table.heads[column].numeric or cell.number is not None
        look = formats.cell(cell, numeric=numeric, strong=strong)
        if cell.number is None or cell.kind == "range":
            sheet.write_string(row, column, cell.text, look)
        else:
            sheet.write_number(row, column, cell.number, look)


def _heighten(sheet: Any, row: int, cells: tuple[Cell, ...], widths: dict[int, int]) -> None:
    """Rows as high as their longest text: not every program does that by itself."""
    lines = max(
        (-(-_width(c.text) // max(widths[i] - 2, 1)) for i, c in enumerate(cells) if c.number is None), default=1
    )
    if lines > 1:
        sheet.set_row(row, 15 * min(lines, 20))


def _widths(tables: tuple[Printed, ...]) -> dict[int, int]:
    """Columns as wide as their texts, within reason; a Chinese character takes twice the room."""
    widths: dict[int, int] = {}
    for table in tables:
        for column, head in enumerate(table.heads):
            shown = [_width(row[column].text) for row in table.rows[:200]]
            wanted = max([_width(head.text) * 0.75, *shown], default=0) + 3
            most = _TEXT if head.wide and len(table.heads) < _FEW else _WIDEST
            if len(table.heads) > _MANY and not head.wide:
                most = _MIDDLE
            widths[column] = max(widths.get(column, _NARROWEST), min(int(wanted), most))
    return widths


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)

"""check.xlsx and check.csv: the tables of a site check written row by row, however many there are."""

import csv
import datetime as dt
from collections.abc import Iterable
from itertools import chain, islice
from pathlib import Path
from typing import Any

from geoplan.draw.scorecard import guarded
from geoplan.draw.site_tables import Roll
from geoplan.draw.tables import Cell
from geoplan.draw.theme import Theme
from geoplan.draw.workbook import closing

__all__ = ["ROWS", "write_csv", "write_rolls"]

ROWS = 1_000_000
"""Rows a sheet holds; a longer table goes on in the next."""
_FONT = "Microsoft YaHei"
_TONES = {
    "forbidden": "notice",
    "conditional": "warning",
    "caution": "warning",
    "sliver": "warning",
    "not_checked": "warning",
}
_LOOK_AHEAD = 200
_BAD_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))


def write_rolls(path: Path, rolls: Iterable[Roll], theme: Theme, *, title: str, header: str, stamp: str) -> None:
    """Write each table on its own sheet, and on as many more as it needs; every text is written as text.

    Args:
        path: the file.
        rolls: the tables; rows are taken once, as they come.
        theme: colours.
        title: of the book.
        header: printed above every page.
        stamp: the date the file says it was made on, so that two runs give the same bytes.
    """
    import xlsxwriter

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, **plain})
    book.set_properties({"title": title, "author": "geoplan", "created": _moment(stamp)})
    with closing(book):
        looks = _Looks(book, theme)
        for roll in rolls:
            _sheets(book, roll, looks, header)


def write_csv(path: Path, roll: Roll) -> None:
    """Write one table as UTF-8 with a mark, as spreadsheets expect; cells that look like a formula are text."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([guarded(head.text) for head in roll.heads])
        for row in roll.rows:
            writer.writerow([_plain(cell) for cell in row])


def _plain(cell: Cell) -> str:
    if cell.number is None:
        return guarded(cell.text)
    return cell.text.replace(",", "")


def _moment(stamp: str) -> dt.datetime:
    try:
        day = dt.date.fromisoformat(stamp)
    except ValueError:
        day = dt.date(1980, 1, 1)
    return dt.datetime.combine(day, dt.time())


class _Looks:
    """The few ways a cell looks, made once."""

    def __init__(self, book: Any, theme: Theme) -> None:
        self._book, self._inks = book, theme.inks
        self._made: dict[tuple[Any, ...], Any] = {}
        self.title = self._add(bold=True, font_size=14)
        self.note = self._add(font_color=self._inks["muted"], font_size=9)
        self.head = self._add(
            bold=True, text_wrap=True, valign="vcenter", align="center", bg_color=self._inks["panel"], border=1,
            border_color=self._inks["rule"],
        )  # fmt: skip

    def cell(self, cell: Cell, *, numeric: bool) -> Any:
        """The look of one cell."""
        ink = _TONES.get(cell.kind.removeprefix("tone "), "")
        key = (cell.digits if cell.number is not None else None, numeric, ink)
        if key not in self._made:
            look: dict[str, Any] = {"border": 1, "border_color": self._inks["rule"], "valign": "top"}
            look |= {"align": "right"} if numeric else {"align": "left", "text_wrap": True}
            if cell.number is not None:
                look["num_format"] = "#,##0" + ("." + "0" * cell.digits if cell.digits else "")
            if ink:
                look |= {"bold": True, "font_color": self._inks[ink]}
            self._made[key] = self._add(**look)
        return self._made[key]

    def _add(self, **look: Any) -> Any:
        return self._book.add_format({"font_name": _FONT, "font_size": 10, "font_color": self._inks["ink"], **look})


def _sheets(book: Any, roll: Roll, looks: _Looks, header: str) -> None:
    rows, number = iter(roll.rows), 1
    while True:
        part = list(islice(rows, _LOOK_AHEAD))
        if not part and number > 1:
            return
        name = roll.title.translate(_BAD_IN_NAMES)[:27]
        sheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
        _page(sheet, len(roll.heads), header)
        written = _fill(sheet, roll, chain(part, islice(rows, ROWS - len(part))), _widths(roll, part), looks)
        if written < ROWS:
            return
        number += 1


def _page(sheet: Any, columns: int, header: str) -> None:
    sheet.set_paper(8 if columns > 13 else 9)
    if columns > 6:
        sheet.set_landscape()
    sheet.set_header("&L&9" + header.replace("&", "&&")[:240])
    sheet.set_footer("&C&9&P / &N")
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.5, 0.5, 0.6, 0.6)
    sheet.hide_gridlines(2)


def _fill(sheet: Any, roll: Roll, rows: Iterable[tuple[Cell, ...]], widths: list[int], looks: _Looks) -> int:
    """Write one sheet from the top, as a book that is written row by row must be; how many rows there were."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, roll.title, looks.title)
    sheet.set_row(1, 34)
    for column, head in enumerate(roll.heads):
        sheet.write_string(1, column, head.text, looks.head)
    sheet.freeze_panes(2, min(2, len(roll.heads) - 1))
    sheet.repeat_rows(1)
    count = 0
    for count, cells in enumerate(rows, start=1):
        lines = max(-(-_width(c.text) // max(w - 1, 1)) for c, w in zip(cells, widths, strict=True))
        if lines > 1:
            sheet.set_row(count + 1, 15 * min(lines, 20))
        for column, (cell, head) in enumerate(zip(cells, roll.heads, strict=True)):
            look = looks.cell(cell, numeric=head.numeric or cell.number is not None)
            if cell.number is None:
                sheet.write_string(count + 1, column, cell.text, look)
            else:
                sheet.write_number(count + 1, column, cell.number, look)
    if count:
        sheet.autofilter(1, 0, count + 1, len(roll.heads) - 1)
    for below, note in enumerate(roll.notes, start=count + 2):
        sheet.write_string(below, 0, note, looks.note)
    return count


def _widths(roll: Roll, first: list[tuple[Cell, ...]]) -> list[int]:
    """Columns as wide as their heads and first texts, within reason; a Chinese character takes twice the room."""
    widths = []
    for column, head in enumerate(roll.heads):
        wanted = max([_width(head.text) * 0.6, *(_width(row[column].text) for row in first)], default=0) + 3
        widths.append(max(8, min(int(wanted), 40 if head.wide else 24)))
    return widths


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)

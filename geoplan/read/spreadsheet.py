"""Tables planners keep in a spreadsheet: CSV in UTF-8, UTF-16 or GB 18030, or the first sheet of an XLSX workbook."""

import contextlib
import csv
import datetime as dt
import io
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from geoplan.errors import DefinitionError, EncodingError, SourceError

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = ["SPREADSHEETS", "Sheet", "first_rows", "read_rows", "sheets"]

SPREADSHEETS = (".csv", ".xlsx", ".xlsm")
"""Endings of files that can be read."""
_LARGEST = 64 * 1024 * 1024
_MOST_ROWS = 200_000
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


class Sheet(NamedTuple):
    """A sheet of a workbook: its name, whether a person sees it, whether anything stands in it."""

    name: str
    visible: bool
    filled: bool


def sheets(path: Path, file: str) -> list[Sheet]:
    """The sheets of a workbook, in their order.

    Raises:
        SourceError: no such file, an old or broken workbook, or one far too large.
    """
    with _opened(_bytes(path, file), file) as book:
        return [
            Sheet(
                s.title,
                s.sheet_state == "visible",
                any("".join(_cells(row)).strip() for row in s.iter_rows(values_only=True)),
            )
            for s in book.worksheets
        ]


def first_rows(path: Path, file: str, sheet: str, most: int) -> list[list[str]]:
    """The cells of the first rows of a sheet, as they stand.

    Raises:
        SourceError: as `sheets`.
    """
    with _opened(_bytes(path, file), file) as book:
        return [_cells(row) for row in book[sheet].iter_rows(values_only=True, max_row=most)]


def read_rows(path: Path, name: str = "", sheet: str = "") -> list[dict[str, str]]:
    """The rows below the header, each cell as text under the name of its column; empty rows keep their place.

    Row `i` of the list is row `i + 2` of the spreadsheet. Whole numbers have no decimals, dates are ISO texts, a cell
    that a formula has not filled yet is empty. A column without a name that holds something goes by its letter.

    Args:
        path: a CSV file or a workbook.
        name: what messages call the file; the path where left out.
        sheet: of a workbook; the first one where left out.

    Raises:
        SourceError: no such file, an old or broken workbook, or one far too large to be a table of rules.
        EncodingError: a CSV file that is in none of the encodings.
        DefinitionError: cells beyond the last column that has a name, or two columns of one name.
    """
    file = name or path.name
    data = _bytes(path, file)
    table = _workbook(data, file, sheet) if data.startswith(b"PK") else _text(data, file)
    header = [cell.strip() for cell in next(table, [])]
    _check_header(header, file)
    lines = []
    for row, cells in enumerate(table, start=2):
        if row > _MOST_ROWS:
            raise SourceError("spreadsheet.rows", file=file, most=_MOST_ROWS)
        if any(cell.strip() for cell in cells[len(header) :]):
            raise DefinitionError("spreadsheet.cells", file=file, row=row, wanted=len(header))
        lines.append([cell.strip() for cell in [*cells, *[""] * (len(header) - len(cells))]])
    while lines and not any(lines[-1]):
        lines.pop()
    names = _names(header, lines)
    return [{name: cell for name, cell in zip(names, line, strict=False) if name} for line in lines]


def _names(header: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    """What each column goes by: its name, its letter where it has none but holds something, else nothing."""
    held = [name or any(line[i] for line in lines) for i, name in enumerate(header)]
    names = list(header)
    for i in (i for i, name in enumerate(header) if held[i] and not name):
        letter = _letter(i)
        while letter in names:
            letter += "*"
        names[i] = letter
    return names


def _letter(column: int) -> str:
    """The letter a spreadsheet calls a column by, counted from 0.

    >>> _letter(0), _letter(25), _letter(26)
    ('A', 'Z', 'AA')
    """
    return (_letter(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def _check_header(header: Sequence[str], file: str) -> None:
    if not any(header):
        raise DefinitionError("spreadsheet.empty", file=file)
    for column, times in Counter(c for c in header if c).items():
        if times > 1:
            raise DefinitionError("spreadsheet.twice", file=file, column=column)


def _text(data: bytes, file: str) -> Iterator[list[str]]:
    text = _decoded(data, file)
    first = text.split("\n", 1)[0]
    # what spreadsheets call "Unicode text" has tabs, and some regions save semicolons
    mark = max(",\t;", key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=mark)


def _decoded(data: bytes, file: str) -> str:
    named = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    for encoding in (named,) if named else ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise EncodingError("spreadsheet.encoding", file=file)


def _bytes(path: Path, file: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError("spreadsheet.missing", file=file) from error
    if len(data) > _LARGEST:
        raise SourceError("spreadsheet.large", file=file, most=_LARGEST // 1024**2)
    if data.startswith(_OLD_WORKBOOK):
        raise SourceError("spreadsheet.old", file=file)
    return data


def _workbook(data: bytes, file: str, sheet: str) -> Iterator[list[str]]:
    with _opened(data, file) as book:
        chosen = book[sheet] if sheet else book.worksheets[0]
        return iter([_cells(row) for row in _limited(chosen.iter_rows(values_only=True), file)])


@contextlib.contextmanager
def _opened(data: bytes, file: str) -> "Iterator[Workbook]":
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # drawings and validations that openpyxl leaves out hold no rows
        try:
            yield load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        except SourceError:
            raise
        except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, SyntaxError) as error:
            raise SourceError("spreadsheet.broken", file=file) from error


def _limited(rows: Iterable[tuple[object, ...]], file: str) -> Iterator[tuple[object, ...]]:
    for n, row in enumerate(rows):
        if n > _MOST_ROWS:
            raise SourceError("spreadsheet.rows", file=file, most=_MOST_ROWS)
        yield row


def _cells(row: tuple[object, ...]) -> list[str]:
    cells = [_cell(value) for value in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, dt.date) else str(value)

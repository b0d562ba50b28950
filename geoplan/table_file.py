"""Tables of definitions that planners keep in a spreadsheet: numbered rows, and what is wrong with a header."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from geoplan.errors import DefinitionError, GeoplanError, nearest

__all__ = ["header_faults", "made_of_rows", "table_rows"]

T = TypeVar("T")


def table_rows(path: Path, file: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header of a CSV file, and its rows that hold something, each with its number as a spreadsheet counts them.

    UTF-8, or GB 18030 as spreadsheets on Chinese Windows save it.

    Args:
        path: of the file.
        file: what messages call it.

    Raises:
        DefinitionError: the text is in neither encoding.
        OSError: the file cannot be opened.
    """
    lines = csv.reader(io.StringIO(_decoded(path.read_bytes(), file), newline=""))
    header = [name.strip() for name in next(lines, [])]
    # a quoted cell may hold line breaks, so lines of text are not rows
    rows = [(row, [cell.strip() for cell in cells]) for row, cells in enumerate(lines, start=2)]
    return header, [(row, cells) for row, cells in rows if any(cells)]


def made_of_rows(
    path: Path, file: str, columns: Sequence[str], make: Callable[[dict[str, str]], T]
) -> tuple[list[T], list[GeoplanError]]:
    """What the rows of a CSV file make, in file order, and everything that is wrong with it, row by row.

    Args:
        path: of the file.
        file: what messages call it.
        columns: those it must have, and no others.
        make: makes one thing of the cells of a row, by column; may raise what is wrong with them.

    Raises:
        DefinitionError: the text is in no encoding that is known.
        OSError: the file cannot be opened.
    """
    header, rows = table_rows(path, file)
    wrong: list[GeoplanError] = list(header_faults(header, columns, file))
    found: list[T] = []
    for row, cells in [] if wrong else rows:
        try:
            if len(cells) != len(header):
                raise DefinitionError("target.cells", found=len(cells), wanted=len(header))
            found.append(make(dict(zip(header, cells, strict=True))))
        except GeoplanError as error:
            wrong.append(DefinitionError("target.row", file=file, row=row, reason=error))
    return found, wrong


def header_faults(header: Sequence[str], columns: Sequence[str], file: str) -> Iterator[GeoplanError]:
    """Every column nobody knows, that stands there twice, or is missing.

    >>> [e.fields["column"] for e in header_faults(["id", "yaer"], ["id", "year"], "targets.csv")]
    ['yaer', 'year']
    >>> list(header_faults([], [], "targets.csv"))
    []
    """
    for name, times in Counter(header).items():
        if name not in columns:
            close = nearest(name, columns) or ", ".join(columns)
            yield DefinitionError("target.column", file=file, column=name, nearest=close)
        elif times > 1:
            yield DefinitionError("target.column_twice", file=file, column=name)
    for name in columns:
        if name not in header:
            yield DefinitionError("target.column_missing", file=file, column=name)


def _decoded(raw: bytes, file: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DefinitionError("target.encoding", file=file)

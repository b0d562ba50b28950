"""A quotation mark never closed swallows the rows of a table behind it, and no reader says so: it is said here."""

import csv
import io

from geoplan.errors import SourceError

__all__ = ["refuse_open_quotes"]

_SEPARATORS = ",;\t|"


def refuse_open_quotes(text: str, path: str) -> None:
    r"""Refuse a table one of whose cells holds whole rows.

    Args:
        text: of the table.
        path: for the message.

    Raises:
        SourceError: with the line where the swallowed rows begin.

    >>> refuse_open_quotes('name,x,y\n"a note\nof two lines",1,2\n', "shops.csv")
    >>> refuse_open_quotes('name,x,y\n"a,1,2\nb,3,4\n', "shops.csv")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    geoplan.errors.SourceError: 'shops.csv', line 2: a quotation mark is not closed, ...
    """
    if '"' not in text:
        return
    head = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=head.count)
    inside, line = head.count(separator), 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            swallowed = any(
                part.count(separator) >= inside > 0 for cell in cells if "\n" in cell for part in _rows(cell)
            )
            if swallowed:
                raise SourceError("source.quotes", path=path, line=line)
            line = reader.line_num + 1
    except csv.Error:
        # a cell longer than this reader takes is a shape in words; whoever reads it after us says what is wrong
        return


def _rows(cell: str) -> list[str]:
    """The lines of a cell."""
    return cell.replace("\r", "").split("\n")

"""Tables GDAL has no reader for here, as copies it can filter: a workbook as CSV."""

import csv
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from geoplan.errors import SourceError
from geoplan.read.guards import Found
from geoplan.read.scratch import scratch

__all__ = ["BOOKS", "PARQUETS", "at_hand"]

BOOKS = (".xlsx", ".xlsm")
"""Endings of workbooks."""
PARQUETS = (".parquet", ".geoparquet")
"""Endings of GeoParquet, which is copied question by question."""


def at_hand(found: Found, stack: ExitStack) -> Found:
    """The source as GDAL can read it: a copy in a folder that goes with the stack; its text stays what it was.

    Raises:
        SourceError: in an archive, broken, or without shapes.
    """
    if found.suffix not in BOOKS or found.file is None:
        return found
    if found.member:
        raise SourceError("source.archive_kind", path=found.text)
    folder = stack.enter_context(scratch())
    copied = _book(found, folder)
    return replace(found, gdal=str(copied), file=copied)


def _book(found: Found, folder: Path) -> Path:
    """The first sheet, the first row of which names the columns."""
    from geoplan.read.spreadsheet import read_rows

    rows = read_rows(Path(found.gdal), found.text)
    copied = folder / f"{found.stem}.csv"
    with copied.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else ["wkt"])
        writer.writeheader()
        writer.writerows(row for row in rows if any(row.values()))
    return copied

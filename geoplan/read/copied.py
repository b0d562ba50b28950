"""Tables GDAL has no reader for here, as copies it can filter: a workbook as CSV."""

import csv
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from geoplan.errors import SourceError, nearest
from geoplan.read.guards import Found
from geoplan.read.scratch import scratch

__all__ = ["BOOKS", "PARQUETS", "PLACES", "at_hand"]

PLACES = {"X_POSSIBLE_NAMES": "lon,lng,longitude,x,经度", "Y_POSSIBLE_NAMES": "lat,latitude,y,纬度"}
"""What tables call the columns of coordinates, as GDAL is told."""
_LOOKED_AT = 10

BOOKS = (".xlsx", ".xlsm")
"""Endings of workbooks."""
PARQUETS = (".parquet", ".geoparquet")
"""Endings of GeoParquet, which is copied question by question."""


def at_hand(found: Found, layer: str, stack: ExitStack) -> Found:
    """The source as GDAL can read it: a copy in a folder that goes with the stack; its text stays what it was.

    Args:
        found: the source; other files than workbooks are what they were.
        layer: the name of the sheet; may be left out where only one that a person sees holds anything.
        stack: what is closed when the reading is over.

    Raises:
        SourceError: in an archive, broken, no such sheet or several to choose from, or a header that is not on top.
    """
    if found.suffix not in BOOKS or found.file is None:
        return found
    if found.member:
        raise SourceError("source.archive_kind", path=found.text)
    from geoplan.read.spreadsheet import read_rows

    book = Path(found.gdal)
    sheet = _sheet(book, found.text, layer)
    _refuse_title(book, found.text, sheet)
    rows = read_rows(book, found.text, sheet)
    copied = stack.enter_context(scratch()) / f"{sheet}.csv"
    with copied.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else ["wkt"])
        writer.writeheader()
        writer.writerows(row for row in rows if any(row.values()))
    return replace(found, gdal=str(copied), file=copied)


def _sheet(book: Path, text: str, layer: str) -> str:
    from geoplan.read.spreadsheet import sheets

    known = sheets(book, text)
    names = [sheet.name for sheet in known]
    if layer:
        if layer not in names:
            near = nearest(layer, names) or ", ".join(names)
            raise SourceError("source.no_layer", path=text, layer=layer, nearest=near)
        return layer
    filled = [sheet.name for sheet in known if sheet.visible and sheet.filled]
    if len(filled) > 1:
        raise SourceError("source.which_layer", path=text, names=", ".join(filled))
    return (filled or names)[0]


def _refuse_title(book: Path, text: str, sheet: str) -> None:
    """Refuse a sheet the first row of which is a title, or half of a header: a later row names the coordinates."""
    from geoplan.read.spreadsheet import first_rows

    rows = first_rows(book, text, sheet, _LOOKED_AT)
    places = [n for n, row in enumerate(rows, start=1) if _names_places(row)]
    if places and places[0] > 1:
        names = ", ".join(cell for cell in rows[places[0] - 1] if cell)
        raise SourceError("source.header_row", path=text, layer=sheet, row=places[0], names=names)


def _names_places(row: list[str]) -> bool:
    cells = {cell.strip().casefold() for cell in row}
    return "wkt" in cells or all(not cells.isdisjoint(names.split(",")) for names in PLACES.values())

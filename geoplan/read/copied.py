"""Tables GDAL has no reader for here, as copies it can filter: a workbook as CSV, GeoParquet as a GeoPackage."""

import csv
import json
import tempfile
import warnings
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan.errors import GeoplanError, SourceError
from geoplan.read.guards import Found

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COPIED", "at_hand"]

_BOOKS, _PARQUETS = (".xlsx", ".xlsm"), (".parquet", ".geoparquet")
COPIED = (*_BOOKS, *_PARQUETS)
"""Endings of such files."""
_ROWS = 65_536
"""Rows that are held at a time."""
_LONLAT = "OGC:CRS84"
"""What GeoParquet is in where it does not say."""
_PLAIN = frozenset("biufOSU")


def at_hand(found: Found, stack: ExitStack) -> Found:
    """The source as GDAL can read it: a copy in a folder that goes with the stack; its text stays what it was.

    Raises:
        SourceError: in an archive, broken, or without shapes.
    """
    if found.suffix not in COPIED or found.file is None:
        return found
    if found.member:
        raise SourceError("source.archive_kind", path=found.text)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    copied = _book(found, folder) if found.suffix in _BOOKS else _parquet(found, folder)
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


def _parquet(found: Found, folder: Path) -> Path:
    import geopandas as gpd
    import pyarrow as pa
    import pyarrow.parquet as pq
    import pyogrio
    import shapely

    copied = folder / f"{found.stem}.gpkg"
    try:
        with pq.ParquetFile(found.gdal) as file:
            column, crs = _column(file.schema_arrow.metadata or {}, found)
            for batch in file.iter_batches(_ROWS):
                rows = batch.to_pandas()
                shapes = shapely.from_wkb(rows.pop(column).to_numpy(), on_invalid="ignore")
                frame = gpd.GeoDataFrame(_plain(rows), geometry=shapes, crs=crs)
                # the kind of shape is told of the whole file, not of its first rows
                more = {"append": True} if copied.exists() else {"geometry_type": "Unknown"}
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", UserWarning)  # that it has no CRS is said where one is wanted
                    pyogrio.write_dataframe(frame, copied, layer=found.stem, driver="GPKG", **more)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, GeoplanError):
            raise
        raise SourceError("source.unreadable", path=found.text, reason=str(error).splitlines()[0]) from error
    if not copied.exists():
        raise SourceError("source.no_geometry", path=found.text)
    return copied


def _column(metadata: dict[bytes, bytes], found: Found) -> tuple[str, Any]:
    """The column of shapes, and the CRS it is said to be in (None where it is said to be in none)."""
    told = json.loads(metadata.get(b"geo", b"{}"))
    name = told.get("primary_column", "")
    column = told.get("columns", {}).get(name)
    if not column or column.get("encoding") != "WKB":
        raise SourceError("source.no_geometry", path=found.text)
    crs = column.get("crs", _LONLAT)
    return name, json.dumps(crs) if isinstance(crs, dict) else crs


def _plain(rows: "pd.DataFrame") -> "pd.DataFrame":
    """Columns a GeoPackage can hold: what is neither number, text nor yes and no is written as text."""
    for name in rows.columns:
        if getattr(rows[name].dtype, "kind", "O") not in _PLAIN:
            rows[name] = [None if cell != cell else str(cell) for cell in rows[name]]  # noqa: PLR0124  (NaT is not itself)
    return rows.reset_index(drop=True)

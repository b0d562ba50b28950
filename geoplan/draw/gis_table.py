"""One table of a GeoPackage, written row by row into a database that GDAL has made: as GDAL itself writes it.

GDAL looks through a whole database each time a table is added to it (m: 590 tables take a minute so, 5 s when each is
made in a file of its own and copied, 1 s here). Readers cannot tell who wrote a table; a test compares the two.
"""

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

__all__ = ["add_table", "can_hold"]

_TYPES = {"b": "BOOLEAN", "i": "INTEGER", "u": "INTEGER", "f": "REAL"}
_FORMS = ("POINT", "LINESTRING", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON")
_MULTIPLE = {(0, 4): "multipoints", (1, 5): "multilinestrings", (3, 6): "multipolygons"}
_EMPTY, _BOXED = 0x10, 0x02
_LITTLE = 0x01
_COUNTS = (("insert", "+"), ("delete", "-"))


def can_hold(frame: "gpd.GeoDataFrame") -> bool:
    """Whether every column is a number or a text, and every shape flat: what else there is, GDAL writes."""
    columns = frame.drop(columns=frame.geometry.name)
    kinds = [getattr(dtype, "kind", "O") for dtype in columns.dtypes]
    wide = all(getattr(d, "itemsize", 8) == 8 or k not in "iuf" for d, k in zip(columns.dtypes, kinds, strict=True))
    reserved = {name.lower() for name in columns.columns} & {"fid", "geom"}
    return wide and set(kinds) <= {*_TYPES, "O", "T", "U"} and not reserved and not frame.geometry.has_z.any()


def add_table(book: sqlite3.Connection, name: str, frame: "gpd.GeoDataFrame", stamp: str) -> None:
    """Add a table of shapes, with what a GeoPackage says of it.

    Args:
        book: a GeoPackage that holds a table in the same CRS.
        name: of the table.
        frame: its rows; `can_hold` has said yes.
        stamp: the moment that is put down as that of its last change.

    Raises:
        sqlite3.Error: the disk is full, or fails.
    """
    (frame_of,) = book.execute("SELECT srs_id FROM gpkg_contents LIMIT 1").fetchone()
    shapes, form = _of_one_form(frame.geometry.to_numpy())
    columns = {str(c): frame[c] for c in frame.columns if c != frame.geometry.name}
    kinds = {c: _TYPES.get(getattr(column.dtype, "kind", "O"), "TEXT") for c, column in columns.items()}
    declared = "".join(f", {_quoted(c)} {kind}" for c, kind in kinds.items())
    table = _quoted(name)
    book.execute(f'CREATE TABLE {table} ( "fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "geom" {form}{declared})')
    cells = [_cells(column, kinds[c]) for c, column in columns.items()]
    rows = zip(range(1, len(frame) + 1), _blobs(shapes, frame_of), *cells, strict=True)
    marks = ",".join("?" * (2 + len(columns)))
    book.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608  (the name is quoted)
    book.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, '', ?, ?, ?, ?, ?, ?)",
        (name, name, stamp, *_box(shapes), frame_of),
    )
    book.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (name, form, frame_of))
    book.execute("INSERT INTO gpkg_ogr_contents VALUES (?, ?)", (name, len(frame)))
    # they count rows as they come, so they follow the rows
    for event, sign in _COUNTS:
        book.execute(_counter(name, event, sign))


def _counter(name: str, event: str, sign: str) -> str:
    text = name.replace("'", "''")
    trigger = _quoted(f"trigger_{event}_feature_count_{name}")
    counted = f"feature_count = feature_count {sign} 1 WHERE lower(table_name) = lower('{text}')"
    after = f"CREATE TRIGGER {trigger} AFTER {event.upper()} ON {_quoted(name)}"
    return f"{after} BEGIN UPDATE gpkg_ogr_contents SET {counted}; END"  # noqa: S608  (names are quoted)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _cells(column: "pd.Series[Any]", kind: str) -> Iterator[Any]:
    for value, missing in zip(column.tolist(), column.isna().tolist(), strict=True):
        yield None if missing else int(value) if kind == "BOOLEAN" else str(value) if kind == "TEXT" else value


def _of_one_form(shapes: "Shapes") -> "tuple[Shapes, str]":
    """The shapes and the one type of geometry they have; single ones beside their multiple become multiple too."""
    import numpy as np
    import shapely

    types = shapely.get_type_id(shapes)
    found = tuple(sorted({int(t) for t in types if t >= 0}))
    if found in _MULTIPLE:
        single = types == found[0]
        parts, of = np.asarray(shapes[single]), np.arange(int(single.sum()))
        shapes = shapes.copy()
        shapes[single] = getattr(shapely, _MULTIPLE[found])(parts, indices=of)
        found = found[1:]
    return shapes, _FORMS[found[0]] if len(found) == 1 and found[0] < len(_FORMS) else "GEOMETRY"


def _box(shapes: "Shapes") -> tuple[float | None, ...]:
    import shapely

    some = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    return tuple(float(v) for v in shapely.total_bounds(some)) if len(some) else (None,) * 4


def _blobs(shapes: "Shapes", frame_of: int) -> "list[bytes | None]":
    """Each shape in the binary of a GeoPackage: mark, version, flags, CRS, box of all but points, WKB."""
    import struct

    import shapely

    texts = shapely.to_wkb(shapes, byte_order=1, flavor="iso").tolist()
    bounds = shapely.bounds(shapes)
    boxes = bounds[:, [0, 2, 1, 3]].astype("<f8")
    boxed = ((shapely.get_type_id(shapes) > 0) & ~shapely.is_empty(shapes)).tolist()
    empty = shapely.is_empty(shapes).tolist()
    of = struct.pack("<i", frame_of)
    heads = [b"GP\0" + bytes([_LITTLE | _BOXED * b | _EMPTY * e]) + of for b, e in zip(boxed, empty, strict=True)]
    return [
        None if text is None else head + (box.tobytes() if b else b"") + text
        for text, head, box, b in zip(texts, heads, boxes, boxed, strict=True)
    ]

"""What a GeoParquet says of itself: its shapes, how they are written, in what CRS, how far they reach; its columns."""

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geoplan.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa

    from geoplan.crs import Bounds

__all__ = ["NATIVE", "Head", "head_of", "plain", "plain_type"]

_LONLAT = "OGC:CRS84"
"""What GeoParquet is in where it does not say."""
NATIVE = ("point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon")
_ROW_LABELS = re.compile(r"__index_level_[0-9]+__")
"""What pandas writes beside the columns of a table."""
_SIDES = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says of its main column of shapes.

    Attributes:
        column: its name.
        encoding: `WKB`, or the kind of shape that every row is, its coordinates in columns of their own.
        crs: as GDAL understands it; None where the shapes are said to be in none.
        bounds: of all its shapes; None where the file does not say.
        sides: the columns that hold west, south, east and north of each row; empty where there are none.
        names: of the other columns.
    """

    column: str
    encoding: str
    crs: str | None
    bounds: "Bounds | None"
    sides: tuple[tuple[str, str], ...]
    names: tuple[str, ...]


def head_of(schema: "pa.Schema", path: str) -> Head:
    """What the metadata of a file say.

    Raises:
        SourceError: no shapes, or shapes written in a way that is not read.

    >>> import pyarrow
    >>> told = {"primary_column": "g", "columns": {"g": {"encoding": "WKB", "bbox": [1, 2, 3, 4]}}}
    >>> schema = pyarrow.schema([("g", pyarrow.binary()), ("n", pyarrow.int8())], {"geo": json.dumps(told)})
    >>> found = head_of(schema, "a.parquet")
    >>> found.column, found.crs, found.bounds, found.names
    ('g', 'OGC:CRS84', (1.0, 2.0, 3.0, 4.0), ('n',))
    >>> try:
    ...     head_of(pyarrow.schema([("n", pyarrow.int8())]), "a.parquet")
    ... except SourceError as error:
    ...     error.id
    'source.no_geometry'
    """
    told = _table(json.loads((schema.metadata or {}).get(b"geo", b"{}")))
    name = str(told.get("primary_column", ""))
    column = _table(_table(told.get("columns")).get(name))
    if not column or name not in schema.names:
        raise SourceError("source.no_geometry", path=path)
    encoding = column.get("encoding")
    if encoding != "WKB" and encoding not in NATIVE:
        raise SourceError("source.parquet_encoding", path=path, encoding=encoding)
    sides = _sides(_table(_table(column.get("covering")).get("bbox")), schema)
    crs = column.get("crs", _LONLAT)
    beside = {name, *(first for first, _ in sides)}
    return Head(
        name,
        encoding,
        crs if crs is None or isinstance(crs, str) else json.dumps(crs),
        _bounds(column.get("bbox")),
        sides,
        tuple(n for n in schema.names if n not in beside and not _ROW_LABELS.fullmatch(n)),
    )


def _table(told: Any) -> dict[str, Any]:
    return told if isinstance(told, dict) else {}


def _sides(told: dict[str, Any], schema: "pa.Schema") -> tuple[tuple[str, str], ...]:
    """The columns that hold the box of each row, where there are all four, of numbers."""
    import pyarrow as pa

    paths = [told.get(side) for side in _SIDES]
    held = [(path[0], path[1]) for path in paths if isinstance(path, list) and len(path) == 2]
    if len(held) != len(_SIDES):
        return ()
    for path in held:
        if path[0] not in schema.names:
            return ()
        struct = schema.field(path[0]).type
        if not pa.types.is_struct(struct) or struct.get_field_index(path[1]) < 0:
            return ()
        if not pa.types.is_floating(struct.field(path[1]).type):
            return ()
    return tuple(held)


def _bounds(told: Any) -> "Bounds | None":
    """The extent, of four numbers or six; nothing where it is none, or runs across the date line."""
    if not isinstance(told, list) or len(told) not in {4, 6} or not all(isinstance(n, int | float) for n in told):
        return None
    west, south = float(told[0]), float(told[1])
    east, north = float(told[len(told) // 2]), float(told[len(told) // 2 + 1])
    fits = all(map(math.isfinite, (west, south, east, north))) and west <= east and south <= north
    return (west, south, east, north) if fits else None


def plain_type(kind: "pa.DataType") -> "pa.DataType":
    """What a column becomes in a GeoPackage: itself where it has the like, else text.

    >>> import pyarrow as pa
    >>> print(plain_type(pa.int16()), plain_type(pa.list_(pa.int16())), plain_type(pa.decimal128(5)))
    int16 string string
    """
    import pyarrow as pa

    is_ = pa.types
    if is_.is_dictionary(kind):
        return plain_type(kind.value_type)
    if is_.is_float16(kind):
        return pa.float32()
    if is_.is_large_binary(kind):
        return pa.binary()
    kept = (is_.is_boolean, is_.is_signed_integer, is_.is_floating, is_.is_date32, is_.is_timestamp, is_.is_binary)
    short = is_.is_unsigned_integer(kind) and kind.bit_width < 64
    return kind if short or any(test(kind) for test in kept) else pa.string()


def plain(cells: "pa.Array") -> "pa.Array":
    """A column as that type: what has no like is written as its text, lists as JSON."""
    import pyarrow as pa

    wanted = plain_type(cells.type)
    if cells.type == wanted:
        return cells
    if pa.types.is_dictionary(cells.type):
        return plain(cells.dictionary_decode())
    if wanted != pa.string() or pa.types.is_large_string(cells.type) or pa.types.is_string_view(cells.type):
        return cells.cast(wanted)
    return pa.array([_text(cell) for cell in cells.to_pylist()], type=wanted)


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    return json.dumps(cell, ensure_ascii=False, default=str) if isinstance(cell, list | dict) else str(cell)

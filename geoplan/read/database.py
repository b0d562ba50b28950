"""One table of a PostGIS database, read like a file: its names, CRS and extent first, then the rows a box meets."""

import contextlib
import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geoplan import postgres
from geoplan.errors import SourceError, nearest
from geoplan.read.dataset import Dataset
from geoplan.read.drivers import STEP

if TYPE_CHECKING:
    import geopandas as gpd
    import pyarrow as pa

    from geoplan.crs import Bounds
    from geoplan.read.guards import Found

__all__ = ["Table", "digest_of", "opened"]

_TABLES = """
SELECT f_table_schema || '.' || f_table_name AS name, f_geometry_column, srid
FROM (SELECT f_table_schema, f_table_name, f_geometry_column, srid FROM geometry_columns UNION ALL
SELECT f_table_schema, f_table_name, f_geography_column, srid FROM geography_columns) AS shaped
WHERE has_table_privilege(quote_ident(f_table_schema) || '.' || quote_ident(f_table_name), 'SELECT')
ORDER BY 1, 2
"""
_COLUMNS = """
SELECT a.attname, t.typname FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_KEY = """
SELECT a.attname, t.typname FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE i.indrelid = $1::regclass AND i.indisprimary ORDER BY a.attnum
"""
_SYSTEM = "SELECT auth_name || ':' || auth_srid, srtext FROM spatial_ref_sys WHERE srid = $1"
_SIDES = "SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM e"
_WHOLE_NUMBERS = ("int2", "int4", "int8")
_SHAPES = ("geometry", "geography")
_CHORDS = round(90 / STEP)
"""Chords that stand for a quarter of a circle."""


@dataclass(frozen=True, slots=True)
class Table(Dataset):
    """A table of a database that was opened but not read.

    Attributes:
        link: the connection, in a transaction that can only read.
        name: schema and table, quoted.
        srid: of its shapes, as the database numbers them.
        key: the column of whole numbers that tells rows apart, or an empty text.
    """

    link: Any = None
    name: str = ""
    srid: int = 0
    key: str = ""

    def _rows(
        self, columns: tuple[str, ...] | None, where: str, box: "Bounds | None", most: int | None, **_: Any
    ) -> "gpd.GeoDataFrame":
        import geopandas as gpd
        import shapely

        names = [n for n in (self.fields if columns is None else dict.fromkeys(columns)) if n in self.fields]
        shape = postgres.quoted(self.geometry_column)
        asked = ", ".join(
            [
                *(postgres.quoted(n) for n in names),
                f"ST_AsBinary(ST_Force2D(ST_CurveToLine({shape}::geometry, {_CHORDS:d}))) AS {postgres.quoted(_SHAPE)}",
                f"{postgres.quoted(self.key)} AS {postgres.quoted(_ROW)}"
                if self.key
                else f"0 AS {postgres.quoted(_ROW)}",
            ]
        )
        kept = [f"({where})"] if where else []
        if box is not None:
            kept.append(f"{shape}::geometry && ST_MakeEnvelope($1, $2, $3, $4, {self.srid:d})")
        query = f"SELECT {asked} FROM {self.name}"  # noqa: S608  (names are quoted; the filter is the planner's own)
        query += f" WHERE {' AND '.join(kept)}" if kept else ""
        query += f" ORDER BY {postgres.quoted(self.key) if self.key else f'ST_AsBinary({shape}::geometry)'}"
        query += f" LIMIT {most:d}" if most is not None else ""
        told = {"where": where, "table": self.layer, "names": ", ".join(self.fields)}
        table = _asked(self.link, self.found.gdal, query, None if box is None else tuple(map(float, box)), **told)
        cells = {name: _cells(table[name]) for name in names}
        index = table[_ROW].to_pylist() if self.key else range(1, table.num_rows + 1)
        shapes = shapely.from_wkb(table[_SHAPE].to_numpy(zero_copy_only=False), on_invalid="ignore")
        return gpd.GeoDataFrame(cells, geometry=shapes, index=list(index))

    def curved(self, where: str, box: "Bounds | None") -> int:
        """How many rows hold arcs."""
        shape = f"{postgres.quoted(self.geometry_column)}::geometry"
        query = f"SELECT count(*) AS n FROM {self.name} WHERE ST_HasArc({shape})"  # noqa: S608  (as above)
        query += f" AND ({where})" if where else ""
        query += f" AND {shape} && ST_MakeEnvelope($1, $2, $3, $4, {self.srid:d})" if box is not None else ""
        values = None if box is None else tuple(map(float, box))
        return int(_asked(self.link, self.found.gdal, query, values, table=self.layer).to_pylist()[0]["n"])

    def shapeless(self) -> str:
        """The filter that keeps rows without a shape."""
        return f"{postgres.quoted(self.geometry_column)} IS NULL"

    def digest(self, frame: "gpd.GeoDataFrame") -> str:
        """The sha256 of what was read: rows change in a database, and nothing else tells that they did."""
        return digest_of(frame)


_SHAPE, _ROW, _NAME = "geoplan shape", "geoplan row", "name"


@contextlib.contextmanager
def opened(found: "Found", layer: str) -> Iterator[Table]:
    """A table of a database, in a transaction that can only read.

    Args:
        found: the address.
        layer: `schema.table`, or the table alone where only one schema has it; may be left out where there is one.
            Of a table with several columns of shapes, `schema.table.column`.

    Raises:
        SourceError: the server is not there or does not let us in; no such table, or none with shapes.
    """
    with postgres.connected(found.gdal) as link:
        yield _opened(link, found, layer)


def digest_of(frame: "gpd.GeoDataFrame") -> str:
    """The sha256 of rows, whatever order they came in."""
    import shapely

    cells = frame.drop(columns=frame.geometry.name).itertuples(index=True, name=None)
    shapes = shapely.to_wkb(frame.geometry.to_numpy())
    each = (
        hashlib.sha256(repr(row).encode() + (shape or b"")).digest() for row, shape in zip(cells, shapes, strict=True)
    )
    return hashlib.sha256(b"".join(sorted(each))).hexdigest()


def _opened(link: Any, found: "Found", layer: str) -> Table:
    tables = _asked(link, found.gdal, _TABLES).to_pylist()
    known: dict[str, tuple[str, str, int]] = {}
    for row in tables:
        full, column, srid = row.values()
        alone = sum(other[_NAME] == full for other in tables) == 1
        known[full if alone else f"{full}.{column}"] = (full, column, int(srid))
    chosen = _chosen(layer, list(known), found.text)
    full, column, srid = known[chosen]
    schema, _, table = full.partition(".")
    name = f"{postgres.quoted(schema)}.{postgres.quoted(table)}"
    types = dict(row.values() for row in _asked(link, found.gdal, _COLUMNS, (name,)).to_pylist())
    keys = [tuple(row.values()) for row in _asked(link, found.gdal, _KEY, (name,)).to_pylist()]
    shape = postgres.quoted(column)
    if not srid:
        some = f"SELECT ST_SRID({shape}::geometry) FROM {name} WHERE {shape} IS NOT NULL LIMIT 1"  # noqa: S608  (names are quoted)
        looked = _asked(link, found.gdal, some).to_pylist()
        srid = int(looked[0]["st_srid"]) if looked else 0
    whole = f"SELECT ST_Extent({shape}::geometry) AS b FROM {name}"  # noqa: S608  (names are quoted)
    sides = _asked(link, found.gdal, f"WITH e AS ({whole}) {_SIDES}").to_pylist()
    box = sides[0].values()
    west, south, east, north = (float("nan") if v is None else float(v) for v in box)
    one_key = keys[0][0] if len(keys) == 1 and keys[0][1] in _WHOLE_NUMBERS else ""
    fields = {n: kind for n, kind in types.items() if kind not in _SHAPES}
    crs = _system(link, found.gdal, srid)
    return Table(
        found, found.gdal, chosen, fields, crs, (west, south, east, north), "PostgreSQL", column, {},
        link=link, name=name, srid=srid, key=one_key,
    )  # fmt: skip


def _chosen(layer: str, names: list[str], path: str) -> str:
    if not names:
        raise SourceError("database.no_shapes", path=path)
    if not layer:
        if len(names) > 1:
            raise SourceError("source.which_layer", path=path, names=", ".join(names))
        return names[0]
    fit = [n for n in names if layer in {n, n.partition(".")[2]}]
    several = [n for n in names if f"{layer}." in {n[: len(layer) + 1], n.partition(".")[2][: len(layer) + 1]}]
    if len(fit) > 1 or (not fit and len(several) > 1):
        raise SourceError("source.which_layer", path=path, names=", ".join(fit or several))
    if not fit:
        close = nearest(layer, names) or ", ".join(names[:8])
        raise SourceError("source.no_layer", path=path, layer=layer, nearest=close)
    return fit[0]


def _system(link: Any, address: str, srid: int) -> str:
    """What the database says of that CRS: its registry number where a registry has it, else the text of it."""
    found = _asked(link, address, _SYSTEM, (srid,)).to_pylist() if srid else []
    if not found:
        return ""
    name, text = found[0].values()
    return str(name) if name and str(name).upper().startswith("EPSG:") else str(text or "")


def _asked(link: Any, address: str, query: str, values: tuple[Any, ...] | None = None, **told: Any) -> "pa.Table":
    with postgres.worded(address, **told), link.cursor() as cursor:
        cursor.execute(query, values)
        answer: pa.Table = cursor.fetch_arrow_table()
        return answer


def _cells(column: "pa.ChunkedArray") -> list[Any]:
    """Cells as files hold them: numbers, yes and no, texts; dates as ISO text; exact decimals as their own text."""
    return [_cell(c) for c in column.to_pylist()]


def _cell(cell: Any) -> Any:
    if isinstance(cell, (dt.date, dt.datetime)):
        return cell.isoformat()
    return cell if cell is None or isinstance(cell, (bool, int, float, str)) else str(cell)

"""Results handed over to a PostGIS database in one transaction: what results.gpkg holds, and the scorecard.

The tables stand in a schema of their own. Only tables a run of ours wrote are ever replaced, and a reader sees the old
results or the new ones, never half of each.
"""

import hashlib
from typing import TYPE_CHECKING, Any

from geoplan import postgres
from geoplan.draw.geopackage import spatial_tables
from geoplan.draw.line import lines
from geoplan.errors import StudyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pyarrow as pa

    from geoplan.result import Results

__all__ = ["write_database"]

_MARK = "geoplan"
"""How a table of ours is known again: its comment begins with this word."""
_LONGEST = 63
"""Bytes of a name that PostgreSQL keeps."""
_OURS = """
SELECT c.relname, COALESCE(obj_description(c.oid, 'pg_class'), '') FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
"""


def write_database(results: "Results", address: str, schema: str = "geoplan") -> tuple[str, ...]:
    """Write the zones, the evidence and the scorecard of a run as tables of a schema; returns the names of the tables.

    Args:
        results: what the run found out.
        address: of the database; its password comes from the environment or a pgpass file.
        schema: made where it is not there. Tables of an earlier run in it are replaced, all others are left alone.

    Raises:
        SourceError: the database cannot be reached or written; nothing was changed then.
        StudyError: somebody else's table stands where one of ours would.
    """
    named = postgres.named(address)
    with postgres.connected(named, writing=True) as link, postgres.worded(named), link.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {postgres.quoted(schema)}")
        cursor.execute(_OURS, (schema,))
        there = dict(cursor.fetchall())
        tables = list(_tables(results))
        for name, _, _ in tables:
            if name in there and not there[name].startswith(_MARK):
                raise StudyError("database.not_ours", path=postgres.shown(address), table=f"{schema}.{name}")
        for name in (n for n, comment in there.items() if comment.startswith(_MARK)):
            cursor.execute(f"DROP TABLE {_full(schema, name)}")
        for name, table, srid in tables:
            _write(cursor, schema, name, table, srid, f"{_MARK} · {results.study} · {results.stamp}")
    return tuple(name for name, _, _ in tables)


def _write(cursor: Any, schema: str, name: str, table: "pa.Table", srid: int | None, comment: str) -> None:
    cursor.adbc_ingest(name, table, mode="create", db_schema_name=schema)
    full = _full(schema, name)
    if srid is not None:
        cursor.execute(
            f"ALTER TABLE {full} ALTER COLUMN geom TYPE geometry(Geometry, {srid:d}) "
            f"USING ST_SetSRID(ST_GeomFromWKB(geom), {srid:d})"
        )
        cursor.execute(f"CREATE INDEX ON {full} USING gist (geom)")
    literal = comment.replace("'", "''").replace("\\", "")
    cursor.execute(f"COMMENT ON TABLE {full} IS '{literal}'")


def _full(schema: str, name: str) -> str:
    return f"{postgres.quoted(schema)}.{postgres.quoted(name)}"


def _tables(results: "Results") -> "Iterator[tuple[str, pa.Table, int | None]]":
    import pandas as pd
    import pyarrow as pa

    srid = results.place.crs.to_epsg() or 0
    for name, frame in spatial_tables(results):
        yield _short(name), _arrow(frame), srid
    rows = [dict(line.machine) for line in lines(results)]
    text = {c: [None if r[c] is None else str(r[c]) for r in rows] for c in (rows[0] if rows else {})}
    yield "scorecard", pa.Table.from_pandas(pd.DataFrame(text, dtype=object), preserve_index=False), None


def _arrow(frame: "gpd.GeoDataFrame") -> "pa.Table":
    import pandas as pd
    import pyarrow as pa
    import shapely

    plain = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    table = pa.Table.from_pandas(plain, preserve_index=False)
    shapes = shapely.to_wkb(frame.geometry.to_numpy())
    return table.append_column("geom", pa.array([None if s is None else bytes(s) for s in shapes], type=pa.binary()))


def _short(name: str) -> str:
    """A name PostgreSQL keeps whole: what would be cut ends in a hash instead, lest two names become one."""
    raw = name.encode()
    if len(raw) <= _LONGEST:
        return name
    mark = hashlib.sha256(raw).hexdigest()[:8]
    return f"{raw[: _LONGEST - 9].decode(errors='ignore')}~{mark}"

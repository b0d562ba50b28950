"""results.gpkg: the zones with their values, and the evidence of every answer, for whoever opens them in a GIS."""

import contextlib
import errno
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan.draw.geometry import coarsened
from geoplan.measure import Flow, Halves
from geoplan.result import Result, Results

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["dated", "spatial_tables", "write_geopackage"]

_PLAIN = frozenset("biuf")
_INDEXED = 2_000
"""Features from which a layer gets a spatial index; below, a GIS is as fast without one."""
_FULL = 1024**2
"""Bytes below which a disk counts as full: a database undoes what did not fit, and gives some of them back."""


def write_geopackage(results: Results, path: Path, grid: float = 0.0) -> None:
    """One layer for the boundary, one per analysis and level of zones, one per analysis and kind of evidence.

    Layers are named `<analysis>__<level or evidence>`; amounts stand in m2, m, people and count, `value` in the unit
    of the definition. Two runs on the same input give the same bytes.

    Args:
        results: what a run found out.
        path: the file.
        grid: metres to which coordinates are coarsened; 0 leaves them as they are.

    Raises:
        OSError: the disk is full, or fails.
    """
    # the parts lie beside the file, so that whoever clears away a run that was killed clears them away too
    scratch_beside = tempfile.TemporaryDirectory(dir=path.parent, prefix=".parts-")
    with dated(results.stamp, path), scratch_beside as scratch:
        small: list[tuple[str, Path]] = []
        for name, frame in spatial_tables(results):
            drawn = frame.set_geometry(_shapes(frame, grid), crs=results.place.crs)
            if not path.exists() or len(drawn) >= _INDEXED:
                drawn.to_file(path, layer=name, driver="GPKG", engine="pyogrio", mode="a" if path.exists() else "w")
                continue
            part = Path(scratch, f"{len(small)}.gpkg")
            drawn.to_file(part, layer=name, driver="GPKG", engine="pyogrio", SPATIAL_INDEX="NO")
            small.append((name, part))
        _gather(path, small)


def _gather(path: Path, parts: list[tuple[str, Path]]) -> None:
    """Take layers from files of their own into one: GDAL would look through all it holds for each that is added.

    (m: 350 layers take 34 s when each is appended, and 7 s so.)
    """
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as book:
        book.execute("PRAGMA synchronous = OFF")
        for name, part in parts:
            book.execute("ATTACH ? AS part", (str(part),))
            book.execute("BEGIN")
            _take(book, name)
            book.execute("COMMIT")
            book.execute("DETACH part")


def _take(book: sqlite3.Connection, name: str) -> None:
    own = "SELECT sql FROM part.sqlite_master WHERE tbl_name = ? AND type = ? AND sql IS NOT NULL ORDER BY name"
    quoted = '"' + name.replace('"', '""') + '"'
    for (made,) in book.execute(own, (name, "table")).fetchall():
        book.execute(made)
    book.execute(f"INSERT INTO main.{quoted} SELECT * FROM part.{quoted}")  # noqa: S608  (the name is quoted)
    for table in ("gpkg_spatial_ref_sys", "gpkg_contents", "gpkg_geometry_columns", "gpkg_ogr_contents"):
        book.execute(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM part.{table}")  # noqa: S608  (names of ours)
    # they count rows as they come, so they follow the rows
    for (made,) in book.execute(own, (name, "trigger")).fetchall():
        book.execute(made)


def spatial_tables(results: Results) -> "Iterator[tuple[str, gpd.GeoDataFrame]]":
    """The boundary, the zones with their values and the evidence of every answer: each with the name of its table."""
    import geopandas as gpd

    place = results.place
    yield "boundary", gpd.GeoDataFrame({"name": [place.name]}, geometry=[place.area], crs=place.crs)
    for result in results.results:
        if result.outcome is None:
            continue
        for level, rows in result.outcome.measure.by_zone.items():
            table = [{"zone": row.zone, "name": row.name, **_amounts(row.value, result)} for row in rows]
            zones = place.zones[level]
            shape_of = dict(zip(zones.ids, zones.shapes, strict=True))
            shapes = [None if row.zone is None else shape_of[row.zone] for row in rows]
            yield f"{result.name}__{level}", gpd.GeoDataFrame(table, geometry=shapes, crs=place.crs)
        for name, frame in result.outcome.evidence.items():
            yield f"{result.name}__{name}", _plain(frame)


def _amounts(value: Any, result: Result) -> dict[str, Any]:
    if isinstance(value, Halves):
        amounts = {"part": value.part, "whole": value.whole, "unknown": value.unknown}
        return {"value": _number(result.in_unit(value.value)), **{k: float(v) for k, v in amounts.items()}}
    if isinstance(value, Flow):
        flow = {key: float(getattr(value, key)) for key in ("before", "after", "gained", "lost", "slivers")}
        return {"value": _number(result.in_unit(value.gained - value.lost)), **flow}
    return {"value": _number(result.in_unit(value))}


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _plain(frame: "gpd.GeoDataFrame") -> "gpd.GeoDataFrame":
    """The frame with columns a GeoPackage can hold: what is neither number nor text is written as text."""
    import pandas as pd

    frame = frame.reset_index(drop=True)
    for name in frame.columns.drop(frame.geometry.name):
        column = frame[name]
        numeric = getattr(column.dtype, "kind", "O") in _PLAIN
        if not numeric and not pd.api.types.is_datetime64_any_dtype(column):
            frame[name] = [None if _is_missing(v) else str(v) for v in column]
    return frame if frame.geometry.name == "geometry" else frame.rename_geometry("geometry")


def _is_missing(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124  (NaN and NaT are the values that differ from themselves)


def _shapes(frame: "gpd.GeoDataFrame", grid: float) -> Any:
    import shapely

    shapes = frame.geometry.to_numpy()
    return shapely.make_valid(coarsened(shapes, grid)) if grid > 0 else shapes


@contextlib.contextmanager
def dated(stamp: str, path: Path) -> Iterator[None]:
    """While the block writes a file, GDAL puts the stamp where it would put the hour.

    Raises:
        OSError: the disk is full, or fails, which GDAL and databases say in words of their own.
    """
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

    day = stamp if len(stamp) == 10 else "1970-01-01"
    # the folder is brought to the disk as a whole once it is full: until then no layer need be
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{day}T00:00:00.000Z", "OGR_SQLITE_SYNCHRONOUS": "OFF"})
    try:
        yield
    except (sqlite3.Error, DataLayerError, DataSourceError, FeatureError) as error:
        full = shutil.disk_usage(path.parent).free < _FULL
        raise OSError(errno.ENOSPC if full else errno.EIO, str(error), str(path)) from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None, "OGR_SQLITE_SYNCHRONOUS": None})

"""results.gpkg: the zones with their values, and the evidence of every answer, for whoever opens them in a GIS."""

import contextlib
import errno
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan.draw.geometry import coarsened
from geoplan.draw.gis_table import add_table, can_hold
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
    with dated(results.stamp, path) as hour:
        tables = (
            (name, frame.set_geometry(_shapes(frame, grid), crs=results.place.crs))
            for name, frame in spatial_tables(results)
        )
        by_hand: list[tuple[str, gpd.GeoDataFrame]] = []
        for name, drawn in tables:
            # the first makes the file; a layer with an index is GDAL's
            if path.exists() and len(drawn) < _INDEXED and can_hold(drawn):
                by_hand.append((name, drawn))
            else:
                drawn.to_file(path, layer=name, driver="GPKG", engine="pyogrio", mode="a" if path.exists() else "w")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as book:
            book.execute("PRAGMA synchronous = OFF")
            book.execute("BEGIN")
            for name, drawn in by_hand:
                add_table(book, name, drawn, hour)
            book.execute("COMMIT")


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
def dated(stamp: str, path: Path) -> Iterator[str]:
    """While the block writes a file, GDAL puts the stamp where it would put the hour; the hour it is told.

    Raises:
        OSError: the disk is full, or fails, which GDAL and databases say in words of their own.
    """
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

    day = stamp if len(stamp) == 10 else "1970-01-01"
    # the folder is brought to the disk as a whole once it is full: until then no layer need be
    hour = f"{day}T00:00:00.000Z"
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": hour, "OGR_SQLITE_SYNCHRONOUS": "OFF"})
    try:
        yield hour
    except (sqlite3.Error, DataLayerError, DataSourceError, FeatureError) as error:
        full = shutil.disk_usage(path.parent).free < _FULL
        raise OSError(errno.ENOSPC if full else errno.EIO, str(error), str(path)) from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None, "OGR_SQLITE_SYNCHRONOUS": None})

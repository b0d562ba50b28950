"""Tables of a GeoPackage that are written by hand are what GDAL writes, row for row and byte for byte of a shape."""

import sqlite3

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geoplan.draw.geopackage import dated
from geoplan.draw.gis_table import add_table, can_hold

CRS = "EPSG:4548"
SQUARE, OTHER = shapely.box(500000.25, 4330000, 500010, 4330010.125), shapely.box(500020, 4330000, 500030, 4330010)
BOTH = shapely.multipolygons([SQUARE, OTHER])
LINE = shapely.from_wkt("LINESTRING (500000 4330000, 500010 4330010, 500020 4330000)")
HOLE = shapely.difference(shapely.box(500000, 4330000, 500100, 4330100), shapely.box(500010, 4330010, 500020, 4330020))
SHAPES = {
    "points": [shapely.Point(500000.5, 4330000), shapely.Point(500001, 4330001)],
    "a missing one": [shapely.Point(500000.5, 4330000), None],
    "lines": [LINE, LINE],
    "polygons": [SQUARE, HOLE],
    "polygons beside multipolygons": [SQUARE, BOTH],
    "points beside multipoints": [
        shapely.Point(500000, 4330000),
        shapely.MultiPoint([(500001, 4330001), (500003, 4330004)]),
    ],
    "lines beside multilines": [LINE, shapely.MultiLineString([LINE])],
    "everything": [SQUARE, LINE],
    "points beside polygons": [shapely.Point(500000, 4330000), SQUARE],
    "an empty one": [SQUARE, shapely.Polygon()],
    "none at all": [None, None],
}
COLUMNS = {
    "text": ["甲", None],
    "quoted": ['a "b"', "it's"],
    "number": [1.5, float("nan")],
    "count": [3, -4],
    "flag": [True, False],
    "known": pd.array([7, None], dtype="Int64"),
    "perhaps": pd.array([True, None], dtype="boolean"),
}


def written(tmp_path, frame, name="a'b\"c__部"):
    """The same table written by GDAL and by us, each into a file that holds a first table."""
    said = []
    for who in ("gdal", "own"):
        path = tmp_path / f"{who}.gpkg"
        with dated("2025-06-30", path) as hour:
            first = gpd.GeoDataFrame({"name": ["x"]}, geometry=[SQUARE], crs=CRS)
            first.to_file(path, layer="boundary", driver="GPKG", engine="pyogrio")
            if who == "gdal":
                frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio", mode="a", SPATIAL_INDEX="NO")
            else:
                with sqlite3.connect(path) as book:
                    add_table(book, name, frame, hour)
        with sqlite3.connect(path) as book:
            tables = dict(book.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"))
            made = [t for t, sql in tables.items() if sql.startswith("CREATE TABLE")]
            rows = {t: book.execute(_all_of(t)).fetchall() for t in made}
        said.append((tables, rows))
    return *said, path


def _all_of(table):
    quoted = table.replace('"', '""')
    return f'SELECT * FROM "{quoted}"'  # noqa: S608  (the name is quoted)


@pytest.mark.parametrize("shapes", SHAPES.values(), ids=SHAPES)
def test_a_table_is_what_gdal_writes(tmp_path, shapes):
    frame = gpd.GeoDataFrame(dict(COLUMNS), geometry=shapes, crs=CRS)
    assert can_hold(frame)
    (gdal, theirs), (own, ours), path = written(tmp_path, frame)
    assert own == gdal
    assert ours == theirs
    assert len(pyogrio.read_dataframe(path, layer="a'b\"c__部")) == 2


def test_a_table_without_rows_is_what_gdal_writes(tmp_path):
    frame = gpd.GeoDataFrame({"name": np.array([], dtype=object)}, geometry=[], crs=CRS)
    (gdal, theirs), (own, ours), path = written(tmp_path, frame)
    assert own == gdal
    assert ours == theirs
    assert len(pyogrio.read_dataframe(path, layer="a'b\"c__部")) == 0


def test_rows_are_counted_when_a_gis_adds_or_takes_some(tmp_path):
    *_, path = written(tmp_path, gpd.GeoDataFrame({"n": [1, 2]}, geometry=[SQUARE, OTHER], crs=CRS), "t")
    count = "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 't'"
    with sqlite3.connect(path) as book:
        book.execute("DELETE FROM t WHERE fid = 1")
        assert book.execute(count).fetchone() == (1,)
        book.execute("INSERT INTO t (n) VALUES (9)")
        assert book.execute(count).fetchone() == (2,)


@pytest.mark.parametrize(
    "frame",
    [
        gpd.GeoDataFrame({"day": pd.to_datetime(["2025-06-30"])}, geometry=[SQUARE], crs=CRS),
        gpd.GeoDataFrame({"n": np.array([1], dtype="int16")}, geometry=[SQUARE], crs=CRS),
        gpd.GeoDataFrame({"FID": [1]}, geometry=[SQUARE], crs=CRS),
        gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(1, 2, 3)], crs=CRS),
    ],
    ids=["dates", "short numbers", "a name that is taken", "heights"],
)
def test_what_is_not_plain_is_left_to_gdal(frame):
    assert not can_hold(frame)

"""Rows are what pyogrio makes of them, to the type of every column; what is moved is not held twice."""

import json
import sqlite3
import struct
from contextlib import closing

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.raw
import pytest
import shapely

from geoplan import crs as crs_room
from geoplan.read import rows

BOX = (500_000.0, 4_334_000.0, 500_600.0, 4_334_500.0)
DXF = """0 SECTION 2 ENTITIES 0 LINE 8 roads 10 500000 20 4334000 11 500100 21 4334100 0 TEXT 8 words 10 500010 20 4334010
40 2.5 1 park 0 POINT 8 0 10 500020 20 4334020 0 ENDSEC 0 EOF"""


def zoo(kinds):
    """A column of every kind, with nulls and without; every kind of shape, and none."""
    rng = np.random.default_rng(7)
    count = 150
    east, north = 500_000 + rng.uniform(0, 1_200, count), 4_334_000 + rng.uniform(0, 900, count)
    shapes = shapely.buffer(shapely.points(east, north), 20, quad_segs=2)
    if kinds:
        shapes[::4] = shapely.multipolygons(shapes[::4], indices=np.arange(len(shapes[::4])))
        shapes[5], shapes[77] = None, None
    every = {
        "名称": [f"公园{n}" if n % 7 else None for n in range(count)],
        "text": [f"t{n}" for n in range(count)],
        "int": np.arange(count, dtype="int32"),
        "long": np.arange(count, dtype="int64") * 10_000_000_000,
        "int_null": pd.array([n if n % 5 else None for n in range(count)], dtype="Int32"),
        "long_null": pd.array([n * 10**10 if n % 5 else None for n in range(count)], dtype="Int64"),
        "short": np.arange(count, dtype="int16"),
        "real": rng.uniform(size=count),
        "real32": rng.uniform(size=count).astype("float32"),
        "real_null": [n / 3 if n % 5 else None for n in range(count)],
        "flag": rng.integers(0, 2, count).astype(bool),
        "flag_null": pd.array([bool(n % 2) if n % 5 else None for n in range(count)], dtype="boolean"),
        "time": pd.date_range("2020-01-01 10:00", periods=count, freq="h"),
        "zoned": pd.date_range("2020-01-01 10:00", periods=count, freq="h", tz="Asia/Shanghai"),
        "time_null": [pd.Timestamp("2021-05-06 07:08:09.123") if n % 5 else None for n in range(count)],
        "day": [f"2020-01-{1 + n % 28:02d}" for n in range(count)],
        "nothing": [None] * count,
    }
    return gpd.GeoDataFrame(every, geometry=shapes, crs="EPSG:4548")


def book(path):
    """A GeoPackage as other programs write it: dates, bytes, JSON, yes and no, curves."""
    frame = zoo(kinds=True)
    frame["bytes"] = [bytes([n, 0, 255]) if n % 3 else None for n in range(len(frame))]
    frame.to_file(path, layer="zoo")
    with closing(sqlite3.connect(path)) as opened:
        for (trigger,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            opened.execute(f'DROP TRIGGER "{trigger}"')
        opened.execute("ALTER TABLE zoo ADD COLUMN born DATE")
        opened.execute("ALTER TABLE zoo ADD COLUMN never DATETIME")
        opened.execute("ALTER TABLE zoo ADD COLUMN more TEXT")
        opened.execute("UPDATE zoo SET born = '2020-02-03', more = '{\"a\": [1, 2]}' WHERE fid % 3 = 0")
        columns = [row[1] for row in opened.execute("PRAGMA table_info(gpkg_data_columns)")]
        if not columns:
            opened.execute(
                "CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT,"
                " title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT)"
            )
        opened.execute(
            "INSERT INTO gpkg_data_columns (table_name, column_name, mime_type) VALUES ('zoo', 'more', 'application/json')"
        )
        opened.commit()
    return path


def curves(path):
    """A plot bounded by two arcs, as nothing here can write it but by its bytes."""
    corners = [(0, 0), (50, 50), (100, 0), (50, -50), (0, 0)]
    places = b"".join(struct.pack("<2d", BOX[0] + x, BOX[1] + y) for x, y in corners)
    ring = struct.pack("<bII", 1, 8, len(corners)) + places
    zoo(kinds=False)[["text", "geometry"]].iloc[:40].to_file(path, layer="zoo")
    with closing(sqlite3.connect(path)) as opened:
        for (trigger,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            opened.execute(f'DROP TRIGGER "{trigger}"')
        # the first forty bytes say the CRS and the box, and may be those of another shape
        (head,) = opened.execute("SELECT substr(geom, 1, 40) FROM zoo").fetchone()
        opened.execute("UPDATE zoo SET geom = ?", (head + struct.pack("<bII", 1, 10, 1) + ring,))
        opened.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = 'GEOMETRY'")
        opened.commit()


def made(name, folder):
    path = folder / name
    if name == "zoo.gpkg":
        return book(path)
    if name == "zoo.dxf":
        path.write_text("\n".join([*DXF.split(), ""]), encoding="utf-8")
    elif name == "zoo.csv":
        frame = zoo(kinds=True)
        frame.assign(wkt=frame.geometry.to_wkt()).drop(columns="geometry").to_csv(path, index=False)
    elif name == "lists.geojson":
        told = json.loads(zoo(kinds=False)[["text", "geometry"]].iloc[::5].to_crs(4490).to_json())
        for n, feature in enumerate(told["features"]):
            feature["properties"] |= {"list": [n, 2], "words": ["a", "b"], "deep": {"a": n}, "reals": [0.5, None]}
        path.write_text(json.dumps(told), encoding="utf-8")
    elif name == "curves.gpkg":
        curves(path)
    elif name == "empty.gpkg":
        zoo(kinds=False).iloc[:0].to_file(path)
    elif path.suffix == ".gdb":
        zoo(kinds=False).to_file(path, driver="OpenFileGDB")
    elif path.suffix == ".tab":
        zoo(kinds=False).to_file(path, encoding="UTF-8", ENCODING="UTF-8")
    elif path.suffix in {".kml", ".gml", ".fgb"}:
        zoo(kinds=False).to_crs("EPSG:4490").to_file(path)
    else:
        zoo(kinds=path.suffix != ".shp").to_file(path)
    return path


NAMES = (
    "zoo.gpkg", "zoo.shp", "zoo.geojson", "zoo.fgb", "zoo.csv", "zoo.gml", "zoo.kml", "zoo.gdb", "zoo.dxf", "zoo.sqlite",
    "zoo.tab", "lists.geojson", "empty.gpkg", "curves.gpkg",
)  # fmt: skip


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("asked", ["all", "box", "few", "where", "some"])
def test_rows_are_what_pyogrio_makes_of_them(tmp_path, name, asked):
    path = str(made(name, tmp_path))
    layer = str(pyogrio.list_layers(path)[0][0])
    options = {"GEOM_POSSIBLE_NAMES": "wkt"} if name.endswith(".csv") else {}
    info = pyogrio.read_info(path, layer=layer, force_total_bounds=True, **options)
    first = str(info["fields"][0])
    degrees = pyogrio.read_info(path, layer=layer, **options)["crs"] in {"EPSG:4490", "EPSG:4326"}
    box = crs_room.transform_bounds(BOX, crs_room.parse("EPSG:4548"), crs_room.parse("EPSG:4490")) if degrees else BOX
    keys = {
        "all": {},
        "box": {"box": box},
        "few": {"most": 3},
        "where": {"where": f'"{first}" IS NOT NULL'},
        "some": {"columns": [first]},
    }[asked]
    theirs = {"bbox": keys.get("box"), "max_features": keys.get("most"), "where": keys.get("where")}
    wanted = pyogrio.read_dataframe(
        path, layer=layer, columns=keys.get("columns"), **theirs,
        fid_as_index=True, datetime_as_string=True, on_invalid="ignore", **options,
    )  # fmt: skip
    found = rows.features(path, layer, options=options, **keys)
    assert len(wanted) or name == "empty.gpkg"
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(wanted), check_exact=True)
    assert found.crs == wanted.crs
    for column in found.columns.drop("geometry"):
        assert [type(c) for c in found[column]] == [type(c) for c in wanted[column]], column


def test_a_table_without_shapes_is_none(tmp_path):
    pd.DataFrame({"a": [1]}).to_csv(tmp_path / "bare.csv", index=False)
    assert rows.features(str(tmp_path / "bare.csv"), "bare", options={}) is None


def test_what_is_moved_part_by_part_is_what_is_moved_at_once():
    frame = zoo(kinds=True)
    shapes = np.array(frame.geometry, dtype=object)
    shapes = np.concatenate([shapes, shapely.segmentize(shapes[:19], 0.01), shapes[:2]])
    shapes[0] = shapely.force_3d(shapes[0], 5.0)
    study, degrees = crs_room.parse("EPSG:4548"), crs_room.parse("EPSG:4490")
    wanted = crs_room.to_crs(shapes, study, degrees)
    assert shapely.get_num_coordinates(shapes).sum() > 2 * 65_536
    rows.move(shapes, study, degrees)
    assert shapely.equals_identical(shapes, wanted)[~shapely.is_missing(shapes)].all()
    assert (shapely.is_missing(shapes) == shapely.is_missing(wanted)).all()

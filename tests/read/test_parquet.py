"""GeoParquet gives the rows a GeoPackage gives, however it is written, and reads no more of it than the box asks for."""

import contextlib
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from geoplan.errors import GeoplanError, SourceError
from geoplan.read import dataset, parquet
from geoplan.read.guards import locate

CRS = "EPSG:4548"
WHOLE = (500_000.0, 4_334_000.0, 501_000.0, 4_335_000.0)
NAMES = ("ids", "名称", "long", "part", "flag", "time", "day")


def rows(count=400, *, kind="polygon", gaps=True, at=(500_000, 4_334_000)):
    rng = np.random.default_rng(11)
    east, north = at[0] + rng.uniform(0, 1_000, count), at[1] + rng.uniform(0, 1_000, count)
    shapes = shapely.points(east, north)
    if kind != "point":
        shapes = shapely.buffer(shapes, 15, quad_segs=2)
    if kind == "multipolygon":
        shapes = shapely.multipolygons(shapes, indices=np.arange(count))
    if kind == "linestring":
        shapes = shapely.linestrings(np.stack([np.c_[east, north], np.c_[east + 20, north + 5]], axis=1))
    if kind == "multilinestring":
        shapes = shapely.multilinestrings(
            shapely.linestrings(np.stack([np.c_[east, north], np.c_[east + 20, north + 5]], axis=1)),
            indices=np.arange(count),
        )
    if kind == "multipoint":
        shapes = shapely.multipoints(shapely.points(east, north), indices=np.arange(count))
    if gaps:
        shapes[[3, 77, 311]] = None
    named = {
        "ids": [f"P{n}" for n in range(count)],
        "名称": [f"公园{n}" if n % 7 else None for n in range(count)],
        "long": pd.array([n if n % 5 else None for n in range(count)], dtype="Int64"),
        "part": rng.uniform(size=count).round(4),
        "flag": rng.integers(0, 2, count).astype(bool),
        "time": pd.date_range("2020-01-01 10:00", periods=count, freq="h"),
        "day": [pd.Timestamp("2020-02-03").date()] * count,
    }
    return gpd.GeoDataFrame(named, geometry=shapes, crs=CRS)


def both(frame, folder, **how):
    frame.to_file(folder / "parks.gpkg", layer="parks")
    frame.to_parquet(folder / "parks.parquet", **how)
    return folder


def read(folder, name, columns=NAMES, **keys):
    with dataset.opened(locate(name, folder)) as data:
        return data.read(columns, **keys)


def assert_same(one, other):
    one, other = one.sort_index(), other.sort_index()
    pd.testing.assert_frame_equal(
        pd.DataFrame(one.drop(columns="geometry")), pd.DataFrame(other.drop(columns="geometry"))
    )
    shapes = [np.array(frame.geometry, dtype=object) for frame in (one, other)]
    assert (shapely.is_missing(shapes[0]) == shapely.is_missing(shapes[1])).all()
    here = ~shapely.is_missing(shapes[0])
    assert shapely.equals_identical(*(s[here] for s in shapes)).all()


def boxes(count, seed=3):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        west, east = np.sort(rng.uniform(WHOLE[0] - 200, WHOLE[2] + 200, 2))
        south, north = np.sort(rng.uniform(WHOLE[1] - 200, WHOLE[3] + 200, 2))
        yield (float(west), float(south), float(east), float(north))


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"row_group_size": 50},
        {"row_group_size": 50, "write_covering_bbox": True, "schema_version": "1.1.0"},
    ],
    ids=["one group", "groups", "covering"],
)
def test_random_boxes_give_the_rows_of_a_geopackage(tmp_path, how):
    frame = rows()
    frame.loc[5, "geometry"] = shapely.Polygon()
    frame.loc[9, "geometry"] = shapely.box(-1, -1, 1, 1)
    frame = frame.iloc[np.argsort(np.nan_to_num(shapely.bounds(frame.geometry)[:, 0]))].reset_index(drop=True)
    folder = both(frame, tmp_path, **how)
    sizes = []
    for box in boxes(12):
        found = read(folder, "parks.parquet", box=box)
        assert_same(found, read(folder, "parks.gpkg", box=box))
        sizes.append(len(found))
    assert min(sizes) < 30
    assert max(sizes) > 100
    assert_same(read(folder, "parks.parquet"), read(folder, "parks.gpkg"))


@pytest.mark.parametrize("where", ['"long" > 100 AND flag = 1', '"名称" IS NULL', "ids = 'P7'", "fid < 5"])
def test_a_filter_is_asked_of_the_same_rows(tmp_path, where):
    folder = both(rows(), tmp_path, row_group_size=64)
    for keys in ({}, {"box": next(boxes(1))}):
        found = read(folder, "parks.parquet", where=where, **keys)
        assert_same(found, read(folder, "parks.gpkg", where=where, **keys))
    for columns in (("ids",), ()):
        some = read(folder, "parks.parquet", columns, where=where, most=2)
        assert len(some) <= 2
        assert len(some) == min(2, len(read(folder, "parks.gpkg", where=where)))


@pytest.mark.parametrize("kind", ["point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"])
@pytest.mark.parametrize("gaps", [False, True])
def test_native_encodings_are_read(tmp_path, kind, gaps):
    frame = rows(kind=kind, gaps=gaps)
    folder = both(frame, tmp_path, row_group_size=90, geometry_encoding="geoarrow", schema_version="1.1.0")
    told = json.loads(pq.read_schema(folder / "parks.parquet").metadata[b"geo"])
    assert told["columns"]["geometry"]["encoding"] == kind
    for keys in ({}, {"box": next(boxes(1))}):
        assert_same(read(folder, "parks.parquet", **keys), read(folder, "parks.gpkg", **keys))


def retold(path, change):
    """The file with other metadata."""
    table = pq.read_table(path)
    told = json.loads(table.schema.metadata[b"geo"])
    change(told["columns"]["geometry"])
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(told).encode()}), path, row_group_size=100)


def test_another_encoding_is_named(tmp_path):
    folder = both(rows(), tmp_path)
    retold(folder / "parks.parquet", lambda column: column.update(encoding="TWKB"))
    with pytest.raises(SourceError) as caught:
        read(folder, "parks.parquet")
    assert caught.value.id == "source.parquet_encoding"
    assert "TWKB" in caught.value.say("zh")


@pytest.mark.parametrize("covering", [False, True])
def test_the_extent_is_what_is_said_and_else_what_is_there(tmp_path, covering):
    frame = rows()
    frame.to_parquet(tmp_path / "parks.parquet", write_covering_bbox=covering, schema_version="1.1.0")
    there = tuple(shapely.total_bounds(frame.geometry))
    for change in (lambda _: None, lambda column: column.pop("bbox"), lambda column: column.update(bbox=[1, 2])):
        retold(tmp_path / "parks.parquet", change)
        with dataset.opened(locate("parks.parquet", tmp_path)) as data:
            assert data.bounds == pytest.approx(there, abs=1e-6)
            assert (data.crs, len(data.fields)) == ("EPSG:4548", 7)
    retold(tmp_path / "parks.parquet", lambda column: column.update(bbox=[0, 1, 2, 3, 4, 5]))
    with dataset.opened(locate("parks.parquet", tmp_path)) as data:
        assert data.bounds == (0, 1, 3, 4)
    rows(3, gaps=False).iloc[:0].to_parquet(tmp_path / "none.parquet")
    with dataset.opened(locate("none.parquet", tmp_path)) as data:
        assert np.isnan(data.bounds).all()
        assert len(data.read(("ids",))) == 0


def test_boxes_of_half_the_length_lose_no_row(tmp_path):
    frame = rows(300, kind="point", gaps=False)
    frame.to_parquet(tmp_path / "parks.parquet")
    table = pq.read_table(tmp_path / "parks.parquet")
    sides = shapely.bounds(frame.geometry.to_numpy()).astype("float32")
    struct = pa.StructArray.from_arrays(
        [pa.array(sides[:, n]) for n in range(4)], names=["xmin", "ymin", "xmax", "ymax"]
    )
    told = json.loads(table.schema.metadata[b"geo"])
    told["columns"]["geometry"]["covering"] = {"bbox": {n: ["bbox", n] for n in ("xmin", "ymin", "xmax", "ymax")}}
    table = table.append_column("bbox", struct).replace_schema_metadata({b"geo": json.dumps(told).encode()})
    pq.write_table(table, tmp_path / "parks.parquet", row_group_size=30)
    for point, name in zip(frame.geometry, frame["ids"], strict=True):
        box = (point.x - 1e-3, point.y - 1e-3, point.x + 1e-3, point.y + 1e-3)
        assert name in set(read(tmp_path, "parks.parquet", ("ids",), box=box)["ids"])


def test_row_groups_that_lie_elsewhere_are_not_opened_and_nothing_else_is_copied(tmp_path, monkeypatch):
    near, far = rows(200, gaps=False), rows(2_000, gaps=False, at=(600_000, 4_400_000))
    frame = pd.concat([near, far], ignore_index=True)
    frame.to_parquet(tmp_path / "parks.parquet", row_group_size=200, write_covering_bbox=True, schema_version="1.1.0")
    opened, copied = [], []
    batches, write = parquet.Parquet._batches, pyogrio.write_arrow

    def watched(self, group, columns):
        if "geometry" in columns:
            opened.append(group)
        return batches(self, group, columns)

    def written(stream, path, **keys):
        write(stream, path, **keys)
        copied.append(pyogrio.read_info(path)["features"])

    monkeypatch.setattr(parquet.Parquet, "_batches", watched)
    monkeypatch.setattr(pyogrio, "write_arrow", written)
    assert len(read(tmp_path, "parks.parquet", box=WHOLE)) == 200
    assert opened == [0]
    assert max(copied) == 200


def test_what_is_no_shape_is_left_to_the_ledger(tmp_path):
    frame = rows(gaps=False)
    frame.to_parquet(tmp_path / "parks.parquet")
    table = pq.read_table(tmp_path / "parks.parquet")
    shapes = table["geometry"].to_pylist()
    shapes[8] = b"\x01\x63\x00\x00\x00no shape"
    broken = table.set_column(table.schema.names.index("geometry"), "geometry", pa.array(shapes, type=pa.binary()))
    pq.write_table(broken, tmp_path / "parks.parquet")
    found = read(tmp_path, "parks.parquet")
    assert len(found) == len(frame)
    assert found.index[found.geometry.isna()].tolist() == [9]


def test_columns_of_any_type_are_read(tmp_path):
    frame = rows(4, gaps=False)[["geometry"]]
    frame["fid"] = ["a", "b", "c", "d"]
    frame["kind"] = pd.Categorical(["x", "y", None, "x"])
    frame["list"] = [["甲", "乙"], [], None, ["丙"]]
    frame["deep"] = [{"a": 1}, {"a": 2}, {"a": 3}, None]
    frame["huge"] = np.array([2**63 + 1, 1, 2, 3], dtype="uint64")
    frame["small"] = np.array([1, 2, 3, 4], dtype="uint8")
    frame["half"] = np.array([0.5, 1, 2, 3], dtype="float16")
    frame["nothing"] = [None] * 4
    frame.to_parquet(tmp_path / "parks.parquet")
    found = read(tmp_path, "parks.parquet", None)
    assert found["fid"].tolist() == ["a", "b", "c", "d"]
    assert found["kind"].iloc[0] == "x"
    assert pd.isna(found["kind"].iloc[2])
    assert found["list"].iloc[0] == '["甲", "乙"]'
    assert found["deep"].iloc[1] == '{"a": 2}'
    assert found["huge"].iloc[0] == str(2**63 + 1)
    assert found["small"].tolist() == [1, 2, 3, 4]
    assert found["half"].tolist() == [0.5, 1, 2, 3]
    assert found["nothing"].isna().all()


@pytest.mark.parametrize("covering", [False, True])
def test_a_file_with_harmed_bytes_is_whole_or_refused(tmp_path, covering):
    frame = rows(120, gaps=False)
    path = tmp_path / "parks.parquet"
    frame.to_parquet(path, row_group_size=40, write_covering_bbox=covering, schema_version="1.1.0", compression="zstd")
    data, rng = path.read_bytes(), np.random.default_rng(5)
    outcomes = []
    for _ in range(60):
        harmed = bytearray(data)
        for at in rng.integers(4, len(data), 3):
            harmed[at] ^= 1 << int(rng.integers(8))
        path.write_bytes(harmed)
        with contextlib.suppress(GeoplanError):
            outcomes.append(len(read(tmp_path, "parks.parquet", None)))
    assert set(outcomes) == {120}
    assert len(outcomes) < 60


def test_the_table_goes_by_the_name_of_the_file(tmp_path):
    folder = both(rows(), tmp_path)
    with dataset.opened(locate("parks.parquet", folder), layer="parks") as data:
        assert data.layer == "parks"
    with (
        pytest.raises(SourceError, match="parks") as caught,
        dataset.opened(locate("parks.parquet", folder), layer="park"),
    ):
        pass
    assert caught.value.id == "source.no_layer"
    assert Path(folder / "parks.parquet").exists()

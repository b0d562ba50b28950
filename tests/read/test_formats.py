"""The same rows in any format are the same layer: to 1e-9 in place, to the letter in words."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geoplan import crs as crs_room
from geoplan.errors import GeoplanError, SourceError
from geoplan.layer import LayerSpec
from geoplan.read import check_source, open_layer

STUDY = crs_room.parse("EPSG:4548")
AREA = shapely.box(499_900, 4_333_900, 500_700, 4_335_000)
SPEC = LayerSpec.from_toml(
    "parks",
    {
        "title": {"zh": "公园", "en": "Parks"},
        "geometry": "any",
        "columns": {"area": {"aliases": ["面积"], "kind": "number"}, "free": {"aliases": ["免费"], "kind": "flag"}},
    },
)


def rows(kind):
    rng = np.random.default_rng(4)
    east, north = 500_000 + rng.uniform(0, 1_200, 60), 4_334_000 + rng.uniform(0, 900, 60)
    shapes = shapely.points(east, north)
    if kind == "polygon":
        shapes = shapely.buffer(shapes, 20, quad_segs=3)
    named = {
        "id": [f"P{n:02d}" for n in range(60)],
        "名称": [f"公园{n}" if n % 7 else None for n in range(60)],
        "面积": rng.uniform(100, 9_000, 60).round(3),
        "免费": ["是" if n % 3 else "否" for n in range(60)],
    }
    return gpd.GeoDataFrame(named, geometry=shapes, crs=STUDY)


def written(frame, path):
    plain = pd.DataFrame(frame.drop(columns="geometry"))
    if path.suffix in {".csv", ".xlsx"}:
        if path.stem == "xy":
            plain = plain.assign(X=shapely.get_x(frame.geometry), Y=shapely.get_y(frame.geometry))
        elif path.stem == "degrees":
            turned = frame.to_crs("EPSG:4490").geometry
            plain = plain.assign(经度=shapely.get_x(turned), 纬度=shapely.get_y(turned))
        else:
            plain = plain.assign(wkt=shapely.to_wkt(frame.geometry, rounding_precision=-1))
        plain.to_csv(path, index=False) if path.suffix == ".csv" else plain.to_excel(path, index=False)
    elif path.suffix == ".parquet":
        frame.to_parquet(path, row_group_size=16)
    elif path.suffix == ".gdb":
        frame.to_file(path, driver="OpenFileGDB", layer="parks")
        frame.iloc[:3].to_file(path, driver="OpenFileGDB", layer="others", mode="a")
    else:
        frame.to_file(path)
    return path


def opened(path, **keys):
    declared = {"path": path.name, **keys}
    assert check_source(declared, path.parent, SPEC) == []
    return open_layer(SPEC, declared, folder=path.parent, crs=STUDY, area=AREA)


def assert_same(one, other, within):
    sorted_ = [layer.frame.sort_values("id").reset_index(drop=True) for layer in (one, other)]
    words = [frame.drop(columns="geometry") for frame in sorted_]
    pd.testing.assert_frame_equal(*words, check_dtype=False, rtol=1e-12)
    vertices = [shapely.get_coordinates(shapely.normalize(frame.geometry.to_numpy())) for frame in sorted_]
    assert np.abs(vertices[0] - vertices[1]).max() <= within
    assert (one.ledger.read, one.ledger.used) == (other.ledger.read, other.ledger.used)


@pytest.mark.parametrize(
    ("name", "kind", "keys", "within"),
    [
        ("parks.fgb", "polygon", {}, 1e-9),
        ("parks.parquet", "polygon", {}, 1e-9),
        ("parks.gdb", "polygon", {"layer": "parks"}, 1e-3),  # a geodatabase rounds to its own grid
        ("wkt.csv", "polygon", {"crs": "EPSG:4548"}, 1e-9),
        ("wkt.xlsx", "polygon", {"crs": "EPSG:4548"}, 1e-9),
        ("xy.csv", "point", {"crs": "EPSG:4548"}, 1e-9),
        ("xy.xlsx", "point", {"crs": "EPSG:4548"}, 1e-9),
        ("degrees.csv", "point", {"crs": "EPSG:4490"}, 2e-8),  # of what a degree of sixteen digits can say
        ("degrees.xlsx", "point", {"crs": "EPSG:4490"}, 2e-8),
    ],
)
def test_the_same_rows_are_the_same_layer_as_in_a_geopackage(tmp_path, name, kind, keys, within):
    frame = rows(kind)
    there = opened(written(frame, tmp_path / "parks.gpkg"))
    assert 10 < len(there.frame) < 60
    found = opened(written(frame, tmp_path / name), **keys)
    assert_same(found, there, within)
    assert len(found.source.sha256) == 64
    assert found.source.path == name


@pytest.mark.parametrize("name", ["parks.fgb", "parks.parquet", "wkt.xlsx", "wkt.csv"])
def test_a_filter_keeps_the_same_rows_in_every_format(tmp_path, name):
    frame = rows("polygon")
    keys = {"crs": "EPSG:4548", "where": "\"免费\" = '否'"}
    there = opened(written(frame, tmp_path / "parks.gpkg"), **keys)
    assert 0 < len(there.frame) < 20
    assert_same(opened(written(frame, tmp_path / name), **keys), there, 1e-9)


def test_a_geodatabase_of_many_layers_asks_which(tmp_path):
    path = written(rows("polygon"), tmp_path / "parks.gdb")
    (wrong,) = check_source({"path": path.name}, tmp_path, SPEC)
    assert "parks" in str(wrong)
    assert "others" in str(wrong)
    (wrong,) = check_source({"path": path.name, "layer": "park"}, tmp_path, SPEC)
    assert "did you mean 'parks'" in str(wrong)
    both = {"path": [{"path": path.name, "layer": "parks"}, {"path": path.name, "layer": "others"}]}
    assert len(open_layer(SPEC, both, folder=tmp_path, crs=STUDY, area=None).frame) == 63


def test_a_parquet_without_shapes_or_a_crs_is_said(tmp_path):
    pd.DataFrame({"id": [1]}).to_parquet(tmp_path / "bare.parquet")
    (wrong,) = check_source({"path": "bare.parquet"}, tmp_path, SPEC)
    assert wrong.id == "source.no_geometry"
    frame = rows("point")
    frame.set_crs(None, allow_override=True).to_parquet(tmp_path / "nowhere.parquet")
    (wrong,) = check_source({"path": "nowhere.parquet"}, tmp_path, SPEC)
    assert wrong.id == "layer.no_crs"


@pytest.mark.parametrize("name", ["parks.fgb", "parks.parquet", "wkt.xlsx"])
@pytest.mark.parametrize("kept", [0.0, 0.1, 0.7])
def test_a_file_cut_short_is_a_sentence(tmp_path, name, kept):
    path = written(rows("polygon"), tmp_path / name)
    data = path.read_bytes()
    path.write_bytes(data[: int(kept * len(data))])
    with pytest.raises(GeoplanError) as caught:
        open_layer(SPEC, {"path": name, "crs": "EPSG:4548"}, folder=tmp_path, crs=STUDY, area=AREA)
    assert isinstance(caught.value, SourceError | GeoplanError)
    assert name in caught.value.say("zh")
    assert Path(name).suffix in caught.value.say("en")

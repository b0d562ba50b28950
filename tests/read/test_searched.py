"""What a search by place would leave out: stale boxes and indexes, features that do not say that they are some."""

import sqlite3
import struct

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import GeometryError
from geoplan.layer import ColumnSpec, LayerSpec
from geoplan.read import open_layer

TOWN = CRS.from_epsg(4548)
SPEC = LayerSpec("red", {}, "polygon", {"id": ColumnSpec("id")})
AREA = shapely.box(500_000, 4_334_000, 501_000, 4_335_000)


def square(west, south):
    return shapely.box(500_000 + west, 4_334_000 + south, 500_100 + west, 4_334_100 + south)


@pytest.fixture
def write(tmp_path):
    def written(ending):
        path = tmp_path / f"red.{ending}"
        shapes = [square(0, 0), square(300, 300), square(90_000, 0)]
        gpd.GeoDataFrame({"id": ["a", "b", "c"]}, geometry=shapes, crs=TOWN).to_file(path)
        return path

    return written


def ids(path, **declared):
    layer = open_layer(SPEC, {"path": path.name, **declared}, folder=path.parent, crs=TOWN, area=AREA)
    return sorted(layer.frame["id"])


@pytest.mark.parametrize("ending", ["shp", "gpkg", "fgb", "gdb"])
def test_what_lies_here_is_found_and_nothing_else(write, ending):
    assert ids(write(ending)) == ["a", "b"]


def test_a_shape_whose_own_box_is_wrong_is_found_all_the_same(write):
    path = write("shp")
    data = bytearray(path.read_bytes())
    # the first record begins at 100: number, length, kind, and then its box
    data[112:144] = struct.pack("<4d", 0.5, 0.5, 1.0, 1.0)
    path.write_bytes(data)
    assert ids(path) == ["a", "b"]
    assert ids(path, where="id <> 'a'") == ["b"]


def test_an_index_of_a_geopackage_that_lacks_a_shape_hides_nothing(write):
    path = write("gpkg")
    with sqlite3.connect(path) as book:
        book.execute("UPDATE rtree_red_geom SET minx = 7e5, maxx = 7e5 WHERE id = 1")
        book.execute("DELETE FROM rtree_red_geom WHERE id = 2")
    book.close()
    assert ids(path) == ["a", "b"]
    assert ids(path, where="id = 'b'") == ["b"]


def test_an_index_of_a_flatgeobuf_that_is_damaged_hides_nothing(write):
    path = write("fgb")
    data, west = path.read_bytes(), struct.pack("<d", 500_000.0)
    # the extent of the file, the root of its index, the box of the feature; its shape comes after them
    *before, after = data.split(west, 3)
    path.write_bytes(west.join(before) + struct.pack("<d", 500_050.0) + after)
    assert ids(path) == ["a", "b"]
    path.write_bytes(west.join(before) + struct.pack("<d", 950_000.0) + after)
    assert ids(path) == ["a", "b"]


def test_a_feature_of_a_geojson_that_does_not_say_it_is_one_is_told(write):
    path = write("geojson")
    text = path.read_text(encoding="utf-8")
    assert len(ids(path)) == 2
    path.write_text(text.replace('"Feature"', '"FeaZure"', 1), encoding="utf-8")
    with pytest.raises(GeometryError) as told:
        ids(path)
    assert told.value.id == "site_file.lost_shapes"
    assert (told.value.fields["drawn"], told.value.fields["read"]) == (3, 2)

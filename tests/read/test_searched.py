"""What reading a file would leave out or mistake: stale boxes and indexes, parts and layers of another name."""

import re
import sqlite3
import struct
import zipfile

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import ColumnError, CRSError, GeometryError, SourceError
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


RED = LayerSpec(
    "red",
    {},
    "polygon",
    {"id": ColumnSpec("id"), "zone": ColumnSpec("zone")},
    "zone",
    words={"core": ("core",)},
    control=True,
)


def test_an_extent_the_file_says_does_not_hide_that_its_shapes_lie_elsewhere(write):
    path = write("gml")
    text = path.read_text(encoding="utf-8")

    def swapped(found):
        there = found[0].split()
        return " ".join(n for x, y in zip(there[::2], there[1::2], strict=True) for n in (y, x))

    path.write_text(re.sub(r"(?<=posList>)[^<]*", swapped, text), encoding="utf-8")
    with pytest.raises(CRSError) as told:
        open_layer(
            SPEC, {"path": path.name, "crs": "EPSG:4548", "covers": "boundary"}, folder=path.parent, crs=TOWN, area=AREA
        )
    assert told.value.id == "crs.swapped"


def test_another_layer_under_the_name_of_a_control_line_is_refused(write):
    path = write("gpkg")

    def read(**declared):
        return open_layer(RED, {"path": path.name, **declared}, folder=path.parent, crs=TOWN, area=AREA)

    with pytest.raises(ColumnError) as told:
        read()
    assert told.value.fields["column"] == "zone"
    assert set(read(**{"class": "core"}).frame["class"]) == {"core"}


def test_a_shapefile_with_the_rows_of_another_is_refused(write):
    path = write("shp")
    table = path.with_suffix(".dbf")
    rows = gpd.read_file(path).iloc[:2]
    rows.to_file(path.with_name("other.shp"))
    table.write_bytes(path.with_name("other.dbf").read_bytes())
    with pytest.raises(GeometryError) as told:
        ids(path)
    assert (told.value.fields["drawn"], told.value.fields["read"]) == (3, 2)


def test_an_archive_whose_bytes_do_not_unpack_is_said(write, tmp_path):
    path = tmp_path / "red.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(write("gpkg"), "red.gpkg")
    data = bytearray(path.read_bytes())
    data[60:90] = b"\xff" * 30
    path.write_bytes(data)
    with pytest.raises(SourceError) as told:
        ids(path)
    assert told.value.id == "source.broken_archive"

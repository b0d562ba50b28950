"""A FlatGeobuf holds as many features as it says, or is refused: never a feature less in silence, nor memory for nothing."""

import struct

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from geoplan.errors import GeoplanError
from geoplan.read import dataset
from geoplan.read.guards import locate

COUNT = 300
BOX = (0.0, 0.0, 1e7, 1e7)


def written(path, *, index, count=COUNT):
    rng = np.random.default_rng(1)
    shapes = shapely.buffer(shapely.points(rng.uniform(500_000, 501_000, (count, 2))), 5)
    frame = gpd.GeoDataFrame({"n": np.arange(count)}, geometry=shapes, crs="EPSG:4548")
    frame.to_file(path, SPATIAL_INDEX="YES" if index else "NO")
    return path


def said(path, count):
    """The file with another number of features in its header."""
    data = bytearray(path.read_bytes())
    (size,) = struct.unpack_from("<I", data, 8)
    at = data.index(struct.pack("<Q", COUNT), 12, 12 + size)
    data[at : at + 8] = struct.pack("<Q", count)
    path.write_bytes(data)
    return path


def read(path, **keys):
    with dataset.opened(locate(path.name, path.parent)) as data:
        return data.read(**keys)


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize("count", [1, 100, 299, 301, 500, 10**6, 10**9, 2**40, 2**63 - 1])
def test_a_false_count_is_refused(tmp_path, index, count):
    path = said(written(tmp_path / "a.fgb", index=index), count)
    with pytest.raises(GeoplanError) as caught:
        read(path)
    assert caught.value.id == "source.fewer"
    assert str(count) in caught.value.say("zh")
    if not index:
        assert str(COUNT) in caught.value.say("en")


def test_what_gdal_makes_of_a_false_count_is_why(tmp_path):
    path = said(written(tmp_path / "a.fgb", index=False), 100)
    assert len(pyogrio.read_dataframe(path)) == 100
    path = said(written(tmp_path / "b.fgb", index=True), 10**6)
    assert len(pyogrio.read_dataframe(path)) == 0


def test_a_count_that_is_not_told_is_no_false_one(tmp_path):
    assert len(read(said(written(tmp_path / "a.fgb", index=False), 0))) == COUNT
    with pytest.raises(GeoplanError):
        read(said(written(tmp_path / "b.fgb", index=True), 0))


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 256, 257, 300, 5_000])
def test_whole_files_are_read(tmp_path, index, count):
    path = written(tmp_path / "a.fgb", index=index, count=count)
    assert len(read(path)) == count
    assert len(read(path, box=BOX)) == count


@pytest.mark.parametrize("index", [True, False])
def test_a_file_cut_anywhere_is_refused(tmp_path, index):
    path = written(tmp_path / "a.fgb", index=index)
    data = path.read_bytes()
    for kept in np.linspace(0, len(data) - 1, 80).astype(int):
        path.write_bytes(data[:kept])
        with pytest.raises(GeoplanError):
            read(path)
    path.write_bytes(data + b"\x07")
    with pytest.raises(GeoplanError):
        read(path)

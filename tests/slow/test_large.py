"""A layer of two gigabytes is read by the box: memory goes with the part that is needed, not with the file."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from geoplan.read import dataset
from geoplan.read.guards import locate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="peaks are read as Linux tells them"),
]

GIGABYTES = 2
ROOT = Path(__file__).parents[2]
PART = 400
"""Features near the place, of a few thousand vertices each; everything else lies far away."""
FAR = 200
CRS = "EPSG:4548"
READS = """
import json, sys
from pathlib import Path
import shapely
from geoplan import crs
from geoplan.layer import LayerSpec
from geoplan.read import open_layer

spec = LayerSpec.from_toml("parks", {"title": {"zh": "公园", "en": "Parks"}, "geometry": "polygon"})
study, area = crs.parse("EPSG:4548"), shapely.box(*json.loads(sys.argv[2]))

def read(name):
    layer = open_layer(spec, {"path": name}, folder=Path(sys.argv[1]), crs=study, area=area)
    shapes = layer.frame.geometry.to_numpy()
    return len(shapes), int(shapely.get_num_coordinates(shapes).sum())

def peak():
    # the mark of this program alone: what getrusage tells begins with the memory of whoever started it
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024

read("small." + sys.argv[3])
before = peak()
print(json.dumps([*read("large." + sys.argv[3]), before, peak()]))
"""
BOX = [499_000, 4_333_000, 503_000, 4_337_000]


def tables():
    """A few near features and as many far ones; and three near ones to warm up with."""
    circle = np.linspace(0, 2 * np.pi, 4_000)
    ring = np.c_[np.cos(circle), np.sin(circle)] * 50
    near = [
        shapely.Polygon(ring + np.array([500_000 + 120 * (n % 20), 4_334_000 + 120 * (n // 20)])) for n in range(PART)
    ]
    far = [shapely.Polygon(ring + np.array([560_000 + 120 * n, 4_400_000])) for n in range(FAR)]
    made = {}
    for name, shapes in (("small", near[:3]), ("large", near + far)):
        frame = {"name": [str(n) for n in range(len(shapes))], "remark": [None] * len(shapes)}
        made[name] = gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS)
    return made


def held(folder, ending):
    """How many features one read gave, the bytes of their coordinates, and what the program held more than before."""
    done = subprocess.run(
        [sys.executable, "-c", READS, str(folder), json.dumps(BOX), ending],
        check=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    count, vertices, before, after = json.loads(done.stdout)
    return count, vertices * 16, after - before, after


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Far features with pictures beside them in bulk, and a few near ones; and a small file to warm up with."""
    folder = tmp_path_factory.mktemp("large")
    if shutil.disk_usage(folder).free < 5 * 1024**3:
        pytest.skip("needs 5 GB of disk")
    for name, table in tables().items():
        pyogrio.write_dataframe(table, folder / f"{name}.gpkg", layer="parks")
    each = GIGABYTES * 1024**3 // (PART + FAR) + 4_000
    with sqlite3.connect(folder / "large.gpkg", isolation_level=None) as book:
        book.execute("PRAGMA journal_mode = OFF")
        book.execute("PRAGMA synchronous = OFF")
        text = "档" * (each // 3)
        # they keep what is not touched here
        for (trigger,) in book.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            book.execute(f'DROP TRIGGER "{trigger}"')
        book.execute("BEGIN")
        book.execute("UPDATE parks SET remark = ?", (text,))
        book.execute("COMMIT")
    book.close()
    yield folder
    shutil.rmtree(folder)


def test_what_is_held_is_the_part_that_is_needed(large):
    size = (large / "large.gpkg").stat().st_size
    assert size > GIGABYTES * 1024**3
    count, part, more, after = held(large, "gpkg")
    assert count == PART
    assert part > 20 * 1024**2
    # as shapes, each coordinate takes half as much again as its two numbers
    assert 0 < more < 2 * part, (more, part)
    assert after < size / 4


@pytest.mark.parametrize("ending", ["shp", "fgb", "gpkg"])
@pytest.mark.parametrize("crs", [CRS, "EPSG:4490"])
def test_so_it_is_in_other_formats_and_in_degrees(tmp_path, ending, crs):
    for name, table in tables().items():
        table.drop(columns="remark").to_crs(crs).to_file(tmp_path / f"{name}.{ending}")
    count, part, more, _after = held(tmp_path, ending)
    assert count == PART
    assert 0 < more < 2 * part, (more, part)


def rings(count, east, north, across):
    """Circles of four hundred corners."""
    turn = np.linspace(0, 2 * np.pi, 400)
    n = np.arange(count)
    middle = np.c_[east + 55 * (n % across), north + 55 * (n // across)]
    return shapely.polygons(shapely.linearrings(np.c_[np.cos(turn), np.sin(turn)][None] * 50 + middle[:, None]))


@pytest.mark.parametrize("covering", [False, True])
def test_of_a_parquet_only_the_part_that_is_needed_is_held_and_copied(tmp_path, covering, monkeypatch):
    near, far = rings(10 * PART, 499_100, 4_333_100, 65), rings(44_000, 560_000, 4_400_000, 200)
    for name, shapes in (("small", near[:30]), ("large", np.r_[near, far])):
        named = gpd.GeoDataFrame({"name": [str(n) for n in range(len(shapes))]}, geometry=shapes, crs=CRS)
        named.to_parquet(
            tmp_path / f"{name}.parquet", row_group_size=2_000, compression=None, write_covering_bbox=covering,
            schema_version="1.1.0",
        )  # fmt: skip
    assert (tmp_path / "large.parquet").stat().st_size > 300e6
    most, write = [], pyogrio.write_arrow

    def written(stream, path, **keys):
        write(stream, path, **keys)
        most.append(path.stat().st_size)

    count, part, more, _after = held(tmp_path, "parquet")
    assert count == 10 * PART
    assert 0 < more < 2 * part, (more, part)
    monkeypatch.setattr(pyogrio, "write_arrow", written)
    with dataset.opened(locate("large.parquet", tmp_path)) as data:
        assert len(data.read(("name",), box=tuple(BOX))) == count
    assert max(most) < 1.5 * part

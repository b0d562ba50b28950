"""Files of a layer that are whole and not its own: swapped, mixed, cut archives, other encodings and CRS beside them."""

import json
import random
import re
import shutil
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
import slow_damage as damage
from slow_bench import Line, fate

pytestmark = pytest.mark.slow


def other(line, name="other", **change):
    """Another layer of the town in the same format: parks that lie beside the site, and none of the red line."""
    shapes = np.array([damage.box(600 + 20 * k, 600, 615 + 20 * k, 640) for k in range(5)], dtype=object)
    named = {"BSM": [f"P{k}" for k in range(5)], "LDLX": ["G11"] * 5, **change}
    return damage.write(gpd.GeoDataFrame(named, geometry=shapes, crs=damage.TOWN), line.desk.folder, line.ending, name)


def sound(line, declared=None):
    """The fate of the line, which must be none of the faults."""
    what, fault = fate(line, {**line.declared, **(declared or {})})
    assert not fault, (what, fault)
    return what


@pytest.fixture
def whole(line):
    line.put(line.kept)
    yield line
    for path in line.desk.folder.glob("other.*"):
        path.unlink()
    line.put(line.kept)


def test_another_layer_under_the_name_of_the_line_clears_nobody(whole, counted):
    path = other(whole)
    for part in damage.parts(whole.desk.folder, "other"):
        if part.suffix != ".xsd":
            shutil.copyfile(part, whole.desk.folder / f"red{part.suffix}")
    assert path.exists()
    counted({sound(whole): 1})


@pytest.fixture(scope="module")
def shapefile(desk):
    return Line(desk, "shp")


@pytest.fixture(scope="module")
def package(desk):
    return Line(desk, "gpkg")


@pytest.mark.parametrize("part", [".dbf", ".shx", ".prj", ".cpg"])
def test_a_shapefile_with_a_part_of_another_clears_nobody(shapefile, part, counted):
    shapefile.put(shapefile.kept)
    other(shapefile)
    data = (shapefile.desk.folder / f"other{part}").read_bytes()
    if part == ".prj":
        data = prj_of_another_zone()
    if part == ".cpg":
        data = b"GBK"
    shapefile.put({**shapefile.kept, f"red{part}": data})
    what = sound(shapefile)
    counted({what: 1})
    assert part == ".cpg" or what == "refused"


def prj_of_another_zone():
    from pyproj import CRS

    return CRS.from_epsg(4549).to_wkt("WKT1_ESRI").encode()


@pytest.mark.parametrize("ending", ["gdb", "zip"])
def test_a_folder_or_an_archive_that_is_cut_clears_nobody(desk, ending, counted):
    line = Line(desk, "gpkg" if ending == "zip" else "shp")
    folder = desk.folder
    path = folder / f"cut.{ending}"
    if ending == "gdb":
        damage.table().to_file(path, layer="red", driver="OpenFileGDB")
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("red.gpkg", line.kept["red.gpkg"])
    kept = {p: p.read_bytes() for p in ([path] if ending == "zip" else sorted(path.rglob("*"))) if p.is_file()}
    for seed in range(150):
        rng = random.Random(f"{ending} {seed}")
        harmed = rng.choice(list(kept))
        data = damage.bytes_of(kept[harmed], rng) if rng.random() < 0.8 else b""
        harmed.write_bytes(data)
        if rng.random() < 0.1 and ending == "gdb":
            harmed.unlink()
        counted({sound(line, {"path": path.name}): 1})
        harmed.write_bytes(kept[harmed])


LIES = [
    "DROP TABLE rtree_red_geom",
    "DELETE FROM rtree_red_geom",
    "UPDATE rtree_red_geom SET minx = 0, maxx = 1",
    "DELETE FROM gpkg_contents",
    "UPDATE gpkg_contents SET min_x = 0, max_x = 1, min_y = 0, max_y = 1",
    "UPDATE gpkg_contents SET data_type = 'attributes'",
    "UPDATE gpkg_contents SET srs_id = 4326",
    "UPDATE gpkg_contents SET table_name = 'other'",
    "DELETE FROM gpkg_geometry_columns",
    "UPDATE gpkg_geometry_columns SET column_name = 'MJ'",
    "UPDATE gpkg_geometry_columns SET srs_id = 4326",
    "UPDATE gpkg_geometry_columns SET srs_id = -1",
    "UPDATE gpkg_geometry_columns SET geometry_type_name = 'POINT'",
    "UPDATE gpkg_spatial_ref_sys SET definition = 'none'",
    "DELETE FROM gpkg_spatial_ref_sys",
    "UPDATE gpkg_ogr_contents SET feature_count = 0",
    "DELETE FROM gpkg_ogr_contents",
    "DELETE FROM gpkg_extensions",
    "UPDATE red SET geom = x'00'",
    "UPDATE red SET geom = NULL",
    "DELETE FROM red",
    "DROP TABLE red",
    "PRAGMA user_version = 0",
    "PRAGMA application_id = 7",
]


@pytest.mark.parametrize("lie", LIES)
def test_a_geopackage_whose_tables_contradict_each_other_clears_nobody(package, lie, counted):
    package.put(package.kept)
    with sqlite3.connect(package.desk.folder / "red.gpkg") as book:
        for (trigger,) in book.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            book.execute(f'DROP TRIGGER "{trigger}"')
        book.execute(lie)
    book.close()
    counted({sound(package): 1})
    package.put(package.kept)


@pytest.mark.parametrize("beside", ["-wal", "-shm", "-journal"])
def test_what_lies_beside_a_geopackage_clears_nobody(package, beside, counted):
    package.put(package.kept)
    path = Path(f"{package.desk.folder / 'red.gpkg'}{beside}")
    for data in (b"", b"\x00" * 4096, random.Random(beside).randbytes(4096), package.kept["red.gpkg"]):
        path.write_bytes(data)
        counted({sound(package): 1})
        path.unlink(missing_ok=True)
        package.put(package.kept)


TEXTS = {
    "separators": lambda text: text.replace(",", ";"),
    "tabs": lambda text: text.replace(",", "\t"),
    "half separators": lambda text: text.replace(",", ";", text.count(",") // 2),
    "mark": lambda text: "\ufeff" + text,
    "two marks": lambda text: "\ufeff\ufeff" + text,
    "nulls": lambda text: text.replace("核心", "核\x00心"),
    "nulls between": lambda text: text.replace("\n", "\x00\n", 3),
    "returns": lambda text: text.replace("\n", "\r"),
    "mixed ends": lambda text: text.replace("\n", "\r\n", 4),
    "one line": lambda text: text.replace("\n", " "),
    "empty lines": lambda text: text.replace("\n", "\n\n\n"),
    "two heads": lambda text: text.split("\n")[0] + "\n" + text,
    "no head": lambda text: text.split("\n", 1)[1],
    "joined rows": lambda text: text.replace("\n00003", ",00003"),
    "comma decimals": lambda text: re.sub(r"(\d)\.(\d)", r"\1,\2", text),
    "full width": lambda text: text.replace(",", "，"),
}


@pytest.mark.parametrize("change", TEXTS)
def test_a_table_that_is_written_otherwise_clears_nobody(desk, change, counted):
    line = Line(desk, "csv")
    for encoding in ("utf-8", "gb18030", "utf-16"):
        text = TEXTS[change](line.kept["red.csv"].decode())
        line.put({"red.csv": text.encode(encoding)})
        counted({sound(line): 1})


@pytest.mark.parametrize(
    "crs", [None, 5, {}, {"type": "name"}, "EPSG:4326", "EPSG:4549", "urn:ogc:def:crs:EPSG::4490", "nothing"]
)
def test_a_geojson_that_says_another_crs_clears_nobody(desk, crs, counted):
    line = Line(desk, "geojson")
    for declared in ({}, {"crs": ""}):
        said = json.loads(line.kept["red.geojson"])
        said["crs"] = {"type": "name", "properties": {"name": crs}} if isinstance(crs, str) else crs
        line.put({"red.geojson": json.dumps(said).encode()})
        counted({sound(line, declared): 1})


@pytest.mark.parametrize("srs", ["", "EPSG:4326", "urn:ogc:def:crs:EPSG::4549", "urn:ogc:def:crs:EPSG::4490", "x"])
def test_a_gml_that_says_another_crs_or_order_clears_nobody(desk, srs, counted):
    line = Line(desk, "gml")
    text = line.kept["red.gml"].decode()
    swapped = re.sub(r"(?<=posList>)[^<]*", lambda found: " ".join(pairs(found[0])), text)
    for changed in (re.sub(r'srsName="[^"]*"', f'srsName="{srs}"', text), swapped):
        line.put({**line.kept, "red.gml": changed.encode()})
        counted({sound(line): 1})


def pairs(numbers):
    there = numbers.split()
    return [n for x, y in zip(there[::2], there[1::2], strict=True) for n in (y, x)]


def test_shapes_of_no_kind_clear_nobody(desk, counted):
    line = Line(desk, "csv")
    text = line.kept["red.csv"].decode()
    for wrong in ("POLYGON", "POINT (1 2)", "GEOMETRYCOLLECTION EMPTY", "POLYGON EMPTY", shapely.Point(0, 0).wkt):
        line.put({"red.csv": re.sub(r'"POLYGON[^"]*"', f'"{wrong}"', text).encode()})
        counted({sound(line): 1})

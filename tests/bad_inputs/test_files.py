"""Files whose parts are missing, cut, swallowed or out of order, in the formats bureaus send."""

import sqlite3

from bad_inputs_bench import cells, contract, noted, put, refused, repaired, right, rows, square

HOMES = contract(
    columns={
        "name": {"aliases": ["名称"]},
        "population": {"aliases": ["RK", "人口"], "kind": "number", "unit": "people", "minimum": 0},
    }
)
POINTS = contract(
    "point",
    "shops",
    columns={"name": {"aliases": ["名称"]}, "population": {"aliases": ["人口"], "kind": "number", "unit": "people"}},
)
THREE = [square(0, 0), square(200, 0), square(400, 0)]


def shapefile(change=None, **declared):
    """A shapefile of three homes, one of whose parts was changed."""

    def make(desk):
        path = desk.write("小区.shp", {"BSM": ["A", "B", "C"], "RK": [10, 20, 30]}, THREE)
        if change is not None:
            change(desk.folder)
        return {"path": path, **declared}

    return make


def gone(ending):
    return lambda folder: (folder / f"小区{ending}").unlink()


def cut(ending, share):
    def change(folder):
        file = folder / f"小区{ending}"
        data = file.read_bytes()
        file.write_bytes(data[: int(len(data) * share)])

    return change


def written(ending, old, new):
    def change(folder):
        file = folder / f"小区{ending}"
        data = file.read_bytes()
        assert old in data
        file.write_bytes(data.replace(old, new, 1))

    return change


def geopackage(*statements):
    """A GeoPackage of three homes, some of whose rows were changed behind GDAL's back."""

    def make(desk):
        path = desk.write("小区.gpkg", {"BSM": ["A", "B", "C"], "RK": [10, 20, 30]}, THREE, layer="homes")
        with sqlite3.connect(desk.folder / path) as link:
            for name in [r[0] for r in link.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
                link.execute(f'DROP TRIGGER "{name}"')
            for statement in statements:
                link.execute(statement)
        return {"path": path}

    return make


def table(text, **declared):
    return lambda desk: {"path": desk.text("店.csv", text), "crs": "EPSG:4548", **declared}


def known(*names):
    def check(layer):
        assert layer.frame["name"].tolist() == list(names)

    return check


SHAPEFILES = (
    refused("no .shx", HOMES, shapefile(gone(".shx")), "source.unreadable", "小区.shp"),
    refused("no .dbf, where a column is needed", contract(columns={"population": {"aliases": ["RK"], "kind": "number", "required": True}}), shapefile(gone(".dbf")), "column.missing", "小区.shp", "RK"),
    refused("a .shp cut in the middle", HOMES, shapefile(cut(".shp", 0.5)), "source.unreadable", "小区.shp"),
    refused("a .dbf cut in the middle", HOMES, shapefile(cut(".dbf", 0.75)), "source.unreadable", "小区.shp"),
    right("asterisks where a number did not fit are unknown, never 0", HOMES, shapefile(written(".dbf", b"20", b"**")), cells("population", 10.0, None, 30.0)),
    right("blanks where a number should be are unknown, never 0", HOMES, shapefile(written(".dbf", b"20", b"  ")), cells("population", 10.0, None, 30.0)),
    right("a row that was deleted in the table is gone", HOMES, shapefile(), cells("id", "A", "B", "C")),
)  # fmt: skip

GEOPACKAGES = (
    refused("a CRS of no kind", HOMES, geopackage("UPDATE gpkg_geometry_columns SET srs_id = -1", "UPDATE gpkg_contents SET srs_id = -1"), "crs.none_said", "小区.gpkg"),
    refused("degrees of no datum", HOMES, geopackage("UPDATE gpkg_geometry_columns SET srs_id = 0", "UPDATE gpkg_contents SET srs_id = 0"), "crs.none_said", "小区.gpkg"),
    refused("a shape whose bytes are broken", HOMES, geopackage("UPDATE homes SET geom = substr(geom, 1, 60) WHERE BSM = 'B'"), "source.unreadable", "小区.gpkg"),
    refused("an extent that lies", HOMES, geopackage("UPDATE gpkg_contents SET min_x = 0, min_y = 0, max_x = 1, max_y = 1"), "crs.degrees_as_metres", "小区.gpkg"),
    noted("ids that stand twice", HOMES, geopackage("UPDATE homes SET BSM = 'A'"), "read.ids", "小区.gpkg", "2", right=cells("id", "A", "A#2", "A#3")),
    right("ids that are missing", HOMES, geopackage("UPDATE homes SET BSM = NULL WHERE BSM = 'B'"), cells("id", "A", "#2", "C")),
)  # fmt: skip

TABLES = (
    right("semicolons between cells", POINTS, table("名称;x;y\n和平;500100;4334100\n"), known("和平")),
    right("tabs between cells", POINTS, table("名称\tx\ty\n和平\t500100\t4334100\n"), known("和平")),
    refused("a quotation mark that is never closed", POINTS, table('名称,x,y\n"和平,500100,4334100\n南开,500200,4334200\n河西,500300,4334300\n'), "source.quotes", "店.csv"),
    refused("a quotation mark that swallows a row", POINTS, table('名称,x,y\n甲,500100,4334100\n"乙,500200,4334200\n丙",500300,4334300\n'), "source.quotes", "店.csv", "3"),
    right("a note of several lines is a note", POINTS, table('名称,x,y\n"和平，\n二期",500100,4334100\n'), known("和平，\n二期")),
    repaired("a row without its coordinates", POINTS, table("名称,x,y\n和平,500100,4334100\n南开,,\n"), "no_shape", area=0),
    repaired("a row with coordinates in words", POINTS, table("名称,x,y\n和平,500100,4334100\n南开,东,北\n"), "no_shape", area=0),
    right("blanks before the names of columns", POINTS, table("名称, x, y\n和平,500100,4334100\n"), known("和平")),
    right("a line of nothing at the end", POINTS, table("名称,x,y\n和平,500100,4334100\n\n"), known("和平")),
    refused("a heading above the heading", POINTS, table("附表1 设施一览表,,\n名称,x,y\n和平,500100,4334100\n"), "source.no_geometry", "店.csv"),
    refused("coordinates in one column", POINTS, table('名称,坐标\n和平,"500100,4334100"\n'), "source.no_geometry", "店.csv"),
    refused("a table of no rows", POINTS, table("名称,x,y\n"), "source.nothing", "店.csv"),
)  # fmt: skip


def geojson(*geometries):
    rings = ",".join(
        f'{{"type":"Feature","properties":{{"BSM":"{i}"}},"geometry":{g}}}' for i, g in enumerate(geometries)
    )
    return lambda desk: {"path": desk.text("a.geojson", f'{{"type":"FeatureCollection","features":[{rings}]}}')}


def kml(*coordinates):
    marks = "".join(
        f"<Placemark><name>{i}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>{c}</coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon></Placemark>"
        for i, c in enumerate(coordinates)
    )
    return lambda desk: {
        "path": desk.text(
            "a.kml",
            f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>',
        )
    }


def listed(desk):
    made = geojson(GOOD)(desk)
    text = (desk.folder / "a.geojson").read_text(encoding="utf-8")
    desk.text("a.geojson", text.replace('"BSM":"0"', '"RK":[1,2]'))
    return made


RING = "117.0,39.14 117.001,39.14 117.001,39.141 117.0,39.14"
GOOD = '{"type":"Polygon","coordinates":[[[117.0,39.14],[117.001,39.14],[117.001,39.141],[117.0,39.14]]]}'
OPEN = '{"type":"Polygon","coordinates":[[[117.0,39.14],[117.001,39.14],[117.001,39.141]]]}'
TEXTS = (
    refused("a GeoJSON with coordinates in words", HOMES, geojson(GOOD, GOOD.replace("117.001", '"东"')), "source.unreadable", "a.geojson", "东"),
    repaired("a GeoJSON with coordinates that are nothing", HOMES, geojson(GOOD, GOOD.replace("117.001", "null")), "no_shape", area=None),
    repaired("a GeoJSON with a shape of no kind", HOMES, geojson(GOOD, '{"type":"Rectangle","coordinates":[[1,2]]}'), "no_shape", area=None),
    repaired("a GeoJSON whose ring is open", HOMES, geojson(GOOD, OPEN), "unclosed", area=None),
    refused("a KML with coordinates in words", HOMES, kml(RING, RING.replace("117.001", "东")), "site_file.number", "a.kml", "东,39.14"),
    refused("a KML with blanks behind the commas", HOMES, kml(RING, RING.replace(",", ", ")), "site_file.number", "a.kml", "117.0,"),
    refused("a KML of a polygon without coordinates", HOMES, kml(RING, ""), "site_file.number", "a.kml"),
    refused("a GeoJSON with a list in one cell", HOMES, listed, "column.not_number", "a.geojson", "RK"),
    refused("a KML that is no XML", HOMES, lambda d: {"path": d.text("a.kml", "<kml><Document>")}, "source.unreadable", "a.kml"),
    refused("a GeoJSON that is a list", HOMES, lambda d: {"path": d.text("a.geojson", "[1, 2]")}, "source.unreadable", "a.geojson"),
    refused("a GeoJSON of no features", HOMES, geojson(), "source.nothing", "a.geojson"),
)  # fmt: skip


@rows(*TEXTS, *SHAPEFILES, *GEOPACKAGES, *TABLES)
def test_files(row, folder, record_property):
    put(row, folder, record_property)

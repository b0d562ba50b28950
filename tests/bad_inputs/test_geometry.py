"""Shapes as they should not be: crossing themselves, drawn twice, of another kind, far away, nowhere."""

import numpy as np
import shapely
from bad_inputs_bench import contract, noted, put, refused, repaired, right, rows, shown, square, wkt

HOMES = contract(columns={"stated_area": {"aliases": ["MJ"], "kind": "number", "unit": "m2"}})
SIDES = contract(name="zones", coverage=True)
ANY = contract("any", "things")
POINTS = contract("point", "shops", columns={"name": {"aliases": ["名称"]}})
LINES = contract("line", "shore")
SOUND = "S,POLYGON ((1000 1000, 1100 1000, 1100 1100, 1000 1100, 1000 1000))"


def csv(*lines, header="id,wkt", **declared):
    """A table of shapes as text, in metres from the corner of the place."""
    return lambda desk: {"path": desk.csv("形状.csv", header, *lines), "crs": "EPSG:4548", **declared}


def shapes(name, *texts, **options):
    """A file of shapes."""

    def make(desk):
        made = np.array([None if t is None else shapely.from_wkt(wkt(t)) for t in texts], dtype=object)
        return {"path": desk.write(name, {"BSM": [chr(65 + i) for i in range(len(made))]}, made, **options)}

    return make


def geojson(*geometries):
    def make(desk):
        rows = ",".join(
            f'{{"type":"Feature","properties":{{"BSM":"{i}"}},"geometry":{g}}}' for i, g in enumerate(geometries)
        )
        crs = '"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4548"}}'
        return {"path": desk.text("a.geojson", f'{{"type":"FeatureCollection",{crs},"features":[{rows}]}}')}

    return make


def sized(*metres):
    def check(layer):
        assert np.allclose(shapely.area(layer.frame.geometry.to_numpy()), metres)

    return check


def long(*metres):
    def check(layer):
        assert np.allclose(shapely.length(layer.frame.geometry.to_numpy()), metres)

    return check


def flat(layer):
    assert not shapely.has_z(layer.frame.geometry.to_numpy()).any()


SQUARE = "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"

CROSSING = (
    repaired("a bow tie that would lose its area", HOMES, csv(SOUND, "B,POLYGON ((0 0, 100 100, 100 0, 0 100, 0 0))"), "changed", area=10_000),
    repaired("a spike", HOMES, csv(SOUND, "B,POLYGON ((0 0, 100 0, 100 100, 100 150, 100 100, 0 100, 0 0))"), "invalid", area=20_000),
    repaired("a ring that touches itself", HOMES, csv(SOUND, "B,POLYGON ((0 0, 50 0, 100 0, 100 100, 50 0, 0 100, 0 0))"), "invalid", area=15_000),
    repaired("a loop as small as a digitising slip", HOMES, csv(SOUND, "B,POLYGON ((0 0, 100 0, 100 100, 0 100, 0 50, 0.5 50.5, 0 50.2, 0 0))"), "invalid", area=20_000, within=1e-4),
    repaired("a hole that leaves its polygon", HOMES, csv(SOUND, "B,POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (90 90, 90 110, 110 110, 110 90, 90 90))"), "changed", area=10_000),
    repaired("a hole outside its polygon", HOMES, csv(SOUND, "B,POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (200 200, 210 200, 210 210, 200 210, 200 200))"), "changed", area=10_000, covers=None),
    repaired("two holes that overlap by a sliver", HOMES, csv(SOUND, "B,POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (10 10, 20 10, 20 20, 10 20, 10 10), (19.9 10, 30 10, 30 20, 19.9 20, 19.9 10))"), "invalid", area=10_000 + 10_000 - 200, within=1e-4),
    right("a hole that is drawn the same way round as its polygon", HOMES, csv("B,POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (10 10, 20 10, 20 20, 10 20, 10 10))"), sized(9_900)),
    right("a polygon drawn clockwise", HOMES, csv("B,POLYGON ((0 0, 0 100, 100 100, 100 0, 0 0))"), sized(10_000)),
    right("a vertex that stands twice", HOMES, csv("B,POLYGON ((0 0, 100 0, 100 0, 100 100, 0 100, 0 0))"), sized(10_000)),
    right("parts of a multipolygon that touch in a point", HOMES, csv("B,MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((10 10, 20 10, 20 20, 10 20, 10 10)))"), sized(200)),
)  # fmt: skip

RINGS = (
    repaired("a ring that is not closed, in text", HOMES, csv(SOUND, "B,POLYGON ((0 0, 100 0, 100 100, 0 100))"), "unclosed", area=20_000),
    repaired("a hole that is not closed", HOMES, csv("B,POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (10 10, 20 10, 20 20, 10 20))"), "unclosed", area=9_900),
    repaired("a ring that is not closed, in GeoJSON", HOMES,
          geojson('{"type":"Polygon","coordinates":[[[500000,4334000],[500100,4334000],[500100,4334100],[500000,4334100]]]}'), "unclosed", area=10_000),
    repaired("a ring that is drawn twice, as its own hole", HOMES, csv(SOUND, "B,POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (0 0, 100 0, 100 100, 0 100, 0 0))"), "no_area", area=10_000),
    repaired("a part that stands twice in one feature", HOMES, csv(SOUND, "B,MULTIPOLYGON (((0 0, 100 0, 100 100, 0 100, 0 0)), ((0 0, 100 0, 100 100, 0 100, 0 0)))"), "doubled", area=20_000),
    repaired("a part that stands twice, turned round", HOMES, csv(SOUND, "B,MULTIPOLYGON (((0 0, 100 0, 100 100, 0 100, 0 0)), ((0 100, 100 100, 100 0, 0 0, 0 100)))"), "doubled", area=20_000),
    repaired("a ring that goes round twice", HOMES, csv(SOUND, "B,POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0, 100 0, 100 100, 0 100, 0 0))"), "doubled", area=20_000),
    repaired("parts of one feature that overlap", HOMES, csv(SOUND, "B,MULTIPOLYGON (((0 0, 100 0, 100 100, 0 100, 0 0)), ((50 0, 150 0, 150 100, 50 100, 50 0)))"), "changed", area=10_000),
    repaired("a polygon of three points on a line", HOMES, csv(SOUND, "B,POLYGON ((0 0, 50 50, 100 100, 0 0))"), "no_area", area=10_000),
    repaired("a polygon of one point", HOMES, csv(SOUND, "B,POLYGON ((0 0, 0 0, 0 0, 0 0))"), "no_area", area=10_000),
    repaired("a ring of two points", HOMES, csv(SOUND, "B,POLYGON ((0 0, 100 0, 0 0))"), "no_area", area=10_000),
    repaired("text that is no shape", HOMES, csv(SOUND, "B,一个矩形"), "no_shape", area=10_000),
    repaired("text of a shape cut at 254 signs", HOMES, csv(SOUND, 'B,"POLYGON ((500000 4334000, 500100 4334000, 5001"'), "no_shape", area=10_000),
    refused("a table none of whose texts is a shape", HOMES, csv("A,甲", "B,乙"), "source.nothing", "形状.csv", "homes", 'covers = "boundary"', checked=False),
)  # fmt: skip

KINDS = (
    repaired("no shape", HOMES, shapes("a.gpkg", SQUARE, None), "no_shape", area=10_000),
    repaired("no shape in a shapefile", HOMES, shapes("a.shp", SQUARE, None), "no_shape", area=10_000),
    repaired("an empty shape", HOMES, shapes("a.gpkg", SQUARE, "POLYGON EMPTY"), "empty", area=10_000),
    repaired("an empty multipolygon", HOMES, csv(SOUND, "B,MULTIPOLYGON EMPTY"), "empty", area=10_000),
    repaired("no shape in GeoJSON", HOMES, geojson('{"type":"Polygon","coordinates":[[[500000,4334000],[500100,4334000],[500100,4334100],[500000,4334000]]]}', "null"), "no_shape", area=5_000),
    refused("no shapes at all", HOMES, shapes("a.gpkg", None, None), "source.nothing", "a.gpkg"),
    refused("no features at all", HOMES, shapes("a.gpkg"), "source.nothing", "a.gpkg"),
    repaired("a line among polygons", HOMES, csv(SOUND, "B,LINESTRING (0 0, 100 0)"), "kind", area=10_000),
    repaired("a point among polygons", HOMES, csv(SOUND, "B,POINT (0 0)"), "kind", area=10_000),
    refused("lines where polygons are asked for", HOMES, shapes("a.gpkg", "LINESTRING (0 0, 100 0)"), "layer.kind", "a.gpkg", "polygon"),
    refused("polygons where points are asked for", POINTS, shapes("a.gpkg", SQUARE), "layer.kind", "a.gpkg", "point"),
    refused("points where a shore is asked for", LINES, shapes("a.gpkg", "POINT (0 0)"), "layer.kind", "a.gpkg", "line"),
    repaired("polygons and lines in one collection", HOMES, csv(SOUND, "B,GEOMETRYCOLLECTION (POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0)), LINESTRING (0 0, 500 500))"), "collection", area=20_000),
    repaired("a collection without a polygon", HOMES, csv(SOUND, "B,GEOMETRYCOLLECTION (POINT (0 0), LINESTRING (0 0, 500 500))"), "kind", area=10_000),
    repaired("several points in one feature", POINTS, csv("和平,POINT (0 0)", "南开,MULTIPOINT ((10 10), (900 900))", header="名称,wkt"), "points", area=0),
    right("one point in a multipoint", POINTS, csv("和平,MULTIPOINT ((0 0))", header="名称,wkt"), long(0)),
    repaired("a line of no length", LINES, csv("A,LINESTRING (0 0, 100 0)", "B,LINESTRING (5 5, 5 5)"), "no_length", area=0),
    right("polygons and multipolygons together", HOMES, csv(SOUND, "B,MULTIPOLYGON (((0 0, 100 0, 100 100, 0 100, 0 0)))"), sized(10_000, 10_000)),
    right("heights", HOMES, geojson('{"type":"Polygon","coordinates":[[[500000,4334000,3],[500100,4334000,3],[500100,4334100,4],[500000,4334000,3]]]}'), flat),
)  # fmt: skip


def raw(*texts):
    """Shapes whose text is written as it stands: heights, measures and curves are no pairs of numbers."""
    lines = "".join(f'{i},"{text}"\n' for i, text in enumerate(texts))
    return lambda desk: {"path": desk.text("形状.csv", f"id,wkt\n{lines}"), "crs": "EPSG:4548"}


CURVES = (
    right("measures along a line", LINES, raw("LINESTRING M (500000 4334000 0, 500100 4334000 100)"), long(100)),
    right("heights and measures", HOMES, raw("POLYGON ZM ((500000 4334000 1 1, 500100 4334000 1 2, 500100 4334100 1 3, 500000 4334000 1 1))"), sized(5_000)),
    noted("a circle of two arcs", HOMES, raw("CURVEPOLYGON (CIRCULARSTRING (500000 4334000, 500050 4334050, 500100 4334000, 500050 4333950, 500000 4334000))"), "read.curves", "形状.csv", "1", "0.125",
          right=lambda layer: np.testing.assert_allclose(layer.frame.geometry.area, [np.pi * 2_500], rtol=1e-6)),
    noted("arcs and straight lines in one ring", HOMES, raw("CURVEPOLYGON (COMPOUNDCURVE (CIRCULARSTRING (500000 4334000, 500050 4334050, 500100 4334000), (500100 4334000, 500000 4334000)))"), "read.curves", "形状.csv", "1", "0.125",
          right=lambda layer: np.testing.assert_allclose(layer.frame.geometry.area, [np.pi * 1_250], rtol=1e-6)),
    noted("a curve among lines", LINES, raw("CIRCULARSTRING (500000 4334000, 500050 4334050, 500100 4334000)"), "read.curves", "形状.csv", "1", "0.125",
          right=lambda layer: np.testing.assert_allclose(layer.frame.geometry.length, [np.pi * 50], rtol=1e-6)),
    noted("an arc among the polygons of a surface", HOMES, raw("MULTISURFACE (CURVEPOLYGON (CIRCULARSTRING (500000 4334000, 500050 4334050, 500100 4334000, 500050 4333950, 500000 4334000)), ((500200 4334000, 500300 4334000, 500300 4334100, 500200 4334000)))", "POLYGON ((501000 4334000, 501100 4334000, 501100 4334100, 501000 4334000))"), "read.curves", "形状.csv", "1", "0.125",
          right=lambda layer: np.testing.assert_allclose(layer.frame.geometry.area, [np.pi * 2_500 + 5_000, 5_000], rtol=1e-6)),
    right("a surface of several curves", HOMES, raw("MULTISURFACE (((500000 4334000, 500100 4334000, 500100 4334100, 500000 4334000)))"), sized(5_000)),
)  # fmt: skip

TOGETHER = (
    shown("a feature that stands twice", HOMES, csv(SOUND, SOUND, SOUND), "duplicate", "doubt", "2"),
    shown("the same shape under other words", "residential", csv("A,100," + SQUARE, "B,200," + SQUARE, header="id,人口,wkt"), "same_shape", "remark", "1"),
    shown("an overlap inside a layer", SIDES, csv("A," + SQUARE, "B,POLYGON ((50 0, 150 0, 150 100, 50 100, 50 0))"), "overlap", "doubt", "A / B", "0.5"),
    shown("a sliver of overlap", SIDES, csv("A," + SQUARE, "B,POLYGON ((99.9 0, 200 0, 200 100, 99.9 100, 99.9 0))"), "thin_overlap", "remark", "A / B"),
    shown("a gap between neighbours", SIDES,
          csv("A,POLYGON ((0 0, 300 0, 300 100, 0 100, 0 0))", "B,POLYGON ((0 100.5, 300 100.5, 300 200, 0 200, 0 100.5))",
              "C,POLYGON ((300 0, 400 0, 400 200, 300 200, 300 0))", "D,POLYGON ((-100 0, 0 0, 0 200, -100 200, -100 0))"), "gap", "remark", "1"),
    shown("a place a layer does not fill", SIDES, csv("A," + SQUARE), "uncovered", "remark", "%"),
    shown("a part three hundred kilometres away", SIDES, csv("A,MULTIPOLYGON (((0 0, 5000 0, 5000 5000, 0 5000, 0 0)), ((300000 0, 300100 0, 300100 100, 300000 100, 300000 0)))"), "far_part", "doubt", "A"),
    shown("a district with a stray polygon", "admin", csv("南开,MULTIPOLYGON (((0 0, 5000 0, 5000 5000, 0 5000, 0 0)), ((0 250000, 100 250000, 100 250100, 0 250100, 0 250000)))", header="id,wkt"), "far_part", "doubt"),
    shown("features that had to be mended", HOMES, csv(SOUND, "B,POLYGON ((0 0, 100 0, 100 100, 100 150, 100 100, 0 100, 0 0))"), "repaired", "remark", "1"),
    shown("features that were set aside", HOMES, csv(SOUND, "B,LINESTRING (0 0, 9 9)", "C,LINESTRING (0 0, 9 9)"), "set_aside", "doubt", "2", "3"),
    shown("all features in one corner", POINTS, csv(*[f"店{i},POINT ({10 * i} {7 * i})" for i in range(40)], header="名称,wkt"), "corner", "remark", "40"),
)  # fmt: skip


@rows(*CROSSING, *RINGS, *KINDS, *CURVES, *TOGETHER)
def test_geometry(row, folder, record_property):
    put(row, folder, record_property)


def test_squares_of_the_bench_are_where_they_should_be():
    assert square(0, 0).bounds == (500_000, 4_334_000, 500_100, 4_334_100)

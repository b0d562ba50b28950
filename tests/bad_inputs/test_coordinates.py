"""Coordinates that are not what they claim: axes, zones, units, frames of map services."""

import numpy as np
import pytest
import shapely
from bad_inputs_bench import STUDY, contract, noted, put, refused, repaired, right, rows, square
from pyproj import CRS, Transformer

from geoplan import crs as crs_room
from geoplan.ops.encrypted import encrypted

HOMES = contract()
WESTERN = crs_room.to_crs(
    np.array([shapely.box(86.9, 39.0, 87.1, 39.3)], dtype=object), crs_room.parse("EPSG:4326"), STUDY
)[0]
"""A place west of 90 degrees."""
POINTS = contract("point", "shops")


def nowhere(desk):
    """A sound square, and one with a corner that is no number."""
    with np.errstate(invalid="ignore"):
        raw = shapely.to_wkb(square(0, 0)).replace(np.float64(4_334_100).tobytes(), np.float64("nan").tobytes())
        return {"path": desk.write("a.gpkg", {"BSM": ["A", "B"]}, [square(0, 0), shapely.from_wkb(raw)])}


def moved(target, shapes=None, source=STUDY):
    """Two squares of the place in another CRS."""
    shapes = np.array([square(0, 0), square(3000, 2000)] if shapes is None else shapes, dtype=object)
    return crs_room.to_crs(
        shapes, crs_room.parse(source) if isinstance(source, str) else source, crs_room.parse(target)
    )


def shifted(shapes, *, dx=0.0, dy=0.0, times=1.0, swap=False):
    def turn(xy):
        xy = xy * times + np.array([dx, dy])
        return xy[:, ::-1] if swap else xy

    return shapely.transform(np.array(shapes, dtype=object), turn)


def drawn(name, target, label="", **turned):
    """A file in one CRS that claims another one (or none), its coordinates turned on the way."""

    def make(desk):
        shapes = shifted(moved(target), **turned)
        return {
            "path": desk.write(name, {"BSM": ["A", "B"]}, shapes, crs=CRS.from_user_input(label) if label else None)
        }

    return make


def declared(name, target, crs, label="", **turned):
    def make(desk):
        return {**drawn(name, target, label, **turned)(desk), "crs": crs}

    return make


def table(header, *lines, crs="EPSG:4548"):
    def make(desk):
        return {"path": desk.csv("点.csv", header, *lines), "crs": crs}

    return make


def encrypted_points(frame, crs):
    def make(desk):
        to = Transformer.from_crs(4548, 4326, always_xy=True)
        lon, lat = to.transform(np.array([500_100.0, 503_000.0]), np.array([4_334_100.0, 4_335_000.0]))
        points = shapely.points(np.column_stack(encrypted(lon, lat, frame)))
        return {"path": desk.write("店铺.gpkg", {"BSM": ["A", "B"]}, points, crs=4326), "crs": crs}

    return make


def at_home(layer):
    assert shapely.within(layer.frame.geometry.to_numpy(), shapely.box(499_000, 4_333_000, 509_000, 4_343_000)).all()


def stands(layer):
    at_home(layer)
    found = shapely.centroid(layer.frame.geometry.to_numpy())
    truth = shapely.centroid(np.array([square(0, 0), square(3000, 2000)], dtype=object))
    assert (shapely.distance(found, truth) < 0.01).all()


def true_points(layer):
    truth = shapely.points([[500_100.0, 4_334_100.0], [503_000.0, 4_335_000.0]])
    assert (shapely.distance(layer.frame.geometry.to_numpy(), truth) < 0.01).all()


def at_the_place(layer):
    assert layer.frame["id"].tolist() == ["A"]


AXES = (
    refused("latitude before longitude", HOMES, drawn("小区.gpkg", "EPSG:4490", "EPSG:4490", swap=True), "crs.swapped", "homes", "小区.gpkg"),
    refused("northing before easting", HOMES, drawn("小区.gpkg", "EPSG:4548", "EPSG:4548", swap=True), "crs.swapped", "小区.gpkg", "EPSG:4548"),
    refused("northing before a prefixed easting", HOMES, drawn("小区.gpkg", "EPSG:4527", "EPSG:4527", swap=True), "crs.swapped", "小区.gpkg", "EPSG:4527"),
    refused("latitude before longitude in a shapefile", HOMES, drawn("小区.shp", "EPSG:4326", "EPSG:4326", swap=True), "crs.swapped", "小区.shp"),
    refused("columns X and Y as surveyors name them", POINTS, table("名称,X,Y", "和平,4334100,500100", "南开,4335000,503000"), "crs.swapped", "点.csv", "EPSG:4548"),
    refused("longitude and latitude in each other's column", POINTS, table("名称,经度,纬度", "和平,39.14,117.01", crs="EPSG:4490"), "crs.swapped", "点.csv"),
    refused("axes swapped west of 90 degrees, where both could be latitudes", HOMES,
            lambda d: {"path": d.write("a.geojson", {"BSM": ["A"]}, [shapely.box(39.14, 87.0, 39.15, 87.01)], crs=4326)},
            "crs.swapped", "a.geojson", "homes", covers=WESTERN),
    refused("axes swapped in UTM", HOMES, drawn("小区.gpkg", "EPSG:32650", "EPSG:32650", swap=True), "crs.swapped", "小区.gpkg", "EPSG:32650"),
)  # fmt: skip

ZONES = (
    refused("a zone number under a CRS without one", HOMES, drawn("a.gpkg", "EPSG:4527", "EPSG:4548"), "crs.zone_prefix", "39", 'crs = "EPSG:4527"'),
    refused("no zone number under a CRS with one", HOMES, drawn("a.gpkg", "EPSG:4548", "EPSG:4527"), "crs.no_zone_prefix", "39", "a.gpkg"),
    refused("the zone number of six degrees under a CRS without one", HOMES, drawn("a.gpkg", "EPSG:4498", "EPSG:4548"), "crs.zone_prefix", "20", 'crs = "EPSG:4498"'),
    refused("the zone number of six degrees under that of three", HOMES, drawn("a.gpkg", "EPSG:4498", "EPSG:4527"), "crs.zone_prefix", "20", 'crs = "EPSG:4498"'),
    refused("the zone number of three degrees under that of six", HOMES, drawn("a.gpkg", "EPSG:4527", "EPSG:4498"), "crs.zone_prefix", "39", 'crs = "EPSG:4527"'),
    refused("the zone number of a neighbour", HOMES, drawn("a.gpkg", "EPSG:4527", "EPSG:4528"), "crs.zone_prefix", "39", 'crs = "EPSG:4527"'),
    refused("a zone number in a table of points", POINTS, table("名称,x,y", "和平,39500100,4334100"), "crs.zone_prefix", "39", "点.csv"),
    refused("the meridian of 120 degrees for 117", HOMES, drawn("a.gpkg", "EPSG:4548", "EPSG:4549"), "source.elsewhere_as", "a.gpkg", 'crs = "EPSG:4548"'),
    refused("the meridian of 114 degrees for 117, declared", HOMES, declared("a.gpkg", "EPSG:4548", "EPSG:4547"), "source.elsewhere_as", 'crs = "EPSG:4548"'),
    refused("the meridian of 117 degrees for 120", HOMES, drawn("a.gpkg", "EPSG:4549", "EPSG:4548"), "source.elsewhere_as", 'crs = "EPSG:4549"'),
    refused("the meridian of six degrees for three", HOMES, drawn("a.gpkg", "EPSG:4549", "EPSG:4509"), "source.elsewhere_as", 'crs = "EPSG:4549"'),
    refused("three degrees for six", HOMES, drawn("a.gpkg", "EPSG:4509", "EPSG:4549"), "source.elsewhere_as", 'crs = "EPSG:4548"'),
    refused("UTM under the name of Gauss-Krueger far from its meridian", HOMES, drawn("a.gpkg", "EPSG:32651", "EPSG:4548"), "source.elsewhere_as", 'crs = "EPSG:32651"'),
    right("six degrees and three of one meridian are the same plane", HOMES, drawn("a.gpkg", "EPSG:4548", "EPSG:4509"), stands),
    right("six degrees with a zone number, said rightly", HOMES, drawn("a.gpkg", "EPSG:4498", "EPSG:4498"), stands),
    right("another zone, said rightly", HOMES, drawn("a.gpkg", "EPSG:4549", "EPSG:4549"), stands),
    refused("a declared CRS the file contradicts, both over the place", HOMES, declared("a.gpkg", "EPSG:4548", "EPSG:32650", "EPSG:4548"), "crs.contradicts", "a.gpkg", "EPSG:32650", 'crs_instead_of = "EPSG:4548"', "+1735"),
    refused("a file whose CRS the study contradicts by a zone", HOMES, declared("a.shp", "EPSG:4548", "EPSG:4548", "EPSG:4549"), "crs.contradicts", "a.shp", "EPSG:4549", 'crs_instead_of = "EPSG:4549"'),
    refused("Xi'an 1980 in the file, CGCS2000 in the study", HOMES, declared("a.gpkg", "EPSG:4548", "EPSG:4548", "EPSG:2384"), "crs.contradicts_datum", "a.gpkg", "EPSG:2384"),
    refused("CGCS2000 in the file, Xi'an 1980 in the study", HOMES, declared("a.gpkg", "EPSG:4548", "EPSG:2384", "EPSG:4548"), "crs.contradicts_datum", "a.gpkg", "EPSG:2384"),
    refused("CGCS2000 in the file, Beijing 1954 in the study", HOMES, declared("a.gml", "EPSG:4548", "EPSG:2436", "EPSG:4548"), "crs.contradicts_datum", "a.gml", "EPSG:2436"),
    refused("another CRS of the file than the one that was said to be wrong", HOMES, lambda d: {**declared("a.gpkg", "EPSG:4548", "EPSG:4548", "EPSG:32650")(d), "crs_instead_of": "EPSG:4549"}, "crs.contradicts", 'crs_instead_of = "EPSG:32650"'),
    noted("a declared CRS that differs from the file's, which is said to be wrong", HOMES, lambda d: {**declared("a.gpkg", "EPSG:4548", "EPSG:4548", "EPSG:4549")(d), "crs_instead_of": "EPSG:4549"}, "read.crs", "EPSG:4548", "EPSG:4549", "a.gpkg", right=stands),
    noted("degrees in a file that says metres, declared", HOMES, declared("a.gpkg", "EPSG:4490", "EPSG:4490", "EPSG:4548"), "read.crs", "EPSG:4490", "EPSG:4548", right=stands),
    noted("a zone number in a file whose CRS has none, declared", HOMES, declared("a.gpkg", "EPSG:4527", "EPSG:4527", "EPSG:4548"), "read.crs", "EPSG:4527", right=stands),
    right("WGS 84 declared over CGCS2000", HOMES, declared("a.gpkg", "EPSG:4490", "EPSG:4326", "EPSG:4490"), stands),
    right("six degrees declared over three of one meridian", HOMES, declared("a.gpkg", "EPSG:4548", "EPSG:4509", "EPSG:4548"), stands),
)  # fmt: skip

UNITS = (
    refused("degrees labelled metres", HOMES, drawn("a.gpkg", "EPSG:4490", "EPSG:4548"), "crs.degrees_as_metres", "a.gpkg", "117", 'crs = "EPSG:4490"'),
    refused("degrees declared metres", HOMES, declared("a.shp", "EPSG:4490", "EPSG:4548"), "crs.degrees_as_metres", "a.shp"),
    refused("metres labelled degrees", HOMES, drawn("a.gpkg", "EPSG:4548", "EPSG:4490"), "crs.metres_as_degrees", "a.gpkg", 'crs = "EPSG:4548"'),
    refused("metres in a GeoJSON, which is in degrees", HOMES,
            lambda d: {"path": d.text("a.geojson", '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[500000,4334000]}}]}')},
            "crs.metres_as_degrees", "a.geojson"),
    refused("feet labelled metres", HOMES, drawn("a.gpkg", "EPSG:4548", "EPSG:4548", times=1 / 0.3048), "source.elsewhere_unit", "a.gpkg", "0.3048"),
    refused("US feet labelled metres", HOMES, drawn("a.gpkg", "EPSG:4548", "EPSG:4548", times=3937 / 1200), "source.elsewhere_unit", "a.gpkg", "0.3048"),
    refused("kilometres labelled metres", HOMES, drawn("a.gpkg", "EPSG:4548", "EPSG:4548", times=0.001), "source.elsewhere_unit", "a.gpkg", "1000"),
    refused("millimetres of a drawing labelled metres", HOMES, drawn("a.gpkg", "EPSG:4548", "EPSG:4548", times=1000), "source.elsewhere_unit", "a.gpkg", "0.001"),
    refused("a local grid without an origin", HOMES, drawn("a.gpkg", "EPSG:4548", "EPSG:4548", dx=-500_000, dy=-4_334_000), "source.elsewhere", "a.gpkg"),
    refused("degrees of another hemisphere", HOMES, drawn("a.gpkg", "EPSG:4490", "EPSG:4490", times=-1), "source.elsewhere", "a.gpkg"),
    refused("EPSG:3857 labelled Gauss-Krueger, which looks like zone 13", HOMES, drawn("a.gpkg", "EPSG:3857", "EPSG:4548"), "crs.web_as_zone", "a.gpkg", 'crs = "EPSG:3857"', "117.0"),
    refused("EPSG:3857 labelled a zone with a number", HOMES, drawn("a.gpkg", "EPSG:3857", "EPSG:4527"), "crs.web_as_zone", "a.gpkg", "EPSG:4527"),
    refused("EPSG:3857 labelled as the Mercator of the ellipsoid", HOMES, drawn("a.gpkg", "EPSG:3857", "EPSG:3395"), "source.elsewhere_as", 'crs = "EPSG:3857"', 'crs_instead_of = "EPSG:3395"'),
    refused("the wrong CRS of a file named, but not the right one", HOMES, lambda d: {**drawn("a.gpkg", "EPSG:4548", "EPSG:4549")(d), "crs_instead_of": "EPSG:4549"}, "source.instead_of", "homes", "EPSG:4549"),
    refused("areas measured on EPSG:3857", contract(columns={"stated_area": {"aliases": ["MJ"], "kind": "number", "unit": "m2"}}),
            lambda d: {"path": d.write("a.gpkg", {"MJ": [1.0, 2.0]}, moved("EPSG:3857"), crs=3857)}, "crs.measured", "MJ", "EPSG:3857", "area_basis"),
    refused("lengths measured on EPSG:3857", contract(columns={"width": {"aliases": ["KD"], "kind": "number", "unit": "m"}}),
            lambda d: {"path": d.write("a.gpkg", {"KD": [1.0, 2.0]}, moved("EPSG:3857"), crs=3857)}, "crs.measured", "KD", "EPSG:3857"),
    right("shapes on EPSG:3857 are put where they are", HOMES, drawn("a.gpkg", "EPSG:3857", "EPSG:3857"), stands),
    right("US feet, said rightly", HOMES, drawn("a.gpkg", "+proj=tmerc +lon_0=117 +k=1 +x_0=500000 +ellps=GRS80 +units=us-ft", "+proj=tmerc +lon_0=117 +k=1 +x_0=500000 +ellps=GRS80 +units=us-ft"), stands),
)  # fmt: skip

NAMES = (
    refused("no .prj", HOMES, drawn("a.shp", "EPSG:4548"), "crs.none_said", "a.shp", 'crs = "EPSG:4548"', "EPSG:4548, EPSG:32650"),
    refused("no CRS in a GeoPackage", HOMES, drawn("a.gpkg", "EPSG:4548"), "crs.none_said", "a.gpkg"),
    refused("no CRS of a CSV", POINTS, lambda d: {"path": d.csv("点.csv", "x,y", "500100,4334100")}, "crs.none_said", "点.csv"),
    right("no .prj, but declared", HOMES, declared("a.shp", "EPSG:4548", "EPSG:4548"), stands),
    refused("a .prj that is no CRS", HOMES,
            lambda d: (drawn("a.shp", "EPSG:4548")(d), d.text("a.prj", "这不是坐标系"))[0], "crs.none_said", "a.shp"),
    refused("a .prj cut in the middle", HOMES,
            lambda d: (drawn("a.shp", "EPSG:4548")(d), d.text("a.prj", CRS.from_epsg(4548).to_wkt("WKT1_ESRI")[:80]))[0], "source.broken_crs", "a.shp", ".prj"),
    refused("a local drawing grid", HOMES,
            drawn("a.gpkg", "EPSG:4548", 'ENGCRS["天津90",EDATUM["local"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'), "layer.no_crs", "a.gpkg"),
    refused("a name nobody registered", HOMES, declared("a.gpkg", "EPSG:4548", "天津2000"), "crs.unknown", "天津2000", "EPSG:4548"),
    refused("a number nobody registered", HOMES, declared("a.gpkg", "EPSG:4548", "EPSG:99999"), "crs.unknown", "EPSG:99999"),
    refused("a CRS that is a number and no text", HOMES, lambda d: {**drawn("a.gpkg", "EPSG:4548")(d), "crs": 4548}, "source.key", 'crs = "EPSG:4548"'),
    refused("Xi'an 1980, whose parameters are no public matter", HOMES, drawn("a.gpkg", "EPSG:4548", "EPSG:2384"), "crs.no_transformation", "EPSG:2384"),
    refused("Beijing 1954 declared", HOMES, declared("a.gpkg", "EPSG:4548", "EPSG:2436"), "crs.no_transformation", "EPSG:2436"),
    right("WGS 84 for CGCS2000 is the same to decimetres", HOMES, drawn("a.gpkg", "EPSG:4326", "EPSG:4326"), stands),
)  # fmt: skip

FRAMES = (
    noted("GCJ-02 declared", POINTS, encrypted_points("GCJ-02", "GCJ-02"), "read.decrypted", "店铺.gpkg", "GCJ-02", right=true_points),
    noted("BD-09 declared", POINTS, encrypted_points("BD-09", "BD-09"), "read.decrypted", "店铺.gpkg", "BD-09", right=true_points),
    noted("GCJ-02 as planners call it", POINTS, encrypted_points("GCJ-02", "火星坐标系"), "read.decrypted", "店铺.gpkg", right=true_points),
    noted("BD-09 with a blank", POINTS, encrypted_points("BD-09", "bd 09"), "read.decrypted", "店铺.gpkg", right=true_points),
    refused("metres declared GCJ-02", HOMES, declared("a.gpkg", "EPSG:4548", "GCJ-02"), "crs.metres_as_degrees", "a.gpkg", "GCJ-02"),
    refused("swapped axes declared GCJ-02", HOMES, declared("a.gpkg", "EPSG:4490", "GCJ-02", swap=True), "crs.swapped", "a.gpkg"),
    refused("a frame nobody knows", HOMES, declared("a.gpkg", "EPSG:4490", "GCJ-03"), "crs.unknown", "GCJ-03"),
)  # fmt: skip

BROKEN = (
    repaired("a coordinate that is no number", HOMES,
             nowhere,
             "not_finite", area=10_000),
    refused("coordinates that are all zero", POINTS, table("名称,x,y", "和平,0,0", "南开,0,0"), "source.at_zero", "点.csv"),
    repaired("a point at 0, 0 among others", POINTS, table("名称,x,y", "和平,500100,4334100", "南开,0,0"), "at_zero", area=0),
    repaired("a polygon that runs to 0, 0", HOMES, lambda d: {"path": d.write("a.gpkg", {"BSM": ["A", "B"]}, [square(0, 0), shapely.Polygon([(500_000, 4_334_000), (500_100, 4_334_000), (0, 0)])])}, "at_zero", area=10_000),
    right("a polygon across the meridian and the equator", contract(), lambda d: {"path": d.write("a.gpkg", {"BSM": ["A"]}, [shapely.box(-1, -1, 118, 60)], crs=4326)}, at_the_place),
    repaired("a point at 0, 0 degrees among others", POINTS, table("名称,经度,纬度", "和平,117.01,39.14", "南开,0,0", crs="EPSG:4490"), "at_zero", area=0),
    refused("degrees, minutes and seconds in a column of coordinates", POINTS, table("名称,经度,纬度", "和平,117°01'30,39°08'24", crs="EPSG:4490"), "source.nothing", "点.csv"),
)  # fmt: skip


@rows(*AXES, *ZONES, *UNITS, *NAMES, *FRAMES, *BROKEN)
def test_coordinates(row, folder, record_property):
    put(row, folder, record_property)


@pytest.mark.parametrize(
    ("crs", "sentence"),
    [
        ("EPSG:3857", "crs.web_mercator"), ("EPSG:3785", "crs.too_far"), ("EPSG:4490", "crs.not_projected"),
        ("EPSG:4326", "crs.not_projected"), ("EPSG:2227", "crs.not_metres"), ("EPSG:4551", "crs.too_far"),
        ("EPSG:32633", "crs.too_far"), ("EPSG:4978", "crs.not_projected"), ("GCJ-02", "crs.not_projected"),
        ("天津90", "crs.unknown"), ("EPSG:5773", "crs.not_projected"), ("EPSG:4552", "crs.too_far"),
    ],
)  # fmt: skip
def test_a_place_is_not_measured_in_what_cannot_measure_it(crs, sentence, record_property):
    from bad_inputs_bench import both

    from geoplan.errors import CRSError

    place = shapely.box(116.95, 39.1, 117.1, 39.3)
    with pytest.raises(CRSError) as caught:
        crs_room.given(crs, place)
    assert caught.value.id == sentence
    both(caught.value, (crs.removeprefix("EPSG:"),))
    record_property("bad_input", "refused")

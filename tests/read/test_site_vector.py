"""Shapes as attachments: Shapefile (zipped, nested), GeoPackage, GeoJSON, geodatabase, KML, WKT, and what is none."""

import json
import shutil
import warnings
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import CRSError, GeometryError, GeoplanError, LayerError, SourceError
from geoplan.read.attachments import find_attachments, open_attachment

STUDY = CRS("EPSG:4548")
AREA = shapely.box(550_000, 4_320_000, 580_000, 4_350_000)
E, N = 564_832.781, 4_335_324.432
SQUARE = shapely.box(E, N, E + 100, N + 100)
HOLED = shapely.Polygon(SQUARE.exterior.coords, [shapely.box(E + 20, N + 20, E + 60, N + 60).exterior.coords])
ASIDE = shapely.box(E + 200, N, E + 300, N + 100)
BOW = shapely.Polygon([(E, N), (E + 100, N + 100), (E + 100, N), (E, N + 100)])


def opened(path, **options):
    return open_attachment(path, crs=STUDY, boundary=AREA, **options)


def refused(path, **options):
    with pytest.raises(GeoplanError) as caught:
        opened(path, **options)
    assert caught.value.say("zh")
    assert caught.value.say("en")
    return caught.value


def sentences(attachment):
    notes = [*attachment.notes, *(n for plot in attachment.plots for n in plot.notes)]
    assert all(note.say(language) for note in notes for language in ("zh", "en"))
    return {note.sentence.removeprefix("site_note.") for note in notes}


def same(a, b, metres=1e-6):
    return shapely.hausdorff_distance(a.boundary, b.boundary) <= metres


def made(path, shapes=(SQUARE,), *, crs=STUDY, layer=None, append=False, encoding=None, **columns):
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=STUDY if crs else None)
    frame = frame.to_crs(crs) if crs else frame
    options = {"layer": layer} if layer else {}
    options |= {"encoding": encoding} if encoding else {}
    driver = {".shp": "ESRI Shapefile", ".gpkg": "GPKG", ".geojson": "GeoJSON", ".gdb": "OpenFileGDB", ".kml": "KML"}[
        path.suffix
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that a frame without a CRS has none is meant
        frame.to_file(path, driver=driver, engine="pyogrio", mode="a" if append else "w", **options)
    return path


def pack(path, *files, root=None, names=None):
    with zipfile.ZipFile(path, "w") as packed:
        for n, file in enumerate(files):
            inside = file.rglob("*") if file.is_dir() else [file]
            for one in inside:
                packed.write(one, names[n] if names else one.relative_to(root or file.parent))
    return path


def shapefile(path, *args, **options):
    made(path, *args, **options)
    return sorted(p for p in path.parent.iterdir() if p.stem == path.stem and p.suffix != ".zip")


@pytest.mark.parametrize("ending", ["shp", "gpkg", "geojson", "gdb", "kml"])
def test_every_format_gives_the_same_plot(tmp_path, ending):
    degrees = ending in {"geojson", "kml"}
    path = made(tmp_path / f"地块.{ending}", [HOLED], crs="EPSG:4326" if degrees else STUDY, name=["一号"])
    found = opened(path)
    assert same(found.plots[0].shape, HOLED, 1e-2 if degrees else 1e-3)
    assert found.plots[0].name == ("一号")
    assert (found.format, found.plots[0].plane) == (ending, None if degrees else STUDY)
    assert (found.file, len(found.sha256)) == (path.name, 64)
    assert sentences(found) == ({"by_format"} if degrees else set())


def test_columns_of_bureaus_are_understood(tmp_path):
    columns = {
        "DKBH": ["DK-1"],
        "DKMC": ["代征地块"],
        "DKMJ": [1.0],
        "TDYT": ["道路"],
        "TFH": ["J50"],
        "DLBM": ["1207"],
    }
    plot = opened(made(tmp_path / "a.shp", **columns)).plots[0]
    assert (plot.number, plot.name, plot.role, plot.declared_area) == ("DK-1", "代征地块", "代征", 10_000.0)
    assert (plot.use, plot.sheet, plot.code) == ("道路", "J50", "1207")
    chinese = opened(made(tmp_path / "b.shp", encoding="GBK", 地块编号=["DK-2"], 面积=[10_020.0])).plots[0]
    assert (chinese.number, chinese.declared_area) == ("DK-2", 10_020.0)
    assert [n.sentence for n in chinese.notes] == ["site_note.area_differs"]


@pytest.mark.parametrize(
    ("crs", "plane"),
    [
        ("EPSG:4527", "EPSG:4527"),
        ("EPSG:4498", "EPSG:4498"),
        ("EPSG:32650", "EPSG:32650"),
        ("EPSG:4490", None),
        ("EPSG:3857", None),
    ],
)
def test_a_stated_system_is_followed(tmp_path, crs, plane):
    found = opened(made(tmp_path / "a.gpkg", crs=crs))
    assert same(found.plots[0].shape, SQUARE, 1e-6)
    assert found.plots[0].plane == (CRS(plane) if plane else None)
    assert sentences(found) == ({"web_mercator"} if crs == "EPSG:3857" else set())


def test_a_zone_number_the_system_does_not_have_is_told(tmp_path):
    shifted = shapely.transform(SQUARE, lambda xy: np.add(xy, [39e6, 0]))
    found = opened(made(tmp_path / "a.gpkg", [shifted]))
    assert same(found.plots[0].shape, SQUARE)
    assert sentences(found) == {"prefix"}
    assert found.plots[0].plane == CRS("EPSG:4527")


def test_shapes_in_many_parts_and_dimensions_are_one_plot_each(tmp_path):
    many = shapely.force_3d(shapely.MultiPolygon([SQUARE, ASIDE]), 3.0)
    found = opened(made(tmp_path / "a.gpkg", [many, shapely.box(E, N + 300, E + 9, N + 309)]))
    assert [p.number for p in found.plots] == ["1", "2"]
    assert found.plots[0].shape.area == pytest.approx(20_000)
    assert not found.plots[0].shape.has_z


def test_a_boundary_that_only_touches_itself_is_tidied(tmp_path):
    # two squares on one corner, drawn as one ring
    corners = [(0, 0), (50, 0), (50, 50), (100, 50), (100, 100), (50, 100), (50, 50), (0, 50)]
    found = opened(made(tmp_path / "a.gpkg", [shapely.Polygon([(E + x, N + y) for x, y in corners])]))
    assert found.plots[0].shape.area == pytest.approx(5000)
    assert sentences(found) == {"touching"}


def test_a_line_needs_a_width_and_points_beside_areas_are_told(tmp_path):
    line = made(tmp_path / "a.gpkg", [shapely.LineString([(E, N), (E + 100, N)])])
    assert refused(line).id == "site_file.width_needed"
    assert opened(line, width=6.0).plots[0].shape.area == pytest.approx(600)
    mixed = tmp_path / "b.geojson"
    made(mixed, [SQUARE, shapely.Point(E, N)], crs="EPSG:4326")
    assert sentences(opened(mixed)) == {"points_beside", "by_format"}
    made(mixed, [SQUARE, shapely.LineString([(E, N), (E + 100, N)])], crs="EPSG:4326")
    assert refused(mixed).id == "site_file.width_needed"


def test_of_several_tables_the_one_named_like_a_site_is_meant(tmp_path):
    path = made(tmp_path / "a.gpkg", [ASIDE], layer="STBHHX")
    assert len(opened(path).plots) == 1
    made(path, [ASIDE], layer="道路", append=True)
    assert (refused(path).id, refused(path).fields["layers"]) == ("site_file.which_layer", "STBHHX, 道路")
    made(path, [SQUARE], layer="XMKJFW", append=True)
    assert same(opened(path).plots[0].shape, SQUARE)


def test_a_kml_is_one_set_of_shapes_whatever_its_folders(tmp_path):
    def placemark(shape, name):
        ring = " ".join(f"{x},{y},0" for x, y in gpd.GeoSeries([shape], crs=STUDY).to_crs(4326)[0].exterior.coords)
        polygon = f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
        return f"<Folder><name>{name}夹</name><Placemark><name>{name}</name>{polygon}</Placemark></Folder>"

    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{placemark(SQUARE, "一")}{placemark(ASIDE, "二")}</Document></kml>'
    for name in ("a.kml", "a.ovkml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        found = opened(path)
        assert (found.format, sorted(p.name for p in found.plots)) == ("kml", ["一", "二"])
    kmz = pack(tmp_path / "a.kmz", tmp_path / "a.kml", names=["doc.kml"])
    assert len(opened(kmz).plots) == 2


# --- well-known text ---


def wkt(tmp_path, text):
    path = tmp_path / "a.wkt"
    path.write_text(text, encoding="utf-8")
    return path


def test_well_known_text_says_its_system_by_number(tmp_path):
    found = opened(wkt(tmp_path, f"SRID=4548;{SQUARE.wkt}"))
    assert (found.format, same(found.plots[0].shape, SQUARE)) == ("wkt", True)
    two = opened(wkt(tmp_path, f"SRID=4548;{SQUARE.wkt};\nSRID=4548;{ASIDE.wkt}\n"))
    assert len(two.plots) == 2
    spread = opened(wkt(tmp_path, f"SRID=4548;{SQUARE.wkt}".replace(",", ",\n")))
    assert same(spread.plots[0].shape, SQUARE)
    declared = opened(wkt(tmp_path, SQUARE.wkt), declared_crs="EPSG:4548", declared_by="王工")
    assert sentences(declared) == {"declared"}


def test_a_declaration_that_moves_a_file_which_could_be_right_is_refused(tmp_path):
    # a batch is declared for the few files that say nothing; the others go along with it
    utm = made(tmp_path / "utm.gpkg", crs=CRS("EPSG:32650"))
    error = refused(utm, declared_crs="EPSG:4548", declared_by="王工")
    assert error.id == "site_file.contradicts"
    assert float(error.fields["off"]) == pytest.approx(0.0004 * np.hypot(N, E - 500_000), rel=0.01)
    assert "王工" in error.say("zh")
    for own, declared in ((STUDY, "EPSG:4527"), (STUDY, "CGCS2000"), (CRS("EPSG:32650"), "EPSG:32650")):
        found = opened(made(tmp_path / "same.gpkg", crs=own), declared_crs=declared, declared_by="王工")
        assert same(found.plots[0].shape, SQUARE, 0.01)


def test_latitude_before_longitude_is_told(tmp_path):
    degrees = gpd.GeoSeries([SQUARE], crs=STUDY).to_crs(4490)[0]
    turned = shapely.transform(degrees, lambda xy: xy[:, ::-1])
    found = opened(wkt(tmp_path, f"SRID=4490;{turned.wkt}"))
    assert same(found.plots[0].shape, SQUARE, 1e-5)
    assert sentences(found) == {"swapped"}


# --- archives ---


def test_a_zipped_shapefile_is_read_and_a_nested_one_too(tmp_path):
    inner = pack(tmp_path / "inner.zip", *shapefile(tmp_path / "地块.shp", DKMC=["一号"]))
    found = opened(inner)
    assert (found.file, found.plots[0].name) == ("inner.zip/地块.shp", "一号")
    outer = pack(tmp_path / "outer.zip", inner)
    assert opened(outer).file == "outer.zip/inner.zip/地块.shp"
    deep = pack(tmp_path / "deep.zip", pack(tmp_path / "deeper.zip", outer))
    assert refused(deep).id == "source.nested"


def test_names_in_gbk_are_read_as_they_were_meant(tmp_path):
    files = shapefile(tmp_path / "地块.shp")
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as sink:
        for file in files:
            sink.writestr(zipfile.ZipInfo("QQQQ" + file.suffix), file.read_bytes())
    # the archivers of Chinese Windows write the bytes of GBK and do not say so
    packed.write_bytes(packed.read_bytes().replace(b"QQQQ", "地块".encode("gbk")))
    assert opened(packed).file == "a.zip/地块.shp"


def test_a_geodatabase_in_an_archive_is_one(tmp_path):
    made(tmp_path / "data.gdb", layer="XMFW")
    assert opened(pack(tmp_path / "a.zip", tmp_path / "data.gdb")).format == "gdb"


def test_shapefiles_of_several_roles_are_one_project(tmp_path):
    files = [
        *shapefile(tmp_path / "净用地.shp"),
        *shapefile(tmp_path / "代征用地.shp", [ASIDE]),
        *shapefile(tmp_path / "界址点.shp", [shapely.Point(E, N)]),
    ]
    found = opened(pack(tmp_path / "a.zip", *files))
    assert sorted((p.role, p.number) for p in found.plots) == [("代征", "2"), ("净用地", "1")]
    assert sentences(found) == {"left_in_archive"}


def test_files_that_say_the_same_are_one_and_others_cannot_be_told_apart(tmp_path):
    files = shapefile(tmp_path / "地块.shp")
    text = wkt(tmp_path, f"SRID=4548;{SQUARE.wkt}")
    pdf = tmp_path / "说明.pdf"
    pdf.write_bytes(b"%PDF")
    found = opened(pack(tmp_path / "a.zip", *files, text, pdf))
    assert found.format == "shp"
    wkt(tmp_path, f"SRID=4548;{ASIDE.wkt}")
    error = refused(pack(tmp_path / "b.zip", *files, text))
    assert (error.id, error.fields["names"]) == ("site_file.which_member", "地块.shp, a.wkt")


def test_an_archive_cannot_write_beside_its_folder(tmp_path):
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as sink:
        sink.writestr("../../out.wkt", f"SRID=4548;{SQUARE.wkt}")
    assert len(opened(packed).plots) == 1
    assert not list(tmp_path.parent.glob("out.wkt"))


def text_file(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def damaged(tmp_path, ending, keep=1.0, drop=()):
    files = shapefile(tmp_path / "a.shp")
    path = tmp_path / "a.shp"
    for file in files:
        if file.suffix in drop:
            file.unlink()
    target = path.with_suffix(ending)
    target.write_bytes(target.read_bytes()[: int(len(target.read_bytes()) * keep)])
    return path


def feature(coordinates, kind="Polygon"):
    return json.dumps({"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": coordinates}})


def collection(*features):
    return '{"type": "FeatureCollection", "features": [' + ", ".join(features) + "]}"


def locked(tmp_path):
    path = pack(tmp_path / "a.zip", wkt(tmp_path, "POINT (0 0)"))
    # the flag that says a member is encrypted, in both of its heads
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    path.write_bytes(content)
    return path


LONLAT = [[[117.75, 39.14], [117.76, 39.14], [117.76, 39.15], [117.75, 39.14]]]
AREAS = "".join(
    f"<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    for ring in (
        "117.75,39.14 117.75,39.15 117.76,39.15 117.75,39.14",
        "117.77,39.14 117.77,39.15 117.78,39.15 117.77,39.14",
    )
)
KML = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{AREAS}</Document></kml>'
PLANE = [[[E, N], [E + 100, N], [E + 100, N + 100], [E, N]]]
REFUSED = {
    # of each: what makes it, the kind of error, its sentence, and some of its slots
    "no file": (lambda p: p / "a.shp", SourceError, "site_file.missing", {}),
    "half a shapefile": (lambda p: damaged(p, ".shp", 0.5), (SourceError, LayerError), None, {}),
    "a shapefile of nothing": (lambda p: damaged(p, ".shp", 0.0), SourceError, "source.unreadable", {}),
    "a shapefile without its system": (lambda p: damaged(p, ".shp", drop=(".prj",)), CRSError, "site_file.no_crs", {}),
    "an old system": (lambda p: made(p / "a.shp", crs=None) and text_file(p, "a.prj", CRS("EPSG:2384").to_wkt("WKT1_ESRI")) and p / "a.shp", CRSError, "site_file.old_crs", {"new": 4 + 1}),
    "another zone": (lambda p: made(p / "a.gpkg", [shapely.transform(SQUARE, lambda xy: np.add(xy, [40e6, 0]))]), CRSError, "site_file.nowhere", {}),
    "a drawing board": (lambda p: made(p / "a.gpkg", crs=None), CRSError, "site_file.no_crs", {}),
    "a table without shapes": (lambda p: made(p / "a.gpkg", [None]), GeometryError, "site_file.empty_shape", {}),
    "a record without a shape": (lambda p: made(p / "a.gpkg", [SQUARE, None]), GeometryError, "site_file.empty_shape", {}),
    "an area GDAL passes over": (lambda p: text_file(p, "a.kml", KML.replace("117.75,39.14 117.75,39.15 117.76,39.15 117.75,39.14", "")), GeometryError, "site_file.lost_shapes", {"drawn": 2, "read": 1}),
    "a boundary that crosses itself": (lambda p: made(p / "a.gpkg", [SQUARE, BOW]), GeometryError, "site_file.invalid", {}),
    "an area of nothing": (lambda p: made(p / "a.gpkg", [shapely.Polygon([(E, N), (E + 1, N), (E + 2, N)])]), GeometryError, "site_file.no_area", {}),
    "no GeoJSON": (lambda p: text_file(p, "a.geojson", "{"), SourceError, "source.unreadable", {}),
    "GeoJSON cut off": (lambda p: text_file(p, "a.geojson", feature(PLANE)[:80]), SourceError, "source.unreadable", {}),
    "GeoJSON in metres": (lambda p: text_file(p, "a.geojson", feature(PLANE)), CRSError, "site_file.nowhere", {}),
    "GeoJSON of another place": (lambda p: text_file(p, "a.geojson", feature([[[2, 48], [2.1, 48], [2.1, 48.1], [2, 48]]])), CRSError, "site_file.nowhere", {}),
    "a feature GDAL passes over": (lambda p: text_file(p, "a.geojson", collection(feature(LONLAT), feature(LONLAT).replace('"Feature"', '"Featur"'))), GeometryError, "site_file.lost_shapes", {"drawn": 2, "read": 1}),
    "a coordinate that is none": (lambda p: text_file(p, "a.kml", KML.replace("117.76,39.15", "117.76 39.15")), GeometryError, "site_file.number", {"value": "117.76"}),
    "no KML": (lambda p: text_file(p, "a.kml", "<kml><Document></Document></kml>"), LayerError, "site_file.no_plot", {}),
    "a list of other places": (lambda p: text_file(p, "a.kml", "<OGRVRTDataSource></OGRVRTDataSource>"), SourceError, "source.indirect", {}),
    "no GeoPackage": (lambda p: text_file(p, "a.gpkg", "hello"), SourceError, "source.unreadable", {}),
    "no well-known text": (lambda p: wkt(p, f"SRID=4548;{SQUARE.wkt}\nPOLYGON ((1 2, 3"), LayerError, "site_file.wkt", {"text": "POLYGON ((1 2, 3"}),
    "a ring of two points": (lambda p: wkt(p, f"SRID=4548;POLYGON (({E} {N}, {E + 9} {N}, {E} {N}))"), GeometryError, "site_file.no_area", {}),
    "empty shapes": (lambda p: wkt(p, "SRID=4548;POLYGON EMPTY"), LayerError, "site_file.no_plot", {}),
    "two systems": (lambda p: wkt(p, f"SRID=4548;{SQUARE.wkt}\nSRID=4549;{ASIDE.wkt}"), CRSError, "site_file.two_systems", {"first": "4548", "second": "4549"}),
    "a number of no system": (lambda p: wkt(p, f"SRID=99999;{SQUARE.wkt}"), CRSError, "site_file.unknown_crs", {}),
    "no system": (lambda p: wkt(p, SQUARE.wkt), CRSError, "site_file.no_crs", {}),
    "not a number": (lambda p: wkt(p, "SRID=4548;POLYGON ((0 0, nan 0, 1 1, 0 0))"), (GeometryError, LayerError), None, {}),
    "no archive": (lambda p: text_file(p, "a.zip", "hello"), SourceError, "source.broken_archive", {}),
    "an empty archive": (lambda p: pack(p / "a.zip"), SourceError, "site_file.empty_archive", {}),
    "an archive with a password": (locked, SourceError, "source.locked_archive", {}),
    "an archive of pictures": (lambda p: pack(p / "a.zip", text_file(p, "a.jpg", b"\xff\xd8")), SourceError, "site_file.document", {}),
    "an archive of something else": (lambda p: pack(p / "a.zip", text_file(p, "a.bin", b"1")), SourceError, "site_file.nothing_inside", {}),
    "another archiver": (lambda p: text_file(p, "a.rar", b"Rar!"), SourceError, "site_file.packed", {}),
    "a scan": (lambda p: text_file(p, "a.pdf", b"%PDF"), SourceError, "site_file.document", {}),
    "an old workbook": (lambda p: text_file(p, "a.xls", b"\xd0\xcf"), SourceError, "site_file.old_workbook", {}),
    "a companion alone": (lambda p: text_file(p, "a.dbf", b"\3"), SourceError, "site_file.lone_part", {}),
    "a program": (lambda p: text_file(p, "a.exe", b"MZ"), SourceError, "site_file.kind", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_source_is_refused_with_a_sentence(tmp_path, name):
    make, kind, sentence, slots = REFUSED[name]
    error = refused(make(tmp_path))
    assert isinstance(error, kind), error
    assert error.id == sentence or sentence is None, error
    assert {k: error.fields[k] for k in slots} == slots
    assert "a." in error.say("zh")


def test_a_shapefile_without_its_table_is_only_its_shapes(tmp_path):
    assert len(opened(damaged(tmp_path, ".shp", drop=(".dbf", ".cpg"))).plots) == 1


def test_limits_of_archives_hold_whatever_they_say_of_themselves(tmp_path, monkeypatch):
    from geoplan.read import site_archive

    packed = pack(tmp_path / "a.zip", wkt(tmp_path, f"SRID=4548;{SQUARE.wkt}"), text_file(tmp_path, "b.txt", "x"))
    monkeypatch.setattr(site_archive, "MOST_BYTES", 50)
    assert refused(packed).id == "source.large_archive"
    monkeypatch.setattr(site_archive, "MOST_BYTES", 10_000)
    monkeypatch.setattr(site_archive, "MOST_MEMBERS", 1)
    assert refused(packed).id == "source.many_members"


def test_attachments_of_a_folder_are_all_that_needs_an_answer(tmp_path):
    shapefile(tmp_path / "地块.shp")
    (tmp_path / "邮件 2").mkdir()
    made(tmp_path / "邮件 2" / "data.gdb", layer="XMFW")
    for name in ("sites.csv", "~$表.xlsx", ".DS_Store", "Thumbs.db", "孤.dbf", "扫描.pdf", "邮件 2/表.xlsx", "a.rar"):
        text_file(tmp_path, name, "x")
    found = [p.relative_to(tmp_path).as_posix() for p in find_attachments(tmp_path)]
    assert found == ["a.rar", "地块.shp", "孤.dbf", "扫描.pdf", "邮件 2/data.gdb", "邮件 2/表.xlsx"]


def test_the_hash_of_a_shapefile_is_that_of_all_its_parts(tmp_path):
    files = shapefile(tmp_path / "a.shp")
    before = opened(tmp_path / "a.shp").sha256
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in files:
        shutil.copy(file, copy)
    assert opened(copy / "a.shp").sha256 == before
    text_file(copy, "a.cpg", "GBK")
    assert opened(copy / "a.shp").sha256 != before


def test_a_file_the_machine_will_not_open_is_a_sentence(tmp_path):
    for name in ("a.txt", "a.xlsx", "a.dxf", "a.zip", "a.wkt"):
        (tmp_path / name).mkdir()
        assert refused(tmp_path / name).id in {"site_file.unreadable", "source.broken_archive"}

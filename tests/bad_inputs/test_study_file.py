"""study.toml as people write it: wrong keys, units, kinds, dates; files that are not there, archives, addresses."""

import io
import re
import tarfile
import zipfile

import pytest
from bad_inputs_bench import both, problems, wkt

from geoplan.cli import main
from geoplan.errors import GeoplanError, StudyError
from geoplan.study import open_study

GOOD = """\
[place]
name     = "小镇"
boundary = "boundary.csv"
crs      = "EPSG:4548"
year     = 2025
language = "zh"

[place.zones]
"片区" = { path = "zones.csv", id = "id", name = "name" }

[ask]
analyses = ["green_coverage"]

[layers.built_up]
path = "built.csv"
crs = "EPSG:4548"
as_of = 2025-06-30

[layers.parks]
path = "parks.csv"
crs = "EPSG:4548"
as_of = "2025"
scheme = "CJJ85-2017"

[layers.canopy]
path = "canopy.csv"
crs = "EPSG:4548"
"""
WHOLE = "POLYGON ((0 0, 1000 0, 1000 1000, 0 1000, 0 0))"
FILES = {
    "boundary.csv": f'id,wkt\n1,"{wkt(WHOLE)}"\n',
    "zones.csv": f'id,name,wkt\nA,甲,"{wkt(WHOLE)}"\n',
    "built.csv": f'id,wkt\n1,"{wkt(WHOLE)}"\n',
    "parks.csv": f'id,LDDM,wkt\n1,G11,"{wkt("POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))")}"\n',
    "canopy.csv": f'id,wkt\n1,"{wkt("POLYGON ((0 0, 200 0, 200 200, 0 200, 0 0))")}"\n',
}


def edit(old, new=""):
    """The good study with one thing changed."""
    assert old in GOOD, old
    return lambda folder: (folder / "study.toml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")


def add(text):
    return lambda folder: (folder / "study.toml").write_text(GOOD + text, encoding="utf-8")


def built(path):
    return edit('path = "built.csv"', f"path = {path}")


def raw(data):
    return lambda folder: (folder / "study.toml").write_bytes(data)


def file(name, data, then=None):
    """The good study with one file written over, and perhaps another path to it."""

    def make(folder):
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
        if then is not None:
            then(folder)

    return make


def packed(name, members, path=None):
    """An archive of these members, named where the built-up area is asked for."""

    def make(folder):
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as made:
            for member, data in members.items():
                made.writestr(member, data)
        built(f'"{path or name}"')(folder)

    return make


def inner(members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for member, data in members.items():
            made.writestr(member, data)
    return held.getvalue()


def tarred(folder):
    with tarfile.open(folder / "a.tar.gz", "w:gz") as made:
        made.add(folder / "built.csv", "built.csv")
    data = (folder / "a.tar.gz").read_bytes()
    (folder / "a.tar.gz").write_bytes(data[: len(data) // 2])
    built('"a.tar.gz"')(folder)


def folder_named(name, path):
    def make(folder):
        (folder / name).mkdir()
        built(f'"{path}"')(folder)

    return make


BOMB = {"big.csv": b"0" * 3_000_000}

TOML = (
    ("text without quotes", edit('"小镇"', "小镇"), "study.unreadable", ("study.toml", "小镇")),
    ("a date nobody writes so", edit("2025-06-30", "2025/06/30"), "study.unreadable", ("as_of",)),
    ("a bracket that is not closed", edit("[ask]", "[ask"), "study.unreadable", ("[ask",)),
    ("a quotation mark that is not closed", edit('"built.csv"', '"built.csv'), "study.unreadable", ("built.csv",)),
    ("a key that stands twice", edit("year     = 2025", "year = 2025\nyear = 2026"), "study.unreadable", ("year",)),
    ("a backslash in a path", built(r'"D:\数据\built.csv"'), "study.unreadable", ("built.csv",)),
    ("a full-width equals sign", edit("year     = 2025", "year ＝ 2025"), "study.unreadable", ("year",)),
    ("Chinese quotation marks", edit('"小镇"', "“小镇”"), "study.unreadable", ("小镇",)),
    ("the text in GBK", raw(GOOD.encode("gbk")), "study.unreadable", ("UTF-8",)),
    ("the text in UTF-16", raw(GOOD.encode("utf-16")), "study.unreadable", ("UTF-8",)),
    ("an empty file", raw(b""), "study.missing", ("[place]",)),
    ("a byte-order mark", raw(b"\xef\xbb\xbf" + GOOD.encode()), "", ()),
    ("lines that end as Windows ends them", raw(GOOD.replace("\n", "\r\n").encode()), "", ()),
)  # fmt: skip

KEYS = (
    ("a key that is misspelt", edit("language", "langauge"), "study.key", ("langauge", "language")),
    ("a section that is misspelt", edit("[ask]", "[asks]"), "study.key", ("asks", "ask")),
    ("a key of a layer that is misspelt", edit('scheme = "CJJ85-2017"', 'schema = "CJJ85-2017"'), "study.key", ("schema", "scheme")),
    ("a layer nobody knows", edit("[layers.parks]", "[layers.park]"), "catalogue.layers", ("park", "parks")),
    ("an analysis nobody knows", edit('"green_coverage"', '"green_coverge"'), "catalogue.analyses", ("green_coverge", "green_coverage")),
    ("a parameter nobody knows", add("[parameters.green_coverage]\nthreshold = 3\n"), "definition.parameter", ("threshold",)),
    ("parameters of an analysis nobody knows", add("[parameters.green_covrage]\nx = 3\n"), "catalogue.analyses", ("green_covrage", "green_coverage")),
    ("a threshold nobody knows", add('[thresholds]\nnaer = "200 m"\n'), "study.key", ("naer", "near")),
    ("an area no plan speaks of", edit('name     = "小镇"', 'name = "小镇"\nareas = ["中新天津生态成"]'), "study.area", ("中新天津生态成", "中新天津生态城")),
    ("no name", edit('name     = "小镇"'), "study.missing", ("place.name",)),
    ("no boundary", edit('boundary = "boundary.csv"'), "study.missing", ("place.boundary",)),
    ("no place at all", raw(b'[ask]\nanalyses = "all"\n'), "study.missing", ("[place]",)),
    ("a layer without a source", edit('path = "built.csv"'), "study.missing", ("layers.built_up.path",)),
    ("a zone level with an unknown key", edit('id = "id"', 'ids = "id"'), "study.key", ("ids", "id")),
)  # fmt: skip

KINDS = (
    ("a year in quotes", edit("year     = 2025", 'year = "2025"'), "study.kind", ("place.year", "2025")),
    ("a year that is true", edit("year     = 2025", "year = true"), "study.kind", ("place.year",)),
    ("a year of two digits", edit("year     = 2025", "year = 25"), "study.kind", ("place.year", "2025")),
    ("a year of five digits", edit("year     = 2025", "year = 20250"), "study.kind", ("place.year",)),
    ("a year with a decimal", edit("year     = 2025", "year = 2025.0"), "study.kind", ("place.year",)),
    ("a language nobody speaks", edit('"zh"', '"cn"'), "study.kind", ("place.language",)),
    ("a name that is a number", edit('"小镇"', "3"), "study.kind", ("place.name",)),
    ("a boundary that is a number", edit('"boundary.csv"', "3"), "study.kind", ("place.boundary",)),
    ("a boundary that is a list", edit('"boundary.csv"', '["boundary.csv"]'), "study.kind", ("place.boundary",)),
    ("areas as one text", edit('name     = "小镇"', 'name = "小镇"\nareas = "滨海新区"'), "study.kind", ("place.areas",)),
    ("areas that are numbers", edit('name     = "小镇"', 'name = "小镇"\nareas = [1]'), "study.kind", ("place.areas",)),
    ("a place that is a text", raw(b'place = "town"\n'), "study.missing", ("[place]",)),
    ("zones that are a text", edit('[place.zones]\n"片区" = { path = "zones.csv", id = "id", name = "name" }', 'zones = "zones.csv"'), "study.kind", ("place.zones",)),
    ("a zone level that is a text", edit('{ path = "zones.csv", id = "id", name = "name" }', '"zones.csv"'), "study.kind", ("place.zones.片区",)),
    ("layers that are a list", raw(GOOD.split("[layers", maxsplit=1)[0].encode() + b'[[layers]]\nname = "parks"\n'), "study.kind", ("layers",)),
    ("a layer that is a text", edit('[layers.built_up]\npath = "built.csv"\ncrs = "EPSG:4548"\nas_of = 2025-06-30', '[layers]\nbuilt_up = "built.csv"'), "study.kind", ("layers.built_up",)),
    ("states that are a list", add('at = ["2020"]\n'), "study.kind", ("layers.canopy.at",)),
    ("a state that is a text", add('[layers.canopy.at]\n2020 = "old.csv"\n'), "study.kind", ("layers.canopy.at.2020",)),
    ("a state of no year", add('[layers.canopy.at."去年"]\npath = "canopy.csv"\n'), "study.kind", ("layers.canopy.at", "2020")),
    ("an ask that is a list", edit('[ask]\nanalyses = ["green_coverage"]', "") and raw(('ask = ["green_coverage"]\n' + GOOD.replace('[ask]\nanalyses = ["green_coverage"]', "")).encode()), "study.kind", ("ask",)),
    ("analyses as one text", edit('["green_coverage"]', '"green_coverage"'), "study.kind", ("ask.analyses",)),
    ("analyses that are numbers", edit('["green_coverage"]', "[1]"), "study.kind", ("ask.analyses",)),
    ("years that are one number", edit('analyses = ["green_coverage"]', 'analyses = ["green_coverage"]\nyears = 2025'), "study.kind", ("ask.years",)),
    ("years in quotes", edit('analyses = ["green_coverage"]', 'analyses = ["green_coverage"]\nyears = ["2025"]'), "study.kind", ("ask.years",)),
    ("plans as one text", edit('analyses = ["green_coverage"]', 'analyses = ["green_coverage"]\nplans = "000"'), "study.kind", ("ask.plans",)),
    ("parameters that are a list", raw(("parameters = []\n" + GOOD).encode()), "study.kind", ("parameters",)),
    ("parameters of an analysis that are a number", add("[parameters]\ngreen_coverage = 3\n"), "study.kind", ("parameters.green_coverage",)),
    ("thresholds that are a list", raw(("thresholds = []\n" + GOOD).encode()), "study.kind", ("thresholds",)),
    ("a table of reported values that is a list", raw(('reported = ["a.csv"]\n' + GOOD).encode()), "study.kind", ("reported",)),
    ("a filter that is a number", add("where = 3\n"), "source.key", ("canopy", "where")),
    ("a path that is a number", built("3"), "source.key", ("built_up", "path")),
    ("a path of nothing but blanks", built('" "'), "source.key", ("built_up", "path")),
    ("an empty list of paths", built("[]"), "source.no_source", ("built_up",)),
    ("columns as a list", add('columns = ["population"]\n'), "source.key", ("canopy", "columns")),
    ("classes as a text", add('classes = "park"\n'), "source.key", ("canopy", "classes")),
    ("a flag in quotes", add('at_crossings = "yes"\n'), "source.key", ("canopy", "at_crossings")),
    ("a band in quotes", add('band = "1"\n'), "source.key", ("canopy", "band")),
    ("nodata in words", add('nodata = ["none"]\n'), "source.key", ("canopy", "nodata")),
    ("a provider that is a number", add("provider = 3\n"), "source.key", ("canopy", "provider")),
    ("a document that is a list", add('document = ["a"]\n'), "source.key", ("canopy", "document")),
)  # fmt: skip

DATES = (
    ("a date in words", edit('as_of = "2025"', 'as_of = "去年"'), "source.key", ("parks", "as_of", "2025-06-30")),
    ("a month that is none", edit('as_of = "2025"', 'as_of = "2025-13"'), "source.key", ("parks", "as_of")),
    ("a day that is none", edit('as_of = "2025"', 'as_of = "2025-02-30"'), "source.key", ("parks", "as_of")),
    ("a date with slashes", edit('as_of = "2025"', 'as_of = "2025/06/30"'), "source.key", ("parks", "as_of")),
    ("a date that is a flag", edit('as_of = "2025"', "as_of = true"), "source.key", ("parks", "as_of")),
    ("a date that is a list", edit('as_of = "2025"', "as_of = [2025]"), "source.key", ("parks", "as_of")),
    ("a date with a decimal", edit('as_of = "2025"', "as_of = 2025.5"), "source.key", ("parks", "as_of")),
    ("a validity in words", edit('as_of = "2025"', 'valid_to = "长期"'), "source.key", ("parks", "valid_to")),
    ("a publication of two digits", edit('as_of = "2025"', 'published = "25-06"'), "source.key", ("parks", "published")),
    ("a year that is a number", edit('as_of = "2025"', "as_of = 2025"), "", ()),
    ("a month", edit('as_of = "2025"', 'as_of = "2025-06"'), "", ()),
    ("a marking nobody knows", edit('as_of = "2025"', 'secrecy = "绝蜜"'), "source.key", ("parks", "secrecy", "公开")),
    ("a state secret", edit('as_of = "2025"', 'secrecy = "涉密"'), "source.secret", ("parks",)),
    ("a state secret by its grade", edit('as_of = "2025"', 'secrecy = "机密"'), "source.secret", ("parks",)),
)  # fmt: skip

UNITS = (
    ("a context without a unit", edit("language", 'context = "1500"\nlanguage'), "unit.bare", ("1500", "500 m")),
    ("a context that is a number", edit("language", "context = 1500\nlanguage"), "study.kind", ("place.context", "1500 m")),
    ("a context in hectares", edit("language", 'context = "2 ha"\nlanguage'), "unit.dimension", ("2 ha",)),
    ("a context in a unit nobody knows", edit("language", 'context = "2 里"\nlanguage'), "unit.unknown", ("里",)),
    ("a context below nothing", edit("language", 'context = "-500 m"\nlanguage'), "study.kind", ("place.context",)),
    ("a grid of cells without a unit", edit('{ path = "zones.csv", id = "id", name = "name" }', '{ grid = "square", size = "500" }'), "unit.bare", ("500",)),
    ("a grid of no known shape", edit('{ path = "zones.csv", id = "id", name = "name" }', '{ grid = "triangle", size = "500 m" }'), "zones.grid", ("片区", "hexagon")),
    ("a grid of cells of no size", edit('{ path = "zones.csv", id = "id", name = "name" }', '{ grid = "square", size = "0 m" }'), "zones.size", ("片区",)),
    ("a grid of millions of cells", edit('{ path = "zones.csv", id = "id", name = "name" }', '{ grid = "square", size = "1 m" }'), "zones.size", ("片区",)),
    ("a threshold without a unit", add('[thresholds]\nnear = "200"\n'), "study.threshold", ("near", "200")),
    ("a threshold in another unit", add('[thresholds]\nsliver_area = "2 m"\n'), "study.threshold", ("sliver_area",)),
)  # fmt: skip

PLACES = (
    ("a place measured in degrees", edit('"EPSG:4548"', '"EPSG:4490"'), "study.crs", ("EPSG:4490",)),
    ("a place measured on screen coordinates", edit('"EPSG:4548"', '"EPSG:3857"'), "study.crs", ("EPSG:3857",)),
    ("a place measured in feet", edit('"EPSG:4548"', '"EPSG:2227"'), "study.crs", ("EPSG:2227",)),
    ("a boundary that is not there", edit('"boundary.csv"', '"bondary.csv"'), "source.nearest", ("bondary.csv", "boundary.csv")),
    ("a boundary without a polygon", file("boundary.csv", 'id,wkt\n1,"POINT (500000 4334000)"\n'), "zones.broken", ("boundary.csv",)),
    ("a boundary of nothing", file("boundary.csv", "id,wkt\n"), "zones.no_boundary", ("boundary.csv",)),
    ("a boundary that crosses itself", file("boundary.csv", f'id,wkt\n1,"{wkt("POLYGON ((0 0, 900 900, 900 0, 0 900, 0 0))")}"\n'), "zones.broken", ("boundary.csv",)),
    ("zones elsewhere", file("zones.csv", f'id,name,wkt\nA,甲,"{wkt("POLYGON ((90000 0, 91000 0, 91000 1000, 90000 0))")}"\n'), "source.elsewhere", ("片区", "zones.csv")),
    ("zones that cross themselves", file("zones.csv", f'id,name,wkt\nA,甲,"{wkt("POLYGON ((0 0, 900 900, 900 0, 0 900, 0 0))")}"\n'), "zones.broken", ("片区", "zones.csv")),
    ("zones without the column of their ids", edit('id = "id"', 'id = "DM"'), "column.declared", ("DM", "zones.csv")),
)  # fmt: skip

SOURCES = (
    ("a file that is not there", built('"bilt.csv"'), "source.nearest", ("bilt.csv", "built.csv")),
    ("a file nothing is like", built('"数据/现状.gpkg"'), "source.missing", ("数据/现状.gpkg",)),
    ("a folder instead of a file", folder_named("现状", "现状"), "source.folder", ("现状",)),
    ("a geodatabase without tables", folder_named("a.gdb", "a.gdb"), "source.unreadable", ("a.gdb",)),
    ("an empty file of shapes", file("a.shp", b"", built('"a.shp"')), "source.unreadable", ("a.shp",)),
    ("a text called GeoPackage", file("a.gpkg", "not a map", built('"a.gpkg"')), "source.unreadable", ("a.gpkg",)),
    ("a GeoJSON cut in the middle", file("a.geojson", '{"type":"FeatureCollection","features":[{"type":"Fea', built('"a.geojson"')), "site_file.lost_shapes", ("a.geojson",)),
    ("a picture for a map", file("a.png", b"\x89PNG\r\n\x1a\n" + bytes(40), built('"a.png"')), "source.unreadable", ("a.png",)),
    ("a document for a map", file("a.docx", inner({"word/document.xml": "<x/>"}), built('"a.docx"')), "source.unreadable", ("a.docx",)),
    ("a drawing in DWG", file("a.dwg", b"AC1032" + bytes(100), built('"a.dwg"')), "source.unreadable", ("a.dwg",)),
    ("a table without shapes", file("built.csv", "id,面积\n1,2\n"), "source.no_geometry", ("built.csv", "wkt")),
    ("an empty table", file("built.csv", ""), "source.unreadable", ("built.csv",)),
    ("an address", built('"https://example.org/built.gpkg"'), "source.remote", ("https://example.org/built.gpkg",)),
    ("an address of a cloud", built('"s3://bucket/built.gpkg"'), "source.remote", ("s3://bucket",)),
    ("an address of GDAL's own", built('"/vsicurl/https://example.org/a.gpkg"'), "source.remote", ("/vsicurl/",)),
    ("a network folder", built("'\\\\server\\share\\built.gpkg'"), "source.remote", ("server",)),
    ("a database string", built('"PG:dbname=gis"'), "source.connection", ("PG:dbname=gis",)),
    ("a service string", built('"WFS:https://example.org"'), "remote.not_allowed", ("WFS:",)),
    ("data inside the path", built("""'{"type":"Point","coordinates":[0,0]}'"""), "source.connection", ("Point",)),
    ("a description inside the path", built("'<OGRVRTDataSource></OGRVRTDataSource>'"), "source.connection", ("OGRVRT",)),
    ("a file that points to another", file("a.vrt", "<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", built('"a.vrt"')), "source.indirect", ("a.vrt",)),
    ("a file that points to another, in disguise", file("built.csv", "<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>"), "source.indirect", ("built.csv",)),
    ("a path above the study that leads nowhere", built('"../../nowhere/built.csv"'), "source.missing", ("../../nowhere/built.csv",)),
    ("a file of the system", built('"/etc/hostname"'), "source.unreadable", ("/etc/hostname",)),
    ("a device of the system", built('"/dev/zero"'), "source.device", ("/dev/zero",)),
    ("a variable nobody set", built('"$GEOPLAN_NOWHERE/built.csv"'), "source.variable", ("GEOPLAN_NOWHERE",)),
    ("a name with a mark that takes paths apart", file("a!b.csv", FILES["built.csv"], built('"a!b.csv"')), "source.awkward", ("a!b.csv",)),
    ("a filter that cannot be applied", edit('path = "built.csv"', 'path = "built.csv"\nwhere = "面积 >< 3"'), "source.where", ("面积 >< 3", "built.csv")),
    ("a filter that keeps nothing", edit('path = "built.csv"', 'path = "built.csv"\nwhere = "id = \'9\'"'), "source.where_nothing", ("id = '9'", "built.csv")),
    ("a table of a file that has none of that name", edit('path = "built.csv"', 'path = "built.csv"\nlayer = "现状"'), "source.no_layer", ("现状", "built.csv")),
)  # fmt: skip

ARCHIVES = (
    ("an archive that is none", file("a.zip", "not an archive", built('"a.zip"')), "source.broken_archive", ("a.zip",)),
    ("an archive cut in the middle", tarred, "source.broken_archive", ("a.tar.gz",)),
    ("an archive of nothing", packed("a.zip", {}), "source.archive_which", ("a.zip",)),
    ("an archive of two maps", packed("a.zip", {"a.csv": FILES["built.csv"], "b.csv": FILES["built.csv"]}), "source.archive_which", ("a.zip", "a.csv, b.csv")),
    ("an archive in an archive", packed("a.zip", {"inner.zip": inner({"a.csv": FILES["built.csv"]})}), "source.nested", ("a.zip",)),
    ("an archive in an archive, by name", packed("a.zip", {"inner.zip": inner({"a.csv": "x"})}, "a.zip/inner.zip"), "source.nested", ("a.zip",)),
    ("a member that is not there", packed("a.zip", {"built.csv": FILES["built.csv"]}, "a.zip/bilt.csv"), "source.archive_member", ("built.csv",)),
    ("a member that points to another file", packed("a.zip", {"a.csv": "<OGRVRTDataSource></OGRVRTDataSource>"}), "source.indirect", ("a.zip",)),
    ("a member above the archive", packed("a.zip", {"../../etc/a.csv": FILES["built.csv"]}, "a.zip/../../etc/passwd"), "source.archive_which", ("a.zip",)),
    ("an archive that unpacks to too much", packed("a.zip", BOMB), "source.large_archive", ("a.zip",)),
    ("an archive of too many members", packed("a.zip", {f"{i}.txt": "" for i in range(30)}), "source.many_members", ("a.zip", "20")),
    ("an archive of one map", packed("a.zip", {"资料/built.csv": FILES["built.csv"]}), "", ()),
)  # fmt: skip

EVERY = (*TOML, *KEYS, *KINDS, *DATES, *UNITS, *PLACES, *SOURCES, *ARCHIVES)


@pytest.fixture
def town(folder, monkeypatch):
    from geoplan.read import archive

    monkeypatch.setattr(archive, "MOST_MEMBERS", 20)
    monkeypatch.setattr(archive, "MOST_BYTES", 2_000_000)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "study.toml").write_text(GOOD, encoding="utf-8")
    return folder


def said_of(folder):
    try:
        return problems(open_study(folder).validate)
    except StudyError as error:
        return [error]


@pytest.mark.parametrize(("make", "sentence", "holds"), [row[1:] for row in EVERY], ids=[row[0] for row in EVERY])
def test_a_study_that_is_written_wrongly(make, sentence, holds, town, record_property):
    make(town)
    found = said_of(town)
    try:
        for error in found:
            both(error)
        if not sentence:
            assert not found, found[0].say("en")
        else:
            hits = [error for error in found if sentence in ids_in(error)]
            assert hits, [(e.id, e.say("en")) for e in found] or "nothing was said"
            both(hits[0], holds)
    except AssertionError:
        record_property("bad_input", "other" if found else "silent")
        raise
    record_property("bad_input", "refused" if sentence else "right")


def ids_in(error):
    """The sentence of an error and of those it tells of."""
    inside = [value for value in error.fields.values() if isinstance(value, GeoplanError)]
    return [error.id, *(name for each in inside for name in ids_in(each))]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("row", EVERY[::9], ids=[row[0] for row in EVERY[::9]])
def test_the_command_line_says_it_too(row, language, town, capsys):
    _, make, sentence, _ = row
    make(town)
    code = main(["validate", str(town), "--lang", language])
    said = capsys.readouterr()
    assert code == (2 if sentence.startswith(("study.", "catalogue.", "unit.", "definition.", "zones.")) else code)
    assert (code == 0) == (not sentence)
    assert "Traceback" not in said.err
    assert bool(said.err.strip()) == bool(sentence)
    if sentence:
        assert bool(re.search("[一-鿿]{4}", said.err)) == (language == "zh")


def test_a_good_study_says_nothing(town):
    assert said_of(town) == []

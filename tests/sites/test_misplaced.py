"""A control line that lies aside clears nothing, though nobody asked for the check-up: other lines give it away."""

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

import geoplan as gp
from geoplan import crs as crs_room
from geoplan.answering import repeat
from geoplan.cli import main
from geoplan.measure import Note
from geoplan.ops.encrypted import encrypted
from geoplan.words import say

W, S, SIDE = 560_000.0, 4_330_000.0, 8_000.0
CRS, LONLAT = crs_room.parse("EPSG:4548"), crs_room.parse("EPSG:4490")
HEAD = "layer,class,relation,distance_m,domain,applies_to,severity,verdict,activity,documents,exception,next_step,authority,basis,required,valid_from,valid_to,max_age_years,order,wording_zh,wording_en"
RULE = "{},{},overlap,,{},,{},forbidden,,,,,,某法第一条,yes,,,,1,,"


def cells(seed=7, count=60):
    """Ground cut into cells with crooked borders: what is red and what is farmland lies side by side."""
    rng = np.random.default_rng(seed)
    seeds = shapely.MultiPoint(rng.uniform([W, S], [W + SIDE, S + SIDE], (count, 2)))
    square = shapely.box(W, S, W + SIDE, S + SIDE)
    return list(shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=square)), square))


CELLS = cells()
RED, FARM = CELLS[::3], [cell for n, cell in enumerate(CELLS) if n % 3]
RESERVES = RED[::2]


def shown_by_a_map_service(shapes, frame="GCJ-02"):
    degrees = crs_room.to_crs(np.array(shapes, dtype=object), CRS, LONLAT)
    moved = shapely.transform(degrees, lambda xy: np.column_stack(encrypted(xy[:, 0], xy[:, 1], frame)))
    return crs_room.to_crs(moved, LONLAT, CRS)


def moved(shapes, east, north):
    return shapely.transform(np.array(shapes, dtype=object), lambda xy: xy + np.array([east, north]))


# a plot well within a red cell, of whose ground a line moved by half a kilometre leaves this part free
def cleared_by_mistake(red):
    free = shapely.difference(shapely.union_all(RED), shapely.union_all([*red, *FARM]))
    inner = shapely.buffer(free, -60)
    return shapely.buffer(shapely.point_on_surface(max(shapely.get_parts(inner), key=shapely.area)), 50)


class Town:
    """A study of two control lines, and whatever else is put beside them."""

    def __init__(self, folder):
        self.folder, self.layers, self.domain = folder, {}, "both"
        square = shapely.box(W - 2_000, S - 2_000, W + SIDE + 2_000, S + SIDE + 2_000)
        gpd.GeoDataFrame({"id": ["1"]}, geometry=[square], crs=CRS).to_file(folder / "boundary.gpkg")
        (folder / "layers").mkdir()

    def put(self, name, shapes, crs=""):
        degrees = crs_room.to_crs(np.array(shapes, dtype=object), CRS, LONLAT)
        rows = [f'{n},一般控制区,"{shape.wkt}"' for n, shape in enumerate(degrees)]
        (self.folder / f"{name}.csv").write_text("\n".join(["BSM,GKFQ,wkt", *rows]), encoding="utf-8")
        self.layers[name] = {
            "path": f"{name}.csv",
            "crs": crs or "EPSG:4490",
            "as_of": "2025-01-01",
            "covers": "boundary",
        }
        return self

    def study(self, language="zh"):
        text = f'[place]\nname = "镇"\nboundary = "boundary.gpkg"\ncrs = "EPSG:4548"\nlanguage = "{language}"\n'
        for name, keys in self.layers.items():
            text += f"[layers.{name}]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in keys.items())
        (self.folder / "study.toml").write_text(text, encoding="utf-8")
        ruled = [("eco_redline", c, g) for c, g in (("core", 1), ("general", 3), ("other", 3))]
        ruled += [("permanent_farmland", "", 2)]
        book = [HEAD, *(RULE.format(n, c, self.domain, g) for n, c, g in ruled if n in self.layers)]
        (self.folder / "layers" / "controls.csv").write_text("\n".join(book), encoding="utf-8")
        return self.folder

    def check(self, plot, **more):
        frame = gpd.GeoDataFrame({"project": ["某项目"]}, geometry=[plot], crs=CRS)
        return gp.check(frame, study=self.study(), stamp="2025-06-30", **more)


@pytest.fixture
def town(tmp_path):
    return Town(tmp_path)


def told(report, control="eco_redline"):
    return {(f.verdict, f.reason.sentence if f.reason else "") for f in report.findings if f.control == control}


@pytest.mark.parametrize("frame", ["GCJ-02", "BD-09"])
def test_a_red_line_drawn_on_a_web_map_clears_nothing_beside_farmland_that_was_not(town, frame):
    red = shown_by_a_map_service(RED, frame)
    plot = cleared_by_mistake(red)
    report = town.put("eco_redline", red).put("permanent_farmland", FARM).check(plot)
    assert told(report) == {("not_checked", "site_reason.frame")}
    assert told(report, "permanent_farmland") == {("clear", "")}
    assert (report.verdict, report.complete) == ("not_checked", False)
    (finding,) = (f for f in report.findings if f.control == "eco_redline")
    for language in ("zh", "en"):
        said = finding.reason.say(language)
        assert "{" not in said
        for part in (frame, f'crs = "{frame}"', "[layers.eco_redline]", "validate --report"):
            assert part in said
    assert "生态保护红线" in finding.reason.say("zh")
    assert "永久基本农田" in finding.reason.say("zh")
    # as soon as the frame is declared the line stands where it belongs, and the plot is in it
    assert town.put("eco_redline", red, frame).check(plot).verdict == "forbidden"


def test_with_nothing_to_compare_it_with_nothing_is_said(town):
    red = shown_by_a_map_service(RED)
    assert told(town.put("eco_redline", red).check(cleared_by_mistake(red))) == {("clear", "")}


def test_what_is_hit_is_said_all_the_same(town):
    red = shown_by_a_map_service(RED)
    plot = shapely.buffer(shapely.point_on_surface(max(red, key=shapely.area)), 50)
    report = town.put("eco_redline", red).put("permanent_farmland", FARM).check(plot)
    assert told(report) == {("forbidden", ""), ("not_checked", "site_reason.frame")}
    assert report.verdict == "forbidden"


def test_of_two_lines_that_contradict_each_other_neither_clears(town):
    red = moved(RED, 320, -210)
    plot = shapely.buffer(shapely.Point(W - 1_500, S - 1_500), 50)
    report = town.put("eco_redline", red).put("permanent_farmland", FARM).check(plot)
    for control in ("eco_redline", "permanent_farmland"):
        assert told(report, control) == {("not_checked", "site_reason.aside")}
    shift = next(f.reason.fields for f in report.findings if f.control == "eco_redline")
    assert (float(shift["shift"]), float(shift["azimuth"])) == pytest.approx((np.hypot(320, 210), 123.3), abs=2)


def test_where_two_others_agree_only_the_one_that_lies_aside_is_blamed(town):
    town.put("eco_redline", moved(RED, 320, -210)).put("permanent_farmland", FARM).put("nature_reserves", RESERVES)
    report = town.check(shapely.buffer(shapely.Point(W - 1_500, S - 1_500), 50))
    assert told(report) == {("not_checked", "site_reason.aside")}
    assert told(report, "permanent_farmland") == {("clear", "")}


def test_lines_that_stand_where_they_say_clear_as_before(town):
    town.put("eco_redline", RED).put("permanent_farmland", FARM).put("nature_reserves", RESERVES)
    report = town.check(shapely.buffer(shapely.Point(W - 1_500, S - 1_500), 50))
    assert told(report) == told(report, "permanent_farmland") == {("clear", "")}


def test_where_land_and_sea_have_rows_of_their_own_a_shore_that_lies_aside_clears_nothing(town):
    town.domain = "land"
    plot = shapely.buffer(shapely.point_on_surface(max(moved(FARM, -320, 210), key=shapely.area)), 50)
    town.put("eco_redline", RED).put("land", FARM)
    assert told(town.check(plot)) == {("clear", "")}
    report = town.put("land", moved(FARM, 320, -210)).check(plot)
    assert told(report) == {("not_checked", "site_reason.aside"), ("not_checked", "site_reason.shore")}
    assert all(f.reason.say("zh") and f.reason.say("en") for f in report.findings if f.verdict == "not_checked")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_line_ends_with_4_and_prints_why_and_a_repeated_check_agrees(town, language, capsys):
    red = shown_by_a_map_service(RED)
    town.put("eco_redline", red).put("permanent_farmland", FARM)
    folder = town.study(language)
    plot = cleared_by_mistake(red)
    gpd.GeoDataFrame({"n": [1]}, geometry=[plot], crs=CRS).to_file(folder / "plot.gpkg")
    out = folder / "out"
    assert main(["check", str(folder / "plot.gpkg"), "--study", str(folder), "--out", str(out), "--docx"]) == 4
    capsys.readouterr()
    import docx
    import openpyxl

    (word,) = out.rglob("*.docx")
    document = docx.Document(word)
    texts = [p.text for p in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    (book,) = out.rglob("*.xlsx")
    cells_ = [str(c.value) for sheet in openpyxl.load_workbook(book) for row in sheet.rows for c in row]
    for text in ("\n".join(texts), "\n".join(cells_)):
        assert "GCJ-02" in text
        assert "[layers.eco_redline]" in text
    (page,) = out.rglob("*.html")
    assert say(language, "site_word.word.not_checked") in page.read_text(encoding="utf-8")
    assert main(["check", "--replay", str(next(out.rglob("bundle.json"))), "--study", str(folder)]) == 0
    done = repeat(next(out.rglob("bundle.json")), gp.open_study(folder))
    assert (done.code, done.differences) == (0, ())


def test_whoever_has_checked_where_a_line_lies_may_say_so(town):
    red = shown_by_a_map_service(RED)
    town.put("eco_redline", red).put("permanent_farmland", FARM)
    town.layers["eco_redline"]["position_checked"] = "王工，2026-11-20，与地形图套合"
    assert told(town.check(cleared_by_mistake(red))) == {("clear", "")}
    health = gp.open_study(town.study()).check_up()
    (seen,) = (o for o in health.oddities if o.kind == "shifted_frame")
    assert (seen.layer, seen.grave) == ("eco_redline", "remark")
    (line,) = (one for one in health.layers if one.name == "eco_redline")
    assert line.source.position_checked.startswith("王工")


def test_the_same_is_said_every_time(town):
    red = shown_by_a_map_service(RED)
    town.put("eco_redline", red).put("permanent_farmland", FARM)
    plot = cleared_by_mistake(red)
    first, second = (town.check(plot).findings for _ in range(2))
    assert [(f.verdict, f.reason) for f in first] == [(f.verdict, f.reason) for f in second]
    assert any(isinstance(f.reason, Note) for f in first)

"""Plots handed on in every format: the same ground, the same bytes whenever written, and nothing half written."""

import datetime as dt
import time

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pyproj import CRS

from geoplan.errors import CRSError, GeometryError, SourceError
from geoplan.plot import Attachment, Plot, Project
from geoplan.read import site_writing
from geoplan.read.attachments import convert, open_attachment, write_attachment

STUDY = CRS("EPSG:4548")
AREA = shapely.box(550_000, 4_320_000, 580_000, 4_350_000)
E, N = 564_832.781, 4_335_324.432
SQUARE = shapely.box(E, N, E + 100, N + 100)
HOLED = shapely.Polygon(SQUARE.exterior.coords, [shapely.box(E + 20, N + 20, E + 60, N + 60).exterior.coords])
MANY = shapely.MultiPolygon([shapely.box(E + 200, N, E + 300, N + 100), shapely.box(E + 400, N, E + 450, N + 50)])
ENDINGS = ["txt", "xlsx", "shp", "zip", "geojson", "gpkg", "gdb", "kml", "dxf", "wkt"]
DEGREES = {"geojson", "kml"}


def plot(shape, number="1", name="", **said):
    return Plot(number, name, shape, shape, STUDY, **said)


def attached(*plots):
    return Attachment("a.shp", "0" * 64, "shp", "EPSG:4548", plots)


@pytest.fixture
def plots():
    return attached(
        plot(HOLED, "DK-1", "地块一", use="住宅", sheet="J50", code="0701"),
        plot(MANY, "DK-2", "=SUM(1,2)", role="代征"),
    )


def opened(path):
    return open_attachment(path, crs=STUDY, boundary=AREA)


def whole(attachment):
    return shapely.union_all([p.shape for p in attachment.plots])


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_is_read_back_as_the_same_ground(tmp_path, plots, ending):
    path = tmp_path / f"项目 é.{ending}"
    write_attachment(plots, path, crs=STUDY)
    found = opened(path)
    metres = 1e-3 if ending in {*DEGREES, "gdb"} else 1e-6
    assert shapely.hausdorff_distance(whole(found).boundary, whole(plots).boundary) <= metres
    assert whole(found).area == pytest.approx(8400 + 12_500, abs=0.01)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


@pytest.mark.parametrize("ending", [e for e in ENDINGS if e not in {"dxf", "wkt", "txt"}])
def test_names_and_numbers_are_kept(tmp_path, plots, ending):
    path = tmp_path / f"a.{ending}"
    write_attachment(plots, path, crs=STUDY)
    found = opened(path)
    assert [p.number for p in found.plots] == ["DK-1", "DK-2"]
    # a comma would break a row of a table of points
    assert found.plots[1].name in {"=SUM(1,2)", "=SUM(1，2)"}
    if ending != "xlsx":
        assert (found.plots[0].use, found.plots[1].role) == ("住宅", "代征")
    assert [n.sentence for p in found.plots for n in p.notes if n.sentence != "site_note.holes"] == []


def test_a_drawing_and_a_text_keep_roles_in_layers_and_names(tmp_path, plots):
    for ending in ("dxf", "txt"):
        path = tmp_path / f"a.{ending}"
        write_attachment(plots, path, crs=STUDY)
        assert [p.role for p in opened(path).plots if p.role] in (["代征"], ["代征", "代征"])


@pytest.mark.parametrize("ending", [e for e in ENDINGS if e != "gdb"])
def test_a_file_is_the_same_whenever_it_is_written_and_read_and_written(tmp_path, plots, ending, monkeypatch):
    first, second, third = (tmp_path / n / f"a.{ending}" for n in "123")
    for path in (first, second, third):
        path.parent.mkdir()
    write_attachment(plots, first, crs=STUDY)
    later = time.time() + 90_000
    monkeypatch.setattr(time, "time", lambda: later)
    write_attachment(opened(first), second, crs=STUDY)
    write_attachment(opened(second), third, crs=STUDY)
    for path in sorted(second.parent.iterdir()):
        assert (third.parent / path.name).read_bytes() == path.read_bytes(), path.name
        if ending not in DEGREES | {"wkt", "dxf"}:
            assert (first.parent / path.name).read_bytes() == path.read_bytes(), path.name


def test_no_time_of_making_is_in_a_file(tmp_path, plots):
    today = dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%d").encode()
    for ending in ("xlsx", "dxf", "gpkg", "shp", "zip", "kml"):
        path = tmp_path / f"a.{ending}"
        write_attachment(plots, path, crs=STUDY)
        assert today not in path.read_bytes()
    assert (tmp_path / "a.dbf").read_bytes()[1:4] == bytes([100, 1, 1])


def test_a_table_is_one_a_person_can_check(tmp_path, plots):
    path = tmp_path / "a.xlsx"
    write_attachment(plots, path, crs=STUDY)
    rows = list(load_workbook(path).active.iter_rows(values_only=True))
    assert rows[0][0] == "坐标系：2000国家大地坐标系 3度带 带号39"
    assert rows[1] == ("地块编号", "地块名称", "圈号", "点号", "X(纵坐标)", "Y(横坐标)", "边长", "面积(平方米)")
    assert rows[2] == ("DK-1", "地块一", 1, "J1", N + 100, 39e6 + E, 100.0, 8400.0)
    assert rows[6][3:] == ("J1", N + 100, 39e6 + E, None, None)
    cell = load_workbook(path).active.cell(len(rows), 2)
    assert (cell.value, cell.data_type) == ("=SUM(1，2)", "s")


def test_another_system_is_written_where_it_is_asked_for(tmp_path, plots):
    path = tmp_path / "a.gpkg"
    write_attachment(plots, path, crs=STUDY, to=CRS("EPSG:4549"))
    assert opened(path).plots[0].plane == CRS("EPSG:4549")
    text = tmp_path / "a.txt"
    write_attachment(plots, text, crs=STUDY, to=CRS("EPSG:4498"))
    assert "带号=20\r\n" in text.read_bytes().decode("gb18030")
    assert "几度分带=6\r\n" in text.read_bytes().decode("gb18030")
    assert whole(opened(text)).area == pytest.approx(20_900)
    with pytest.raises(CRSError) as caught:
        write_attachment(plots, text, crs=STUDY, to=CRS("EPSG:32650"))
    assert caught.value.id == "site_write.no_zone"


def test_a_study_in_another_projection_still_writes_the_zone_of_the_plots(tmp_path, plots):
    from geoplan.crs import to_crs

    utm = CRS("EPSG:32650")
    moved = [to_crs(np.array([p.shape]), STUDY, utm)[0] for p in plots.plots]
    there = attached(*(Plot(p.number, p.name, s, s, None) for p, s in zip(plots.plots, moved, strict=True)))
    path = tmp_path / "a.txt"
    write_attachment(there, path, crs=utm)
    assert shapely.hausdorff_distance(whole(opened(path)).boundary, whole(plots).boundary) < 0.001


def test_outside_china_there_is_no_zone_to_write_a_text_in(tmp_path):
    there = CRS("EPSG:32628")
    site = attached(Plot("1", "", shapely.box(458_000, 3_108_000, 458_100, 3_108_100), shapely.box(0, 0, 1, 1), None))
    with pytest.raises(CRSError) as caught:
        write_attachment(site, tmp_path / "a.txt", crs=there)
    assert caught.value.id == "site_write.no_zone"
    path = tmp_path / "a.xlsx"
    write_attachment(site, path, crs=there)
    found = open_attachment(path, crs=there, boundary=shapely.box(440_000, 3_090_000, 470_000, 3_120_000))
    assert (
        found.plots[0].shape.equals_exact(site.plots[0].shape.normalize(), 1e-6) or found.plots[0].shape.area == 10_000
    )


@pytest.mark.parametrize(("name", "sentence"), [("a.dwg", "dwg"), ("a.pdf", "kind"), ("nowhere/a.txt", "failed")])
def test_what_cannot_be_written_is_a_sentence(tmp_path, plots, name, sentence):
    with pytest.raises(SourceError) as caught:
        write_attachment(plots, tmp_path / name, crs=STUDY)
    assert caught.value.id == f"site_write.{sentence}"
    assert caught.value.say("zh")
    assert caught.value.say("en")


def test_a_plot_too_small_for_three_decimals_is_refused_and_nothing_is_written(tmp_path):
    tiny = attached(plot(shapely.box(E, N, E + 0.0004, N + 0.0004)))
    with pytest.raises(GeometryError) as caught:
        write_attachment(tiny, tmp_path / "a.txt", crs=STUDY)
    assert caught.value.id == "site_write.rounding"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_write_that_fails_leaves_what_was_there(tmp_path, plots, ending, monkeypatch):
    path = tmp_path / f"a.{ending}"
    write_attachment(plots, path, crs=STUDY)
    before = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(site_writing.shutil, "move", full)
    with pytest.raises(SourceError):
        write_attachment(attached(plot(SQUARE)), path, crs=STUDY)
    assert {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_what_is_there_is_replaced_whole(tmp_path, plots):
    for ending in ENDINGS:
        path = tmp_path / f"a.{ending}"
        write_attachment(plots, path, crs=STUDY)
        write_attachment(attached(plot(SQUARE)), path, crs=STUDY)
        assert len(opened(path).plots) == 1


RINGS = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=3, max_size=12, unique=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RINGS, st.sampled_from(["txt", "xlsx", "wkt", "geojson", "dxf"]), st.booleans())
def test_any_ring_keeps_its_ground_in_any_format(tmp_path, corners, ending, turned):
    hull = shapely.MultiPoint([(E + x / 7, N + y / 7) for x, y in corners]).convex_hull
    if hull.geom_type != "Polygon" or hull.area < 1:
        return
    shape = shapely.Polygon(hull.exterior.coords[::-1]) if turned else hull
    path = tmp_path / f"a.{ending}"
    write_attachment(attached(plot(shape)), path, crs=STUDY)
    found = whole(opened(path))
    assert shapely.hausdorff_distance(found.boundary, shape.boundary) <= 0.0011


@pytest.mark.parametrize("ending", ENDINGS)
def test_any_format_becomes_a_text_file_and_back_without_a_study(tmp_path, plots, ending):
    source, text, back = (tmp_path / n for n in (f"a.{ending}", "b.txt", "c.gpkg"))
    write_attachment(plots, source, crs=STUDY)
    convert(source, text)
    found = convert(text, back)
    assert found.plots[0].plane == CRS("EPSG:4527")
    metres = 0.0011 if ending in {*DEGREES, "gdb"} else 1e-6
    assert shapely.hausdorff_distance(whole(opened(back)).boundary, whole(plots).boundary) <= metres


def test_a_conversion_needs_a_system_somebody_states(tmp_path):
    source = tmp_path / "a.wkt"
    source.write_text(SQUARE.wkt, encoding="utf-8")
    with pytest.raises(CRSError) as caught:
        convert(source, tmp_path / "a.txt")
    assert caught.value.id == "site_file.no_crs"
    assert not (tmp_path / "a.txt").exists()
    found = convert(source, tmp_path / "a.txt", declared_crs="EPSG:4548", declared_by="王工")
    assert found.declared_by == "王工"
    assert whole(opened(tmp_path / "a.txt")).area == pytest.approx(10_000)


@pytest.mark.parametrize("ending", ["shp", "gpkg", "gdb", "geojson", "kml"])
def test_what_a_table_says_of_projects_is_written_with_the_plots(tmp_path, ending):
    shapes = [shapely.box(E + x, N, E + x + 100, N + 100) for x in (0, 200)]
    told = [Project("小学", "2025-1", "", "6"), Project("厂房", "", "甲公司", "")]
    plots = tuple(Plot(str(n), "", s, s, STUDY, project=p) for n, (s, p) in enumerate(zip(shapes, told, strict=True)))
    path = tmp_path / f"a.{ending}"
    write_attachment(Attachment("a", "", "gpkg", "EPSG:4548", plots), path, crs=STUDY)
    assert [plot.project for plot in open_attachment(path, crs=STUDY, boundary=AREA).plots] == told

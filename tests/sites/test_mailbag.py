"""The mailbag: forty attachments as people send them, from the register to the documents, each with its answer.

Thirty-one say where a site of the demo city lies, in as many ways; three say it again in another format; six must be
refused. Nothing here is read by the code that wrote it: text, tables and drawings are put together by hand.
"""

import csv
import io
import itertools
import json
import re
import shutil
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from docx import Document
from ezdxf.filemanagement import new
from openpyxl import Workbook, load_workbook
from PIL import Image
from pyproj import Transformer

from geoplan.cli import main
from geoplan.desk import Desk
from geoplan.mailbag import collect, intake
from geoplan.study import open_study
from geoplan.words import say

TO_DEGREES = Transformer.from_crs(4548, 4490, always_xy=True)
TO_ZONE_20 = Transformer.from_crs(4548, 4498, always_xy=True)
HEAD = {
    "格式版本号": "1.01", "数据产生单位": "示例测绘院", "数据产生日期": "2025-06-15", "坐标系": "2000国家大地坐标系",
    "几度分带": "3", "投影类型": "高斯克吕格", "计量单位": "米", "带号": "39", "精度": "0.001", "转换参数": ",,,,,,",
}  # fmt: skip


# --- how sites are written down ---


def corners(shape):
    """The outer ring from its first corner, not closed."""
    return [tuple(xy) for xy in shapely.get_coordinates(shape.exterior)[:-1]]


def zoned(xy):
    """Northing, and easting behind the number of its zone."""
    return [(y, x + 39e6) for x, y in xy]


def zone_20(xy):
    """Northing and easting in the zone of six degrees."""
    return [(n, e) for e, n in (TO_ZONE_20.transform(*p) for p in xy)]


def txt(*shapes, form="J{n},{ring},{x:.3f},{y:.3f}", closed=True, names=(), area="ha", place=zoned, swap=False, **head):
    lines = ["[属性描述]", *(f"{k}={v}" for k, v in {**HEAD, **head}.items() if v is not None), "[地块坐标]"]
    for n, shape in enumerate(shapes):
        rings = [[tuple(xy) for xy in shapely.get_coordinates(r)[:-1]] for r in (shape.exterior, *shape.interiors)]
        count = sum(len(r) + closed for r in rings)
        stated = f"{shape.area / 1e4:.4f}" if area == "ha" else f"{shape.area:.2f}" if area == "m2" else ""
        name = names[n] if names else f"地块{n + 1}"
        lines.append(f"{count},{stated},DK-{n + 1},{name},面,,,,@")
        start = 1
        for ring, xy in enumerate(rings, start=1):
            rows = [(start + k, x, y) for k, (x, y) in enumerate(place(xy))]
            rows += rows[:1] if closed else []
            lines += [form.format(n=k, ring=ring, x=y if swap else x, y=x if swap else y) for k, x, y in rows]
            start += len(xy)
    return "\r\n".join(lines) + "\r\n"


def book(*rows):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    sink = io.BytesIO()
    made.save(sink)
    return sink.getvalue()


SYSTEM = ["坐标系：2000国家大地坐标系（3度带，带号39）"]


def table(shape, head=("点号", "X(m)", "Y(m)", "边长(m)"), *, before=(), y_first=False):
    xy = corners(shape)
    sides = [np.hypot(*np.subtract(b, a)) for a, b in zip(xy, xy[1:] + xy[:1], strict=True)]
    rows = [
        [f"J{n}", *((round(y, 3), round(x, 3)) if y_first else (round(x, 3), round(y, 3))), round(float(s), 2)]
        for n, ((x, y), s) in enumerate(zip(zoned(xy), sides, strict=True), start=1)
    ]
    return book(*before, SYSTEM, list(head), *rows)


def degrees(shape, write=lambda v: round(v, 10)):
    xy = [TO_DEGREES.transform(*p) for p in corners(shape)]
    rows = [[f"J{n}", write(lon), write(lat)] for n, (lon, lat) in enumerate(xy, start=1)]
    return book(["坐标系：2000国家大地坐标系"], ["点号", "经度", "纬度"], *rows)


def sexagesimal(value):
    whole, rest = divmod(value * 3600, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{whole:.0f}°{minutes:.0f}′{seconds:.6f}″"


def numbered(*shapes):
    rows = [
        [f"DK-{k}", f"J{n}", round(x, 3), round(y, 3)]
        for k, shape in enumerate(shapes, start=1)
        for n, (x, y) in enumerate(zoned(corners(shape)), start=1)
    ]
    return book(SYSTEM, ["地块编号", "点号", "X", "Y"], *rows)


def drawing(draw, *, says=""):
    made = new("R2013")
    made.header["$INSUNITS"] = 6
    space = made.modelspace()
    if says:
        space.add_text(says, height=5, dxfattribs={"layer": "注记", "insert": (561_000, 4_331_000)})
    draw(space)
    sink = io.StringIO()
    made.write(sink)
    return sink.getvalue().encode()


SPOKEN = "2000国家大地坐标系 3度带 中央子午线117度"
RED = {"layer": "用地红线"}


def outlined(shape, name=""):
    def draw(space):
        space.add_lwpolyline(corners(shape), close=True, dxfattribs=RED)
        if name:
            at = shapely.get_coordinates(shape.point_on_surface())[0]
            space.add_text(name, height=2, dxfattribs={"layer": "注记", "insert": tuple(at)})

    return draw


def stroked(shape, gap=0.06):
    """Single strokes, the last of which ends some centimetres short of the first."""
    xy = corners(shape)
    (x, y), (x0, y0) = xy[-1], xy[0]
    reach = np.hypot(x0 - x, y0 - y)
    end = (x0 - (x0 - x) * gap / reach, y0 - (y0 - y) * gap / reach)
    return lambda space: [space.add_line(a, b, dxfattribs=RED) for a, b in zip(xy, [*xy[1:], end], strict=True)]


def in_a_block(shape):
    def draw(space):
        block = space.doc.blocks.new("用地")
        x0, y0 = corners(shape)[0]
        block.add_lwpolyline([(x - x0, y - y0) for x, y in corners(shape)], close=True, dxfattribs=RED)
        space.add_blockref("用地", (x0, y0), dxfattribs=RED)

    return draw


def gdal(path, shapes, *, crs="EPSG:4548", columns=None, **options):
    if options.get("geometry_type") == "MultiPolygon":
        shapes = [shapely.MultiPolygon([shape]) for shape in shapes]
    frame = gpd.GeoDataFrame(
        columns or {"DKBH": [f"DK-{n}" for n, _ in enumerate(shapes, 1)]}, geometry=shapes, crs=crs
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names longer than a shapefile allows
        pyogrio.write_dataframe(frame, path, **options)


def packed(*members):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as opened:
        for name, content in members:
            opened.writestr(name, content)
    return sink.getvalue()


def shapefile(shapes, **options):
    """The files of a shapefile by name."""
    with tempfile.TemporaryDirectory() as away:
        gdal(Path(away) / "范围.shp", shapes, encoding="GBK", **options)
        return [(path.name, path.read_bytes()) for path in sorted(Path(away).iterdir())]


def wkt(shape):
    return f"SRID=4548;{shapely.to_wkt(shape, rounding_precision=-1)}\n".encode()


def geographic(shape):
    return shapely.transform(shape, lambda xy: np.column_stack(TO_DEGREES.transform(xy[:, 0], xy[:, 1])))


def kml(shape, name):
    points = " ".join(f"{x:.9f},{y:.9f},0" for x, y in shapely.get_coordinates(geographic(shape).exterior))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>'
        f"<name>{name}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>{points}</coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon></Placemark></Document></kml>"
    ).encode()


def picture():
    made, image = Workbook(), io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(image, "PNG")
    from openpyxl.drawing.image import Image as Placed

    made.active.add_image(Placed(image), "B2")
    sink = io.BytesIO()
    made.save(sink)
    return sink.getvalue()


# --- what is in the bag ---


class Ground:
    """The sites of the demo city, and parts of them: a site handed in in parts is as good or bad as the whole."""

    def __init__(self, frame):
        self.shapes = dict(zip(frame["id"], frame.geometry, strict=True))
        self.expected = dict(zip(frame["id"], frame["expected"], strict=True))
        self.uses = dict(zip(frame["id"], frame["planned_use"], strict=True))
        self.activities = dict(zip(frame["id"], frame["activity"], strict=True))

    def __getitem__(self, key):
        """`XM001` is a site, `XM001/2.3` the second of three strips of it, to the millimetre."""
        name, _, part = key.partition("/")
        shape = self.shapes[name]
        if part:
            n, count = map(int, part.split("."))
            west, south, east, north = shape.bounds
            cuts = np.linspace(west, east, count + 1)
            strip = shapely.box(cuts[n - 1] - (n == 1), south - 1, cuts[n] + (n == count), north + 1)
            shape = shapely.transform(shapely.intersection(shape, strip), lambda xy: np.round(xy, 3))
        return shapely.remove_repeated_points(shape)


def as_text(encoding="gb18030", edit=lambda text: text, **options):
    return lambda path, *shapes: path.write_bytes(edit(txt(*shapes, **options)).encode(encoding))


def as_bytes(make, **options):
    return lambda path, *shapes: path.write_bytes(make(*shapes, **options))


def as_table(**options):
    return lambda path, *shapes: gdal(path, list(shapes), **options)


def drawn(draw, **options):
    return as_bytes(lambda shape: drawing(draw(shape), **options))


def zipped(shape, **options):
    return packed(*shapefile([shape], **options))


def nested(shape):
    return packed(("报送/范围.zip", zipped(shape)), ("报送/说明.pdf", b"%PDF-1.4\n"))


def geojson(shape):
    return shapely.to_geojson(geographic(shape)).encode()


def full_width(text):
    return text.replace("[", "【").replace("]", "】").replace("=", "＝")


SCHOOL = ("教学楼", "道路（代征）", "施工便道（临时用地）")
TITLE = (["苇塘路西侧停车场界址点成果表"], [], ["委托单位：示例公司"])
LEVY = {"columns": {"DKMC": ["西延线"], "XMMC": ["苇塘路西延线"]}}
# attachment -> the sites it shows, in the order of its plots, and how it is written
BAG = {
    "一期/01 听潮东里.txt": (("XM001/1.2",), as_text()),
    "一期/02 听潮东里(二).txt": (("XM001/2.2",), as_text("utf-8-sig", form="{n},{ring},{x:.3f},{y:.3f}")),
    "一期/03北部备用地.txt": (("XM002/1.4",), as_text("utf-8", full_width)),
    "一期/04北部备用地.TXT": (("XM002/2.4",), as_text(swap=True)),
    "一期/05驿站六度带.txt": (("XM003/1.2",), as_text(几度分带="6", 带号="20", place=zone_20, area="")),
    "一期/06产业园有孔.txt": (("XM009",), as_text()),
    "一期/07惠风小学.txt": (("XM006", "XM007", "XM008"), as_text(names=SCHOOL, 项目名称="惠风小学新建")),
    "一期/08南界道路.txt": (("XM005",), as_text(closed=False, area="m2")),
    "一期/09扩建甲.txt": (("XM021",), as_text()),
    "一期/10扩建乙.txt": (("XM022",), as_text(精度=None, 数据产生单位=None)),
    "二期/11农机站.xlsx": (("XM016/1.2",), as_bytes(table)),
    "二期/12厂房经纬度.xlsx": (("XM012",), as_bytes(degrees)),
    "二期/13农机站度分秒.xlsx": (("XM016/2.2",), as_bytes(degrees, write=sexagesimal)),
    "二期/14停车场.xlsx": (("XM004",), as_bytes(table, before=TITLE)),
    "二期/15管理房.xlsx": (("XM013",), as_bytes(table, head=("点号", "横坐标Y", "纵坐标X", "边长"), y_first=True)),
    "二期/16升压站.xlsx": (("XM015/1.2",), as_bytes(table)),
    "二期/17泊位.xlsx": (("XM024/1.3", "XM024/2.3"), as_bytes(numbered)),
    "二期/18巡护道路.dxf": (("XM017",), drawn(lambda shape: outlined(shape, "巡护道路一段"), says=SPOKEN)),
    "二期/19营地.dxf": (("XM018/1.2",), drawn(stroked, says=SPOKEN)),
    "二期/20观鸟台.dxf": (("XM019",), drawn(in_a_block, says=SPOKEN)),
    "二期/21栈道.DXF": (("XM020",), drawn(outlined)),
    "二期/22西延线.zip": (("XM023",), as_bytes(zipped, **LEVY)),
    "二期/23养殖平台.zip": (("XM025/1.2",), as_bytes(nested)),
    "三期/24疏浚.shp": (("XM026",), as_table(columns={"DKMC": ["清苇河口航道"]}, encoding="GBK")),
    "三期/25泵站.gdb": (("XM011",), as_table(driver="OpenFileGDB", layer="DK", geometry_type="MultiPolygon")),
    "三期/26勘探.geojson": (("XM014",), as_bytes(geojson)),
    "三期/27驿站.gpkg": (("XM003/2.2",), as_table(layer="plots")),
    "三期/28备用地.kml": (("XM002/3.4",), as_bytes(kml, name="备用地")),
    "三期/29绿地.wkt": (("XM010",), as_bytes(wkt)),
    "三期/30营地 东.wkt": (("XM018/2.2",), as_bytes(wkt)),
    "三期/31养殖.geojson": (("XM025/2.2",), as_bytes(geojson)),
}
GOOD = {name: keys for name, (keys, _) in BAG.items()}
# attachment -> the attachment it repeats
AGAIN = {
    "再报/32听潮东里.kml": "一期/01 听潮东里.txt",
    "再报/33巡护道路.zip": "二期/18巡护道路.dxf",
    "再报/34升压站(1).xlsx": "二期/16升压站.xlsx",
}
# attachment -> the sentence it must be refused with
REFUSED = {
    "再报/35红线图.pdf": "site_file.document",
    "再报/36截图.xlsx": "site_file.picture",
    "再报/37西安80.txt": "site_file.old_crs",
    "再报/38地方坐标.txt": "site_file.local_crs",
    "再报/39录入错误.txt": "site_file.mistyped",
    "再报/40损坏.zip": "source.broken_archive",
}
DECLARED = "二期/21栈道.DXF"
"""A drawing that says no coordinate system: refused until somebody declares one."""


def write_bag(folder, ground):
    """Forty attachments in four folders."""
    for name in ("一期", "二期", "三期", "再报"):
        (folder / name).mkdir(parents=True)
    for name, (keys, write) in BAG.items():
        write(folder / name, *(ground[key] for key in keys))
    kml_again, zip_again, table_again = AGAIN
    (folder / kml_again).write_bytes(kml(ground["XM001/1.2"], "听潮东里二期"))
    (folder / zip_again).write_bytes(zipped(ground["XM017"]))
    shutil.copy(folder / AGAIN[table_again], folder / table_again)
    for name, content in refused(ground["XM002/4.4"]).items():
        (folder / name).write_bytes(content)


def refused(site):
    """Six attachments nobody can answer."""
    local = {"坐标系": "天津90坐标系", "带号": None, "几度分带": None}
    lines = txt(site).split("\r\n")
    at = next(n for n, line in enumerate(lines) if line.startswith("J2,"))
    label, ring, x, y = lines[at].split(",")
    lines[at] = f"{label},{ring},{float(x) + 60:.3f},{y}"
    return {
        "再报/35红线图.pdf": b"%PDF-1.4\n",
        "再报/36截图.xlsx": picture(),
        "再报/37西安80.txt": txt(site, 坐标系="1980西安坐标系").encode("gb18030"),
        "再报/38地方坐标.txt": txt(site, place=lambda xy: [(y - 4.2e6, x - 4.6e5) for x, y in xy], **local).encode(),
        "再报/39录入错误.txt": "\r\n".join(lines).encode("gb18030"),
        "再报/40损坏.zip": packed(("范围.txt", txt(site)))[:-60],
    }


@pytest.fixture(scope="module")
def town(demo_city, tmp_path_factory):
    """The demo city as a study of our own."""
    return open_study(shutil.copytree(demo_city, tmp_path_factory.mktemp("收件") / "示例 城"))


@pytest.fixture(scope="module")
def ground(town):
    return Ground(pyogrio.read_dataframe(town.folder / "data" / "sites.gpkg"))


@pytest.fixture(scope="module")
def bag(town, ground):
    folder = town.folder / "sites" / "2026-11-20_收件"
    write_bag(folder, ground)
    return folder


@pytest.fixture(scope="module")
def desk(town):
    return Desk.of(town)


@pytest.fixture(scope="module")
def first(bag, desk):
    """The first intake, before anybody has filled in anything."""
    return intake(bag, desk)


def rows_of(path, encoding="utf-8-sig"):
    with path.open(encoding=encoding, newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def filled(first, ground):
    """The register as the planner leaves it, saved by a spreadsheet in the encoding of the office."""
    rows = rows_of(first.path)
    shown = GOOD | {name: GOOD[of] for name, of in AGAIN.items()}
    for row in rows:
        keys = [key.partition("/")[0] for key in shown.get(row["文件"], ())]
        if keys:
            row["申报用途"], row["活动类别"] = ground.uses[keys[0]], ground.activities[keys[0]]
    by_file = {row["文件"]: row for row in rows}
    by_file[DECLARED].update(声明坐标系="EPSG:4548", 声明人="王工")
    # two attachments, one project: the second plot is to be given to the public
    one, other = by_file["一期/09扩建甲.txt"], by_file["一期/10扩建乙.txt"]
    other.update(收件编号=one["收件编号"], 项目名称="", 地块角色="代征", 备注="补报")
    with first.path.open("w", encoding="gb18030", newline="") as opened:
        writer = csv.DictWriter(opened, [*rows[0], "经办"])
        writer.writeheader()
        writer.writerows([{**row, "经办": "李工"} for row in rows])
    return first.path


@pytest.fixture(scope="module")
def register(filled, desk):
    return collect([filled], desk)


# --- and what comes of it ---


def test_the_bag_holds_forty_attachments_and_every_one_has_a_row(first):
    rows = rows_of(first.path)
    assert (first.rows, first.added, len(rows)) == (40, 40, 40)
    assert {row["文件"] for row in rows} == {*GOOD, *AGAIN, *REFUSED}
    assert first.path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert list(rows[0]) == [
        "收件编号", "文件", "项目名称", "建设单位", "项目代码", "申报用途", "活动类别", "地块角色", "送审面积(平方米)", "声明坐标系",
        "声明人", "备注",
    ]  # fmt: skip
    assert [row["收件编号"] for row in rows] == [f"20261120-{n:03d}" for n in range(1, 41)]


def test_what_an_attachment_says_is_filled_in(first):
    rows = {row["文件"]: row for row in rows_of(first.path)}
    school = rows["一期/07惠风小学.txt"]
    assert school["项目名称"] == "惠风小学新建"
    assert school["地块角色"] == "DK-2:代征|DK-3:临时"
    assert rows["再报/35红线图.pdf"]["项目名称"] == "35红线图"


def test_the_first_intake_refuses_the_six_and_the_drawing_without_a_system(first):
    said = {one.file: one.reason.sentence for one in first.register.unread}
    assert said == {**REFUSED, DECLARED: "site_file.no_crs"}
    for one in first.register.unread:
        assert one.file.rpartition("/")[2] in one.reason.say("zh")
        assert one.remedy.say("zh").endswith("。")
        assert one.remedy.say("en").endswith(".")


def test_a_second_intake_changes_nothing_somebody_filled_in(filled, bag, desk):
    before = filled.read_bytes()
    again = intake(bag, desk)
    assert (again.rows, again.added) == (40, 0)
    assert filled.read_bytes() == before
    assert {one.file for one in again.register.unread} == set(REFUSED)


def test_every_other_attachment_shows_its_site(register, ground):
    assert {one.file for one in register.unread} == set(REFUSED)
    shown = {site.file: site for site in register.sites}
    joined = {name: keys for name, keys in GOOD.items() if not name.startswith(("一期/09", "一期/10"))}
    joined["一期/09扩建甲.txt, 一期/10扩建乙.txt"] = ("XM021", "XM022")
    joined |= {name: GOOD[of] for name, of in AGAIN.items()}
    assert set(shown) == set(joined)
    for file, keys in joined.items():
        plots = shown[file].plots
        assert len(plots) == len(keys), file
        for plot, key in zip(plots, keys, strict=True):
            apart = shapely.hausdorff_distance(plot.shape.boundary, ground[key].boundary)
            # the drawing whose last stroke stops short is closed with it
            assert apart < (0.07 if "19营地" in file else 0.001), (file, key)


def test_two_attachments_of_one_receipt_are_one_project_with_roles(register):
    (site,) = [s for s in register.sites if "扩建甲" in s.file]
    assert [p.role for p in site.plots] == ["", "代征"]
    assert (site.project, site.remark, len(set(site.keys))) == ("09扩建甲", "补报", 2)
    (school,) = [s for s in register.sites if s.project == "惠风小学新建"]
    assert [p.role for p in school.plots] == ["", "代征", "临时"]


def test_a_declared_system_bears_the_name_of_who_declared_it(register):
    (site,) = [s for s in register.sites if s.file == DECLARED]
    assert (site.crs, site.declared_by) == ("EPSG:4548", "王工")
    assert "site_note.declared" in {note.sentence for note in site.notes}


def test_the_three_that_come_again_are_told_and_nothing_else_is(register):
    file = {site.receipt: site.file for site in register.sites}
    assert {(file[a], file[b]) for a, _, b, _, _ in register.duplicates} == set(AGAIN.items())
    assert all(share > 0.999 for *_, share in register.duplicates)


def test_plots_that_overlap_otherwise_are_told_with_their_area(register, ground):
    file = {site.receipt: site.file for site in register.sites}
    told = Counter()
    for a, _, b, _, m2 in register.overlaps:
        told[frozenset((file[a], file[b]))] += m2
    keys = {one: GOOD[one] for one in GOOD if "扩建" not in one} | {one: GOOD[of] for one, of in AGAIN.items()}
    whole = {one: shapely.union_all([ground[key] for key in found]) for one, found in keys.items()}
    expected = {}
    for one, other in itertools.combinations(sorted(whole), 2):
        common = shapely.intersection(whole[one], whole[other]).area
        if common > 1 and AGAIN.get(one) != other and AGAIN.get(other) != one:
            expected[frozenset((one, other))] = common
    assert {pair for pair, m2 in told.items() if m2 > 1} == set(expected)
    # one is drawn with a gap of centimetres, all are handed in to the millimetre
    assert {pair: told[pair] for pair in expected} == pytest.approx(expected, rel=1e-3, abs=1)


# --- the answer ---

WORST_FIRST = ("forbidden", "conditional", "not_checked", "caution", "clear")


@pytest.fixture(scope="module")
def answer(filled, town):
    """What the command line writes, and how it ends."""
    out = town.folder / "out" / "2026-11-20_v1"
    began = time.monotonic()
    code = main(["check", str(filled), "--study", str(town.folder), "-o", str(out), "--lang", "zh"])
    return code, out, time.monotonic() - began


@pytest.fixture(scope="module")
def results(answer):
    return json.loads((answer[1] / "results.json").read_text(encoding="utf-8"))


def test_every_project_gets_the_verdict_its_ground_deserves(results, ground):
    shown = {
        site["file"]: [key for one in site["file"].split(", ") for key in GOOD[AGAIN.get(one, one)]]
        for site in results["sites"]
    }
    expected = {file: min((ground.expected[key[:5]] for key in keys), key=WORST_FIRST.index) for file, keys in shown.items()}  # fmt: skip
    assert {site["file"]: site["verdict"] for site in results["sites"]} == expected
    assert set(expected.values()) == set(WORST_FIRST)
    assert len(expected) == 33


def test_the_batch_ends_with_what_was_found_and_is_not_called_complete(answer, results):
    assert answer[0] == 1
    assert answer[2] < 90
    assert (results["verdict"], results["complete"]) == ("forbidden", False)
    assert {one["file"] for one in results["unread"]} == set(REFUSED)
    assert len(results["duplicates"]) == 3


def test_what_could_not_be_read_stands_first_in_the_workbook(answer):
    book = load_workbook(answer[1] / "check.xlsx", read_only=True)
    first = book.worksheets[0]
    cells = [str(cell) for row in first.iter_rows(values_only=True) for cell in row if cell]
    assert first.title.startswith("表6") or "失败清单" in first.title
    for name in REFUSED:
        assert any(name in cell for cell in cells), name


def words_of(path):
    return "\n".join(text for text in Document(path).element.itertext())


def test_every_project_has_a_document_that_says_its_name_and_its_verdict(answer, results):
    for site in results["sites"]:
        words = words_of(answer[1] / site["document"])
        assert site["project"] in words
        # an overlap of centimetres is a doubt about the data, and a person must look
        word = {"clear": "all_clear", "caution": "sliver" if "泵站" in site["file"] else "caution"}
        assert say("zh", f"site_word.word.{word.get(site['verdict'], site['verdict'])}") in words
        assert "最终以主管部门核定为准" in words
    assert len(list((answer[1] / "projects").iterdir())) == 33


def test_the_document_names_who_declared_the_coordinate_system(answer, results):
    (site,) = [s for s in results["sites"] if s["file"] == DECLARED]
    assert "王工" in words_of(answer[1] / site["document"])


def test_no_output_claims_what_a_check_of_shapes_cannot_know(answer):
    texts = [words_of(path) for path in (answer[1] / "projects").iterdir()]
    texts += [(answer[1] / name).read_text(encoding="utf-8") for name in ("results.json", "check.csv", "map.html")]
    for text in texts:
        assert not re.search(r"(?<!不得视为)不涉及|不合规|核查通过|通过核查", text)


@pytest.mark.parametrize(
    ("name", "code"),
    [("一期/01 听潮东里.txt", 0), ("二期/15管理房.xlsx", 1), ("三期/27驿站.gpkg", 1), ("一期/08南界道路.txt", 4), ("再报/36截图.xlsx", 3)],
)  # fmt: skip
def test_a_single_attachment_ends_with_its_own_code(bag, town, name, code, tmp_path, capsys):
    arguments = ["check", str(bag / name), "--study", str(town.folder), "-o", str(tmp_path / "out"), "--no-docx"]
    assert main(arguments) == code
    told = capsys.readouterr()
    assert (tmp_path / "out" / "results.json").exists() == (code != 3)
    assert "用时" in told.out.splitlines()[-1] if code != 3 else "36截图.xlsx" in told.err


def test_an_activity_may_be_claimed_on_the_command_line(bag, town, tmp_path, capsys):
    road = [str(bag / "二期/18巡护道路.dxf"), "--study", str(town.folder), "-o", str(tmp_path / "out"), "--no-docx"]
    said = {}
    for claimed in ((), ("--activity", "6", "--use", "公路用地")):
        assert main(["check", *road, *claimed, "--json"]) == 1
        said[claimed] = json.loads(capsys.readouterr().out)["verdict"]
    assert list(said.values()) == ["forbidden", "conditional"]
    assert main(["check", *road, "--activity", "99"]) == 2


def test_a_control_line_that_cannot_be_read_is_told_and_ends_with_3(bag, town, tmp_path, capsys):
    broken = tmp_path / "study"
    shutil.copytree(town.folder, broken, ignore=shutil.ignore_patterns("out", "sites", "*.tif"))
    text = (broken / "study.toml").read_text(encoding="utf-8").replace('"YJJBNTTB"', '"YJJBNT_2019"')
    (broken / "study.toml").write_text(text, encoding="utf-8")
    site = bag / "一期/01 听潮东里.txt"
    assert main(["check", str(site), "--study", str(broken), "-o", str(tmp_path / "out"), "--no-docx"]) == 3
    assert "永久基本农田" in capsys.readouterr().err
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert (results["verdict"], results["complete"]) == ("not_checked", False)


def test_what_was_answered_before_is_told_when_it_comes_in_again(answer, bag, town, tmp_path, capsys):
    later = tmp_path / "2026-11-27_收件"
    later.mkdir()
    (later / "巡护道路 复报.wkt").write_bytes((bag / "三期/29绿地.wkt").read_bytes())
    assert main(["intake", str(later), "--study", str(town.folder), "--json"]) == 0
    (pair,) = json.loads(capsys.readouterr().out)["duplicates"]
    assert (pair["receipt"], pair["other"]) == ("20261127-001", "20261120-016 (2026-11-20_v1)")
    # the batch itself is no earlier one
    assert main(["intake", str(bag), "--study", str(town.folder), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["duplicates"]) == 3


def test_a_check_is_repeated_from_its_bundle(answer, town, tmp_path, capsys):
    bundle = answer[1] / "bundle.json"
    arguments = ["check", "--replay", str(bundle), "--study", str(town.folder)]
    assert main(arguments) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("复核一致")
    changed = tmp_path / "bundle.json"
    changed.write_text(bundle.read_text(encoding="utf-8").replace('"forbidden"', '"caution"'), encoding="utf-8")
    assert main(["check", "--replay", str(changed), "--study", str(town.folder), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == 1
    assert main([*arguments, "a.txt"]) == 2
    assert main(["check", "--study", str(town.folder)]) == 2


def test_a_bundle_nobody_can_read_is_told_and_the_check_goes_on(answer, bag, town, tmp_path, capsys):
    broken = town.folder / "out" / "old" / "bundle.json"
    broken.parent.mkdir()
    broken.write_text("{", encoding="utf-8")
    arguments = [
        str(bag / "一期/01 听潮东里.txt"),
        "--study",
        str(town.folder),
        "-o",
        str(tmp_path / "out"),
        "--no-docx",
    ]
    assert main(["check", *arguments]) == 0
    assert "bundle.json" in capsys.readouterr().err
    shutil.rmtree(broken.parent)

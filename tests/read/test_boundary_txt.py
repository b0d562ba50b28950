"""界址点 text files: every variant read one way, or refused by the line that is wrong."""

import string

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS, Proj, Transformer

from geoplan.errors import CRSError, GeometryError, GeoplanError, LayerError, SourceError
from geoplan.plot import Attachment, Plot
from geoplan.read.attachments import open_attachment, write_attachment
from geoplan.read.txt_writing import text_of

STUDY = CRS("EPSG:4548")
AREA = shapely.box(550_000, 4_320_000, 580_000, 4_350_000)
ZONE39 = CRS("EPSG:4527")
X, Y = 4_335_324.432, 39_564_832.781
SQUARE = [(X, Y), (X + 100, Y), (X + 100, Y + 100), (X, Y + 100)]
HALF, LATE = (shapely.Polygon([(SQUARE[n][1] - 39e6, SQUARE[n][0]) for n in ns]) for ns in ((0, 2, 3), (1, 2, 3)))
PLACED = shapely.box(Y - 39e6, X, Y - 39e6 + 100, X + 100)
HEAD = {
    "格式版本号": "1.01", "数据产生单位": "甲测绘院", "数据产生日期": "2025-06-15", "坐标系": "2000国家大地坐标系", "几度分带": "3",
    "投影类型": "高斯克吕格", "计量单位": "米", "带号": "39", "精度": "0.001", "转换参数": ",,,,,,",
}  # fmt: skip
# line 1 [属性描述], 2-11 the head, 12 [地块坐标], 13 the row of the plot, 14-18 its points
FIRST = 14
PLOT = "5,1.0000,DK-1,地块一,面,,住宅,0701,@"


def points(corners=SQUARE, ring=1, start=1, *, closed=True, form="J{n},{ring},{x:.3f},{y:.3f}"):
    rows = [form.format(n=start + n, ring=ring, x=x, y=y) for n, (x, y) in enumerate(corners)]
    return rows + ([form.format(n=start, ring=ring, x=corners[0][0], y=corners[0][1])] if closed else [])


def head(**changes):
    return [f"{k}={v}" for k, v in {**HEAD, **changes}.items() if v is not None]


def text(rows=None, plot=PLOT, **changes):
    lines = [
        "[属性描述]",
        *head(**changes),
        "[地块坐标]",
        *([plot] if plot else []),
        *(points() if rows is None else rows),
    ]
    return "\r\n".join(lines) + "\r\n"


def opened(tmp_path, content, *, boundary=AREA, crs=STUDY, **options):
    path = tmp_path / "地块.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("gb18030"))
    return open_attachment(path, crs=crs, boundary=boundary, **options)


def sentences(attachment):
    notes = [*attachment.notes, *(n for plot in attachment.plots for n in plot.notes)]
    for note in notes:
        assert note.say("zh")
        assert note.say("en")
    return {note.sentence.removeprefix("site_note.") for note in notes}


def same(a, b):
    """Whether two shapes are one to a micrometre, wherever their rings begin."""
    return shapely.equals_exact(shapely.normalize(a), shapely.normalize(b), tolerance=1e-6)


def refused(tmp_path, content, **options):
    with pytest.raises(GeoplanError) as caught:
        opened(tmp_path, content, **options)
    assert "地块.txt" in caught.value.say("zh")
    assert caught.value.say("en")
    return caught.value


def test_the_published_example_lies_where_it_must(tmp_path):
    rows = ["J1,1,2582988.976,38383243.971", "J2,1,2582998.976,38383243.971", "J3,1,2582988.976,38383253.971"]
    study = CRS("EPSG:4547")
    found = opened(
        tmp_path, text(rows, "3,,1,A,面,,,,@", 带号="38"), crs=study, boundary=shapely.box(38e4, 258e4, 39e4, 259e4)
    )
    lonlat = Transformer.from_crs(study, "EPSG:4490", always_xy=True)
    assert found.plots[0].plane == CRS("EPSG:4526")
    assert lonlat.transform(*found.plots[0].shape.exterior.coords[0]) == pytest.approx(
        (112.858314, 23.343040), abs=1e-6
    )


def test_a_plot_keeps_what_the_file_says_of_it(tmp_path):
    found = opened(tmp_path, text(plot="5,1.0000,DK-1,代征道路,面,J50G,住宅,0701,@"))
    plot = found.plots[0]
    assert (plot.number, plot.name, plot.role, plot.sheet) == ("DK-1", "代征道路", "代征", "J50G")
    assert (plot.use, plot.code, plot.declared_area) == ("住宅", "0701", 10_000.0)
    assert plot.labels == (("J1", "J2", "J3", "J4"),)
    assert (plot.plane, plot.surveyed.exterior.coords[0]) == (ZONE39, (Y, X))
    assert (found.format, found.crs, found.declared_by) == ("txt", "2000国家大地坐标系", "")
    assert found.attributes["数据产生单位"] == "甲测绘院"
    assert len(found.sha256) == 64


FULL_WIDTH = str.maketrans(",=[]0123456789@", "，＝【】０１２３４５６７８９＠")
VARIANTS = {
    "as it should be": (text(), set()),
    "utf-8 with a mark": (text().encode("utf-8-sig"), set()),
    "utf-8": (text().encode(), set()),
    "utf-16": (text().encode("utf-16"), set()),
    "line ends of old Macs": (text().replace("\r\n", "\r"), set()),
    "full-width signs": (text().translate(FULL_WIDTH), set()),
    "full-width brackets": (text().replace("[", "【").replace("]", "】"), set()),
    "no J": (text(points(form="{n},{ring},{x:.3f},{y:.3f}")), set()),
    "spaces": (text(points(form="J{n}  {ring}  {x:.3f}  {y:.3f}")), set()),
    "tabs": (text(points(form="J{n}\t{ring}\t{x:.3f}\t{y:.3f}")), set()),
    "not closed": (text(points(closed=False)), set()),
    "count without the closing point": (text(plot=PLOT.replace("5,", "4,", 1)), set()),
    "no count and no area": (text(plot=",,DK-1,地块一,面,,,,@"), set()),
    "the area begins the row": (text(plot="1.0000公顷,DK-1,地块一,面,,,,@"), set()),
    "area 0": (text(plot="5,0,DK-1,地块一,面,,,,@"), set()),
    "eight fields": (text(plot="5,1.0000,DK-1,地块一,面,,,@"), set()),
    "thirteen fields": (text(plot="5,1.0000,DK-1,地块一,面,,住宅,0101,,1,B,C,备注,@"), {"more_fields"}),
    "area in m2": (text(plot="5,10000.00,DK-1,地块一,面,,,,@"), {"area_unit"}),
    "area in mu": (text(plot="5,15.0,DK-1,地块一,面,,,,@"), {"area_unit"}),
    "no @": (text(plot="5,1.0000,DK-1,地块一,面,,住宅,0701"), {"no_at"}),
    "kind left out": (text(plot="5,1.0000,DK-1,地块一,,,住宅,0701,@"), {"no_kind"}),
    "no row of a plot": (text(plot=None), set()),
    "a height in every row": (text(points(form="J{n},{ring},{x:.3f},{y:.3f},3.2")), {"height"}),
    "no ring number": (text(points(form="J{n},,{x:.3f},{y:.3f}")), set()),
    "name and two numbers": (text(points(form="J{n},{x:.3f},{y:.3f}")), set()),
    "two numbers": (text(points(form="{x:.3f},{y:.3f}")), set()),
    "columns swapped": (text([f"J{n},1,{y:.3f},{x:.3f}" for n, (x, y) in enumerate(SQUARE, 1)]), {"swapped"}),
    "no zone number before the easting": (text([f"J{n},1,{x:.3f},{y - 39e6:.3f}" for n, (x, y) in enumerate(SQUARE, 1)]), set()),
    "no zone anywhere": (
        text([f"J{n},1,{x:.3f},{y - 39e6:.3f}" for n, (x, y) in enumerate(SQUARE, 1)], 带号=None), {"zone_by_numbers"}
    ),
    "zone only before the easting": (text(带号=None, 几度分带=None), {"zone_by_numbers"}),
    "a central meridian for the zone": (text(带号="117"), set()),
    "the zone in the name of the system": (text(带号=None, 坐标系="CGCS2000 3度带 39带"), set()),
    "a registry number for a name": (text(带号=None, 坐标系="EPSG:4527"), set()),
    "a registry number without the zone": (text(带号=None, 坐标系="CGCS2000(EPSG:4548)"), {"prefix"}),
    "zones of 6 degrees": (
        text([f"J{n},1,{x:.3f},{y - 19e6:.3f}" for n, (x, y) in enumerate(SQUARE, 1)], 带号="20", 几度分带="6"), set()
    ),
    "3 degrees and a zone of 6": (
        text([f"J{n},1,{x:.3f},{y - 19e6:.3f}" for n, (x, y) in enumerate(SQUARE, 1)], 带号="20"), {"width"}
    ),
    "closing point with X twice": (text([*points(closed=False), f"J1,1,{X:.3f},{X:.3f}"]), {"closing_twice"}),
    "a gap of 5 cm": (text([*points(closed=False), f"J1,1,{X + 0.05:.3f},{Y:.3f}"]), {"gap"}),
    "a point twice": (text(points([SQUARE[0], SQUARE[0], *SQUARE[1:]])), {"double_point"}),
    "one point too few counted, closed": (text(plot="9,,DK-1,地块一,面,,,,@"), {"count"}),
    "an outlier the area confirms to be none": (text(plot="12,1.0000,DK-1,地块一,面,,,,@"), {"confirmed"}),
    "the head in another order": (text().replace("带号=39\r\n", "").replace("坐标系=", "带号=39\r\n坐标系="), set()),
    "no section of plots": (text().replace("[地块坐标]\r\n", ""), set()),
    "a section of one tool before": ("[扩展信息]\r\n项目名称=甲\r\n" + text(), set()),
    "parameters of nothing": (text(转换参数="0,0,0,0,0,0,0"), set()),
    "a sign of the end of DOS": (text() + "\x1a", set()),
    "a number left out of the names": (
        text([row.replace("J4", "J6") for row in points()], ",,DK-1,地块一,面,,,,@"), {"skipped"}
    ),
    "a number left out of three": (
        text([*points()[:1], *points()[2:]], ",,DK-1,地块一,面,,,,@"), {"skipped"}
    ),
    "the names begin late": (text([*points()[1:4]], ",,DK-1,地块一,面,,,,@"), {"late_start"}),
    "a number left out, and the area agrees": (text([row.replace("J4", "J6") for row in points()]), set()),
    "the head twice": (text() + "\r\n".join(["[属性描述]", *head()]), set()),
}  # fmt: skip


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_read_as_the_same_plot(tmp_path, name):
    content, warned = VARIANTS[name]
    found = opened(tmp_path, content)
    assert same(found.plots[0].shape, HALF if "three" in name else LATE if "late" in name else PLACED), name
    assert len(found.plots) == 1
    assert sentences(found) == warned


def test_degrees_are_latitude_and_longitude(tmp_path):
    lonlat = Transformer.from_crs(STUDY, "EPSG:4490", always_xy=True)
    places = [lonlat.transform(y - 39e6, x) for x, y in SQUARE]
    rows = [f"J{n},1,{lat:.9f},{lon:.9f}" for n, (lon, lat) in enumerate(places, 1)]
    found = opened(tmp_path, text(rows, 计量单位="度", 带号=None, 几度分带=None))
    assert shapely.hausdorff_distance(found.plots[0].shape, PLACED) < 0.001
    assert (found.plots[0].plane, sentences(found)) == (None, set())
    turned = opened(
        tmp_path, text([f"J{n},1,{lon:.9f},{lat:.9f}" for n, (lon, lat) in enumerate(places, 1)], 计量单位="度")
    )
    assert sentences(turned) == {"swapped"}


@pytest.mark.parametrize(("digits", "metres"), [(0, "1"), (1, "0.1"), (2, None), (3, None)])
def test_coordinates_coarser_than_a_survey_are_told(tmp_path, digits, metres):
    rows = [f"J{n},1,{x + 0.011 * 10**-digits:.{digits}f},{y:.{digits}f}" for n, (x, y) in enumerate(SQUARE, 1)]
    notes = [n for n in opened(tmp_path, text(rows)).notes if n.sentence == "site_note.coarse"]
    assert [n.fields["metres"] for n in notes] == ([metres] if metres else [])


def shifted(corners, dx, dy=0.0):
    return [(x + dx, y + dy) for x, y in corners]


INNER = [(X + 20, Y + 20), (X + 20, Y + 60), (X + 60, Y + 60), (X + 60, Y + 20)]
ISLAND = [(X + 30, Y + 30), (X + 40, Y + 30), (X + 40, Y + 40), (X + 30, Y + 40)]
ASIDE = shifted(SQUARE, 0, 200)


@pytest.mark.parametrize(
    ("rings", "area", "parts", "holes"),
    [
        ([SQUARE, INNER], 8400, 1, 1),
        ([INNER, SQUARE], 8400, 1, 1),
        ([SQUARE, ASIDE], 20_000, 2, 0),
        ([SQUARE, INNER, ISLAND], 8500, 2, 1),
        ([SQUARE, ASIDE, INNER], 18_400, 2, 1),
        ([SQUARE, shifted(SQUARE, 0, 100)], 20_000, 1, 0),
    ],
)
@pytest.mark.parametrize("restart", [True, False])
def test_what_lies_inside_what_decides_holes_and_parts(tmp_path, rings, area, parts, holes, restart):
    rows, start = [], 1
    for ring, corners in enumerate(rings, 1):
        rows += points(corners, ring, start)
        start = 1 if restart else start + len(corners)
    plot = opened(tmp_path, text(rows, f"{len(rows)},{area / 1e4},1,A,面,,,,@")).plots[0]
    assert plot.surveyed.area == pytest.approx(area)
    found = shapely.get_parts(plot.shape)
    assert len(found) == parts
    assert sum(shapely.get_num_interior_rings(found)) == holes


def test_labels_stand_ring_by_ring_in_the_order_of_the_coordinates(tmp_path):
    rows = points(INNER, 2, 5) + points(SQUARE, 1, 1)
    plot = opened(tmp_path, text(rows, "10,0.84,1,A,面,,,,@")).plots[0]
    assert plot.labels == (("J1", "J2", "J3", "J4"), ("J5", "J6", "J7", "J8"))
    assert list(plot.surveyed.exterior.coords)[:-1] == [(y, x) for x, y in SQUARE]


def test_rings_of_one_number_end_where_the_first_point_comes_again(tmp_path):
    both = opened(tmp_path, text(points() + points(ASIDE), "10,2.0,1,A,面,,,,@"))
    assert both.plots[0].surveyed.area == pytest.approx(20_000)
    assert "ring_number_again" in sentences(both)
    restarted = opened(tmp_path, text(points(closed=False) + points(ASIDE, closed=False), "8,2.0,1,A,面,,,,@"))
    assert restarted.plots[0].surveyed.area == pytest.approx(20_000)
    assert "numbers_restart" in sentences(restarted)


def test_several_plots_are_several(tmp_path):
    two = text() + "\r\n".join(["5,1.0,DK-2,地块二,面,,,,@", *points(ASIDE)])
    found = opened(tmp_path, two)
    assert [p.number for p in found.plots] == ["DK-1", "DK-2"]
    unnumbered = opened(tmp_path, two.replace("DK-1", "").replace("DK-2", ""))
    assert [p.number for p in unnumbered.plots] == ["1", "2"]


def test_a_plot_given_twice_counts_once(tmp_path):
    found = opened(tmp_path, text() + "\r\n".join([PLOT, *points()]))
    assert len(found.plots) == 1
    assert "plot_again" in sentences(found)


def test_a_line_or_a_point_needs_a_width(tmp_path):
    line = text(points(SQUARE[:2], closed=False), "2,,1,管线,线,,,,@")
    assert refused(tmp_path, line).id == "site_file.width_needed"
    assert opened(tmp_path, line, width=6.0).plots[0].surveyed.area == pytest.approx(600)
    point = text(points(SQUARE[:1], closed=False), "1,,1,塔基,点,,,,@")
    assert refused(tmp_path, point).id == "site_file.width_needed"
    assert opened(tmp_path, point, width=10.0).plots[0].surveyed.area == pytest.approx(np.pi * 25, rel=1e-3)


def test_a_boundary_that_touches_itself_is_tidied(tmp_path):
    # two squares of 50 m that share one corner, walked as one ring
    corners = [
        (X, Y),
        (X + 50, Y),
        (X + 50, Y + 50),
        (X + 100, Y + 50),
        (X + 100, Y + 100),
        (X + 50, Y + 100),
        (X + 50, Y + 50),
        (X, Y + 50),
    ]
    found = opened(tmp_path, text(points(corners), "9,0.5,1,A,面,,,,@"))
    assert found.plots[0].surveyed.area == pytest.approx(5000)
    assert sentences(found) == {"touching"}
    assert found.plots[0].labels == ()


HEXAGON = [(X + 100 * np.cos(a), Y + 100 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 6, endpoint=False)]
TEN = [(X + 100 * np.cos(a), Y + 100 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 11, endpoint=False)]
BOW = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]
REFUSED = {
    # of each: what is sent, the kind of error, its sentence, the line it names, and some of its slots
    "empty": (b"", SourceError, "empty", None, {}),
    "blanks": (b" \r\n\r\n", SourceError, "empty", None, {}),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0", SourceError, "not_text", None, {}),
    "a workbook": (b"PK\x03\x04\0\0\0", SourceError, "not_text", None, {}),
    "bytes of no encoding": ("[属性描述]".encode("gb18030") + b"\xff\xff\x81", LayerError, "encoding", None, {}),
    "a letter": ("请审批。\r\n谢谢", LayerError, "point_row", 1, {"row": "请审批。"}),
    "only a head": ("\r\n".join(["[属性描述]", *head()]), LayerError, "no_plot", None, {}),
    "no system": (text(坐标系=None), CRSError, "no_crs", None, {"fits": "EPSG:4527"}),
    "Xi'an 80": (text(坐标系="1980西安坐标系"), CRSError, "old_crs", None, {"crs": "1980西安坐标系", "old": 4, "new": 4, "count": 4}),
    "Beijing 54": (text(坐标系="北京54"), CRSError, "old_crs", None, {"crs": "北京54"}),
    "Tianjin 90": (text(坐标系="天津90坐标系"), CRSError, "local_crs", None, {"crs": "天津90坐标系"}),
    "a city grid that sounds national": (text(坐标系="天津2000坐标系"), CRSError, "local_crs", None, {}),
    "a web map": (text(坐标系="GCJ-02"), CRSError, "web_map", None, {}),
    "WGS 84 without a projection": (text(坐标系="WGS84"), CRSError, "no_plane", None, {}),
    "an unknown registry number": (text(坐标系="EPSG:99999"), CRSError, "unknown_crs", 5, {}),
    "another zone": (text(带号="40"), CRSError, "conflict", None, {}),
    "another meridian": (text(带号=None, 坐标系="CGCS2000 CM=120E"), CRSError, "conflict", None, {}),
    "two zones": (text(坐标系="CGCS2000 3度带 40带"), CRSError, "contradiction", None, {"first": "40", "second": "39"}),
    "zones of 1.5 degrees": (text(几度分带="1.5"), CRSError, "width", 6, {"value": "1.5"}),
    "a zone of no country": (text(带号="61"), CRSError, "zone", 9, {"value": "61"}),
    "the meridian of a city grid": (text(带号="117°10′"), CRSError, "zone", 9, {"value": "117°10′"}),
    "the same in decimals": (text(带号=None, 坐标系="2000国家大地坐标系", 投影类型="高斯克吕格\r\n中央子午线=117.1667"), CRSError, "zone", 8, {}),
    "a zone between the kinds": (text(带号="24"), CRSError, "zone", 9, {}),
    "feet": (text(计量单位="英尺"), CRSError, "unit", 8, {"value": "英尺"}),
    "another projection": (text(投影类型="兰伯特"), CRSError, "projection", 7, {}),
    "parameters": (text(转换参数="12.5,3,0,0,0,0,0"), CRSError, "conversion", 11, {}),
    "two heads": (text() + "[属性描述]\r\n坐标系=1980西安坐标系\r\n", SourceError, "two_heads", 20, {"key": "坐标系"}),
    "points before the plot": (text(plot=None) + PLOT + "\r\n" + "\r\n".join(points()), LayerError, "before_plot", 13, {}),
    "a plot without points": (text([]), GeometryError, "no_points", 13, {}),
    "a plot before without points": (text([PLOT, *points()]), GeometryError, "no_points", 13, {}),
    "a row that lacks fields": (text(plot="5,1.0,面,@"), LayerError, "plot_row", 13, {}),
    "a count in words": (text(plot="五,1.0,1,A,面,,,,@"), LayerError, "count", 13, {"value": "五"}),
    "an area in words": (text(plot="5,约1公顷,1,A,面,,,,@"), LayerError, "area", 13, {"value": "约1公顷"}),
    "an area of acres": (text(plot="5,2.5英亩,1,A,面,,,,@"), LayerError, "area", 13, {}),
    "thousands in groups": (text(["J1,1,4,335,324.432,39,564,832.781"]), LayerError, "point_row", 14, {}),
    "a comma for a point": (text([row.replace(".", ",") for row in points()]), LayerError, "point_row", 14, {}),
    "three figures in a row": (text(points(form="{x:.3f},{y:.3f},3.2")), LayerError, "point_row", 14, {}),
    "a letter in a number": (text([*points()[:2], "J3,1,43354Z4.432,39564932.781"]), GeometryError, "number", 16, {"value": "43354Z4.432"}),
    "a number with an exponent": (text(["J1,1,4.3353E+06,3.95648E+07"]), GeometryError, "number", 14, {"value": "4.3353E+06"}),
    "not a number": (text(["J1,1,nan,39564832.781"]), GeometryError, "number", 14, {"value": "nan"}),
    "a number left out": (text([*points()[:2], "J3,1,,39564932.781"]), GeometryError, "number", 16, {"value": ""}),
    "two points": (text(points(SQUARE[:2], closed=False), "2,,1,A,面,,,,@"), GeometryError, "few_points", 14, {"count": 2}),
    "no area": (text(points([(X, Y), (X + 50, Y), (X + 100, Y)]), "4,,1,A,面,,,,@"), GeometryError, "no_area", 14, {}),
    "a closing point elsewhere": (text([*points(closed=False), f"J1,1,{X + 7:.3f},{Y:.3f}"]), GeometryError, "closing", 18, {"point": "J1", "gap": "7.000"}),
    "one ring or two": (text(points() + points(ASIDE, start=6, closed=False)), GeometryError, "ring_open", 19, {}),
    "cut off": (text(points(closed=False)[:3], "9,,1,A,面,,,,@"), LayerError, "miscounted", 13, {"count": 9, "rows": 3}),
    "cut off, and the area says so": (text(points(TEN[:9]), "12,1.2,1,A,面,,,,@"), GeometryError, "area_wrong", 13, {}),
    "a bow": (text(points(BOW), "5,,1,A,面,,,,@"), GeometryError, "crossing", 14, {"first": "J1-J2", "second": "J3-J4"}),
    "rings that cross": (text(points() + points(shifted(SQUARE, 50, 50), 2), "10,,1,A,面,,,,@"), GeometryError, "rings_cross", 14, {"area": "2500.00"}),
    "a ring twice": (text(points() + points(ring=2), "10,,1,A,面,,,,@"), GeometryError, "ring_twice", 19, {}),
    "one point swapped": (text([points()[0], f"J2,1,{Y:.3f},{X + 100:.3f}", *points()[2:]]), GeometryError, "swapped_point", 15, {}),
    "a digit lost": (text([points()[0], f"J2,1,{X / 10:.3f},{Y:.3f}", *points()[2:]]), GeometryError, "far_point", 15, {}),
    "another prefix at one point": (text([points()[0], f"J2,1,{X + 100:.3f},{Y - 1e7:.3f}", *points()[2:]]), GeometryError, "far_point", 15, {}),
    "far away": (text([r.replace("433", "243") for r in points()]), CRSError, "nowhere", 14, {}),
    "metres that are degrees": (text(["J1,1,39.14,117.75", "J2,1,39.15,117.75", "J3,1,39.15,117.76"], "3,,1,A,面,,,,@"), CRSError, "conflict", None, {}),
    "twenty metres too far, by the area": (text(points([*HEXAGON[:1], (HEXAGON[1][0] + 20, HEXAGON[1][1]), *HEXAGON[2:]]), "7,2.5981,1,A,面,,,,@"), GeometryError, "mistyped", 14, {"percent": "3.23"}),
    "an area of another plot": (text(plot="5,3.7,1,A,面,,,,@"), GeometryError, "area_wrong", 13, {"percent": "270.00"}),
    "an outlier": (text(points([*HEXAGON[:3], (X - 9000, Y + 50), *HEXAGON[3:]]), "8,,1,A,面,,,,@"), GeometryError, "outlier", 17, {"point": "J4"}),
    "points sorted as texts": (
        text([f"{label},1,{x:.3f},{y:.3f}" for label, (x, y) in zip(sorted(f"J{n}" for n in range(1, 12)), TEN, strict=True)], "11,,1,A,面,,,,@"),
        GeometryError, "text_order", 16, {"point": "J11"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_file_is_refused_with_its_line_and_reason(tmp_path, name):
    content, kind, sentence, line, slots = REFUSED[name]
    error = refused(tmp_path, content)
    assert (type(error), error.id) == (kind if kind is not LayerError else type(error), f"site_file.{sentence}"), error
    assert isinstance(error, kind)
    assert (error.fields["where"].fields["line"] if "where" in error.fields else None) == line
    assert {k: error.fields[k] for k in slots} == slots
    if line is not None:
        assert f"第{line}行" in error.say("zh")
        assert f"line {line}" in error.say("en")


def test_an_old_datum_tells_how_the_numbers_fit_under_each_reading(tmp_path):
    # a corner of the study area: Xi'an 80 would move half of the points out of it, were its ellipsoid read
    error = refused(tmp_path, text(坐标系="1980西安坐标系"), boundary=shapely.box(*shapely.buffer(PLACED, 0.5).bounds))
    assert error.id == "site_file.old_crs"
    assert (error.fields["count"], error.fields["new"]) == (4, 4)
    assert error.fields["old"] < 4


def test_corners_beyond_the_study_area_are_told(tmp_path):
    cut = shapely.box(550_000, 4_320_000, Y - 39e6 + 40, 4_350_000)
    notes = [n for n in opened(tmp_path, text(), boundary=cut).notes if n.sentence == "site_note.outside"]
    assert [n.fields for n in notes] == [{"count": 2, "whole": 4, "metres": "60"}]


def test_a_declaration_needs_a_name_and_is_told(tmp_path):
    old = text(坐标系="1980西安坐标系")
    assert refused(tmp_path, old, declared_crs="EPSG:4527").id == "site_file.unsigned"
    found = opened(tmp_path, old, declared_crs="2000国家大地坐标系", declared_by="王工")
    assert (found.crs, found.declared_by) == ("2000国家大地坐标系", "王工")
    assert "王工" in found.notes[0].say("zh")
    assert sentences(found) == {"declared_over"}
    assert same(found.plots[0].shape, PLACED)


def test_a_declared_old_datum_is_refused_without_parameters(tmp_path):
    error = refused(tmp_path, text(坐标系=None), declared_crs="EPSG:2363", declared_by="王工")
    assert error.id == "site_file.old_declared"


def test_a_declared_zone_does_not_overrule_the_numbers(tmp_path):
    error = refused(tmp_path, text(坐标系=None), declared_crs="EPSG:4528", declared_by="王工")
    assert error.id == "site_file.nowhere"


GRID = """
grid = "天津90坐标系"
target = "EPSG:4548"
north = 4000000.0
east = 465000.0
rotation = 30.0
scale = 12.0
[[control]]
from = [335000.0, 100000.0]
to = [{north}, {east}]
"""


def grid_file(tmp_path, *, wrong=0.0):
    a, k = np.radians(30 / 3600), 1 + 12e-6
    n, e = 335_000.0, 100_000.0
    north, east = 4e6 + k * (n * np.cos(a) - e * np.sin(a)), 465_000 + k * (n * np.sin(a) + e * np.cos(a))
    path = tmp_path / "天津90.toml"
    path.write_text(GRID.format(north=north + wrong, east=east), encoding="utf-8")
    return path


def test_a_local_grid_is_read_with_the_parameters_of_the_user(tmp_path):
    rows = points([(x - 4e6, y - 39_465_000) for x, y in SQUARE])
    found = opened(tmp_path, text(rows, 坐标系="天津90坐标系", 带号=None), parameters=grid_file(tmp_path))
    plot = found.plots[0]
    assert plot.surveyed.area == pytest.approx(10_000, abs=0.01)
    assert plot.shape.area == pytest.approx(10_000 * (1 + 12e-6) ** 2, abs=0.001)
    assert plot.plane.name == "天津90坐标系"
    k, a = 1 + 12e-6, np.radians(30 / 3600)
    n, e = rows[0].split(",")[2:]
    assert plot.shape.exterior.coords[0] == pytest.approx(
        (
            465_000 + k * (float(n) * np.sin(a) + float(e) * np.cos(a)),
            4e6 + k * (float(n) * np.cos(a) - float(e) * np.sin(a)),
        ),
        abs=1e-6,
    )


SEVEN = """
grid = "1980西安坐标系"
source = "EPSG:2363"
target = "EPSG:4548"
x = {x}
y = -3.0
z = 15.0
rx = 0.0
ry = 0.0
rz = {rz}
scale = 0.5
convention = "{convention}"
[[control]]
from = [{X}, {Y}]
to = [{north}, {east}]
"""


def turned(east, north, rz):
    """Seven parameters by hand: to the centre of the earth on the one ellipsoid, turned, and out on the other."""
    old, new = ({"proj": "cart", "a": a, "rf": rf} for a, rf in ((6378140.0, 298.257), (6378137.0, 298.257222101)))
    lon, lat = Proj("EPSG:2363")(east, north, inverse=True)
    x, y, z = Transformer.from_pipeline(f"+proj=cart +a={old['a']} +rf={old['rf']}").transform(
        lon, lat, 0, radians=False
    )
    angle, k = np.radians(rz / 3600), 1 + 0.5e-6
    x, y, z = 20.0 + k * (x - angle * y), -3.0 + k * (angle * x + y), 15.0 + k * z
    lon, lat, _ = Transformer.from_pipeline(f"+proj=cart +a={new['a']} +rf={new['rf']} +inv").transform(
        x, y, z, radians=False, direction="FORWARD"
    )
    return Proj("EPSG:4548")(lon, lat)


def test_seven_parameters_lead_out_of_an_old_datum_and_their_sign_is_proved(tmp_path):
    east, north = turned(Y, X, 1.5)
    path = tmp_path / "西安80.toml"
    said = {"x": 20.0, "rz": 1.5, "X": X, "Y": Y, "north": north, "east": east}
    path.write_text(SEVEN.format(**said, convention="position_vector"), encoding="utf-8")
    found = opened(tmp_path, text(坐标系="1980西安坐标系"), parameters=path)
    assert found.plots[0].shape.exterior.coords[0] == pytest.approx((east, north), abs=1e-3)
    assert found.plots[0].surveyed.area == pytest.approx(10_000)
    path.write_text(SEVEN.format(**said, convention="coordinate_frame"), encoding="utf-8")
    assert refused_grid(tmp_path, path).id == "site_grid.residual"
    path.write_text(SEVEN.format(**said, convention="either"), encoding="utf-8")
    assert refused_grid(tmp_path, path).id == "site_grid.value"


def refused_grid(tmp_path, path):
    with pytest.raises(GeoplanError) as caught:
        opened(tmp_path, text(坐标系="1980西安坐标系"), parameters=path)
    return caught.value


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("scale = 12.0", ""), "missing"),
        (("scale = 12.0", "scale = '12'"), "value"),
        (("rotation = 30.0", "rotation = -30.0"), "residual"),
        (("EPSG:4548", "EPSG:4490"), "value"),
        (("north = ", "nord = "), "unknown"),
        (("[[control]]", "[[controls]]"), "missing"),
        (("grid = ", "grid = ="), "unreadable"),
    ],
)
def test_a_parameter_file_is_proved_before_it_is_used(tmp_path, change, sentence):
    path = grid_file(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    error = None
    with pytest.raises(GeoplanError) as caught:
        opened(tmp_path, text(坐标系="天津90坐标系"), parameters=path)
    error = caught.value
    assert error.id == f"site_grid.{sentence}"
    assert error.say("zh")
    assert error.say("en")


def test_without_a_study_area_only_complete_statements_are_believed(tmp_path):
    assert same(opened(tmp_path, text(), boundary=None).plots[0].shape, PLACED)
    bare = text([f"J{n},1,{x:.3f},{y - 39e6:.3f}" for n, (x, y) in enumerate(SQUARE, 1)], 带号=None)
    assert refused(tmp_path, bare, boundary=None).id == "site_file.several"


def test_write_read_write_gives_the_same_bytes(tmp_path):
    rows = points(INNER, 2, 5) + points(SQUARE, 1, 1) + points(ASIDE, 3)
    found = opened(
        tmp_path, text(rows, "15,1.84,DK,代征（一）,面,J50,住宅,0701,@") + PLOT + "\r\n" + "\r\n".join(points())
    )
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    write_attachment(found, first, crs=STUDY)
    write_attachment(open_attachment(first, crs=STUDY, boundary=AREA), second, crs=STUDY)
    assert first.read_bytes() == second.read_bytes()


def test_a_text_file_is_written_as_the_official_tools_expect(tmp_path):
    found = opened(tmp_path, text(points(SQUARE[::-1])))
    path = tmp_path / "out.txt"
    write_attachment(found, path, crs=STUDY)
    content = path.read_bytes()
    assert content.endswith(b"\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")
    lines = content.decode("gb18030").split("\r\n")
    assert lines[0] == "[属性描述]"
    assert "带号=39" in lines
    # clockwise from the north-west, closed, three decimals, hectares with four
    assert lines[12:18] == [
        "5,1.0000,DK-1,地块一,面,,住宅,0701,@",
        f"J1,1,{X + 100:.3f},{Y:.3f}",
        f"J2,1,{X + 100:.3f},{Y + 100:.3f}",
        f"J3,1,{X:.3f},{Y + 100:.3f}",
        f"J4,1,{X:.3f},{Y:.3f}",
        f"J1,1,{X + 100:.3f},{Y:.3f}",
    ]


def attempt(tmp_path, data):
    """The attachment, or the sentences that refuse it."""
    try:
        return opened(tmp_path, data), ()
    except GeoplanError as error:
        return None, (error.say("zh"), error.say("en"))


WORDS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)
LATTICE = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=3, max_size=9, unique=True)


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(corners=LATTICE, number=WORDS, name=WORDS, use=WORDS, sheet=WORDS)
def test_any_plot_comes_back_as_it_was_written(tmp_path, corners, number, name, use, sheet):
    # the hull of any corners is a ring nobody can doubt; thirds of a metre need all three decimals
    hull = shapely.MultiPoint([(565_000 + x / 3, 4_335_000 + y / 3) for x, y in corners]).convex_hull
    if hull.geom_type != "Polygon" or hull.area < 1:
        return
    plot = Plot(number, name, hull, hull, STUDY, use=use, sheet=sheet)
    written = Attachment("a.txt", "0" * 64, "txt", "2000国家大地坐标系", (plot,))
    first = text_of(written, [shapely.transform(hull, lambda xy: np.add(xy, [39e6, 0]))], ZONE39)
    found = opened(tmp_path, first)
    assert shapely.symmetric_difference(found.plots[0].shape, hull).area <= 0.001 * hull.length
    assert text_of(found, [found.plots[0].surveyed], ZONE39) == first


ALPHABET = "J1234567890.,，@面线点[]【】=\r\n 坐标系地块属性描述" + string.ascii_letters


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=200), st.text(ALPHABET, max_size=200), st.binary(max_size=200)))
def test_any_text_gives_an_attachment_or_a_sentence(tmp_path, content):
    data = content if isinstance(content, bytes) else content.encode("utf-8", "ignore")
    found, said = attempt(tmp_path, data)
    assert found.plots if found else all(said)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 520), length=st.integers(0, 40), put=st.text(ALPHABET, max_size=6))
def test_a_damaged_file_gives_the_right_plot_or_a_sentence(tmp_path, at, length, put):
    whole = text(points(HEXAGON), "7,2.5981,DK-1,地块一,面,,住宅,0701,@")
    damaged = whole[:at] + put + whole[at + length :]
    right = shapely.Polygon([(y - 39e6, x) for x, y in HEXAGON])
    found, said = attempt(tmp_path, damaged.encode("utf-8", "ignore"))
    if found is None:
        assert all(said)
        return
    # where the area is still stated, what is off by more than it allows is told
    off = shapely.symmetric_difference(shapely.union_all([p.shape for p in found.plots]), right).area
    told = {n.sentence for p in found.plots for n in p.notes}
    stated = all(p.declared_area for p in found.plots)
    assert off <= 1e-3 * right.area + 1 or "site_note.area_differs" in told or not stated

"""Tables of boundary points in workbooks: found by their headings, wherever they stand, or refused by sheet and row."""

import io
import zipfile

import numpy as np
import pytest
import shapely
from openpyxl import Workbook
from pyproj import CRS, Transformer

from geoplan.errors import CRSError, GeometryError, GeoplanError, LayerError, SourceError
from geoplan.read.attachments import open_attachment

STUDY = CRS("EPSG:4548")
AREA = shapely.box(550_000, 4_320_000, 580_000, 4_350_000)
X, Y = 4_335_324.432, 39_564_832.781
SQUARE = [(X + 100, Y), (X + 100, Y + 100), (X, Y + 100), (X, Y)]
ASIDE = [(x, y + 200) for x, y in SQUARE]
INNER = [(X + 20, Y + 20), (X + 20, Y + 60), (X + 60, Y + 60), (X + 60, Y + 20)]
PLACED = shapely.box(Y - 39e6, X, Y - 39e6 + 100, X + 100)
SYSTEM = ["坐标系：2000国家大地坐标系（3度带，带号39）"]
HEAD = ["点号", "X(m)", "Y(m)", "边长(m)"]


def rows(corners=SQUARE, start=1, *, closed=True, sides=True):
    n = len(corners)
    made = []
    for k, (x, y) in enumerate(corners):
        x2, y2 = corners[(k + 1) % n]
        made.append(
            [f"J{start + k}", round(x, 3), round(y, 3), round(float(np.hypot(x2 - x, y2 - y)), 2) if sides else None]
        )
    return made + ([[f"J{start}", round(corners[0][0], 3), round(corners[0][1], 3), None]] if closed else [])


def book(*sheets, state="visible"):
    made = Workbook()
    made.remove(made.active)
    for n, cells in enumerate(sheets, 1):
        sheet = made.create_sheet(f"表{n}")
        for row in cells:
            sheet.append(row)
        if n > 1:
            sheet.sheet_state = state
    sink = io.BytesIO()
    made.save(sink)
    return sink.getvalue()


def opened(tmp_path, content, **options):
    path = tmp_path / "界址点.xlsx"
    path.write_bytes(content if isinstance(content, bytes) else book(content))
    return open_attachment(path, crs=STUDY, boundary=AREA, **options)


def sentences(attachment):
    notes = [*attachment.notes, *(n for plot in attachment.plots for n in plot.notes)]
    assert all(note.say(language) for note in notes for language in ("zh", "en"))
    return {note.sentence.removeprefix("site_note.") for note in notes}


def same(a, b, metres=1e-6):
    """Whether the borders of two shapes lie within so many metres of each other."""
    return shapely.hausdorff_distance(a.boundary, b.boundary) <= metres


def degrees(corners=SQUARE):
    way = Transformer.from_crs(STUDY, "EPSG:4490", always_xy=True)
    return [way.transform(y - 39e6, x) for x, y in corners]


def sexagesimal(value):
    minutes = (value - int(value)) * 60
    return f"{int(value)}°{int(minutes):02d}′{(minutes - int(minutes)) * 60:09.6f}″"


LON, LAT = zip(*degrees(), strict=True)
DEGREES = [["坐标系：2000国家大地坐标系"], ["点号", "经度", "纬度"]]
BETWEEN = [cell for row in rows() for cell in ([*row[:3], None], [None, None, None, row[3]])]
ACROSS = [
    SYSTEM, [*HEAD[:3], *HEAD[:3]], ["J1", *SQUARE[0], "J2", *SQUARE[1]], ["J3", *SQUARE[2], "J4", *SQUARE[3]],
]  # fmt: skip
READ = {
    # of each: the sheet, what is warned of, and how near the plot must lie
    "a plain table": ([SYSTEM, HEAD, *rows()], set(), 1e-6),
    "above it a title, below it the area": (
        [["某项目界址点成果表"], ["项目名称：甲"], SYSTEM, [], HEAD, *rows(), ["面积：10000.00平方米"], ["制表：王", "2025-06-01"]], set(), 1e-6
    ),
    "the area in mu and hectares": ([SYSTEM, HEAD, *rows(), ["面积(公顷)", 1.0, "面积(亩)", 15.0]], set(), 1e-6),
    "headings in two rows": ([SYSTEM, ["点号", "坐标", None, "边长"], [None, "X（米）", "Y（米）", None], *rows()], set(), 1e-6),
    "northing and easting in words": ([SYSTEM, ["界址点号", "纵坐标", "横坐标", "边长"], *rows()], set(), 1e-6),
    "easting first, said so": ([SYSTEM, ["点号", "东坐标", "北坐标"], *([a, y, x] for a, x, y, _ in rows())], set(), 1e-6),
    "X meant as easting": ([SYSTEM, ["点号", "X", "Y"], *([a, y, x] for a, x, y, _ in rows())], {"swapped"}, 1e-6),
    "X called easting": ([SYSTEM, ["点号", "X(横坐标)", "Y(纵坐标)"], *([a, y, x] for a, x, y, _ in rows())], set(), 1e-6),
    "numbers as text": ([SYSTEM, HEAD[:3], *([a, f" {x} ", f"{y:.3f}"] for a, x, y, _ in rows())], set(), 1e-6),
    "numbers in groups of three": ([SYSTEM, HEAD[:3], *([a, f"{x:,.3f}", f"{y:,.3f}"] for a, x, y, _ in rows())], set(), 1e-6),
    "points numbered by figures": ([SYSTEM, ["序号", *HEAD[1:3]], *([n, r[1], r[2]] for n, r in enumerate(rows()[:-1], 1))], set(), 1e-6),
    "a serial number and a name": (
        [SYSTEM, ["序号", *HEAD], *([n, *r] for n, r in enumerate(rows(), 1))], set(), 1e-6
    ),
    "sides between the rows": ([SYSTEM, HEAD, *BETWEEN], set(), 1e-6),
    "sides in the row of their end": ([SYSTEM, HEAD, *([*a[:3], b[3]] for a, b in zip(rows(), [rows()[3], *rows()], strict=False))], set(), 1e-6),
    "the heading again on page two": ([SYSTEM, HEAD, *rows()[:3], HEAD, *rows()[3:]], set(), 1e-6),
    "far down and to the right": ([[], [], [None] * 5 + SYSTEM, [None] * 5 + HEAD, *([None] * 5 + r for r in rows())], set(), 1e-6),
    "two blocks, one after the other": ([SYSTEM, [*HEAD[:3], *HEAD[:3]], *([*a[:3], *b[:3]] for a, b in zip(rows()[:2], rows()[2:4], strict=True))], set(), 1e-6),
    "two blocks, across": (ACROSS, set(), 1e-6),
    "decimal degrees": ([*DEGREES, *([f"J{n}", lon, lat] for n, (lon, lat) in enumerate(degrees(), 1))], set(), 1e-4),
    "latitude first": ([DEGREES[0], ["点号", "B", "L"], *([f"J{n}", lat, lon] for n, (lon, lat) in enumerate(degrees(), 1))], set(), 1e-4),
    "degrees, minutes, seconds": (
        [DEGREES[0], ["点号", "经度(度分秒)", "纬度(度分秒)"], *([f"J{n}", sexagesimal(lon), sexagesimal(lat)] for n, (lon, lat) in enumerate(degrees(), 1))], set(), 1e-3
    ),
    "with dashes": (
        [*DEGREES, *([f"J{n}", sexagesimal(lon).replace("°", "-").replace("′", "-").strip("″"), sexagesimal(lat)] for n, (lon, lat) in enumerate(degrees(), 1))], set(), 1e-3
    ),
    "metres and degrees side by side": (
        [SYSTEM, [*HEAD, "经度", "纬度"], *([*r, 117.7, 39.1] for r in rows())], {"degrees_beside"}, 1e-6
    ),
    "beside a table of control points": (
        [SYSTEM, HEAD, *rows(), [], ["控制点成果表"], HEAD[:3], ["G1", X, Y], ["G2", X + 500, Y], ["G3", X, Y + 500]], {"other_points"}, 1e-6
    ),
    "an empty row among the points": ([SYSTEM, HEAD, *rows()[:2], [], *rows()[2:]], set(), 1e-6),
    "no zone number, none named": ([["CGCS2000"], HEAD, *([a, x, y - 39e6, s] for a, x, y, s in rows())], {"zone_by_numbers"}, 1e-6),
    "an area that is off by a little": ([SYSTEM, HEAD, *rows(), ["面积：10150.00平方米"]], {"area_differs"}, 1e-6),
    "areas that disagree": ([SYSTEM, HEAD, *rows(), ["面积：12345平方米"], ["面积：9.9公顷"]], {"areas_differ"}, 1e-6),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_table_is_found_and_read(tmp_path, name):
    sheet, warned, near = READ[name]
    found = opened(tmp_path, sheet)
    assert len(found.plots) == 1
    assert same(found.plots[0].shape, PLACED, near)
    assert sentences(found) == warned
    assert (found.format, found.plots[0].labels[0][0][-1]) == ("xlsx", "1")


def test_areas_of_a_table_are_kept_in_square_metres(tmp_path):
    assert opened(tmp_path, READ["the area in mu and hectares"][0]).plots[0].declared_area == pytest.approx(10_000)
    titled = opened(tmp_path, READ["above it a title, below it the area"][0])
    assert titled.plots[0].declared_area == 10_000.0
    assert titled.attributes["项目名称"] == "甲"


def test_degrees_have_no_plane_and_are_measured_in_that_of_the_study(tmp_path):
    plot = opened(tmp_path, READ["decimal degrees"][0]).plots[0]
    assert plot.plane is None
    assert plot.surveyed.area == pytest.approx(10_000, rel=1e-6)


def test_a_column_tells_plots_apart(tmp_path):
    head = ["地块编号", "地块名称", *HEAD]
    cells = [[*(("A", "一号") if not n else (None, None)), *r] for n, r in enumerate(rows())]
    cells += [[*(("B", "代征地块") if not n else (None, None)), *r] for n, r in enumerate(rows(ASIDE))]
    found = opened(tmp_path, [SYSTEM, head, *cells, ["总面积：2.0公顷"]])
    assert [(p.number, p.name, p.role) for p in found.plots] == [("A", "一号", ""), ("B", "代征地块", "代征")]
    assert sentences(found) == set()


def test_titles_tell_plots_apart_and_areas_belong_to_the_rows_above(tmp_path):
    found = opened(
        tmp_path,
        [
            SYSTEM,
            ["地块一"],
            HEAD,
            *rows(),
            ["面积：10000平方米"],
            ["地块二"],
            HEAD,
            *rows(ASIDE),
            ["面积：10000平方米"],
            ["合计面积：20000平方米"],
        ],
    )
    assert [(p.name, p.declared_area) for p in found.plots] == [("地块一", 10_000.0), ("地块二", 10_000.0)]
    again = opened(tmp_path, [SYSTEM, HEAD, ["地块编号", "A"], *rows(), ["地块编号：B"], *rows(ASIDE)])
    assert [p.number for p in again.plots] == ["A", "B"]


def test_sheets_are_read_together_and_hidden_ones_are_told(tmp_path):
    first, second = [SYSTEM, ["地块一"], HEAD, *rows()], [["地块二"], HEAD, *rows(ASIDE)]
    assert [p.name for p in opened(tmp_path, book(first, second)).plots] == ["地块一", "地块二"]
    hidden = opened(tmp_path, book(first, second, state="hidden"))
    assert [p.name for p in hidden.plots] == ["地块一"]
    assert sentences(hidden) == {"hidden_sheet"}


def test_a_hole_needs_a_ring_number(tmp_path):
    ringed = [[1, *r] for r in rows()] + [[2, *r] for r in rows(INNER, 5)]
    found = opened(tmp_path, [SYSTEM, ["圈号", *HEAD], *ringed])
    assert found.plots[0].surveyed.area == pytest.approx(8400)
    with pytest.raises(GeometryError) as caught:
        opened(tmp_path, [SYSTEM, HEAD, *rows(), *rows(INNER, 5)])
    assert caught.value.id == "site_file.nested_ring"


def test_sides_confirm_corners_that_would_be_doubted(tmp_path):
    corners = [(X, Y), (X, Y + 10), (X + 1, Y + 20), (X + 900, Y + 15), (X + 2, Y + 5)]
    with pytest.raises(GeometryError) as caught:
        opened(tmp_path, [SYSTEM, HEAD[:3], *(r[:3] for r in rows(corners))])
    assert (caught.value.id, caught.value.fields["point"]) == ("site_file.outlier", "J4")
    assert sentences(opened(tmp_path, [SYSTEM, HEAD, *rows(corners)])) == {"confirmed"}


def with_cell(row, column, value, sheet=None):
    cells = [list(r) for r in (sheet or [SYSTEM, HEAD, *rows()])]
    cells[row - 1][column - 1] = value
    return cells


def picture():
    content = io.BytesIO(book([["见附图"]]))
    with zipfile.ZipFile(content, "a") as parts:
        parts.writestr("xl/media/image1.png", b"\x89PNG")
    return content.getvalue()


TEN = [(X + 100 * np.cos(a), Y + 100 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 11, endpoint=False)]
REFUSED = {
    # of each: what is sent, the kind of error, its sentence, sheet and row it names, and some of its slots
    "empty": (b"", SourceError, "broken_workbook", None, {}),
    "no workbook": (b"J1,1,2,3", SourceError, "broken_workbook", None, {}),
    "half a workbook": (book([SYSTEM, HEAD, *rows()])[:1500], SourceError, "broken_workbook", None, {}),
    "another archive": (b"PK\x05\x06" + b"\0" * 18, SourceError, "broken_workbook", None, {}),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, SourceError, "old_workbook", None, {}),
    "only a picture": (picture(), SourceError, "picture", None, {}),
    "only words": ([["见附件"]], SourceError, "no_table", None, {}),
    "a table of something else": ([["序号", "姓名"], [1, "王"]], SourceError, "no_table", None, {}),
    "a heading and nothing below": ([SYSTEM, HEAD], LayerError, "no_plot", None, {}),
    "no system": ([HEAD, *rows()], CRSError, "no_crs", None, {"fits": "EPSG:4527"}),
    "an old system": ([["西安80坐标系"], HEAD, *rows()], CRSError, "old_crs", None, {"count": 4}),
    "a city grid": ([["坐标系：天津90"], HEAD, *rows()], CRSError, "local_crs", None, {}),
    "two systems": ([SYSTEM, HEAD, *rows(), ["附：1980西安坐标系成果"]], CRSError, "two_systems", 8, {}),
    "the meridian of a city grid": ([["CGCS2000，中央子午线117°10′"], HEAD, *rows()], CRSError, "zone", 1, {"value": "117.167"}),
    "another zone": ([["CGCS2000，3度带，带号40"], HEAD, *rows()], CRSError, "conflict", None, {}),
    "a cell left out": (with_cell(4, 2, None), GeometryError, "cell", 4, {"value": ""}),
    "a cell of words": (with_cell(4, 3, "39564932.781米"), GeometryError, "cell", 4, {"value": "39564932.781米"}),
    "a formula without a value": (with_cell(5, 2, "=B4"), GeometryError, "cell", 5, {"value": ""}),
    "minutes beyond 59": ([*DEGREES, ["J1", "117°75′12″", "39°08′10″"]], GeometryError, "cell", 3, {"value": "117°75′12″"}),
    "degrees or minutes": ([DEGREES[0], ["点号", "经度(度分秒)", "纬度(度分秒)"], ["J1", 117.4521, 39.0810]], CRSError, "sexagesimal", 3, {}),
    "a wrong side": (with_cell(4, 4, 90.0), GeometryError, "side", 4, {"point": "J2", "stated": "90.000", "computed": "100.000"}),
    "a corner the sides disown": (with_cell(4, 2, X + 150), GeometryError, "side", 4, {"point": "J2", "count": 2}),
    "a closing point elsewhere": (with_cell(7, 2, X + 60), GeometryError, "closing", 7, {"point": "J1"}),
    "two points": ([SYSTEM, HEAD[:3], *(r[:3] for r in rows()[:2])], GeometryError, "few_points", 3, {"count": 2}),
    "a bow": ([SYSTEM, HEAD[:3], *(r[:3] for r in rows([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]], sides=False))], GeometryError, "crossing", 3, {}),
    "an area of another plot": ([SYSTEM, HEAD, *(r[:3] for r in rows()), ["面积：3.7公顷"]], GeometryError, "area_wrong", 3, {"stated": "37000.00"}),
    "one point swapped": (with_cell(4, 2, SQUARE[1][1], with_cell(4, 3, SQUARE[1][0])), GeometryError, "swapped_point", 4, {}),
    "a digit too many": (with_cell(4, 2, X * 10), GeometryError, "far_point", 4, {}),
    "points sorted as texts": (
        [SYSTEM, HEAD[:3], *([name, *c] for name, c in zip(sorted(f"J{n}" for n in range(1, 12)), TEN, strict=True))],
        GeometryError, "text_order", 5, {"point": "J11"},
    ),
    "a point above the heading": ([SYSTEM, rows()[0], HEAD, *rows()[1:]], LayerError, "stray_point", 2, {}),
    "blocks in no order": (
        [SYSTEM, ["点号", "X", "Y", "点号", "X", "Y"], ["A", *SQUARE[0], "B", *SQUARE[1]], ["C", *SQUARE[2], "D", *SQUARE[3]]],
        LayerError, "table_order", 3, {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_workbook_is_refused_with_its_row_and_reason(tmp_path, name):
    content, kind, sentence, row, slots = REFUSED[name]
    with pytest.raises(GeoplanError) as caught:
        opened(tmp_path, content)
    error = caught.value
    assert error.id == f"site_file.{sentence}", error
    assert isinstance(error, kind)
    assert (error.fields["where"].fields["row"] if "where" in error.fields else None) == row
    assert {k: error.fields[k] for k in slots} == slots
    assert "界址点.xlsx" in error.say("zh")
    assert error.say("en")
    if row is not None:
        assert f"“表1”第{row}行" in error.say("zh")


def test_a_workbook_of_macros_and_a_zip_bomb_are_no_workbooks(tmp_path, monkeypatch):
    from geoplan.read import coordinate_table

    monkeypatch.setattr(coordinate_table, "MOST_UNPACKED", 1000)
    with pytest.raises(SourceError) as caught:
        opened(tmp_path, [SYSTEM, HEAD, *rows()])
    assert caught.value.id == "site_file.large"

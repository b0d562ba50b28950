"""Drawings: plots are the closed lines of the layers meant for them; what nobody can be sure of is refused."""

import io
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from ezdxf import units
from ezdxf.filemanagement import new
from pyproj import CRS

from geoplan.errors import CRSError, GeometryError, GeoplanError, LayerError, SourceError
from geoplan.read.attachments import open_attachment

STUDY = CRS("EPSG:4548")
AREA = shapely.box(550_000, 4_320_000, 580_000, 4_350_000)
E, N = 564_832.781, 4_335_324.432
SQUARE = [(E, N), (E + 100, N), (E + 100, N + 100), (E, N + 100)]
INNER = [(E + 20, N + 20), (E + 60, N + 20), (E + 60, N + 60), (E + 20, N + 60)]
ASIDE = [(x + 200, y) for x, y in SQUARE]
PLACED = shapely.Polygon(SQUARE)
SITE = {"layer": "用地红线"}
DECLARED = {"declared_crs": "EPSG:4548", "declared_by": "王工"}


def drawing(draw, *, unit=units.M, version="R2013", encoding="utf-8"):
    document = new(version)
    document.header["$INSUNITS"] = unit
    draw(document.modelspace(), document)
    sink = io.StringIO()
    document.write(sink)
    return sink.getvalue().encode(encoding, "replace")


def opened(tmp_path, content, *, name="总图.dxf", **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else drawing(content))
    return open_attachment(path, crs=STUDY, boundary=AREA, **{**DECLARED, **options})


def sentences(attachment):
    notes = [*attachment.notes, *(n for plot in attachment.plots for n in plot.notes)]
    assert all(note.say(language) for note in notes for language in ("zh", "en"))
    return {note.sentence.removeprefix("site_note.") for note in notes} - {"layers", "declared"}


def same(a, b, metres=1e-6):
    return shapely.hausdorff_distance(a.boundary, b.boundary) <= metres


def ring(corners=SQUARE, *, close=True, **attributes):
    return lambda space, _: space.add_lwpolyline(corners, close=close, dxfattribs={**SITE, **attributes})


def both(*draws):
    return lambda space, document: [draw(space, document) for draw in draws]


def strokes(corners=SQUARE, gap=0.0, **attributes):
    def draw(space, _):
        for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
            space.add_line((a[0] + gap, a[1]), b, dxfattribs={**SITE, **attributes})

    return draw


def block(space, document):
    made = document.blocks.new("地块块")
    made.add_lwpolyline([(0, 0), (10, 0), (10, 10), (0, 10)], close=True)
    inside = document.blocks.new("外层块")
    inside.add_blockref("地块块", (0, 0), dxfattribs={"xscale": 10, "yscale": 10})
    space.add_blockref("外层块", (E, N), dxfattribs=SITE)


def hatch(rings=(SQUARE,), layer="用地红线"):
    def draw(space, _):
        made = space.add_hatch(dxfattribs={"layer": layer})
        for n, corners in enumerate(rings):
            made.paths.add_polyline_path(corners, is_closed=True, flags=1 if not n else 16)

    return draw


def written(text, at=(E + 50, N + 50), layer="注记"):
    return lambda space, _: space.add_text(text, height=3, dxfattribs={"layer": layer, "insert": at})


def swapped(space, _):
    space.add_lwpolyline([(y, x) for x, y in SQUARE], close=True, dxfattribs=SITE)


def hidden(space, document):
    document.layers.add("用地红线旧").off()
    space.add_lwpolyline(ASIDE, close=True, dxfattribs={"layer": "用地红线旧"})
    space.add_lwpolyline(SQUARE, close=True, dxfattribs=SITE)


def mesh(layer):
    def draw(space, document):
        ring()(space, document)
        with space.add_mesh(dxfattribs={"layer": layer}).edit_data() as made:
            made.vertices, made.faces = [(E, N, 0), (E + 9, N, 0), (E, N + 9, 0)], [(0, 1, 2)]

    return draw


READ = {
    "a closed line": (ring(), set()),
    "an open line whose ends meet": (ring([*SQUARE, SQUARE[0]], close=False), set()),
    "ends 8 cm apart": (ring([*SQUARE, (E, N + 0.08)], close=False), {"gap"}),
    "an old polyline": (lambda s, _: s.add_polyline2d(SQUARE, close=True, dxfattribs=SITE), set()),
    "a polyline in space": (lambda s, _: s.add_polyline3d([(*c, 3.0) for c in SQUARE], close=True, dxfattribs=SITE), set()),
    "four strokes": (strokes(), set()),
    "four strokes that do not quite meet": (strokes(gap=0.05), {"gap", "touching"}),
    "a block in a block": (block, set()),
    "a hatch": (hatch(), set()),
    "a line and its hatch": (both(ring(), hatch()), set()),
    "a line drawn twice": (both(ring(), ring(SQUARE[1:] + SQUARE[:1])), {"drawn_twice"}),
    "the only layer with anything closed": (both(ring(layer="图层1"), strokes([(E, N), (E + 1, N + 1)], layer="线")), set()),
    "beside other lines": (both(ring(), ring(ASIDE, layer="道路红线"), ring(ASIDE, layer="生态保护红线")), set()),
    "a stroke of the layer": (both(ring(), lambda s, _: s.add_line((E + 5, N + 5), (E + 9, N + 5), dxfattribs=SITE)), {"strokes"}),
    "axes swapped": (swapped, {"swapped"}),
    "drawn from behind": (ring([(-x, y) for x, y in SQUARE], extrusion=(0, 0, -1)), set()),
    "another layer switched off": (hidden, {"hidden_layers"}),
    "beside something opaque": (mesh("地形"), {"opaque"}),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_drawing_is_read_as_the_same_plot(tmp_path, name):
    draw, warned = READ[name]
    found = opened(tmp_path, draw)
    assert len(found.plots) == 1
    assert same(found.plots[0].shape, PLACED, 0.1 if "gap" in warned else 1e-6)
    assert sentences(found) == warned
    assert (found.format, found.declared_by) == ("dxf", "王工")


@pytest.mark.parametrize(
    ("unit", "scale", "warned"),
    [
        (units.M, 1, set()),
        (0, 1, set()),
        (units.MM, 1000, {"scaled"}),
        (units.MM, 1, {"unit"}),
        (units.KM, 0.001, {"scaled"}),
    ],
)
def test_the_unit_of_a_drawing_is_that_of_its_numbers(tmp_path, unit, scale, warned):
    content = drawing(ring([(x * scale, y * scale) for x, y in SQUARE]), unit=unit)
    found = opened(tmp_path, content)
    assert same(found.plots[0].shape, PLACED, 1e-5)
    assert sentences(found) == warned


@pytest.mark.parametrize(("unit", "scale"), [(units.M, 1), (units.MM, 1000)])
def test_arcs_are_chorded_to_two_millimetres(tmp_path, unit, scale):
    # a square whose right side bulges out in a half circle of 50 m
    corners = [(x * scale, y * scale, bulge) for (x, y), bulge in zip(SQUARE, (0, 1, 0, 0), strict=True)]
    draw = lambda s, _: s.add_lwpolyline(corners, format="xyb", close=True, dxfattribs=SITE)  # noqa: E731  (a drawing)
    found = opened(tmp_path, drawing(draw, unit=unit))
    right = PLACED.union(shapely.Point(E + 100, N + 50).buffer(50, quad_segs=2000))
    assert shapely.hausdorff_distance(found.plots[0].shape.boundary, right.boundary) <= 0.003
    assert len(found.plots[0].shape.exterior.coords) < 300
    assert "arcs" in sentences(found)


def test_arcs_around_a_hatch_are_as_true_as_those_of_lines(tmp_path):
    def draw(space, _):
        edge = space.add_hatch(dxfattribs=SITE).paths.add_edge_path()
        edge.add_line((E + 100, N + 100), (E, N + 100))
        edge.add_line((E, N + 100), (E, N))
        edge.add_line((E, N), (E + 100, N))
        edge.add_arc((E + 100, N + 50), 50, -90, 90)

    right = PLACED.union(shapely.Point(E + 100, N + 50).buffer(50, quad_segs=2000))
    assert same(opened(tmp_path, draw).plots[0].shape, right, 0.003)


def test_circles_and_ellipses_are_plots_too(tmp_path):
    found = opened(tmp_path, lambda s, _: s.add_circle((E, N), 50, dxfattribs=SITE))
    assert found.plots[0].shape.area == pytest.approx(np.pi * 2500, rel=1e-3)


def test_text_inside_becomes_name_number_and_area(tmp_path):
    draw = both(
        ring(), written("地块编号：DK-7"), written("A地块", (E + 50, N + 40)), written("面积：10000.00平方米", (E + 50, N + 30)), written("J1", (E + 1, N + 1)),
        ring(ASIDE, layer="代征用地"), written("滨海路", (E + 250, N + 50)),
    )  # fmt: skip
    found = opened(tmp_path, draw)
    assert [(p.number, p.name, p.role, p.declared_area) for p in found.plots] == [
        ("DK-7", "A地块", "", 10_000.0),
        ("2", "滨海路", "代征", None),
    ]


def test_several_texts_inside_are_told_and_none_is_the_name(tmp_path):
    found = opened(tmp_path, both(ring(), written("商业"), written("住宅", (E + 20, N + 20))))
    assert found.plots[0].name == ""
    assert "texts_inside" in sentences(found)


def test_a_layer_or_a_hatch_makes_a_hole(tmp_path):
    by_layer = opened(tmp_path, both(ring(), ring(INNER, layer="扣除")))
    by_hatch = opened(tmp_path, both(ring(), ring(INNER), hatch((SQUARE, INNER))))
    only_hatch = opened(tmp_path, hatch((SQUARE, INNER)))
    for found in (by_layer, by_hatch, only_hatch):
        assert found.plots[0].shape.area == pytest.approx(8400)


def test_a_text_may_name_the_system_and_a_declaration_is_not_needed(tmp_path):
    stated = both(ring(), written("2000国家大地坐标系 中央子午线117°", (E, N - 30)))
    found = opened(tmp_path, stated, declared_crs="", declared_by="")
    assert (found.crs, found.plots[0].plane.to_epsg()) == ("2000国家大地坐标系", 4548)


def test_chinese_names_in_gbk_are_read_whatever_the_drawing_says(tmp_path):
    gbk = drawing(both(ring(), ring(ASIDE, layer="建筑")), version="R2000", encoding="gb18030")
    assert b"ANSI_1252" in gbk
    assert len(opened(tmp_path, gbk).plots) == 1
    assert len(opened(tmp_path, gbk.replace(b"ANSI_1252", b"ANSI_936 ".strip())).plots) == 1


def test_a_line_is_a_site_where_a_width_is_given(tmp_path):
    found = opened(tmp_path, ring(SQUARE[:2], close=False), width=6.0)
    assert found.plots[0].shape.area == pytest.approx(600)
    assert "widened" in sentences(found)


def three_ends(space, document):
    strokes()(space, document)
    space.add_line(SQUARE[0], (E - 50, N - 50), dxfattribs=SITE)


REFUSED = {
    # of each: what is sent, the kind of error, its sentence, the layer it names, and some of its slots
    "empty": (b"", SourceError, "empty", None, {}),
    "no drawing": (b"hello\nworld\n", SourceError, "broken_drawing", None, {}),
    "cut off": (drawing(ring())[:9000], SourceError, "broken_drawing", None, {}),
    "cut off in the points": (drawing(ring()).partition(b"LWPOLYLINE")[0], SourceError, "broken_drawing", None, {}),
    "a DWG by another name": (b"AC1027" + b"\0" * 500, SourceError, "dwg_named_dxf", None, {}),
    "nothing drawn": (lambda *_: None, LayerError, "no_ring", None, {"layers": "-"}),
    "only other layers": (ring(layer="道路红线"), LayerError, "no_ring", None, {"layers": "道路红线"}),
    "two layers without a name": (both(ring(layer="图层1"), ring(ASIDE, layer="图层2")), LayerError, "which_layer", None, {"layers": "图层1, 图层2"}),
    "a gap of 40 cm": (ring([*SQUARE, (E, N + 0.4)], close=False), GeometryError, "open_line", "用地红线", {"gap": "0.400"}),
    "a line that ends elsewhere": (both(ring(), ring(ASIDE[:3], close=False)), GeometryError, "open_line", "用地红线", {}),
    "three ends in one place": (three_ends, GeometryError, "branch", "用地红线", {}),
    "a ring in a ring": (both(ring(), ring(INNER)), GeometryError, "nested_ring", "用地红线", {}),
    "a ring in a ring of another role": (both(ring(), ring(INNER, layer="代征用地")), GeometryError, "nested_ring", "代征用地", {}),
    "a ring in a ring, both filled": (both(ring(), ring(INNER), hatch(), hatch((INNER,))), GeometryError, "nested_ring", "用地红线", {}),
    "a hole in nothing": (both(ring(), ring(ASIDE, layer="扣除")), GeometryError, "lone_hole", "扣除", {}),
    "a hatch beside the line": (both(ring(), hatch((ASIDE,))), GeometryError, "lone_hatch", "用地红线", {}),
    "something opaque on the layer": (mesh("用地红线"), GeometryError, "opaque", "用地红线", {"kind": "MESH"}),
    "a kind of line nobody knows": (drawing(ring()).replace(b"\nLWPOLYLINE\n", b"\nTCH_LAND\n"), LayerError, "no_ring", None, {"layers": "-"}),
    "a kind of line nobody knows, beside a ring": (
        drawing(both(ring(), lambda s, _: s.add_line((E, N), (E + 5, N), dxfattribs=SITE))).replace(b"\nLINE\n", b"\nTCH_LAND\n"),
        GeometryError, "opaque", "用地红线", {"kind": "TCH_LAND"},
    ),
    "a number nobody can read": (drawing(ring()).replace(b"4335424.432", b"43354Z4.432"), SourceError, "broken_drawing", None, {}),
    "a bow": (ring([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]), GeometryError, "invalid", "用地红线", {}),
    "a line of no area": (ring([SQUARE[0], SQUARE[1], (E + 50, N)]), GeometryError, "no_area", "用地红线", {}),
    "drawn near the origin": (ring([(x - E, y - N) for x, y in SQUARE]), CRSError, "nowhere", "用地红线", {}),
    "a text names another system": (both(ring(), written("西安80坐标系", (E, N - 30)), written("CGCS2000", (E, N - 40))), CRSError, "two_systems", "注记", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_drawing_is_refused_with_its_place_and_reason(tmp_path, name):
    content, kind, sentence, layer, slots = REFUSED[name]
    with pytest.raises(GeoplanError) as caught:
        opened(tmp_path, content)
    error = caught.value
    assert error.id == f"site_file.{sentence}", error
    assert isinstance(error, kind)
    assert (error.fields["where"].fields["layer"] if "where" in error.fields else None) == layer
    assert {k: error.fields[k] for k in slots} == slots
    assert "总图.dxf" in error.say("zh")
    assert error.say("en")


def test_without_a_declaration_a_drawing_says_no_system(tmp_path):
    with pytest.raises(CRSError) as caught:
        opened(tmp_path, ring(), declared_crs="")
    assert (caught.value.id, "EPSG:4548" in caught.value.fields["fits"]) == ("site_file.no_crs", True)


def program(tmp_path, body):
    """A converter that is a small script of this machine."""
    path = tmp_path / "dwg2dxf"
    path.write_text(f"#!{sys.executable}\nimport shutil, sys, time\nout, source = sys.argv[3], sys.argv[4]\n{body}\n")
    path.chmod(0o755)
    return path


def test_a_dwg_is_read_through_a_converter_that_is_named_or_found(tmp_path, monkeypatch):
    dxf = tmp_path / "made.dxf"
    dxf.write_bytes(drawing(ring()))
    converter = program(tmp_path, f"shutil.copyfile({str(dxf)!r}, out)")
    found = opened(tmp_path, b"AC1027", name="总图.dwg", converter=str(converter))
    assert (found.format, same(found.plots[0].shape, PLACED)) == ("dwg", True)
    assert "converted" in sentences(found)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert opened(tmp_path, b"AC1027", name="总图.dwg").format == "dwg"


def test_the_oda_converter_is_called_by_its_folders():
    from geoplan.read.dwg import _command

    said = _command("/opt/ODAFileConverter", Path("a/in/drawing.dwg"), Path("a/out/drawing.dxf"))
    assert said[1:] == [str(Path("a/in")), str(Path("a/out")), "ACAD2013", "DXF", "0", "1", "drawing.dwg"]


@pytest.mark.parametrize(
    ("body", "named", "sentence"),
    [
        ("sys.exit(1)", True, "converter_failed"),
        ("pass", True, "converter_failed"),
        ("time.sleep(9)", True, "converter_failed"),
        ("", False, "no_converter"),
        ("", None, "converter_missing"),
    ],
)
def test_without_a_converter_the_three_steps_are_said(tmp_path, monkeypatch, body, named, sentence):
    from geoplan.read import dwg

    monkeypatch.setattr(dwg, "LONGEST", 0.5)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    converter = str(program(tmp_path, body)) if named else ("" if named is False else "no-such-program")
    with pytest.raises(SourceError) as caught:
        opened(tmp_path, b"AC1027", name="总图.dwg", converter=converter)
    assert caught.value.id == f"site_file.{sentence}"
    if named is False:
        assert "另存为 DXF 2013" in caught.value.say("zh")

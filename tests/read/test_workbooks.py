"""Which sheet of a workbook is a layer: the one that is named, else the only one that holds anything."""

import pytest
from openpyxl import Workbook

from geoplan.errors import SourceError
from geoplan.read import dataset
from geoplan.read.guards import locate
from geoplan.read.spreadsheet import read_rows

XY = [["名称", "X", "Y"], ["公园", 500_010, 4_334_020], ["绿地", 500_030.5, 4_334_040.25]]
DEGREES = [["名称", "经度", "纬度"], ["车站", 117.001, 39.123]]
WKT = [["名称", "wkt"], ["地块", "POLYGON ((0 0, 9 0, 9 9, 0 0))"], ["点", "POINT (3 4)"]]
REMARKS = [["填表说明"], ["一律用米"]]


def book(path, **tables):
    made = Workbook()
    made.remove(made.active)
    for name, rows in tables.items():
        sheet = made.create_sheet(name.removesuffix("_hidden"))
        sheet.sheet_state = "hidden" if name.endswith("_hidden") else "visible"
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def read(path, layer=""):
    with dataset.opened(locate(path.name, path.parent), layer=layer) as data:
        frame = data.read()
        return data.layer, frame["名称"].tolist(), [shape.wkt for shape in frame.geometry]


def refused(path, layer=""):
    with pytest.raises(SourceError) as caught:
        read(path, layer)
    assert path.name in caught.value.say("zh")
    assert path.name in caught.value.say("en")
    return caught.value


@pytest.mark.parametrize("ending", ["xlsx", "xlsm"])
def test_a_sheet_is_named_like_a_layer(tmp_path, ending):
    path = book(tmp_path / f"数据.{ending}", 公园=XY, 车站=DEGREES, 地块=WKT)
    assert read(path, "公园") == ("公园", ["公园", "绿地"], ["POINT (500010 4334020)", "POINT (500030.5 4334040.25)"])
    assert read(path, "车站") == ("车站", ["车站"], ["POINT (117.001 39.123)"])
    assert read(path, "地块")[1:] == (["地块", "点"], ["POLYGON ((0 0, 9 0, 9 9, 0 0))", "POINT (3 4)"])


def test_of_several_sheets_one_must_be_named(tmp_path):
    path = book(tmp_path / "a.xlsx", 公园=XY, 车站=DEGREES, Sheet3=[], 旧_hidden=WKT)
    wrong = refused(path)
    assert wrong.id == "source.which_layer"
    assert wrong.fields["names"] == "公园, 车站"
    wrong = refused(path, "公园一")
    assert (wrong.id, wrong.fields["nearest"]) == ("source.no_layer", "公园")
    assert refused(path, "数据").fields["nearest"] == "公园, 车站, Sheet3, 旧"


def test_empty_and_hidden_sheets_do_not_count_unless_they_are_named(tmp_path):
    path = book(tmp_path / "a.xlsx", 空=[], 封面=[[None, ""], ["  "]], 公园=XY, 旧_hidden=WKT)
    assert read(path)[0] == "公园"
    assert read(path, "旧")[1] == ["地块", "点"]
    assert read_rows(book(tmp_path / "b.xlsx", 封面=REMARKS, 公园=XY)) == [{"填表说明": "一律用米"}]


@pytest.mark.parametrize("above", [[["公园一览表"]], [["公园一览表"], [], ["单位：米", None, "2025年"]]])
def test_a_title_above_the_header_is_said_with_the_row_that_looks_like_it(tmp_path, above):
    wrong = refused(book(tmp_path / "a.xlsx", 公园=[*above, *XY]))
    assert wrong.id == "source.header_row"
    assert (wrong.fields["row"], wrong.fields["names"]) == (len(above) + 1, "名称, X, Y")


def test_a_header_of_merged_cells_is_said(tmp_path):
    made = Workbook()
    for row in (["名称", "坐标", None], [None, "X", "Y"], ["公园", 500_010, 4_334_020]):
        made.active.append(row)
    made.active.merge_cells("B1:C1")
    made.active.merge_cells("A1:A2")
    made.save(tmp_path / "a.xlsx")
    wrong = refused(tmp_path / "a.xlsx")
    assert (wrong.id, wrong.fields["row"]) == ("source.header_row", 2)


def test_a_workbook_without_anything_is_said(tmp_path):
    assert refused(book(tmp_path / "a.xlsx", 公园=[["名称", "面积"], ["甲", 3]])).id == "source.no_geometry"
    (tmp_path / "b.xlsx").write_bytes(b"PK no workbook")
    assert refused(tmp_path / "b.xlsx").id == "spreadsheet.broken"

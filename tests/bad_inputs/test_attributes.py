"""Cells that hold what they must not: unknown that is not zero, dates, units, numbers nobody can have."""

import pytest
import shapely
from bad_inputs_bench import cells, contract, put, refused, right, rows, shown, square

HOMES = contract(
    columns={
        "population": {"aliases": ["RK", "人口"], "kind": "number", "unit": "people", "minimum": 0},
        "built": {"aliases": ["JCNF"], "kind": "date"},
        "quiet": {"aliases": ["NJXQ"], "kind": "flag"},
        "buildings": {"aliases": ["LFS"], "kind": "integer", "unit": "count", "minimum": 0},
        "stated_area": {"aliases": ["MJ", "面积"], "kind": "number", "unit": "m2", "minimum": 0},
        "width": {"aliases": ["KD"], "kind": "number", "unit": "m", "minimum": 0},
    }
)


def column(name, *held, **declared):
    """Squares of a hectare with one column of texts."""

    def make(desk):
        shapes = [square(200 * i, 0) for i in range(len(held))]
        return {"path": desk.write("小区.gpkg", {name: list(held)}, shapes), **declared}

    return make


def shops(*named):
    """Points with names, all of them within metres."""

    def make(desk):
        points = [shapely.Point(500_000 + 20 * i, 4_334_000) for i in range(len(named))]
        return {"path": desk.write("医院.gpkg", {"YYMC": list(named), "YYLX": ["医院"] * len(named)}, points)}

    return make


UNKNOWN = (
    right("nothing in a column of people is unknown, never 0", HOMES, column("RK", "12", None, ""), cells("population", 12.0, None, None)),
    right("dashes and words for nobody knows", HOMES, column("RK", "12", "—", "不详", "/", "N/A", "<Null>", "待核"), cells("population", 12.0, *[None] * 6)),
    right("0 is 0", HOMES, column("RK", "0", "12"), cells("population", 0.0, 12.0)),
    right("an empty flag is neither yes nor no", HOMES, column("NJXQ", "是", "", None, "否"), cells("quiet", True, None, None, False)),
    right("an empty date is no date", HOMES, column("JCNF", "2021", "", "不详"), cells("built", "2021", None, None)),
    shown("people nobody counted", HOMES, column("RK", "12", None), "unknown", "remark", "50.0%"),
    shown("a shapefile where half the people are 0", "residential",
          lambda d: {"path": d.write("小区.shp", {"RK": [0] * 15 + [100] * 15}, [square(200 * (i % 10), 200 * (i // 10)) for i in range(30)])}, "zeros", "doubt", "15"),
)  # fmt: skip

NUMBERS = (
    right("thousands, blanks and full width", HOMES, column("RK", "1,234", "１２", " 7 ", "1 000"), cells("population", 1234.0, 12.0, 7.0, 1000.0)),
    refused("words in a column of numbers", HOMES, column("RK", "12", "约三千"), "column.not_number", "小区.gpkg", "RK", "约三千"),
    refused("a sign before a number", HOMES, column("RK", "约3000"), "column.not_number", "约3000", "RK"),
    refused("a decimal comma", HOMES, column("RK", "12,5"), "column.not_number", "12,5"),
    refused("thousands in the wrong place", HOMES, column("RK", "1,23,456"), "column.not_number", "1,23,456"),
    refused("two numbers in one cell", HOMES, column("RK", "12/13"), "column.not_number", "12/13"),
    refused("a number without end", HOMES, column("RK", "1e400"), "column.not_number", "1e400"),
    refused("a formula that failed", HOMES, column("RK", "#DIV/0!"), "column.not_number", "#DIV/0!"),
    refused("fewer people than none", HOMES, column("RK", "12", "-5"), "column.too_low", "RK", "-5", "0"),
    refused("the number shapefiles write for nothing", HOMES, column("RK", "-9999"), "column.too_low", "-9999"),
    refused("an area below nothing", HOMES, column("MJ", "-1"), "column.too_low", "MJ", "-1"),
    refused("half a building", HOMES, column("LFS", "2.5"), "column.not_integer", "LFS", "2.5"),
    refused("a flag that is neither yes nor no", HOMES, column("NJXQ", "是", "部分"), "column.not_flag", "NJXQ", "部分"),
    refused("a number for a flag", HOMES, column("NJXQ", "2"), "column.not_flag", "2"),
    right("flags in many words", HOMES, column("NJXQ", "是", "√", "Y", "1", "无", "×", "Ｎ"), cells("quiet", True, True, True, True, False, False, False)),
    shown("more people than any ground holds", HOMES, column("RK", "12", "20", "9000000"), "crowded", "doubt", "300,000"),
    shown("people in units of ten thousand", HOMES,
          lambda d: {"path": d.write("a.gpkg", {"RK": [0.31, 0.42, 0.22]}, [square(1000 * i, 0, 1000) for i in range(3)])}, "lonely", "doubt", "3"),
    shown("a number with a zero too many", HOMES, column("RK", *["100", "110", "120", "130"] * 8, "20000"), "outlier", "doubt", "20,000"),
)  # fmt: skip

UNITS = (
    refused("a unit in each cell", HOMES, column("MJ", "1.2公顷", "3 亩"), "column.with_unit", "小区.gpkg", "MJ", "1.2公顷"),
    refused("a unit in some cells", HOMES, column("MJ", "12000", "3 亩"), "column.with_unit", "3 亩"),
    refused("people with their unit", HOMES, column("RK", "1200人"), "column.with_unit", "1200人", "RK"),
    refused("metres with their unit", HOMES, column("KD", "12m"), "column.with_unit", "12m", "KD"),
    refused("mu in the name of the column", HOMES, column("面积（亩）", "15", columns={"stated_area": "面积（亩）"}), "column.unit_of_name", "面积（亩）", "亩"),
    refused("hectares in the name of the column", HOMES, column("面积_公顷", "1.0", columns={"stated_area": "面积_公顷"}), "column.unit_of_name", "公顷"),
    refused("hectares in Latin letters", HOMES, column("AREA_HA", "1.0", columns={"stated_area": "AREA_HA"}), "column.unit_of_name", "AREA_HA"),
    refused("square kilometres in brackets", HOMES, column("Area [km2]", "0.01", columns={"stated_area": "Area [km2]"}), "column.unit_of_name", "km2"),
    refused("people in ten thousands by the name of the column", HOMES, column("人口（万人）", "1.5", columns={"population": "人口（万人）"}), "column.unit_of_name", "万人"),
    right("the right unit in the name of the column", HOMES, column("面积（平方米）", "10000", columns={"stated_area": "面积（平方米）"}), cells("stated_area", 10_000.0)),
    right("a name that ends like a unit and is none", HOMES, column("SOMA", "10000", columns={"stated_area": "SOMA"}), cells("stated_area", 10_000.0)),
    shown("an area in mu", HOMES, column("MJ", "15", "15", "15", "15"), "unit", "doubt", "666.67"),
    shown("an area in hectares", HOMES, column("MJ", "1", "1", "1", "1"), "unit", "doubt", "10,000"),
    shown("an area in mu in some rows", HOMES, column("MJ", *["10000"] * 6, *["15"] * 4), "mixed_units", "doubt", "4"),
    shown("an area of another version", HOMES, column("MJ", "7000", "7000", "7000", "7000"), "stated_differs", "doubt", "70"),
)  # fmt: skip

DATES = (
    right("dates as exact as they are given", HOMES, column("JCNF", "2021", "2021年", "2021-6", "2021年6月3日", "20210603", "2021/06/03", "2021.06"),
          cells("built", "2021", "2021", "2021-06", "2021-06-03", "2021-06-03", "2021-06-03", "2021-06")),
    right("years that are numbers", HOMES, lambda d: {"path": d.write("a.gpkg", {"JCNF": [1999.0, 2021.0]}, [square(0, 0), square(200, 0)])}, cells("built", "1999", "2021")),
    refused("a month that is none", HOMES, column("JCNF", "2021-13"), "column.not_date", "小区.gpkg", "JCNF", "2021-13", "2025-06-30"),
    refused("a day that is none", HOMES, column("JCNF", "2021-02-30"), "column.not_date", "2021-02-30"),
    refused("the 29th of February of a common year", HOMES, column("JCNF", "20230229"), "column.not_date", "20230229"),
    refused("the serial number a spreadsheet counts days by", HOMES, column("JCNF", "45838"), "column.day_number", "45838", "2025-06-30", "JCNF"),
    refused("the serial number as a decimal", HOMES, lambda d: {"path": d.write("a.gpkg", {"JCNF": [45838.0]}, [square(0, 0)])}, "column.day_number", "45838", "2025-06-30"),
    refused("a year of two digits", HOMES, column("JCNF", "98"), "column.not_date", "98"),
    refused("a year before any building", HOMES, column("JCNF", "0021"), "column.not_date", "0021"),
    refused("a year of the far future", HOMES, column("JCNF", "9999"), "column.not_date", "9999"),
    refused("day before month", HOMES, column("JCNF", "30/06/2021"), "column.not_date", "30/06/2021"),
    refused("a span of years", HOMES, column("JCNF", "1998-2003年"), "column.not_date", "1998-2003"),
    refused("years in words", HOMES, column("JCNF", "八十年代"), "column.not_date", "八十年代"),
    refused("a year of nothing", HOMES, column("JCNF", "0"), "column.not_date", "0"),
)  # fmt: skip

TWINS = (
    shown("one hospital in twelve rows", "hospitals", shops(*[f"天津医院{w}" for w in ("", "（南院）", "门诊部", "急诊", "住院部", "西门", "东门", "停车场", "体检中心", "（北门）", "药房", "挂号处")]), "near_duplicate", "doubt", "12"),
    shown("one hospital in two rows", "hospitals", shops("天津医院", "天津医院（南院）"), "pair", "remark", "天津医院"),
    right("schools with numbers are not one school", "hospitals", shops("第一医院", "第二医院"), cells("name", "第一医院", "第二医院")),
)  # fmt: skip


@rows(*UNKNOWN, *NUMBERS, *UNITS, *DATES, *TWINS)
def test_attributes(row, folder, record_property):
    put(row, folder, record_property)


@pytest.mark.parametrize("nothing", ["", "-", "—", "null", "NaN", "未知", "待定", None, float("nan")])
def test_unknown_is_never_counted_as_nothing(nothing):
    import pandas as pd

    from geoplan.layer import ColumnSpec
    from geoplan.read.columns import values

    column = ColumnSpec("population", kind="number", minimum=0)
    read = values(pd.Series([nothing, "5"], dtype=object), column, layer="homes", path="")
    assert read.isna().tolist() == [True, False]
    assert read.sum() == 5

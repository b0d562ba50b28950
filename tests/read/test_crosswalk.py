"""Codes of one classification read into another by a table: what is certain is converted, the rest is unknown."""

import itertools
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from geoplan import read
from geoplan.catalogue import Catalogue
from geoplan.errors import DefinitionError, GeoplanError
from geoplan.layer import Layer
from geoplan.read.crosswalk import Crosswalk, read_crosswalk, turned
from geoplan.words import LANGUAGES

STUDY = CRS.from_epsg(4548)
LAND = Catalogue.for_study().layer("land_use_current")
WEST, SOUTH = 500_000.0, 4_334_000.0
HECTARE = 10_000.0


def square(number: int) -> Any:
    """A hectare on the meridian of 117 degrees."""
    return shapely.box(WEST + 200 * number, SOUTH, WEST + 200 * number + 100, SOUTH + 100)


def land(folder: Path, codes: list[Any], table: str | bytes | None = None, **declared: Any) -> Layer:
    frame = gpd.GeoDataFrame({"DLBM": codes}, geometry=[square(n) for n in range(len(codes))], crs=STUDY)
    frame.to_file(folder / "图斑.gpkg")
    if table is not None:
        made = folder / "crosswalk" / "三调_用地用海.csv"
        made.parent.mkdir(exist_ok=True)
        made.write_bytes(table if isinstance(table, bytes) else table.encode())
        declared = {"scheme": "三调", "crosswalk": "crosswalk/三调_用地用海.csv", **declared}
    return read.open_layer(LAND, {"path": "图斑.gpkg", **declared}, folder=folder, crs=STUDY, area=None)


def kinds(layer: Layer) -> list[str | None]:
    return [None if pd.isna(c) else c for c in layer.frame["class"].astype(object)]


def codes(layer: Layer) -> list[str | None]:
    return [None if pd.isna(c) else c for c in layer.frame["code"].astype(object)]


def notes(layer: Layer) -> dict[str, dict[str, Any]]:
    return {note.sentence: dict(note.fields) for note in layer.notes}


HEADER = "三调,用地用海2023\n"


def test_a_code_with_one_counterpart_is_of_its_class_in_the_other_classification(tmp_path: Path) -> None:
    layer = land(tmp_path, ["0702", "0101", "0601"], HEADER + "0702,0703\n01,01\n0601,1001\n")
    assert kinds(layer) == ["rural_residential", "cropland", "industrial"]
    assert codes(layer) == ["0703", "01", "1001"]
    assert layer.source.scheme == "用地用海2023"
    assert layer.source.crosswalk.startswith("三调 → 用地用海2023 (crosswalk/三调_用地用海.csv, sha256 ")
    assert set(notes(layer)) == {"read.crosswalk"}
    assert notes(layer)["read.crosswalk"]["count"] == 3


def test_a_code_with_several_counterparts_is_unknown_and_never_the_first_of_them(tmp_path: Path) -> None:
    # 08H2 科教文卫 is education, health, culture ...: three hectares are converted, two are not; 3 + 2 = 5
    table = HEADER + "08H2,0803\n08H2,0804\n08H2,0806\n0702,0703\n"
    layer = land(tmp_path, ["0702", "08H2", "0702", "08H2A", "0702"], table)
    assert kinds(layer) == ["rural_residential", None, "rural_residential", None, "rural_residential"]
    assert codes(layer)[1] is None
    said = notes(layer)
    assert said["read.crosswalk"]["size"]["en"] == "3.0000 ha"
    assert said["read.crosswalk_several"]["size"]["en"] == "2.0000 ha"
    assert said["read.crosswalk_several"]["codes"] == "08H2 → 0803/0804/0806; 08H2A → 0803/0804/0806"
    assert said["read.crosswalk_several"]["count"] == 2
    several = next(n for n in layer.notes if n.sentence == "read.crosswalk_several")
    assert several.say("zh").startswith("无法唯一对应")
    assert "read.no_class" not in said


def test_several_counterparts_of_one_class_are_that_class_though_the_code_is_not_known(tmp_path: Path) -> None:
    layer = land(tmp_path, ["0701"], HEADER + '0701,"070101、070102 / 070103"\n')
    assert kinds(layer) == ["urban_residential"]
    assert codes(layer) == [None]
    assert notes(layer)["read.crosswalk"]["count"] == 1


def test_the_longest_row_speaks_and_a_row_speaks_for_the_codes_below_it(tmp_path: Path) -> None:
    table = HEADER + "1104,1704\n1104A,1702\n03,0301\n0303,\n"
    layer = land(tmp_path, ["1104", "1104A", "1104K", "0301", "0303"], table)
    assert kinds(layer) == ["pond", "lake", "pond", "forest", None]
    assert notes(layer)["read.crosswalk_missing"]["codes"] == "0303"


def test_a_code_the_table_does_not_hold_is_unknown_and_said(tmp_path: Path) -> None:
    layer = land(tmp_path, ["0702", "0601", "", None], HEADER + "0702,0703\n")
    assert kinds(layer) == ["rural_residential", None, None, None]
    missing = notes(layer)["read.crosswalk_missing"]
    assert (missing["count"], missing["codes"], missing["size"]["zh"]) == (1, "0601", "1.0000 公顷")


def test_a_table_that_says_two_things_of_a_code_says_several(tmp_path: Path) -> None:
    layer = land(tmp_path, ["0702"], HEADER + "0702,0703\n0601,1001\n0702,0702\n")
    assert kinds(layer) == [None]
    assert notes(layer)["read.crosswalk_several"]["codes"] == "0702 → 0703/0702"


def test_a_counterpart_of_no_class_of_the_layer_is_said_as_such(tmp_path: Path) -> None:
    layer = land(tmp_path, ["0702"], HEADER + "0702,99\n")
    assert kinds(layer) == [None]
    assert notes(layer)["read.no_class"]["codes"] == "99"


def test_class_names_need_no_crosswalk(tmp_path: Path) -> None:
    layer = land(tmp_path, ["forest", "0702"], HEADER + "0702,0703\n")
    assert kinds(layer) == ["forest", "rural_residential"]
    assert notes(layer)["read.crosswalk"]["count"] == 1


@pytest.mark.parametrize("scheme", sorted(LAND.schemes))
def test_an_identity_changes_nothing(tmp_path: Path, scheme: str) -> None:
    listed = [code for given in LAND.schemes[scheme].values() for code in given]
    data = [*listed, *(f"{code}{'01' if code.isdigit() else 'K'}" for code in listed)]
    plain = land(tmp_path, data, scheme=scheme)
    rows = "".join(f"{scheme},{code},{scheme},{code}\n" for code in data)
    through = land(tmp_path, data, "原分类,原代码,目标分类,目标代码\n" + rows, scheme=scheme)
    assert kinds(through) == kinds(plain)
    assert codes(through) == codes(plain)
    assert through.source.scheme == plain.source.scheme


def test_area_before_is_what_was_converted_and_what_is_unknown() -> None:
    """Tables at random: every code is one of three, and what is converted is told by every counterpart alike."""
    rng = np.random.default_rng(5)
    source = ["01", "0101", "0303", "0702", "08H2", "1104", "1104A"]
    target = ["01", "0301", "0703", "0702", "1704", "1702", "99"]
    spec = LAND
    for _ in range(300):
        pairs = {c: tuple(dict.fromkeys(rng.choice(target, rng.integers(0, 4)))) for c in rng.choice(source, 5)}
        walk = Crosswalk("三调", "用地用海2023", "", "", pairs)
        found = {c: turned(c, walk, spec) for c in source}
        for code, now in found.items():
            row, several = walk.of(code)
            one = {turned("X", Crosswalk("", "用地用海2023", "", "", {"X": (t,)}), spec).kind for t in several}
            assert now.fate == ("missing" if not several else "one" if len(several) == 1 or _sure(one) else "several")
            assert now.kind == (next(iter(one)) if len(one) == 1 else None)
            assert row == max((c for c in pairs if code.startswith(c)), key=len, default="")


def _sure(kinds: set[str | None]) -> bool:
    return len(kinds) == 1 and None not in kinds


def test_sums_of_area_add_up_to_what_was_read(tmp_path: Path) -> None:
    table = HEADER + "01,01\n08H2,0803\n08H2,0804\n"
    layer = land(tmp_path, ["0101", "08H2", "9999", "0102", "0102"], table)
    sizes = [float(said["size"]["en"].split()[0]) for name, said in notes(layer).items() if "crosswalk" in name]
    assert sum(sizes) == pytest.approx(5.0, abs=1e-6)
    assert sorted(sizes) == [1.0, 1.0, 3.0]


COLUMNS = "原分类,原代码,名称,目标分类,目标代码\n三调,0702,农村宅基地,用地用海2023,0703\n"


@pytest.mark.parametrize(
    "table",
    [
        COLUMNS.encode("gb18030"),
        COLUMNS.encode("utf-8-sig"),
        COLUMNS.encode("utf-16"),
        COLUMNS.replace(",", "\t").encode("utf-16"),
        COLUMNS.replace("0702", "０７０２").replace("0703", "０７０３").encode(),
        (COLUMNS + "用地用海2020,0703,,用地用海2023,0703\n\n").encode(),
        "名称,三调,用地用海２０２３,备注\n农村宅基地, 0702 ,0703,见说明\n".encode(),
        b"source_scheme,source_code,target_scheme,target_code\n" + "三调,0702,用地用海2023,0703\n".encode(),
    ],
)  # fmt: skip
def test_tables_as_offices_write_them(tmp_path: Path, table: bytes) -> None:
    assert kinds(land(tmp_path, ["0702"], table)) == ["rural_residential"]


def test_a_workbook_is_a_crosswalk_too(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in (["三调", "用地用海2023"], ["0702", "0703"], [1001, 1201]):
        book.active.append(row)
    book.save(tmp_path / "对照.xlsx")
    layer = land(tmp_path, ["0702", "1001"], scheme="三调", crosswalk="对照.xlsx")
    assert kinds(layer) == ["rural_residential", "transport"]


WRONG = {
    "no rows": (HEADER, "crosswalk.empty"),
    "blank rows": (HEADER + ",\n,\n", "crosswalk.empty"),
    "another header": ("甲,乙\n0702,0703\n", "crosswalk.header"),
    "a classification without its year": ("三调,用地用海\n0702,0703\n", "crosswalk.header"),
    "the other way round": ("用地用海2023,三调\n0703,0702\n", "crosswalk.other_scheme"),
    "of another classification": ("原分类,原代码,目标分类,目标代码\nGB50137,R,用地用海2023,0701\n", "crosswalk.other_scheme"),
    "into one nobody knows": ("原分类,原代码,目标分类,目标代码\n三调,0702,用地用海2032,0703\n", "crosswalk.target"),
    "into two": ("原分类,原代码,目标分类,目标代码\n三调,0702,用地用海2023,0703\n三调,0601,用地用海2020,1001\n", "crosswalk.targets"),
    "merged classifications": ("原分类,原代码,目标分类,目标代码\n三调,0702,用地用海2023,0703\n,0601,,1001\n", "crosswalk.unnamed"),
    "merged codes": (HEADER + "08H2,0803\n,0804\n", "crosswalk.no_code"),
    "numbers": (HEADER + "702,0703\n", "crosswalk.lost_zero"),
    "numbers on the other side": (HEADER + "0702,703\n", "crosswalk.lost_zero"),
    "words": (HEADER + "0702,农村宅基地\n", "crosswalk.code"),
    "a range": (HEADER + "0702,0501-0507\n", "crosswalk.code"),
    "decimals": (HEADER + "702.0,0703\n", "crosswalk.code"),
    "two columns of one name": ("三调,三调,用地用海2023\n0702,0702,0703\n", "spreadsheet.twice"),
    "nothing": ("", "spreadsheet.empty"),
    "bytes that are no text": (b"\xff\x81\x00\xfe" * 9, "spreadsheet.encoding"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_table_that_cannot_be_honoured_is_refused_in_both_languages(tmp_path: Path, name: str) -> None:
    table, sentence = WRONG[name]
    with pytest.raises(GeoplanError) as error:
        land(tmp_path, ["0702"], table)
    assert error.value.id == sentence
    texts = [error.value.say(language) for language in LANGUAGES]
    assert len(set(texts)) == 2
    assert all("三调_用地用海.csv" in text for text in texts)
    checked = read.check_source(
        {"path": "图斑.gpkg", "scheme": "三调", "crosswalk": "crosswalk/三调_用地用海.csv"}, tmp_path, LAND
    )
    assert [e.id for e in checked] == [sentence]


@pytest.mark.parametrize(
    ("declared", "sentence"),
    [
        ({"crosswalk": "没有.csv", "scheme": "三调"}, "source.missing"),
        ({"crosswalk": "图斑.gpkg", "scheme": "三调"}, "spreadsheet.encoding"),
        ({"crosswalk": "a.csv"}, "crosswalk.scheme"),
        ({"crosswalk": "a.csv", "scheme": "三调", "class": "forest"}, "crosswalk.key"),
        ({"crosswalk": "a.csv", "scheme": "三调", "classes": {"forest": ["03"]}}, "crosswalk.key"),
        ({"crosswalk": 5, "scheme": "三调"}, "source.key"),
        ({"crosswalk": "https://example.org/a.csv", "scheme": "三调"}, "source.remote"),
    ],
)
def test_a_crosswalk_that_is_declared_wrongly_is_refused(tmp_path: Path, declared: Any, sentence: str) -> None:
    with pytest.raises(GeoplanError) as error:
        land(tmp_path, ["0702"], **declared)
    assert error.value.id == sentence
    assert error.value.say("zh") != error.value.say("en")


def test_codes_that_lost_their_zeros_are_refused_before_they_are_looked_up(tmp_path: Path) -> None:
    with pytest.raises(GeoplanError) as error:
        land(tmp_path, [702, 601, 702], HEADER + "0702,0703\n0601,1001\n")
    assert error.value.id == "column.codes_not_text"
    assert error.value.fields["count"] == 3


def test_a_column_of_the_other_classification_is_refused(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"YDYHFLDM": ["0702"]}, geometry=[square(0)], crs=STUDY).to_file(tmp_path / "规划.gpkg")
    (tmp_path / "w.csv").write_text(HEADER + "0702,0703\n", encoding="utf-8")
    declared = {"path": "规划.gpkg", "scheme": "三调", "crosswalk": "w.csv", "columns": {"code": "YDYHFLDM"}}
    with pytest.raises(GeoplanError) as error:
        read.open_layer(LAND, declared, folder=tmp_path, crs=STUDY, area=None)
    assert error.value.id == "layer.scheme_column"


def test_green_spaces_of_the_old_edition_are_read_into_the_new_one(tmp_path: Path) -> None:
    parks = Catalogue.for_study().layer("parks")
    table = "CJJ85-2002,CJJ85-2017\nG11,G11\nG14,G14\nG15,G14\n"
    (tmp_path / "w.csv").write_text(table, encoding="utf-8")
    shapes = [square(n) for n in range(3)]
    gpd.GeoDataFrame({"LDDM": ["G11", "G14", "G15"]}, geometry=shapes, crs=STUDY).to_file(tmp_path / "公园.gpkg")
    declared = {"path": "公园.gpkg", "scheme": "CJJ85-2002", "crosswalk": "w.csv"}
    layer = read.open_layer(parks, declared, folder=tmp_path, crs=STUDY, area=None)
    direct = read.open_layer(
        parks, {"path": "公园.gpkg", "scheme": "CJJ85-2002"}, folder=tmp_path, crs=STUDY, area=None
    )
    assert kinds(layer) == ["comprehensive_park", "small_park", "small_park"] != kinds(direct)


def test_two_sources_of_one_layer_are_in_one_classification_afterwards(tmp_path: Path) -> None:
    for name, column, code in (("三调", "DLBM", "0702"), ("规划", "YDYHFLDM", "0703")):
        gpd.GeoDataFrame({column: [code]}, geometry=[square(0)], crs=STUDY).to_file(tmp_path / f"{name}.gpkg")
    (tmp_path / "w.csv").write_text(HEADER + "0702,0703\n", encoding="utf-8")
    sources = [
        {"path": "三调.gpkg", "scheme": "三调", "crosswalk": "w.csv"},
        {"path": "规划.gpkg", "scheme": "用地用海2023", "columns": {"code": "YDYHFLDM"}},
    ]
    layer = read.open_layer(LAND, {"path": sources}, folder=tmp_path, crs=STUDY, area=None)
    assert layer.source.scheme == "用地用海2023"
    assert kinds(layer) == ["rural_residential"] * 2


def test_every_order_of_the_rows_gives_the_same_classes() -> None:
    rows = [{"三调": a, "用地用海2023": b} for a, b in (("08H2", "0803"), ("08H2", "0804"), ("0702", "0703"))]
    found = {
        tuple(turned(c, read_crosswalk(list(order), "三调", LAND, ""), LAND).kind for c in ("08H2", "0702"))
        for order in itertools.permutations(rows)
    }
    assert found == {(None, "rural_residential")}


def test_a_table_is_no_crosswalk_without_a_layer_that_has_classifications(tmp_path: Path) -> None:
    rows = [{"三调": "0702", "用地用海2023": "0703"}]
    with pytest.raises(DefinitionError) as error:
        read_crosswalk(rows, "三调", Catalogue.for_study().layer("coastline"), "w.csv")
    assert error.value.id == "crosswalk.header"

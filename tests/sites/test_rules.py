"""The rulebook: what a row may say, what is refused row by row, and the one that comes built in."""

import pytest
from openpyxl import Workbook

from geoplan.catalogue import Catalogue, content_root
from geoplan.errors import Problems
from geoplan.layer import LayerSpec
from geoplan.read.spreadsheet import read_rows
from geoplan.rulebook import rulebook_of
from geoplan.sites.rules import COLUMNS, doubts, read_rules
from geoplan.sites.tables import read_groups
from geoplan.sites.uses import read_uses
from geoplan.study import open_study

SPECS = {
    "eco_redline": LayerSpec("eco_redline", {}, "polygon", words={"core": ("核心保护区",), "general": ("一般控制区",)})
}


def row(**cells):
    empty = {
        **dict.fromkeys(COLUMNS, ""),
        "layer": "eco_redline",
        "class": "core",
        "severity": "3",
        "verdict": "caution",
    }
    return {**empty, **{k.rstrip("_"): v for k, v in cells.items()}}


def refused(*rows, **known):
    with pytest.raises(Problems) as caught:
        read_rules(rows, "layers/controls.csv", **known)
    return [str(error) for error in caught.value.exceptions]


def test_a_row_reads_as_it_is_written():
    (rule,) = read_rules(
        [row(activity="1|6", applies_to="07|08", required="否", max_age_years="1.5", valid_from="2025-03", order="10")],
        "c.csv",
    )
    assert (rule.row, rule.layer, rule.class_name, rule.relation) == (2, "eco_redline", "core", "overlap")
    assert (rule.activities, rule.applies_to, rule.required, rule.max_age) == (("1", "6"), ("07", "08"), False, 1.5)
    assert (rule.valid_from, rule.order, rule.severity, rule.domain) == ("2025-03", 10, 3, "both")


def test_empty_rows_keep_their_place_and_are_passed_over():
    empty = dict.fromkeys(COLUMNS, "")
    assert [r.row for r in read_rules([row(), empty, row(class_="general")], "c.csv")] == [2, 4]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"layer": ""}, "column layer is empty"),
        ({"relation": "inside_of"}, "'inside_of' is no word it knows; did you mean 'inside'"),
        ({"verdict": "forbiden"}, "did you mean 'forbidden'"),
        ({"verdict": ""}, "column verdict is empty"),
        ({"severity": ""}, "column severity is empty"),
        ({"severity": "0"}, "column severity: not 0"),
        ({"severity": "high"}, "column severity: 'high' is no number"),
        ({"domain": "陆"}, "column domain"),
        ({"distance_m": "5"}, "within_distance go together"),
        ({"relation": "within_distance"}, "within_distance go together"),
        ({"relation": "within_distance", "distance_m": "-5"}, "'-5' is no number"),
        ({"required": "maybe"}, "'maybe' is no word"),
        ({"valid_from": "2025/3/1"}, "'2025/3/1' is no date"),
        ({"valid_from": "2026", "valid_to": "2025-06"}, "ends before it begins"),
        ({"verdict": "clear"}, "clear goes with the relation inside only"),
        ({"verdict": "clear", "relation": "inside", "severity": "3"}, "clear goes with the relation inside only"),
        ({"relation": "outside"}, "leave class empty"),
        ({"wording_zh": "压占{面积}"}, "unknown slot '面积'"),
        ({"wording_en": "overlaps {area"}, "unknown slot"),
    ],
)
def test_a_row_that_cannot_be_honoured_is_refused_with_its_number_and_column(cells, says):
    (sentence,) = refused(row(), row(**cells, **({} if "class" in cells else {"class_": "general"})))
    assert sentence.startswith("layers/controls.csv, row 3: ")
    assert says in sentence


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"layer": "eco_red"}, "column layer: 'eco_red' is no word it knows; did you mean 'eco_redline'"),
        ({"class_": "cores"}, "did you mean 'core'"),
        ({"class_": ""}, "column class"),
        ({"activity": "11"}, "column activity: '11'"),
        ({"applies_to": "月球基地"}, "'月球基地' is no use anybody knows"),
    ],
)
def test_names_of_layers_classes_activities_and_uses_are_checked(cells, says):
    known = {"specs": SPECS, "activities": {"1": {}, "5": {}}, "uses": lambda use: use == "07"}
    (sentence,) = refused(row(**cells), **known)
    assert says in sentence
    assert read_rules([row(activity="1", applies_to="07")], "c.csv", **known)


def test_everything_that_is_wrong_is_said_at_once():
    found = refused(row(verdict="no"), row(severity="x", domain="moon"))
    assert [s.split(":")[0] for s in found] == ["layers/controls.csv, row 2", *["layers/controls.csv, row 3"] * 2]


def test_the_same_row_twice_is_refused_and_the_same_for_other_uses_or_dates_is_not():
    assert "as row 2" in refused(row(), row())[0]
    assert len(read_rules([row(), row(applies_to="07"), row(activity="5"), row(valid_from="2026")], "c.csv")) == 4


def test_unknown_and_missing_columns_are_named():
    cells = row()
    del cells["basis"]
    found = refused({**cells, "basis_": "x"})
    assert any("did you mean 'basis'" in s for s in found)
    assert any("column 'basis' is missing" in s for s in found)


def test_rows_without_effect_are_told_apart_from_rows_that_are_wrong():
    rules = read_rules(
        [row(verdict="forbidden"), row(class_="general", verdict="forbidden", basis="某法（待核）"),
         row(class_="*", severity="1", verdict="forbidden", basis="某法"), row(class_="*", severity="1", activity="5", basis="某法")],
        "c.csv",
    )  # fmt: skip
    assert [(e.id, e.fields["row"]) for e in doubts(rules, "c.csv")] == [
        ("rule.unfounded", 2), ("rule.unfounded", 3), ("rule.not_softened", 5),
    ]  # fmt: skip
    assert [r.says for r in rules] == ["conditional", "conditional", "forbidden", "caution"]


# ------------------------------------------------------------------ the built-in rulebook


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    (folder / "study.toml").write_text('[place]\nname = "x"\nboundary = "b.gpkg"\n', encoding="utf-8")
    return rulebook_of(open_study(folder))


def test_the_built_in_rulebook_has_no_row_without_effect(book):
    assert doubts(book.rules, "controls.csv") == []


def test_every_line_of_the_rulebook_has_a_contract_with_a_title(book):
    catalogue = Catalogue.for_study()
    titles = {catalogue.layer(rule.layer).title["zh"] for rule in book.rules}
    assert {
        "生态保护红线", "永久基本农田", "城镇开发边界", "自然保护地", "双城间绿色生态屏障", "永久性保护生态区域",
        "岸线分类保护", "河湖管理范围", "饮用水水源保护区", "文物保护单位", "历史文化街区", "大运河核心监控区", "蓄滞洪区",
        "战略留白", "港城分界缓冲带", "重要湿地与一般湿地", "林地", "城市绿线", "城市蓝线", "城市紫线", "城市黄线",
        "生态环境管控单元", "建设用地土壤污染风险管控和修复名录地块", "海洋功能分区", "机场净空保护区", "高压走廊", "油气管线",
        "铁路与轨道保护区", "矿产资源（压矿）", "地质灾害易发区", "土地利用现状", "规划用地用海",
    } == titles  # fmt: skip


def test_every_class_of_a_control_line_has_a_row_or_a_star(book):
    catalogue = Catalogue.for_study()
    for name in {rule.layer for rule in book.rules}:
        spec = catalogue.layer(name)
        named = {rule.class_name for rule in book.rules if rule.layer == name and rule.relation != "outside"}
        if spec.control and "*" not in named:
            assert set(spec.classes or ("",)) == named, name


def test_what_forbids_names_a_document_and_an_article(book):
    forbidding = [rule for rule in book.rules if rule.says == "forbidden"]
    assert {(rule.layer, rule.class_name) for rule in forbidding} == {
        ("eco_redline", "core"), ("eco_redline", "general"), ("eco_redline", "other"), ("permanent_farmland", ""),
        ("nature_reserves", "core"), ("drinking_water", "first"), ("contaminated_sites", ""),
    }  # fmt: skip
    for rule in forbidding:
        assert any(mark in rule.basis for mark in ("第", "一（一）", "二（四）")), rule.basis
        assert rule.next_step
        assert rule.authority


def test_the_severities_are_those_of_the_field(book):
    grades = {(rule.layer, rule.class_name): rule.severity for rule in book.rules if not rule.activities}
    assert grades["eco_redline", "core"] == grades["nature_reserves", "core"] == 1
    assert grades["permanent_farmland", ""] == 2
    assert grades["eco_redline", "general"] == grades["eco_redline", "other"] == 3
    assert {grade for (layer, _), grade in grades.items() if layer == "growth_boundary"} == {4}
    others = {layer for layer, _ in grades} - {
        "eco_redline",
        "nature_reserves",
        "permanent_farmland",
        "growth_boundary",
    }
    assert all(grade >= 5 for (layer, _), grade in grades.items() if layer in others)


def test_the_ten_limited_activities_have_rows_for_the_red_line_outside_its_core(book):
    assert list(book.books.activities) == [str(n) for n in range(1, 11)]
    assert all(titles["zh"] and titles["en"] for titles in book.books.activities.values())
    for class_name in ("general", "other"):
        rows_ = [r for r in book.rules if r.layer == "eco_redline" and r.class_name == class_name and r.activities]
        assert sorted(int(code) for r in rows_ for code in r.activities) == list(range(1, 11))
        assert all(r.says == "conditional" and r.documents for r in rows_)
    assert not [r for r in book.rules if r.class_name == "core" and r.activities]


def test_only_the_three_lines_and_the_reserves_are_required(book):
    required = {rule.layer for rule in book.rules if rule.required}
    assert required == {"eco_redline", "permanent_farmland", "growth_boundary", "nature_reserves"}


def test_no_row_says_what_only_an_authority_may_say(book):
    for name in ("controls", "activities"):
        text = (content_root() / "layers" / f"{name}.csv").read_text(encoding="utf-8-sig")
        assert not [word for word in ("不涉及", "通过", "不合规") if word in text]


# ------------------------------------------------------------------ a study's own


def test_a_study_keeps_its_rulebook_in_gbk_or_as_a_workbook(tmp_path):
    (tmp_path / "study.toml").write_text('[place]\nname = "x"\nboundary = "b.gpkg"\n', encoding="utf-8")
    (tmp_path / "layers").mkdir()
    rows = read_rows(content_root() / "layers" / "controls.csv")[:3]
    own = tmp_path / "layers" / "controls.csv"
    lines = [",".join(COLUMNS), *(",".join(f'"{r[c]}"' for c in COLUMNS) for r in rows)]
    own.write_bytes("\r\n".join(lines).encode("gb18030"))
    as_text = rulebook_of(open_study(tmp_path)).rules
    own.unlink()
    book = Workbook()
    for cells in (COLUMNS, *([int(v) if (v := r[c]).isdigit() else v for c in COLUMNS] for r in rows)):
        book.active.append(list(cells))
    book.save(tmp_path / "layers" / "controls.xlsx")
    assert rulebook_of(open_study(tmp_path)).rules == as_text
    assert len(as_text) == 3


def test_validate_says_what_is_wrong_with_the_rulebook_and_what_has_no_effect(tmp_path):
    (tmp_path / "study.toml").write_text(
        '[place]\nname = "x"\nboundary = "b.gpkg"\n[thresholds]\nnear = "5 ha"\n', encoding="utf-8"
    )
    (tmp_path / "layers").mkdir()
    rows = [row(class_="core", verdict="forbidden"), row(layer="eco_red", class_="core")]
    lines = [",".join(COLUMNS), *(",".join(r[c] for c in COLUMNS) for r in rows)]
    path = tmp_path / "layers" / "controls.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(Problems) as caught:
        open_study(tmp_path).validate()
    assert {e.id for e in caught.value.exceptions} >= {"study.threshold", "rule.row"}
    path.write_text("\n".join(lines[:2]), encoding="utf-8")
    with pytest.raises(Problems) as caught:
        open_study(tmp_path).validate()
    assert "rule.unfounded" in {e.id for e in caught.value.exceptions}


@pytest.mark.parametrize(
    ("read", "cells", "says"),
    [
        (read_uses, {"code": "0801"}, "'住宅' is both 07 and 0801"),
        (read_uses, {"code": "7"}, "row 3: column code: '7'"),
        (read_uses, {"code": "08", "name_zh": ""}, "row 3: column code: '08'"),
        (read_groups, {"group": "crop"}, "row 3: column group: 'crop'"),
        (read_groups, {"code": ""}, "row 3: column group"),
    ],
)
def test_uses_and_groups_are_checked_row_by_row(read, cells, says):
    good = {
        "code": "07",
        "name_zh": "居住用地",
        "name_en": "Homes",
        "aliases": "住宅",
        "scheme": "三调",
        "group": "cropland",
    }
    with pytest.raises(Problems) as caught:
        read([good, {**good, **cells}], "layers/table.csv")
    assert says in str(caught.value)


@pytest.mark.parametrize("read", [read_uses, read_groups])
def test_a_table_that_lacks_a_column_is_refused(read):
    with pytest.raises(Problems) as caught:
        read([{"scheme": "三调"}], "layers/table.csv")
    assert "column 'code' is missing" in str(caught.value)

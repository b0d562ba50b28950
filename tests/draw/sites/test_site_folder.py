"""What a check writes: the same bytes every time, complete, safe to open, and never a word more than was found."""

import csv
import hashlib
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import geopandas as gpd
import jsonschema
import openpyxl
import pytest

from geoplan import draw
from geoplan.draw import site_workbook
from geoplan.draw.site_folder import write_sites
from geoplan.errors import StudyError
from geoplan.layer import Layer
from geoplan.sites.finding import SiteReport
from geoplan.sites.site import Register
from geoplan.words import Language

ROOT = Path(__file__).parents[3]
LOOKS = {p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted((ROOT / "maps").glob("*.toml"))}
SCHEMA = json.loads((ROOT / "docs" / "sites.schema.json").read_text(encoding="utf-8"))
NEVER = ("不涉及", "通过", "不合规")
ALLOWED = "不得视为不涉及"


def hashes(out: Path) -> dict[str, str]:
    files = sorted(p for p in out.rglob("*") if p.is_file())
    return {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(name="out", scope="module")
def _out(
    tmp_path_factory: pytest.TempPathFactory, made: Callable[[Language], SiteReport], drawn: dict[str, Layer]
) -> Path:
    out = tmp_path_factory.mktemp("checked") / "out"
    write_sites(made("zh"), out, looks=LOOKS, drawn_from=drawn, bundle=b"{}\n")
    return out


@pytest.fixture(name="english", scope="module")
def _english(
    tmp_path_factory: pytest.TempPathFactory, made: Callable[[Language], SiteReport], drawn: dict[str, Layer]
) -> Path:
    out = tmp_path_factory.mktemp("checked") / "out"
    write_sites(made("en"), out, looks=LOOKS, drawn_from=drawn)
    return out


def sheet_rows(out: Path, name: str) -> list[dict[str, Any]]:
    heads, *rows = openpyxl.load_workbook(out / "check.xlsx")[name].iter_rows(min_row=2, values_only=True)
    # below the table its notes stand in the first column alone
    return [dict(zip(heads, row, strict=True)) for row in rows if any(row[1:])]


def texts_of(path: Path) -> str:
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as file:
            return "\n".join(file.read(n).decode() for n in file.namelist() if n.endswith(".xml"))
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        return "\n".join(
            str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None
        )
    return path.read_text(encoding="utf-8") if path.suffix in {".json", ".csv", ".html"} else ""


def test_everything_promised_is_there(out: Path) -> None:
    promised = {
        "check.xlsx",
        "check.csv",
        "overlaps.gpkg",
        "map.html",
        "results.json",
        "provenance.json",
        "bundle.json",
    }
    documents = {name for name in hashes(out) if name.startswith("projects/")}
    assert set(hashes(out)) == promised | documents
    assert len(documents) == 4
    assert "projects/S-1_滨河学校.docx" in documents


def test_two_checks_write_the_same_bytes(
    out: Path, make: Callable[[Language], SiteReport], controls: dict[str, Layer], tmp_path: Path
) -> None:
    write_sites(make("zh"), tmp_path / "again", looks=LOOKS, drawn_from=controls, bundle=b"{}\n")
    assert hashes(tmp_path / "again") == hashes(out)


def test_a_folder_of_somebody_else_is_refused(report: SiteReport, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError):
        write_sites(report, tmp_path, looks=LOOKS, docx=False)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_a_name_is_no_way_out_of_the_folder(report: SiteReport, tmp_path: Path) -> None:
    sites = tuple(
        replace(s, receipt=f"../../{i}", project="..\\a/b:*?") for i, s in enumerate(report.register.sites[:2])
    )
    write_sites(replace(report, register=Register(sites), findings=(), overlaps=None), tmp_path / "out", looks=LOOKS)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert len(list((tmp_path / "out" / "projects").iterdir())) == 2


def test_names_alike_get_documents_of_their_own(report: SiteReport, tmp_path: Path) -> None:
    first = report.register.sites[1]
    sites = (replace(first, receipt="a:"), replace(first, receipt="a?"), replace(first, receipt="A*"))
    write_sites(replace(report, register=Register(sites), findings=(), overlaps=None), tmp_path / "out", looks=LOOKS)
    assert len(list((tmp_path / "out" / "projects").iterdir())) == 3


# results.json


@pytest.mark.parametrize("language", ["zh", "en"])
def test_results_follow_their_schema(out: Path, english: Path, language: str) -> None:
    told = json.loads((out if language == "zh" else english).joinpath("results.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    assert told["verdict"] == "forbidden"
    assert told["complete"] is False
    assert [s["verdict"] for s in told["sites"]] == ["forbidden", "not_checked", "not_checked", "not_checked"]


def test_every_finding_is_told_or_counted(out: Path, report: SiteReport) -> None:
    told = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert len(told["findings"]) + sum(one["plots"] for one in told["clear"]) == len(report.findings)
    assert {"control": "eco_redline", "class": "core", "plots": 3} in told["clear"]


def test_an_empty_batch_is_not_clear(report: SiteReport, tmp_path: Path) -> None:
    empty = replace(report, register=Register(()), findings=(), areas={}, tables={}, overlaps=None)
    write_sites(empty, tmp_path / "out", looks=LOOKS)
    told = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    assert told["verdict"] == "not_checked"


# words


@pytest.mark.parametrize("kind", ["docx", "xlsx", "json", "csv", "html"])
def test_nothing_claims_what_only_an_authority_may(out: Path, kind: str) -> None:
    files = list(out.rglob(f"*.{kind}"))
    assert files
    for path in files:
        text = texts_of(path).replace(ALLOWED, "")
        assert not [word for word in NEVER if word in text], path.name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_slot_is_left_open(out: Path, english: Path, language: str) -> None:
    folder = out if language == "zh" else english
    for path in folder.rglob("*"):
        text = (
            texts_of(path).replace("{{7*7}}", "").replace("{{7_7}}", "")
            if path.suffix in {".docx", ".xlsx", ".csv"}
            else ""
        )
        assert not re.search(r"\{[a-z_]+\}", text), path.name


# check.xlsx


def test_the_tables_stand_in_their_order_and_what_failed_comes_first(out: Path) -> None:
    names = openpyxl.load_workbook(out / "check.xlsx").sheetnames
    assert names == [
        "表6 失败清单",
        "表1 核查结果表",
        "表2 土地利用现状分类面积表",
        "表3 规划用途面积表",
        "表4 界址点成果表",
        "表5 批量汇总表",
        "重复与重叠",
    ]


def test_the_heads_are_those_planners_know(out: Path) -> None:
    book = openpyxl.load_workbook(out / "check.xlsx")
    heads = [c.value for c in book["表1 核查结果表"][2]]
    assert heads == [
        "序号",
        "项目名称",
        "地块编号",
        "用地面积(平面)/平方米",
        "用地面积(椭球)/平方米",
        "控制线",
        "类型",
        "管控级别",
        "压占面积/平方米",
        "压占面积/公顷",
        "压占面积/亩",
        "占用地比例/%",
        "占控制线图斑比例/%",
        "压占图斑数/个",
        "最近距离/米",
        "判定",
        "需提供材料",
        "依据",
        "数据时点及版本",
        "备注",
    ]
    assert [c.value for c in book["表5 批量汇总表"][2]] == [
        "序号",
        "收件编号",
        "项目名称",
        "建设单位",
        "地块数",
        "用地面积/公顷",
        "三条控制线结论",
        "其他控制线结论",
        "未核查项",
        "办理建议",
        "报告文件",
    ]


def test_findings_are_told_worst_first_with_their_amounts(out: Path) -> None:
    rows = sheet_rows(out, "表1 核查结果表")
    assert rows[0]["判定"] == "未核查"
    assert rows[0]["地块编号"] == "全部5个地块"
    assert rows[0]["备注"] == "未核查：未提供数据"
    farm = rows[1]
    assert (farm["项目名称"], farm["地块编号"], farm["控制线"], farm["判定"]) == (
        "滨河学校",
        "A",
        "永久基本农田",
        "原则禁止",
    )
    assert (farm["压占面积/平方米"], farm["压占面积/公顷"], farm["压占面积/亩"]) == (20_000, 2, 30)
    assert farm["占用地比例/%"] == 50.51
    of_b = [r["判定"] for r in rows if r["地块编号"] == "B"]
    assert of_b == ["原则禁止", "须论证报批", "须论证报批", "未压占"]


def test_what_is_below_the_last_digit_is_said_and_never_nothing(out: Path) -> None:
    row = next(r for r in sheet_rows(out, "表1 核查结果表") if r["类型"] == "其他区域")
    assert "面积不足0.01平方米" in row["备注"]
    near = next(
        r for r in sheet_rows(out, "表1 核查结果表") if r["项目名称"] == "港区仓库" and r["控制线"] == "永久基本农田"
    )
    assert near["最近距离/米"] == 199.99


def test_a_sliver_is_for_a_person_to_look_at(out: Path) -> None:
    row = next(r for r in sheet_rows(out, "表1 核查结果表") if r["项目名称"] == "泵站" and r["压占面积/平方米"])
    assert (row["判定"], row["压占面积/平方米"]) == ("待人工复核", 5)


def test_land_use_adds_up_as_printed(out: Path) -> None:
    rows = sheet_rows(out, "表2 土地利用现状分类面积表")
    leaves = ("其中耕地", "园地", "林地", "草地", "其他农用地")
    for row in rows:
        parts = [row[n] if isinstance(row[n], (int, float)) else 0.0 for n in leaves]
        farm = row["农用地小计"] if isinstance(row["农用地小计"], (int, float)) else 0.0
        assert round(sum(parts), 2) == farm
        assert round(farm + row["建设用地"] + row["未利用地"], 2) == row["合计"]
    *plots, total = rows
    assert total["合计"] == round(sum(r["合计"] for r in plots), 2) == 59_600.01
    assert plots[1]["其中耕地"] == "不足0.01"


def test_every_ring_of_boundary_points_is_closed(out: Path) -> None:
    rows = [r for r in sheet_rows(out, "表4 界址点成果表") if r["地块编号"] == "A"]
    assert [r["点号"] for r in rows] == ["J1", "J2", "J3", "J4", "J1", "K1", "K2", "K3", "K4", "K1"]
    assert rows[0]["X(纵坐标)/米"] == rows[4]["X(纵坐标)/米"]
    assert 4_330_300 <= rows[0]["X(纵坐标)/米"] <= 4_330_500
    assert 500_100 <= rows[0]["Y(横坐标)/米"] <= 500_300
    assert [r["边长/米"] for r in rows[:4]] == [200, 200, 200, 200]
    assert not rows[4]["边长/米"]


def test_the_batch_says_what_is_left_to_do(out: Path) -> None:
    rows = sheet_rows(out, "表5 批量汇总表")
    first = rows[0]
    assert (
        first["三条控制线结论"]
        == "原则禁止：生态保护红线、永久基本农田；须论证报批：生态保护红线、城镇开发边界；位于界内：城镇开发边界"
    )
    assert first["未核查项"] == "文物保护单位"
    assert first["办理建议"] == "调整用地范围；补充数据后重新核查"
    assert first["报告文件"] == "projects/S-1_滨河学校.docx"
    assert rows[-1]["收件编号"] == "S-5"
    assert rows[-1]["三条控制线结论"] == "未核查"


def test_a_name_that_looks_like_a_formula_stays_a_name(out: Path) -> None:
    book = openpyxl.load_workbook(out / "check.xlsx")
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert all(c.data_type != "f" for c in cells)
    assert any(isinstance(c.value, str) and c.value.startswith("=HYPERLINK") for c in cells)
    rows = list(csv.reader(io.StringIO((out / "check.csv").read_text(encoding="utf-8-sig"))))
    assert any(cell.startswith("'=HYPERLINK") for row in rows for cell in row)
    assert not any(cell.startswith(("=", "+", "@", "\t")) for row in rows for cell in row)


def test_the_plain_table_has_a_mark_and_the_machine_words(out: Path) -> None:
    raw = (out / "check.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    heads, *rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert heads[-4:] == ["收件编号", "判定代码", "控制线代码", "类型代码"]
    assert rows[1][-4:] == ["S-1", "forbidden", "permanent_farmland", ""]


def test_a_long_table_goes_on_in_the_next_sheet(
    report: SiteReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_workbook, "ROWS", 5)
    monkeypatch.setattr(site_workbook, "_LOOK_AHEAD", 5)
    write_sites(report, tmp_path / "out", looks=LOOKS, docx=False)
    book = openpyxl.load_workbook(tmp_path / "out" / "check.xlsx")
    parts = [name for name in book.sheetnames if name.startswith("表1")]
    assert parts == ["表1 核查结果表", "表1 核查结果表 2", "表1 核查结果表 3"]
    numbers = [
        row[0] for name in parts for row in book[name].iter_rows(min_row=3, values_only=True) if isinstance(row[0], int)
    ]
    assert numbers == list(range(1, len(numbers) + 1))


# documents


def test_so_many_projects_get_documents_only_when_asked(many: Callable[[int], SiteReport], tmp_path: Path) -> None:
    write_sites(many(51), tmp_path / "out", looks=LOOKS)
    assert not (tmp_path / "out" / "projects").exists()
    assert "--docx" in texts_of(tmp_path / "out" / "check.xlsx")
    write_sites(many(2), tmp_path / "few", looks=LOOKS, docx=False)
    assert not (tmp_path / "few" / "projects").exists()


def test_alike_lines_are_folded_at_the_end(many: Callable[[int], SiteReport], tmp_path: Path) -> None:
    write_sites(many(60), tmp_path / "out", looks=LOOKS)
    rows = sheet_rows(tmp_path / "out", "表1 核查结果表")
    assert len(rows) == 7
    assert rows[-1]["地块编号"] == "其余54个地块"
    assert rows[-1]["判定"] == "未压占"


def test_the_shapes_can_be_opened_in_a_gis(out: Path) -> None:
    overlaps = gpd.read_file(out / "overlaps.gpkg", layer="overlaps")
    sites = gpd.read_file(out / "overlaps.gpkg", layer="sites")
    assert len(sites) == 5
    assert overlaps["verdict"].tolist() == ["forbidden", "forbidden", "conditional", "conditional", "sliver", "inside"]
    assert overlaps.geometry.area.iloc[0] == pytest.approx(20_000, abs=0.01)


def test_a_document_is_read_back_as_it_was_meant(out: Path) -> None:
    made = docx.Document(str(out / "projects" / "S-1_滨河学校.docx"))
    text = "\n".join(p.text for p in made.paragraphs)
    assert "共2个地块" in text
    assert "用地总面积59,600.00平方米（5.9600公顷，89.40亩）" in text
    assert "中央子午线117°" in text
    assert (
        "面积说明：用地面积按平面坐标计算（与勘测定界口径一致）；控制线压占面积按椭球面积计算（与国土调查、三条控制线口径一致），两者差0.01平方米。"
        in text
    )
    assert "送审面积59,500.00平方米，与坐标计算面积相差100.00平方米（0.2%），请核实。" in text
    assert (
        "地块A：用地范围压占永久基本农田20,000.00平方米，占用地面积50.5%。按《基本农田保护条例》第十五条，原则上不得占用；属国家重大建设项目确实难以避让的，须按规定程序报批。"
        in text
    )
    assert (
        "拟建活动申报为“必须且无法避让的线性基础设施”，须提供符合允许有限人为活动认定意见，经市人民政府认定后方可办理。"
        in text
    )
    assert "经办：　　　校核：　　　审核：　　　　　　日期：　　年　月　日" in text
    assert "由张工声明" in text
    # the plots lie 1.4 km apart: one picture of both, and one of each
    assert len(made.inline_shapes) == 3
    assert [t for t in text.split("\n") if "套合图" in t] == [
        "附图　滨河学校用地范围套合图（1:25000）",
        "附图　滨河学校用地范围套合图（1:5000）　地块A",
        "附图　滨河学校用地范围套合图（1:2000）　地块B",
    ]
    assert [t.rows[0].cells[0].text for t in made.tables] == [
        "事项",
        "地块",
        "控制线",
        "序号",
        "序号",
        "序号",
        "地块编号",
    ]


def test_a_document_of_a_site_in_degrees_says_so(out: Path) -> None:
    path = next((out / "projects").glob("S-4*.docx"))
    text = "\n".join(p.text for p in docx.Document(str(path)).paragraphs)
    assert "坐标以经纬度给出，没有勘测平面" in text
    assert "永久基本农田数据未覆盖用地范围50.0%，本次未核查，不得视为不涉及。" in text
    assert "未发现压占" not in text


def test_a_template_of_the_office_comes_first(report: SiteReport, tmp_path: Path) -> None:
    head = docx.Document()
    head.add_paragraph("某某规划院")
    head.save(str(tmp_path / "office.docx"))
    one = replace(report, register=Register(report.register.sites[1:2]))
    write_sites(one, tmp_path / "out", looks=LOOKS, template=tmp_path / "office.docx")
    made = docx.Document(str(next((tmp_path / "out" / "projects").iterdir())))
    assert made.paragraphs[0].text == "某某规划院"
    assert any("内部资料" in p.text for p in made.paragraphs)


@pytest.mark.parametrize("content", [b"", b"no document", b"PK\x03\x04broken"])
def test_a_template_that_is_no_document_is_refused_and_nothing_written(
    report: SiteReport, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "office.docx").write_bytes(content)
    with pytest.raises(StudyError, match=r"office\.docx"):
        write_sites(report, tmp_path / "out", looks=LOOKS, template=tmp_path / "office.docx")
    assert not (tmp_path / "out").exists()


def test_map_and_document_can_be_had_by_themselves(
    report: SiteReport, controls: dict[str, Layer], out: Path, tmp_path: Path
) -> None:
    site = report.register.sites[0]
    made = draw.site_docx(report, site, tmp_path / "one.docx", looks=LOOKS, drawn_from=controls)
    assert made.read_bytes() == (out / "projects" / "S-1_滨河学校.docx").read_bytes()
    page = draw.site_map(report, looks=LOOKS, drawn_from=controls)
    assert page.startswith("<!DOCTYPE html>")
    assert "滨河学校" in page


def test_without_letters_the_document_says_why_there_is_no_map(
    report: SiteReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoplan.draw.site_picture.font", lambda _: "")
    one = replace(report, register=Register(report.register.sites[1:2]))
    write_sites(one, tmp_path / "out", looks=LOOKS)
    made = docx.Document(str(next((tmp_path / "out" / "projects").iterdir())))
    assert not made.inline_shapes
    assert any("本机没有中文字体" in p.text for p in made.paragraphs)


# the map


def test_the_map_carries_the_worst_first_and_says_what_it_leaves_out(
    many: Callable[[int], SiteReport], tmp_path: Path
) -> None:
    looks = {**LOOKS, "page": {**LOOKS["page"], "features": 20}}
    write_sites(many(60), tmp_path / "out", looks=looks)
    page = (tmp_path / "out" / "map.html").read_text(encoding="utf-8")
    assert "本批共60个项目，地图只画判定最重的20个，其余40个未画" in page
    drawn = re.findall(r"<td><button type=\"button\">(R\d+)</button>", page)
    assert drawn[:6] == ["R0", "R10", "R20", "R30", "R40", "R50"]


def test_hostile_names_stay_texts(out: Path) -> None:
    page = (out / "map.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "{{7*7}}" in page

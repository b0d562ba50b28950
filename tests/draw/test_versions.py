"""The demo city's red line of two versions and wetlands of two dates, from the command line to the tables."""

import csv
import json
import shutil
import sys

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely

import geoplan
from geoplan.cli import main


@pytest.fixture(scope="module")
def city(demo_city, tmp_path_factory):
    return shutil.copytree(demo_city, tmp_path_factory.mktemp("比 对") / "城")


@pytest.fixture(autouse=True)
def _speak_chinese(monkeypatch):
    monkeypatch.setenv("GEOPLAN_LANG", "zh")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)


def told(folder):
    return json.loads((folder / "versions.json").read_text(encoding="utf-8"))


def sheets(folder):
    book = openpyxl.load_workbook(folder / "versions.xlsx")
    return {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in book.worksheets}


@pytest.fixture(scope="module")
def redline(city, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "diff"
    report = geoplan.diff("eco_redline@2018", "eco_redline", study=city, out=out)
    return report, out


def test_the_red_line_of_the_demo_lost_a_strip_of_reeds_and_gained_the_beach(redline):
    report, out = redline
    assert [(p.feature, p.kind) for p in report.patches] == [
        ("HX005", "lost"),
        ("HX009", "gained"),
        ("HX010", "gained"),
    ]
    assert report.verdicts == {"area": "kept", "class": "kept", "place": "changed", "function": "not_assessed"}
    document = told(out)
    change = document["change"]
    assert change["after"] == change["before"] - change["lost"] + change["gained"]
    assert document["unfounded"] == ["HX005"]
    assert document["shift"]["metres"] == 0.0
    assert {a["domain"] for a in document["accounts"]} == {"all", "land", "sea"}


def test_the_tables_have_the_heads_planners_know(redline):
    book = sheets(redline[1])
    assert book["版本比对表"][1] == [
        "陆海类型", "类型", "前版面积/公顷", "后版面积/公顷", "调入/公顷", "调出/公顷", "类型变化/公顷", "净变化/公顷", "净变化/%", "疑似误差图斑/公顷",
    ]  # fmt: skip
    assert book["图斑表"][1] == [
        "序号", "图斑编号", "行政区", "前版类型", "后版类型", "变化类别", "面积/平方米", "最大宽度/米", "调整类型", "批准文号", "备注",
    ]  # fmt: skip
    assert book["图斑表"][2][1:6] == ["HX005", "西部生态片区", "一般控制区", "—", "调出"]
    assert book["图斑表"][2][8:10] == ["待核", "待核"]
    assert book["勘界差异表"][1] == [
        "序号", "红线图斑", "批复面积/公顷", "勘界面积/公顷", "差值/平方米", "差值/%", "最大偏移/米", "差异原因",
    ]  # fmt: skip
    assert list(book) == ["版本比对表", "结论", "图斑表", "类型转移表（公顷）", "勘界差异表"]


def test_each_block_of_the_table_of_totals_adds_up_as_it_is_printed(redline):
    rows = [r for r in sheets(redline[1])["版本比对表"][2:] if r[0] in {"陆域", "海域", "合计"}]
    for domain in ("陆域", "海域", "合计"):
        block = [r for r in rows if r[0] == domain]
        classes, whole = block[:-1], block[-1]
        assert whole[1] == "合计"
        for column in range(2, 6):
            assert sum(r[column] for r in classes) == pytest.approx(whole[column], abs=1e-9)


def test_the_sentences_are_those_of_the_house(redline):
    said = told(redline[1])["sentences"]
    assert said[0].startswith("前版（演示生态保护红线（2018版），2018年12月31日）面积3.49平方公里，后版")
    assert "功能：本次未作生态功能评价。" in said
    assert "调出图斑中1个（9.1692公顷）未提供调整依据，列入待核清单。" in said


def test_the_patches_open_in_a_gis(redline):
    frame = gpd.read_file(redline[1] / "patches.gpkg")
    assert frame.crs.to_epsg() == 4548
    assert list(frame["kind"]) == ["lost", "gained", "gained"]
    assert frame.geometry.area.sum() == pytest.approx(frame["area_m2"].sum(), rel=1e-3)


def test_the_map_asks_for_nothing_and_names_every_kind(redline):
    page = (redline[1] / "map.html").read_text(encoding="utf-8")
    assert "http://" not in page.replace("http://www.w3.org", "")
    for word in ("调入", "调出", "不变"):
        assert word in page


def test_two_comparisons_write_the_same_bytes(city, redline, tmp_path):
    geoplan.diff("eco_redline@2018", "eco_redline", study=city, out=tmp_path / "again")
    for name in ("versions.xlsx", "versions.json", "patches.gpkg", "patches.csv", "map.html", "provenance.json"):
        assert (tmp_path / "again" / name).read_bytes() == (redline[1] / name).read_bytes(), name


def test_ground_removed_without_a_cause_exits_with_1_and_with_one_with_0(city, tmp_path, capsys):
    out = tmp_path / "diff"
    assert main(["diff", "eco_redline@2018", "eco_redline", "--study", str(city), "-o", str(out)]) == 1
    assert "调出无依据 1 个" in capsys.readouterr().out.splitlines()[-1]
    # the table that was written is the table that is handed back
    with (out / "patches.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= {"调整类型": "评估调整", "批准文号": "演示〔2024〕7号"}
    with (tmp_path / "依据.csv").open("w", encoding="gb18030", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    causes = ["--causes", str(tmp_path / "依据.csv"), "--json"]
    assert main(["diff", "eco_redline@2018", "eco_redline", "--study", str(city), "-o", str(out), *causes]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["unfounded"] == []
    assert document["patches"][0]["approval"] == "演示〔2024〕7号"


def test_the_versions_may_be_files_that_no_study_knows(city, tmp_path, capsys):
    controls = city / "data" / "controls.gpkg"
    command = ["diff", f"{controls}/STBHHX_2018", f"{controls}/STBHHX", "-o", str(tmp_path / "diff"), "--lang", "en"]
    assert main(command) == 1
    assert "1 removed without a reason" in capsys.readouterr().out
    document = told(tmp_path / "diff")
    assert document["crs"] == "EPSG:4548"
    assert [p["feature"] for p in document["patches"]] == ["HX005", "HX009", "HX010"]


def test_a_displaced_version_is_refused_with_a_sentence_until_confirmed(city, tmp_path, capsys):
    frame = gpd.read_file(city / "data" / "controls.gpkg", layer="STBHHX")
    frame.geometry = shapely.transform(frame.geometry.to_numpy(), lambda xy: np.add(xy, (0.0, -0.7)))
    frame.to_file(tmp_path / "moved.gpkg")
    command = ["diff", "eco_redline", str(tmp_path / "moved.gpkg"), "--study", str(city), "-o", str(tmp_path / "diff")]
    assert main(command) == 3
    said = capsys.readouterr().err
    assert "位移量约0.70米、方位180°" in said
    assert not (tmp_path / "diff").exists()
    assert main([*command, "--confirm-shift"]) in {0, 1}
    assert "本报告未移动任何界线" in capsys.readouterr().out


def test_wetlands_are_judged_by_their_natural_part(city, tmp_path, capsys):
    out = tmp_path / "diff"
    assert main(["diff", "wetlands@2020", "wetlands", "--study", str(city), "-o", str(out)]) == 1
    document = told(out)
    # the law of the demo: 2.5705 ha of new meadow, 10.5267 ha of marsh built over or dug for a pond
    assert document["natural"]["gained"] == pytest.approx(25_705, abs=1)
    assert document["natural"]["lost"] == pytest.approx(105_267, abs=1)
    assert any("自然湿地净损失为7.9563公顷" in s for s in document["sentences"])
    rows = sheets(out)["湿地增减表"]
    assert rows[1] == [
        "序号", "图斑号", "湿地类型", "基期面积/平方米", "末期面积/平方米", "增减/平方米", "去向地类", "占用项目", "补偿方式", "批准文号", "验收时间",
    ]  # fmt: skip
    assert {r[1]: r[6] for r in rows[2:5]}["SD002"] == "坑塘"


def test_two_schemes_draw_no_conclusion(city, tmp_path):
    study = tmp_path / "study"
    shutil.copytree(city, study)
    text = (study / "study.toml").read_text(encoding="utf-8")
    old = '[layers.wetlands.at.2020]\nlayer    = "SDTB_2020"\n'
    assert old in text
    plan = '[layers.wetlands.at.2020]\nlayer    = "SDTB_2020"\nscheme   = "用地用海2023"\n'
    (study / "study.toml").write_text(text.replace(old, plan), encoding="utf-8")
    report = geoplan.diff("wetlands@2020", "wetlands", study=study, out=tmp_path / "diff")
    assert report.verdicts["area"] == "not_comparable"
    said = told(tmp_path / "diff")["sentences"]
    assert "两期分类口径不一致，本次不作净变化结论，折算值仅供参考。" in said
    assert not [s for s in said if s.startswith("结论")]


def test_a_version_that_is_not_there_is_a_sentence(city, tmp_path, capsys):
    assert main(["diff", "eco_redline@1999", "eco_redline", "--study", str(city), "-o", str(tmp_path / "d")]) == 3
    assert "eco_redline@1999" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_a_sentence_without_a_study_too(tmp_path, capsys):
    assert main(["diff", str(tmp_path / "no.gpkg"), str(tmp_path / "none.gpkg"), "-o", str(tmp_path / "d")]) == 3
    assert "no.gpkg" in capsys.readouterr().err


def test_files_whose_codes_need_a_scheme_are_refused_without_one(city, tmp_path, capsys):
    water = city / "data" / "water.gpkg"
    command = ["diff", f"{water}/SDTB_2020", f"{water}/SDTB_2025", "--layer", "wetlands", "-o", str(tmp_path / "d")]
    assert main(command) == 3
    assert "scheme" in capsys.readouterr().err
    assert main([*command, "--scheme", "三调"]) == 1


def test_there_is_no_public_version_of_a_comparison_or_a_check(city, tmp_path, capsys):
    public = ["--audience", "public", "--study", str(city), "-o", str(tmp_path / "out")]
    assert main(["diff", "eco_redline@2018", "eco_redline", *public]) == 2
    assert main(["check", str(city / "data" / "sites.gpkg"), *public]) == 2
    assert "没有对外版本" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()

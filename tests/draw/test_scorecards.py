"""Scorecards by plan: computed, reported, checked off and left to a person; plans that disagree; two systems apart."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geoplan import draw
from geoplan.deficits import Deficit
from geoplan.draw.scorecard import conflicts, scorecard, summary, systems
from geoplan.judging import judged_entries
from geoplan.measure import Note
from geoplan.reported import Entry, Question
from geoplan.result import Result, Results
from geoplan.target import Target
from geoplan.words import Language

LOOKS = {
    p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in (Path(__file__).parents[2] / "maps").glob("*.toml")
}
PLAN_A, PLAN_B = "甲规划（2021—2035年）", "乙实施方案（2024）"


def aim(name: str, op: str, value: str, year: int | None, unit: str, source: str = PLAN_A, **more: Any) -> Target:
    return Target(name, name, "小镇", year, op, value, unit, source=source, locator="专栏1", **more)


def reported(name: str, title: str, unit: str, entries: tuple[Entry, ...], *targets: Target) -> Result:
    asked = Question(name, title, name.replace("_", " ").title(), unit, "higher").asked()
    entry = max(entries, key=lambda e: e.year, default=None)
    status, reason = ("ok", None) if entry else ("no_data", Note("reported.missing", {"title": asked.title}))
    return judged_entries(Result(asked, status, reason, entries=entries, entry=entry), targets, 2025)


def told(name: str, year: int, value: str = "", unit: str = "", **more: Any) -> Entry:
    source, date = more.pop("source", "统计公报"), more.pop("date", "2025-03-01")
    number = float(value) if value.replace(".", "").isdigit() else None
    return Entry(2, name, "小镇", year, value, unit, source=source, date=date, number=number, **more)


GDP = (told("gdp", 2022, "200.5", "亿元"), told("gdp", 2024, "246.7", "亿元"))
AUDIT = (told("audit", 2025, status="done", source="住建委台账"),)


def every_kind(results: Results) -> Results:
    """The small town, and beside it what somebody reports, what is checked off, and what is left to a person."""
    shore = results["natural_shoreline"]
    check_up = replace(shore, analysis=replace(shore.analysis, name="shore_check", system="住建体检"), judged=())
    rows = (
        reported("gdp", "地区生产总值", "亿元", GDP, aim("gdp", ">=", "550", 2030, "亿元", PLAN_B)),
        reported("audit", "能源审计", "", AUDIT, aim("audit", "qualitative", "全面落实", 2025, "-", PLAN_B)),
        reported("law", "地方立法", "", (), aim("law", "qualitative", "完成", 2025, "-", PLAN_B)),
        reported("rank", "幸福指数", "位", (), aim("rank", "rank_top", "全市前列", 2025, "-", PLAN_B)),
    )
    first = results["service_500m"]
    disagreeing = aim("service_500m", ">=", "90", 2025, "%", PLAN_B)
    from tests.draw.conftest import with_verdicts

    first = with_verdicts(first, *(j.target for j in first.judged), disagreeing)
    lacks = tuple(
        Deficit(i, n, "unreached", "demand", 1.0, "count", {"districts": "东区"})
        for i, n in (("p4", "四号院"), ("p5", ""))
    )
    first = replace(first, deficits=lacks)
    return replace(results, results=(first, *results.results[1:], check_up, *rows))


@pytest.fixture(name="every")
def _every(results: Results) -> Results:
    return every_kind(results)


def test_each_plan_has_a_card_and_what_no_plan_asks_for_stands_last(every: Results) -> None:
    plans = systems(every)[0]
    assert [card.title for card in plans.cards] == [PLAN_B, "小镇总体规划（2021—2035年）", "无规划目标的指标"]
    assert all(
        line.judged.target.source == card.title for card in plans.cards[:-1] for line in card.lines if line.judged
    )


def test_two_systems_of_examination_never_share_a_card(every: Results) -> None:
    found = systems(every)
    assert [system.title for system in found] == ["规划目标监测指标", "城市体检（住房和城乡建设）指标"]
    assert {line.result.analysis.system for line in found[1].lines} == {"住建体检"}
    assert "住建体检" not in {line.result.analysis.system for line in found[0].lines}


def test_plans_that_disagree_stand_side_by_side(every: Results) -> None:
    table = conflicts(every)
    assert table is not None
    asked = [(row[2].text, row[3].text, row[-1].text) for row in table.rows]
    assert ("2025", "≥90 %", f"{PLAN_B} 专栏1") in asked
    assert {year for year, _, _ in asked} == {"2025"}
    assert all(row[0].text == table.rows[0][0].text for row in table.rows)


def test_plans_that_agree_are_no_contradiction(results: Results) -> None:
    assert conflicts(replace(results, results=results.results[1:])) is None
    assert conflicts(replace(results, results=())) is None


def row_of(every: Results, name: str) -> dict[str, str]:
    rows = [line for system in systems(every) for line in system.lines if line.result.name == name]
    table = scorecard(rows, every)
    return dict(zip((head.text for head in table.heads), (cell.text for cell in table.rows[0]), strict=True))


def test_what_was_reported_stands_as_written_with_its_year_and_source(every: Results) -> None:
    row = row_of(every, "gdp")
    assert row["现状值（2025）"] == "246.7（2024）"
    assert row["数据来源"] == "统计公报（2025年3月1日）"
    assert row["2030年目标"] == "≥550"
    assert row["单位"] == "亿元"


def test_a_checklist_says_how_far_it_is_and_never_met_or_missed(every: Results) -> None:
    assert row_of(every, "audit")["判断"] == "已落实"
    assert row_of(every, "audit")["现状值（2025）"] == "已落实（2025）"
    assert "达标" not in row_of(every, "law")["判断"]
    assert row_of(every, "law")["现状值（2025）"] == "—"


def test_a_requirement_shows_the_fact_and_is_left_to_a_person(results: Results) -> None:
    from tests.draw.conftest import with_verdicts

    asked = with_verdicts(results["park_per_capita"], aim("park_per_capita", "requirement", "布局合理", 2025, "-"))
    row = row_of(replace(results, results=(asked,)), "park_per_capita")
    assert row["现状值（2025）"] == "12.00"
    assert row["判断"].startswith("待核：")
    assert row["2025年目标"] == "布局合理"


def test_the_summary_counts_what_is_computed_and_what_is_reported(every: Results) -> None:
    said = summary(every)
    assert said.startswith("纳入监测指标13项，其中计算类9项、填报类4项。")
    words = [line.word for system in systems(every) for line in system.lines]
    assert f"达标{words.count('met')}项，未达标{words.count('missed')}项" in said


def test_no_row_is_lost_between_the_cards(every: Results) -> None:
    rows = list(csv.DictReader(io.StringIO(written_csv(every))))
    assert len(rows) == sum(len(card.lines) for system in systems(every) for card in system.cards)
    assert {row["kind"] for row in rows} >= {"ratio", "total", "reported", "checklist"}


def written_csv(results: Results) -> str:
    from geoplan.draw.scorecard import as_csv

    return as_csv(results)


@pytest.fixture(name="out", scope="module")
def _out(tmp_path_factory: pytest.TempPathFactory, small_module: Callable[[Language], Results]) -> Path:
    out = tmp_path_factory.mktemp("cards") / "out"
    draw.write(every_kind(small_module("zh")), out, looks=LOOKS)
    return out


def test_the_workbook_has_a_sheet_for_each_system_and_plan(out: Path) -> None:
    book = openpyxl.load_workbook(out / "scorecard.xlsx")
    names = book.sheetnames
    assert names[:5] == [
        "规划目标监测指标",
        PLAN_B,
        "小镇总体规划（2021—2035年）",
        "无规划目标的指标",
        "城市体检（住房和城乡建设）指标",
    ]
    for name in names[:5]:
        assert book[name].freeze_panes == "C3"
        assert book[name].auto_filter.ref
    assert {"两文件目标不一致（并列）", "问题清单"} <= set(names)


def test_the_list_of_deficits_names_answer_feature_zone_and_gap(out: Path) -> None:
    sheet = openpyxl.load_workbook(out / "scorecard.xlsx")["问题清单"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=4)]
    assert rows[0] == ["序号", "指标名称", "编号", "名称", "片区", "问题", "差额", "最近距离/米", "达标所需（目标年）"]
    assert rows[1][2:8] == ["p4", "四号院", "东区", "未覆盖", "1个", 751]
    assert rows[2][3] == "—"


def test_only_what_is_measured_gets_a_map(out: Path) -> None:
    assert not (out / "maps" / "gdp.html").exists()
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "maps/gdp.html" not in page
    assert "246.7" in page


def test_the_page_folds_each_card_and_prints_it_all(out: Path) -> None:
    page = (out / "index.html").read_text(encoding="utf-8")
    ids = re.findall(r'<section class="card" id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) == 4
    assert all(f'href="#{one}"' in page for one in ids)
    assert re.search(r"@media print.*\.fold:not\(:checked\) ~ \.folded \{ display: block; \}", page, re.DOTALL)


def test_the_public_reads_no_deficit_of_a_layer_that_is_not_public(results: Results, tmp_path: Path) -> None:
    from tests.draw.test_write import marked

    draw.write(marked(every_kind(results), "demand"), tmp_path / "out", looks=LOOKS, audience="public", grid=100.0)
    for path in (tmp_path / "out").rglob("*"):
        if path.suffix in {".html", ".json", ".csv"}:
            assert "四号院" not in path.read_text(encoding="utf-8-sig"), path.name
    book = openpyxl.load_workbook(tmp_path / "out" / "scorecard.xlsx")
    assert "问题清单" not in book.sheetnames
    assert not any("四号院" in str(c.value) for sheet in book for row in sheet.iter_rows() for c in row)
    told = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert not [r for r in told["results"] if r.get("deficits")]


def test_the_document_holds_deficits_and_what_was_reported_and_meets_its_schema(every: Results) -> None:
    import jsonschema

    from geoplan.draw.document import as_json, document

    schema = json.loads((Path(__file__).parents[2] / "docs" / "results.schema.json").read_text(encoding="utf-8"))
    told = json.loads(as_json(document(every)))
    jsonschema.Draft202012Validator(schema).validate(told)
    found = {r["analysis"]: r for r in told["results"]}
    assert [(d["id"], d["amount"], d["zones"]) for d in found["service_500m"]["deficits"]] == [
        ("p4", 1.0, {"districts": "东区"}), ("p5", 1.0, {"districts": "东区"}),
    ]  # fmt: skip
    assert [(e["year"], e["number"]) for e in found["gdp"]["reported"]] == [(2022, 200.5), (2024, 246.7)]
    assert found["gdp"]["targets"][0]["reported"]["source"] == "统计公报"
    assert found["audit"]["targets"][0]["reported"]["status"] == "done"
    assert found["law"]["status"] == "no_data"
    assert found["law"]["reported"] == []


def with_years(result: Result, values: dict[int, float]) -> Result:
    from geoplan.measure import Table

    unit = result.analysis.unit
    table = Table.of({
        "year": ("", [str(y) for y in values]), "value": (unit, [*values.values()]), "ceiling": (unit, [*values.values()]),
    })  # fmt: skip
    return replace(result, trend=table)


def test_the_years_of_an_answer_are_drawn_beside_what_plans_ask_for(results: Results) -> None:
    from xml.etree import ElementTree as ET

    from geoplan.draw.chart import trend_chart
    from geoplan.draw.look import Looks
    from geoplan.draw.voice import Voice

    theme, voice = Looks.of(LOOKS, "zones").theme, Voice("zh")
    told = with_years(results["service_500m"], {2018: 30.0, 2020: 40.0, 2025: 50.0})
    root = ET.fromstring(trend_chart(told, voice, theme))  # noqa: S314  (our own text, seconds old)
    texts = [t.text for t in root.iter("text")]
    assert {"30.00", "40.00", "50.00", "≥80", "≥60", "100", "2018", "2030"} <= set(texts)
    heights = [float(c.attrib["cy"]) for c in root.iter("circle")]
    assert heights == sorted(heights, reverse=True)
    assert len(heights) == 3
    assert trend_chart(results["service_500m"], voice, theme) == ""
    assert trend_chart(with_years(results["service_500m"], {2025: 50.0}), voice, theme) == ""


def test_a_table_of_years_holds_what_was_computed_and_reported(every: Results) -> None:
    from geoplan.draw.chart import years_table
    from geoplan.trend import of_entries

    gdp = replace(every["gdp"], trend=of_entries(GDP, "亿元"))
    service = with_years(every["service_500m"], {2020: 40.0, 2024: 45.5})
    table = years_table(replace(every, results=(service, gdp)))
    assert table is not None
    assert [head.text for head in table.heads] == ["指标名称", "适用范围", "单位", "2020", "2022", "2024"]
    assert [[cell.text for cell in row[1:]] for row in table.rows] == [
        ["小镇", "%", "40.00", "—", "45.50"], ["小镇", "亿元", "—", "200.5", "246.7"],
    ]  # fmt: skip
    assert years_table(every) is None


def changed(results: Results) -> Results:
    """331 ha of wetland, 20 lost, 5 gained, 1 of it strips; all of it in the west."""
    from geoplan.measure import Change, Flow, Outcome, Row

    place = results.place
    west, nothing = Flow(3_310_000.0, 50_000.0, 200_000.0, 10_000.0), Flow(0.0)
    by_zone = {"districts": (Row("d1", "西区", west), Row("d2", "东区", nothing), Row(None, "", nothing))}
    from tests.draw.conftest import PARCELS, analysis, frame

    parts = frame(
        PARCELS[:3], id=["w1", "w2", "w3"], name=["一", "二", "三"], status=["kept", "lost", "sliver"],
        **{"class": ["marsh"] * 3}, class_after=["marsh", None, None], area_m2=[3_110_000.0, 190_000.0, 10_000.0],
    )  # fmt: skip
    asked = analysis("wetland_change", "湿地净变化", "Net change of wetland", "change", "公顷", map="change")
    answer = Result(asked, "ok", None, Outcome(Change(west, by_zone), {}, {"parts": parts}), as_of="2025-01-01")
    return replace(results, results=(answer,), place=place)


def test_a_change_says_what_there_was_what_went_came_and_is(results: Results, tmp_path: Path) -> None:
    draw.write(changed(results), tmp_path / "out", looks=LOOKS)
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "基期331.0000公顷，减少20.0000，新增5.0000，末期316.0000；其中疑似误差1.0000公顷" in page
    assert "待核部分全部计入" not in page
    assert all(
        f'<th scope="col" class="number">{word}<small>公顷</small>' in page
        for word in ("基期", "减少", "新增", "末期", "净变化", "其中疑似误差")
    )
    assert "-15.0000" in page
    sheet = (tmp_path / "out" / "maps" / "wetland_change.html").read_text(encoding="utf-8")
    assert "疑似误差" in sheet
    assert "保持" in sheet


def test_a_distance_that_should_be_long_is_never_rounded_up() -> None:
    from geoplan.draw.cells import cell
    from geoplan.draw.voice import Voice

    assert cell(Voice("en"), "metres", 119.996, down=True) == "119.99 m"
    assert cell(Voice("en"), "metres", 119.6) == "120 m"

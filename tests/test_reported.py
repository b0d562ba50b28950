"""Questions somebody answers: their table, a study's values, and how they stand beside what is computed."""

import json
import re
import shutil

import openpyxl
import pytest

import geoplan
from geoplan import sample
from geoplan.catalogue import Catalogue
from geoplan.cli import main
from geoplan.errors import DefinitionError, Problems
from geoplan.reported import Entry, Question, nearest_state, read_entries, read_questions

LAYERS = ("[layers.residential", "[layers.community_facilities]", "[layers.walk_network]", "[layers.parks]")
HEADER = "name,area,year,value,unit,status,source,date,note"
QUESTIONS = {
    "gdp": Question("gdp", "地区生产总值", "GDP", "亿元", "higher"),
    "land": Question("land", "占地", "Land", "公顷"),
    "audit": Question("audit", "离任审计", "Audit"),
}
TARGETS = """\
id,analysis,area,year,op,value,unit,baseline_year,baseline_value,kind,attribute,year_basis,op_basis,aspirational,source,locator,note
gdp,gdp,镇,2025,>=,550,亿元,2020,246.7,reported,,printed,printed,,规划甲,表1,
gdp,gdp,镇,2030,>=,800,亿元,2020,246.7,reported,,printed,printed,,规划甲,表1,
gdp,gdp,港,2025,>=,90,亿元,,,reported,,printed,printed,,规划甲,表1,
audit,resource_asset_audit,镇,2025,qualitative,持续开展,-,,,reported,约束性,printed,printed,,规划乙,表2,
rank,rd_intensity,镇,2025,rank_top,位居全市前列,%,2023,5.18,reported,,printed,printed,,规划乙,表2,
nox,reduction_nox,镇,2025,assigned,680,t,,,reported,,printed,printed,,规划乙,表2,
pace,pm25,镇,2025,<=,40,微克/立方米,2020,48,reported,,printed,printed,,规划乙,表2,
"""


def rows(*lines):
    names = HEADER.split(",")
    return [dict(zip(names, line.split(","), strict=True)) for line in lines]


def faults(*lines, areas=("镇", "港")):
    with pytest.raises(Problems) as caught:
        read_entries(rows(*lines), "reported.csv", QUESTIONS, areas)
    return caught.value.say("en").splitlines()


@pytest.fixture
def town(tmp_path):
    """Gridtown that binds targets of its own, and reports values."""
    folder = tmp_path / "town"
    shutil.copytree(sample.gridtown_folder(), folder)
    (folder / "analyses").mkdir()
    (folder / "analyses" / "targets.csv").write_text(TARGETS, encoding="utf-8")
    head, *layers = re.split(r"(?m)^(?=\[layers\.)", (folder / "study.toml").read_text(encoding="utf-8"))
    study = "".join((head, *(layer for layer in layers if layer.startswith(LAYERS))))
    study = study.replace("[place]", 'reported = "reported.csv"\n\n[place]\nareas = ["镇", "港"]', 1)
    (folder / "study.toml").write_text(study, encoding="utf-8")
    report(folder)
    return folder


def report(folder, *lines):
    plain = (
        "gdp,镇,2024,500,亿元,,统计公报2024,2025-03,",
        "gdp,镇,2021,300.5,亿元,,统计公报2021,,",
        "gdp,港,2025,95,亿元,,统计公报2025,,",
        "resource_asset_audit,镇,2025,,,partly,审计局,,进行中",
        "rd_intensity,镇,2024,5.3,%,,科技局,,",
        "pm25,镇,2023,41,微克/立方米,,环境公报,,",
    )
    (folder / "reported.csv").write_text("\n".join((HEADER, *(lines or plain))), encoding="utf-8")


def words(result):
    return {(j.target.area, j.target.year): j.verdict.word for j in result.judged}


def test_a_number_is_reported_and_a_question_of_words_is_checked():
    assert QUESTIONS["gdp"].kind == "reported"
    assert QUESTIONS["audit"].kind == "checklist"


def test_every_row_that_cannot_be_honoured_is_named_with_its_column():
    said = faults(
        "gpd,镇,2024,5,亿元,,x,,",
        "gdp,城,24,5,亿元,,x,,",
        "gdp,镇,2024,five,亿元,,x,,",
        "gdp,镇,2023,5,公里,,x,,",
        "gdp,镇,2022,,,,x,,",
        "gdp,镇,2021,5,亿元,finished,x,last year,",
        "gdp,镇,2020,5,亿元,,,,",
    )
    assert said == [
        "reported.csv, row 2: column name: 'gpd' is no word it knows; did you mean 'gdp'?",
        "reported.csv, row 3: column area: '城' is no word it knows; did you mean '镇, 港'?",
        "reported.csv, row 3: column year: '24' is no year of four digits; write one like 2024.",
        "reported.csv, row 4: column value: 'five' is no number; write one in 亿元, such as 12.5, and words under note.",
        "reported.csv, row 5: column unit: '公里' is not the same kind of amount as the unit of the question, '亿元'; use '亿元'.",
        "reported.csv, row 6: value and status are both empty; write a number, or done, partly, not_done or assigned, or delete the row.",
        "reported.csv, row 7: column status: 'finished' is no word it knows; did you mean 'done, partly, not_done, assigned'?",
        "reported.csv, row 7: column date: 'last year' is no date; write 2025, 2025-06 or 2025-06-30.",
        "reported.csv, row 8: column source is empty; fill it in.",
    ]


def test_one_area_and_year_is_reported_once():
    assert faults("gdp,镇,2024,5,亿元,,x,,", "gdp,镇,2024,6,亿元,,x,,") == [
        "reported.csv, row 3: the same question, area and year as row 2; keep one of them."
    ]


def test_a_column_that_is_missing_or_unknown_is_named():
    with pytest.raises(Problems) as caught:
        read_entries([{"name": "gdp", "yaer": "2024"}], "reported.csv", QUESTIONS)
    assert "did you mean 'year'" in caught.value.say("en")


def test_a_value_in_another_unit_of_the_same_kind_is_converted():
    (entry,) = read_entries(rows("land,镇,2024,3,平方公里,,x,,"), "r", QUESTIONS, ["镇"])
    assert (entry.number, entry.value, entry.unit) == (300.0, "3", "平方公里")


def test_an_empty_area_is_the_first_of_the_study():
    (entry,) = read_entries(rows("gdp,,2024,5,亿元,,x,,"), "r", QUESTIONS, ["镇", "港"])
    assert entry.area == "镇"


def test_the_state_nearest_the_year_and_not_after_it_answers():
    entries = [Entry(2, "gdp", "镇", 2026, number=9.0), Entry(3, "gdp", "镇", 2023, number=7.0)]
    assert nearest_state(entries, "镇", 2025).number == 7.0
    assert nearest_state(entries, "镇", None).number == 9.0
    assert nearest_state(entries, "港", 2025) is None


def test_a_question_cannot_be_computed_and_reported(town):
    row = "name,title_zh,title_en,unit,better,attribute,evidence\nservice_500m,服务,Service,%,higher,,\n"
    (town / "analyses" / "reported.csv").write_text(row, encoding="utf-8")
    with pytest.raises(DefinitionError, match="service_500m"):
        Catalogue.for_study(town).questions()
    with pytest.raises(Problems) as caught:
        geoplan.open_study(town).validate()
    assert "what is computed and what is reported cannot have one name" in caught.value.say("en")


def test_a_study_adds_questions_and_overrides_built_in_ones(town):
    row = (
        "name,title_zh,title_en,unit,better,attribute,evidence\ngdp,总值,Product,万元,higher,,\nours,本地,Ours,个,,,\n"
    )
    (town / "analyses" / "reported.csv").write_text(row, encoding="gb18030")
    questions = Catalogue.for_study(town).questions()
    assert (questions["gdp"].unit, questions["ours"].better) == ("万元", "none")
    assert "pm25" in questions


@pytest.mark.parametrize(("text", "said"), [
    ("name,title_zh,title_en,unit,better,attribute,evidence\nx,甲,A,%,up,,\n", "row 2: column better: 'up'"),
    ("name,title_zh,title_en,unit,better,attribute,evidence\nx,,A,%,,,\n", "row 2: column title_zh is empty"),
    ("name,title_zh,title_en,unit,better,attribute,evidence\nx,甲,A,%,,,\nx,乙,B,%,,,\n", "row 3: 'x' has a row already"),
    ("name,title_zh,title_en,unit,better,attribute\n", "row 1: column 'evidence' is missing"),
    ("name,title_zh,title_en,unit,better,attribute,evidence\nx,甲\n", "row 2: it has 2 cells, not 7"),
])  # fmt: skip
def test_a_table_of_questions_says_what_is_wrong_with_it(tmp_path, text, said):
    file = tmp_path / "reported.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        read_questions(file)
    assert said in str(caught.value)


def test_what_is_reported_stands_on_the_same_scorecard(town):
    results = geoplan.open_study(town).run()
    assert results["gdp"].kind == "reported"
    assert (results["gdp"].value, results["gdp"].as_of, results["gdp"].entry.source) == (500.0, "2024", "统计公报2024")
    assert results["resource_asset_audit"].kind == "checklist"
    assert "service_500m" in results.names


def test_each_target_is_judged_on_what_was_reported_of_its_area_and_year(town):
    results = geoplan.open_study(town).run()
    # 2024: 500 of 550 by 2025; the line from 246.7 in 2020 asks 489.34, and 430.89 for the 800 of 2030
    assert words(results["gdp"]) == {("镇", 2025): "on_track", ("镇", 2030): "on_track", ("港", 2025): "met"}
    assert {(j.target.area, j.entry.value) for j in results["gdp"].judged} == {("镇", "500"), ("港", "95")}
    # 41 in 2023: the line from 48 in 2020 to 40 in 2025 asks for 43.2
    assert words(results["pm25"]) == {("镇", 2025): "on_track"}


def test_words_are_never_met_by_themselves(town):
    results = geoplan.open_study(town).run()
    (audit,) = results["resource_asset_audit"].judged
    assert (audit.verdict.word, audit.verdict.status) == ("qualitative", "partly")
    (rank,) = results["rd_intensity"].judged
    assert rank.verdict.word == "needs_review"
    (nox,) = results["reduction_nox"].judged
    assert nox.verdict.word == "assigned"


def test_words_reported_without_a_status_are_unverified(town):
    report(town, "resource_asset_audit,镇,2025,已开展12次,,,审计局,,")
    (audit,) = geoplan.open_study(town).run(only=("resource_asset_audit",))["resource_asset_audit"].judged
    assert (audit.verdict.word, audit.verdict.status) == ("qualitative", "unverified")


def test_a_missing_row_is_no_data_and_never_a_zero(town):
    report(town, "gdp,镇,2024,500,亿元,,统计公报2024,,")
    results = geoplan.open_study(town).run()
    assert results["pm25"].status == "no_data"
    assert results["pm25"].value is None
    assert words(results["pm25"]) == {("镇", 2025): "no_data"}
    assert words(results["gdp"])["港", 2025] == "no_data"
    assert "was reported" in results["pm25"].reason.say("en")


def test_a_value_later_than_the_study_answers_nothing_and_says_so(town):
    report(town, "pm25,镇,2026,39,微克/立方米,,环境公报,,")
    result = geoplan.open_study(town).run(only=("pm25",))["pm25"]
    assert result.status == "no_data"
    assert "2026" in result.reason.say("en")


def test_a_study_without_a_table_still_asks_what_its_targets_name(town):
    (town / "reported.csv").unlink()
    study = (town / "study.toml").read_text(encoding="utf-8").replace('reported = "reported.csv"\n', "")
    (town / "study.toml").write_text(study, encoding="utf-8")
    results = geoplan.open_study(town).run()
    assert results["gdp"].status == "no_data"
    assert not results.failed


def test_a_table_that_is_not_there_is_said_and_the_rest_is_answered(town):
    (town / "reported.csv").unlink()
    with pytest.raises(Problems) as caught:
        geoplan.open_study(town).validate()
    assert "reported.csv" in caught.value.say("en")
    results = geoplan.open_study(town).run()
    assert results.failed
    assert results["gdp"].status == "no_data"
    assert results["service_500m"].status == "ok"


def test_rows_that_cannot_be_honoured_stop_a_run_before_anything_is_written(town):
    report(town, "gdp,镇,2024,much,亿元,,统计公报2024,,")
    with pytest.raises(Problems):
        geoplan.open_study(town).run(town / "out")
    assert not (town / "out").exists()
    assert main(["validate", str(town)]) == 2


@pytest.mark.parametrize("kind", ["utf-8-sig", "gb18030", "xlsx"])
def test_a_table_is_read_as_spreadsheets_save_it(town, kind):
    line = ["gdp", "镇", "2024", "500", "亿元", "", "统计公报", "2025-03-01", ""]
    if kind == "xlsx":
        book = openpyxl.Workbook()
        book.active.append(HEADER.split(","))
        book.active.append([*line[:2], 2024, 500, *line[4:]])
        book.save(town / "reported.xlsx")
        study = (town / "study.toml").read_text(encoding="utf-8").replace("reported.csv", "reported.xlsx")
        (town / "study.toml").write_text(study, encoding="utf-8")
    else:
        (town / "reported.csv").write_text("\n".join((HEADER, ",".join(line))), encoding=kind)
    geoplan.open_study(town).validate()
    assert geoplan.open_study(town).run(only=("gdp",))["gdp"].value == 500.0


def test_a_named_question_is_asked_without_a_target(town):
    study = (
        (town / "study.toml").read_text(encoding="utf-8").replace('analyses = "all"', 'analyses = ["gep", "park_500m"]')
    )
    (town / "study.toml").write_text(study, encoding="utf-8")
    results = geoplan.open_study(town).run()
    assert results.names == ("park_500m", "gep")


def test_what_is_reported_is_written_with_its_origin(town):
    geoplan.open_study(town).run(town / "out", only=("gdp", "resource_asset_audit"))
    document = json.loads((town / "out" / "results.json").read_text(encoding="utf-8"))
    gdp = next(r for r in document["results"] if r["analysis"] == "gdp")
    assert (gdp["kind"], gdp["value"], gdp["status"]) == ("reported", 500.0, "ok")
    origin = json.loads((town / "out" / "provenance.json").read_text(encoding="utf-8"))
    assert origin["reported"]["rows"] == 6
    assert len(origin["reported"]["sha256"]) == 64


def test_a_formula_in_a_reported_text_stays_a_text(town):
    report(town, "gdp,镇,2024,500,亿元,,=HYPERLINK(1),,=2+2")
    geoplan.open_study(town).run(town / "out", only=("gdp",))
    table = (town / "out" / "scorecard.csv").read_text(encoding="utf-8-sig")
    assert "\n=" not in table
    assert ",=" not in table

"""Tables planners keep beside a study: targets, reported values, control lines; one wrong cell each."""

import csv
import io

import pytest
from bad_inputs_bench import both, problems

from geoplan.catalogue import content_root
from geoplan.reported import Question, read_entries, read_questions
from geoplan.sites.rules import COLUMNS, read_rules
from geoplan.target import read_targets

TARGET = {
    "id": "green_coverage_rate", "analysis": "green_coverage", "area": "小镇", "year": "2030", "op": ">=", "value": "50",
    "unit": "%", "baseline_year": "2020", "baseline_value": "42", "kind": "computed", "attribute": "", "year_basis": "printed",
    "op_basis": "", "aspirational": "", "source": "规划", "locator": "", "note": "",
}  # fmt: skip
ENTRY = {
    "name": "gdp",
    "area": "小镇",
    "year": "2024",
    "value": "12.5",
    "unit": "亿元",
    "status": "",
    "source": "年鉴",
    "date": "2025-03",
    "note": "",
}
QUESTION = {
    "name": "gdp",
    "title_zh": "地区生产总值",
    "title_en": "GDP",
    "unit": "亿元",
    "better": "higher",
    "attribute": "",
    "evidence": "",
}
RULE = {
    **dict.fromkeys(COLUMNS, ""),
    "layer": "eco_redline",
    "class": "*",
    "severity": "3",
    "verdict": "forbidden",
    "basis": "自然资发〔2022〕142号",
}
GDP = {
    "gdp": Question("gdp", "地区生产总值", "GDP", "亿元"),
    "park_share": Question("park_share", "公园", "Parks", "%"),
}


def table(*lines):
    made = io.StringIO()
    writer = csv.DictWriter(made, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return made.getvalue()


def targets(folder, text):
    (folder / "targets.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return lambda: read_targets(folder / "targets.csv")


def questions(folder, text):
    (folder / "questions.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return lambda: read_questions(folder / "questions.csv")


def entries(_, lines):
    return lambda: read_entries(lines, "reported.csv", GDP, ("小镇", "新区"))


def rules(_, lines):
    from geoplan.catalogue import Catalogue

    catalogue = Catalogue.for_study()
    specs = {name: catalogue.layer(name) for name in ("eco_redline", "growth_boundary", "wetlands")}
    return lambda: read_rules(lines, "controls.csv", specs=specs, activities=("a1",), uses=lambda use: use == "居住")


def one(base, **changed):
    return [{**base, **changed}]


def without(base, column):
    return [{key: value for key, value in base.items() if key != column}]


TARGETS = (
    ("a value in words for a number", table(*one(TARGET, value="约50")), "target.number", ("targets.csv", "2", "约50", ">=")),
    ("no value", table(*one(TARGET, value="")), "target.number", ("targets.csv", "2", "value")),
    ("a range the wrong way round", table(*one(TARGET, op="between", value="60-50")), "target.range", ("60-50", "between")),
    ("a range of one number", table(*one(TARGET, op="between", value="60")), "target.range", ("60", "60-80")),
    ("an operator nobody knows", table(*one(TARGET, op="=>")), "target.word", ("=>", "op", ">")),
    ("an operator in Chinese signs", table(*one(TARGET, op="≥")), "target.word", ("≥", "op")),
    ("a kind nobody knows", table(*one(TARGET, kind="computd")), "target.word", ("computd", "computed")),
    ("a year in words", table(*one(TARGET, year="二〇三〇")), "target.year", ("二〇三〇", "2030")),
    ("a span of years", table(*one(TARGET, year="2026-2030")), "target.year", ("2026-2030",)),
    ("a year with a decimal", table(*one(TARGET, year="2030.0")), "target.year", ("2030.0",)),
    ("no id", table(*one(TARGET, id="")), "target.empty", ("id", "targets.csv")),
    ("no analysis", table(*one(TARGET, analysis="")), "target.empty", ("analysis",)),
    ("a target that stands twice", table(TARGET, TARGET), "target.twice", ("green_coverage_rate", "小镇", "2030")),
    ("a column nobody knows", table(*one(TARGET, yaer="2030")), "target.column", ("yaer", "year", "targets.csv")),
    ("a column that is missing", table(*without(TARGET, "op")), "target.column_missing", ("op",)),
    ("a column that stands twice", table(TARGET).replace("locator", "note", 1), "target.column_twice", ("note",)),
    ("text with a comma and no quotes", table(TARGET).replace("规划,", "规划,第三章,"), "target.cells", ("18", "17")),
    ("a row cut short", table(TARGET) + "x,y\n", "target.cells", ("3", "17")),
    ("text in no encoding", b"id,analysis\n\xff\xfe\xff,x\n", "target.encoding", ("targets.csv", "UTF-8")),
    ("an empty file", "", "target.column_missing", ("targets.csv", "id")),
    ("a table with semicolons, as some spreadsheets save it", table(TARGET).replace(",", ";"), "target.column", ("targets.csv",)),
)  # fmt: skip

QUESTIONS = (
    ("no title", table(*one(QUESTION, title_en="")), "target.empty", ("title_en",)),
    ("a direction nobody knows", table(*one(QUESTION, better="more")), "target.word", ("more", "better")),
    ("a question that stands twice", table(QUESTION, QUESTION), "reported.twice", ("gdp",)),
    ("a column of questions nobody knows", table(*one(QUESTION, units="x")), "target.column", ("units", "unit")),
)  # fmt: skip

REPORTED = (
    ("a question nobody asks", one(ENTRY, name="gdpp"), "target.word", ("gdpp", "gdp", "reported.csv", "2")),
    ("an area the study does not speak of", one(ENTRY, area="老区"), "target.word", ("老区", "area")),
    ("no year", one(ENTRY, year=""), "reported.year", ("year", "2024")),
    ("a year in Chinese", one(ENTRY, year="2024年"), "reported.year", ("2024年",)),
    ("a value in words", one(ENTRY, value="十二亿"), "reported.number", ("十二亿", "亿元")),
    ("a value with its unit", one(ENTRY, value="12.5亿元"), "reported.number", ("12.5亿元",)),
    ("a value in another kind of unit", one(ENTRY, name="park_share", unit="公顷"), "reported.unit", ("公顷", "%")),
    ("a status nobody knows", one(ENTRY, value="", status="finished"), "target.word", ("finished", "status")),
    ("neither a value nor a status", one(ENTRY, value="", unit=""), "reported.nothing", ("reported.csv", "2")),
    ("a date in words", one(ENTRY, date="去年"), "rule.date", ("去年", "date", "2025-06-30")),
    ("a day that is none", one(ENTRY, date="2025-02-30"), "rule.date", ("2025-02-30", "date")),
    ("the same twice", [ENTRY, ENTRY], "reported.row_twice", ("2", "3")),
    ("a column of values nobody knows", one(ENTRY, vaule="1"), "target.column", ("vaule", "value")),
    ("a column of values that is missing", without(ENTRY, "year"), "target.column_missing", ("year",)),
)  # fmt: skip

CONTROLS = (
    ("a line nobody knows", one(RULE, layer="eco_redlin"), "rule.word", ("eco_redlin", "eco_redline", "controls.csv", "2")),
    ("no line", one(RULE, layer=""), "rule.empty", ("layer",)),
    ("a verdict nobody knows", one(RULE, verdict="forbiden"), "rule.word", ("forbiden", "forbidden")),
    ("no verdict", one(RULE, verdict=""), "rule.empty", ("verdict",)),
    ("a severity in words", one(RULE, severity="高"), "rule.number", ("severity", "高")),
    ("a severity of nothing", one(RULE, severity="0"), "rule.severity", ("0", "1")),
    ("a distance in words", one(RULE, relation="within_distance", distance_m="一百"), "rule.number", ("distance_m", "一百")),
    ("a distance below nothing", one(RULE, relation="within_distance", distance_m="-5"), "rule.number", ("-5",)),
    ("a distance without its relation", one(RULE, distance_m="100"), "rule.distance", ("distance_m", "within_distance")),
    ("a relation without its distance", one(RULE, relation="within_distance"), "rule.distance", ("within_distance",)),
    ("a relation nobody knows", one(RULE, relation="overlaps"), "rule.word", ("overlaps", "overlap")),
    ("a class the line does not have", one(RULE, layer="wetlands", **{"class": "swamps"}), "rule.word", ("swamps", "class")),
    ("clear ground that is forbidden elsewhere", one(RULE, verdict="clear"), "rule.clear", ("clear", "inside")),
    ("a date that is none", one(RULE, valid_from="2025-13"), "rule.date", ("valid_from", "2025-13")),
    ("an end before the beginning", one(RULE, valid_from="2026", valid_to="2025"), "rule.dates", ("2026", "2025")),
    ("an activity nobody lists", one(RULE, activity="zz"), "rule.word", ("zz", "activity")),
    ("a use nobody knows", one(RULE, applies_to="住宿"), "rule.use", ("住宿", "applies_to")),
    ("a wording with a slot that is none", one(RULE, wording_zh="占用{aera}平方米"), "rule.slot", ("aera", "wording_zh")),
    ("a required flag in words", one(RULE, required="或许"), "rule.word", ("或许", "required")),
    ("a rule that stands twice", [RULE, RULE], "rule.twice", ("2", "3")),
    ("a column of rules nobody knows", one(RULE, note="x"), "rule.column", ("note", "controls.csv")),
    ("a column of rules that is missing", without(RULE, "basis"), "rule.column_missing", ("basis",)),
)  # fmt: skip

EVERY = [
    *((targets, *row) for row in TARGETS),
    *((questions, *row) for row in QUESTIONS),
    *((entries, *row) for row in REPORTED),
    *((rules, *row) for row in CONTROLS),
]


@pytest.mark.parametrize(
    ("read", "name", "given", "sentence", "holds"), EVERY, ids=[f"{r[0].__name__}: {r[1]}" for r in EVERY]
)
def test_a_table_with_one_thing_wrong(read, name, given, sentence, holds, folder, record_property):
    found = problems(read(folder, given))
    try:
        assert found, "read without a word"
        hits = [e for e in found if sentence in {e.id, getattr(e.fields.get("reason"), "id", "")}]
        assert hits, [(e.id, e.say("en")) for e in found]
        both(hits[0], holds)
    except AssertionError:
        record_property("bad_input", "other" if found else "silent")
        raise
    record_property("bad_input", "refused")


def test_the_same_tables_without_the_mistake_are_read(folder):
    assert len(targets(folder, table(TARGET))()) == 1
    assert len(questions(folder, table(QUESTION))()) == 1
    assert entries(folder, [ENTRY])()[0].number == pytest.approx(12.5)
    assert len(rules(folder, [RULE])()) == 1
    assert (content_root() / "layers" / "controls.csv").is_file()

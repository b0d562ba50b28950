"""Targets as planners keep them: what a file may say, and what it is told when it may not."""

import shutil

import pytest

import geoplan
from geoplan import sample
from geoplan.errors import DefinitionError, Problems
from geoplan.target import OPS, Target, number, read_targets

HEADER = (
    "id,analysis,area,year,op,value,unit,baseline_year,baseline_value,kind,attribute,year_basis,op_basis,aspirational,"
    "source,locator,note"
)
ROW = "green,green_coverage,城区,2030,>=,50,%,2020,>50,computed,,printed,printed,,规划（000）,序号15,"


def written(tmp_path, *rows, header=HEADER, encoding="utf-8"):
    path = tmp_path / "analyses" / "targets.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
    return path


def refused(tmp_path, *rows, **how):
    with pytest.raises(DefinitionError) as caught:
        read_targets(written(tmp_path, *rows, **how))
    return caught.value


def test_a_row_keeps_the_text_of_the_plan(tmp_path):
    (target,) = read_targets(written(tmp_path, ROW))
    assert target == Target(
        id="green", analysis="green_coverage", area="城区", year=2030, op=">=", value="50", unit="%", baseline_year="2020",
        baseline_value=">50", kind="computed", attribute="", year_basis="printed", op_basis="printed", aspirational="",
        source="规划（000）", locator="序号15", note="",
    )  # fmt: skip
    assert target.numbers == (50, 50)
    assert target.baseline == (2020, None), "more than 50 is no exact number"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_spreadsheet_may_save_in_the_encodings_it_is_used_to(tmp_path, encoding):
    (target,) = read_targets(written(tmp_path, ROW, encoding=encoding))
    assert target.area == "城区"


def test_text_in_no_known_encoding_is_refused(tmp_path):
    path = written(tmp_path, ROW)
    path.write_bytes(path.read_bytes() + b"\xff\xff")
    with pytest.raises(DefinitionError, match=r"analyses/targets\.csv: the text is neither UTF-8 nor GB 18030"):
        read_targets(path)


def test_empty_lines_are_no_rows_and_an_empty_table_has_no_targets(tmp_path):
    assert read_targets(written(tmp_path)) == ()
    assert len(read_targets(written(tmp_path, "", ROW, ",,,,,,,,,,,,,,,,"))) == 1


@pytest.mark.parametrize("value", ["", "持续提升", "50%", ">50", "约50", "1-2"])
@pytest.mark.parametrize("op", [">=", "<=", ">", "<", "=", "approx"])
def test_an_operator_that_compares_a_number_needs_one(tmp_path, op, value):
    error = refused(tmp_path, ROW, ROW.replace("城区", "老城").replace(">=,50,", f"{op},{value},"))
    assert str(error) == (
        f"analyses/targets.csv, row 3: column value: '{value}' is no number for the operator {op}; write one like 100."
    )
    assert f"第3行：列“value”：算子 {op} 需要数值" in error.say("zh")


@pytest.mark.parametrize("value", ["", "60", "80-60", "60 bis 80"])
def test_a_range_names_its_smaller_end_first(tmp_path, value):
    assert "write one like 60-80" in str(refused(tmp_path, ROW.replace(">=,50,", f"between,{value},")))


@pytest.mark.parametrize(
    ("value", "ends"),
    [
        ("4000-5000", (4000, 5000)),
        ("１２～１５", (12, 15)),
        ("1,000 – 2,000", (1000, 2000)),
        ("-5--2", (-5, -2)),
        ("3-3", (3, 3)),
    ],
)
def test_a_range_is_read_as_plans_print_it(value, ends):
    assert Target("a", "b", "c", None, "between", value, "%").numbers == ends


@pytest.mark.parametrize("op", [op for op in OPS if op not in {">=", "<=", ">", "<", "=", "between", "approx"}])
def test_an_operator_of_words_takes_any_text(op):
    assert Target("a", "b", "c", None, op, "持续提升", "项").numbers is None


def test_an_unknown_word_is_answered_with_the_nearest(tmp_path):
    assert "row 2: column op: 'non_decresing' is no word it knows; did you mean 'non_decreasing'?" in str(
        refused(tmp_path, ROW.replace(">=", "non_decresing"))
    )
    assert "did you mean 'computed'" in str(refused(tmp_path, ROW.replace("computed", "computd")))


@pytest.mark.parametrize("year", ["30", "2030.0", "2030年", "soon"])
def test_a_year_is_four_digits_or_nothing(tmp_path, year):
    assert "column year" in str(refused(tmp_path, ROW.replace(",2030,", f",{year},")))
    (undated,) = read_targets(written(tmp_path, ROW.replace(",2030,", ",,")))
    assert undated.year is None


@pytest.mark.parametrize(("header", "says"), [
    (HEADER.replace("locator", "locater"), "unknown column 'locater'; did you mean 'locator'"),
    (HEADER.replace(",note", ""), "column 'note' is missing"),
    (HEADER + ",note", "column 'note' stands there twice"),
    ("", "column 'id' is missing"),
])  # fmt: skip
def test_a_header_says_what_it_lacks(tmp_path, header, says):
    with pytest.raises((DefinitionError, Problems)) as caught:
        read_targets(written(tmp_path, ROW, header=header))
    assert says in str(caught.value)


def test_a_row_with_a_stray_comma_is_told_its_cells(tmp_path):
    assert "row 2: it has 18 cells, not 17" in str(refused(tmp_path, ROW + ","))


def test_the_same_target_twice_is_refused_because_one_would_be_lost(tmp_path):
    assert "'green' stands twice for '城区', year 2030, '规划（000）'" in str(
        refused(tmp_path, ROW, ROW.replace(",50,", ",60,"))
    )


def test_two_plans_may_disagree(tmp_path):
    assert len(read_targets(written(tmp_path, ROW, ROW.replace("（000）", "（004）").replace(",50,", ",60,")))) == 2


def test_everything_wrong_is_said_at_once(tmp_path):
    with pytest.raises(Problems) as caught:
        read_targets(
            written(tmp_path, ROW.replace(">=", "=>>"), ROW.replace("green,", ",", 1), ROW.replace(",50,", ",fifty,"))
        )
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == [
        "analyses/targets.csv, row 2", "analyses/targets.csv, row 3", "analyses/targets.csv, row 4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100", 100),
        (" 8.48 ", 8.48),
        ("1,700", 1700),
        ("-0.5", -0.5),
        ("5e3", 5000),
        ("≥95", None),
        ("5.18（2022年）", None),
        ("nan", None),
        ("inf", None),
        ("1 700", None),
        ("", None),
    ],
)
def test_only_an_exact_number_is_a_number(text, value):
    assert number(text) == value


@pytest.mark.parametrize(
    ("op", "value", "zh", "en"),
    [
        (">=", "50", "≥50", "≥50"),
        ("=", "100", "100", "100"),
        ("approx", "7", "约7", "about 7"),
        ("between", "60-80", "60-80", "60-80"),
        ("increasing", "持续提升", "持续提升", "持续提升"),
    ],
)
def test_what_a_plan_asks_for_is_printed_as_it_stands(op, value, zh, en):
    target = Target("a", "b", "c", 2030, op, value, "%")
    assert (target.asks("zh"), target.asks("en")) == (zh, en)


def test_a_target_that_nobody_measures_is_said(tmp_path):
    shutil.copytree(sample.gridtown_folder(), tmp_path, dirs_exist_ok=True)
    written(tmp_path, ROW.replace("green_coverage", "green_coverag"))
    with pytest.raises(Problems) as caught:
        geoplan.open_study(tmp_path).validate()
    assert "target 'green' names the analysis 'green_coverag'" in caught.value.say("en")
    assert "did you mean 'green_coverage'" in caught.value.say("en")

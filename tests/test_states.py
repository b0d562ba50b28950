"""Layers that are declared for several years: which state a role takes, and what is said where there is none."""

import json
import shutil

import pytest

import geoplan
from geoplan import sample
from geoplan.cli import main
from geoplan.errors import Problems

OLD_GREEN = """
title  = { zh = "早年绿化", en = "Green of old" }
method = "area_share"
unit   = "%"
better = "higher"
[layers]
part = "canopy@earliest"
"""
PAST = '\n[layers.canopy.at.2019]\npath = "old_canopy.csv"\n'


@pytest.fixture
def town(tmp_path):
    """Gridtown with a question about the green of its earliest state."""
    folder = tmp_path / "town"
    shutil.copytree(sample.gridtown_folder(), folder)
    (folder / "analyses").mkdir()
    (folder / "analyses" / "old_green.toml").write_text(OLD_GREEN, encoding="utf-8")
    return folder


def _with_past(folder):
    lines = (folder / "canopy.csv").read_text(encoding="utf-8").splitlines()
    (folder / "old_canopy.csv").write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write(PAST)


def test_a_question_about_an_earlier_state_is_not_asked_where_there_is_only_one(town):
    results = geoplan.open_study(town).run(only=("old_green",))
    assert results.not_asked == {"old_green": ("canopy@earliest",)}
    assert results.title("canopy@earliest").startswith(results.titles["canopy@earliest"]["zh"][:1])
    assert "earlier state" in results.titles["canopy@earliest"]["en"]


def test_the_command_line_says_that_an_earlier_state_is_missing(town, capsys):
    assert main(["validate", str(town), "--lang", "en"]) == 0
    assert "old_green is not asked: no data for layer an earlier state of canopy" in capsys.readouterr().out


def test_a_question_about_an_earlier_state_reads_the_oldest_one(town):
    _with_past(town)
    result = geoplan.open_study(town).run(only=("old_green",))["old_green"]
    assert result.status == "ok"
    assert result.used["part"][0].name == "canopy@earliest"
    assert result.used["part"][0].source.as_of == "2019"
    assert result.used["part"][0].ledger.used == 1


def test_an_answer_speaks_of_today_even_where_it_looks_back(town):
    definition = OLD_GREEN + 'whole = "built_up"\n'
    (town / "analyses" / "old_green.toml").write_text(definition, encoding="utf-8")
    _with_past(town)
    assert geoplan.open_study(town).run(only=("old_green",))["old_green"].as_of == "2025-06-30"


def test_a_layer_given_in_python_stands_for_one_state_only(town):
    _with_past(town)
    from dataclasses import replace

    from geoplan.run import layer_of, place_of

    study = geoplan.open_study(town)
    canopy = layer_of(study, place_of(study, 1000.0), "canopy")
    none = replace(canopy, data=canopy.frame.iloc[:0])
    assert study.with_layer("canopy", none).run(only=("old_green",))["old_green"].value > 0
    assert study.with_layer("canopy@earliest", none).run(only=("old_green",))["old_green"].value == 0


TREND = """
title  = { zh = "绿化", en = "Green" }
method = "area_share"
unit   = "%"
better = "higher"
[layers]
part  = "canopy"
whole = "built_up"
[sensitivity]
without = ["whole"]
grid_counts = [false, true]
"""


def _trend(result):
    return [row[:2] for row in result.trend.rows]


def test_an_answer_is_asked_of_every_year_its_layers_have_a_state_of(town):
    (town / "analyses" / "green.toml").write_text(TREND, encoding="utf-8")
    _with_past(town)
    result = geoplan.open_study(town).run(only=("green",))["green"]
    (before, then), (after, now) = _trend(result)
    assert (before, after) == ("2019", "2025")
    assert now == result.value
    # the value of 2019 is the one a study of 2019 gives
    study = (town / "study.toml").read_text(encoding="utf-8").replace("year     = 2025", "year = 2019")
    (town / "study.toml").write_text(study, encoding="utf-8")
    assert geoplan.open_study(town).run(only=("green",))["green"].value == pytest.approx(then)


def test_the_rule_of_a_trend_is_said_with_the_layers_that_stand_still(town):
    (town / "analyses" / "green.toml").write_text(TREND, encoding="utf-8")
    _with_past(town)
    notes = geoplan.open_study(town).run(only=("green",))["green"].outcome.notes
    (rule,) = [note for note in notes if note.sentence == "trend.fixed"]
    assert len(rule.fields["moving"]) == len(rule.fields["fixed"]) == 1


def test_a_year_that_one_layer_has_no_state_of_is_not_asked(town):
    (town / "analyses" / "green.toml").write_text(TREND, encoding="utf-8")
    _with_past(town)
    with (town / "study.toml").open("a", encoding="utf-8") as file:
        file.write('\n[layers.built_up.at.2018]\npath = "built_up.csv"\n')
    # 2019 knows no built-up area, 2018 no canopy; 2025 alone is no trend
    assert geoplan.open_study(town).run(only=("green",))["green"].trend is None


def test_the_years_a_study_asks_about_are_the_years_of_its_trends(town):
    (town / "analyses" / "green.toml").write_text(TREND, encoding="utf-8")
    _with_past(town)
    text = (town / "study.toml").read_text(encoding="utf-8")
    text += '\n[layers.canopy.at.2015]\npath = "old_canopy.csv"\n'
    for years, found in ((None, ["2015", "2019", "2025"]), ([2015, 2025], ["2015", "2025"]), ([2019], None)):
        asked = text if years is None else text.replace("[ask]", f"[ask]\nyears = {years}")
        (town / "study.toml").write_text(asked, encoding="utf-8")
        result = geoplan.open_study(town).run(only=("green",))["green"]
        assert (found is None and result.trend is None) or [row[0] for row in result.trend.rows] == found


def test_a_question_between_two_states_has_no_trend(town):
    _with_past(town)
    assert geoplan.open_study(town).run(only=("old_green",))["old_green"].trend is None


def test_a_state_that_cannot_be_read_leaves_its_year_without_a_value(town):
    (town / "analyses" / "green.toml").write_text(TREND, encoding="utf-8")
    _with_past(town)
    (town / "old_canopy.csv").unlink()
    result = geoplan.open_study(town).run(only=("green",))["green"]
    assert result.status == "ok"
    assert _trend(result) == [("2019", None), ("2025", result.value)]


def test_other_conventions_stand_beside_the_answer_and_are_never_judged(town):
    (town / "analyses" / "green.toml").write_text(TREND, encoding="utf-8")
    study = geoplan.open_study(town)
    assert study.run(only=("green",))["green"].sensitivity is None
    result = study.run(only=("green",), sensitivity=True)["green"]
    rows = result.sensitivity.rows
    # grid_counts = false is what the definition says already
    assert [row[:2] for row in rows] == [("as_defined", ""), ("without", "whole"), ("grid_counts", "True")]
    assert rows[0][2] == result.value
    assert rows[1][3] == pytest.approx(rows[1][2] - result.value)
    bare = TREND.replace('whole = "built_up"\n', "").partition("[sensitivity]")[0]
    (town / "analyses" / "green.toml").write_text(bare, encoding="utf-8")
    assert study.run(only=("green",))["green"].value == rows[1][2]


@pytest.mark.parametrize(("table", "said"), [
    ('without = ["part"]', "'part' in sensitivity.without is no role that may be left out; there are: whole"),
    ("grid_count = [true]", "it takes: grid_counts"),
    ('grid_counts = ["yes"]', "grid_counts"),
    ('grid_counts = "true"', "'sensitivity.grid_counts' is a list"),
])  # fmt: skip
def test_a_convention_nobody_can_change_is_refused(town, table, said):
    definition = TREND.partition("without")[0] + table + "\n"
    (town / "analyses" / "green.toml").write_text(definition, encoding="utf-8")
    with pytest.raises(Problems) as caught:
        geoplan.open_study(town).validate()
    assert said in caught.value.say("en")


def test_years_and_conventions_are_written_with_the_results(town):
    (town / "analyses" / "green.toml").write_text(TREND, encoding="utf-8")
    _with_past(town)
    assert main(["run", str(town), "--only", "green", "--sensitivity", "-o", str(town / "out")]) == 0
    tables = json.loads((town / "out" / "results.json").read_text(encoding="utf-8"))["tables"]["green"]
    assert [row[0] for row in tables["trend"]["rows"]] == ["2019", "2025"]
    assert [row[0] for row in tables["sensitivity"]["rows"]] == ["as_defined", "without", "grid_counts"]
    page = (town / "out" / "index.html").read_text(encoding="utf-8")
    assert "历年数值" in page
    assert "口径敏感性" in page

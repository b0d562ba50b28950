"""Two runs side by side: what changed, and what moved it."""

import json
import shutil

import pytest

import geoplan
from geoplan import sample
from geoplan.cli import main
from geoplan.errors import StudyError

HEAD = "id,analysis,area,year,op,value,unit,baseline_year,baseline_value,kind,attribute,year_basis,op_basis,aspirational,source,locator,note"
ASKED = 'analyses = ["service_500m", "park_per_capita"]'


@pytest.fixture
def town(tmp_path):
    """Gridtown that asks two questions, one of them with a target, and was run once."""
    folder = tmp_path / "town"
    shutil.copytree(sample.gridtown_folder(), folder)
    (folder / "analyses").mkdir()
    row = "s,service_500m,镇,2025,>=,60,%,,,computed,,printed,printed,,规划甲,表1,"
    (folder / "analyses" / "targets.csv").write_text(f"{HEAD}\n{row}\n", encoding="utf-8")
    edit(folder, '"all"', ASKED.partition(" = ")[2])
    edit(folder, "[place]", '[place]\nareas = ["镇"]')
    geoplan.open_study(folder).run(folder / "before")
    return folder


def edit(folder, old, new):
    file = folder / "study.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def again(folder):
    geoplan.open_study(folder).run(folder / "after")
    return geoplan.compare(folder / "before", folder / "after")


def told(found, *kinds):
    return [(d.kind, d.name, d.what) for d in found.of(*kinds)]


def test_two_runs_on_the_same_input_are_the_same(town):
    found = again(town)
    assert found.same
    assert found.differences == ()


def test_a_changed_parameter_is_named_with_what_it_moved(town):
    with (town / "study.toml").open("a", encoding="utf-8") as file:
        file.write('\n[parameters.service_500m]\ndistance = "300 m"\n')
    found = again(town)
    assert not found.same
    value = found.of("value")[0]
    assert (value.name, value.what, value.unit) == ("service_500m", "value", "%")
    assert value.before == pytest.approx(100 * 8 / 12)
    assert value.after == pytest.approx(100 * 5 / 12)
    assert value.because == ("parameter service_500m parameters.distance",)
    (verdict,) = found.of("verdict")
    assert (verdict.what, verdict.before, verdict.after) == ("s, 镇, 2025, 规划甲", "met", "missed")
    (parameter,) = found.of("parameter")
    assert parameter.after == "300 m"
    assert "park_per_capita" not in {d.name for d in found.of("value", "verdict")}


def test_a_changed_input_is_named_by_its_hash_and_where_it_moved_something(town):
    lines = (town / "community_facilities.csv").read_text(encoding="utf-8").splitlines()
    (town / "community_facilities.csv").write_text("\n".join([lines[0], *lines[2:]]) + "\n", encoding="utf-8")
    found = again(town)
    assert ("input", "community_facilities", "sha256") in told(found, "input")
    assert {d.name for d in found.of("value")} <= {"service_500m"}
    assert all("input community_facilities sha256" in d.because for d in found.of("value", "verdict"))


def test_a_comment_in_the_study_file_changes_nothing_that_counts(town):
    with (town / "study.toml").open("a", encoding="utf-8") as file:
        file.write("\n# checked\n")
    found = again(town)
    assert found.same
    assert told(found, "study") == [("study", "", "sha256")]


def test_questions_and_targets_that_come_or_go_are_differences(town):
    edit(town, ASKED, 'analyses = ["service_500m", "park_500m"]')
    row = "t,service_500m,镇,2030,>=,60,%,,,computed,,printed,printed,,规划乙,表1,"
    with (town / "analyses" / "targets.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    found = again(town)
    assert [(d.name, d.before, d.after) for d in found.of("asked")] == [
        ("park_per_capita", "ok", None),
        ("park_500m", None, "ok"),
    ]
    assert [(d.what, d.before, d.after) for d in found.of("verdict")] == [("t, 镇, 2030, 规划乙", None, "met_early")]


def test_a_value_that_is_gone_is_no_zero(town):
    (town / "parks.csv").unlink()
    found = again(town)
    gone = {d.what: (d.before, d.after) for d in found.of("value") if d.name == "park_per_capita"}
    assert gone["status"] == ("ok", "no_data")
    assert gone["value"][1] is None


def test_the_verb_answers_with_its_exit_code_and_a_table(town, capsys):
    geoplan.open_study(town).run(town / "after")
    assert main(["compare", str(town / "before"), str(town / "after"), "--lang", "en"]) == 0
    assert "Both runs say the same" in capsys.readouterr().out
    with (town / "study.toml").open("a", encoding="utf-8") as file:
        file.write('\n[parameters.service_500m]\ndistance = "300 m"\n')
    geoplan.open_study(town).run(town / "after")
    assert main(["compare", str(town / "before"), str(town / "after"), "--lang", "zh"]) == 1
    said = capsys.readouterr().out
    assert "66.66666667 %" in said
    assert "已达标" in said
    assert "两次结果不同" in said.splitlines()[-1]


def test_one_json_document_and_nothing_else(town, capsys):
    geoplan.open_study(town).run(town / "after")
    assert main(["compare", str(town / "before"), str(town / "after"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["same"] is True


@pytest.mark.parametrize("content", [None, "{", "[]", '{"results": 5}'])
def test_a_folder_no_run_wrote_is_refused(town, content, capsys):
    other = town / "other"
    other.mkdir()
    if content is not None:
        (other / "results.json").write_text(content, encoding="utf-8")
    with pytest.raises(StudyError):
        geoplan.compare(town / "before", other)
    assert main(["compare", str(town / "before"), str(other)]) == 2
    assert "results" in capsys.readouterr().err

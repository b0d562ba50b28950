"""What must not be degraded: area, class and place are three answers, function is none."""

import shutil

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geoplan
from geoplan import sample
from geoplan.target import Target
from geoplan.undiminished import Aspects, undiminished

CHANGE = """
title  = { zh = "绿化变化", en = "Change of green" }
method = "change"
unit   = "公顷"
better = "higher"
[layers]
before = "canopy@earliest"
after  = "canopy"
"""
HEAD = "id,analysis,area,year,op,value,unit,baseline_year,baseline_value,kind,attribute,year_basis,op_basis,aspirational,source,locator,note"


def goal(year=2025):
    return Target("red", "eco_redline_change", "镇", year, "non_degradation", "面积不减少", "-")


def words(verdict):
    return {aspect: word for aspect, word, _ in verdict.aspects}


def test_nothing_that_changed_is_still_for_a_person_to_say():
    verdict = undiminished(goal(), Aspects(0.0, 0.0, 0.0, surely=False), as_of_year=2025, unit="公顷")
    assert verdict.word == "needs_review"
    assert words(verdict) == {"area": "kept", "class": "kept", "place": "kept", "function": "not_assessed"}
    said = verdict.say("zh")
    assert said == "待核：面积：未减少；性质：未改变；位置：未调出；功能：本次未评价"


def test_a_smaller_area_misses_a_target_that_is_due_by_what_is_missing():
    verdict = undiminished(goal(), Aspects(2.5, None, 3.0, surely=True), as_of_year=2025, unit="公顷")
    assert (verdict.word, verdict.gap) == ("missed", 2.5)
    assert words(verdict)["class"] == "not_assessed"


def test_ground_taken_out_and_put_back_elsewhere_keeps_the_area_and_not_the_place():
    verdict = undiminished(goal(), Aspects(-1.0, 0.0, 3.0, surely=False), as_of_year=2025, unit="公顷")
    assert words(verdict) == {"area": "kept", "class": "kept", "place": "moved", "function": "not_assessed"}
    assert verdict.word == "needs_review"
    assert "3.0000 ha taken out" in verdict.say("en")


def test_what_is_unknown_decides_nothing():
    verdict = undiminished(goal(), Aspects(1.0, 0.0, 0.0, surely=False, doubtful=True), as_of_year=2025, unit="公顷")
    assert verdict.word == "needs_review"
    assert words(verdict)["class"] == words(verdict)["place"] == "unknown"


@given(st.floats(-100, 100), st.floats(0, 100), st.integers(2000, 2050), st.none() | st.integers(2000, 2050))
def test_nothing_is_missed_before_it_is_due(reduced, moved, due, year):
    verdict = undiminished(goal(due), Aspects(reduced, 0.0, moved, surely=reduced > 0), as_of_year=year, unit="公顷")
    assert verdict.word in {"missed", "needs_review"}
    assert verdict.word != "missed" or (year is not None and year >= due)


@pytest.fixture
def town(tmp_path):
    """Gridtown whose canopy was larger in 2019, with a target of no degradation."""
    folder = tmp_path / "town"
    shutil.copytree(sample.gridtown_folder(), folder)
    (folder / "analyses").mkdir()
    (folder / "analyses" / "green_change.toml").write_text(CHANGE, encoding="utf-8")
    rows = [
        f"g,green_change,镇,{year},non_degradation,不降低,-,,,computed,,printed,printed,,规划,表,{year}"
        for year in (2025, 2035)
    ]
    (folder / "analyses" / "targets.csv").write_text("\n".join((HEAD, *rows)), encoding="utf-8")
    study = (folder / "study.toml").read_text(encoding="utf-8").replace("[place]", '[place]\nareas = ["镇"]', 1)
    study += '\n[layers.canopy.at.2019]\npath = "old_canopy.csv"\n'
    (folder / "study.toml").write_text(study, encoding="utf-8")
    shutil.copy(folder / "canopy.csv", folder / "old_canopy.csv")
    lines = (folder / "canopy.csv").read_text(encoding="utf-8").splitlines()
    (folder / "canopy.csv").write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    return folder


def test_a_change_of_ground_is_judged_by_its_aspects(town):
    result = geoplan.open_study(town).run(only=("green_change",))["green_change"]
    due, later = result.judged
    lost = result.outcome.measure.overall.lost
    assert lost > 0
    assert (due.verdict.word, later.verdict.word) == ("missed", "needs_review")
    assert due.verdict.gap == pytest.approx(lost / 1e4)
    assert words(due.verdict)["place"] == "moved"
    assert [d.status for d in result.deficits] == ["lost"]
    assert result.deficits[0].amount == pytest.approx(lost)


def test_a_boundary_drawn_twice_misses_nothing_by_itself(town):
    # one of the canopies is drawn 5 cm narrower than before: 5 cm along its side look lost
    lines = (town / "old_canopy.csv").read_text(encoding="utf-8").splitlines()
    (town / "canopy.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    wkt = next(line for line in lines if line.startswith("V3")).partition('"')[2].partition('"')[0]
    shape = shapely.from_wkt(wkt)
    west, south, east, north = shape.bounds
    thinner = shapely.intersection(shape, shapely.box(west, south, east - 0.05, north))
    (town / "canopy.csv").write_text("\n".join(lines).replace(wkt, thinner.wkt) + "\n", encoding="utf-8")
    result = geoplan.open_study(town).run(only=("green_change",))["green_change"]
    assert result.outcome.measure.overall.slivers > 1
    due, _ = result.judged
    assert due.verdict.word == "needs_review"
    assert words(due.verdict)["place"] == "unknown"
    assert result.deficits == ()

"""The built-in targets: read as a planner's own would be, and answered by questions that exist."""

from pathlib import Path

import pytest

from geoplan.catalogue import Catalogue
from geoplan.target import NUMERIC, TRENDS, read_targets
from geoplan.verdict import judge

TARGETS = read_targets(Path(__file__).parents[1] / "analyses" / "targets.csv")
CATALOGUE = Catalogue.for_study()
QUESTIONS = CATALOGUE.questions()
# indicators that are two questions: another stock of buildings in another plan, large projects of two kinds
SEVERAL = {
    "green_building_ratio": {"green_building", "green_building_new"},
    "green_building_2star_rule": {"large_public_2star", "large_housing_2star"},
}


def named(target):
    return f"{target.id}-{target.area}-{target.year}"


def question(target):
    """The analysis, or the question somebody answers, that a target names."""
    return QUESTIONS[target.analysis] if target.kind == "reported" else CATALOGUE.analysis(target.analysis)


def test_an_indicator_is_one_question_unless_plans_mean_two():
    found = {}
    for target in TARGETS:
        found.setdefault(target.id, set()).add(target.analysis)
    assert {
        name: asked for name, asked in found.items() if len(asked) > 1 and not asked <= SEVERAL.get(name, set())
    } == {}


@pytest.mark.parametrize("target", TARGETS, ids=named)
def test_every_target_says_where_it_stands(target):
    assert target.area
    assert target.source.endswith("）")
    assert target.locator


@pytest.mark.parametrize("target", TARGETS, ids=named)
def test_every_target_can_be_judged_in_the_unit_of_its_question(target):
    asked = question(target)
    for as_of in (2020, 2024, 2040):
        verdict = judge(target, value=37.0, unit=asked.unit, as_of_year=as_of, better=asked.better)
        if target.op == "baseline_only":
            assert verdict.word == "no_target"
        elif target.op == "assigned":
            assert verdict.word == "assigned"
        else:
            compares = target.op in NUMERIC or (target.op in TRENDS and target.baseline[1] is not None)
            assert compares or verdict.word == "needs_review"
        assert target.year is None or as_of >= target.year or verdict.word != "missed"


@pytest.mark.parametrize("target", TARGETS, ids=named)
def test_nothing_reported_is_no_data_whatever_is_asked(target):
    verdict = judge(target, value=None, unit=question(target).unit, as_of_year=2040)
    assert verdict.word == {"baseline_only": "no_target", "assigned": "assigned"}.get(target.op, "no_data")


# The plan's own numbers, worked on paper.
@pytest.mark.parametrize(("indicator", "area", "year", "value", "as_of", "word"), [
    ("community_service_500m_share", "中新天津生态城", 2025, 99.96, 2025, "missed"),
    ("community_service_500m_share", "中新天津生态城", 2025, 100.0, 2025, "met"),
    ("community_service_500m_share", "中新天津生态城", 2030, 99.96, 2025, "not_due"),  # the baseline is printed without a year
    ("green_coverage_rate", "中新天津生态城城区", 2030, 50.0, 2025, "met_early"),
    ("green_coverage_rate", "中新天津生态城建成区", 2025, 49.99, 2024, "not_due"),  # ">50" is no exact baseline
    ("green_coverage_rate", "天津市南开区", 2025, 38.13, 2025, "missed"),  # not below 38.14
    ("green_coverage_rate", "天津市南开区", 2027, 38.14, 2025, "on_track"),
    ("park_green_per_capita", "天津市南开区", 2025, 8.48, 2025, "missed"),  # must rise above 8.48; 12 is the national model's value
    ("park_green_per_capita", "天津市南开区", 2025, 8.49, 2025, "met"),
    ("park_green_per_capita", "天津市南开区", 2035, 8.47, 2025, "behind"),
    ("natural_shoreline_ratio", "天津市滨海新区", 2025, 5.0, 2025, "met"),
    ("z4_tod", "中新天津生态城", 2025, 100.0, 2025, "needs_review"),
])  # fmt: skip
def test_what_the_plans_ask_for(indicator, area, year, value, as_of, word):
    (target,) = (t for t in TARGETS if (t.id, t.area, t.year) == (indicator, area, year))
    assert judge(target, value=value, unit=target.unit, as_of_year=as_of, better="higher").word == word


def test_two_plans_of_the_eco_city_bind_different_years_and_areas():
    # 000 speaks of the urban area in 2030 and 2035, 004 of the built-up area in 2025: they are not merged
    areas = {(t.area, t.year) for t in TARGETS if t.id == "green_coverage_rate" and t.area.startswith("中新")}
    assert areas == {("中新天津生态城城区", 2030), ("中新天津生态城城区", 2035), ("中新天津生态城建成区", 2025)}

"""The built-in targets: read as a planner's own would be, and answered by questions that exist."""

from pathlib import Path

import pytest

from geoplan.catalogue import Catalogue
from geoplan.target import NUMERIC, TRENDS, read_targets
from geoplan.verdict import judge

TARGETS = read_targets(Path(__file__).parents[1] / "analyses" / "targets.csv")
# indicator -> the analysis that measures it; an id never moves to another analysis
ANALYSIS = {
    "community_service_500m_share": "service_500m",
    "green_coverage_rate": "green_coverage",
    "park_green_per_capita": "park_per_capita",
    "natural_shoreline_ratio": "natural_shoreline",
    "z4_tod": "tod_catchment",
    "rail_full_coverage": "transit_800m",
}


def named(target):
    return f"{target.id}-{target.area}-{target.year}"


def test_each_indicator_is_measured_by_one_analysis():
    assert {target.id: target.analysis for target in TARGETS} == ANALYSIS


@pytest.mark.parametrize("target", TARGETS, ids=named)
def test_every_target_says_where_it_stands(target):
    assert target.area
    assert target.source.endswith("）")
    assert target.locator


@pytest.mark.parametrize("target", TARGETS, ids=named)
def test_every_target_can_be_judged_in_the_unit_of_its_analysis(target):
    analysis = Catalogue.for_study().analysis(target.analysis)
    for as_of in (2024, 2040):
        verdict = judge(target, value=37.0, unit=analysis.unit, as_of_year=as_of, better=analysis.better)
        decided = target.op in {*NUMERIC, *TRENDS}
        assert (verdict.word == "needs_review") == (not decided)


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

"""Verdicts worked on paper."""

import math

import pytest

from geoplan.errors import DefinitionError, LayerError
from geoplan.measure import Note
from geoplan.target import Target
from geoplan.units import shown
from geoplan.verdict import Verdict, judge


def goal(op=">=", value="50", year=2030, unit="%", **more):
    return Target("green", "green_coverage", "city", year, op, value, unit, **more)


def word(target, value, as_of=2030, **more):
    return judge(target, value=value, unit="%", as_of_year=as_of, **more).word


@pytest.mark.parametrize(("op", "text", "value", "says"), [
    (">=", "50", 50.0, "met"), (">=", "50", 49.999, "missed"),
    (">", "50", 50.0, "missed"), (">", "50", 50.001, "met"),
    ("<=", "10", 10.0, "met"), ("<=", "10", 10.001, "missed"),
    ("<", "10", 10.0, "missed"), ("<", "10", 9.999, "met"),
    ("=", "100", 100.0, "met"), ("=", "100", 99.96, "missed"), ("=", "61", 62.0, "missed"),
    ("between", "60-80", 60.0, "met"), ("between", "60-80", 80.0, "met"),
    ("between", "60-80", 59.9, "missed"), ("between", "60-80", 80.1, "missed"),
])  # fmt: skip
def test_a_target_that_is_due_is_met_or_missed(op, text, value, says):
    assert word(goal(op, text), value) == says
    assert word(goal(op, text), value, as_of=2031) == says


@pytest.mark.parametrize(("op", "text", "better", "value", "says"), [
    ("=", "61", "higher", 62.0, "met"), ("=", "61", "lower", 62.0, "missed"), ("=", "61", "lower", 60.0, "met"),
    ("between", "60-80", "higher", 90.0, "met"), ("between", "60-80", "lower", 90.0, "missed"),
    ("between", "60-80", "lower", 10.0, "met"),
])  # fmt: skip
def test_beyond_an_exact_target_on_the_better_side_is_not_a_failure(op, text, better, value, says):
    assert word(goal(op, text), value, better=better) == says


def test_a_value_may_suffice_early_but_is_never_missed_early():
    assert word(goal(), 50.0, as_of=2029) == "met_early"
    assert word(goal(), 0.0, as_of=2029) == "not_due"


# From 30 % in 2020 to 50 % in 2030 the straight line asks for 40 % in 2025.
DATED = goal(baseline_year="2020", baseline_value="30")


@pytest.mark.parametrize(
    ("value", "says", "lag"), [(40.0, "on_track", None), (39.0, "behind", 1.0), (50.0, "met_early", None)]
)
def test_the_way_from_a_dated_baseline_is_a_straight_line(value, says, lag):
    verdict = judge(DATED, value=value, unit="%", as_of_year=2025)
    assert (verdict.word, verdict.pace) == (says, 40.0)
    assert verdict.lag == (None if lag is None else pytest.approx(lag, abs=1e-12))
    assert verdict.gap == 50 - value, "the gap is to the target, the lag to the line"


def test_the_line_also_leads_down():
    # From 30 in 2020 to at most 10 in 2030: 20 in 2025.
    target = goal("<=", "10", baseline_year="2020", baseline_value="30")
    assert [word(target, v, as_of=2025) for v in (20.0, 21.0, 10.0)] == ["on_track", "behind", "met_early"]


def test_what_the_baseline_had_reached_is_to_be_kept():
    # 100 % in 2020, 100 % wanted in 2030: 95 % in 2025 is a step back, not half way there.
    target = goal("=", "100", baseline_year="2020", baseline_value="100")
    verdict = judge(target, value=95.0, unit="%", as_of_year=2025, better="higher")
    assert (verdict.word, verdict.lag, verdict.pace) == ("behind", 5.0, 100.0)


def test_the_line_never_asks_for_more_than_the_target():
    # 60 % in 2020 was more than the 50 % wanted in 2030: 50 % are asked for in between, not 55 %.
    target = goal(baseline_year="2020", baseline_value="60")
    verdict = judge(target, value=45.0, unit="%", as_of_year=2025)
    assert (verdict.word, verdict.pace, verdict.lag) == ("behind", 50.0, 5.0)


@pytest.mark.parametrize(("baseline", "why"), [
    ({"baseline_year": "unstated", "baseline_value": "50"}, None),
    ({"baseline_year": "2020", "baseline_value": ">50"}, "verdict_why.baseline_text"),
    ({"baseline_year": "2028", "baseline_value": "30"}, "verdict_why.baseline_later"),
    ({}, None),
])  # fmt: skip
def test_without_a_dated_number_progress_is_not_judged(baseline, why):
    verdict = judge(goal(**baseline), value=40.0, unit="%", as_of_year=2025)
    assert (verdict.word, verdict.pace, verdict.lag) == ("not_due", None, None)
    assert (verdict.reason and verdict.reason.sentence) == why


@pytest.mark.parametrize(("floor", "ceiling", "as_of", "says"), [
    (50.0, 60.0, 2030, "met"), (30.0, 49.9, 2030, "missed"), (49.0, 50.0, 2030, "needs_review"),
    (50.0, 60.0, 2025, "met_early"), (41.0, 60.0, 2025, "on_track"), (30.0, 39.9, 2025, "behind"), (39.0, 41.0, 2025, "needs_review"),
])  # fmt: skip
def test_what_is_unknown_decides_only_where_it_cannot_matter(floor, ceiling, as_of, says):
    assert word(DATED, floor, as_of=as_of, ceiling=ceiling) == says


def test_an_exact_target_between_floor_and_ceiling_is_open():
    assert word(goal("=", "100"), 90.0, ceiling=110.0) == "needs_review"
    assert word(goal("between", "60-80"), 50.0, ceiling=90.0) == "needs_review"
    assert word(goal("between", "60-80"), 65.0, ceiling=75.0) == "met"


@pytest.mark.parametrize(("op", "value", "as_of", "says"), [
    ("non_decreasing", 38.14, 2025, "met"), ("non_decreasing", 38.13, 2025, "missed"),
    ("increasing", 38.14, 2025, "missed"), ("increasing", 38.15, 2025, "met"),
    ("decreasing", 38.14, 2025, "missed"), ("decreasing", 38.13, 2025, "met"),
    ("non_decreasing", 38.14, 2024, "on_track"), ("non_decreasing", 38.13, 2024, "behind"), ("increasing", 38.15, 2024, "on_track"),
])  # fmt: skip
def test_a_trend_is_compared_with_its_baseline(op, value, as_of, says):
    target = goal(op, "不降低", 2025, baseline_year="2023", baseline_value="38.14")
    assert word(target, value, as_of=as_of) == says


def test_a_trend_without_a_number_to_compare_with_is_left_to_a_person():
    verdict = judge(
        goal("increasing", "持续提升", baseline_value="持续提高（全市）"), value=9.0, unit="%", as_of_year=2030
    )
    assert (verdict.word, verdict.reason) == (
        "needs_review",
        Note("verdict_why.no_baseline", {"text": "持续提高（全市）"}),
    )


@pytest.mark.parametrize(
    ("value", "as_of", "says"),
    [
        (7.0, 2030, "approx"),
        (6.9, 2030, "approx"),
        (6.8, 2030, "missed"),
        (7.2, 2030, "missed"),
        (7.0, 2025, "approx"),
        (3.0, 2025, "not_due"),
    ],
)
def test_about_never_passes_by_itself(value, as_of, says):
    # 2 % of 7 are 0.14.
    assert word(goal("approx", "7"), value, as_of=as_of) == says


def test_about_has_no_bad_side_where_more_is_better():
    assert word(goal("approx", "7"), 20.0, better="higher") == "approx"
    assert word(goal("approx", "7"), 0.0, better="lower") == "approx"


def test_how_near_about_is_belongs_to_the_study():
    assert word(goal("approx", "100"), 94.0, near=0.1) == "approx"


@pytest.mark.parametrize("op", ["requirement", "ordinal", "encouraged", "rank_top", "non_degradation", "qualitative"])
def test_what_a_plan_asks_in_words_a_person_judges(op):
    assert word(goal(op, "按TOD模式综合开发"), 99.0) == "needs_review"
    assert word(goal(op, "按TOD模式综合开发"), None) == "no_data"


@pytest.mark.parametrize("status", ["done", "partly", "not_done", "unverified"])
def test_a_reported_status_is_repeated_never_turned_into_met(status):
    verdict = judge(goal("qualitative", "建立"), value=None, unit="项", as_of_year=2030, status=status)
    assert (verdict.word, verdict.status) == ("qualitative", status)
    assert verdict.say("zh") in {"已落实", "推进中", "未落实", "待核实"}


def test_a_number_that_is_yet_to_be_assigned_is_no_verdict_whatever_was_measured():
    assert word(goal("assigned", "完成上级规定的考核任务"), 99.0) == "assigned"
    assert word(goal("assigned", "完成上级规定的考核任务"), None) == "assigned"
    assert word(goal("qualitative", "建立"), None, status="assigned") == "assigned"


def test_a_fact_of_the_plan_is_no_target():
    assert word(goal("baseline_only", ""), 99.0) == "no_target"


def test_no_value_is_no_data_unless_an_empty_whole_is_good():
    assert word(goal(), None) == "no_data"
    reason = Note("run.failed", {"reason": LayerError("layer.no_crs", layer="parks", path="parks.shp")})
    verdict = judge(goal(), value=None, unit="%", as_of_year=2030, absent="not_applicable", reason=reason)
    assert verdict.word == "not_applicable"
    assert "parks.shp" in verdict.say("zh")


def test_a_value_without_a_year_is_left_to_a_person():
    assert word(goal(), 99.0, as_of=None) == "needs_review"


def test_a_target_without_a_year_can_be_met_but_not_missed():
    assert word(goal(year=None), 50.0) == "met"
    verdict = judge(goal(year=None), value=49.0, unit="%", as_of_year=2030)
    assert (verdict.word, verdict.reason) == ("needs_review", Note("verdict_why.no_year"))


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_value_that_is_no_number_is_never_judged(value):
    with pytest.raises(ValueError, match="value"):
        word(goal(), value)
    with pytest.raises(ValueError, match="value"):
        word(goal(), 50.0, ceiling=40.0)


# Need: 60 % of 50,000 m2 are 30,000 m2; 22,500 are there, 7,500 lack.
def test_the_need_is_in_the_unit_of_the_part():
    verdict = judge(goal(value="60"), value=45.0, unit="%", as_of_year=2030, part=22_500, whole=50_000)
    assert verdict.need == pytest.approx(7_500, abs=1e-6)
    assert verdict.gap == 15.0


def test_the_shortest_list_takes_the_largest_first():
    unmet = [("c", "C", 2_000.0), ("a", "A", 5_000.0), ("b", "B", 2_500.0), ("d", "D", 100.0)]
    verdict = judge(goal(value="60"), value=45.0, unit="%", as_of_year=2030, part=22_500, whole=50_000, unmet=unmet)
    assert [name for name, _, _ in verdict.closing] == ["a", "b"]


def test_a_list_that_cannot_supply_the_need_is_not_given():
    verdict = judge(
        goal(value="60"), value=45.0, unit="%", as_of_year=2030, part=22_500, whole=50_000, unmet=[("a", "A", 7_499.0)]
    )
    assert verdict.closing == ()
    assert verdict.need == pytest.approx(7_500)


def test_as_large_features_stand_by_their_id():
    unmet = [("p3", "", 1.0), ("p1", "", 1.0), ("p2", "", 1.0)]
    verdict = judge(goal("=", "100"), value=50.0, unit="%", as_of_year=2030, part=3, whole=6, unmet=unmet)
    assert [name for name, _, _ in verdict.closing] == ["p1", "p2", "p3"]


def test_more_than_wants_more_than():
    # > 50 % of 4 parcels: 2 are there, one more is needed although the need reads 0.
    verdict = judge(
        goal(">", "50"), value=50.0, unit="%", as_of_year=2030, part=2, whole=4, unmet=[("a", "", 1.0), ("b", "", 1.0)]
    )
    assert (verdict.word, verdict.need, len(verdict.closing)) == ("missed", 0.0, 1)
    assert verdict.say("zh", unit="%") == "未达标，差不足0.01%"


def test_the_need_of_an_amount_per_head_is_an_amount():
    # 12 m2 a head for 1,000 people are 12,000 m2; 8,480 are there.
    target = Target("p", "park_per_capita", "city", 2030, ">=", "12", "平方米/人")
    verdict = judge(target, value=8.48, unit="m2/person", as_of_year=2030, part=8_480, whole=1_000)
    assert verdict.need == pytest.approx(3_520)


def test_too_much_of_the_part_is_a_negative_need_without_a_list():
    verdict = judge(goal("<=", "10"), value=12.0, unit="%", as_of_year=2030, part=12, whole=100, unmet=[("a", "", 9.0)])
    assert (verdict.need, verdict.closing, verdict.toward) == (-2.0, (), 1)


def test_where_the_whole_would_move_there_is_no_need():
    assert judge(goal(), value=40.0, unit="%", as_of_year=2030, part=40, whole=None).need is None


def test_what_suffices_needs_nothing():
    verdict = judge(goal(), value=60.0, unit="%", as_of_year=2030, part=6, whole=10, unmet=[("a", "", 1.0)])
    assert (verdict.gap, verdict.need, verdict.closing, verdict.toward) == (0.0, 0.0, (), 0)


def test_units_of_one_dimension_are_compared_and_others_refused():
    target = Target("s", "shore", "city", 2030, ">=", "18", "公里")
    assert judge(target, value=18_000.0, unit="m", as_of_year=2030).word == "met"
    assert judge(target, value=17_999.0, unit="m", as_of_year=2030).gap == pytest.approx(1.0)
    with pytest.raises(DefinitionError, match="not the same kind of amount; use '%'"):
        judge(target, value=5.0, unit="%", as_of_year=2030)


def test_a_unit_nobody_converts_compares_only_with_itself():
    target = Target("x", "y", "city", 2030, ">=", "8", "件/万人")
    assert judge(target, value=8.0, unit="件/万人", as_of_year=2030).word == "met"
    with pytest.raises(DefinitionError):
        judge(target, value=8.0, unit="项", as_of_year=2030)


def test_a_square_cut_in_pieces_still_covers_itself():
    assert word(goal("=", "100"), 99.99999999995549, part=99.99999999995549, whole=100.0) == "met"
    assert word(goal("=", "100"), 99.9999, part=99.9999, whole=100.0) == "missed"


def test_the_failing_figure_is_floored_and_the_gap_ceiled():
    verdict = judge(goal(), value=49.9999, unit="%", as_of_year=2030)
    assert shown(49.9999, 2, toward=verdict.toward) == "49.99"
    assert verdict.say("zh", unit="%") == "未达标，差不足0.01%"
    assert judge(goal(), value=45.122, unit="%", as_of_year=2030).say("en", unit="%") == "Missed by 4.88 %"


@pytest.mark.parametrize(("verdict", "zh"), [
    (Verdict("met"), "已达标"), (Verdict("met_early"), "提前达到2030目标"), (Verdict("on_track"), "未到考核年，达到序时进度"),
    (Verdict("behind", gap=9.0, lag=1.0), "未到考核年，低于序时进度1.00%"),
    (Verdict("not_due"), "未到考核年（无基期年份，未作进度判断）"),
    (Verdict("not_due", reason=Note("verdict_why.baseline_later", {"year": 2028})), "未到考核年（基期2028年晚于数据时点，未作进度判断）"),
    (Verdict("approx", gap=0.5), "接近目标（≥50，差0.50%），须人工认定"), (Verdict("assigned"), "待上级下达指标值"),
    (Verdict("no_data"), "无数据"), (Verdict("not_applicable"), "不适用"), (Verdict("no_target"), "无目标"),
    (Verdict("needs_review", reason=Note("verdict_why.unknown")), "待核：待核部分可能改变判断"),
])  # fmt: skip
def test_the_words_of_a_verdict(verdict, zh):
    assert verdict.say("zh", goal(), "%") == zh
    assert verdict.say("en", goal(), "%")


def test_a_number_without_a_unit_counts():
    none_left = Target("v", "inferior_v_water", "city", 2025, "=", "0", "-")
    assert judge(none_left, value=0.0, unit="个", as_of_year=2025, better="lower").word == "met"
    assert judge(none_left, value=1.0, unit="个", as_of_year=2025, better="lower").word == "missed"
    with pytest.raises(DefinitionError):
        judge(none_left, value=1.0, unit="公里", as_of_year=2025)

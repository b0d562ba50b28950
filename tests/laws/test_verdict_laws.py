"""Laws of verdicts, whatever the numbers."""

import math

from hypothesis import assume, example, given
from hypothesis import strategies as st

from geoplan.target import NUMERIC, OPS, TRENDS, Target
from geoplan.units import shown
from geoplan.verdict import judge

NUMBERS = st.floats(0, 200, allow_nan=False).map(lambda x: round(x, 6))
YEARS = st.integers(2015, 2040)
BETTER = st.sampled_from(["higher", "lower", "none"])
# from the worst word to the best; words of one rank are neither better nor worse
RANK = {"missed": 0, "behind": 0, "not_due": 1, "needs_review": 2, "on_track": 3, "approx": 4, "met": 5, "met_early": 5}


@st.composite
def targets(draw, ops=(*NUMERIC, *TRENDS)):
    op = draw(st.sampled_from(ops))
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    value = f"{low!r}-{high!r}" if op == "between" else repr(low)
    base_year = draw(st.one_of(st.just(""), st.just("unstated"), YEARS.map(str)))
    base = draw(st.one_of(st.just(""), st.just(">50"), NUMBERS.map(repr)))
    year = draw(st.one_of(st.none(), YEARS))
    return Target("a", "b", "c", year, op, value, "%", base_year, base)


@given(targets(), NUMBERS, NUMBERS, YEARS, BETTER)
def test_nothing_is_missed_before_it_is_due(target, value, more, as_of, better):
    verdict = judge(target, value=value, ceiling=value + more, unit="%", as_of_year=as_of, better=better)
    if target.year is None or target.year > as_of:
        assert verdict.word != "missed"
        assert "未达标" not in verdict.say("zh", target, "%")
    else:
        assert verdict.word not in {"met_early", "on_track", "behind", "not_due"}


@given(
    targets(ops=(">=", ">", "=", "between", "approx", "non_decreasing", "increasing")),
    NUMBERS,
    NUMBERS,
    st.one_of(st.none(), YEARS),
)
def test_a_higher_value_never_worsens_the_verdict_where_higher_is_better(target, one, other, as_of):
    low, high = sorted((one, other))
    worse, better = (judge(target, value=v, unit="%", as_of_year=as_of, better="higher") for v in (low, high))
    assert RANK[worse.word] <= RANK[better.word]
    assert worse.gap is None or target.op == "approx" or worse.gap >= better.gap


@given(targets(ops=("<=", "<", "=", "between", "approx", "decreasing")), NUMBERS, NUMBERS, st.one_of(st.none(), YEARS))
def test_a_lower_value_never_worsens_the_verdict_where_lower_is_better(target, one, other, as_of):
    low, high = sorted((one, other))
    better, worse = (judge(target, value=v, unit="%", as_of_year=as_of, better="lower") for v in (low, high))
    assert RANK[worse.word] <= RANK[better.word]


@given(targets(), NUMBERS, NUMBERS, st.floats(0, 1), YEARS, BETTER)
def test_a_decided_verdict_holds_for_every_value_the_unknown_allows(target, value, more, at, as_of, better):
    verdict = judge(target, value=value, ceiling=value + more, unit="%", as_of_year=as_of, better=better)
    true = judge(target, value=value + at * more, unit="%", as_of_year=as_of, better=better)
    if verdict.word in {"met", "missed", "met_early", "behind"}:
        assert true.word == verdict.word
    if verdict.word == "on_track":
        assert true.word in {"on_track", "met_early"}


@given(targets(ops=(">=", ">", "<=", "<", "=")), NUMBERS, YEARS, st.integers(0, 4))
@example(Target("a", "b", "c", 2030, "=", "100.0", "%"), 99.96, 2030, 1)
@example(Target("a", "b", "c", 2030, ">=", "50.0", "%"), 49.9999999, 2030, 2)
@example(Target("a", "b", "c", 2030, ">=", "100.0", "%"), 100 - 5e-8, 2030, 2)
@example(Target("a", "b", "c", 2030, "<=", "10.0", "%"), 10.0000001, 2025, 0)
def test_a_shown_figure_is_never_rounded_into_success(target, value, as_of, digits):
    verdict = judge(target, value=value, unit="%", as_of_year=as_of)
    printed = float(shown(value, digits, toward=verdict.toward).replace(",", ""))
    goal = target.numbers[0]
    if verdict.gap:
        assert printed != goal
        assert (printed < goal) == (value < goal)
        assert shown(verdict.gap, digits, toward=1) != shown(0.0, digits) or verdict.gap < 1e-12


@given(targets(ops=(">=", "=")), st.lists(st.integers(1, 1000), min_size=1, max_size=12), st.integers(0, 11))
def test_the_list_that_closes_the_gap_closes_it_and_no_shorter_one_does(target, amounts, met):
    whole, part = math.fsum(amounts), math.fsum(amounts[:met])
    unmet = [(f"p{i}", "", float(a)) for i, a in enumerate(amounts[met:])]
    assume(target.numbers[0] <= 100)
    verdict = judge(
        target,
        value=100 * part / whole,
        unit="%",
        as_of_year=2040,
        better="higher",
        part=part,
        whole=whole,
        unmet=unmet,
    )
    if verdict.word in {"met", "approx"} or target.year is None:
        return
    after = part + math.fsum(amount for *_, amount in verdict.closing)
    assert (
        judge(
            target, value=100 * after / whole, unit="%", as_of_year=2040, better="higher", part=after, whole=whole
        ).word
        == "met"
    )
    assert len(verdict.closing) == 1 or after - verdict.closing[-1][2] < part + verdict.need
    left = sorted((amount for *_, amount in unmet), reverse=True)
    assert [amount for *_, amount in verdict.closing] == left[: len(verdict.closing)]


@given(NUMBERS, NUMBERS, st.integers(1, 10**6))
def test_part_and_need_together_are_the_target(goal, value, whole):
    target = Target("a", "b", "c", 2030, ">=", repr(goal), "%")
    part = value * whole / 100
    verdict = judge(target, value=value, unit="%", as_of_year=2030, part=part, whole=whole)
    if verdict.word == "missed":
        assert math.isclose(part + verdict.need, goal / 100 * whole, rel_tol=1e-9, abs_tol=1e-9)
    else:
        assert verdict.need == 0


STATUSES = st.sampled_from(["", "done", "partly", "not_done", "unverified", "assigned"])


@st.composite
def any_targets(draw):
    target = draw(targets())
    op = draw(st.sampled_from(OPS))
    if op in (*NUMERIC, *TRENDS):
        return target
    return Target("a", "b", "c", target.year, op, "完成上级下达任务", "%", target.baseline_year, target.baseline_value)


@given(any_targets(), st.one_of(st.none(), NUMBERS), NUMBERS, st.one_of(st.none(), YEARS), BETTER, STATUSES)
def test_only_a_number_that_is_due_is_missed_and_words_are_never_met(target, value, more, as_of, better, status):
    top = None if value is None else value + more
    verdict = judge(target, value=value, ceiling=top, unit="%", as_of_year=as_of, better=better, status=status)
    if verdict.word == "missed":
        assert target.op in (*NUMERIC, *TRENDS)
        assert as_of is not None
        assert target.year is not None
        assert as_of >= target.year
    if target.op not in (*NUMERIC, *TRENDS):
        assert verdict.word in {"no_target", "assigned", "qualitative", "no_data", "needs_review"}
    if value is None:
        assert verdict.word in {"no_target", "assigned", "qualitative", "no_data"}
    if target.op == "approx":
        assert verdict.word not in {"met", "met_early"}
    if target.op == "assigned":
        assert verdict.word == "assigned"


@given(any_targets(), NUMBERS, NUMBERS, st.one_of(st.none(), YEARS), BETTER)
def test_only_a_baseline_with_a_year_and_a_number_makes_a_pace(target, value, more, as_of, better):
    verdict = judge(target, value=value, ceiling=value + more, unit="%", as_of_year=as_of, better=better)
    if verdict.word in {"on_track", "behind"} or verdict.pace is not None:
        assert None not in target.baseline
        assert target.baseline[0] <= as_of < target.year

"""The scorecard puts every question beside every target, and hides no disagreement."""

from types import SimpleNamespace

import pytest

from geoplan.result import Judged, Result
from geoplan.scorecard import Scorecard
from geoplan.target import Target
from geoplan.verdict import judge


def target(area="city", year=2030, op=">=", value="50", source="plan A"):
    return Target("green", "green_coverage", area, year, op, value, "%", source=source)


def answered(*targets, name="green_coverage", status="ok", value=40.0):
    judged = tuple(Judged(t, judge(t, value=value, unit="%", as_of_year=2030)) for t in targets)
    return Result(SimpleNamespace(name=name, unit="%"), status, judged=judged)


def test_one_row_per_question_and_target():
    card = Scorecard.of([answered(target(), target(year=2025)), answered(name="park_500m")])
    assert [(row.result.name, row.judged and row.judged.target.year) for row in card.rows] == [
        ("green_coverage", 2025),
        ("green_coverage", 2030),
        ("park_500m", None),
    ]


def test_a_question_without_target_has_a_row_of_its_own():
    words = [
        row.word
        for row in Scorecard.of([answered(), answered(status="no_data"), answered(status="not_applicable")]).rows
    ]
    assert words == ["no_target", "no_data", "not_applicable"]


@pytest.mark.parametrize(("other", "flagged"), [
    ({"source": "plan B", "value": "60"}, True), ({"source": "plan B", "op": ">"}, True), ({"source": "plan B"}, False),
    ({"source": "plan B", "value": "50.0"}, False), ({"source": "plan B", "value": "60", "year": 2035}, False),
    ({"source": "plan B", "value": "60", "area": "town"}, False), ({"value": "60", "op": "approx"}, False),
])  # fmt: skip
def test_two_documents_that_disagree_stand_side_by_side_and_are_flagged(other, flagged):
    between = target(year=2026, source="plan C")
    card = Scorecard.of([answered(target(), between, target(**other))])
    disputed = [i for i, row in enumerate(card.rows) if row.conflict]
    assert len(disputed) == (2 if flagged else 0)
    assert disputed in ([], [1, 2]), "side by side"


def test_every_row_is_counted_once():
    card = Scorecard.of([answered(target(), target(year=2031), target(year=None)), answered()])
    assert card.counts == {"missed": 1, "not_due": 1, "needs_review": 1, "no_target": 1}
    assert sum(card.counts.values()) == len(card.rows)

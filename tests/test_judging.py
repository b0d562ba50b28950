"""Amounts nobody knows stand in no half: where they could change a verdict, it is left to a person."""

import geopandas as gpd
import pytest
import shapely

from geoplan.analysis import Analysis
from geoplan.errors import DefinitionError
from geoplan.judging import judged
from geoplan.layer import Layer, LayerSpec
from geoplan.measure import Halves, Outcome, Ratio, Total
from geoplan.place import Place
from geoplan.result import Result
from geoplan.target import Target

TOWN = "EPSG:4548"
PLACE = Place("方", shapely.box(500_000, 4_334_000, 501_000, 4_335_000), TOWN, year=2025)
TITLE = {"zh": "甲", "en": "A"}


def ask(measure, op, value, *, unit, weight="count", better="higher", **facts):
    analysis = Analysis("a", TITLE, "quantity", unit, better, {}, weight=weight)
    result = Result(analysis, "ok", None, Outcome(measure, facts=facts))
    target = Target("t", "a", "city", 2025, op, value, unit)
    return judged(result, [target], PLACE).judged[0].verdict


@pytest.mark.parametrize(("op", "value", "without", "with_some"), [
    (">=", "100", "met", "met"), (">=", "200", "missed", "needs_review"),
    ("<=", "200", "met", "needs_review"), ("<=", "100", "missed", "needs_review"),
])  # fmt: skip
def test_more_can_only_raise_a_sum(op, value, without, with_some):
    beds = Total(150.0, unit="count")
    assert ask(beds, op, value, unit="张", amount_unknown=0.0).word == without
    verdict = ask(beds, op, value, unit="张", amount_unknown=3.0)
    assert verdict.word == with_some
    if with_some == "needs_review":
        assert "3 features" in verdict.reason.say("en")


def test_more_can_only_raise_an_amount_per_head():
    beds = Ratio(Halves(8, 2_000, bounded=False), part_unit="count", whole_unit="people")
    assert ask(beds, ">=", "4", unit="张/千人", amount_unknown=1.0).word == "met"
    assert ask(beds, ">=", "5", unit="张/千人", amount_unknown=1.0).word == "needs_review"


def test_a_share_by_amount_may_move_either_way_and_one_by_count_does_not():
    floors = Ratio(Halves(60, 100), part_unit="m2", whole_unit="m2")
    for value in ("50", "70"):
        assert ask(floors, ">=", value, unit="%", weight="amount", amount_unknown=1.0).word == "needs_review"
    things = Ratio(Halves(6, 10))
    assert ask(things, ">=", "50", unit="%", weight="count", amount_unknown=1.0).word == "met"
    assert ask(things, ">=", "70", unit="%", weight="count", amount_unknown=1.0).word == "missed"


@pytest.mark.parametrize(("unit", "fits"), [("个", True), ("项", True), ("万人", True), ("公顷", False), ("%", False)])
def test_an_answer_is_printed_in_a_unit_of_what_it_measures(unit, fits):
    frame = gpd.GeoDataFrame({"id": ["1"]}, geometry=[shapely.Point(500_010, 4_334_010)], crs=TOWN)
    layer = Layer(LayerSpec("things", TITLE, "point"), frame)
    analysis = Analysis("a", TITLE, "quantity", unit, "higher", {"of": ("things",)}, origin="analyses/a.toml")
    if fits:
        assert analysis.answer({"of": (layer,)}, PLACE).measure.value == 1
        return
    with pytest.raises(DefinitionError, match=f'cannot answer in the unit "{unit}"; it can in: .*个'):
        analysis.answer({"of": (layer,)}, PLACE)


def test_beds_to_a_thousand_people_are_no_area_per_person():
    frame = gpd.GeoDataFrame(
        {"id": ["1"], "population": [500.0]}, geometry=[shapely.Point(500_010, 4_334_010)], crs=TOWN
    )
    layer = Layer(LayerSpec("things", TITLE, "point"), frame)
    asked = Analysis("a", TITLE, "per_capita", "平方米/人", "higher", {}, parameters={"measure": "count"})
    with pytest.raises(DefinitionError, match="张/千人"):
        asked.answer({"amount": (layer,), "population": layer}, PLACE)

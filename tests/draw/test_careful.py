"""No number is rounded over its target: on the page, on the map, in the workbook, in the words of a method."""

from dataclasses import replace

import pytest

from geoplan.catalogue import Catalogue
from geoplan.draw.figures import Figure
from geoplan.draw.line import value_cell
from geoplan.draw.notes import headlines
from geoplan.draw.sentences import sentences
from geoplan.draw.tables import facts_table, outcome_tables
from geoplan.draw.unmet import unmet_tables
from geoplan.draw.voice import Voice
from geoplan.measure import Change, Flow, Halves, Index, Note, Outcome, Ratio, Table
from geoplan.result import Result, Results

from .conftest import analysis, box, frame, small_place, target, with_verdicts

ZH, LOOKS = Voice("zh"), Catalogue.for_study().looks()


def width(value, least=None):
    said = {"place": "镇", "one": "港", "other": "城", "interface": 20.0, "minimum": f"{value:.2f}", "mean": "12.00"}
    note = Note("separation.headline", said | dict.fromkeys(("p10", "p50", "p90"), "12.00"))
    tables = {"widths": Table.of({"statistic": ("", ("minimum",)), "metres": ("m", [value])})}
    asked = analysis("buffer", "间距", "Width", "separation", "米", map="separation")
    found = Result(asked, "ok", outcome=Outcome(Index(value, {}, "m"), {}, {}, tables, (note,), {"minimum": value}))
    return found if least is None else with_verdicts(found, target("buffer", ">=", least, 2025, "米"))


@pytest.mark.parametrize(("value", "shown"), [(9.96, "9.96"), (9.9996, "9.99"), (10.0, "10.00")])
def test_a_width_is_never_printed_as_the_width_that_is_asked_for(value, shown):
    found = width(value, "10")
    assert value_cell(found, ZH).text == shown
    assert facts_table(found, ZH).rows[0][1].text == f"{shown}米"
    cell = outcome_tables(found, ZH)[0].rows[0][1]
    assert (cell.text, cell.number) == (shown, float(shown))
    assert f"间距最小 {shown} 米" in headlines(found, ZH)[0]


def test_a_width_nobody_asks_for_has_its_digits_all_the_same():
    assert facts_table(width(9.96), ZH).rows[0][1].text == "9.96米"


def test_a_gap_is_listed_in_the_workbook_as_narrow_as_it_is():
    gaps = frame([box(0, 0, 10, 10)], status=["gap"], metres=[9.999], length_m=[20.0])
    found = width(9.999)
    found = replace(found, outcome=replace(found.outcome, evidence={"interface": gaps}))
    cells = [cell.text for table in unmet_tables(found, LOOKS, ZH) for cell in table.rows[0]]
    assert "9.99" in cells
    assert "10.00" not in cells


def test_a_rate_in_the_words_of_a_method_stays_short_of_its_target():
    said = {"place": "镇", "value": "80.0", "ceiling": "80.0", "count": 80}
    outcome = Outcome(Ratio(Halves(79.96, 100.0)), notes=(Note("runoff_capture.headline", said),))
    found = Result(analysis("runoff", "控制率", "Capture", "runoff_capture"), "ok", outcome=outcome)
    assert "控制率为80.0%" in headlines(found, ZH)[0]
    missed = headlines(with_verdicts(found, target("runoff", ">=", "80", 2025)), ZH)[0]
    assert "控制率为79.9%（待核部分全部计入为79.9%），按80个" in missed


def test_the_part_in_a_sentence_is_turned_with_the_share():
    outcome = Outcome(Ratio(Halves(99_999.9, 100_000.0), part_unit="m2", whole_unit="m2"))
    found = Result(analysis("a", "甲", "A", "area_share"), "ok", outcome=outcome)
    found = with_verdicts(found, target("a", "=", "100", 2025))
    said = sentences(found, Results("镇", small_place(), "zh", (found,)), ())[0]
    assert "9.9999" in said
    assert "99.9%" in said


def test_a_loss_too_small_for_its_digits_is_not_printed_as_none():
    assert Figure.of(-0.00001, "公顷").text == "-0.0001"
    outcome = Outcome(Change(Flow(before=10.0, gained=0.0, lost=0.1), {}, "m2"))
    found = Result(analysis("net", "净变化", "Net", "change", "公顷"), "ok", outcome=outcome)
    assert value_cell(found, ZH).text == "-0.0001"

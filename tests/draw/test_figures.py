"""Numbers are never rounded into success, and printed rows add up."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.draw.figures import Figure, closed
from geoplan.draw.tables import weights_table
from geoplan.draw.voice import Voice
from geoplan.draw.zone_tables import zone_tables
from geoplan.result import Results


def test_a_share_that_misses_is_floored() -> None:
    assert Figure.of(99.96, "%", -1).text == "99.96"
    assert Figure.of(99.996, "%", -1).text == "99.99"
    assert Figure.of(0.2001, "%", 1).text == "0.21"


def test_a_share_reads_100_only_where_everything_is_in() -> None:
    assert Figure.of(99.9999999, "%", whole=100).text == "99.99"
    assert Figure.of(100.0, "%", whole=100).text == "100.00"


def test_a_positive_amount_is_never_printed_as_nothing() -> None:
    assert Voice("zh").figure(0.004, "平方米").text == "不足0.01"
    assert Voice("zh").figure(0.0, "平方米").text == "0.00"
    assert Figure.of(0.004, "平方米").number is None


def test_nothing_known_is_a_dash_and_no_number() -> None:
    assert (Figure.of(None, "%").text, Figure.of(math.nan, "%").number) == ("—", None)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.integers(0, 4))
def test_printed_rows_add_up_to_the_printed_total(amounts: list[float], places: int) -> None:
    rows, moved = closed(amounts, math.fsum(amounts), places)
    step = 10.0**-places
    assert math.isclose(math.fsum(rows), round(math.fsum(amounts), places), abs_tol=step / 100)
    for i, (row, amount) in enumerate(zip(rows, amounts, strict=True)):
        room = step * (1 + len(amounts) / 2) if i == moved else step
        assert abs(row - amount) <= room


def test_the_largest_row_takes_up_the_difference_and_a_footnote_says_so(results: Results) -> None:
    table = zone_tables(results["green_coverage"], results.place.zones, Voice("zh"))[0]
    part = [row[2].number for row in table.rows]
    assert part[0] == 191.9999
    assert part[1] is not None
    assert part[2] is not None
    assert math.isclose(part[1] + part[2], 191.9999, abs_tol=1e-9)
    assert any("差额" in note for note in table.notes)


def test_a_share_just_under_its_target_is_not_printed_as_the_target(results: Results) -> None:
    table = zone_tables(results["green_coverage"], results.place.zones, Voice("en"))[0]
    assert table.rows[0][3].text == "79.99"


def test_zones_that_overlap_keep_their_own_figures_and_say_so(results: Results) -> None:
    table = zone_tables(results["green_coverage"], results.place.zones, Voice("zh"))[1]
    assert any("不能相加" in note for note in table.notes)
    assert not any("差额" in note for note in table.notes)


def test_every_table_begins_with_the_place_and_ends_with_what_lies_in_no_zone(results: Results) -> None:
    for table in zone_tables(results["service_500m"], results.place.zones, Voice("zh")):
        assert (table.rows[0][0].text, table.rows[-1][0].text) == ("全域", "未划入分区")


def test_a_whole_under_five_is_flagged(results: Results) -> None:
    west = zone_tables(results["service_500m"], results.place.zones, Voice("zh"))[0].rows[1]
    assert west[3].text == "66.66†"


def test_a_zone_without_a_whole_has_no_share(results: Results) -> None:
    nowhere = zone_tables(results["service_500m"], results.place.zones, Voice("zh"))[0].rows[-1]
    assert nowhere[3].text == "—"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_three_ways_of_counting_agree_with_the_tables_by_zone(results: Results, language: str) -> None:
    voice = Voice("zh" if language == "zh" else "en")
    weights = weights_table(results["service_500m"], voice)
    place = zone_tables(results["service_500m"], results.place.zones, voice)[0].rows[0]
    assert weights is not None
    assert [row[5].text for row in weights.rows] == ["50.00", "50.00", "38.70"]
    assert {row[5].text for row in weights.rows} <= {cell.text for cell in place}

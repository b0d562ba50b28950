"""Dates, what the data cover, and counts against the last run."""

import pytest
import shapely

from geoplan import examine

W, S = 560_000.0, 4_330_000.0


def grid():
    """Squares side by side that fill the place."""
    return [
        shapely.box(W + i, S + j, W + i + 500, S + j + 500) for i in range(0, 4000, 500) for j in range(0, 3000, 500)
    ]


@pytest.mark.parametrize(
    ("said", "kind", "grave"),
    [
        ({"valid_to": "2024-12-31"}, "expired", "doubt"),
        ({"as_of": "2020"}, "older_than_target", "doubt"),
        ({"as_of": "2024-12-31"}, "older_than_target", "remark"),
        ({"as_of": "2026-01-01"}, "newer_than_target", "remark"),
        ({"as_of": ""}, "undated", "remark"),
    ],
)
def test_dates_are_held_against_the_year_of_the_study(layer, kinds, said, kind, grave):
    found = kinds(layer("communities", grid(), source=said))
    assert {k: o.grave for k, o in found.items()} == {kind: grave}


def test_a_date_of_the_year_raises_nothing(layer, kinds):
    assert kinds(layer("communities", grid(), source={"valid_to": "2025-12-31", "as_of": "2025"})) == {}


def test_old_population_says_what_it_is_off_against(layer, kinds):
    source = {"as_of": "2020-11-01"}
    assert "older_population" in kinds(layer("population", grid(), population=[900.0] * 48, source=source))


def test_an_earlier_state_is_meant_to_be_old(layer, kinds):
    assert kinds(layer("communities", grid(), source={"as_of": "2018"}), state=True) == {}


def test_what_the_data_do_not_cover_is_measured(layer, kinds):
    covers = shapely.box(W, S, W + 3000, S + 3000)
    found = kinds(layer("parks", [grid()[0]], source={"covers": covers}))["not_covered"]
    assert (found.grave, found.area) == ("doubt", pytest.approx(3e6))
    assert kinds(layer("parks", [grid()[0]], source={"covers": shapely.box(W, S, W + 4000, S + 3000)})) == {}


def test_many_features_in_one_corner_are_told(layer, kinds):
    points = [shapely.Point(W + 20 * (n % 8), S + 30 * (n // 8)) for n in range(40)]
    assert kinds(layer("bus_stops", points))["corner"].grave == "remark"
    few = kinds(layer("bus_stops", points[:9]))
    spread = kinds(layer("bus_stops", [shapely.Point(W + 95 * n, S + 70 * n) for n in range(40)]))
    assert few == spread == {}


def test_a_network_in_one_corner_is_a_doubt(layer, kinds):
    lines = [shapely.LineString([(W, S + 9 * n), (W + 500, S + 9 * n)]) for n in range(40)]
    assert kinds(layer("walk_network", lines, u=range(40), v=range(40)))["corner"].grave == "doubt"


def test_counts_are_held_against_the_last_run(layer, kinds):
    town = layer("communities", grid())
    assert kinds(town, before={"read": 47, "set_aside": 0}) == {}
    assert kinds(town, before={"read": 40, "set_aside": 0})["count_changed"].grave == "remark"
    assert kinds(town, before={"read": 500, "set_aside": 0})["count_changed"].grave == "doubt"


def test_a_run_says_the_graver_doubts_only(layer, place):
    old = layer("land_use_current", grid(), stated_area=[25.0] * 48, source={"as_of": "2019"})
    assert [o.kind for o in examine.quick(old, place)] == ["unit", "older_than_target"]
    assert examine.quick(layer("communities", grid(), source={"as_of": ""}), place) == ()

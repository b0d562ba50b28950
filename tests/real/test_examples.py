"""The studies in examples/ run on the real data, from study.toml to numbers. Needs $GEOPLAN_REAL_DATA."""

import os
from pathlib import Path

import pytest

from geoplan import open_study

EXAMPLES = Path(__file__).parents[2] / "examples"
pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("GEOPLAN_REAL_DATA"), reason="GEOPLAN_REAL_DATA names no folder"),
]


@pytest.fixture(scope="module")
def las_palmas() -> object:
    return open_study(EXAMPLES / "las_palmas").run()


@pytest.mark.parametrize("study", ["las_palmas", "las_palmas/study_pbf.toml", "tianjin"])
def test_nothing_is_wrong_with_an_example(study: str) -> None:
    open_study(EXAMPLES / study).validate()


@pytest.mark.parametrize("name", ["service_500m", "park_500m", "transit_800m", "green_coverage", "natural_shoreline"])
def test_las_palmas_has_a_value_for_every_question_it_has_data_for(name: str, las_palmas: object) -> None:
    result = las_palmas[name]
    assert result.status == "ok"
    assert 0 <= result.value <= 100


def test_school_catchments_do_not_add_up_and_the_results_know(las_palmas: object) -> None:
    (zones,) = las_palmas.place.zones.values()
    assert not zones.additive
    assert min(zones.overlap, zones.left_out) > 1e5


def test_the_class_of_most_of_the_shore_is_unknown_and_stands_between_floor_and_ceiling(las_palmas: object) -> None:
    halves = las_palmas["natural_shoreline"].outcome.measure.overall
    assert halves.unknown > halves.part > 0
    assert halves.value < 0.1
    assert 0.4 < halves.ceiling < 1


def test_people_nobody_counted_give_no_value(las_palmas: object) -> None:
    assert las_palmas["park_per_capita"].value is None


def test_the_raw_file_reaches_the_same_parks_as_the_layers(las_palmas: object) -> None:
    raw = open_study(EXAMPLES / "las_palmas/study_pbf.toml").run(only=("park_500m", "natural_shoreline"))
    assert raw["park_500m"].value == pytest.approx(las_palmas["park_500m"].value, rel=1e-6)
    # the raw file tells no classes of shore: everything is possible
    shore = raw["natural_shoreline"].outcome.measure.overall
    assert (shore.part, shore.unknown) == (0, pytest.approx(shore.whole))


def test_tianjin_counts_23_stations_in_nankai_and_asks_nothing_it_has_no_data_for() -> None:
    results = open_study(EXAMPLES / "tianjin").run()
    rows = {row.name: row.value for row in results["stations_by_district"].outcome.measure.by_zone["区"]}
    assert rows["南开区"].whole == 23
    assert sum(halves.whole for halves in rows.values()) == 143
    assert results.not_asked["transit_800m"] == ("residential",)
    land = results["land_800m"].outcome.measure
    assert 0 < land.overall.value < 0.05

"""What the demo city has beside homes and green: every layer any question needs, named as bureaus name things."""

import csv
import datetime as dt
import tomllib

import numpy as np
import pytest
import shapely

from geoplan.catalogue import Catalogue
from geoplan.sample.demo.inventory import themes

CATALOGUE = Catalogue.for_study()


@pytest.fixture(scope="module")
def declared(folder):
    return tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))["layers"]


@pytest.mark.parametrize("name", CATALOGUE.names("analyses"))
def test_every_layer_a_question_needs_is_there_in_the_state_it_asks_for(name, declared):
    for layer in CATALOGUE.analysis(name).bound().required_layers:
        base, _, state = layer.partition("@")
        assert base in declared, layer
        assert not state or declared[base].get("at"), layer


@pytest.mark.parametrize("name", themes())
def test_columns_bear_the_names_contracts_know_them_by(name):
    spec = CATALOGUE.layer(name)
    known = {alias for column in spec.columns.values() for alias in (column.name, *column.aliases)}
    assert [column for column in themes()[name].get("columns", {}) if column not in known] == []


@pytest.mark.parametrize("name", themes())
def test_cells_are_words_the_contract_sorts_by_or_empty(name, layers):
    spec = CATALOGUE.layer(name)
    for column in spec.columns.values():
        words = {one for words in column.words.values() for one in words}
        given = next((layers[name][a] for a in column.aliases if a in layers[name]), None)
        if given is not None and words:
            assert set(given.dropna().astype(str).str.removesuffix(".0")) - words <= {""}, column.name


def test_every_layer_of_the_file_has_features_but_the_waters_that_are_clean_again(layers):
    assert [name for name in themes() if not len(layers[name])] == ["black_odorous_waters"]


def test_rain_was_watched_for_thirty_one_years_and_some_days_are_trace_or_snow(layers):
    rain = layers["rainfall"]
    first = rain.iloc[0]
    years = dt.date.fromisoformat(first["until"]).year - dt.date.fromisoformat(first["date"]).year + 1
    assert years == 31
    days = rain["date"].iloc[1:]
    assert days.is_monotonic_increasing
    assert days.is_unique
    assert 400 < rain["mm"].sum() / 31 < 700
    assert (rain["mm"].iloc[1:] <= 2).mean() > 0.1
    assert set(rain["snow"]) == {"是", "否"}


def test_surfaces_of_the_sewered_ground_neither_overlap_nor_leave_gaps(layers):
    shapes = layers["runoff_surfaces"].geometry.to_numpy()
    areas = layers["drainage_areas"].geometry.to_numpy()
    # what is dropped are scraps below a square metre
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(areas).sum(), rel=2e-4)
    assert shapely.union_all(shapes, grid_size=0.01).area == pytest.approx(shapely.area(shapes).sum(), rel=2e-4)
    assert layers["runoff_surfaces"]["psi"].between(0.1, 1.0).all()


def test_two_states_differ_where_something_was_built(layers):
    now, then = layers["land_use_current"], layers["land_use_current_2020"]
    changed = now["code"] != then["code"]
    assert 0.002 < changed.mean() < 0.1
    assert set(then["code"][changed]) == {"1204"}
    assert (layers["economy"]["gdp"] > layers["economy_2020"]["gdp"]).all()
    shore = layers["eco_shoreline"], layers["eco_shoreline_2020"]
    assert (shore[0]["kind"] != shore[1]["kind"]).any()


def test_people_go_to_work_in_the_city_and_beyond_it(layers):
    lines = layers["commutes"]
    ends = shapely.get_point(lines.geometry.to_numpy(), -1)
    inside = shapely.within(ends, layers["boundary"].geometry.iloc[0])
    share = lines["people"].to_numpy()[inside].sum() / lines["people"].sum()
    assert 0.5 < share < 0.7
    assert np.isfinite(lines["people"]).all()


def test_reported_values_say_that_they_are_invented_and_name_known_questions(folder):
    with (folder / "reported.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    questions = CATALOGUE.questions()
    assert {row["name"] for row in rows} <= set(questions)
    assert all("虚构" in row["source"] and "虚构" in row["note"] for row in rows)
    assert {row["status"] for row in rows} == {"", "done", "partly", "not_done", "assigned"}
    # some are left out: nobody reports everything
    assert 0.4 < len({row["name"] for row in rows}) / len(questions) < 0.95

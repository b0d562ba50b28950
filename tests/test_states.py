"""Layers that are declared for several years: which state a role takes, and what is said where there is none."""

import shutil

import pytest

import geoplan
from geoplan import sample
from geoplan.cli import main

OLD_GREEN = """
title  = { zh = "早年绿化", en = "Green of old" }
method = "area_share"
unit   = "%"
better = "higher"
[layers]
part = "canopy@earliest"
"""
PAST = '\n[layers.canopy.at.2019]\npath = "old_canopy.csv"\n'


@pytest.fixture
def town(tmp_path):
    """Gridtown with a question about the green of its earliest state."""
    folder = tmp_path / "town"
    shutil.copytree(sample.gridtown_folder(), folder)
    (folder / "analyses").mkdir()
    (folder / "analyses" / "old_green.toml").write_text(OLD_GREEN, encoding="utf-8")
    return folder


def _with_past(folder):
    lines = (folder / "canopy.csv").read_text(encoding="utf-8").splitlines()
    (folder / "old_canopy.csv").write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write(PAST)


def test_a_question_about_an_earlier_state_is_not_asked_where_there_is_only_one(town):
    results = geoplan.open_study(town).run(only=("old_green",))
    assert results.not_asked == {"old_green": ("canopy@earliest",)}
    assert results.title("canopy@earliest").startswith(results.titles["canopy@earliest"]["zh"][:1])
    assert "earlier state" in results.titles["canopy@earliest"]["en"]


def test_the_command_line_says_that_an_earlier_state_is_missing(town, capsys):
    assert main(["validate", str(town), "--lang", "en"]) == 0
    assert "old_green is not asked: no data for layer an earlier state of canopy" in capsys.readouterr().out


def test_a_question_about_an_earlier_state_reads_the_oldest_one(town):
    _with_past(town)
    result = geoplan.open_study(town).run(only=("old_green",))["old_green"]
    assert result.status == "ok"
    assert result.used["part"][0].name == "canopy@earliest"
    assert result.used["part"][0].source.as_of == "2019"
    assert result.used["part"][0].ledger.used == 1


def test_an_answer_speaks_of_today_even_where_it_looks_back(town):
    definition = OLD_GREEN + 'whole = "built_up"\n'
    (town / "analyses" / "old_green.toml").write_text(definition, encoding="utf-8")
    _with_past(town)
    assert geoplan.open_study(town).run(only=("old_green",))["old_green"].as_of == "2025-06-30"


def test_a_layer_given_in_python_stands_for_one_state_only(town):
    _with_past(town)
    from dataclasses import replace

    from geoplan.run import layer_of, place_of

    study = geoplan.open_study(town)
    canopy = layer_of(study, place_of(study, 1000.0), "canopy")
    none = replace(canopy, data=canopy.frame.iloc[:0])
    assert study.with_layer("canopy", none).run(only=("old_green",))["old_green"].value > 0
    assert study.with_layer("canopy@earliest", none).run(only=("old_green",))["old_green"].value == 0

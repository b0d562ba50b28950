"""One study end to end on gridtown, and everything that can be wrong with one."""

import json
import re
import shutil

import geopandas as gpd
import pytest
import shapely

import geoplan
from geoplan import sample
from geoplan.cli import main
from geoplan.draw.document import document
from geoplan.errors import Problems, SourceError, StudyError, UnknownName

LAYERS = (
    "residential", "residential_entrances", "community_facilities", "parks", "park_entrances", "canopy", "built_up",
    "walk_network", "barriers", "coastline", "rail_stations", "station_entrances", "rail_lines", "waterlogging_points",
)  # fmt: skip


@pytest.fixture
def town(tmp_path):
    """A copy of gridtown in a folder whose name holds a space and Chinese, with the layers of a dozen questions."""
    folder = tmp_path / "方格镇 副本"
    shutil.copytree(sample.gridtown_folder(), folder)
    file = folder / "study.toml"
    head, *layers = re.split(r"(?m)^(?=\[layers\.)", file.read_text(encoding="utf-8"))
    kept = [layer for layer in layers if layer[len("[layers.") : layer.index("]")] in LAYERS]
    file.write_text("".join((head, *kept)), encoding="utf-8")
    return folder


def _edit(folder, old, new):
    file = folder / "study.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def _said(folder):
    with pytest.raises(Problems) as caught:
        geoplan.open_study(folder).validate()
    return caught.value.say("en")


def test_the_town_answers_every_question_it_has_layers_for():
    results = geoplan.open_study(sample.gridtown_folder() / "study.toml").run()
    assert results["service_500m"].value == pytest.approx(100 * 8 / 12)
    assert results["service_500m"].ceiling == pytest.approx(100 * 10 / 12)
    assert results["green_coverage"].value == pytest.approx(10.0, abs=1e-5)
    assert results["natural_shoreline"].value == pytest.approx(45.0, abs=1e-5)
    assert all(r.status == "ok" for r in results.results)


def test_zones_carry_their_own_halves_and_what_lies_in_none(town):
    measure = geoplan.open_study(town).run(only=("service_500m",))["service_500m"].outcome.measure
    rows = {r.zone: (r.value.part, r.value.whole) for r in measure.by_zone["社区"]}
    assert rows == {"S1": (3, 3), "S2": (3, 4), "S3": (2, 2), None: (0, 3)}


def test_a_study_that_is_right_says_nothing(town):
    geoplan.open_study(town).validate()


def test_everything_wrong_is_said_at_once(town):
    _edit(town, 'name     = "方格镇（虚构）"', 'name = "x"\nareas = ["中新天津生态成"]\nlangauge = "zh"')
    _edit(town, "[layers.residential]", "[layers.residental]")
    said = _said(town)
    assert "did you mean 'language'" in said
    assert "did you mean 'residential'" in said
    assert "did you mean '中新天津生态城" in said


def test_a_source_that_is_not_there_is_said_before_a_run(town):
    (town / "canopy.csv").unlink()
    assert "canopy.csv" in _said(town)


def test_what_is_wrong_with_a_source_names_where_the_study_declares_it(town):
    (town / "canopy.csv").unlink()
    _edit(
        town,
        "[layers.parks]",
        '[layers.wetlands.at.2015]\npath = "nowhere.gpkg"\n\n[layers.parks]\nwhere = "name = \'没有的公园\'"',
    )
    said = _said(town).splitlines()
    assert any(line.startswith("[layers.canopy]: ") for line in said)
    assert any(line.startswith("[layers.wetlands.at.2015]: ") and "nowhere.gpkg" in line for line in said)
    assert any(line.startswith("[layers.parks]: ") and "没有的公园" in line for line in said)


def test_shapes_of_the_wrong_kind_are_said_before_a_run(town):
    (town / "residential.csv").write_text("id,wkt\nR1,POINT (500100 4334100)\n", encoding="utf-8")
    assert "polygon" in _said(town)


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4490", "天津2000", "EPSG:99999"])
def test_a_crs_that_cannot_be_measured_in_is_a_fault_of_the_study_file(town, capsys, crs):
    _edit(town, 'crs      = "EPSG:4548"', f'crs      = "{crs}"')
    assert crs.removeprefix("EPSG:") in _said(town)
    assert main(["validate", str(town)]) == 2
    assert main(["run", str(town)]) == 2
    assert "[place]" in capsys.readouterr().err


def test_a_layer_that_cannot_be_read_leaves_no_data_and_the_rest_is_answered(town):
    (town / "canopy.csv").unlink()
    results = geoplan.open_study(town).run(town / "out")
    assert results["green_coverage"].status == "no_data"
    assert results["green_coverage"].value is None
    assert "canopy" in results["green_coverage"].reason.say("en")
    assert results["service_500m"].status == "ok"
    document = json.loads((town / "out" / "results.json").read_text(encoding="utf-8"))
    green = next(r for r in document["results"] if r["analysis"] == "green_coverage")
    assert (green["value"], green["status"]) == (None, "no_data")


def test_an_undeclared_layer_is_a_question_not_asked_and_named(town):
    text = (town / "study.toml").read_text(encoding="utf-8")
    start = text.index("[layers.coastline]")
    end = text.index("[layers.", start + 1)
    (town / "study.toml").write_text(text[:start] + text[end:], encoding="utf-8")
    results = geoplan.open_study(town).run()
    assert results.not_asked["natural_shoreline"] == ("coastline",)
    assert "natural_shoreline" not in results.names


def test_nothing_readable_writes_nothing(town):
    for file in town.glob("*.csv"):
        if file.name not in {"boundary.csv", "districts.csv", "communities.csv"}:
            file.unlink()
    with pytest.raises(SourceError, match="None of the questions could be answered"):
        geoplan.open_study(town).run(town / "out")
    assert not (town / "out").exists()


def test_a_question_that_is_not_asked_cannot_be_picked(town):
    with pytest.raises(UnknownName, match="it asks: service_500m"):
        geoplan.open_study(town).run(only=("service_500",))


def test_a_folder_of_somebody_else_is_not_written(town):
    (town / "data").mkdir()
    (town / "data" / "thesis.docx").write_text("x", encoding="utf-8")
    with pytest.raises(StudyError):
        geoplan.open_study(town).run(town / "data")
    assert (town / "data" / "thesis.docx").read_text(encoding="utf-8") == "x"


def test_a_parameter_of_the_study_changes_the_answer(town):
    file = town / "study.toml"
    more = '\n[parameters.service_500m]\ndistance = "300 m"\n'
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    # within 300 m: R2 250, R3 70, R4 270, R7 210, R8 160; R1 350, R10 460 and R5 500 no longer
    assert geoplan.open_study(town).run(only=("service_500m",))["service_500m"].value == pytest.approx(100 * 5 / 12)


def test_data_that_do_not_cover_the_place_leave_its_zones_without_a_value(town):
    south = gpd.GeoDataFrame(geometry=[shapely.box(500000, 4334000, 501200, 4334600)], crs="EPSG:4548")
    south.to_file(town / "south.gpkg")
    _edit(town, '[layers.canopy]\npath = "canopy.csv"', '[layers.canopy]\npath = "canopy.csv"\ncovers = "south.gpkg"')
    result = geoplan.open_study(town).run(only=("green_coverage",))["green_coverage"]
    assert result.status == "no_data"
    assert result.value is None
    zones = {r.zone: r.value.value for r in result.outcome.measure.by_zone["片区"]}
    assert zones["D1"] == pytest.approx(24400 / 600000)
    assert zones["D2"] is None


def test_a_layer_given_in_python_takes_the_place_of_the_file(town):
    study = geoplan.open_study(town)
    from geoplan.run import layer_of, place_of

    facilities = layer_of(study, place_of(study, 1000.0), "community_facilities")
    from dataclasses import replace

    fewer = replace(facilities, data=facilities.frame[facilities.frame["id"] == "F3"].reset_index(drop=True))
    assert study.with_layer("community_facilities", fewer).run(only=("service_500m",))["service_500m"].value < 50


def test_paths_that_leave_the_study_folder_are_listed(town):
    _edit(town, 'path = "canopy.csv"', 'path = "$SOMEWHERE/canopy.csv"')
    assert geoplan.open_study(town).outside_paths() == ("$SOMEWHERE/canopy.csv",)


def test_two_runs_write_the_same_bytes(town):
    study = geoplan.open_study(town)
    study.run(town / "one")
    study.run(town / "two")
    names = sorted(p.relative_to(town / "one") for p in (town / "one").rglob("*") if p.is_file())
    assert len(names) > 10
    for name in names:
        assert (town / "one" / name).read_bytes() == (town / "two" / name).read_bytes(), name


def test_people_nobody_counted_leave_an_amount_per_head_to_a_person(town):
    (town / "analyses").mkdir()
    head = "id,analysis,area,year,op,value,unit,baseline_year,baseline_value,kind,attribute,year_basis,op_basis,aspirational,source,locator,note"
    rows = [
        f"p,park_per_capita,镇,2025,{op},{value},平方米/人,,,computed,,printed,printed,,规划,表1,"
        for op, value in ((">=", 12), (">=", 13))
    ]
    rows[1] = rows[1].replace("p,", "q,", 1)
    (town / "analyses" / "targets.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    _edit(town, "year     = 2025", 'year = 2025\nareas = ["镇"]')
    words = {
        j.target.id: j.verdict.word
        for j in geoplan.open_study(town).run(only=("park_per_capita",))["park_per_capita"].judged
    }
    # 12.1 m2 for the 2000 people counted; those of R10 are unknown, so 12 may not hold, and 13 surely does not
    assert words == {"p": "needs_review", "q": "missed"}


def test_every_wrong_parameter_and_every_wrong_level_of_zones_is_said_at_once(town):
    study = (town / "study.toml").read_text(encoding="utf-8")
    wrong = '\n[parameters.park_500m]\ndistanc = "300 m"\ngap = "3 km2"\n'
    (town / "study.toml").write_text(study + wrong, encoding="utf-8")
    with pytest.raises(Problems) as said:
        geoplan.open_study(town).validate()
    assert [e.fields["file"] for e in said.value.exceptions] == ["study.toml [parameters.park_500m]"] * 2
    (town / "study.toml").write_text(study, encoding="utf-8")
    for level in ("districts", "communities"):
        (town / f"{level}.csv").unlink()
    with pytest.raises(Problems) as said:
        geoplan.open_study(town).validate()
    assert [e.id for e in said.value.exceptions[:2]] == ["source.nearest", "source.nearest"]


def test_amounts_by_zone_say_what_is_unknown_and_a_zone_the_data_do_not_cover_has_none(town):
    answer = document(geoplan.open_study(town).run(only=("waterlogging_fixed",)))["results"][0]
    rows = {row["zone"]: (row["value"], row["unknown"]) for row in answer["by_zone"]["片区"]}
    # W1 and W2 are done, of W4 nobody knows; all three lie south of the canal
    assert rows == {"D1": (2, 1), "D2": (0, 0), None: (0, 0)}
    south = gpd.GeoDataFrame(geometry=[shapely.box(500_000, 4_334_000, 501_200, 4_334_600)], crs="EPSG:4548")
    south.to_file(town / "south.gpkg")
    at = '[layers.waterlogging_points]\npath = "waterlogging_points.csv"'
    _edit(town, at, at + '\ncovers = "south.gpkg"')
    result = geoplan.open_study(town).run(only=("waterlogging_fixed",))["waterlogging_fixed"]
    assert result.status == "no_data"
    values = {row.zone: row.value for row in result.outcome.measure.by_zone["片区"]}
    assert values["D1"] is not None
    assert values["D2"] is None

"""The list of what is not as it should be: which features, in which zones, and how much each is."""

import shutil

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

import geoplan
from geoplan import sample
from geoplan.deficits import deficits_of
from geoplan.measure import Change, Flow, Halves, Outcome, Ratio, Total
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
WEST = shapely.box(500000, 4334000, 500100, 4334100)
PLACE = Place(
    "方", shapely.box(500000, 4334000, 500200, 4334100), TOWN,
    zones={"片区": Zones("片区", ("D1",), ("西片",), np.array([WEST], dtype=object))},
)  # fmt: skip


def frame(**columns):
    count = len(columns["id"])
    shapes = [shapely.box(500010 + 90 * i, 4334010, 500020 + 90 * i, 4334020) for i in range(count)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=TOWN)


def ratio(unit, whole=100.0):
    return Ratio(Halves(1, whole), {}, unit, unit)


def listed(outcome, weight="count"):
    return [(d.id, d.name, d.amount, d.unit, dict(d.zones)) for d in deficits_of(outcome, weight, PLACE)]


def test_only_what_is_unmet_is_listed_with_its_zones():
    homes = frame(id=["a", "b", "c"], name=["甲", None, "丙"], status=["unreached", "unreached", "unknown"])
    assert listed(Outcome(ratio("count"), evidence={"demand": homes})) == [
        ("a", "甲", 1.0, "count", {"片区": "西片"}),
        ("b", "", 1.0, "count", {"片区": None}),
    ]


@pytest.mark.parametrize(("weight", "unit", "column"), [
    ("area", "m2", "area_m2"), ("length", "m", "length_m"), ("population", "people", "population"), ("amount", "m2", "amount"),
])  # fmt: skip
def test_the_amount_is_what_the_definition_weighs_by_and_the_largest_comes_first(weight, unit, column):
    rows = frame(id=["a", "b"], status=["not_met", "not_met"], **{column: [20.0, 50.0]})
    assert [(d[0], d[2], d[3]) for d in listed(Outcome(ratio(unit), evidence={"all": rows}), weight)] == [
        ("b", 50.0, unit),
        ("a", 20.0, unit),
    ]


def test_people_nobody_counted_are_no_amount_and_still_a_deficit():
    rows = frame(id=["a"], status=["unreached"], population=[np.nan])
    assert [d[2] for d in listed(Outcome(ratio("people"), evidence={"demand": rows}), "population")] == [None]


def test_features_that_are_not_what_the_measure_adds_up_close_no_gap():
    # three plants of two species: of what is native one species is lacking, not two plants
    rows = frame(id=["a", "b"], status=["not_met", "not_met"])
    assert [d[2] for d in listed(Outcome(ratio("count", whole=2.0), evidence={"features": rows}))] == [None, None]
    assert [d[2] for d in listed(Outcome(ratio("count", whole=3.0), evidence={"features": rows}))] == [1.0, 1.0]


def test_ground_lost_in_pieces_is_one_deficit():
    rows = frame(id=["w", "w", "v"], status=["lost", "lost", "sliver"], area_m2=[3.0, 4.0, 0.1])
    found = listed(Outcome(Change(Flow(10, 0, 7)), evidence={"parts": rows}), "area")
    assert [(d[0], d[2]) for d in found] == [("w", 7.0)]


def test_nothing_unmet_is_an_empty_list():
    assert listed(Outcome(Total(3.0))) == []
    assert listed(Outcome(ratio("count"), evidence={"demand": frame(id=["a"], status=["reached"])})) == []


def test_the_town_names_the_estates_that_would_close_its_gap(tmp_path):
    study = geoplan.open_study(sample.gridtown_folder() / "study.toml")
    result = study.run(only=("service_500m",))["service_500m"]
    halves = result.outcome.measure.overall
    assert len(result.deficits) == halves.whole - halves.part - halves.unknown
    assert {d.status for d in result.deficits} == {"unreached"}
    assert all(set(d.zones) == {"片区", "社区"} for d in result.deficits)


HEAD = "id,analysis,area,year,op,value,unit,baseline_year,baseline_value,kind,attribute,year_basis,op_basis,aspirational,source,locator,note"


@pytest.mark.parametrize(("analysis", "value", "unit", "of"), [
    ("park_per_capita", "50", "平方米/人", "m2"),  # square metres of park
    ("natural_shoreline", "60", "%", "m"),  # metres of shore
    ("green_coverage", "30", "%", "m2"),  # square metres of green
    ("service_500m", "100", "%", "count"),  # homes, by name
    ("waterlogging_fixed", "500", "处", "count"),  # as many as are still to be mended
])  # fmt: skip
def test_what_would_close_a_gap_is_said_in_what_is_lacking(tmp_path, analysis, value, unit, of):
    folder = tmp_path / "town"
    shutil.copytree(sample.gridtown_folder(), folder)
    (folder / "analyses").mkdir()
    row = f"x,{analysis},镇,2025,>=,{value},{unit},,,computed,,printed,printed,,规划,表1,"
    (folder / "analyses" / "targets.csv").write_text(f"{HEAD}\n{row}\n", encoding="utf-8")
    study = (folder / "study.toml").read_text(encoding="utf-8").replace("[place]", '[place]\nareas = ["镇"]', 1)
    (folder / "study.toml").write_text(study, encoding="utf-8")
    results = geoplan.open_study(folder).run(only=(analysis,))
    result = results[analysis]
    (judged,) = result.judged
    measure, need = result.outcome.measure, judged.verdict.need
    assert judged.verdict.gap > 0
    assert (measure.part_unit if isinstance(measure, Ratio) else measure.unit) == of
    wanted = float(value) * (0.01 if unit == "%" else 1.0)
    if isinstance(measure, Ratio):
        assert (measure.overall.part + need) / measure.overall.whole == pytest.approx(wanted)
    else:
        assert measure.amount + need == wanted
    names = {d.id for d in result.deficits}
    assert {key for key, _, _ in judged.verdict.closing} <= names

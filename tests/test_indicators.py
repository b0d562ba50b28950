"""Every indicator the plans name is answered: computed by a definition whose sum stands on paper, or reported."""

import ast
import csv
import os
import shutil
import sys
from pathlib import Path

import pytest

import geoplan
from geoplan import sample
from geoplan.catalogue import Catalogue
from geoplan.scorecard import Scorecard
from geoplan.signature import method_function
from geoplan.target import NUMERIC, TRENDS, read_targets

ROOT = Path(__file__).parents[1]
TARGETS = read_targets(ROOT / "analyses" / "targets.csv")
CATALOGUE = Catalogue.for_study()
QUESTIONS = CATALOGUE.questions()
LIST = Path(os.environ.get("GEOPLAN_REAL_DATA", "."), "..", "domain", "indicators.csv")
COLUMNS = {
    "id": "id", "name_zh": "", "name_en": "", "unit": "unit", "kind": "kind", "area": "area",
    "baseline_year": "baseline_year", "baseline_value": "baseline_value", "target_year": "year", "target_op": "op",
    "locator": "locator", "attribute": "attribute", "year_basis": "year_basis", "op_basis": "op_basis",
    "aspirational": "aspirational",
}  # fmt: skip
# words of the engine that are also names of indicators or definitions, and what they are there
NAMED_ALIKE = {
    ("cli.py", "service_500m"),  # an example of a name, where none is near
    ("comparing.py", "eco_redline"),  # the layer
    ("draw/site_tables.py", "eco_redline"),  # the layer
    ("methods/intensity_reduction.py", "gdp"),  # the column, unless a definition names another
}


def shape(target):
    """How a target is asked: with a number, against a baseline, or in words."""
    if target.kind == "reported":
        return "reported"
    return "numeric" if target.op in NUMERIC else "trend" if target.op in TRENDS else "requirement"


def answered(target):
    """Whether a target names a question with an answer that is none of a stub."""
    if target.kind == "reported":
        return target.analysis in QUESTIONS and bool(QUESTIONS[target.analysis].evidence)
    if target.analysis not in CATALOGUE.names("analyses"):
        return False
    analysis = CATALOGUE.analysis(target.analysis).bound()
    return {"overall", "why"} <= analysis.example.keys() and callable(method_function(analysis.method))


def test_every_indicator_resolves(capsys):
    found = {}
    for target in TARGETS:
        found.setdefault(shape(target), []).append(answered(target))
    reported = {target.id for target in TARGETS if target.kind == "reported"}
    with capsys.disabled():
        told = [f"{name} {sum(found[name])}/{len(found[name])}" for name in ("numeric", "trend", "requirement")]
        told.append(f"reported {len(reported & set(QUESTIONS))}/{len(QUESTIONS)}")
        sys.stdout.write(f"\nindicators: {', '.join(told)}\n")
    assert [target.id for target in TARGETS if not answered(target)] == []
    assert reported == set(QUESTIONS)
    assert len(reported) == 142
    assert len({target.id for target in TARGETS}) == 307


def test_an_indicator_is_computed_or_reported_and_never_both():
    kinds = {}
    for target in TARGETS:
        kinds.setdefault(target.id, set()).add(target.kind)
    assert {name for name, found in kinds.items() if len(found) > 1} == set()
    assert not set(QUESTIONS) & set(CATALOGUE.names("analyses"))


def test_no_question_serves_by_a_special_case():
    names = {t.id for t in TARGETS} | set(CATALOGUE.names("analyses"))
    package = ROOT / "geoplan"
    found = set()
    for path in (p for p in package.rglob("*.py") if "sample" not in p.parts):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        found |= {
            (path.relative_to(package).as_posix(), node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and id(node) not in docs and node.value in names
        }
    assert found <= NAMED_ALIKE


@pytest.mark.skipif(not LIST.is_file(), reason="the list of the plans' indicators lies beside the real data")
def test_every_row_of_the_list_is_a_target_and_says_what_the_plan_says():
    with LIST.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {}
    for target in TARGETS:
        known.setdefault((target.id, target.area, str(target.year or ""), target.source[-4:-1]), []).append(target)
    assert len(rows) > 400
    for row in rows:
        same = known.get((row["id"], row["area"], row["target_year"], row["source_file"][:3]), [])
        assert same, (row["id"], row["area"], row["target_year"])
        for target in same:
            said = {mine: row[theirs] for theirs, mine in COLUMNS.items() if mine}
            assert {key: str(getattr(target, key) or "") for key in said} == said
            assert target.value == (row["target_value"] or row["value_printed"])
            assert row["note"] in target.note
    assert {(r["id"], r["area"], r["target_year"]) for r in rows} == {
        (t.id, t.area, str(t.year or "")) for t in TARGETS
    }


PHARMACY = """
title  = { zh = "步行300米范围内有药店的居住区比例", en = "Homes with a pharmacy within 300 m on foot" }
method = "reach"
unit   = "%"
better = "higher"
[layers]
demand  = "residential"
supply  = "pharmacies"
streets = "walk_network"
[parameters]
distance = "300 m"
"""
LAYER = """
title = { zh = "药店", en = "Pharmacies" }
geometry = "point"
"""
ROWS = """\
id,analysis,area,year,op,value,unit,baseline_year,baseline_value,kind,attribute,year_basis,op_basis,aspirational,source,locator,note
pharmacy_300m,pharmacy_300m,方格镇,2025,>=,10,%,,,computed,,printed,printed,,镇规划,表1,
pharmacy_300m,pharmacy_300m,方格镇,2035,=,100,%,2020,0,computed,,printed,printed,,镇规划,表1,
"""


def test_a_new_indicator_of_a_known_shape_is_one_file_and_its_target_rows(tmp_path):
    folder = tmp_path / "town"
    shutil.copytree(sample.gridtown_folder(), folder)
    for name in ("analyses", "layers"):
        (folder / name).mkdir()
    (folder / "analyses" / "pharmacy_300m.toml").write_text(PHARMACY, encoding="utf-8")
    (folder / "analyses" / "targets.csv").write_text(ROWS, encoding="utf-8")
    (folder / "layers" / "pharmacies.toml").write_text(LAYER, encoding="utf-8")
    lines = (folder / "community_facilities.csv").read_text(encoding="utf-8").splitlines()
    (folder / "pharmacies.csv").write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
    study = (folder / "study.toml").read_text(encoding="utf-8").replace("[place]", '[place]\nareas = ["方格镇"]', 1)
    study += '\n[layers.pharmacies]\npath = "pharmacies.csv"\ncrs = "EPSG:4548"\nas_of = "2025-06-30"\n'
    (folder / "study.toml").write_text(study, encoding="utf-8")
    geoplan.open_study(folder).validate()
    result = geoplan.open_study(folder).run(folder / "out", only=("pharmacy_300m",))["pharmacy_300m"]
    assert result.status == "ok"
    assert 0 < result.value < 100
    due, later = result.judged
    assert due.verdict.word == ("met" if result.value >= 10 else "missed")
    assert later.verdict.word in {"on_track", "behind"}
    assert result.deficits
    assert "pharmacy_300m" in (folder / "out" / "scorecard.csv").read_text(encoding="utf-8-sig")


def test_two_plans_that_disagree_stand_side_by_side(tmp_path):
    # the eco-city: 70 % of green travel by 2025 in one document, 64.8 % today and 75 % by 2030 in the other
    folder = tmp_path / "town"
    shutil.copytree(sample.gridtown_folder(), folder)
    row = "green_travel_share,中新天津生态城,2025,64.8,%,,交通调查,,"
    head = "name,area,year,value,unit,status,source,date,note"
    (folder / "reported.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    study = (folder / "study.toml").read_text(encoding="utf-8")
    study = 'reported = "reported.csv"\n' + study.replace("[place]", '[place]\nareas = ["中新天津生态城"]', 1)
    (folder / "study.toml").write_text(study, encoding="utf-8")
    results = geoplan.open_study(folder).run(only=("green_travel_share",))
    rows = Scorecard.of(results.results).rows
    asked = {(r.judged.target.source[-4:-1], r.judged.target.year): (r.judged.target.value, r.word) for r in rows}
    assert asked == {
        ("004", 2025): ("70", "missed"),
        ("000", 2030): ("75", "not_due"),
        ("000", 2035): ("90", "not_due"),
    }


def test_indicators_of_two_documents_are_never_merged():
    balance = {(t.source[-4:-1], t.year, t.op, t.value) for t in TARGETS if t.id == "jobs_housing_balance"}
    assert balance == {("004", 2025, ">", "50"), ("000", 2030, ">=", "60"), ("000", 2035, ">=", "62")}

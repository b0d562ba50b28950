"""Sixteen hundred damages to a study file and its rulebook: a sentence, or an answer in which nobody is cleared."""

import random
import warnings
from collections import Counter

import geopandas as gpd
import pytest
import slow_damage as damage
from slow_bench import HEAD

import geoplan as gp
from geoplan.errors import GeoplanError, Problems

pytestmark = pytest.mark.slow
CASES = 1_600
STUDY = """[place]
name = "镇"
boundary = "boundary.gpkg"
crs = "EPSG:4548"
year = 2025

[ask]
analyses = []

[layers.eco_redline]
path = "red.gpkg"
crs = "EPSG:4548"
as_of = 2025-01-01
covers = "boundary"

[thresholds]
near = "100 m"
"""
VALUES = ("3", "true", '""', "[]", "{}", "[3]", '"x"', "-1", "nan", "2020-01-01", '"EPSG:4549"', '"\\u0000"', '"../.."', '"涉密"', "[[]]", "{ path = 3 }", '"1e999 m"', "'boundary.gpkg'")  # fmt: skip
KEYS = ("layers", "place", "ask", "thresholds", "layers.eco_redline", "layers.eco_redline.at", "layers.eco_redline.at.2020", "parameters", "place.zones", "layers.nope", "reported", "layers.land")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[damage.box(0, 0, 1000, 1000)], crs=damage.TOWN).to_file(
        folder / "boundary.gpkg"
    )
    damage.write(damage.table(), folder, "gpkg")
    (folder / "layers").mkdir()
    return folder


def sites():
    shapes = [damage.box(*damage.INSIDE), damage.box(*damage.OUTSIDE)]
    return gpd.GeoDataFrame({"project": ["inside", "outside"]}, geometry=shapes, crs=damage.TOWN)


def book():
    rows = ((c, s) for c, s in (("core", 1), ("general", 3), ("other", 3)))
    return "\n".join([HEAD, *(f"eco_redline,{c},overlap,,,,{s},forbidden,,,,,,某法第一条,yes,,,,1,," for c, s in rows)])


def harmed(rng):
    """The study and its rulebook, one of them harmed."""
    lines = STUDY.splitlines()
    said = [n for n, line in enumerate(lines) if " = " in line]
    kind = rng.choice(["bytes", "bytes", "value", "value", "drop", "more", "head", "book"])
    if kind == "bytes":
        return damage.bytes_of(STUDY.encode(), rng), book().encode()
    if kind == "book":
        return STUDY.encode(), damage.bytes_of(book().encode(), rng)
    if kind == "value":
        at = rng.choice(said)
        lines[at] = f"{lines[at].split(' = ')[0]} = {rng.choice(VALUES)}"
    elif kind == "drop":
        del lines[rng.randrange(len(lines))]
    elif kind == "more":
        lines.insert(
            rng.randrange(len(lines)),
            f"{rng.choice(['secrecy', 'where', 'columns', 'class', 'at', 'valid_to', 'zones', 'context', 'areas', 'source', 'encoding'])} = {rng.choice(VALUES)}",
        )
    else:
        lines.insert(0, f"{rng.choice(KEYS)} = {rng.choice(VALUES)}")
    return "\n".join(lines).encode(), book().encode()


def fate(folder, table):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            study = gp.open_study(folder)
            list(study.faults())
            report = gp.check(table, study=study)
    except (GeoplanError, Problems) as error:
        return "refused", "" if error.say("zh") and error.say("en") else "no sentence"
    except Exception as error:  # noqa: BLE001  (whatever is no sentence is what is looked for)
        return "raised", f"{type(error).__name__}: {error}"
    verdicts = {site.project: report.verdict_of(site) for site in report.register.sites}
    if verdicts.get("inside") == "clear":
        return "cleared", str(verdicts)
    return verdicts["inside"], ""


def test_whatever_is_done_to_a_study_it_is_a_sentence_and_clears_nobody(folder, counted):
    table, seen, wrong = sites(), Counter(), []
    for seed in range(CASES):
        study, rules = harmed(random.Random(f"study {seed}"))
        (folder / "study.toml").write_bytes(study)
        (folder / "layers" / "controls.csv").write_bytes(rules)
        what, fault = fate(folder, table)
        seen[what] += 1
        if fault:
            wrong.append((seed, what, fault))
    assert not wrong, f"{len(wrong)} of {CASES}: " + "\n".join(map(str, wrong[:25]))
    counted(seen)
    assert seen["refused"] > CASES / 5, seen
    assert seen["forbidden"] > 30, seen


def row(name="eco_redline", class_name="*", verdict="forbidden", basis="某法第一条", since="", until=""):
    return f"{name},{class_name},overlap,,,,1,{verdict},,,,,,{basis},yes,{since},{until},,1,,"


BOOKS = {
    "no rows at all": ([], "not_checked"),
    "a class without a row": ([row(class_name="other")], "not_checked"),
    "a line nobody has data of": ([row("flood", "")], "not_checked"),
    "rows that are not in force yet": ([row(since="2030-01-01")], "not_checked"),
    "rows that are out of force": ([row(until="2020-01-01")], "not_checked"),
    "a ban founded on nothing": ([row(basis="")], "conditional"),
    "a line nobody knows": ([row("eco_redlin")], "eco_redlin"),
    "a class nobody knows": ([row(class_name="cor")], "cor"),
    "a verdict nobody knows": ([row(verdict="forbiden")], "forbiden"),
    "a ban that became clear": ([row(verdict="clear")], "inside only"),
}
"""What the rows of a rulebook may come to, and what becomes of the site inside: its verdict, or what is complained of."""
VERDICTS = {"not_checked", "conditional"}


@pytest.mark.parametrize("name", BOOKS)
def test_a_rulebook_that_lost_what_it_says_clears_nobody(folder, name, counted):
    rows, wanted = BOOKS[name]
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    (folder / "layers" / "controls.csv").write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    if wanted not in VERDICTS:
        with pytest.raises(Problems) as told:
            gp.check(sites(), study=folder)
        assert wanted in told.value.say("en")
        assert len(told.value.exceptions) == 1
        counted({"refused": 1})
        return
    report = gp.check(sites(), study=folder)
    verdicts = {site.project: report.verdict_of(site) for site in report.register.sites}
    assert verdicts["inside"] == wanted
    counted({wanted: 1})

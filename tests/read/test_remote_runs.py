"""Whole studies whose layers are handed out by a service: the same answers as from files, and never a false clear."""

import json
import math
import shutil
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from read_serving import Answer, Served, exception

import geoplan as gp
from geoplan.cli import main
from geoplan.errors import Problems
from geoplan.read import counter
from geoplan.sample import gridtown_folder

PARKS = ("park_500m", "park_per_capita")


@pytest.fixture
def gridtown(tmp_path, serving):
    """The town of the examples, some of whose layers are handed out by a service."""
    folder = tmp_path / "方格镇"
    shutil.copytree(gridtown_folder(), folder)

    def served(kind, *names, spelled="urn:ogc:def:crs:EPSG::4548"):
        study = folder / "study.toml"
        text = study.read_text(encoding="utf-8")
        for name in names:
            table = pd.read_csv(folder / f"{name}.csv", dtype={"id": str})
            shapes = shapely.from_wkt(table.pop("wkt").to_numpy())
            serving.layers[f"town:{name}"] = Served(gpd.GeoDataFrame(table, geometry=shapes, crs=4548), 4548, spelled)
            (folder / f"{name}.csv").unlink()
            address = getattr(serving, kind)
            text = text.replace(f'path = "{name}.csv"\ncrs = "EPSG:4548"', f'path = "{address}"\nlayer = "town:{name}"')
            text = text.replace(f'path = "{name}.csv"', f'path = "{address}", layer = "town:{name}"')
            text = text.replace(f'"{name}.csv"', f'{{ path = "{address}", layer = "town:{name}" }}')
        study.write_text(text, encoding="utf-8")
        return folder

    return served


def alike(one, other, where=""):
    """Two documents, numbers to 1e-9."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for key in one:
            alike(one[key], other[key], f"{where}.{key}")
    elif isinstance(one, list):
        assert len(one) == len(other), where
        for i, (a, b) in enumerate(zip(one, other, strict=True)):
            alike(a, b, f"{where}[{i}]")
    elif isinstance(one, float) and isinstance(other, float):
        assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9), where
    else:
        assert one == other, where


def results(out):
    return json.loads((out / "results.json").read_text(encoding="utf-8"))["results"]


@pytest.mark.parametrize("kind", ["wfs", "api"])
def test_a_run_of_served_layers_gives_what_files_give(gridtown, serving, tmp_path, kind, capsys, monkeypatch):
    monkeypatch.setattr(counter, "LOOKED_AT", 5)
    only = [word for name in PARKS for word in ("--only", name)]
    assert main(["run", str(gridtown_folder()), "-o", str(tmp_path / "files"), *only]) == 0
    folder = gridtown(kind, "parks", "residential", "walk_network", "boundary", "districts")
    assert main(["run", str(folder), "-o", str(tmp_path / "one"), *only, "--allow-remote"]) == 0
    alike(results(tmp_path / "files"), results(tmp_path / "one"))
    assert main(["run", str(folder), "-o", str(tmp_path / "two"), *only, "--allow-remote"]) == 0
    for name in ("results.json", "provenance.json", "scorecard.csv", "index.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    origin = json.loads((tmp_path / "one" / "provenance.json").read_text(encoding="utf-8"))["layers"]["parks"]
    assert (origin["path"], origin["layer"]) == (getattr(serving, kind), "town:parks")
    assert len(origin["sha256"]) == 64
    capsys.readouterr()


def test_without_leave_nothing_is_asked_and_the_sentence_says_how_to_give_it(gridtown, serving, tmp_path, capsys):
    folder = gridtown("wfs", "parks")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    parks = text[text.index("[layers.parks]") :].partition("\n[layers.park_entrances]")[0]
    place = '[place]\nname = "镇"\nboundary = "boundary.csv"\ncrs = "EPSG:4548"\n[ask]\nanalyses = ["pocket_parks"]\n'
    (folder / "study.toml").write_text(place + parks, encoding="utf-8")
    out, checkup = tmp_path / "out", tmp_path / "checkup"
    for verb in (["run", "-o", str(out)], ["validate"], ["validate", "--report", "-o", str(checkup)]):
        assert main([verb[0], str(folder), *verb[1:]]) == 3, verb
        told = capsys.readouterr()
        assert "--allow-remote" in told.err + told.out, verb
    with pytest.raises(Problems) as caught:
        gp.open_study(folder).validate()
    assert "--allow-remote" in caught.value.say("en")
    assert serving.asked == []
    gp.open_study(folder, allow_remote=True).validate()
    for verb in (["run", "-o", str(out)], ["validate"], ["validate", "--report", "-o", str(checkup)]):
        assert main([verb[0], str(folder), *verb[1:], "--allow-remote"]) == 0, verb
    assert gp.open_study(folder).outside_paths() == (serving.wfs,)
    assert f"{serving.root}/wfs" in (checkup / "index.html").read_text(encoding="utf-8")
    capsys.readouterr()


def test_a_run_without_one_service_answers_the_rest(gridtown, serving, tmp_path, capsys):
    folder = gridtown("wfs", "parks")
    serving.twist = lambda q, answer: exception("gone") if q.get("request") == "GetFeature" else answer
    only = ["--only", "park_per_capita", "--only", "bridges"]
    assert main(["run", str(folder), "-o", str(tmp_path / "out"), *only, "--allow-remote"]) == 3
    status = {r["analysis"]: r["status"] for r in results(tmp_path / "out")}
    assert status == {"park_per_capita": "no_data", "bridges": "ok"}
    assert "gone" in capsys.readouterr().err


# control lines


@pytest.fixture
def town(tmp_path, serving):
    """A study of one square kilometre with one control line, which a service hands out."""
    square = shapely.box(500_000, 4_334_000, 501_000, 4_335_000)
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[square], crs=4548).to_file(tmp_path / "boundary.gpkg")
    lines = [
        shapely.box(x, y, x + 20, y + 20) for x in range(500_000, 500_100, 25) for y in range(4_334_000, 4_334_100, 25)
    ]
    far = [shapely.box(x, 4_334_900, x + 20, 4_334_920) for x in range(500_000, 501_000, 50)]
    frame = gpd.GeoDataFrame(
        {"BSM": [str(n) for n in range(len(lines) + len(far))], "GKFQ": "一般控制区"}, geometry=far + lines, crs=4548
    )
    serving.layers["red"] = Served(frame, 4548, "urn:ogc:def:crs:EPSG::4548")
    (tmp_path / "layers").mkdir()
    head = (
        "layer,class,relation,distance_m,domain,applies_to,severity,verdict,activity,documents,exception,next_step,"
        "authority,basis,required,valid_from,valid_to,max_age_years,order,wording_zh,wording_en"
    )
    rule = "eco_redline,{},overlap,,,,{},forbidden,,,,,,某法第一条,yes,,,,1,,"
    book = [head, *(rule.format(name, grade) for name, grade in (("core", 1), ("general", 3), ("other", 3)))]
    (tmp_path / "layers" / "controls.csv").write_text("\n".join(book), encoding="utf-8")

    def check(west, south, kind="wfs", *, covers="boundary", allow_remote=True, **site):
        red = f'path = "{getattr(serving, kind)}"\nas_of = "2025-01-01"\ncovers = "{covers}"\n'
        place = '[place]\nname = "镇"\nboundary = "boundary.gpkg"\ncrs = "EPSG:4548"\n'
        (tmp_path / "study.toml").write_text(f"{place}[layers.eco_redline]\n{red}", encoding="utf-8")
        shape = shapely.box(500_000 + west, 4_334_000 + south, 500_000 + west + 50, 4_334_000 + south + 50)
        frame = gpd.GeoDataFrame({"project": ["某项目"]}, geometry=[shape], crs=4548)
        return gp.check(frame, study=gp.open_study(tmp_path, allow_remote=allow_remote), **site)

    return check


@pytest.mark.parametrize("kind", ["wfs", "api"])
@pytest.mark.parametrize("looked_at", [1000, 3])
def test_a_served_control_line_is_checked_as_one_of_a_file(town, kind, looked_at, monkeypatch):
    monkeypatch.setattr(counter, "LOOKED_AT", looked_at)
    report = town(30, 30, kind)
    assert report.verdict == "forbidden"
    assert math.fsum(f.contact.overlap for f in report.findings) == pytest.approx(40 * 40, rel=1e-6)
    assert (town(500, 500, kind).verdict, town(500, 500, kind).complete) == ("clear", True)
    assert town(500, 500, kind, allow_remote=False).verdict == "not_checked"


def cut(share):
    return lambda answer: replace(answer, body=answer.body[: int(share * len(answer.body))])


def lost(share):
    return lambda answer: replace(answer, sent=int(share * len(answer.body)))


FAILING = {
    "cut 0.9": cut(0.9), "lost 0.5": lost(0.5),
    "nothing": lambda _: Answer(b""), "page": lambda _: Answer(b"<html><body>login</body></html>", "text/html"),
    "exception": lambda _: exception("the store is gone"), "500": lambda answer: replace(answer, status=500),
    "403": lambda answer: replace(answer, status=403),
    "none": lambda answer: replace(
        answer,
        body=b'<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" '
        b'numberMatched="0" numberReturned="0"/>' if answer.kind == "text/xml"
        else b'{"type": "FeatureCollection", "features": [], "numberMatched": 0, "numberReturned": 0, "links": []}',
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name"), [*(("wfs", name) for name in FAILING), ("api", "cut 0.9"), ("api", "lost 0.5"), ("api", "none")]
)
def test_a_service_that_fails_at_any_moment_makes_no_site_clear(town, serving, monkeypatch, kind, name):
    monkeypatch.setattr(counter, "LOOKED_AT", 3)
    town(30, 30, kind)
    moments = len(serving.asked)
    for moment in range(moments):
        serving.asked.clear()
        serving.twist = lambda _, a, at=moment: FAILING[name](a) if len(serving.asked) == at + 1 else a
        report = town(30, 30, kind)
        assert report.verdict in {"forbidden", "not_checked"}, moment
        assert "clear" not in {f.verdict for f in report.findings}, moment


@pytest.mark.parametrize("kind", ["wfs", "api"])
@pytest.mark.parametrize("cap", [1, 20, 35])
@pytest.mark.parametrize("newest", ["2.0.0", "1.1.0", "1.0.0"])
def test_a_service_that_hands_out_only_some_makes_no_site_clear(town, serving, kind, cap, newest):
    serving.cap, serving.pages, serving.newest, serving.counts = cap, False, newest, newest == "2.0.0"
    report = town(30, 30, kind)
    assert "clear" not in {f.verdict for f in report.findings}
    assert report.verdict == "not_checked"


def test_a_service_whose_extent_is_taken_for_its_coverage_is_refused(town):
    assert town(500, 500, covers="extent").verdict == "not_checked"


@pytest.mark.parametrize(
    "path",
    [
        '"WFS:https://gis:hush@gis.invalid/wfs"', '"OAPIF:https://gis.invalid/api?token=hush"',
        '"postgresql://gis:hush@gis.invalid/plan"', '["a.gpkg", {{ path = "WFS:https://gis.invalid/wfs?tk=hush" }}]',
    ],
)  # fmt: skip
def test_a_secret_written_into_a_study_is_on_no_page_and_no_screen(tmp_path, path, capsys):
    path = path.replace("{{", "{").replace("}}", "}")
    square = shapely.box(500_000, 4_334_000, 501_000, 4_335_000)
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[square], crs=4548).to_file(tmp_path / "boundary.gpkg")
    (tmp_path / "a.gpkg").write_bytes((tmp_path / "boundary.gpkg").read_bytes())
    place = '[place]\nname = "镇"\nboundary = "boundary.gpkg"\ncrs = "EPSG:4548"\n[ask]\nanalyses = ["pocket_parks"]\n'
    (tmp_path / "study.toml").write_text(f"{place}[layers.parks]\npath = {path}\n", encoding="utf-8")
    checkup, out = str(tmp_path / "checkup"), str(tmp_path / "out")
    for verb in (["validate"], ["validate", "--report", "-o", checkup], ["run", "-o", out], ["validate", "--json"]):
        assert main([verb[0], str(tmp_path), *verb[1:], "--allow-remote"]) in {2, 3}
        told = capsys.readouterr()
        assert "hush" not in told.out + told.err, verb
    pages = [p for p in tmp_path.rglob("*") if p.is_file() and p.name != "study.toml"]
    assert any(p.name == "index.html" for p in pages)
    assert [p.name for p in pages if b"hush" in p.read_bytes()] == []

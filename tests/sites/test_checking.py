"""The check as a study sees it: the demo city's sites, thresholds, coverage, data that cannot be read."""

import dataclasses
import json
import random

import geopandas as gpd
import pytest
import shapely

import geoplan as gp
from geoplan.desk import Claim
from geoplan.errors import Problems, UnknownName
from geoplan.sites.finding import worst


@pytest.fixture(scope="module")
def demo(demo_city):
    return demo_city


@pytest.fixture(scope="module")
def sites(demo):
    return gpd.read_file(demo / "data" / "sites.gpkg")


@pytest.fixture(scope="module")
def report(demo, sites):
    return gp.check(sites, study=demo)


@pytest.fixture
def town(tmp_path):
    """A study of one square kilometre with one control line, written out to be broken."""
    crs = "EPSG:4548"
    square = shapely.box(500_000, 4_334_000, 501_000, 4_335_000)
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[square], crs=crs).to_file(tmp_path / "boundary.gpkg")
    red = shapely.box(500_000, 4_334_000, 500_100, 4_334_100)
    gpd.GeoDataFrame({"BSM": ["1"], "GKFQ": ["一般控制区"]}, geometry=[red], crs=crs).to_file(tmp_path / "red.gpkg")
    (tmp_path / "layers").mkdir()
    head = "layer,class,relation,distance_m,domain,applies_to,severity,verdict,activity,documents,exception,next_step,authority,basis,required,valid_from,valid_to,max_age_years,order,wording_zh,wording_en"
    rule = "eco_redline,{},overlap,,,,{},forbidden,,,,,,某法第一条,yes,,,,1,,"
    book = [head, *(rule.format(name, grade) for name, grade in (("core", 1), ("general", 3), ("other", 3)))]
    (tmp_path / "layers" / "controls.csv").write_text("\n".join(book), encoding="utf-8")
    return Town(tmp_path)


class Town:
    def __init__(self, folder):
        self.folder = folder
        self.red = {"path": "red.gpkg", "crs": "EPSG:4548", "as_of": "2025-01-01", "covers": "boundary"}
        self.more = ""

    def study(self):
        red = "".join(f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in self.red.items())
        text = f'[place]\nname = "镇"\nboundary = "boundary.gpkg"\ncrs = "EPSG:4548"\n{self.more}\n[layers.eco_redline]\n{red}'
        (self.folder / "study.toml").write_text(text, encoding="utf-8")
        return self.folder

    def check(self, west, south, **more):
        shape = shapely.box(*(500_000 + west, 4_334_000 + south), *(500_000 + west + 50, 4_334_000 + south + 50))
        frame = gpd.GeoDataFrame({"project": ["某项目"]}, geometry=[shape], crs="EPSG:4548")
        return gp.check(frame, study=self.study(), **more)


def test_the_sites_of_the_demo_city_get_the_verdicts_their_column_names(sites, report):
    found = {}
    for site in report.register.sites:
        for key in site.keys:
            mine = [f for f in report.of(site) if f.plot in {key, ""}]
            found[key] = worst(f.verdict for f in mine if f.verdict != "not_checked" or f.blocks)
    assert found == dict(zip(sites["plot"], sites["expected"], strict=True))


def test_the_file_of_the_demo_citys_sites_is_read_as_the_projects_it_names(demo, sites, report):
    read = gp.check(demo / "data" / "sites.gpkg", study=demo)
    told = {s.project: s for s in report.register.sites}
    assert [s.project for s in read.register.sites] == list(told) == list(dict.fromkeys(sites["project"]))
    for site in read.register.sites:
        other = told[site.project]
        assert (site.keys, site.planned_use, site.activities) == (other.keys, other.planned_use, other.activities)
        assert [p.role for p in site.plots] == [p.role for p in other.plots]
        assert (read.verdict_of(site), read.areas[site.receipt]) == (
            report.verdict_of(other), report.areas[other.receipt],
        )  # fmt: skip
    assert [s.receipt for s in read.register.sites][:2] == ["001-01", "001-02"]


def test_a_project_of_the_demo_city_is_as_bad_as_its_worst_plot(sites, report):
    order = ["forbidden", "conditional", "not_checked", "caution", "clear"]
    for site in report.register.sites:
        expected = sites.loc[sites["project"] == site.project, "expected"]
        assert report.verdict_of(site) == min(expected, key=order.index), site.project


def test_every_line_of_the_rulebook_is_answered_for_every_project(report):
    lines = {rule.layer for rule in report.rules}
    assert len(lines) > 30
    quiet = {"land_use_current", "land_use_plan"}
    for site in report.register.sites:
        assert {f.control for f in report.of(site)} | quiet == lines | quiet, site.project
    missing = [f for f in report.findings if f.control == "drinking_water"]
    assert {(f.verdict, f.plot, f.reason.sentence) for f in missing} == {
        ("not_checked", "", "site_reason.not_supplied")
    }


def test_the_tables_of_every_project_add_up_to_its_plots(report):
    for site in report.register.sites:
        tables = report.tables[site.receipt]
        total = sum(row[-1] for row in tables["land_use_current"].rows)
        assert total == pytest.approx(report.areas[site.receipt][""]["ellipsoid"], abs=0.01), site.project
        planned = sum(row[3] for row in tables["land_use_plan"].rows)
        assert planned == pytest.approx(report.areas[site.receipt][""]["ellipsoid"], abs=0.01), site.project


def test_the_hair_over_the_red_line_is_said_with_its_width(report):
    (finding,) = [f for f in report.findings if f.sliver_only]
    assert (finding.plot, finding.control, finding.verdict) == ("B03-1", "eco_redline", "caution")
    assert finding.contact.sliver_width == pytest.approx(0.04, abs=0.003)


def test_nothing_changes_from_run_to_run_and_provenance_names_rules_and_data(demo, sites, report):
    again = gp.check(sites, study=demo)
    assert again.findings == report.findings
    assert again.provenance == report.provenance
    assert set(again.provenance["rulebook"]) == {"controls", "activities", "land_uses", "land_groups"}
    assert again.provenance["layers"]["eco_redline"]["sha256"]
    assert again.provenance["thresholds"] == {"near": 200.0, "adjacent": 1.0, "sliver_area": 1.0, "sliver_width": 0.1}


def test_three_thousand_plots_are_checked_in_one_call(demo):
    many = gpd.read_file(demo / "data" / "sites_many.gpkg")
    report = gp.check(many, study=demo)
    assert len(report.register.sites) == 3_000
    assert {report.verdict_of(site) for site in report.register.sites} >= {
        "forbidden",
        "conditional",
        "not_checked",
        "clear",
    }


@pytest.mark.parametrize("line", ["eco_redline", "permanent_farmland", "growth_boundary", "nature_reserves"])
def test_the_demo_without_one_of_its_lines_has_no_clear_site_on_land(demo, sites, line):
    study = gp.open_study(demo)
    layers = {name: said for name, said in study.table["layers"].items() if name != line}
    report = gp.check(sites, study=dataclasses.replace(study, table={**study.table, "layers": layers}))
    assert report.controls[line] is None
    clear = [site for site in report.register.sites if report.verdict_of(site) == "clear"]
    # the growth boundary is a line of the land, and one site lies wholly in the sea
    assert [site.project for site in clear] == (["港城码头泊位"] if line == "growth_boundary" else [])


def test_without_the_land_the_site_in_the_sea_is_asked_what_the_land_is_asked(demo, sites):
    study = gp.open_study(demo)
    for land in (None, {"path": "data/gone.gpkg"}):
        layers = {**study.table["layers"], "land": land}
        layers = {name: said for name, said in layers.items() if said}
        report = gp.check(sites, study=dataclasses.replace(study, table={**study.table, "layers": layers}))
        (berth,) = [site for site in report.register.sites if site.project == "港城码头泊位"]
        assert report.verdict_of(berth) == "conditional"
        assert ("site.no_land" in {note.sentence for note in report.notices}) is (land is not None)


# ------------------------------------------------------------------ one town, broken in every way


def test_a_town_as_it_should_be(town):
    assert town.check(50, 50).verdict == "forbidden"
    assert town.check(500, 500).verdict == "clear"
    (near,) = [f for f in town.check(150, 0).findings if f.contact.nearest is not None]
    assert near.contact.nearest == pytest.approx(50, abs=0.01)


@pytest.mark.parametrize(
    "broken",
    [
        {"path": "gone.gpkg"},
        {"crs": "EPSG:4528"},
        {"layer": "nothing"},
        {"covers": "extent"},
        {"covers": ""},
        {"secrecy": "涉密"},
        {"valid_to": "2024-12-31"},
        {"where": "\"GKFQ\" = '没有'"},
    ],
)
def test_a_control_line_broken_in_any_way_makes_no_site_clear(town, broken):
    town.red.update(broken)
    town.red = {k: v for k, v in town.red.items() if v}
    report = town.check(500, 500)
    assert "clear" not in {f.verdict for f in report.findings}
    assert (report.verdict, report.complete) == ("not_checked", False)


@pytest.mark.parametrize("kept", [0.0, 0.02, 0.5, 0.9])
def test_a_file_cut_short_anywhere_makes_no_site_clear(town, kept):
    path = town.folder / "red.gpkg"
    data = path.read_bytes()
    path.write_bytes(data[: int(kept * len(data))])
    report = town.check(500, 500)
    assert "clear" not in {f.verdict for f in report.findings}
    assert report.verdict == "not_checked"


@pytest.mark.parametrize("seed", range(6))
def test_a_shapefile_with_a_part_missing_or_scribbled_over_makes_no_site_clear(town, seed):
    rng = random.Random(seed)
    gpd.read_file(town.folder / "red.gpkg").to_file(town.folder / "red.shp", encoding="UTF-8")
    town.red["path"] = "red.shp"
    part = town.folder / f"red{rng.choice(['.shp', '.shx', '.dbf'])}"
    if seed % 2:
        part.unlink()
    else:
        part.write_bytes(rng.randbytes(part.stat().st_size))
    report = town.check(500, 500)
    overlapped = town.check(50, 50)
    assert report.verdict == "not_checked" or overlapped.verdict in {"forbidden", "not_checked"}
    assert "clear" not in {f.verdict for f in overlapped.findings}


def test_a_line_with_nothing_near_the_place_is_an_answer_where_its_data_lie_elsewhere(town):
    far = shapely.box(520_000, 4_334_000, 520_100, 4_334_100)
    frame = gpd.GeoDataFrame({"BSM": ["1"], "GKFQ": ["一般控制区"]}, geometry=[far], crs="EPSG:4548")
    frame.to_file(town.folder / "red.gpkg")
    assert town.check(500, 500).verdict == "clear"
    frame.iloc[:0].to_file(town.folder / "red.gpkg")
    assert town.check(500, 500).verdict == "not_checked"


def test_features_that_cannot_be_used_keep_every_site_from_being_clear(town):
    bow = shapely.from_wkt("POLYGON ((500200 4334000, 500300 4334100, 500300 4334000, 500200 4334100, 500200 4334000))")
    frame = gpd.read_file(town.folder / "red.gpkg")
    more = gpd.GeoDataFrame({"BSM": ["2"], "GKFQ": ["一般控制区"]}, geometry=[bow], crs="EPSG:4548")
    gpd.pd.concat([frame, more]).to_file(town.folder / "red.gpkg")
    report = town.check(500, 500)
    assert [f.reason.sentence for f in report.findings] == ["site_reason.set_aside"]
    assert report.verdict == "not_checked"


def test_a_site_beyond_the_boundary_is_not_covered_and_the_line_beyond_it_is_seen_all_the_same(town):
    beyond = shapely.box(503_000, 4_334_000, 503_200, 4_334_200)
    frame = gpd.read_file(town.folder / "red.gpkg")
    more = gpd.GeoDataFrame({"BSM": ["2"], "GKFQ": ["一般控制区"]}, geometry=[beyond], crs="EPSG:4548")
    gpd.pd.concat([frame, more]).to_file(town.folder / "red.gpkg")
    report = town.check(3_050, 50)
    assert {f.verdict for f in report.findings} == {"forbidden", "not_checked"}


def test_covers_as_a_file_reaches_as_far_as_it_says(town):
    whole = shapely.box(499_000, 4_333_000, 505_000, 4_336_000)
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[whole], crs="EPSG:4548").to_file(town.folder / "covers.gpkg")
    town.red["covers"] = "covers.gpkg"
    assert town.check(3_000, 0).verdict == "clear"
    assert town.check(6_000, 0).verdict == "not_checked"


def test_thresholds_of_the_study_are_used_and_near_may_be_said_in_the_call(town):
    town.more = '[thresholds]\nnear = "40 m"\nsliver_width = "5 cm"\n'
    quiet = town.check(150, 0)
    assert [f.contact.nearest for f in quiet.findings] == [None]
    assert quiet.limits.sliver_width == 0.05
    assert town.check(150, 0, near="60 m").findings[0].contact.nearest == pytest.approx(50, abs=0.01)
    town.more = '[thresholds]\nnearby = "40 m"\n'
    with pytest.raises(Problems):
        town.check(150, 0)
    town.more = "[thresholds]\nnear = 40\n"
    with pytest.raises(Problems):
        town.check(150, 0)


def test_a_layer_given_in_python_is_the_line(town, ground):
    study = gp.open_study(town.study()).with_layer(
        "eco_redline",
        ground.line("eco_redline", ("core", (500, 500, 900, 900)), classes=("core",), covers=(0, 0, 1000, 1000)),
    )
    frame = gpd.GeoDataFrame(geometry=[ground.box(600, 600, 700, 700)], crs="EPSG:4548")
    assert gp.check(frame, study=study).verdict == "forbidden"


def test_sites_in_degrees_are_checked_where_they_are_and_have_no_plane(town, ground):
    frame = gpd.GeoDataFrame({"project": ["某项目"]}, geometry=[ground.box(10, 10, 60, 60)], crs="EPSG:4548")
    report = gp.check(frame.to_crs("EPSG:4490"), study=town.study())
    assert report.verdict == "forbidden"
    assert report.areas["001"]["1"]["plane"] is None
    assert report.areas["001"]["1"]["ellipsoid"] == pytest.approx(2_500, abs=0.01)


def test_a_claim_speaks_for_sites_that_say_nothing(town):
    assert town.check(500, 500, claim=Claim(use="住宅", activities=("5",))).register.sites[0].activities == ("5",)
    with pytest.raises(UnknownName, match="'11'"):
        town.check(500, 500, claim=Claim(activities=("11",)))


def test_a_plot_that_is_no_polygon_makes_its_project_unread(town, ground):
    bow = shapely.from_wkt("POLYGON ((0 0, 9 9, 9 0, 0 9, 0 0))")
    frame = gpd.GeoDataFrame({"project": ["甲", "乙"]}, geometry=[bow, ground.box(500, 500, 550, 550)], crs="EPSG:4548")
    report = gp.check(frame, study=town.study())
    assert [u.file for u in report.register.unread] == ["甲"]
    assert "Self-intersection" in report.register.unread[0].reason.say("en")
    assert (report.verdict, report.verdict_of(report.register.sites[0])) == ("not_checked", "clear")


def test_attachments_are_opened_as_the_desk_does(town, ground):
    frame = gpd.GeoDataFrame({"id": ["1"]}, geometry=[ground.box(10, 10, 60, 60)], crs="EPSG:4548")
    frame.to_file(town.folder / "site.geojson", driver="GeoJSON")
    (town.folder / "broken.txt").write_text("nothing", encoding="utf-8")
    report = gp.check([town.folder / "site.geojson", town.folder / "broken.txt"], study=town.study())
    assert report.verdict_of(report.register.sites[0]) == "forbidden"
    assert [u.file for u in report.register.unread] == ["broken.txt"]

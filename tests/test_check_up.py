"""Does this look right? The page of a study's data: every layer, what is odd, what cannot be used, and no false alarm."""

import json
import re
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

import geoplan
from geoplan.cli import main
from geoplan.crs import parse, to_crs
from geoplan.ops.encrypted import encrypted

GRIDTOWN = Path(geoplan.__file__).parent / "sample" / "gridtown"
W, S = 560_000.0, 4_330_000.0
STUDY = """
[place]
name = "试验镇"
boundary = "boundary.gpkg"
crs = "EPSG:4548"
year = 2025

[ask]
analyses = ["metro_length"]

[layers.communities]
path = "communities.gpkg"
as_of = "{as_of}"
provider = "某局"
document = "某函〔2025〕1号"

[layers.rail_lines]
path = "lines.gpkg"
as_of = 2025
class = {{ class = "metro", status = "open" }}

[layers.rail_stations]
path = "stations.geojson"
as_of = 2025
class = "open"
{more}
"""


def write(path, shapes, crs=4548, **columns):
    frame = gpd.GeoDataFrame(
        columns or {"name": [""] * len(shapes)}, geometry=np.asarray(shapes, dtype=object), crs=crs
    )
    frame.to_file(path)


@pytest.fixture
def town(tmp_path):
    """Writes a small study; sound where nothing else is said."""
    lines = [shapely.LineString([(W + x, S), (W + x + 400, S + 3000)]) for x in (300, 1500, 2500, 3500)]
    lines += [shapely.LineString([(W, S + y), (W + 4000, S + y + 300)]) for y in (400, 1400, 2400)]
    true = np.array([line.interpolate(t, normalized=True) for line in lines for t in np.linspace(0.1, 0.9, 6)])

    def make(*, frame="", overlap=0.0, as_of="2025-06-30", more=""):
        west, east = shapely.box(W, S, W + 2000 + overlap, S + 3000), shapely.box(W + 2000, S, W + 4000, S + 3000)
        write(tmp_path / "boundary.gpkg", [shapely.box(W, S, W + 4000, S + 3000)])
        write(tmp_path / "communities.gpkg", [west, east], name=["西社区", "东社区"], code=["1", "2"])
        write(tmp_path / "lines.gpkg", lines)
        lon, lat = shapely.get_coordinates(to_crs(true, parse("EPSG:4548"), parse("EPSG:4326"))).T
        lon, lat = encrypted(lon, lat, frame) if frame else (lon, lat)
        names = [f"第{n}站" for n in range(len(lon))]
        text = {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"name": name},
                    "geometry": {"type": "Point", "coordinates": [float(x), float(y)]},
                }
                for name, x, y in zip(names, lon, lat, strict=True)
            ],
        }
        (tmp_path / "stations.geojson").write_text(json.dumps(text), encoding="utf-8")
        (tmp_path / "study.toml").write_text(STUDY.format(as_of=as_of, more=more), encoding="utf-8")
        return tmp_path, true

    return make


def kinds(study, **how):
    return {(o.layer, o.kind, o.grave) for o in geoplan.open_study(study).check_up(**how).oddities}


def test_a_sound_study_raises_nothing_and_is_done(town, capsys):
    folder, _ = town()
    assert main(["validate", str(folder), "--report"]) == 0
    assert (folder / "checkup" / "index.html").is_file()
    assert kinds(folder) == set()
    assert "无法使用 0 个，存疑 0 项" in capsys.readouterr().out


def test_the_page_has_a_map_a_layer_and_asks_for_nothing(town):
    folder, _ = town(overlap=50, as_of="2019")
    main(["validate", str(folder), "--report", "-o", str(folder / "page")])
    html = (folder / "page" / "index.html").read_text(encoding="utf-8")
    assert html.count('<figure class="map">') == 3
    assert "default-src 'none'" in html
    assert not re.findall(r"(?:src|href)=\"(?!#)", html)
    assert "相互重叠" in html
    assert html.index("先看这些") < html.index("图层</h2>")


@pytest.mark.parametrize(
    ("language", "book", "word"), [("zh", "数据清单.xlsx", "某函〔2025〕1号"), ("en", "Data inventory.xlsx", "Doubt")]
)
def test_the_inventory_says_where_every_layer_comes_from(town, language, book, word):
    folder, _ = town(overlap=50)
    main(["validate", str(folder), "--report", "-o", str(folder / "page"), "--lang", language])
    with zipfile.ZipFile(folder / "page" / book) as archive:
        text = archive.read("xl/sharedStrings.xml").decode()
    assert word in text
    assert "communities.gpkg" in text


def test_two_pages_of_the_same_data_are_the_same_bytes(town):
    folder, _ = town(overlap=50)
    for name in ("one", "two"):
        main(["validate", str(folder), "--report", "-o", str(folder / name)])
    for file in ("index.html", "数据清单.xlsx", "health.json"):
        assert (folder / "one" / file).read_bytes() == (folder / "two" / file).read_bytes()


def test_a_layer_that_cannot_be_read_is_on_the_page_and_the_rest_too(town, capsys):
    folder, _ = town(more='[layers.parks]\npath = "nowhere.gpkg"\n[layers.hospitals]\npath = "far.gpkg"')
    prefixed = [shapely.Point(39_560_000 + 100 * n, S + 100) for n in range(9)]
    write(folder / "far.gpkg", prefixed, crs=4548)
    assert main(["validate", str(folder), "--report", "--lang", "en", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    by_name = {layer["name"]: layer for layer in told["layers"]}
    assert by_name["parks"]["state"] == by_name["hospitals"]["state"] == "refused"
    assert by_name["communities"]["state"] == "fine"
    assert any("EPSG:4527" in o["said"] for o in by_name["hospitals"]["oddities"] if o["kind"] == "fits")


def test_a_study_that_says_what_cannot_be_is_a_usage_error(town, capsys):
    folder, _ = town(more='[layers.parks]\npath = "x.gpkg"\ncolour = "green"')
    assert main(["validate", str(folder), "--report"]) == 2
    assert "colour" in capsys.readouterr().err
    assert not (folder / "checkup").exists()


def test_counts_are_compared_with_the_last_run(town):
    folder, _ = town()
    before = {"layers": {"rail_stations": {"read": 400, "set_aside": 0}}}
    (folder / "out").mkdir()
    (folder / "out" / "provenance.json").write_text(json.dumps(before), encoding="utf-8")
    assert kinds(folder) == {("rail_stations", "count_changed", "doubt")}
    assert kinds(folder, previous=folder / "none") == set()


def test_stations_in_gcj02_are_found_and_put_right_on_request(town):
    folder, true = town(frame="GCJ-02")
    found = [o for o in geoplan.open_study(folder).check_up().oddities if o.kind == "shifted_frame"]
    assert [(o.layer, o.grave, o.note.fields["frame"]) for o in found] == [("rail_stations", "doubt", "GCJ-02")]
    assert float(found[0].note.fields["shift"]) == pytest.approx(556, abs=5)
    folder, true = town(frame="GCJ-02", more='crs = "GCJ-02"')
    study = geoplan.open_study(folder)
    assert not study.check_up().oddities
    from geoplan.run import layer_of, place_of

    read = layer_of(study, place_of(study, 1000.0), "rail_stations").frame.geometry.to_numpy()
    assert shapely.distance(read, true).max() < 0.01


def test_a_run_says_the_graver_doubts_beside_its_results(town):
    folder, _ = town()
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(
        text.replace("as_of = 2025\nclass = {", "as_of = 2019\nclass = {"), encoding="utf-8"
    )
    results = geoplan.open_study(folder).run(folder / "out")
    (used,) = (
        results["metro_length"].used["lines"]
        if "lines" in results["metro_length"].used
        else next(iter(results["metro_length"].used.values()))
    )
    assert [note.sentence for note in used.notes] == ["oddity.older_than_target"]
    assert "早于研究年份" in (folder / "out" / "index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_gridtown_raises_no_alarm():
    found = geoplan.open_study(GRIDTOWN).check_up().oddities
    assert {o.grave for o in found} <= {"remark"}


@pytest.mark.slow
def test_the_demo_raises_no_alarm_but_for_the_row_that_stands_in_it_twice(demo_city):
    found = geoplan.open_study(demo_city).check_up().oddities
    # the sample holds one community facility twice, on purpose
    assert [(o.layer, o.kind) for o in found if o.grave != "remark"] == [("community_facilities", "duplicate")]


def test_a_level_of_zones_and_a_layer_of_one_name_are_told_apart(town):
    folder, _ = town(more='[place.zones]\n"社区" = { path = "communities.gpkg", id = "code", name = "name" }')
    titles = [layer.spec.title for layer in geoplan.open_study(folder).check_up().layers]
    assert {"社区", "分区：社区"} <= {title["zh"] for title in titles}
    assert len({title["en"] for title in titles}) == len(titles)


def test_a_state_of_another_year_is_named_without_a_mark_in_a_mark(town):
    folder, _ = town(more='[layers.communities.at.2020]\npath = "communities.gpkg"')
    titles = [layer.spec.title for layer in geoplan.open_study(folder).check_up().layers]
    assert {"社区", "社区（2020年）"} <= {title["zh"] for title in titles}
    assert {"Communities", "Communities (2020)"} <= {title["en"] for title in titles}

"""A checked batch in Python: its map and its Word documents, from the report itself."""

import dataclasses
import re

import docx
import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

import geoplan
from geoplan import read, sample
from geoplan.answering import answer
from geoplan.errors import SourceError
from geoplan.plot import Plot
from geoplan.sites.site import Site


@pytest.fixture(scope="module")
def checked():
    study = geoplan.open_study(sample.gridtown_folder())
    # a town nobody has given any control line
    lines = {name for name in study.table["layers"] if study.catalogue.layer(name).control}
    layers = {name: declared for name, declared in study.table["layers"].items() if name not in lines}
    study = dataclasses.replace(study, table={**study.table, "layers": layers})
    shape = shapely.box(500300, 4334300, 500400, 4334400)
    site = Site("20250001", "a.txt", "0" * 64, "方格项目", (Plot("1", "", shape, shape, CRS("EPSG:4548")),))
    return geoplan.check(site, study=study)


def test_a_batch_without_control_data_is_not_clear(checked):
    assert checked.verdict == "not_checked"
    assert not checked.complete


def test_the_map_of_a_batch_is_one_page_without_a_network(checked):
    page = checked.map()
    assert "方格项目" in page
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=.?https?:", page)


def test_every_project_gets_its_word_document(checked, tmp_path):
    (path,) = checked.to_docx(tmp_path / "意见")
    text = "\n".join(p.text for p in docx.Document(str(path)).paragraphs)
    assert "方格项目" in text
    assert "不得视为不涉及" in text


@pytest.fixture
def lined(tmp_path):
    """A study of a square kilometre with one control line."""
    square = shapely.box(500_000, 4_334_000, 501_000, 4_335_000)
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[square], crs="EPSG:4548").to_file(tmp_path / "boundary.gpkg")
    red_line(tmp_path, 100)
    (tmp_path / "study.toml").write_text(
        '[place]\nname = "镇"\nboundary = "boundary.gpkg"\ncrs = "EPSG:4548"\n'
        '[layers.eco_redline]\npath = "red.gpkg"\nas_of = "2025-01-01"\ncovers = "boundary"\n',
        encoding="utf-8",
    )
    (tmp_path / "a.wkt").write_text(f"SRID=4548;{plot().wkt}\n", encoding="utf-8")
    return tmp_path


def red_line(folder, side):
    red = shapely.box(500_000, 4_334_000, 500_000 + side, 4_334_000 + side)
    frame = gpd.GeoDataFrame({"BSM": ["1"], "GKFQ": ["一般控制区"]}, geometry=[red], crs="EPSG:4548")
    frame.to_file(folder / "red.gpkg", mode="w")


def plot():
    return shapely.box(500_010, 4_334_010, 500_060, 4_334_060)


def test_a_batch_that_is_checked_and_written_reads_each_line_once(lined, monkeypatch):
    opened = []
    real = read.open_layer
    monkeypatch.setattr(read, "open_layer", lambda spec, *a, **k: opened.append(spec.name) or real(spec, *a, **k))
    answer([lined / "a.wkt"], geoplan.open_study(lined / "study.toml"), lined / "out")
    assert opened == ["eco_redline"]


def test_what_has_changed_since_the_check_is_not_drawn(lined, tmp_path):
    site = Site("1", "a.wkt", "0" * 64, "项目", (Plot("1", "", plot(), plot(), CRS("EPSG:4548")),))
    report = geoplan.check(site, study=lined)
    assert report.verdict == "forbidden"
    assert report.map()
    red_line(lined, 120)
    for draw in (report.map, lambda: report.to_docx(tmp_path / "意见")):
        with pytest.raises(SourceError, match="changed since the check") as caught:
            draw()
        assert "生态保护红线" in caught.value.say("zh")
    (lined / "red.gpkg").unlink()
    with pytest.raises(SourceError, match="changed since the check"):
        report.map()

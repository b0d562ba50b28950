"""The demo as a study on disk: same bytes every time, readable as its study file says, dirt of real files included."""

import csv
import hashlib
import shutil
import tomllib

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely

from geoplan.sample import write_demo


def digests(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.slow
def test_writing_twice_gives_the_same_bytes_even_over_old_files(folder, tmp_path):
    first = digests(folder)
    old = shutil.copytree(folder, tmp_path / "old")
    assert digests(write_demo(old).parent) == first


def study(folder):
    return tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))


def test_the_study_says_that_everything_is_made_up(folder):
    place = study(folder)["place"]
    assert place["synthetic"] is True
    assert "虚构" in place["name"]
    assert "虚构" in (folder / "README.md").read_text(encoding="utf-8")


def test_every_source_the_study_declares_is_there(folder):
    declared = study(folder)
    sources = [*declared["layers"].values(), *declared["place"]["zones"].values()]
    sources += [{**s, **at} for s in sources for at in s.get("at", {}).values()]
    assert (folder / declared["place"]["boundary"]).is_file()
    for source in sources:
        path = folder / source["path"]
        assert path.is_file()
        if path.suffix == ".gpkg":
            assert source["layer"] in pyogrio.list_layers(path)[:, 0]


def test_zones_have_the_columns_the_study_names(folder):
    for zone in study(folder)["place"]["zones"].values():
        frame = pyogrio.read_dataframe(folder / zone["path"], layer=zone["layer"])
        assert frame[zone["id"]].is_unique
        assert frame[zone["name"]].notna().all()


def test_every_layer_is_in_the_metre_crs_of_the_study(folder):
    for path in (folder / "data").glob("*.gpkg"):
        for table in pyogrio.list_layers(path)[:, 0]:
            info = pyogrio.read_info(path, layer=table)
            assert info["crs"] == "EPSG:4548", table
            if table == "HCST":  # the waters that smelled are gone: a table without rows is an answer too
                assert info["features"] == 0
                continue
            west, south, east, north = info["total_bounds"]
            assert 561_000 < west < east < 570_000, table
            assert 4_331_000 < south < north < 4_338_000, table


def test_the_shapefile_is_gbk_with_the_columns_of_a_bureau(folder):
    raw = (folder / "data" / "SQFWSS.dbf").read_bytes()
    assert "居委会".encode("gbk") in raw
    assert "居委会".encode() not in raw
    frame = pyogrio.read_dataframe(folder / "data" / "SQFWSS.shp", encoding="GBK", where="JSZT = '已建成'")
    assert {"BSM", "SSMC", "SSLX", "JSZT"} <= set(frame.columns)
    assert 60 < len(frame) < 110


def test_codes_keep_their_leading_zero(folder):
    frame = pyogrio.read_dataframe(folder / "data" / "land_use.gpkg", layer="DLTB", columns=["DLBM", "TBMJ"])
    assert "0701" in set(frame["DLBM"])
    # the area is the ellipsoidal one: the plane of the study shows it 104 parts in a million larger
    assert frame.area.sum() / frame["TBMJ"].sum() - 1 == pytest.approx(104e-6, abs=12e-6)


def test_entrances_of_parks_are_text(folder):
    with (folder / "data" / "park_entrances.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) > 200
    assert shapely.from_wkt(found[0]["wkt"]).geom_type == "Point"


def test_greenness_is_consistent_with_what_grows(folder, layers):
    with rasterio.open(folder / "data" / "ndvi.tif") as tif:
        assert tif.crs.to_epsg() == 32650
        assert tif.scales == (1e-4,)
        values = tif.read(1, masked=True) * tif.scales[0]
        inside = tif.dataset_mask()
        west, south, east, north = tif.bounds
    assert -1 <= values.min() < -0.1 < 0.6 < values.max() <= 1
    assert 0.05 < (inside == 0).mean() < 0.4
    assert (east - west) % 10 == (north - south) % 10 == 0
    green = shapely.union_all(layers["canopy"].geometry.to_numpy()).area
    assert 0.5 < np.ma.sum(values > 0.4) * 100 / (green + 8e6) < 1.3

"""Readers that follow references or open connections are switched off before GDAL loads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from geoplan.read import drivers

LOOK = """
import json, sys
from geoplan import read
import pyogrio, rasterio
with rasterio.Env() as env:
    rasters = sorted(env.drivers())
vectors = sorted(pyogrio.list_drivers())
opened = []
for path in sys.argv[1:]:
    try:
        pyogrio.read_info(path)
        opened.append(path)
    except Exception:
        pass
    try:
        rasterio.open(path).close()
        opened.append(path)
    except Exception:
        pass
print(json.dumps({"vectors": vectors, "rasters": rasters, "opened": opened}))
"""


@pytest.fixture
def looked(folder: Path) -> dict[str, list[str]]:
    """What a fresh process can read after the room was opened, tried on files that point elsewhere."""
    (folder / "secret.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    vrt = f"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>{folder}/secret.geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    (folder / "a.vrt").write_text(vrt)
    (folder / "b.vrt").write_text("<VRTDataset rasterXSize='1' rasterYSize='1'/>")
    paths = [str(folder / "a.vrt"), str(folder / "b.vrt"), vrt]
    run = subprocess.run(
        [sys.executable, "-c", LOOK, *paths],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path.cwd(),
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert run.stderr == ""
    return json.loads(run.stdout)


def test_no_reader_that_connects_or_points_elsewhere_is_left(looked: dict[str, list[str]]) -> None:
    assert not set(drivers.CONNECTING) & {*looked["vectors"], *looked["rasters"]}


def test_ordinary_readers_are_left(looked: dict[str, list[str]]) -> None:
    assert {"GPKG", "ESRI Shapefile", "GeoJSON", "CSV", "OpenFileGDB", "LIBKML"} <= set(looked["vectors"])
    assert {"GTiff"} <= set(looked["rasters"])


def test_a_file_that_points_elsewhere_opens_nothing(looked: dict[str, list[str]]) -> None:
    assert looked["opened"] == []


def test_what_the_user_switched_off_stays_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OGR_SKIP", "DXF,WFS")
    monkeypatch.setenv("GDAL_SKIP", "")
    monkeypatch.setenv("PROJ_NETWORK", "ON")
    monkeypatch.setenv("GML_DOWNLOAD_SCHEMA", "YES")
    drivers.switch_off()
    off = os.environ["OGR_SKIP"].split(",")
    assert off[:2] == ["DXF", "WFS"]
    assert off.count("WFS") == 1
    assert set(drivers.CONNECTING) <= set(os.environ["GDAL_SKIP"].split(","))
    assert os.environ["PROJ_NETWORK"] == "OFF"

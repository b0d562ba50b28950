"""Coordinates in another frame than they claim are found by evidence, and only by evidence."""

import os
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

from geoplan.ops.encrypted import FRAMES, decrypted, encrypted
from geoplan.ops.frames import suspicion

GEOD = pyproj.Geod(ellps="GRS80")
TO_METRES = pyproj.Transformer.from_crs(4326, 4548, always_xy=True).transform


@pytest.mark.parametrize(
    ("lon", "lat", "frame", "metres", "azimuth"),
    [
        (117.755, 39.14, "GCJ-02", 557, 78),
        (117.15, 39.12, "GCJ-02", 567, 77),
        (117.755, 39.14, "BD-09", 1348, 56),
        (117.15, 39.12, "BD-09", 1362, 55),
    ],
)
def test_the_public_shifts_at_tianjin_come_out(lon, lat, frame, metres, azimuth):
    x, y = encrypted(np.array([lon]), np.array([lat]), frame)
    towards, _, far = GEOD.inv(lon, lat, x[0], y[0])
    assert far == pytest.approx(metres, abs=1)
    assert towards == pytest.approx(azimuth, abs=1)


@pytest.mark.parametrize("frame", FRAMES)
def test_the_inverse_is_exact_all_over_china(frame):
    random = np.random.default_rng(7)
    lon, lat = random.uniform(74, 135, 5000), random.uniform(5, 53, 5000)
    x, y = decrypted(*encrypted(lon, lat, frame), frame)
    assert GEOD.inv(lon, lat, x, y)[2].max() < 1e-6


def test_nothing_moves_outside_china():
    lon, lat = np.array([-15.43, 2.35]), np.array([28.1, 48.85])
    x, y = encrypted(lon, lat, "GCJ-02")
    assert (x.tolist(), y.tolist()) == (lon.tolist(), lat.tolist())


def town(seed=1, stops=60):
    """Lines in the plane, and stations on them in degrees."""
    random = np.random.default_rng(seed)
    routes = []
    for _ in range(4):
        steps = random.normal(0, 1, (12, 2)).cumsum(axis=0) * 400 + random.uniform(-3000, 3000, 2)
        routes.append(shapely.LineString(steps + np.array([515_000, 4_331_000])))
    at = [routes[i % 4].interpolate(random.uniform(0, 1), normalized=True) for i in range(stops)]
    xy = shapely.get_coordinates(at)
    lon, lat = pyproj.Transformer.from_crs(4548, 4326, always_xy=True).transform(xy[:, 0], xy[:, 1])
    return np.array(routes, dtype=object), lon, lat


@pytest.mark.parametrize("frame", FRAMES)
def test_encrypted_stations_are_found_beside_their_lines(frame):
    routes, lon, lat = town()
    x, y = encrypted(lon, lat, frame)
    found = suspicion(x, y, routes, TO_METRES)
    assert (found.frame, found.shifted) == (frame, "layer")
    assert found.metres == pytest.approx(GEOD.inv(lon, lat, x, y)[2].mean(), abs=5)
    assert found.after < 1
    assert found.before > 30


def test_lines_that_are_encrypted_beside_true_stations_are_told_apart():
    routes, lon, lat = town()
    back = pyproj.Transformer.from_crs(4548, 4326, always_xy=True).transform
    moved = shapely.transform(routes, lambda xy: np.column_stack(TO_METRES(*encrypted(*back(*xy.T), "GCJ-02"))))
    found = suspicion(lon, lat, moved, TO_METRES)
    assert (found.frame, found.shifted) == ("GCJ-02", "reference")


def test_true_noisy_and_partial_layers_raise_no_alarm():
    alarms = 0
    for seed in range(200):
        routes, lon, lat = town(seed, stops=8 + seed % 80)
        random = np.random.default_rng(seed)
        noise = random.normal(0, 10 / 111_000, (2, len(lon)))
        keep = random.random(len(lon)) < random.uniform(0.4, 1)
        alarms += suspicion((lon + noise[0])[keep], (lat + noise[1])[keep], routes, TO_METRES) is not None
    assert alarms == 0


def test_layers_that_have_nothing_to_do_with_each_other_raise_no_alarm():
    for seed in range(100):
        routes, *_ = town(seed)
        random = np.random.default_rng(seed + 1000)
        lon, lat = random.uniform(117.1, 117.25, 50), random.uniform(39.05, 39.2, 50)
        assert suspicion(lon, lat, routes, TO_METRES) is None


def test_one_straight_line_tells_nothing():
    # whatever lies beside it at that distance, all along, looks the same: a pipeline, or the line itself moved
    line = np.array([shapely.LineString([(510_000, 4_325_000), (520_000, 4_337_000)])], dtype=object)
    at = shapely.get_coordinates([line[0].interpolate(t, normalized=True) for t in np.linspace(0.05, 0.95, 60)])
    lon, lat = pyproj.Transformer.from_crs(4548, 4326, always_xy=True).transform(*at.T)
    assert suspicion(*encrypted(lon, lat, "GCJ-02"), line, TO_METRES) is None


def test_too_few_places_tell_nothing():
    routes, lon, lat = town(stops=7)
    assert suspicion(*encrypted(lon, lat, "GCJ-02"), routes, TO_METRES) is None


@pytest.mark.real
@pytest.mark.skipif("GEOPLAN_REAL_DATA" not in os.environ, reason="needs the folder named in GEOPLAN_REAL_DATA")
def test_metro_stations_in_gcj02_are_found_and_true_ones_are_not():
    import geopandas as gpd

    folder = Path(os.environ["GEOPLAN_REAL_DATA"]) / "tianjin_metro_2020_wgs84"
    lines = gpd.read_file(folder / "tianjin_metro_lines_2020.geojson").to_crs(4548).geometry.to_numpy()
    stations = gpd.read_file(folder / "tianjin_metro_stations_2020.geojson").geometry
    lon, lat = stations.x.to_numpy(), stations.y.to_numpy()
    shown = encrypted(lon, lat, "GCJ-02")
    found = suspicion(*shown, lines, TO_METRES)
    assert (found.frame, found.shifted) == ("GCJ-02", "layer")
    assert found.metres == pytest.approx(GEOD.inv(lon, lat, *shown)[2].mean(), abs=5)
    back = decrypted(*shown, "GCJ-02")
    assert GEOD.inv(lon, lat, *back)[2].max() < 0.01
    for seed in range(200):
        random = np.random.default_rng(seed)
        keep = random.random(len(lon)) < random.uniform(0.2, 1)
        noisy = (v[keep] + random.normal(0, 10 / 111_000, int(keep.sum())) for v in (lon, lat))
        assert suspicion(*noisy, lines, TO_METRES) is None

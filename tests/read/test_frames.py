"""A layer in the coordinates of a map service is turned back, only where study.toml says it is in them."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geoplan import crs as crs_room
from geoplan.errors import CRSError
from geoplan.frames import frame_of, named
from geoplan.layer import LayerSpec
from geoplan.ops.encrypted import encrypted
from geoplan.read import open_layer

STUDY = crs_room.parse("EPSG:4548")
STATIONS = LayerSpec.from_toml("stations", {"title": {"zh": "站点", "en": "Stations"}, "geometry": "point"})
LON, LAT = np.array([117.16, 117.18, 117.2]), np.array([39.1, 39.12, 39.13])


def write(folder, frame):
    shown = encrypted(LON, LAT, frame)
    gpd.GeoDataFrame({"id": ["a", "b", "c"]}, geometry=gpd.points_from_xy(*shown), crs=4326).to_file(folder / "s.gpkg")
    return folder / "s.gpkg"


def opened(folder, crs, reach=50):
    true = crs_room.to_crs(shapely.points(LON, LAT), crs_room.parse("EPSG:4326"), STUDY)
    area = shapely.box(*shapely.total_bounds(true)).buffer(reach)
    layer = open_layer(
        STATIONS, {"path": "s.gpkg", "crs": crs, "covers": "boundary"}, folder=folder, crs=STUDY, area=area
    )
    return layer, true


@pytest.mark.parametrize(("frame", "declared"), [("GCJ-02", "GCJ-02"), ("GCJ-02", "火星坐标系"), ("BD-09", "bd09")])
def test_declared_coordinates_of_a_map_service_come_out_where_they_truly_are(tmp_path, frame, declared):
    write(tmp_path, frame)
    layer, true = opened(tmp_path, declared)
    assert list(layer.frame["id"]) == ["a", "b", "c"]
    assert shapely.distance(layer.frame.geometry.to_numpy(), true).max() < 1e-5
    assert layer.source.crs == frame
    assert "read.decrypted" in [note.sentence for note in layer.notes]


def test_undeclared_they_stay_where_they_claim_to_be(tmp_path):
    write(tmp_path, "GCJ-02")
    layer, true = opened(tmp_path, "EPSG:4326", reach=2000)
    assert shapely.distance(layer.frame.geometry.to_numpy(), true) == pytest.approx(565, abs=10)


def test_the_box_that_is_read_holds_every_place_of_the_study(tmp_path):
    box = crs_room.transform_bounds((117.1, 39.0, 117.3, 39.2), crs_room.parse("EPSG:4326"), named("BD-09"))
    x, y = encrypted(np.array([117.1, 117.3, 117.2]), np.array([39.0, 39.2, 39.1]), "BD-09")
    assert box[0] <= x.min()
    assert box[1] <= y.min()
    assert box[2] >= x.max()
    assert box[3] >= y.max()
    back = crs_room.transform_bounds(box, named("BD-09"), crs_room.parse("EPSG:4326"))
    assert np.allclose(back, (117.1, 39.0, 117.3, 39.2), atol=2e-3)


def test_no_study_can_measure_in_such_a_frame():
    with pytest.raises(CRSError, match="cannot be measured in"):
        crs_room.given("GCJ-02")


def test_plain_names_are_no_frames():
    assert frame_of(STUDY) == ""
    assert named(None) is None

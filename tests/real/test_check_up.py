"""Real data raise the alarms that are right and no others; a metro layer moved as map services do is found."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

from geoplan import open_study
from geoplan.ops.encrypted import encrypted

EXAMPLES = Path(__file__).parents[2] / "examples"
pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("GEOPLAN_REAL_DATA"), reason="GEOPLAN_REAL_DATA names no folder"),
]


def alarms(study):
    return {(o.layer, o.kind) for o in open_study(study).check_up().oddities if o.grave != "remark"}


def test_tianjin_raises_no_alarm():
    assert alarms(EXAMPLES / "tianjin") == set()


def test_las_palmas_raises_the_alarms_that_are_right():
    assert alarms(EXAMPLES / "las_palmas") == {
        # the urban centre is of 2015, the study of 2023
        ("built_up", "older_than_target"),
        # one clinic is mapped as a point, as an area and as a relation
        ("community_facilities", "near_duplicate"),
        # the published catchments do overlap, by 70 ha
        ("School catchments", "overlap"),
    }


@pytest.fixture
def shifted(tmp_path):
    """The Tianjin study with its stations where a map service shows them, labelled EPSG:4326."""
    folder = tmp_path / "tianjin"
    shutil.copytree(EXAMPLES / "tianjin", folder)
    source = Path(os.environ["GEOPLAN_REAL_DATA"]) / "tianjin_metro_2020_wgs84" / "tianjin_metro_stations_2020.geojson"
    told = json.loads(source.read_text(encoding="utf-8"))
    true = np.array([f["geometry"]["coordinates"][:2] for f in told["features"]])
    moved = np.column_stack(encrypted(*true.T, "GCJ-02"))
    for feature, place in zip(told["features"], moved.tolist(), strict=True):
        feature["geometry"] = {"type": "Point", "coordinates": place}
    (folder / "stations.geojson").write_text(json.dumps(told), encoding="utf-8")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    old = 'path     = "$GEOPLAN_REAL_DATA/tianjin_metro_2020_wgs84/tianjin_metro_stations_2020.geojson"'
    assert old in text
    (folder / "study.toml").write_text(text.replace(old, 'path = "stations.geojson"'), encoding="utf-8")
    return folder, true, moved


def test_a_metro_layer_in_gcj02_is_found_to_five_metres_and_put_right_to_a_centimetre(shifted):
    folder, true, moved = shifted
    (found,) = [o for o in open_study(folder).check_up().oddities if o.grave != "remark"]
    assert (found.layer, found.kind, found.note.fields["frame"]) == ("rail_stations", "shifted_frame", "GCJ-02")
    metres = pyproj.Geod(ellps="GRS80").inv(*true.T, *moved.T)[2].mean()
    assert float(found.note.fields["shift"]) == pytest.approx(metres, abs=5)

    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(
        text.replace('path = "stations.geojson"', 'path = "stations.geojson"\ncrs = "GCJ-02"'), encoding="utf-8"
    )
    study = open_study(folder)
    assert not [o for o in study.check_up().oddities if o.grave != "remark"]
    from geoplan.run import layer_of, place_of

    place = place_of(study, 1000.0)
    read = shapely.get_coordinates(layer_of(study, place, "rail_stations").frame.geometry.to_numpy())
    x, y = pyproj.Transformer.from_crs(4326, place.crs, always_xy=True).transform(*true.T)
    assert np.hypot(read[:, 0] - x, read[:, 1] - y).max() < 0.01


def test_a_metro_layer_of_an_old_datum_is_told_in_metres(shifted):
    folder, true, _ = shifted
    told = json.loads((folder / "stations.geojson").read_text(encoding="utf-8"))
    aside = true + np.array([0.0011, -0.0004])
    for feature, place in zip(told["features"], aside.tolist(), strict=True):
        feature["geometry"]["coordinates"] = place
    (folder / "stations.geojson").write_text(json.dumps(told), encoding="utf-8")
    (found,) = [o for o in open_study(folder).check_up().oddities if o.grave != "remark"]
    assert (found.layer, found.kind) == ("rail_stations", "aside_datum")
    metres = pyproj.Geod(ellps="GRS80").inv(*true.T, *aside.T)[2].mean()
    assert float(found.note.fields["shift"]) == pytest.approx(metres, abs=5)

"""A layer in a map service's coordinates is found against the others; what lies elsewhere is told what would fit."""

import numpy as np
import pyproj
import pytest
import shapely
import shapely.affinity

from geoplan import crs as crs_room
from geoplan import examine
from geoplan.ops.encrypted import FRAMES, encrypted

W, S = 560_000.0, 4_330_000.0
CRS = crs_room.parse("EPSG:4548")


LONLAT = crs_room.parse("EPSG:4326")
LINES = [shapely.LineString([(W + x, S), (W + x + 400, S + 3000)]) for x in (300, 1500, 2500, 3500)] + [
    shapely.LineString([(W, S + y), (W + 4000, S + y + 300)]) for y in (400, 1400, 2400)
]
STATIONS = [line.interpolate(t, normalized=True) for line in LINES for t in np.linspace(0.1, 0.9, 6)]


def shown(shapes, frame):
    """Shapes where a map service shows them."""
    degrees = crs_room.to_crs(np.array(shapes, dtype=object), CRS, LONLAT)
    there = shapely.transform(degrees, lambda xy: np.column_stack(encrypted(xy[:, 0], xy[:, 1], frame)))
    return crs_room.to_crs(there, LONLAT, CRS)


@pytest.fixture
def odd(layer, place):
    def look(**layers):
        traces = [examine.trace_of(layer(name, shapes), place) for name, shapes in layers.items()]
        return examine.shifted([t for t in traces if t is not None], place)

    return look


@pytest.mark.parametrize("frame", FRAMES)
def test_stations_in_a_frame_of_map_services_are_found_against_the_lines(odd, frame):
    (found,) = odd(rail_lines=LINES, rail_stations=shown(STATIONS, frame))
    assert (found.layer, found.kind, found.grave) == ("rail_stations", "shifted_frame", "doubt")
    assert found.note.fields["frame"] == frame
    true = crs_room.to_crs(np.array(STATIONS, dtype=object), CRS, LONLAT)
    lon, lat = shapely.get_coordinates(true).T
    metres = pyproj.Geod(ellps="GRS80").inv(lon, lat, *encrypted(lon, lat, frame))[2].mean()
    assert float(found.note.fields["shift"].replace(",", "")) == pytest.approx(metres, abs=5)


def test_lines_in_a_frame_are_blamed_and_not_the_stations(odd):
    (found,) = odd(rail_lines=shown(LINES, "GCJ-02"), rail_stations=STATIONS)
    assert found.layer == "rail_lines"


def test_true_noisy_and_partial_layers_raise_no_alarm(odd):
    for seed in range(20):
        random = np.random.default_rng(seed)
        some = [shapely.affinity.translate(p, *random.normal(0, 10, 2)) for p in STATIONS if random.random() < 0.7]
        assert odd(rail_lines=LINES, rail_stations=some) == ()


def test_a_few_lines_side_by_side_tell_nothing(odd):
    beside = [shapely.affinity.translate(line, 700) for line in LINES[:4]]
    assert odd(rail_lines=LINES[:4], pipelines=beside) == ()


def test_outside_china_nothing_is_shifted(layer, place):
    lisbon = crs_room.parse("EPSG:32629")
    assert examine.trace_of(layer("rail_stations", STATIONS[:3]), place) is None
    assert lisbon.is_projected


@pytest.mark.parametrize(
    ("epsg", "swapped"),
    [("EPSG:4527", False), ("EPSG:4498", False), ("EPSG:4549", False), ("EPSG:4490", True), ("EPSG:32650", False)],
)
def test_what_lies_elsewhere_is_told_what_would_fit(place, epsg, swapped):
    source = crs_room.parse(epsg)
    box = crs_room.transform_bounds(place.boundary.bounds, CRS, source)
    box = (box[1], box[0], box[3], box[2]) if swapped else box
    assert (epsg, swapped) in examine.crs_that_fit(box, place)


def test_a_local_grid_fits_nothing(place):
    assert examine.crs_that_fit((0.0, 0.0, 1000.0, 1000.0), place) == ()

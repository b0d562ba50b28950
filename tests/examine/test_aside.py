"""Layers that lie aside as a whole are told, with the coordinate system that explains it where one does."""

import numpy as np
import pytest
import shapely

from geoplan import crs as crs_room
from geoplan import examine
from geoplan.place import Place
from geoplan.words import LANGUAGES

W, S = 560_000.0, 4_330_000.0
CRS, LONLAT = crs_room.parse("EPSG:4548"), crs_room.parse("EPSG:4326")
TITLE = {"zh": "研究范围边界", "en": "the boundary of the place"}


def winding(seed, count=6):
    rng = np.random.default_rng(seed)
    paths = [rng.normal(0, 1, (12, 2)).cumsum(axis=0) * 350 + rng.uniform(0, 4000, 2) + [W, S] for _ in range(count)]
    return [shapely.LineString(xy) for xy in paths]


LINES = winding(4)
RNG = np.random.default_rng(11)
STATIONS = [LINES[n % 6].interpolate(RNG.uniform(), normalized=True) for n in range(48)]


@pytest.fixture
def town():
    return Place("town", shapely.box(W - 4000, S - 4000, W + 8000, S + 8000), CRS, year=2025)


def read_as(shapes, truth, label):
    """Shapes of the town whose numbers are in one system and labelled with another, as they come to stand."""
    numbers = crs_room.to_crs(np.array(shapes, dtype=object), CRS, crs_room.parse(truth))
    return crs_room.to_crs(numbers, crs_room.parse(label), CRS)


def moved(shapes, east, north):
    return shapely.transform(np.array(shapes, dtype=object), lambda xy: xy + np.array([east, north]))


@pytest.fixture
def odd(layer, town):
    def look(place=town, crs=None, **layers):
        labels = crs or {}
        made = {n: layer(n, s, source={"crs": labels.get(n, "EPSG:4548")}) for n, s in layers.items()}
        traces = [t for t in (examine.trace_of(one, place) for one in made.values()) if t is not None]
        found = examine.shifted([*traces, *examine.place_traces(place, TITLE)], place)
        for one in found:
            texts = [one.note.say(spoken) for spoken in LANGUAGES]
            assert not any("{" in text for text in texts)
        return {o.layer: o for o in found}

    return look


@pytest.mark.parametrize(("truth", "label"), [("EPSG:4548", "EPSG:32650"), ("EPSG:32650", "EPSG:4548")])
def test_utm_for_gauss_krueger_and_the_reverse_are_named(odd, truth, label):
    crs = {"rail_stations": label}
    found = odd(crs=crs, rail_lines=LINES, rail_stations=read_as(STATIONS, truth, label))["rail_stations"]
    assert (found.kind, found.grave, found.note.fields["crs"]) == ("aside_crs", "doubt", truth)
    true, stands = (shapely.get_coordinates(s).mean(axis=0) for s in (STATIONS, read_as(STATIONS, truth, label)))
    assert float(found.note.fields["north"]) == pytest.approx(stands[1] - true[1], abs=5)
    assert abs(float(found.note.fields["north"])) == pytest.approx(1734, abs=10)
    assert f'crs_instead_of = "{label}"' in found.note.say("zh")


def test_a_shift_of_an_old_datum_is_told_in_metres_and_not_explained_away(odd):
    found = odd(rail_lines=LINES, rail_stations=moved(STATIONS, 95, -38))["rail_stations"]
    assert (found.kind, found.grave) == ("aside_datum", "doubt")
    assert float(found.note.fields["east"]) == pytest.approx(95, abs=5)
    assert float(found.note.fields["north"]) == pytest.approx(-38, abs=5)
    assert "1980西安坐标系" in found.note.say("zh")
    assert "Xi'an 1980" in found.note.say("en")


def test_a_local_grid_or_a_drawing_moved_as_a_whole_is_told(odd):
    found = odd(rail_lines=LINES, rail_stations=moved(STATIONS, -900, 500))["rail_stations"]
    assert found.kind == "aside"
    assert float(found.note.fields["shift"].replace(",", "")) == pytest.approx(np.hypot(900, 500), abs=5)


def test_the_layer_that_lies_aside_of_two_others_is_told_and_not_they(odd):
    found = odd(rail_lines=LINES, rail_stations=STATIONS, schools=moved(STATIONS[::2], 300, 200))
    assert set(found) == {"schools"}


def test_seven_stations_are_enough_where_they_are_of_a_map_service(odd):
    from geoplan.ops.encrypted import encrypted

    seven = crs_room.to_crs(np.array(STATIONS[:7], dtype=object), CRS, LONLAT)
    shown = shapely.transform(seven, lambda xy: np.column_stack(encrypted(xy[:, 0], xy[:, 1], "GCJ-02")))
    found = odd(
        crs={"rail_stations": "EPSG:4326"}, rail_lines=LINES, rail_stations=crs_room.to_crs(shown, LONLAT, CRS)
    )["rail_stations"]
    assert (found.kind, found.note.fields["crs"]) == ("aside_frame", "GCJ-02")


def test_ground_that_ends_at_the_boundary_is_compared_with_it(odd):
    rng = np.random.default_rng(2)
    turns = np.sort(rng.uniform(0, 6.28, 40))
    ring = np.column_stack([np.cos(turns), np.sin(turns)])
    ring = ring * rng.uniform(2500, 4500, (40, 1)) + [W + 2000, S + 2000]
    outline = shapely.Polygon(ring)
    sides = [shapely.box(W - 9e3, S - 9e3, W + 2e3, S + 9e3), shapely.box(W + 2e3, S - 9e3, W + 2e4, S + 9e3)]
    halves = list(shapely.intersection(outline, sides))
    place = Place("town", outline, CRS, year=2025)
    assert odd(place=place, land_use_plan=halves) == {}
    found = odd(place=place, land_use_plan=moved(halves, 80, 60))["land_use_plan"]
    assert (found.kind, found.note.fields["reference"]) == ("aside_datum", TITLE)
    assert float(found.note.fields["shift"]) == pytest.approx(100, abs=5)


def test_sound_noisy_and_partial_layers_and_lines_side_by_side_raise_no_alarm(odd):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        some = [moved([p], *rng.normal(0, 10, 2))[0] for p in STATIONS if rng.random() < 0.6]
        assert odd(rail_lines=LINES, rail_stations=some, schools=STATIONS[::2]) == {}
    assert odd(rail_lines=LINES[:3], greenways=moved(LINES[:3], 60, 20)) == {}
    assert odd(rail_lines=winding(8), rail_stations=STATIONS) == {}

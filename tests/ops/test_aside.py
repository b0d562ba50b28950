"""Places that lie aside of what they belong to are found by evidence alone: nothing else comes near."""

import numpy as np
import pytest
import shapely

from geoplan.ops.aside import FARTHEST, aside, field_of


def town(rng, lines=6):
    """Winding lines in the plane, as those of a metro."""
    steps = [rng.normal(0, 1, (12, 2)).cumsum(axis=0) * 400 + rng.uniform(-3000, 3000, 2) for _ in range(lines)]
    return np.array([shapely.LineString(xy) for xy in steps], dtype=object)


def edges(lines):
    xy, of = shapely.get_coordinates(lines, return_index=True)
    ends = np.flatnonzero(of[1:] == of[:-1])
    return shapely.linestrings(np.stack([xy[ends], xy[ends + 1]], axis=1))


def on(lines, rng, count):
    places = [lines[i % len(lines)].interpolate(rng.uniform(), normalized=True) for i in range(count)]
    return shapely.get_coordinates(places)


def beside(lines):
    known = edges(lines)
    return shapely.STRtree(known), field_of(known, tuple(shapely.total_bounds(known)))


@pytest.mark.parametrize("count", [7, 12, 40])
def test_two_hundred_noisy_strange_and_random_places_raise_no_alarm(count):
    for seed in range(200):
        rng = np.random.default_rng(seed)
        lines = town(rng)
        tree, field = beside(lines)
        west, south, east, north = shapely.total_bounds(lines)
        noisy = on(lines, rng, count) + rng.normal(0, 10, (count, 2))
        strange = on(town(rng), rng, count)
        anywhere = np.column_stack([rng.uniform(west, east, count), rng.uniform(south, north, count)])
        assert aside(noisy, tree, field) is None
        assert aside(strange, tree, field) is None
        assert aside(anywhere, tree, field) is None


def test_a_displacement_of_any_size_and_direction_is_found_to_five_metres():
    for seed in range(40):
        rng = np.random.default_rng(seed)
        lines = town(rng)
        tree, field = beside(lines)
        turn, far = rng.uniform(0, 2 * np.pi), rng.uniform(60, 1_900)
        moved = far * np.array([np.cos(turn), np.sin(turn)])
        found = aside(on(lines, rng, 60) + rng.normal(0, 2, (60, 2)) + moved, tree, field)
        assert found is not None
        assert np.hypot(found.east - moved[0], found.north - moved[1]) < 5
        assert found.sure < 5
        assert found.after < 10 < found.other


def test_noise_widens_what_is_said_of_how_well_it_is_known():
    rng = np.random.default_rng(3)
    lines = town(rng)
    tree, field = beside(lines)
    places, noise = on(lines, rng, 60) + np.array([90.0, -40.0]), rng.normal(0, 10, (60, 2))
    exact, rough = aside(places, tree, field), aside(places + noise, tree, field)
    assert exact.sure < rough.sure < 10
    assert np.hypot(rough.east - 90, rough.north + 40) < rough.sure


def test_along_one_line_and_on_a_regular_grid_every_place_is_as_good_as_the_next():
    along = shapely.LineString([(0, 0), (5_000, 0)])
    tree, field = beside(np.array([along]))
    assert aside(np.column_stack([np.linspace(0, 5_000, 20), np.full(20, 300.0)]), tree, field) is None
    streets = [shapely.LineString([(0, n), (2_000, n)]) for n in range(0, 2_001, 100)]
    streets += [shapely.LineString([(n, 0), (n, 2_000)]) for n in range(0, 2_001, 100)]
    tree, field = beside(np.array(streets))
    corners = np.array([(x, y) for x in range(0, 2_000, 100) for y in range(0, 2_000, 100)], dtype=float)
    assert aside(corners + np.array([50.0, 50.0]), tree, field) is None


def test_what_lies_farther_than_any_mistake_and_what_lies_close_by_is_not_told():
    rng = np.random.default_rng(5)
    lines = town(rng)
    tree, field = beside(lines)
    places = on(lines, rng, 60)
    assert aside(places + np.array([FARTHEST + 500.0, 0.0]), tree, field) is None
    assert aside(places + np.array([20.0, 20.0]), tree, field) is None
    assert aside(places[:6] + np.array([300.0, 0.0]), tree, field) is None

"""From places to streets: against asking every pair."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.ops import snap


def _lines(rng, count, *, whole):
    xy = rng.integers(0, 20, (count, 3, 2)) * 10.0 if whole else rng.uniform(0, 200, (count, 3, 2))
    xy[:, 1] += 0.5  # lest all three vertices are one
    return shapely.linestrings(xy)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), whole=st.booleans(), farthest=st.sampled_from([np.inf, 40.0, 10.0]))
def test_the_nearest_is_as_near_as_asking_every_pair_says(seed, whole, farthest):
    rng = np.random.default_rng(seed)
    lines, points = _lines(rng, 12, whole=whole), shapely.points(rng.uniform(-50, 250, (40, 2)))
    which, metres = snap.nearest_distance(points, shapely.STRtree(lines), farthest)
    every = shapely.distance(points[:, None], lines[None, :])
    near = every.min(axis=1) <= farthest
    assert np.array_equal(which >= 0, near)
    assert np.allclose(metres[near], every.min(axis=1)[near], rtol=0, atol=1e-9)
    assert np.isinf(metres[~near]).all()
    assert np.allclose(every[near, which[near]], metres[near], rtol=0, atol=1e-9)


def test_nothing_is_near_where_there_is_nothing():
    nobody = np.zeros(0, dtype=object)
    which, metres = snap.nearest_distance(shapely.points([[0.0, 0.0]]), shapely.STRtree(nobody), 10.0)
    assert (which.tolist(), metres.tolist()) == ([-1], [np.inf])
    assert not len(snap.nearest_distance(nobody, shapely.STRtree(nobody), 10.0)[0])


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), whole=st.booleans())
def test_a_leg_of_a_frontage_is_as_short_as_the_distance(seed, whole):
    rng = np.random.default_rng(seed)
    edges = _lines(rng, 10, whole=whole)
    corners = rng.integers(0, 20, (10, 5, 2)) * 10.0 if whole else rng.uniform(0, 200, (10, 5, 2))
    blocks = shapely.convex_hull(shapely.multipoints(corners))
    kept = shapely.get_type_id(blocks) == 3
    outlines, edges = shapely.boundary(blocks[kept]), edges[kept]
    pair, legs = snap.frontage(outlines, edges)
    assert set(pair.tolist()) == set(range(len(outlines)))
    apart = shapely.distance(outlines, edges)[pair]
    assert np.abs(shapely.length(legs) - apart).max(initial=0) <= 2e-6
    first, last = shapely.get_point(legs, 0), shapely.get_point(legs, -1)
    assert shapely.distance(first, outlines[pair]).max(initial=0) < 1e-6
    assert shapely.distance(last, edges[pair]).max(initial=0) < 1e-6


def _legs(outline, edge):
    _, legs = snap.frontage(np.array([shapely.from_wkt(outline)]), np.array([shapely.from_wkt(edge)]))
    return [shapely.get_coordinates(leg).tolist() for leg in legs]


BLOCK = "LINESTRING (0 0, 80 0, 80 80, 0 80, 0 0)"


def test_an_edge_alongside_gives_the_middle_of_its_frontage():
    # the street passes x 20..200; the frontage is x 20..80, its middle 50
    assert _legs(BLOCK, "LINESTRING (20 -10, 200 -10)") == [[[50.0, 0.0], [50.0, -10.0]]]


def test_an_edge_around_a_corner_gives_the_middle_of_each_side():
    # 10 m south of the block and then 10 m east of it: two stretches, for at the corner it is farther
    found = _legs(BLOCK, "LINESTRING (20 -10, 90 -10, 90 60)")
    assert sorted(found) == [[[50.0, 0.0], [50.0, -10.0]], [[80.0, 30.0], [90.0, 30.0]]]


def test_an_edge_through_a_parcel_gives_both_crossings():
    assert _legs(BLOCK, "LINESTRING (-9 40, 99 40)") == [[[0.0, 40.0]] * 2, [[80.0, 40.0]] * 2]


def test_an_edge_on_the_boundary_gives_its_middle():
    assert _legs(BLOCK, "LINESTRING (10 80, 50 80)") == [[[30.0, 80.0]] * 2]


@pytest.mark.parametrize("east", [0.0, 500000.1234567, 39565274.241])
def test_the_choice_among_equals_does_not_depend_on_where_the_town_lies(east):
    move = shapely.transform(
        shapely.from_wkt([BLOCK, "LINESTRING (20 -10, 200 -10)"]), lambda xy: np.add(xy, (east, east / 7))
    )
    _, legs = snap.frontage(move[:1], move[1:])
    assert len(legs) == 1
    assert shapely.get_x(shapely.get_point(legs[0], 0)) - east == pytest.approx(50.0, abs=1e-6)


def _open(walls):
    streets = shapely.from_wkt(["LINESTRING (0 10, 100 10)", "LINESTRING (0 -40, 100 -40)"])
    home = shapely.points([[50.0, 0.0]])
    mine, target, legs = snap.nearest_open(home, streets, shapely.STRtree(streets), np.array([100.0]), np.array(walls))
    return mine.tolist(), target.tolist(), shapely.length(legs).tolist()


def test_the_nearest_street_across_a_canal_is_not_taken():
    canal = shapely.from_wkt("LINESTRING (0 5, 100 5)")
    assert _open([]) == ([0], [0], [10.0])
    assert _open([canal]) == ([0], [1], [40.0])
    assert _open([canal, shapely.box(0, -30, 100, -20)]) == ([], [], [])


def test_equally_near_streets_are_all_taken():
    streets = shapely.from_wkt(["LINESTRING (0 10, 100 10)", "LINESTRING (0 -10, 100 -10)"])
    home = shapely.points([[50.0, 0.0]])
    _, target, _ = snap.nearest_open(
        home, streets, shapely.STRtree(streets), np.array([30.0]), np.zeros(0, dtype=object)
    )
    assert sorted(target.tolist()) == [0, 1]

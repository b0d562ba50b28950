"""Plots against control lines: the fast way beside the plain one."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoplan.ops import contact
from geoplan.ops.contact import meetings, nearest, slivers, subdivided, widths

METRES = st.integers(0, 60)


@st.composite
def boxes(draw, most):
    """Boxes on whole metres, so that edges often coincide."""
    found = []
    for _ in range(draw(st.integers(0, most))):
        x, y, w, h = draw(METRES), draw(METRES), draw(st.integers(1, 20)), draw(st.integers(1, 20))
        found.append(shapely.box(x, y, x + w, y + h))
    return np.array(found, dtype=object)


def _star(rng, x, y, radius, points):
    angle = np.sort(rng.uniform(0, 2 * np.pi, points))
    reach = radius * (1 + 0.2 * np.sin(5 * angle) + 0.01 * rng.normal(size=points))
    return shapely.make_valid(shapely.polygons(np.c_[x + reach * np.cos(angle), y + reach * np.sin(angle)]))


@given(boxes(8), boxes(8))
def test_every_pair_that_meets_is_found_with_the_ground_it_shares(plots, features):
    found = meetings(plots, features)
    plain = {
        (i, j): p.intersection(f).area for i, p in enumerate(plots) for j, f in enumerate(features) if p.intersects(f)
    }
    got = dict(
        zip(zip(found.plot.tolist(), found.feature.tolist(), strict=True), shapely.area(found.shapes), strict=True)
    )
    assert got.keys() == plain.keys()
    assert all(got[k] == pytest.approx(plain[k], abs=1e-9) for k in plain)


@given(boxes(6), boxes(6), st.integers(1, 30))
def test_the_nearest_distance_is_that_of_the_whole_boundaries(plots, features, within):
    metres, which = nearest(plots, features, within)
    for i, plot in enumerate(plots):
        plain = min((plot.distance(f) for f in features), default=np.inf)
        if plain > within:
            assert metres[i] == np.inf
            assert which[i] == -1
        else:
            assert metres[i] == pytest.approx(plain, abs=1e-9)
            assert plot.distance(features[which[i]]) == pytest.approx(plain, abs=1e-9)


def test_a_large_feature_cut_into_parts_gives_the_areas_of_the_uncut_one():
    rng = np.random.default_rng(7)
    giant = _star(rng, 0, 0, 5_000, 20_000)
    plots = np.array([_star(rng, *rng.uniform(-5_000, 5_000, 2), 150, 20) for _ in range(300)], dtype=object)
    found = meetings(plots, np.array([giant]))
    plain = shapely.area(shapely.intersection(plots[found.plot], giant))
    assert len(found.plot) > 100
    assert np.allclose(shapely.area(found.shapes), plain, rtol=1e-9, atol=1e-6)
    assert set(found.plot) == set(np.flatnonzero(shapely.intersects(plots, giant)))


def test_parts_that_do_not_add_up_are_not_trusted(monkeypatch):
    ring = shapely.Point(0, 0).buffer(100, quad_segs=500)
    lost = [shapely.box(-100, -100, 0, 100), shapely.Polygon()]
    monkeypatch.setattr(contact, "_halves", lambda _: lost)
    assert list(subdivided(ring)) == [ring]


def test_a_clip_that_loses_the_overlap_is_computed_again_from_the_whole(monkeypatch):
    monkeypatch.setattr(contact.shapely, "clip_by_rect", lambda *_: shapely.Polygon())
    found = meetings(np.array([shapely.box(0, 0, 2, 2)]), np.array([shapely.box(1, 0, 3, 2)]))
    assert shapely.area(found.shapes).tolist() == [2.0]


def test_a_plot_in_a_hole_of_a_reserve_meets_nothing_and_is_as_near_as_the_hole():
    reserve = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))
    plot = np.array([shapely.box(45, 45, 50, 50)])
    assert len(meetings(plot, np.array([reserve])).plot) == 0
    assert nearest(plot, np.array([reserve]), 200)[0].tolist() == [5.0]


def test_a_boundary_drawn_twice_is_a_sliver_and_a_small_true_strip_is_not_called_wide():
    shapes = np.array([shapely.box(0, 0, 500, 0.09), shapely.box(0, 0, 0.9, 0.9), shapely.box(0, 0, 30, 30)])
    assert slivers(shapes, 1.0, 0.1).tolist() == [True, True, False]
    assert widths(shapes) == pytest.approx([0.09, 0.9, 30.0], abs=0.002)


def test_a_strip_a_hair_wider_than_a_sliver_is_ground_however_long_it_is():
    strip = np.array([shapely.box(0, 0, 20_000, 0.101), shapely.box(0, 0, 20_000, 0.099)])
    assert slivers(strip, 1.0, 0.1).tolist() == [False, True]


def test_ground_with_a_long_thin_tail_is_no_sliver():
    tail = shapely.union(shapely.box(0, 0, 2, 2), shapely.box(2, 0, 5_000, 0.01))
    assert 2 * tail.area / tail.length < 0.1
    assert slivers(np.array([tail]), 1.0, 0.1).tolist() == [False]


@given(boxes(4), boxes(4), st.floats(0.02, 0.5))
def test_ground_that_is_no_sliver_stays_none_whatever_is_added(left, right, shrink):
    both = shapely.transform(np.r_[left, right], lambda xy: xy * (1.0, shrink / 20))
    before = shapely.get_parts(shapely.union_all(both[: len(left)]))
    after = shapely.get_parts(shapely.union_all(both))
    before = before[shapely.area(before) > 0]
    ground = before[~slivers(before, 1.0, 0.1)]
    kept = after[~slivers(after, 1.0, 0.1)] if len(after) else after
    assert all(any(k.buffer(1e-9).covers(g) for k in kept) for g in ground)


def test_distances_to_lines_and_points_are_measured_like_those_to_polygons():
    plot = np.array([shapely.box(0, 0, 10, 10)])
    things = [shapely.LineString([(13, -5), (13, 50)]), shapely.Point(10, 14), shapely.MultiPoint([(40, 0), (12, 5)])]
    for thing, metres in zip(things, (3.0, 4.0, 2.0), strict=True):
        assert nearest(plot, np.array([thing]), 200)[0].tolist() == [metres]
    assert nearest(plot, np.array(things), 200)[1].tolist() == [2]
    crossing = np.array([shapely.LineString([(-5, 5), (50, 5)])])
    assert nearest(plot, crossing, 200)[0].tolist() == [0.0]
    assert shapely.area(meetings(plot, crossing).shapes).tolist() == [0.0]

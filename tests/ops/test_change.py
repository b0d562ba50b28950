"""Changes of ground on squares, and against what unions say."""

import numpy as np
import pytest
import shapely

from geoplan.ops.change import changed, offset, resolved


def squares(seed, count=40):
    rng = np.random.default_rng(seed)
    low = np.add(rng.uniform(0, 300, (count, 2)), (5e5, 4.3e6))
    return shapely.box(*low.T, *(low + rng.uniform(5, 60, (count, 2))).T)


@pytest.mark.parametrize("seed", range(4))
def test_features_that_overlap_share_no_ground_afterwards_and_cover_what_they_did(seed):
    geoms = squares(seed)
    apart = resolved(geoms, np.zeros(len(geoms), dtype=np.intp))
    union = shapely.union_all(geoms)
    assert shapely.area(apart).sum() == pytest.approx(union.area, rel=1e-10)
    assert shapely.union_all(apart).symmetric_difference(union).area < 1e-6


def test_the_lower_rank_keeps_the_ground():
    geoms = np.array([shapely.box(0, 0, 10, 10), shapely.box(2, 2, 4, 4)])
    assert list(shapely.area(resolved(geoms, np.array([1, 0])))) == [96.0, 4.0]
    assert list(shapely.area(resolved(geoms, np.array([0, 1])))) == [100.0, 0.0]


def test_features_that_touch_keep_every_vertex():
    geoms = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 3, 20, 7)])
    assert [g.equals_exact(o) for g, o in zip(resolved(geoms, np.array([0, 0])), geoms, strict=True)] == [True, True]


@pytest.mark.parametrize("seed", range(4))
def test_what_was_lost_and_gained_is_what_the_unions_say(seed):
    before, after = squares(seed), squares(seed + 100)
    none = np.zeros(len(before), dtype=np.intp)
    ground = changed(resolved(before, none), resolved(after, none))
    areas = shapely.area(ground.shapes)
    was, now = shapely.union_all(before), shapely.union_all(after)
    assert areas[ground.after < 0].sum() == pytest.approx(was.difference(now).area, rel=1e-9)
    assert areas[ground.before < 0].sum() == pytest.approx(now.difference(was).area, rel=1e-9)
    both = (ground.before >= 0) & (ground.after >= 0)
    assert areas[both].sum() == pytest.approx(was.intersection(now).area, rel=1e-9)
    assert set(shapely.get_type_id(ground.shapes)) == {3}


def test_a_feature_split_in_two_loses_nothing():
    # the new vertices lie on the old edge only as nearly as numbers allow
    whole = shapely.Polygon([(500000.1, 4300000.7), (500100.3, 4300033.9), (500071.7, 4300120.2)])
    cut = shapely.LineString([(500050, 4299990), (500080.33, 4300130.77)])
    parts = shapely.get_parts(shapely.polygonize([shapely.union_all([whole.boundary, cut])]))
    halves = np.array([p for p in shapely.get_parts(parts) if whole.contains(p.representative_point())], dtype=object)
    assert len(halves) == 2
    ground = changed(np.array([whole]), halves)
    assert list(ground.before) == [0, 0]
    assert list(ground.after) == [0, 1]


def test_an_offset_is_seen_where_no_vertex_lies():
    # the long side bends out by 8 m in the middle of 100 m
    bent = shapely.Polygon([(0, 0), (100, 0), (100, 50), (50, 58), (0, 50)])
    assert offset(shapely.box(0, 0, 100, 50), bent) == pytest.approx(8.0)
    assert offset(bent, shapely.box(0, 0, 100, 50)) == pytest.approx(8.0)
    assert np.isnan(offset(bent, shapely.Polygon()))

"""Lines are split where they meet, counted once, and cut at borders without losing or doubling a metre."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geoplan.ops.lines import cut, edges, in_window, length_at_scales, once, spacing

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_330_000.0

places = st.tuples(st.integers(0, 12), st.integers(0, 12))
paths = st.lists(places, min_size=2, max_size=6).filter(lambda p: len(set(p)) > 1)
drawings = st.lists(paths, min_size=1, max_size=6)


def drawn(paths, angle=0.0, size=10.0):
    """Lines of a drawing in the study CRS, turned by an angle so that crossings fall on no round number."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array(
        [shapely.LineString(np.array(p, float) * size @ [[c, s], [-s, c]] + [EAST, NORTH]) for p in paths],
        dtype=object,
    )


def lines(*wkt):
    return np.asarray(shapely.from_wkt(list(wkt)), dtype=object)


def test_lines_meet_at_the_vertices_they_share():
    # a T: the bar has a vertex where the stem starts, so it is two edges, and the stem is one: 3 edges, 4 nodes
    found = edges(lines("LINESTRING (0 0, 10 0, 20 0)", "LINESTRING (10 0, 10 5)"))
    assert len(found.lines) == 3
    assert found.parent.tolist() == [0, 0, 1]
    # nodes from west to east: (0 0) 0, (10 0) 1, (10 5) 2, (20 0) 3
    assert list(zip(found.u.tolist(), found.v.tolist(), strict=True)) == [(0, 1), (1, 3), (1, 2)]


def test_lines_that_only_cross_do_not_meet_unless_asked():
    crossing = lines("LINESTRING (0 0, 10 10)", "LINESTRING (0 10, 10 0)")
    assert len(edges(crossing).lines) == 2
    found = edges(crossing, at_crossings=True)
    assert len(found.lines) == 4
    assert len(set(found.u) & set(found.v)) == 1


def test_a_line_that_ends_on_another_without_a_vertex_meets_it_when_crossings_are_asked():
    # (1/3 of the way along a slope is no float: the foot lies some 1e-10 m beside the line)
    slope = shapely.LineString([(EAST, NORTH), (EAST + 70, NORTH + 30)])
    foot = slope.interpolate(1 / 3, normalized=True)
    side = shapely.LineString([foot, (EAST, NORTH + 50)])
    found = edges(np.array([slope, side]), at_crossings=True)
    assert len(found.lines) == 3
    assert len(set(found.u) | set(found.v)) == 4
    # the drawn vertex stays where it was drawn
    assert foot.coords[0] in {xy for line in found.lines for xy in line.coords}


def test_three_lines_through_one_point_make_one_node():
    spokes = drawn([[(0, 0), (10, 10)], [(0, 10), (10, 0)], [(5, 0), (5, 10)]], angle=0.3)
    found = edges(spokes, at_crossings=True)
    assert len(found.lines) == 6
    assert len(set(found.u) | set(found.v)) == 7


def test_an_edge_runs_from_its_first_node_to_its_second():
    found = edges(drawn([[(0, 0), (5, 5), (10, 0)], [(5, 5), (5, 9), (0, 0)]]))
    at = {}
    for line, u, v in zip(found.lines, found.u, found.v, strict=True):
        for node, xy in ((u, line.coords[0]), (v, line.coords[-1])):
            assert at.setdefault(node, xy) == xy
    assert len(set(at.values())) == len(at)


def test_a_ring_that_meets_nothing_is_one_edge_back_to_its_start():
    found = edges(lines("LINESTRING (0 0, 1 0, 1 1, 0 0)"))
    assert len(found.lines) == 1
    assert found.u[0] == found.v[0]


def test_parts_of_a_multiline_have_the_same_parent():
    found = edges(lines("MULTILINESTRING ((0 0, 1 0), (5 5, 6 5))", "LINESTRING (1 0, 2 0)"))
    assert found.parent.tolist() == [0, 0, 1]


def test_lines_without_length_and_missing_lines_give_no_edge():
    odd = np.array([None, shapely.LineString(), shapely.LineString([(1, 1), (1, 1)])], dtype=object)
    for at_crossings in (False, True):
        found = edges(odd, at_crossings=at_crossings)
        assert len(found.lines) == len(found.parent) == len(found.u) == len(found.v) == 0
    assert len(edges(np.array([], dtype=object), at_crossings=True).lines) == 0


@settings(deadline=None, max_examples=150)
@given(drawings, st.sampled_from([0.0, 0.3, 1.1]))
def test_edges_at_crossings_are_the_noded_drawing(paths, angle):
    town = drawn(paths, angle)
    found = edges(town, at_crossings=True)
    # no metre lost: each line is as long as its edges
    per_line = np.bincount(found.parent, shapely.length(found.lines), minlength=len(town))
    np.testing.assert_allclose(per_line, shapely.length(town), rtol=0, atol=1e-6)
    # nobody here drew this noding: GEOS, snapped to a grid of a tenth of a millimetre
    noded = shapely.union_all(town, grid_size=1e-4)
    pieces = once(town, np.zeros(len(town), dtype=int)).lines
    assert float(shapely.length(pieces).sum()) == pytest.approx(float(shapely.length(noded)), abs=1e-2)
    # edges meet at their ends only, or run together from end to end
    one, two = shapely.STRtree(found.lines).query(found.lines, predicate="intersects")
    one, two = found.lines[one[one < two]], found.lines[two[one < two]]
    apart = ~(shapely.hausdorff_distance(one, two) < 1e-6)
    shared = shapely.intersection(one[apart], two[apart])
    for edge in (one[apart], two[apart]):
        ends = shapely.multipoints(np.stack([shapely.get_point(edge, 0), shapely.get_point(edge, -1)], axis=1))
        assert (
            shapely.hausdorff_distance(shapely.intersection(shared, shapely.buffer(ends, 1e-5)), shared) < 1e-5
        ).all()


@settings(deadline=None, max_examples=60)
@given(drawings, st.randoms(use_true_random=False))
def test_shuffling_lines_changes_no_node(paths, random):
    town = drawn(paths)
    order = list(range(len(town)))
    random.shuffle(order)
    plain, shuffled = edges(town, at_crossings=True), edges(town[order], at_crossings=True)
    key = lambda e, parent: sorted(zip(parent.tolist(), e.u.tolist(), e.v.tolist(), strict=True))  # noqa: E731  (used twice, here only)
    assert key(plain, plain.parent) == key(shuffled, np.array(order)[shuffled.parent])


def test_a_stretch_drawn_twice_counts_once_and_its_disagreement_is_seen():
    # 0..30 once and 20..50 again: 30 + 20 = 50 of ground, 10 drawn twice; labels differ there only
    kept = once(lines("LINESTRING (0 0, 30 0)", "LINESTRING (20 0, 50 0)"), np.array([1, 2]))
    metres = shapely.length(kept.lines)
    assert metres.sum() == 50
    assert shapely.length(kept.doubled).sum() == 10
    assert metres[~kept.agreed].tolist() == [10]
    assert np.bincount(kept.parent, metres).tolist() == [30, 20]


def test_a_line_drawn_backwards_is_the_same_line():
    kept = once(lines("LINESTRING (0 0, 5 5, 9 0)", "LINESTRING (9 0, 5 5, 0 0)"), np.array([3, 3]))
    assert shapely.length(kept.lines).sum() == pytest.approx(np.sqrt(50) + np.sqrt(41))
    assert kept.agreed.all()
    assert set(kept.parent.tolist()) == {0}


@settings(deadline=None, max_examples=80)
@given(drawings, st.sampled_from([0.0, 0.3]), st.integers(1, 4))
@example([[(0, 0), (0, 1), (3, 1), (1, 1)]], 0.3, 2)  # a line that all but runs over itself
def test_zones_that_fill_the_place_share_out_every_metre_once(paths, angle, cells):
    town = drawn(paths, angle)
    west, south, east, north = shapely.total_bounds(town)
    xs, ys = np.linspace(west, east + 1, cells + 1), np.linspace(south, north + 1, cells + 1)
    zones = np.array([shapely.box(x0, y0, x1, y1) for x0, x1 in pairwise(xs) for y0, y1 in pairwise(ys)])
    found = cut(town, zones)
    assert (found.zone >= 0).all()
    per_line = np.bincount(found.parent, shapely.length(found.lines), minlength=len(town))
    # a line that runs over itself is one set of points to GEOS, so it is held against its own ground
    ground = shapely.length([shapely.union_all(line) for line in town])
    assert (per_line >= ground - 1e-6).all()
    assert (per_line <= shapely.length(town) + 1e-6).all()
    # and each piece lies in its zone and on its line
    assert shapely.covers(shapely.buffer(zones[found.zone], 1e-4), found.lines).all()
    assert shapely.covers(shapely.buffer(town[found.parent], 1e-4), found.lines).all()


def test_a_shore_along_a_shared_border_belongs_to_the_first_zone():
    zones = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    shore = lines("LINESTRING (10 -5, 10 15)", "LINESTRING (0 5, 20 5)")
    found = cut(shore, zones)
    held = {
        (int(p), int(z)): float(m)
        for p, z, m in zip(found.parent, found.zone, shapely.length(found.lines), strict=True)
    }
    assert held == {(0, 0): 10, (0, -1): 10, (1, 0): 10, (1, 1): 10}


def test_overlapping_zones_each_hold_what_lies_inside_them():
    zones = np.array([shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)])
    found = cut(lines("LINESTRING (0 5, 15 5)"), zones)
    assert np.bincount(found.zone, shapely.length(found.lines)).tolist() == [10, 10]


def test_a_shore_drawn_beside_the_border_belongs_to_the_nearest_zone():
    # the zones end at y = 0; the shore runs 3 m south of them, its straight pieces judged at their middles (4 and 14)
    zones = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    shore = lines("LINESTRING (0 -3, 8 -3, 20 -3)", "LINESTRING (0 -30, 20 -30)")
    assert cut(shore, zones).zone.tolist() == [-1, -1]
    found = cut(shore, zones, beside=5)
    assert [(int(p), int(z), float(m)) for p, z, m in zip(found.parent, found.zone, shapely.length(found.lines), strict=True)] == [
        (0, 0, 8), (0, 1, 12), (1, -1, 20)]  # fmt: skip


def test_a_line_far_larger_than_its_zone_is_cut_to_it():
    ring = shapely.buffer(shapely.Point(0, 0), 100, quad_segs=5_000)
    found = cut(lines("LINESTRING (-300 0, 300 0)"), np.array([ring]))
    assert np.bincount(found.zone + 1, shapely.length(found.lines)) == pytest.approx([400, 200])


@settings(deadline=None, max_examples=60)
@given(drawings, st.integers(0, 120), st.integers(0, 120))
def test_four_tiles_share_out_every_metre_once(paths, x, y):
    # on round coordinates many stretches run along the edges of the tiles
    town = drawn(paths)
    west, south, east, north = EAST - 1, NORTH - 1, EAST + 130, NORTH + 130
    mid_x, mid_y = EAST + x, NORTH + y
    tiles = [
        (west, south, mid_x, mid_y),
        (mid_x, south, east, mid_y),
        (west, mid_y, mid_x, north),
        (mid_x, mid_y, east, north),
    ]
    apart = sum(shapely.length(in_window(town, tile)) for tile in tiles)
    ground = shapely.length(in_window(town, (west, south, east, north)))
    np.testing.assert_allclose(apart, ground, atol=1e-6)


def test_vertex_spacing_and_length_by_scale():
    # a saw of 100 teeth, 10 m wide and 10 m high: edges of 10 and 14.14 m; drawn at 50 m it is a straight kilometre
    saw = shapely.LineString([(EAST + 10 * i, NORTH + 10 * (i % 2)) for i in range(101)])
    mean, median = spacing(np.array([saw]), TOWN)
    assert (mean, median) == pytest.approx((np.sqrt(200), np.sqrt(200)), rel=1e-6)
    fine, coarse = length_at_scales(np.array([saw]), (1.0, 50.0), TOWN)
    assert fine == pytest.approx(1000 * np.sqrt(2), rel=1e-6)
    assert coarse == pytest.approx(1000, rel=1e-6)


def test_a_line_in_features_is_joined_before_it_is_generalised():
    # 100 features of one edge each: kept apart nothing could be left out
    saw = [(EAST + 10 * i, NORTH + 10 * (i % 2)) for i in range(101)]
    split = np.array([shapely.LineString(pair) for pair in pairwise(saw)])
    assert length_at_scales(split, (50.0,), TOWN)[0] == pytest.approx(1000, rel=1e-6)


def test_missing_and_empty_lines_are_cut_to_nothing():
    odd = np.array([None, shapely.LineString()], dtype=object)
    zones = np.array([shapely.box(0, 0, 1, 1)])
    assert len(cut(odd, zones, beside=10).lines) == 0
    assert len(cut(odd, np.array([], dtype=object)).lines) == 0
    assert spacing(odd, TOWN) is None
    assert len(once(odd, np.zeros(2, dtype=int)).lines) == 0

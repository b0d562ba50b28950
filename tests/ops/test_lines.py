"""Lines are split where they meet, counted once, and cut at borders without losing or doubling a metre."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.ops.lines import edges, once

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

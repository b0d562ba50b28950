"""Lines side by side, parts, rings and gaps, against networkx and sums on paper."""

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.ops import lines
from geoplan.ops.structure import beside, groups, structure

places = st.tuples(st.integers(0, 5), st.integers(0, 5))
streets = st.lists(st.tuples(places, places).filter(lambda p: p[0] != p[1]), min_size=1, max_size=14)


def drawn(pairs):
    return np.array([shapely.LineString([(10 * x, 10 * y) for x, y in pair]) for pair in pairs], dtype=object)


@settings(max_examples=80)
@given(streets)
def test_parts_rings_and_ends_are_those_of_the_graph(pairs):
    split = lines.once(drawn(pairs), np.zeros(len(pairs), dtype=np.int64)).lines
    graph = nx.MultiGraph()
    for line in split:
        a, b = (tuple(np.round(xy, 6)) for xy in (line.coords[0], line.coords[-1]))
        graph.add_edge(a, b)
    found = structure(split, 0.0)
    parts = nx.number_connected_components(graph)
    assert (found.drawn, found.parts) == (parts, parts)
    assert found.rings == graph.number_of_edges() - graph.number_of_nodes() + parts
    assert len(found.ends) == sum(degree == 1 for _, degree in graph.degree())


@settings(max_examples=60)
@given(streets, st.floats(0, 25), st.floats(0, 25))
def test_a_wider_join_never_makes_more_parts(pairs, one, other):
    split = lines.once(drawn(pairs), np.zeros(len(pairs), dtype=np.int64)).lines
    near, far = (structure(split, d) for d in sorted((one, other)))
    assert far.parts <= near.parts <= near.drawn == far.drawn
    assert (shapely.length(near.gaps) <= min(one, other) + 1e-9).all()


@settings(max_examples=60)
@given(streets, st.floats(0.5, 8))
def test_what_is_left_out_and_what_stays_are_all_there_is(pairs, apart):
    drawing = drawn(pairs)
    found = beside(drawing, np.arange(len(drawing)), apart)
    total = shapely.length(drawing).sum()
    assert shapely.length(found.kept).sum() + shapely.length(found.left).sum() == pytest.approx(total, rel=1e-9)
    # what is left out lies beside what stays or was drawn before it
    for shape, of in zip(found.left, found.left_of, strict=True):
        assert shapely.length(shape) >= 5 * apart - 1e-2
        assert (
            shapely.hausdorff_distance(
                shape, shapely.intersection(shape, shapely.buffer(shapely.union_all(drawing[:of]), apart + 1e-6))
            )
            < 1e-6
        )


def test_a_crossing_and_a_fork_are_not_beside():
    road = shapely.LineString([(0, 0), (1000, 0)])
    crossing, fork = shapely.LineString([(500, -50), (500, 50)]), shapely.LineString([(500, 0), (900, 150)])
    slow = shapely.LineString([(100, 10), (190, 10)])
    found = beside(np.array([road, crossing, fork, slow]), np.arange(4), 20.0)
    assert len(found.left) == 0


def test_the_other_carriageway_is_left_out_as_far_as_it_runs_along():
    road, other = shapely.LineString([(0, 0), (1000, 0)]), shapely.LineString([(200, 12), (600, 12), (600, 300)])
    found = beside(np.array([road, other]), np.arange(2), 20.0)
    # 400 along, and 8 up to where the side street is 20 away
    assert shapely.length(found.left).sum() == pytest.approx(408, abs=1e-2)
    assert shapely.length(found.kept).sum() == pytest.approx(1000 + 280, abs=1e-2)


def test_lines_of_one_owner_are_never_compared():
    bends = drawn([((0, 0), (5, 0)), ((0, 0), (5, 0))])
    assert len(beside(bends, np.zeros(2, dtype=int), 5.0).left) == 0


def test_a_park_joins_two_paths():
    paths = drawn([((0, 0), (1, 0)), ((3, 0), (4, 0))])
    parks = shapely.box([8, 42], [-5, -5], [32, 50], [5, 5])
    found = groups(parks, paths, structure(paths, 1.0).part, 2.0)
    assert found.group[0] == found.group[1] >= 0
    assert found.metres.tolist() == [0.0, 2.0]

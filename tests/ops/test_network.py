"""Walking distances against networkx on random towns, exact to 1e-9."""

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geoplan.errors import GeometryError
from geoplan.ops.network import Network, Positions, build_network, components, nearest_supply, walk_metres

LENGTHS = (0.0, 5.0, 9.0, 50.0, 50.0, 120.5, 333.3)


def _town(rng: np.random.Generator, nodes: int, edges: int, supplies: int, origins: int, *, whole: bool):
    """A random town: parallel edges, self-loops, islands and edges of no length all happen."""
    u, v = rng.integers(0, nodes, edges) * 7, rng.integers(0, nodes, edges) * 7
    length = rng.choice(LENGTHS, edges) if whole else rng.uniform(0, 300, edges)
    shapes = shapely.linestrings(np.stack([np.c_[u, v], np.c_[v, u + 1.0]], axis=1).astype(float))
    network = build_network(u, v, length, shapes)

    def places(count: int):
        edge = rng.integers(0, edges, count)
        share = rng.choice([0.0, 0.5, 1.0, 0.25], count) if whole else rng.uniform(0, 1, count)
        off = rng.choice([0.0, 0.0, 10.0, 30.0], count)
        return Positions(edge.astype(np.intp), share * length[edge], off)

    return network, places(supplies), places(origins)


def _brute_force(network: Network, supply: Positions, origins: Positions) -> np.ndarray:
    """Metres from every origin to every supply by networkx, each pair put into the graph on its own."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(len(network.node)))
    for u, v, metres in zip(network.u.tolist(), network.v.tolist(), network.length.tolist(), strict=True):
        graph.add_edge(u, v, w=metres)
    between = dict(nx.all_pairs_dijkstra_path_length(graph, weight="w"))
    out = np.full((len(origins), len(supply)), np.inf)
    for i in range(len(origins)):
        for j in range(len(supply)):
            e, f, p, q = origins.edge[i], supply.edge[j], origins.at[i], supply.at[j]
            ways = [abs(p - q)] if e == f else []
            for a, leave in ((network.u[e], p), (network.v[e], network.length[e] - p)):
                for b, enter in ((network.u[f], q), (network.v[f], network.length[f] - q)):
                    ways.append(leave + between[a].get(b, np.inf) + enter)
            out[i, j] = min(ways) + origins.off[i] + supply.off[j]
    return out


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    nodes=st.integers(1, 12),
    edges=st.integers(1, 20),
    supplies=st.integers(1, 12),
    whole=st.booleans(),
    limit=st.sampled_from([np.inf, 500.0, 100.0, 60.0, 0.0]),
)
@example(seed=1, nodes=1, edges=1, supplies=3, whole=True, limit=np.inf)  # one loop, three facilities on it
@example(seed=2, nodes=3, edges=12, supplies=12, whole=True, limit=60.0)  # parallel edges and ties
def test_every_walk_is_as_long_as_networkx_says(
    seed: int, nodes: int, edges: int, supplies: int, limit: float, *, whole: bool
):
    network, supply, origins = _town(np.random.default_rng(seed), nodes, edges, supplies, 15, whole=whole)
    every = _brute_force(network, supply, origins)
    expected = every.min(axis=1)
    walks = nearest_supply(network, supply, limit)
    metres, source = walk_metres(walks, origins)
    near = expected <= limit + 1e-6
    assert np.array_equal(np.isfinite(metres), near & np.isfinite(expected))
    found = np.isfinite(metres)
    assert np.abs(metres[found] - expected[found]).max(initial=0) < 1e-9
    # whichever facility is named, it is one that is that near
    named = np.flatnonzero(source >= 0)
    assert np.array_equal(source >= 0, found)
    assert np.abs(every[named, source[named]] - expected[named]).max(initial=0) < 1e-9


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), nodes=st.integers(1, 15), edges=st.integers(1, 25))
def test_every_node_knows_its_nearest_supply(seed: int, nodes: int, edges: int):
    network, supply, _ = _town(np.random.default_rng(seed), nodes, edges, 4, 1, whole=False)
    some = np.arange(len(network.node))
    first = np.array([np.flatnonzero((network.u == i) | (network.v == i))[0] for i in some])
    at = np.where(network.u[first] == some, 0.0, network.length[first])
    expected = _brute_force(network, supply, Positions(first, at, np.zeros(len(some)))).min(axis=1)
    found = nearest_supply(network, supply).metres
    assert np.array_equal(np.isinf(found), np.isinf(expected))
    assert np.allclose(found[np.isfinite(found)], expected[np.isfinite(found)], rtol=0, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), nodes=st.integers(1, 30), edges=st.integers(1, 30))
def test_parts_of_a_network_are_those_networkx_finds(seed: int, nodes: int, edges: int):
    network, _, _ = _town(np.random.default_rng(seed), nodes, edges, 1, 1, whole=True)
    label = components(network)
    # two nodes are in one part exactly where a walk of some length joins them
    position = Positions(np.zeros(1, dtype=np.intp), np.zeros(1), np.zeros(1))
    joined = np.isfinite(nearest_supply(network, position).metres)
    assert np.array_equal(joined, label == label[network.u[0]])
    assert (np.diff(np.bincount(label)) <= 0).all()


def _street(length: float = 500.0):
    return build_network([1], [2], [length], shapely.linestrings([[[0, 0], [length, 0]]]))


def _at(*rows: tuple[float, float, float]):
    edge, at, off = zip(*rows, strict=True)
    return Positions(np.array(edge, dtype=np.intp), np.array(at, dtype=float), np.array(off, dtype=float))


def test_a_walk_along_one_edge_does_not_go_by_a_junction():
    # facilities at 100 and 300 of one street of 500 m; someone at 180 walks 80 back, not 120 ahead
    metres, source = walk_metres(nearest_supply(_street(), _at((0, 100, 0), (0, 300, 0))), _at((0, 180, 0)))
    assert (metres.item(), source.item()) == (80.0, 0)


def test_a_walk_of_exactly_the_limit_counts():
    # 10 beside + 480 along + 10 beside = 500, and one micrometre more is still 500, ten are not
    walks = nearest_supply(_street(), _at((0, 0, 10)), 500.0)
    metres, _ = walk_metres(walks, _at((0, 480, 10), (0, 480.000001 - 1e-9, 10), (0, 480.00001, 10)))
    assert metres[0] == 500.0
    assert np.isfinite(metres[1])
    assert np.isinf(metres[2])


def test_what_lies_beside_the_network_decides_between_two_facilities():
    # the nearer stop (at 10) stands 200 m off the street, the farther (at 150) on it
    metres, source = walk_metres(nearest_supply(_street(), _at((0, 10, 200), (0, 150, 0))), _at((0, 0, 0)))
    assert (metres.item(), source.item()) == (150.0, 1)


def test_nobody_walks_through_a_facility_to_get_back_on_the_street():
    # two parallel streets of 400; a facility between them is 5 off the first; the way over to the second is not open
    lines = shapely.linestrings([[[0, 0], [400, 0]], [[0, 10], [400, 10]]])
    network = build_network([1, 3], [2, 4], [400.0, 400.0], lines)
    walks = nearest_supply(network, _at((0, 200, 5)))
    assert walks.metres.tolist() == [205.0, 205.0, np.inf, np.inf]


def test_an_island_without_supply_is_infinitely_far_and_names_nobody():
    lines = shapely.linestrings([[[0, 0], [100, 0]], [[500, 0], [600, 0]]])
    network = build_network([1, 3], [2, 4], [100.0, 100.0], lines)
    metres, source = walk_metres(nearest_supply(network, _at((0, 50, 0))), _at((1, 50, 0), (0, 0, 0)))
    assert metres.tolist() == [np.inf, 50.0]
    assert source.tolist() == [-1, 0]


def test_without_supply_nothing_is_near():
    nobody = Positions(np.zeros(0, dtype=np.intp), np.zeros(0), np.zeros(0))
    walks = nearest_supply(_street(), nobody)
    assert np.isinf(walks.metres).all()
    assert np.isinf(walk_metres(walks, _at((0, 1, 0)))[0]).all()
    assert not len(walk_metres(walks, nobody)[0])
    assert not len(nearest_supply(build_network([], [], [], []), nobody).metres)


def test_parallel_edges_keep_the_shortest_whichever_row_comes_first():
    for length in ([5.0, 9.0], [9.0, 5.0]):
        lines = shapely.linestrings([[[0, 0], [0, 5]]] * 2)
        network = build_network([1, 1], [2, 2], length, lines)
        on_first = _at((0, 0, 0))
        assert nearest_supply(network, on_first).metres.tolist() == [0.0, 5.0]


@pytest.mark.parametrize("length", [float("nan"), -1.0, float("inf")])
def test_an_edge_without_a_length_is_refused(length: float):
    with pytest.raises(GeometryError) as caught:
        build_network([1, 2], [2, 3], [10.0, length], shapely.linestrings([[[0, 0], [1, 0]]] * 2))
    assert caught.value.id == "network.length"
    assert caught.value.fields == {"n": 1, "first": 2}

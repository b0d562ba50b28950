"""Pieces of streets that can be reached, and the land beside them: against asking many places one by one."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.ops import substring

from geoplan.ops.network import Positions, build_network, nearest_supply, walk_metres
from geoplan.ops.walkshed import Pieces, cut, land_beside, reached_pieces


def _town(rng, nodes, edges):
    """Bent streets between random junctions, some of them twice, some loops, some longer than drawn."""
    where = rng.uniform(0, 1000, (nodes, 2))
    u, v = rng.integers(0, nodes, edges), rng.integers(0, nodes, edges)
    middle = (where[u] + where[v]) / 2 + rng.uniform(-80, 80, (edges, 2))
    lines = shapely.linestrings(np.stack([where[u], middle, where[v]], axis=1))
    return build_network(u, v, shapely.length(lines) * rng.choice([1.0, 1.3], edges), lines)


def _supply(rng, network, count):
    edge = rng.integers(0, len(network.length), count).astype(np.intp)
    share = rng.choice([0.0, 1.0, rng.uniform()], count)
    return Positions(edge, share * network.length[edge], rng.choice([0.0, 15.0], count))


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), limit=st.sampled_from([0.0, 60.0, 400.0, 5000.0]), groups=st.integers(1, 3))
def test_a_place_is_in_a_piece_exactly_when_it_is_within_the_limit(seed, limit, groups):
    rng = np.random.default_rng(seed)
    network = _town(rng, 6, 10)
    supply = _supply(rng, network, 5)
    group = rng.integers(0, groups, 5).astype(np.intp)
    walks = nearest_supply(network, supply, limit)
    pieces = reached_pieces(walks, limit, group)
    edge = np.repeat(np.arange(10), 60)
    at = rng.uniform(0, 1, 600) * network.length[edge]
    spots = Positions(edge, at, np.zeros(600))
    metres, source = walk_metres(nearest_supply(network, supply), spots)
    inside = (pieces.edge == edge[:, None]) & (pieces.start <= at[:, None]) & (at[:, None] <= pieces.end)
    clear = np.abs(metres - limit) > 1e-6
    assert np.array_equal(inside.any(axis=1)[clear], (metres <= limit)[clear])
    # no place is in two pieces, and each is in the one of its nearest group unless two are equally near
    assert (inside.sum(axis=1) <= 1).all()
    other = np.full((groups, 600), np.inf)
    for g in np.unique(group):
        other[g] = walk_metres(nearest_supply(network, supply.take(group == g)), spots)[0]
    second = np.sort(other, axis=0)[1] if groups > 1 else np.full(600, np.inf)
    sure = inside.any(axis=1) & clear & (second > metres + 1e-6)
    found = pieces.owner[inside.argmax(axis=1)] if len(pieces.edge) else np.zeros(600, dtype=int)
    assert np.array_equal(found[sure], group[source[sure]])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_pieces_are_drawn_where_they_lie(seed):
    rng = np.random.default_rng(seed)
    network = _town(rng, 5, 8)
    kept = np.flatnonzero(network.length > 1)
    start, end = np.sort(rng.uniform(0, 1, (2, len(kept))), axis=0) * network.length[kept]
    pieces = Pieces(kept, start, end, np.zeros(len(kept), dtype=np.intp))
    drawn = cut(network, pieces)
    scale = shapely.length(network.shapes[kept]) / network.length[kept]
    for line, street, a, b in zip(drawn, network.shapes[kept], start * scale, end * scale, strict=True):
        assert shapely.hausdorff_distance(line, substring(street, a, b)) < 1e-6
    assert np.allclose(shapely.length(drawn), (end - start) * scale, rtol=0, atol=1e-6)


def test_a_street_reached_whole_is_the_street_itself():
    network = build_network([1], [2], [100.0], shapely.linestrings([[[0, 0], [100, 0]]]))
    pieces = reached_pieces(
        nearest_supply(network, Positions(np.array([0]), np.array([50.0]), np.zeros(1)), 50.0), 50.0
    )
    assert (pieces.start.tolist(), pieces.end.tolist()) == ([0.0], [100.0])
    assert cut(network, pieces)[0] is network.shapes[0]


def test_two_stations_share_a_street_at_the_place_equally_far_from_both():
    # station 0 stands at 100 and 40 m beside the street, station 1 at 400 and on it: 40 + x = 300 - x at x = 130
    network = build_network([1], [2], [500.0], shapely.linestrings([[[0, 0], [500, 0]]]))
    supply = Positions(np.array([0, 0]), np.array([100.0, 400.0]), np.array([40.0, 0.0]))
    pieces = reached_pieces(nearest_supply(network, supply, 1000.0), 1000.0, np.array([0, 1]))
    listed = sorted(zip(pieces.owner.tolist(), pieces.start.tolist(), pieces.end.tolist(), strict=True))
    assert listed == [(0, 0.0, 230.0), (1, 230.0, 500.0)]


@pytest.mark.parametrize("width", [1.0, 30.0])
def test_the_land_beside_streets_is_the_union_of_what_lies_beside_each(width):
    rng = np.random.default_rng(7)
    network = _town(rng, 6, 12)
    walks = [nearest_supply(network, _supply(rng, network, 2), 500.0) for _ in range(3)]
    sets = [reached_pieces(w, limit) for w, limit in zip(walks, (500.0, 200.0, 80.0), strict=True)]
    for land, pieces in zip(land_beside(network, sets, width), sets, strict=True):
        expected = shapely.union_all(shapely.buffer(cut(network, pieces), width, quad_segs=16))
        assert shapely.symmetric_difference(land, expected).area < 1e-6


def test_where_nothing_is_reached_there_is_no_land():
    network = build_network([1], [2], [100.0], shapely.linestrings([[[0, 0], [100, 0]]]))
    nobody = Positions(np.zeros(0, dtype=np.intp), np.zeros(0), np.zeros(0))
    pieces = reached_pieces(nearest_supply(network, nobody, 50.0), 50.0)
    assert not len(pieces.edge)
    assert shapely.is_empty(land_beside(network, [pieces], 30.0)[0])
    assert not len(land_beside(network, [], 30.0))

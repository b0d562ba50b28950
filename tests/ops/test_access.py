"""Where people step out, and where they step onto the street: rule by rule."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geoplan.ops import access, network

TOWN = CRS("EPSG:4548")
X, Y = 500000.0, 4334000.0


def at(*wkt):
    return shapely.transform(shapely.from_wkt(list(wkt)), lambda xy: np.add(xy, (X, Y)))


def streets(*wkt):
    lines = at(*wkt)
    ends = np.arange(len(lines)) * 2
    return network.build_network(ends, ends + 1, shapely.length(lines), lines)


NORTH, SOUTH = "LINESTRING (0 100, 300 100)", "LINESTRING (0 0, 300 0)"
HOME = "POLYGON ((100 20, 200 20, 200 60, 100 60, 100 20))"


def ways(shapes, doors=None, **changed):
    how = {"gap": 30.0, "max_snap": 150.0} | changed
    net = how.pop("streets", None) or streets(SOUTH, NORTH)
    found = access.access_points(shapes, doors or access.no_doors(), net, TOWN, **how)
    order = np.lexsort((found.positions.at, found.positions.edge))
    rows = zip(found.owner, found.positions.edge, found.positions.at, found.positions.off, found.estimated, strict=True)
    listed = list(rows)
    return [
        (int(o), int(e), round(float(a), 3), round(float(f), 3), bool(g))
        for o, e, a, f, g in (listed[i] for i in order)
    ]


def doors(shapes, points, named=None):
    ids = np.array([f"R{i}" for i in range(len(shapes))], dtype=object)
    names = np.array(named or [None] * len(points), dtype=object)
    return access.doors_of(at(*points), names, ids, shapes, 30.0, TOWN)


def test_a_known_entrance_goes_to_the_nearest_street_and_is_no_estimate():
    home = at(HOME)
    # the gate in the north wall is 40 m from the street in the north, though the south wall is 20 m from the other
    assert ways(home, doors(home, ["POINT (150 60)"], ["R0"])) == [(0, 1, 150.0, 40.0, False)]


def test_without_an_entrance_every_street_within_the_gap_gives_an_estimate():
    # the south side is 20 m from its street, in the middle at 150; the north side is 40 m from the other: no
    assert ways(at(HOME)) == [(0, 0, 150.0, 20.0, True)]
    assert ways(at(HOME), gap=40.0) == [(0, 0, 150.0, 20.0, True), (0, 1, 150.0, 40.0, True)]


def test_without_a_street_within_the_gap_the_single_nearest_is_taken():
    assert ways(at(HOME), gap=10.0) == [(0, 0, 150.0, 20.0, True)]


def test_beyond_the_farthest_snap_there_is_no_way():
    assert ways(at(HOME), gap=10.0, max_snap=19.0) == []
    home = at(HOME)
    assert ways(home, doors(home, ["POINT (150 60)"], ["R0"]), max_snap=39.0) == []


def test_a_gap_and_a_snap_of_exactly_the_distance_count():
    assert ways(at(HOME), gap=20.0, max_snap=20.0) == [(0, 0, 150.0, 20.0, True)]


def test_a_point_is_its_own_entrance():
    assert ways(at("POINT (40 30)")) == [(0, 0, 40.0, 30.0, False)]


def test_an_entrance_that_names_nobody_belongs_to_the_nearest_boundary_within_the_gap():
    homes = at(HOME, "POLYGON ((220 20, 280 20, 280 60, 220 60, 220 20))")
    assert doors(homes, ["POINT (205 40)"]).owner.tolist() == [0]
    # in the middle between both it is of both; 31 m off it is of neither
    assert sorted(doors(homes, ["POINT (210 40)"]).owner.tolist()) == [0, 1]
    assert doors(homes, ["POINT (311 40)"]).unmatched == 1


def test_an_entrance_that_names_a_stranger_is_not_given_to_a_neighbour():
    homes = at(HOME)
    found = doors(homes, ["POINT (200 40)"], ["R7"])
    assert (found.owner.tolist(), found.unmatched) == ([], 1)


def test_an_id_that_two_shapes_share_names_neither():
    homes = at(HOME, "POLYGON ((220 20, 280 20, 280 60, 220 60, 220 20))")
    named = np.array(["R0"], dtype=object)
    found = access.doors_of(at("POINT (222 20)"), named, np.array(["R0", "R0"], dtype=object), homes, 30.0, TOWN)
    assert found.owner.tolist() == [1]


def test_an_estimate_across_a_canal_goes_to_the_street_this_side():
    canal = at("LINESTRING (0 10, 300 10)")
    # the south street lies behind the canal; the one in the north is 40 m off, beyond the gap but the nearest open one
    assert ways(at(HOME), barriers=canal) == [(0, 1, 150.0, 40.0, True)]


def test_nodes_take_entrances_only_at_the_ends_of_streets():
    home = at(HOME)
    gate = doors(home, ["POINT (150 60)"], ["R0"])
    assert ways(home, gate, snap_to="node", max_snap=100.0) == []
    # the street in the north ends at (0,100) and (300,100): both sqrt(150^2 + 40^2) away
    off = round(float(np.hypot(150, 40)), 3)
    assert ways(home, gate, snap_to="node", max_snap=160.0) == [(0, 1, 0.0, off, False), (0, 1, 300.0, off, False)]


def test_a_position_on_an_edge_is_in_the_metres_of_its_length_column():
    # drawn 300 m long, but 600 m to walk: half-way is 300
    lines = at(SOUTH)
    net = network.build_network([1], [2], [600.0], lines)
    assert ways(at(HOME), streets=net) == [(0, 0, 300.0, 20.0, True)]


def test_what_lies_beside_the_network_is_true_metres_not_planar_ones():
    # UTM shrinks the town to 0.9996: 20 m drawn are 20 / 0.9996 m walked
    utm = CRS("EPSG:32650")
    net = streets(SOUTH)
    found = access.access_points(at(HOME), access.no_doors(), net, utm, gap=30.0, max_snap=150.0)
    assert found.positions.off[0] == pytest.approx(20 / 0.9996, abs=1e-6)


def test_straight_lines_start_at_entrances_else_anywhere_on_the_shape():
    homes = at(HOME, HOME)
    starts = access.starts(homes, access.Doors(at("POINT (100 20)", "POINT (200 60)"), np.array([1, 1])))
    assert starts[0] is homes[0]
    assert shapely.get_type_id(starts[1]) == 4
    metres, which = access.straight_metres(starts, at("POINT (150 90)"), TOWN)
    # from the north wall 30; from the gate (200,60) sqrt(50^2 + 30^2)
    assert metres.tolist() == pytest.approx([30.0, np.hypot(50, 30)], abs=1e-6)
    assert which.tolist() == [0, 0]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_straight_metres_are_those_of_every_pair(seed):
    rng = np.random.default_rng(seed)
    middle = np.add(rng.uniform(0, 3000, (25, 2)), (X, Y))
    # supply with far more vertices than a piece of outline holds
    parks = shapely.buffer(shapely.points(middle[:8]), rng.uniform(5, 400, 8), quad_segs=40)
    parks[7] = shapely.points(middle[7])
    homes = shapely.buffer(shapely.points(middle[8:]), 20.0, quad_segs=1)
    metres, which = access.straight_metres(homes, parks, TOWN)
    every = shapely.distance(homes[:, None], parks[None, :])
    assert np.allclose(metres, every.min(axis=1), rtol=2e-7, atol=1e-6)
    assert np.allclose(every[np.arange(len(homes)), which], every.min(axis=1), rtol=0, atol=1e-9)


def test_without_supply_a_straight_line_leads_nowhere():
    metres, which = access.straight_metres(at(HOME), access.no_shapes(), TOWN)
    assert (metres.tolist(), which.tolist()) == ([np.inf], [-1])
    assert not len(access.straight_metres(access.no_shapes(), at(HOME), TOWN)[0])


def test_shapes_attached_only_to_a_street_cut_off_from_the_rest_stand_apart():
    # three streets joined to one another, and one that is not
    lines = at("LINESTRING (0 0, 100 0)", "LINESTRING (100 0, 200 0)", "LINESTRING (0 500, 100 500)")
    net = network.build_network([1, 2, 8], [2, 3, 9], [100.0, 100.0, 100.0], lines)
    spots = at("POINT (50 10)", "POINT (50 510)", "POINT (50 9000)")
    found = access.access_points(spots, access.no_doors(), net, TOWN, gap=30.0, max_snap=150.0)
    # the third is attached to nothing at all: that is another matter
    assert found.apart(net, network.components(net), 3).tolist() == [False, True, False]

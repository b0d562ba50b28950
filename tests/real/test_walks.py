"""Walks on streets nobody here drew, held against networkx. Needs $GEOPLAN_REAL_DATA."""

import os
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan import read
from geoplan.catalogue import Catalogue
from geoplan.ops import access, ellipsoid
from geoplan.ops.network import at_nodes, components, nearest_supply, walk_metres
from geoplan.role import walking

DATA = Path(os.environ.get("GEOPLAN_REAL_DATA", ""))
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not os.environ.get("GEOPLAN_REAL_DATA"), reason="GEOPLAN_REAL_DATA names no folder"),
]
UTM = CRS("EPSG:32632")


@pytest.fixture(scope="module")
def monaco():
    source = {"path": str(DATA / "monaco_osm" / "monaco.osm.pbf")}
    return read.open_layer(Catalogue.for_study().layer("walk_network"), source, folder=DATA, crs=UTM, area=None)


@pytest.fixture(scope="module")
def graph(monaco):
    made, net = nx.Graph(), walking(monaco)
    for u, v, metres in zip(net.u.tolist(), net.v.tolist(), net.length.tolist(), strict=True):
        if metres < made.get_edge_data(u, v, {"w": np.inf})["w"]:
            made.add_edge(u, v, w=metres)
    return made


@pytest.mark.parametrize("limit", [500.0, np.inf])
def test_every_junction_of_monaco_is_as_far_from_the_nearest_of_fifty_as_networkx_says(monaco, graph, limit):
    net = walking(monaco)
    places = np.random.default_rng(5).choice(len(net.node), 50, replace=False)
    metres = nearest_supply(net, at_nodes(net, places), limit).metres
    cutoff = None if np.isinf(limit) else limit
    found = nx.multi_source_dijkstra_path_length(graph, set(places.tolist()), cutoff=cutoff, weight="w")
    expected = np.full(len(net.node), np.inf)
    expected[list(found)] = list(found.values())
    assert np.array_equal(np.isfinite(metres), np.isfinite(expected))
    near = np.isfinite(metres)
    assert near.sum() > 1000
    assert np.abs(metres[near] - expected[near]).max() < 1e-9


def test_the_parts_of_monaco_are_those_networkx_finds(monaco, graph):
    sizes = np.bincount(components(walking(monaco)))
    assert sizes.tolist() == sorted((len(part) for part in nx.connected_components(graph)), reverse=True)


def test_a_walk_through_monaco_is_no_shorter_than_the_straight_line(monaco):
    net = walking(monaco)
    west, south, east, north = shapely.total_bounds(net.shapes)
    rng = np.random.default_rng(6)
    homes = shapely.points(rng.uniform((west, south), (east, north), (400, 2)))
    shops = shapely.points(rng.uniform((west, south), (east, north), (20, 2)))
    here, there = (
        access.access_points(spots, access.no_doors(), net, UTM, gap=30.0, max_snap=150.0) for spots in (homes, shops)
    )
    metres, source = walk_metres(nearest_supply(net, there.positions), here.positions)
    reached = np.flatnonzero(source >= 0)
    assert len(reached) > 100
    mine, theirs = homes[here.owner[reached]], shops[there.owner[source[reached]]]
    scale = ellipsoid.scale(shapely.get_x(mine), shapely.get_y(mine), UTM)
    assert (metres[reached] >= shapely.distance(mine, theirs) / scale - 1e-3).all()

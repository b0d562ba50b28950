"""What must hold of minutes on every network."""

import dataclasses
import functools
import operator

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.methods.travel_time import travel_time
from geoplan.units import Metres, Minutes

SEEDS = st.integers(0, 2**32 - 1)
LIMIT = 7.31
law = settings(max_examples=20, deadline=None)


def town(towns, seed):
    """A town whose streets take as long as chance has it, and some say nothing."""
    here, rng = towns["town"](seed), np.random.default_rng(seed)
    frame = here["streets"].frame
    minutes = np.where(rng.uniform(size=len(frame)) < 0.2, np.nan, rng.uniform(0.5, 6, len(frame)))
    streets = dataclasses.replace(here["streets"], data=frame.assign(minutes=minutes))
    return {"demand": here["demand"], "supply": here["supply"], "streets": streets, "place": here["place"]}


def ask(here, **how):
    given = {"supply": (here["supply"],), "weight": "count", "limit": Minutes(LIMIT), "max_snap": Metres(150.0)}
    return travel_time(**(here | given | how))


def halves(outcome):
    return np.array(
        [x for r in outcome.weights.values() if r for x in (r.overall.part, r.overall.whole, r.overall.unknown)]
    )


def timed(here, minutes):
    return here | {"streets": dataclasses.replace(here["streets"], data=here["streets"].frame.assign(minutes=minutes))}


@law
@given(seed=SEEDS, snap=st.sampled_from(["edge", "node"]))
def test_four_tiles_are_the_whole(towns, seed, snap):
    here = town(towns, seed)
    tiles = towns["tiles"](here["place"], np.random.default_rng(seed))
    parts = [halves(ask(here | {"place": tile}, snap=snap)) for tile in tiles]
    assert functools.reduce(operator.add, parts) == pytest.approx(halves(ask(here, snap=snap)))


@law
@given(seed=SEEDS)
def test_the_order_of_rows_changes_nothing(towns, seed):
    here = town(towns, seed)
    assert halves(ask(towns["shuffled"](here, seed))) == pytest.approx(halves(ask(here)))


@law
@given(seed=SEEDS, less=st.floats(0.1, 1.0))
def test_a_faster_network_never_serves_fewer(towns, seed, less):
    here = town(towns, seed)
    fast = timed(here, here["streets"].frame["minutes"] * less)
    assert ask(fast).measure.overall.part >= ask(here).measure.overall.part


@law
@given(seed=SEEDS, known=st.floats(0.0, 10.0))
def test_minutes_somebody_finds_out_only_settle_what_was_open(towns, seed, known):
    here = town(towns, seed)
    told = here["streets"].frame["minutes"].where(here["streets"].frame["minutes"].notna(), known)
    before, after = ask(here).measure.overall, ask(timed(here, told)).measure.overall
    assert after.part >= before.part
    assert after.part + after.unknown <= before.part + before.unknown


@law
@given(seed=SEEDS)
def test_times_between_nodes_are_those_of_a_graph(towns, seed):
    here = town(towns, seed)
    edges, graph = here["streets"].frame, nx.MultiGraph()
    ends = shapely.get_point(edges.geometry.to_numpy(), 0), shapely.get_point(edges.geometry.to_numpy(), -1)
    nodes = dict(zip([*edges["u"], *edges["v"]], np.concatenate(ends), strict=True))
    graph.add_nodes_from(nodes)
    for u, v, minutes in zip(edges["u"], edges["v"], edges["minutes"], strict=True):
        if np.isfinite(minutes):
            graph.add_edge(u, v, weight=minutes)
    goal = min(nodes)
    frame = gpd.GeoDataFrame({"id": [str(n) for n in nodes]}, geometry=list(nodes.values()), crs=edges.crs)
    stops = dataclasses.replace(here["demand"], data=frame)
    goals = dataclasses.replace(here["supply"], data=frame[frame["id"] == str(goal)].reset_index(drop=True))
    found = ask(here | {"demand": stops}, supply=(goals,)).evidence["demand"].set_index("id")["minutes"]
    expected = nx.single_source_dijkstra_path_length(graph, goal)
    for node in nodes:
        assert found[str(node)] == pytest.approx(expected.get(node, np.inf), abs=1e-9)

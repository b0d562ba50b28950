"""What must hold of the length of a network wherever it is cut."""

import dataclasses
import functools
import operator

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geoplan.layer import Layer, LayerSpec
from geoplan.methods.network_length import network_length
from geoplan.place import Place, Zones
from geoplan.units import Metres

TOWN = CRS("EPSG:4548")
X, Y, SIDE = 500_000.0, 4_334_000.0, 1_000.0
SEEDS = st.integers(0, 2**32 - 1)
law = settings(max_examples=20, deadline=None)


def town(seed, north=0.0):
    """Lines along and beside one another, some of no known class; a place they leave."""
    rng = np.random.default_rng(seed)
    start = np.add(rng.integers(-1, 11, (12, 2)) * 100.0, (X, Y + north))
    drawn = [np.vstack([xy, xy + np.cumsum(rng.integers(-3, 4, (3, 2)) * 100.0, axis=0)]) for xy in start]
    drawn += [xy + rng.uniform(4, 12, 2) for xy in drawn[:5]]
    drawn = [xy for xy in drawn if np.ptp(xy, axis=0).any()]
    columns = {"id": [f"w{i:02}" for i in range(len(drawn))], "class": rng.choice(np.array(["road", None]), len(drawn))}
    frame = gpd.GeoDataFrame(columns, geometry=[shapely.LineString(xy) for xy in drawn], crs=TOWN)
    ways = Layer(LayerSpec("roads", {"zh": "道路", "en": "roads"}, "line"), frame).of_classes(("road",))
    cells = shapely.box([X, X + 500], [Y + north] * 2, [X + 500, X + SIDE], [Y + north + SIDE] * 2)
    place = Place(
        "镇",
        shapely.box(X, Y + north, X + SIDE, Y + north + SIDE),
        TOWN,
        {"halves": Zones("halves", ("W", "E"), ("W", "E"), cells)},
    )
    return ways, place


def ask(ways, place, parallel=15.0):
    return network_length((ways,), place=place, parallel=Metres(parallel), join=Metres(20.0))


def close(one, other):
    assert (other.amount, other.unknown) == pytest.approx((one.amount, one.unknown), rel=1e-7, abs=1e-3)


@law
@given(SEEDS, st.sampled_from([0.0, 15.0]))
def test_four_tiles_are_the_whole_and_zones_add_up(seed, parallel):
    ways, place = town(seed)
    rng = np.random.default_rng(seed)
    x, y, far = rng.uniform(X, X + SIDE), rng.uniform(Y, Y + SIDE), 1.0
    cells = [(X, Y, x, y), (x, Y, X + SIDE + far, y), (X, y, x, Y + SIDE + far), (x, y, X + SIDE + far, Y + SIDE + far)]
    whole = ask(ways, place, parallel).measure
    close(whole, functools.reduce(operator.add, (ask(ways, place.tile(c), parallel).measure for c in cells)))
    assert sum(r.value for r in whole.by_zone["halves"]) == pytest.approx(whole.amount, abs=1e-3)


@law
@given(SEEDS)
def test_the_order_of_rows_changes_nothing(seed):
    ways, place = town(seed)
    order = np.random.default_rng(seed).permutation(len(ways.frame))
    mixed = ask(dataclasses.replace(ways, data=ways.frame.iloc[order].reset_index(drop=True)), place)
    here = ask(ways, place)
    close(here.measure, mixed.measure)
    facts = ("components", "components_joined", "rings", "dead_ends", "gaps")
    assert [here.facts[f] for f in facts] == [mixed.facts[f] for f in facts]


@law
@given(SEEDS)
def test_a_town_elsewhere_on_its_meridian_is_as_long(seed):
    here, there = ask(*town(seed)).measure, ask(*town(seed, 1000.0)).measure
    assert there.amount == pytest.approx(here.amount, rel=1e-6, abs=1e-3)


@law
@given(SEEDS)
def test_leaving_out_what_runs_beside_never_lengthens(seed):
    ways, place = town(seed)
    assert ask(ways, place, 15.0).measure.amount <= ask(ways, place, 0.0).measure.amount + 1e-3


@law
@given(SEEDS)
def test_the_class_of_a_line_only_moves_it_out_of_doubt(seed):
    ways, place = town(seed)
    certain = dataclasses.replace(ways, data=ways.frame.assign(**{"class": "road"}))
    doubtful, known = ask(ways, place, 0.0).measure, ask(certain, place, 0.0).measure
    assert known.amount == pytest.approx(doubtful.amount + doubtful.unknown, rel=1e-9, abs=1e-3)

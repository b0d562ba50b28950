"""What must hold of rain captured in every town."""

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
from geoplan.methods.runoff_capture import runoff_capture
from geoplan.place import Place, Zones
from geoplan.units import Metres, Share

TOWN = CRS("EPSG:4548")
X, Y, SIDE = 500_000.0, 4_334_000.0, 1_000.0
SEEDS = st.integers(0, 2**32 - 1)
TABLE = {"depths": (Metres(0.01), Metres(0.03)), "rates": (Share(0.45), Share(0.85))}


def layer(name, shapes, **columns):
    ids = [f"{name[0]}{i:02}" for i in range(len(shapes))]
    frame = gpd.GeoDataFrame({"id": ids, **columns}, geometry=np.asarray(shapes, dtype=object), crs=TOWN)
    return Layer(LayerSpec(name, {"zh": name, "en": name}, "any"), frame)


def boxes(rng, count, most):
    low = np.add(rng.uniform(-50, SIDE - 50, (count, 2)), (X, Y))
    return shapely.box(*low.T, *(low + rng.uniform(50, most, (count, 2))).T)


def town(seed):
    """Catchments and surfaces that lie on one another, leave gaps and cross the border; works that say too little."""
    rng = np.random.default_rng(seed)
    some = rng.choice(np.array(["green", "paved", None], dtype=object), 12)
    psi = np.where(rng.uniform(size=12) < 0.2, np.nan, rng.uniform(0, 1, 12).round(2))
    surfaces = layer(
        "surfaces",
        boxes(rng, 12, 500),
        psi=psi,
        loss=np.where(rng.uniform(size=12) < 0.3, np.nan, 12.0),
        **{"class": some},
    )
    spots = shapely.points(np.add(rng.uniform(-50, SIDE + 50, (8, 2)), (X, Y)))
    volume = np.where(rng.uniform(size=8) < 0.2, np.nan, rng.uniform(0, 3000, 8))
    halves = shapely.box([X, X + 400], [Y, Y], [X + 400, X + SIDE], [Y + SIDE, Y + SIDE])
    place = Place(
        "镇", shapely.box(X, Y, X + SIDE, Y + SIDE), TOWN, {"halves": Zones("halves", ("W", "E"), ("W", "E"), halves)}
    )
    return {
        "catchments": layer("catchments", boxes(rng, 6, 600)), "surfaces": surfaces,
        "pervious": surfaces.of_classes(("green",)), "facilities": layer("facilities", spots, volume=volume), "place": place,
    }  # fmt: skip


def ask(layers, **how):
    return runoff_capture(**(layers | TABLE | how))


def halves(ratio):
    return np.array([ratio.overall.part, ratio.overall.whole, ratio.overall.unknown])


def same(one, other):
    np.testing.assert_allclose(halves(one), halves(other), rtol=0, atol=max(1e-3, 1e-8 * halves(one)[1]))


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_four_tiles_are_the_whole_and_zones_add_up(seed):
    here = town(seed)
    whole, place, rng = ask(here).measure, here["place"], np.random.default_rng(seed)
    x, y = rng.uniform(X, X + SIDE), rng.uniform(Y, Y + SIDE)
    cells = [(X, Y, x, y), (x, Y, X + SIDE + 1, y), (X, y, x, Y + SIDE + 1), (x, y, X + SIDE + 1, Y + SIDE + 1)]
    same(whole, functools.reduce(operator.add, (ask(here | {"place": place.tile(c)}).measure for c in cells)))
    assert sum(r.value.part for r in whole.by_zone["halves"]) == pytest.approx(whole.overall.part, rel=1e-9, abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_the_order_of_rows_changes_nothing(seed):
    here, rng = town(seed), np.random.default_rng(seed)

    def mixed(one):
        return dataclasses.replace(one, data=one.frame.iloc[rng.permutation(len(one.frame))].reset_index(drop=True))

    same(ask(here).measure, ask({n: one if n == "place" else mixed(one) for n, one in here.items()}).measure)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, which=st.integers(0, 7))
def test_a_volume_nobody_knows_widens_what_may_be_true(seed, which):
    here = town(seed)
    volume = here["facilities"].frame["volume"].to_numpy()
    blank = np.where(np.arange(8) == which, np.nan, volume)
    less = dataclasses.replace(here["facilities"], data=here["facilities"].frame.assign(volume=blank))
    known, doubtful = ask(here).measure.overall, ask(here | {"facilities": less}).measure.overall
    assert doubtful.part + doubtful.unknown >= known.part + known.unknown - 1e-3
    assert known.whole == pytest.approx(doubtful.whole)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, more=st.floats(1, 5000))
def test_a_larger_volume_never_captures_less(seed, more):
    here = town(seed)
    frame = here["facilities"].frame
    larger = dataclasses.replace(here["facilities"], data=frame.assign(volume=frame["volume"] + more))
    assert ask(here | {"facilities": larger}).measure.overall.part >= ask(here).measure.overall.part - 1e-3


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_ground_nobody_has_drawn_never_raises_the_floor(seed):
    here = town(seed)
    fewer = dataclasses.replace(here["surfaces"], data=here["surfaces"].frame.iloc[:-4].reset_index(drop=True))
    # surfaces that lie alone: taking one away bares only its own ground
    alone = here["surfaces"].frame.assign(
        geometry=shapely.box(X + 80 * np.arange(12), Y, X + 80 * np.arange(12) + 80, Y + SIDE)
    )
    every = dataclasses.replace(here["surfaces"], data=alone)
    some = dataclasses.replace(fewer, data=alone.iloc[:-4].reset_index(drop=True))
    pervious = every.of_classes(("green",))
    full, less = (ask(here | {"surfaces": s, "pervious": pervious}).measure.overall for s in (every, some))
    assert less.part <= full.part + 1e-3
    assert less.part + less.unknown >= full.part + full.unknown - 1e-3

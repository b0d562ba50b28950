"""Laws of ground per person: halves add up, people belong once, overlaps count once."""

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
from geoplan.methods.per_capita import per_capita
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH, SIDE = 540_000.0, 4_334_000.0, 1_000.0
law = settings(deadline=None, max_examples=25)
towns = st.integers(0, 100_000)


def layers(seed):
    """Parks that overlap, some of no known class; homes on a lattice, some uncounted, some on borders and beyond."""
    rng = np.random.default_rng(seed)
    parks = shapely.buffer(
        shapely.points(np.array([EAST, NORTH]) + rng.uniform(-50, SIDE + 50, (20, 2))), rng.uniform(5, 120, 20)
    )
    at = np.array([EAST, NORTH]) + 50.0 * rng.integers(-1, 21, (40, 2))
    homes = shapely.box(*(at - 20).T, *(at + 20).T)
    people = np.where(rng.uniform(size=40) < 0.1, np.nan, rng.integers(0, 500, 40))
    park_frame = gpd.GeoDataFrame(
        {"id": [f"P{i}" for i in range(20)], "class": rng.choice(np.array(["G1", "G1", None], dtype=object), 20)},
        geometry=parks,
        crs=TOWN,
    )
    home_frame = gpd.GeoDataFrame({"id": [f"R{i}" for i in range(40)], "population": people}, geometry=homes, crs=TOWN)
    green, homes_ = (
        Layer(LayerSpec(n, {"zh": n, "en": n}, "polygon"), f)
        for n, f in (("parks", park_frame), ("residential", home_frame))
    )
    return green.of_classes(("G1",)), homes_


def town(seed):
    x, y = 50.0 * np.random.default_rng([seed, 1]).integers(2, 19, 2)
    xs, ys = (0, x, SIDE), (0, y, SIDE)
    cells = [
        shapely.box(EAST + xs[i], NORTH + ys[j], EAST + xs[i + 1], NORTH + ys[j + 1]) for i in (0, 1) for j in (0, 1)
    ]
    ids = ("SW", "NW", "SE", "NE")
    levels = {
        "fill": Zones("fill", ids, ids, np.array(cells)),
        "leak": Zones("leak", ids[:2], ids[:2], np.array(cells[:2])),
    }
    return Place("town", shapely.box(EAST, NORTH, EAST + SIDE, NORTH + SIDE), TOWN, levels)


def flat(ratio):
    rows = [ratio.overall, *(row.value for level in ratio.by_zone.values() for row in level)]
    return np.array([[h.part, h.whole, h.unknown] for h in rows])


def same(one, other):
    np.testing.assert_allclose(flat(one), flat(other), rtol=0, atol=1e-10 * max(SIDE * SIDE, 1))


@law
@given(towns)
def test_four_tiles_are_the_whole(seed):
    (parks, homes), place = layers(seed), town(seed)
    x, y = 50.0 * np.random.default_rng([seed, 2]).integers(1, 20, 2)
    xs, ys = (EAST - 500, EAST + x, EAST + SIDE + 500), (NORTH - 500, NORTH + y, NORTH + SIDE + 500)
    four = [
        per_capita((parks,), homes, place=place.tile((xs[i], ys[j], xs[i + 1], ys[j + 1])))
        for i in (0, 1)
        for j in (0, 1)
    ]
    whole = per_capita((parks,), homes, place=place)
    same(whole.measure, functools.reduce(operator.add, (f.measure for f in four)))
    assert whole.facts["people_unknown"] == sum(f.facts["people_unknown"] for f in four)


@law
@given(towns)
def test_zones_that_fill_the_place_share_out_ground_and_people(seed):
    (parks, homes), place = layers(seed), town(seed)
    found = per_capita((parks,), homes, place=place).measure
    for level in ("fill", "leak"):
        total = functools.reduce(operator.add, (row.value for row in found.by_zone[level]))
        assert (total.part, total.whole, total.unknown) == pytest.approx(tuple(flat(found)[0]), rel=1e-10, abs=1e-4)


@law
@given(towns, st.randoms(use_true_random=False))
def test_the_order_of_features_changes_nothing(seed, random):
    (parks, homes), place = layers(seed), town(seed)
    shuffled = []
    for layer in (parks, homes):
        order = list(range(len(layer.frame)))
        random.shuffle(order)
        shuffled.append(dataclasses.replace(layer, data=layer.frame.iloc[order].reset_index(drop=True)))
    same(per_capita((parks,), homes, place=place).measure, per_capita((shuffled[0],), shuffled[1], place=place).measure)


@law
@given(towns)
def test_a_park_drawn_twice_changes_nothing(seed):
    (parks, homes), place = layers(seed), town(seed)
    same(per_capita((parks,), homes, place=place).measure, per_capita((parks, parks), homes, place=place).measure)


@law
@given(towns)
def test_twice_as_many_people_have_half_as_much(seed):
    (parks, homes), place = layers(seed), town(seed)
    more = dataclasses.replace(homes, data=homes.frame.assign(population=2 * homes.frame["population"]))
    one, two = (per_capita((parks,), h, place=place).measure.value for h in (homes, more))
    assert (one is None) == (two is None)
    if one is not None:
        assert two == pytest.approx(one / 2)


@law
@given(towns)
def test_one_more_park_never_lowers_the_amount(seed):
    (parks, homes), place = layers(seed), town(seed)
    fewer = dataclasses.replace(parks, data=parks.frame.iloc[:-1])
    less, more = (flat(per_capita((p,), homes, place=place).measure) for p in (fewer, parks))
    assert (more[:, 0] >= less[:, 0] - 1e-4).all()
    np.testing.assert_array_equal(more[:, 1], less[:, 1])


@law
@given(towns, st.sampled_from(["count", "sum"]))
def test_things_of_four_tiles_are_those_of_the_whole(seed, measure):
    (parks, homes), place = layers(seed), town(seed)
    numbers = np.random.default_rng([seed, 3]).integers(0, 50, len(parks.frame)).astype(float)
    parks = dataclasses.replace(parks, data=parks.frame.assign(n=numbers))
    x, y = 50.0 * np.random.default_rng([seed, 2]).integers(1, 20, 2)
    xs, ys = (EAST - 500, EAST + x, EAST + SIDE + 500), (NORTH - 500, NORTH + y, NORTH + SIDE + 500)
    four = [
        per_capita((parks,), homes, place=place.tile((xs[i], ys[j], xs[i + 1], ys[j + 1])), measure=measure, column="n")
        for i in (0, 1)
        for j in (0, 1)
    ]
    whole = per_capita((parks,), homes, place=place, measure=measure, column="n")
    same(whole.measure, functools.reduce(operator.add, (found.measure for found in four)))

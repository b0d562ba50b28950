"""Laws of amounts: tiles and zones add up, nothing counts twice, doubt never raises what is sure."""

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
from geoplan.methods.density import density
from geoplan.methods.quantity import quantity
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH, SIDE = 500_000.0, 4_334_000.0, 1_000.0
law = settings(deadline=None, max_examples=30)
seeds = st.integers(0, 100_000)
kinds = st.sampled_from(["count", "area", "length", "sum"])
COUNT = 24


def layer(seed, kind, north=0.0):
    """Things that overlap, run over one another and lie on borders; some of no known class, some of no known amount."""
    rng = np.random.default_rng(seed)
    at = np.array([EAST, NORTH + north]) + 50.0 * rng.integers(-1, 21, (COUNT, 2))
    if kind == "length":
        step = 50.0 * rng.integers(-3, 4, (COUNT, 2))
        step[(step == 0).all(axis=1)] = (50.0, 0.0)
        shapes = shapely.linestrings(np.stack([at, at + step], axis=1))
    elif kind == "area":
        shapes = shapely.box(*at.T, *(at + 25.0 * rng.integers(1, 9, (COUNT, 2))).T)
    else:
        shapes = shapely.points(at)
    cells = {
        "id": [str(i) for i in range(COUNT)],
        "class": rng.choice(np.array(["a", "a", "b", None], dtype=object), COUNT),
        "n": np.where(rng.uniform(size=COUNT) < 0.2, np.nan, rng.integers(0, 90, COUNT)),
    }
    cells["n"][0] = 7.0
    frame = gpd.GeoDataFrame(cells, geometry=shapes, crs=TOWN)
    return Layer(LayerSpec("things", {"zh": "things", "en": "things"}, "any"), frame)


def town(seed, north=0.0):
    x, y = 50.0 * np.random.default_rng([seed, 1]).integers(2, 19, 2)
    xs, ys = (0, x, SIDE), (0, y, SIDE)
    base = NORTH + north
    cells = [
        shapely.box(EAST + xs[i], base + ys[j], EAST + xs[i + 1], base + ys[j + 1]) for i in (0, 1) for j in (0, 1)
    ]
    ids = ("SW", "NW", "SE", "NE")
    levels = {
        "fill": Zones("fill", ids, ids, np.array(cells)),
        "leak": Zones("leak", ids[:2], ids[:2], np.array(cells[:2])),
    }
    return Place("town", shapely.box(EAST, base, EAST + SIDE, base + SIDE), TOWN, levels)


def ask(of, place, kind, **given):
    return quantity((of.of_classes(("a",)),), place=place, measure=kind, amount="n", **given)


def flat(total):
    sure, doubt = (
        [amount, *(row.value for level in of.values() for row in level)]
        for amount, of in ((total.amount, total.by_zone), (total.unknown, total.unknown_by_zone))
    )
    return np.array([sure, doubt])


def same(one, other, rel=1e-10):
    np.testing.assert_allclose(flat(one), flat(other), rtol=rel, atol=1e-4)


def tiles(place, seed):
    x, y = 50.0 * np.random.default_rng([seed, 2]).integers(1, 20, 2)
    west, south, east, north = place.boundary.bounds
    xs, ys = (west - 500, west + x, east + 500), (south - 500, south + y, north + 500)
    return [place.tile((xs[i], ys[j], xs[i + 1], ys[j + 1])) for i in (0, 1) for j in (0, 1)]


@law
@given(seeds, kinds)
def test_four_tiles_are_the_whole(seed, kind):
    of, place = layer(seed, kind), town(seed)
    four = [ask(of, tile, kind) for tile in tiles(place, seed)]
    whole = ask(of, place, kind)
    same(whole.measure, functools.reduce(operator.add, (found.measure for found in four)))
    if kind in {"count", "sum"}:
        for fact in ("amount_unknown", "counted", "in_doubt"):
            assert whole.facts.get(fact) == (None if fact not in whole.facts else sum(f.facts[fact] for f in four))


@law
@given(seeds, kinds)
def test_zones_that_fill_the_place_share_it_out(seed, kind):
    found = ask(layer(seed, kind), town(seed), kind).measure
    for level in ("fill", "leak"):
        assert sum(row.value for row in found.by_zone[level]) == pytest.approx(found.amount, rel=1e-9, abs=1e-4)
        assert sum(r.value for r in found.unknown_by_zone[level]) == pytest.approx(found.unknown, rel=1e-9, abs=1e-4)


@law
@given(seeds, kinds, st.randoms(use_true_random=False))
def test_the_order_of_features_changes_nothing(seed, kind, random):
    of, place = layer(seed, kind), town(seed)
    order = list(range(COUNT))
    random.shuffle(order)
    shuffled = dataclasses.replace(of, data=of.frame.iloc[order].reset_index(drop=True))
    same(ask(of, place, kind).measure, ask(shuffled, place, kind).measure)


@law
@given(seeds, kinds)
def test_moving_the_town_along_its_meridian_changes_no_number_of_things(seed, kind):
    here, there = ask(layer(seed, kind), town(seed), kind), ask(layer(seed, kind, 100.0), town(seed, 100.0), kind)
    # a metre of the plane is the same length a hundred metres on, to 1e-8
    same(here.measure, there.measure, rel=1e-7)


@law
@given(seeds, kinds)
def test_what_nobody_knows_never_raises_what_is_sure(seed, kind):
    of, place = layer(seed, kind), town(seed)
    blurred = dataclasses.replace(
        of, data=of.frame.assign(**{"class": of.frame["class"].where(of.frame.index % 2 == 0)})
    )
    clear, dim = flat(ask(of, place, kind).measure), flat(ask(blurred, place, kind).measure)
    assert (dim[0] <= clear[0] + 1e-4).all()
    assert (dim.sum(axis=0) >= clear.sum(axis=0) - 1e-4).all()


@law
@given(seeds, st.sampled_from(["area", "length"]))
def test_what_is_drawn_twice_counts_once(seed, kind):
    of, place = layer(seed, kind), town(seed)
    twice = quantity((of.of_classes(("a",)), of.of_classes(("a",))), place=place, measure=kind)
    same(ask(of, place, kind).measure, twice.measure)


@law
@given(seeds, st.sampled_from(["count", "length", "sum"]))
def test_density_times_its_ground_is_the_amount_on_it(seed, kind):
    of, place = layer(seed, kind).of_classes(("a",)), town(seed)
    found = density((of,), place=place, measure=kind, column="n").measure
    plain = quantity((of,), place=place, measure=kind, amount="n").measure
    assert found.overall.part == pytest.approx(plain.amount, rel=1e-10, abs=1e-6)
    assert found.overall.unknown == pytest.approx(plain.unknown, rel=1e-10, abs=1e-6)
    assert found.overall.whole == pytest.approx(SIDE * SIDE, rel=1e-6)


@law
@given(seeds, st.sampled_from(["count", "length", "sum"]))
def test_density_on_ground_of_tiles_is_that_of_the_whole(seed, kind):
    of, land, place = layer(seed, kind).of_classes(("a",)), layer(seed + 1, "area"), town(seed)
    whole = density((of,), (land,), place=place, measure=kind, column="n").measure
    four = [density((of,), (land,), place=tile, measure=kind, column="n").measure for tile in tiles(place, seed)]
    total = functools.reduce(operator.add, four)
    for one, other in ((whole.overall, total.overall),):
        assert (one.part, one.whole, one.unknown) == pytest.approx(
            (other.part, other.whole, other.unknown), rel=1e-9, abs=1e-4
        )
    assert whole.overall.part <= density((of,), place=place, measure=kind, column="n").measure.overall.part + 1e-4

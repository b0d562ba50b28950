"""Laws of what meets a requirement, of presence and of patches: tiles add up, doubt never raises what is sure."""

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
from geoplan.methods.presence import presence
from geoplan.methods.share_where import share_where
from geoplan.methods.tiers import tiers
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH, SIDE = 500_000.0, 4_334_000.0, 1_000.0
law = settings(deadline=None, max_examples=25)
seeds = st.integers(0, 100_000)
WEIGHTS = {"point": ("count", "amount", "population"), "polygon": ("count", "area", "population"), "line": ("length",)}
asked = st.sampled_from([(shape, weight) for shape, weights in WEIGHTS.items() for weight in weights])
COUNT = 22


def layer(seed, shape="polygon", *, north=0.0, count=COUNT):
    """Features that overlap and lie on borders and beyond; some of no known class, some that nobody looked at."""
    rng = np.random.default_rng(seed)
    at = np.array([EAST, NORTH + north]) + 50.0 * rng.integers(-1, 21, (count, 2))
    if shape == "line":
        step = 50.0 * rng.integers(-3, 4, (count, 2))
        step[(step == 0).all(axis=1)] = (50.0, 0.0)
        shapes = shapely.linestrings(np.stack([at, at + step], axis=1))
    elif shape == "polygon":
        shapes = shapely.box(*at.T, *(at + 25.0 * rng.integers(1, 9, (count, 2))).T)
    else:
        shapes = shapely.points(at)
    people = np.where(rng.uniform(size=count) < 0.2, np.nan, rng.integers(1, 90, count))
    people[0] = 5.0
    cells = {
        "id": [str(i) for i in range(count)],
        "class": rng.choice(np.array(["a", "a", "b", None], dtype=object), count),
        "smart": rng.choice(np.array([True, False, None], dtype=object), count),
        "floors": np.where(rng.uniform(size=count) < 0.2, np.nan, rng.integers(1, 90, count)),
        "population": people,
    }
    frame = gpd.GeoDataFrame(cells, geometry=shapes, crs=TOWN)
    return Layer(LayerSpec("things", {"zh": "things", "en": "things"}, "any"), frame)


def town(seed, north=0.0):
    x, y = 50.0 * np.random.default_rng([seed, 1]).integers(2, 19, 2)
    xs, ys, base = (0, x, SIDE), (0, y, SIDE), NORTH + north
    cells = [
        shapely.box(EAST + xs[i], base + ys[j], EAST + xs[i + 1], base + ys[j + 1]) for i in (0, 1) for j in (0, 1)
    ]
    ids = ("SW", "NW", "SE", "NE")
    levels = {
        "fill": Zones("fill", ids, ids, np.array(cells)),
        "leak": Zones("leak", ids[:2], ids[:2], np.array(cells[:2])),
    }
    return Place("town", shapely.box(EAST, base, EAST + SIDE, base + SIDE), TOWN, levels)


def tiles(place, seed):
    x, y = 50.0 * np.random.default_rng([seed, 2]).integers(1, 20, 2)
    west, south, east, north = place.boundary.bounds
    xs, ys = (west - 500, west + x, east + 500), (south - 500, south + y, north + 500)
    return [place.tile((xs[i], ys[j], xs[i + 1], ys[j + 1])) for i in (0, 1) for j in (0, 1)]


def share(of, place, weight, **given):
    of = of.of_classes(("a",))
    met = of.of_classes({"smart": ("yes",)})
    return share_where((met,), (of,), place=place, weight=weight, amount="floors", **given)


def near(of, others, place, weight="count", **given):
    return presence((of,), (others.of_classes(("a", "b")),), place=place, weight=weight, **given)


def flat(ratio):
    rows = [ratio.overall, *(row.value for level in ratio.by_zone.values() for row in level)]
    return np.array([[h.part, h.whole, h.unknown] for h in rows])


def same(one, other, rel=1e-10):
    np.testing.assert_allclose(flat(one), flat(other), rtol=rel, atol=1e-4)


def shuffled(of, seed):
    order = np.random.default_rng(seed).permutation(len(of.frame))
    return dataclasses.replace(of, data=of.frame.iloc[order].reset_index(drop=True))


@law
@given(seeds, asked)
def test_shares_of_four_tiles_are_the_whole(seed, what):
    (shape, weight), place = what, town(seed)
    of = layer(seed, shape)
    four = [share(of, tile, weight) for tile in tiles(place, seed)]
    same(share(of, place, weight).measure, functools.reduce(operator.add, (found.measure for found in four)))


@law
@given(seeds, asked)
def test_zones_that_fill_the_place_share_it_out(seed, what):
    found = share(layer(seed, what[0]), town(seed), what[1]).measure
    for level in ("fill", "leak"):
        total = functools.reduce(operator.add, (row.value for row in found.by_zone[level]))
        assert (total.part, total.whole, total.unknown) == pytest.approx(tuple(flat(found)[0]), rel=1e-9, abs=1e-4)


@law
@given(seeds, asked)
def test_order_and_place_on_the_meridian_change_no_share(seed, what):
    (shape, weight), place = what, town(seed)
    here = share(layer(seed, shape), place, weight).measure
    same(here, share(shuffled(layer(seed, shape), seed), place, weight).measure)
    same(here, share(layer(seed, shape, north=100.0), town(seed, 100.0), weight).measure, rel=1e-7)


@law
@given(seeds, asked)
def test_knowing_less_never_raises_the_floor_nor_lowers_the_ceiling(seed, what):
    (shape, weight), place = what, town(seed)
    of = layer(seed, shape)
    dim = dataclasses.replace(of, data=of.frame.assign(smart=of.frame["smart"].where(of.frame.index % 2 == 0, None)))
    clear, less = flat(share(of, place, weight).measure), flat(share(dim, place, weight).measure)
    np.testing.assert_allclose(clear[:, 1], less[:, 1], rtol=1e-9, atol=1e-4)
    assert (less[:, 0] <= clear[:, 0] + 1e-4).all()
    assert (less[:, [0, 2]].sum(axis=1) >= clear[:, [0, 2]].sum(axis=1) - 1e-4).all()


@law
@given(seeds, asked)
def test_the_part_and_the_unknown_lie_in_the_whole(seed, what):
    rows = flat(share(layer(seed, what[0]), town(seed), what[1]).measure)
    assert (rows >= 0).all()
    assert (rows[:, 0] + rows[:, 2] <= rows[:, 1] * (1 + 1e-10) + 1e-6).all()


@law
@given(seeds, st.sampled_from(["count", "area", "population"]), st.sampled_from([0.0, 30.0, 120.0]), st.booleans())
def test_presence_in_four_tiles_is_that_in_the_whole(seed, weight, within, each):
    of, others, place = layer(seed), layer(seed + 1, "point", count=12), town(seed)
    four = [near(of, others, tile, weight, within=within, each=each) for tile in tiles(place, seed)]
    whole = near(of, others, place, weight, within=within, each=each)
    same(whole.measure, functools.reduce(operator.add, (found.measure for found in four)))


@law
@given(seeds, st.sampled_from(["point", "polygon", "line"]))
def test_farther_reaches_more_one_more_thing_too_and_every_kind_is_harder(seed, shape):
    of, others, place = layer(seed), layer(seed + 1, shape, count=8), town(seed)
    reached = [near(of, others, place, within=metres).measure.overall.part for metres in (0.0, 20.0, 60.0, 200.0)]
    assert reached == sorted(reached)
    fewer = dataclasses.replace(others, data=others.frame.iloc[:-1])
    assert near(of, fewer, place).measure.overall.part <= reached[0]
    assert near(of, others, place, each=True).measure.overall.part <= reached[0]


@law
@given(seeds, st.sampled_from([0.0, 40.0]), st.booleans())
def test_of_things_nobody_knows_the_class_of_no_area_becomes_sure(seed, within, each):
    of, others, place = layer(seed), layer(seed + 1, "point", count=12), town(seed)
    keep = others.frame.index % 2 == 0
    dim = dataclasses.replace(others, data=others.frame.assign(**{"class": others.frame["class"].where(keep, None)}))
    clear, less = (flat(near(of, o, place, within=within, each=each).measure) for o in (others, dim))
    assert (less[:, 0] <= clear[:, 0]).all()
    assert (less[:, [0, 2]].sum(axis=1) >= clear[:, [0, 2]].sum(axis=1)).all()


@law
@given(seeds)
def test_presence_knows_no_order(seed):
    of, others, place = layer(seed), layer(seed + 1, "polygon", count=12), town(seed)
    one, other = near(of, others, place), near(shuffled(of, seed), shuffled(others, seed), place)
    same(one.measure, other.measure)
    metres = [found.evidence["areas"].set_index("id")["metres"].sort_index() for found in (one, other)]
    np.testing.assert_allclose(*metres, atol=1e-6)


@law
@given(seeds)
def test_patches_of_four_tiles_are_those_of_the_whole(seed):
    of, place = layer(seed).of_classes(("a",)), town(seed)
    found = tiers((of,), place=place, sizes=(2_000.0, 9_000.0))
    four = [tiers((of,), place=tile, sizes=(2_000.0, 9_000.0)) for tile in tiles(place, seed)]
    total = functools.reduce(operator.add, (f.measure for f in four))
    assert (total.amount, total.unknown) == (found.measure.amount, found.measure.unknown)
    for column in (2, 3):
        held = [{row[0]: row[column] for row in f.tables["tiers"].rows} for f in (found, *four)]
        for tier in ("1", "2", "0"):
            whole, *parts = (rows.get(tier, 0) for rows in held)
            assert sum(parts) == pytest.approx(whole, rel=1e-9, abs=1e-4)
    for level in ("fill", "leak"):
        assert sum(row.value for row in found.measure.by_zone[level]) == found.measure.amount


@law
@given(seeds)
def test_patches_hold_the_ground_their_polygons_cover_and_touch_no_other(seed):
    of, place = layer(seed), town(seed)
    rows = tiers((of,), place=place, sizes=(1.0,)).evidence["features"]
    ground = shapely.intersection(shapely.union_all(of.frame.geometry.to_numpy()), place.boundary)
    assert rows["area_m2"].sum() == pytest.approx(ground.area, rel=1e-7)
    pairs = shapely.STRtree(rows.geometry.to_numpy()).query(rows.geometry.to_numpy(), predicate="intersects")
    assert (pairs[0] == pairs[1]).all()
    again = tiers((shuffled(of, seed),), place=place, sizes=(1.0,)).evidence["features"]
    assert sorted(again["area_m2"]) == pytest.approx(sorted(rows["area_m2"]), rel=1e-9)
    assert sorted(again["metres"]) == pytest.approx(sorted(rows["metres"]), rel=1e-9)

"""Laws of journeys to work: tiles and zones add up, order and place change nothing, unknown ends raise no floor."""

import dataclasses
import functools
import operator

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geoplan.layer import Layer, LayerSpec
from geoplan.methods.balance import balance
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH, SIDE = 540_000.0, 4_334_000.0, 1_000.0
law = settings(deadline=None, max_examples=40)
seeds = st.integers(0, 100_000)


def moving(shapes, north):
    return shapely.transform(np.asarray(shapes, dtype=object), lambda xy: np.add(xy, (0.0, north)))


def town(north=0.0):
    cells = [shapely.box(EAST + x, NORTH, EAST + x + 500, NORTH + SIDE) for x in (0, 500)]
    zones = Zones("fill", ("W", "E"), ("W", "E"), moving(cells, north))
    return Place("town", moving([shapely.box(EAST, NORTH, EAST + SIDE, NORTH + SIDE)], north)[0], TOWN, {"fill": zones})


def flows(seed, *, count=30, north=0.0, known=True):
    rng = np.random.default_rng(seed)
    ends = np.add(rng.uniform(-400, SIDE + 400, (count, 2, 2)), (EAST, NORTH))
    lost = rng.uniform(size=count) < (0.0 if known else 0.3)
    shapes = np.where(lost, shapely.points(ends[:, 0]), shapely.linestrings(ends))
    columns = {"id": [str(i) for i in range(count)], "people": rng.integers(0, 90, count).astype(float)}
    frame = gpd.GeoDataFrame(columns, geometry=moving(shapes, north), crs=TOWN)
    return Layer(LayerSpec("commutes", {"zh": "通勤", "en": "Journeys"}, "any"), frame)


def flat(measure):
    rows = [measure.overall, *(row.value for level in measure.by_zone.values() for row in level)]
    return np.array([[r.part, r.whole, r.unknown] for r in rows])


def rows(layer, place=None):
    return flat(balance(layer, place=place or town()).measure)


@law
@given(seeds)
def test_four_tiles_are_the_whole(seed):
    layer, rng = flows(seed, known=False), np.random.default_rng([seed, 1])
    x, y = EAST + rng.uniform(0, SIDE), NORTH + rng.uniform(0, SIDE)
    xs, ys = (EAST - 1, x, EAST + SIDE + 1), (NORTH - 1, y, NORTH + SIDE + 1)
    four = [town().tile((xs[i], ys[j], xs[i + 1], ys[j + 1])) for i in (0, 1) for j in (0, 1)]
    summed = functools.reduce(operator.add, (balance(layer, place=tile).measure for tile in four))
    np.testing.assert_allclose(rows(layer), flat(summed))


@law
@given(seeds)
def test_order_and_place_change_nothing(seed):
    layer = flows(seed, known=False)
    order = np.random.default_rng(seed).permutation(len(layer.frame))
    mixed = dataclasses.replace(layer, data=layer.frame.iloc[order].reset_index(drop=True))
    np.testing.assert_allclose(rows(layer), rows(mixed))
    np.testing.assert_allclose(rows(layer), rows(flows(seed, known=False, north=300_000.0), town(300_000.0)))


@law
@given(seeds)
def test_part_and_unknown_lie_in_the_whole_and_zones_keep_fewer_than_the_place(seed):
    found = rows(flows(seed, known=False))
    assert (found[:, 0] + found[:, 2] <= found[:, 1]).all()
    # whoever stays in a zone stays in the place; who lives in the zones lives in the place
    assert found[1:, 0].sum() <= found[0, 0]
    assert found[1:, 1].sum() == found[0, 1]


@law
@given(seeds)
def test_a_place_of_work_nobody_knows_never_raises_the_floor(seed):
    known, unknown = rows(flows(seed)), rows(flows(seed, known=False))
    assert (unknown[:, 0] <= known[:, 0]).all()
    assert (unknown[:, 0] + unknown[:, 2] >= known[:, 0]).all()
    np.testing.assert_array_equal(unknown[:, 1], known[:, 1])

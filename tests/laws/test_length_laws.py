"""Laws of shares of a length: every metre once, wherever zones and tiles are cut."""

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
from geoplan.methods.length_share import length_share
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH, SIDE = 540_000.0, 4_334_000.0, 1_000.0
CLASSES = np.array(["natural", "restored", "estuary", "artificial", None], dtype=object)
law = settings(deadline=None, max_examples=40)
towns = st.integers(0, 100_000)


def at_origin(east, north):
    """The CRS of the town with another false easting and northing: the same ground, moved on paper."""
    return CRS.from_proj4(
        f"+proj=tmerc +lon_0=117 +k=1 +x_0={500_000 + east} +y_0={north} +ellps=GRS80 +units=m +no_defs"
    )


def coast(seed, count=12, moved=(0.0, 0.0)):
    """Reaches on a lattice of 100 m, so that many run along borders of zones and tiles, and some over one another."""
    rng = np.random.default_rng(seed)
    lines = []
    for _ in range(count):
        steps = rng.integers(-3, 4, (int(rng.integers(1, 5)), 2))
        steps[(steps == 0).all(axis=1)] = (1, 0)
        start = rng.integers(-1, 11, 2)
        lines.append(100.0 * np.vstack([start, start + np.cumsum(steps, axis=0)]) + [EAST, NORTH] + moved)
    columns = {
        "id": [str(i) for i in range(count)],
        "class": rng.choice(CLASSES, count),
        "certified": rng.choice(np.array([True, False, None], dtype=object), count),
    }
    crs = TOWN if moved == (0.0, 0.0) else at_origin(*moved)
    frame = gpd.GeoDataFrame(columns, geometry=[shapely.LineString(xy) for xy in lines], crs=crs)
    return Layer(LayerSpec("coastline", {"zh": "coastline", "en": "coastline"}, "line"), frame)


def town(moved=(0.0, 0.0)):
    shift = functools.partial(shapely.transform, transformation=lambda xy: xy + moved)
    cells = [shapely.box(EAST + x, NORTH + y, EAST + x + 500, NORTH + y + 500) for x in (0, 500) for y in (0, 500)]
    ids = ("SW", "NW", "SE", "NE")
    levels = {
        "fill": Zones("fill", ids, ids, shift(np.array(cells))),
        "leak": Zones("leak", ids[:2], ids[:2], shift(np.array(cells[:2]))),
    }
    crs = TOWN if moved == (0.0, 0.0) else at_origin(*moved)
    return Place("town", shift(shapely.box(EAST, NORTH, EAST + SIDE, NORTH + SIDE)), crs, levels)


def share(layer, place, **given):
    return length_share(layer.of_classes(("natural", "restored")), layer, place=place, **given).measure


def flat(ratio):
    rows = [ratio.overall, *(row.value for level in ratio.by_zone.values() for row in level)]
    return np.array([[h.part, h.whole, h.unknown] for h in rows])


def same(one, other, rel=1e-10):
    np.testing.assert_allclose(flat(one), flat(other), rtol=0, atol=max(1e-6, rel * flat(one)[0, 1]))


@law
@given(towns, st.integers(1, 9), st.integers(1, 9), st.sampled_from(["counted", "left_out"]))
def test_four_tiles_are_the_whole_even_along_their_edges(seed, x, y, estuary):
    line, place = coast(seed), town()
    xs, ys = (EAST - 100, EAST + 100 * x, EAST + SIDE + 100), (NORTH - 100, NORTH + 100 * y, NORTH + SIDE + 100)
    tiles = [(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in (0, 1) for j in (0, 1)]
    four = [share(line, place.tile(t), estuary=estuary) for t in tiles]
    same(share(line, place, estuary=estuary), functools.reduce(operator.add, four))


@law
@given(towns)
def test_zones_that_fill_the_place_add_up_to_it_even_along_their_borders(seed):
    found = share(coast(seed), town())
    total = functools.reduce(operator.add, (row.value for row in found.by_zone["fill"]))
    assert (total.part, total.whole, total.unknown) == pytest.approx(tuple(flat(found)[0]), rel=1e-10, abs=1e-6)
    # and the level that leaks adds up with its row for what lies in no zone
    total = functools.reduce(operator.add, (row.value for row in found.by_zone["leak"]))
    assert total.whole == pytest.approx(found.overall.whole, rel=1e-10, abs=1e-6)


@law
@given(towns)
def test_the_length_is_that_of_the_ground_however_often_it_is_drawn(seed):
    line, place = coast(seed), town()
    ground = shapely.intersection(shapely.union_all(line.frame.geometry), place.boundary)
    assert share(line, place).overall.whole == pytest.approx(ground.length / 1.00002, rel=1e-5)
    frame = line.frame
    twice = gpd.GeoDataFrame(
        {c: [*frame[c], *frame[c]] for c in ("class", "certified")}, geometry=[*frame.geometry] * 2, crs=TOWN
    )
    double = dataclasses.replace(line, data=twice.assign(id=[str(i) for i in range(len(twice))]))
    same(share(line, place), share(double, place))


@law
@given(towns, st.randoms(use_true_random=False))
def test_the_order_and_direction_of_lines_change_no_total(seed, random):
    line, place = coast(seed), town()
    order = list(range(len(line.frame)))
    random.shuffle(order)
    frame = line.frame.iloc[order].reset_index(drop=True)
    turned = dataclasses.replace(line, data=frame.set_geometry(shapely.reverse(frame.geometry.to_numpy()), crs=TOWN))
    same(share(line, place), share(turned, place))


@law
@given(towns)
def test_moving_the_town_changes_nothing(seed):
    moved = (-37_500.0, 1_200_000.0)
    same(share(coast(seed), town()), share(coast(seed, moved=moved), town(moved)), rel=1e-9)


@law
@given(towns)
def test_the_part_and_the_unknown_lie_in_the_whole(seed):
    rows = flat(share(coast(seed), town()))
    assert (rows >= 0).all()
    assert (rows[:, 0] + rows[:, 2] <= rows[:, 1] * (1 + 1e-10) + 1e-6).all()


@law
@given(towns)
def test_leaving_the_estuary_out_never_lowers_the_share(seed):
    line, place = coast(seed), town()
    counted, left_out = share(line, place), share(line, place, estuary="left_out")
    assert left_out.overall.whole <= counted.overall.whole + 1e-6
    if left_out.value is not None and counted.overall.unknown + left_out.overall.unknown == 0:
        assert left_out.value >= counted.value - 1e-9


@law
@given(towns)
def test_certifying_a_restored_reach_never_lowers_the_share(seed):
    line, place = coast(seed), town()
    proven = dataclasses.replace(line, data=line.frame.assign(certified=True))
    before, after = share(line, place).overall, share(proven, place).overall
    assert after.part >= before.part - 1e-6
    assert after.whole == pytest.approx(before.whole, rel=1e-10)

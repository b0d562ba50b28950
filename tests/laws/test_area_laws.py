"""Laws of shares of an area: what may change a number, and what must not."""

import dataclasses
import functools
import operator

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from rasterio.windows import Window

from geoplan.layer import Layer, LayerSpec
from geoplan.methods.area_share import area_share
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH, SIDE = 540_000.0, 4_334_000.0, 1_000.0
law = settings(deadline=None, max_examples=25)
towns = st.integers(0, 100_000)


def at_origin(east, north):
    """The CRS of the town with another false easting and northing: the same ground, moved on paper."""
    return CRS.from_proj4(
        f"+proj=tmerc +lon_0=117 +k=1 +x_0={500_000 + east} +y_0={north} +ellps=GRS80 +units=m +no_defs"
    )


@dataclasses.dataclass
class Town:
    """Canopy, some of no known class, ground that is built up, and zones: one level fills the place, one does not."""

    seed: int
    moved: tuple[float, float] = (0.0, 0.0)

    @functools.cached_property
    def rng(self):
        return np.random.default_rng(self.seed)

    @property
    def crs(self):
        return TOWN if self.moved == (0.0, 0.0) else at_origin(*self.moved)

    def shift(self, shapes):
        return shapely.transform(np.asarray(shapes, dtype=object), lambda xy: xy + self.moved)

    def layer(self, name, count, classes=("tree", "lawn", None)):
        rng = np.random.default_rng([self.seed, len(name)])
        at = np.round(rng.uniform(-100, SIDE + 100, (count, 2)), -1)
        size = 10 * rng.integers(1, 40, (count, 2))
        boxes = [
            shapely.box(EAST + x, NORTH + y, EAST + x + w, NORTH + y + h)
            for (x, y), (w, h) in zip(at, size, strict=True)
        ]
        round_ = shapely.buffer(shapely.centroid(boxes), rng.uniform(10, 150, count))
        shapes = np.where(rng.uniform(size=count) < 0.5, np.array(boxes, dtype=object), round_)
        columns = {
            "id": [f"{name}{i}" for i in range(count)],
            "class": rng.choice(np.array(classes, dtype=object), count),
        }
        frame = gpd.GeoDataFrame(columns, geometry=self.shift(shapes), crs=self.crs)
        return Layer(LayerSpec(name, {"zh": name, "en": name}, "polygon"), frame)

    @functools.cached_property
    def canopy(self):
        return self.layer("canopy", 30).of_classes(("tree", "lawn"))

    @functools.cached_property
    def built_up(self):
        return self.layer("built", 12, ("built", "built", None)).of_classes(("built",))

    @functools.cached_property
    def place(self):
        cut = np.sort(np.round(np.random.default_rng([self.seed, 1]).uniform(100, 900, 2), 1))
        xs, ys = (0, cut[0], cut[1], SIDE), (0, cut[0], SIDE)
        cells = [
            shapely.box(EAST + xs[i], NORTH + ys[j], EAST + xs[i + 1], NORTH + ys[j + 1])
            for i in range(3)
            for j in range(2)
        ]
        names = tuple(f"Z{i}" for i in range(6))
        fill = Zones("fill", names, names, self.shift(cells))
        leak = Zones(
            "leak", names[:3], names[:3], self.shift([cells[0], cells[3], shapely.buffer(cells[4], 50)]), additive=False
        )
        boundary = self.shift([shapely.box(EAST, NORTH, EAST + SIDE, NORTH + SIDE)])[0]
        return Place("town", boundary, self.crs, {"fill": fill, "leak": leak})

    def tiles(self):
        """Four tiles with a common corner somewhere; their outer edges lie beyond the town."""
        x, y = np.round(np.random.default_rng([self.seed, 2]).uniform(50, 950, 2), 1)
        xs, ys = (EAST - 300, EAST + x, EAST + SIDE + 300), (NORTH - 300, NORTH + y, NORTH + SIDE + 300)
        return [(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in (0, 1) for j in (0, 1)]


def flat(ratio):
    """Every amount of a ratio in one row: overall, then zone by zone."""
    rows = [ratio.overall, *(row.value for level in ratio.by_zone.values() for row in level)]
    return np.array([[h.part, h.whole, h.unknown] for h in rows])


def same(one, other, rel=1e-10):
    np.testing.assert_allclose(flat(one), flat(other), rtol=0, atol=max(1e-6, rel * flat(one)[0, 1]))


@law
@given(towns)
def test_four_tiles_are_the_whole(seed):
    town = Town(seed)
    whole = area_share((town.canopy,), town.built_up, place=town.place).measure
    four = [area_share((town.canopy,), town.built_up, place=town.place.tile(t)).measure for t in town.tiles()]
    same(whole, functools.reduce(operator.add, four))


@law
@given(towns)
def test_zones_that_fill_the_place_add_up_to_it(seed):
    town = Town(seed)
    found = area_share((town.canopy,), town.built_up, place=town.place).measure
    total = functools.reduce(operator.add, (row.value for row in found.by_zone["fill"]))
    assert (total.part, total.whole, total.unknown) == pytest.approx(tuple(flat(found)[0]), rel=1e-10, abs=1e-4)
    assert found.by_zone["fill"][-1].value.whole == pytest.approx(0, abs=1e-4)


@law
@given(towns)
def test_merging_zones_adds_their_halves(seed):
    town = Town(seed)
    fill = town.place.zones["fill"]
    merged = Zones(
        "fill",
        ("M", *fill.ids[2:]),
        ("M", *fill.names[2:]),
        np.array([shapely.union(*fill.shapes[:2]), *fill.shapes[2:]]),
    )
    apart = area_share((town.canopy,), place=town.place).measure
    together = area_share((town.canopy,), place=dataclasses.replace(town.place, zones={"fill": merged})).measure
    rows = flat(dataclasses.replace(apart, by_zone={"fill": apart.by_zone["fill"]}))
    np.testing.assert_allclose(flat(together)[1], rows[1] + rows[2], rtol=1e-10, atol=1e-4)
    np.testing.assert_allclose(flat(together)[2:], rows[3:], rtol=1e-10, atol=1e-4)


@law
@given(towns)
def test_the_part_and_the_unknown_lie_in_the_whole(seed):
    town = Town(seed)
    rows = flat(area_share((town.canopy,), town.built_up, place=town.place).measure)
    assert (rows >= 0).all()
    assert (rows[:, 0] + rows[:, 2] <= rows[:, 1] * (1 + 1e-10) + 1e-6).all()


@law
@given(towns, st.randoms(use_true_random=False))
def test_the_order_of_features_changes_nothing(seed, random):
    town = Town(seed)
    order = list(range(len(town.canopy.frame)))
    random.shuffle(order)
    shuffled = dataclasses.replace(town.canopy, data=town.canopy.frame.iloc[order].reset_index(drop=True))
    same(area_share((town.canopy,), place=town.place).measure, area_share((shuffled,), place=town.place).measure)


@law
@given(towns)
def test_moving_the_town_changes_nothing(seed):
    here, there = Town(seed), Town(seed, (-37_500.0, 1_200_000.0))
    same(
        area_share((here.canopy,), here.built_up, place=here.place).measure,
        area_share((there.canopy,), there.built_up, place=there.place).measure,
        rel=1e-9,
    )


@law
@given(towns)
def test_features_drawn_twice_change_nothing(seed):
    town = Town(seed)
    frame = town.canopy.frame
    twice = gpd.GeoDataFrame(
        {c: [*frame[c], *frame[c]] for c in ("id", "class")}, geometry=[*frame.geometry] * 2, crs=TOWN
    )
    double = dataclasses.replace(town.canopy, data=twice)
    same(area_share((town.canopy,), place=town.place).measure, area_share((double,), place=town.place).measure)


@law
@given(towns, st.integers(1, 29))
def test_one_more_feature_never_lowers_the_share(seed, kept):
    town = Town(seed)
    fewer = dataclasses.replace(town.canopy, data=town.canopy.frame.iloc[:kept])
    less, more = (flat(area_share((c,), place=town.place).measure) for c in (fewer, town.canopy))
    assert (more[:, 0] >= less[:, 0] - 1e-4).all()
    assert (more[:, 0] + more[:, 2] >= less[:, 0] + less[:, 2] - 1e-4).all()


@law
@given(towns)
def test_overlapping_features_are_never_counted_twice(seed):
    town = Town(seed)
    known = town.canopy.frame[~town.canopy.unclassed]
    union = shapely.intersection(shapely.union_all(known.geometry), town.place.boundary)
    found = area_share((town.canopy,), place=town.place)
    share = shapely.area(union) / town.place.boundary.area
    assert found.measure.value == pytest.approx(share, rel=1e-6)
    blind = shapely.area(shapely.intersection(known.geometry, town.place.boundary)).sum() - shapely.area(union)
    assert found.facts["overlap"] == pytest.approx(blind, rel=1e-4, abs=1.0)


class Green:
    """An NDVI of 10 m cells in the CRS of the town, with cells of no data, that leaves an edge of it uncovered."""

    def __init__(self, seed):
        self.values = np.random.default_rng(seed).uniform(-1, 1, (95, 95))
        self.values[np.random.default_rng(seed + 1).uniform(size=(95, 95)) < 0.1] = np.nan
        self.crs, self.shape = TOWN, (95, 95)
        self.transform = Affine(10, 0, EAST, 0, -10, NORTH + 950)

    def blocks(self, _box):
        for row in range(0, 95, 32):
            for column in range(0, 95, 32):
                block = self.values[row : row + 32, column : column + 32]
                yield Window(column, row, block.shape[1], block.shape[0]), block


@settings(deadline=None, max_examples=10)
@given(towns)
def test_four_tiles_are_the_whole_with_a_grid_on_top(seed):
    town = Town(seed)
    grid = Layer(LayerSpec("ndvi", {"zh": "ndvi", "en": "ndvi"}, "raster"), Green(seed))
    places = [town.place, *map(town.place.tile, town.tiles())]
    whole, *four = (area_share((town.canopy,), grid=grid, ndvi=0.2, grid_counts=True, place=p).measure for p in places)
    same(whole, functools.reduce(operator.add, four))

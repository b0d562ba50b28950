"""Laws of two states: nothing appears or vanishes unsaid, wherever tiles and zones are cut and however rows stand."""

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

from geoplan.layer import Layer, LayerSpec, Source
from geoplan.methods.change import change
from geoplan.methods.intensity_reduction import intensity_reduction
from geoplan.methods.retention import retention
from geoplan.ops import ellipsoid, overlay
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH, SIDE = 540_000.0, 4_334_000.0, 1_000.0
KEPT = ("marsh", "lake")
law = settings(deadline=None, max_examples=15)
towns = st.integers(0, 100_000)
both = pytest.mark.parametrize("linear", [False, True], ids=["ground", "lines"])


def at_origin(east, north):
    """The CRS of the town with another false easting and northing: the same ground, moved on paper."""
    return CRS.from_proj4(
        f"+proj=tmerc +lon_0=117 +k=1 +x_0={500_000 + east} +y_0={north} +ellps=GRS80 +units=m +no_defs"
    )


def moving(shapes, by):
    return shapely.transform(np.asarray(shapes, dtype=object), lambda xy: xy + by)


def state(seed, year, *, linear=False, moved=(0.0, 0.0), blank=True):
    """One state: some features are those of the other year, some a little off, some only of this year."""
    rng, own = np.random.default_rng(seed), np.random.default_rng([seed, year])
    count = 9
    at, size = rng.uniform(-100, SIDE, (count, 2)), rng.uniform(20, 300, (count, 2))
    at = at + np.where(own.uniform(size=(count, 1)) < 0.5, own.uniform(-60, 60, (count, 2)), 0.0)
    kept = own.uniform(size=count) < 0.8
    low = np.add(at, (EAST, NORTH))[kept]
    high = low + size[kept]
    shapes = shapely.linestrings(np.stack([low, high], axis=1)) if linear else shapely.box(*low.T, *high.T)
    kinds = np.array([*KEPT, *KEPT, "pond", None] if blank else [*KEPT, "pond"], dtype=object)
    columns = {
        "id": [f"w{i}" for i in np.flatnonzero(kept)],
        "class": np.where(own.uniform(size=count) < 0.3, own.choice(kinds, count), rng.choice(kinds, count))[kept],
        "certified": own.choice(np.array([True, False, None], dtype=object), count)[kept],
    }
    crs = TOWN if moved == (0.0, 0.0) else at_origin(*moved)
    frame = gpd.GeoDataFrame(columns, geometry=moving(shapes, moved), crs=crs)
    spec = LayerSpec("wetlands", {"zh": "湿地", "en": "Wetlands"}, "any", words={k: (k,) for k in (*KEPT, "pond")})
    return Layer(spec, frame, Source(scheme="三调"))


def town(moved=(0.0, 0.0)):
    cells = [shapely.box(EAST + x, NORTH + y, EAST + x + 500, NORTH + y + 500) for x in (0, 500) for y in (0, 500)]
    ids = ("SW", "NW", "SE", "NE")
    levels = {
        "fill": Zones("fill", ids, ids, moving(cells, moved)),
        "leak": Zones("leak", ids[:2], ids[:2], moving(cells[:2], moved)),
    }
    crs = TOWN if moved == (0.0, 0.0) else at_origin(*moved)
    return Place("town", moving([shapely.box(EAST, NORTH, EAST + SIDE, NORTH + SIDE)], moved)[0], crs, levels)


def pair(seed, **how):
    return [state(seed, year, **how).of_classes(KEPT) for year in (2020, 2025)]


def shuffled(layer, seed):
    order = np.random.default_rng(seed).permutation(len(layer.frame))
    return dataclasses.replace(layer, data=layer.frame.iloc[order].reset_index(drop=True))


def tiles(seed):
    x, y = np.round(np.random.default_rng([seed, 2]).uniform(50, 950, 2), 1)
    xs, ys = (EAST - 300, EAST + x, EAST + SIDE + 300), (NORTH - 300, NORTH + y, NORTH + SIDE + 300)
    return [(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in (0, 1) for j in (0, 1)]


def flat(measure):
    rows = [measure.overall, *(row.value for level in measure.by_zone.values() for row in level)]
    return np.array(
        [[getattr(r, f.name) for f in dataclasses.fields(r) if f.name != "bounded"] for r in rows], dtype=float
    )


def same(one, other, atol=1e-3):
    np.testing.assert_allclose(flat(one), flat(other), rtol=0, atol=atol)


def united(layer, place):
    return ellipsoid.area(overlay.disjoint(overlay.clip(layer.frame.geometry.to_numpy(), place.boundary)), TOWN).sum()


@law
@given(towns)
def test_what_is_there_after_is_what_was_there_less_what_went_and_with_what_came(seed):
    before, after = (state(seed, year) for year in (2020, 2025))
    place = town()
    flow = change(before, after, place=place).measure.overall
    assert flow.before == pytest.approx(united(before, place), abs=1e-3)
    assert flow.after == pytest.approx(united(after, place), abs=1e-3)
    assert flow.unknown == 0
    assert flow.slivers <= flow.lost + flow.gained + 1e-6


@law
@given(towns)
def test_back_and_forth_is_no_change(seed):
    before, after = pair(seed)
    place = town()
    there, back = (change(*states, place=place).measure for states in ((before, after), (after, before)))
    assert there.value == pytest.approx(-back.value, abs=1e-3)
    same(change(before, before, place=place).measure, change(before, before, place=place).measure)
    assert change(before, before, place=place).measure.value == 0


@law
@given(towns)
def test_everything_that_changed_is_in_a_listed_piece(seed):
    before, after = pair(seed)
    found = change(before, after, place=town(), certified="certified")
    flow, parts = found.measure.overall, found.evidence["parts"]
    sums = parts.groupby("became")["area_m2"].sum()
    for word, amount in (("lost", flow.lost), ("gained", flow.gained), ("unknown", flow.unknown)):
        assert sums.get(word, 0.0) == pytest.approx(amount, abs=1e-3)
    assert sum(row[-1] for row in found.tables["losses"].rows) == pytest.approx(flow.lost, abs=1e-3)


@law
@given(towns)
def test_a_certificate_that_is_asked_for_never_adds_ground(seed):
    before, after = pair(seed)
    free, asked = (change(before, after, place=town(), certified=c).measure.overall for c in (None, "certified"))
    assert asked.gained <= free.gained + 1e-3
    assert asked.lost == pytest.approx(free.lost, abs=1e-3)


@law
@given(towns)
def test_four_tiles_are_the_whole_change(seed):
    before, after = pair(seed)
    four = [change(before, after, place=town().tile(t), certified="certified").measure for t in tiles(seed)]
    same(change(before, after, place=town(), certified="certified").measure, functools.reduce(operator.add, four))


@law
@both
@given(seed=towns)
def test_four_tiles_are_the_whole_retention(seed, linear):
    before, after = pair(seed, linear=linear)
    four = [retention(before, after, place=town().tile(t)).measure for t in tiles(seed)]
    same(retention(before, after, place=town()).measure, functools.reduce(operator.add, four))


@law
@given(towns)
def test_zones_that_fill_the_place_add_up_to_it(seed):
    before, after = pair(seed)
    for measure in (change(before, after, place=town()).measure, retention(before, after, place=town()).measure):
        rows = flat(measure)
        np.testing.assert_allclose(rows[1:6].sum(axis=0), rows[0], rtol=0, atol=1e-3)


@law
@both
@given(seed=towns, order=towns)
def test_the_order_of_rows_changes_nothing(seed, order, linear):
    before, after = pair(seed, linear=linear)
    mixed = [shuffled(layer, order) for layer in (before, after)]
    same(retention(before, after, place=town()).measure, retention(*mixed, place=town()).measure)
    if not linear:
        same(change(before, after, place=town()).measure, change(*mixed, place=town()).measure)


@law
@both
@given(seed=towns)
def test_moving_the_town_changes_nothing(seed, linear):
    moved = (-37_500.0, 1_200_000.0)
    here, there = (pair(seed, linear=linear, moved=by) for by in ((0.0, 0.0), moved))
    same(retention(*here, place=town()).measure, retention(*there, place=town(moved)).measure, atol=0.01)
    if not linear:
        same(change(*here, place=town()).measure, change(*there, place=town(moved)).measure, atol=0.01)


@law
@both
@given(seed=towns)
def test_kept_and_unknown_lie_in_the_baseline_and_a_state_keeps_all_of_itself(seed, linear):
    before, after = pair(seed, linear=linear)
    rows = flat(retention(before, after, place=town()).measure)
    assert (rows[:, 0] + rows[:, 2] <= rows[:, 1] + 1e-3).all()
    itself = retention(before, before, place=town()).measure.overall
    assert itself.part + itself.unknown == pytest.approx(itself.whole, abs=1e-3)


@law
@both
@given(seed=towns, blanked=st.integers(0, 8))
def test_a_class_nobody_knows_never_raises_what_was_kept(seed, blanked, linear):
    before, after = (state(seed, year, linear=linear, blank=False) for year in (2020, 2025))
    frame = after.frame.copy()
    frame.loc[frame["id"] == f"w{blanked}", "class"] = None
    less = dataclasses.replace(after, data=frame)
    known, unknown = (
        retention(before.of_classes(KEPT), a.of_classes(KEPT), place=town()).measure.overall for a in (after, less)
    )
    assert unknown.part <= known.part + 1e-3
    assert unknown.part + unknown.unknown >= known.part - 1e-3


@law
@given(towns, st.floats(0.0, 50.0), st.floats(0.0, 50.0))
def test_a_larger_tolerance_never_keeps_less(seed, one, other):
    before, after = pair(seed, linear=True)
    parts = [retention(before, after, place=town(), tolerance=t).measure.overall.part for t in sorted((one, other))]
    assert parts[0] <= parts[1] + 1e-3


def economy(seed, year, moved=(0.0, 0.0)):
    rng = np.random.default_rng([seed, year, 7])
    at = np.add(rng.uniform(0, SIDE, (8, 2)), (EAST, NORTH))
    crs = TOWN if moved == (0.0, 0.0) else at_origin(*moved)
    columns = {"id": [str(i) for i in range(8)], "gdp": rng.uniform(1.0, 9.0, 8)}
    frame = gpd.GeoDataFrame(columns, geometry=moving(shapely.points(at), moved), crs=crs)
    return Layer(LayerSpec("economy", {"zh": "经济", "en": "Economy"}, "point"), frame)


def fallen(states, seed, moved=(0.0, 0.0)):
    return intensity_reduction(*states, economy(seed, 2020, moved), economy(seed, 2025, moved), place=town(moved))


def indices(measure):
    return np.array([measure.value, *(row.value for level in measure.by_zone.values() for row in level)], dtype=float)


@law
@given(towns, towns)
def test_land_per_output_falls_by_as_much_wherever_the_town_and_its_rows_stand(seed, order):
    states, moved = pair(seed), (-37_500.0, 1_200_000.0)
    known = indices(fallen(states, seed).measure)
    for again in (
        fallen([shuffled(layer, order) for layer in states], seed),
        fallen(pair(seed, moved=moved), seed, moved),
    ):
        np.testing.assert_allclose(indices(again.measure), known, rtol=1e-6, atol=1e-6)


@law
@given(towns)
def test_a_class_nobody_knows_never_raises_the_reduction_and_its_best_never_lowers_it(seed):
    sure = [state(seed, year, blank=False).of_classes(KEPT) for year in (2020, 2025)]
    known = fallen(sure, seed).measure.value
    frames = [layer.frame.copy() for layer in sure]
    for frame in frames:
        frame.loc[frame.index[:2], "class"] = None
    found = fallen([dataclasses.replace(la, data=f) for la, f in zip(sure, frames, strict=True)], seed)
    if None not in (known, found.measure.value, found.facts["best"]):
        assert found.measure.value <= known + 1e-9
        assert found.facts["best"] >= known - 1e-9


@law
@given(towns, st.floats(1.1, 5.0))
def test_more_output_from_the_same_land_reduces_it_by_that_much(seed, more):
    states, one = pair(seed), economy(seed, 2020)
    other = dataclasses.replace(one, data=one.frame.assign(gdp=one.frame["gdp"] * more))
    found = intensity_reduction(states[0], states[0], one, other, place=town())
    if found.facts["unknown"] == 0 and found.measure.value is not None:
        assert found.measure.value == pytest.approx(1 - 1 / more, abs=1e-9)

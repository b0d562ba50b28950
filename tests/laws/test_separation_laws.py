"""Laws of the width between two areas: order and place change nothing, ground in between only narrows it."""

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geoplan.layer import Layer, LayerSpec
from geoplan.methods.separation import separation
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH, SIDE = 500_000.0, 4_334_000.0, 1_000.0
law = settings(deadline=None, max_examples=25)
seeds = st.integers(0, 100_000)


def moving(shapes, north):
    return shapely.transform(np.asarray(shapes, dtype=object), lambda xy: np.add(xy, (0.0, north)))


def layer(name, seed, count, west, east, north=0.0):
    rng = np.random.default_rng([seed, len(name)])
    low = np.stack([rng.uniform(west, east, count), rng.uniform(0, SIDE - 100, count)], axis=1) + np.array(
        [EAST, NORTH]
    )
    shapes = shapely.box(*low.T, *(low + rng.uniform(20, 250, (count, 2))).T)
    frame = gpd.GeoDataFrame({"id": [f"{name}{i}" for i in range(count)]}, geometry=moving(shapes, north), crs=TOWN)
    return Layer(LayerSpec(name, {"zh": name, "en": name}, "polygon"), frame)


def town(seed, north=0.0):
    cells = [shapely.box(EAST, NORTH + y, EAST + SIDE, NORTH + y + 500) for y in (0, 500)]
    zones = Zones("fill", ("S", "N"), ("S", "N"), moving(cells, north))
    place = Place(
        "town", moving([shapely.box(EAST, NORTH, EAST + SIDE, NORTH + SIDE)], north)[0], TOWN, {"fill": zones}
    )
    port, city = layer("port", seed, 4, 0, 200, north), layer("city_", seed, 5, 500, 800, north)
    return {"one": (port,), "other": (city,), "belt": layer("green_belt", seed, 3, 250, 450, north), "place": place}


def answer(town, **how):
    return separation(town["one"], town["other"], town["belt"], place=town["place"], **({"spacing": 25.0} | how))


def shuffled(layer, seed):
    order = np.random.default_rng(seed).permutation(len(layer.frame))
    return dataclasses.replace(layer, data=layer.frame.iloc[order].reset_index(drop=True))


@law
@given(seeds)
def test_order_and_place_change_nothing(seed):
    here = town(seed)
    mixed = here | {role: (shuffled(here[role][0], seed),) for role in ("one", "other")}
    facts = answer(here).facts
    assert answer(mixed).facts == pytest.approx(facts, rel=1e-6, abs=1e-6)
    assert answer(town(seed, 200_000.0)).facts == pytest.approx(facts, rel=1e-4, abs=0.1)


@law
@given(seeds)
def test_the_least_width_is_the_distance_of_the_two_areas_and_the_statistics_stand_in_order(seed):
    here = town(seed)
    facts = answer(here).facts
    assume(facts["minimum"] is not None)
    port, city = (shapely.union_all(here[role][0].frame.geometry) for role in ("one", "other"))
    # where the nearest places lie beyond the place, the interface in it is wider
    assert facts["minimum"] >= shapely.distance(port, city) - 1e-3
    if shapely.covers(here["place"].boundary, port):
        assert facts["minimum"] == pytest.approx(shapely.distance(port, city), abs=1e-3)
    order = [facts[n] for n in ("minimum", "p10", "p50", "p90")]
    assert order == sorted(order)
    assert facts["minimum"] <= facts["mean"] <= 2000


@law
@given(seeds)
def test_more_city_never_widens_and_more_belt_never_opens_it(seed):
    here = town(seed)
    fewer = here | {"other": (dataclasses.replace(here["other"][0], data=here["other"][0].frame.iloc[:3]),)}
    less, more = answer(fewer).facts, answer(here).facts
    if less["minimum"] is not None:
        assert more["minimum"] <= less["minimum"] + 1e-6
    bare = here | {"belt": dataclasses.replace(here["belt"], data=here["belt"].frame.iloc[:1])}
    assert answer(bare).facts["gap_length"] >= more["gap_length"] - 1e-6


@law
@given(seeds)
def test_the_interface_is_gap_or_belt_and_zones_share_it_out(seed):
    found = answer(town(seed))
    rows = found.evidence["interface"]
    lengths = rows.groupby("status")["length_m"].sum()
    assert lengths.sum() == pytest.approx(found.facts["interface"], abs=1e-6)
    assert lengths.get("gap", 0.0) == pytest.approx(found.facts["gap_length"], abs=1e-6)
    values = [r.value for r in found.measure.by_zone["fill"] if r.value is not None]
    assert min(values, default=None) == found.measure.value

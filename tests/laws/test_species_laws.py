"""Laws of shares of species: stems, order and place change nothing, and what nobody knows never raises the floor."""

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geoplan.layer import Layer, LayerSpec
from geoplan.methods.distinct_share import distinct_share
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH, SIDE = 540_000.0, 4_334_000.0, 1_000.0
law = settings(deadline=None, max_examples=25)
seeds = st.integers(0, 100_000)


def moving(shapes, north):
    return shapely.transform(np.asarray(shapes, dtype=object), lambda xy: np.add(xy, (0.0, north)))


def town(north=0.0):
    cells = [shapely.box(EAST + x, NORTH, EAST + x + 500, NORTH + SIDE) for x in (0, 500)]
    zones = Zones("fill", ("W", "E"), ("W", "E"), moving(cells, north))
    return Place("town", moving([shapely.box(EAST, NORTH, EAST + SIDE, NORTH + SIDE)], north)[0], TOWN, {"fill": zones})


def plants(seed, *, count=40, north=0.0):
    rng = np.random.default_rng(seed)
    at = rng.uniform(-50, SIDE + 50, (count, 2))
    columns = {
        "id": [str(i) for i in range(count)],
        "species": rng.choice(np.array([*"abcdefgh", None], dtype=object), count),
        "class": rng.choice(np.array(["native"] * 4 + ["exotic"] * 4 + [None], dtype=object), count),
    }
    # most species are known to be one thing: a town where all records disagree has no share
    sure = rng.uniform(size=count) < 0.8
    columns["class"] = np.where(
        sure & pd.notna(columns["species"]),
        np.where(np.isin(columns["species"], [*"abcd"]), "native", "exotic"),
        columns["class"],
    )
    frame = gpd.GeoDataFrame(columns, geometry=moving(shapely.points(np.add(at, (EAST, NORTH))), north), crs=TOWN)
    return Layer(LayerSpec("plants", {"zh": "植物", "en": "Plants"}, "point"), frame)


def share(layer, place):
    return distinct_share((layer,), (layer.of_classes(("native",)),), place=place)


def flat(measure):
    rows = [measure.overall, *(row.value for level in measure.by_zone.values() for row in level)]
    return np.array([[r.part, r.whole, r.unknown] for r in rows])


def with_frame(layer, frame):
    return dataclasses.replace(layer, data=frame.reset_index(drop=True))


@law
@given(seeds)
def test_order_and_place_change_nothing(seed):
    layer = plants(seed)
    rows = flat(share(layer, town()).measure)
    mixed = with_frame(layer, layer.frame.iloc[np.random.default_rng(seed).permutation(len(layer.frame))])
    np.testing.assert_array_equal(rows, flat(share(mixed, town()).measure))
    np.testing.assert_array_equal(rows, flat(share(plants(seed, north=300_000.0), town(300_000.0)).measure))


@law
@given(seeds)
def test_every_stem_planted_again_changes_nothing(seed):
    layer = plants(seed)
    twice = pd.concat([layer.frame, layer.frame.assign(id=[f"again{i}" for i in layer.frame["id"]])])
    rows, again = (flat(share(found, town()).measure) for found in (layer, with_frame(layer, twice)))
    np.testing.assert_array_equal(rows, again)


@law
@given(seeds)
def test_met_and_unknown_lie_in_the_whole_and_no_zone_has_more_species_than_the_place(seed):
    rows = flat(share(plants(seed), town()).measure)
    assert (rows[:, 0] + rows[:, 2] <= rows[:, 1]).all()
    assert (rows[1:, 1] <= rows[0, 1]).all()
    assert rows[1:, 1].sum() >= rows[0, 1]


@law
@given(seeds)
def test_a_species_nobody_knows_about_never_raises_the_floor(seed):
    layer = plants(seed)
    frame = layer.frame.copy()
    frame.loc[frame["species"] == "a", "class"] = None
    known, unknown = (share(found, town()).measure.overall for found in (layer, with_frame(layer, frame)))
    assert unknown.part <= known.part
    assert unknown.whole == known.whole
    assert unknown.part + unknown.unknown >= known.part

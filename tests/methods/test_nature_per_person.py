"""Nature per person against a published regression: what a town has, shared among its people, is neither lost nor made."""

import random

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.layer import Layer, LayerSpec
from geoplan.methods.per_capita import per_capita
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
X, Y, SIDE = 499_550.0, 4_334_000.0, 900.0


def cells(across):
    """Squares that fill the town, row by row."""
    step = SIDE / across
    row, column = np.divmod(np.arange(across**2), across)
    west, south = X + column * step, Y + row * step
    return shapely.box(west, south, west + step, south + step)


def layer(name, shapes, **columns):
    ids = [str(i) for i in range(len(shapes))]
    frame = gpd.GeoDataFrame({"id": ids, **columns}, geometry=shapes, crs=TOWN)
    return Layer(LayerSpec(name, {"zh": name, "en": name}, "polygon"), frame)


@pytest.fixture(scope="module")
def town():
    """100 squares of 90 m with people, 900 of 30 m with a land use each, half of the ten kinds nature."""
    chance = random.Random(-1)
    people = np.array(chance.choices(range(100), k=100), dtype=float)
    kinds = np.array(chance.choices(range(10), k=900))
    return layer("people", cells(10), population=people), layer("nature", cells(30)[kinds % 2 == 1])


def place(**zones):
    return Place("镇", shapely.box(X, Y, X + SIDE, Y + SIDE), TOWN, zones)


def test_supply_less_demand_per_person_is_the_published_one(town):
    people, nature = town
    found = per_capita((nature,), people, place=place()).measure
    assert found.value - 100.0 == pytest.approx(-17.9078, abs=5e-5)


def test_quarters_hold_all_nature_and_all_people_of_the_town(town):
    people, nature = town
    low = np.array([[X, Y], [X + 450, Y], [X, Y + 450], [X + 450, Y + 450]])
    quarters = Zones("quarters", tuple("1234"), tuple("1234"), shapely.box(*low.T, *(low + 450).T))
    found = per_capita((nature,), people, place=place(quarters=quarters)).measure
    rows = [row.value for row in found.by_zone["quarters"]]
    assert sum(r.part for r in rows) == pytest.approx(found.overall.part, rel=1e-10)
    assert sum(r.whole for r in rows) == found.overall.whole == 5076

"""Who lies within the radius of a park, on paper: by its size, cut to the metre, parcels by half, from outside too."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import DefinitionError, LayerError
from geoplan.layer import Layer, LayerSpec
from geoplan.methods.service_radius import service_radius
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def layer(name, *shapes, **columns):
    shapes = [s if isinstance(s, shapely.Geometry) else box(*s) for s in shapes]
    held = {"id": [f"{name[0]}{i}" for i in range(len(shapes))], **columns}
    return Layer(LayerSpec(name, {"zh": name, "en": name}, "any"), gpd.GeoDataFrame(held, geometry=shapes, crs=TOWN))


def square(side=1000, **zones):
    levels = {
        n: Zones(n, tuple(z), tuple(z), gpd.GeoSeries([box(*s) for s in z.values()]).to_numpy())
        for n, z in zones.items()
    }
    return Place("方", box(0, 0, side, side), TOWN, levels)


def served(demand, *supply, place=None, weight="area", **how):
    return service_radius(demand, supply, place=place or square(), weight=weight, **how)


def halves(ratio):
    return pytest.approx((ratio.overall.part, ratio.overall.unknown, ratio.overall.whole), abs=0.01)


# a park of 100 x 100 = 10000 m2 whose west edge is x = 600 serves as far as x = 100 between y = 0 and 100
PARK = (600, 0, 700, 100)


def test_land_is_cut_at_the_radius_of_the_park():
    found = served(layer("homes", (50, 0, 150, 100)), layer("parks", PARK))
    assert halves(found.measure) == (5_000, 0, 10_000)
    assert found.evidence["supply"]["metres"].tolist() == [500]
    assert found.evidence["demand"]["share"].tolist() == pytest.approx([0.5], abs=1e-6)


@pytest.mark.parametrize(("side", "radius"), [(19, None), (21, 300), (49, 300), (51, 500)])
def test_the_size_of_a_park_decides_how_far_it_serves(side, radius):
    # 100 x side m2: 1900 serves nobody, 2100 and 4900 serve 300 m, 5100 serves 500 m
    found = served(layer("homes", (0, 0, 100, 100)), layer("parks", (100, 0, 100 + side, 100)))
    assert found.facts["supply_small"] == (1 if radius is None else 0)
    np.testing.assert_array_equal(found.evidence["supply"]["metres"], [np.nan if radius is None else radius])
    assert found.measure.value == (0 if radius is None else pytest.approx(1))


def test_land_within_two_radii_counts_once():
    found = served(layer("homes", (0, 0, 100, 100)), layer("parks", (100, 0, 200, 100), (200, 0, 300, 100)))
    assert halves(found.measure) == (10_000, 0, 10_000)


def test_a_parcel_counts_from_half_of_its_land_and_people_count_in_proportion():
    homes = layer("homes", (50, 0, 150, 100), (40, 0, 140, 100), population=[100.0, 200.0])
    found = served(homes, layer("parks", PARK), weight="count")
    assert halves(found.measure) == (1, 0, 2)
    # 100 x 50 % + 200 x 40 % = 130
    assert halves(found.weights["population"]) == (130, 0, 300)
    assert found.evidence["demand"]["status"].tolist() == ["reached", "unreached"]
    assert [row[0] for row in found.tables["unreached"].rows] == ["h1"]
    assert halves(served(homes, layer("parks", PARK), weight="count", most=0.4).measure) == (2, 0, 2)


def test_a_park_outside_the_place_serves_the_land_inside():
    found = served(layer("homes", (900, 0, 1000, 100)), layer("parks", (1200, 0, 1300, 100)))
    assert found.measure.value == pytest.approx(1)


def test_a_park_of_unknown_class_may_serve():
    parks = layer("parks", PARK, **{"class": [None]}).of_classes(("park",))
    found = served(layer("homes", (50, 0, 150, 100), (120, 500, 130, 510)), parks)
    assert found.measure.overall.part == 0
    # half of the first, and the second: its far corner is 480 m west and 410 m north of the park's, 632 m: not within
    assert found.measure.overall.unknown == pytest.approx(5_000, abs=1)
    assert found.evidence["demand"]["status"].tolist() == ["unknown", "unreached"]


def test_a_greenway_serves_by_the_radius_of_size_nothing():
    way = shapely.LineString([(EAST + 1000, NORTH), (EAST + 1000, NORTH + 500)])
    found = served(layer("homes", (0, 0, 100, 100)), layer("greenways", way), sizes=(0.0,), radii=(950.0,))
    assert halves(found.measure) == (5_000, 0, 10_000)
    assert "service_radius.definition_one" in [n.sentence for n in found.notes]


def test_zones_have_their_own_land():
    place = square(level={"W": (0, 0, 100, 1000)})
    rows = served(layer("homes", (50, 0, 150, 100)), layer("parks", PARK), place=place).measure.by_zone["level"]
    assert {r.zone: (round(r.value.part), round(r.value.whole)) for r in rows} == {"W": (0, 5000), None: (5000, 5000)}


def test_sizes_without_radii_and_weights_nobody_carries_are_refused():
    homes, parks = layer("homes", (0, 0, 10, 10)), layer("parks", PARK)
    with pytest.raises(DefinitionError, match="2"):
        served(homes, parks, radii=(500.0,))
    with pytest.raises(LayerError, match="population"):
        served(homes, parks, weight="population")


def test_no_park_is_nothing_served_and_no_home_is_no_value():
    assert served(layer("homes", (0, 0, 10, 10)), layer("parks")).measure.value == 0
    assert served(layer("homes"), layer("parks", PARK)).measure.value is None

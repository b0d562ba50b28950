"""Plots beside one control line, class by class: what the vectorised way says is what plain geometry says."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.layer import Layer, LayerSpec, Source
from geoplan.ops import ellipsoid
from geoplan.plot import Plot
from geoplan.sites.contacts import contacts_of
from geoplan.sites.finding import Limits


def _star(rng, x, y, radius, points):
    angle = np.sort(rng.uniform(0, 2 * np.pi, points))
    reach = radius * (1 + 0.3 * np.sin(3 * angle) + 0.02 * rng.normal(size=points))
    return shapely.make_valid(
        shapely.polygons(np.c_[x + reach * np.cos(angle), y + reach * np.sin(angle)]), method="structure"
    )


@pytest.mark.parametrize("code", ["EPSG:4548", "EPSG:4528", "EPSG:32650", "EPSG:3035"])
def test_shares_of_features_are_true_to_a_millionth_in_any_plane_however_large_the_feature(code):
    crs = CRS(code)
    middle = gpd.GeoSeries.from_xy([117.76], [39.14], crs="EPSG:4490").to_crs(crs).iloc[0]
    rng = np.random.default_rng(3)
    features = np.array(
        [_star(rng, middle.x, middle.y, radius, 3_000) for radius in (300, 3_000, 15_000)], dtype=object
    )
    frame = gpd.GeoDataFrame({"id": ["a", "b", "c"], "class": [None] * 3}, geometry=features, crs=crs)
    line = Layer(LayerSpec("line", {}, "polygon"), frame, Source(covers=shapely.buffer(middle, 60_000)))
    site = shapely.box(middle.x - 40, middle.y - 40, middle.x + 40, middle.y + 40)
    touched = contacts_of([Plot("1", "", site, site, crs)], line, crs, Limits())[""]
    contact = touched.contact(0)
    whole = ellipsoid.area(features, crs)
    shared = ellipsoid.area(shapely.intersection(features, site), crs)
    assert [m2 for _, m2 in contact.features] == pytest.approx(shared.tolist(), rel=1e-9)
    assert contact.share_of_feature == pytest.approx(shared.sum() / whole.sum(), rel=1e-6)


def test_distances_are_metres_on_the_ground_where_the_plane_is_not_true(ground):
    # in the zone of 120 E, eastings of the demo city are drawn 350 ppm too long
    wrong = CRS("EPSG:4549")
    site, line = ground.box(0, 0, 50, 50), ground.box(200, 0, 250, 50)
    moved = gpd.GeoSeries([site, line], crs=ground.TOWN).to_crs(wrong)
    frame = gpd.GeoDataFrame({"id": ["a"], "class": [None]}, geometry=[moved[1]], crs=wrong)
    layer = Layer(LayerSpec("line", {}, "polygon"), frame, Source(covers=shapely.buffer(moved[1], 9_000)))
    touched = contacts_of([Plot("1", "", moved[0], moved[0], wrong)], layer, wrong, Limits())[""]
    assert moved[0].distance(moved[1]) == pytest.approx(150.1, abs=0.05)
    assert touched.contact(0).nearest == pytest.approx(150.0, abs=0.01)


def test_every_class_of_the_contract_and_of_the_data_has_an_answer_for_every_plot(ground):
    layer = ground.line(
        "red",
        ("core", (0, 0, 10, 10)),
        ("strange", (0, 0, 10, 10)),
        (None, (0, 0, 10, 10)),
        classes=("core", "general"),
    )
    found = contacts_of([ground.plot((0, 0, 5, 5)), ground.plot((900, 900, 950, 950))], layer, ground.TOWN, Limits())
    assert set(found) == {"core", "general", "strange", ""}
    assert all(len(touched.overlap) == 2 for touched in found.values())
    assert found["general"].contact(0).overlap == 0


def test_the_whole_of_a_line_is_united_before_the_part_outside_is_measured(ground):
    layer = ground.line("red", ("core", (0, 0, 60, 100)), ("general", (40, 0, 100, 100)), classes=("core", "general"))
    found = contacts_of([ground.plot((0, 0, 120, 100))], layer, ground.TOWN, Limits(), outside=True)
    assert found["core"].contact(0).overlap == pytest.approx(6_000, abs=0.01)
    assert found["*"].contact(0).overlap == pytest.approx(10_000, abs=0.01)
    assert found["*"].contact(0).outside == pytest.approx(2_000, abs=0.01)
    assert found["*"].shapes[0].area == pytest.approx(2_000, abs=0.01)


def test_no_plots_and_no_features_are_nothing_to_say(ground):
    assert contacts_of([], ground.line("red", (None, (0, 0, 9, 9))), ground.TOWN, Limits())[""].overlap.tolist() == []
    empty = contacts_of([ground.plot((0, 0, 5, 5))], ground.line("red"), ground.TOWN, Limits(), outside=True)
    assert empty[""].contact(0).nearest is None
    assert empty["*"].contact(0).outside == pytest.approx(25, abs=0.01)

"""Units, sizes, zeros and densities that cannot be right are seen; usual ones are left alone."""

import numpy as np
import pytest
import shapely

W, S = 560_000.0, 4_330_000.0


def grid():
    """Squares side by side that fill the place."""
    return [
        shapely.box(W + i, S + j, W + i + 500, S + j + 500) for i in range(0, 4000, 500) for j in range(0, 3000, 500)
    ]


AREA = 250_000.0


def land(layer, stated, **more):
    return layer("land_use_current", grid(), stated_area=stated, **more)


def test_stated_areas_in_the_right_unit_raise_nothing(layer, kinds):
    assert kinds(land(layer, [AREA * 1.0002] * 48)) == {}


@pytest.mark.parametrize(("factor", "word"), [(2000 / 3, "亩"), (1e4, "公顷"), (1e6, "平方公里")])
def test_the_unit_of_a_stated_area_is_told_by_what_was_measured(layer, kinds, factor, word):
    found = kinds(land(layer, [AREA / factor] * 48))["unit"]
    assert (found.grave, found.count) == ("doubt", 48)
    assert word in found.note.say("zh")


def test_two_units_in_one_column_are_told_apart(layer, kinds):
    found = kinds(land(layer, [AREA] * 40 + [AREA / 1e4] * 8))["mixed_units"]
    assert (found.count, found.ids[0]) == (8, "40")


def test_stated_areas_of_another_version_are_a_doubt(layer, kinds):
    assert kinds(land(layer, [AREA * 1.4] * 48))["stated_differs"].grave == "doubt"


def test_a_few_stated_areas_that_are_off_are_remarked_on(layer, kinds):
    assert kinds(land(layer, [AREA] * 46 + [AREA * 2, AREA * 3]))["stated_off"].count == 2


def test_stated_lengths_in_kilometres_are_told(layer, kinds):
    lines = [shapely.LineString([(W, S + 90 * n), (W + 1000, S + 90 * n)]) for n in range(5)]
    assert kinds(layer("coastline", lines, stated_length=[1.0] * 5))["unit"].count == 5


def homes(layer, **columns):
    return layer("residential", [shapely.box(*s.bounds) for s in grid()], **columns)


def test_usual_homes_raise_nothing(layer, kinds):
    people = np.random.default_rng(1).integers(800, 6000, 48).astype(float)
    assert kinds(homes(layer, population=people, floor_area=people * 35)) == {}


def test_floor_area_in_ten_thousands_is_a_doubt(layer, kinds):
    assert kinds(homes(layer, floor_area=[30.0] * 48))["floor_unit"].grave == "doubt"


def test_more_people_than_any_ground_holds_are_a_doubt(layer, kinds):
    people = [2000.0 + n for n in range(47)] + [9_000_000.0]
    found = kinds(homes(layer, population=people))
    assert found["crowded"].ids == ("47",)
    assert found["outlier"].grave == "doubt"


def test_population_in_ten_thousands_is_a_doubt(layer, kinds):
    assert kinds(homes(layer, population=[0.2] * 48))["lonely"].count == 48


def test_one_large_number_of_many_is_only_remarked_on(layer, kinds):
    points = [shapely.Point(W + 90 * n, S + 90) for n in range(40)]
    beds = [float(n) for n in range(100, 139)] + [1500.0]
    assert kinds(layer("hospitals", points, beds=beds))["outlier"].grave == "remark"


def test_zeros_that_may_mean_unknown_are_told_and_graver_in_a_shapefile(layer, kinds):
    people = [0.0] * 30 + [float(n) for n in range(900, 918)]
    assert kinds(homes(layer, population=people))["zeros"].grave == "remark"
    assert kinds(homes(layer, population=people, source={"path": "XQ.shp"}))["zeros"].grave == "doubt"


def test_unknown_cells_are_counted(layer, kinds):
    people = [np.nan] * 12 + [1000.0] * 36
    found = kinds(homes(layer, population=people))["unknown"]
    assert (found.count, found.grave) == (12, "remark")
    assert "25" in found.note.say("en")


def test_features_of_no_known_class_are_counted(layer, kinds):
    assert kinds(layer("communities", grid(), code=["x"] * 48)) == {}
    points = [shapely.Point(W + 90 * n, S) for n in range(4)]
    assert kinds(layer("hospitals", points, **{"class": ["clinic", None, None, "clinic"]}))["unclassed"].count == 2


def test_unknown_cells_name_their_columns_as_a_planner_does(layer, kinds):
    odd = kinds(homes(layer, population=[np.nan] * 3 + [900.0] * 45, rating=[None] * 6 + ["one_star"] * 42))["unknown"]
    assert "常住人口 6.2%、绿建星级 12.5%" in odd.note.say("zh")
    assert "residents 6.2%, green rating 12.5%" in odd.note.say("en")

"""Features that stand twice, lie far away, overlap or leave gaps are seen; sound layers are left alone."""

import pytest
import shapely
import shapely.affinity

from geoplan.layer import Entry

W, S = 560_000.0, 4_330_000.0


def grid():
    """Squares side by side that fill the place."""
    return [
        shapely.box(W + i, S + j, W + i + 500, S + j + 500) for i in range(0, 4000, 500) for j in range(0, 3000, 500)
    ]


def moved(shape, east=0.0, north=0.0):
    return shapely.affinity.translate(shape, east, north)


def test_a_sound_coverage_raises_nothing(layer, kinds):
    assert kinds(layer("communities", grid())) == {}


def test_an_empty_layer_raises_nothing(layer, kinds):
    assert kinds(layer("parks", [])) == {}


def test_what_the_door_set_aside_and_mended_is_told_with_its_reason(layer, kinds):
    entries = [Entry("9", "set_aside", "changed", 5.0), Entry("0", "repaired", "invalid", 10.0)]
    found = kinds(layer("communities", grid(), entries=entries))
    assert (found["set_aside"].count, found["set_aside"].ids, found["set_aside"].grave) == (1, ("9",), "remark")
    assert (found["repaired"].count, found["repaired"].area) == (1, 10.0)
    assert "改变" in found["set_aside"].note.say("zh") or "修复" in found["set_aside"].note.say("zh")


def test_many_features_set_aside_are_a_doubt(layer, kinds):
    entries = [Entry(str(n), "set_aside", "no_shape") for n in range(100, 110)]
    assert kinds(layer("communities", grid(), entries=entries))["set_aside"].grave == "doubt"


def test_a_feature_that_stands_twice_in_every_column_is_a_doubt(layer, kinds):
    found = kinds(layer("parks", [*grid()[:2], grid()[0]], name=["a", "b", "a"]))
    assert (found["duplicate"].grave, found["duplicate"].ids) == ("doubt", ("2",))


def test_one_shape_under_two_names_is_only_remarked_on(layer, kinds):
    found = kinds(layer("parks", [*grid()[:2], grid()[0]], name=["a", "b", "c"]))
    assert "duplicate" not in found
    assert found["same_shape"].grave == "remark"


def test_points_that_share_a_place_and_differ_otherwise_are_nothing(layer, kinds):
    at = shapely.Point(W + 100, S + 100)
    assert kinds(layer("bus_stops", [at, at], name=["north", "south"])) == {}


def test_a_doubled_ring_that_starts_elsewhere_is_the_same_shape(layer, kinds):
    one = shapely.Polygon([(W, S), (W + 9, S), (W + 9, S + 9)])
    other = shapely.Polygon([(W + 9, S), (W + 9, S + 9), (W, S)])
    assert "duplicate" in kinds(layer("parks", [one, other], name=["a", "a"]))


def test_overlaps_of_neighbours_are_measured(layer, kinds):
    shapes = grid()
    shapes[10] = shapes[10].buffer(60, join_style="mitre")
    found = kinds(layer("communities", shapes))["overlap"]
    assert (found.grave, found.count) == ("doubt", 8)
    assert found.area == pytest.approx(4 * 500 * 60 + 4 * 60 * 60)
    assert any("10" in one for one in found.ids)


def test_what_lies_wholly_inside_another_overlaps_it(layer, kinds):
    found = kinds(layer("communities", [*grid(), shapely.box(W + 100, S + 100, W + 300, S + 300)]))["overlap"]
    assert found.area == pytest.approx(40_000)


def test_a_strip_narrower_than_a_metre_is_a_line_drawn_twice(layer, kinds):
    shapes = grid()
    shapes[0] = shapely.box(W, S, W + 500.5, S + 500)
    found = kinds(layer("communities", shapes))
    assert "overlap" not in found
    assert found["thin_overlap"].grave == "remark"


def test_layers_that_may_overlap_are_left_alone(layer, kinds):
    assert kinds(layer("parks", [shapely.box(W, S, W + 100, S + 100), shapely.box(W + 50, S, W + 150, S + 100)])) == {}


def test_gaps_between_neighbours_are_found(layer, kinds):
    shapes = grid()
    shapes[20] = shapely.box(W + 1500, S + 1002, W + 2000, S + 1500)
    found = kinds(layer("communities", shapes))["gap"]
    assert (found.count, found.area) == (1, pytest.approx(1000))


def test_a_street_between_blocks_is_no_gap(layer, kinds):
    assert "gap" not in kinds(layer("communities", [moved(s, 30 * (i // 6), 0) for i, s in enumerate(grid())]))


def test_what_no_feature_covers_is_told_with_its_share(layer, kinds):
    found = kinds(layer("communities", grid()[:36]))["uncovered"]
    assert (found.grave, found.area) == ("remark", pytest.approx(3e6))


def test_neighbours_whose_vertices_do_not_meet_are_sound(layer, kinds):
    halves = [shapely.box(W, S, W + 2000, S + 3000), shapely.box(W + 2000, S, W + 4000, S + 1000)]
    assert kinds(layer("communities", [*halves, shapely.box(W + 2000, S + 1000, W + 4000, S + 3000)])) == {}


def test_a_stray_polygon_far_away_is_a_doubt(layer, kinds):
    shapes = grid()
    shapes[30] = shapely.MultiPolygon([shapes[30], moved(shapes[30], 300_000)])
    found = kinds(layer("communities", shapes))["far_part"]
    assert (found.grave, found.ids) == ("doubt", ("30",))
    assert "29" in found.note.say("zh")


def test_an_enclave_near_by_is_none(layer, kinds):
    shapes = grid()
    shapes[30] = shapely.MultiPolygon([shapes[30], moved(shapes[30], 5_000)])
    assert "far_part" not in kinds(layer("communities", shapes))

"""How much of a baseline is still there, on paper: shores line by line, ground class by class, what is new apart."""

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import LayerError
from geoplan.layer import Layer, LayerSpec, Source
from geoplan.methods.retention import retention
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def line(*xy):
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in xy])


def layer(*shapes, classes=None, scheme="", words=("marsh", "lake")):
    spec = LayerSpec("shore", {"zh": "岸线", "en": "Shore"}, "any", words={w: (w,) for w in words})
    held = {"id": [f"s{i}" for i in range(len(shapes))], "class": list(classes or ["marsh"] * len(shapes))}
    return Layer(spec, gpd.GeoDataFrame(held, geometry=list(shapes), crs=TOWN), Source(scheme=scheme))


def square(**zones):
    levels = {
        n: Zones(n, tuple(z), tuple(z), gpd.GeoSeries([box(*s) for s in z.values()]).to_numpy())
        for n, z in zones.items()
    }
    return Place("方", box(0, 0, 1000, 1000), TOWN, levels)


def halves(found):
    overall = found.measure.overall
    return pytest.approx((overall.part, overall.unknown, overall.whole), abs=0.01)


def test_a_shore_is_kept_where_it_is_still_drawn_within_the_tolerance():
    # 100 m before; after: 60 m drawn 5 m to the north, and 30 m elsewhere
    after = layer(line((0, 5), (60, 5)), line((0, 500), (30, 500)))
    found = retention(layer(line((0, 0), (100, 0))), after, place=square(), tolerance=5.0)
    assert halves(found) == (60, 0, 100)
    assert found.facts["new_lines"] == pytest.approx(30, abs=0.01)
    assert found.measure.part_unit == "m"
    assert sorted(found.evidence["baseline"]["status"]) == ["kept", "lost"]
    assert [(row[0], round(row[2], 1)) for row in found.tables["losses"].rows] == [("s0", 40.0)]


def test_a_shore_drawn_farther_off_than_the_tolerance_is_lost_and_new():
    found = retention(layer(line((0, 0), (100, 0))), layer(line((0, 5.01), (60, 5.01))), place=square(), tolerance=5.0)
    assert halves(found) == (0, 0, 100)
    assert found.facts["new_lines"] == pytest.approx(60, abs=0.01)


def test_a_shore_that_may_still_be_of_a_kept_class_is_unknown():
    before = layer(line((0, 0), (100, 0)), line((0, 500), (50, 500)), classes=["marsh", None]).of_classes(("marsh",))
    after = layer(
        line((0, 0), (40, 0)), line((40, 0), (70, 0)), line((70, 0), (100, 0)), classes=["marsh", None, "lake"]
    )
    found = retention(before, after.of_classes(("marsh",)), place=square(), tolerance=0.0)
    # 40 m kept, 30 m of unknown class now, 30 m lost; 50 m of unknown class before
    assert halves(found) == (40, 80, 150)


def test_a_shore_drawn_twice_counts_once():
    before = layer(line((0, 0), (100, 0)), line((20, 0), (60, 0)))
    assert halves(retention(before, before, place=square())) == (100, 0, 100)


def test_a_shore_is_cut_at_borders():
    place = square(level={"W": (0, 0, 40, 1000), "E": (40, 0, 80, 1000)})
    found = retention(layer(line((-50, 0), (100, 0))), layer(line((0, 0), (60, 0))), place=place, tolerance=0.0)
    rows = {row.zone: (round(row.value.part), round(row.value.whole)) for row in found.measure.by_zone["level"]}
    assert rows == {"W": (40, 40), "E": (20, 40), None: (0, 20)}


def test_ground_is_kept_only_in_its_class():
    # of 100 x 100 marsh, 60 m stay, 20 m become lake, 20 m nothing; new marsh elsewhere does not count
    after = layer(box(0, 0, 60, 100), box(60, 0, 80, 100), box(500, 0, 600, 100), classes=["marsh", "lake", "marsh"])
    found = retention(layer(box(0, 0, 100, 100)), after, place=square())
    assert halves(found) == (6_000, 0, 10_000)
    assert found.facts["new_ground"] == pytest.approx(10_000, abs=0.01)
    assert sorted(round(row[3]) for row in found.tables["losses"].rows) == [2_000, 2_000]
    assert found.evidence["baseline"]["status"].tolist() == ["kept", "lost", "lost"]


def test_ground_of_unknown_class_is_neither_kept_nor_lost():
    after = layer(box(0, 0, 60, 100), box(60, 0, 80, 100), classes=["marsh", None])
    assert halves(retention(layer(box(0, 0, 100, 100)), after, place=square())) == (6_000, 2_000, 10_000)


def test_a_layer_without_classes_is_kept_where_it_still_is():
    before, after = (layer(box(0, 0, n, 100), classes=[None], words=()) for n in (100, 30))
    assert halves(retention(before, after, place=square())) == (3_000, 0, 10_000)


def test_lines_and_ground_are_not_compared_and_neither_are_two_schemes():
    with pytest.raises(LayerError, match="both polygons"):
        retention(layer(line((0, 0), (1, 0))), layer(box(0, 0, 1, 1)), place=square())
    with pytest.raises(LayerError, match="三调"):
        retention(layer(line((0, 0), (1, 0))), layer(line((0, 0), (1, 0)), scheme="三调"), place=square())


def test_everything_may_be_lost_and_no_baseline_is_no_value():
    gone = retention(layer(line((0, 0), (100, 0))), layer(), place=square())
    assert halves(gone) == (0, 0, 100)
    assert retention(layer(), layer(line((0, 0), (100, 0))), place=square()).measure.value is None

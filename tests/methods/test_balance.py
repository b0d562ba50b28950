"""Who works where they live, on paper: journeys that stay, leave or come in, and those nobody knows the end of."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.layer import Layer, LayerSpec
from geoplan.methods.balance import balance
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0


def point(x):
    return shapely.Point(EAST + x, NORTH + 50)


def layer(name, shapes, **columns):
    held = {"id": [f"{name[0]}{i}" for i in range(len(shapes))], **columns}
    return Layer(LayerSpec(name, {"zh": name, "en": name}, "any"), gpd.GeoDataFrame(held, geometry=shapes, crs=TOWN))


def flows(*journeys, **columns):
    """Journeys of (home, work, people); work is None where nobody knows it."""
    shapes = [point(a) if b is None else shapely.LineString([point(a), point(b)]) for a, b, _ in journeys]
    return layer("commutes", shapes, people=np.array([n for *_, n in journeys], dtype=float), **columns)


def square(**zones):
    boxes = {n: [shapely.box(EAST + w, NORTH, EAST + e, NORTH + 100) for w, e in z.values()] for n, z in zones.items()}
    levels = {n: Zones(n, tuple(z), tuple(z), gpd.GeoSeries(boxes[n]).to_numpy()) for n, z in zones.items()}
    return Place("方", shapely.box(EAST, NORTH, EAST + 1000, NORTH + 100), TOWN, levels)


def halves(found):
    overall = found.measure.overall
    return overall.part, overall.unknown, overall.whole


def test_the_share_is_of_those_who_live_here():
    # 60 stay, 40 leave, 500 come in, 7 pass elsewhere
    found = balance(flows((10, 20, 60), (10, 2000, 40), (2000, 10, 500), (2000, 3000, 7)), place=square())
    assert halves(found) == (60, 0, 100)
    assert found.measure.value == pytest.approx(0.6)
    assert found.facts["incoming"] == 500
    assert found.evidence["flows"]["status"].tolist() == ["within", "outgoing", "incoming", "outside"]


def test_where_nobody_knows_the_place_of_work_is_unknown():
    found = balance(flows((10, 20, 60), (10, None, 30), (2000, None, 9)), place=square())
    assert halves(found) == (60, 30, 90)
    assert found.measure.overall.ceiling == 1
    assert found.evidence["flows"]["status"].tolist() == ["within", "unknown", "outside"]


def test_a_point_works_where_it_lives_if_it_says_where():
    found = balance(flows((10, None, 30), (10, None, 20), work=["本小区", None]), place=square())
    assert halves(found) == (30, 20, 50)


def test_flows_of_unknown_class_are_unknown():
    layer_ = flows((10, 20, 60), (10, 20, 40), **{"class": ["work", None]}).of_classes(("work",))
    assert halves(balance(layer_, place=square())) == (60, 40, 100)


def test_a_zone_asks_the_same_of_itself():
    place = square(level={"W": (0, 100), "E": (100, 200)})
    rows = balance(flows((10, 20, 5), (10, 150, 3), (150, 160, 2), (500, 600, 4)), place=place).measure.by_zone["level"]
    assert {r.zone: (r.value.part, r.value.whole) for r in rows} == {"W": (5, 8), "E": (2, 2), None: (4, 4)}


def test_jobs_for_each_employed_resident_stand_beside_it_under_their_own_name():
    jobs = layer("buildings", [point(10), point(20), point(2000)], jobs=[300.0, 100.0, 9000.0])
    homes = layer("residential", [point(30), point(40)], employed=[150.0, 50.0])
    found = balance(flows((10, 20, 60), (10, 2000, 40)), jobs, homes, place=square())
    assert (found.facts["jobs"], found.facts["employed"], found.facts["jobs_per_employed"]) == (400, 200, 2)
    assert found.measure.value == pytest.approx(0.6)
    assert "balance.beside" in [n.sentence for n in found.notes]
    assert balance(flows((10, 20, 60)), jobs, None, place=square()).facts["jobs_per_employed"] is None


def test_journeys_without_people_stand_in_neither_half_and_are_said():
    found = balance(flows((10, 20, 60), (10, 20, np.nan)), place=square())
    assert halves(found) == (60, 0, 60)
    assert found.facts["people_unknown"] == 1


def test_the_table_says_what_each_zone_holds():
    place = square(level={"W": (0, 100), "E": (100, 200)})
    jobs, homes = layer("jobs", [point(10)], jobs=[30.0]), layer("homes", [point(10), point(150)], employed=[10.0, 5.0])
    table = balance(flows((10, 20, 5), (150, 20, 4)), jobs, homes, place=place).tables["zones"]
    assert table.rows == (("W", 5, 5, 100, 30, 10, 3), ("E", 4, 0, 0, 0, 5, 0), ("", 0, 0, None, 0, 0, None))


def test_nobody_who_lives_here_is_no_value():
    assert balance(flows((2000, 10, 5)), place=square()).measure.value is None
    assert balance(flows(), place=square()).measure.value is None

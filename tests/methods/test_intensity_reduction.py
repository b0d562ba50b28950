"""Land per unit of output, on paper: then and now, zone by zone, unknown land to the safe side, unknown output no value."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import LayerError
from geoplan.layer import Layer, LayerSpec, Source
from geoplan.methods.intensity_reduction import intensity_reduction
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def land(*spans, classes=None, scheme="三调"):
    columns = {"id": [f"l{i}" for i in range(len(spans))], "class": classes or ["built"] * len(spans)}
    frame = gpd.GeoDataFrame(columns, geometry=[box(*s) for s in spans], crs=TOWN)
    spec = LayerSpec("land_use_current", {"zh": "现状", "en": "Land"}, "polygon")
    return Layer(spec, frame, Source(scheme=scheme)).of_classes(("built",))


def output(*amounts):
    shapes = [shapely.Point(EAST + x, NORTH + 5) for x, _ in amounts]
    columns = {"id": [f"e{i}" for i in range(len(amounts))], "gdp": np.array([v for _, v in amounts], dtype=float)}
    return Layer(
        LayerSpec("economy", {"zh": "经济", "en": "Economy"}, "any"),
        gpd.GeoDataFrame(columns, geometry=shapes, crs=TOWN),
    )


def square(**zones):
    levels = {
        n: Zones(n, tuple(z), tuple(z), gpd.GeoSeries([box(*s) for s in z.values()]).to_numpy())
        for n, z in zones.items()
    }
    return Place("方", box(0, 0, 1000, 1000), TOWN, levels)


def fallen(before, after, one, other, place=None, **how):
    return intensity_reduction(before, after, one, other, place=place or square(), **how)


def test_land_that_grows_slower_than_output_falls_per_unit():
    # 100 x 100 for 10, then 120 x 100 for 16: 1000 and 750 m2 a unit, 25 % less
    found = fallen(land((0, 0, 100, 100)), land((0, 0, 120, 100)), output((5, 10)), output((5, 16)))
    assert found.measure.value == pytest.approx(0.25, abs=1e-9)
    assert (found.facts["land_before"], found.facts["land_after"]) == pytest.approx((10_000, 12_000), rel=1e-6)


def test_land_that_grows_faster_gives_a_negative_reduction():
    # 1000 and 1500 m2 a unit: 50 % more
    found = fallen(land((0, 0, 100, 100)), land((0, 0, 150, 100)), output((5, 10)), output((5, 10)))
    assert found.measure.value == pytest.approx(-0.5, abs=1e-9)


def test_land_drawn_twice_counts_once_and_land_outside_not_at_all():
    after = land((0, 0, 100, 100), (50, 0, 100, 100), (900, 900, 1100, 1000))
    assert fallen(land((0, 0, 100, 100)), after, output((5, 1)), output((5, 2))).measure.value == pytest.approx(
        0.0, abs=1e-7
    )


def test_unknown_land_is_taken_to_the_safe_side_and_the_other_side_is_said():
    # before 10000 sure + 2000 unknown, after 12000 sure + 3000 unknown, output doubles: 1 - 15000 / 20000, 1 - 12000 / 24000
    before = land((0, 0, 100, 100), (0, 200, 100, 220), classes=["built", None])
    after = land((0, 0, 120, 100), (0, 200, 100, 230), classes=["built", None])
    found = fallen(before, after, output((5, 1)), output((5, 2)))
    assert found.measure.value == pytest.approx(0.25, abs=1e-9)
    assert found.facts["best"] == pytest.approx(0.5, abs=1e-9)
    assert found.facts["unknown"] == pytest.approx(5_000, rel=1e-6)


def test_zones_are_reduced_by_their_own_land_and_output():
    place = square(level={"W": (0, 0, 100, 1000), "E": (100, 0, 200, 1000)})
    before, after = land((0, 0, 200, 100)), land((0, 0, 150, 100))
    found = fallen(before, after, output((5, 10), (150, 10)), output((5, 20), (150, np.nan)), place)
    rows = {r.zone: r.value for r in found.measure.by_zone["level"]}
    assert rows["W"] == pytest.approx(0.5, abs=1e-9)
    # in the east the output of the later year is not known, so neither is that of the place
    assert (rows["E"], rows[None], found.measure.value) == (None, None, None)
    assert [row[0] for row in found.tables["zones"].rows] == ["W", "E", ""]


def test_the_page_says_in_whose_money_the_output_is_or_that_nobody_said():
    layers = land((0, 0, 10, 10)), land((0, 0, 10, 10)), output((5, 1)), output((5, 2))
    assert "intensity_reduction.no_prices" in [n.sentence for n in fallen(*layers).notes]
    said = fallen(*layers, prices="2020").notes
    assert next(n for n in said if n.sentence == "intensity_reduction.prices").fields["prices"] == "2020"


def test_two_schemes_are_refused():
    with pytest.raises(LayerError, match="用地用海2023"):
        fallen(land((0, 0, 9, 9)), land((0, 0, 9, 9), scheme="用地用海2023"), output((5, 1)), output((5, 1)))


def test_no_output_or_no_land_before_is_no_value():
    assert fallen(land((0, 0, 9, 9)), land((0, 0, 9, 9)), output(), output((5, 1))).measure.value is None
    assert fallen(land(), land((0, 0, 9, 9)), output((5, 1)), output((5, 1))).measure.value is None

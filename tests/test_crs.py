"""The CRS of a study, the one reprojection of the house, and coordinates that cannot be in the CRS they claim."""

import subprocess
import sys

import numpy as np
import pytest
import shapely

from geoplan import crs
from geoplan.errors import CRSError
from geoplan.ops import ellipsoid

ECO_CITY = shapely.points([[117.755, 39.14]])
LONLAT = crs.parse("EPSG:4326")


def xy(shapes: np.ndarray, source: str, target: str) -> tuple[float, float]:
    x, y = shapely.get_coordinates(crs.to_crs(shapes, crs.parse(source), crs.parse(target)))[0]
    return float(x), float(y)


@pytest.mark.parametrize(("target", "easting"), [("EPSG:4527", 39565274.241), ("EPSG:4548", 565274.241)])
def test_the_eco_city_has_the_coordinates_of_the_registry(target: str, easting: float) -> None:
    x, y = xy(ECO_CITY, "EPSG:4490", target)
    assert x == pytest.approx(easting, abs=5e-4)
    assert y == pytest.approx(4334317.814, abs=5e-4)


def test_a_row_of_boundary_points_gives_the_published_degrees() -> None:
    # J1,1,2582988.976,38383243.971: northing first, easting with zone number 38 behind it
    lon, lat = xy(shapely.points([[38383243.971, 2582988.976]]), "EPSG:4526", "EPSG:4490")
    assert lon == pytest.approx(112.858314, abs=1e-6)
    assert lat == pytest.approx(23.343040, abs=1e-6)


@pytest.mark.parametrize(("epsg", "ratio"), [(3857, 1.6646), (4548, 1 + 104e-6), (4549, 1 + 932e-6)])
def test_the_plane_inflates_areas_at_the_eco_city_as_measured(epsg: int, ratio: float) -> None:
    own = crs.parse(f"EPSG:{epsg}")
    x, y = shapely.get_coordinates(crs.to_crs(ECO_CITY, LONLAT, own))[0]
    square = np.array([shapely.box(x - 50, y - 50, x + 50, y + 50)], dtype=object)
    planar, true = shapely.area(square)[0], ellipsoid.area(square, own)[0]
    # published to five figures on the screen, to a few ppm in the wrong zone, to one ppm in the right one
    assert planar / true == pytest.approx(ratio, abs={3857: 5e-5, 4549: 5e-6, 4548: 1e-6}[epsg])


def test_a_place_in_china_gets_its_three_degree_zone_without_a_number() -> None:
    for lon, epsg in ((75.5, 4534), (116.4, 4548), (117.7, 4548), (118.49, 4548), (118.51, 4549), (134.5, 4554)):
        lat = 47.0 if lon > 130 else 39.1
        assert crs.label(crs.choose(shapely.box(lon - 0.01, lat, lon + 0.01, lat + 0.1))) == f"EPSG:{epsg}"


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (-15.45, 28.1, 32628),
        (-0.1, 51.5, 32630),
        (151.2, -33.9, 32756),
        (126.98, 37.57, 32652),
        (106.9, 47.9, 32648),
        (179.9, 10, 32660),
    ],
)
def test_a_place_elsewhere_gets_utm(lon: float, lat: float, epsg: int) -> None:
    assert crs.choose(shapely.box(lon - 0.05, lat - 0.05, lon + 0.05, lat + 0.05)).to_epsg() == epsg


def test_no_crs_is_chosen_for_a_continent_or_a_pole() -> None:
    with pytest.raises(CRSError) as wide:
        crs.choose(shapely.box(75, 20, 130, 50))
    assert wide.value.id == "crs.too_far"
    with pytest.raises(CRSError) as polar:
        crs.choose(shapely.box(10, 85, 11, 86))
    assert polar.value.id == "crs.polar"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("EPSG:3857", "crs.web_mercator"), ("EPSG:4490", "crs.not_projected"), ("EPSG:2263", "crs.not_metres"),
        ("EPSG:999999", "crs.unknown"), ("天津90", "crs.unknown"), ("GCJ-02", "crs.not_projected"), (4548.5, "crs.unknown"),
    ],
)  # fmt: skip
def test_a_study_is_not_measured_in_degrees_feet_or_on_a_screen(text: object, sentence: str) -> None:
    with pytest.raises(CRSError) as refused:
        crs.given(text)
    assert refused.value.id == sentence
    assert refused.value.say("zh")


def test_a_metre_crs_of_another_part_of_the_world_is_refused_and_the_neighbouring_zone_is_not() -> None:
    tianjin = shapely.box(116.7, 38.5, 118.1, 40.3)
    assert crs.given("EPSG:4549", tianjin).to_epsg() == 4549
    with pytest.raises(CRSError, match="made for elsewhere"):
        crs.given("EPSG:4534", tianjin)
    # equal-area world maps are in metres too, and stretch every walk
    with pytest.raises(CRSError) as stretched:
        crs.given("EPSG:6933", tianjin)
    assert stretched.value.id == "crs.too_far"


def refusal(bounds: tuple[float, float, float, float], epsg: int) -> CRSError | None:
    try:
        crs.check_range(bounds, crs.parse(f"EPSG:{epsg}"), layer="parks", path="parks.shp")
    except CRSError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("bounds", "epsg", "sentence"),
    [
        ((565000, 4334000, 566000, 4335000), 4548, None),
        ((39565000, 4334000, 39566000, 4335000), 4527, None),
        ((20565000, 4334000, 20566000, 4335000), 4498, None),
        ((117.7, 39.1, 117.8, 39.2), 4490, None),
        ((-180, -90, 180, 90), 4326, None),
        ((450000, 3100000, 460000, 3110000), 32628, None),
        ((913175, 120121, 1067382, 272844), 2263, None),
        ((12900000, 4700000, 13000000, 4800000), 3857, None),
        ((117.7, 39.1, 117.8, 39.2), 4548, "crs.degrees_as_metres"),
        ((39.1, 117.7, 39.2, 117.8), 4548, "crs.degrees_as_metres"),
        ((565000, 4334000, 566000, 4335000), 4490, "crs.metres_as_degrees"),
        ((39.1, 117.7, 39.2, 117.8), 4326, "crs.swapped"),
        ((4334000, 565000, 4335000, 566000), 4548, "crs.swapped"),
        ((4334000, 39565000, 4335000, 39566000), 4527, "crs.swapped"),
        ((39565000, 4334000, 39566000, 4335000), 4548, "crs.zone_prefix"),
        ((20565000, 4334000, 20566000, 4335000), 4548, "crs.zone_prefix"),
        ((565000, 4334000, 566000, 4335000), 4527, "crs.no_zone_prefix"),
    ],
)
def test_coordinates_that_cannot_be_in_their_crs_are_refused(
    bounds: tuple[float, float, float, float], epsg: int, sentence: str | None
) -> None:
    error = refusal(bounds, epsg)
    assert (error.id if error else None) == sentence
    if error:
        assert "parks.shp" in error.say("zh")
        assert "parks.shp" in error.say("en")


@pytest.mark.parametrize(("west", "epsg"), [(39565000, "EPSG:4527"), (20565000, "EPSG:4498"), (38383000, "EPSG:4526")])
def test_the_sentence_about_a_zone_number_names_the_crs_that_has_it(west: float, epsg: str) -> None:
    with pytest.raises(CRSError) as refused:
        crs.check_range((west, 4334000, west + 900, 4335000), crs.parse("EPSG:4548"), layer="parks", path="")
    assert refused.value.fields["nearest"] == epsg


def test_old_national_datums_are_refused_rather_than_moved_without_parameters() -> None:
    for old in ("EPSG:4610", "EPSG:2384", "EPSG:4214", "EPSG:2436"):
        with pytest.raises(CRSError) as refused:
            crs.to_crs(shapely.points([[500000.0, 4000000.0]]), crs.parse(old), crs.parse("EPSG:4548"))
        assert refused.value.id == "crs.no_transformation"


def test_a_projection_there_is_none_of_is_said() -> None:
    broken = crs.parse("EPSG:4548").to_wkt("WKT1_ESRI").replace('"Gauss_Kruger"', '"Giuss_Kruger"')
    for target in ("EPSG:4326", "EPSG:4548"):
        with pytest.raises(CRSError) as told:
            crs.to_crs(ECO_CITY, crs.parse(broken), crs.parse(target))
        assert told.value.id == "crs.no_transformation"


def test_wgs84_and_cgcs2000_are_taken_as_one() -> None:
    assert xy(ECO_CITY, "EPSG:4326", "EPSG:4548") == xy(ECO_CITY, "EPSG:4490", "EPSG:4548")


def test_screen_coordinates_come_in_like_any_others() -> None:
    there = crs.to_crs(ECO_CITY, LONLAT, crs.parse("EPSG:3857"))
    assert xy(there, "EPSG:3857", "EPSG:4548") == pytest.approx((565274.241, 4334317.814), abs=5e-4)


def test_heights_are_dropped_and_missing_shapes_stay_missing() -> None:
    shapes = np.array([shapely.from_wkt("POINT Z (117.755 39.14 5)"), None, shapely.Polygon()], dtype=object)
    moved = crs.to_crs(shapes, LONLAT, crs.parse("EPSG:4548"))
    assert not shapely.has_z(moved[0])
    assert moved[1] is None
    assert moved[2].is_empty
    assert not shapely.has_z(crs.to_crs(shapes, LONLAT, LONLAT)[0])


def test_a_box_in_another_crs_holds_the_bent_sides_of_the_box() -> None:
    own = crs.transform_bounds((116.0, 38.0, 119.0, 41.0), LONLAT, crs.parse("EPSG:4548"))
    edge = crs.to_crs(shapely.points([[117.0, 38.0]]), LONLAT, crs.parse("EPSG:4548"))
    assert own[1] <= shapely.get_y(edge)[0] + 0.1
    assert own[1] < shapely.get_y(crs.to_crs(shapely.points([[116.0, 38.0]]), LONLAT, crs.parse("EPSG:4548")))[0] - 100


def test_the_room_opens_without_loading_anything_heavy() -> None:
    code = "import sys, geoplan.crs; print(sorted({'pyproj', 'shapely', 'numpy', 'geopandas'} & sys.modules.keys()))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"

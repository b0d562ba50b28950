"""Areas and lengths against rules nobody here wrote: the official series, geodesics, published columns."""

import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer

from geoplan.errors import CRSError
from geoplan.ops import ellipsoid
from geoplan.ops.ellipsoid import area, length, planar_area, scale

TOWN = CRS("EPSG:4548")
ECO_CITY = (565_274.241, 4_334_317.814)
GRS80 = Geod(ellps="GRS80")


def degrees(x, y, crs=TOWN):
    return Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(x, y)


def densified(polygon, longest=70.0, crs=TOWN):
    """Longitudes and latitudes of the ring, with no edge longer than that."""
    return degrees(*shapely.get_coordinates(shapely.segmentize(polygon, longest)).T, crs)


def official_series(polygon, longest=70.0):
    """The area rule of the national land survey (first eccentricity), edge by edge from the meridian 60 E."""
    a, f = 6_378_137.0, 1 / 298.257222101
    b = a * (1 - f)
    e2 = (a * a - b * b) / (a * a)
    A = 1 + 3 / 6 * e2 + 30 / 80 * e2**2 + 35 / 112 * e2**3 + 630 / 2304 * e2**4
    B = 1 / 6 * e2 + 15 / 80 * e2**2 + 21 / 112 * e2**3 + 420 / 2304 * e2**4
    C = 3 / 80 * e2**2 + 7 / 112 * e2**3 + 180 / 2304 * e2**4
    D = 1 / 112 * e2**3 + 45 / 2304 * e2**4
    E = 5 / 2304 * e2**4
    lon, lat = map(np.radians, densified(polygon, longest))
    east = (lon[1:] + lon[:-1]) / 2 - np.radians(60)
    rise, middle = lat[1:] - lat[:-1], (lat[1:] + lat[:-1]) / 2
    terms = zip((A, -B, C, -D, E), (1, 3, 5, 7, 9), strict=True)
    per_edge = 2 * b * b * east * sum(k * np.sin(n * rise / 2) * np.cos(n * middle) for k, n in terms)
    return abs(float(per_edge.sum()))


def by_geodesics(polygon, longest=70.0, crs=TOWN):
    return abs(GRS80.polygon_area_perimeter(*densified(polygon, longest, crs))[0])


def square(side, at=ECO_CITY):
    return shapely.box(at[0] - side / 2, at[1] - side / 2, at[0] + side / 2, at[1] + side / 2)


ragged = st.integers(0, 10_000).map(
    lambda seed: shapely.concave_hull(
        shapely.multipoints(np.random.default_rng(seed).uniform(-2_000, 2_000, (40, 2)) + ECO_CITY), 0.3
    )
)


@pytest.mark.parametrize("side", [30, 1_000, 5_000, 20_000])
def test_a_square_has_the_area_of_the_official_series(side):
    assert area(np.array([square(side)]), TOWN)[0] == pytest.approx(official_series(square(side)), abs=0.01)


@settings(deadline=None, max_examples=40)
@given(ragged)
def test_a_ragged_polygon_has_the_area_of_the_official_series_and_of_geodesics(polygon):
    # a perimeter of some 30 km: the series itself needs edges of 5 m to be sure of 0.01 m2
    found = area(np.array([polygon]), TOWN)[0]
    assert found == pytest.approx(official_series(polygon, 5.0), abs=0.01)
    assert found == pytest.approx(by_geodesics(polygon), abs=0.01)


def test_a_square_of_20_km_left_undensified_is_off_by_hundreds_of_square_metres():
    # an edge is the straight line in the plane: neither the geodesic nor the loxodrome between its ends follows it
    corners = degrees(*shapely.get_coordinates(square(20_000)).T)
    found = area(np.array([square(20_000)]), TOWN)[0]
    assert abs(GRS80.polygon_area_perimeter(*corners)[0]) - found == pytest.approx(328, abs=1)
    assert official_series(square(20_000), np.inf) - found == pytest.approx(432, abs=1)
    assert found == pytest.approx(by_geodesics(square(20_000)), abs=0.01)


def test_an_edge_longer_than_20_km_is_halved():
    # 200 km: still the geodesics of a ring densified every 50 m, to a hundred-billionth
    wide = square(200_000)
    assert area(np.array([wide]), TOWN)[0] == pytest.approx(by_geodesics(wide, 50.0), rel=1e-9)


@settings(deadline=None, max_examples=60)
@given(ragged, st.lists(st.floats(-1_900, 1_900), min_size=1, max_size=6), st.floats(0, np.pi))
def test_parts_cut_in_the_plane_sum_to_the_whole(polygon, offsets, angle):
    direction, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    knives = [
        shapely.LineString([ECO_CITY + d * across - 9_000 * direction, ECO_CITY + d * across + 9_000 * direction])
        for d in sorted(set(offsets))
    ]
    noded = shapely.union_all([polygon.boundary, *knives])
    cells = shapely.get_parts(shapely.polygonize([noded]))
    cells = cells[shapely.contains(shapely.buffer(polygon, 1e-6), cells)]
    assert shapely.area(cells).sum() == pytest.approx(polygon.area, rel=1e-11)
    assert area(cells, TOWN).sum() == pytest.approx(area(np.array([polygon]), TOWN)[0], rel=1e-11)


def test_a_square_of_20_km_is_the_sum_of_1444_pieces():
    grid = np.linspace(-10_000, 10_000, 39)
    cells = np.array([shapely.box(ECO_CITY[0] + w, ECO_CITY[1] + s, ECO_CITY[0] + e, ECO_CITY[1] + n)
                      for w, e in pairwise(grid) for s, n in pairwise(grid)])  # fmt: skip
    assert len(cells) == 1444
    assert area(cells, TOWN).sum() == pytest.approx(area(np.array([square(20_000)]), TOWN)[0], rel=1e-11)


def test_web_mercator_inflates_the_eco_city_by_two_thirds():
    mercator = CRS("EPSG:3857")
    at = Transformer.from_crs("EPSG:4490", mercator, always_xy=True).transform(117.755, 39.14)
    site = np.array([square(1_000, at)])
    assert planar_area(site, mercator)[0] / area(site, mercator)[0] == pytest.approx(1.6646, abs=5e-4)


@pytest.mark.parametrize(("code", "ppm"), [("EPSG:4548", 104), ("EPSG:4549", 932), ("EPSG:32650", -697)])
def test_the_plane_differs_from_the_ellipsoid_by_so_many_millionths_at_the_eco_city(code, ppm):
    crs = CRS(code)
    at = Transformer.from_crs("EPSG:4490", crs, always_xy=True).transform(117.75, 39.14)
    site = np.array([square(100, at)])
    assert (planar_area(site, crs)[0] / area(site, crs)[0] - 1) * 1e6 == pytest.approx(ppm, abs=1)


def test_holes_are_subtracted_whichever_way_rings_turn():
    hole = shapely.Polygon(square(1_000).exterior, [square(200).exterior.coords[::-1]])
    turned = shapely.Polygon(square(1_000).exterior.coords[::-1], [square(200).exterior.coords])
    whole, part = area(np.array([square(1_000), square(200)]), TOWN)
    assert area(np.array([hole, turned]), TOWN) == pytest.approx([whole - part] * 2, rel=1e-12)


def test_a_multipolygon_and_a_collection_are_the_sum_of_their_parts():
    parts = [square(100), square(300, (566_000.0, 4_335_000.0))]
    several = shapely.MultiPolygon(parts)
    mixed = shapely.GeometryCollection([several, shapely.Point(0, 0), square(50, (567_000.0, 4_335_000.0))])
    single = area(np.array([*parts, square(50, (567_000.0, 4_335_000.0))]), TOWN)
    assert area(np.array([several, mixed]), TOWN) == pytest.approx([single[:2].sum(), single.sum()], rel=1e-12)


def test_a_polygon_across_the_date_line_is_as_large_as_elsewhere():
    fiji = CRS("EPSG:3832")  # its plane runs on across 180 degrees
    x, y = Transformer.from_crs("EPSG:4326", fiji, always_xy=True).transform(180.0, -17.0)
    across, beside = area(np.array([square(2_000, (x, y)), square(2_000, (x - 50_000, y))]), fiji)
    assert across == pytest.approx(beside, rel=1e-9)


def test_empty_and_missing_geometries_and_those_without_area():
    odd = np.array(
        [shapely.Polygon(), None, shapely.Point(*ECO_CITY), shapely.LineString([ECO_CITY, (0, 0)])], dtype=object
    )
    np.testing.assert_array_equal(area(odd, TOWN), [0, np.nan, 0, 0])
    np.testing.assert_array_equal(length(odd[:3], TOWN), [0, np.nan, 0])
    assert area(np.array([], dtype=object), TOWN).shape == (0,)
    assert length(np.array([], dtype=object), TOWN).shape == (0,)


def test_a_drawing_grid_that_stands_on_no_ellipsoid_is_refused():
    grid = CRS.from_wkt(
        'ENGCRS["site grid",EDATUM["site"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
    )
    with pytest.raises(CRSError, match="ellipsoid"):
        area(np.array([square(10)]), grid)


def test_chunks_change_nothing(monkeypatch):
    town = np.array([square(50, (565_000.0 + i, 4_334_000.0)) for i in range(40)] + [None, shapely.Polygon()])
    lines = np.array([shapely.LineString([ECO_CITY, (565_000.0 + i, 4_334_000.0)]) for i in range(40)])
    areas, lengths = area(town, TOWN), length(lines, TOWN)
    monkeypatch.setattr(ellipsoid, "_CHUNK", 7)
    np.testing.assert_array_equal(area(town, TOWN), areas)
    np.testing.assert_array_equal(length(lines, TOWN), lengths)


def test_a_line_is_as_long_as_the_geodesics_of_its_edges():
    xy = np.cumsum(np.random.default_rng(1).uniform(-300, 300, (200, 2)), axis=0) + ECO_CITY
    assert length(np.array([shapely.LineString(xy)]), TOWN)[0] == pytest.approx(
        GRS80.line_length(*degrees(*xy.T)), rel=1e-12
    )


def test_a_true_walk_of_500_m_reads_499_83_in_utm():
    utm = CRS("EPSG:32650")
    at = Transformer.from_crs("EPSG:4490", utm, always_xy=True).transform(117.755, 39.14)
    read = 500 * scale(*(np.array([v]) for v in at), utm)[0]
    assert read == pytest.approx(499.83, abs=0.005)
    walk = shapely.LineString([(at[0] - read / 2, at[1]), (at[0] + read / 2, at[1])])
    assert length(np.array([walk]), utm)[0] == pytest.approx(500, abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(st.floats(0.01, 0.99), st.floats(-60_000, 60_000), st.floats(-60_000, 60_000))
def test_pieces_of_a_long_straight_line_sum_to_the_whole(at, dx, dy):
    line = shapely.LineString([ECO_CITY, (ECO_CITY[0] + dx, ECO_CITY[1] + dy)])
    middle = line.interpolate(at, normalized=True)
    halves = np.array([shapely.LineString([ECO_CITY, middle]), shapely.LineString([middle, line.coords[-1]])])
    assert length(halves, TOWN).sum() == pytest.approx(length(np.array([line]), TOWN)[0], rel=1e-10, abs=1e-6)


@pytest.mark.real
@pytest.mark.skipif("GEOPLAN_REAL_DATA" not in os.environ, reason="GEOPLAN_REAL_DATA is not set")
def test_boroughs_of_new_york_have_their_published_area_and_length_in_feet():
    import geopandas as gpd

    path = Path(os.environ["GEOPLAN_REAL_DATA"]) / "nyc_boroughs_feet" / "nybb.gpkg"
    boroughs = gpd.read_file(path)
    foot = boroughs.crs.axis_info[0].unit_conversion_factor
    found = planar_area(np.asarray(boroughs.geometry), boroughs.crs) / foot**2
    np.testing.assert_allclose(found, boroughs["Shape_Area"], rtol=1.4e-6)
    # the copy holds fewer vertices than the published shore: its line is shorter, by up to 3.3e-5
    np.testing.assert_allclose(shapely.length(boroughs.geometry), boroughs["Shape_Leng"], rtol=3.4e-5)
    # the State Plane grid of Long Island is within 1 in 5,000 of the ground
    np.testing.assert_allclose(area(np.asarray(boroughs.geometry), boroughs.crs), found * foot**2, rtol=2e-4)

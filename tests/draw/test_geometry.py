"""Shapes on their way out: where they were, to a decimetre, and as few numbers as that takes."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from geoplan.draw.geometry import STEPS, Ring, bounds_of, coarsened, kind_of, put, spots, vertices

CRS_4548 = CRS.from_epsg(4548)
X, Y = 565_274.0, 4_334_317.0


def shapes(*items: Any) -> Any:
    return np.array(items, dtype=object)


def walked(ring: Ring) -> list[tuple[float, float]]:
    steps = np.cumsum(np.array(ring).reshape(-1, 2), axis=0) / STEPS
    return [tuple(xy) for xy in steps.tolist()]


def test_a_point_comes_out_where_it_was_longitude_first() -> None:
    # Eco-City: 117.755 E 39.14 N is easting 565274.241, northing 4334317.814 in EPSG:4548
    (shape,) = put(shapes(shapely.Point(565_274.241, 4_334_317.814)), CRS_4548)
    assert shape.kind == "point"
    assert shape.parts == (((117_755_000, 39_140_000),),)


def test_a_hole_stays_a_hole_and_a_second_part_a_part() -> None:
    holed = shapely.box(X, Y, X + 100, Y + 100).difference(shapely.box(X + 40, Y + 40, X + 60, Y + 60))
    two = shapely.union(holed, shapely.box(X + 500, Y, X + 600, Y + 100))
    (shape,) = put(shapes(two), CRS_4548)
    assert [len(part) for part in shape.parts] in ([2, 1], [1, 2])


def test_an_empty_shape_has_no_parts_and_none_are_none() -> None:
    (shape,) = put(shapes(shapely.Polygon()), CRS_4548)
    assert shape.parts == ()
    assert put(shapes(), CRS_4548) == ()
    assert spots(shapes(shapely.Polygon()), CRS_4548) == (None,)


def test_lines_points_and_collections_keep_their_kind() -> None:
    line, many = shapely.LineString([(X, Y), (X + 9, Y)]), shapely.MultiPoint([(X, Y), (X + 5, Y)])
    mixed = shapely.GeometryCollection([shapely.box(X, Y, X + 9, Y + 9), line])
    drawn = put(shapes(line, many, mixed), CRS_4548)
    assert [d.kind for d in drawn[:2]] == ["line", "point"]
    assert [len(d.parts) for d in drawn] == [1, 2, 2]
    assert kind_of(shapes(shapely.GeometryCollection(), line)) == "line"
    assert kind_of(shapes()) == "polygon"


@given(st.lists(st.tuples(st.floats(0, 5000), st.floats(0, 5000)), min_size=2, max_size=30))
def test_every_vertex_comes_back_within_a_decimetre(points: list[tuple[float, float]]) -> None:
    line = shapely.LineString([(X + a, Y + b) for a, b in points])
    (shape,) = put(shapes(line), CRS_4548)
    back = Transformer.from_crs("EPSG:4326", CRS_4548, always_xy=True)
    found = [back.transform(*xy) for xy in walked(shape.parts[0][0])]
    for a, b in points:
        assert min(np.hypot(x - X - a, y - Y - b) for x, y in found) < 0.12
    assert vertices([shape]) <= len(points)


def test_coarse_coordinates_lie_on_the_grid_and_nothing_vanishes() -> None:
    tiny = shapely.box(X + 3, Y + 3, X + 4, Y + 4)
    moved = coarsened(shapes(tiny, shapely.box(X, Y, X + 123, Y + 77)), 50.0)
    xy = shapely.get_coordinates(moved)
    assert np.all(np.abs(xy / 50 - np.round(xy / 50)) < 1e-9)
    assert all(shape.parts for shape in put(moved, CRS_4548))
    assert coarsened(shapes(tiny), 0.0)[0] is tiny


def test_bounds_hold_every_vertex() -> None:
    box = shapely.box(X, Y, X + 20_000, Y + 10_000)
    west, south, east, north = bounds_of(shapes(box), CRS_4548)
    (shape,) = put(shapes(shapely.segmentize(box, 100)), CRS_4548)
    for lon, lat in walked(shape.parts[0][0]):
        assert west - 2e-6 <= lon <= east + 2e-6
        assert south - 2e-6 <= lat <= north + 2e-6


@pytest.mark.parametrize("code", [4527, 32650])
def test_the_same_place_comes_out_of_any_metre_system(code: int) -> None:
    crs = CRS.from_epsg(code)
    there = Transformer.from_crs("EPSG:4490" if code == 4527 else "EPSG:4326", crs, always_xy=True)
    (shape,) = put(shapes(shapely.Point(there.transform(117.755, 39.14))), crs)
    assert shape.parts == (((117_755_000, 39_140_000),),)

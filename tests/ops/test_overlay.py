"""Tiles are the union, pieces add up, and nothing that overlaps is counted twice: held against GEOS itself."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geoplan.ops import overlay
from geoplan.ops.ellipsoid import area
from geoplan.ops.overlay import clip, covered, disjoint, only_polygons, outside, overlap, pieces, union_areas

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_330_000.0


def scattered(seed, count, size=60.0):
    """Blobs, rings with a hole and boxes that overlap, touch and coincide."""
    rng = np.random.default_rng(seed)
    at = np.array([EAST, NORTH]) + np.round(rng.uniform(0, 400, (count, 2)), -1)
    kinds = rng.integers(0, 4, count)
    made = []
    for xy, kind in zip(at, kinds, strict=True):
        blob = shapely.buffer(shapely.Point(xy), rng.uniform(5, size), quad_segs=int(rng.integers(1, 12)))
        if kind == 1:
            blob = shapely.difference(blob, shapely.buffer(shapely.Point(xy), 4.0))
        if kind == 2:
            blob = shapely.box(*xy, *(xy + 10 * rng.integers(1, 6, 2)))
        if kind == 3:
            blob = shapely.MultiPolygon([shapely.box(*xy, *(xy + 10)), shapely.box(*(xy + 20), *(xy + 50))])
        made.append(blob)
    return np.array(made, dtype=object)


@pytest.fixture(params=[30, 4000], ids=["many tiles", "few tiles"])
def leaf(request, monkeypatch):
    monkeypatch.setattr(overlay, "_LEAF", request.param)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 40), st.sampled_from([30, 200]))
def test_tiles_are_the_union_and_share_no_area(seed, count, size):
    town = scattered(seed, count)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlay, "_LEAF", size)
        tiles = disjoint(town)
    union = shapely.union_all(town)
    assert shapely.area(tiles).sum() == pytest.approx(shapely.area(union), rel=1e-11)
    assert shapely.area(shapely.symmetric_difference(shapely.union_all(tiles), union)) < 1e-4
    one, two = shapely.STRtree(tiles).query(tiles, predicate="intersects")
    apart = one < two
    assert shapely.area(shapely.intersection(tiles[one[apart]], tiles[two[apart]])).sum() < 1e-6


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 20), st.integers(1, 40))
def test_covered_area_is_that_of_the_giant_union(seed, targets, count):
    parcels, services = scattered(seed, targets), scattered(seed + 1, count)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlay, "_LEAF", 60)
        found = covered(parcels, services, TOWN)
    brute = area(shapely.intersection(parcels, shapely.union_all(services)), TOWN)
    np.testing.assert_allclose(found, brute, rtol=1e-9, atol=1e-6)
    rest = area(outside(parcels, disjoint(services)), TOWN)
    np.testing.assert_allclose(found + rest, area(parcels, TOWN), rtol=1e-10, atol=1e-6)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_pieces_are_each_pair_cut_by_hand(seed):
    left, right = scattered(seed, 12), scattered(seed + 1, 12)
    found = pieces(left, right)
    at = {(i, j): float(m2) for i, j, m2 in zip(found.left, found.right, shapely.area(found.shapes), strict=True)}
    assert len(at) == len(found.left)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            assert at.get((i, j), 0.0) == pytest.approx(a.intersection(b).area, abs=1e-6)


def test_a_giant_polygon_is_cut_to_the_same_pieces(monkeypatch):
    # a shore of 20,000 vertices against boxes of 5: the clip to the box must change nothing
    angle = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    radius = 200 + 20 * np.sin(50 * angle) + np.random.default_rng(3).uniform(-1, 1, len(angle))
    shore = shapely.Polygon(
        np.column_stack([EAST + 200 + radius * np.cos(angle), NORTH + 200 + radius * np.sin(angle)])
    )
    grid = np.array(
        [
            shapely.box(EAST + x, NORTH + y, EAST + x + 25, NORTH + y + 25)
            for x in range(-50, 450, 25)
            for y in range(-50, 450, 25)
        ]
    )
    found = pieces(grid, np.array([shore]))
    brute = shapely.area(shapely.intersection(grid, shore))
    assert np.bincount(found.left, shapely.area(found.shapes), minlength=len(grid)) == pytest.approx(brute, abs=1e-6)
    assert shapely.area(found.shapes).sum() == pytest.approx(shore.area, rel=1e-12)


def test_polygons_that_only_touch_share_nothing():
    corner = pieces(np.array([shapely.box(0, 0, 1, 1)]), np.array([shapely.box(1, 1, 2, 2), shapely.box(1, 0, 2, 1)]))
    assert len(corner.left) == 0


@pytest.mark.usefixtures("leaf")
def test_overlap_is_what_blind_addition_counts_again():
    # 100 x 100 twice with 20 x 100 in common: 20000 - 18000 = 2000 (gridtown V1 and V2)
    trees = np.array(
        [
            shapely.box(EAST + 320, NORTH + 120, EAST + 420, NORTH + 220),
            shapely.box(EAST + 400, NORTH + 120, EAST + 500, NORTH + 220),
        ]
    )
    assert overlap(trees, TOWN) == pytest.approx(2000, rel=1e-6)
    assert overlap(trees[:1], TOWN) == 0


@pytest.mark.usefixtures("leaf")
def test_each_group_is_united_apart():
    boxes = np.array(
        [shapely.box(EAST, NORTH, EAST + 10, NORTH + 10)] * 3 + [shapely.box(EAST + 5, NORTH, EAST + 15, NORTH + 10)]
    )
    # group 0: one box twice = 100; group 1: nothing; group 2: 0..10 and 5..15 = 150
    assert union_areas(boxes, np.array([0, 0, 2, 2]), 3, TOWN) == pytest.approx([100, 0, 150], rel=1e-6)


def test_features_stacked_on_one_spot_end_the_quartering(monkeypatch):
    monkeypatch.setattr(overlay, "_LEAF", 20)
    stack = np.array([shapely.buffer(shapely.Point(EAST, NORTH), 10 + i / 1000) for i in range(50)])
    assert shapely.area(disjoint(stack)).sum() == pytest.approx(shapely.union_all(stack).area, rel=1e-12)


def test_clip_keeps_one_shape_a_feature_in_file_order():
    found = clip(
        np.array([shapely.box(0, 0, 2, 2), shapely.box(8, 8, 9, 9), None, shapely.Polygon()], dtype=object),
        shapely.box(1, 1, 5, 5),
    )
    assert shapely.area(found).tolist() == [1, 0, 0, 0]


def test_points_and_lines_left_over_from_an_intersection_are_no_area():
    mixed = shapely.GeometryCollection(
        [
            shapely.Point(0, 0),
            shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)]),
            shapely.LineString([(0, 0), (1, 1)]),
        ]
    )
    found = only_polygons(np.array([mixed, shapely.LineString([(0, 0), (1, 1)]), None], dtype=object))
    assert found[0].geom_type == "MultiPolygon"
    assert found[0].area == 2
    assert found[1].is_empty
    assert found[2] is None


def test_empty_and_missing_geometries_cover_nothing():
    odd = np.array([None, shapely.Polygon()], dtype=object)
    assert len(disjoint(odd)) == 0
    assert covered(np.array([shapely.box(0, 0, 1, 1)]), odd, TOWN).tolist() == [0.0]
    assert overlap(odd, TOWN) == 0
    assert len(pieces(odd, odd).shapes) == 0


def test_a_sliver_the_fast_clip_cannot_cut_is_cut_exactly():
    # GEOS: "Invalid number of points in LinearRing found 3" when the fast clip meets this needle at this edge
    needle = shapely.Polygon([
        (500886.22959315806, 4334249.379511258), (500842.7482391553, 4334254.102119816), (500889.6903056582, 4334249.003635418),
    ])  # fmt: skip
    ground = shapely.box(500001.0264099631, 4334002.1314587165, 500843.2645758311, 4334911.466036009)
    many = shapely.MultiPolygon([needle, shapely.Point(500400, 4334400).buffer(100, quad_segs=100)])
    shared = pieces(np.array([ground]), np.array([many]))
    assert area(shared.shapes, TOWN).sum() == pytest.approx(float(shapely.area(many.geoms[1])), rel=1e-6)

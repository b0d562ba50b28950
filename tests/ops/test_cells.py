"""Sums over the cells of a grid, held against cells cut out one by one and against exactextract."""

import warnings

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.ops import cells
from geoplan.ops.cells import sums

seeds = st.integers(0, 100_000)


def blobs(seed, count, span=20):
    """Discs, rings with a hole off centre, boxes on the lines of the grid, needles, several parts; turned either way."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        at = rng.uniform(-4, span + 4, 2)
        disc = shapely.buffer(shapely.Point(at), rng.uniform(0.05, span / 2), quad_segs=int(rng.integers(1, 7)))
        kind = int(rng.integers(0, 5))
        if kind == 1:
            disc = shapely.difference(disc, shapely.buffer(shapely.Point(at + 0.1), 0.3))
        if kind == 2:
            disc = shapely.box(*np.floor(at), *(np.floor(at) + rng.integers(1, 9, 2)))
        if kind == 3:
            disc = shapely.Polygon(at + np.array([(0, 0), (9, 1e-3), (0, 2e-3)]))
        if kind == 4:
            disc = shapely.MultiPolygon([shapely.box(*at, *(at + 0.5)), shapely.box(*(at + 1), *(at + 3))])
        made.append(shapely.reverse(disc) if rng.uniform() < 0.5 else disc)
    return np.array(made, dtype=object)


def by_hand(polygons, layers, left, top):
    _, height, width = layers.shape
    squares = np.array(
        [[shapely.box(left + c, top + r, left + c + 1, top + r + 1) for c in range(width)] for r in range(height)]
    )
    held = np.array([shapely.area(shapely.intersection(squares, p)) for p in polygons])
    return np.einsum("lrc,prc->lp", layers, held)


@settings(deadline=None, max_examples=40)
@given(seeds, st.integers(0, 6), st.integers(0, 6), st.sampled_from([10, 1_000_000]))
def test_sums_are_those_of_cells_cut_out_one_by_one(seed, left, top, chunk):
    layers = np.random.default_rng(seed).uniform(-1, 3, (2, 9, 13))
    polygons = blobs(seed, 12)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "_CHUNK", chunk)
        found = sums(polygons, layers, left=left, top=top)
    np.testing.assert_allclose(found, by_hand(polygons, layers, left, top), rtol=0, atol=1e-11)


@settings(deadline=None, max_examples=20)
@given(seeds)
def test_sums_are_those_of_exactextract_to_its_single_precision(seed):
    from exactextract import exact_extract
    from exactextract.raster import NumPyRasterSource

    layer = np.random.default_rng(seed).uniform(0, 1, (20, 20))
    # its rows run upwards from the bottom; needles on the lines of the grid are not for it
    discs = np.array([b for b in blobs(seed, 30) if b.area > 0.1 and len(b.wkt) > 300], dtype=object)
    upright = shapely.transform(discs, lambda xy: xy * (1, -1) + (0, 20))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        done = (
            exact_extract(
                NumPyRasterSource(layer),
                [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(p)} for p in upright],
                ["sum"],
            )
            if len(discs)
            else []
        )
    theirs = [feature["properties"]["sum"] for feature in done]
    np.testing.assert_allclose(sums(discs, layer[None])[0], np.array(theirs, dtype=float), rtol=1e-5, atol=1e-5)


@settings(deadline=None, max_examples=40)
@given(seeds, st.floats(1, 19), st.floats(1, 19))
def test_parts_of_a_polygon_share_out_its_cells_to_the_last_digits(seed, x, y):
    polygons = blobs(seed, 8)
    layers = np.random.default_rng(seed).uniform(0, 1, (1, 20, 20))
    tiles = [shapely.box(w, s, e, n) for w, e in ((-99, x), (x, 99)) for s, n in ((-99, y), (y, 99))]
    shared = sum(sums(shapely.intersection(polygons, tile), layers) for tile in tiles)
    np.testing.assert_allclose(shared, sums(polygons, layers), rtol=0, atol=1e-11)


def test_a_polygon_far_larger_than_the_block_holds_all_of_it():
    layers = np.arange(12.0).reshape(1, 3, 4)
    assert sums(np.array([shapely.box(-1e6, -1e6, 1e6, 1e6)]), layers) == pytest.approx(66)
    assert sums(
        np.array([shapely.box(-9, -9, 0, 9), shapely.box(4, 0, 9, 9), shapely.box(0, 3, 4, 9)]), layers
    ).tolist() == [[0, 0, 0]]


def test_missing_and_empty_polygons_hold_nothing():
    odd = np.array([None, shapely.Polygon(), shapely.box(0, 0, 1, 1)], dtype=object)
    assert sums(odd, np.full((1, 2, 2), 5.0)).tolist() == [[0, 0, 5]]
    assert sums(np.array([], dtype=object), np.ones((2, 2, 2))).shape == (2, 0)

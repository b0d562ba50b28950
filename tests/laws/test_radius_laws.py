"""Laws of service radii: more green never serves less, and tiles, zones, order and place change nothing."""

import dataclasses
import functools
import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.methods.service_radius import service_radius

law = settings(deadline=None, max_examples=15)
seeds = st.integers(0, 100_000)
HOW = {"sizes": (2000.0, 800.0, 0.0), "radii": (200.0, 120.0, 60.0)}


def answer(layers, place=None, weight="area", **how):
    supply = layers["supply"]
    return service_radius(layers["demand"], (supply,), place=place or layers["place"], weight=weight, **(HOW | how))


def flat(measure):
    rows = [measure.overall, *(row.value for level in measure.by_zone.values() for row in level)]
    return np.array([[r.part, r.whole, r.unknown] for r in rows])


def weights(found):
    return np.concatenate([flat(found.weights[w]) for w in ("count", "area", "population")])


def same(one, other, atol=0.01):
    np.testing.assert_allclose(weights(one), weights(other), rtol=0, atol=atol)


def half_known(layers, seed):
    """The same town where of some facilities nobody knows what they are."""
    supply = layers["supply"]
    blank = np.random.default_rng(seed).uniform(size=len(supply.frame)) < 0.4
    kinds = np.where(blank, None, "park").astype(object)
    return layers | {
        "supply": dataclasses.replace(supply, data=supply.frame.assign(**{"class": kinds})).of_classes(("park",))
    }


@law
@given(seeds)
def test_four_tiles_are_the_whole(towns, seed):
    layers = half_known(towns["town"](seed), seed)
    four = [answer(layers, tile).weights for tile in towns["tiles"](layers["place"], np.random.default_rng(seed))]
    for name, whole in answer(layers).weights.items():
        summed = functools.reduce(operator.add, (tile[name] for tile in four if tile[name] is not None))
        np.testing.assert_allclose(flat(whole), flat(summed), rtol=0, atol=0.01)


@law
@given(seeds)
def test_moving_the_town_or_its_rows_changes_nothing(towns, seed):
    layers = half_known(towns["town"](seed), seed)
    # people nobody counted stand in neither half wherever their parcel stands in the file
    same(answer(layers), answer(towns["shuffled"](layers, seed)))
    same(answer(layers), answer(towns["moved"](layers, 300_000.0)), atol=1.0)


@law
@given(seeds)
def test_part_and_unknown_lie_in_the_whole(towns, seed):
    rows = weights(answer(half_known(towns["town"](seed), seed)))
    assert (rows >= 0).all()
    assert (rows[:, 0] + rows[:, 2] <= rows[:, 1] + 0.01).all()


@law
@given(seeds)
def test_what_nobody_knows_never_raises_the_floor(towns, seed):
    layers = towns["town"](seed)
    known, unknown = weights(answer(layers)), weights(answer(half_known(layers, seed)))
    assert (unknown[:, 0] <= known[:, 0] + 0.01).all()
    assert (unknown[:, 0] + unknown[:, 2] >= known[:, 0] - 0.01).all()


@law
@given(seeds, st.integers(0, 3))
def test_one_facility_more_and_a_longer_radius_never_serve_less(towns, seed, without):
    layers = towns["town"](seed)
    supply = layers["supply"]
    fewer = layers | {
        "supply": dataclasses.replace(supply, data=supply.frame.drop(index=without).reset_index(drop=True))
    }
    longer = answer(layers, radii=(260.0, 160.0, 90.0))
    for less, more in ((answer(fewer), answer(layers)), (answer(layers), longer)):
        assert (weights(less)[:, 0] <= weights(more)[:, 0] + 0.01).all()


@law
@given(seeds)
def test_zones_that_fill_the_place_add_up_to_it(towns, seed):
    rows = flat(answer(half_known(towns["town"](seed), seed)).measure)
    assert rows[1:].sum(axis=0) == pytest.approx(rows[0], abs=0.01)

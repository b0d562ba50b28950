"""What must hold of every kind within reach, in every town."""

import dataclasses
import functools
import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.methods.reach import reach
from geoplan.methods.reach_each import reach_each

SEEDS = st.integers(0, 2**32 - 1)
MODES = st.sampled_from(["walk", "straight"])
KINDS = np.array(["shop", "clinic", None], dtype=object)
FAR = 431.7
law = settings(max_examples=20, deadline=None)


def town(towns, seed):
    """A town whose facilities are shops, clinics, or nobody knows what."""
    here = towns["town"](seed, facilities=7)
    says = np.random.default_rng(seed).choice(KINDS, 7)
    supply = here["supply"]
    return here | {"supply": dataclasses.replace(supply, data=supply.frame.assign(**{"class": says}))}


def ask(here, kinds=("shop", "clinic"), method=reach_each, **how):
    far = {"distance": FAR} if method is reach_each else {"distance": (how.pop("distance", FAR),)}
    return method(**(here | {"supply": (here["supply"].of_classes(kinds),), "weight": "count"} | far | how))


def halves(outcome):
    return [x for r in outcome.weights.values() if r for x in (r.overall.part, r.overall.whole, r.overall.unknown)]


@law
@given(seed=SEEDS, mode=MODES)
def test_four_tiles_are_the_whole(towns, seed, mode):
    here = town(towns, seed)
    tiles = towns["tiles"](here["place"], np.random.default_rng(seed))
    parts = [ask(here | {"place": tile}, mode=mode) for tile in tiles]
    assert functools.reduce(operator.add, map(np.array, map(halves, parts))) == pytest.approx(
        halves(ask(here, mode=mode))
    )


@law
@given(seed=SEEDS, mode=MODES)
def test_the_order_of_rows_and_of_kinds_changes_nothing(towns, seed, mode):
    here = town(towns, seed)
    one, other = ask(here, mode=mode), ask(towns["shuffled"](here, seed), ("clinic", "shop"), mode=mode)
    assert halves(other) == pytest.approx(halves(one))


@law
@given(seed=SEEDS, mode=MODES)
def test_all_kinds_are_no_more_than_each(towns, seed, mode):
    here = town(towns, seed)
    both = ask(here, mode=mode).weights["count"].overall
    each = [ask(here, (kind,), reach, mode=mode).weights["count"].overall for kind in ("shop", "clinic")]
    assert both.part <= min(one.part for one in each)
    assert both.part + both.unknown <= min(one.part + one.unknown for one in each)
    assert both.part >= sum(one.part for one in each) - both.whole


@law
@given(seed=SEEDS, mode=MODES, farther=st.floats(1, 600))
def test_a_longer_walk_never_serves_fewer(towns, seed, mode, farther):
    here = town(towns, seed)
    near, far = (ask(here, mode=mode, distance=d).weights["count"].overall.part for d in (FAR, FAR + farther))
    assert far >= near


@law
@given(seed=SEEDS, mode=MODES, which=st.integers(0, 6))
def test_a_class_nobody_knows_never_raises_the_floor(towns, seed, mode, which):
    here = town(towns, seed)
    frame = here["supply"].frame
    blank = frame.assign(**{"class": np.where(np.arange(7) == which, None, frame["class"])})
    less = ask(here | {"supply": dataclasses.replace(here["supply"], data=blank)}, mode=mode).weights["count"].overall
    known = ask(here, mode=mode).weights["count"].overall
    assert less.part <= known.part
    assert less.part + less.unknown >= known.part + known.unknown

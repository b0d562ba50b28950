"""What must hold of reach in every town."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.methods.reach import reach

SEEDS = st.integers(0, 2**32 - 1)
RULES = st.sampled_from(["parcel", "area"])
MODES = st.sampled_from(["walk", "straight"])
# a distance no sum of round numbers comes to, lest the last digit decide
FAR = 431.7


def ask(layers, **how):
    given = {n: layer for n, layer in layers.items() if n != "supply"} | {"supply": (layers["supply"],)}
    return reach(**(given | {"weight": "count", "distance": (FAR,)} | how))


def halves(outcome):
    return {
        weight: (r.overall.part, r.overall.whole, r.overall.unknown)
        for weight, r in outcome.weights.items()
        if r is not None
    }


def by_id(outcome, column):
    return outcome.evidence["demand"].set_index("id")[column].sort_index()


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, north=st.sampled_from([1234.5678, -777.123456789]), snap=st.sampled_from(["edge", "node"]))
def test_moving_the_town_changes_nothing(towns, seed, north, snap):
    here = towns["town"](seed)
    one, other = ask(here, snap=snap), ask(towns["moved"](here, north), snap=snap)
    for column in ("metres", "straight"):
        pd.testing.assert_series_equal(by_id(one, column), by_id(other, column), rtol=1e-6, atol=1e-5)
    assert by_id(one, "reason").tolist() == by_id(other, "reason").tolist()
    for weight, amounts in halves(one).items():
        assert halves(other)[weight] == pytest.approx(amounts, rel=1e-6, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, rule=RULES, mode=MODES)
def test_the_order_of_rows_changes_nothing(towns, seed, rule, mode):
    here = towns["town"](seed)
    one, other = ask(here, rule=rule, mode=mode), ask(towns["shuffled"](here, seed), rule=rule, mode=mode)
    pd.testing.assert_series_equal(by_id(one, "metres"), by_id(other, "metres"), rtol=1e-12, atol=1e-9)
    assert by_id(one, "status").tolist() == by_id(other, "status").tolist()
    for weight, amounts in halves(one).items():
        assert halves(other)[weight] == pytest.approx(amounts, rel=1e-9, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, rule=RULES, mode=MODES)
def test_zones_that_fill_the_place_add_up_to_it(towns, seed, rule, mode):
    found = ask(towns["town"](seed), rule=rule, mode=mode)
    for ratio in (r for r in found.weights.values() if r is not None):
        rows = [row.value for row in ratio.by_zone["halves"]]
        assert sum(r.part for r in rows) == pytest.approx(ratio.overall.part, rel=1e-10, abs=1e-9)
        assert sum(r.whole for r in rows) == pytest.approx(ratio.overall.whole, rel=1e-10, abs=1e-9)
        assert sum(r.unknown for r in rows) == pytest.approx(ratio.overall.unknown, rel=1e-10, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, rule=RULES, mode=MODES)
def test_four_tiles_are_the_whole(towns, seed, rule, mode):
    here = towns["town"](seed)
    whole = ask(here, rule=rule, mode=mode)
    parts = [
        ask(here | {"place": t}, rule=rule, mode=mode)
        for t in towns["tiles"](here["place"], np.random.default_rng(seed))
    ]
    for weight, amounts in halves(whole).items():
        total = (
            parts[0].weights[weight] + parts[1].weights[weight] + parts[2].weights[weight] + parts[3].weights[weight]
        )
        summed = (total.overall.part, total.overall.whole, total.overall.unknown)
        assert summed == pytest.approx(amounts, rel=1e-10, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, rule=RULES, mode=MODES, farther=st.floats(1.0, 600.0))
def test_a_longer_walk_never_lowers_reach(towns, seed, rule, mode, farther):
    here = towns["town"](seed)
    near, far = (ask(here, rule=rule, mode=mode, distance=(d,)) for d in (FAR, FAR + farther))
    for weight, (part, _, _) in halves(near).items():
        assert halves(far)[weight][0] >= part - 1e-6


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, rule=RULES, mode=MODES)
def test_one_more_facility_never_lowers_reach(towns, seed, rule, mode):
    here = towns["town"](seed, facilities=5)
    frame = here["supply"].frame
    fewer = dataclasses.replace(here["supply"], data=frame[:-1])
    few, more = ask(here | {"supply": fewer}, rule=rule, mode=mode), ask(here, rule=rule, mode=mode)
    assert (by_id(more, "metres") <= by_id(few, "metres") + 1e-9).all()
    for weight, (part, _, _) in halves(few).items():
        assert halves(more)[weight][0] >= part - 1e-6


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_nobody_walks_less_than_the_straight_line(towns, seed):
    found = ask(towns["town"](seed))
    assert (by_id(found, "straight") <= by_id(found, "walk") + 1e-5).all()


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, mode=MODES)
def test_by_area_no_more_of_a_home_is_served_than_there_is(towns, seed, mode):
    found = ask(towns["town"](seed), rule="area", mode=mode, weight="area")
    for ratio in (r for r in found.weights.values() if r is not None):
        for row in (ratio.overall, *(row.value for row in ratio.by_zone["halves"])):
            assert 0 <= row.part <= row.whole
            assert row.part + row.unknown <= row.whole * (1 + 1e-10) + 1e-6


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_a_facility_of_no_known_class_only_widens_what_is_unknown(towns, seed):
    here = towns["town"](seed)
    frame = here["supply"].frame.assign(**{"class": ["shop"] * 3 + [None]})
    classed = dataclasses.replace(here["supply"], data=frame)
    fewer = dataclasses.replace(classed, data=frame[:-1])
    found = ask(here | {"supply": classed.of_classes(("shop",))})
    least, most = ask(here | {"supply": fewer}), ask(here)
    part, _, unknown = halves(found)["count"]
    assert part == halves(least)["count"][0]
    assert part + unknown >= halves(most)["count"][0]

"""What must hold of catchments in every town."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.methods.catchment import catchment

SEEDS = st.integers(0, 2**32 - 1)
MODES = st.sampled_from(["straight", "walk"])


def ask(layers, **how):
    given = {n: layer for n, layer in layers.items() if n != "demand_entrances"}
    return catchment(**(given | {"weight": "area", "distance": (331.7, 150.0)} | how))


def halves(outcome):
    return {
        w: (r.overall.part, r.overall.whole, r.overall.unknown) for w, r in outcome.weights.items() if r is not None
    }


def column(outcome, name):
    table = outcome.tables["stations"]
    names = [c.name for c in table.columns]
    at, ids, rings = names.index(name), names.index("id"), names.index("ring")
    # a catchment that could not be drawn is -1 here: it must be that in both towns
    return {(row[ids], row[rings]): -1.0 if row[at] is None else row[at] for row in table.rows}


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, mode=MODES)
def test_moving_the_town_changes_nothing(towns, seed, mode):
    here = towns["town"](seed)
    one, other = ask(here, mode=mode), ask(towns["moved"](here, 1234.5678), mode=mode)
    for weight, amounts in halves(one).items():
        assert halves(other)[weight] == pytest.approx(amounts, rel=1e-6, abs=1e-3)
    for name in ("radius_area", "walk_area", "homes", "own_people"):
        assert column(other, name) == pytest.approx(column(one, name), rel=1e-6, abs=1e-3)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, mode=MODES)
def test_the_order_of_rows_changes_nothing(towns, seed, mode):
    here = towns["town"](seed)
    one, other = ask(here, mode=mode), ask(towns["shuffled"](here, seed), mode=mode)
    for weight, amounts in halves(one).items():
        assert halves(other)[weight] == pytest.approx(amounts, rel=1e-9, abs=1e-6)
    for name in ("walk_area", "homes", "own_homes"):
        assert column(other, name) == pytest.approx(column(one, name), rel=1e-9, abs=1e-4)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, mode=MODES)
def test_zones_that_fill_the_place_add_up_to_it(towns, seed, mode):
    found = ask(towns["town"](seed), mode=mode)
    for ratio in (r for r in found.weights.values() if r is not None):
        rows = [row.value for row in ratio.by_zone["halves"]]
        for half in ("part", "whole", "unknown"):
            slack = 1e-10 * ratio.overall.whole + 1e-6
            assert sum(getattr(r, half) for r in rows) == pytest.approx(getattr(ratio.overall, half), abs=slack)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, mode=MODES)
def test_four_tiles_are_the_whole(towns, seed, mode):
    here = towns["town"](seed)
    whole = ask(here, mode=mode)
    parts = [ask(here | {"place": t}, mode=mode) for t in towns["tiles"](here["place"], np.random.default_rng(seed))]
    for weight, amounts in halves(whole).items():
        total = (
            parts[0].weights[weight] + parts[1].weights[weight] + parts[2].weights[weight] + parts[3].weights[weight]
        )
        summed = (total.overall.part, total.overall.whole, total.overall.unknown)
        assert summed == pytest.approx(amounts, abs=1e-10 * amounts[1] + 1e-6)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, mode=MODES, farther=st.floats(1.0, 300.0))
def test_a_wider_ring_never_holds_less(towns, seed, mode, farther):
    here = towns["town"](seed)
    near, far = (ask(here, mode=mode, distance=(d,)) for d in (200.0, 200.0 + farther))
    for weight, (part, _, _) in halves(near).items():
        assert halves(far)[weight][0] >= part * (1 - 1e-3) - 1e-3
    for (station, _), walked in column(near, "walk_area").items():
        if walked >= 0:
            assert column(far, "walk_area")[station, 200.0 + farther] >= walked * (1 - 1e-9)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, mode=MODES)
def test_one_more_station_never_lowers_coverage(towns, seed, mode):
    here = towns["town"](seed, facilities=4)
    fewer = dataclasses.replace(here["supply"], data=here["supply"].frame[:-1])
    few, more = ask(here | {"supply": fewer}, mode=mode), ask(here, mode=mode)
    for weight, (part, _, _) in halves(few).items():
        assert halves(more)[weight][0] >= part - 1e-6 * max(part, 1.0)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, mode=MODES)
def test_what_is_shared_out_is_what_is_covered(towns, seed, mode):
    here = towns["town"](seed)
    # nobody stands apart: a station no street leads to has a ring that is not walked
    found = ask(here, mode=mode)
    own, held = column(found, "own_homes"), column(found, "homes" if mode == "straight" else "walk_homes")
    shared = sum(value for (_, ring), value in own.items() if ring == 331.7 and value >= 0)
    inside = dataclasses.replace(here["place"], boundary=here["place"].boundary.buffer(1000))
    covered = ask(here | {"place": inside}, mode=mode).measure.overall.part
    assert shared == pytest.approx(covered, rel=1e-7, abs=1e-3)
    for key, value in own.items():
        assert value <= max(held[key], 0.0) + 1e-3


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_walkable_ground_lies_in_the_ring_and_the_ring_is_a_disc(towns, seed):
    found = ask(towns["town"](seed))
    rings, walks, ratio = (column(found, name) for name in ("radius_area", "walk_area", "shed_ratio"))
    for key, walked in walks.items():
        if walked >= 0:
            assert walked <= rings[key] * (1 + 1e-9)
            assert 0 <= ratio[key] <= 100 * (1 + 1e-9)

"""Over a thousand things a study says wrongly of a control layer: nobody becomes clear, nothing is raised but a sentence."""

import random

import pytest
import slow_damage as damage
from slow_bench import all_sound

pytestmark = pytest.mark.slow
CASES = 1_800


def test_whatever_a_study_says_wrongly_of_it_nobody_is_cleared(line, counted):
    line.put(line.kept)

    def cases():
        for seed in range(-(-CASES // len(damage.FORMATS))):
            said = damage.said_of(line.declared, random.Random(f"{line.ending} said {seed}"))
            yield (seed, {k: said[k] for k in said if said[k] != line.declared.get(k)}), said

    seen = all_sound(line, cases())
    counted(seen)
    assert seen["refused"] > 20, seen

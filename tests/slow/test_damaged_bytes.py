"""Over five thousand damages to the bytes of a control layer: nobody becomes clear, nothing but a sentence is raised."""

import random

import pytest
import slow_damage as damage
from slow_bench import all_sound

pytestmark = pytest.mark.slow
CASES = 5_400


def test_whatever_bytes_are_harmed_the_site_inside_is_not_cleared(line, counted):
    def cases():
        for seed in range(-(-CASES // len(damage.FORMATS))):
            line.put(damage.harmed(line.kept, random.Random(f"{line.ending} {seed}")))
            yield seed, line.declared

    seen = all_sound(line, cases())
    counted(seen)
    assert seen["refused"] > 20, seen
    assert seen["unharmed"] > 10, seen

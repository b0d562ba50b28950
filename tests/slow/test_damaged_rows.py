"""Over a thousand damages to the rows of a control layer: nobody becomes clear, nothing but a sentence is raised."""

import random

import pytest
import slow_damage as damage
from slow_bench import all_sound

pytestmark = pytest.mark.slow
CASES = 1_200


def test_whatever_is_done_to_its_rows_nobody_is_cleared(line, counted):
    def cases():
        for seed in range(-(-CASES // len(damage.FORMATS))):
            kind, frame = damage.rows_of(damage.table(), random.Random(f"{line.ending} rows {seed}"))
            line.put({})
            if damage.written(frame, line.desk.folder, line.ending):
                yield (seed, kind), line.declared

    seen = all_sound(line, cases())
    counted(seen)
    assert seen["forbidden"] > 20, seen

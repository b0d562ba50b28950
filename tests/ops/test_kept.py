"""What was worked out on shapes is kept while a run lasts: never for other shapes, never longer, never too much."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pytest
import shapely

from geoplan.ops import kept as room
from geoplan.ops.kept import keeping, kept


class Pair(NamedTuple):
    shapes: np.ndarray
    of: np.ndarray


@pytest.fixture
def counted():
    asked = []

    @kept
    def work(*arrays):
        asked.append([len(a) for a in arrays])
        return Pair(np.concatenate(arrays), np.arange(sum(map(len, arrays))))

    return work, asked


def squares(*corners):
    return np.array([shapely.box(x, 0, x + 1, 1) for x in corners], dtype=object)


def test_other_coordinates_order_or_grouping_are_another_question(counted):
    work, asked = counted
    with keeping():
        for arrays in (
            [squares(0, 1)],
            [squares(1, 0)],
            [squares(0), squares(1)],
            [squares(0, 1 + 1e-12)],
            [squares(0, 1), squares()],
        ):
            work(*arrays)
        assert len(asked) == 5
        work(squares(0), squares(1))
        assert len(asked) == 5


def test_who_changes_an_answer_does_not_change_what_is_kept(counted):
    work, asked = counted
    with keeping():
        first = work(squares(0, 1))
        first.shapes[0] = None
        first.of[:] = 7
        again = work(squares(0, 1))
    assert len(asked) == 1
    assert isinstance(again, Pair)
    assert not shapely.is_missing(again.shapes).any()
    assert again.of.tolist() == [0, 1]


def test_nothing_outlives_the_run_and_a_run_within_a_run_has_its_own(counted):
    work, asked = counted
    work(squares(0))
    with keeping():
        work(squares(0))
        with keeping():
            work(squares(0))
        work(squares(0))
    work(squares(0))
    assert len(asked) == 4


def test_what_is_kept_stays_with_the_thread_that_asked(counted):
    work, asked = counted
    with keeping(), ThreadPoolExecutor(1) as pool:
        work(squares(0))
        pool.submit(work, squares(0)).result()
    assert len(asked) == 2


def test_the_oldest_is_forgotten_first_when_there_is_too_much(counted, monkeypatch):
    work, asked = counted
    monkeypatch.setattr(room, "MOST", 12)  # two squares of five vertices, not three
    with keeping():
        for corner in (0, 1, 0, 2, 0, 1):
            work(squares(corner))
    assert len(asked) == 4

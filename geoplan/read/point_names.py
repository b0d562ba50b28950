"""The names of boundary points, as witnesses: numbers out of order, and a number that is missing."""

import re
from itertools import pairwise

from geoplan.errors import GeometryError, GeoplanError
from geoplan.measure import Note
from geoplan.read.survey import Loop

__all__ = ["skipped", "text_order"]


def text_order(loop: Loop, file: str) -> GeoplanError | None:
    """The doubt about points sorted as texts (J1, J10, J11, J2), which no surveyor walks along; None for others.

    >>> import numpy as np
    >>> from geoplan.read.survey import at_line
    >>> names = ("J1", "J10", "J2", "J3", "J4", "J5", "J6", "J7", "J8", "J9")
    >>> text_order(Loop("1", names, np.zeros((10, 2)), at_line), "a.xlsx").fields["point"]
    'J10'
    >>> text_order(Loop("1", ("J1", "J2"), np.zeros((2, 2)), at_line), "a.xlsx") is None
    True
    """
    numbers = _numbers(loop)
    if list(loop.labels) != sorted(loop.labels):
        return None
    row = next((n for n in range(1, len(numbers)) if numbers[n] < numbers[n - 1]), None)
    if row is None:
        return None
    point = loop.labels[row - 1]
    return GeometryError("site_file.text_order", file=file, where=loop.spot(row - 1), point=point)


def skipped(loop: Loop, *, first: bool) -> Note | None:
    """The note that one number is missing among points counted one by one: a row may have been lost.

    Args:
        loop: a ring.
        first: whether it is the first of its plot, so that its points are counted from 1.

    >>> import numpy as np
    >>> from geoplan.read.survey import at_line
    >>> skipped(Loop("1", ("J1", "J2", "J4", "J5"), np.zeros((4, 2)), at_line), first=True).fields["after"]
    'J2'
    >>> skipped(Loop("1", ("J1", "J7", "J9"), np.zeros((3, 2)), at_line), first=True) is None
    True
    """
    numbers = _numbers(loop)
    if not numbers:
        return None
    steps = [b - a for a, b in pairwise(numbers)]
    gaps = [n for n, step in enumerate(steps) if step != 1]
    if first and not gaps and 1 < numbers[0] <= _FEW:
        return Note("site_note.late_start", {"where": loop.spot(0), "point": loop.labels[0]})
    if len(gaps) != 1 or not 1 < steps[gaps[0]] <= _FEW + 1:
        return None
    n = gaps[0]
    said = {"where": loop.spot(n + 1), "after": loop.labels[n], "then": loop.labels[n + 1]}
    return Note("site_note.skipped", said)


_FEW = 3
"""Numbers that are missing by mistake; a larger step is how somebody numbers."""


def _numbers(loop: Loop) -> list[int]:
    """The numbers in the names; none where a name has none."""
    found = [re.fullmatch(r"\D*(\d+)", label) for label in loop.labels]
    return [int(m[1]) for m in found if m] if all(found) else []

"""Something about a layer that a planner should see before the number: what, where, how grave, what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from geoplan.measure import Note

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Grave: TypeAlias = Literal["refused", "doubt", "remark"]

__all__ = ["GRAVES", "Grave", "Oddity", "worst_first"]

GRAVES: tuple[Grave, ...] = ("refused", "doubt", "remark")
"""Worst first."""


def _no_shapes() -> "NDArray[np.object_]":
    import numpy as np

    return np.empty(0, dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class Oddity:
    """Something about a layer that a planner should see before the number.

    Attributes:
        kind: a word for machines: `shifted_frame`, `overlap`, `near_duplicate`, `expired` …
        layer: the layer, as a study names it (`wetlands@2020` is a state).
        grave: `refused`, it cannot be used; `doubt`, a number may be wrong; `remark`, good to know.
        note: the sentence: where, what, and what would be right.
        count: how many features it touches.
        area: square metres it touches; 0 where it touches none, or they do not matter.
        shapes: what to draw of it, in the study CRS.
        ids: of the features, as many as are worth naming.
    """

    kind: str
    layer: str
    grave: Grave
    note: Note
    count: int = 0
    area: float = 0.0
    shapes: "NDArray[np.object_]" = field(default_factory=_no_shapes)
    ids: tuple[str, ...] = ()


def worst_first(oddities: Iterable[Oddity]) -> tuple[Oddity, ...]:
    """Oddities in the order they are shown: the gravest first, then those that touch the most.

    >>> few, many = (Oddity("gap", "zones", "remark", Note("oddity.gap"), count=n) for n in (1, 5))
    >>> grave = Oddity("expired", "zones", "doubt", Note("oddity.expired"))
    >>> [(o.kind, o.count) for o in worst_first([few, many, grave])]
    [('expired', 0), ('gap', 5), ('gap', 1)]
    >>> worst_first([])
    ()
    """
    return tuple(sorted(oddities, key=lambda o: (GRAVES.index(o.grave), -o.area, -o.count, o.kind)))

"""Values with both halves kept: part, whole and unknown, by zone, with an honest total.

The one tolerance of the house stands here. Nothing else is tolerant.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from geoplan import units
from geoplan.errors import GeoplanError
from geoplan.table import Column, Table
from geoplan.words import Language, say

if TYPE_CHECKING:
    import geopandas as gpd


__all__ = [
    "DISTANCE_TOLERANCE",
    "RELATIVE_TOLERANCE",
    "SMALLEST",
    "Change",
    "Column",
    "Flow",
    "Halves",
    "Index",
    "Measure",
    "Note",
    "Outcome",
    "Ratio",
    "Row",
    "Table",
    "Total",
    "dimension",
    "slack",
]

RELATIVE_TOLERANCE = 1e-10
"""Amounts within this share of the whole are equal (a square cut in 1,444 pieces sums to 99.99999999995549 %)."""
SMALLEST = 1e-6
"""... and so are amounts within this many m2 or m."""
DISTANCE_TOLERANCE = 1e-6
"""A walk of 500 m and this many metres is a walk of 500 m (ten edges of 50 m sum to 500.000000000089)."""

T = TypeVar("T")


def slack(whole: float) -> float:
    """How far two amounts of this whole may lie apart and still be equal.

    >>> slack(0.0), slack(1e9)
    (1e-06, 0.1)
    """
    return max(SMALLEST, RELATIVE_TOLERANCE * abs(whole))


@dataclass(frozen=True, slots=True)
class Halves:
    """A part, its whole, and how much of the whole nobody knows about.

    `bounded` is True for shares (the part lies in the whole) and False for amounts per head.

    Raises:
        ValueError: a negative or infinite amount, or a part beyond its whole by more than the tolerance.

    >>> Halves(3, 4).value
    0.75
    >>> Halves(3, 5, 1).value, Halves(3, 5, 1).ceiling
    (0.6, 0.8)
    >>> Halves(0, 0).value is None
    True
    >>> Halves(5, 4)
    Traceback (most recent call last):
    ...
    ValueError: part 5 + unknown 0.0 lies beyond the whole 4
    """

    part: float
    whole: float
    unknown: float = 0.0
    bounded: bool = True

    def __post_init__(self) -> None:
        for name in ("part", "whole", "unknown"):
            amount = getattr(self, name)
            if not math.isfinite(amount) or amount < -slack(self.whole):
                raise ValueError(f"{name} is {amount}")
            object.__setattr__(self, name, max(amount, 0))
        if not self.bounded:
            return
        if self.part + self.unknown > self.whole + slack(self.whole):
            raise ValueError(f"part {self.part} + unknown {self.unknown} lies beyond the whole {self.whole}")
        object.__setattr__(self, "part", min(self.part, self.whole))
        object.__setattr__(self, "unknown", min(self.unknown, self.whole - self.part))

    @property
    def value(self) -> float | None:
        """Part / whole, the floor of what is true; None where there is no whole."""
        return self.part / self.whole if self.whole > 0 else None

    @property
    def ceiling(self) -> float | None:
        """(part + unknown) / whole: what is true if everything unknown is good."""
        return (self.part + self.unknown) / self.whole if self.whole > 0 else None

    def __add__(self, other: "Halves") -> "Halves":
        return Halves(
            self.part + other.part,
            self.whole + other.whole,
            self.unknown + other.unknown,
            self.bounded and other.bounded,
        )


@dataclass(frozen=True, slots=True)
class Flow:
    """What was there before, what came, what went, what is there after; slivers are a labelled subset of came and went.

    `unknown` is what nobody can tell about in one of the two states; it stands in none of the others.

    >>> Flow(100, gained=5, lost=20).after
    85
    >>> Flow(0).after
    0.0
    """

    before: float
    gained: float = 0.0
    lost: float = 0.0
    slivers: float = 0.0
    unknown: float = 0.0

    @property
    def after(self) -> float:
        """Before - lost + gained, exactly."""
        return self.before - self.lost + self.gained

    def __add__(self, other: "Flow") -> "Flow":
        return Flow(
            self.before + other.before,
            self.gained + other.gained,
            self.lost + other.lost,
            self.slivers + other.slivers,
            self.unknown + other.unknown,
        )


@dataclass(frozen=True, slots=True)
class Row(Generic[T]):
    """One zone's row. `zone` is None for 未划入分区, what lies in the place but in no zone."""

    zone: str | None
    name: str
    value: T


ByZone: TypeAlias = Mapping[str, tuple[Row[T], ...]]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share, or an amount per head: halves over the place and per zone. The total is never summed from zones."""

    overall: Halves
    by_zone: ByZone[Halves] = field(default_factory=dict)
    part_unit: str = "count"
    whole_unit: str = "count"

    @property
    def value(self) -> float | None:
        """Part / whole over the place."""
        return self.overall.value

    def __add__(self, other: "Ratio") -> "Ratio":
        return Ratio(
            self.overall + other.overall, _merged(self.by_zone, other.by_zone), self.part_unit, self.whole_unit
        )


@dataclass(frozen=True, slots=True)
class Total:
    """An amount that does not divide: how many, how long, how large; with what is unknown of it, by zone too."""

    amount: float
    by_zone: ByZone[float] = field(default_factory=dict)
    unit: str = "count"
    unknown: float = 0.0
    unknown_by_zone: ByZone[float] = field(default_factory=dict)

    @property
    def value(self) -> float | None:
        """The amount."""
        return self.amount

    def __add__(self, other: "Total") -> "Total":
        doubts = _merged(self.unknown_by_zone, other.unknown_by_zone)
        rows, unknown = _merged(self.by_zone, other.by_zone), self.unknown + other.unknown
        return Total(self.amount + other.amount, rows, self.unit, unknown, doubts)


@dataclass(frozen=True, slots=True)
class Change:
    """Before and after of one thing in one scheme: gained, lost, net, slivers apart."""

    overall: Flow
    by_zone: ByZone[Flow] = field(default_factory=dict)
    unit: str = "m2"

    @property
    def value(self) -> float | None:
        """The net change: after - before."""
        return self.overall.gained - self.overall.lost

    def __add__(self, other: "Change") -> "Change":
        return Change(self.overall + other.overall, _merged(self.by_zone, other.by_zone), self.unit)


@dataclass(frozen=True, slots=True)
class Index:
    """A number that is no sum of parts (an entropy, a percentile): finished once, from its sufficient table."""

    value: float | None
    by_zone: ByZone[float | None] = field(default_factory=dict)
    unit: str = "-"


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of words/ with its slots: what a reader must know to read the number right."""

    sentence: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    def say(self, language: Language) -> str:
        """The sentence in that language; errors and sentences among its slots are said in it too."""
        worded = {k: v.say(language) if isinstance(v, (GeoplanError, Note)) else v for k, v in self.fields.items()}
        return say(language, self.sentence, **worded)


Measure: TypeAlias = Ratio | Total | Change | Index


def dimension(measure: Measure) -> str:
    """What a measure is an amount of; empty where it may be anything. People are counted, like other things.

    >>> dimension(Total(5.0, unit="m2")), dimension(Ratio(Halves(1, 2)))
    ('area', 'share')
    >>> dimension(Ratio(Halves(8, 2, bounded=False), part_unit="count", whole_unit="people"))
    'count per person'
    >>> dimension(Index(None))
    ''
    """
    if isinstance(measure, Total):
        return units.counted_dimension(measure.unit)
    if not isinstance(measure, Ratio):
        return ""
    part, whole = units.counted_dimension(measure.part_unit), units.counted_dimension(measure.whole_unit)
    if measure.overall.bounded:
        return "share"
    return f"{part} per {'person' if measure.whole_unit == 'people' else whole}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a method hands on: the number, the evidence behind it, and what must be said beside it.

    Attributes:
        measure: the headline.
        weights: the same question weighed by count, area and population; None where the data cannot say.
        evidence: layers by name, in the study CRS (which parcel, nearest facility, metres).
        tables: tables by name.
        notes: sentences to print with the number.
        facts: numbers that stand beside the headline, by name (a straight-line value, an estimated count).
    """

    measure: Measure
    weights: Mapping[str, Ratio | None] = field(default_factory=dict)
    evidence: "Mapping[str, gpd.GeoDataFrame]" = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    facts: Mapping[str, float | None] = field(default_factory=dict)


def _merged(one: Mapping[str, Sequence[Row[Any]]], other: Mapping[str, Sequence[Row[Any]]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for level in (*one, *(k for k in other if k not in one)):
        rows = {row.zone: row for row in one.get(level, ())}
        for row in other.get(level, ()):
            had = rows.get(row.zone)
            rows[row.zone] = row if had is None else Row(row.zone, row.name, had.value + row.value)
        merged[level] = tuple(rows.values())
    return merged

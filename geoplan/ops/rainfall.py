"""Rain: what share of all the rain is held back by holding back so many millimetres of each day's.

Everything here is in millimetres a day; volumes are for `ops.runoff`.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Days: TypeAlias = NDArray[np.datetime64]

__all__ = ["LEAST", "YEARS", "Curve", "capture_curve", "days_on_record"]

YEARS = 30
"""A curve of fewer years of daily rain is not one to plan by (GB/T 51345-2018)."""
LEAST = 2.0
"""Millimetres: days with no more run off nowhere, and are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The volume capture curve of a place (年径流总量控制率与设计降雨量): which share of the rain a depth captures.

    Attributes:
        depth: millimetres, ascending, from 0 (n,).
        rate: the share of all rain that is captured by holding back that depth of each day, 0 to 1 (n,).
    """

    depth: Floats
    rate: Floats

    def rate_of(self, depth: Floats) -> Floats:
        """The share captured by each depth; beyond the last depth that of the last, NaN where the depth is not known.

        >>> curve = capture_curve(np.array([10.0, 30.0]))
        >>> curve.rate_of(np.array([0.0, 10.0, 20.0, 99.0, np.nan])).tolist()
        [0.0, 0.5, 0.75, 1.0, nan]
        """
        return np.interp(depth, self.depth, self.rate)

    def depth_of(self, rate: float) -> float:
        """The design depth of a share, in millimetres; NaN where no depth of the curve captures so much.

        >>> capture_curve(np.array([10.0, 30.0])).depth_of(0.75)
        20.0
        >>> Curve(np.array([0.0, 14.9]), np.array([0.0, 0.6])).depth_of(0.8)
        nan
        """
        if not 0 <= rate <= self.rate[-1] + 1e-12:
            return float("nan")
        return float(np.interp(rate, self.rate, self.depth))


def capture_curve(rain: Floats, snow: NDArray[np.bool_] | None = None) -> Curve:
    """The curve of daily rain: alpha_i = (sum of X_k, k <= i, + (N - i) X_i) / sum of all X, X ascending.

    Days of at most 2 mm and days of snow are left out (GB/T 51345-2018). Between two days the formula is linear, so
    interpolation is exact: alpha(h) is the sum of min(X, h) over the sum of X.

    Args:
        rain: millimetres of each day; days nobody measured (NaN) are left out too.
        snow: which days it snowed.

    >>> curve = capture_curve(np.array([2.0, 10.0, 20.0, 30.0]))
    >>> curve.depth.tolist(), curve.rate.tolist()
    ([0.0, 10.0, 20.0, 30.0], [0.0, 0.5, 0.8333333333333334, 1.0])
    >>> capture_curve(np.array([1.0, np.nan])).depth.tolist()
    [0.0]
    """
    wet = rain > LEAST
    days = np.sort(rain[wet if snow is None else wet & ~snow])
    left = len(days) - 1 - np.arange(len(days))
    rates = (np.cumsum(days) + left * days) / days.sum() if len(days) else days
    depths, first = np.unique(np.r_[0.0, days], return_index=True)
    return Curve(depths, np.minimum(np.r_[0.0, rates][first], 1.0))


def days_on_record(first: Days, last: Days, missing: Days) -> int:
    """How many days a record holds: rows may stand for one day or for many, and a day counts once.

    Args:
        first: the first day of each row.
        last: its last day, which is in it.
        missing: days whose rain nobody measured.

    >>> day = np.array(["2020-01-01", "2020-01-03"], dtype="datetime64[D]")
    >>> days_on_record(day, np.array(["2020-01-31", "2020-01-03"], dtype="datetime64[D]"), day[1:])
    30
    >>> days_on_record(day[:0], day[:0], day[:0])
    0
    """
    if not len(first):
        return 0
    order = np.argsort(first)
    first, end = first[order], np.maximum.accumulate(last[order])
    before = np.r_[first[:1] - 1, end[:-1]]
    fresh = np.maximum((end - np.maximum(first - 1, before)).astype(int), 0)
    blank = np.unique(missing)
    held = np.searchsorted(first, blank, "right") - 1
    return int(fresh.sum()) - int(((held >= 0) & (blank <= end[held])).sum())

"""The limits between classes of a coloured map: round numbers, printed as they are, so that a reader can check one."""

import math
from collections.abc import Sequence
from itertools import pairwise

from geoplan import units
from geoplan.draw.look import ZoneLook

__all__ = ["class_of", "labels", "limits"]

_NICE = (1.0, 2.0, 2.5, 4.0, 5.0, 10.0, 20.0)


def limits(values: Sequence[float], look: ZoneLook, *, unit: str, digits: int) -> tuple[float, ...]:
    """The limits of the classes, one more than there are classes; both ends belong to a class.

    Equal values make one class, and no values make none. Limits are round, and values are sorted by the rounded ones:
    what is printed is what was done. Shares end at 100 %.

    >>> look = ZoneLook(ramp=(), count=5)
    >>> limits([12.0, 97.0], look, unit="%", digits=2)
    (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
    >>> limits([3.2, 3.2], look, unit="ha", digits=2), limits([], look, unit="%", digits=2)
    ((3.2, 3.2), ())
    """
    known = sorted(v for v in values if math.isfinite(v))
    if not known:
        return ()
    low, high = known[0], known[-1]
    if look.breaks == "given":
        return _given(look.at, low, high, digits)
    if low == high:
        return (low, high)
    steps = _quantiles(known, int(look.count), digits) if look.breaks == "quantile" else _even(low, high, look, unit)
    return tuple(steps)


def class_of(value: float, at: Sequence[float]) -> int:
    """Which class a value falls in: its lower limit belongs to it, the upper one to the next; the last holds both.

    >>> [class_of(v, (0, 20, 40)) for v in (0, 19.99, 20, 40)]
    [0, 0, 1, 1]
    """
    classes = max(len(at) - 1, 1)
    return min(sum(value >= limit for limit in at[1:-1]), classes - 1)


def labels(at: Sequence[float], digits: int, toward: int = 0) -> tuple[str, ...]:
    """Each class as `from – to`, with the digits its limits need; one value as figures of its unit are printed.

    >>> labels((0, 20, 40.5), 2), labels((3.2, 3.2), 2), labels((), 2)
    (('0.0 – 20.0', '20.0 – 40.5'), ('3.20',), ())
    """
    if not at:
        return ()
    if len(at) == 2 and at[0] == at[1]:
        return (units.shown(at[0], digits, toward=toward),)
    places = next((d for d in range(9) if all(math.isclose(a, round(a, d), abs_tol=1e-12) for a in at)), 9)
    shown = [units.shown(a, places) for a in at]
    return tuple(f"{a} – {b}" for a, b in pairwise(shown))


def _even(low: float, high: float, look: ZoneLook, unit: str) -> list[float]:
    """Round steps from at most the lowest to at least the highest, in about as many classes as are wanted."""
    count = max(int(look.count), 1)
    power = 10.0 ** math.floor(math.log10((high - low) / count))
    choices = [_steps(low, high, nice * power) for nice in _NICE]
    steps = min(choices, key=lambda steps: (abs(len(steps) - 1 - count), len(steps)))
    share = unit in {"%", "％"} and low >= 0 and high <= 100
    return [min(s, 100.0) for s in steps] if share else steps


def _steps(low: float, high: float, step: float) -> list[float]:
    first = math.floor(low / step + 1e-12)
    last = max(math.ceil(high / step - 1e-12), first + 1)
    return [round(i * step, 10) for i in range(first, last + 1)]


def _quantiles(known: Sequence[float], count: int, digits: int) -> list[float]:
    import numpy as np

    cuts = [round(float(c), digits) for c in np.quantile(known, np.linspace(0, 1, max(count, 1) + 1))]
    step = 10.0**-digits
    ends = math.floor(known[0] / step + 1e-9) * step, math.ceil(known[-1] / step - 1e-9) * step
    inner = sorted({c for c in cuts[1:-1] if ends[0] < c < ends[1]})
    return [round(ends[0], digits), *inner, round(ends[1], digits)]


def _given(at: Sequence[float], low: float, high: float, digits: int) -> tuple[float, ...]:
    inner = sorted(set(at))
    step = 10.0**-digits
    first = min(inner[0], math.floor(low / step) * step)
    last = max(inner[-1], math.ceil(high / step) * step)
    return tuple(dict.fromkeys((first, *inner, last)))

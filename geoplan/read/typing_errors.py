"""Typing errors in boundary points: found by the sides and the area the file states, by spikes and by outliers.

What a file states twice must agree; where it does not, the point that was most likely mistyped is named. A boundary is
never corrected here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from geoplan.errors import GeometryError, GeoplanError
from geoplan.measure import Note
from geoplan.read.survey import Figure, Loop

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Stated", "outlier", "sides_agree", "stated_area"]

Verdict: TypeAlias = Literal["agrees", "silent", "differs"]

CLOSE = 1e-3
"""Share of its area (at least 1 m2) by which a stated area may differ and still confirm the corners."""
WRONG = 0.1
"""Share beyond which the area, or the boundary, belongs to another plot."""
SIDE = 0.02
"""Metres a side may differ, for its own rounding and that of the corners; ..."""
SIDE_SCALE = 3e-4
"""... and this share of its length, for sides measured on the ground and not in the plane."""
SPIKE = 5.0
"""How many times longer than any other side both sides of an outlier are."""
ROUNDING = 0.002
"""Metres: what the third decimal hides."""
CHANCE = 0.1
"""How many corners a digit may be found to fit by chance and still be told."""
_FEW = 4
"""Corrections a sentence lists."""
_UNITS = {"ha": 1e4, "m2": 1.0, "mu": 2000 / 3}


@dataclass(frozen=True, slots=True)
class Stated:
    """The area a file states, in m2, whether the corners agree with it, and what is to be said about it."""

    area: float | None
    verdict: Verdict
    notes: tuple[Note, ...] = ()


def sides_agree(loops: Sequence[Loop], file: str) -> bool:
    """Whether sides stated for every corner confirm the corners; False where too few are stated to tell.

    Raises:
        GeometryError: a stated side is not the one between its corners; the sentence names the point.

    >>> from geoplan.read.survey import at_line
    >>> square = np.array([(0, 0), (100, 0), (100, 100), (0, 100)], dtype=float)
    >>> sides_agree([Loop("1", ("J1", "J2", "J3", "J4"), square, at_line, (100.0, 100.0, 100.0, 100.0))], "a.xlsx")
    True
    >>> sides_agree([], "a.xlsx")
    False
    """
    agreed = [_sides(loop, file) for loop in loops]
    return bool(agreed) and all(agreed)


def _sides(loop: Loop, file: str) -> bool:
    stated = np.array([np.nan if s is None else s for s in loop.sides], dtype=np.float64)
    if not np.isfinite(stated).any():
        return False
    true = np.hypot(*(np.roll(loop.xy, -1, axis=0) - loop.xy).T)
    # a side stands in the row of the corner it starts from, or of the one it ends at
    tried = [(_off(stated, np.roll(true, back)), np.roll(true, back), back) for back in (0, 1)]
    wrong, lengths, ends = min(tried, key=lambda t: int(t[0].sum()))
    if not wrong.any():
        return int(np.isfinite(stated).sum()) >= len(stated) - 1
    both = np.flatnonzero(wrong & (np.roll(wrong, 1) if ends == 0 else np.roll(wrong, -1)))
    row = int(both[0]) if len(both) else int(np.flatnonzero(wrong)[0])
    raise GeometryError(
        "site_file.side",
        file=file, where=loop.spot(row), point=loop.labels[row] or row + 1, stated=f"{stated[row]:.3f}",
        computed=f"{lengths[row]:.3f}", count=int(wrong.sum()),
    )  # fmt: skip


def _off(stated: "NDArray[np.float64]", true: "NDArray[np.float64]") -> "NDArray[np.bool_]":
    # a column of sides is rounded alike: 100 among 99.97 and 100.02 is 100.00
    decimals = max(_decimals(s) for s in stated[np.isfinite(stated)])
    return np.asarray(np.abs(stated - true) > max(SIDE, 0.6 * 10.0**-decimals) + SIDE_SCALE * true)


def _decimals(value: float) -> int:
    text = repr(float(value))
    return 0 if text.endswith(".0") or "e" in text else len(text.partition(".")[2])


def outlier(loop: Loop, file: str) -> GeoplanError | None:
    """The doubt about a corner that lies far from all others; None where no corner does.

    >>> from geoplan.read.survey import at_line
    >>> square = np.array([(0, 0), (100, 0), (100, 100), (50, 9000), (0, 100)], dtype=float)
    >>> outlier(Loop("1", ("J1", "J2", "J3", "J4", "J5"), square, at_line), "a.txt").fields["point"]
    'J4'
    >>> outlier(Loop("1", ("J1", "J2", "J3"), square[:3], at_line), "a.txt") is None
    True
    """
    count = len(loop.xy)
    if count < 4:
        return None
    sides = np.hypot(*(np.roll(loop.xy, -1, axis=0) - loop.xy).T)
    before = np.roll(sides, 1)
    shorter = np.minimum(sides, before)
    row = int(np.argmax(shorter))
    others = np.delete(sides, [row, (row - 1) % count])
    if shorter[row] <= SPIKE * others.max():
        return None
    point, metres = loop.labels[row] or row + 1, f"{shorter[row]:.1f}"
    return GeometryError("site_file.outlier", file=file, where=loop.spot(row), point=point, metres=metres)


def stated_area(
    figure: Figure, usual: str, computed: float, loops: Sequence[Loop], spot: GeoplanError, file: str, *, sure: bool
) -> Stated:
    """The area a file states beside the one its corners enclose.

    A figure without a unit is in the usual one, unless only another agrees.

    Args:
        figure: as written.
        usual: the unit of figures that name none: `ha` in text files, `m2` elsewhere.
        computed: m2 in the plane of the coordinates.
        loops: the corners, for the name of the one that may be mistyped.
        spot: where the figure stands.
        file: its name.
        sure: whether stated sides already confirm the corners.

    Raises:
        GeometryError: the figure would be right if one digit of one corner were another; or it is another plot's.

    >>> from geoplan.read.survey import at_file
    >>> stated_area(Figure(1.2), "ha", 12000.4, [], at_file(), "a.txt", sure=False).verdict
    'agrees'
    >>> stated_area(Figure(), "ha", 12000.4, [], at_file(), "a.txt", sure=False)
    Stated(area=None, verdict='silent', notes=())
    """
    if figure.value is None:
        return Stated(None, "silent")
    units = [figure.unit] if figure.unit else [usual, *(u for u in _UNITS if u != usual)]
    slack = max(1.0, CLOSE * computed)
    gaps = {u: figure.value * _UNITS[u] - computed for u in units}
    fits = next((u for u in units if abs(gaps[u]) <= slack + figure.step / 2 * _UNITS[u]), None)
    if fits:
        odd = Note("site_note.area_unit", {"where": spot, "stated": figure.value, "unit": fits})
        verdict: Verdict = "agrees" if abs(gaps[fits]) <= slack else "silent"
        return Stated(computed + gaps[fits], verdict, () if fits == units[0] else (odd,))
    area = computed + gaps[units[0]]
    percent = f"{100 * abs(area / computed - 1):.2f}"
    said = {"where": spot, "stated": f"{area:.2f}", "computed": f"{computed:.2f}", "percent": percent}
    if not sure:
        gap = min(gaps.values(), key=abs)
        if len(loops) == 1:
            _refuse_mistyped(loops[0], gap, file, said)
        if abs(gap) > WRONG * computed:
            raise GeometryError("site_file.area_wrong", file=file, **said)
    return Stated(area, "differs", (Note("site_note.area_differs", said),))


def _refuse_mistyped(loop: Loop, gap: float, file: str, said: dict[str, object]) -> None:
    """Name the corners of which one digit, were it another, would bring the area right."""
    numbers = product(range(len(loop.xy)), (0, 1))
    found = [(row, axis, step) for row, axis in numbers if (step := _digit(loop.xy, row, axis, gap)) is not None]
    if not found:
        return
    values = [(row, float(loop.xy[row, axis]), step) for row, axis, step in found]
    fixes = [f"{loop.labels[row] or row + 1}: {value:.3f} → {value + step:.3f}" for row, value, step in values]
    where = loop.spot(found[0][0])
    raise GeometryError("site_file.mistyped", file=file, **{**said, "where": where}, fixes="; ".join(fixes[:_FEW]))


def _digit(xy: "NDArray[np.float64]", row: int, axis: int, gap: float) -> float | None:
    """How far one number must move for the ring to gain so many m2, if that is one digit of it; else None."""
    before, after = xy[row - 1], xy[(row + 1) % len(xy)]
    lever = float(after[1 - axis] - before[1 - axis]) / 2 * (1 if axis == 0 else -1)
    if abs(lever) < 1.0:
        return None
    step = _turn(xy) * gap / lever
    tolerance = 1.0 / abs(lever) + ROUNDING
    for power in range(5, -1, -1):
        digit, place = round(step / 10.0**power), 10.0**power
        # with many corners some digit of some corner fits by chance: then it proves nothing
        telling = 4 * len(xy) * tolerance < CHANCE * place
        if telling and 1 <= abs(digit) <= 9 and abs(step - digit * place) <= tolerance:
            there = int(abs(xy[row, axis]) / place) % 10
            return digit * place if 0 <= there + digit <= 9 else None
    return None


def _turn(xy: "NDArray[np.float64]") -> float:
    x, y = (xy - xy[0]).T
    return 1.0 if float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) >= 0 else -1.0

"""From rows of boundary points to rings: where one ends and the next begins, and when that cannot be told."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from geoplan.errors import GeometryError, GeoplanError
from geoplan.measure import Note
from geoplan.read.survey import Kind, Loop

__all__ = ["GAP", "SAME", "Corner", "loops_of"]

GAP = 0.1
"""Metres between the first and the last corner that are closed, with a warning."""
SAME = 0.0005
"""Metres within which two rows are one corner: half a unit of the third decimal."""
_DEGREE = 100_000.0
"""Metres of a degree, roughly, for rows in degrees."""


@dataclass(frozen=True, slots=True)
class Corner:
    """One row: the name of the point, its ring, its two numbers, the side it states, and where it stands."""

    label: str
    ring: str
    first: float
    second: float
    spot: GeoplanError
    side: float | None = None

    def far(self, other: "Corner") -> float:
        """Metres to another corner."""
        unit = _DEGREE if max(abs(self.first), abs(self.second)) <= 360 else 1.0
        return unit * float(np.hypot(self.first - other.first, self.second - other.second))


@dataclass(slots=True)
class _Rings:
    """The rings found so far, and the one being read."""

    file: str
    loops: list[Loop] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    current: list[Corner] = field(default_factory=list)
    split: bool = False

    def end(self, *, closed: bool) -> None:
        """The ring being read is complete."""
        corners, split = self.current, self.split
        self.current, self.split = [], False
        if not corners:
            return
        if split and not closed:
            raise GeometryError("site_file.ring_open", file=self.file, where=corners[0].spot)
        if len(corners) < 3:
            raise GeometryError("site_file.few_points", file=self.file, where=corners[0].spot, count=len(corners))
        self.loops.append(_loop(corners, closed=closed))

    def warn(self, sentence: str, corner: Corner, **fields: object) -> None:
        """Something odd that was read one way."""
        self.notes.append(Note(sentence, {"where": corner.spot, **fields}))


def loops_of(corners: Sequence[Corner], kind: Kind, file: str) -> tuple[tuple[Loop, ...], tuple[Note, ...]]:
    """The rings of a plot's rows, without their closing corners.

    A ring ends where the ring number changes, where its first corner comes again (by its coordinates, or by its name),
    or with the rows. Lines end only where the number changes; every row of a point plot is one point.

    Raises:
        GeometryError: a ring of fewer than three corners; a last corner that bears the name of the first and lies
            elsewhere; a ring left open after another of the same number was closed, which may be one ring or two.

    >>> from geoplan.read.survey import at_line
    >>> rows = [("J1", 0.0, 0.0), ("J2", 9e5, 0.0), ("J3", 9e5, 9e5), ("J1", 0.0, 0.0)]
    >>> corners = [Corner(label, "1", x, y, at_line(n)) for n, (label, x, y) in enumerate(rows, 1)]
    >>> loops, notes = loops_of(corners, "polygon", "a.txt")
    >>> loops[0].labels, loops[0].closed, notes
    (('J1', 'J2', 'J3'), True, ())
    >>> loops_of([], "polygon", "a.txt")
    ((), ())
    """
    if kind != "polygon":
        return _open_loops(corners, kind), ()
    rings = _Rings(file)
    for n, corner in enumerate(corners):
        _take(rings, corner, corners[n + 1] if n + 1 < len(corners) else None)
    rings.end(closed=False)
    return tuple(rings.loops), tuple(rings.notes)


def _take(rings: _Rings, corner: Corner, following: Corner | None) -> None:
    current = rings.current
    if current and corner.ring != current[0].ring:
        rings.end(closed=False)
    if not rings.current:
        _begin(rings, corner)
    elif len(current) > 1 and corner.far(current[0]) <= SAME:
        if current[0].side is None:
            current[0] = replace(current[0], side=corner.side)
        rings.end(closed=True)
    elif corner.far(current[-1]) <= SAME:
        rings.warn("site_note.double_point", corner)
    elif corner.label and corner.label == current[0].label:
        _named_like_the_first(rings, corner, following)
    else:
        current.append(corner)


def _begin(rings: _Rings, corner: Corner) -> None:
    """A new ring; one of the number of the ring before must close itself, lest one ring be taken for two."""
    rings.split = bool(rings.loops) and rings.loops[-1].closed and rings.loops[-1].number == corner.ring
    if rings.split:
        rings.warn("site_note.ring_number_again", corner, ring=corner.ring or "-")
    rings.current = [corner]


def _named_like_the_first(rings: _Rings, corner: Corner, following: Corner | None) -> None:
    first = rings.current[0]
    names = {c.label for c in rings.current}
    if following is not None and following.ring == corner.ring and following.label in names:
        rings.end(closed=False)
        rings.current = [corner]
        rings.warn("site_note.numbers_restart", corner, ring=corner.ring or "-")
        return
    gap = corner.far(first)
    if corner.first == corner.second and corner.first in {first.first, first.second}:
        rings.warn("site_note.closing_twice", corner)
    elif gap <= GAP:
        rings.warn("site_note.gap", corner, gap=f"{gap:.3f}")
    else:
        apart = {"point": corner.label, "gap": f"{gap:.3f}", "first": first.spot}
        raise GeometryError("site_file.closing", file=rings.file, where=corner.spot, **apart)
    rings.end(closed=True)


def _open_loops(corners: Sequence[Corner], kind: Kind) -> tuple[Loop, ...]:
    parts: list[list[Corner]] = []
    for corner in corners:
        if kind == "point" or not parts or parts[-1][0].ring != corner.ring:
            parts.append([])
        parts[-1].append(corner)
    return tuple(_loop(part, closed=False) for part in parts)


def _loop(corners: Sequence[Corner], *, closed: bool) -> Loop:
    spots = tuple(c.spot for c in corners)
    return Loop(
        number=corners[0].ring,
        labels=tuple(c.label for c in corners),
        xy=np.array([(c.first, c.second) for c in corners], dtype=np.float64),
        spot=spots.__getitem__,
        sides=tuple(c.side for c in corners),
        closed=closed,
    )

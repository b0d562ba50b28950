"""Lines of a drawing put together to rings: arcs made of short chords, ends that all but meet closed with a warning."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from geoplan.errors import GeometryError
from geoplan.measure import Note
from geoplan.read.ring_closing import GAP, SAME
from geoplan.read.survey import at_entity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points: TypeAlias = NDArray[np.float64]

__all__ = ["SAGITTA", "Drawn", "Fill", "Line", "Opaque", "Ring", "Text", "rings_of"]

SAGITTA = 0.002
"""Metres an arc may bulge beyond the chords it is replaced by."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line of a drawing: its vertices, the layer it is on, whether it is closed, and whether arcs were chorded."""

    xy: "Points"
    layer: str
    handle: str
    closed: bool = False
    arcs: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """A hatch: its boundary rings."""

    rings: "tuple[Points, ...]"
    layer: str
    handle: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a drawing and where it stands."""

    text: str
    at: tuple[float, float]
    layer: str
    handle: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something drawn that is not read here: its kind and where it is."""

    kind: str
    layer: str
    handle: str


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """A closed line, without the closing vertex."""

    xy: "Points"
    layer: str
    handle: str


@dataclass(slots=True)
class Drawn:
    """What of a drawing may be a plot, or say something about one; and metres per unit, as far as its size tells."""

    lines: list[Line] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    opaque: list[Opaque] = field(default_factory=list)
    unit: float = 1.0


def rings_of(lines: Sequence[Line], unit: float, file: str) -> tuple[list[Ring], list[Line], list[Note]]:
    """The rings that lines make, the lines that make none, and what was closed.

    Args:
        lines: of one layer.
        unit: metres per unit of the drawing.
        file: its name.

    Raises:
        GeometryError: three ends meet: nobody can tell which way the boundary goes.

    >>> square = np.array([(0, 0), (9, 0), (9, 9), (0, 9), (0, 0.05)], dtype=float)
    >>> rings, rest, notes = rings_of([Line(square, "site", "1F")], 1.0, "a.dxf")
    >>> len(rings[0].xy), rest, notes[0].sentence
    (5, [], 'site_note.gap')
    >>> rings_of([], 1.0, "a.dxf")
    ([], [], [])
    """
    rings, notes = [], []
    open_lines = []
    for line in lines:
        gap = float(np.hypot(*(line.xy[0] - line.xy[-1]))) * unit if len(line.xy) else 0.0
        if len(line.xy) > 2 and (line.closed or gap <= GAP):
            rings.append(Ring(_without_end(line.xy, unit), line.layer, line.handle))
            if not line.closed and gap > SAME:
                notes.append(Note("site_note.gap", {"where": at_entity(line.layer, line.handle), "gap": f"{gap:.3f}"}))
        elif len(line.xy) > 1:
            open_lines.append(line)
    joined, rest, more = _joined(open_lines, unit, file)
    arcs = sum(line.arcs for line in lines)
    if arcs:
        where = at_entity(lines[0].layer, next(line.handle for line in lines if line.arcs))
        more.append(Note("site_note.arcs", {"where": where, "count": arcs, "metres": f"{SAGITTA:g}"}))
    return [*rings, *joined], rest, [*notes, *more]


def _without_end(xy: "Points", unit: float) -> "Points":
    """Vertices without a closing one that repeats the first, and without repeated ones."""
    steps = np.hypot(*(np.roll(xy, -1, axis=0) - xy).T) * unit
    return xy[steps > SAME] if (steps > SAME).sum() > 2 else xy


def _joined(lines: list[Line], unit: float, file: str) -> tuple[list[Ring], list[Line], list[Note]]:
    """Open lines put end to end where their ends meet, as long as exactly two meet."""
    if not lines:
        return [], [], []
    ends = np.array([xy for line in lines for xy in (line.xy[0], line.xy[-1])])
    pairs = shapely.STRtree(shapely.points(ends)).query(shapely.points(ends), predicate="dwithin", distance=GAP / unit)
    meets: dict[int, list[int]] = {n: [] for n in range(len(ends))}
    for a, b in pairs.T:
        if a != b:
            meets[int(a)].append(int(b))
    for end, others in meets.items():
        if len(others) > 1:
            line = lines[end // 2]
            raise GeometryError(
                "site_file.branch", file=file, where=at_entity(line.layer, line.handle), layer=line.layer
            )
    rings, rest, notes = [], [], []
    left = set(range(len(lines)))
    while left:
        chain, closed = _chain(min(left), meets)
        left -= {piece for piece, _ in chain}
        pieces = [lines[n].xy if forward else lines[n].xy[::-1] for n, forward in chain]
        first = lines[chain[0][0]]
        if not closed or len(chain) < 2:
            rest.append(Line(np.concatenate(pieces), first.layer, first.handle))
            continue
        gaps = [float(np.hypot(*(pieces[n][0] - pieces[n - 1][-1]))) * unit for n in range(len(pieces))]
        if max(gaps) > SAME:
            notes.append(
                Note("site_note.gap", {"where": at_entity(first.layer, first.handle), "gap": f"{max(gaps):.3f}"})
            )
        rings.append(Ring(_without_end(np.concatenate(pieces), unit), first.layer, first.handle))
    return rings, rest, notes


def _chain(start: int, meets: dict[int, list[int]]) -> tuple[list[tuple[int, bool]], bool]:
    """Pieces from one on, forward then backward, each with whether it is walked along; and whether they close."""
    chain = [(start, True)]
    end = 2 * start + 1
    while meets[end]:
        other = meets[end][0]
        if other == 2 * start:
            return chain, True
        chain.append((other // 2, other % 2 == 0))
        end = other ^ 1
    end = 2 * start
    while meets[end]:
        other = meets[end][0]
        chain.insert(0, (other // 2, other % 2 == 1))
        end = other ^ 1
    return chain, False

"""From rings to the shape of a plot: what lies inside what decides holes and parts, never the number of a ring."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoplan.errors import GeometryError, GeoplanError
from geoplan.measure import Note
from geoplan.read.survey import Loop, RawPlot

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["Shaped", "shape_of_loops", "tidy"]

ROUNDING = 0.002
"""Metres: rings of coordinates with three decimals overlap by strips this wide where they share a border."""
_LOST = 1e-6
"""Share of its area a repaired shape may gain or lose."""


@dataclass(frozen=True, slots=True, eq=False)
class Shaped:
    """The shape of a plot, the names of its points ring by ring, and what was odd."""

    shape: "BaseGeometry"
    labels: tuple[tuple[str, ...], ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(slots=True)
class _Ring:
    loop: Loop
    shape: "BaseGeometry"
    mended: bool
    within: "list[_Ring]" = field(default_factory=list)


def shape_of_loops(raw: RawPlot, file: str) -> Shaped:
    """The polygon of a plot's rings, their corners in the order and direction of the file.

    A ring inside another is a hole of it, one inside that an island; rings side by side are parts. A ring that only
    touches itself is mended; one that crosses itself, or another, has no shape anybody could be sure of.

    Raises:
        GeometryError: rings that cross, that lie in the file twice, or have no area; a ring inside another where the
            file leaves open whether it is a hole or a plot of its own.
    """
    rings = [_ring(loop, file) for loop in raw.loops]
    _nest(rings, file)
    inner = [r for r in rings if len(r.within) % 2]
    if inner and raw.nested == "open":
        raise GeometryError("site_file.nested_ring", file=file, where=inner[0].loop.spot(0))
    ordered: list[_Ring] = []
    parts = []
    for outer in (r for r in rings if not len(r.within) % 2):
        holes = [r for r in inner if min(r.within, key=_area) is outer]
        parts.append(_part(outer, holes))
        ordered += [outer, *holes]
    shape = (
        parts[0] if len(parts) == 1 else shapely.MultiPolygon([p for part in parts for p in shapely.get_parts(part)])
    )
    kept = shape.is_valid and not any(r.mended for r in rings)
    notes = [Note("site_note.touching", {"where": r.loop.spot(0)}) for r in rings if r.mended]
    if not shape.is_valid:
        shape = shapely.union_all(parts)
        notes.append(Note("site_note.shared_side", {"where": raw.spot}))
    if inner:
        notes.append(Note("site_note.holes", {"count": len(inner), "area": f"{sum(map(_area, inner)):.2f}"}))
    named = any(label for r in rings for label in r.loop.labels)
    return Shaped(shape, tuple(r.loop.labels for r in ordered) if kept and named else (), tuple(notes))


def tidy(shape: "BaseGeometry", spot: GeoplanError, file: str) -> Shaped:
    """The polygon of a shape whose holes the file tells apart; mended only where that changes no area.

    Raises:
        GeometryError: rings that cross, or no area.
    """
    flat = shapely.force_2d(shape)
    drawn = float(sum(_drawn(p) for p in shapely.get_parts(flat)))
    mended = flat if flat.is_valid else _polygons(shapely.make_valid(flat))
    if abs(mended.area - drawn) > _LOST * max(drawn, mended.area):
        reason = shapely.is_valid_reason(flat)
        raise GeometryError("site_file.invalid", file=file, where=spot, reason=reason)
    if drawn <= 0:
        raise GeometryError("site_file.no_area", file=file, where=spot)
    return Shaped(flat) if mended is flat else Shaped(mended, notes=(Note("site_note.touching", {"where": spot}),))


def _ring(loop: Loop, file: str) -> _Ring:
    shape = shapely.Polygon(loop.xy)
    drawn = _drawn(shape)
    mended = shape if shape.is_valid else _polygons(shapely.make_valid(shape))
    if abs(mended.area - drawn) > _LOST * max(drawn, mended.area):
        first, second = _crossing(loop)
        sides = {"first": _side(loop, first), "second": _side(loop, second)}
        raise GeometryError("site_file.crossing", file=file, where=loop.spot(first), **sides)
    if drawn <= ROUNDING**2:
        raise GeometryError("site_file.no_area", file=file, where=loop.spot(0))
    return _Ring(loop, mended, mended=mended is not shape)


def _nest(rings: Sequence[_Ring], file: str) -> None:
    """Note for every ring which others it lies in."""
    tree = shapely.STRtree([r.shape for r in rings])
    for a, b in tree.query([r.shape for r in rings], predicate="intersects").T:
        if a >= b:
            continue
        small, large = sorted((rings[a], rings[b]), key=_area)
        common = float(small.shape.intersection(large.shape).area)
        strip = ROUNDING * float(small.shape.length)
        if common <= strip:
            continue
        if common < _area(small) - strip:
            where, other = small.loop.spot(0), large.loop.spot(0)
            raise GeometryError("site_file.rings_cross", file=file, where=where, other=other, area=f"{common:.2f}")
        if _area(large) - _area(small) <= strip:
            later, earlier = rings[b].loop.spot(0), rings[a].loop.spot(0)
            raise GeometryError("site_file.ring_twice", file=file, where=later, other=earlier)
        small.within.append(large)


def _part(outer: _Ring, holes: Sequence[_Ring]) -> "BaseGeometry":
    if not outer.mended and not any(h.mended for h in holes):
        part = shapely.Polygon(outer.loop.xy, [h.loop.xy for h in holes])
        if part.is_valid:
            return part
    return _polygons(shapely.difference(outer.shape, shapely.union_all([h.shape for h in holes])))


def _polygons(shape: "BaseGeometry") -> "BaseGeometry":
    """The polygons of a shape, without the lines and points a repair leaves behind."""
    parts = [p for part in shapely.get_parts(shape) for p in shapely.get_parts(part)]
    return shapely.union_all([p for p in parts if p.geom_type == "Polygon"])


def _drawn(polygon: "BaseGeometry") -> float:
    """The area by the corners alone, as a surveyor adds it up."""
    rings = shapely.get_rings(polygon)
    areas = [_shoelace(shapely.get_coordinates(ring)) for ring in rings]
    return areas[0] - sum(areas[1:]) if areas else 0.0


def _shoelace(xy: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> float:
    x, y = (xy - xy[0]).T if len(xy) else (np.zeros(0), np.zeros(0))
    return abs(float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))) / 2


def _area(ring: _Ring) -> float:
    return float(ring.shape.area)


def _crossing(loop: Loop) -> tuple[int, int]:
    """The first two sides that cross: numbers of the corners they start at."""
    xy = loop.xy
    ends = np.roll(xy, -1, axis=0)
    sides = shapely.linestrings(np.stack([xy, ends], axis=1))
    for a, b in shapely.STRtree(sides).query(sides, predicate="intersects").T:
        neighbours = {int(a), (int(a) + 1) % len(xy), (int(a) - 1) % len(xy)}
        if a < b and int(b) not in neighbours:
            return int(a), int(b)
    return 0, 0


def _side(loop: Loop, start: int) -> str:
    end = (start + 1) % len(loop.labels)
    return "-".join(loop.labels[n] or str(n + 1) for n in (start, end))

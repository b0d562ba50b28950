"""Which closed lines of a drawing are plots: by the names of layers, by hatches, and by the text written inside."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoplan.errors import GeometryError, LayerError
from geoplan.measure import Note
from geoplan.read import site_words as words
from geoplan.read.cad_rings import Drawn, Fill, Line, Opaque, Ring, Text, rings_of
from geoplan.read.survey import RawPlot, at_entity
from geoplan.read.table_rows import agreed_area, areas_in

if TYPE_CHECKING:
    from re import Pattern

    from shapely.geometry.base import BaseGeometry

__all__ = ["plots_of_drawing"]

_SAME = 1e-4
"""Share of their area in which two rings that are drawn twice may differ."""
_LONGEST_NAME = 40


@dataclass(slots=True, eq=False)
class _Shape:
    """A ring as a polygon, what it lies in, and the holes that are taken out of it."""

    ring: Ring
    polygon: "BaseGeometry"
    holes: list[Ring] = field(default_factory=list)


def plots_of_drawing(drawn: Drawn, file: str, width: float | None) -> tuple[tuple[RawPlot, ...], list[Note]]:
    """The plots of a drawing, in its own coordinates.

    Plots are closed lines on the layers named like sites; where none is named so, on the only layer that has any. A
    hatch on those layers tells which ring is a hole; without one, a ring inside a ring is refused.

    Args:
        drawn: lines, hatches and texts.
        file: its name.
        width: metres of a line that is a site itself; then open lines are plots where no ring is closed.

    Raises:
        LayerError: several layers could be meant; a line that does not close; a ring inside another, undecided.
    """
    layers, notes = _layers(drawn, file)
    _check_opaque(drawn.opaque, layers, file, notes)
    rings, rest = [], []
    for layer in layers:
        closed, left, more = rings_of([line for line in drawn.lines if line.layer == layer], drawn.unit, file)
        rings += closed
        rest += left
        notes += more
    fills = [fill for fill in drawn.fills if fill.layer in layers]
    if not rings and not fills and width is not None and rest:
        return tuple(_line_plot(line) for line in rest), notes
    _check_rest(rest, drawn.unit, file, notes)
    order = {line.handle: n for n, line in reversed(list(enumerate(drawn.lines)))}
    shapes = _shapes(sorted(rings, key=lambda ring: order[ring.handle]), notes)
    plots = _with_holes(shapes, fills, file) if shapes else _filled(fills)
    return tuple(_plot(plot, drawn.texts) for plot in plots), notes


def _layers(drawn: Drawn, file: str) -> tuple[list[str], list[Note]]:
    """The layers meant, and the note that says which, and by which rule."""
    every = sorted({line.layer for line in drawn.lines} | {fill.layer for fill in drawn.fills})
    named = [layer for layer in every if _named(layer, words.SITE_LAYER)]
    perhaps = [layer for layer in every if _named(layer, words.PERHAPS_SITE_LAYER)]
    holes = [layer for layer in every if words.HOLE_LAYER.search(layer)]
    if named or perhaps:
        chosen = named or perhaps
    else:
        chosen = [layer for layer in every if not words.NOT_A_SITE.search(layer) and _encloses(drawn, layer)]
        if len(chosen) > 1:
            raise LayerError("site_file.which_layer", file=file, layers=", ".join(chosen))
    if not chosen:
        raise LayerError("site_file.no_ring", file=file, layers=", ".join(every) or "-")
    others = [layer for layer in every if layer not in {*chosen, *holes}]
    said = {"layers": ", ".join(chosen), "others": ", ".join(others) or "-"}
    return [*chosen, *(h for h in holes if h not in chosen)], [Note("site_note.layers", said)]


def _check_opaque(opaque: Sequence[Opaque], layers: Sequence[str], file: str, notes: list[Note]) -> None:
    """What is not read here is told; on a layer of the site it may be a part of the site."""
    for one in opaque:
        if one.layer in layers:
            where = at_entity(one.layer, one.handle)
            raise GeometryError("site_file.opaque", file=file, where=where, kind=one.kind)
    if opaque:
        kinds = ", ".join(sorted({f"{one.kind} ({one.layer})" for one in opaque}))
        notes.append(Note("site_note.opaque", {"kinds": kinds}))


def _named(layer: str, pattern: "Pattern[str]") -> bool:
    return pattern.search(layer) is not None and words.NOT_A_SITE.search(layer) is None


def _encloses(drawn: Drawn, layer: str) -> bool:
    """Whether a layer has anything closed on it."""
    if any(fill.layer == layer for fill in drawn.fills):
        return True
    return any(line.closed or len(line.xy) > 3 for line in drawn.lines if line.layer == layer)


def _check_rest(rest: Sequence[Line], unit: float, file: str, notes: list[Note]) -> None:
    """Lines of the site's layers that do not close: a boundary that was not finished, unless it is a mere stroke."""
    for line in rest:
        gap = float(np.hypot(*(line.xy[0] - line.xy[-1]))) * unit
        if len(line.xy) > 2:
            where = at_entity(line.layer, line.handle)
            raise GeometryError("site_file.open_line", file=file, where=where, gap=f"{gap:.3f}")
    if rest:
        notes.append(Note("site_note.strokes", {"count": len(rest), "where": at_entity(rest[0].layer, rest[0].handle)}))


def _shapes(rings: Sequence[Ring], notes: list[Note]) -> list[_Shape]:
    """Rings as polygons, each once: a boundary is often drawn twice, one line over the other."""
    kept: list[_Shape] = []
    for ring in rings:
        shape = _Shape(ring, shapely.make_valid(shapely.Polygon(ring.xy)))
        if any(_same(shape.polygon, other.polygon) for other in kept):
            notes.append(Note("site_note.drawn_twice", {"where": at_entity(ring.layer, ring.handle)}))
        else:
            kept.append(shape)
    return kept


def _same(a: "BaseGeometry", b: "BaseGeometry") -> bool:
    larger = max(float(a.area), float(b.area))
    if larger == 0 or abs(float(a.area) - float(b.area)) > _SAME * larger:
        return False
    return float(shapely.symmetric_difference(a, b).area) <= _SAME * larger


def _with_holes(shapes: Sequence[_Shape], fills: Sequence[Fill], file: str) -> list[RawPlot]:
    """Plots with the holes that a layer or a hatch declares; any other ring in a ring is undecided."""
    filled = [_polygon_of(fill) for fill in fills]
    holes = [s for s in shapes if words.HOLE_LAYER.search(s.ring.layer)]
    outers = [s for s in shapes if s not in holes]
    for inner in list(outers):
        around = [s for s in outers if s is not inner and s.polygon.area > inner.polygon.area and _lies_in(inner, s)]
        if not around:
            continue
        if not _left_white(inner, around, fills):
            where = at_entity(inner.ring.layer, inner.ring.handle)
            raise GeometryError("site_file.nested_ring", file=file, where=where)
        holes.append(inner)
    outers = [s for s in outers if s not in holes]
    for hole in holes:
        around = [s for s in outers if _lies_in(hole, s)]
        if len(around) != 1:
            where = at_entity(hole.ring.layer, hole.ring.handle)
            raise GeometryError("site_file.lone_hole", file=file, where=where)
        around[0].holes.append(hole.ring)
    _check_fills(filled, fills, outers, file)
    return [_raw(s.ring, shapely.Polygon(s.ring.xy, [h.xy for h in s.holes])) for s in outers]


def _lies_in(inner: _Shape, outer: _Shape) -> bool:
    common = float(shapely.intersection(inner.polygon, outer.polygon).area)
    return common >= (1 - _SAME) * float(inner.polygon.area) > 0


def _left_white(inner: _Shape, around: Sequence[_Shape], fills: Sequence[Fill]) -> bool:
    """Whether a hatch is bounded by exactly the inner ring and a ring around it: what it leaves white is a hole."""
    for fill in fills:
        bounds = [shapely.make_valid(shapely.Polygon(ring)) for ring in fill.rings if len(ring) > 2]
        if any(_same(b, inner.polygon) for b in bounds) and any(_same(b, o.polygon) for b in bounds for o in around):
            return True
    return False


def _check_fills(filled: Sequence["BaseGeometry"], fills: Sequence[Fill], plots: Sequence[_Shape], file: str) -> None:
    """A hatch of the site's layers that lies outside every plot is a plot nobody drew a line around."""
    covered = shapely.union_all([s.polygon for s in plots])
    for shape, fill in zip(filled, fills, strict=True):
        if float(shapely.difference(shape, covered).area) > _SAME * float(shape.area):
            raise GeometryError("site_file.lone_hatch", file=file, where=at_entity(fill.layer, fill.handle))


def _polygon_of(fill: Fill) -> "BaseGeometry":
    """A hatch as drawn: every second ring inside another is left white."""
    shape = shapely.Polygon()
    for ring in sorted(
        (shapely.make_valid(shapely.Polygon(r)) for r in fill.rings if len(r) > 2), key=shapely.area, reverse=True
    ):
        shape = shapely.symmetric_difference(shape, ring)
    return shape


def _filled(fills: Sequence[Fill]) -> list[RawPlot]:
    return [_raw(Ring(fill.rings[0], fill.layer, fill.handle), _polygon_of(fill)) for fill in fills if fill.rings]


def _raw(ring: Ring, shape: "BaseGeometry") -> RawPlot:
    return RawPlot(at_entity(ring.layer, ring.handle), role=words.role_of(ring.layer), shape=shape)


def _line_plot(line: Line) -> RawPlot:
    return RawPlot(at_entity(line.layer, line.handle), kind="line", shape=shapely.LineString(line.xy))


def _plot(plot: RawPlot, texts: Sequence[Text]) -> RawPlot:
    """A plot with the number, the name and the area that are written inside it."""
    inside = [t.text for t in texts if shapely.contains_xy(plot.shape, *t.at)]
    keyed = {m: v for t in inside for m, v in _keyed(t)}
    titles = {m[1] for t in inside if (m := words.PLOT_TITLE.fullmatch(t))}
    names = {t for t in inside if 0 < len(t) <= _LONGEST_NAME and not words.PLAIN_LABEL.fullmatch(t) and not _keyed(t)}
    names = {keyed["name"]} if "name" in keyed else titles or names
    stated = agreed_area([area for t in inside for area in areas_in(t)])
    said = {"where": plot.spot, "texts": ", ".join(sorted(names))}
    several = [Note("site_note.texts_inside", said)] if len(names) > 1 else []
    name = names.pop() if len(names) == 1 else ""
    role = plot.role or words.role_of(name)
    return replace(plot, number=keyed.get("number", ""), name=name, role=role, notes=tuple(several), area=stated)


def _keyed(text: str) -> list[tuple[str, str]]:
    """The number or the name of a plot in a text that says which it is."""
    match = words.KEYED.fullmatch(text)
    if match is None or not match[2]:
        return []
    key = words.folded(match[1])
    return [(m, match[2].strip()) for m in ("number", "name") if words.TITLES[m].fullmatch(key)]

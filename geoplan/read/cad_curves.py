"""Entities of a drawing as vertices: arcs replaced by chords that bulge no more than they may.

The paths of the drawing library stand for arcs by Bézier curves, which miss an arc of 500 m by 14 cm; these do not.
"""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points: TypeAlias = NDArray[np.float64]

__all__ = ["bulged", "edges", "vertices"]

_SPLINE_FRAME = 16
"""Flag of a vertex that only steers a curve."""


def vertices(entity: Any, sagitta: float) -> "tuple[Points, bool, bool]":
    """The vertices of a line of a drawing, whether it says it is closed, and whether arcs were chorded.

    Args:
        entity: LINE, LWPOLYLINE, POLYLINE, ARC, CIRCLE, ELLIPSE or SPLINE.
        sagitta: how far an arc may bulge beyond its chord, in units of the drawing.
    """
    kind = entity.dxftype()
    if kind == "LINE":
        return _flat((entity.dxf.start, entity.dxf.end)), False, False
    if kind == "LWPOLYLINE":
        return _polyline(entity, list(entity.get_points("xyb")), sagitta, closed=bool(entity.closed))
    if kind == "POLYLINE":
        corners = [
            (v.dxf.location.x, v.dxf.location.y, 0.0 if entity.is_3d_polyline else v.dxf.bulge)
            for v in entity.vertices
            if not v.dxf.flags & _SPLINE_FRAME
        ]
        return _polyline(entity, corners, sagitta, closed=bool(entity.is_closed))
    drawn = _flat(entity.flattening(sagitta))
    return drawn, kind == "CIRCLE" or bool(getattr(entity, "closed", False)), True


def edges(hatch: Any, sagitta: float) -> "list[list[Points]]":
    """The boundaries of a hatch, each as the pieces it is made of."""
    found = []
    for path in hatch.paths:
        if hasattr(path, "vertices"):
            pieces = [bulged(list(path.vertices), closed=True, sagitta=sagitta)]
        else:
            pieces = [_edge(edge, sagitta) for edge in path.edges]
        found.append([_placed(hatch, piece) for piece in pieces if len(piece) > 1])
    return found


def bulged(corners: Sequence[tuple[float, float, float]], *, closed: bool, sagitta: float) -> "Points":
    """The vertices of a polyline whose sides may be arcs, by their bulge: the tangent of a quarter of their angle.

    >>> half = bulged([(0.0, 0.0, 1.0), (2.0, 0.0, 0.0)], closed=False, sagitta=0.3)
    >>> half.round(3).tolist()
    [[0.0, 0.0], [1.0, -1.0], [2.0, 0.0]]
    >>> bulged([], closed=True, sagitta=0.1).shape
    (0, 2)
    """
    ends = [*corners[1:], *(corners[:1] if closed else [])]
    made: list[Points] = [_arc(a, b, sagitta) for a, b in zip(corners, ends, strict=False)]
    if corners and not closed:
        made.append(np.array([corners[-1][:2]], dtype=np.float64))
    return np.concatenate(made) if made else np.zeros((0, 2))


def _arc(start: tuple[float, float, float], end: tuple[float, float, float], sagitta: float) -> "Points":
    """The vertices of one side, without its end."""
    a, b, bulge = np.array(start[:2], dtype=np.float64), np.array(end[:2], dtype=np.float64), float(start[2])
    chord = b - a
    length = float(np.hypot(*chord))
    if bulge == 0 or length == 0:
        return a[None]
    angle = 4 * math.atan(bulge)
    radius = length * (1 + bulge * bulge) / (4 * abs(bulge))
    centre = (a + b) / 2 + np.array([-chord[1], chord[0]]) * (1 - bulge * bulge) / (4 * bulge)
    pieces = max(1, math.ceil(abs(angle) / (2 * math.acos(max(-1.0, 1 - sagitta / radius)))))
    turn = angle * np.arange(pieces) / pieces
    cos, sin, (x, y) = np.cos(turn), np.sin(turn), a - centre
    return np.column_stack([centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos])


def _polyline(
    entity: Any, corners: list[tuple[float, float, float]], sagitta: float, *, closed: bool
) -> "tuple[Points, bool, bool]":
    drawn = bulged(corners, closed=closed, sagitta=sagitta)
    plain = entity.dxftype() == "POLYLINE" and entity.is_3d_polyline
    return drawn if plain else _placed(entity, drawn), closed, any(bulge for _, _, bulge in corners)


def _edge(edge: Any, sagitta: float) -> "Points":
    if hasattr(edge, "radius"):
        return _flat(edge.construction_tool().flattening(sagitta)) if edge.radius > 0 else np.zeros((0, 2))
    if hasattr(edge, "construction_tool"):
        return _flat(edge.construction_tool().flattening(sagitta))
    return _flat((edge.start, edge.end))


def _placed(entity: Any, xy: "Points") -> "Points":
    """Vertices of an entity that is seen from its other side, mirrored as it is drawn."""
    ocs = entity.ocs()
    if not ocs.transform:
        return xy
    return _flat(ocs.points_to_wcs([(x, y, 0.0) for x, y in xy]))


def _flat(points: Iterable[Any]) -> "Points":
    return np.array([(p[0], p[1]) for p in points], dtype=np.float64).reshape(-1, 2)

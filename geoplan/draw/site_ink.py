"""How shapes are inked on a picture: outlines with holes, hatches, and the letters this machine has."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely

from geoplan.draw.theme import Paint

__all__ = ["PIXEL", "filled", "font", "outlined", "sample"]

_HATCHES = {"slash": "///", "back": "\\\\\\", "cross": "xxx", "dots": "...", "rows": "---", "bars": "|||", "": ""}
PIXEL = 0.75
"""Points of a pixel of the map page."""


def font(families: Iterable[str]) -> str:
    """The first family of these that this machine has and that writes Chinese; empty where it has none.

    >>> font([])
    ''
    """
    from matplotlib.font_manager import fontManager

    known = {entry.name for entry in fontManager.ttflist}
    return next((family for family in families if family in known), "")


def filled(axes: Any, shape: Any, paint: Paint, *, order: int) -> None:
    """Draw polygons with fill, hatch and line; lines with their line."""
    from matplotlib.patches import PathPatch

    path = _path(shape)
    if path is None:
        return
    axes.add_patch(PathPatch(path, zorder=order, **sample(paint)))


def outlined(axes: Any, shape: Any, colour: str, width: float, *, order: int) -> None:
    """Draw the outline of polygons, nothing in it."""
    from matplotlib.patches import PathPatch

    path = _path(shape)
    if path is not None:
        axes.add_patch(PathPatch(path, zorder=order, fill=False, edgecolor=colour, linewidth=width, joinstyle="miter"))


def sample(paint: Paint) -> dict[str, Any]:
    """A paint in the words of the drawing library."""
    from matplotlib.colors import to_rgba

    style: dict[str, Any] = {
        "facecolor": to_rgba(paint.fill, paint.opacity) if paint.fill else "none",
        "edgecolor": paint.line or "none",
        "linewidth": paint.width * PIXEL,
        "hatch": _HATCHES[paint.hatch] or None,
    }
    if paint.dash:
        style["linestyle"] = (0, tuple(float(part) / max(paint.width, 0.5) for part in paint.dash.split()))
    return style


def _path(shape: Any) -> Any:
    from matplotlib.path import Path

    rings = [shapely.get_coordinates(ring) for ring in _rings(shape)]
    if not rings:
        return None
    codes = [np.array([Path.MOVETO, *[Path.LINETO] * (len(xy) - 2), Path.CLOSEPOLY], dtype=np.uint8) for xy in rings]
    return Path(np.concatenate(rings), np.concatenate(codes))


def _rings(shape: Any) -> list[Any]:
    polygons = [p for p in shapely.get_parts(shape) if shapely.get_type_id(p) == 3 and not shapely.is_empty(p)]
    # outer rings one way, holes the other: the drawing library fills by winding
    return [ring for p in shapely.normalize(polygons) for ring in (shapely.get_exterior_ring(p), *_turned(p.interiors))]


def _turned(rings: Any) -> list[Any]:
    return [ring if shapely.is_ccw(ring) else shapely.reverse(ring) for ring in rings]

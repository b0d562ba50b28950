"""Samples and patterns: how a paint looks in the legend, and the hatches that maps and legend share (as SVG)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from geoplan.draw.geometry import Kind
from geoplan.draw.theme import Paint

__all__ = ["Patterns", "marker_path", "swatch"]

TILE = 8
"""Pixels of a hatch before it repeats."""
_STROKES: Mapping[str, str] = {
    "slash": "M-2 2l4 -4M0 8l8 -8M6 10l4 -4",
    "back": "M-2 6l4 4M0 0l8 8M6 -2l4 4",
    "cross": "M0 0l8 8M8 0l-8 8",
    "rows": "M0 2h8M0 6h8",
    "bars": "M2 0v8M6 0v8",
    "dots": "M2 2h.01M6 6h.01",
}
"""What is drawn on a tile of each hatch; a dot is a line of no length with a round end."""
WIDE, HIGH = 30, 18


@dataclass(slots=True)
class Patterns:
    """The hatches of one page, each with a number; asked for twice, the same one is given."""

    known: dict[tuple[str, str, str, float], int] = field(default_factory=dict)

    def number(self, paint: Paint) -> int | None:
        """The number of a paint's hatch; None where it has none."""
        if not paint.hatch:
            return None
        return self.known.setdefault((paint.hatch, paint.fill, paint.line, paint.opacity), len(self.known))

    def fill(self, paint: Paint) -> str:
        """What an SVG shape is filled with."""
        number = self.number(paint)
        return (paint.fill or "none") if number is None else f"url(#hatch-{number})"

    def described(self) -> list[list[str | float]]:
        """Strokes, fill, line and opacity of every hatch, for the script that paints them on a canvas."""
        return [[_STROKES[h], fill, line, opacity] for h, fill, line, opacity in self.known]

    def svg(self) -> str:
        """All hatches as SVG patterns."""
        return "".join(
            f'<pattern id="hatch-{n}" width="{TILE}" height="{TILE}" patternUnits="userSpaceOnUse">'
            f'<rect width="{TILE}" height="{TILE}" fill="{fill or "none"}" fill-opacity="{opacity:g}"/>'
            f'<path d="{_STROKES[h]}" stroke="{line}" stroke-width="{_stroke(h)}" stroke-linecap="round" fill="none"/>'
            "</pattern>"
            for (h, fill, line, opacity), n in self.known.items()
        )


def swatch(paint: Paint, kind: Kind, patterns: Patterns) -> str:
    """A sample of a paint: a box, a stretch of line, or a mark."""
    fill, line = patterns.fill(paint), paint.line or "none"
    alpha = "" if paint.hatch else f' fill-opacity="{paint.opacity:g}"'
    dash = f' stroke-dasharray="{escape(paint.dash)}"' if paint.dash else ""
    stroke = f'stroke="{line}" stroke-width="{paint.width:g}"{dash}'
    if kind == "line":
        body = f'<path d="M1 {HIGH / 2:g}H{WIDE - 1}" fill="none" {stroke}/>'
    elif kind == "point":
        body = f'<path d="{marker_path(paint, WIDE / 2, HIGH / 2)}" fill="{fill}"{alpha} {stroke}/>'
    else:
        body = f'<rect x="1.5" y="1.5" width="{WIDE - 3}" height="{HIGH - 3}" fill="{fill}"{alpha} {stroke}/>'
    size = f'width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}"'
    return f'<svg class="swatch" {size} aria-hidden="true">{body}</svg>'


def marker_path(paint: Paint, x: float, y: float) -> str:
    """The outline of a point's mark around x, y.

    >>> marker_path(Paint(shape="square", size=8), 0, 0)
    'M-4 -4H4V4H-4Z'
    """
    half = min(paint.size, HIGH - 2) / 2
    west, east, north, south = (f"{v:g}" for v in (x - half, x + half, y - half, y + half))
    outlines = {
        "square": f"M{west} {north}H{east}V{south}H{west}Z",
        "diamond": f"M{x:g} {north}L{east} {y:g}L{x:g} {south}L{west} {y:g}Z",
        "triangle": f"M{x:g} {north}L{east} {south}H{west}Z",
        "cross": f"M{west} {y:g}H{east}M{x:g} {north}V{south}",
    }
    round_ = f"M{west} {y:g}a{half:g} {half:g} 0 1 0 {2 * half:g} 0a{half:g} {half:g} 0 1 0 {-2 * half:g} 0Z"
    return outlines.get(paint.shape, round_)


def _stroke(hatch: str) -> str:
    return "2.4" if hatch == "dots" else "1.1"

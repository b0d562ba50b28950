"""A sheet as a still picture for the report: drawings a printer can print, small enough to stand among the text."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from html import escape
from itertools import pairwise

from geoplan.draw.geometry import STEPS, Ring, Shape
from geoplan.draw.sheet import Legend, Overlay, Sheet
from geoplan.draw.swatch import Patterns, marker_path
from geoplan.draw.theme import Paint, Theme

__all__ = ["WIDTH", "filled_in", "legends", "picture", "scale_length", "seen", "steps"]

WIDTH = 720
_MARGIN, _TALLEST, _SMALLEST = 12.0, 430.0, 0.6
_SHARED = frozenset({"ground", "over", "frame"})
_WORTH = 200
"""Letters from which a path is worth an id of its own."""
_DEGREE = 111_195.0
"""Metres of a degree of a great circle; good enough for a scale bar."""
_MARK = 0.75
"""Marks of points are drawn smaller than on the map page: the picture is smaller too."""


def picture(sheet: Sheet, patterns: Patterns, theme: Theme, stock: dict[str, str] | None = None) -> str:
    """The map as one SVG drawing: what is seen when its page opens, a scale bar and an arrow to the north.

    Args:
        sheet: what is drawn.
        patterns: the hatches of the page, shared by all its pictures.
        theme: inks of the page.
        stock: what several pictures of a page show, by the id under which the page holds it once; it is added to.
            Without one the picture holds all it shows.
    """
    frame = _Frame.around(sheet.bounds)
    body = "".join(_drawn(o, sheet, frame, patterns, stock) for o in seen(sheet))
    labels = "".join(_labels(o, frame, theme) for o in seen(sheet))
    margin = f"{_scale(sheet, frame, theme)}{_north(sheet, theme)}"
    if stock is not None:
        margin = f'<use href="#{_stocked(margin, stock)}"/>'
    return (
        f'<svg class="picture" viewBox="0 0 {WIDTH} {frame.height:g}" role="img" aria-label="{escape(sheet.title)}">'
        f"{body}{labels}{margin}</svg>"
    )


def legends(sheet: Sheet) -> tuple[Legend, ...]:
    """The parts of the legend that explain what the picture shows."""
    shown = {o.id for o in seen(sheet) if filled_in(o, sheet)}
    overlays = {o.id for o in sheet.overlays if o.group in {"zones", "evidence"}}
    return tuple(one for one in sheet.legends if one.entries and (one.overlay in shown or one.overlay not in overlays))


def seen(sheet: Sheet) -> Iterator[Overlay]:
    """Overlays that are seen when the page opens; of the levels of zones only the first."""
    levels = [o.id for o in sheet.overlays if o.group == "zones"]
    for overlay in sheet.overlays:
        if overlay.group == "zones":
            if overlay.id == levels[0]:
                yield overlay
        elif overlay.shown:
            yield overlay


def _drawn(overlay: Overlay, sheet: Sheet, frame: "_Frame", patterns: Patterns, stock: dict[str, str] | None) -> str:
    if stock is None or overlay.group not in _SHARED:
        return _overlay(overlay, frame, patterns, stock, filled=filled_in(overlay, sheet))
    name = f"under-{overlay.id}"
    if name not in stock:
        stock[name] = _overlay(overlay, frame, patterns, None, filled=True, short=True)
    return f'<use href="#{name}"/>'


def filled_in(overlay: Overlay, sheet: Sheet) -> bool:
    """Whether the shapes of an overlay are filled; of zones that is for the sheet to say."""
    return overlay.group != "zones" or sheet.filled


@dataclass(frozen=True, slots=True)
class _Frame:
    """From degrees to the pixels of the picture, the place in its middle."""

    west: float
    north: float
    east_west: float
    scale: float
    left: float
    height: float

    @classmethod
    def around(cls, bounds: tuple[float, float, float, float]) -> "_Frame":
        west, south, east, north = bounds
        narrow = math.cos(math.radians((south + north) / 2))
        wide, high = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
        scale = min((WIDTH - 2 * _MARGIN) / wide, (_TALLEST - 2 * _MARGIN) / high)
        height = math.ceil(high * scale + 2 * _MARGIN)
        return cls(west, north, narrow, scale, (WIDTH - wide * scale) / 2, height)

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a place lies on the picture."""
        return self.left + (lon - self.west) * self.east_west * self.scale, _MARGIN + (self.north - lat) * self.scale

    @property
    def metres(self) -> float:
        """Metres of one pixel."""
        return _DEGREE / self.scale

    def path(self, ring: Ring) -> list[tuple[float, float]]:
        """A ring in tenths of a pixel, without steps that nobody sees."""
        points: list[tuple[float, float]] = []
        lon = lat = 0
        for step in range(0, len(ring), 2):
            lon, lat = lon + ring[step], lat + ring[step + 1]
            x, y = self.at(lon / STEPS, lat / STEPS)
            last = points[-1] if points else (math.inf, math.inf)
            if abs(x - last[0]) + abs(y - last[1]) >= _SMALLEST:
                points.append((round(x, 1), round(y, 1)))
        return points


def _overlay(
    overlay: Overlay,
    frame: _Frame,
    patterns: Patterns,
    stock: dict[str, str] | None,
    *,
    filled: bool,
    short: bool = False,
) -> str:
    """All features of an overlay that one paint draws stand in one path; what several pictures draw stands in stock."""
    runs: list[tuple[str, list[str]]] = []
    kinds: dict[str, str] = {}
    for feature in overlay.features:
        drawn = _outline(feature.shape, frame, overlay.paints[feature.paint], short=short or stock is not None)
        if not drawn:
            continue
        kinds[feature.paint] = feature.shape.kind
        if not runs or runs[-1][0] != feature.paint:
            runs.append((feature.paint, []))
        runs[-1][1].append(drawn)
    written = []
    for paint, paths in runs:
        path, style = "".join(paths), _style(overlay.paints[paint], kinds[paint], patterns, filled=filled)
        if stock is None or len(path) < _WORTH:
            written.append(f'<path d="{path}" {style}/>')
        else:
            name = _stocked(f'<path d="{path}"/>', stock)
            written.append(f'<use href="#{name}" {style}/>')
    return "".join(written)


def _stocked(drawing: str, stock: dict[str, str]) -> str:
    """The id of a drawing the page holds once; the one who uses it says how it is painted."""
    name = f"s-{blake2b(drawing.encode(), digest_size=6).hexdigest()}"
    stock[name] = drawing
    return name


def _outline(shape: Shape, frame: _Frame, paint: Paint, *, short: bool) -> str:
    parts = []
    for part in shape.parts:
        for ring in part:
            points = frame.path(ring)
            if shape.kind == "point":
                parts += [_mark(paint, x, y, frame) for x, y in points]
            elif len(points) > (2 if shape.kind == "polygon" else 1):
                closed = shape.kind == "polygon"
                parts.append((steps if short else _corners)(points, closed=closed))
    return "".join(parts)


def _corners(points: list[tuple[float, float]], *, closed: bool) -> str:
    line = "L".join(f"{x:g} {y:g}" for x, y in points)
    return f"M{line}Z" if closed else f"M{line}"


def steps(points: list[tuple[float, float]], *, closed: bool) -> str:
    """A line as steps from corner to corner, as short as a path can say them: half of what its corners take.

    >>> steps([(10, 20.5), (10.3, 20), (9.8, 20), (10, 20.5)], closed=True)
    'M10 20.5l.3-.5-.5 0z'
    >>> steps([(0, 0), (0.5, 0.5)], closed=False)
    'M0 0l.5.5'
    """
    tenths = [(round(10 * x), round(10 * y)) for x, y in points]
    ends = tenths[:-1] if closed and tenths[0] == tenths[-1] else tenths
    moves = [step for at, to in pairwise(ends) for step in (to[0] - at[0], to[1] - at[1])]
    texts = [_tenths(step) for step in moves]
    # a sign, or a second point, says that the next number has begun
    glued = [
        text if text[0] == "-" or (text[0] == "." and "." in before) else f" {text}" for before, text in pairwise(texts)
    ]
    start = f"M{points[0][0]:g} {points[0][1]:g}"
    return f"{start}l{texts[0]}{''.join(glued)}{'z' if closed else ''}" if texts else start


def _tenths(step: int) -> str:
    whole, tenth = divmod(abs(step), 10)
    text = f"{whole or ''}.{tenth}" if tenth else str(whole)
    return f"-{text}" if step < 0 else text


def _mark(paint: Paint, x: float, y: float, frame: _Frame) -> str:
    from dataclasses import replace

    inside = -_MARGIN < x < WIDTH + _MARGIN and -_MARGIN < y < frame.height + _MARGIN
    return marker_path(replace(paint, size=paint.size * _MARK), round(x, 1), round(y, 1)) if inside else ""


def _style(paint: Paint, kind: str, patterns: Patterns, *, filled: bool) -> str:
    """What an SVG shape is drawn with."""
    fill = patterns.fill(paint) if filled and kind != "line" else "none"
    opacity = f' fill-opacity="{paint.opacity:g}"' if fill != "none" and not paint.hatch else ""
    # a line has no inside: what is meant for marks and areas gives it its colour
    stroke = (paint.fill if kind == "line" and paint.fill else paint.line) or "none"
    dash = f' stroke-dasharray="{escape(paint.dash)}"' if paint.dash else ""
    return f'fill="{fill}" fill-rule="evenodd"{opacity} stroke="{stroke}" stroke-width="{paint.width * _MARK:g}"{dash}'


def _labels(overlay: Overlay, frame: _Frame, theme: Theme) -> str:
    written = []
    for label in overlay.labels:
        x, y = frame.at(*label.spot)
        place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="middle"'
        halo = f'fill="{theme.inks["ink"]}" stroke="{theme.inks["paper"]}" stroke-width="3" paint-order="stroke"'
        figure = f'<tspan x="{x:.1f}" dy="1.25em">{escape(label.figure)}</tspan>' if label.figure else ""
        written.append(f"<text {place} {halo}>{escape(label.name)}{figure}</text>")
    return "".join(written)


def scale_length(metres: float) -> float:
    """The longest round length (1, 2 or 5 with noughts) within that many metres.

    >>> scale_length(137), scale_length(2600), scale_length(1)
    (100.0, 2000.0, 1.0)
    """
    power = 10.0 ** math.floor(math.log10(metres))
    return max(step * power for step in (1, 2, 5) if step * power <= metres)


def _scale(sheet: Sheet, frame: _Frame, theme: Theme) -> str:
    length = scale_length(frame.metres * WIDTH / 5)
    wide, ink = length / frame.metres, theme.inks["ink"]
    unit, amount = ("kilometre", length / 1000) if length >= 1000 else ("metre", length)
    x, y = _MARGIN, frame.height - _MARGIN
    text = f"{amount:g} {escape(sheet.texts.get(unit, ''))}".strip()
    ground = f'fill="{theme.inks["paper"]}" fill-opacity="0.85"'
    return (
        f'<g class="scale"><rect x="{x - 6:g}" y="{y - 20:g}" width="{wide + 12:.1f}" height="26" {ground}/>'
        f'<path d="M{x:g} {y - 5:g}v5h{wide:.1f}v-5" fill="none" stroke="{ink}" stroke-width="1.2"/>'
        f'<text x="{x + wide / 2:.1f}" y="{y - 7:g}" text-anchor="middle" fill="{ink}">{text}</text></g>'
    )


def _north(sheet: Sheet, theme: Theme) -> str:
    x, y, ink = WIDTH - _MARGIN - 8, _MARGIN + 2, theme.inks["ink"]
    name = escape(sheet.texts.get("north", ""))
    return (
        f'<g class="north"><circle cx="{x:g}" cy="{y + 17:g}" r="20" fill="{theme.inks["paper"]}" fill-opacity="0.85"/>'
        f'<path d="M{x:g} {y:g}l6 18l-6 -4l-6 4Z" fill="{ink}"/>'
        f'<text x="{x:g}" y="{y + 31:g}" text-anchor="middle" fill="{ink}">{name}</text></g>'
    )

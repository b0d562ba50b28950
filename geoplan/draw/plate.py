"""A sheet as a picture for a document: title, map at a printed scale, legend, scale bar, north, the same every time."""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from geoplan.draw.geometry import STEPS, Ring
from geoplan.draw.picture import filled_in, scale_length, seen
from geoplan.draw.plate_legend import MARKERS, ROW, WIDE, arranged, letters_of, write
from geoplan.draw.sheet import Label, Overlay, Sheet
from geoplan.draw.site_ink import PIXEL, font, sample
from geoplan.draw.theme import Paint, Theme

__all__ = ["Plate", "plate"]

_TITLE, _GAP, _TALLEST, _LEAST = 7.0, 2.5, 118.0, 45.0
_DPI, _AROUND = 170, 1.04
_WASTE = 1.3
"""So much smaller a picture may become for the sake of a scale of the series; else its scale has two figures."""
_DEGREE = 111_195.0
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Plate:
    """A drawn sheet: its bytes (PNG), its width on paper in millimetres, and its scale."""

    png: bytes
    width: float
    scale: float


def plate(sheet: Sheet, theme: Theme, drawn: dict[str, Any] | None = None) -> Plate | None:
    """The sheet as a picture: what is seen when its page opens. None where this machine has no letters to write with.

    Args:
        sheet: what is drawn.
        theme: inks and letters.
        drawn: outlines of the ground that the pictures of a run share; it is added to.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    family = font(theme.fonts)
    if not family:
        return None
    frame = _Frame.around(sheet)
    columns = arranged(sheet)
    high = _TITLE + frame.high + _GAP + max(map(len, columns)) * ROW
    # names of places may hold a dollar: nothing is read as a formula
    plain = {"axes.unicode_minus": False, "text.parse_math": False}
    letters: Any = {"font.family": [family], "font.size": 7, "hatch.linewidth": 0.5, **plain}
    with mpl.rc_context(letters):
        figure = Figure(figsize=(WIDE / 25.4, high / 25.4), dpi=_DPI)
        FigureCanvasAgg(figure)
        figure.text(0.5, 1 - _TITLE / 2 / high, sheet.title, fontsize=10, ha="center", va="center", fontweight="bold")
        axes = figure.add_axes((0.002, 1 - (_TITLE + frame.high) / high, 0.996, frame.high / high))
        axes.set(xlim=(frame.box[0], frame.box[2]), ylim=(frame.box[1], frame.box[3]), xticks=[], yticks=[])
        for order, overlay in enumerate(seen(sheet)):
            _overlay(axes, overlay, frame, {} if drawn is None else drawn, order, filled=filled_in(overlay, sheet))
        _labels(axes, [label for o in seen(sheet) for label in o.labels], frame, theme)
        _bar(axes, sheet, frame, theme)
        _north(axes, sheet, frame, theme)
        write(figure, columns, high, theme)
        file = io.BytesIO()
        figure.savefig(file, format="png", metadata={"Software": None})
    return Plate(file.getvalue(), WIDE, frame.scale)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The ground in the picture, in metres east and north of the middle of the place."""

    middle: tuple[float, float]
    east: float
    box: Box
    high: float
    scale: float

    @classmethod
    def around(cls, sheet: Sheet) -> "_Frame":
        west, south, east, north = sheet.bounds
        middle = (west + east) / 2, (south + north) / 2
        narrow = math.cos(math.radians(middle[1])) * _DEGREE
        wide, tall = max((east - west) * narrow, 1.0), max((north - south) * _DEGREE, 1.0)
        least = max(wide * _AROUND / WIDE, tall * _AROUND / _TALLEST) * 1000
        listed = next((int(s) for s in sorted(sheet.scales) if least <= s <= _WASTE * least), 0)
        step = 10 ** (math.floor(math.log10(least)) - 1)
        scale = listed or math.ceil(least / step) * step
        per = scale / 1000
        high = min(max(tall * _AROUND / per, _LEAST), _TALLEST)
        half = WIDE * per / 2, high * per / 2
        return cls(middle, narrow, (-half[0], -half[1], *half), high, scale)

    @property
    def per(self) -> float:
        """Metres of a millimetre on paper."""
        return (self.box[2] - self.box[0]) / WIDE

    def at(self, lon: Any, lat: Any) -> tuple[Any, Any]:
        """Metres east and north of the middle."""
        return (lon - self.middle[0]) * self.east, (lat - self.middle[1]) * _DEGREE

    def ring(self, ring: Ring) -> Any:
        """The vertices of a ring in metres."""
        steps = np.cumsum(np.asarray(ring, dtype=np.int64).reshape(-1, 2), axis=0) / STEPS
        return np.column_stack(self.at(steps[:, 0], steps[:, 1]))


def _overlay(axes: Any, overlay: Overlay, frame: _Frame, drawn: dict[str, Any], order: int, *, filled: bool) -> None:
    """Draw an overlay: neighbours in the order of the sheet that one paint draws, at once."""
    shared = overlay.group in {"ground", "over", "frame"}
    runs = drawn.get(overlay.id) if shared else None
    if runs is None:
        runs = list(_runs(overlay, frame))
        if shared:
            drawn[overlay.id] = runs
    for name, kind, outlines in runs:
        paint = overlay.paints[name]
        if kind == "point":
            _points(axes, np.concatenate(outlines), paint, order)
        else:
            _outlines(axes, outlines, kind, paint, order, filled=filled)


def _runs(overlay: Overlay, frame: _Frame) -> Iterator[tuple[str, str, list[Any]]]:
    runs: list[tuple[str, str, list[Any]]] = []
    for feature in overlay.features:
        kind = feature.shape.kind
        if not runs or runs[-1][:2] != (feature.paint, kind):
            runs.append((feature.paint, kind, []))
        for part in feature.shape.parts:
            rings = [frame.ring(ring) for ring in part]
            # outer rings one way, holes the other: the drawing library fills by winding
            turned = [_wound(xy, outer=i == 0) for i, xy in enumerate(rings)] if kind == "polygon" else rings
            runs[-1][2].extend(turned)
    yield from (run for run in runs if run[2])


def _wound(xy: Any, *, outer: bool) -> Any:
    x, y = xy[:, 0], xy[:, 1]
    area = float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    return xy if (area > 0) == outer else xy[::-1]


def _outlines(axes: Any, outlines: list[Any], kind: str, paint: Paint, order: int, *, filled: bool) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    known = [xy for xy in outlines if len(xy) > 1]
    if not known:
        return
    codes = np.concatenate([[Path.MOVETO, *[Path.LINETO] * (len(xy) - 1)] for xy in known]).astype(np.uint8)
    path, style = Path(np.concatenate(known), codes), sample(paint)
    if kind == "line" or not filled:
        style |= {"facecolor": "none", "hatch": None}
    # the picture's limits are set: to be added as a patch, each would be measured segment by segment for nothing
    if kind == "line":
        # a line has no inside: what is meant for marks and areas gives it its colour
        style["edgecolor"] = paint.fill or paint.line or "none"
        if paint.casing:
            wide = (paint.width + 2 * paint.casing) * PIXEL
            axes.add_artist(PathPatch(path, facecolor="none", edgecolor="white", linewidth=wide, zorder=order))
    axes.add_artist(PathPatch(path, zorder=order, **style))


def _points(axes: Any, xy: Any, paint: Paint, order: int) -> None:
    from matplotlib.colors import to_rgba

    axes.scatter(
        xy[:, 0], xy[:, 1], s=(paint.size * PIXEL * 0.7) ** 2, marker=MARKERS[paint.shape], zorder=order,
        facecolor=to_rgba(paint.fill, paint.opacity) if paint.fill else "none", edgecolor=paint.line or "none",
        linewidth=paint.width * PIXEL * 0.7,
    )  # fmt: skip


def _labels(axes: Any, labels: list[Label], frame: _Frame, theme: Theme) -> None:
    """Names with their figures, the first come; one that would lie on another is left out."""
    from matplotlib.patheffects import withStroke

    taken: list[Box] = []
    halo = [withStroke(linewidth=1.8, foreground=theme.inks["paper"])]
    for label in labels:
        x, y = frame.at(*label.spot)
        text = f"{label.name}\n{label.figure}" if label.figure else label.name
        wide = max(map(letters_of, text.split("\n"))) * 1.25 * frame.per / 2
        tall = (1 + text.count("\n")) * 3.0 * frame.per / 2
        box = (x - wide, y - tall, x + wide, y + tall)
        if any(_meet(box, other) for other in taken):
            continue
        taken.append(box)
        axes.text(
            x, y, text, fontsize=6.5, ha="center", va="center", color=theme.inks["ink"], zorder=60, path_effects=halo,
            clip_on=True, linespacing=1.15,
        )  # fmt: skip


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _bar(axes: Any, sheet: Sheet, frame: _Frame, theme: Theme) -> None:
    """The scale in figures and as a bar, in the lower left corner."""
    from matplotlib.patches import Rectangle

    length, per, ink = scale_length(32 * frame.per), frame.per, theme.inks["ink"]
    x, y = frame.box[0] + 4 * per, frame.box[1] + 3.5 * per
    ground: dict[str, Any] = {"facecolor": theme.inks["paper"], "alpha": 0.85, "edgecolor": "none", "zorder": 70}
    axes.add_patch(Rectangle((x - 2 * per, y - 2 * per), length + 14 * per, 9.5 * per, **ground))
    for part in range(4):
        fill = theme.inks["paper"] if part % 2 else ink
        look: dict[str, Any] = {"facecolor": fill, "edgecolor": ink, "linewidth": 0.5, "zorder": 71}
        axes.add_patch(Rectangle((x + part * length / 4, y), length / 4, 1.1 * per, **look))
    far = length >= 1000
    unit = sheet.texts.get("kilometre" if far else "metre", "")
    said: dict[str, Any] = {"fontsize": 6, "zorder": 71, "va": "bottom", "color": ink}
    axes.text(x, y + 1.5 * per, "0", ha="center", **said)
    axes.text(x + length, y + 1.5 * per, f"{length / 1000 if far else length:g} {unit}", ha="center", **said)
    axes.text(x, y + 4.2 * per, f"1:{frame.scale:,.0f}", ha="left", **said)


def _north(axes: Any, sheet: Sheet, frame: _Frame, theme: Theme) -> None:
    from matplotlib.patches import Polygon, Rectangle

    per, ink = frame.per, theme.inks["ink"]
    x, y = frame.box[2] - 6 * per, frame.box[3] - 3 * per
    ground: dict[str, Any] = {"facecolor": theme.inks["paper"], "alpha": 0.85, "edgecolor": "none", "zorder": 70}
    axes.add_patch(Rectangle((x - 4 * per, y - 11 * per), 8 * per, 12.5 * per, **ground))
    arrow = [(x, y), (x + 2 * per, y - 6 * per), (x, y - 4.6 * per), (x - 2 * per, y - 6 * per)]
    axes.add_patch(Polygon(arrow, closed=True, facecolor=ink, edgecolor="none", zorder=71))
    axes.text(x, y - 7 * per, sheet.texts.get("north", ""), fontsize=7, ha="center", va="top", color=ink, zorder=71)

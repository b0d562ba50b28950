"""The map of one layer of a check-up: the place, what there is, and where something is odd, numbered as in the list."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geoplan.draw.voice import Voice
from geoplan.health import LayerHealth
from geoplan.oddity import Oddity
from geoplan.place import Place

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Drawing", "drawing"]

WIDTH = 640
_TALLEST, _MARGIN = 560, 16
_AROUND = 0.04
"""The part of the place that is shown beyond its boundary on each side."""
_MARKS = 3
"""Numbers an oddity bears at most: at its largest shapes."""
_BESIDE = 10
_SPOTS = 300
"""Shapes of an oddity that are drawn."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map as the page draws it: paths in its own units, and marks with the number of an oddity.

    Attributes:
        width: of the picture.
        height: of it.
        boundary: the path of the place.
        areas: paths of polygons.
        lines: paths of lines.
        points: the path of all points.
        odd: (number, path, whether it is filled) of each oddity that can be drawn.
        marks: (number, x, y).
        bar: length of the scale bar, and what it says.
    """

    width: int
    height: int
    boundary: str
    areas: tuple[str, ...]
    lines: tuple[str, ...]
    points: str
    odd: tuple[tuple[int, str, str], ...]
    marks: tuple[tuple[int, int, int], ...]
    bar: tuple[int, str]


@dataclass(frozen=True, slots=True)
class _Frame:
    """From the metres of the study to the picture."""

    west: float
    north: float
    metres: float
    width: int
    height: int

    def put(self, xy: "NDArray[Any]") -> "NDArray[Any]":
        import numpy as np

        placed = np.column_stack([(xy[:, 0] - self.west) / self.metres, (self.north - xy[:, 1]) / self.metres])
        # what lies far outside is drawn at the edge: where it is stands in the sentence
        return np.rint(np.clip(placed, -2000, 4000)).astype(int)

    @classmethod
    def around(cls, place: Place) -> "_Frame":
        west, south, east, north = place.boundary.bounds
        wide, high = (east - west) or 1.0, (north - south) or 1.0
        west, east, south, north = (
            west - _AROUND * wide, east + _AROUND * wide, south - _AROUND * high, north + _AROUND * high,
        )  # fmt: skip
        metres = max((east - west) / (WIDTH - 2 * _MARGIN), (north - south) / (_TALLEST - 2 * _MARGIN))
        height = math.ceil((north - south) / metres) + 2 * _MARGIN
        width = math.ceil((east - west) / metres) + 2 * _MARGIN
        return cls(west - _MARGIN * metres, north + _MARGIN * metres, metres, width, height)


def drawing(layer: LayerHealth, place: Place, voice: Voice) -> Drawing:
    """The map of a layer, over the place it is of."""
    import numpy as np
    import shapely

    frame = _Frame.around(place)
    dimensions = shapely.get_dimensions(layer.shapes)
    odd, marks = [], []
    for number, oddity in enumerate(layer.oddities, start=1):
        if len(oddity.shapes):
            odd += [(number, path, kind) for path, kind in _odd(oddity, frame)]
            marks += [(number, x, y) for x, y in _marks(oddity, frame)]
    return Drawing(
        frame.width,
        frame.height,
        " ".join(_paths(np.array([place.boundary], dtype=object), frame)),
        tuple(_paths(layer.shapes[dimensions == 2], frame)),
        tuple(_paths(layer.shapes[dimensions == 1], frame)),
        _dots(layer.shapes[dimensions == 0], frame),
        tuple(odd),
        tuple(_apart(marks)),
        _bar(frame, voice),
    )


def _odd(oddity: Oddity, frame: _Frame) -> Iterator[tuple[str, str]]:
    import shapely

    shapes = oddity.shapes[:_SPOTS]
    dimensions = shapely.get_dimensions(shapes)
    for dimension, kind in ((2, "area"), (1, "line")):
        path = " ".join(_paths(shapes[dimensions == dimension], frame))
        if path:
            yield path, kind
    if dots := _dots(shapes[dimensions == 0], frame):
        yield dots, "point"


def _marks(oddity: Oddity, frame: _Frame) -> Iterator[tuple[int, int]]:
    """Where the number of an oddity stands: on its largest shapes, inside the picture."""
    import numpy as np
    import shapely

    shapes = oddity.shapes[:_MARKS]
    spots = shapely.point_on_surface(shapes)
    for x, y in frame.put(shapely.get_coordinates(spots[~shapely.is_empty(spots)])).tolist():
        # beside it, so that what it is can be seen
        yield int(np.clip(x + _BESIDE, 9, frame.width - 9)), int(np.clip(y - _BESIDE, 9, frame.height - 9))


def _apart(marks: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Marks that do not hide each other: what would stand on another one is moved to its right."""
    taken: set[tuple[int, int]] = set()
    for number, x, y in marks:
        at = x
        while (at // 14, y // 14) in taken and at < x + 140:
            at += 14
        taken.add((at // 14, y // 14))
        yield number, at, y


def _paths(shapes: "NDArray[Any]", frame: _Frame) -> Iterator[str]:
    """The path of each shape; what is smaller than a dot is drawn as one, so that nothing vanishes."""
    import shapely

    for shape in shapes:
        text = []
        for part in shapely.get_parts(shape):
            closed = shapely.get_dimensions(part) == 2
            rings = [part.exterior, *part.interiors] if closed else [part]
            text += [line for ring in rings if (line := _path(frame.put(shapely.get_coordinates(ring)), closed=closed))]
        if text:
            yield "".join(text)


def _path(xy: "NDArray[Any]", *, closed: bool) -> str:
    import numpy as np

    keep = np.ones(len(xy), dtype=bool)
    keep[1:] = (np.diff(xy, axis=0) != 0).any(axis=1)
    places = xy[keep].tolist()
    if not places:
        return ""
    x, y = places[0]
    if len(places) < 3 and closed:
        return f"M{x} {y}h1v1h-1z"
    return f"M{x} {y}L" + " ".join(f"{a} {b}" for a, b in places[1:] or [[x + 1, y]]) + ("z" if closed else "")


def _dots(shapes: "NDArray[Any]", frame: _Frame) -> str:
    """All points as one path of lines of no length, which round ends make dots of."""
    import numpy as np
    import shapely

    xy = shapely.get_coordinates(shapes)
    return "".join(f"M{x} {y}h0" for x, y in np.unique(frame.put(xy), axis=0).tolist()) if len(xy) else ""


def _bar(frame: _Frame, voice: Voice) -> tuple[int, str]:
    """A round length that takes about a fifth of the picture."""
    wanted = frame.width * frame.metres / 5
    power = 10 ** math.floor(math.log10(wanted))
    length = max(step * power for step in (1, 2, 5) if step * power <= wanted)
    text = (
        voice.say("health.scale", length=f"{length / 1000:g}")
        if length >= 1000
        else voice.say("health.scale_m", length=f"{length:g}")
    )
    return round(length / frame.metres), text

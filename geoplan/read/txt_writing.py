"""界址点 text files as the official tools expect them: clockwise from the north-west, closed, three decimals, CRLF."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from geoplan.errors import GeometryError
from geoplan.plot import Attachment, Plot
from geoplan.read import site_words as words

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

__all__ = ["Numbered", "cleaned", "numbered", "text_of", "zone_of"]

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A ring as it is written: its number, the names of its points, and their coordinates, closed."""

    ring: int
    labels: tuple[str, ...]
    xy: tuple[Point, ...]


def text_of(attachment: Attachment, shapes: "Sequence[BaseGeometry]", plane: "CRS") -> bytes:
    """The file in GB 18030.

    Args:
        attachment: whose plots are written.
        shapes: their polygons in that plane, in the same order.
        plane: a zone of CGCS2000.

    Raises:
        GeometryError: a plot too small or too narrow for three decimals.
    """
    lines = [f"[{words.ATTRIBUTES_SECTION}]"]
    width, zone = zone_of(plane)
    zoned = {words.WIDTH_KEYS[0]: str(width), words.ZONE_KEYS[0]: str(zone)}
    said = {**attachment.attributes, **words.WRITTEN, **zoned}
    lines += [f"{key}={cleaned(said.get(key, '')) if key != words.CONVERSION else said[key]}" for key in words.HEADER]
    lines.append(f"[{words.PLOTS_SECTION}]")
    for plot, shape in zip(attachment.plots, shapes, strict=True):
        rings = numbered(shape, plot, attachment.file)
        lines.append(_plot_row(plot, rings))
        for ring in rings:
            lines += [
                f"{label},{ring.ring},{y:.3f},{x:.3f}" for label, (x, y) in zip(ring.labels, ring.xy, strict=True)
            ]
    return ("\r\n".join(lines) + "\r\n").encode("gb18030")


def numbered(shape: "BaseGeometry", plot: Plot, file: str) -> list[Numbered]:
    """The rings of a plot as they are written: each part's outer ring clockwise from its north-west, then its holes.

    Points are named J1, J2, ... through all rings of a plot; the closing point bears the name of the first. Parts and
    holes stand from north to south.

    Raises:
        GeometryError: three decimals leave no ring, or one that crosses itself.
    """
    parts = [_part(part, plot, file) for part in shapely.get_parts(shape)]
    ordered = [ring for part in sorted(parts, key=lambda p: _first(p[0])) for ring in part]
    rings: list[Numbered] = []
    count = 0
    for ring in ordered:
        labels = [f"J{count + n}" for n in range(1, len(ring) + 1)]
        rings.append(Numbered(len(rings) + 1, (*labels, labels[0]), (*ring, ring[0])))
        count += len(ring)
    return rings


def cleaned(text: str) -> str:
    r"""A text that cannot break a row: full-width commas, no line breaks, no signs that do not print.

    >>> cleaned(" A, B\r\n"), cleaned("")
    ('A，B', '')
    """
    printed = "".join(c if unicodedata.category(c)[0] != "C" or c in "\t\r\n" else "" for c in text)
    return re.sub(r"\s+", " ", re.sub(rf"\s*[,{words.COMMA}]\s*", words.COMMA, printed)).strip()


def zone_of(plane: "CRS") -> tuple[int, int]:
    """The width in degrees and the number of a zone of CGCS2000."""
    operation = plane.coordinate_operation
    if operation is None:
        raise GeometryError("site_write.no_zone", crs=plane.name)
    said = {p.name: float(p.value) for p in operation.params}
    meridian = round(said["Longitude of natural origin"])
    six = "3-degree" not in plane.name
    zone = (meridian + 3) // 6 if six else meridian // 3
    return (6 if six else 3), zone


def _plot_row(plot: Plot, rings: Sequence[Numbered]) -> str:
    count = sum(len(ring.labels) for ring in rings)
    area = f"{_area(rings) / 1e4:.4f}"
    said = not plot.role or words.role_of(plot.name) == plot.role
    name = plot.name if said else words.WITH_ROLE.format(name=plot.name, role=plot.role)
    fields = [plot.number, name, words.KIND_WORDS["polygon"], plot.sheet, plot.use, plot.code]
    return ",".join([str(count), area, *(cleaned(f) for f in fields), "@"])


def _area(rings: Sequence[Numbered]) -> float:
    """Square metres of rings as written, holes (which run the other way) taken out."""
    return abs(sum(_signed(ring.xy) for ring in rings))


def _part(part: "BaseGeometry", plot: Plot, file: str) -> list[tuple[Point, ...]]:
    """The outer ring of a polygon and its holes, rounded and turned."""
    outer, *holes = (_rounded(shapely.get_coordinates(ring)[:-1]) for ring in shapely.get_rings(part))
    written = shapely.Polygon(outer, holes) if all(len(r) > 2 for r in (outer, *holes)) else shapely.Polygon()
    if written.area <= 0 or not written.is_valid:
        raise GeometryError("site_write.rounding", file=file, plot=plot.number or plot.name or "-")
    return [_turned(outer, clockwise=True), *sorted((_turned(h, clockwise=False) for h in holes), key=_first)]


def _rounded(xy: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> tuple[Point, ...]:
    """Points with three decimals, those that fall together written once."""
    points = [(float(f"{x:.3f}"), float(f"{y:.3f}")) for x, y in xy]
    return tuple(p for n, p in enumerate(points) if p != points[n - 1] or len(points) == 1)


def _turned(ring: tuple[Point, ...], *, clockwise: bool) -> tuple[Point, ...]:
    """A ring that runs that way and begins at its north-west: the point nearest the corner of its box."""
    if (_signed((*ring, ring[0])) < 0) != clockwise:
        ring = ring[::-1]
    west, north = min(x for x, _ in ring), max(y for _, y in ring)
    begin = min(
        range(len(ring)), key=lambda n: (np.hypot(ring[n][0] - west, ring[n][1] - north), -ring[n][1], ring[n][0])
    )
    return ring[begin:] + ring[:begin]


def _first(ring: tuple[Point, ...]) -> tuple[float, float]:
    return -ring[0][1], ring[0][0]


def _signed(closed: Sequence[Point]) -> float:
    """Square metres, negative where the ring runs clockwise."""
    x, y = (np.array(closed) - np.array(closed[0])).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2

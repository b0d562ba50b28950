"""The words around a map as HTML, from the template `web/map.html`, which escapes every text it is handed."""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from geoplan.draw.geometry import STEPS, Ring
from geoplan.draw.sheet import Entry, Sheet
from geoplan.draw.swatch import Patterns, swatch

__all__ = ["furniture", "header", "inset_scale", "panel"]

INSET = 104
"""Pixels of the longer side of the small map."""


@dataclass(frozen=True, slots=True)
class _Inset:
    """The outline of the place as the small map draws it."""

    wide: str
    high: str
    path: str


def header(sheet: Sheet, home: str) -> str:
    """Title, where and when, and the sentences every reader must see."""
    return str(_macros().header(sheet, home))


def panel(sheet: Sheet, patterns: Patterns) -> str:
    """Everything beside the map: headline and verdicts, legend with switches, figures, notes, sources."""

    def sample(entry: Entry) -> Markup:
        return Markup(swatch(entry.paint, entry.kind, patterns))  # noqa: S704  (look and theme have checked what it holds)

    return str(_macros().panel(sheet, sample))


def furniture(sheet: Sheet) -> str:
    """What lies on the map itself: north, scale, where one is, the coordinates under the pointer."""
    return str(_macros().furniture(sheet, _inset(sheet)))


def inset_scale(sheet: Sheet) -> tuple[float, float]:
    """Pixels of the small map per degree of longitude and of latitude."""
    west, south, east, north = sheet.bounds
    squeeze = math.cos(math.radians((south + north) / 2))
    per_degree = INSET / max((east - west) * squeeze, north - south, 1e-9)
    return round(per_degree * squeeze, 3), round(per_degree, 3)


@functools.cache
def _macros() -> Any:
    text = resources.files("geoplan.draw").joinpath("web", "map.html").read_text(encoding="utf-8")
    strict = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return strict.from_string(text).module


def _inset(sheet: Sheet) -> _Inset:
    west, south, east, north = sheet.bounds
    kx, ky = inset_scale(sheet)
    path = "".join(
        "M" + "L".join(f"{(x - west) * kx:.1f} {(north - y) * ky:.1f}" for x, y in _walked(ring)) + "Z"
        for shape in sheet.outline
        for part in shape.parts
        for ring in part
    )
    return _Inset(f"{(east - west) * kx:.1f}", f"{(north - south) * ky:.1f}", path)


def _walked(ring: Ring) -> Iterator[tuple[float, float]]:
    x = y = 0
    for dx, dy in zip(ring[::2], ring[1::2], strict=True):
        x, y = x + dx, y + dy
        yield x / STEPS, y / STEPS

"""The legend below a picture: the samples of its sheet in three columns, no title parted from what it is a title of."""

import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from geoplan.draw.picture import legends
from geoplan.draw.sheet import Entry, Sheet
from geoplan.draw.site_ink import PIXEL, sample
from geoplan.draw.theme import Theme

__all__ = ["MARKERS", "ROW", "WIDE", "arranged", "letters_of", "write"]

WIDE = 150.0
"""Millimetres of a picture across: what a page of A4 holds between the margins of an office."""
ROW = 3.9
"""Millimetres from line to line."""
MARKERS = {"circle": "o", "square": "s", "diamond": "D", "triangle": "^", "cross": "P"}
"""The shapes of points in the words of the drawing library."""
_COLUMNS, _SAMPLE, _LETTERS = 3, 8.0, 34
Line = tuple[Entry | None, str, bool]
"""A sample, the words beside it, and whether they are the title of a part."""


def arranged(sheet: Sheet) -> list[list[Line]]:
    """The lines of the legend, column by column, as short as three columns allow."""
    blocks = list(_blocks(sheet))
    least = math.ceil(sum(map(len, blocks)) / _COLUMNS)
    return next(columns for rows in range(max(least, 1), 10_000) if len(columns := _filled(blocks, rows)) <= _COLUMNS)


def _filled(blocks: list[list[Line]], rows: int) -> list[list[Line]]:
    """Blocks one under another; one that would cross the foot of a column begins the next."""
    columns: list[list[Line]] = [[]]
    for block in blocks:
        if columns[-1] and len(columns[-1]) + len(block) > rows:
            columns.append([])
        columns[-1].extend(block)
    return columns if max(map(len, columns)) <= rows else [*columns, *[[]] * _COLUMNS]


def _blocks(sheet: Sheet) -> Iterator[list[Line]]:
    """Lines that stay together: a sample and all of its words, the first of a part with the title above it."""
    for part in legends(sheet):
        above: list[Line] = [(None, part.title, True)]
        for entry in part.entries:
            first, *rest = _wrapped(f"{entry.text}  {entry.amount}".strip())
            yield [*above, (entry, first, False), *((None, line, False) for line in rest)]
            above = []
    if any(label.figure for overlay in sheet.overlays for label in overlay.labels) and sheet.figure[1]:
        yield [(None, sheet.texts.get("label_unit", "") + sheet.figure[1], True)]


def _wrapped(text: str) -> list[str]:
    """A text in lines that a column holds; words of an alphabet stay whole.

    >>> _wrapped("a" * 20 + " " + "b" * 20)
    ['aaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbb']
    >>> _wrapped("")
    ['']
    """
    lines, room = [""], _LETTERS
    for part in re.findall(r"[\x21-\x7e]+|\s+|.", text):
        room -= letters_of(part)
        if room < 0 and not part.isspace():
            lines, room = [*lines, ""], _LETTERS - letters_of(part)
        lines[-1] += part
    return [line.strip() for line in lines]


def letters_of(text: str) -> int:
    """How wide a text is, in Latin letters; a Chinese sign is as wide as two.

    >>> letters_of("park"), letters_of(""), len("ab")
    (4, 0, 2)
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def write(figure: Any, columns: list[list[Line]], high: float, theme: Theme) -> None:
    """Write the legend at the foot of a picture that is so many millimetres high."""
    rows = max(map(len, columns))
    for column, lines in enumerate(columns):
        x = (column * WIDE / _COLUMNS + 1) / WIDE
        for row, (entry, text, title) in enumerate(lines):
            y = (rows - row - 0.5) * ROW / high
            if entry is not None:
                _swatch(figure, entry, x, y, high)
            left, weight = (x, "bold") if title else (x + _SAMPLE / WIDE, "normal")
            figure.text(left, y, text, fontsize=6.5, va="center", fontweight=weight, color=theme.inks["ink"])


def _swatch(figure: Any, entry: Entry, x: float, y: float, high: float) -> None:
    """A sample of a paint: a box, a stretch of line, or a mark."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    paint, wide, tall, style = entry.paint, (_SAMPLE - 2) / WIDE, 2.4 / high, sample(entry.paint)
    if entry.kind == "polygon":
        figure.add_artist(Rectangle((x, y - tall / 2), wide, tall, **style))
    elif entry.kind == "line":
        look: dict[str, Any] = {"color": paint.fill or paint.line or "none", "linestyle": style.get("linestyle", "-")}
        figure.add_artist(Line2D([x, x + wide], [y, y], linewidth=paint.width * PIXEL, **look))
    else:
        look = {"markerfacecolor": style["facecolor"], "markeredgecolor": style["edgecolor"], "linestyle": "none"}
        size: dict[str, Any] = {"markersize": paint.size * PIXEL * 0.7, "markeredgewidth": paint.width * PIXEL * 0.7}
        figure.add_artist(Line2D([x + wide / 2], [y], marker=MARKERS[paint.shape], **look, **size))

"""The colours and letters every sheet shares (`maps/theme.toml`), and how one thing is painted with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geoplan.draw import look_file as of
from geoplan.draw.palette import rgb
from geoplan.errors import UnknownName, nearest

__all__ = ["HATCHES", "INKS", "SHAPES", "Paint", "Theme", "paint_readers"]

HATCHES = ("", "slash", "back", "cross", "dots", "rows", "bars")
SHAPES = ("circle", "square", "diamond", "triangle", "cross")
INKS = ("paper", "panel", "ground", "rule", "muted", "ink", "accent", "good", "warning", "notice")
"""The colours a page itself is made of; a theme names every one."""


@dataclass(frozen=True, slots=True)
class Paint:
    """How one thing is drawn: never by colour alone, so that it survives a black and white printer.

    Attributes:
        fill: `#rrggbb`, or empty for none.
        line: `#rrggbb` of the outline or line, or empty for none.
        width: of the line, in pixels.
        dash: pixels drawn and left out (`6 4`), or empty for a whole line.
        casing: pixels of white on either side of a line, so that it stands apart from what lies under it.
        hatch: one of `HATCHES`, drawn in the colour of the line over the fill.
        opacity: of fill and hatch, 0 to 1.
        shape: of a point.
        size: of a point, across, in pixels.
    """

    fill: str = ""
    line: str = ""
    width: float = 1.0
    dash: str = ""
    casing: float = 0.0
    hatch: str = ""
    opacity: float = 1.0
    shape: str = "circle"
    size: float = 8.0


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours and letters of every sheet.

    Attributes:
        fonts: families by preference; the first a reader's machine has is taken.
        inks: what the page itself is made of (`INKS`).
        colours: what sheets draw with, by name.
        ramps: sequences for zones by name, from little to much.
        file: where it stands.
    """

    fonts: tuple[str, ...]
    inks: Mapping[str, str]
    colours: Mapping[str, str]
    ramps: Mapping[str, tuple[str, ...]]
    file: str = "maps/theme.toml"

    @classmethod
    def from_toml(cls, table: Mapping[str, Any], file: str = "maps/theme.toml") -> "Theme":
        """The theme a file describes.

        Raises:
            DefinitionError: an unknown or missing key, or a colour that is none.
        """
        where = of.Where(file)
        inks: dict[str, of.Reader] = dict.fromkeys(INKS, _colour)
        readers = {
            "fonts": of.texts,
            "inks": lambda at, value: of.complete(at, value, inks),
            "colours": of.each(lambda at, _, value: _colour(at, value)),
            "ramps": of.each(lambda at, _, value: of.listed(_colour)(at, value)),
        }
        return of.made(cls, table, where, readers, file=file)

    def colour(self, where: of.Where, value: object) -> str:
        """A colour of the theme by its name, or one written `#rrggbb`; an empty text is no colour.

        Raises:
            UnknownName: the theme has no such colour.
        """
        name = of.text(where, value)
        if not name or name.startswith("#"):
            return _colour(where, name) if name else ""
        if name not in self.colours:
            known = nearest(name, self.colours) or ", ".join(self.colours)
            raise UnknownName("look.unknown_colour", file=where.file, key=where.path, name=name, nearest=known)
        return self.colours[name]

    def ramp(self, where: of.Where, value: object) -> tuple[str, ...]:
        """A sequence of the theme by its name.

        Raises:
            UnknownName: the theme has no such sequence.
        """
        name = of.text(where, value)
        if name not in self.ramps:
            known = nearest(name, self.ramps) or ", ".join(self.ramps)
            raise UnknownName("look.unknown_ramp", file=where.file, key=where.path, name=name, nearest=known)
        return self.ramps[name]


def paint_readers(theme: Theme) -> dict[str, of.Reader]:
    """How the keys of a `Paint` are read, colours by the names of a theme."""
    return {
        "fill": theme.colour,
        "line": theme.colour,
        "width": of.number,
        "dash": _dash,
        "casing": of.number,
        "hatch": of.choice(*HATCHES),
        "opacity": of.number,
        "shape": of.choice(*SHAPES),
        "size": of.number,
    }


def _colour(where: of.Where, value: object) -> str:
    rgb(text := of.text(where, value))
    return text.lower()


def _dash(where: of.Where, value: object) -> str:
    if not isinstance(value, str) or not all(part.replace(".", "", 1).isdigit() for part in value.split()):
        raise where.wrong(value, '"6 4"')
    return value

"""A table below a map: each row leads to its features, and each feature back to its row."""

import functools
from dataclasses import dataclass
from importlib import resources
from typing import Any

import jinja2

from geoplan.draw.sheet import Tone

__all__ = ["Roster", "RosterRow", "roster_html"]


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row: its texts, the positions of its features in the overlay, the word it is sifted by, its tone and file."""

    cells: tuple[str, ...]
    features: tuple[int, ...]
    word: str
    tone: Tone = "none"
    link: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """The table.

    Attributes:
        title: above it.
        heads: of the columns; the first column is a button, the last the file of the row where rows have one.
        rows: in the order shown.
        overlay: the id of the overlay the features of the rows are in.
        over: overlays that lie above it; a click on them is a click on what lies below too.
        find, only, every, none: what the boxes that sift the rows say.
        count: how many rows are shown, with a 0 where the number goes.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[RosterRow, ...]
    overlay: str
    over: tuple[str, ...] = ()
    find: str = ""
    only: str = ""
    every: str = ""
    none: str = ""
    count: str = "0"

    @property
    def words(self) -> tuple[str, ...]:
        """The words rows are sifted by, in the order they come."""
        return tuple(dict.fromkeys(row.word for row in self.rows))

    @property
    def linked(self) -> bool:
        """Whether there is a column of files."""
        return any(row.link for row in self.rows)


def roster_html(roster: Roster) -> str:
    """The table as HTML; every text is escaped."""
    return str(_template().render(roster=roster))


@functools.cache
def _template() -> Any:
    text = resources.files("geoplan.draw").joinpath("web", "roster.html").read_text(encoding="utf-8")
    strict = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return strict.from_string(text)

"""One control line and every plot of a batch: findings where there is something to say, one clear line where not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geoplan.layer import Layer
from geoplan.measure import Note
from geoplan.sites.ask import Ask
from geoplan.sites.contacts import Touched, contacts_of
from geoplan.sites.finding import Contact, Finding
from geoplan.sites.rules import EVERY, Rule
from geoplan.sites.sides import Part
from geoplan.sites.verdicts import Book, Claim, Opinion, Side, book_of
from geoplan.units import percent, shown

if TYPE_CHECKING:
    import shapely

__all__ = ["SURVEYS", "Told", "judged"]

SURVEYS = ("land_use_current", "land_use_plan")
"""Layers that should fill the ground: a gap in them is not covered. They have tables of their own."""
UNCOVERED = 0.01
"""m2 of a plot beyond the data from which that part is said not to be checked."""
_NOTHING = Contact()


class Told(NamedTuple):
    """A finding, the position of its plot, and the ground it speaks of with its m2, where it speaks of any."""

    plot: int
    finding: Finding
    shape: "shapely.Geometry | None" = None
    area: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """One line as it is being judged: its rows as they bear on each claim and side, opened once."""

    name: str
    ask: Ask
    rules: Sequence[Rule]
    classed: bool
    opened: dict[tuple[Claim, Side], Book] = field(default_factory=dict)

    def book(self, part: Part) -> Book:
        """The rows that bear on a part of a plot."""
        key = (self.ask.claims[part.owner], part.side)
        if key not in self.opened:
            self.opened[key] = book_of(self.rules, *key, self.ask.uses, classed=self.classed)
        return self.opened[key]

    def told(self, part: Part, class_name: str, opinion: Opinion, contact: Contact) -> Told:
        """An opinion as the finding it is."""
        i, ask = part.owner, self.ask
        finding = Finding(
            ask.receipts[i],
            ask.keys[i],
            self.name,
            class_name,
            opinion.verdict,
            contact,
            opinion.rule,
            opinion.reason,
            ask.wholes[i],
            opinion.sliver_only,
            "" if part.all_of_it else part.side,
        )
        return Told(i, finding)


def judged(ask: Ask, rules: Sequence[Rule], layer: Layer, *, doubtful: bool) -> Iterator[Told]:
    """What one line says of every plot.

    Args:
        ask: plots and claims.
        rules: of the line, in force; at least one.
        layer: its data.
        doubtful: whether the data are known to be incomplete or stale: then no plot is clear of them.
    """
    survey = layer.name in SURVEYS
    line = _Line(layer.name, ask, rules, bool(layer.spec.classes))
    parts = ask.cut(rules)
    found = contacts_of(
        [part.plot for part in parts],
        layer,
        ask.crs,
        ask.limits,
        reach=max(rule.distance for rule in rules),
        outside=any(rule.relation == "outside" for rule in rules),
        survey=survey,
    )
    spoken: set[int] = set()
    for told in _findings(line, parts, found):
        spoken.add(told.plot)
        # a survey says what ground there is: that is what its table is for
        if not (survey and told.finding.verdict == "clear"):
            yield told
    if not (doubtful or survey):
        yield from _clear(line, parts, spoken)


def _findings(line: _Line, parts: Sequence[Part], found: Mapping[str, Touched]) -> Iterator[Told]:
    reach = max([line.ask.limits.near, line.ask.limits.adjacent, *(rule.distance for rule in line.rules)])
    for class_name, touched in found.items():
        if class_name == EVERY:
            yield from _outside(line, parts, touched)
            continue
        for at in np.flatnonzero((touched.overlap > 0) | (touched.nearest <= reach)).tolist():
            part, contact = parts[at], touched.contact(at)
            book = line.book(part)
            if book.silent:
                continue
            opinion = book.opinion(class_name, contact, line.ask.wholes[part.owner], line.ask.limits.near)
            if opinion is not None:
                told = line.told(part, class_name, opinion, contact)
                yield told._replace(shape=touched.shapes.get(at), area=contact.overlap)
    yield from _uncovered(line, parts, next(iter(found.values())))


def _outside(line: _Line, parts: Sequence[Part], touched: Touched) -> Iterator[Told]:
    for at in np.flatnonzero(touched.outside > 0).tolist():
        part, contact = parts[at], touched.contact(at)
        opinion = line.book(part).opinion_outside(contact, line.ask.wholes[part.owner])
        if opinion is not None:
            yield line.told(part, "", opinion, contact)._replace(shape=touched.shapes[at], area=contact.outside)


def _uncovered(line: _Line, parts: Sequence[Part], touched: Touched) -> Iterator[Told]:
    """The part of each plot the data do not cover: nobody looked at it, whatever the rest says."""
    for at in np.flatnonzero(touched.uncovered > UNCOVERED).tolist():
        part, area = parts[at], float(touched.uncovered[at])
        if line.book(part).silent:
            continue
        share = percent(min(area / line.ask.wholes[part.owner], 1.0), 2)
        reason = Note("site_reason.uncovered", {"area": shown(area, 2), "percent": share})
        yield line.told(part, "", Opinion("not_checked", None, reason), Contact(uncovered=area))


def _clear(line: _Line, parts: Sequence[Part], spoken: set[int]) -> Iterator[Told]:
    """One line for every plot of which there was nothing to say: clear, or none of the line's business."""
    applies: dict[int, bool] = {}
    for part in parts:
        if part.owner not in spoken:
            applies[part.owner] = applies.get(part.owner, False) or not line.book(part).silent
    wholes = [Part(i, line.ask.plots[i]) for i in applies]
    elsewhere = Opinion("not_applicable", None, Note("site_reason.other_side"))
    for part in wholes:
        yield line.told(part, "", Opinion("clear") if applies[part.owner] else elsewhere, _NOTHING)

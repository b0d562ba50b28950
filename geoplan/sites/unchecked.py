"""Why a control line was not checked: no data, data nobody can read, stale data, no row that speaks of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from geoplan.errors import GeoplanError
from geoplan.layer import Layer
from geoplan.measure import Note
from geoplan.sites.ask import Project
from geoplan.sites.finding import ALL_PLOTS, Finding
from geoplan.sites.rules import EVERY, Rule
from geoplan.sites.uses import Uses
from geoplan.sites.verdicts import Claim, Opinion, Side, book_of

__all__ = ["Unchecked", "doubts_of", "misplaced"]

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def doubts_of(rules: Sequence[Rule], layer: Layer, day: str) -> list[Note]:
    """Why a line that has data is not checked all the same: no row or feature, data left out, stale or converted.

    Args:
        rules: of the line, in force.
        layer: its data.
        day: ISO date of the check; empty where nobody knows.
    """
    found = []
    if not rules:
        found.append(Note("site_reason.no_rules"))
    if not len(layer.frame):
        found.append(Note("site_reason.empty"))
    if layer.ledger.set_aside:
        found.append(Note("site_reason.set_aside", {"count": layer.ledger.set_aside}))
    if layer.source.crosswalk and any(rule.class_name not in {"", EVERY} for rule in rules):
        found.append(Note("site_reason.crosswalk", {"crosswalk": layer.source.crosswalk}))
    source, ages = layer.source, [rule.max_age for rule in rules if rule.max_age is not None]
    dated = _DATE.fullmatch(source.as_of) and _DATE.fullmatch(day)
    if source.valid_to and not (_DATE.fullmatch(day) and day[: len(source.valid_to)] <= source.valid_to):
        found.append(Note("site_reason.expired", {"date": source.valid_to}))
    if ages and not dated:
        found.append(Note("site_reason.undated"))
    elif ages and _years(day) - _years(source.as_of) > min(ages):
        found.append(Note("site_reason.stale", {"date": source.as_of, "years": f"{min(ages):g}"}))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Unchecked:
    """A line that was not checked: what is said of all plots of a project alike.

    Where it only lacks data, a row without any text says in the finding how grave the line is and whether it is
    required, and a line none of whose rows speaks of such a project does not apply.

    Attributes:
        name: of the line.
        rules: of the line, in force.
        uses: what planned uses mean.
        why: what was wrong with the data; None where there were none.
        answers: opinions given so far.
    """

    name: str
    rules: Sequence[Rule]
    uses: Uses
    why: Note | GeoplanError | None
    answers: dict[tuple[Claim, Side], Opinion] = field(default_factory=dict)

    def of(self, project: Project, receipt: str) -> Finding:
        """The finding of one project."""
        key = project.claim, project.side
        if key not in self.answers:
            self.answers[key] = self._opinion(*key)
        verdict, rule, reason, _ = self.answers[key]
        whole = project.contact.uncovered
        return Finding(receipt, ALL_PLOTS, self.name, "", verdict, project.contact, rule, reason, whole)

    def _opinion(self, claim: Claim, side: Side) -> Opinion:
        if self.why is not None:
            why = self.why
            reason = why if isinstance(why, Note) else Note("site_reason.unreadable", {"reason": why})
            return Opinion("not_checked", None, reason)
        first = self.rules[0]
        grave, required = min(r.severity for r in self.rules), any(r.required for r in self.rules)
        # which of its rows would speak nobody knows: none lends its text
        rule = Rule(first.row, first.layer, severity=grave, required=required, order=first.order)
        book = book_of(self.rules, claim, side, self.uses, classed=False)
        if book.silent:
            return Opinion("not_applicable", rule, Note("site_reason.other_side"))
        if not book.applies:
            return Opinion("not_applicable", rule, Note("site_reason.other_use", {"use": claim.use}))
        return Opinion("not_checked", rule, Note("site_reason.not_supplied"))


def misplaced(rules: Sequence[Rule], doubts: Mapping[str, Note], uses: Uses, *, shore: str = "") -> Iterator[Unchecked]:
    """The lines that clear nothing because something does not seem to stand where it says.

    Args:
        rules: in force, of lines that have data.
        doubts: by name, what is wrong with the place of a layer.
        uses: what planned uses mean.
        shore: name of the layer that tells land from sea; where it is wrong, no row for one of them clears.

    >>> list(misplaced([Rule(2, "eco_redline")], {}, Uses()))
    []
    """
    for name in dict.fromkeys(rule.layer for rule in rules):
        mine = [rule for rule in rules if rule.layer == name]
        if name in doubts:
            yield Unchecked(name, mine, uses, doubts[name])
        if shore in doubts and name != shore and any(rule.domain != "both" for rule in mine):
            yield Unchecked(name, mine, uses, Note("site_reason.shore", {"reason": doubts[shore]}))


def _years(date: str) -> float:
    """An ISO date in years; of a year or a month, its first day: data are as old as they may be.

    >>> _years("2025"), _years("2025-07-01") - _years("2025")
    (2025.0, 0.5)
    """
    year, month, day = (int(part) for part in (*date.split("-"), "1", "1")[:3])
    return year + (month - 1) / 12 + (day - 1) / 365.25

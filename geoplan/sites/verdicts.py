"""What the rows of one control line say of a plot: verdicts from geometry, claims and the rulebook, nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, NamedTuple, TypeAlias

from geoplan.measure import DISTANCE_TOLERANCE, Note, slack
from geoplan.sites.finding import ORDER, Contact, SiteVerdict
from geoplan.sites.rules import EVERY, HARD, Rule
from geoplan.sites.uses import Uses

__all__ = ["Book", "Claim", "Opinion", "Side", "book_of"]

Side: TypeAlias = Literal["", "land", "sea"]
"""Where a plot lies; empty where nobody knows: then rows for land and rows for the sea both speak."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a project says of itself: the limited activities it claims, and its planned use in its own words."""

    activities: frozenset[str] = frozenset()
    use: str = ""


class Opinion(NamedTuple):
    """What a line says of one plot and class: the verdict, the row it comes from, why, and whether it is a sliver."""

    verdict: SiteVerdict
    rule: Rule | None = None
    reason: Note | None = None
    sliver_only: bool = False


class _Bearing(NamedTuple):
    """A row as it bears on one claim."""

    rule: Rule
    verdict: SiteVerdict
    reason: Note | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """The rows of one control line that are in force, as they bear on one claim on one side of the shore.

    Attributes:
        named: class -> rows; every class a row names is there, though no row of it may bear on the claim.
        rest: rows for classes nobody names; None where there are none.
        outside: rows about the part in no feature.
        classed: whether the line has classes: then a feature without one may be of any.
    """

    named: dict[str, tuple[_Bearing, ...]]
    rest: tuple[_Bearing, ...] | None
    outside: tuple[_Bearing, ...]
    classed: bool

    @property
    def silent(self) -> bool:
        """Whether no row is in force here."""
        return not (self.named or self.rest or self.outside)

    @property
    def applies(self) -> bool:
        """Whether any row may speak of this project at all."""
        return any(b.verdict != "not_applicable" for b in self._every())

    @property
    def reach(self) -> float:
        """Metres the rows look beyond a plot."""
        return max((b.rule.distance for b in self._every()), default=0.0)

    def opinion(self, class_name: str, contact: Contact, whole: float, near: float) -> Opinion | None:
        """What is said of a plot and one class; None where it is neither met, nor near, nor within a row's distance.

        A class nobody speaks of is not checked, and neither is a feature that may be of any class, unless whatever
        class it is something worse follows.
        """
        rows = self._rows(class_name)
        held = None if rows is None else [b for b in rows if _holds(b.rule, contact)]
        if held:
            return _worst(held, contact, whole)
        if contact.overlap > 0 and not (self.named or self.rest is not None):
            # a line that only asks about the part outside is good to lie in
            return Opinion("clear", self.outside[0].rule if self.outside else None)
        if held is None:
            reached = contact.overlap > 0 or any(_holds(b.rule, contact) for b in self._every())
            if reached:
                return self._undecided(class_name, contact, whole)
        elif contact.overlap > 0:
            return Opinion("not_checked", None, Note("site_reason.no_rule", {"class_name": class_name}))
        if contact.nearest is not None and contact.nearest <= near + DISTANCE_TOLERANCE:
            return Opinion("clear", rows[0].rule if rows else None)
        return None

    def opinion_outside(self, contact: Contact, whole: float) -> Opinion | None:
        """What is said of the part of a plot that lies in no feature of the line; None where there is no such part."""
        held = [b for b in self.outside if contact.outside > 0]
        return _worst(held, contact, whole) if held else None

    def _rows(self, class_name: str) -> tuple[_Bearing, ...] | None:
        if class_name in self.named:
            return self.named[class_name]
        # where no row names a class, it does not matter which one a feature is of
        return None if self.classed and self.named and not class_name else self.rest

    def _every(self) -> Iterator[_Bearing]:
        for rows in (*self.named.values(), self.rest or (), self.outside):
            yield from rows

    def _undecided(self, class_name: str, contact: Contact, whole: float) -> Opinion:
        """Of a class no row names: not checked. Of no known class: the same, or what every class would say at least."""
        if class_name:
            return Opinion("not_checked", None, Note("site_reason.no_rule", {"class_name": class_name}))
        groups = [*self.named.values(), *(() if self.rest is None else (self.rest,))]
        said = [_worst([b for b in rows if _holds(b.rule, contact)], contact, whole) for rows in groups]
        mildest = max(said, key=_mildness, default=Opinion("clear"))
        reason = Note("site_reason.no_class")
        if ORDER.index(mildest.verdict) < ORDER.index("not_checked"):
            return mildest._replace(reason=reason)
        return Opinion("not_checked", None, reason)


def book_of(rules: Sequence[Rule], claim: Claim, side: Side, uses: Uses, *, classed: bool) -> Book:
    """The rows of one line as they bear on a claim.

    Args:
        rules: of one line, in force.
        claim: what the project says of itself.
        side: where the plot lies.
        uses: what planned uses mean.
        classed: whether the line has classes.
    """
    here = [r for r in rules if not side or r.domain in {"both", side}]
    about = [r for r in here if r.relation != "outside"]
    names = dict.fromkeys(r.class_name for r in about)
    bearing = {name: tuple(_bearing([r for r in about if r.class_name == name], claim, uses)) for name in names}
    rest = [bearing.pop(name) for name in ("", EVERY) if name in bearing]
    outside = tuple(_bearing([r for r in here if r.relation == "outside"], claim, uses))
    return Book(bearing, tuple(b for rows in rest for b in rows) if rest else None, outside, classed)


def _bearing(rows: Sequence[Rule], claim: Claim, uses: Uses) -> Iterator[_Bearing]:
    """The rows of one class that bear on a claim: those of the claimed activities instead of the plain ones.

    A plain row stays where some claimed activity has no row of its own, and beside it where it is of the hard kind.
    """
    for _, group in groupby(sorted(rows, key=_kind), key=_kind):
        kept = [(r, uses.fits(r.applies_to, claim.use)) for r in group]
        plain = [(r, fits) for r, fits in kept if not r.activities]
        claimed = [(r, fits) for r, fits in kept if claim.activities & set(r.activities) and fits is not False]
        answered = claim.activities <= {a for r, _ in claimed for a in r.activities}
        hard = any(r.severity <= HARD for r, _ in plain)
        for rule, fits in claimed + (plain if hard or not (claimed and answered) else []):
            yield _as_said(rule, claim, fits=fits)


def _kind(rule: Rule) -> tuple[str, float, str]:
    return rule.relation, rule.distance, rule.domain


def _as_said(rule: Rule, claim: Claim, *, fits: bool | None) -> _Bearing:
    if fits is False:
        return _Bearing(rule, "not_applicable", Note("site_reason.other_use", {"use": claim.use}))
    if fits is None:
        reason = Note("site_reason.use_unknown", {"use": claim.use, "uses": "|".join(rule.applies_to)})
        return _Bearing(rule, "not_checked", reason)
    return _Bearing(rule, rule.says)


def _holds(rule: Rule, contact: Contact) -> bool:
    if rule.relation == "within_distance":
        return contact.nearest is not None and contact.nearest <= rule.distance + DISTANCE_TOLERANCE
    return rule.relation in {"overlap", "inside"} and contact.overlap > 0


def _worst(held: Sequence[_Bearing], contact: Contact, whole: float) -> Opinion:
    """The worst of rows that hold; of several that say the same, the gravest with the texts of all; of none, clear."""
    if not held:
        return Opinion("clear")
    said = [(b, *_thinned(b, contact, whole)) for b in held]
    gravest = min(said, key=lambda s: (ORDER.index(s[1]), s[0].rule.severity, s[0].rule.row))
    bearing, verdict, thin = gravest
    if verdict == "not_checked":
        # no row decides, so none may say that this does not matter
        return Opinion(verdict, None, bearing.reason)
    alike = [b.rule for b, v, _ in said if v == verdict and b.rule.activities and bearing.rule.activities]
    rule = _joined(bearing.rule, alike) if len(alike) > 1 else bearing.rule
    return Opinion(verdict, rule, bearing.reason, thin)


def _mildness(opinion: Opinion) -> tuple[int, int, int]:
    rule = opinion.rule
    return ORDER.index(opinion.verdict), rule.severity if rule else 0, rule.row if rule else 0


def _thinned(bearing: _Bearing, contact: Contact, whole: float) -> tuple[SiteVerdict, bool]:
    """The verdict of a row, and whether all it rests on looks like a boundary drawn twice: then a person must look."""
    if bearing.rule.relation == "within_distance":
        return bearing.verdict, False
    ground = contact.outside if bearing.rule.relation == "outside" else contact.overlap
    thin = contact.sliver >= ground - slack(whole)
    if thin and bearing.verdict in {"forbidden", "conditional"}:
        return "caution", True
    return bearing.verdict, thin and bearing.verdict == "caution"


def _joined(first: Rule, rules: Iterable[Rule]) -> Rule:
    """One row for several claimed activities: what each asks for, said once."""
    rules = list(rules)

    def both(texts: Iterable[str]) -> str:
        return "；".join(dict.fromkeys(text for text in texts if text))

    return replace(
        first,
        activities=tuple(dict.fromkeys(code for r in rules for code in r.activities)),
        documents=both(r.documents for r in rules),
        exception=both(r.exception for r in rules),
        next_step=both(r.next_step for r in rules),
        authority=both(r.authority for r in rules),
        basis=both(r.basis for r in rules),
    )

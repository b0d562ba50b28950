"""Why a control line was not checked: no data, data nobody can read, stale data, no row that speaks of it."""

from collections.abc import Iterator, Sequence

from geoplan.errors import GeoplanError
from geoplan.layer import Layer
from geoplan.measure import Note
from geoplan.sites.ask import Ask
from geoplan.sites.finding import ALL_PLOTS, Finding
from geoplan.sites.line import Told
from geoplan.sites.rules import Rule
from geoplan.sites.verdicts import Claim, Opinion, Side, book_of

__all__ = ["doubts_of", "unchecked"]


def doubts_of(rules: Sequence[Rule], layer: Layer, day: str) -> list[Note]:
    """Why a line that has data is not checked all the same: no row, no feature, features left out, stale data.

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
    source, ages = layer.source, [rule.max_age for rule in rules if rule.max_age is not None]
    if source.valid_to and (not day or day[: len(source.valid_to)] > source.valid_to):
        found.append(Note("site_reason.expired", {"date": source.valid_to}))
    if ages and not (source.as_of and day):
        found.append(Note("site_reason.undated"))
    elif ages and _years(day) - _years(source.as_of) > min(ages):
        found.append(Note("site_reason.stale", {"date": source.as_of, "years": f"{min(ages):g}"}))
    return found


def unchecked(ask: Ask, name: str, rules: Sequence[Rule], why: Note | GeoplanError | None) -> Iterator[Told]:
    """What is said of all plots of each project where a line was not checked.

    Where it only lacks data, the row that requires them stands in the finding, and a line none of whose rows speaks of
    such a project does not apply.

    Args:
        ask: plots and claims.
        name: of the line.
        rules: of the line, in force.
        why: what was wrong with the data; None where there were none.
    """
    answers: dict[tuple[Claim, Side], Opinion] = {}
    for first, _, claim, side, contact in ask.projects:
        key = claim, side
        if key not in answers:
            answers[key] = _without_data(ask, rules, *key) if why is None else _unfit(why)
        verdict, rule, reason, _ = answers[key]
        receipt, whole = ask.receipts[first], contact.uncovered
        yield Told(first, Finding(receipt, ALL_PLOTS, name, "", verdict, contact, rule, reason, whole))


def _unfit(why: Note | GeoplanError) -> Opinion:
    reason = why if isinstance(why, Note) else Note("site_reason.unreadable", {"reason": why})
    return Opinion("not_checked", None, reason)


def _without_data(ask: Ask, rules: Sequence[Rule], claim: Claim, side: Side) -> Opinion:
    rule = next((r for r in rules if r.required), rules[0])
    book = book_of(rules, claim, side, ask.uses, classed=False)
    if book.silent:
        return Opinion("not_applicable", rule, Note("site_reason.other_side"))
    if not book.applies:
        return Opinion("not_applicable", rule, Note("site_reason.other_use", {"use": claim.use}))
    return Opinion("not_checked", rule, Note("site_reason.not_supplied"))


def _years(date: str) -> float:
    """An ISO date in years; of a year or a month, its first day: data are as old as they may be.

    >>> _years("2025"), _years("2025-07-01") - _years("2025")
    (2025.0, 0.5)
    """
    year, month, day = (int(part) for part in (*date.split("-"), "1", "1")[:3])
    return year + (month - 1) / 12 + (day - 1) / 365.25

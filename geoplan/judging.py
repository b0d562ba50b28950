"""Answers beside the targets that bind here: which verdict each gets, and what would close the gap."""

from dataclasses import replace
from typing import TYPE_CHECKING

from geoplan.deficits import deficits_of
from geoplan.measure import Change, Note, Ratio, Total
from geoplan.reported import nearest_state
from geoplan.result import Judged, Result
from geoplan.undiminished import Aspects, undiminished
from geoplan.verdict import Unmet, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geoplan.deficits import Deficit
    from geoplan.place import Place
    from geoplan.reported import Entry
    from geoplan.target import Target

__all__ = ["judged", "judged_entries"]

SEEN = 0.01
"""Square metres from which ground that changed is not rounding."""


def judged(result: Result, targets: "Iterable[Target]", place: "Place") -> Result:
    """A computed answer with what is not as it should be, and the verdict on each target."""
    lacks = deficits_of(result.outcome, result.analysis.weight, place) if result.outcome else ()
    result = replace(result, deficits=lacks)
    year = int(result.as_of[:4]) if result.as_of[:4].isdigit() else place.year
    unmet = _unmet(lacks)
    return replace(result, judged=tuple(Judged(t, _certain(result, _verdict(result, t, year, unmet))) for t in targets))


def judged_entries(result: Result, targets: "Iterable[Target]", year: int | None) -> Result:
    """A reported answer with the verdict on each target: on what was reported of the area the target binds."""
    found = []
    for target in targets:
        entry = nearest_state(result.entries, target.area, year)
        found.append(Judged(target, _of_entry(result, entry, target), entry))
    return replace(result, judged=tuple(found))


def _of_entry(result: Result, entry: "Entry | None", target: "Target") -> Verdict:
    asked = result.analysis
    missing = Note("reported.missing", {"title": asked.title})
    verdict = judge(
        target,
        value=entry.number if entry else None,
        unit=asked.unit,
        as_of_year=entry.year if entry else None,
        better=asked.better,
        reason=missing,
        status=entry.status if entry else "",
    )
    if entry is None or entry.number is not None or verdict.word != "no_data":
        return verdict
    if target.op == "qualitative":
        return Verdict("qualitative", status="unverified")
    # somebody reported words; whether they suffice is for a person to say
    told = entry.value or Note(f"judged.{entry.status}")
    return Verdict("needs_review", reason=Note("verdict_why.reported", {"text": told}))


def _verdict(result: Result, target: "Target", year: int | None, unmet: list[Unmet]) -> Verdict:
    analysis = result.analysis
    measure = result.outcome.measure if result.outcome else None
    if target.op == "non_degradation" and result.status == "ok" and isinstance(measure, Change):
        return undiminished(target, _aspects(result), as_of_year=year, unit=analysis.unit)
    halves = measure.overall if isinstance(measure, Ratio) else None
    amount = measure.amount if isinstance(measure, Total) else None
    verdict = judge(
        target,
        value=result.value,
        ceiling=result.ceiling,
        unit=analysis.unit,
        as_of_year=year,
        better=analysis.better,
        part=halves.part if halves else amount,
        whole=halves.whole if halves else None if amount is None else 1.0,
        unmet=unmet if halves else (),
        absent="not_applicable" if result.status == "not_applicable" else "no_data",
        reason=result.reason,
    )
    return _counted(result, target, verdict)


def _certain(result: Result, verdict: Verdict) -> Verdict:
    """The verdict, left to a person where the answer rests on codes a crosswalk has brought into another scheme."""
    through = [u.spec.title for layers in result.used.values() for u in layers if u.source.crosswalk]
    if not through or verdict.word not in {"met", "met_early", "on_track", "missed", "behind"}:
        return verdict
    reason = Note("verdict_why.crosswalk", {"layer": through[0]})
    return replace(verdict, word="needs_review", reason=reason)


def _aspects(result: Result) -> Aspects:
    """What became of an area, of the classes of its ground, and of where it lies, in the unit of the definition."""
    facts = result.outcome.facts if result.outcome else {}
    before, after, unknown, thin = (float(facts.get(n) or 0.0) for n in ("before", "after", "unknown", "slivers"))
    turned = facts.get("reclassified") if result.outcome and "matrix" in result.outcome.tables else None
    lost = float(facts.get("lost") or 0.0) - float(facts.get("slivers_lost") or 0.0)

    def told(amount: float) -> float:
        return float(result.in_unit(amount if amount > SEEN else 0.0) or 0.0)

    return Aspects(
        reduced=told(before - after),
        surely=before - after - unknown - thin > SEEN,
        doubtful=unknown > SEEN or thin > SEEN,
        turned=None if turned is None else told(turned),
        moved=told(lost),
    )


def _counted(result: Result, target: "Target", verdict: Verdict) -> Verdict:
    """The verdict, left to a person where amounts nobody knows, which stand in no half, could change it."""
    measure = result.outcome.measure if result.outcome else None
    facts = result.outcome.facts if result.outcome else {}
    good, bad = {"met", "met_early", "on_track"}, {"missed", "behind"}
    review: dict[str, set[str]] = {}
    share = isinstance(measure, Ratio) and measure.overall.bounded
    if isinstance(measure, Ratio) and measure.whole_unit == "people":
        # more people can only lower an amount per head, but a share of people either way
        review["people_unknown"] = good | bad if share else good
    if not share or result.analysis.weight == "amount":
        # more of something can only raise an amount, but a share of it either way
        review["amount_unknown"] = bad if not share and target.op in {">=", ">"} else good | bad
    if isinstance(measure, Change) and measure.overall.unknown > SEEN and verdict.word in good | bad:
        hectares = f"{measure.overall.unknown / 1e4:,.4f}"
        return replace(verdict, word="needs_review", reason=Note("verdict_why.ground_unknown", {"area": hectares}))
    for name, words in review.items():
        if facts.get(name) and verdict.word in words:
            reason = Note(f"verdict_why.{name}", {"count": int(facts[name] or 0)})
            return replace(verdict, word="needs_review", reason=reason)
    return verdict


def _unmet(deficits: "Iterable[Deficit]") -> list[Unmet]:
    """What would become part if it were as it should be: id, name and the amount it would add to the headline."""
    return [(d.id, d.name, d.amount) for d in deficits if d.amount]

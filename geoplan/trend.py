"""An answer in other years: asked again of every year for which each layer that has several states has one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from geoplan.measure import Note, Table
from geoplan.study_file import iso

if TYPE_CHECKING:
    from geoplan.analysis import Analysis
    from geoplan.reported import Entry
    from geoplan.result import Result
    from geoplan.study import Study

__all__ = ["in_years", "of_entries", "rule", "trend"]


def in_years(analysis: "Analysis", study: "Study") -> dict[int, "Analysis"]:
    """The question as it is asked of each year, the oldest first; nothing where there are not two years to compare.

    A year is asked where every layer of the question that has several states has one of that year. Layers with one
    state are taken as they are. `[ask] years` narrows the years down. A question that names a state itself (a change
    between two) is asked once.
    """
    named = {n for names in analysis.roles.values() for n in names if study.declares(n)}
    if any("@" in name for name in named):
        return {}
    states = {name: found for name in sorted(named) if len(found := _states(study, name)) > 1}
    asked = study.table.get("ask", {}).get("years", [])
    years = [y for y in sorted(set[int]().union(*states.values())) if all(y in s for s in states.values())]
    years = [year for year in years if not asked or year in asked]
    if len(years) < 2:
        return {}
    return {year: _asked(analysis, {name: found[year] for name, found in states.items()}) for year in years}


def trend(analysis: "Analysis", answers: Mapping[int, "Result"]) -> Table | None:
    """The value of each year, with its ceiling where something is unknown; None where there are no other years."""
    if not answers:
        return None
    return Table.of({
        "year": ("", [str(year) for year in answers]),
        "value": (analysis.unit, [r.value for r in answers.values()]),
        "ceiling": (analysis.unit, [r.ceiling for r in answers.values()]),
    })  # fmt: skip


def rule(analysis: "Analysis", study: "Study") -> Note:
    """The rule behind a trend: which layers are of each year, and which are of one date in all of them."""
    named = dict.fromkeys(n for names in analysis.roles.values() for n in names if study.declares(n))
    titles = {name: study.catalogue.layer(name).title for name in named}
    moving = [title for name, title in titles.items() if len(_states(study, name)) > 1]
    fixed = [title for name, title in titles.items() if len(_states(study, name)) < 2]
    return Note("trend.fixed" if fixed else "trend.rule", {"moving": moving, "fixed": fixed})


def of_entries(entries: Sequence["Entry"], unit: str) -> Table | None:
    """Everything that was reported of one question, by area and year; None where that is one value or none."""
    if len(entries) < 2:
        return None
    areas = {e.area: n for n, e in reversed([*enumerate(entries)])}
    rows = sorted(entries, key=lambda e: (areas[e.area], e.year))
    return Table.of({
        "area": ("", [e.area for e in rows]),
        "year": ("", [str(e.year) for e in rows]),
        "value": (unit, [e.number if unit else e.value for e in rows]),
        "progress": ("", [e.status for e in rows]),
        "said_by": ("", [e.source for e in rows]),
    })  # fmt: skip


def _states(study: "Study", name: str) -> dict[int, str]:
    """Year -> what a role writes to take the state of a layer of that year; layers given in Python have none."""
    if name in study.extra:
        return {}
    declared = study.table.get("layers", {}).get(name, {}).get("at", {})
    found = {int(year[:4]): f"{name}@{year}" for year in map(str, declared) if year[:4].isdigit()}
    date = iso((study.state(name) or {}).get("as_of"))
    # the state a role without a year takes is written without one: it is read once
    return found | ({int(date[:4]): name} if date[:4].isdigit() else {})


def _asked(analysis: "Analysis", states: Mapping[str, str]) -> "Analysis":
    roles = {role: tuple(states.get(n, n) for n in names) for role, names in analysis.roles.items()}
    return replace(analysis, roles=roles)

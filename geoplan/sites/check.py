"""The check of a batch: every plot against every line of the rulebook, and nothing clear that was not looked at."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import geopandas as gpd
import numpy as np

from geoplan.errors import GeoplanError, UnknownName, nearest
from geoplan.layer import Layer, LayerSpec
from geoplan.measure import Note
from geoplan.ops import ellipsoid
from geoplan.result import Used
from geoplan.sites.ask import Ask, ask_of
from geoplan.sites.finding import ALL_PLOTS, ORDER, Finding, Limits, SiteReport
from geoplan.sites.line import Told, judged
from geoplan.sites.rules import Rule
from geoplan.sites.tables import Groups, LandUse, tables_of
from geoplan.sites.unchecked import Unchecked, doubts_of, misplaced
from geoplan.sites.uses import Uses

if TYPE_CHECKING:
    from pyproj import CRS

    from geoplan.place import Place
    from geoplan.sites.site import Register, Site
    from geoplan.words import Language

__all__ = ["Books", "check_register"]

Data: TypeAlias = Layer | GeoplanError | None
Areas: TypeAlias = dict[str, dict[str, dict[str, float | None]]]


@dataclass(frozen=True, slots=True)
class Books:
    """What planners keep beside the rulebook: limited activities, planned uses, groups of land classes.

    Attributes:
        activities: code -> title by language.
        uses: what planned uses mean.
        groups: which column of the table of land classes a code belongs to.
    """

    activities: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    uses: Uses = field(default_factory=Uses)
    groups: Groups = field(default_factory=Groups)


def check_register(  # noqa: PLR0913  (each is one thing the report rests on)
    register: "Register",
    *,
    place: "Place",
    rules: Sequence[Rule],
    controls: Mapping[str, Data],
    specs: Mapping[str, LayerSpec],
    land: Layer | None = None,
    land_use: LandUse | None = None,
    limits: Limits | None = None,
    books: Books | None = None,
    day: str = "",
    language: "Language" = "zh",
    stamp: str = "",
    notices: tuple[Note, ...] = (),
    doubted: Callable[[], Mapping[str, Note]] | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> SiteReport:
    """The report on a batch of sites.

    Args:
        register: plots in the study CRS.
        place: where, in which metres.
        rules: the rulebook; its lines are checked in its order, and a line without a row is not checked.
        controls: line -> its data, why they could not be read, or None; each is asked for once, when its turn comes.
        specs: contracts of the control lines.
        land: polygons of the land, where rows tell land from sea.
        land_use: the surveys behind the tables of each project.
        limits: what counts as near, adjacent, sliver.
        books: activities, planned uses, groups of land classes.
        day: ISO date for which rules are in force and data are fresh.
        language: of the documents.
        stamp: the date printed on them.
        notices: sentences every document carries.
        doubted: asked once all lines were read: by name, why one does not seem to stand where it says; then it clears
            nothing.
        provenance: inputs, rules, software.

    Raises:
        UnknownName: a project claims an activity that is not on the list.
    """
    limits, books = limits or Limits(), books or Books()
    _refuse_unknown(register, books.activities)
    in_force = tuple(rule for rule in rules if rule.in_force(day))
    shore = land if any(rule.domain != "both" for rule in in_force) else None
    ask = ask_of(register, place.crs, land=shore, limits=limits, uses=books.uses, day=day)
    told, rest, used = _judged(ask, in_force, _order(in_force, rules, controls), controls)
    lines = {name: i for i, name in enumerate(used)}
    if doubted is not None:
        held = [rule for rule in in_force if used.get(rule.layer) is not None]
        found = tuple(misplaced(held, doubted(), ask.uses, shore="" if shore is None else shore.name))
        told = [
            one for one in told if one.finding.verdict != "clear" or all(one.finding.control != f.name for f in found)
        ]
        rest += found
    told.sort(key=lambda one: (one.plot, *_rank(one.finding, lines)))
    return SiteReport(
        register=register,
        findings=tuple(_assembled(told, rest, ask, lines)),
        areas=_areas(register, ask),
        tables=tables_of(register, land_use, place.crs, books.uses, books.groups) if land_use else {},
        controls=used,
        rules=in_force,
        place=place,
        language=language,
        overlaps=_shapes(told, place.crs),
        stamp=stamp,
        notices=notices,
        provenance=dict(provenance or {}),
        specs={name: specs[name] for name in used if name in specs},
        activities=books.activities,
        limits=limits,
    )


def _judged(
    ask: Ask, rules: Sequence[Rule], names: Sequence[str], controls: Mapping[str, Data]
) -> tuple[list[Told], list[Unchecked], dict[str, Used | None]]:
    """What is said of plots, the lines that were not checked, and what each line was checked against."""
    told: list[Told] = []
    rest: list[Unchecked] = []
    used: dict[str, Used | None] = {}
    for name in names:
        mine = [rule for rule in rules if rule.layer == name]
        data = controls.get(name)
        used[name] = Used(name, data.spec, data.source, data.ledger) if isinstance(data, Layer) else None
        doubts = _doubts(mine, data, ask.day)
        rest += [Unchecked(name, mine, ask.uses, why) for why in doubts]
        if isinstance(data, Layer) and mine:
            told += judged(ask, mine, data, doubtful=bool(doubts))
    return told, rest, used


def _refuse_unknown(register: "Register", activities: Mapping[str, object]) -> None:
    for site in register.sites:
        for code in site.activities:
            if code not in activities:
                close = nearest(code, activities) or ", ".join(activities)
                raise UnknownName("site.activity", receipt=site.receipt, name=code, nearest=close)


def _order(in_force: Sequence[Rule], rules: Sequence[Rule], controls: Mapping[str, Data]) -> list[str]:
    """The lines in the order of the rulebook, then those that have data and no row."""
    ranked = sorted(in_force, key=lambda r: (r.order, r.row))
    silent = [rule.layer for rule in rules if rule.layer in controls]
    return list(dict.fromkeys([*(rule.layer for rule in ranked), *silent, *controls]))


def _doubts(rules: Sequence[Rule], data: Data, day: str) -> list[Note | GeoplanError | None]:
    """Why a line was not checked, or not to be trusted; None stands for data that are not there."""
    if isinstance(data, Layer):
        return [*doubts_of(rules, data, day)]
    # a line that is out of force and has no data is nobody's business; one whose data cannot be read is
    return [data] if rules or data is not None else []


def _rank(finding: Finding, lines: Mapping[str, int]) -> tuple[int, int, int, str, str]:
    """The worst first, then the gravest, then as the rulebook has it."""
    severity = finding.rule.severity if finding.rule else 0
    line = lines[finding.control]
    return ORDER.index(finding.verdict), severity, line, finding.class_name, finding.domain


def _assembled(
    told: Sequence[Told], rest: Sequence[Unchecked], ask: Ask, lines: Mapping[str, int]
) -> Iterator[Finding]:
    """By site, by plot, worst first; what speaks of all plots of a site stands last in it."""
    at = 0
    for project in ask.projects:
        while at < len(told) and told[at].plot < project.end:
            yield told[at].finding
            at += 1
        of_all = (line.of(project, ask.receipts[project.first]) for line in rest)
        yield from sorted(of_all, key=lambda finding: _rank(finding, lines))


def _areas(register: "Register", ask: Ask) -> Areas:
    plane: list[float | None] = [None] * len(ask.plots)
    by_plane: dict[int, tuple[CRS, list[int]]] = {}
    for i, plot in enumerate(ask.plots):
        if plot.plane is not None:
            by_plane.setdefault(id(plot.plane), (plot.plane, []))[1].append(i)
    for crs, mine in by_plane.values():
        shapes = np.array([ask.plots[i].surveyed for i in mine], dtype=object)
        for i, area in zip(mine, ellipsoid.planar_area(shapes, crs).tolist(), strict=True):
            plane[i] = area
    found: Areas = {}
    positions = iter(range(len(ask.plots)))
    for site in register.sites:
        rows = {
            key: {"plane": plane[i], "ellipsoid": ask.wholes[i], "declared": ask.plots[i].declared_area}
            for key, i in zip(site.keys, positions, strict=False)
        }
        found[site.receipt] = {**rows, ALL_PLOTS: _whole(site, list(rows.values()))}
    return found


def _whole(site: "Site", rows: list[dict[str, float | None]]) -> dict[str, float | None]:
    """The areas of a project: of all plots, as far as every plot has one; declared is what was handed in for all."""
    sums: dict[str, float | None] = {}
    for basis in ("plane", "ellipsoid", "declared"):
        known = [row[basis] for row in rows]
        sums[basis] = float(sum(a for a in known if a is not None)) if known and None not in known else None
    return {**sums, "declared": sums["declared"] if site.submitted_area is None else site.submitted_area}


def _shapes(told: Sequence[Told], crs: "CRS") -> gpd.GeoDataFrame:
    """The ground the findings speak of, one row a finding that speaks of some."""
    some = [t for t in told if t.shape is not None]
    found = [t.finding for t in some]
    columns = {
        "receipt": [f.receipt for f in found],
        "plot": [f.plot for f in found],
        "control": [f.control for f in found],
        "class_name": [f.class_name for f in found],
        "verdict": [f.verdict for f in found],
        "sliver_only": [f.sliver_only for f in found],
        "relation": [f.rule.relation if f.rule else "overlap" for f in found],
        "overlap": [t.area for t in some],
    }
    shapes = np.array([t.shape for t in some], dtype=object)
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)

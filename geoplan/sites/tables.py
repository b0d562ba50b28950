"""The two tables every answer opens with: what the land of a project is today, and what the plan wants of it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import shapely

from geoplan.errors import DefinitionError, GeoplanError, Problems
from geoplan.layer import Layer
from geoplan.measure import Table, slack
from geoplan.ops import contact, ellipsoid
from geoplan.ops.overlay import only_polygons
from geoplan.sites.uses import Uses

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    from geoplan.plot import Plot
    from geoplan.sites.site import Register, Site

    Geometries: TypeAlias = NDArray[np.object_]

__all__ = ["GROUPS", "Groups", "LandUse", "read_groups", "tables_of"]

FARM = ("cropland", "orchard", "forest", "grass", "other_agricultural")
GROUPS = (*FARM, "construction", "unused")
"""Columns of the table of land classes that a code may belong to."""
_AMOUNTS = (*GROUPS, "unknown")
_COLUMNS = ("scheme", "code", "group")


@dataclass(frozen=True, slots=True)
class LandUse:
    """The surveys behind the tables; None where there is none that can be read."""

    current: Layer | None = None
    plan: Layer | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """Which column of the table of land classes a code belongs to, by scheme; the longest prefix that fits wins."""

    prefixes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, scheme: str, code: object) -> str:
        """The column of a code; `unknown` where the scheme does not say.

        >>> groups = Groups({"survey": {"03": "forest", "0306": "unused"}})
        >>> groups.of("survey", "0301"), groups.of("survey", "0306"), groups.of("survey", "99"), groups.of("", None)
        ('forest', 'unused', 'unknown', 'unknown')
        """
        known = self.prefixes.get(scheme, {})
        text = code if isinstance(code, str) else ""
        return next((known[text[:n]] for n in range(len(text), 0, -1) if text[:n] in known), "unknown")


class _Piece(NamedTuple):
    """Ground of one plot in one feature of a survey: positions of both, m2."""

    plot: int
    feature: int
    area: float


def read_groups(rows: Sequence[Mapping[str, str]], file: str) -> Groups:
    """The groups of a table with the columns scheme, code (a prefix) and group.

    Raises:
        Problems: rows without a code, or with a group there is not.
    """
    wrong: list[GeoplanError] = [
        DefinitionError("rule.column_missing", file=file, column=c) for c in _COLUMNS if rows and c not in rows[0]
    ]
    found: dict[str, dict[str, str]] = {}
    for row, cells in enumerate([] if wrong else rows, start=2):
        if not any(cells.values()):
            continue
        if not cells["code"] or cells["group"] not in GROUPS:
            fault = DefinitionError("rule.word", column="group", value=cells["group"], nearest=", ".join(GROUPS))
            wrong.append(DefinitionError("rule.row", file=file, row=row, reason=fault))
            continue
        found.setdefault(cells["scheme"], {})[cells["code"]] = cells["group"]
    if wrong:
        raise Problems(wrong)
    return Groups(found)


def tables_of(
    register: "Register", land_use: LandUse, crs: "CRS", uses: Uses, groups: Groups
) -> dict[str, dict[str, Table]]:
    """Receipt -> `land_use_current` and `land_use_plan` of the project, where there are such surveys.

    Args:
        register: plots in the study CRS.
        land_use: the surveys.
        crs: of the study.
        uses: what planned uses mean.
        groups: which column a land class belongs to.
    """
    found: dict[str, dict[str, Table]] = {site.receipt: {} for site in register.sites}
    if land_use.current is not None:
        land = _Land.of(land_use.current, groups)
        for site, ground in _by_site(register, land_use.current, crs):
            found[site.receipt]["land_use_current"] = _current(site, land, ground)
    if land_use.plan is not None:
        plan = _Plan(land_use.plan.source.document, *(_texts(land_use.plan, c) for c in ("code", "kind")))
        for site, ground in _by_site(register, land_use.plan, crs):
            found[site.receipt]["land_use_plan"] = _planned(site, plan, ground, uses)
    return found


class _Land(NamedTuple):
    """What a survey says of each feature: its column of the table, its owner, the share of it that is ridges."""

    group: list[str]
    ownership: list[str]
    owner: list[str]
    ridges: list[float]

    @classmethod
    def of(cls, survey: Layer, groups: Groups) -> "_Land":
        """The survey, read once for all projects."""
        group = [groups.of(survey.source.scheme, code) for code in _texts(survey, "code")]
        # ridges within a field are farmland of another kind: 扣除系数 says how much of the field they are
        ridges = [_share(k) if g in FARM else 0.0 for g, k in zip(group, survey.numbers("deducted"), strict=True)]
        return cls(group, _texts(survey, "ownership"), _texts(survey, "owner"), ridges)


class _Plan(NamedTuple):
    """What a plan says of each feature, and what the plan is called."""

    name: str
    code: list[str]
    kind: list[str]


Ground: TypeAlias = "list[tuple[float, list[_Piece]]]"
"""Of each plot of a project, its m2 and its pieces."""


def _by_site(register: "Register", survey: Layer, crs: "CRS") -> "Iterator[tuple[Site, Ground]]":
    plots = [plot for site in register.sites for plot in site.plots]
    wholes = ellipsoid.area(np.array([p.shape for p in plots], dtype=object), crs).tolist()
    pieces: dict[int, list[_Piece]] = {}
    for piece in _pieces(plots, survey, crs):
        pieces.setdefault(piece.plot, []).append(piece)
    first = 0
    for site in register.sites:
        yield site, [(wholes[i], pieces.get(i, [])) for i in range(first, first + len(site.plots))]
        first += len(site.plots)


def _pieces(plots: "Sequence[Plot]", survey: Layer, crs: "CRS") -> Iterator[_Piece]:
    """What each plot has of each feature; ground drawn twice belongs to the first feature in file order."""
    shapes = np.array([p.shape for p in plots], dtype=object)
    met = contact.meetings(shapes, survey.frame.geometry.to_numpy())
    cut = met.shapes.copy()
    _, first, count = np.unique(met.plot, return_index=True, return_counts=True)
    for start, many in zip(first[count > 1], count[count > 1], strict=True):
        cut[start : start + many] = _each_once(cut[start : start + many])
    areas = ellipsoid.area(cut, crs)
    for row in np.flatnonzero(areas > 0):
        yield _Piece(int(met.plot[row]), int(met.feature[row]), float(areas[row]))


def _each_once(shapes: "Geometries") -> "Geometries":
    """The same pieces of one plot, none upon another."""
    united = shapely.union_all(shapes)
    blind = float(shapely.area(shapes).sum())
    if blind - united.area <= slack(blind):
        return shapes
    found = shapes.copy()
    for n in range(1, len(found)):
        found[n] = shapely.difference(found[n], shapely.union_all(shapes[:n]))
    return only_polygons(found)


def _current(site: "Site", land: _Land, ground: Ground) -> Table:
    """Rows by plot and owner; what nobody surveyed, or is of no known class, is a column of its own."""
    rows: dict[tuple[str, str, str], dict[str, float]] = {}
    for key, (whole, pieces) in zip(site.keys, ground, strict=True):
        for _, feature, area in pieces:
            owner = key, land.ownership[feature], land.owner[feature]
            row = rows.setdefault(owner, dict.fromkeys(_AMOUNTS, 0.0))
            ridges = area * land.ridges[feature]
            row[land.group[feature]] += area - ridges
            row["other_agricultural"] += ridges
        gap = whole - math.fsum(p.area for p in pieces)
        if gap > slack(whole):
            rows.setdefault((key, "", ""), dict.fromkeys(_AMOUNTS, 0.0))["unknown"] += gap
    columns: dict[str, tuple[str, list[Any]]] = {
        name: ("", [key[i] for key in rows]) for i, name in enumerate(("plot", "ownership", "owner"))
    }
    columns["agricultural"] = ("m2", [math.fsum(row[g] for g in FARM) for row in rows.values()])
    columns.update({name: ("m2", [row[name] for row in rows.values()]) for name in _AMOUNTS})
    columns["total"] = ("m2", [math.fsum(row.values()) for row in rows.values()])
    return Table.of(columns)


def _planned(site: "Site", plan: _Plan, ground: Ground, uses: Uses) -> Table:
    """Rows by planned use, the largest first; ground the plan says nothing of comes last, without a code."""
    areas: dict[tuple[str, str], float] = {}
    for _, pieces in ground:
        for _, feature, area in pieces:
            key = plan.code[feature], plan.kind[feature]
            areas[key] = areas.get(key, 0.0) + area
    whole = math.fsum(w for w, _ in ground)
    rows = sorted(areas, key=lambda key: (-areas[key], key))
    listed: list[tuple[Any, ...]] = [(plan.name, *key, areas[key], _agrees(site, key[1], uses)) for key in rows]
    gap = whole - math.fsum(areas.values())
    if gap > slack(whole):
        listed.append((None, None, None, gap, None))
    columns: dict[str, tuple[str, list[Any]]] = {
        column: (unit, [row[i] for row in listed])
        for i, (column, unit) in enumerate((("plan", ""), ("code", ""), ("use", ""), ("area", "m2")))
    }
    columns["share"] = ("share", [row[3] / whole if whole > 0 else None for row in listed])
    columns["agrees"] = ("", [row[4] for row in listed])
    return Table.of(columns)


def _agrees(site: "Site", kind: str, uses: Uses) -> bool | None:
    """Whether the plan wants what was applied for; None where one of the two names nothing anybody knows."""
    return uses.fits((kind,), site.planned_use) if kind and site.planned_use else None


def _texts(survey: Layer, column: str) -> list[str]:
    if column not in survey.frame:
        return [""] * len(survey.frame)
    return [cell if isinstance(cell, str) else "" for cell in survey.frame[column]]


def _share(deducted: float) -> float:
    """扣除系数 as a share: some surveys write it in percent; an empty one deducts nothing.

    >>> _share(0.12), _share(12.0), _share(float("nan"))
    (0.12, 0.12, 0.0)
    """
    if not math.isfinite(deducted):
        return 0.0
    return min(deducted if deducted <= 1 else deducted / 100, 1.0)

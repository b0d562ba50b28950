"""表2 and 表3: what the site is today and what the plan wants of it, every row and column adding up as printed."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from geoplan.draw.figures import Figure, closed
from geoplan.draw.site_tables import NOTHING, Roll
from geoplan.draw.site_view import View
from geoplan.draw.tables import Cell, Head
from geoplan.sites.site import Site

if TYPE_CHECKING:
    from geoplan.measure import Table

__all__ = ["current", "plan"]

CURRENT = (
    "plot", "ownership", "owner", "agricultural", "cropland", "orchard", "forest", "grass", "other_agricultural",
    "construction", "unused", "unknown", "total",
)  # fmt: skip
PLAN = ("plan", "code", "use", "area", "share", "agrees")
FARM = ("cropland", "orchard", "forest", "grass", "other_agricultural")
LEAVES = (*FARM, "construction", "unused", "unknown")
_HEADS = {"plan": "plan_name", "code": "plan_code", "use": "use_name", "area": "area_m2", "share": "part_share"}
_CURRENT, _PLANNED = "land_use_current", "land_use_plan"
_TEXT = frozenset({"project", "plot", "ownership", "owner", "plan", "code", "use", "agrees"})

Row = dict[str, Any]


def current(view: View, sites: Sequence[Site], *, of_project: bool = False) -> Roll:
    """表2: the land of each plot by class and ownership, with a sum a project; with the project's name if asked."""
    names = [n for n in CURRENT if n != "unknown" or any(r.get(n) for s in sites for r in _rows(view, s, _CURRENT))]
    rows = ((site, cells) for site in sites for cells in _current_rows(view, site, names))
    return _roll(view, "current", names, rows, of_project=of_project)


def plan(view: View, sites: Sequence[Site], *, of_project: bool = False) -> Roll:
    """表3: the planned uses of a site, their areas and shares, and whether they are what was applied for."""
    rows = ((site, cells) for site in sites for cells in _plan_rows(view, _rows(view, site, _PLANNED)))
    return _roll(view, "plan", PLAN, rows, of_project=of_project)


def _roll(
    view: View, name: str, names: Sequence[str], rows: Iterable[tuple[Site, tuple[Cell, ...]]], *, of_project: bool
) -> Roll:
    printed = []
    for number, (site, cells) in enumerate(rows, start=1):
        whose = (Cell(view.project(site)),) if of_project else ()
        printed.append((Cell(str(number), number), *whose, *cells))
    note = view.voice.say("site_word.rounding" if printed else "site_word.no_table")
    shown = ("number", *(("project",) if of_project else ()), *names)
    return Roll(name, view.voice.say(f"site_table.{name}"), _heads(view, shown), tuple(printed), (note,))


def _rows(view: View, site: Site, name: str) -> list[Row]:
    table: Table | None = view.report.tables.get(site.receipt, {}).get(name)
    if table is None:
        return []
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def _heads(view: View, names: Sequence[str]) -> tuple[Head, ...]:
    titles = [(view.voice.say(f"site_table.head.{_HEADS.get(name, name)}"), name not in _TEXT) for name in names]
    return tuple(Head(title, numeric=numeric, wide=not numeric) for title, numeric in titles)


def _current_rows(view: View, site: Site, names: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    rows = _rows(view, site, _CURRENT)
    sums = [_amount(row.get("total")) for row in rows]
    totals, _ = closed(sums, math.fsum(sums), 2)
    shown = [_adding_up(row, total) for row, total in zip(rows, totals, strict=True)]
    yield from (_printed(view, row, names, raw) for row, raw in zip(shown, rows, strict=True))
    if len(rows) > 1:
        total = {name: round(math.fsum(row[name] for row in shown), 2) for name in (*LEAVES, "agricultural", "total")}
        raws = {name: math.fsum(_amount(row.get(name)) for row in rows) for name in total}
        label = {"plot": view.voice.say("site_word.total"), "ownership": "", "owner": ""}
        yield _printed(view, {**total, **label}, names, raws)


def _adding_up(row: Row, total: float) -> Row:
    """The row with printed amounts: classes add up to the sum of farmland and to the total."""
    leaves, _ = closed([_amount(row.get(name)) for name in LEAVES], total, 2)
    amounts = dict(zip(LEAVES, leaves, strict=True))
    farm = round(math.fsum(amounts[name] for name in FARM), 2)
    return {**row, **amounts, "agricultural": farm, "total": total}


def _plan_rows(view: View, rows: list[Row]) -> Iterator[tuple[Cell, ...]]:
    sums = [_amount(row.get("area")) for row in rows]
    whole = math.fsum(sums)
    areas, _ = closed(sums, whole, 2)
    for row, area in zip(rows, areas, strict=True):
        share = view.percent(_amount(row.get("area")) / whole if whole > 0 else None)
        yield _printed(view, {**row, "area": area, "share": share}, PLAN, row)
    if len(rows) > 1:
        total = {"plan": view.voice.say("site_word.total"), "area": round(whole, 2), "share": view.percent(1.0)}
        yield _printed(view, total, PLAN, {"area": whole})


def _printed(view: View, row: Row, names: Sequence[str], raw: Row) -> tuple[Cell, ...]:
    return tuple(_cell(view, row.get(name), raw.get(name), name) for name in names)


def _cell(view: View, value: Any, raw: Any, name: str) -> Cell:
    if isinstance(value, Figure):
        return Cell.of(value)
    if value is None:
        return NOTHING if name not in _TEXT else Cell("—")
    if name in _TEXT:
        if isinstance(value, bool):
            return Cell(view.voice.say("report.yes" if value else "report.no"))
        return Cell(str(view.voice.worded(value)))
    # what rounds to nothing and is something is said to be below the last digit
    below = value == 0 and _amount(raw) > 0
    return Cell.of(view.square_metres(_amount(raw) if below else value))


def _amount(value: Any) -> float:
    return 0.0 if value is None else float(value)

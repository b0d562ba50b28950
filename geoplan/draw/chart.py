"""The years of an answer as a small drawing: what was found each year, and what plans ask for; printable in grey."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from geoplan.draw.figures import toward
from geoplan.draw.tables import Cell, Head, Printed
from geoplan.draw.theme import Theme
from geoplan.draw.voice import Voice
from geoplan.measure import Table
from geoplan.result import REPORTED, Result, Results

__all__ = ["trend_chart", "years_table"]

WIDTH, HEIGHT = 640, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 60.0, 30.0, 34.0
_NEAR = 13.0
"""Pixels under which two labels would run into one another."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """One thing on the drawing: a year, a value, how far it may rise, and what is written at it."""

    year: int
    value: float
    top: float
    text: str
    asked: bool = False


def trend_chart(result: Result, voice: Voice, theme: Theme) -> str:
    """The drawing as SVG; nothing where there are not two years to compare."""
    found = _found(result, voice)
    if len(found) < 2:
        return ""
    marks = (*found, *_asked(result, voice))
    years = [m.year for m in marks]
    first, last = min(years), max(years)
    low, high = min(m.value for m in marks), max(m.top for m in marks)
    # a tenth at least, lest a small change look like a great one
    room = max(high - low, 0.1 * abs(high)) or 1.0

    def at(year: int, value: float) -> tuple[float, float]:
        across = (year - first) / (last - first) if last > first else 0.5
        up = (value - low + 0.1 * room) / (1.2 * room)
        return _LEFT + across * (WIDTH - _LEFT - _RIGHT), HEIGHT - _BOTTOM - up * (HEIGHT - _TOP - _BOTTOM)

    inks, taken, drawn = theme.inks, list[tuple[float, float]](), []
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(m.year, m.value) for m in found))
    drawn.append(f'<polyline points="{line}" fill="none" stroke="{inks["accent"]}" stroke-width="2"/>')
    for mark in marks:
        (x, y), (_, top) = at(mark.year, mark.value), at(mark.year, mark.top)
        drawn.append(_sign(mark, x, y, top, inks))
        spot = _free(x, y - 9, taken)
        taken.append(spot)
        ink = inks["muted"] if mark.asked else inks["ink"]
        drawn.append(
            f'<text x="{x:.1f}" y="{spot[1]:.1f}" text-anchor="middle" fill="{ink}">{escape(mark.text)}</text>'
        )
    base = HEIGHT - _BOTTOM + 6
    drawn.append(f'<path d="M{_LEFT:g} {base:g}H{WIDTH - _RIGHT:g}" stroke="{inks["rule"]}"/>')
    for year in sorted(set(years)):
        x, _ = at(year, low)
        drawn.append(f'<text x="{x:.1f}" y="{base + 16:g}" text-anchor="middle" fill="{inks["muted"]}">{year}</text>')
    title = escape(voice.say("report.trend_of", title=voice.title(result.analysis.title)))
    return f'<svg class="trend" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">{"".join(drawn)}</svg>'


def _sign(mark: _Mark, x: float, y: float, top: float, inks: Mapping[str, str]) -> str:
    accent, muted, paper = (inks[name] for name in ("accent", "muted", "paper"))
    if mark.asked:
        return f'<path d="M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5Z" fill="{paper}" stroke="{muted}" stroke-width="1.5"/>'
    rise = f'<path d="M{x:.1f} {y:.1f}V{top:.1f}m-4 0h8" stroke="{accent}" stroke-dasharray="2 2"/>' if top < y else ""
    return f'{rise}<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{accent}"/>'


def _free(x: float, y: float, taken: list[tuple[float, float]]) -> tuple[float, float]:
    """A height for a label at which none of those written before stands."""
    while any(abs(x - a) < 4 * _NEAR and abs(y - b) < _NEAR for a, b in taken):
        y -= _NEAR
    return x, y


def _found(result: Result, voice: Voice) -> tuple[_Mark, ...]:
    rows = _rows(result.trend)
    unit, turned = result.analysis.unit, toward(result)
    found = []
    for row in rows:
        year, value = str(row.get("year", "")), row.get("value")
        if not year.isdigit() or not isinstance(value, (int, float)):
            continue
        top = row.get("ceiling")
        high = float(top) if isinstance(top, (int, float)) else float(value)
        found.append(_Mark(int(year), float(value), max(high, float(value)), voice.figure(value, unit, turned).text))
    return tuple(found)


def _asked(result: Result, voice: Voice) -> tuple[_Mark, ...]:
    """Targets that name a number in the unit of the answer."""
    marks = {}
    for judged in result.judged:
        target = judged.target
        if target.year and target.numbers and target.unit == result.analysis.unit:
            value = target.numbers[0]
            mark = _Mark(target.year, value, value, target.asks(voice.language), asked=True)
            marks[target.year, mark.text] = mark
    return tuple(marks.values())


def _rows(table: Table | None) -> tuple[dict[str, object], ...]:
    if table is None:
        return ()
    return tuple({c.name: v for c, v in zip(table.columns, row, strict=True)} for row in table.rows)


def years_table(results: Results) -> Printed | None:
    """Every answer that has several years, a column a year; None where none has."""
    voice = Voice(results.language)
    told: list[tuple[Result, str, dict[int, Cell]]] = []
    for result in results.results:
        by_area: dict[str, dict[int, Cell]] = {}
        for row in _rows(result.trend):
            year = str(row.get("year", ""))
            if year.isdigit():
                by_area.setdefault(str(row.get("area") or ""), {})[int(year)] = _cell(result, row.get("value"), voice)
        told += [(result, area, cells) for area, cells in by_area.items() if len(cells) > 1]
    if not told:
        return None
    years = sorted({year for _, _, cells in told for year in cells})
    labels = [voice.say(f"scorecard_table.{name}") for name in ("name", "area", "unit")]
    heads = (
        *(Head(label, wide=n == 0) for n, label in enumerate(labels)),
        *(Head(str(y), numeric=True) for y in years),
    )
    rows = tuple(
        (
            Cell(voice.title(result.analysis.title) or result.name),
            Cell(area or results.place.name),
            Cell(voice.unit(result.analysis.unit)),
            *(cells.get(year, Cell("—")) for year in years),
        )
        for result, area, cells in told
    )
    return Printed("years", voice.say("report.trends"), heads, rows)


def _cell(result: Result, value: object, voice: Voice) -> Cell:
    if isinstance(value, (int, float)):
        shown = f"{value:,.12g}" if result.kind in REPORTED else voice.figure(float(value), result.analysis.unit).text
        return Cell(shown, float(value), 2, "range")
    return Cell(str(value or "—"))

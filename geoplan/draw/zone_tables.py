"""The tables by zone: the whole place first, then zone by zone, and last what lies in no zone."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geoplan import units
from geoplan.draw.figures import Figure, closed, digits, printed_unit, toward
from geoplan.draw.tables import Cell, Head, Printed, head
from geoplan.draw.voice import Voice
from geoplan.measure import Change, Flow, Halves, Ratio, Row, slack
from geoplan.place import Zones
from geoplan.result import Result

__all__ = ["SMALL", "zone_tables"]

SMALL = 5
"""A whole of fewer things than this says little as a share, and is flagged."""
_FLAG = "†"
_KINDS = {"m2": "area", "m": "length", "people": "people", "count": "count"}


def zone_tables(result: Result, levels: Mapping[str, Zones], voice: Voice) -> tuple[Printed, ...]:
    """One table per level of zones."""
    if result.outcome is None or result.status == "not_applicable":
        return ()
    known = result.outcome.measure.by_zone
    return tuple(_Table(result, level, zones, voice).printed() for level, zones in levels.items() if level in known)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns of a table, the row of the place first, and what must be said below."""

    heads: tuple[Head, ...]
    cells: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of one result at one level."""

    result: Result
    level: str
    zones: Zones
    voice: Voice

    def printed(self) -> Printed:
        """The table."""
        voice, measure = self.voice, self._measure()
        rows = measure.by_zone[self.level]
        names = [voice.say("report.place"), *(self._name(row) for row in rows)]
        parts = [self._halves(ratio) for ratio in self._ratios()] or [self._plain(rows)]
        columns = zip(*(column for part in parts for column in part.cells), strict=True)
        title = voice.say("report.by_zone", level=voice.name("level", self.level))
        notes = dict.fromkeys(note for part in parts for note in part.notes)
        if not self.zones.additive:
            notes[voice.leaks(self.zones)] = None
        return Printed(
            self.level,
            title,
            (Head(voice.name("level", self.level)), *(h for part in parts for h in part.heads)),
            tuple((Cell(name), *cells) for name, cells in zip(names, columns, strict=True)),
            tuple(notes),
            first="total",
            last="rest",
        )

    def _measure(self) -> Any:
        outcome = self.result.outcome
        if outcome is None:
            raise ValueError(f"{self.result.name} has no outcome")
        return outcome.measure

    def _name(self, row: Row[Any]) -> str:
        return self.voice.say("report.unzoned") if row.zone is None else row.name or row.zone

    def _ratios(self) -> Sequence[Ratio]:
        """The headline, then the other weights: each by zone of this level."""
        measure = self._measure()
        if not isinstance(measure, Ratio):
            return ()
        weights = self.result.outcome.weights if self.result.outcome else {}
        own = self.result.analysis.weight
        others = [r for name, r in weights.items() if r is not None and name != own and self.level in r.by_zone]
        return (measure, *others)

    def _halves(self, ratio: Ratio) -> _Columns:
        place, rows = ratio.overall, [row.value for row in ratio.by_zone[self.level]]
        cells, heads, notes = [], [], []
        for half in ("whole", "part", "unknown"):
            unit = ratio.whole_unit if half == "whole" else ratio.part_unit
            if half == "unknown" and not any(h.unknown for h in (place, *rows)):
                continue
            column, moved = self._amounts([getattr(h, half) for h in (place, *rows)], unit, rows, half)
            cells.append(column)
            heads.append(head(self.voice, self._label(half, unit), printed_unit(unit, self.result)))
            if moved:
                notes.append(self.voice.say("report.closed"))
        shares = tuple(self._share(h, ratio) for h in (place, *rows))
        if any(cell.kind == "small" for cell in shares):
            notes.append(self.voice.say("report.small", flag=_FLAG, least=SMALL))
        cells.insert(2, shares)
        heads.insert(2, head(self.voice, self._label("share", ratio.part_unit), self.result.analysis.unit))
        return _Columns(tuple(heads), tuple(cells), tuple(notes))

    def _label(self, half: str, unit: str) -> str:
        kind = _KINDS.get(unit, "area")
        # a sheet is drawn for what it shows: the length of a dike is no length of shore
        own = f"report.heads.{self.result.analysis.map}_{half}_{kind}"
        return self.voice.say(own) if self.voice.knows(own) else self.voice.say(f"report.heads.{half}_{kind}")

    def _amounts(self, values: list[float], unit: str, rows: list[Halves], half: str) -> tuple[tuple[Cell, ...], bool]:
        """A column of amounts; in zones that add up, the printed rows add up to the printed row of the place."""
        shown_in = printed_unit(unit, self.result)
        factor, places = units.factor(unit) / units.factor(shown_in), digits(shown_in)
        turned = toward(self.result) if half == "part" else 0
        figures = [self.voice.figure(v * factor, shown_in, turned) for v in values]
        moved = None
        if self.zones.additive and rows and abs(math.fsum(values[1:]) - values[0]) <= slack(values[0]):
            total = figures[0].number
            shown, moved = closed([v * factor for v in values[1:]], total if total is not None else 0.0, places)
            figures[1:] = [
                old if old.number is None else Figure(units.shown(new, places), new, places)
                for old, new in zip(figures[1:], shown, strict=True)
            ]
        return tuple(Cell.of(figure) for figure in figures), moved is not None

    def _share(self, halves: Halves, ratio: Ratio) -> Cell:
        value = self.result.in_unit(halves.value)
        whole = self.result.in_unit(1.0) if halves.bounded else None
        figure = self.voice.figure(value, self.result.analysis.unit, toward(self.result), whole=whole)
        if value is not None and ratio.whole_unit == "count" and halves.whole < SMALL:
            return Cell(figure.text + _FLAG, figure.number, figure.digits, "small")
        return Cell.of(figure)

    def _flows(self, flows: Sequence[Flow]) -> _Columns:
        """What there was, what went and came, what there is, and the difference; strips that may be none apart."""
        unit, turned = self.result.analysis.unit, toward(self.result)
        columns = {name: [getattr(flow, name) for flow in flows] for name in ("before", "lost", "gained", "after")}
        columns["net"] = [flow.gained - flow.lost for flow in flows]
        apart = {name: [getattr(flow, name) for flow in flows] for name in ("slivers", "unknown")}
        columns |= {name: amounts for name, amounts in apart.items() if any(amounts)}
        heads = tuple(head(self.voice, self.voice.say(f"report.heads.{name}"), unit) for name in columns)
        figures = (
            [self.voice.figure(self.result.in_unit(a), unit, turned if name == "net" else 0) for a in amounts]
            for name, amounts in columns.items()
        )
        return _Columns(heads, tuple(tuple(map(Cell.of, column)) for column in figures))

    def _plain(self, rows: Sequence[Row[Any]]) -> _Columns:
        unit, measure, turned = self.result.analysis.unit, self._measure(), toward(self.result)
        if isinstance(measure, Change):
            return self._flows([measure.overall, *(row.value for row in rows)])
        columns = [(self.voice.say("report.value"), [measure.value, *(row.value for row in rows)])]
        doubts = {row.zone: row.value for row in getattr(measure, "unknown_by_zone", {}).get(self.level, ())}
        if any(doubts.values()):
            unknown = [measure.unknown, *(None if row.value is None else doubts.get(row.zone) for row in rows)]
            columns.append((self._label("unknown", measure.unit), unknown))
        heads = tuple(head(self.voice, label, unit) for label, _ in columns)
        figures = ([self.voice.figure(self.result.in_unit(v), unit, turned) for v in values] for _, values in columns)
        return _Columns(heads, tuple(tuple(map(Cell.of, column)) for column in figures))

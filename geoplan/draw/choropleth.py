"""Zones coloured by their value, one level at a time: limits printed, zones without a value hatched, the rest said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geoplan.draw import breaks
from geoplan.draw.figures import Figure, digits, printed_unit, toward
from geoplan.draw.ground import Ground
from geoplan.draw.look import Looks
from geoplan.draw.sheet import Entry, Feature, Label, Legend, Overlay, Rows
from geoplan.draw.theme import Paint
from geoplan.draw.voice import Voice
from geoplan.measure import Flow, Halves, Ratio, Row
from geoplan.units import factor

if TYPE_CHECKING:
    from geoplan.place import Zones
    from geoplan.result import Result, Results

__all__ = ["Level", "levels"]

MOST_ROWS = 40
"""Rows of the small table beside a map; the rest stand in the report."""
FEW = 5
"""A whole of fewer than this many things is flagged: one more or less would move its share by a fifth."""
NODATA = "none"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of zones, ready for the sheet; without a table where the answer says nothing of zones."""

    overlay: Overlay
    legend: Legend
    table: Rows | None


@dataclass(frozen=True, slots=True)
class _Zone:
    """A zone with what is said of it."""

    name: str
    value: float | None
    text: str
    halves: str
    few: bool


def levels(result: "Result", results: "Results", looks: Looks, ground: Ground) -> Iterator[Level]:
    """Every level of zones of the place: by its values, or without any where the result has none."""
    by_zone = result.outcome.measure.by_zone if result.outcome else {}
    first = next(iter(results.place.zones), "")
    for name, zones in results.place.zones.items():
        yield _Painter(result, results, looks, ground).level(zones, by_zone.get(name, ()), shown=name == first)


@dataclass(frozen=True, slots=True)
class _Painter:
    """What decides how the zones of a result look."""

    result: "Result"
    results: "Results"
    looks: Looks
    ground: Ground

    @property
    def voice(self) -> Voice:
        return Voice(self.results.language)

    def level(self, zones: "Zones", rows: Sequence[Row[Any]], *, shown: bool) -> Level:
        """The zones of one level, its part of the legend, and its small table."""
        look, unit = self.looks.sheet.zones, self.result.analysis.unit
        said = {row.zone: self._zone(row) for row in rows}
        known = [said.get(i) or _Zone(n, None, "", "", few=False) for i, n in zip(zones.ids, zones.names, strict=True)]
        places = digits(unit)
        bare = not rows and self.result.status == "ok"
        at = breaks.limits([z.value for z in known if z.value is not None], look, unit=unit, digits=places)
        texts = breaks.labels(at, places, toward(self.result))
        paints = self._paints(len(texts))
        keys = [NODATA if z.value is None else f"c{breaks.class_of(z.value, at)}" for z in known]
        if bare:
            paints = {NODATA: self.looks.page.frame["zones"]}
        overlay = self._overlay(zones, known, keys, paints, shown=shown)
        entries = [Entry(paints[f"c{i}"], "polygon", text, self._count(keys, f"c{i}")) for i, text in enumerate(texts)]
        if NODATA in keys:
            sentence = "legend.no_value" if self.result.status == "ok" else "verdict.no_data"
            entries.append(Entry(paints[NODATA], "polygon", self.voice.say(sentence), self._count(keys, NODATA)))
        note = self.voice.say("legend.limits") if len(texts) > 1 else ""
        legend = Legend(overlay.id, overlay.title, tuple(entries), note)
        return Level(overlay, legend, None if bare else self._table(zones, known, said.get(None), overlay))

    def _zone(self, row: Row[Any]) -> _Zone:
        name = row.name if row.zone is not None else self.voice.say("map.unassigned")
        value, halves = row.value, ""
        few = False
        if isinstance(value, Halves):
            halves = self._halves(value)
            measure = self.result.outcome.measure if self.result.outcome else None
            few = isinstance(measure, Ratio) and measure.whole_unit == "count" and 0 < value.whole < FEW
        amount = (
            value.value
            if isinstance(value, Halves)
            else value.gained - value.lost
            if isinstance(value, Flow)
            else value
        )
        # a run without an answer may still hold rows; what it could not answer has no value here either
        shown = self.result.in_unit(amount) if self.result.status == "ok" else None
        return _Zone(name, shown, self._figure(shown), halves, few)

    def _figure(self, value: float | None) -> str:
        unit = self.result.analysis.unit
        return Figure.of(value, unit, toward(self.result), whole=100 if unit == "%" else None).text

    def _halves(self, value: Halves) -> str:
        measure = self.result.outcome.measure if self.result.outcome else None
        if not isinstance(measure, Ratio):
            return ""
        part = self._amount(value.part, measure.part_unit)
        whole = self._amount(value.whole, measure.whole_unit)
        text = f"{part} / {whole}"
        if value.unknown > 0:
            text += self.voice.say("map.of_which_unknown", amount=self._amount(value.unknown, measure.part_unit))
        return text

    def _amount(self, amount: float, unit: str) -> str:
        printed = printed_unit(unit, self.result)
        return Figure.of(amount / factor(printed), printed).text

    def _paints(self, classes: int) -> dict[str, Paint]:
        look, border = self.looks.sheet.zones, self.looks.page.frame["zones"]
        from geoplan.draw.palette import ramp

        colours = ramp(look.ramp, classes) if classes > 1 else look.ramp[len(look.ramp) // 2 :][:classes]
        filled = {
            f"c{i}": Paint(fill=c, line=border.line, width=border.width, dash=border.dash, opacity=look.opacity)
            for i, c in enumerate(colours)
        }
        return {**filled, NODATA: self.looks.page.nodata}

    def _overlay(
        self, zones: "Zones", known: Sequence[_Zone], keys: Sequence[str], paints: dict[str, Paint], *, shown: bool
    ) -> Overlay:
        voice, (put, spots) = self.voice, self.ground.zones[zones.level]
        unit = voice.unit(self.result.analysis.unit)
        says = [
            (z.name, f"{z.text} {unit}".strip() if z.value is not None else z.text or "—", z.halves or "—")
            for z in known
        ]
        return Overlay(
            id=f"zones-{zones.level}",
            group="zones",
            title=self._title(zones),
            paints=paints,
            columns=(voice.say("map.zone"), self._value_title(), self._halves_title()),
            features=tuple(Feature(p, k, s) for p, k, s in zip(put, keys, says, strict=True)),
            labels=tuple(Label(spot, z.name, z.text) for spot, z in zip(spots, known, strict=True) if spot is not None),
            shown=shown,
        )

    def _title(self, zones: "Zones") -> str:
        unit = self.voice.unit(self.result.analysis.unit)
        level = self.voice.name("level", zones.level)
        return self.voice.say("legend.zones_in" if unit else "legend.zones", level=level, unit=unit)

    def _value_title(self) -> str:
        unit = self.voice.unit(self.result.analysis.unit)
        return self.voice.say("map.value_in", unit=unit) if unit else self.voice.say("map.value")

    def _halves_title(self) -> str:
        measure = self.result.outcome.measure if self.result.outcome else None
        if not isinstance(measure, Ratio):
            return ""
        part, whole = (self.voice.unit(printed_unit(u, self.result)) for u in (measure.part_unit, measure.whole_unit))
        return self.voice.say("map.halves", part=part, whole=whole)

    def _count(self, keys: Sequence[str], key: str) -> str:
        return self.voice.say("legend.count", count=keys.count(key))

    def _table(self, zones: "Zones", known: Sequence[_Zone], rest: _Zone | None, overlay: Overlay) -> Rows:
        has_halves = any(z.halves for z in known)
        headers = (self.voice.say("map.zone"), self._value_title(), *((self._halves_title(),) if has_halves else ()))
        every = [*known[:MOST_ROWS], *([rest] if rest else []), *self._total()]
        rows = tuple(
            (z.name, (z.text or "—") + ("*" if z.few else ""), *((z.halves,) if has_halves else ())) for z in every
        )
        notes = []
        if len(known) > MOST_ROWS:
            notes.append(self.voice.say("map.more_rows", count=len(known) - MOST_ROWS))
        if not zones.additive:
            notes.append(self.voice.leaks(zones))
        if any(z.few for z in every):
            notes.append(self.voice.say("map.few", count=FEW))
        return Rows(self.voice.name("level", zones.level), headers, rows, tuple(notes), overlay.id)

    def _total(self) -> list[_Zone]:
        measure = self.result.outcome.measure if self.result.outcome else None
        if measure is None:
            return []
        halves = self._halves(measure.overall) if isinstance(measure, Ratio) else ""
        return [
            _Zone(self.voice.say("map.total"), self.result.value, self._figure(self.result.value), halves, few=False)
        ]

"""One answer as a part of the report: headline, sentences, picture, tables, targets, definition."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from markupsafe import Markup

from geoplan.draw.chart import trend_chart
from geoplan.draw.counted import classes, value_said
from geoplan.draw.deficit_tables import deficit_table
from geoplan.draw.line import Line
from geoplan.draw.picture import legends, picture
from geoplan.draw.sentences import dated, part_of, sentences, unknown_of
from geoplan.draw.sheet import Legend, Sheet
from geoplan.draw.swatch import Patterns
from geoplan.draw.tables import NOTHING, Cell, Head, Printed, facts_table, outcome_tables, weights_table
from geoplan.draw.theme import Theme
from geoplan.draw.voice import Voice
from geoplan.draw.zone_tables import zone_tables
from geoplan.result import Result, Results

__all__ = ["Section", "section", "target_table"]

FEW = 5
"""Zones that hold nothing are listed up to so many."""
EVERY = 1_000
"""Classes the definition names: all of them."""
CLOSING = 8
"""Features of the shortest list to a target that a sentence names; the workbook has all."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report, everything in words.

    Attributes:
        name: the analysis.
        number: of the part.
        title: of the analysis.
        question: what is asked.
        value: the headline as printed, or what stands for it.
        unit: of the headline.
        beside: part and whole, what is unknown, the ceiling, the date.
        reason: why there is no value.
        sentences: the answer in sentences.
        lines: targets with verdicts.
        picture: the still map.
        years: the drawing of its years; empty where there is one.
        legends: of the picture.
        tables: weights, facts, zones, targets, and what the method handed on.
        notes: what must be said beside the number.
        definition: label and text.
    """

    name: str
    number: int
    title: str
    question: str
    value: str
    unit: str
    beside: tuple[str, ...]
    reason: str
    sentences: tuple[str, ...]
    lines: tuple[Line, ...]
    picture: Markup
    years: Markup
    legends: tuple[Legend, ...]
    tables: tuple[Printed, ...]
    notes: tuple[str, ...]
    definition: tuple[tuple[str, str], ...]

    @property
    def anchor(self) -> str:
        """Where links to this part lead."""
        return f"a-{self.number}"


def section(
    number: int,
    result: Result,
    results: Results,
    sheet: Sheet,
    judged: tuple[Line, ...],
    *,
    patterns: Patterns,
    theme: Theme,
    stock: dict[str, str],
) -> Section:
    """The part of the report that says one answer."""
    voice = Voice(results.language)
    value, unit, beside = sheet.figure
    told = (part_of(result, voice), unknown_of(result, voice), beside if result.status == "ok" else "")
    said = sentences(result, results, judged)
    return Section(
        name=result.name,
        number=number,
        title=voice.title(result.analysis.title) or result.name,
        question=voice.title(result.analysis.question),
        value=value,
        unit=unit,
        beside=(*(t for t in told if t), dated(result, voice)),
        reason=voice.note(result.reason) if result.reason else "",
        sentences=(*said, *_closing(judged, voice)),
        lines=judged,
        picture=Markup(picture(sheet, patterns, theme, stock)),  # noqa: S704  (picture escapes every text it writes)
        years=Markup(trend_chart(result, voice, theme)),  # noqa: S704  (the chart escapes every text it writes)
        legends=legends(sheet),
        tables=tuple(_tables(result, results, judged, voice)),
        notes=tuple(note for note in sheet.notes if note not in said),
        definition=tuple(_definition(result, voice)),
    )


def _tables(result: Result, results: Results, judged: tuple[Line, ...], voice: Voice) -> Iterator[Printed]:
    for table in (target_table(judged, voice), weights_table(result, voice), facts_table(result, voice)):
        if table is not None:
            yield table
    yield from (_with_something(table, voice) for table in zone_tables(result, results.place.zones, voice))
    listed = deficit_table(result, results)
    if listed is not None:
        yield listed
    yield from outcome_tables(result, voice)


def _with_something(table: Printed, voice: Voice) -> Printed:
    """A table by zone as the page prints it: where many zones hold nothing at all, these are counted, not listed."""
    rows = [row for row in table.rows[1:-1] if any(cell.number for cell in row[1:])]
    left_out = len(table.rows) - 2 - len(rows)
    if left_out < FEW or not table.first or not table.last:
        return table
    note = voice.say("report.empty_rows", count=left_out)
    return replace(table, rows=(table.rows[0], *rows, table.rows[-1]), notes=(*table.notes, note))


def target_table(judged: tuple[Line, ...], voice: Voice) -> Printed | None:
    """Targets beside verdicts; None where no target binds."""
    rows = []
    for line in judged:
        if line.judged is None:
            continue
        target = line.judged.target
        sentence = "report.target_asked" if target.year else "report.target_asked_undated"
        asked = voice.say(sentence, year=target.year or "", value=line.asks, unit=line.unit)
        asked = NOTHING if line.asks == NOTHING else asked
        rows.append((
            Cell(asked), Cell(target.area), Cell(line.verdict, kind=f"verdict {line.word}"), line.pace, Cell(line.need),
            Cell(line.origin),
        ))  # fmt: skip
    if not rows:
        return None
    labels = ("target", "target_area", "overview_verdict", "target_pace", "target_need", "target_origin")
    wide = {"overview_verdict", "target_origin"}
    heads = tuple(Head(voice.say(f"report.{label}"), label == "target_pace", label in wide) for label in labels)
    return Printed("targets", voice.say("report.targets"), heads, tuple(rows))


def _closing(judged: tuple[Line, ...], voice: Voice) -> Iterator[str]:
    """The shortest list that meets each target, in a sentence."""
    for line in judged:
        closing = line.judged.verdict.closing if line.judged else ()
        if line.judged is None or not closing or not line.judged.verdict.gap:
            continue
        names = voice.say("report.comma").join(name or key for key, name, _ in closing[:CLOSING])
        if len(closing) > CLOSING:
            names = voice.say("report.target_more", features=names, count=len(closing))
        year = line.judged.target.year or ""
        yield voice.say("report.target_closing", year=year, asks=line.asks, features=names)


def _definition(result: Result, voice: Voice) -> Iterator[tuple[str, str]]:
    """The definition a number stands on, label and text."""
    asked = result.analysis
    semicolon = voice.say("report.semicolon")

    def label(name: str) -> str:
        return voice.say(f"report.definition_{name}")

    yield label("method"), voice.name("report.method", asked.method)
    if asked.standard:
        yield label("standard"), asked.standard
    if asked.printed:
        said = [
            voice.say(
                "report.parameter",
                name=voice.name("report.parameters", key),
                value=value_said(result, value, voice),
            )
            for key, value in asked.printed.items()
        ]
        yield label("parameters"), semicolon.join(said)
    kept = classes(result, voice, most=EVERY)
    if kept:
        yield label("classes"), kept
    layers = dict.fromkeys(voice.title(u.spec.title) or u.name for group in result.used.values() for u in group)
    if layers:
        yield label("layers"), voice.say("report.comma").join(layers)
    yield label("weight"), voice.name("report.weight", asked.weight)
    if not asked.verified:
        yield "", label("unverified")

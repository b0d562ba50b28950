"""The workbook of a run: scorecards, plan by plan, what is not as it should be, each answer, sources and notes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from geoplan.draw import appendix
from geoplan.draw.audience import Audience
from geoplan.draw.chart import years_table
from geoplan.draw.deficit_tables import every_deficit
from geoplan.draw.line import Line, by_answer
from geoplan.draw.look import Looks
from geoplan.draw.maps import PLAIN
from geoplan.draw.margin import crs_note, marks
from geoplan.draw.notes import remarks
from geoplan.draw.scorecard import conflicts, scorecard, summary, systems
from geoplan.draw.sections import target_table
from geoplan.draw.sentences import basis, dated, sentences
from geoplan.draw.tables import Cell, Head, Printed, facts_table, outcome_tables, weights_table
from geoplan.draw.unmet import unmet_tables
from geoplan.draw.voice import Voice
from geoplan.draw.workbook import write_workbook
from geoplan.draw.zone_tables import zone_tables
from geoplan.result import REPORTED, Result, Results

__all__ = ["write_book"]

Tables = Mapping[str, Mapping[str, Any]]
Sheets = Iterator[tuple[str, tuple[Printed, ...]]]


def write_book(path: Path, results: Results, looks: Tables, audience: Audience) -> None:
    """Write the workbook of a run.

    Args:
        path: the file.
        results: what the run found out, as the audience may read it.
        looks: the plain tables of maps/ by file name.
        audience: who reads it.
    """
    voice = Voice(results.language)
    header = "  ".join((results.study, *marks(results, voice, audience)))
    theme = Looks.of(looks, PLAIN).theme
    write_workbook(
        path, _sheets(results, looks, audience), theme, title=results.study, header=header, stamp=results.stamp
    )


def _sheets(results: Results, looks: Tables, audience: Audience) -> Sheets:
    voice = Voice(results.language)
    yield from _cards(results, marks(results, voice, audience))
    for table in (conflicts(results), every_deficit(results), years_table(results)):
        if table is not None:
            yield table.title, (table,)
    every = by_answer(results)
    for number, result in enumerate((r for r in results.results if r.kind not in REPORTED), start=1):
        tables = tuple(_answer(result, results, every[result.name], looks))
        if tables:
            yield _named(number, result, voice), tables
    ends = (appendix.ledger_table(results), appendix.entries_table(results))
    sources = (appendix.sources_table(results, audience), *(t for t in ends if t is not None))
    yield voice.say("report.sources_sheet"), sources
    yield voice.say("report.notes_sheet"), (_notes(results, audience, voice),)


def _cards(results: Results, said: tuple[str, ...]) -> Sheets:
    """A sheet with all rows for each system of examination, and one for each plan; never two systems on one sheet."""
    voice, every = Voice(results.language), systems(results)
    if not every:
        empty = scorecard((), results)
        yield empty.title, (replace(empty, notes=(*empty.notes, summary(results), *said)),)
    for system in every:
        title = voice.say("scorecard_table.title") if len(every) == 1 else system.title
        table = scorecard(system.lines, results, title=title)
        yield title, (replace(table, notes=(*table.notes, summary(results), *said)),)
        for card in system.cards if len(system.cards) > 1 else ():
            table = scorecard(card.lines, results, card.id, card.title)
            yield card.title, (replace(table, notes=(*table.notes, *said)),)


def _named(number: int, result: Result, voice: Voice) -> str:
    return f"{number} {voice.title(result.analysis.title) or result.name}"


def _answer(result: Result, results: Results, judged: tuple[Line, ...], looks: Tables) -> Iterator[Printed]:
    """Everything a sheet says of one answer, one table under another."""
    voice = Voice(results.language)
    for table in (target_table(judged, voice), weights_table(result, voice), facts_table(result, voice)):
        if table is not None:
            yield table
    for table in zone_tables(result, results.place.zones, voice):
        yield replace(table, notes=(*table.notes, dated(result, voice), basis(results)))
    yield from outcome_tables(result, voice)
    yield from unmet_tables(result, looks, voice)


def _notes(results: Results, audience: Audience, voice: Voice) -> Printed:
    """Every sentence a reader must know, by answer: so that a sheet taken out of its book is still read right."""
    said = [
        (results.study, text)
        for text in (*marks(results, voice, audience), crs_note(results.place.crs, voice), basis(results))
    ]
    every = by_answer(results)
    for result in results.results:
        title = voice.title(result.analysis.title) or result.name
        told = [voice.note(result.reason)] if result.reason else []
        told += [*sentences(result, results, every[result.name]), *remarks(result, voice)]
        said += [(title, text) for text in told]
    lacks = voice.say("report.lacking") + ": "
    lacking = [
        (results.title(name), lacks + voice.worded([results.title(n) for n in layers]))
        for name, layers in results.not_asked.items()
    ]
    heads = (Head(voice.say("report.question")), Head(voice.say("report.notes"), wide=True))
    rows = tuple((Cell(title), Cell(text)) for title, text in (*said, *lacking))
    return Printed("notes", voice.say("report.notes"), heads, rows)

"""What stands in a folder of results: pages, tables, data, and the origin of all of it last."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from geoplan.draw import appendix
from geoplan.draw.audience import Audience
from geoplan.draw.document import as_json, document
from geoplan.draw.exchange import PROVENANCE
from geoplan.draw.folium_map import page
from geoplan.draw.geopackage import write_geopackage
from geoplan.draw.ground import Ground
from geoplan.draw.look import Looks
from geoplan.draw.maps import PLAIN, make_sheet
from geoplan.draw.margin import crs_note, marks
from geoplan.draw.notes import remarks
from geoplan.draw.provenance import origin
from geoplan.draw.public import fitted
from geoplan.draw.report import report
from geoplan.draw.scorecard import as_csv, lines, scorecard
from geoplan.draw.sections import target_table
from geoplan.draw.sentences import basis, dated, sentences
from geoplan.draw.tables import Cell, Head, Printed, facts_table, outcome_tables, weights_table
from geoplan.draw.unmet import unmet_tables
from geoplan.draw.voice import Voice
from geoplan.draw.workbook import write_workbook
from geoplan.draw.zone_tables import zone_tables
from geoplan.result import Results

__all__ = ["fill"]

Tables = Mapping[str, Mapping[str, Any]]


def fill(folder: Path, results: Results, looks: Tables, audience: Audience) -> None:
    """Write every file of a run into an empty folder.

    Args:
        folder: where.
        results: what the run found out.
        looks: the plain tables of maps/ by file name.
        audience: who may read it.
    """
    shown = fitted(results, audience)
    plain = Looks.of(looks, PLAIN)
    theme, ground = plain.theme, Ground.of(results, plain, audience)
    (folder / "maps").mkdir()
    sheets = {}
    for result in results.results:
        sheet = make_sheet(result, results, Looks.of(looks, result.analysis.map or PLAIN), audience, ground)
        sheets[result.name] = sheet
        _text(folder / "maps" / f"{result.name}.html", page(sheet, theme, home="../index.html"))
    _text(folder / "index.html", report(shown, sheets, theme, audience))
    (folder / "scorecard.csv").write_bytes(as_csv(shown).encode("utf-8-sig"))
    _workbook(folder / "scorecard.xlsx", shown, looks, audience)
    _text(folder / "results.json", as_json(document(shown)))
    write_geopackage(shown, folder / "results.gpkg", audience.grid if audience.public else 0.0)
    _text(folder / PROVENANCE, as_json(origin(shown, folder, audience.name)))


def _workbook(path: Path, results: Results, looks: Tables, audience: Audience) -> None:
    voice = Voice(results.language)
    header = "  ".join((results.study, *marks(results, voice, audience)))
    theme, sheets = Looks.of(looks, PLAIN).theme, _sheets(results, looks, audience)
    write_workbook(path, sheets, theme, title=results.study, header=header, stamp=results.stamp)


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _sheets(results: Results, looks: Tables, audience: Audience) -> Iterator[tuple[str, tuple[Printed, ...]]]:
    """The workbook: the scorecard, a sheet for each answer, what is not covered, sources, notes."""
    voice, every = Voice(results.language), lines(results)
    table = scorecard(results)
    yield table.title, (replace(table, notes=(*table.notes, *marks(results, voice, audience))),)
    for number, result in enumerate(results.results, start=1):
        judged = tuple(line for line in every if line.result is result)
        title = f"{number} {voice.title(result.analysis.title) or result.name}"
        tables = (target_table(judged, voice), weights_table(result, voice), facts_table(result, voice))
        kept = [*(table for table in tables if table is not None), *outcome_tables(result, voice)]
        if kept:
            yield title, tuple(kept)
        for table in zone_tables(result, results.place.zones, voice):
            name = voice.title(result.analysis.title) or result.name
            told = (*table.notes, dated(result, voice), basis(results))
            headed = replace(table, title=f"{name}  {table.title}", notes=told)
            yield f"{number} {table.heads[0].label} {name}", (headed,)
    unmet = tuple(t for result in results.results for t in unmet_tables(result, looks, voice))
    if unmet:
        yield voice.say("report.unmet_sheet"), unmet
    ends = (appendix.ledger_table(results), appendix.entries_table(results))
    sources = (appendix.sources_table(results, audience), *(t for t in ends if t is not None))
    yield voice.say("report.sources_sheet"), sources
    yield voice.say("report.notes_sheet"), (_notes(results, audience, voice),)


def _notes(results: Results, audience: Audience, voice: Voice) -> Printed:
    """Every sentence a reader must know, by answer: so that a sheet taken out of its book is still read right."""
    said = [
        (results.study, text)
        for text in (*marks(results, voice, audience), crs_note(results.place.crs, voice), basis(results))
    ]
    every = lines(results)
    for result in results.results:
        title = voice.title(result.analysis.title) or result.name
        judged = tuple(line for line in every if line.result is result)
        told = [voice.note(result.reason)] if result.reason else []
        told += [*sentences(result, results, judged), *remarks(result, voice)]
        said += [(title, text) for text in told]
    lacks = voice.say("report.lacking") + ": "
    lacking = [
        (results.title(name), lacks + voice.worded([results.title(n) for n in layers]))
        for name, layers in results.not_asked.items()
    ]
    heads = (Head(voice.say("report.question")), Head(voice.say("report.notes"), wide=True))
    rows = tuple((Cell(title), Cell(text)) for title, text in (*said, *lacking))
    return Printed("notes", voice.say("report.notes"), heads, rows)

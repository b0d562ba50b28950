"""index.html: the whole run on one page that opens from disk, prints on A4, and asks for nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from geoplan.draw import appendix, margin
from geoplan.draw.audience import Audience
from geoplan.draw.chart import years_table
from geoplan.draw.line import SIGNS, TONES, by_answer
from geoplan.draw.scorecard import conflicts, summary, systems, tally
from geoplan.draw.seal import sealed
from geoplan.draw.sections import section
from geoplan.draw.sentences import basis
from geoplan.draw.sheet import Sheet
from geoplan.draw.swatch import Patterns, swatch
from geoplan.draw.tables import Printed
from geoplan.draw.template import template, text_of
from geoplan.draw.theme import Theme
from geoplan.draw.voice import Voice
from geoplan.result import Results

__all__ = ["ROWS", "report", "shortened"]

ROWS = 60
"""Rows of a table the page prints; the workbook holds all."""


def report(results: Results, sheets: Mapping[str, Sheet], theme: Theme, audience: Audience) -> str:
    """The report as one HTML text, the same bytes every time.

    Args:
        results: what a run found out, as the audience may read it.
        sheets: the map of each answer, by the name of the analysis.
        theme: colours and letters.
        audience: who reads it.
    """
    voice, patterns, stock = Voice(results.language), Patterns(), dict[str, str]()
    every, drawn = by_answer(results), [r for r in results.results if r.name in sheets]
    sections = [
        section(
            n,
            result,
            results,
            sheets[result.name],
            every[result.name],
            patterns=patterns,
            theme=theme,
            stock=stock,
        )
        for n, result in enumerate(drawn, start=1)
    ]
    html = template("report.html").render(
        language="zh-CN" if results.language == "zh" else "en",
        say=voice.say,
        voice=voice,
        study=results.study,
        marks=margin.marks(results, voice, audience),
        cover=tuple(_cover(results, voice)),
        summary=summary(results),
        systems=systems(results),
        conflicts=conflicts(results),
        years=years_table(results),
        tally=lambda rows: tally(rows, voice),
        anchors={part.name: part.anchor for part in sections},
        sections=sections,
        appendices=tuple(_appendices(results, audience)),
        not_asked=appendix.not_asked_table(results),
        patterns=patterns,
        stock=stock,
        theme=theme,
        css=text_of("report.css"),
        signs=SIGNS,
        tones=TONES,
        swatch=swatch,
        shortened=lambda table: shortened(table, voice),
        version=results.provenance.get("software", {}).get("geoplan", ""),
    )
    return sealed(html)


def shortened(table: Printed, voice: Voice, most: int = ROWS) -> Printed:
    """A table as the page prints it: no longer than it may be, and saying so; a row for the rest stays."""
    count = len(table.rows)
    if count <= most:
        return table
    tail = table.rows[-1:] if table.last else ()
    note = voice.say("report.more_rows", count=f"{count:,}", shown=most, rest=f"{count - most:,}")
    return replace(table, rows=(*table.rows[: most - len(tail)], *tail), notes=(note, *table.notes))


def _cover(results: Results, voice: Voice) -> Iterator[tuple[str, str]]:
    place = results.place
    yield voice.say("report.cover_place"), place.name
    if place.year is not None:
        yield voice.say("report.cover_year"), str(place.year)
    if results.stamp:
        yield voice.say("report.cover_date"), voice.date(results.stamp)
    yield voice.say("report.cover_crs"), margin.crs_note(place.crs, voice)
    yield voice.say("report.cover_basis"), basis(results)


def _appendices(results: Results, audience: Audience) -> Iterator[Printed]:
    yield appendix.sources_table(results, audience, brief=True)
    yield appendix.ledger_table(results)
    for table in (appendix.entries_table(results), appendix.software_table(results)):
        if table is not None:
            yield table

"""report.docx: the same report as a Word document, for whoever sends one on: scorecards plan by plan, then answers."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from geoplan.draw import appendix, margin
from geoplan.draw.audience import Audience
from geoplan.draw.deficit_tables import deficit_table
from geoplan.draw.line import Line, by_answer
from geoplan.draw.notes import remarks
from geoplan.draw.scorecard import Card, conflicts, summary, systems, tally
from geoplan.draw.sentences import basis, dated, sentences
from geoplan.draw.site_paper import A4, Paper
from geoplan.draw.site_tables import Roll
from geoplan.draw.tables import NOTHING, Cell, Head, Printed, outcome_tables
from geoplan.draw.voice import Voice
from geoplan.draw.zone_tables import zone_tables
from geoplan.result import REPORTED, Result, Results

__all__ = ["word"]

ROWS = 25
"""Rows of a table the document prints; the workbook holds all."""
COLUMNS = 8
"""Columns a page can hold; wider tables stand in the workbook."""
_SCORES = {
    "number": 0.5, "name": 2.3, "unit": 0.8, "baseline": 1.0, "value": 1.2, "asked": 1.4, "verdict": 1.9, "need": 1.2,
    "data": 1.7, "locator": 1.6,
}  # fmt: skip
"""Columns of a scorecard, and how wide each is beside the others."""
_NUMERIC = frozenset({"number"})


def word(results: Results, audience: Audience) -> bytes:
    """The report as bytes; the same results give the same bytes.

    Args:
        results: what a run found out, as the audience may read it.
        audience: who reads it.
    """
    voice = Voice(results.language)
    paper, title, marks = Paper(voice), voice.say("report.title"), margin.marks(results, voice, audience)
    paper.around("  ".join(marks), voice.say("site_word.page", page="{page}"))
    paper.title(title, results.study)
    for mark in marks:
        paper.say(mark, size=10.5, centre=True)
    _opening(paper, results, voice)
    _scorecards(paper, results, voice)
    paper.section(A4)
    paper.heading(voice.say("report.word_answers"), level=1)
    every = by_answer(results)
    for number, result in enumerate((r for r in results.results if r.kind not in REPORTED), start=1):
        _answer(paper, number, result, results, every[result.name])
    _ends(paper, results, audience, voice)
    return paper.bytes(f"{title} {results.study}", results.stamp)


def _opening(paper: Paper, results: Results, voice: Voice) -> None:
    place = results.place
    pairs = (
        ("place", place.name),
        ("year", str(place.year or NOTHING)),
        ("date", voice.date(results.stamp) or NOTHING),
        ("crs", margin.crs_note(place.crs, voice)),
        ("basis", basis(results)),
    )
    rows = tuple((Cell(voice.say(f"report.cover_{name}")), Cell(text)) for name, text in pairs)
    heads = (Head(voice.say("site_word.item")), Head(voice.say("site_word.content")))
    paper.heading(voice.say("report.overview"), level=1)
    paper.table(Roll("cover", "", heads, rows), size=10, weights=(1, 4))
    paper.say(summary(results))
    for system in systems(results):
        for card in system.cards:
            paper.say(voice.say("report.word_card", plan=card.title, tally=tally(card.lines, voice)), size=10.5)


def _scorecards(paper: Paper, results: Results, voice: Voice) -> None:
    """A scorecard a plan, each from a new page that lies down; never two systems in one table."""
    across = False
    for system in systems(results):
        for card in system.cards:
            if across:
                paper.page()
            else:
                paper.section(A4, across=True)
            across = True
            paper.heading(card.title if card.title == system.title else f"{system.title}  {card.title}", level=1)
            paper.table(_scores(card, results, voice), size=8, weights=tuple(_SCORES.values()))
    disagreeing = conflicts(results)
    if disagreeing is not None:
        paper.heading(disagreeing.title, level=1)
        paper.table(_roll(replace(disagreeing, title="")), size=8, weights=(2, 1.2, 0.7, 1.1, 1.2, 2, 2.4))


def _scores(card: Card, results: Results, voice: Voice) -> Roll:
    year = results.place.year or ""
    heads = tuple(Head(voice.say(f"scorecard_table.{name}", year=year), name in _NUMERIC) for name in _SCORES)
    rows = (row for number, group in enumerate(card.groups, start=1) for row in _rows(number, group, voice))
    return Roll(card.id, "", heads, rows, (tally(card.lines, voice),))


def _rows(number: int, group: tuple[Line, ...], voice: Voice) -> Iterator[tuple[Cell, ...]]:
    """The rows of one question: what it is, and what was found, is said once."""
    for place, line in enumerate(group):
        target = line.judged.target if line.judged else None
        asked = f"{line.asks} {line.unit}".strip()
        if target:
            asked = voice.say("report.baseline", value=asked, year=target.year or voice.say("report.unstated"))
        again = place > 0
        before = group[place - 1] if again else None
        told = before is None or (before.value.text, before.dated) != (line.value.text, line.dated)
        where = " ".join(filter(None, (target.locator, target.area))) if target else NOTHING
        yield (
            Cell("" if again else str(number)),
            Cell("" if again else line.title),
            Cell("" if again else voice.unit(line.result.analysis.unit)),
            Cell(line.baseline),
            Cell(line.value.text if told else ""),
            Cell(asked),
            Cell(line.verdict, kind="tone conditional" if line.word in {"missed", "behind"} else ""),
            Cell(line.need),
            Cell(line.dated if told else ""),
            Cell(where),
        )


def _answer(paper: Paper, number: int, result: Result, results: Results, judged: tuple[Line, ...]) -> None:
    """One answer: its sentences, its zones, its classes, what is not as it should be, and what must be known."""
    voice = Voice(results.language)
    paper.heading(f"{number}  {voice.title(result.analysis.title) or result.name}", level=2)
    if result.reason:
        paper.say(voice.say("report.why_no_value", reason=voice.note(result.reason)), size=11)
    for text in (*sentences(result, results, judged), *remarks(result, voice), dated(result, voice)):
        paper.say(text, size=11)
    tables = (
        *islice(zone_tables(result, results.place.zones, voice), 1),
        deficit_table(result, results, most=ROWS),
        *outcome_tables(result, voice),
    )
    for table in tables:
        if table is not None and len(table.heads) <= COLUMNS and len(table.rows) <= ROWS:
            paper.table(_roll(table), size=8.5)


def _ends(paper: Paper, results: Results, audience: Audience, voice: Voice) -> None:
    lacking = appendix.not_asked_table(results)
    if lacking is not None:
        paper.heading(lacking.title, level=1)
        paper.say(voice.say("report.not_asked_lead"))
        paper.table(_roll(replace(lacking, title="")), size=9, weights=(1, 2))
    paper.section(A4, across=True)
    sources = appendix.sources_table(results, audience, brief=True)
    paper.heading(sources.title, level=1)
    paper.table(_roll(replace(sources, title="")), size=7.5)


def _roll(table: Printed) -> Roll:
    heads = tuple(replace(head, label=head.text) for head in table.heads)
    return Roll(table.name, table.title, heads, table.rows, table.notes)

"""report.docx: the same report as a Word document, for whoever sends one on: scorecards plan by plan, then answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from geoplan.draw import appendix, margin
from geoplan.draw.audience import Audience
from geoplan.draw.deficit_tables import deficit_table
from geoplan.draw.line import Line, by_answer
from geoplan.draw.notes import remarks
from geoplan.draw.pictured import pictured
from geoplan.draw.plate import Plate, plate
from geoplan.draw.report import shortened
from geoplan.draw.scorecard import Card, conflicts, summary, systems, tally
from geoplan.draw.sentences import basis, dated, sentences
from geoplan.draw.sheet import Sheet
from geoplan.draw.site_ink import font
from geoplan.draw.site_paper import A4, Paper
from geoplan.draw.site_tables import Roll
from geoplan.draw.tables import NOTHING, Cell, Head, Printed, outcome_tables
from geoplan.draw.theme import Theme
from geoplan.draw.voice import Voice
from geoplan.draw.zone_tables import zone_tables
from geoplan.result import REPORTED, Result, Results

__all__ = ["word"]

ROWS = 25
"""Rows of a table the document prints; the workbook holds all."""
COLUMNS = 8
"""Columns a page can hold; wider tables stand in the workbook."""
_SOURCES = 6
_SCORES = {
    "number": 0.5, "name": 2.3, "unit": 0.8, "baseline": 1.0, "value": 1.2, "asked": 1.4, "verdict": 1.9, "need": 1.2,
    "data": 1.7, "locator": 1.6,
}  # fmt: skip
"""Columns of a scorecard, and how wide each is beside the others."""
_NUMERIC = frozenset({"number"})


@dataclass(slots=True)
class _Numbers:
    """Chapters, and in each the figures and tables, as they are counted."""

    voice: Voice
    chapter: int = 0
    figures: int = 0
    tables: int = 0

    def heading(self, title: str) -> str:
        """The title of the next chapter."""
        self.chapter, self.figures, self.tables = self.chapter + 1, 0, 0
        return f"{self.chapter}  {title}"

    def table(self, table: Printed) -> Roll:
        """A table with its number."""
        self.tables += 1
        title = self.voice.say("report.word_table", chapter=self.chapter, number=self.tables, title=table.title)
        heads = tuple(replace(head, label=head.text) for head in table.heads)
        return Roll(table.name, title, heads, table.rows, table.notes)


def word(
    results: Results,
    audience: Audience,
    sheets: Mapping[str, Sheet],
    theme: Theme,
    pictures: int | None = None,
) -> bytes:
    """The report as bytes; the same results give the same bytes.

    Args:
        results: what a run found out, as the audience may read it.
        audience: who reads it.
        sheets: the map of each answer, by the name of the analysis.
        theme: colours and letters of the maps.
        pictures: maps at most; see `pictured`.
    """
    voice, plates = Voice(results.language), dict[str, Any]()
    numbers, chosen = _Numbers(voice), pictured(results, pictures)
    paper, title, marks = Paper(voice), voice.say("report.title"), margin.marks(results, voice, audience)
    paper.around("  ".join(marks), voice.say("site_word.page", page="{page}"))
    paper.title(title, results.study)
    for mark in marks:
        paper.say(mark, size=10.5, centre=True)
    _opening(paper, results, numbers)
    _scorecards(paper, results, numbers)
    paper.section(A4)
    paper.heading(numbers.heading(voice.say("report.word_answers")), level=1)
    lettered = bool(font(theme.fonts))
    paper.say(chosen.say(results, voice) if lettered else voice.say("report.word_no_letters"), size=11)
    every = by_answer(results)
    for number, result in enumerate((r for r in results.results if r.kind not in REPORTED), start=1):
        paper.heading(f"{numbers.chapter}.{number}  {voice.title(result.analysis.title) or result.name}", level=2)
        sheet = sheets.get(result.name) if lettered and result.name in chosen.names else None
        drawn = plate(sheet, theme, plates) if sheet else None
        _sentences(paper, result, results, every[result.name], numbers if drawn else None)
        if sheet and drawn:
            _picture(paper, sheet, drawn, numbers)
        _tables(paper, result, results, numbers)
    _ends(paper, results, audience, numbers)
    return paper.bytes(f"{title} {results.study}", results.stamp)


def _opening(paper: Paper, results: Results, numbers: _Numbers) -> None:
    place, voice = results.place, numbers.voice
    pairs = (
        ("place", place.name),
        ("year", str(place.year or NOTHING)),
        ("date", voice.date(results.stamp) or NOTHING),
        ("crs", margin.crs_note(place.crs, voice)),
        ("basis", basis(results)),
    )
    rows = tuple((Cell(voice.say(f"report.cover_{name}")), Cell(text)) for name, text in pairs)
    heads = (Head(voice.say("site_word.item")), Head(voice.say("site_word.content")))
    paper.heading(numbers.heading(voice.say("report.overview")), level=1)
    paper.table(Roll("cover", "", heads, rows), size=10, weights=(1, 4))
    paper.say(summary(results))
    for system in systems(results):
        for card in system.cards:
            paper.say(voice.say("report.word_card", plan=card.title, tally=tally(card.lines, voice)), size=10.5)


def _scorecards(paper: Paper, results: Results, numbers: _Numbers) -> None:
    """A scorecard a plan, each from a new page that lies down; never two systems in one table."""
    across, voice = False, numbers.voice
    for system in systems(results):
        for card in system.cards:
            if across:
                paper.page()
            else:
                paper.section(A4, across=True)
                paper.heading(numbers.heading(voice.say("scorecard_table.title")), level=1)
            across = True
            paper.heading(card.title if card.title == system.title else f"{system.title}  {card.title}", level=2)
            paper.table(_scores(card, results, voice), size=8, weights=tuple(_SCORES.values()))
    disagreeing = conflicts(results)
    if disagreeing is not None:
        paper.heading(disagreeing.title, level=2)
        paper.table(numbers.table(disagreeing), size=8, weights=(2, 1.2, 0.7, 1.1, 1.2, 2, 2.4))


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
        if target and line.asks != NOTHING:
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


def _sentences(
    paper: Paper, result: Result, results: Results, judged: tuple[Line, ...], numbers: _Numbers | None
) -> None:
    """What is found and what must be known of one answer; with `numbers`, which figure shows it."""
    voice = Voice(results.language)
    if result.reason:
        paper.say(voice.say("report.why_no_value", reason=voice.note(result.reason)), size=11)
    for text in (*sentences(result, results, judged), *remarks(result, voice), dated(result, voice)):
        paper.say(text, size=11)
    if numbers is not None:
        name = voice.say("report.word_figure_number", chapter=numbers.chapter, number=numbers.figures + 1)
        paper.say(voice.say("report.word_see", figure=name), size=11)


def _picture(paper: Paper, sheet: Sheet, drawn: Plate, numbers: _Numbers) -> None:
    """The map of one answer, its number and title below it, and what it rests on."""
    voice, comma = numbers.voice, numbers.voice.say("report.semicolon")
    numbers.figures += 1
    scale = f"{drawn.scale:,.0f}"
    title = voice.say("report.word_caption", title=sheet.title, under=sheet.subtitle, scale=scale)
    caption = voice.say("report.word_figure", chapter=numbers.chapter, number=numbers.figures, title=title)
    paper.picture(drawn.png, drawn.width, caption)
    said = [f"{source.title} {source.as_of}".strip() for source in sheet.sources[:_SOURCES]]
    more = "…" if len(sheet.sources) > _SOURCES else ""
    line = voice.say("report.word_source", sources=comma.join(said) + more, crs=sheet.crs, date=sheet.stamp or NOTHING)
    paper.say(line, size=9, indent=False)


def _tables(paper: Paper, result: Result, results: Results, numbers: _Numbers) -> None:
    """The zones, the classes, and what is not as it should be; what the page cannot hold is said."""
    voice = numbers.voice
    zones = zone_tables(result, results.place.zones, voice)
    every = (*islice(zones, 1), deficit_table(result, results, most=ROWS), *outcome_tables(result, voice))
    for table in every:
        if table is None:
            continue
        if len(table.heads) > 2 * COLUMNS - 1:
            slots = {"title": table.title, "columns": len(table.heads), "rows": f"{len(table.rows):,}"}
            paper.say(voice.say("report.word_wide", **slots), size=10.5)
        else:
            for part in _halved(shortened(table, voice, ROWS), voice):
                paper.table(numbers.table(part), size=8.5)
    if len(zones) > 1:
        levels = [voice.name("level", table.name) for table in zones[1:]]
        paper.say(voice.say("report.word_levels", levels=levels), size=10.5)


def _halved(table: Printed, voice: Voice) -> Iterator[Printed]:
    """A table that is wider than the page as two, what the rows are in both; any other as it is."""
    wide = len(table.heads)
    if wide <= COLUMNS:
        yield table
        return
    half = 1 + wide // 2
    for first, last, title in ((1, half, table.title), (half, wide, voice.say("report.word_more", title=table.title))):
        kept = [0, *range(first, last)]
        rows = tuple(tuple(row[i] for i in kept) for row in table.rows)
        heads, notes = tuple(table.heads[i] for i in kept), table.notes if last == wide else ()
        yield replace(table, title=title, heads=heads, rows=rows, notes=notes)


def _ends(paper: Paper, results: Results, audience: Audience, numbers: _Numbers) -> None:
    voice = numbers.voice
    lacking = appendix.not_asked_table(results)
    if lacking is not None:
        paper.heading(numbers.heading(lacking.title), level=1)
        paper.say(voice.say("report.not_asked_lead"))
        paper.table(numbers.table(lacking), size=9, weights=(1, 2))
    paper.section(A4, across=True)
    sources = appendix.sources_table(results, audience, brief=True)
    paper.heading(numbers.heading(sources.title), level=1)
    paper.table(numbers.table(sources), size=7.5)

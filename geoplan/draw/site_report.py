"""The Word document of a project: what was asked, what was found, how large, where, on which data, and who signs."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from geoplan.draw import site_sentences as sentences
from geoplan.draw.figures import closed
from geoplan.draw.look import Looks
from geoplan.draw.site_around import sides
from geoplan.draw.site_paper import A3, A4, Paper
from geoplan.draw.site_picture import MOST_PICTURES, Picture, pictures
from geoplan.draw.site_tables import Roll, findings, heads, project_tables
from geoplan.draw.site_view import View
from geoplan.draw.tables import Cell, Head
from geoplan.measure import Note
from geoplan.sites.site import Site

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["site_docx"]

# how wide the twenty columns of 表1 are, beside one another
_FINDINGS = (3, 8, 4, 7, 7, 8, 6, 6, 7, 6, 6, 5, 6, 4, 5, 6, 10, 11, 8, 11)
_CURRENT = {"number": 3, "plot": 5, "ownership": 5, "owner": 8}
_POINTS = {"plot": 1.0, "point": 0.8, "remark": 1.6}


def site_docx(
    view: View,
    site: Site,
    looks: Looks,
    *,
    controls: "Mapping[str, gpd.GeoDataFrame]",
    overlaps: "gpd.GeoDataFrame | None" = None,
    template: Path | None = None,
) -> bytes:
    """The document of one project as bytes; the same report gives the same bytes.

    Args:
        view: the report.
        site: the project.
        looks: colours and scales of the picture.
        controls: control line -> features in the study CRS, for the picture.
        overlaps: shapes of the findings of this site.
        template: a Word document of the office; what it holds stands first, its pages and styles are kept.
    """
    voice, paper = view.voice, Paper(view.voice, template)
    title = voice.say("site_word.title")
    marks = [voice.note(note) for note in view.report.notices] + [voice.say("notice.internal")]
    paper.around("  ".join(marks), voice.say("site_word.page", page="{page}"))
    paper.title(title, view.project(site))
    if template is not None:
        for mark in marks:
            paper.say(mark, size=9, centre=True)
    _opening(paper, view, site)
    _areas(paper, view, site)
    _sides(paper, view, site, controls)
    _data(paper, view, site)
    paper.say(voice.say("site_word.disclaimer"))
    paper.say(voice.say("site_word.signature"), indent=False)
    _maps(paper, view, site, pictures(view, site, looks, controls, overlaps), bare=not controls)
    _tables(paper, view, site)
    return paper.bytes(f"{title} {view.project(site)}", view.report.stamp)


def _opening(paper: Paper, view: View, site: Site) -> None:
    voice = view.voice
    paper.heading(voice.say("site_word.section_basic"))
    paper.say(sentences.lead(view, site))
    pairs = tuple((Cell(voice.say(f"site_word.{name}")), Cell(text)) for name, text in _particulars(view, site) if text)
    paper.table(
        Roll("particulars", "", (Head(voice.say("site_word.item")), Head(voice.say("site_word.content"))), pairs),
        size=10,
        weights=(1, 3.2),
    )
    paper.heading(voice.say("site_word.section_result"))
    for sentence in sentences.conclusion(view, site, view.of_site(site)):
        paper.say(sentence)


def _particulars(view: View, site: Site) -> Iterator[tuple[str, str]]:
    titles = [view.voice.title(view.report.activities.get(code, {})) or code for code in site.activities]
    yield "receipt", site.receipt
    yield "project", site.project
    yield "developer", site.developer
    yield "code", site.code
    yield "planned_use", site.planned_use
    yield "activities", view.voice.say("report.comma").join(titles)
    yield "verdict", view.outcome_text(site)
    yield "file", site.file
    yield "sha256", site.sha256
    yield "remark", site.remark


def _areas(paper: Paper, view: View, site: Site) -> None:
    voice = view.voice
    paper.heading(voice.say("site_word.section_areas"))
    for sentence in sentences.area_sentences(view, site):
        paper.say(sentence)
    names = ("plots", "role", "area_plane", "area_ellipsoid", "area_difference", "area_declared")
    titles = tuple(Head(voice.say(f"site_word.{name}"), numeric=name.startswith("area")) for name in names)
    several = len(site.plots) > 1
    notes = (voice.say("site_word.rounding"),) if several else ()
    paper.table(Roll("areas", "", titles, tuple(_area_rows(view, site)), notes), weights=(1, 0.8, 1.4, 1.4, 1, 1.4))


def _area_rows(view: View, site: Site) -> Iterator[tuple[Cell, ...]]:
    """Plots and their sum: rows add up to the sum, which is rounded once."""
    areas = view.report.areas.get(site.receipt, {})
    columns = {
        basis: [areas.get(key, {}).get(basis) for key in site.keys] for basis in ("plane", "ellipsoid", "declared")
    }
    shown = {basis: _closed(values, view.area(site, basis)) for basis, values in columns.items() if basis != "declared"}
    shown["declared"] = columns["declared"]
    for i, (key, plot) in enumerate(zip(site.keys, site.plots, strict=True)):
        printed = tuple(shown[basis][i] for basis in shown)
        yield _area_row(view, key, plot.role, printed, (columns["plane"][i], columns["ellipsoid"][i]))
    if len(site.plots) > 1:
        plane, ellipsoid = view.area(site, "plane"), view.area(site, "ellipsoid")
        # what the files state of the plots, not what was handed in for the project
        stated = [value for value in columns["declared"] if value is not None]
        declared = math.fsum(stated) if len(stated) == len(site.plots) else None
        total = view.voice.say("site_word.total")
        yield _area_row(view, total, "", (plane, ellipsoid, declared), (plane, ellipsoid))


def _closed(values: list[float | None], total: float | None) -> list[float | None]:
    known = [value for value in values if value is not None]
    if total is None or len(known) < len(values):
        return values
    return list(closed(known, total, 2)[0])


def _area_row(
    view: View, name: str, role: str, shown: tuple[float | None, ...], exact: tuple[float | None, float | None]
) -> tuple[Cell, ...]:
    """One row: both bases and what the file states as shown, and their difference before anything was rounded."""
    plane, ellipsoid, declared = shown
    difference = None if exact[0] is None or exact[1] is None else abs(exact[0] - exact[1])
    amounts = (plane, ellipsoid, difference, declared)
    return (Cell(name), Cell(role or "—"), *(Cell.of(view.square_metres(amount)) for amount in amounts))


def _sides(paper: Paper, view: View, site: Site, controls: "Mapping[str, gpd.GeoDataFrame]") -> None:
    """四至 of each plot, as far as there are not too many; the table of boundary points has them all."""
    voice = view.voice
    mark = voice.say("report.semicolon")
    for key, plot in list(zip(site.keys, site.plots, strict=True))[:MOST_PICTURES]:
        told = mark.join(sides(view, plot.shape, controls).values())
        paper.say(voice.say("site_word.sides", plot=key, sides=told))
    if len(site.plots) > MOST_PICTURES:
        paper.say(voice.say("site_word.sides_left_out", count=len(site.plots) - MOST_PICTURES))


def _maps(paper: Paper, view: View, site: Site, drawn: Iterator[Picture | Note], *, bare: bool) -> None:
    voice = view.voice
    for n, one in enumerate(drawn):
        if not n or isinstance(one, Picture):
            paper.page()
        if not n:
            paper.heading(voice.say("site_word.section_map"))
        if isinstance(one, Note):
            paper.say(voice.note(one))
            continue
        caption = voice.say("site_word.map_caption", project=view.project(site), scale=one.scale)
        of = voice.say("site_word.map_plot", caption=caption, plot=one.plot) if one.plot else caption
        paper.picture(one.png, one.width, of)
        if bare and not n:
            paper.say(voice.say("site_word.no_map_controls"), size=10.5)


def _data(paper: Paper, view: View, site: Site) -> None:
    voice = view.voice
    paper.heading(voice.say("site_word.section_sources"))
    paper.say(sentences.data_sentence(view))
    # what nobody supplied is said among the findings, and has neither date nor version
    used = [(name, one.source) for name, one in view.report.controls.items() if one is not None]
    rows = tuple(
        tuple(map(Cell, (view.line_name(name), view.date(name), view.version(name), source.provider or "—")))
        for name, source in used
    )
    if rows:
        titles = heads(view, "control", "as_of", "document", "provider")
        paper.table(Roll("sources", "", titles, rows), weights=(1.8, 1.5, 2.4, 1.8))
    read = list(sentences.crs_sentences(view, site))
    if read:
        paper.heading(voice.say("site_word.section_reading"))
        for sentence in read:
            paper.say(sentence)


def _tables(paper: Paper, view: View, site: Site) -> None:
    current, plan, points = project_tables(view, site)
    paper.section(A3, across=True)
    paper.table(findings(view, view.of_site(site)), size=8, weights=_FINDINGS)
    paper.table(current, size=8, weights=_weights(current, 6))
    paper.section(A4)
    paper.table(plan, weights=(0.6, 2.2, 1.4, 1.6, 1.4, 1, 1.2))
    paper.table(points, weights=_weights(points, 1.5))


def _weights(roll: Roll, wide: float) -> tuple[float, ...]:
    """Columns of amounts are wide, those of names as their kind asks."""
    if roll.name == "current":
        return tuple(_CURRENT.get(name, wide) for name in ("number", "plot", "ownership", "owner"))[:4] + (wide,) * (
            len(roll.heads) - 4
        )
    return tuple(
        wide if head.numeric else _POINTS["remark"] if head is roll.heads[-1] else _POINTS["point"]
        for head in roll.heads
    )

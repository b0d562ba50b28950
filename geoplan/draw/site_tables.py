"""The tables of a site check, in the order and with the heads planners know: 表1 to 表6 as plain rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from geoplan.draw.figures import Figure
from geoplan.draw.site_sentences import phrase
from geoplan.draw.site_view import MU, Line, View, folded, shown_as
from geoplan.draw.tables import Cell, Head
from geoplan.sites.finding import ALL_PLOTS, Finding
from geoplan.sites.site import Site

__all__ = ["NOTHING", "Roll", "batch", "duplicates", "failed", "findings", "heads", "project_tables"]

NOTHING = Cell("—")
THREE = frozenset({"eco_redline", "permanent_farmland", "growth_boundary"})
"""The three control lines by the names of their layers."""


@dataclass(frozen=True, slots=True)
class Roll:
    """A table that may be too long to hold: its title, heads, and rows as they come.

    Attributes:
        name: unique in a book.
        title: above it.
        heads: one a column.
        rows: one cell a column.
        notes: sentences below it.
    """

    name: str
    title: str
    heads: tuple[Head, ...]
    rows: Iterable[tuple[Cell, ...]]
    notes: tuple[str, ...] = ()


_FINDINGS = (
    "number", "project", "plot", "area_plane", "area_ellipsoid", "control", "class", "level", "overlap_m2",
    "overlap_ha", "overlap_mu", "share", "share_of_feature", "features", "nearest", "verdict", "documents", "basis",
    "data", "remark",
)  # fmt: skip
_NUMERIC = frozenset(
    {"number", "area_plane", "area_ellipsoid", "overlap_m2", "overlap_ha", "overlap_mu", "share", "share_of_feature",
     "features", "nearest", "plots", "area_ha", "northing", "easting", "side"}
)  # fmt: skip
_WIDE = frozenset({"documents", "basis", "remark", "project", "data", "reason", "remedy", "not_checked", "advice"})


def findings(view: View, chosen: Iterable[Finding] | None = None, *, codes: bool = False) -> Roll:
    """表1: the findings, by word and amount; with `codes`, the machine words stand behind."""
    voice = view.voice
    lines = folded(view.report, view.report.findings if chosen is None else chosen)
    notes = (voice.say("site_table.clear_lines"), voice.say("site_word.disclaimer"))
    names = (*_FINDINGS, "receipt", "code", "control_code", "class_code") if codes else _FINDINGS
    rows = findings_rows(view, lines, codes=codes)
    return Roll("findings", voice.say("site_table.findings"), heads(view, *names), rows, notes)


def findings_rows(view: View, lines: Iterable[Line], *, codes: bool) -> Iterator[tuple[Cell, ...]]:
    """The rows of 表1."""
    for number, line in enumerate(lines, start=1):
        finding = line.finding
        receipt = "" if line.folded else finding.receipt
        machine = map(Cell, (receipt, finding.verdict, finding.control, finding.class_name)) if codes else ()
        yield (Cell(str(number), number), *_whose(view, line), *_what(view, line), *_why(view, line), *machine)


def _whose(view: View, line: Line) -> Iterator[Cell]:
    finding = line.finding
    if line.folded:
        said = "site_table.all_plots" if finding.plot == ALL_PLOTS else "site_table.other_plots"
        yield from (NOTHING, Cell(view.voice.say(said, plots=line.plots)), NOTHING, NOTHING)
        return
    site = view.site(finding.receipt)
    plot = site.keys[0] if site and finding.plot == ALL_PLOTS and len(site.plots) == 1 else finding.plot
    areas = view.report.areas.get(finding.receipt, {}).get(plot, {})
    yield Cell(view.project(site) if site else finding.receipt)
    yield Cell(plot or "—")
    yield Cell.of(view.square_metres(areas.get("plane")))
    yield Cell.of(view.square_metres(areas.get("ellipsoid")))


def _what(view: View, line: Line) -> Iterator[Cell]:
    finding, contact = line.finding, line.finding.contact
    seen = finding.verdict not in {"not_checked", "not_applicable"} or contact.overlap > 0
    overlap = contact.overlap if seen else None
    yield Cell(view.control(finding))
    yield Cell(view.class_name(finding) or "—")
    yield Cell(view.level(finding))
    yield Cell.of(view.square_metres(overlap))
    yield Cell.of(view.voice.figure(None if overlap is None else overlap / 1e4, "ha"))
    yield Cell.of(view.voice.figure(None if overlap is None else overlap / MU, "mu"))
    yield Cell.of(view.percent(finding.share if seen else None))
    yield Cell.of(view.percent(contact.share_of_feature))
    yield Cell.of(Figure.of(len(contact.features) if seen else None, "count"))
    yield Cell.of(view.metres(contact.nearest))


def _why(view: View, line: Line) -> Iterator[Cell]:
    finding, code = line.finding, shown_as(line.finding)
    rule = finding.rule
    asks = rule is not None and finding.verdict in {"forbidden", "conditional", "caution"}
    yield Cell(view.word(code), kind=f"tone {code}")
    yield Cell(rule.documents if rule and asks else "")
    yield Cell(rule.basis if rule else "")
    dated = view.report.controls.get(finding.control) is not None
    yield Cell(
        view.voice.say("report.comma").join((view.date(finding.control), view.version(finding.control)))
        if dated
        else "—"
    )
    yield Cell(phrase(view, finding))


def batch(view: View, documents: Mapping[str, str], notes: tuple[str, ...] = ()) -> Roll:
    """表5: one row a project, and one for every file nobody could read.

    Args:
        view: the report.
        documents: receipt -> name of the Word document, where one was written.
        notes: sentences below it.
    """
    names = (
        "number", "receipt", "project", "developer", "plots", "area_ha", "three_lines", "other_lines", "not_checked",
        "advice", "report",
    )  # fmt: skip
    told = (*notes, view.voice.say("site_word.disclaimer"))
    return Roll("batch", view.voice.say("site_table.batch"), heads(view, *names), _batch_rows(view, documents), told)


def _batch_rows(view: View, documents: Mapping[str, str]) -> Iterator[tuple[Cell, ...]]:
    number = 0
    for number, site in enumerate(view.report.register.sites, start=1):
        found = view.of_site(site)
        area = view.area(site, "plane")
        area = view.area(site, "ellipsoid") if area is None else area
        three = [f for f in found if f.control in THREE]
        others = [f for f in found if f.control not in THREE]
        unchecked = dict.fromkeys(view.control(f) for f in found if f.verdict == "not_checked")
        yield (
            Cell(str(number), number),
            Cell(site.receipt),
            Cell(view.project(site)),
            Cell(site.developer),
            Cell(str(len(site.plots)), len(site.plots)),
            Cell.of(view.voice.figure(None if area is None else area / 1e4, "ha")),
            Cell(_conclusion(view, three)),
            Cell(_conclusion(view, others)),
            Cell(view.voice.say("report.comma").join(unchecked)),
            Cell(view.advice(site)),
            Cell(documents.get(site.receipt, "")),
        )
    for row, unread in enumerate(view.report.register.unread, start=number + 1):
        said = (unread.receipt, view.voice.say("site_table.unread"), "", "—", "—", *[view.word("not_checked")] * 2)
        rest = (unread.file, view.voice.note(unread.remedy), "")
        yield (Cell(str(row), row), *(Cell(text) for text in (*said, *rest)))


def _conclusion(view: View, found: list[Finding]) -> str:
    """The worst of some lines, and which ones say so; what was not checked is never left unsaid."""
    if not found:
        return view.word("not_checked")
    codes = [shown_as(f) for f in found]
    worst = codes[0]
    if worst in {"clear", "not_applicable"}:
        return view.word("all_clear" if worst == "clear" else worst)
    said = []
    for code in dict.fromkeys(c for c in codes if c not in {"clear", "not_applicable"}):
        names = dict.fromkeys(view.control(f) for f, c in zip(found, codes, strict=True) if c == code)
        said.append(view.voice.say("site_table.says", word=view.word(code), names=list(names)))
    return view.voice.say("map.semicolon").join(said)


def failed(view: View) -> Roll | None:
    """表6: the files nobody could read, why, and what to hand in."""
    unread = view.report.register.unread
    if not unread:
        return None
    rows = (
        (Cell(str(n), n), Cell(one.file), Cell(view.voice.note(one.reason)), Cell(view.voice.note(one.remedy)))
        for n, one in enumerate(unread, start=1)
    )
    names = heads(view, "number", "file", "reason", "remedy")
    return Roll("failed", view.voice.say("site_table.failed"), names, tuple(rows))


def duplicates(view: View) -> Roll | None:
    """Plots that are there twice, and plots that overlap."""
    register, voice = view.report.register, view.voice
    rows = []
    for receipt, plot, other, other_plot, share in register.duplicates:
        said = voice.say("site_table.same", receipt=other, plot=other_plot, percent=view.percent(share).text)
        rows.append((receipt, plot, said))
    for receipt, plot, other, other_plot, area in register.overlaps:
        said = voice.say("site_table.crosses", receipt=other, plot=other_plot, area=view.square_metres(area).text)
        rows.append((receipt, plot, said))
    if not rows:
        return None
    names = heads(view, "number", "receipt", "plot", "finding")
    cells = tuple((Cell(str(n), n), *map(Cell, row)) for n, row in enumerate(rows, start=1))
    return Roll("duplicates", voice.say("site_table.duplicates"), names, cells)


def project_tables(view: View, site: Site) -> tuple[Roll, ...]:
    """表2 to 表4 of one project."""
    from geoplan.draw.site_land import current, plan
    from geoplan.draw.site_points import points

    return (current(view, (site,)), plan(view, (site,)), points(view, (site,)))


def heads(view: View, *names: str) -> tuple[Head, ...]:
    """The heads of those columns."""
    return tuple(
        Head(view.voice.say(f"site_table.head.{name}"), numeric=name in _NUMERIC, wide=name in _WIDE) for name in names
    )

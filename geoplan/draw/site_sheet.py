"""The map of a batch: every site in red, what it overlaps, the control lines around, and the table it is tied to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoplan.draw import geometry
from geoplan.draw.folium_map import page
from geoplan.draw.look import LayerLook, Looks
from geoplan.draw.margin import crs_note, page_texts
from geoplan.draw.roster import Roster, RosterRow
from geoplan.draw.sheet import Entry, Feature, Legend, Overlay, Sheet, Source, Tone
from geoplan.draw.site_shapes import shown_overlaps
from geoplan.draw.site_view import SHOWN, View
from geoplan.draw.theme import Paint
from geoplan.sites.site import Site

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["site_map", "site_sheet"]

AROUND = 500.0
"""Metres around a site within which control lines are drawn."""
_TONES: Mapping[str, Tone] = {
    "forbidden": "bad", "conditional": "bad", "caution": "open", "sliver": "open", "not_checked": "open",
}  # fmt: skip
_INSIDE, _EDGE = " inside", " edge"
"""Paints of a control line that is cut: its ground without a line, and its line without ground."""
_STRAIGHTENED = 0.2
"""Metres by which a control line is straightened: less than its line is wide at 1:500."""


def site_map(
    view: View,
    looks: Looks,
    controls: "Mapping[str, gpd.GeoDataFrame]",
    overlaps: "gpd.GeoDataFrame | None" = None,
    documents: Mapping[str, str] | None = None,
) -> str:
    """The map of a batch as one HTML text that asks for nothing else.

    Args:
        view: the report.
        looks: colours and limits.
        controls: control line -> features in the study CRS.
        overlaps: the shapes of the findings; made of the report when left out.
        documents: receipt -> the Word document of the project.
    """
    shapes = shown_overlaps(view) if overlaps is None else overlaps
    sheet, roster = site_sheet(view, looks, controls, shapes, documents or {})
    return page(sheet, looks.theme, roster=roster)


@dataclass(frozen=True, slots=True)
class _Part:
    """An overlay with its part of the legend, and what it leaves out."""

    overlay: Overlay
    legend: Legend
    notes: tuple[str, ...] = ()


def site_sheet(
    view: View,
    looks: Looks,
    controls: "Mapping[str, gpd.GeoDataFrame]",
    overlaps: "gpd.GeoDataFrame",
    documents: Mapping[str, str],
) -> tuple[Sheet, Roster]:
    """The map before anybody draws it, and its table: at most so many features as a page holds, the worst first."""
    report, voice, room = view.report, view.voice, int(looks.page.features)
    order = sorted(report.register.sites, key=lambda site: SHOWN.index(view.outcome(site)))
    drawn, room = _fitting(order, room)
    sites, roster = _sites(view, looks, drawn, documents)
    over, room = _overlaps(view, looks, overlaps, {site.receipt for site in drawn}, room)
    lines = _controls(view, looks, controls, drawn, room)
    notes = [voice.say("site_word.disclaimer")]
    if len(drawn) < len(order):
        left = len(order) - len(drawn)
        notes.append(voice.say("site_map.left_out_sites", all=len(order), drawn=len(drawn), left=left))
    notes += [*over.notes, *lines.notes]
    if report.register.unread:
        notes.append(voice.say("site_map.unread", count=len(report.register.unread)))
    # the outline of a site lies on everything, and what it overlaps is not hidden by it
    overlays = (lines.overlay, over.overlay, sites.overlay)
    ground = np.array([plot.shape for site in drawn for plot in site.plots] or [report.place.area], dtype=object)
    area = np.array([report.place.area], dtype=object)
    sheet = Sheet(
        name="site_check", kind=looks.sheet.kind, family=voice.say("site_map.family"), language=report.language,
        title=voice.say("site_map.title"), subtitle=report.place.name, number=voice.say("site_map.number"),
        question=voice.say("site_map.question"), figure=_headline(view), standings=(), overlays=overlays,
        legends=tuple(p.legend for p in (sites, over, lines) if p.legend.entries), tables=(), listed=(),
        listed_title="",
        notes=tuple(notes), sources=_sources(view), crs=crs_note(report.place.crs, voice),
        marks=(*(voice.note(note) for note in report.notices), voice.say("notice.internal")),
        bounds=geometry.bounds_of(ground, report.place.crs), outline=geometry.put(area, report.place.crs),
        stamp=voice.date(report.stamp), texts=page_texts(voice), filled=False,
        scales=tuple(int(s) for s in looks.page.scales),
        crisp=sum(len(o.features) for o in overlays) <= looks.page.crisp,
    )  # fmt: skip
    return sheet, roster


def _fitting(order: Sequence[Site], room: int) -> tuple[list[Site], int]:
    """The first sites that fit, each with all its plots, and the room that is left."""
    drawn = []
    for site in order:
        if len(site.plots) > room:
            break
        drawn.append(site)
        room -= len(site.plots)
    return drawn, room


def _headline(view: View) -> tuple[str, str, str]:
    codes = [view.outcome(site) for site in view.report.register.sites]
    told = [
        view.voice.say(
            "site_map.counted", word=view.word("all_clear" if code == "clear" else code), count=codes.count(code)
        )
        for code in SHOWN
        if code in codes
    ]
    # a number with its measure word; nothing stands behind it
    return view.voice.say("site_map.figure", count=len(codes)), "", view.voice.say("map.semicolon").join(told)


def _sources(view: View) -> tuple[Source, ...]:
    used = [(name, one) for name, one in view.report.controls.items() if one is not None]
    absent = [view.line_name(name) for name, one in view.report.controls.items() if one is None]
    rows = [Source(view.line_name(name), one.source.document, view.date(name)) for name, one in used]
    if absent:
        comma = view.voice.say("report.comma")
        rows.append(Source(view.voice.say("site_word.state_none"), comma.join(absent)))
    return tuple(rows)


def _look(looks: Looks, evidence: str) -> LayerLook:
    return next(layer for layer in looks.sheet.layers if layer.evidence == evidence)


def _paint(looks: Looks, evidence: str, name: str) -> Paint:
    look = _look(looks, evidence)
    style = look.classes.get(name) or look.other
    return style.paint if style else looks.page.nodata


def _sites(view: View, looks: Looks, drawn: Sequence[Site], documents: Mapping[str, str]) -> tuple[_Part, Roster]:
    voice = view.voice
    plots = [(site, key, plot) for site in drawn for key, plot in zip(site.keys, site.plots, strict=True)]
    put = geometry.put(np.array([plot.shape for _, _, plot in plots], dtype=object), view.report.place.crs)
    names = ("receipt", "project", "plot", "area", "verdict")
    features = tuple(
        Feature(
            shape, "site", (site.receipt, view.project(site), key, _hectares(view, site, key), view.outcome_text(site))
        )
        for (site, key, _), shape in zip(plots, put, strict=True)
    )
    paint, title = _paint(looks, "sites", ""), voice.say("site_map.sites")
    columns = tuple(voice.say(f"site_map.{name}") for name in names)
    overlay = Overlay("sites", "evidence", title, {"site": paint}, columns, features)
    amount = voice.say("legend.count", count=f"{len(features):,}")
    legend = Legend("sites", title, (Entry(paint, "polygon", title, amount),) if features else ())
    return _Part(overlay, legend), _roster(view, drawn, documents)


def _roster(view: View, drawn: Sequence[Site], documents: Mapping[str, str]) -> Roster:
    voice, rows, first = view.voice, [], 0
    for site in drawn:
        mine, first = tuple(range(first, first + len(site.plots))), first + len(site.plots)
        code = view.outcome(site)
        word = view.word("all_clear" if code == "clear" else code)
        area = view.area(site, "plane")
        area = view.area(site, "ellipsoid") if area is None else area
        hectares = voice.figure(None if area is None else area / 1e4, "ha").text
        cells = (site.receipt, view.project(site), view.outcome_text(site), hectares, view.advice(site))
        rows.append(RosterRow(cells, mine, word, _TONES.get(code, "none"), documents.get(site.receipt, "")))
    names = ("receipt", "project", "verdict", "area", "advice", *(("document",) if documents else ()))
    return Roster(
        voice.say("site_map.roster"), tuple(voice.say(f"site_map.{name}") for name in names), tuple(rows), "sites",
        over=("overlaps", "controls"), find=voice.say("site_map.filter"), only=voice.say("site_map.only"),
        every=voice.say("site_map.all"), none=voice.say("site_map.none"), count=voice.say("site_map.figure", count=0),
    )  # fmt: skip


def _hectares(view: View, site: Site, key: str) -> str:
    areas = view.report.areas.get(site.receipt, {}).get(key, {})
    area = areas.get("plane") if areas.get("plane") is not None else areas.get("ellipsoid")
    return view.voice.figure(None if area is None else area / 1e4, "ha").text


def _overlaps(
    view: View, looks: Looks, overlaps: "gpd.GeoDataFrame", receipts: set[str], room: int
) -> tuple[_Part, int]:
    voice = view.voice
    mine = overlaps[overlaps["receipt"].isin(receipts)].reset_index(drop=True) if len(overlaps) else overlaps
    kept = mine.iloc[:room]
    names = ("project", "plot", "control", "class", "verdict", "overlap")
    put = geometry.put(kept.geometry.to_numpy(), view.report.place.crs)
    says = [
        (
            row["project"],
            row["plot"],
            row["control_name"],
            row["class_title"],
            row["word"],
            view.square_metres(row["overlap"]).text,
        )
        for row in kept.to_dict("records")
    ]
    words = kept["verdict"].tolist() if len(kept) else []
    # the worst lies on top
    stack = sorted(range(len(words)), key=lambda i: -SHOWN.index(words[i]))
    features = tuple(Feature(put[i], words[i], says[i]) for i in stack if put[i].parts)
    title, columns = voice.say("site_map.overlaps"), tuple(voice.say(f"site_map.{name}") for name in names)
    paints = {word: _paint(looks, "overlaps", word) for word in SHOWN if word in words}
    entries = tuple(
        Entry(paint, "polygon", view.word(word), voice.say("legend.count", count=f"{words.count(word):,}"))
        for word, paint in paints.items()
    )
    notes: tuple[str, ...] = ()
    if len(kept) < len(overlaps):
        notes = (voice.say("site_map.left_out_overlaps", all=len(overlaps), drawn=len(kept)),)
    overlay = Overlay("overlaps", "evidence", title, paints, columns, features)
    return _Part(overlay, Legend("overlaps", title, entries), notes), room - len(kept)


def _controls(
    view: View, looks: Looks, controls: "Mapping[str, gpd.GeoDataFrame]", drawn: Sequence[Site], room: int
) -> _Part:
    """Control lines around the sites drawn, cut to what lies near; the gravest kinds first while there is room."""
    voice, title = view.voice, view.voice.say("site_map.controls")
    if not controls:
        empty = Overlay("controls", "evidence", title, {})
        return _Part(empty, Legend("controls", title, ()), (voice.say("site_map.no_controls"),))
    near = shapely.union_all([shapely.box(*plot.shape.buffer(AROUND).bounds) for site in drawn for plot in site.plots])
    found: list[tuple[str, Any, str]] = []
    for name in sorted(controls, key=lambda n: _severity(view, n)):
        found += [(name, shape, label) for shape, label in _near(view, name, controls[name], near)]
    kept = found[: room // 2]
    features = [one for row in kept for one in _cut(view, row, near)]
    # the gravest lies on top
    features.reverse()
    names = list(dict.fromkeys(name for name, _, _ in kept))
    whole = {name: _paint(looks, "controls", name) for name in names}
    bare = {name + _INSIDE: replace(paint, line="") for name, paint in whole.items() if not paint.hatch}
    # a hatch is drawn in the colour of its line; a line of no width leaves it
    bare |= {name + _INSIDE: replace(paint, width=0.0) for name, paint in whole.items() if paint.hatch}
    edges = {name + _EDGE: replace(paint, fill="", hatch="") for name, paint in whole.items()}
    paints = {**whole, **bare, **edges}
    entries = tuple(Entry(paint, "polygon", view.line_name(name), view.date(name)) for name, paint in whole.items())
    notes = [voice.say("site_map.clipped", metres=f"{AROUND:g}")]
    if len(kept) < len(found):
        notes.append(voice.say("site_map.left_out_controls", all=len(found), drawn=len(kept)))
    columns = (voice.say("site_map.control"), voice.say("site_map.class"))
    overlay = Overlay("controls", "evidence", title, paints, columns, tuple(features))
    return _Part(overlay, Legend("controls", title, entries), tuple(notes))


def _severity(view: View, name: str) -> tuple[int, str]:
    return min((rule.severity for rule in view.report.rules if rule.layer == name), default=99), name


def _cut(view: View, row: tuple[str, Any, str], near: Any) -> list[Feature]:
    """A feature near the sites; of one that goes on, ground and true edge apart, so that no cut looks like an edge."""
    name, shape, label = row
    says = (view.line_name(name), label)
    if shapely.covered_by(shape, near):
        pieces = {name: shape}
    else:
        edge = shapely.intersection(shapely.boundary(shape), near)
        pieces = {name + _EDGE: edge, name + _INSIDE: shapely.intersection(shape, near)}
    put = geometry.put(np.array(list(pieces.values()), dtype=object), view.report.place.crs)
    return [Feature(one, paint, says) for paint, one in zip(pieces, put, strict=True) if one.parts]


def _near(view: View, name: str, frame: "gpd.GeoDataFrame", near: Any) -> list[tuple[Any, str]]:
    hit = np.sort(frame.sindex.query(near, predicate="intersects")) if len(frame) else np.zeros(0, int)
    shapes = shapely.simplify(frame.geometry.to_numpy()[hit], _STRAIGHTENED)
    classes = frame["class"].to_numpy(object)[hit] if "class" in frame else [""] * len(hit)
    labels = [view.class_title(name, text) if isinstance(text, str) else "" for text in classes]
    return list(zip(shapes, labels, strict=True))

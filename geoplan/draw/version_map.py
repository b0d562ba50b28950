"""The map of two versions: 调入 green, 调出 red, 不变 grey, 疑似误差 hatched yellow, each with a hatch of its own."""

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoplan.draw import geometry
from geoplan.draw.folium_map import page
from geoplan.draw.look import LayerLook, Looks
from geoplan.draw.margin import crs_note, page_texts
from geoplan.draw.sheet import Entry, Feature, Legend, Overlay, Sheet, Source
from geoplan.draw.theme import Paint
from geoplan.draw.version_view import VersionView

if TYPE_CHECKING:
    from geoplan.result import Used

__all__ = ["version_map", "version_sheet"]

_ORDER = ("same", "reclassified", "gained", "lost", "sliver")
"""The lowest first: what was lost lies on what stayed, and a sliver on everything."""
_COLUMNS = ("patch", "kind", "class_before", "class_after", "area_m2", "adjustment", "approval")


def version_map(view: VersionView, looks: Looks, *, marks: tuple[str, ...] = (), stamp: str = "") -> str:
    """The map as one HTML text that asks for nothing else."""
    return page(version_sheet(view, looks, marks=marks, stamp=stamp), looks.theme)


def version_sheet(view: VersionView, looks: Looks, *, marks: tuple[str, ...] = (), stamp: str = "") -> Sheet:
    """The map before anybody draws it: at most so many features as a page holds, the largest first."""
    report, voice = view.report, view.voice
    room, overlays, legends, notes = int(looks.page.features), [], [], []
    look = looks.sheet.layers[0]
    for kind in _ORDER:
        overlay, left_out, total = _overlay(view, looks, look, kind, room)
        room -= len(overlay.features)
        if not overlay.features:
            continue
        overlays.append(overlay)
        paint = overlay.paints[kind]
        amount = voice.say("report.amount", amount=view.hectares(total).text, unit=voice.unit("ha"))
        legends.append(Legend(overlay.id, overlay.title, (Entry(paint, "polygon", overlay.title, amount),)))
        if left_out:
            notes.append(voice.say("versions.say.left_out", kind=overlay.title, count=left_out))
    overlays.append(_frame(view, looks))
    shapes = [*(p.shape for p in report.patches), *report.unchanged] or [report.place.area]
    crs, area = report.place.crs, np.array([report.place.area], dtype=object)
    return Sheet(
        name="versions", kind=looks.sheet.kind, family=voice.title(looks.sheet.title), language=voice.language,
        title=view.title, subtitle=report.place.name, number=voice.say("site_map.number"), question=view.sentences()[0],
        figure=_figure(view), standings=(), overlays=tuple(overlays), legends=tuple(reversed(legends)),
        tables=(), listed=(), listed_title="", notes=(*view.sentences()[1:], *notes),
        sources=tuple(_source(view, used) for used in (report.before, report.after)), crs=crs_note(crs, voice),
        marks=marks, bounds=geometry.bounds_of(np.array(shapes, dtype=object), crs), outline=geometry.put(area, crs),
        stamp=voice.date(stamp), texts=page_texts(voice), filled=False, scales=tuple(int(s) for s in looks.page.scales),
        crisp=sum(len(o.features) for o in overlays) <= looks.page.crisp,
    )  # fmt: skip


def _overlay(view: VersionView, looks: Looks, look: LayerLook, kind: str, room: int) -> tuple[Overlay, int, float]:
    """One kind of ground with its paint, how many features it leaves out, and its square metres."""
    report = view.report
    title = view.voice.say(f"versions.kind.{kind}")
    columns = tuple(view.voice.say(f"versions.head.{name}") for name in _COLUMNS)
    if kind == "same":
        shapes, says = list(report.unchanged), [("", title, "", "", "", "", "")] * len(report.unchanged)
        flow = report.change.overall
        total = flow.before - flow.lost - report.accounts[0].reclassified
    else:
        mine = [p for p in report.patches if ("sliver" if p.sliver else p.kind) == kind]
        shapes, total = [p.shape for p in mine], math.fsum(p.area for p in mine)
        pending = view.voice.say("versions.pending")
        says = [
            (
                p.number, title, view.class_name(p.class_before, "—"), view.class_name(p.class_after, "—"),
                view.square_metres(p.area).text, p.adjustment or pending, p.approval or pending,
            )
            for p in mine
        ]  # fmt: skip
    put = geometry.put(np.array(shapes[:room], dtype=object), report.place.crs)
    features = tuple(Feature(shape, kind, said) for shape, said in zip(put, says, strict=False))
    overlay = Overlay(kind, "evidence", title, {kind: _paint(looks, look, kind)}, columns, features)
    return overlay, len(shapes) - len(features), total


def _frame(view: VersionView, looks: Looks) -> Overlay:
    """The boundary of the place, over everything."""
    place = view.report.place
    outline = geometry.put(shapely.boundary(np.array([place.area], dtype=object)), place.crs)
    features = tuple(Feature(shape, "boundary") for shape in outline)
    title = view.voice.say("legend.frame_boundary")
    return Overlay("boundary", "frame", title, {"boundary": looks.page.frame["boundary"]}, (), features)


def _paint(looks: Looks, look: LayerLook, kind: str) -> Paint:
    style = look.classes.get(kind) or look.other
    return style.paint if style else looks.page.nodata


def _figure(view: VersionView) -> tuple[str, str, str]:
    """The net change, of natural wetlands where that is what is asked."""
    flow = view.report.natural or view.report.change.overall
    beside = view.voice.say(
        "versions.say.beside", gained=view.hectares(flow.gained).text, lost=view.hectares(flow.lost).text
    )
    return view.hectares(flow.after - flow.before).text, view.voice.unit("ha"), beside


def _source(view: VersionView, used: "Used") -> Source:
    return Source(view.layer, view.version(used), view.date(used))

"""What stands on and below the picture of a site: grid, amounts, north, scale, legend, coordinates."""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoplan.draw.look import LayerLook, Looks
from geoplan.draw.picture import scale_length
from geoplan.draw.site_ink import sample
from geoplan.draw.site_view import View
from geoplan.sites.site import Site

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["below", "grid", "labels", "north", "sides"]

_STEPS = (20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)
_GRID = 0.025
"""Metres on paper two lines of the grid are at least apart."""
MOST_LABELS = 12
MOST_WIDE = 76
"""Letters of a line beside the scale, Chinese ones counted twice."""
_AT = {"north": (0.5, 0.972, 0), "south": (0.5, 0.024, 0), "west": (0.022, 0.5, 90), "east": (0.978, 0.5, 90)}
"""Side -> where on the frame its words stand, and how they are turned."""
_LABEL = (0.021, 0.0042)
"""Metres on paper a label takes, across and up."""


def grid(axes: Any, scale: int, inks: Mapping[str, str]) -> None:
    """Lines at round coordinates, with the coordinates at the frame."""
    step = next((s for s in _STEPS if s >= _GRID * scale), _STEPS[-1])
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    axes.set_xticks(np.arange(math.ceil(west / step) * step, east, step))
    axes.set_yticks(np.arange(math.ceil(south / step) * step, north, step))
    axes.grid(visible=True, color=inks["rule"], linewidth=0.35, zorder=0)
    axes.set_axisbelow(True)
    axes.ticklabel_format(useOffset=False, style="plain")
    axes.tick_params(labelsize=5.5, length=2, width=0.4, colors=inks["muted"], pad=1.5)
    for text in axes.get_yticklabels():
        text.set(rotation=90, va="center")
    for side in axes.spines.values():
        side.set(linewidth=0.8, color=inks["ink"])


def labels(
    axes: Any, view: View, site: Site, overlaps: "gpd.GeoDataFrame | None", scale: int, inks: Mapping[str, str]
) -> None:
    """The numbers of plots, and the square metres of the largest overlaps, none upon another."""
    wide, high = (side * scale for side in _LABEL)
    taken: list[tuple[float, float]] = []
    if len(site.plots) > 1:
        for key, plot in zip(site.keys, site.plots, strict=True):
            spot = shapely.point_on_surface(plot.shape)
            taken.append((spot.x, spot.y))
            _write(axes, (spot.x, spot.y), (spot.x, spot.y), key, inks["notice"], inks)
    for shape, text in _amounts(view, overlaps):
        spot = shapely.point_on_surface(shape)
        place = _free((spot.x, spot.y), taken, wide, high)
        taken.append(place)
        _write(axes, (spot.x, spot.y), place, text, inks["ink"], inks)


def _amounts(view: View, overlaps: "gpd.GeoDataFrame | None") -> Iterator[tuple[Any, str]]:
    if overlaps is None:
        return
    acting = overlaps[overlaps["verdict"] != "inside"]
    sizes = acting["overlap"].to_numpy(dtype=float)
    for i in np.lexsort((np.arange(len(acting)), -sizes))[:MOST_LABELS]:
        amount = view.square_metres(float(sizes[i])).text
        yield acting.geometry.iloc[i], view.voice.say("report.amount", amount=amount, unit=view.voice.unit("m2"))


def _free(
    spot: tuple[float, float], taken: Sequence[tuple[float, float]], wide: float, high: float
) -> tuple[float, float]:
    """The nearest place for a label that no other label has."""
    steps = [(0.0, 0.0)] + [(dx, dy) for n in (1, 2, 3, 4) for dy in (n, -n) for dx in (0.0, 0.7, -0.7)]
    for dx, dy in steps:
        x, y = spot[0] + dx * wide, spot[1] + dy * high * 1.3
        if all(abs(x - tx) >= wide or abs(y - ty) >= high for tx, ty in taken):
            return x, y
    return spot


def _write(
    axes: Any, spot: tuple[float, float], place: tuple[float, float], text: str, ink: str, inks: Mapping[str, str]
) -> None:
    from matplotlib.patheffects import withStroke

    if place != spot:
        axes.plot([spot[0], place[0]], [spot[1], place[1]], color=inks["ink"], linewidth=0.5, zorder=6)
    halo = [withStroke(linewidth=2.2, foreground=inks["paper"])]
    axes.text(
        *place, text, ha="center", va="center", color=ink, fontsize=7, fontweight="bold", zorder=7, clip_on=True,
        path_effects=halo,
    )  # fmt: skip


def north(axes: Any, view: View, inks: Mapping[str, str]) -> None:
    """An arrow to the north of the grid, in the corner."""
    from matplotlib.patches import Polygon

    place = axes.transAxes
    for shape, fill in (
        ([(0.95, 0.985), (0.968, 0.91), (0.95, 0.925)], inks["ink"]),
        ([(0.95, 0.985), (0.932, 0.91), (0.95, 0.925)], inks["paper"]),
    ):
        axes.add_patch(Polygon(shape, transform=place, facecolor=fill, edgecolor=inks["ink"], linewidth=0.6, zorder=8))
    axes.text(
        0.95, 0.885, view.voice.say("map.page.north"), transform=place, ha="center", va="center", fontsize=7.5, zorder=8
    )


def sides(axes: Any, words: Mapping[str, str], inks: Mapping[str, str]) -> None:
    """What lies on the four sides, at the middle of the frame there."""
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.0, foreground=inks["paper"])]
    for side, (x, y, turn) in _AT.items():
        axes.text(
            x, y, words[side], transform=axes.transAxes, rotation=turn, ha="center", va="center", fontsize=6.5,
            color=inks["ink"], zorder=8, path_effects=halo,
        )  # fmt: skip


def below(
    figure: Any, view: View, looks: Looks, scale: int, *, controls: list[str], words: list[str], left: float
) -> None:
    """Scale in figures and as a bar, coordinates, and the legend with the dates of the data."""
    inks, voice = looks.theme.inks, view.voice
    _bar(figure, view, scale, inks, left)
    made = voice.say("site_word.map_made", date=voice.date(view.report.stamp) or "—")
    told = [*_lines(voice.say("site_word.map_crs", crs=view.crs(view.report.place.crs))), made]
    for row, text in enumerate(told):
        figure.text(left + 0.4, 0.192 - 0.0165 * row, text, fontsize=6, va="center", color=inks["muted"])
    _legend(figure, view, looks, controls, words, left)


def _lines(text: str) -> list[str]:
    """A text in lines that fit beside the scale; a Chinese character takes twice the room."""
    lines, room = [""], 0
    for part in re.findall(r"[!-~]+ *|[^!-~]", text):
        wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in part)
        if room and room + wide > MOST_WIDE and not unicodedata.category(part[0]).startswith("P"):
            lines, room = [*lines, ""], 0
        lines[-1] += part
        room += wide
    return [line.strip() for line in lines]


def _bar(figure: Any, view: View, scale: int, inks: Mapping[str, str], left: float) -> None:
    from matplotlib.patches import Rectangle

    length = scale_length(0.05 * scale)
    across = length / scale * 1000 / (figure.get_figwidth() * 25.4)
    ratio = view.voice.say("site_word.map_scale", scale=scale)
    figure.text(left, 0.187, ratio, fontsize=8, va="center", fontweight="bold")
    for part in range(4):
        fill = inks["paper"] if part % 2 else inks["ink"]
        figure.add_artist(
            Rectangle(
                (left + part * across / 4, 0.166),
                across / 4,
                0.006,
                facecolor=fill,
                edgecolor=inks["ink"],
                linewidth=0.5,
            )
        )
    long = length >= 1000
    unit = view.voice.say("map.page.kilometre" if long else "map.page.metre")
    figure.text(left, 0.156, "0", fontsize=6, ha="left", va="center")
    figure.text(
        left + across, 0.156, f"{length / 1000 if long else length:g} {unit}", fontsize=6, ha="right", va="center"
    )


def _legend(figure: Any, view: View, looks: Looks, controls: list[str], words: list[str], left: float) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    by_name = {layer.evidence: layer for layer in looks.sheet.layers}
    site = by_name["sites"].other
    handles: list[Any] = [
        Line2D([], [], color=site.paint.line if site else "", linewidth=3.4, label=view.voice.say("site_map.sites"))
    ]
    for word in reversed(words):
        text = view.voice.say("site_word.map_overlap", word=view.word(word))
        handles.append(Patch(label=text, **sample(_paint(by_name["overlaps"], word))))
    for name in controls:
        text = view.voice.say("site_word.map_line", line=view.line_name(name), date=view.date(name))
        handles.append(Patch(label=text, **sample(_paint(by_name["controls"], name))))
    legend = figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(left - 0.008, 0.143), ncols=2, frameon=False, fontsize=7,
        handlelength=2.6, handleheight=1.1, labelspacing=0.45, columnspacing=2.0, borderaxespad=0,
    )  # fmt: skip
    legend.set_zorder(9)


def _paint(look: LayerLook, name: str) -> Any:
    style = look.classes.get(name) or look.other
    return style.paint if style else None

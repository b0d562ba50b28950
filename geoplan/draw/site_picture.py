"""The map of a site as a picture for its document: at a fixed scale, with everything a printed sheet must have."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoplan.draw import site_marks as marks
from geoplan.draw.look import LayerLook, Looks
from geoplan.draw.site_around import sides
from geoplan.draw.site_ink import filled, font, outlined
from geoplan.draw.site_view import View
from geoplan.measure import Note
from geoplan.sites.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

__all__ = ["FRAME", "MOST_PICTURES", "Picture", "frame_of", "picture", "pictures", "scale_of"]

FRAME = (146.0, 124.0)
"""Millimetres of the map inside its frame."""
_PAPER = (156.0, 170.0)
_LEFT, _BOTTOM = 8.0, 41.0
_FILLS = 0.8
"""The part of the frame a site may fill: what lies around it must be seen."""
MOST_PICTURES = 12
"""Plots of one project that get a picture each; the others are on the overview."""
_FAR = 2.5
"""So many times the scale of the largest plot alone, and no plot can be read on a picture of all."""
SITE_LINE = 1.2
"""Millimetres of the line around a site."""
POINTS = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn map: its bytes (PNG), its scale, its width on paper in millimetres, and the plot it is of."""

    png: bytes
    scale: int
    width: float
    plot: str = ""


def pictures(
    view: View,
    site: Site,
    looks: Looks,
    controls: "Mapping[str, gpd.GeoDataFrame]",
    overlaps: "gpd.GeoDataFrame | None",
) -> "Iterator[Picture | Note]":
    """The site on one picture; plots far apart on an overview, and on one each after it."""
    scales = tuple(int(s) for s in looks.page.scales)
    one = [scale_of(shapely.bounds(plot.shape), scales) for plot in site.plots]
    known = [scale for scale in one if scale is not None]
    whole = scale_of(_bounds(site), scales)
    apart = len(site.plots) > 1 and bool(known) and (whole is None or whole > _FAR * max(known))
    if not apart or whole is not None:
        yield picture(view, site, looks, controls, overlaps, named=not apart)
    for i in range(min(len(one), MOST_PICTURES) if apart else 0):
        drawn = picture(view, site, looks, controls, overlaps, of=i)
        yield drawn
        if isinstance(drawn, Note):
            return
    if apart and len(one) > MOST_PICTURES:
        yield Note("site_word.more_plots", {"count": len(one) - MOST_PICTURES})


def picture(
    view: View,
    site: Site,
    looks: Looks,
    controls: "Mapping[str, gpd.GeoDataFrame]",
    overlaps: "gpd.GeoDataFrame | None",
    *,
    of: int | None = None,
    named: bool = True,
) -> Picture | Note:
    """The site in red, control lines hatched by kind, overlaps in solid colour with their square metres.

    Gives a sentence in place of a picture where this machine has no letters to write it with, or no fixed scale fits.

    Args:
        view: the report.
        site: what is drawn.
        looks: colours, hatches and scales.
        controls: control line -> features in the study CRS.
        overlaps: shapes of the findings of this site, with `verdict` and `overlap`.
        of: the plot in the middle, by its place; all of them where left out.
        named: whether the four sides are named at the frame.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    family = font(looks.theme.fonts)
    if not family:
        return Note("site_word.no_map_font")
    bounds = _bounds(site) if of is None else shapely.bounds(site.plots[of].shape)
    scale = scale_of(bounds, tuple(int(s) for s in looks.page.scales))
    if scale is None:
        return Note("site_word.no_map_scale")
    # names of places may hold a dollar: nothing is read as a formula
    plain = {"axes.unicode_minus": False, "text.parse_math": False}
    letters: Any = {"font.family": [family], "font.size": 7.5, "hatch.linewidth": 0.6, **plain}
    with mpl.rc_context(letters):
        figure = Figure(figsize=(_PAPER[0] / 25.4, _PAPER[1] / 25.4), dpi=220)
        FigureCanvasAgg(figure)
        across, up = FRAME[0] / _PAPER[0], FRAME[1] / _PAPER[1]
        axes = figure.add_axes((_LEFT / _PAPER[0], _BOTTOM / _PAPER[1], across, up))
        west, south, east, north = frame_of(bounds, scale)
        axes.set(xlim=(west, east), ylim=(south, north))
        marks.grid(axes, scale, looks.theme.inks)
        drawn = _controls(axes, looks, controls, (west, south, east, north))
        words = _overlaps(axes, looks, overlaps)
        _sites(axes, looks, site)
        marks.labels(axes, view, site, overlaps, scale, looks.theme.inks)
        marks.north(axes, view, looks.theme.inks)
        if named:
            shape = shapely.union_all([plot.shape for plot in site.plots]) if of is None else site.plots[of].shape
            marks.sides(axes, sides(view, shape, controls), looks.theme.inks)
        marks.below(figure, view, looks, scale, controls=drawn, words=words, left=_LEFT / _PAPER[0])
        file = io.BytesIO()
        figure.savefig(file, format="png", metadata={"Software": None})
    return Picture(file.getvalue(), scale, _PAPER[0], "" if of is None else site.keys[of])


def _bounds(site: Site) -> Any:
    return shapely.total_bounds(np.array([plot.shape for plot in site.plots], dtype=object))


def scale_of(bounds: Any, scales: tuple[int, ...]) -> int | None:
    """The largest fixed scale at which a site fits its frame with ground around it; None where none does.

    >>> scale_of((0, 0, 200, 150), (2000, 5000, 10000)), scale_of((0, 0, 900, 150), (2000, 5000, 10000))
    (2000, 10000)
    >>> scale_of((0, 0, 1e6, 1e6), (2000, 5000)) is None
    True
    """
    west, south, east, north = bounds
    wide, high = (side * _FILLS / 1000 for side in FRAME)
    return next((s for s in sorted(scales) if east - west <= wide * s and north - south <= high * s), None)


def frame_of(bounds: Any, scale: int) -> tuple[float, float, float, float]:
    """What of the ground lies in the frame at that scale, the site in its middle."""
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    wide, high = (side / 1000 * scale / 2 for side in FRAME)
    return x - wide, y - high, x + wide, y + high


def look_of(looks: Looks, evidence: str) -> LayerLook:
    """How one kind of feature is drawn."""
    return next(layer for layer in looks.sheet.layers if layer.evidence == evidence)


def _controls(axes: Any, looks: Looks, controls: "Mapping[str, gpd.GeoDataFrame]", box: Any) -> list[str]:
    """Draw what of the control lines lies in the frame; the names of those that do."""
    look, drawn = look_of(looks, "controls"), []
    # a little beyond the frame, so that no cut edge is seen
    window = shapely.box(*box).buffer((box[2] - box[0]) * 0.05, join_style="mitre")
    order = {name: i for i, name in enumerate(look.classes)}
    for name in sorted(controls, key=lambda n: (order.get(n, len(order)), n)):
        frame = controls[name]
        near = np.sort(frame.sindex.query(window, predicate="intersects")) if len(frame) else ()
        if not len(near):
            continue
        shapes = shapely.intersection(frame.geometry.to_numpy()[near], window)
        style = look.classes.get(name) or look.other
        if style is None:
            continue
        for shape in shapes:
            filled(axes, shape, style.paint, order=2)
        drawn.append(name)
    return drawn


def _overlaps(axes: Any, looks: Looks, overlaps: "gpd.GeoDataFrame | None") -> list[str]:
    look = look_of(looks, "overlaps")
    if overlaps is None:
        return []
    words = []
    for word, style in look.classes.items():
        shapes = overlaps.geometry[overlaps["verdict"] == word]
        for shape in shapes:
            filled(axes, shape, style.paint, order=3)
        if len(shapes):
            words.append(word)
    return words


def _sites(axes: Any, looks: Looks, site: Site) -> None:
    other = look_of(looks, "sites").other
    colour = other.paint.line if other else looks.theme.inks["notice"]
    for plot in site.plots:
        outlined(axes, plot.shape, colour, SITE_LINE * POINTS, order=5)

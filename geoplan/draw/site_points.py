"""表4: every boundary point with its coordinates and the length of the side that follows, ring by ring."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING

from geoplan.draw.site_tables import Roll, heads
from geoplan.draw.site_view import View
from geoplan.draw.tables import Cell
from geoplan.plot import Plot
from geoplan.sites.site import Site

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["points", "rings_of"]


def points(view: View, sites: Sequence[Site], *, of_project: bool = False) -> Roll:
    """表4 of these sites, with their names if asked; a point is numbered as the file numbers it, else in its order."""
    names = ("project", "plot", "point", "northing", "easting", "side", "remark")
    shown = names if of_project else names[1:] if len(sites[0].plots) > 1 else names[2:]
    rows = (row[len(names) - len(shown) :] for site in sites for row in _site_rows(view, site))
    plots = [plot for site in sites for plot in site.plots]
    notes = []
    if any(not plot.labels for plot in plots):
        notes.append(view.voice.say("site_word.numbered"))
    if any(plot.plane is None for plot in plots):
        notes.append(view.voice.say("site_word.degrees_points"))
    return Roll("points", view.voice.say("site_table.points"), heads(view, *shown), rows, tuple(notes))


def rings_of(plot: Plot) -> "list[tuple[int, int, NDArray[np.float64]]]":
    """The closed rings of a plot as (part, ring, coordinates), outer rings first; in the plane of the survey."""
    import shapely

    shape = plot.shape if plot.plane is None else plot.surveyed
    found = []
    for part, polygon in enumerate(shapely.get_parts(shape), start=1):
        rings = [shapely.get_exterior_ring(polygon), *polygon.interiors]
        found += [(part, number, shapely.get_coordinates(ring)) for number, ring in enumerate(rings, start=1)]
    return found


def _site_rows(view: View, site: Site) -> Iterator[tuple[Cell, ...]]:
    for key, plot in zip(site.keys, site.plots, strict=True):
        whose = (Cell(view.project(site)), Cell(key))
        yield from ((*whose, *row) for row in _rows(view, plot))


def _rows(view: View, plot: Plot) -> Iterator[tuple[Cell, ...]]:
    rings = rings_of(plot)
    number, several = 0, len(rings) > 1
    for position, (part, ring, xy) in enumerate(rings):
        given = plot.labels[position] if position < len(plot.labels) else ()
        fits = len(given) == len(xy) - 1
        first = number + 1
        remark = _ring_name(view, part, ring) if several else ""
        for i, ((x, y), (x2, y2)) in enumerate(pairwise(xy.tolist())):
            number += 1
            label = given[i] if fits else f"J{number}"
            side = hypot(x2 - x, y2 - y)
            yield (Cell(label), *_figures(y, x, side), Cell(remark if i == 0 else ""))
        # the ring is closed by its first point, as surveyors write it
        x, y = xy[0].tolist()
        closing = given[0] if fits else f"J{first}"
        yield (Cell(closing), *_figures(y, x, None), Cell(""))


def _figures(northing: float, easting: float, side: float | None) -> tuple[Cell, Cell, Cell]:
    # coordinates carry no separators: they are copied into other programs
    return (
        Cell(f"{northing:.3f}", round(northing, 3), 3),
        Cell(f"{easting:.3f}", round(easting, 3), 3),
        Cell("") if side is None else Cell(f"{side:.2f}", round(side, 2), 2),
    )


def _ring_name(view: View, part: int, ring: int) -> str:
    kind = view.voice.say("site_word.ring_outer" if ring == 1 else "site_word.ring_inner")
    return view.voice.say("report.comma").join((view.voice.say("site_word.ring", part=part, ring=ring), kind))

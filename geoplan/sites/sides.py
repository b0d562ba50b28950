"""Land and sea: which side of the shore a plot lies on, and its parts where it lies on both."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import shapely

from geoplan.measure import slack
from geoplan.ops import contact, ellipsoid
from geoplan.ops.overlay import only_polygons
from geoplan.plot import Plot
from geoplan.sites.verdicts import Side

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    from geoplan.layer import Layer

    Geometries: TypeAlias = NDArray[np.object_]

__all__ = ["Part", "parts_of"]


class Part(NamedTuple):
    """A plot, or what of it lies on one side of the shore: its position, the side, whether it is all of the plot."""

    owner: int
    plot: Plot
    side: Side = ""
    all_of_it: bool = True


def parts_of(plots: Sequence[Plot], land: "Layer | None", crs: "CRS") -> list[Part]:
    """The parts of plots by side, in their order. What is neither land nor covered by the layer of land may be either.

    Args:
        plots: in the study CRS.
        land: polygons of the land; without them nobody knows where a plot lies.
        crs: of the study.
    """
    if land is None or not len(land.frame):
        return [Part(i, plot) for i, plot in enumerate(plots)]
    shapes = np.array([p.shape for p in plots], dtype=object)
    ashore = _united(shapes, land.frame.geometry.to_numpy())
    rest = _less(shapes, ashore)
    covers = land.source.covers
    nothing = np.full(len(shapes), shapely.Polygon(), dtype=object)
    afloat = nothing if covers is None else only_polygons(np.asarray(shapely.intersection(rest, covers), dtype=object))
    kinds: tuple[tuple[Side, Geometries], ...] = (("land", ashore), ("sea", afloat), ("", _less(rest, afloat)))
    whole = ellipsoid.area(shapes, crs)
    areas = [ellipsoid.area(pieces, crs) for _, pieces in kinds]
    found = []
    for i, plot in enumerate(plots):
        here = [(side, s[i]) for (side, s), a in zip(kinds, areas, strict=True) if a[i] > slack(float(whole[i]))]
        if len(here) == 1:
            found.append(Part(i, plot, here[0][0]))
        else:
            found += [Part(i, replace(plot, shape=shape), side, all_of_it=False) for side, shape in here]
    return found


def _united(shapes: "Geometries", land: "Geometries") -> "Geometries":
    """What of each shape lies on land."""
    met = contact.meetings(shapes, land)
    found = np.full(len(shapes), shapely.Polygon(), dtype=object)
    # pairs come ordered by plot
    hit, first, count = np.unique(met.plot, return_index=True, return_counts=True)
    for plot, start, many in zip(hit, first, count, strict=True):
        pieces = met.shapes[start : start + many]
        found[plot] = pieces[0] if many == 1 else shapely.union_all(pieces)
    return found


def _less(shapes: "Geometries", taken: "Geometries") -> "Geometries":
    """Each shape without what was taken from it."""
    found = shapes.copy()
    some = ~shapely.is_empty(taken) & ~shapely.is_empty(shapes)
    found[some] = only_polygons(np.asarray(shapely.difference(shapes[some], taken[some]), dtype=object))
    return found

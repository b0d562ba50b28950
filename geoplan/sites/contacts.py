"""How plots lie to one control line, class by class: the geometry every finding rests on."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from geoplan.crs import to_crs
from geoplan.measure import RELATIVE_TOLERANCE, SMALLEST
from geoplan.ops import contact, ellipsoid
from geoplan.ops.overlay import only_polygons
from geoplan.sites.finding import Contact, Limits
from geoplan.sites.rules import EVERY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from pyproj import CRS

    from geoplan.layer import Layer
    from geoplan.plot import Plot

    Geometries: TypeAlias = NDArray[np.object_]
    Floats: TypeAlias = NDArray[np.float64]
    Indices: TypeAlias = NDArray[np.intp]

__all__ = ["UNKNOWN", "Touched", "contacts_of"]

UNKNOWN = ""
"""The class of features that carry none: no rule can speak of them, so what they touch is not checked."""
# the side of the square whose points lie as far from its middle, on average of squares, as those of a disc 1 across;
# and how much farther than the metres asked for a search in the plane goes
_DISC, _REACH = 3**0.5 / 2, 1.002


@dataclass(frozen=True, slots=True, eq=False)
class Touched:
    """What one control line and class shares with each plot; arrays run along the plots.

    Attributes:
        overlap, nearest: ellipsoidal m2, features united; metres on the ground, infinite beyond the search.
        outside, uncovered: m2 the data cover and no feature does; m2 the data do not cover.
        sliver, sliver_width: m2 that look like a boundary drawn twice, and how wide they are at most.
        adjacent: metres within which a plot not met counts as adjacent.
        more: position of a plot that is met -> what else its contact says.
        shapes: position of the plot -> the ground shared with the class; of the line as a whole, the ground outside.
    """

    overlap: "Floats"
    nearest: "Floats"
    outside: "Floats"
    uncovered: "Floats"
    sliver: "Floats"
    sliver_width: "Floats"
    adjacent: float
    more: "Mapping[int, tuple[float | None, tuple[tuple[str, float], ...], float | None]]"
    shapes: "Mapping[int, shapely.Geometry]"

    def contact(self, plot: int) -> Contact:
        """How one plot lies to the class."""
        metres, overlap = float(self.nearest[plot]), float(self.overlap[plot])
        plane, features, share = self.more.get(plot, (0.0, (), None))
        return Contact(
            overlap=overlap,
            overlap_plane=plane,
            features=features,
            share_of_feature=share,
            nearest=metres if np.isfinite(metres) else None,
            adjacent=overlap == 0 and metres <= self.adjacent,
            sliver=float(self.sliver[plot]),
            sliver_width=float(self.sliver_width[plot]),
            outside=float(self.outside[plot]),
            uncovered=float(self.uncovered[plot]),
        )


def contacts_of(
    plots: "Sequence[Plot]",
    control: "Layer",
    crs: "CRS",
    limits: Limits,
    *,
    reach: float = 0.0,
    outside: bool = False,
    survey: bool = False,
) -> dict[str, Touched]:
    """Per class of a control line, how every plot lies to it.

    Features without a class stand under `UNKNOWN`. Every plot has a contact in every class, so that nothing is clear
    for want of a row. Where the data say no coverage, all of every plot is uncovered.

    Args:
        plots: in the study CRS.
        control: features in the study CRS; lines and points share no ground, but have a distance.
        crs: of the study.
        limits: what counts as near, adjacent, sliver.
        reach: metres to look for the nearest feature, where that is farther than near.
        outside: whether to say under `*` how each plot lies to the line as a whole, and what of it is in no feature.
        survey: whether the features should fill the ground: what is in none of them is not covered, but for slivers.
    """
    shapes = np.array([p.shape for p in plots], dtype=object)
    whole = ellipsoid.area(shapes, crs)
    frame = control.frame
    classes = frame.get("class", [UNKNOWN] * len(frame))
    named = np.array([c if isinstance(c, str) else UNKNOWN for c in classes], dtype=object)
    # a line that has no classes is one class without a name; a class of the contract without a feature is looked at too
    wanted = dict.fromkeys([*control.spec.classes, *sorted(set(named.tolist()))]) or {UNKNOWN: None}
    ground, ids = frame.geometry.to_numpy(), frame["id"].to_numpy(object)
    met = _of_area(contact.meetings(shapes, ground), whole, crs)
    sizes = _sizes(ground, met, crs)
    covered = shapes if survey else _covered(shapes, control.source.covers)
    missing = whole - ellipsoid.area(covered, crs)
    lacking = np.where(missing > _rounding(whole), missing, 0.0)
    # how far the next wood is says nothing of a survey that fills the ground
    reach = -1.0 if survey else max(reach, limits.near, limits.adjacent)
    parts = _Parts(plots, shapes, whole, lacking, crs, limits, reach)
    found = {c: _touched(parts, ground, ids, named == c, met, sizes) for c in wanted}
    if not (outside or survey):
        return found
    line = _as_a_whole(parts, covered, found)
    if not survey:
        return {**found, EVERY: line}
    gaps = line.outside - line.sliver
    lacking = np.where(gaps > _rounding(whole), gaps, 0.0)
    return {c: replace(t, uncovered=lacking) for c, t in {**found, EVERY: line}.items()}


@dataclass(frozen=True, slots=True, eq=False)
class _Met:
    """Pairs that meet, and the m2 they share."""

    pairs: contact.Meetings
    areas: "Floats"


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """What is asked of every class alike."""

    plots: "Sequence[Plot]"
    shapes: "Geometries"
    whole: "Floats"
    uncovered: "Floats"
    crs: "CRS"
    limits: Limits
    reach: float


def _of_area(pairs: contact.Meetings, whole: "Floats", crs: "CRS") -> _Met:
    areas = ellipsoid.area(pairs.shapes, crs)
    return _Met(pairs, np.where(areas > _rounding(whole[pairs.plot]), areas, 0.0))


def _rounding(whole: "Floats") -> "Floats":
    """m2 of a plot that are nothing: the one tolerance of the house."""
    return np.maximum(SMALLEST, RELATIVE_TOLERANCE * whole)


def _sizes(ground: "Geometries", met: _Met, crs: "CRS") -> "Floats":
    """m2 of each feature that shares ground with a plot, to a millionth; 0 of the others, which nobody asks for.

    To measure a large feature edge by edge is dear. Its area in the plane is divided by the scale of the plane around
    its middle instead, that of a rectangle as wide and as high as a disc of its extent would weigh.
    """
    sizes = np.zeros(len(ground))
    hit = np.unique(met.pairs.feature[met.areas > 0])
    if not len(hit):
        return sizes
    west, south, east, north = shapely.bounds(ground[hit]).T
    x, y = shapely.get_coordinates(shapely.centroid(ground[hit])).T
    dx, dy = _DISC * (east - west) / 2, _DISC * (north - south) / 2
    about = np.asarray(shapely.box(x - dx, y - dy, x + dx, y + dy), dtype=object)
    sizes[hit] = shapely.area(ground[hit]) * ellipsoid.area(about, crs) / shapely.area(about)
    return sizes


def _covered(shapes: "Geometries", covers: "shapely.Geometry | None") -> "Geometries":
    """What of each plot the data cover."""
    if covers is None:
        return np.full(len(shapes), shapely.Polygon(), dtype=object)
    shapely.prepare(covers)
    inside = shapely.covers(covers, shapes)
    shapely.destroy_prepared(covers)
    found = shapes.copy()
    found[~inside] = only_polygons(np.asarray(shapely.intersection(shapes[~inside], covers), dtype=object))
    return found


def _touched(
    parts: _Parts, ground: "Geometries", ids: "Geometries", mine: "NDArray[np.bool_]", met: _Met, sizes: "Floats"
) -> Touched:
    rows = np.flatnonzero(mine[met.pairs.feature])
    place = np.cumsum(mine) - 1
    pairs = contact.Meetings(met.pairs.plot[rows], place[met.pairs.feature[rows]], met.pairs.shapes[rows])
    nearest = _nearest(parts, ground[mine], pairs)
    rows = rows[met.areas[rows] > 0]
    hits = _rows_by_plot(met.pairs.plot[rows])
    plots = np.fromiter(hits, np.intp, len(hits))
    united = np.fromiter((_united(met.pairs.shapes[rows[hit]]) for hit in hits.values()), object, len(hits))
    overlap, thin, width = (np.zeros(len(parts.plots)) for _ in range(3))
    overlap[plots] = np.minimum(ellipsoid.area(united, parts.crs), parts.whole[plots])
    thin[plots], width[plots] = _slivers(united, parts)
    planes = _in_planes(united, plots, parts)
    more = {}
    for (plot, hit), plane in zip(hits.items(), planes, strict=True):
        feature, area = met.pairs.feature[rows[hit]], met.areas[rows[hit]]
        listed = tuple((str(ids[f]), float(a)) for f, a in zip(feature, area, strict=True))
        more[plot] = (plane, listed, float(area.sum()) / float(sizes[feature].sum()))
    return Touched(
        overlap,
        nearest,
        np.maximum(parts.whole - overlap - parts.uncovered, 0.0),
        parts.uncovered,
        thin,
        width,
        parts.limits.adjacent,
        more,
        dict(zip(hits, united, strict=True)),
    )


def _as_a_whole(parts: _Parts, covered: "Geometries", classes: "Mapping[str, Touched]") -> Touched:
    """How each plot lies to all features of a line, whatever their class: what the data cover and no feature does."""
    pieces: dict[int, list[shapely.Geometry]] = {}
    for touched in classes.values():
        for plot, shape in touched.shapes.items():
            pieces.setdefault(plot, []).append(shape)
    united = np.full(len(parts.plots), shapely.Polygon(), dtype=object)
    for plot, shapes in pieces.items():
        united[plot] = _united(np.array(shapes, dtype=object))
    hit = np.fromiter(pieces, np.intp, len(pieces))
    rest = covered.copy()
    rest[hit] = only_polygons(np.asarray(shapely.difference(covered[hit], united[hit]), dtype=object))
    outside = ellipsoid.area(rest, parts.crs)
    outside = np.where(outside > _rounding(parts.whole), outside, 0.0)
    rest[outside == 0] = shapely.Polygon()
    thin, width = _slivers(rest, parts)
    none = np.full(len(parts.plots), np.inf)
    return Touched(
        np.minimum(ellipsoid.area(united, parts.crs), parts.whole),
        np.minimum.reduce([none, *(t.nearest for t in classes.values())]),
        outside,
        parts.uncovered,
        thin,
        width,
        parts.limits.adjacent,
        {},
        {int(plot): rest[plot] for plot in np.flatnonzero(outside > 0)},
    )


def _nearest(parts: _Parts, ground: "Geometries", pairs: contact.Meetings) -> "Floats":
    """Metres on the ground to the nearest feature: what the plane says, over its scale at the plot."""
    if parts.reach < 0:
        return np.full(len(parts.plots), np.inf)
    metres, _ = contact.nearest(parts.shapes, ground, parts.reach * _REACH, pairs)
    off = np.flatnonzero(np.isfinite(metres) & (metres > 0))
    x, y = shapely.get_coordinates(shapely.centroid(parts.shapes[off])).T
    metres[off] /= ellipsoid.scale(x, y, parts.crs)
    metres[metres > parts.reach + SMALLEST] = np.inf
    return metres


def _rows_by_plot(plot: "Indices") -> "dict[int, Indices]":
    found, first, count = np.unique(plot, return_index=True, return_counts=True)
    return {int(p): np.arange(a, a + n) for p, a, n in zip(found, first, count, strict=True)}


def _united(pieces: "Geometries") -> shapely.Geometry:
    return pieces[0] if len(pieces) == 1 else shapely.union_all(pieces)


def _slivers(shapes: "Geometries", parts: _Parts) -> "tuple[Floats, Floats]":
    """Per plot, the m2 that look like a boundary drawn twice, and how wide they are at most."""
    each, owner = shapely.get_parts(shapes, return_index=True)
    flat = shapely.area(each) > 0
    each, owner = each[flat], owner[flat]
    thin = contact.slivers(each, parts.limits.sliver_area, parts.limits.sliver_width)
    each, owner = each[thin], owner[thin]
    width = np.zeros(len(shapes))
    np.maximum.at(width, owner, contact.widths(each))
    return np.bincount(owner, ellipsoid.area(each, parts.crs), len(shapes)).astype(np.float64), width


def _in_planes(united: "Geometries", plots: "Indices", parts: _Parts) -> list[float | None]:
    """The ground each of some plots shares, in the plane it was surveyed in; None where it came in degrees."""
    found: list[float | None] = [None] * len(plots)
    by_plane: dict[int, list[int]] = {}
    for i, plot in enumerate(plots.tolist()):
        by_plane.setdefault(id(parts.plots[plot].plane), []).append(i)
    for mine in by_plane.values():
        plane = parts.plots[int(plots[mine[0]])].plane
        if plane is None:
            continue
        moved = united[mine] if plane == parts.crs else to_crs(united[mine], parts.crs, plane)
        for i, area in zip(mine, ellipsoid.planar_area(moved, plane).tolist(), strict=True):
            found[i] = area
    return found

"""How plots lie to one control line, class by class: the geometry every finding rests on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from geoplan.crs import to_crs
from geoplan.ops import contact, ellipsoid
from geoplan.sites.finding import Contact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from pyproj import CRS

    from geoplan.layer import Layer
    from geoplan.plot import Plot

__all__ = ["UNKNOWN", "Limits", "Touched", "contacts_of"]

UNKNOWN = ""
"""The class of features that carry none: no rule can speak of them, so what they touch is not checked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as near, as touching, as a boundary drawn twice. The study sets them and the documents print them.

    Attributes:
        near: metres within which a control line is reported though it is not touched.
        adjacent: metres within which a plot counts as adjacent.
        sliver_area, sliver_width: m2 and metres below which an overlap looks like 疑似边界误差.
    """

    near: float = 200.0
    adjacent: float = 1.0
    sliver_area: float = 1.0
    sliver_width: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Touched:
    """What one control line and class shares with each plot.

    Attributes:
        by_plot: position of the plot -> contact.
        shapes: position of the plot -> the ground shared with the class, features united.
    """

    by_plot: "Mapping[int, Contact]"
    shapes: "Mapping[int, shapely.Geometry]"


Groups: TypeAlias = "dict[int, NDArray[np.intp]]"


def contacts_of(plots: "Sequence[Plot]", control: "Layer", crs: "CRS", limits: Limits) -> dict[str, Touched]:
    """Per class of a control line, how every plot lies to it; features without a class stand under `UNKNOWN`.

    Every plot has a contact in every class, so that nothing is clear for want of a row. What the data do not cover is
    in `Contact.uncovered`, the whole plot where the data say no coverage.

    Args:
        plots: in the study CRS.
        control: polygons in the study CRS.
        crs: of the study.
        limits: what counts as near, adjacent, sliver.
    """
    shapes = np.array([p.shape for p in plots], dtype=object)
    uncovered = _uncovered(shapes, control, crs)
    frame = control.frame
    classes = frame["class"].to_numpy(object) if "class" in frame else np.full(len(frame), UNKNOWN, dtype=object)
    named = np.array([c if isinstance(c, str) else UNKNOWN for c in classes], dtype=object)
    # a line that has no classes is one class without a name; a class of the contract without a feature is looked at too
    wanted = dict.fromkeys([*control.spec.classes, *sorted(set(named.tolist()))]) or {UNKNOWN: None}
    return {c: _touched(plots, shapes, frame[named == c], uncovered, crs, limits) for c in wanted}


def _uncovered(shapes: "NDArray[np.object_]", control: "Layer", crs: "CRS") -> "NDArray[np.float64]":
    covers = control.source.covers
    if covers is None:
        return ellipsoid.area(shapes, crs)
    shapely.prepare(covers)
    inside = shapely.covers(covers, shapes)
    shapely.destroy_prepared(covers)
    lacking = np.zeros(len(shapes))
    lacking[~inside] = ellipsoid.area(shapely.difference(shapes[~inside], covers), crs)
    return lacking


def _touched(
    plots: "Sequence[Plot]",
    shapes: "NDArray[np.object_]",
    features: "gpd.GeoDataFrame",
    uncovered: "NDArray[np.float64]",
    crs: "CRS",
    limits: Limits,
) -> Touched:
    ground, ids = features.geometry.to_numpy(), features["id"].to_numpy(object)
    met = contact.meetings(shapes, ground)
    metres, _ = contact.nearest(shapes, ground, limits.near, met)
    areas, whole = ellipsoid.area(met.shapes, crs), ellipsoid.area(shapes, crs)
    # large features are dear to measure: only those that were met
    hit_features = np.unique(met.feature)
    of_feature = np.zeros(len(ground))
    of_feature[hit_features] = ellipsoid.area(ground[hit_features], crs)
    rows = {i: hit[areas[hit] > 0] for i, hit in _rows_by_plot(met.plot).items()}
    united = np.full(len(plots), shapely.Polygon(), dtype=object)
    for i, hit in rows.items():
        united[i] = _united(met.shapes[hit])
    total = np.minimum(ellipsoid.area(united, crs), whole)
    planes, (thin, width) = _in_planes(united, plots, crs), _slivers(united, limits, crs)
    nothing = np.zeros(0, np.intp)
    by_plot = {}
    for i in range(len(plots)):
        hit = rows.get(i, nothing)
        touched_area = float(of_feature[met.feature[hit]].sum())
        by_plot[i] = Contact(
            overlap=float(total[i]),
            overlap_plane=planes[i],
            features=tuple((str(ids[f]), float(a)) for f, a in zip(met.feature[hit], areas[hit], strict=True)),
            share_of_feature=float(areas[hit].sum()) / touched_area if touched_area > 0 else None,
            nearest=float(metres[i]) if np.isfinite(metres[i]) else None,
            adjacent=not len(hit) and bool(metres[i] <= limits.adjacent),
            sliver=float(thin[i]),
            sliver_width=float(width[i]),
            outside=max(float(whole[i] - total[i]), 0.0),
            uncovered=float(uncovered[i]),
        )
    return Touched(by_plot, {i: united[i] for i, hit in rows.items() if len(hit)})


def _rows_by_plot(plot: "NDArray[np.intp]") -> Groups:
    found, first, count = np.unique(plot, return_index=True, return_counts=True)
    return {int(p): np.arange(a, a + n) for p, a, n in zip(found, first, count, strict=True)}


def _united(pieces: "NDArray[np.object_]") -> shapely.Geometry:
    if len(pieces) == 1:
        return pieces[0]
    return shapely.union_all(pieces) if len(pieces) else shapely.Polygon()


def _slivers(
    united: "NDArray[np.object_]", limits: Limits, crs: "CRS"
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Per plot, the m2 that look like a boundary drawn twice, and how wide they are at most."""
    parts, owner = shapely.get_parts(united, return_index=True)
    # how wide ground is that is no sliver is never asked, and costs the most
    thin, _ = contact.slivers(parts, limits.sliver_area, limits.sliver_width, widths=False)
    thin &= shapely.area(parts) > 0
    parts, owner = parts[thin], owner[thin]
    _, widest = contact.slivers(parts, limits.sliver_area, limits.sliver_width)
    width = np.zeros(len(united))
    np.maximum.at(width, owner, widest)
    return np.asarray(np.bincount(owner, ellipsoid.area(parts, crs), len(united)), dtype=np.float64), width


def _in_planes(united: "NDArray[np.object_]", plots: "Sequence[Plot]", crs: "CRS") -> "list[float | None]":
    """Per plot, the shared ground in the plane the plot was surveyed in; None where it came in degrees."""
    planes = {p.plane.to_wkt(): p.plane for p in plots if p.plane is not None}
    found: list[float | None] = [None] * len(plots)
    for name, plane in planes.items():
        mine = [i for i, p in enumerate(plots) if p.plane is not None and p.plane.to_wkt() == name]
        moved = united[mine] if plane == crs else to_crs(united[mine], crs, plane)
        for i, m2 in zip(mine, ellipsoid.planar_area(moved, plane), strict=True):
            found[i] = float(m2)
    return found

"""What is kept of a layer to compare it with the others when it is no longer held: some places, all its edges."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoplan import crs as crs_room
from geoplan.layer import Layer, LayerSpec, Ledger, Source
from geoplan.ops.frames import LEAST
from geoplan.place import Place

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Trace", "place_traces", "trace_of"]

_PLACES = 300
"""Vertices of a layer that are compared: the middle one of them is known to a few metres."""
_EDGES = 300_000
_FEW_POINTS = 4
_GROUND = 2
_BOUNDARY = "boundary"


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What of a layer is kept to compare it with the others when it is no longer held.

    Attributes:
        layer: without its features.
        lon: of some of its vertices, in degrees; none of a layer of few features, whose vertices are no places of
            their own.
        lat: likewise.
        tree: its edges and points, in the study CRS.
        rank: how good a reference it is, 0 the best.
        places: some of its places, in the study CRS: vertices, or of few polygons points all along their outlines. None
            of a few lines: what runs beside another line fits it when moved.
        outline: points along the outer edge of ground that lies side by side, which is often that of the study.
        given: whether it is no layer but the place itself, or its zones: what others are compared with.
    """

    layer: Layer
    lon: "NDArray[np.float64]"
    lat: "NDArray[np.float64]"
    tree: shapely.STRtree = field(repr=False)
    rank: int
    places: "NDArray[np.float64]" = field(repr=False)
    outline: "NDArray[np.float64]" = field(repr=False)
    given: bool = False


def trace_of(layer: Layer, place: Place) -> Trace | None:
    """What is kept of a layer; nothing of one with too few places to tell by.

    >>> import geopandas as gpd
    >>> empty = Layer(LayerSpec("parks", {}, "point"), gpd.GeoDataFrame({"id": []}, geometry=[], crs="EPSG:4548"))
    >>> trace_of(empty, Place("", shapely.box(0, 0, 1, 1), empty.frame.crs)) is None
    True
    """
    shapes = layer.frame.geometry.to_numpy()
    xy = shapely.get_coordinates(shapes)
    if len(xy) < _FEW_POINTS:
        return None
    # vertices of a few lines are no places of their own: what runs beside another line does so all along
    few = len(shapes) < LEAST
    some = xy[np.linspace(0, len(xy) - 1, min(len(xy), _PLACES)).astype(int)]
    degrees = shapely.get_coordinates(crs_room.to_crs(shapely.points(some), place.crs, crs_room.parse(crs_room.LONLAT)))
    degrees = degrees[:0] if few else degrees
    rank = {"network": 0, "line": 1}.get(layer.spec.geometry, _GROUND if layer.spec.coverage else _GROUND + 1)
    bare = replace(layer, data=layer.frame.iloc[:0])
    places = _along(shapes[shapely.get_dimensions(shapes) != 1]) if few else some
    outline = _outline(shapes) if layer.spec.coverage else xy[:0]
    return Trace(bare, degrees[:, 0], degrees[:, 1], shapely.STRtree(_edges(shapes)), rank, places, outline)


def place_traces(place: Place, title: Mapping[str, str]) -> Iterator[Trace]:
    """The outline of the place, under that title, and of each level of its zones: what layers are compared with."""
    import geopandas as gpd

    levels = {level: zones.shapes for level, zones in place.zones.items()}
    nothing = np.empty((0, 2))
    for name, shapes in {_BOUNDARY: np.array([place.boundary], dtype=object), **levels}.items():
        frame: gpd.GeoDataFrame = gpd.GeoDataFrame({"id": []}, geometry=[], crs=place.crs)
        said = title if name == _BOUNDARY else {"zh": name, "en": name}
        bare = Layer(LayerSpec(name, said, "polygon"), frame, Source(), Ledger(0, 0))
        tree = shapely.STRtree(_edges(shapes))
        yield Trace(bare, nothing[:, 0], nothing[:, 0], tree, _GROUND, nothing, nothing, given=True)


def _edges(shapes: "NDArray[np.object_]") -> "NDArray[np.object_]":
    """The edges of lines and outlines, and the points, one by one: a tree of small things is quick."""
    flat = shapely.get_dimensions(shapes) == 2
    lines = shapely.get_parts(np.concatenate([shapely.boundary(shapes[flat]), shapes[~flat]]))
    points = lines[shapely.get_dimensions(lines) == 0]
    xy, of = shapely.get_coordinates(lines[shapely.get_dimensions(lines) == 1], return_index=True)
    ends = np.flatnonzero((of[1:] == of[:-1]) & (xy[1:] != xy[:-1]).any(axis=1))
    # of very many edges those of some lines would leave holes: every second, third … one is thin everywhere alike
    ends = ends[:: max(1, -(-len(ends) // _EDGES))]
    edges = shapely.linestrings(np.stack([xy[ends], xy[ends + 1]], axis=1)) if len(ends) else lines[:0]
    return np.concatenate([points, edges])


def _along(shapes: "NDArray[np.object_]") -> "NDArray[np.float64]":
    """Points all along lines and outlines, as many on every metre; of points themselves."""
    flat = shapely.get_dimensions(shapes) == 2
    lines = shapely.get_parts(np.concatenate([shapely.boundary(shapes[flat]), shapes[~flat]]))
    points = shapely.get_coordinates(lines[shapely.get_dimensions(lines) == 0])
    lines = lines[shapely.length(lines) > 0]
    if not len(lines):
        return np.asarray(points, dtype=float)
    ends = np.cumsum(shapely.length(lines))
    at = (np.arange(_PLACES) + 0.5) * ends[-1] / _PLACES
    line = np.searchsorted(ends, at)
    found = shapely.line_interpolate_point(lines[line], at - (ends - shapely.length(lines))[line])
    return np.concatenate([points, shapely.get_coordinates(found)])


def _outline(shapes: "NDArray[np.object_]") -> "NDArray[np.float64]":
    """Points along the outer edge of polygons that lie side by side; none where they do not."""
    try:
        ground = shapely.get_parts(shapely.coverage_union_all(shapes[shapely.get_dimensions(shapes) == _GROUND]))
    except shapely.errors.GEOSException:
        return np.empty((0, 2))
    outer = shapely.get_exterior_ring(ground[shapely.area(ground) > 0])
    return _along(outer) if len(outer) else np.empty((0, 2))

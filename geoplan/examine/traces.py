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
_VERTICES = 500_000
"""Vertices that are copied at once."""
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
        points: its points, x and y in the study CRS.
        edges: those of its lines and outlines, both ends of each.
        rank: how good a reference it is, 0 the best.
        places: some of its places, in the study CRS: vertices, or of few polygons points all along their outlines. None
            of a few lines: what runs beside another line fits it when moved.
        outline: points along the outer edge of ground that lies side by side, which is often that of the study.
        given: whether it is no layer but the place itself, or its zones: what others are compared with.
    """

    layer: Layer
    lon: "NDArray[np.float64]"
    lat: "NDArray[np.float64]"
    points: "NDArray[np.float64]" = field(repr=False)
    edges: "NDArray[np.float64]" = field(repr=False)
    rank: int
    places: "NDArray[np.float64]" = field(repr=False)
    outline: "NDArray[np.float64]" = field(repr=False)
    given: bool = False

    def tree(self) -> shapely.STRtree:
        """Its points and edges, to be asked for the nearest. Made anew every time: it is large, and soon done with."""
        return shapely.STRtree(np.concatenate([shapely.points(self.points), shapely.linestrings(self.edges)]))


def trace_of(layer: Layer, place: Place, *, edges: int = _EDGES, outlined: int | None = None) -> Trace | None:
    """What is kept of a layer; nothing of one with too few places to tell by.

    Args:
        layer: as it was read.
        place: of the study.
        edges: about how many are kept; of more, every second, third … vertex of a line.
        outlined: vertices up to which the outer edge of ground that lies side by side is looked for; always where left
            out.

    >>> import geopandas as gpd
    >>> empty = Layer(LayerSpec("parks", {}, "point"), gpd.GeoDataFrame({"id": []}, geometry=[], crs="EPSG:4548"))
    >>> trace_of(empty, Place("", shapely.box(0, 0, 1, 1), empty.frame.crs)) is None
    True
    """
    shapes = layer.frame.geometry.to_numpy()
    count = int(shapely.get_num_coordinates(shapes).sum())
    if count < _FEW_POINTS:
        return None
    # vertices of a few lines are no places of their own: what runs beside another line does so all along
    few = len(shapes) < LEAST
    some = _some(shapes, np.linspace(0, count - 1, min(count, _PLACES)).astype(int))
    degrees = shapely.get_coordinates(crs_room.to_crs(shapely.points(some), place.crs, crs_room.parse(crs_room.LONLAT)))
    degrees = degrees[:0] if few else degrees
    rank = {"network": 0, "line": 1}.get(layer.spec.geometry, _GROUND if layer.spec.coverage else _GROUND + 1)
    bare = replace(layer, data=layer.frame.iloc[:0])
    places = _along(shapes[shapely.get_dimensions(shapes) != 1]) if few else some
    outline = _outline(shapes) if layer.spec.coverage and (outlined is None or count <= outlined) else some[:0]
    return Trace(bare, degrees[:, 0], degrees[:, 1], *_edges(shapes, edges), rank, places, outline)


def place_traces(place: Place, title: Mapping[str, str]) -> Iterator[Trace]:
    """The outline of the place, under that title, and of each level of its zones: what layers are compared with."""
    import geopandas as gpd

    levels = {level: zones.shapes for level, zones in place.zones.items()}
    nothing = np.empty((0, 2))
    for name, shapes in {_BOUNDARY: np.array([place.boundary], dtype=object), **levels}.items():
        frame: gpd.GeoDataFrame = gpd.GeoDataFrame({"id": []}, geometry=[], crs=place.crs)
        said = title if name == _BOUNDARY else {"zh": name, "en": name}
        bare = Layer(LayerSpec(name, said, "polygon"), frame, Source(), Ledger(0, 0))
        yield Trace(bare, nothing[:, 0], nothing[:, 0], *_edges(shapes, _EDGES), _GROUND, nothing, nothing, given=True)


def _some(shapes: "NDArray[np.object_]", wanted: "NDArray[np.intp]") -> "NDArray[np.float64]":
    """Those of all vertices, counted through; only the features they belong to are copied."""
    counts = shapely.get_num_coordinates(shapes)
    ends = np.cumsum(counts)
    rows, row = np.unique(np.searchsorted(ends, wanted, side="right"), return_inverse=True)
    before = np.cumsum(counts[rows]) - counts[rows]
    return np.asarray(shapely.get_coordinates(shapes[rows])[before[row] + wanted - (ends - counts)[rows[row]]])


def _edges(shapes: "NDArray[np.object_]", most: int) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """The points, and the edges of lines and outlines, one by one: a tree of small things is quick."""
    counts = shapely.get_num_coordinates(shapes)
    every = max(1, -(-int(counts.sum()) // most))
    part = (np.cumsum(counts) - counts) // _VERTICES
    pieces = [_pieces(shapes[part == n], every) for n in np.unique(part)] or [_pieces(shapes, every)]
    points, edges = (np.concatenate(some) for some in zip(*pieces, strict=True))
    # what is left of very many short lines would leave holes: every second, third … one is thin everywhere alike
    return points, edges[:: max(1, -(-len(edges) // (2 * most)))]


def _pieces(shapes: "NDArray[np.object_]", every: int) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Points, and edges between every vertex (or every second, third …) of each line and its last."""
    parts = shapely.get_parts(shapes)
    flat = shapely.get_dimensions(parts) == 2
    lines = np.concatenate([shapely.get_rings(parts[flat]), parts[~flat]])
    kinds = shapely.get_dimensions(lines)
    points = shapely.get_coordinates(lines[kinds == 0])
    xy, of = shapely.get_coordinates(lines[kinds == 1], return_index=True)
    first = np.searchsorted(of, of)
    last = np.append(of[1:] != of[:-1], True)[: len(of)]
    kept = last | ((np.arange(len(of)) - first) % every == 0)
    xy, of = xy[kept], of[kept]
    ends = np.flatnonzero((of[1:] == of[:-1]) & (xy[1:] != xy[:-1]).any(axis=1))
    return points, np.stack([xy[ends], xy[ends + 1]], axis=1)


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

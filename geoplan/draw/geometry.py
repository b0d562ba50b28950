"""Shapes on their way out: from the metres of the study to whole millionths of a degree, as short as a page needs them.

A shape on a page is a list of parts, a part a list of rings (one, for points and lines), a ring a flat list of whole
numbers: longitude and latitude of its first vertex in millionths of a degree (0.1 m), then the steps from vertex to
vertex. Steps are short numbers, so a page is about a third of the same map as GeoJSON.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import CRS

    Shapes: TypeAlias = NDArray[np.object_]

Ring: TypeAlias = tuple[int, ...]
Kind: TypeAlias = Literal["point", "line", "polygon"]
Bounds: TypeAlias = tuple[float, float, float, float]

__all__ = ["STEPS", "Bounds", "Kind", "Ring", "Shape", "bounds_of", "coarsened", "degrees", "kind_of", "put", "spots"]

STEPS = 1_000_000
"""Steps of a degree: 0.11 m of latitude, less than any survey line is wide."""
_POLYGON = 3
_KINDS: dict[int, Kind] = {0: "point", 1: "line", 2: "line", 3: "polygon", 4: "point", 5: "line", 6: "polygon"}


@dataclass(frozen=True, slots=True)
class Shape:
    """One feature's shape as a page holds it: parts of rings of whole steps."""

    kind: Kind
    parts: tuple[tuple[Ring, ...], ...]


def kind_of(shapes: "Shapes") -> Kind:
    """Whether shapes are drawn as points, lines or polygons: what the first one that has any extent is."""
    import shapely

    types = shapely.get_type_id(shapes)
    return next((_KINDS[t] for t in types.tolist() if t in _KINDS), "polygon")


def degrees(shapes: "Shapes", crs: "CRS") -> "Shapes":
    """The same shapes in longitude and latitude."""
    import shapely

    to_degrees = _to_degrees(crs)

    def moved(xy: "NDArray[np.float64]") -> Any:
        return _stacked(*to_degrees.transform(xy[:, 0], xy[:, 1]))

    return shapely.transform(shapes, moved)  # type: ignore[no-any-return]


@functools.lru_cache(maxsize=8)
def _to_degrees(crs: "CRS") -> Any:
    # made once a CRS: PROJ takes 50 ms to look one up, and a map asks ten times
    from pyproj import Transformer

    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def coarsened(shapes: "Shapes", grid: float) -> "Shapes":
    """Shapes with every vertex on the nearest crossing of a grid of that many metres; 0 leaves them as they are.

    Vertices move, none is lost and no shape vanishes: a small parcel becomes a smaller or larger one, or a dot.
    """
    import numpy as np
    import shapely

    return shapely.transform(shapes, lambda xy: np.round(xy / grid) * grid) if grid > 0 else shapes


def put(shapes: "Shapes", crs: "CRS") -> tuple[Shape, ...]:
    """Shapes as a page holds them, in the same order; an empty one has no parts."""
    import shapely

    whole = degrees(shapely.force_2d(shapes), crs)
    parts: list[list[tuple[Ring, ...]]] = [[] for _ in range(len(whole))]
    for owner, rings in _parts(whole):
        parts[owner].append(rings)
    kinds = shapely.get_type_id(whole).tolist()
    return tuple(Shape(_KINDS.get(kind, "polygon"), tuple(own)) for kind, own in zip(kinds, parts, strict=True))


def spots(shapes: "Shapes", crs: "CRS") -> tuple[tuple[float, float] | None, ...]:
    """A point on each shape to put a label at: longitude, latitude; None for an empty shape."""
    import shapely

    points = degrees(shapely.point_on_surface(shapes), crs)
    xy = [None if shapely.is_empty(p) else (round(p.x, 6), round(p.y, 6)) for p in points]
    return tuple(xy)


def bounds_of(shapes: "Shapes", crs: "CRS") -> Bounds:
    """West, south, east and north of all shapes together, in degrees; the edges of the box are densified."""
    import shapely

    box = shapely.total_bounds(shapes)
    to_degrees = _to_degrees(crs)
    west, south, east, north = to_degrees.transform_bounds(box[0], box[1], box[2], box[3], densify_pts=21)
    return round(west, 6), round(south, 6), round(east, 6), round(north, 6)


def _parts(shapes: "Shapes") -> Iterator[tuple[int, tuple[Ring, ...]]]:
    """Every part of every shape with the position of its shape, in order; empty ones are passed over."""
    import numpy as np
    import shapely

    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) > _POLYGON).any():
        parts, of = shapely.get_parts(parts, return_index=True)
        owner = owner[of]
    owner, parts = owner[~shapely.is_empty(parts)], parts[~shapely.is_empty(parts)]
    areal = shapely.get_type_id(parts) == _POLYGON
    edges, at = shapely.get_rings(parts[areal], return_index=True)
    lines = np.concatenate([edges, parts[~areal]])
    of_part = np.concatenate([np.flatnonzero(areal)[at], np.flatnonzero(~areal)])
    order = np.argsort(of_part, kind="stable")
    rings: list[list[Ring]] = [[] for _ in range(len(parts))]
    for part, ring in zip(of_part[order].tolist(), _rings(lines[order]), strict=True):
        rings[part].append(ring)
    yield from zip(owner.tolist(), map(tuple, rings), strict=True)


def _rings(lines: "Shapes") -> Iterator[Ring]:
    """The steps along each line, all lines at once: one by one takes ten times as long."""
    import numpy as np
    import shapely

    xy, of = shapely.get_coordinates(lines, return_index=True)
    steps = np.rint(xy * STEPS).astype(np.int64)
    first = np.ones(len(of), dtype=bool)
    first[1:] = of[1:] != of[:-1]
    moved = np.where(first[:, None], steps, np.diff(steps, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)))
    # a step of nothing draws nothing; the first entry is the place itself
    keep = first | (moved != 0).any(axis=1)
    ends = np.cumsum(2 * np.bincount(of[keep], minlength=len(lines))).tolist()
    flat = moved[keep].ravel().tolist()
    yield from (tuple(flat[start:end]) for start, end in pairwise([0, *ends]))


def _stacked(x: Any, y: Any) -> "NDArray[np.float64]":
    import numpy as np

    return np.column_stack([x, y])


def vertices(shapes: Sequence[Shape]) -> int:
    """How many vertices shapes have together: what a page weighs."""
    return sum(len(ring) // 2 for shape in shapes for part in shape.parts for ring in part)

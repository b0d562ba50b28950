"""Shapes on their way out: from the metres of the study to whole millionths of a degree, as short as a page needs them.

A shape on a page is a list of parts, a part a list of rings (one, for points and lines), a ring a flat list of whole
numbers: longitude and latitude of its first vertex in millionths of a degree (0.1 m), then the steps from vertex to
vertex. Steps are short numbers, so a page is about a third of the same map as GeoJSON.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    return tuple(Shape(_KINDS.get(int(shapely.get_type_id(s)), "polygon"), tuple(_parts(s))) for s in whole)


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


def _parts(shape: Any) -> Iterator[tuple[Ring, ...]]:
    import shapely

    for part in shapely.get_parts(shape).tolist():
        if shapely.is_empty(part):
            continue
        if shapely.get_type_id(part) == 3:
            yield tuple(_ring(r) for r in (part.exterior, *part.interiors))
        elif shapely.get_type_id(part) == 7:
            yield from _parts(part)
        else:
            yield (_ring(part),)


def _ring(line: Any) -> Ring:
    import numpy as np
    import shapely

    steps = np.rint(shapely.get_coordinates(line) * STEPS).astype(np.int64)
    moved = np.diff(steps, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    # a step of nothing draws nothing; the first entry is the place itself
    keep = np.ones(len(moved), dtype=bool)
    keep[1:] = (moved[1:] != 0).any(axis=1)
    return tuple(moved[keep].ravel().tolist())


def _stacked(x: Any, y: Any) -> "NDArray[np.float64]":
    import numpy as np

    return np.column_stack([x, y])


def vertices(shapes: Sequence[Shape]) -> int:
    """How many vertices shapes have together: what a page weighs."""
    return sum(len(ring) // 2 for shape in shapes for part in shape.parts for ring in part)

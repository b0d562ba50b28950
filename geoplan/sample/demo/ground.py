"""The ground of the demo city: sea, shore, river, canal, lake and island, before anybody builds.

All rooms of the demo draw in metres from `ORIGIN` (x east, y north); the last step moves everything to EPSG:4548.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

__all__ = ["ORIGIN", "Ground", "Point", "lay_ground", "ribbon", "rounded", "smooth"]

Point: TypeAlias = tuple[float, float]

ORIGIN = (561500.0, 4331300.0)

# the shore from south to north: class of each reach, and the points it passes
_SHORE: tuple[tuple[str, tuple[Point, ...]], ...] = (
    ("natural", ((4700, -700), (4760, -200), (4950, 250), (5230, 560), (5330, 960))),
    ("restored", ((5330, 960), (5300, 1230), (5170, 1420), (5120, 1700))),
    ("artificial", ((5120, 1700), (5180, 1820), (5440, 1870), (5560, 2080), (5600, 2330))),
    ("estuary", ((5600, 2330), (5660, 2520), (5760, 2720))),
    ("restored_uncertified", ((5760, 2720), (5930, 2830), (6080, 2990), (6100, 3220))),
    ("natural", ((6100, 3220), (6020, 3390), (6040, 3580), (6180, 3700))),
    ("artificial", ((6180, 3700), (6420, 3730), (6430, 3560), (7060, 3600), (7100, 4330), (6480, 4330), (6470, 4480))),
    ("unknown", ((6470, 4480), (6440, 4660))),
    ("natural", ((6440, 4660), (6330, 4800), (6370, 5010), (6240, 5250), (6280, 5560), (6200, 6100))),
)
_FRAME: tuple[Point, ...] = (
    (60, 40), (1500, -110), (2900, 60), (4100, -40), (5400, -160), (7700, -160), (7700, 5560), (6300, 5560),
    (4700, 5640), (3000, 5470), (1500, 5580), (250, 5450), (-60, 4400), (90, 3300), (-40, 2200), (110, 1200),
)  # fmt: skip
_RIVER: tuple[tuple[float, float, float], ...] = (  # x, y, width
    (-600, 4350, 90), (500, 4420, 95), (1300, 4150, 100), (1750, 3700, 105), (2350, 3420, 110), (3050, 3560, 115),
    (3700, 3420, 125), (4250, 2960, 140), (4950, 2740, 190), (5500, 2560, 290), (6100, 2520, 420),
)  # fmt: skip
_CANAL: tuple[Point, ...] = (
    (2330, 3440),
    (2380, 3050),
    (2500, 2500),
    (2470, 1900),
    (2560, 1200),
    (2620, 500),
    (2600, -600),
)
_LAKE: tuple[Point, ...] = (
    (3420, 1480), (3800, 1420), (4080, 1560), (4140, 1840), (4010, 2100), (3760, 2180), (3560, 2090), (3500, 1880),
    (3330, 1720),
)  # fmt: skip
_ISLAND: tuple[Point, ...] = ((3760, 1640), (3910, 1630), (3990, 1750), (3930, 1870), (3790, 1880), (3720, 1770))
OFFSHORE = 360.0
CANAL_WIDTH = 38.0


@dataclass(frozen=True, slots=True)
class Ground:
    """What nature and the hydraulic engineers left.

    Attributes:
        boundary: the limit of the study, which takes in a strip of sea.
        land: the part of the boundary on this side of the shore, water included.
        sea: the rest of it.
        river, canal, lake: water on the land side; the lake without its island.
        island: an island in the lake.
        shore: class of a reach and its line, from south to north; the reaches join end to end.
        river_line, canal_line: middle lines.
    """

    boundary: BaseGeometry
    land: BaseGeometry
    sea: BaseGeometry
    river: BaseGeometry
    canal: BaseGeometry
    lake: BaseGeometry
    island: BaseGeometry
    shore: tuple[tuple[str, BaseGeometry], ...]
    river_line: BaseGeometry
    canal_line: BaseGeometry
    water: BaseGeometry = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "water", shapely.union_all([self.river, self.canal, self.lake]))


def lay_ground(rng: np.random.Generator) -> Ground:
    """Sea, land and water of the demo city; the seed only moves the small bends of the natural shore."""
    shore = tuple((kind, shapely.LineString(_reach(kind, points, rng))) for kind, points in _SHORE)
    coast = np.vstack([shapely.get_coordinates(line) for _, line in shore])
    west = shapely.Polygon([*coast, (-3000.0, coast[-1][1]), (-3000.0, coast[0][1])])
    frame = shapely.Polygon(_FRAME)
    boundary = shapely.intersection(shapely.union(west, shapely.buffer(shapely.LineString(coast), OFFSHORE)), frame)
    boundary = shapely.set_precision(_largest(boundary), 0.01)
    land = shapely.set_precision(_largest(shapely.intersection(boundary, west)), 0.01)
    middle, widths = _river_line()
    river = shapely.intersection(ribbon(middle, widths), land)
    canal_line = smooth(_CANAL)
    canal = shapely.difference(
        shapely.intersection(shapely.buffer(shapely.LineString(canal_line), CANAL_WIDTH / 2, cap_style="flat"), land),
        river,
    )
    island = rounded(_ISLAND)
    lake = shapely.difference(rounded(_LAKE), island)
    fine = [shapely.set_precision(_largest(g), 0.01) for g in (river, canal, lake, island)]
    sea = shapely.difference(boundary, land)
    middles = shapely.LineString(middle), shapely.LineString(canal_line)
    return Ground(boundary, land, sea, fine[0], fine[1], fine[2], fine[3], shore, *middles)


def smooth(points: Sequence[Point], rounds: int = 4) -> NDArray[np.float64]:
    """A soft curve through the neighbourhood of the points (corner cutting); both ends stay where they are.

    >>> smooth([(0, 0), (4, 0)]).shape
    (32, 2)
    """
    line = np.asarray(points, dtype=float)
    for _ in range(rounds):
        a, b = line[:-1], line[1:]
        cut = np.empty((2 * len(a), 2))
        cut[0::2], cut[1::2] = 0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b
        line = np.vstack([line[:1], cut, line[-1:]])
    return line


def rounded(points: Sequence[Point], rounds: int = 4) -> BaseGeometry:
    """A polygon with soft corners in the neighbourhood of the points.

    >>> rounded([(0, 0), (4, 0), (4, 4), (0, 4)]).area
    14.0078125
    """
    (x0, y0), (x1, y1) = points[0], points[-1]
    start = ((x0 + x1) / 2, (y0 + y1) / 2)
    return shapely.Polygon(smooth([start, *points, start], rounds))


def ribbon(line: NDArray[np.float64], widths: NDArray[np.float64]) -> BaseGeometry:
    """A strip along a line, as wide at each vertex as asked."""
    ahead = np.gradient(line, axis=0)
    normal = np.column_stack([-ahead[:, 1], ahead[:, 0]]) / np.hypot(ahead[:, 0], ahead[:, 1])[:, None]
    half = widths[:, None] / 2
    return shapely.make_valid(shapely.Polygon(np.vstack([line + normal * half, (line - normal * half)[::-1]])))


def _river_line() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    table = np.asarray(_RIVER, dtype=float)
    line = smooth([(x, y) for x, y, _ in _RIVER])
    return line, np.interp(line[:, 0], table[:, 0], table[:, 2])


def _reach(kind: str, points: tuple[Point, ...], rng: np.random.Generator) -> NDArray[np.float64]:
    """Artificial reaches are straight walls; the others bend, the natural ones in small steps too."""
    if kind in {"artificial", "unknown"}:
        return np.asarray(points, dtype=float)
    line = smooth(points)
    if kind == "estuary":
        return line
    dense = shapely.get_coordinates(shapely.segmentize(shapely.LineString(line), 12.0))
    ahead = np.gradient(dense, axis=0)
    normal = np.column_stack([-ahead[:, 1], ahead[:, 0]]) / np.hypot(ahead[:, 0], ahead[:, 1])[:, None]
    along = np.linspace(0.0, 1.0, len(dense))
    size = 9.0 if kind == "natural" else 4.0
    bends = sum(size / k * np.sin(2 * np.pi * (5 * k * along + rng.random())) for k in (1.0, 2.3, 5.1)) * np.sin(
        np.pi * along
    )
    moved = dense + normal * np.asarray(bends)[:, None]
    return np.round(np.asarray(moved, dtype=float), 2)


def _largest(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shapely.make_valid(shape))
    return parts[np.argmax(shapely.area(parts))]

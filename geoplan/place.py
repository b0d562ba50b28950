"""Where: a boundary in one metre CRS, the zones inside it, and which features a place owns."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    Points: TypeAlias = NDArray[np.object_]

Box: TypeAlias = tuple[float, float, float, float]

__all__ = ["Box", "Place", "Zones"]


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """One level of zones (districts, communities, drainage areas). They need not fill the place, and may overlap.

    Attributes:
        level: the name of the level in study.toml.
        ids: one text a zone, in file order.
        names: one name a zone, as the provider writes it.
        shapes: polygons in the study CRS, in the same order.
        additive: False where zones overlap or leave parts of the place out: their rows do not add up to the place.
        overlap: square metres of the place that are counted in more than one zone.
        left_out: square metres of the place that are in no zone.
    """

    level: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    shapes: "NDArray[np.object_]"
    additive: bool = True
    overlap: float = 0.0
    left_out: float = 0.0

    def locate(self, points: "Points") -> "NDArray[np.intp]":
        """Which zone covers each point: a position in `ids`, the first in file order on ties, -1 where none does."""
        import numpy as np
        import shapely

        found = np.full(len(points), len(self.ids), dtype=np.intp)
        if len(points) and len(self.ids):
            point, zone = shapely.STRtree(self.shapes).query(points, predicate="covered_by")
            np.minimum.at(found, point, zone)
        found[found == len(self.ids)] = -1
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a study is, and in which metres.

    Attributes:
        name: as the plan calls it.
        boundary: polygon or multipolygon in `crs`.
        crs: the one metre CRS of the study.
        zones: levels of zones by name, in the order of study.toml.
        context: metres beyond the boundary that are read, because people walk across borders.
        window: the tile asked about, half open (west and south edges belong to it), or None for the whole place.
        year: the year the study speaks of.
    """

    name: str
    boundary: "BaseGeometry"
    crs: "CRS"
    zones: Mapping[str, Zones] = field(default_factory=dict)
    context: float = 1000.0
    window: Box | None = None
    year: int | None = None

    @property
    def area(self) -> "BaseGeometry":
        """The boundary, cut to the window where there is one."""
        import shapely

        if self.window is None:
            return self.boundary
        return shapely.intersection(self.boundary, shapely.box(*self.window))

    def owns(self, points: "Points") -> "NDArray[np.bool_]":
        """Whether each point is covered by the boundary and lies in the window: counted here, and nowhere else."""
        import numpy as np
        import shapely

        if not len(points):
            return np.zeros(0, dtype=bool)
        inside: Any = shapely.STRtree(points).query(self.boundary, predicate="covers")
        owned = np.zeros(len(points), dtype=bool)
        owned[inside] = True
        if self.window is not None:
            west, south, east, north = self.window
            x, y = shapely.get_x(points), shapely.get_y(points)
            owned &= (x >= west) & (x < east) & (y >= south) & (y < north)
        return owned

    def tile(self, window: Box) -> "Place":
        """The same place asked only about one tile; tiles that share edges share no feature."""
        return replace(self, window=window)

"""Buildings: rows of slabs that face south in the estates, blocks and halls elsewhere."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.city import City
from geoplan.sample.demo.text import text

__all__ = ["raise_buildings", "register"]

# use -> width and depth of a building, gaps beside and behind it, distance to the edge, floors
_KINDS: dict[str, tuple[float, float, float, float, float, tuple[int, int]]] = {
    "homes": (46.0, 14.0, 13.0, 30.0, 9.0, (6, 11)), "hamlet": (14.0, 9.0, 6.0, 8.0, 4.0, (1, 2)),
    "office": (38.0, 30.0, 22.0, 26.0, 12.0, (8, 20)), "commerce": (60.0, 38.0, 14.0, 16.0, 9.0, (2, 5)),
    "hotel": (52.0, 20.0, 20.0, 34.0, 14.0, (5, 14)), "industry": (84.0, 46.0, 22.0, 20.0, 14.0, (1, 2)),
    "storage": (96.0, 52.0, 24.0, 24.0, 16.0, (1, 2)), "school": (58.0, 15.0, 24.0, 30.0, 14.0, (3, 5)),
    "kindergarten": (30.0, 16.0, 14.0, 18.0, 8.0, (2, 3)), "college": (60.0, 16.0, 24.0, 34.0, 16.0, (4, 6)),
    "hospital": (64.0, 24.0, 18.0, 24.0, 14.0, (5, 12)), "service": (34.0, 18.0, 12.0, 16.0, 6.0, (2, 4)),
    "clinic": (30.0, 16.0, 12.0, 14.0, 6.0, (2, 3)), "elderly": (32.0, 15.0, 12.0, 16.0, 6.0, (2, 4)),
    "admin": (58.0, 20.0, 20.0, 30.0, 16.0, (4, 9)), "culture": (62.0, 44.0, 24.0, 30.0, 16.0, (2, 4)),
    "sports": (76.0, 50.0, 30.0, 40.0, 18.0, (1, 2)), "utility": (26.0, 18.0, 24.0, 26.0, 12.0, (1, 2)),
}  # fmt: skip


def raise_buildings(city: City) -> gpd.GeoDataFrame:
    """One row a building: `plot`, `use`, `floors`, `floor_area` (m2), `year`, `star` (0 to 3, -1 unknown), geometry."""
    rng = city.rng("buildings")
    built = city.plots[city.plots["built"] & city.plots["use"].isin(list(_KINDS))]
    out = [_on(int(at), str(use), turn, shape, rng) for at, use, turn, shape in zip(
        built.index, built["use"], built["turn"], built.geometry, strict=True)]  # fmt: skip
    # one frame for all of them: pandas takes longer to make one than the houses take
    many = [len(one["geometry"]) for one in out]
    whole = {c: np.repeat(np.array([one[c] for one in out]), many) for c in ("plot", "use", "year", "star")}
    each = {c: np.concatenate([one[c] for one in out]) for c in ("floors", "floor_area", "geometry")}
    columns = ("plot", "use", "floors", "floor_area", "year", "star")
    return gpd.GeoDataFrame({c: (whole | each)[c] for c in columns}, geometry=each["geometry"])


def register(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Layer `buildings` as a bureau keeps it: ids, uses in words, no number where the star is not known."""
    words = text()["uses"]
    return buildings.assign(
        id=[f"JZW{n:05d}" for n in range(1, len(buildings) + 1)], use=[words[u][0] for u in buildings["use"]],
        star=buildings["star"].where(buildings["star"] >= 0),
    )  # fmt: skip


def _on(plot: int, use: str, turn: float, shape: BaseGeometry, rng: np.random.Generator) -> dict[str, Any]:
    width, depth, beside, behind, edge, floors = _KINDS[use]
    tall = int(rng.integers(floors[0], floors[1] + 1))
    if use == "homes":
        behind = max(behind, 2.6 * tall + 6.0)  # sunlight: rows stand apart by their height
    centre = shapely.centroid(shape)
    flat = affinity.rotate(shapely.buffer(shape, -edge, join_style="mitre"), -turn, origin=centre)
    boxes = _rows(flat, width * rng.uniform(0.9, 1.15), depth, beside, behind, rng)
    if not len(boxes):  # too narrow for a row: one small house in the middle
        middle = affinity.rotate(shapely.point_on_surface(shape), -turn, origin=centre)
        boxes = np.array([shapely.buffer(middle, 6.0, cap_style="square")], dtype=object)
    own = np.array([affinity.rotate(b, turn, origin=centre) for b in boxes], dtype=object)
    count = len(own)
    storeys = np.maximum(1, tall + rng.integers(-1, 2, count)) if use == "homes" else np.full(count, tall)
    year = int(rng.integers(2008, 2025)) if use != "hamlet" else 1996
    star = rng.choice([0, 1, 2, 3, -1], p=[0.03, 0.22, 0.5, 0.22, 0.03]) if year >= 2010 else rng.choice([0, 1, -1])
    shapes = shapely.set_precision(own, 0.01) if count else own
    areas = np.round(shapely.area(shapes) * storeys, 1)
    return {
        "plot": plot, "use": use, "floors": storeys, "floor_area": areas, "year": year, "star": int(star),
        "geometry": shapes,
    }  # fmt: skip


def _rows(
    flat: BaseGeometry, width: float, depth: float, beside: float, behind: float, rng: np.random.Generator
) -> NDArray[np.object_]:
    """Boxes in rows that lie wholly inside a turned plot."""
    if flat.is_empty:
        return np.empty(0, dtype=object)
    west, south, east, north = shapely.bounds(flat)
    columns = max(1, int((east - west + beside) // (width + beside)))
    rows = max(1, int((north - south + behind) // (depth + behind)))
    left = west + (np.arange(columns) + 0.5) * (east - west) / columns - width / 2
    low = south + (np.arange(rows) + 0.5) * (north - south) / rows - depth / 2
    x, y = (a.ravel() for a in np.meshgrid(left, low))
    y = y + rng.uniform(-2.0, 2.0, len(y))
    boxes = shapely.box(x, y, x + width, y + depth)
    return np.asarray(boxes[shapely.covers(flat, boxes)], dtype=object)

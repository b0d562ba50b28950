"""What is not a plot: marshes, flats, ponds and woods in irregular patches, green banks, water, the streets."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.ground import Ground, rounded
from geoplan.sample.demo.streets import BANKS, WIDTHS

__all__ = ["blob", "fill", "patches"]

_FINE = 0.01
_LEAST = 1.0  # m2: smaller scraps fall to the street beside them


def blob(x: float, y: float, radius: float, rng: np.random.Generator) -> BaseGeometry:
    """A rounded patch of about that radius."""
    turn = np.linspace(0, 2 * np.pi, 9, endpoint=False)
    reach = radius * rng.uniform(0.65, 1.35, 9)
    ring = [(x + r * np.cos(t), y + 0.75 * r * np.sin(t)) for r, t in zip(reach, turn, strict=True)]
    return rounded(ring, 3)


def patches(ground: Ground, plots: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """The cells of wetland and salt marsh as patches: flats beside the water, ponds, woods, meadow, marsh."""
    out: list[tuple[object, ...]] = []
    for row in plots[plots["role"].isin(["wetland", "marsh"])].itertuples():
        left = row.geometry
        for use, shape in _over(ground, str(row.role), left, rng):
            part = shapely.intersection(left, shape, grid_size=_FINE)
            left = shapely.difference(left, part, grid_size=_FINE)
            out += [(row.cell, row.role, use, p) for p in _polygons(part)]
        out += [(row.cell, row.role, row.use, p) for p in _polygons(left)]
    frame = gpd.GeoDataFrame(out, columns=["cell", "role", "use", "geometry"], geometry="geometry")
    return frame.assign(turn=0.0, block=0, built=True)


def fill(ground: Ground, used: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, rural: BaseGeometry) -> gpd.GeoDataFrame:
    """Banks, water, and the rest as streets, so that land is covered without gaps (`use`, geometry)."""
    taken = shapely.union_all(used.geometry.to_numpy(), grid_size=_FINE)
    right_of_way = shapely.union_all(
        [shapely.buffer(g, WIDTHS[k] / 2) for k, g in zip(streets["kind"], streets.geometry, strict=True) if WIDTHS[k]]
    )
    express = shapely.buffer(shapely.union_all(streets.geometry[streets["kind"] == "express"].to_numpy()), 30.0)
    out = []
    for use, shape in (
        ("river", ground.river), ("canal", ground.canal), ("lake", ground.lake),
        ("river_bank", shapely.difference(shapely.buffer(ground.river, BANKS["river"]), right_of_way)),
        ("canal_bank", shapely.difference(shapely.buffer(ground.canal, BANKS["canal"]), right_of_way)),
        ("lake_bank", shapely.buffer(shapely.union(ground.lake, ground.island), BANKS["lake"])),
        ("express", express), ("lane", rural), ("road", ground.land),
    ):  # fmt: skip
        part = shapely.difference(shapely.intersection(shape, ground.land, grid_size=_FINE), taken, grid_size=_FINE)
        taken = shapely.union(taken, part, grid_size=_FINE)
        out += [(use, p) for p in _polygons(part)]
    return gpd.GeoDataFrame(out, columns=["use", "geometry"], geometry="geometry")


def _over(
    ground: Ground, role: str, cell: BaseGeometry, rng: np.random.Generator
) -> Iterator[tuple[str, BaseGeometry]]:
    """Patches laid one over the other, first come first served."""
    if role == "marsh":
        yield "flat", shapely.buffer(ground.sea, 170.0)
        yield from (("pond", b) for b in _blobs(cell, 3, 55.0, rng))
        return
    yield "bank", shapely.buffer(ground.river, 130.0)
    for use, count, radius in (("pond", 6, 90.0), ("wood", 5, 130.0), ("meadow", 6, 160.0)):
        yield from ((use, b) for b in _blobs(cell, count, radius, rng))


def _blobs(cell: BaseGeometry, count: int, radius: float, rng: np.random.Generator) -> Iterator[BaseGeometry]:
    west, south, east, north = shapely.bounds(cell)
    for _ in range(count):
        yield blob(rng.uniform(west, east), rng.uniform(south, north), radius, rng)


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    return [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and shapely.area(p) > _LEAST]

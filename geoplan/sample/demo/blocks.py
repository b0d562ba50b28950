"""Cells cut into blocks and blocks into plots, along a grid that is turned for each cell and has lines left out."""

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.streets import Cell

__all__ = ["Grain", "cut"]


@dataclass(frozen=True, slots=True)
class Grain:
    """How finely ground of one role is cut (hectares; metres between grid lines).

    Attributes:
        street: pieces above this are cut by a secondary street.
        lane: pieces above this are cut by a local street.
        plot: least and greatest size at which a piece is left whole.
        pitch: least and greatest distance of grid lines, across and along.
        wall: the share of the smallest cuts that is only a wall between two plots.
        path: what the other small cuts are.
    """

    street: float
    lane: float
    plot: tuple[float, float]
    pitch: tuple[float, float, float, float]
    wall: float = 0.45
    path: str = "path"


GRAINS = {
    "homes": Grain(18.0, 7.0, (2.0, 4.6), (155.0, 225.0, 130.0, 185.0)),
    "centre": Grain(14.0, 5.0, (1.2, 3.0), (130.0, 170.0, 110.0, 150.0), wall=0.2),
    "lakeside": Grain(1e6, 1e6, (2.5, 5.0), (170.0, 230.0, 150.0, 200.0), wall=0.3, path="trail"),
    "industry": Grain(26.0, 14.0, (5.0, 11.0), (240.0, 330.0, 220.0, 300.0), wall=0.6),
    "port": Grain(40.0, 20.0, (8.0, 18.0), (260.0, 340.0, 260.0, 340.0), wall=0.6),
    "reserve": Grain(1e6, 1e6, (14.0, 24.0), (300.0, 400.0, 300.0, 400.0), wall=1.0),
    "beach": Grain(18.0, 12.0, (3.0, 7.0), (170.0, 240.0, 170.0, 240.0)),
    "farmland": Grain(1e6, 1e6, (4.0, 9.0), (140.0, 180.0, 330.0, 420.0), wall=0.5, path="lane"),
}


@dataclass(slots=True)
class _Cutter:
    """One cell on the table: its grid lines in the turned frame, and what the cuts left so far."""

    grain: Grain
    xs: NDArray[np.float64]
    ys: NDArray[np.float64]
    rng: np.random.Generator
    faces: list[tuple[int, BaseGeometry]] = field(default_factory=list)
    lines: list[tuple[str, BaseGeometry]] = field(default_factory=list)
    blocks: int = 0

    def cut(self, piece: BaseGeometry, block: int = -1) -> None:
        """Cut a piece until its parts are small enough to be plots."""
        hectares = shapely.area(piece) / 1e4
        if block < 0 and hectares <= self.grain.street:
            block, self.blocks = self.blocks, self.blocks + 1
        if hectares <= self.rng.uniform(*self.grain.plot):
            self.faces.append((block, piece))
            return
        found = self._best(piece)
        if found is None:
            self.faces.append((block, piece))
            return
        line, parts = found
        self.lines.append((self._kind(hectares), line))
        for part in parts:
            self.cut(part, block)

    def _kind(self, hectares: float) -> str:
        if hectares > self.grain.street:
            return "secondary"
        if hectares > self.grain.lane:
            return "local"
        return "wall" if self.rng.random() < self.grain.wall else self.grain.path

    def _best(self, piece: BaseGeometry) -> tuple[BaseGeometry, list[BaseGeometry]] | None:
        """The grid line nearest the middle that leaves two plots worth having; across the longer side first."""
        west, south, east, north = shapely.bounds(piece)
        wide = east - west > north - south
        for across in (wide, not wide):
            low, high, grid = (west, east, self.xs) if across else (south, north, self.ys)
            inside = grid[(grid > low + 45) & (grid < high - 45)]
            for at in inside[np.argsort(np.abs(inside - (low + high) / 2))][:3]:
                line = shapely.LineString(
                    [(at, south - 1), (at, north + 1)] if across else [(west - 1, at), (east + 1, at)]
                )
                parts = _halves(piece, line)
                if len(parts) == 2 and min(shapely.area(parts)) > 0.42 * 1e4 * self.grain.plot[0]:
                    return shapely.intersection(line, piece), parts
        return None


def cut(cells: list[Cell], rng: np.random.Generator) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Faces (`cell`, `role`, `turn`, `block`) to the middle of the streets, and the lines that cut them (`kind`)."""
    faces, lines = [], []
    for cell in cells:
        if cell.role not in GRAINS:
            faces.append((cell.number, cell.role, cell.turn, 0, cell.shape))
            continue
        centre = shapely.centroid(cell.shape)
        flat = affinity.rotate(cell.shape, -cell.turn, origin=centre)
        cutter = _Cutter(GRAINS[cell.role], *_grid(flat, GRAINS[cell.role], rng), rng)
        cutter.cut(flat)
        for block, face in cutter.faces:
            faces.append((cell.number, cell.role, cell.turn, block, affinity.rotate(face, cell.turn, origin=centre)))
        lines += [(kind, affinity.rotate(line, cell.turn, origin=centre)) for kind, line in cutter.lines]
    frame = gpd.GeoDataFrame(faces, columns=["cell", "role", "turn", "block", "geometry"], geometry="geometry")
    return frame, gpd.GeoDataFrame(lines, columns=["kind", "geometry"], geometry="geometry")


def _grid(
    flat: BaseGeometry, grain: Grain, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    west, south, east, north = shapely.bounds(flat)
    a, b, c, d = grain.pitch
    xs = west + np.cumsum(rng.uniform(a, b, int((east - west) / a) + 2)) - a / 2
    ys = south + np.cumsum(rng.uniform(c, d, int((north - south) / c) + 2)) - c / 2
    return xs, ys


def _halves(piece: BaseGeometry, line: BaseGeometry) -> list[BaseGeometry]:
    """The two sides of a cut; scraps that a bent edge leaves go to no one, so such a cut has more than two."""
    noded = shapely.union(piece.boundary, line)
    parts = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return [p for p in parts if shapely.contains(piece, shapely.point_on_surface(p))]

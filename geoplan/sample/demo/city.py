"""The demo city put together: ground, streets, plots, land cover and the network that everything else stands on."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.blocks import cut
from geoplan.sample.demo.ground import Ground, lay_ground
from geoplan.sample.demo.nature import fill, patches
from geoplan.sample.demo.network import find_gates, inner_paths, one_piece, promenades, walkable
from geoplan.sample.demo.plots import assign, lay_out, settle
from geoplan.sample.demo.streets import Cell, build_cells, join

__all__ = ["City", "build_city", "stack"]

_WILD = ("farmland", "wetland", "marsh")


@dataclass(frozen=True, slots=True)
class City:
    """What stands before anything is counted.

    Attributes:
        seed: of every random choice; each room draws its own stream from it.
        ground: sea, shore and water.
        cells: ground between arterials.
        faces: pieces of cells to the middle of their streets (`cell`, `role`, `block`).
        streets: rights of way (`key`, `kind`).
        walk: edges of the walking network (`key`, `kind`), split where they meet.
        plots: plots (`cell`, `role`, `turn`, `block`, `use`, `built`), gates not included.
        cover: plots, patches, banks, water and streets (`use`, `built`): the land without gaps.
        gates: `plot` (row of plots), geometry: where people go in and out.
    """

    seed: int
    ground: Ground
    cells: list[Cell]
    faces: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    walk: gpd.GeoDataFrame
    plots: gpd.GeoDataFrame
    cover: gpd.GeoDataFrame
    gates: gpd.GeoDataFrame

    def rng(self, room: str) -> np.random.Generator:
        """The random stream of one room: what one room draws does not move the others."""
        return stream(self.seed, room)

    def roles(self, *roles: str) -> BaseGeometry:
        """The ground of all cells of these roles."""
        return shapely.union_all([c.shape for c in self.cells if c.role in roles], grid_size=0.01)


def stream(seed: int, room: str) -> np.random.Generator:
    """A random stream of its own for each room."""
    return np.random.default_rng([seed, crc32(room.encode())])


def stack(frames: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Frames one under the other, numbered anew."""
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), geometry="geometry")


def build_city(seed: int) -> City:
    """Ground, cells, blocks, plots, cover and network, in that order."""
    ground = lay_ground(stream(seed, "ground"))
    arterials, cells = build_cells(ground)
    faces, cuts = cut(cells, stream(seed, "blocks"))
    wet = shapely.union_all(
        [shapely.buffer(g, w) for g, w in ((ground.river, 17.0), (ground.canal, 6.0), (ground.lake, 13.0))]
    )
    cuts = cuts.set_geometry(shapely.difference(cuts.geometry.to_numpy(), wet))
    streets = stack([arterials, cuts[~cuts.is_empty].assign(key="")])
    plots = assign(lay_out(ground, faces, streets), ground, stream(seed, "plots"))
    plots = settle(plots, stream(seed, "settle"))
    wild = plots["role"].isin(["wetland", "marsh"])
    plots = stack([plots[~wild], patches(ground, plots[wild], stream(seed, "nature"))])
    rural = shapely.union_all([c.shape for c in cells if c.role in _WILD])
    cover, plots = _parks_joined(fill(ground, plots, streets, rural), plots)
    base = join(stack([walkable(ground, arterials, cuts.assign(key="")), promenades(ground, _urban(cells))]), stubs=5.0)
    gates, inner = _gates(plots, base, stream(seed, "gates"))
    walk = one_piece(join(stack([base, inner]), stubs=0.0))
    return City(seed, ground, cells, faces, streets, walk, plots, cover, gates)


def _urban(cells: list[Cell]) -> BaseGeometry:
    return shapely.union_all([c.shape for c in cells if c.role not in _WILD], grid_size=0.01)


def _parks_joined(rest: gpd.GeoDataFrame, plots: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Parks that touch are one park; the lake's bank belongs to its park. Cover and plots, in that order."""
    park = (plots["use"] == "park") & plots["built"]
    shapes = [*plots.geometry[park], *rest.geometry[rest["use"] == "lake_bank"]]
    whole = shapely.get_parts(shapely.union_all(shapes, grid_size=0.01))
    first = shapely.STRtree(plots.geometry[park].to_numpy()).nearest(shapely.point_on_surface(whole))
    parks = plots[park].iloc[first].set_geometry(gpd.GeoSeries(whole, index=plots[park].index[first]))
    plots = stack([plots[~park], parks])
    rest = rest[rest["use"] != "lake_bank"].assign(built=True, cell=-1, role="", turn=0.0, block=-1)
    return stack([plots, rest]), plots


def _gates(
    plots: gpd.GeoDataFrame, base: gpd.GeoDataFrame, rng: np.random.Generator
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Gates of everything built that people go to, and the paths through parks and the estates left open."""
    wanted = plots[plots["built"] & ~plots["role"].isin(_WILD)].index.to_numpy()
    shapes = plots.geometry.loc[wanted].to_numpy()
    size = shapely.area(shapes)
    uses = plots["use"].loc[wanted].to_numpy()
    counts = np.clip(rng.integers(1, 4, len(wanted)), 1, np.maximum(1, size // 5000)).astype(np.intp)
    counts[uses == "park"] = np.clip(size[uses == "park"] // 9000 + 2, 2, 14)
    found = find_gates(shapes, counts, base)
    open_ = (rng.random(len(wanted)) < 0.3) & (uses == "homes") | (uses == "park") & (size > 6000)
    gates = gpd.GeoDataFrame({"plot": wanted[found.plot]}, geometry=found.point)
    return gates, inner_paths(shapes, found, open_)

"""Plots: what is left of a block between its streets and banks, and what each is for."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.ground import Ground
from geoplan.sample.demo.streets import BANKS, WIDTHS

__all__ = ["UNBUILT", "USES", "assign", "lay_out", "settle", "spread"]

# use -> code of the plan (land and sea use 2023), code of the survey once built
USES = {
    "homes": ("070102", "0701"), "service": ("0702", "08H1"), "admin": ("0801", "08H1"), "culture": ("0803", "08H2"),
    "school": ("080403", "08H2"), "kindergarten": ("080404", "08H2"), "college": ("080401", "08H2A"),
    "sports": ("0805", "08H2"), "hospital": ("080601", "08H2"), "clinic": ("080602", "08H2"),
    "elderly": ("080701", "08H2"),
    "commerce": ("0901", "05H1"), "office": ("0902", "05H1"), "hotel": ("0904", "05H1"), "industry": ("100102", "0601"),
    "storage": ("1101", "0508"), "port": ("1204", "1008"), "depot": ("1208", "1005"), "road": ("1207", "1004"),
    "express": ("1202", "1003"), "utility": ("1303", "0809"), "park": ("1401", "0810"), "buffer": ("1402", "0810"),
    "square": ("1403", "0810A"), "reserve": ("16", "1204"), "river": ("1701", "1101"), "lake": ("1702", "1102"),
    "canal": ("1705", "1107A"), "pond": ("1704", "1104"), "paddy": ("0101", "0101"), "field": ("0102", "0102"),
    "hamlet": ("0703", "0702"), "lane": ("0601", "1006"), "wood": ("0301", "0301"), "marsh": ("0504", "1108"),
    "meadow": ("0503", "0402"), "flat": ("0505", "1105"), "bank": ("0506", "1106"),
}  # fmt: skip
UNBUILT = ("1204", "0404")

# role of a cell -> shares of its area by use, in the order they are placed; the rest is the last one
_MIX: dict[str, tuple[tuple[str, float], ...]] = {
    "homes": (
        ("school", 0.045), ("park", 0.075), ("commerce", 0.05), ("office", 0.02), ("sports", 0.01), ("culture", 0.008),
        ("utility", 0.012), ("reserve", 0.03), ("homes", 1.0)),
    "centre": (
        ("park", 0.12), ("hospital", 0.05), ("admin", 0.05), ("culture", 0.07), ("square", 0.03), ("commerce", 0.22),
        ("homes", 0.2), ("office", 1.0)),
    "lakeside": (("homes", 0.16), ("hotel", 0.05), ("culture", 0.06), ("sports", 0.05), ("park", 1.0)),
    "industry": (
        ("buffer", 0.05), ("utility", 0.06), ("storage", 0.12), ("depot", 0.03), ("college", 0.04), ("reserve", 0.1),
        ("industry", 1.0)),
    "beach": (("homes", 0.18), ("hotel", 0.16), ("reserve", 0.12), ("park", 1.0)),
    "port": (("storage", 0.25), ("port", 1.0)),
    "reserve": (("reserve", 1.0),),
    "farmland": (("pond", 0.06), ("wood", 0.05), ("field", 0.4), ("paddy", 1.0)),
    "island": (("park", 1.0),), "verge": (("buffer", 1.0),), "wetland": (("marsh", 1.0),), "marsh": (("meadow", 1.0),),
}  # fmt: skip
# small plots cut out of homes: use, hectares of homes that need one, size in hectares
_SMALL = (
    ("service", 36.0, 0.42), ("kindergarten", 24.0, 0.5), ("park", 15.0, 0.55), ("clinic", 75.0, 0.35),
    ("elderly", 80.0, 0.4), ("commerce", 60.0, 0.45),
)  # fmt: skip
# houses outside the blocks: where, what, hectares
_HAMLETS: tuple[tuple[tuple[float, float], str, float], ...] = (
    ((1010, 1180), "hamlet", 1.4), ((430, 820), "hamlet", 1.1), ((700, 2700), "hamlet", 1.2),
    ((3850, 1750), "homes", 0.8),
)  # fmt: skip


def lay_out(ground: Ground, faces: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Faces drawn back from the streets (`kind`) and from the banks; scraps fall to the street."""
    taken = [
        shapely.buffer(g, WIDTHS[k] / 2) for k, g in zip(streets["kind"], streets.geometry, strict=True) if WIDTHS[k]
    ]
    taken += [shapely.buffer(getattr(ground, name), width) for name, width in BANKS.items()]
    taken.append(shapely.buffer(ground.island.boundary, 6.0))
    free = shapely.union_all(taken)
    shapes = faces.geometry.to_numpy()
    near = shapely.clip_by_rect  # the union is large: only what lies at a face matters to it
    wild = faces["role"].isin(["wetland", "marsh"])
    rest = [
        shapely.set_precision(s if w else shapely.difference(s, near(free, *_grown(s))), 0.01)
        for s, w in zip(shapes, wild, strict=True)
    ]
    plots = faces.set_geometry(gpd.GeoSeries([_main(r) for r in rest], index=faces.index))
    return plots[plots.area > 1_500.0].reset_index(drop=True)


def assign(plots: gpd.GeoDataFrame, ground: Ground, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Give every plot a use (`use`) and say whether it is built (`built`); small plots are cut out of homes."""
    plots = plots.assign(use="")
    for cell in plots["cell"].unique():
        members = plots.index[plots["cell"] == cell]
        plots.loc[members, "use"] = _mix(plots.loc[members], ground, rng)
    plots = gpd.GeoDataFrame(pd.concat([plots, *_small(plots, rng)], ignore_index=True), geometry="geometry")
    return plots.assign(built=_built(plots, rng))


def settle(plots: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Hamlets between the fields and a few houses on the island."""
    more = []
    for (x, y), use, hectares in _HAMLETS:
        at = plots.index[int(np.argmin(plots.distance(shapely.Point(x, y))))]
        part = _carve(plots.geometry.loc[at], plots["turn"].loc[at], hectares, rng)
        if part is not None:
            plots.loc[[at], "geometry"] = gpd.GeoSeries([part[1]], index=[at])
            more.append(plots.loc[[at]].assign(use=use).set_geometry(gpd.GeoSeries([part[0]], index=[at])))
    return gpd.GeoDataFrame(pd.concat([plots, *more], ignore_index=True), geometry="geometry")


def spread(points: NDArray[np.float64], count: int, start: int = 0) -> list[int]:
    """Positions of points far from each other: each next one is the farthest from those taken.

    >>> spread(np.array([[0.0, 0.0], [1.0, 0.0], [9.0, 0.0]]), 2)
    [0, 2]
    >>> spread(np.zeros((0, 2)), 2)
    []
    """
    if not len(points) or count < 1:
        return []
    chosen = [start]
    gap = np.hypot(*(points - points[start]).T)
    while len(chosen) < min(count, len(points)):
        chosen.append(int(np.argmax(gap)))
        gap = np.minimum(gap, np.hypot(*(points - points[chosen[-1]]).T))
    return chosen


def _mix(plots: gpd.GeoDataFrame, ground: Ground, rng: np.random.Generator) -> list[str]:
    """Uses in the shares of the role of the cell; each use is spread over the cell."""
    role = str(plots["role"].iloc[0])
    mix = _MIX[role]
    area, use = plots.area.to_numpy(), np.full(len(plots), "", dtype=object)
    if role in {"lakeside", "beach"}:  # the water's edge is everybody's
        edge = shapely.union(ground.lake, ground.sea)
        use[shapely.distance(plots.geometry.to_numpy(), edge) < 60.0] = "park"
    middle = shapely.get_coordinates(shapely.centroid(plots.geometry.to_numpy()))
    for name, share in mix[:-1]:
        free = np.flatnonzero(use == "")
        wanted, order = share * area.sum(), spread(middle[free], len(free), int(rng.integers(max(len(free), 1))))
        total = 0.0
        for at in free[order]:
            # take a plot when doing so comes nearer the wanted area than leaving it
            if total + area[at] / 2 > wanted:
                break
            use[at], total = name, total + area[at]
    use[use == ""] = mix[-1][0]
    return list(use)


def _small(plots: gpd.GeoDataFrame, rng: np.random.Generator) -> Iterator[gpd.GeoDataFrame]:
    """Cut the small plots out of homes, in place, and hand them on; a plot of homes gives at most one."""
    given: set[int] = set()
    for use, hectares, size in _SMALL:
        homes = plots.index[(plots["use"] == "homes") & (plots.area > 14_000) & ~plots.index.isin(given)]
        middle = shapely.get_coordinates(shapely.centroid(plots.geometry.loc[homes].to_numpy()))
        count = round(plots.area[plots["use"] == "homes"].sum() / 1e4 / hectares)
        for at in homes[spread(middle, count, int(rng.integers(max(len(homes), 1))))]:
            part = _carve(plots.geometry.loc[at], plots["turn"].loc[at], size * rng.uniform(0.75, 1.35), rng)
            if part is None:
                continue
            given.add(at)
            plots.loc[[at], "geometry"] = gpd.GeoSeries([part[1]], index=[at])
            yield plots.loc[[at]].assign(use=use).set_geometry(gpd.GeoSeries([part[0]], index=[at]))


def _carve(
    plot: BaseGeometry, turn: float, hectares: float, rng: np.random.Generator
) -> tuple[BaseGeometry, BaseGeometry] | None:
    """A strip of that size off one end of a plot, and the rest; None where that does not leave two whole pieces."""
    centre = shapely.centroid(plot)
    flat = affinity.rotate(plot, -turn, origin=centre)
    west, south, east, north = shapely.bounds(flat)
    far = bool(rng.integers(2))
    if east - west > north - south:
        deep = hectares * 1e4 / (north - south)
        strip = (east - deep, south - 1, east + 1, north + 1) if far else (west - 1, south - 1, west + deep, north + 1)
    else:
        deep = hectares * 1e4 / (east - west)
        strip = (west - 1, north - deep, east + 1, north + 1) if far else (west - 1, south - 1, east + 1, south + deep)
    knife = affinity.rotate(shapely.box(*strip), turn, origin=centre)
    small = shapely.intersection(plot, knife, grid_size=0.01)
    rest = shapely.difference(plot, small, grid_size=0.01)
    whole = small.geom_type == rest.geom_type == "Polygon" and deep > 28
    return (small, rest) if whole and shapely.area(small) > 1_500 else None


def _built(plots: gpd.GeoDataFrame, rng: np.random.Generator) -> NDArray[np.bool_]:
    """The city grew from its centre: the north and the far coast are built last, natural uses are as they are."""
    middle = shapely.get_coordinates(shapely.centroid(plots.geometry.to_numpy()))
    far = np.clip((middle[:, 1] - 3300) / 2600, 0, 0.8) + np.clip((middle[:, 0] - 4700) / 3500, 0, 0.3)
    built: NDArray[np.bool_] = rng.random(len(plots)) > 0.75 * far
    natural = {"paddy", "field", "pond", "wood", "marsh", "meadow", "hamlet", "port"}
    built |= plots["use"].isin(natural).to_numpy(dtype=bool)
    built &= (plots["use"] != "reserve").to_numpy(dtype=bool)
    return built


def _grown(shape: BaseGeometry) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.bounds(shape)
    return west - 1, south - 1, east + 1, north + 1


def _main(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    return parts[np.argmax(shapely.area(parts))] if len(parts) else shapely.Polygon()

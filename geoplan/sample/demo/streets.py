"""The streets of the demo city: arterials drawn by hand, cells between them cut along a grid turned for each cell."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.ground import Ground, Point, smooth

__all__ = ["BANKS", "WIDTHS", "Cell", "build_cells", "join"]

# right of way, metres; a trail runs through a park, a wall only parts two plots
WIDTHS = {
    "express": 60.0,
    "arterial": 46.0,
    "secondary": 30.0,
    "local": 18.0,
    "path": 8.0,
    "track": 6.0,
    "lane": 6.0,
    "trail": 0.0,
    "wall": 0.0,
}
# green banks kept free along water, metres
BANKS = {"river": 42.0, "canal": 16.0, "lake": 30.0}

# name in text.toml, class, points; an arterial that runs over water is a bridge
_SKELETON: tuple[tuple[str, str, tuple[Point, ...]], ...] = (
    ("express", "express", ((-300, 4900), (1500, 4960), (3200, 4900), (4800, 4990), (6120, 4965))),
    ("a1", "arterial", ((1100, 650), (1900, 700), (2600, 790), (3600, 720), (4400, 640), (5000, 690))),
    (
        "a2",
        "arterial",
        ((1060, 1550), (1900, 1590), (2550, 1560), (3100, 1330), (3700, 1170), (4300, 1250), (4900, 1390)),
    ),
    (
        "a3",
        "arterial",
        ((-300, 2600), (1250, 2560), (2000, 2520), (2700, 2480), (3600, 2440), (4450, 2330), (5300, 2130)),
    ),
    ("a4", "arterial", ((1880, 4060), (2700, 4150), (3600, 4180), (4500, 3960), (5300, 3900), (6300, 3955))),
    (
        "b1",
        "arterial",
        ((1120, -400), (1190, 700), (1170, 1560), (1260, 2560), (1560, 3250), (1990, 4080), (2060, 4930), (2110, 5900)),
    ),
    (
        "b2",
        "arterial",
        (
            (3160, -400),
            (3080, 740),
            (3120, 1330),
            (3060, 1900),
            (3040, 2460),
            (3090, 3500),
            (3230, 4170),
            (3280, 4900),
            (3300, 5900),
        ),
    ),
    (
        "b3",
        "arterial",
        (
            (4220, -400),
            (4290, 660),
            (4330, 1260),
            (4380, 1800),
            (4450, 2330),
            (4500, 2900),
            (4480, 3960),
            (4560, 4980),
            (4620, 5900),
        ),
    ),
    (
        "coast",
        "arterial",
        (
            (4480, -400),
            (4640, 150),
            (4900, 560),
            (4990, 960),
            (4930, 1250),
            (4800, 1500),
            (4880, 1900),
            (5240, 2140),
            (5430, 2280),
            (5470, 2600),
        ),
    ),
    (
        "harbour",
        "arterial",
        (
            (4400, 3340),
            (5000, 3270),
            (5500, 3180),
            (5820, 3330),
            (5800, 3600),
            (5960, 3940),
            (6250, 3960),
            (6210, 4480),
            (6040, 5080),
        ),
    ),
    ("quay", "secondary", ((6050, 4470), (6600, 4490))),
    ("mouth", "secondary", ((5470, 3320), (5400, 2500))),
    ("dyke", "track", ((-300, 2980), (600, 3170), (1600, 3060))),
    ("mole", "track", ((5770, 3610), (6300, 3720))),
    ("sluice", "wall", ((5760, 4850), (5800, 5900))),
)

# these end at the river; the others bridge it
_QUAYSIDE = {"coast", "harbour", "mouth"}

# what each cell between arterials and water is for: a point in it, its role, the turn of its grid in degrees
_ROLES: tuple[tuple[Point, str, float], ...] = (
    ((600, 900), "farmland", 4), ((600, 2200), "farmland", 4), ((700, 2800), "farmland", 4),
    ((700, 3500), "wetland", 0), ((600, 4700), "wetland", 0),
    ((1800, 250), "industry", 3), ((1800, 1150), "homes", 3), ((1800, 2050), "homes", -2), ((1850, 2950), "homes", 24),
    ((2850, 300), "homes", 2), ((2800, 1100), "homes", 4), ((2780, 1900), "homes", -4), ((2800, 2950), "homes", 3),
    ((3600, 300), "homes", 1), ((3650, 1000), "homes", 6), ((3300, 2000), "lakeside", 0), ((3800, 2800), "centre", -8),
    ((4450, 300), "homes", -20), ((4640, 1000), "homes", -4), ((4560, 1900), "homes", 8), ((4700, 2450), "homes", -14),
    ((5150, 300), "beach", 0), ((5400, 2000), "beach", 0), ((2400, 3780), "homes", -20), ((2600, 4500), "homes", 3),
    ((3700, 3800), "homes", 12), ((3900, 4500), "homes", -4), ((4900, 3000), "homes", -12), ((5000, 3600), "homes", -4),
    ((5300, 4400), "industry", 0), ((6500, 4100), "port", 0), ((5900, 3150), "beach", 0), ((6250, 4750), "marsh", 0),
    ((1500, 4600), "wetland", 0), ((700, 5200), "farmland", 2), ((2500, 5250), "industry", 2),
    ((3900, 5250), "industry", -2),
    ((5200, 5250), "reserve", 2), ((6100, 5300), "marsh", 0), ((3850, 1750), "island", 0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """The ground between arterials and water, and what it is for."""

    number: int
    role: str
    turn: float
    shape: BaseGeometry


def build_cells(ground: Ground) -> tuple[gpd.GeoDataFrame, list[Cell]]:
    """Arterials (`key`, `kind`, geometry, trimmed to the land) and the cells they and the water bound."""
    lines = [shapely.LineString(np.round(smooth(points), 2)) for _, _, points in _SKELETON]
    dry = shapely.difference(ground.land, ground.river)
    arterials = gpd.GeoDataFrame(
        {"key": [k for k, _, _ in _SKELETON], "kind": [c for _, c, _ in _SKELETON]},
        geometry=[
            shapely.intersection(line, dry if key in _QUAYSIDE else ground.land)
            for line, (key, _, _) in zip(lines, _SKELETON, strict=True)
        ],
    )
    arterials = join(arterials[~arterials.is_empty], stubs=220.0)
    edges = [
        *arterials.geometry,
        ground.land.boundary,
        *(w.boundary for w in (ground.river, ground.canal, ground.lake)),
    ]
    noded = shapely.union_all(edges, grid_size=0.01)
    faces = shapely.get_parts(shapely.polygonize([noded]))
    dry = faces[~shapely.contains(ground.water, shapely.point_on_surface(faces))]
    return arterials, [_cell(n, face) for n, face in enumerate(dry)]


def join(lines: gpd.GeoDataFrame, *, stubs: float) -> gpd.GeoDataFrame:
    """Lines split where they meet; loose ends shorter than `stubs` fall away. Other columns stay with the pieces."""
    pieces = shapely.get_parts(shapely.union_all(lines.geometry.to_numpy(), grid_size=0.01))
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    origin = shapely.STRtree(lines.geometry.to_numpy()).nearest(middle)
    frame = gpd.GeoDataFrame(lines.drop(columns="geometry").iloc[origin].reset_index(drop=True), geometry=pieces)
    ends = shapely.get_coordinates(shapely.get_point(np.repeat(pieces, 2), np.tile([0, -1], len(pieces))))
    _, place, times = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
    loose = (times[place.reshape(-1, 2)] == 1).any(axis=1) & (frame.length.to_numpy() < stubs)
    return frame[~loose].reset_index(drop=True)


def _cell(number: int, face: BaseGeometry) -> Cell:
    points = shapely.points([p for p, _, _ in _ROLES])
    nearest = int(np.argmin(shapely.distance(points, face)))
    _, role, turn = _ROLES[nearest]
    if shapely.area(face) < 12_000:
        role = "verge"
    return Cell(number, role, turn, face)

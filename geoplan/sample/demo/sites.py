"""Project sites with the verdict each must get, and a few thousand more to be quick about."""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.city import City
from geoplan.sample.demo.controls import RIDGE
from geoplan.sample.demo.ground import Point
from geoplan.sample.demo.text import ordinals, text

__all__ = ["SLIVER", "choose_sites", "scatter_sites"]

SLIVER = 0.04  # metres by which one site overlaps the red line: two drawings of one boundary


@dataclass(frozen=True, slots=True)
class _Plot:
    """One plot of one project: key in text.toml, what must come out, its shape, its role and activity."""

    key: str
    expected: str
    shape: BaseGeometry
    role: str = "net"
    activity: str = ""


def choose_sites(city: City, farmland: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Plots of projects (`project`, `plot`, `role`, `planned_use`, `activity`, `expected`, `note`)."""
    words = text()["sites"]
    plots = [*_in_town(city), *_by_the_ridge(), *_in_the_country(city, farmland), *_at_sea()]
    seen: dict[str, int] = {}
    rows = []
    for one in plots:
        seen[one.key] = seen.get(one.key, 0) + 1
        word = words["projects"][one.key]
        rows.append((word["project"], f"{word['code']}-{seen[one.key]}", words["roles"][one.role], word["use"],
                     one.activity, one.expected, word["note"], one.shape))  # fmt: skip
    columns = ["project", "plot", "role", "planned_use", "activity", "expected", "note", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry").assign(id=ordinals("XM", len(rows)))


def _box(x: float, y: float, wide: float, high: float, turn: float = 0.0) -> BaseGeometry:
    """A rectangle around a point, to the millimetre, as a surveyor hands it in."""
    shape = shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    return shapely.transform(affinity.rotate(shape, turn), lambda xy: np.round(xy, 3))


def _in_town(city: City) -> Iterator[_Plot]:
    yield _Plot("clear", "clear", _box(1900, 2050, 120, 80, 3))
    yield _Plot("elastic", "caution", _box(5000, 5300, 220, 160))
    yield _Plot("special", "caution", _box(4010, 2250, 90, 60))
    avenue = shapely.union_all(city.streets.geometry[city.streets["key"] == "b1"].to_numpy())
    edge = shapely.get_coordinates(shapely.intersection(avenue, shapely.LineString([(0, 1950), (3000, 1950)])))[0, 0]
    yield _Plot("boundary", "conditional", _box(float(edge) + 30.0, 1950, 90, 70))
    yield _Plot("beyond", "not_checked", _box(1800, -70, 120, 180))
    for x, role in ((2010, "net"), (2150, "levy"), (2290, "temporary")):
        yield _Plot("several_clear", "clear", _box(x, 1180, 110, 90, 3), role=role)


def _by_the_ridge() -> Iterator[_Plot]:
    """Around the shell ridge: a ring that leaves it out, one along its edge, one over it by a hair, one near it."""
    ridge = shapely.Polygon(RIDGE)
    x, y = shapely.get_coordinates(shapely.centroid(ridge))[0]
    outer = _box(float(x), float(y), 340, 300)
    yield _Plot(
        "hole", "clear", shapely.Polygon(outer.exterior, [shapely.buffer(ridge, 12.0, join_style="mitre").exterior])
    )
    a, b = np.array(RIDGE[0]), np.array(RIDGE[1])
    along = (b - a) / np.hypot(*(b - a))
    out = np.array([along[1], -along[0]])
    yield _Plot("touching", "clear", shapely.Polygon([a, b, b + 60 * out, a + 60 * out]))
    c, d = a + 20 * along - SLIVER * out, b - 20 * along - SLIVER * out
    yield _Plot("sliver", "caution", shapely.Polygon(np.round([c, d, d + 70 * out, c + 70 * out], 4)))
    yield _Plot("near", "clear", shapely.Polygon(np.round([a + 30 * out, b + 30 * out, b + 80 * out, a + 80 * out], 3)))
    yield _Plot("ridge_plain", "forbidden", _box(float(x), float(y), 30, 24))
    yield _Plot("ridge_dig", "conditional", _box(float(x), float(y), 18, 14), activity="3")


def _in_the_country(city: City, farmland: gpd.GeoDataFrame) -> Iterator[_Plot]:
    x, y = _middle(farmland.geometry.iloc[0])
    yield _Plot("farmland", "forbidden", _box(x, y, 60, 50))
    kept = shapely.union_all(farmland.geometry.to_numpy())
    open_ = city.plots[city.plots["use"].isin(["field", "paddy", "pond"]) & (city.plots["role"] == "farmland")]
    open_ = open_[shapely.area(shapely.intersection(open_.geometry.to_numpy(), kept)) < 1.0]
    x, y = _middle(open_.geometry.iloc[int(np.argmax(open_.area))])
    yield _Plot("outside", "conditional", _box(x, y, 60, 60))
    yield _Plot("reeds_road", "conditional", _box(700, 3620, 420, 16, 12), activity="6")
    yield _Plot("reeds_plain", "forbidden", _box(420, 3700, 90, 70))
    yield _Plot("core", "forbidden", _box(6050, 5300, 80, 60), activity="5")
    yield _Plot("walk", "conditional", _box(6230, 4960, 30, 22), activity="5")
    yield _Plot("several_worst", "clear", _box(1620, 330, 120, 90, 3), role="net")
    yield _Plot("several_worst", "forbidden", _box(*_middle(farmland.geometry.iloc[-1]), 40, 40), role="levy")
    road = shapely.buffer(shapely.LineString([(300, 1250), (2900, 1120)]), 9.0, cap_style="flat")
    yield _Plot("long", "forbidden", shapely.transform(road, lambda xy: np.round(xy, 3)))


def _at_sea() -> Iterator[_Plot]:
    yield _Plot("berth", "clear", _box(7230, 3980, 120, 200))
    yield _Plot("mouth_sea", "forbidden", _box(6120, 2760, 90, 80))
    yield _Plot("dredging", "conditional", _box(6040, 2600, 160, 30, 30), activity="6")


def _middle(shape: BaseGeometry) -> Point:
    x, y = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
    return float(x), float(y)


def scatter_sites(city: City, count: int) -> gpd.GeoDataFrame:
    """Turned rectangles and corners of all sizes all over the place, a few of them over its edge."""
    rng, words = city.rng("many"), text()["sites"]
    west, south, east, north = shapely.bounds(city.ground.boundary)
    x, y = rng.uniform(west, east, 2 * count), rng.uniform(south, north, 2 * count)
    wide, high = np.exp(rng.normal(4.2, 0.6, (2, 2 * count)))
    boxes = shapely.box(-wide / 2, -high / 2, wide / 2, high / 2)
    corner = rng.random(2 * count) < 0.25
    boxes[corner] = shapely.difference(boxes[corner], shapely.box(0, 0, wide[corner], high[corner]))
    turn = rng.uniform(0, np.pi / 2, 2 * count)
    shapes = np.array([_placed(b, *at) for b, *at in zip(boxes, x, y, turn, strict=True)], dtype=object)
    shapes = shapes[shapely.intersects(shapes, city.ground.boundary)][:count]
    use = rng.choice(words["many_uses"], len(shapes))
    return gpd.GeoDataFrame(
        {
            "id": [f"PL{n:05d}" for n in range(1, len(shapes) + 1)],
            "project": [f"{u}{n}" for n, u in enumerate(use, 1)],
            "plot": "1",
            "role": words["roles"]["net"],
            "planned_use": use,
            "activity": rng.choice(["", "5", "6", "8"], len(shapes), p=[0.85, 0.05, 0.06, 0.04]),
        },
        geometry=shapes,
    )


def _placed(shape: BaseGeometry, x: float, y: float, turn: float) -> BaseGeometry:
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return shapely.transform(shape, lambda xy: np.round(xy @ rotation + (x, y), 3))

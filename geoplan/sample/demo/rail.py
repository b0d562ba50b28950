"""Metro: two lines along the avenues, one open in part, with the stairs of every station."""

import geopandas as gpd
import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.city import City, stack
from geoplan.sample.demo.ground import Point
from geoplan.sample.demo.text import ordinals, text

__all__ = ["lay_rail"]

# line -> the street it follows, and its stations: key in text.toml, a point near it, state
_LINES: dict[str, tuple[str, tuple[tuple[str, Point, str], ...]]] = {
    "first": ("b2", (
        ("south", (3080, 120), "planned"), ("xinghe", (3080, 740), "open"), ("lake_south", (3110, 1340), "open"),
        ("centre", (3040, 2460), "open"), ("river_north", (3210, 4170), "open"), ("north", (3270, 4620), "building"),
    )),
    "second": ("a3", (
        ("reed", (1260, 2560), "planned"), ("tide", (2060, 2515), "building"), ("centre", (3040, 2460), "building"),
        ("lake_north", (3780, 2420), "open"), ("gull", (4440, 2330), "open"), ("coast", (5130, 2160), "open"),
    )),
}  # fmt: skip


_INTERCITY = ((-200.0, 5020.0), (1800.0, 5180.0), (4200.0, 5240.0), (6400.0, 5330.0))


def lay_rail(city: City) -> dict[str, gpd.GeoDataFrame]:
    """Layers `rail_stations`, `station_entrances` and `rail_lines`; a transfer is one station on each line."""
    words = text()["rail"]
    stations, lines = [], []
    for line, (street, stops) in _LINES.items():
        track = shapely.line_merge(shapely.union_all(city.streets.geometry[city.streets["key"] == street].to_numpy()))
        at = [float(shapely.line_locate_point(track, shapely.Point(p))) for _, p, _ in stops]
        for (key, _, state), along in zip(stops, at, strict=True):
            stations.append(
                (words["stations"][key], words["lines"][line], words["status"][state], *_stop(track, along))
            )
        for a, b, (_, _, one), (_, _, other) in zip(at, at[1:], stops, stops[1:], strict=False):
            state = max(one, other, key=["open", "building", "planned"].index)
            lines.append((words["lines"][line], words["status"][state], _between(track, a, b)))
    frame = gpd.GeoDataFrame(stations, columns=["name", "line", "status", "geometry", "turn"], geometry="geometry")
    frame = frame.assign(id=ordinals("ZD", len(frame)))
    routes = gpd.GeoDataFrame(lines, columns=["name", "status", "geometry"], geometry="geometry")
    routes = stack([routes.assign(kind=words["kinds"]["metro"]), _others(city)])
    return {
        "rail_stations": frame.drop(columns="turn"), "station_entrances": _stairs(city, frame),
        "rail_lines": routes.assign(id=ordinals("XL", len(routes))),
    }  # fmt: skip


def _others(city: City) -> gpd.GeoDataFrame:
    """An intercity railway past the north, and a tram that is being built along an avenue."""
    words = text()["rail"]
    street = shapely.line_merge(shapely.union_all(city.streets.geometry[city.streets["key"] == "b3"].to_numpy()))
    through = shapely.intersection(shapely.LineString(_INTERCITY), city.ground.land)
    rows = [
        (words["lines"]["intercity"], words["kinds"]["intercity"], words["status"]["open"], through),
        (words["lines"]["tram"], words["kinds"]["tram"], words["status"]["building"], street),
    ]
    return gpd.GeoDataFrame(rows, columns=["name", "kind", "status", "geometry"], geometry="geometry")


def _stop(track: BaseGeometry, along: float) -> tuple[BaseGeometry, float]:
    point = shapely.set_precision(shapely.line_interpolate_point(track, along), 0.01)
    (x0, y0), (x1, y1) = (
        shapely.get_coordinates(shapely.line_interpolate_point(track, along + d))[0] for d in (-20.0, 20.0)
    )
    return point, float(np.degrees(np.arctan2(y1 - y0, x1 - x0)))


def _between(track: BaseGeometry, a: float, b: float) -> BaseGeometry:
    at = np.unique([a, b, *np.arange(min(a, b), max(a, b), 40.0)])
    return shapely.LineString(np.round(shapely.get_coordinates(shapely.line_interpolate_point(track, at)), 2))


def _stairs(city: City, stations: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Four stairs a station, beside the street and 60 to 90 m along it, in the state of their station."""
    rng = city.rng("rail")
    rows = []
    for row in stations.itertuples():
        x, y = shapely.get_coordinates(row.geometry)[0]
        for side_x, side_y in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            stair = shapely.Point(x + side_x * rng.uniform(60, 90), y + side_y * 27.0)
            rows.append(
                (row.id, row.status, shapely.set_precision(affinity.rotate(stair, row.turn, origin=(x, y)), 0.01))
            )
    frame = gpd.GeoDataFrame(rows, columns=["parcel", "status", "geometry"], geometry="geometry")
    frame = frame[shapely.within(frame.geometry.to_numpy(), city.ground.land)]
    return frame.assign(id=ordinals("ZDCRK", len(frame)))

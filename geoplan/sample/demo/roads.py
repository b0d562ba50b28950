"""Streets with names: the network people walk, and the roads with their width."""

import geopandas as gpd
import numpy as np
import shapely

from geoplan.sample.demo.city import City
from geoplan.sample.demo.streets import WIDTHS
from geoplan.sample.demo.text import text

__all__ = ["name_streets"]


def name_streets(city: City) -> dict[str, gpd.GeoDataFrame]:
    """Layers `walk_network` (lines that share a vertex wherever they meet) and `roads` (`kind`, `width`, `name`)."""
    walk = _named(city.walk)
    walk = walk.assign(id=[f"BX{n:05d}" for n in range(1, len(walk) + 1)])
    carriage = city.streets[~city.streets["kind"].isin(["wall", "trail", "lane"])]
    carriage = carriage.explode(ignore_index=True)
    width = carriage["kind"].map(WIDTHS).to_numpy()
    # a road register knows no footpaths: what is open to wheels is a lane
    roads = _named(carriage.assign(kind=carriage["kind"].replace("path", "track")))
    roads = roads.assign(id=[f"DL{n:05d}" for n in range(1, len(roads) + 1)], width=width)
    return {"walk_network": walk, "roads": roads}


def _named(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Arterials and promenades by their own names; other streets by one name for all pieces of a straight line."""
    words = text()["streets"]
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines.geometry.to_numpy(), 0.5, normalized=True))
    ends = shapely.get_coordinates(
        shapely.get_point(np.repeat(lines.geometry.to_numpy(), 2), np.tile([0, -1], len(lines)))
    )
    way = (ends[1::2] - ends[0::2]).T
    bearing = np.round(np.degrees(np.arctan2(way[1], way[0])) % 180 / 3) * 3 % 180
    # two pieces lie on one street when they point the same way and their lines pass the origin at the same distance
    turn = np.radians(bearing)
    offset = np.round((middle[:, 0] * np.sin(turn) - middle[:, 1] * np.cos(turn)) / 90)
    names = []
    for key, kind, b, o in zip(lines["key"], lines["kind"], bearing, offset, strict=True):
        if key:
            names.append(words[key])
        elif kind in {"secondary", "local"}:
            pick = int(b * 7 + o * 13) % len(words["first"])
            names.append(words["first"][pick] + words[kind][int(b > 45) % 2 if kind == "secondary" else 0])
        else:
            names.append(words["trail"] if kind == "trail" else "")
    return lines.assign(name=names, kind=[text()["street_kinds"][kind] for kind in lines["kind"]])

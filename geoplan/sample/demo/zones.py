"""Zones of two levels, and the built-up area: districts fill the place, communities only what is lived in."""

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.city import City
from geoplan.sample.demo.text import ordinals, text

__all__ = ["draw_zones"]

_PEOPLE = 7_500.0  # a community of more is parted


def draw_zones(city: City, homes: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Layers `boundary`, `land`, `districts`, `communities` and `built_up`."""
    name, districts = text()["place"], _districts(city)
    # the boundary is what the districts make together, so that they part it to the last digit
    outline = shapely.union_all(districts.geometry.to_numpy())
    return {
        "boundary": gpd.GeoDataFrame({"id": ["FW"], "name": [name]}, geometry=[outline]),
        "land": gpd.GeoDataFrame({"id": ["LY"], "name": [name]}, geometry=[city.ground.land]),
        "districts": districts,
        "communities": _communities(city, homes),
        "built_up": gpd.GeoDataFrame({"id": ["JCQ"], "name": [name]}, geometry=[_built_up(city)]),
    }


def _districts(city: City) -> gpd.GeoDataFrame:
    """West of the first avenue; south and north of the second boulevard; north of the river; around the harbour."""
    boundary = city.ground.boundary
    line = {
        key: _longer(shapely.line_merge(shapely.union_all(part.to_numpy())))
        for key, part in city.streets.geometry.groupby(city.streets["key"])
        if key in {"a2", "b1", "b3"}
    }
    line["river"] = _longer(city.ground.river_line)
    noded = shapely.union_all([boundary.boundary, *line.values()], grid_size=0.01)
    faces = shapely.get_parts(shapely.polygonize([noded]))
    faces = faces[shapely.covers(shapely.buffer(boundary, 1.0), faces)]
    middle = shapely.get_coordinates(shapely.point_on_surface(faces))
    east, harbour = (_beyond(line[key], middle, across=0) for key in ("b1", "b3"))
    north, over = (_beyond(line[key], middle, across=1) for key in ("river", "a2"))
    kind = np.select([~east, north & harbour, north, ~over], ["west", "harbour", "north", "south"], default="middle")
    words = text()["zones"]
    shapes = [shapely.union_all(faces[kind == key]) for key in words]
    return gpd.GeoDataFrame({"id": ordinals("PQ", len(words)), "name": list(words.values())}, geometry=shapes)


def _longer(line: BaseGeometry) -> BaseGeometry:
    """A line drawn on for 3 km at both ends."""
    xy = shapely.get_coordinates(line)
    head, tail = xy[0] - xy[1], xy[-1] - xy[-2]
    ends = [xy[0] + 3000 * head / np.hypot(*head), *xy, xy[-1] + 3000 * tail / np.hypot(*tail)]
    return shapely.LineString(np.round(ends, 2))


def _beyond(line: BaseGeometry, points: NDArray[np.float64], *, across: int) -> NDArray[np.bool_]:
    """Whether each point lies to the east (across 0) or the north (across 1) of a line."""
    xy = shapely.get_coordinates(line)
    xy = xy[np.argsort(xy[:, 1 - across])]
    return np.asarray(points[:, across] > np.interp(points[:, 1 - across], xy[:, 1 - across], xy[:, across]))


def _communities(city: City, homes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Blocks of a cell together while fewer than so many people live there; cells without homes have none."""
    plot = city.plots.loc[homes["plot"]]
    people = homes["population"].groupby([plot["cell"].to_numpy(), plot["block"].to_numpy()]).sum()
    faces = city.faces[city.faces["role"].isin(["homes", "centre", "lakeside"])]
    shapes = []
    for cell, part in faces.groupby("cell"):
        blocks = part.dissolve("block")
        middle = shapely.get_coordinates(shapely.centroid(blocks.geometry.to_numpy()))
        axis = int(np.argmax(np.ptp(middle, axis=0))) if len(middle) > 1 else 0
        live = np.array([float(people.get((cell, block), 0.0)) for block in blocks.index])
        order = np.argsort(middle[:, axis])
        groups = max(1, int(np.ceil(live.sum() / _PEOPLE)))
        cut = np.minimum((np.cumsum(live[order]) - live[order] / 2) * groups // max(live.sum(), 1.0), groups - 1)
        for group in range(groups):
            member = order[cut == group]
            if len(member):
                shapes.append(shapely.union_all(blocks.geometry.to_numpy()[member], grid_size=0.01))
    words = text()["communities"]
    names = [first + words["last"] for first in words["first"][: len(shapes)]]
    return gpd.GeoDataFrame({"id": ordinals("SQ", len(shapes)), "name": names}, geometry=shapes)


def _built_up(city: City) -> BaseGeometry:
    """Built plots of the city grown together over the streets between them; the lake park is part of it."""
    urban = ["homes", "centre", "lakeside", "industry", "beach", "port"]
    plots = city.plots[city.plots["built"] & city.plots["role"].isin(urban)]
    grown = shapely.buffer(shapely.union_all(plots.geometry.to_numpy(), grid_size=0.01), 40.0, join_style="mitre")
    whole = shapely.buffer(grown, -38.0, join_style="mitre")
    parts = [p for p in shapely.get_parts(whole) if shapely.area(p) > 200_000]
    filled = [shapely.Polygon(p.exterior, [h for h in p.interiors if shapely.Polygon(h).area > 600_000]) for p in parts]
    kept = shapely.difference(shapely.union_all(filled), shapely.union(city.ground.river, city.ground.sea))
    return shapely.set_precision(shapely.simplify(kept, 1.0), 0.01)

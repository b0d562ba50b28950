"""Control lines: ecological red line of two versions, permanent farmland, growth boundary, nature reserves."""

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.city import City
from geoplan.sample.demo.text import ordinals, text

__all__ = ["RIDGE", "draw_controls"]

_MOUTH = ((5625.0, 2800.0), (5760.0, 3050.0), (6150.0, 3010.0), (6330.0, 2700.0), (5950.0, 2420.0))
# an old ridge of shells in the middle of the city: sites are set against its straight edges
RIDGE = ((5240.0, 4100.0), (5370.0, 4120.0), (5350.0, 4230.0), (5225.0, 4205.0))


def draw_controls(city: City) -> dict[str, gpd.GeoDataFrame]:
    """Layers `eco_redline`, `eco_redline_2018`, `permanent_farmland`, `growth_boundary` and `nature_reserves`."""
    reserves = _reserves(city)
    redline = _redline(city, reserves)
    return {
        "eco_redline": redline,
        "eco_redline_2018": _as_of_2018(redline),
        "permanent_farmland": _farmland(city),
        "growth_boundary": _growth(city, redline),
        "nature_reserves": reserves,
    }


def _reserves(city: City) -> gpd.GeoDataFrame:
    """The gulls' flats (core, and general around it, both with the sea before them), the reed marsh."""
    words, ground = text()["reserves"], city.ground
    north = shapely.box(5700, 5030, 9000, 7000)
    south = shapely.box(5700, 4350, 9000, 5030)
    marsh = shapely.union(city.roles("marsh"), ground.sea)
    reeds = max((c.shape for c in city.cells if c.role == "wetland"), key=shapely.area)
    flats = (shapely.intersection(marsh, north), shapely.difference(shapely.intersection(marsh, south), _pier(city)))
    shapes = [shapely.intersection(shapely.buffer(flat, -15.0), ground.boundary) for flat in flats]
    shapes.append(shapely.simplify(shapely.buffer(reeds, -45.0), 14.0))
    return gpd.GeoDataFrame(
        {
            "id": ordinals("ZRBHD", 3),
            "name": [words["gulls"], words["gulls"], words["reeds"]],
            "kind": [words["reserve"], words["reserve"], words["park"]],
            "zone": [words["core"], words["general"], words["general"]],
        },
        geometry=[_whole(s) for s in shapes],
    )


def _pier(city: City) -> BaseGeometry:
    """The harbour basin keeps the water around it clear of the reserve."""
    return shapely.buffer(city.roles("port"), 420.0)


def _redline(city: City, reserves: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The reserves, the marsh on the other bank, the river mouth, the natural beach; land and sea told apart."""
    words, ground = text()["redline"], city.ground
    other = min((c.shape for c in city.cells if c.role == "wetland"), key=shapely.area)
    beach = shapely.buffer(ground.shore[0][1], 70.0, cap_style="flat")
    mouth = shapely.difference(shapely.Polygon(_MOUTH), shapely.buffer(city.roles("port"), 20.0))
    marsh = shapely.simplify(shapely.buffer(other, -60.0), 14.0)
    rows = [
        (words["gulls"], words["core"], reserves.geometry.iloc[0]),
        (words["gulls"], words["general"], reserves.geometry.iloc[1]),
        (words["reeds"], words["general"], reserves.geometry.iloc[2]),
        (words["reeds"], words["none"], marsh),
        (words["mouth"], words["none"], mouth),
        (words["beach"], words["none"], beach),
        (words["ridge"], words["none"], shapely.Polygon(RIDGE)),
    ]
    out = []
    for name, zone, shape in rows:
        for side, domain in ((ground.land, words["land"]), (ground.sea, words["sea"])):
            part = shapely.set_precision(shapely.intersection(shape, side), 0.01)
            out += [
                (name, zone, domain, p)
                for p in shapely.get_parts(part)
                if p.geom_type == "Polygon" and shapely.area(p) > 500
            ]
    frame = gpd.GeoDataFrame(out, columns=["name", "zone", "domain", "geometry"], geometry="geometry")
    return frame.assign(id=ordinals("HX", len(frame)))


def _as_of_2018(now: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The earlier version: the reed marsh reached farther west of the avenue, the beach was not yet in it."""
    words = text()["redline"]
    before = now[now["name"] != words["beach"]].copy()
    reeds = before.index[before["name"] == words["reeds"]][0]
    before.loc[[reeds], "geometry"] = gpd.GeoSeries(
        [shapely.buffer(before.geometry.loc[reeds], 18.0, join_style="mitre")], index=[reeds]
    )
    return before


def _farmland(city: City) -> gpd.GeoDataFrame:
    """Six fields in seven, paddy and irrigated land; the rest is farmed without that protection."""
    rng = city.rng("farmland")
    fields = city.plots[city.plots["use"].isin(["paddy", "field"])]
    kept = fields[rng.random(len(fields)) < 0.86]
    return gpd.GeoDataFrame(
        {"id": ordinals("YJ", len(kept)), "code": np.where(kept["use"] == "paddy", "0101", "0102")},
        geometry=kept.geometry.to_numpy(),
    )


def _growth(city: City, redline: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What may be built up: concentrated, elastic, and special (lake, beach, river within the city), less the red line.

    It goes on for a metre beyond the place, and the shell ridge stays in it: a red line with the city all around.
    """
    words, ground = text()["growth"], city.ground
    water = shapely.union_all([shapely.intersection(ground.river, _east(city)), ground.canal, ground.lake])
    roles = {
        "concentrated": ("homes", "centre", "industry", "port", "verge"),
        "elastic": ("reserve",),
        "special": ("lakeside", "beach", "island"),
    }
    line = shapely.union_all(redline.geometry[redline["name"] != text()["redline"]["ridge"]].to_numpy())
    rows = []
    for key, names in roles.items():
        shape = (
            shapely.union_all([city.roles(*names), water], grid_size=0.01) if key == "special" else city.roles(*names)
        )
        skirt = shapely.difference(shapely.buffer(shape, 1.0), ground.boundary)
        shape = shapely.difference(shapely.union(shape, skirt, grid_size=0.01), line, grid_size=0.01)
        rows += [(words[key], p) for p in shapely.get_parts(shape) if shapely.area(p) > 100]
    frame = gpd.GeoDataFrame(rows, columns=["zone", "geometry"], geometry="geometry")
    return frame.assign(id=ordinals("KFBJ", len(frame)))


def _east(city: City) -> BaseGeometry:
    """East of the first avenue, where the river runs through the city."""
    return shapely.box(1860.0, *shapely.bounds(city.ground.boundary)[1:])


def _whole(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shapely.set_precision(shape, 0.01))
    return parts[np.argmax(shapely.area(parts))]

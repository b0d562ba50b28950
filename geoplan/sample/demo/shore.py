"""The shore reach by reach, the walls that hold it, wetlands of two years, river management, drainage."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.city import City, stack
from geoplan.sample.demo.nature import blob
from geoplan.sample.demo.plots import USES
from geoplan.sample.demo.text import ordinals, text

__all__ = ["draw_water", "pieces"]

_WET = ("marsh", "meadow", "bank", "flat")


def draw_water(city: City, reserves: gpd.GeoDataFrame, built_up: BaseGeometry) -> dict[str, gpd.GeoDataFrame]:
    """Layers `coastline`, `wetlands`, `wetlands_2020`, `water`, `rivers_lakes`, `drainage_areas` and `barriers`."""
    wetlands = _wetlands(city, reserves)
    return {
        "coastline": _coastline(city),
        "wetlands": wetlands,
        "wetlands_2020": _five_years_ago(city, wetlands),
        "water": _water(city),
        "rivers_lakes": _managed(city),
        "drainage_areas": _drainage(city, built_up),
        "barriers": _barriers(city),
    }


def _coastline(city: City) -> gpd.GeoDataFrame:
    """Reaches of at most 420 m with the vertices as surveyed: class, certificate, protection, ecological state."""
    words = text()["coastline"]
    rows = []
    for kind, line in city.ground.shore:
        inside = shapely.intersection(line, city.ground.boundary)
        word = words[kind]
        said = [word[key] for key in ("class", "type", "certified", "grade", "eco", "eco_2020")]
        rows += [(*said, part) for part in pieces(inside, 420.0)]
    columns = ["class_cn", "type", "certified", "grade", "eco", "eco_2020", "geometry"]
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry")
    return frame.assign(id=ordinals("HAX", len(frame)), mainland=text()["flags"]["yes"])


def pieces(line: BaseGeometry, longest: float) -> list[BaseGeometry]:
    """A line cut at vertices into pieces no longer than that, where its vertices allow."""
    xy = shapely.get_coordinates(line)
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
    count = int(np.ceil(along[-1] / longest))
    cuts = np.unique(np.searchsorted(along, np.linspace(0, along[-1], count + 1)[1:-1]))
    ends = np.unique([0, *cuts, len(xy) - 1])
    return [shapely.LineString(xy[a : b + 1]) for a, b in pairwise(ends)]


def _wetlands(city: City, reserves: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Natural wetland and constructed ponds as the survey has them: code, name, how each is protected."""
    words = text()
    wild = city.cover[city.cover["role"].isin(["wetland", "marsh"]) & city.cover["use"].isin([*_WET, "pond"])]
    shapes = wild.geometry.to_numpy()
    protected = shapely.union_all(reserves.geometry.to_numpy())
    share = shapely.area(shapely.intersection(shapes, protected)) / shapely.area(shapes)
    names = words["wetlands"]
    form = np.where(
        share > 0.5,
        names["reserve"],
        np.where((wild["role"] == "wetland") & (wild["use"] != "pond"), names["park"], ""),
    )
    return gpd.GeoDataFrame(
        {
            "id": ordinals("SD", len(wild)),
            "name": [names[r] for r in wild["role"]],
            "code": [USES[u][1] for u in wild["use"]],
            "kind": [words["uses"][u][1] for u in wild["use"]],
            "natural": np.where(wild["use"].isin(_WET), words["flags"]["yes"], words["flags"]["no"]),
            "protection": form,
        },
        geometry=shapes,
    )


def _five_years_ago(city: City, now: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The survey of 2020: two patches since filled for industry, one since restored, one since dug to a pond."""
    words = text()
    patches = [blob(5620.0, 5120.0, 150.0, city.rng("wet one")), blob(5330.0, 4780.0, 120.0, city.rng("wet two"))]
    land = shapely.union_all(now.geometry.to_numpy())
    lost = shapely.difference(shapely.set_precision(np.array(patches, dtype=object), 0.01), land, grid_size=0.01)
    before = gpd.GeoDataFrame(
        {
            "id": ["SD20A", "SD20B"],
            "name": words["wetlands"]["marsh"],
            "code": USES["marsh"][1],
            "kind": words["uses"]["marsh"][1],
            "natural": words["flags"]["yes"],
            "protection": "",
        },
        geometry=lost,
    )
    meadow = now.index[now["code"] == USES["meadow"][1]]
    pond = now.index[now["code"] == USES["pond"][1]]
    kept = now.drop(index=meadow[:1])
    kept.loc[pond[:1], ["code", "kind", "natural"]] = [
        USES["marsh"][1],
        words["uses"]["marsh"][1],
        words["flags"]["yes"],
    ]
    return stack([kept, before])


def _managed(city: City) -> gpd.GeoDataFrame:
    """What the water authority manages: water and a strip of bank, with the function of the bank."""
    words, ground = text(), city.ground
    rows = [
        (words["waters"][key], words["banks"][zone], shapely.intersection(shapely.buffer(shape, wide), ground.land))
        for key, shape, wide, zone in (
            ("river", ground.river, 25.0, "control"),
            ("canal", ground.canal, 10.0, "use"),
            ("lake", ground.lake, 20.0, "keep"),
        )
    ]
    return gpd.GeoDataFrame(rows, columns=["name", "zone", "geometry"], geometry="geometry").assign(
        id=ordinals("HH", 3)
    )


def _water(city: City) -> gpd.GeoDataFrame:
    """All water there is, to draw maps on: river, canal, lake, ponds, the sea before the city."""
    words, kinds, ground = text()["waters"], text()["water_kinds"], city.ground
    shapes = {"river": [ground.river], "canal": [ground.canal], "lake": [ground.lake], "sea": [ground.sea]}
    shapes["pond"] = list(city.cover.geometry[city.cover["use"] == "pond"])
    rows = [(words[key], kinds[key], shape) for key, found in shapes.items() for shape in found]
    frame = gpd.GeoDataFrame(rows, columns=["name", "kind", "geometry"], geometry="geometry")
    return frame.assign(id=ordinals("SY", len(frame)))


def _barriers(city: City) -> gpd.GeoDataFrame:
    """What nobody crosses except by the network: water and the expressway."""
    words, ground = text()["waters"], city.ground
    express = shapely.union_all(city.cover.geometry[city.cover["use"] == "express"].to_numpy())
    shapes = [ground.river, ground.canal, ground.lake, express]
    names = [words["river"], words["canal"], words["lake"], text()["streets"]["express"]]
    return gpd.GeoDataFrame({"id": ordinals("ZA", 4), "kind": names}, geometry=shapes)


def _drainage(city: City, built_up: BaseGeometry) -> gpd.GeoDataFrame:
    """Sub-areas of the sewers: runoff surfaces, storage, the rate reached and asked; of some nobody measured it."""
    rng, flags = city.rng("drainage"), text()["flags"]
    faces = city.faces[~city.faces["role"].isin(["farmland", "wetland", "marsh", "reserve", "island", "verge"])]
    areas = faces.dissolve(["cell", "block"]).geometry.to_numpy()
    areas = areas[shapely.area(shapely.intersection(areas, built_up)) > 0.5 * shapely.area(areas)]
    psi = np.round(rng.uniform(0.42, 0.68, len(areas)), 2)
    asked = np.full(len(areas), 80.0)
    reached = np.round(rng.normal(81.0, 6.0, len(areas)), 1)
    depth = np.interp(reached, [60, 70, 75, 80, 85, 95], [14.9, 20.9, 25.0, 30.4, 37.8, 60.0])
    other = rng.choice([flags["yes"], flags["no"], ""], len(areas), p=[0.88, 0.07, 0.05])
    hectares = shapely.area(areas) / 1e4
    return gpd.GeoDataFrame(
        {
            "id": ordinals("PS", len(areas)),
            "runoff_coefficient": psi,
            "control_rate": reached,
            "target_rate": asked,
            "volume": np.round(10 * depth * psi * hectares),
            "other_items": other,
        },
        geometry=areas,
    )

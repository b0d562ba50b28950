"""What was before and what goes with it: land use and output of 2020, the shore then and now, storm water, plants."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan.sample.demo.city import City
from geoplan.sample.demo.plots import UNBUILT
from geoplan.sample.demo.text import ordinals, text

__all__ = ["look_back"]

_BELT = 120.0
"""Metres around the port that are kept free."""
_NEW = ("0701", "0601", "05H1", "0508")
"""Codes of ground that was built since 2020, here and there."""
# use of the ground -> kind of surface and its runoff coefficient; other ground of plots is paved for walking
_SURFACES = {
    "park": ("green", 0.15), "buffer": ("green", 0.15), "river_bank": ("green", 0.15), "canal_bank": ("green", 0.15),
    "lake_bank": ("green", 0.15), "square": ("permeable", 0.4), "road": ("paved", 0.85), "express": ("paved", 0.85),
    "lane": ("bare", 0.3), "river": ("water", 1.0), "canal": ("water", 1.0), "lake": ("water", 1.0),
}  # fmt: skip


def look_back(
    city: City, buildings: gpd.GeoDataFrame, layers: dict[str, gpd.GeoDataFrame]
) -> dict[str, gpd.GeoDataFrame]:
    """Layers of two dates (3), of storm water (2), of port and town, `plant_inventory`, `protected_areas`."""
    now, then = _economy(city, layers["districts"])
    ports = shapely.union_all([c.shape for c in city.cells if c.role == "port"], grid_size=0.01)
    port = shapely.intersection(ports, city.ground.land)
    around = shapely.buffer(port, _BELT)
    town = shapely.difference(layers["built_up"].geometry.iloc[0], around)
    belt = shapely.set_precision(shapely.intersection(shapely.difference(around, port), city.ground.land), 0.01)
    kinds = text()["protection"]
    reserves = layers["nature_reserves"]
    return {
        "land_use_current_2020": _five_years_ago(city, layers["land_use_current"]),
        "economy": now,
        "economy_2020": then,
        "eco_shoreline": _shore(layers["coastline"], "eco"),
        "eco_shoreline_2020": _shore(layers["coastline"], "eco_2020"),
        "runoff_surfaces": _surfaces(city, buildings, layers["drainage_areas"]),
        "sponge_facilities": _storage(city, layers["drainage_areas"]),
        "plant_inventory": _plants(city, layers["parks"]),
        "port_area": gpd.GeoDataFrame({"id": ["GQ1"], "name": [text()["ports"]["port"]]}, geometry=[port]),
        "port_city_buffer": gpd.GeoDataFrame({"id": ["HC1"], "name": [text()["ports"]["belt"]]}, geometry=[belt]),
        "city_area": gpd.GeoDataFrame({"id": ["CQ1"], "name": [text()["ports"]["town"]]}, geometry=[town]),
        "protected_areas": gpd.GeoDataFrame(
            {"id": reserves["id"], "name": reserves["name"], "kind": [kinds[k] for k in reserves["kind"]]},
            geometry=reserves.geometry.to_numpy(),
        ),
    }


def _economy(city: City, districts: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Output of each district in 100 million at constant prices, now and five years ago."""
    rng = city.rng("economy")
    middle = shapely.point_on_surface(districts.geometry.to_numpy())
    before = np.round(rng.uniform(14.0, 52.0, len(districts)), 2)
    after = np.round(before * rng.uniform(1.22, 1.45, len(districts)), 2)
    frames = [
        gpd.GeoDataFrame(
            {"id": ordinals("JJ", len(districts)), "name": districts["name"], "gdp": amounts}, geometry=middle
        )
        for amounts in (after, before)
    ]
    return frames[0], frames[1]


def _five_years_ago(city: City, now: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The same parcels; one in twelve of what is built stood empty."""
    rng, words = city.rng("survey_2020"), text()["uses"]
    new = now["code"].isin(_NEW).to_numpy() & (rng.random(len(now)) < 0.08)
    return now.assign(code=np.where(new, UNBUILT[0], now["code"]), name=np.where(new, words["reserve"][1], now["name"]))


def _shore(coast: gpd.GeoDataFrame, state: str) -> gpd.GeoDataFrame:
    """Reaches of the sea shore by what they are: ecological ones as they were made, the others hard."""
    words, flags = text()["eco_shore"], text()["flags"]
    made = coast["class_cn"].map(words["kinds"]).fillna(words["kinds"]["other"])
    kind = np.where(coast[state] == flags["yes"], made, np.where(coast[state] == "", "", words["hard"]))
    return gpd.GeoDataFrame(
        {"id": ordinals("STA", len(coast)), "kind": kind, "side": words["side"]}, geometry=coast.geometry.to_numpy()
    )


def _surfaces(city: City, buildings: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The ground of the sewered city by what rain meets there: roofs, streets, green, pavings between houses."""
    words = text()["surfaces"]
    sewered = shapely.union_all(areas.geometry.to_numpy(), grid_size=0.01)
    shapely.prepare(sewered)
    cover = city.cover[shapely.intersects(city.cover.geometry.to_numpy(), sewered)]
    shapes = shapely.intersection(cover.geometry.to_numpy(), sewered)
    kind, psi = zip(*[_SURFACES.get(use, ("brick", 0.45)) for use in cover["use"]], strict=True)
    ground = gpd.GeoDataFrame({"kind": kind, "psi": psi}, geometry=shapes)
    # the ground under a roof is not ground
    tree = shapely.STRtree(shapes)
    at, roof = tree.query(shapely.point_on_surface(buildings.geometry.to_numpy()), predicate="within")[::-1]
    own = pd.Series(buildings.geometry.to_numpy()[roof]).groupby(at)
    roofs = own.agg(lambda shapes: shapely.union_all(shapes.to_numpy()))
    covered = shapely.intersection(roofs.to_numpy(), shapes[roofs.index])
    shapes[roofs.index] = shapely.difference(shapes[roofs.index], covered)
    whole = pd.concat(
        [
            ground.set_geometry(gpd.GeoSeries(shapes)),
            gpd.GeoDataFrame({"kind": "roof", "psi": 0.9}, geometry=covered, index=range(len(covered))),
        ],
        ignore_index=True,
    )
    frame = gpd.GeoDataFrame(whole, geometry="geometry").explode(ignore_index=True)
    frame = frame[(frame.geom_type == "Polygon") & (frame.area > 1.0)].reset_index(drop=True)
    return frame.assign(
        id=[f"XDM{n:05d}" for n in range(1, len(frame) + 1)],
        kind=frame["kind"].map(words["kinds"]),
        loss=np.where(frame["kind"] == "green", 10.0, np.where(frame["kind"].isin(["permeable", "bare"]), 4.0, np.nan)),
    )


def _storage(city: City, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What holds water back: two facilities an area; of a few nobody knows how much, and some are not built yet."""
    rng, words = city.rng("sponge"), text()["surfaces"]
    twice = areas.loc[areas.index.repeat(2)].reset_index(drop=True)
    part = np.tile([0.7, 0.3], len(areas))
    volume = np.round(twice["volume"].to_numpy() * part * rng.uniform(0.95, 1.2, len(twice)))
    volume[rng.random(len(twice)) < 0.015] = np.nan
    status = text()["facilities"]["status"]
    return gpd.GeoDataFrame(
        {
            "id": ordinals("HMS", len(twice)),
            "kind": np.tile(words["facilities"], len(areas)),
            "catchment": twice["id"].to_numpy(),
            "volume": volume,
            "status": np.where(rng.random(len(twice)) < 0.95, status["open"], status["building"]),
        },
        geometry=shapely.point_on_surface(twice.geometry.to_numpy()),
    )


def _plants(city: City, parks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Three species noted in every park; of one nobody noted where it comes from."""
    rng, words = city.rng("plants"), text()["plants"]
    species = [*words["native"], *words["exotic"], *words["unknown"]]
    origin = [words["origins"][0]] * len(words["native"]) + [words["origins"][1]] * len(words["exotic"])
    origin += [""] * len(words["unknown"])
    at = rng.integers(0, len(species), 3 * len(parks))
    at[: len(species)] = np.arange(len(species))
    spots = shapely.point_on_surface(parks.geometry.to_numpy())
    points = [shapely.Point(p.x + 3.0 * (n % 3), p.y) for n, p in enumerate(np.repeat(spots, 3))]
    return gpd.GeoDataFrame(
        {
            "id": ordinals("ZW", len(points)),
            "species": [species[n] for n in at],
            "origin": [origin[n] for n in at],
        },
        geometry=points,
    )

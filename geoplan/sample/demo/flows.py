"""What moves: people to work, trains between towns, bicycles and vans in the streets, and the rain of 31 years."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan.sample.demo.city import City
from geoplan.sample.demo.text import ordinals, text

__all__ = ["draw_flows"]

_WORK = {"office": 22.0, "commerce": 38.0, "industry": 85.0, "storage": 160.0, "hotel": 60.0, "admin": 26.0}
"""Square metres of floor a job takes, by use."""
_AWAY = ((-400.0, 3000.0), (2900.0, 6400.0))
"""Where those work who leave the city."""
# hub -> where it stands on the plan of lines, and which town it is of
_HUBS = {
    "west": ((420.0, 2900.0), "city"), "south_west": ((430.0, 1500.0), "city"), "north_west": ((380.0, 4100.0), "city"),
    "centre": ((3040.0, 2460.0), "coastal"), "coast": ((5000.0, 2160.0), "coastal"),
    "bay": ((3080.0, 740.0), "coastal"), "harbour": ((5600.0, 4200.0), "coastal"),
    "capital": ((300.0, 5100.0), "beijing"), "lake": ((300.0, 500.0), "xiongan"),
}  # fmt: skip
_RIDES = (
    ("west", "centre", 17.0), ("west", "south_west", 9.0), ("south_west", "bay", 19.0), ("centre", "coast", 6.0),
    ("north_west", "harbour", 24.0), ("centre", "harbour", 8.0), ("capital", "north_west", 28.0),
    ("capital", "west", 31.0), ("lake", "south_west", 46.0),
)  # fmt: skip
_SPEED = {"arterial": 650.0, "secondary": 500.0, "local": 350.0}
"""Metres a minute of a van."""
_YEARS = (1994, 2024)
_WET = (1, 1, 2, 4, 5, 8, 12, 11, 6, 4, 2, 1)
"""Days of rain or snow a month brings."""


def draw_flows(city: City, homes: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Layers of commuting (3), of the railway (2), `drive_network`, `cycle_network` and `rainfall`."""
    jobs = _jobs(city, buildings)
    hubs, rides = _rails()
    roads = city.walk[city.walk["kind"].isin(_SPEED)]
    minutes = np.round(roads.length.to_numpy() / roads["kind"].map(_SPEED).to_numpy(), 3)
    words = text()["street_kinds"]
    drive = gpd.GeoDataFrame(
        {"id": [f"CX{n:05d}" for n in range(1, len(roads) + 1)], "kind": roads["kind"].map(words), "minutes": minutes},
        geometry=roads.geometry.to_numpy(),
    )
    ridden = city.walk[city.walk["kind"] != "trail"]
    cycle = gpd.GeoDataFrame(
        {"id": [f"QX{n:05d}" for n in range(1, len(ridden) + 1)], "kind": ridden["kind"].map(words)},
        geometry=ridden.geometry.to_numpy(),
    )
    return {
        "commutes": _commutes(city, homes, jobs),
        "jobs": jobs,
        "employed_residents": gpd.GeoDataFrame(
            {"id": ordinals("JYJ", len(homes)), "employed": homes["employed"].to_numpy()},
            geometry=shapely.point_on_surface(shapely.make_valid(homes.geometry.to_numpy())),
        ),
        "rail_hubs": hubs,
        "rail_network": rides,
        "drive_network": drive,
        "cycle_network": cycle,
        "rainfall": _rain(city),
    }


def _jobs(city: City, buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Places of work by the floor of their buildings."""
    floor = buildings["floor_area"].groupby(buildings["plot"].to_numpy()).sum()
    plots = city.plots[city.plots["built"] & city.plots["use"].isin(_WORK) & city.plots.index.isin(floor.index)]
    jobs = floor.loc[plots.index].to_numpy() / plots["use"].map(_WORK).to_numpy()
    names = text()["streets"]["first"]
    return gpd.GeoDataFrame(
        {
            "id": ordinals("GW", len(plots)),
            "name": [f"{names[n % len(names)]}{n}" for n in range(1, len(plots) + 1)],
            "jobs": np.round(jobs * city.rng("jobs").uniform(0.3, 0.7, len(plots))),
        },
        geometry=shapely.point_on_surface(plots.geometry.to_numpy()),
    )


def _commutes(city: City, homes: gpd.GeoDataFrame, jobs: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Of every parcel: those who work in the city go to three places of work, the larger the likelier; others leave."""
    rng = city.rng("commutes")
    known = homes[homes["employed"].notna()]
    start = shapely.get_coordinates(shapely.point_on_surface(shapely.make_valid(known.geometry.to_numpy())))
    weight = jobs["jobs"].to_numpy(dtype=float) / float(jobs["jobs"].sum())
    where = shapely.get_coordinates(jobs.geometry.to_numpy())
    rows = []
    for home, here, inside, every in zip(
        known["name"], start, known["employed_inside"], known["employed"], strict=True
    ):
        split = np.floor(inside * np.array([0.5, 0.3, 0.2]))
        for people, to in zip(split, rng.choice(len(jobs), 3, replace=False, p=weight), strict=True):
            rows.append((home, jobs["name"].iloc[to], people, shapely.LineString([here, where[to]])))
        away = _AWAY[int(rng.integers(len(_AWAY)))]
        rows.append((home, text()["commutes"]["away"], every - split.sum(), shapely.LineString([here, away])))
    frame = gpd.GeoDataFrame(rows, columns=["from", "to", "people", "geometry"], geometry="geometry")
    frame = frame[frame["people"] > 0].reset_index(drop=True)
    return frame.assign(id=[f"TQ{n:05d}" for n in range(1, len(frame) + 1)])


def _rails() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Stations of the railway and the minutes between them: a plan of lines, not the tracks."""
    words = text()["hubs"]
    hubs = gpd.GeoDataFrame(
        {
            "id": ordinals("SN", len(_HUBS)),
            "name": [words["names"][key] for key in _HUBS],
            "town": [words["towns"][town] for _, town in _HUBS.values()],
            "status": text()["rail"]["status"]["open"],
        },
        geometry=[shapely.Point(xy) for xy, _ in _HUBS.values()],
    )
    lines = [shapely.LineString([_HUBS[a][0], _HUBS[b][0]]) for a, b, _ in _RIDES]
    rides = gpd.GeoDataFrame(
        {
            "id": ordinals("YX", len(_RIDES)),
            "name": [f"{words['names'][a]}—{words['names'][b]}" for a, b, _ in _RIDES],
            "minutes": [minutes for *_, minutes in _RIDES],
        },
        geometry=lines,
    )
    return hubs, rides


def _rain(city: City) -> gpd.GeoDataFrame:
    """Days with rain or snow at one gauge; the first row says from when to when somebody looked."""
    rng = city.rng("rain")
    days: list[dt.date] = []
    for year in range(_YEARS[0], _YEARS[1] + 1):
        for month, usual in enumerate(_WET, start=1):
            count = min(int(rng.poisson(usual)), 27)
            days += [dt.date(year, month, int(d) + 1) for d in np.sort(rng.choice(28, count, replace=False))]
    months = np.array([day.month for day in days])
    summer = np.isin(months, (6, 7, 8, 9))
    fallen = np.round(np.maximum(rng.gamma(0.62, np.where(summer, 19.0, 8.0)), 0.1), 1)
    snow = np.isin(months, (12, 1, 2)) & (rng.random(len(days)) < 0.8)
    flags = text()["flags"]
    first = {"date": f"{_YEARS[0]}-01-01", "until": f"{_YEARS[1]}-12-31", "mm": 0.0, "snow": flags["no"]}
    table = pd.DataFrame(
        {
            "date": [day.isoformat() for day in days],
            "until": "",
            "mm": fallen,
            "snow": np.where(snow, flags["yes"], flags["no"]),
        }
    )
    rows = pd.concat([pd.DataFrame([first]), table], ignore_index=True)
    gauge = shapely.centroid(city.ground.lake)
    rows = rows.assign(id=[f"YL{n:05d}" for n in range(len(rows))])
    return gpd.GeoDataFrame(rows, geometry=[shapely.set_precision(gauge, 0.01)] * len(rows))

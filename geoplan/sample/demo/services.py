"""What people go to: community facilities of several kinds, schools, hospitals, sports, utilities, chargers, buses."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.city import City, stack
from geoplan.sample.demo.plots import spread
from geoplan.sample.demo.text import ordinals, text

__all__ = ["open_services"]


def open_services(city: City, homes: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Layers of facilities; those on plots of their own have entrances by the id of their facility."""
    schools, school_gates = _schools(city)
    hospitals, hospital_gates = _hospitals(city)
    gates = stack([school_gates, hospital_gates])
    return {
        "community_facilities": _community(city, homes, communities),
        "schools": schools,
        "hospitals": hospitals,
        "sports_grounds": _sports(city),
        "facility_entrances": gates.assign(id=ordinals("SSCRK", len(gates))),
        "utility_sites": _utilities(city),
        "charging_stations": _chargers(city),
        "bus_stops": _buses(city),
    }


def _community(city: City, homes: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Points just inside the gate of their plot; the farther north, the more of them are not open yet.

    One stands in the list twice, and of one nobody noted whether it is open.
    """
    rng, words = city.rng("community"), text()["facilities"]
    gate = city.gates.drop_duplicates("plot").set_index("plot").geometry
    plots = city.plots.loc[city.plots.index.isin(gate.index)]
    inner = plots["role"].isin(["homes", "centre", "lakeside"])
    service = plots.index[plots["use"] == "service"]
    large = set(plots.loc[service].area.nlargest(6).index)
    rows = [("centre" if at in large else "station", at) for at in service]
    rows += [("clinic", at) for at in plots.index[plots["use"].isin(["clinic"])]]
    rows += [("culture", at) for at in plots.index[plots["use"].isin(["culture", "sports"]) & inner]]
    rows += [("shop", at) for at in plots.index[(plots["use"] == "commerce") & inner & (plots.area < 9000)]]
    rows += [("elderly", at) for at in plots.index[plots["use"] == "elderly"]]
    island = city.plots.index[city.plots["role"] == "island"]
    live = homes[homes["plot"].isin(gate.index.difference(island))]
    rows += [("committee", at) for at in _one_each(live, communities)]
    middle = shapely.get_coordinates(shapely.centroid(live.geometry.to_numpy()))
    rows += [("shop", int(live["plot"].iloc[n])) for n in spread(middle, 12, int(rng.integers(len(live))))]
    rows += [("clinic", int(live["plot"].iloc[n])) for n in spread(middle, 5, int(rng.integers(len(live))))]
    at = np.array([plot for _, plot in rows])
    points = _inside(gate.loc[at].to_numpy(), plots.geometry.loc[at].to_numpy(), rng)
    kinds = [words["kinds"][kind] for kind, _ in rows]
    near = communities["name"].to_numpy()[shapely.STRtree(communities.geometry.to_numpy()).nearest(points)]
    frame = gpd.GeoDataFrame(
        {
            "name": [f"{n}{k}" for n, k in zip(near, kinds, strict=True)],
            "kind": kinds,
            "status": _status(points, rng),
            "floor_area": np.round(rng.uniform(180, 2600, len(rows))),
        },
        geometry=points,
    )
    twice = stack([frame, frame[frame["status"] == words["status"]["open"]].iloc[[7]]])
    twice.loc[twice.index[twice["kind"] == words["kinds"]["culture"]][0], "status"] = ""
    return twice.assign(id=ordinals("SQSS", len(twice)))


def _one_each(live: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> list[int]:
    """The plot of homes nearest the middle of each community."""
    found = shapely.STRtree(live.geometry.to_numpy()).nearest(shapely.centroid(communities.geometry.to_numpy()))
    return [int(live["plot"].iloc[n]) for n in found]


def _inside(gates: NDArray[np.object_], shapes: NDArray[np.object_], rng: np.random.Generator) -> NDArray[np.object_]:
    """A few metres from the gate towards the middle of the plot."""
    start = shapely.get_coordinates(gates)
    way = shapely.get_coordinates(shapely.point_on_surface(shapes)) - start
    step = rng.uniform(4.0, 14.0, (len(start), 1)) / np.maximum(np.hypot(*way.T), 15.0)[:, None]
    return np.asarray(shapely.points(np.round(start + way * step, 2)), dtype=object)


def _status(points: NDArray[np.object_], rng: np.random.Generator) -> list[str]:
    words = text()["facilities"]["status"]
    late = np.clip((shapely.get_y(points) - 3300) / 1500, 0, 0.75)
    draw = rng.random(len(points))
    kind = np.where(
        draw > late + 0.05, "open", rng.choice(["building", "planned", "closed"], len(points), p=[0.4, 0.5, 0.1])
    )
    return [words[k] for k in kind]


def _schools(city: City) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    rng, words = city.rng("schools"), text()["schools"]
    plots = city.plots[city.plots["use"].isin(["school", "kindergarten", "college"])]
    kinds = list(words["kinds"])
    drawn = rng.choice(kinds[1:-1], len(plots), p=[0.4, 0.16, 0.1, 0.12, 0.16, 0.06])
    kind = np.select(
        [(plots["use"] == "kindergarten").to_numpy(), (plots["use"] == "college").to_numpy()],
        [np.full(len(plots), kinds[0]), np.full(len(plots), kinds[-1])],
        default=drawn,
    )
    per_pupil = np.where(kind == kinds[0], 15.0, np.where(kind == kinds[-1], 45.0, 21.0))
    flags = text()["flags"]
    frame = gpd.GeoDataFrame(
        {
            "plot": plots.index,
            "id": ordinals("XX", len(plots)),
            "name": [f"{n}{words['names'][k]}" for n, k in zip(_names(len(plots), rng), kind, strict=True)],
            "kind": [words["kinds"][k] for k in kind],
            "capacity": np.round(plots.area / per_pupil / 15) * 15,
            "open_year": rng.integers(2011, 2025, len(plots)),
            "status": np.where(
                plots["built"], text()["facilities"]["status"]["open"], text()["facilities"]["status"]["planned"]
            ),
            "smart": rng.choice([flags["yes"], flags["no"], ""], len(plots), p=[0.78, 0.18, 0.04]),
        },
        geometry=plots.geometry.to_numpy(),
    )
    return frame, _gates_of(city, frame)


def _hospitals(city: City) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    rng, words = city.rng("hospitals"), text()["hospitals"]
    plots = city.plots[city.plots["use"].isin(["hospital", "clinic"]) & city.plots["built"]]
    large = (plots["use"] == "hospital").to_numpy()
    beds = np.where(large, np.round(plots.area / 40 / 10) * 10, rng.integers(0, 4, len(plots)) * 5)
    frame = gpd.GeoDataFrame(
        {
            "plot": plots.index,
            "id": ordinals("YY", len(plots)),
            "name": [
                f"{n}{words['names'][0 if big else 1]}" for n, big in zip(_names(len(plots), rng), large, strict=True)
            ],
            "kind": np.where(large, words["kinds"][0], words["kinds"][1]),
            "beds": beds,
        },
        geometry=plots.geometry.to_numpy(),
    )
    return frame, _gates_of(city, frame)


def _names(count: int, rng: np.random.Generator) -> list[str]:
    first = text()["streets"]["first"]
    return [first[n % len(first)] for n in rng.permutation(max(count, len(first)))[:count]]


def _gates_of(city: City, owners: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    own = city.gates.merge(owners[["plot", "id"]], on="plot").rename(columns={"id": "parcel"})
    return gpd.GeoDataFrame(own[["parcel", "geometry"]], geometry="geometry")


def _sports(city: City) -> gpd.GeoDataFrame:
    """Sports plots, and courts in parks: level, area of the playing field, football pitches."""
    rng, words = city.rng("sports"), text()["sports"]
    built = city.plots[city.plots["built"]]
    grounds = built[built["use"] == "sports"]
    parks = built[(built["use"] == "park") & (built.area > 4_000) & (rng.random(len(built)) < 0.45)]
    courts = [_court(shape, turn) for shape, turn in zip(parks.geometry, parks["turn"], strict=True)]
    shapes = [*grounds.geometry, *courts]
    large = np.arange(len(shapes)) < len(grounds)
    area = shapely.area(np.array(shapes, dtype=object))
    return gpd.GeoDataFrame(
        {
            "id": ordinals("TY", len(shapes)),
            "level": np.where(large, words["levels"][2], words["levels"][1]),
            "field_area": np.round(np.where(large, 0.6 * area, area)),
            "football": np.where(large, rng.integers(1, 4, len(shapes)), 0),
            "open_year": rng.integers(2012, 2025, len(shapes)),
        },
        geometry=shapes,
    )


def _court(park: BaseGeometry, turn: float) -> BaseGeometry:
    from shapely import affinity

    x, y = shapely.get_coordinates(shapely.point_on_surface(park))[0]
    return shapely.set_precision(affinity.rotate(shapely.box(x - 16, y - 9, x + 16, y + 9), turn), 0.01)


def _utilities(city: City) -> gpd.GeoDataFrame:
    rng, words = city.rng("utilities"), text()["utilities"]
    plots = city.plots[city.plots["use"] == "utility"]
    status = text()["facilities"]["status"]
    return gpd.GeoDataFrame(
        {
            "id": ordinals("GY", len(plots)),
            "kind": rng.choice(words["kinds"], len(plots)),
            "status": np.where(plots["built"], status["open"], status["planned"]),
            "open_year": rng.integers(2014, 2026, len(plots)),
        },
        geometry=shapely.point_on_surface(plots.geometry.to_numpy()),
    )


def _chargers(city: City) -> gpd.GeoDataFrame:
    """Charging stations at gates; some sites are listed by two operators a few metres apart."""
    rng, words = city.rng("chargers"), text()["chargers"]
    gates = city.gates.geometry.to_numpy()[rng.choice(len(city.gates), 60, replace=False)]
    again = shapely.transform(gates[:5], lambda xy: xy + 6.0)
    points = np.concatenate([gates, again])
    return gpd.GeoDataFrame(
        {
            "id": ordinals("CD", len(points)),
            "operator": rng.choice(words["operators"], len(points)),
            "ports": rng.integers(4, 41, len(points)),
            "open_year": rng.integers(2017, 2026, len(points)),
        },
        geometry=points,
    )


def _buses(city: City) -> gpd.GeoDataFrame:
    """A stop about every 480 m of the larger streets."""
    rng = city.rng("buses")
    walk = city.walk[city.walk["kind"].isin(["arterial", "secondary"])]
    line = shapely.line_merge(shapely.union_all(walk.geometry.to_numpy()))
    points = [
        shapely.line_interpolate_point(part, at)
        for part in shapely.get_parts(line)
        for at in np.arange(240.0, part.length, 480.0)
    ]
    kept = [p for p in points if rng.random() < 0.8]
    shapes = shapely.set_precision(np.array(kept, dtype=object), 0.01)
    return gpd.GeoDataFrame({"id": ordinals("GJ", len(shapes))}, geometry=pd.Series(shapes))

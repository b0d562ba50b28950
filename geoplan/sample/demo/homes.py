"""Who lives where: residential areas with their people, and the gates they go out by."""

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan.sample.demo.city import City, stack
from geoplan.sample.demo.text import ordinals, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["people_at_home"]


def people_at_home(city: City, buildings: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Layers `residential` and `residential_entrances`; `plot` still says which plot each row stands on.

    Some gates are not surveyed, one population is not known, and one outline crosses itself at a corner.
    """
    rng = city.rng("homes")
    plots = city.plots[city.plots["built"] & city.plots["use"].isin(["homes", "hamlet"])]
    floor = buildings["floor_area"].groupby(buildings["plot"].to_numpy()).sum().reindex(plots.index)
    year = buildings["year"].groupby(buildings["plot"].to_numpy()).first().reindex(plots.index)
    hamlet = (plots["use"] == "hamlet").to_numpy()
    households = np.maximum(3, np.round(floor / np.where(hamlet, 135.0, 112.0))).astype(int)
    people = np.round(households * rng.uniform(2.5, 2.9, len(plots)) * rng.uniform(0.46, 0.78, len(plots)))
    said = text()["flags"]
    frame = gpd.GeoDataFrame(
        {
            "plot": plots.index,
            "id": ordinals("JZ", len(plots)),
            "name": _names(plots, rng),
            "population": people.to_numpy(),
            "households": households.to_numpy(),
            "floor_area": np.round(floor.to_numpy()),
            "employed": np.round(people.to_numpy() * rng.uniform(0.44, 0.56, len(plots))),
            "built_year": year.to_numpy(),
            "quiet": np.where(rng.random(len(plots)) < 0.35, said["yes"], said["no"]),
            "waste_online": rng.choice([said["yes"], said["no"], ""], len(plots), p=[0.86, 0.11, 0.03]),
        },
        geometry=plots.geometry.to_numpy(),
    )
    frame["employed_inside"] = np.round(frame["employed"] * rng.uniform(0.45, 0.72, len(frame)))
    unknown = int(rng.integers(20, 60))
    frame.loc[unknown, ["population", "employed", "employed_inside"]] = np.nan
    frame = _one_crossed(frame, int(rng.integers(80, 120)))
    return {"residential": frame, "residential_entrances": _entrances(city, frame, rng)}


def _names(plots: gpd.GeoDataFrame, rng: np.random.Generator) -> list[str]:
    """Estates are named once each; hamlets and the island by their own names."""
    words = text()["estates"]
    pairs = [first + last for first in words["first"] for last in words["last"]]
    estates = iter([pairs[n] for n in rng.permutation(len(pairs))])
    hamlets = iter(words["hamlets"])
    island = iter([words["island"]])
    by = {"hamlet": hamlets, "island": island}
    return [next(by.get(use, by.get(role, estates))) for use, role in zip(plots["use"], plots["role"], strict=True)]


def _one_crossed(frame: gpd.GeoDataFrame, row: int) -> gpd.GeoDataFrame:
    """The outline of one parcel crosses itself beside a corner, as a slip of the hand leaves it; 2 m2 are concerned."""
    ring = shapely.get_coordinates(shapely.normalize(frame.geometry.iloc[row]))
    at = int(np.argmax(np.hypot(*np.diff(ring, axis=0).T)))
    a, b = ring[at], ring[at + 1]
    along = (b - a) / np.hypot(*(b - a))
    across = np.array([-along[1], along[0]])
    middle = (a + b) / 2
    loop = [middle + along, middle + along + across, middle - along + across, middle - along]
    knot = np.vstack([ring[: at + 1], [loop[0], loop[1], loop[3], loop[2]], ring[at + 1 :]])
    crossed = shapely.Polygon(np.round(knot, 2))
    return frame.set_geometry(gpd.GeoSeries([*frame.geometry[:row], crossed, *frame.geometry[row + 1 :]]))


def _entrances(city: City, homes: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Gates by the id of their parcel; those of one parcel in eight are not surveyed. The island's landing is."""
    row: NDArray[np.intp] = homes["plot"].to_numpy()
    parcel = pd.Series(homes["id"].to_numpy(), index=row)
    surveyed = set(row[rng.random(len(row)) > 0.125])
    gates = city.gates[city.gates["plot"].isin(surveyed)]
    landing = city.plots.index[(city.plots["role"] == "island") & (city.plots["use"] == "homes")]
    pier = shapely.get_point(city.walk.geometry[city.walk["key"] == "island"].iloc[0], 0)
    shore = gpd.GeoDataFrame(
        {"plot": landing},
        geometry=[shapely.get_point(shapely.shortest_line(city.plots.geometry.loc[n], pier), 0) for n in landing],
    )
    every = stack([gates[~gates["plot"].isin(landing)], shore])
    ids = ordinals("CRK", len(every))
    return gpd.GeoDataFrame(
        {"id": ids, "parcel": parcel.loc[every["plot"]].to_numpy()}, geometry=every.geometry.to_numpy()
    )

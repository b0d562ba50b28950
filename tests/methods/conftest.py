"""Gridtown as layers, read plainly: what a method gets before any study is opened."""

import dataclasses

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from geoplan import sample
from geoplan.layer import Layer, LayerSpec
from geoplan.ops import ellipsoid, lines
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
OPEN = {"community_facilities": "已建成", "rail_stations": "运营"}


def _network(table: pd.DataFrame) -> gpd.GeoDataFrame:
    edges = lines.edges(shapely.from_wkt(table["wkt"].to_numpy()))
    length = ellipsoid.length(edges.lines, TOWN)
    columns = {"id": [str(i) for i in range(len(edges.u))], "u": edges.u, "v": edges.v, "length": length}
    return gpd.GeoDataFrame(columns, geometry=edges.lines, crs=TOWN)


def layer(name: str, *, planned: bool = False) -> Layer:
    """A layer of gridtown; facilities and stations that are only planned stay out unless asked for."""
    table = pd.read_csv(sample.gridtown_folder() / f"{name}.csv", dtype=str, keep_default_na=False)
    if name in OPEN and not planned:
        table = table[table["status"] == OPEN[name]].reset_index(drop=True)
    if name == "walk_network":
        frame = _network(table)
    else:
        frame = gpd.GeoDataFrame(table.drop(columns="wkt"), geometry=shapely.from_wkt(table["wkt"]), crs=TOWN)
        if "population" in frame:
            frame["population"] = pd.to_numeric(frame["population"])
    spec = LayerSpec(name, {"zh": name, "en": name}, "network" if name == "walk_network" else "any")
    return Layer(spec, frame)


def level(name: str) -> Zones:
    frame = layer(name).frame
    return Zones(
        name, tuple(frame["id"]), tuple(frame["name"]), frame.geometry.to_numpy(), additive=name == "districts"
    )


@pytest.fixture(scope="session")
def town():
    """`town("parks")` is that layer of gridtown."""
    kept: dict[tuple[str, bool], Layer] = {}

    def get(name: str, *, planned: bool = False) -> Layer:
        if (name, planned) not in kept:
            kept[name, planned] = layer(name, planned=planned)
        return kept[name, planned]

    return get


@pytest.fixture(scope="session")
def gridtown():
    """The place, with its two levels of zones."""
    boundary = layer("boundary").frame.geometry.iloc[0]
    return Place("方格镇", boundary, TOWN, {n: level(n) for n in ("districts", "communities")}, year=2025)


@pytest.fixture(scope="session")
def only():
    """`only(layer, "R1", "R2")` is that layer with those features alone."""

    def get(of: Layer, *ids: str) -> Layer:
        return dataclasses.replace(of, data=of.frame[of.frame["id"].isin(ids)].reset_index(drop=True))

    return get

"""Where people walk: streets with pavements, promenades along the water, paths through parks and open estates."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.ground import Ground
from geoplan.sample.demo.plots import spread
from geoplan.sample.demo.streets import WIDTHS

__all__ = ["Gates", "find_gates", "inner_paths", "one_piece", "promenades", "walkable"]


def walkable(ground: Ground, arterials: gpd.GeoDataFrame, cuts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Streets with pavements (`key`, `kind`, geometry): no expressway, no wall; only arterials bridge water."""
    dry = shapely.difference(ground.land, ground.water)
    bridging = arterials[arterials["kind"] == "arterial"]
    rest = pd.concat(
        [arterials[arterials["kind"].isin(["secondary", "track"])], cuts[~cuts["kind"].isin(["wall", "lane"])]]
    )
    rest = rest.set_geometry(shapely.intersection(rest.geometry.to_numpy(), dry))
    return gpd.GeoDataFrame(pd.concat([bridging, rest], ignore_index=True), geometry="geometry").explode(
        ignore_index=True
    )


def promenades(ground: Ground, urban: BaseGeometry) -> gpd.GeoDataFrame:
    """Paths along river, canal, lake and beach (`key`, `kind`): they join the streets wherever these cross them."""
    rings = {
        "river": shapely.buffer(ground.river, 20.0).boundary,
        "canal": shapely.buffer(ground.canal, 9.0).boundary,
        "lake": shapely.buffer(shapely.union(ground.lake, ground.island), 16.0).boundary,
        "shore": shapely.buffer(ground.land, -22.0).boundary,
    }
    dry = shapely.difference(urban, shapely.buffer(shapely.union_all([ground.river, ground.canal]), 8.0))
    kept = {
        "river": shapely.difference(dry, shapely.buffer(ground.canal, 60.0)),
        "canal": shapely.difference(dry, shapely.buffer(ground.river, 19.0)),
        "lake": dry,
        "shore": shapely.intersection(
            dry, shapely.union_all([shapely.buffer(g, 70.0) for k, g in ground.shore if k.startswith(("nat", "res"))])
        ),
    }
    lines = [(key, "path", shapely.line_merge(shapely.intersection(ring, kept[key]))) for key, ring in rings.items()]
    loop = shapely.buffer(ground.island, -22.0).boundary
    pier = shapely.LineString([shapely.get_point(loop, 0), shapely.centroid(ground.island)])
    lines += [("island", "path", loop), ("island", "path", pier)]
    frame = gpd.GeoDataFrame(lines, columns=["key", "kind", "geometry"], geometry="geometry")
    frame = frame.set_geometry(shapely.simplify(frame.geometry.to_numpy(), 0.8)).explode(ignore_index=True)
    return frame[frame.length > 60.0].reset_index(drop=True)


def one_piece(pieces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The pieces that hang together with most others, and the path on the island, which is meant to be alone."""
    lines = pieces.geometry.to_numpy()
    ends = shapely.get_coordinates(shapely.get_point(np.repeat(lines, 2), np.tile([0, -1], len(lines))))
    pairs = np.unique(ends, axis=0, return_inverse=True)[1].reshape(-1, 2)
    label = np.arange(pairs.max() + 1)
    while True:
        least = label[pairs].min(axis=1)
        spread_on = label.copy()
        np.minimum.at(spread_on, pairs, least[:, None])
        if (spread_on == label).all():
            break
        label = spread_on
    own = label[pairs[:, 0]]
    kept = (own == np.bincount(own).argmax()) | (pieces["key"] == "island").to_numpy()
    return pieces[kept].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class Gates:
    """Gates of plots: which plot each belongs to (a position), the gate on its boundary, the street it opens to."""

    plot: NDArray[np.intp]
    point: NDArray[np.object_]
    street: NDArray[np.object_]


def find_gates(shapes: NDArray[np.object_], counts: NDArray[np.intp], streets: gpd.GeoDataFrame) -> Gates:
    """Up to so many gates a plot, far from each other, where its boundary lies along a street and not at a corner."""
    pieces = streets.geometry.to_numpy()
    half = np.array([WIDTHS[k] / 2 for k in streets["kind"]])
    tree = shapely.STRtree(pieces)
    found: list[tuple[int, BaseGeometry, BaseGeometry]] = []
    for plot, (shape, count) in enumerate(zip(shapes, counts, strict=True)):
        ring = shape.exterior
        points = shapely.line_interpolate_point(ring, np.arange(4.0, ring.length, 8.0))
        corners = shapely.MultiPoint(shapely.get_coordinates(shapely.simplify(ring, 3.0)))
        near, metres = tree.query_nearest(points, all_matches=False, return_distance=True)
        fits = (metres < half[near[1]] + 4.0) & (shapely.distance(points, corners) > 9.0)
        xy = shapely.get_coordinates(points[fits])
        for at in spread(xy, int(count), int(np.argmin(metres[fits])) if fits.any() else 0):
            gate = shapely.points(np.round(xy[at], 2))
            street = shapely.shortest_line(gate, pieces[near[1][fits][at]])
            found.append((plot, gate, shapely.points(np.round(shapely.get_coordinates(street)[1], 2))))
    plots, gates, ends = zip(*found, strict=True) if found else ((), (), ())
    return Gates(np.array(plots, dtype=np.intp), np.array(gates, dtype=object), np.array(ends, dtype=object))


def inner_paths(shapes: NDArray[np.object_], gates: Gates, open_: NDArray[np.bool_]) -> gpd.GeoDataFrame:
    """Paths from the streets through the gates to the middle, for plots anybody may walk through."""
    lines = []
    for plot in np.unique(gates.plot):
        if not open_[plot]:
            continue
        own = np.flatnonzero(gates.plot == plot)
        middle = shapely.points(np.round(shapely.get_coordinates(shapely.point_on_surface(shapes[plot]))[0], 2))
        for gate, street in zip(gates.point[own], gates.street[own], strict=True):
            walk = shapely.LineString(shapely.get_coordinates([street, gate, middle]))
            if shapely.covers(shapely.buffer(shapes[plot], 0.1), shapely.LineString([gate, middle])):
                lines.append(("inner", "path", walk))
    return gpd.GeoDataFrame(lines, columns=["key", "kind", "geometry"], geometry="geometry")

"""Random towns to hold laws against: streets with gaps, homes with and without gates, facilities, a canal, islands."""

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.layer import Layer, LayerSpec
from geoplan.ops import ellipsoid
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
X, Y = 500000.0, 4334000.0


def _layer(name, shapes, *, crs=TOWN, **columns):
    ids = [f"{name[0]}{i}" for i in range(len(shapes))]
    frame = gpd.GeoDataFrame({"id": ids, **columns}, geometry=np.asarray(shapes, dtype=object), crs=crs)
    return Layer(LayerSpec(name, {"zh": name, "en": name}, "any"), frame)


def _streets(rng, across):
    """A grid of blocks of 200 m, its crossings moved a little and every fifth street closed."""
    west, south = np.meshgrid(np.arange(across), np.arange(across))
    xy = np.stack([west.ravel(), south.ravel()], axis=1) * 200.0 + rng.uniform(-15, 15, (across**2, 2)) + (X, Y)
    number = np.arange(across**2).reshape(across, across)
    ends = np.concatenate([
        np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1),
        np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1),
    ])  # fmt: skip
    ends = ends[rng.uniform(size=len(ends)) > 0.2]
    lines = shapely.linestrings(xy[ends])
    return _layer("walk_network", lines, u=ends[:, 0], v=ends[:, 1], length=ellipsoid.length(lines, TOWN))


def town(seed, homes=14, facilities=4):
    """The layers `reach` and `catchment` take, and a place of two districts."""
    rng = np.random.default_rng(seed)
    across = 6
    size = (across - 1) * 200.0
    low = np.add(rng.uniform(0, size - 120, (homes, 2)), (X, Y))
    blocks = shapely.box(*low.T, *(low + rng.uniform(15, 110, (homes, 2))).T)
    people = np.where(rng.uniform(size=homes) < 0.15, np.nan, rng.integers(0, 500, homes))
    gates = np.flatnonzero(rng.uniform(size=homes) < 0.6)
    doors = shapely.line_interpolate_point(
        shapely.boundary(blocks[gates]), rng.uniform(0, 1, len(gates)), normalized=True
    )
    spots = np.add(rng.uniform(-50, size + 50, (facilities, 2)), (X, Y))
    kinds = np.where(
        rng.uniform(size=facilities) < 0.3,
        shapely.buffer(shapely.points(spots), 40, quad_segs=2),
        shapely.points(spots),
    )
    middle = Y + rng.uniform(300, 700)
    halves = [
        shapely.box(X - 100, Y - 100, X + size / 2, Y + size + 100),
        shapely.box(X + size / 2, Y - 100, X + size + 100, Y + size + 100),
    ]
    place = Place(
        "镇", shapely.box(X - 100, Y - 100, X + size + 100, Y + size + 100), TOWN,
        {"halves": Zones("halves", ("W", "E"), ("W", "E"), np.array(halves))},
    )  # fmt: skip
    return {
        "demand": _layer("residential", blocks, population=people),
        "supply": _layer("facilities", kinds),
        "streets": _streets(rng, across),
        "demand_entrances": _layer("gates", doors, parcel=[f"r{i}" for i in gates]),
        "barriers": _layer("barriers", shapely.linestrings([[[X - 100, middle], [X + size * 0.7, middle + 50]]])),
        "place": place,
    }


def with_shapes(layer, change):
    return dataclasses.replace(layer, data=layer.frame.set_geometry(change(layer.frame.geometry.to_numpy()), crs=TOWN))


def moved(layers, north):
    """The same town somewhere else along its meridian, where the plane is as true as here."""

    def move(shapes):
        return shapely.transform(np.asarray(shapes, dtype=object), lambda xy: np.add(xy, (0.0, north)))

    place = layers["place"]
    zones = {n: dataclasses.replace(z, shapes=move(z.shapes)) for n, z in place.zones.items()}
    there = dataclasses.replace(place, boundary=move([place.boundary])[0], zones=zones)
    return {n: with_shapes(layer, move) for n, layer in layers.items() if n != "place"} | {"place": there}


def shuffled(layers, seed):
    """The same town with the rows of every layer in another order."""
    rng = np.random.default_rng(seed)

    def shuffle(layer):
        frame = layer.frame.iloc[rng.permutation(len(layer.frame))].reset_index(drop=True)
        return dataclasses.replace(layer, data=frame)

    return {n: shuffle(layer) for n, layer in layers.items() if n != "place"} | {"place": layers["place"]}


def tiles(place, rng):
    """Four windows that share edges and cover the place, cut at a random point."""
    west, south, east, north = place.boundary.bounds
    x, y = rng.uniform(west, east), rng.uniform(south, north)
    far = 1.0
    return [
        place.tile(box)
        for box in (
            (west, south, x, y), (x, south, east + far, y), (west, y, x, north + far), (x, y, east + far, north + far),
        )
    ]  # fmt: skip


@pytest.fixture(scope="session")
def towns():
    """The functions above, by name."""
    return {"town": town, "moved": moved, "shuffled": shuffled, "tiles": tiles}

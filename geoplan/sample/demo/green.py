"""Green: parks of every class with their entrances, the canopy seen from above, greenways, squares."""

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geoplan.sample.demo.city import City, stack
from geoplan.sample.demo.text import ordinals, text

__all__ = ["grow_green"]


# use -> how much of its ground is planted, roughly
_YARDS = {
    "homes": 0.92, "school": 0.5, "office": 0.7, "hotel": 0.8, "hospital": 0.6, "college": 0.8, "admin": 0.8,
    "culture": 0.6, "industry": 0.35, "utility": 0.6, "service": 0.4, "elderly": 0.7, "sports": 0.4,
}  # fmt: skip


def grow_green(city: City, buildings: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Layers `parks`, `park_entrances`, `canopy`, `greenways` and `public_spaces`."""
    parks = _parks(city)
    gates = city.gates.merge(parks[["plot", "id"]], on="plot").rename(columns={"id": "parcel"})
    entrances = gpd.GeoDataFrame(
        {"id": ordinals("GYCRK", len(gates)), "parcel": gates["parcel"]}, geometry=gates.geometry
    )
    return {
        "parks": parks,
        "park_entrances": entrances,
        "canopy": _canopy(city, buildings, parks),
        "greenways": _greenways(city),
        "public_spaces": _public(city, parks),
    }


def _parks(city: City) -> gpd.GeoDataFrame:
    """Parks by size (G11 from 10 ha, G12 from 1 ha, else G14), river banks as G13; the class of one is not known."""
    rng, words = city.rng("parks"), text()["parks"]
    plots = city.plots[(city.plots["use"] == "park") & city.plots["built"]]
    banks = city.cover[(city.cover["use"] == "river_bank") & (city.cover.area > 5_000)]
    shapes = [*plots.geometry, *banks.geometry]
    area = shapely.area(np.array(shapes, dtype=object))
    bank = np.arange(len(shapes)) >= len(plots)
    beach = np.r_[(plots["role"] == "beach").to_numpy(), np.zeros(len(banks), dtype=bool)]
    kind = np.select([area >= 1e5, bank | beach & (area >= 2e4), area >= 1e4], ["G11", "G139", "G12"], default="G14")
    kind[int(np.flatnonzero(kind == "G14")[3])] = ""
    first = [text()["streets"]["first"][n % 30] for n in rng.permutation(len(shapes))]
    name = [f"{n}{words.get(k, words['G14'])}" for n, k in zip(first, kind, strict=True)]
    name[int(np.argmax(area))] = words["lake"]
    return gpd.GeoDataFrame(
        {
            "plot": [*plots.index, *np.full(len(banks), -1)],
            "id": ordinals("GY", len(shapes)),
            "name": name,
            "class": kind,
            "open_year": rng.integers(2009, 2025, len(shapes)),
        },
        geometry=shapes,
    )


def _canopy(city: City, buildings: gpd.GeoDataFrame, parks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What is green from above: park groves and lawns, street trees, estate green, shelter belts, planted roofs.

    Crowns of park trees hang over the fence, so kinds overlap; each square metre is to be counted once.
    """
    rng, words = city.rng("canopy"), text()["canopy"]
    groves = [_ragged(shape, rng) for shape in parks.geometry]
    lawns = [shapely.buffer(s, -3.0) for s in parks.geometry]
    belts = city.cover[city.cover["use"].isin(["buffer", "canal_bank", "wood"]) & city.cover["built"]]
    parts = [
        ("grove", groves), ("lawn", lawns), ("street", _street_trees(city)),
        ("estate", _yards(city, buildings, rng)), ("belt", [shapely.buffer(s, 2.0) for s in belts.geometry]),
        ("roof", _roofs(buildings, rng)),
    ]  # fmt: skip
    frames = []
    for kind, shapes in parts:
        own = shapely.set_precision(np.array(shapes, dtype=object), 0.01)
        own = shapely.intersection(own, city.ground.land)
        frames.append(gpd.GeoDataFrame({"kind": words[kind]}, index=range(len(own)), geometry=own))
    frame = stack(frames).explode(ignore_index=True)
    frame = frame[(frame.geom_type == "Polygon") & (frame.area > 8.0)].reset_index(drop=True)
    return frame.assign(id=[f"LH{n:05d}" for n in range(1, len(frame) + 1)])


def _ragged(park: BaseGeometry, rng: np.random.Generator) -> BaseGeometry:
    """Crowns of trees along the edge of a park and in its corners: they hang up to 5 m over the street."""
    ring = shapely.segmentize(shapely.buffer(park, 0.0).boundary, 22.0)
    xy = shapely.get_coordinates(ring)
    keep = rng.random(len(xy)) < 0.75
    return shapely.union_all(shapely.buffer(shapely.points(xy[keep]), rng.uniform(6.0, 15.0, keep.sum()), quad_segs=3))


def _street_trees(city: City) -> list[BaseGeometry]:
    """Strips beside the carriageways of streets wide enough for trees, cut at the crossings, cell by cell."""
    wide = {"arterial": (22.0, 12.0), "secondary": (14.0, 7.5)}
    lines = city.streets[city.streets["kind"].isin(wide)]
    outer = shapely.union_all(
        [shapely.buffer(g, wide[k][0]) for g, k in zip(lines.geometry, lines["kind"], strict=True)]
    )
    inner = shapely.union_all(
        [shapely.buffer(g, wide[k][1]) for g, k in zip(lines.geometry, lines["kind"], strict=True)]
    )
    narrow = city.streets[city.streets["kind"].isin(["local", "path", "express"])]
    inner = shapely.union(inner, shapely.union_all(shapely.buffer(narrow.geometry.to_numpy(), 7.0)))
    strips = shapely.difference(shapely.difference(outer, inner), city.ground.water)
    urban = [c.shape for c in city.cells if c.role not in {"farmland", "wetland", "marsh", "reserve"}]
    return [shapely.intersection(shapely.clip_by_rect(strips, *shapely.bounds(c)), c) for c in urban]


def _yards(city: City, buildings: gpd.GeoDataFrame, rng: np.random.Generator) -> list[BaseGeometry]:
    """Green of built plots: what lies off the houses, off the fence and off the drive through the middle."""
    built = city.plots[city.plots["built"] & city.plots["use"].isin(list(_YARDS))]
    own = {int(k): v.to_numpy() for k, v in buildings.geometry.groupby(buildings["plot"])}
    out = []
    for at, use, turn, shape in zip(built.index, built["use"], built["turn"], built.geometry, strict=True):
        if rng.random() > _YARDS[use] + 0.3:
            continue
        edge = 1.5 if use == "homes" else 9.0 / _YARDS[use] - 4.0
        taken = [shapely.buffer(own[at], 5.0, quad_segs=2)] if at in own else []
        taken.append(_drive(shape, turn))
        out.append(shapely.difference(shapely.buffer(shape, -edge), shapely.union_all(np.concatenate(taken))))
    return out


def _drive(plot: BaseGeometry, turn: float) -> NDArray[np.object_]:
    x, y = shapely.get_coordinates(shapely.centroid(plot))[0]
    bars = [shapely.box(x - 4, y - 400, x + 4, y + 400), shapely.box(x - 400, y - 3.5, x + 400, y + 3.5)]
    return np.array([affinity.rotate(b, turn, origin=(x, y)) for b in bars], dtype=object)


def _roofs(buildings: gpd.GeoDataFrame, rng: np.random.Generator) -> list[BaseGeometry]:
    flat = buildings[buildings["use"].isin(["office", "commerce", "culture", "school", "admin", "hospital"])]
    planted = flat.geometry.to_numpy()[rng.random(len(flat)) < 0.3]
    return list(shapely.buffer(planted, -3.0, join_style="mitre"))


def _greenways(city: City) -> gpd.GeoDataFrame:
    """Promenades by water: name, which part of the green system each is."""
    words, part = text()["streets"], text()["greenways"]
    keys = ["river", "canal", "lake", "shore"]
    lines = [shapely.line_merge(shapely.union_all(city.walk.geometry[city.walk["key"] == k].to_numpy())) for k in keys]
    frame = gpd.GeoDataFrame(
        {"name": [words[k] for k in keys], "part": [part[k] for k in keys]}, geometry=lines
    ).explode(ignore_index=True)  # fmt: skip
    return frame.assign(id=ordinals("LD", len(frame)))


def _public(city: City, parks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Parks and squares with what the audit of barrier-free access found; some were not audited."""
    rng, flags = city.rng("public"), text()["flags"]
    squares = city.plots[(city.plots["use"] == "square") & city.plots["built"]]
    shapes = [*parks.geometry, *squares.geometry]
    found = rng.choice([flags["yes"], flags["no"], ""], len(shapes), p=[0.82, 0.1, 0.08])
    return gpd.GeoDataFrame({"id": ordinals("GGKJ", len(shapes)), "barrier_free": found}, geometry=shapes)

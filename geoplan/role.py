"""What a method makes of the layers in its roles: several as one, entrances with their parcels, streets to walk."""

from typing import TYPE_CHECKING, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan import borders
from geoplan.layer import CLASS
from geoplan.measure import Ratio
from geoplan.ops import access, ellipsoid, network, overlay
from geoplan.ops.service import Portions, Side
from geoplan.tally import tally

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    from geoplan.layer import Layer
    from geoplan.place import Place

    Flags: TypeAlias = NDArray[np.bool_]
    Shapes: TypeAlias = NDArray[np.object_]
    Texts: TypeAlias = NDArray[np.object_]

__all__ = ["amounts", "covered", "kinds", "labels", "owned", "parts", "pooled", "side", "titles", "walking", "weighed"]


ALL = 1e-9
"""A home is wholly covered where less than this share of it lies outside."""


def owned(layer: "Layer", place: "Place") -> "NDArray[np.bool_]":
    """Which features a place counts: those whose representative point lies in it (and in its window)."""
    return place.owns(shapely.point_on_surface(layer.frame.geometry.to_numpy()))


def pooled(layers: "tuple[Layer, ...]") -> "tuple[gpd.GeoDataFrame, NDArray[np.bool_]]":
    """Several layers as one: their features, and which of them have no known class though the class decides.

    Columns one layer lacks are empty there. Where there are several layers, ids carry the name of theirs: `parks:7`.
    """
    if len(layers) == 1:
        return layers[0].frame, layers[0].unclassed
    frames = [layer.frame.assign(id=layer.name + ":" + layer.frame["id"].astype(str)) for layer in layers]
    frame = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), geometry="geometry", crs=frames[0].crs)
    return frame, np.concatenate([layer.unclassed for layer in layers])


def kinds(layers: "tuple[Layer, ...]") -> "dict[str, tuple[Flags, Flags]]":
    """Kind of facility -> which features of the pool are of it for sure, and which may be, in the order asked for.

    A kind is a class that is asked for, of whichever layer; or a whole layer of which no class is.
    """
    starts = np.cumsum([0, *(len(layer.frame) for layer in layers)])
    found: dict[str, tuple[Flags, Flags]] = {}
    for layer, start, end in zip(layers, starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        asked, own, doubt = layer.classes.get(CLASS), layer.spec.classes, layer.unclassed
        said = layer.said(CLASS)
        silent = np.array([word is None for word in said], dtype=bool)
        for kind in (layer.name,) if asked is None else (name for name in asked if name in own or not own):
            of = np.ones(end - start, dtype=bool) if asked is None else (said == kind) | silent
            blank = np.zeros(starts[-1], dtype=bool)
            sure, perhaps = found.setdefault(kind, (blank, blank.copy()))
            sure[start:end], perhaps[start:end] = of & ~doubt, of & doubt
    return found


def titles(layers: "tuple[Layer, ...]") -> dict[str, str]:
    """What the layers are called, by language: `Parks/Squares`."""
    languages = dict.fromkeys(k for layer in layers for k in layer.spec.title)
    return {k: "/".join(layer.spec.title.get(k, layer.name) for layer in layers) for k in languages}


def labels(frame: gpd.GeoDataFrame) -> "Texts":
    """What each feature is called: its name, its id where it has none."""
    ids: Texts = np.array([str(i) for i in frame["id"]], dtype=object)
    if "name" in frame:
        named = np.flatnonzero(frame["name"].notna() & (frame["name"] != ""))
        ids[named] = frame["name"].to_numpy(dtype=object)[named]
    return ids


def side(
    frame: gpd.GeoDataFrame, certain: "NDArray[np.bool_]", entrances: "Layer | None", gap: float, crs: "CRS"
) -> Side:
    """Features with their entrances: those whose `parcel` names them, else the nearest within `gap` metres.

    An entrance may name a feature of pooled layers by its bare id where no other layer has the same.
    """
    shapes = frame.geometry.to_numpy()
    if entrances is None:
        return Side(shapes, access.no_doors(), certain)
    at, ids = entrances.frame, [str(i) for i in frame["id"]]
    named = at["parcel"].to_numpy(object) if "parcel" in at else np.full(len(at), None, dtype=object)
    if not set(named) & set(ids):
        ids = [i.rpartition(":")[2] for i in ids]
    points = at.geometry.to_numpy()
    return Side(shapes, access.doors_of(points, named, np.array(ids, dtype=object), shapes, gap, crs), certain)


def walking(streets: "Layer") -> network.Network:
    """The network of a streets layer, built once however many questions walk on it.

    Raises:
        GeometryError: an edge without a length.
    """
    return streets.once("network", lambda f: network.build_network(f["u"], f["v"], f["length"], f.geometry))


def parts(streets: "Layer") -> "NDArray[np.intp]":
    """Which connected part of a streets layer each node is in, 0 the largest; found once a run."""
    return streets.once("parts", lambda _: network.components(walking(streets)))


def amounts(layer: "Layer", place: "Place") -> "dict[str, NDArray[np.float64] | None]":
    """How much each feature a place counts weighs: 1, its m2, its people; None for a weight the layer does not carry.

    People nobody counted are NaN.
    """
    mine, people = owned(layer, place), layer.numbers("population")
    areal = bool((shapely.get_dimensions(layer.frame.geometry.to_numpy()) == 2).any())
    return {
        "count": np.ones(int(mine.sum())),
        "area": ellipsoid.area(layer.frame.geometry.to_numpy()[mine], place.crs) if areal else None,
        "population": people[mine] if np.isfinite(people).any() else None,
    }


def weighed(
    part: Portions, place: "Place", points: "NDArray[np.object_]", by: "dict[str, NDArray[np.float64] | None]"
) -> dict[str, Ratio | None]:
    """The same portions by count, area and people. People nobody counted stand in neither half.

    Of a count, a parcel is served whole or not at all, whatever share of its ground is.
    """
    found: dict[str, Ratio | None] = {}
    for name, unit in (("count", "count"), ("area", "m2"), ("population", "people")):
        each, whole = by[name], name == "count"
        if each is None:
            found[name] = None
            continue
        some = np.where(np.isfinite(each), each, 0.0)
        served, blank = (part.served, part.why != "") if whole else (part.share, part.blank)
        found[name] = tally(place, points, part=some * served, whole=some, unknown=some * blank, units=(unit, unit))
    return found


def covered(
    layer: "Layer", place: "Place", sure: "Shapes", possible: "Shapes"
) -> tuple[dict[str, Ratio | None], Portions]:
    """How much of a layer's ground, and of its people in proportion, lies on some land; and how much may.

    Ground is cut at borders and counted once where it is drawn twice; people belong where their home's point lies.

    Args:
        layer: polygons, with a column `population` where people are counted.
        place: where.
        sure: land that certainly counts; it may overlap itself.
        possible: land of which nobody can tell.
    """
    homes, known, crs = layer.frame.geometry.to_numpy(), ~layer.unclassed, place.crs
    cut = borders.ground(place, homes[known])
    on, whole = borders.cover(place, cut, sure, possible), borders.areas(place, cut)
    doubt = borders.areas(place, borders.ground(place, overlay.outside(homes[~known], overlay.disjoint(homes[known]))))
    area = borders.ratio(place, part=on.part, whole=whole + doubt, unknown=on.unknown + doubt)
    each = ellipsoid.area(homes, crs)
    least, most = (
        np.clip(np.divide(overlay.covered(homes, land, crs), each, out=np.zeros(len(homes)), where=each > 0), 0.0, 1.0)
        for land in (sure, np.r_[sure, possible])
    )
    part = Portions(
        known & (least > 1 - ALL),
        np.where(known, np.where(most > least + ALL, "supply_unclassed", ""), "unclassed").astype(object),
        np.where(known, least, 0.0),
        np.where(known, np.maximum(most - least, 0.0), 1.0),
    )
    people = layer.numbers("population")
    counted = np.where(np.isfinite(people), people, 0.0)
    living = tally(
        place,
        shapely.point_on_surface(homes),
        part=counted * part.share,
        whole=counted,
        unknown=counted * part.blank,
        units=("people", "people"),
    )
    return {"area": area, "population": living if np.isfinite(people).any() else None}, part

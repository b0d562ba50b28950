"""Two states of one layer: whether they may be compared at all, and the ground of both, piece by piece."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan import borders
from geoplan.errors import LayerError
from geoplan.measure import Note, Table
from geoplan.ops import change, contact, ellipsoid, overlay
from geoplan.words import LANGUAGES, say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.layer import Layer
    from geoplan.place import Place

    Flags: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]
    Indices: TypeAlias = NDArray[np.intp]
    Shapes: TypeAlias = NDArray[np.object_]
    Texts: TypeAlias = NDArray[np.object_]

__all__ = [
    "NOWHERE", "SEEN", "Pieces", "accounts", "blank", "cautions", "classes", "flows", "incomparable", "listed",
    "pieces", "refuse", "told", "version",
]  # fmt: skip

SEEN = 0.01
"""Square metres from which ground is not rounding."""
NOWHERE = "nowhere"
"""Stands for a class where a state holds nothing."""


class Pieces(NamedTuple):
    """Ground of two states, in pieces that share none: who held each (-1: nobody), who holds it, its shape and m2.

    `thin` marks what looks like a boundary drawn twice; only ground that one state alone holds can be that.
    """

    before: "Indices"
    after: "Indices"
    shapes: "Shapes"
    areas: "Floats"
    thin: "Flags"


def version(layer: "Layer") -> str:
    """What a state is called: its document, else its date, else its file."""
    return layer.source.document or layer.source.as_of or layer.source.path or layer.name


def incomparable(before: "Layer", after: "Layer", place: "Place") -> Note | None:
    """Why two states allow no conclusion: another layer or scheme, or data that do not cover the place alike."""
    one, other = before.source, after.source
    if before.name != after.name:
        return Note("versions.other_layer", {"before": before.spec.title, "after": after.spec.title})
    if one.scheme != other.scheme:
        unstated = {language: say(language, "versions.unstated") for language in LANGUAGES}
        return Note("versions.scheme", {"before": one.scheme or unstated, "after": other.scheme or unstated})
    for source in (one, other):
        if source.covers is None:
            continue
        missing = shapely.difference(place.area, shapely.buffer(source.covers, SEEN))
        bare = float(ellipsoid.area(np.array([missing], dtype=object), place.crs)[0])
        if bare > SEEN:
            return Note("versions.boundary", {"version": source.document or source.path, "area": f"{bare:,.2f}"})
    return None


def refuse(before: "Layer", after: "Layer", place: "Place") -> None:
    """Nothing, where two states may be compared.

    Raises:
        LayerError: they are not on one basis (口径不一致).
    """
    reason = incomparable(before, after, place)
    if reason is not None:
        raise LayerError("versions.incomparable", reason={lang: reason.say(lang) for lang in LANGUAGES})


def cautions(*states: "Layer") -> Iterator[Note]:
    """What leaves a doubt in a comparison: a state that does not say what it covers, lacks features, was converted."""
    for layer in states:
        if layer.source.covers is None:
            yield Note("versions.covers_unstated", {"version": version(layer)})
        if layer.ledger.set_aside:
            yield Note("versions.set_aside", {"version": version(layer), "count": layer.ledger.set_aside})
        if layer.source.crosswalk:
            yield Note("versions.crosswalk", {"version": version(layer), "crosswalk": layer.source.crosswalk})


def classes(layer: "Layer") -> "Texts":
    """The class of each feature; None where nobody says."""
    return layer.said("class")


def blank(words: "Texts") -> "Flags":
    """Where nobody says anything."""
    return np.array([word is None for word in words], dtype=bool)


def pieces(
    states: "tuple[tuple[Layer, Flags], tuple[Layer, Flags]]", place: "Place", within: "Shapes | None", width: float,
    least: float,
) -> Pieces:  # fmt: skip
    """The ground two states hold in a place, piece by piece; overlaps within a state count once.

    Where features of a state lie on one another, what is certain goes before what is in doubt, then the class that
    stands first in the contract. Pieces are found over the whole place and cut to its window afterwards.

    Args:
        states: the earlier one and the later one, each with the features of which nobody can tell.
        place: where.
        within: ground the comparison is limited to; None for all of the place.
        width: metres; changed ground nowhere as wide looks like a boundary drawn twice.
        least: m2; and so does changed ground that is smaller.
    """
    region = place.boundary if within is None else shapely.intersection(place.boundary, shapely.union_all(within))
    held, holds = (_resolved(layer, doubt, region) for layer, doubt in states)
    ground = change.changed(held, holds)
    thin = np.zeros(len(ground.shapes), dtype=bool)
    moved = np.flatnonzero((ground.before < 0) | (ground.after < 0))
    thin[moved] = contact.slivers(ground.shapes[moved], least, width)
    mine, shapes = np.arange(len(ground.shapes)), ground.shapes
    if place.window is not None:
        cut = overlay.pieces(shapes, np.array([shapely.box(*place.window)]))
        mine, shapes = cut.left, cut.shapes
    areas = ellipsoid.area(shapes, place.crs)
    return Pieces(ground.before[mine], ground.after[mine], shapes, areas, thin[mine])


def _resolved(layer: "Layer", doubt: "Flags", region: shapely.Geometry) -> "Shapes":
    """The features of a state cut to a region, ground that several hold left to one of them."""
    order = {name: i for i, name in enumerate(layer.spec.classes)}
    rank = np.array([order.get(name, len(order)) for name in classes(layer)], dtype=np.intp)
    shapes = overlay.clip(overlay.only_polygons(layer.frame.geometry.to_numpy()), region)
    return change.resolved(shapes, rank + np.where(doubt, len(order) + 1, 0))


def accounts(place: "Place", found: Pieces, chosen: "Mapping[str, Flags]") -> "dict[str, Floats]":
    """Square metres (ellipsoidal) of some pieces, by account of the place.

    Args:
        place: whose accounts they are.
        found: the pieces.
        chosen: a name -> which pieces it is asked for.
    """
    cut = borders.split(place, found.shapes)
    areas = ellipsoid.area(cut.shapes, place.crs)
    return {
        name: borders.by_account(place, cut.account[mine], areas[mine])
        for name, mine in ((name, which[cut.parent]) for name, which in chosen.items())
    }


def told(layer: "Layer", column: str, features: "Indices") -> "Texts":
    """What a column says of some features of a state; None where there is no such feature (-1), column or word."""
    words = [*(layer.frame[column] if column in layer.frame else [None] * len(layer.frame)), None]
    return np.array([None if pd.isna(words[i]) else words[i] for i in features], dtype=object)


def listed(found: Pieces, before: "Layer", after: "Layer", place: "Place", **columns: "Texts") -> gpd.GeoDataFrame:
    """The pieces as features: the id, name and class of what held each (of what holds it, where nothing did).

    Args:
        found: the pieces.
        before: the earlier state.
        after: the later one.
        place: for its CRS.
        columns: one value a piece; the first orders the pieces of a feature.
    """
    new, names = found.before < 0, ("id", "name", "class")
    was, now = ({c: told(s, c, i) for c in names} for s, i in ((before, found.before), (after, found.after)))
    more = {c: np.where(new, now[c], was[c]) for c in names} | {
        "class_before": was["class"],
        "class_after": now["class"],
    }
    frame = gpd.GeoDataFrame({**more, **columns, "area_m2": found.areas}, geometry=found.shapes, crs=place.crs)
    return frame.sort_values(["id", next(iter(columns)), "area_m2"], kind="stable", ignore_index=True)


def flows(parts: gpd.GeoDataFrame) -> dict[str, Table]:
    """What each class was and is, and which class became which, from pieces with `became` kept, lost or gained.

    Ground that changed its class has left one and come to another: it stands in both. No tables of a layer without
    classes.
    """
    rows = parts[parts["became"].isin(("kept", "lost", "gained"))]
    one, other = (
        np.where(rows["became"] == elsewhere, NOWHERE, rows[column].fillna("unclassed").to_numpy(object))
        for column, elsewhere in (("class_before", "gained"), ("class_after", "lost"))
    )
    m2, names = rows["area_m2"].to_numpy(), sorted({*one, *other} - {NOWHERE})
    if names in ([], ["unclassed"]):
        return {}
    sums: dict[str, list[float]] = {"before_m2": [], "gained_m2": [], "lost_m2": [], "after_m2": []}
    for name in names:
        was, now = one == name, other == name
        for chosen, column in zip((was, now & ~was, was & ~now, now), sums.values(), strict=True):
            column.append(float(m2[chosen].sum()))
    pairs = sorted({*zip(one, other, strict=True)})
    areas = [float(m2[(one == b) & (other == a)].sum()) for b, a in pairs]
    ends = {"class_before": ("", [b for b, _ in pairs]), "class_after": ("", [a for _, a in pairs])}
    return {
        "classes": Table.of({"class": ("", names)} | {name: ("m2", column) for name, column in sums.items()}),
        "matrix": Table.of(ends | {"area_m2": ("m2", areas)}),
    }

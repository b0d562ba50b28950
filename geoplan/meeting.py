"""Which features meet what is asked of them, and how much of everything that is: counted whole, or cut at borders."""

from typing import TYPE_CHECKING, TypeAlias

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan import borders, inventory
from geoplan.errors import LayerError
from geoplan.measure import Ratio, Table
from geoplan.ops import ellipsoid, lines
from geoplan.role import pooled
from geoplan.tally import tally

if TYPE_CHECKING:
    from geoplan.layer import Layer
    from geoplan.place import Place

Floats: TypeAlias = NDArray[np.float64]
Texts: TypeAlias = NDArray[np.object_]
Shapes: TypeAlias = NDArray[np.object_]

__all__ = ["asked", "by_class", "by_ground", "by_length", "by_number"]

_STATUS = np.array(["met", "not_met", "unknown"], dtype=object)


def asked(met: "tuple[Layer, ...]", features: "tuple[Layer, ...]") -> tuple[gpd.GeoDataFrame, Texts]:
    """The features of several layers, and of each whether the narrower filter of the same layers keeps it.

    `unknown` where a class that either filter asks for is one nobody knows.

    Raises:
        LayerError: what should meet is of another layer than what is asked about.
    """
    frame, unclassed = pooled(features)
    of = np.concatenate([np.full(len(layer.frame), layer.name, dtype=object) for layer in features])
    ids = np.concatenate([layer.frame["id"].to_numpy(dtype=object) for layer in features])
    place = {key: i for i, key in enumerate(zip(of, ids, strict=True))}
    status = np.full(len(frame), "not_met", dtype=object)
    for layer in met:
        if any((layer.name, i) not in place for i in layer.frame["id"]):
            names = [", ".join(sorted({one.name for one in role})) for role in (met, features)]
            raise LayerError("meeting.another_layer", met=names[0], features=names[1])
        rows = np.array([place[layer.name, i] for i in layer.frame["id"]], dtype=np.intp)
        status[rows] = np.where(layer.unclassed, "unknown", "met")
    status[unclassed] = "unknown"
    return frame, status


def by_number(
    place: "Place", frame: gpd.GeoDataFrame, status: Texts, numbers: Floats | None, unit: str
) -> Ratio | None:
    """The share of a number each feature carries, counted whole where its representative point lies.

    Features whose number nobody knows stand in neither half; without numbers there is no share.
    """
    if numbers is None:
        return None
    some = np.where(np.isfinite(numbers), numbers, 0.0)
    points = inventory.spots(frame)
    met, unknown = some * (status == "met"), some * (status == "unknown")
    return tally(place, points, part=met, whole=some, unknown=unknown, units=(unit, unit))


def by_ground(place: "Place", shapes: Shapes, status: Texts) -> Ratio | None:
    """The share of the ground under polygons, cut at borders, each square metre once; None unless all are polygons.

    Ground under two polygons of which not both meet what is asked is unknown.
    """
    if not (shapely.get_dimensions(shapes) == 2).all():
        return None
    others, possible = shapes[status != "met"], shapes[status != "not_met"]
    whole, beside, most = borders.under(place, borders.ground(place), shapes, others, possible)
    # under met alone lies what no other covers; under not met alone what is under none that is met or may be
    part, unmet = (borders.less(whole, taken, float(whole[0])) for taken in (beside, most))
    unknown = borders.less(whole, part + unmet, float(whole[0]))
    return borders.ratio(place, part=part, whole=whole, unknown=unknown)


def by_length(place: "Place", shapes: Shapes, status: Texts) -> tuple[Ratio | None, Floats]:
    """The share of the length of lines, cut at borders, each stretch once; and the metres of each line in the place.

    A stretch of which its lines do not agree is unknown. None unless all are lines.
    """
    if not (shapely.get_dimensions(shapes) == 1).all():
        return None, np.full(len(shapes), np.nan)
    label = np.array([{word: i for i, word in enumerate(_STATUS)}[word] for word in status], dtype=np.int64)
    drawn = lines.once(shapes, label)
    cut = borders.stretches(place, drawn.lines, 0.0)
    says = np.where(drawn.agreed, label[drawn.parent], 2)[cut.parent]
    metres, is_in = ellipsoid.length(cut.shapes, place.crs), cut.account != borders.OUTSIDE
    part, whole, unknown = (
        borders.by_account(place, cut.account[chosen & is_in], metres[chosen & is_in])
        for chosen in (says == 0, says >= 0, says == 2)
    )
    mine = cut.account == 0
    each = np.bincount(drawn.parent[cut.parent[mine]], metres[mine], minlength=len(shapes)).astype(np.float64)
    return borders.ratio(place, part=part, whole=whole, unknown=unknown, units=("m", "m")), each


def by_class(rows: gpd.GeoDataFrame) -> Table:
    """How many features of each class there are, and how many of them meet what is asked."""
    named = inventory.classes_of(rows)
    names = sorted(set(named), key=lambda name: (not name, name))
    masks = [named == name for name in names]
    counts = {word: [int((mask & (rows["status"] == word).to_numpy()).sum()) for mask in masks] for word in _STATUS}
    whole = [int(mask.sum()) for mask in masks]
    return Table.of(
        {
            "class": ("", [name or None for name in names]),
            "whole": ("count", whole),
            **{word: ("count", each) for word, each in counts.items()},
            "share": ("%", [100 * met / of for met, of in zip(counts["met"], whole, strict=True)]),
        }
    )

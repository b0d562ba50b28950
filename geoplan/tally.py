"""Things that are counted whole: homes, people, facilities; each belongs where its one point lies."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from geoplan.measure import Halves, Ratio, Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.place import Place

__all__ = ["tally"]


def tally(
    place: "Place",
    points: "NDArray[np.object_]",
    *,
    part: "NDArray[Any]",
    whole: "NDArray[Any]",
    unknown: "NDArray[Any] | None" = None,
    bounded: bool = True,
    units: tuple[str, str] = ("count", "count"),
) -> Ratio:
    """The ratio of things that are counted whole: each belongs, with all its weights, where its point lies.

    Args:
        place: its boundary and window decide what is counted, its zones where.
        points: one representative point a thing.
        part: per thing, how much of it is in the part.
        whole: per thing, how much of it there is.
        unknown: per thing, how much of it nobody knows about.
        bounded: True for shares, False for amounts per head.
        units: of the part and of the whole.
    """
    owned = place.owns(points)
    unknown = np.zeros(len(points)) if unknown is None else unknown
    columns = [np.where(owned, np.asarray(c, dtype=float), 0.0) for c in (part, whole, unknown)]

    def halves(chosen: "NDArray[np.bool_]") -> Halves:
        in_part, in_whole, not_known = (math.fsum(c[chosen]) for c in columns)
        return Halves(in_part, in_whole, not_known, bounded)

    by_zone = {}
    for level, zones in place.zones.items():
        at = zones.locate(points)
        rows = [
            Row(z, n, halves(owned & (at == i))) for i, (z, n) in enumerate(zip(zones.ids, zones.names, strict=True))
        ]
        by_zone[level] = (*rows, Row(None, "", halves(owned & (at == -1))))
    return Ratio(halves(owned), by_zone, *units)

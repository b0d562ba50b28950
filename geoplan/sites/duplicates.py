"""Ground that was handed in twice: plots that are the same plot, and plots that overlap otherwise."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from geoplan.ops.ellipsoid import area
from geoplan.ops.overlay import only_polygons
from geoplan.sites.site import Site

if TYPE_CHECKING:
    from pyproj import CRS

__all__ = ["SAME", "twice"]

Pair: TypeAlias = tuple[str, str, str, str, float]

SAME = 0.99
"""Share of each of two plots that they have in common when they count as one; one inside the other is not the same."""
LEAST = 0.01
"""Square metres below which two plots only touch: what the tables print as nothing."""


def twice(sites: Sequence[Site], earlier: Sequence[Site], crs: "CRS") -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """Which plots are there twice, and which overlap otherwise.

    Args:
        sites: of this batch; compared with each other, plots of one project too.
        earlier: of batches answered before; compared with this batch only.
        crs: of all of them, in metres.

    Returns:
        (receipt, plot, receipt, plot, share of the larger plot in common), and the same with the m2 in common
        (ellipsoidal); the later plot first, in the order received.

    >>> twice([], [], None)
    ((), ())
    """
    plots = [(s.receipt, key, p.shape) for s in sites for key, p in zip(s.keys, s.plots, strict=True)]
    new = len(plots)
    plots += [(s.receipt, key, p.shape) for s in earlier for key, p in zip(s.keys, s.plots, strict=True)]
    if not new:
        return (), ()
    shapes = np.array([shape for _, _, shape in plots], dtype=object)
    # earlier batches are asked about, never asked among themselves
    left, right = shapely.STRtree(shapes).query(shapes[:new], predicate="intersects")
    pairs = (right < left) | (right >= new)
    left, right = left[pairs], right[pairs]
    order = np.lexsort((right, left))
    left, right = left[order], right[order]
    common = area(only_polygons(shapely.intersection(shapes[left], shapes[right])), crs)
    own = area(shapes, crs)
    larger = np.maximum(own[left], own[right])
    duplicates: list[Pair] = []
    overlaps: list[Pair] = []
    for a, b, shared, most in zip(left, right, common, larger, strict=True):
        names = (*plots[a][:2], *plots[b][:2])
        if most > 0 and shared >= SAME * most:
            duplicates.append((*names, min(float(shared / most), 1.0)))
        elif shared > LEAST:
            overlaps.append((*names, float(shared)))
    return tuple(duplicates), tuple(overlaps)

"""How long it takes on a network whose edges carry minutes; of edges that say none, what would be true at best."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from geoplan.ops import access
from geoplan.ops.network import INCLUSIVE, Network, Positions, build_network, nearest_supply, walk_metres
from geoplan.ops.service import Portions, Side

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from pyproj import CRS

    Flags: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]
    Places: TypeAlias = NDArray[np.intp]

__all__ = ["Times", "portions", "timed", "times"]

NEVER = 1e12
"""Minutes of an edge nobody knows the minutes of, where only what is known counts."""
LONGEST = 1e6
"""Minutes no way takes that is known all along."""


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """Per origin, how long it takes to the nearest supply.

    Attributes:
        minutes: over edges of known minutes to certain supply; infinite where there is no such way (n,).
        perhaps: the same, and to supply of unknown class too (n,).
        least: at best: to any supply, edges of unknown minutes taking none; infinite where no way leads there (n,).
        supply: which certain supply is nearest, -1 where none is (n,).
        attached: whether the origin lies near enough to the network (n,).
        supply_attached: whether each supply does (k,).
    """

    minutes: "Floats"
    perhaps: "Floats"
    least: "Floats"
    supply: "Places"
    attached: "Flags"
    supply_attached: "Flags"


def timed(u: "ArrayLike", v: "ArrayLike", minutes: "Floats", shapes: "ArrayLike") -> tuple[Network, Network]:
    """The network of known minutes, on which other edges are never taken, and the one on which they take no time.

    Raises:
        GeometryError: negative minutes.

    >>> import shapely
    >>> line = shapely.linestrings([[[0, 0], [3, 0]], [[3, 0], [3, 4]]])
    >>> [float(net.length.min()) for net in timed([1, 2], [2, 3], np.array([5.0, np.nan]), line)]
    [5.0, 0.0]
    >>> [len(net.node) for net in timed([], [], np.array([]), [])]
    [0, 0]
    """
    blank = np.isnan(minutes)
    known, best = (build_network(u, v, np.where(blank, value, minutes), shapes) for value in (NEVER, 0.0))
    return known, best


def times(
    origins: Side,
    supply: Side,
    networks: tuple[Network, Network],
    crs: "CRS",
    *,
    max_snap: float,
    snap_to: Literal["edge", "node"],
) -> Times:
    """Least minutes from each origin to supply; the way between a place and the network takes no time."""
    how: dict[str, Any] = {"gap": 0.0, "max_snap": max_snap, "snap_to": snap_to}
    n, found = len(origins.shapes), []
    for net, kept in ((networks[0], supply.certain), (networks[0], None), (networks[1], None)):
        starts, ends = (access.access_points(s.shapes, s.doors, net, crs, **how) for s in (origins, supply))
        some = ends if kept is None else ends.of(kept)
        along, source = walk_metres(
            nearest_supply(net, _beside_nothing(some.positions)), _beside_nothing(starts.positions)
        )
        along[along >= LONGEST] = np.inf
        found.append((*starts.nearest(along, n), source, some.owner, starts, ends))
    minutes, way, source, owner, starts, ends = found[0]
    came = np.full(n, -1, dtype=np.intp)
    came[way >= 0] = owner[source[way[way >= 0]]]
    on, goals = (np.isin(np.arange(len(s.shapes)), a.owner) for s, a in ((origins, starts), (supply, ends)))
    return Times(minutes, found[1][0], found[2][0], came, on, goals)


def portions(found: Times, origins: Side, supply: Side, limit: float) -> Portions:
    """Which origins are within a limit (inclusive), and of which nobody can tell, with the reason."""
    far = found.minutes > limit + INCLUSIVE
    causes = {
        "unclassed": ~origins.certain,
        "unsnapped": far & ~found.attached,
        "no_supply": np.full(len(far), not len(supply.shapes)),
        "supply_unclassed": far & (found.perhaps <= limit + INCLUSIVE),
        "minutes": far & (found.least <= limit + INCLUSIVE),
        "supply_unsnapped": far & ~found.supply_attached.all(),
        "island": np.isinf(found.least),
    }
    why = np.select(list(causes.values()), [np.full(len(far), word, dtype=object) for word in causes], default="")
    served = (why == "") & ~far
    return Portions(served, why, served.astype(float), (why != "").astype(float))


def _beside_nothing(positions: Positions) -> Positions:
    return replace(positions, off=np.zeros(len(positions)))

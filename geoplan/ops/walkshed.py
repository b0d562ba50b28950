"""What can be reached on foot, drawn: pieces of streets up to the metre where the walk ends, and the land beside them.

Never a hull: a hull covers the canal, the railway yard and the block nobody can enter.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.ops.network import Network, Walks

    Floats: TypeAlias = NDArray[np.float64]
    Places: TypeAlias = NDArray[np.intp]
    Shapes: TypeAlias = NDArray[np.object_]

__all__ = ["Pieces", "cut", "land_beside", "reached_pieces"]

SAME = 1e-9
ROUND = 16
"""Segments of a quarter circle at the end of a street: a disc loses 0.16 % of its area."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Stretches of edges, from `start` to `end` metres along each, and who they belong to.

    Attributes:
        edge: (k,).
        start: metres from u (k,).
        end: metres from u, beyond `start` (k,).
        owner: the group of the nearest supply (k,).
    """

    edge: "Places"
    start: "Floats"
    end: "Floats"
    owner: "Places"

    def of(self, owner: int) -> "Pieces":
        """The stretches of one owner."""
        k = self.owner == owner
        return Pieces(self.edge[k], self.start[k], self.end[k], self.owner[k])


def reached_pieces(walks: "Walks", limit: float, group: "Places | None" = None) -> Pieces:
    """The stretches of streets from which the nearest supply is at most `limit` metres away.

    A street reached from both ends is reached in two pieces where they do not meet. Where two supplies of different
    groups share a street, each has it up to the place that is equally far from both.

    Args:
        walks: from `nearest_supply`; its own limit must not be smaller.
        limit: metres; what the supply lies beside the network counts.
        group: group of each supply position; all are one group if left out.
    """
    edge, behind, ahead = _links(walks, limit)
    belongs = np.zeros(len(walks.stop_edge), dtype=np.intp) if group is None else group
    span = ahead[0] - behind[0]
    # from behind people have the link up to the place that is equally far from both its ends
    middle = np.clip((span + ahead[1] - behind[1]) / 2, 0.0, span)
    first = np.minimum(np.clip(limit - behind[1], 0.0, None), middle)
    second = np.minimum(np.clip(limit - ahead[1], 0.0, None), span - middle)
    start = np.concatenate([behind[0], ahead[0] - second])
    end = np.concatenate([behind[0] + first, ahead[0]])
    source = np.concatenate([behind[2], ahead[2]])
    kept = np.flatnonzero(end - start > SAME)
    return _joined(np.r_[edge, edge][kept], start[kept], end[kept], belongs[source[kept]])


def cut(network: "Network", pieces: Pieces) -> "Shapes":
    """The stretches as LineStrings; an edge reached whole is the edge itself."""
    out = network.shapes[pieces.edge]
    part = np.flatnonzero(~_whole(network, pieces))
    if not len(part):
        return out
    drawn = shapely.length(out[part]) / network.length[pieces.edge[part]]
    start, end = pieces.start[part] * drawn, pieces.end[part] * drawn
    xy, line = shapely.get_coordinates(out[part], return_index=True)
    step = np.r_[0.0, np.hypot(*np.diff(xy, axis=0).T)]
    along = np.cumsum(step)
    along -= along[np.searchsorted(line, np.arange(len(part)))][line]
    inner = (along > start[line]) & (along < end[line])
    number = np.arange(len(part))
    tips = [shapely.get_coordinates(shapely.line_interpolate_point(out[part], at)) for at in (start, end)]
    which, place = np.r_[number, line[inner], number], np.r_[start, along[inner], end]
    order = np.lexsort((place, which))
    out[part] = shapely.linestrings(np.concatenate([tips[0], xy[inner], tips[1]])[order], indices=which[order])
    return out


def land_beside(network: "Network", sets: Sequence[Pieces], width: float) -> "Shapes":
    """For each set of stretches the land within `width` (in the units of the CRS) of them, as one polygon.

    Each whole edge is buffered once, however many sets hold it.
    """
    whole = [_whole(network, pieces) for pieces in sets]
    used = np.unique(
        np.concatenate([np.zeros(0, dtype=np.intp), *(p.edge[w] for p, w in zip(sets, whole, strict=True))])
    )
    beside = shapely.buffer(network.shapes[used], width, quad_segs=ROUND)

    def union(number: int) -> Any:
        pieces, all_of = sets[number], whole[number]
        rest = Pieces(pieces.edge[~all_of], pieces.start[~all_of], pieces.end[~all_of], pieces.owner[~all_of])
        ends = shapely.buffer(cut(network, rest), width, quad_segs=ROUND)
        return shapely.union_all(np.concatenate([beside[np.searchsorted(used, pieces.edge[all_of])], ends]))

    out = np.empty(len(sets), dtype=object)
    with ThreadPoolExecutor(2) as pool:
        out[:] = list(pool.map(union, range(len(sets))))
    return out


def _whole(network: "Network", pieces: Pieces) -> "NDArray[np.bool_]":
    """Which stretches are all of their edge."""
    return (pieces.start <= SAME) & (pieces.end >= network.length[pieces.edge] - SAME)


def _links(walks: "Walks", limit: float) -> "tuple[Places, list[Any], list[Any]]":
    """Links of chains with an end within the limit: edge; for both ends metres along it, metres to supply, which."""
    net = walks.network
    edge = walks.stop_edge
    starts = np.r_[True, edge[1:] != edge[:-1]] if len(edge) else np.zeros(0, dtype=bool)
    ends = np.r_[starts[1:], True] if len(edge) else starts
    plain = np.setdiff1d(np.arange(len(net.length)), edge)
    first, last = edge[starts], edge[ends]
    stop = (walks.stop_at, walks.stop_metres, walks.stop_source)
    at_u = [np.zeros(len(net.length)), walks.metres[net.u], walks.source[net.u]]
    at_v = [net.length, walks.metres[net.v], walks.source[net.v]]
    # in order: edges without supply, from u to the first stop, from stop to stop, from the last stop to v
    inner = np.flatnonzero(~starts)
    behind = [np.concatenate([u[plain], u[first], s[inner - 1], s[ends]]) for u, s in zip(at_u, stop, strict=True)]
    ahead = [np.concatenate([v[plain], s[starts], s[inner], v[last]]) for v, s in zip(at_v, stop, strict=True)]
    where = np.concatenate([plain, first, edge[inner], last])
    # the far end of a link may lie beyond what was asked: then all of the link is nearer by way of the near end
    near = np.minimum(behind[1], ahead[1]) <= limit
    behind, ahead, where = [b[near] for b in behind], [a[near] for a in ahead], where[near]
    span = ahead[0] - behind[0]
    behind[1], ahead[1] = np.minimum(behind[1], ahead[1] + span), np.minimum(ahead[1], behind[1] + span)
    return where, behind, ahead


def _joined(edge: "Places", start: "Floats", end: "Floats", owner: "Places") -> Pieces:
    """Stretches that touch and have one owner as one stretch."""
    order = np.lexsort((end, start, edge))
    edge, start, end, owner = edge[order], start[order], end[order], owner[order]
    if not len(edge):
        return Pieces(edge, start, end, owner)
    new = np.r_[True, (edge[1:] != edge[:-1]) | (owner[1:] != owner[:-1]) | (start[1:] > end[:-1] + SAME)]
    first = np.flatnonzero(new)
    return Pieces(edge[first], start[first], np.maximum.reduceat(end, first), owner[first])

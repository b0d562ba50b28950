"""How far it is on foot: shortest paths along streets, exact to the metre on the edge where each walk starts and ends.

Nobody walks from junction to junction. A facility stands at a place on an edge, so each edge becomes the chain
u, facilities, v; a walk starts at a place on an edge, so it is bracketed between its two neighbours in that chain. Two
people on one edge therefore meet along it, never by way of a junction. Between junctions the chain is as long as the
edge, so the search goes over junctions and the facilities are looked up along their edges afterwards.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import networkx as nx
import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geoplan.errors import GeometryError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Places: TypeAlias = NDArray[np.intp]
    Shapes: TypeAlias = NDArray[np.object_]

__all__ = [
    "INCLUSIVE",
    "Network",
    "Positions",
    "Walks",
    "at_nodes",
    "build_network",
    "components",
    "nearest_supply",
    "walk_metres",
]

INCLUSIVE = 1e-6
"""A walk of the limit and this many metres is within the limit: ten edges of 50 m sum to 500.000000000089."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Streets people walk: nodes, and edges that can be walked both ways.

    Attributes:
        node: ids of the nodes as the layer writes them, ascending, int64 (n,).
        u: where each edge starts, as a position in `node` (m,).
        v: where it ends (m,).
        length: metres, (m,).
        shapes: LineStrings from u to v, (m,).
        tree: the same lines, ready to be searched.
        links: (n, n), both directions, of parallel edges the shortest.
    """

    node: "NDArray[np.int64]"
    u: "Places"
    v: "Places"
    length: "Floats"
    shapes: "Shapes"
    tree: shapely.STRtree
    links: Any

    def node_points(self) -> "Floats":
        """Coordinates of the nodes, (n, 2)."""
        xy = np.full((len(self.node), 2), np.nan)
        xy[self.v] = shapely.get_coordinates(shapely.get_point(self.shapes, -1))
        xy[self.u] = shapely.get_coordinates(shapely.get_point(self.shapes, 0))
        return xy


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Places people can step onto the network: which edge, how far along it from its start, how far beside it.

    Attributes:
        edge: (k,).
        at: metres from u along the edge, (k,).
        off: metres walked beside the network to get there, (k,).
    """

    edge: "Places"
    at: "Floats"
    off: "Floats"

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, chosen: "NDArray[Any]") -> "Positions":
        """Some of the positions, by mask or by number."""
        return Positions(self.edge[chosen], self.at[chosen], self.off[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """How far the nearest supply is from everywhere on a network.

    Attributes:
        network: the streets.
        limit: beyond this nothing was asked; metres there are infinite.
        metres: from each node, (n,).
        source: the supply position that is nearest to each node, -1 where none is; arbitrary on ties, (n,).
        stop_edge: edges of the supply positions in the order of the chain: by edge, then along it, (k,).
        stop_at: metres along the edge, in that order.
        stop_metres: from each of them to the nearest supply; what is beside the network counts.
        stop_source: which supply that is.
    """

    network: Network
    limit: float
    metres: "Floats"
    source: "Places"
    stop_edge: "Places"
    stop_at: "Floats"
    stop_metres: "Floats"
    stop_source: "Places"


def build_network(u: "ArrayLike", v: "ArrayLike", length: "ArrayLike", shapes: "ArrayLike") -> Network:
    """The walking network made of edges: equal node ids are connected, whatever their coordinates.

    Args:
        u: id of the node each edge starts at, whole numbers (m,).
        v: id of the node it ends at.
        length: metres, not negative.
        shapes: LineStrings from u to v.

    Raises:
        GeometryError: an edge without a length, or with a negative one.

    >>> line = shapely.linestrings([[[0, 0], [3, 0]], [[0, 0], [3, 4]]])
    >>> streets = build_network([1, 1], [2, 2], [9.0, 5.0], line)
    >>> float(streets.links[0, 1])   # of parallel edges the shortest, not their sum
    5.0
    >>> len(build_network([], [], [], []).node)
    0
    """
    first, last = np.asarray(u, dtype=np.int64), np.asarray(v, dtype=np.int64)
    metres = np.asarray(length, dtype=float)
    wrong = ~(np.isfinite(metres) & (metres >= 0))
    if wrong.any():
        raise GeometryError("network.length", n=int(wrong.sum()), first=int(np.flatnonzero(wrong)[0]) + 1)
    node, where = np.unique(np.concatenate([first, last]), return_inverse=True)
    start, end = where[: len(first)].astype(np.intp), where[len(first) :].astype(np.intp)
    lines = np.asarray(shapes, dtype=object)
    links = _links(np.r_[start, end], np.r_[end, start], np.r_[metres, metres], len(node))
    return Network(node, start, end, metres, lines, shapely.STRtree(lines), links)


def at_nodes(network: Network, node: "Places", off: "Floats | None" = None) -> Positions:
    """Positions that stand on nodes (given by position in `network.node`), `off` metres beside them.

    >>> streets = build_network([5], [8], [30.0], shapely.linestrings([[[0, 0], [30, 0]]]))
    >>> at_nodes(streets, np.array([1, 0])).at.tolist()
    [30.0, 0.0]
    >>> len(at_nodes(streets, np.zeros(0, dtype=int)))
    0
    """
    some = np.zeros(len(network.node), dtype=np.intp)
    some[network.v], some[network.u] = np.arange(len(network.v)), np.arange(len(network.u))
    edge = some[node]
    at = np.where(network.u[edge] == node, 0.0, network.length[edge])
    return Positions(edge, at, np.zeros(len(edge)) if off is None else off)


def nearest_supply(network: Network, supply: Positions, limit: float = np.inf) -> Walks:
    """Walk outwards from every supply at once, as far as `limit`, and note how far the nearest is.

    Metres count what lies beside the network on the supply's side. The limit is inclusive.
    """
    n, k = len(network.node), len(supply)
    order = np.lexsort((supply.at, supply.edge))
    edge, at, off = supply.edge[order], supply.at[order], supply.off[order]
    u, v, rest = network.u[edge], network.v[edge], network.length[edge] - at
    metres, source = np.full(n, np.inf), np.full(n, -1, dtype=np.intp)
    if k:
        # each supply hangs beside its edge on one-way links, so that nobody takes a short cut through a facility
        links = _with_pendants(network.links, np.stack([u, v], axis=1), np.stack([off + at, off + rest], axis=1))
        found, _, came = dijkstra(
            links, indices=np.arange(n, n + k), min_only=True, limit=limit + INCLUSIVE, return_predecessors=True
        )
        metres, source = found[:n], np.where(came[:n] < 0, -1, order[np.clip(came[:n] - n, 0, k - 1)])
    ways = np.stack([off, metres[u] + at, metres[v] + rest])
    best = ways.argmin(axis=0)
    which = np.choose(best, [order, source[u], source[v]])
    stops = _along_edges(edge, at, ways[best, np.arange(k)], which)
    return Walks(network, limit, metres, source, edge, at, *stops)


def walk_metres(walks: Walks, origins: Positions) -> "tuple[Floats, Places]":
    """How far each origin has to walk to its nearest supply, and to which: infinite and -1 beyond the limit.

    What lies beside the network counts at both ends.
    """
    side = bracket(walks, origins.edge, origins.at)
    best, which = side[0]
    other, which_other = side[1]
    metres = np.minimum(best, other) + origins.off
    source = np.where(best <= other, which, which_other)
    beyond = ~(metres <= walks.limit + INCLUSIVE) | np.isinf(metres)
    metres[beyond], source[beyond] = np.inf, -1
    return metres, source


def bracket(walks: Walks, edge: "Places", at: "Floats") -> "tuple[tuple[Floats, Places], tuple[Floats, Places]]":
    """Metres and supply by way of the neighbour behind and of the neighbour ahead, for places on edges."""
    net, stops = walks.network, len(walks.stop_edge)
    # complex numbers sort by real, then imaginary part: the order of the chain, without rounding a joint key
    ahead = np.searchsorted(walks.stop_edge + 1j * walks.stop_at, edge + 1j * at)
    behind = ahead - 1
    has_ahead = ahead < stops
    has_ahead[has_ahead] = walks.stop_edge[ahead[has_ahead]] == edge[has_ahead]
    has_behind = behind >= 0
    has_behind[has_behind] = walks.stop_edge[behind[has_behind]] == edge[has_behind]
    back = walks.metres[net.u[edge]] + at, walks.source[net.u[edge]]
    on = walks.metres[net.v[edge]] + (net.length[edge] - at), walks.source[net.v[edge]]
    i, j = behind[has_behind], ahead[has_ahead]
    back[0][has_behind] = walks.stop_metres[i] + (at[has_behind] - walks.stop_at[i])
    back[1][has_behind] = walks.stop_source[i]
    on[0][has_ahead] = walks.stop_metres[j] + (walks.stop_at[j] - at[has_ahead])
    on[1][has_ahead] = walks.stop_source[j]
    return back, on


def components(network: Network) -> "Places":
    """Which connected part of the network each node is in: 0 is the one with the most nodes, then 1, ...

    >>> line = shapely.linestrings([[[0, 0], [1, 0]]] * 3)
    >>> components(build_network([1, 2, 8], [2, 3, 9], [1, 1, 1], line)).tolist()
    [0, 0, 0, 1, 1]
    >>> components(build_network([], [], [], [])).tolist()
    []
    """
    graph = nx.Graph()
    graph.add_nodes_from(range(len(network.node)))
    graph.add_edges_from(zip(network.u.tolist(), network.v.tolist(), strict=True))
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    label = np.zeros(len(network.node), dtype=np.intp)
    for number, part in enumerate(parts):
        label[list(part)] = number
    return label


def _along_edges(edge: "Places", at: "Floats", metres: "Floats", which: "Places") -> "tuple[Floats, Places]":
    """The least metres from each stop of a chain to a supply, those along the edge from its other stops included.

    Sorted by edge, then along it. Every round looks twice as far along the chain, in both directions.
    """
    step = 1
    while step < len(edge) and (edge[step:] == edge[:-step]).any():
        for to, fro in ((slice(step, None), slice(None, -step)), (slice(None, -step), slice(step, None))):
            walk = np.where(edge[to] == edge[fro], metres[fro] + np.abs(at[to] - at[fro]), np.inf)
            nearer = np.flatnonzero(walk < metres[to])
            metres[to][nearer], which[to][nearer] = walk[nearer], which[fro][nearer]
        step *= 2
    return metres, which


def _links(row: "Places", column: "Places", metres: "Floats", size: int) -> Any:
    """A square CSR matrix that keeps the shortest of parallel links (SciPy would add them up: 5 and 9 make 14)."""
    order = np.lexsort((metres, column, row))
    row, column, metres = row[order], column[order], metres[order]
    first = np.r_[True, (row[1:] != row[:-1]) | (column[1:] != column[:-1])] if len(row) else np.zeros(0, dtype=bool)
    start = np.zeros(size + 1, dtype=np.int32)
    np.cumsum(np.bincount(row[first], minlength=size), out=start[1:])
    return csr_array((metres[first], column[first].astype(np.int32), start), shape=(size, size))


def _with_pendants(base: Any, column: "Places", metres: "Floats") -> Any:
    """The links of a network and, for each pendant, a row of its own with its one-way links (k, 2)."""
    k = len(column)
    size = base.shape[0] + k
    start = np.concatenate([base.indptr, base.indptr[-1] + 2 * np.arange(1, k + 1, dtype=np.int32)])
    columns = np.concatenate([base.indices, column.ravel().astype(np.int32)])
    return csr_array((np.concatenate([base.data, metres.ravel()]), columns, start), shape=(size, size))

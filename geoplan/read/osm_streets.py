"""The walking network of an OpenStreetMap file, read offline: which ways are walked, split where they share a node.

Walked is every highway but motorways, what is not built (yet), and what bears no walking; of those, not the ways that
are closed to people on foot or to the public (`foot=no`, `access=private`), unless `foot` says they are welcome. The
outline of a pedestrian area (`area=yes`) is no way. One-way rules are for wheels.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.errors import SourceError

if TYPE_CHECKING:
    from geoplan.crs import Bounds
    from geoplan.read.guards import Found

__all__ = ["CLOSED", "CLOSED_ON_FOOT", "NOT_WALKED", "Streets", "streets_of", "walked"]

NOT_WALKED = frozenset({
    "abandoned", "bus_guideway", "construction", "corridor", "disused", "elevator", "escape", "motorway",
    "motorway_link", "no", "planned", "platform", "proposed", "raceway", "razed", "rest_area", "services",
    "via_ferrata",
})  # fmt: skip
WELCOME = frozenset({"yes", "designated", "permissive", "official", "destination"})
CLOSED_ON_FOOT = frozenset({"no", "private", "use_sidepath", "discouraged"})
CLOSED = frozenset({"no", "private"})


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """Edges of streets as a source draws them, from node u to node v.

    Attributes:
        ids: a text each.
        u: node ids; edges that share one meet there.
        v: the same, of the other end.
        lines: in the CRS of the source.
        cells: what the source says of each, by its own names.
        ways: how many streets they were before they were split.
    """

    ids: list[str]
    u: NDArray[np.int64]
    v: NDArray[np.int64]
    lines: NDArray[np.object_]
    cells: Mapping[str, list[Any]] = field(default_factory=dict)
    ways: int = 0


def walked(tags: Mapping[str, str]) -> bool:
    """Whether people walk along a way with these tags.

    >>> walked({"highway": "residential"}), walked({"highway": "motorway"})
    (True, False)
    >>> walked({"highway": "service", "access": "private"}), walked({"highway": "trunk", "foot": "no"})
    (False, False)
    >>> walked({"highway": "service", "access": "private", "foot": "yes"})
    True
    >>> walked({})
    False
    """
    kind, foot = tags.get("highway", "no"), tags.get("foot", "")
    if tags.get("area") == "yes":
        return False
    if kind in NOT_WALKED:
        return kind in {"motorway", "motorway_link"} and foot in {"yes", "designated"}
    if foot in WELCOME:
        return True
    closed = foot in CLOSED_ON_FOOT or tags.get("access", "") in CLOSED or tags.get("motorroad") == "yes"
    return not closed


def streets_of(found: "Found", box: "Bounds | None") -> Streets:
    """The walking network of a file, ways that meet a box of degrees where one is given.

    Raises:
        SourceError: the file is broken or is packed.
    """
    runs = [r for r in _runs(found) if box is None or _meets(r.xy, box)]
    return _split(runs)


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """A way, or a stretch of it whose nodes are all in the file."""

    way: int
    kind: str
    name: str | None
    nodes: NDArray[np.int64]
    xy: NDArray[np.float64]


def _runs(found: "Found") -> Iterator[_Run]:
    import osmium

    if found.file is None or found.member:
        raise SourceError("source.archive_kind", path=found.text)
    # nodes come first in a file; the ways then know where they are
    processor = osmium.FileProcessor(str(found.file)).with_locations().with_filter(osmium.filter.KeyFilter("highway"))
    try:
        for way in processor:
            if not isinstance(way, osmium.osm.Way):
                continue
            tags = {tag.k: tag.v for tag in way.tags}
            if walked(tags):
                yield from _whole(way, tags)
    except RuntimeError as error:  # libosmium says so of any broken file
        raise SourceError("source.osm_broken", path=found.text, reason=error) from error


def _whole(way: Any, tags: Mapping[str, str]) -> Iterator[_Run]:
    """A way, cut where nodes are missing: an extract ends somewhere, and what lies between is not known."""
    nodes: list[tuple[int, float, float]] = []
    for node in (*way.nodes, None):
        if node is not None and node.location.valid():
            if not nodes or nodes[-1][0] != node.ref:
                nodes.append((node.ref, node.location.lon, node.location.lat))
            continue
        if len(nodes) > 1:
            refs, xy = np.array([n[0] for n in nodes], dtype=np.int64), np.array([n[1:] for n in nodes])
            yield _Run(way.id, tags["highway"], tags.get("name"), refs, xy)
        nodes = []


def _meets(xy: NDArray[np.float64], box: "Bounds") -> bool:
    west, south, east, north = box
    low, high = xy.min(axis=0), xy.max(axis=0)
    return bool(low[0] <= east and high[0] >= west and low[1] <= north and high[1] >= south)


def _split(runs: list[_Run]) -> Streets:
    """Edges between nodes that are an end of a way, or are used more than once."""
    if not runs:
        return Streets([], np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, dtype=object))
    refs = np.concatenate([r.nodes for r in runs])
    xy = np.concatenate([r.xy for r in runs])
    lengths = np.array([len(r.nodes) for r in runs])
    first = np.cumsum(lengths) - lengths
    _, where, uses = np.unique(refs, return_inverse=True, return_counts=True)
    node = uses[where] > 1
    node[first] = node[first + lengths - 1] = True
    at = np.flatnonzero(node)
    run = np.searchsorted(first, at, side="right") - 1
    same = run[:-1] == run[1:]
    start, end, of_run = at[:-1][same], at[1:][same], run[:-1][same]
    steps = end - start + 1
    edge = np.repeat(np.arange(len(start)), steps)
    position = np.arange(len(edge)) - np.repeat(np.cumsum(steps) - steps, steps) + np.repeat(start, steps)
    lines = shapely.linestrings(xy[position], indices=edge)
    number = np.arange(len(start)) - np.searchsorted(of_run, of_run)
    parts = np.bincount(of_run, minlength=len(runs))[of_run]
    ids = [
        f"w{runs[r].way}" if n == 1 else f"w{runs[r].way}/{k + 1}"
        for r, k, n in zip(of_run.tolist(), number.tolist(), parts.tolist(), strict=True)
    ]
    cells = {"highway": [runs[r].kind for r in of_run], "name": [runs[r].name for r in of_run]}
    return Streets(ids, refs[start], refs[end], np.asarray(lines, dtype=object), cells, len({r.way for r in runs}))

"""Street networks as osmnx saves them: nodes with x and y, edges with length, tags, and their course as WKT.

Streets that run both ways stand there twice; people walk either way, so one of the two is kept.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.errors import SourceError
from geoplan.read.osm_streets import Streets

if TYPE_CHECKING:
    from geoplan.read.guards import Found

__all__ = ["check_head", "streets_of"]

Edge: TypeAlias = tuple[str, str, dict[str, str]]
_SPACE = "{http://graphml.graphdrawing.org/xmlns}"


def streets_of(found: "Found") -> tuple[Streets, str]:
    """The edges of a GraphML network, each street once, and the CRS it says (an empty text where it says none).

    Raises:
        SourceError: it is broken, packed, or its nodes have no place.
    """
    check_head(found)
    nodes: dict[str, tuple[float, float]] = {}
    edges: list[Edge] = []
    crs = ""
    try:
        for element, data in _elements(str(found.file)):
            if element.tag == f"{_SPACE}node":
                nodes[element.attrib["id"]] = (float(data["x"]), float(data["y"]))
            elif element.tag == f"{_SPACE}edge":
                ends = element.attrib["source"], element.attrib["target"]
                edges.append((*ends, {**data, "key": element.attrib.get("id", "0")}))
            else:
                crs = data.get("crs", crs)
        return _once(nodes, edges), crs
    except (ET.ParseError, ValueError, shapely.GEOSException) as error:
        raise SourceError("source.graphml", path=found.text, reason=error) from error
    except KeyError as error:
        raise SourceError("source.graphml", path=found.text, reason=f"{error}?") from error


def check_head(found: "Found") -> None:
    """Refuse a file that is no GraphML, after a look at its head.

    Raises:
        SourceError: it is something else, or packed.
    """
    if found.file is None or found.member:
        raise SourceError("source.archive_kind", path=found.text)
    with found.file.open("rb") as opened:
        if b"<graphml" not in opened.read(2048):
            raise SourceError("source.graphml", path=found.text, reason="<graphml>?")


def _elements(path: str) -> Iterator[tuple[Any, dict[str, str]]]:
    """Every node, edge and graph with its data by name, emptied after it was looked at."""
    names: dict[str, str] = {}
    for _, element in ET.iterparse(path, events=("end",)):  # noqa: S314  (expat refuses entity bombs, and fetches nothing)
        if element.tag == f"{_SPACE}key":
            names[element.attrib["id"]] = element.attrib.get("attr.name", element.attrib["id"])
        elif element.tag in {f"{_SPACE}node", f"{_SPACE}edge", f"{_SPACE}graph"}:
            yield element, {names[d.attrib["key"]]: d.text or "" for d in element.findall(f"{_SPACE}data")}
            for child in list(element):
                if element.tag != f"{_SPACE}graph":
                    element.remove(child)


def _once(nodes: dict[str, tuple[float, float]], edges: list[Edge]) -> Streets:
    numbers = {name: _number(name, at) for at, name in enumerate(nodes)}
    if len(set(numbers.values())) < len(numbers):
        numbers = {name: at for at, name in enumerate(nodes)}
    lines = _lines(nodes, edges)
    u = np.array([numbers[a] for a, _, _ in edges], dtype=np.int64)
    v = np.array([numbers[b] for _, b, _ in edges], dtype=np.int64)
    kept = np.array(_first_of_both_ways(u, v, lines), dtype=np.intp)
    data = [edges[at][2] for at in kept]
    cells = {name: [d.get(name) or None for d in data] for name in dict.fromkeys(n for d in data for n in d)}
    keys = cells.pop("key", [])
    cells.pop("geometry", None)
    ids = [f"{a}-{b}-{key}" for a, b, key in zip(u[kept].tolist(), v[kept].tolist(), keys, strict=True)]
    return Streets(ids, u[kept], v[kept], lines[kept], cells, len(kept))


def _lines(nodes: dict[str, tuple[float, float]], edges: list[Edge]) -> NDArray[np.object_]:
    """The course of each edge: as its WKT says, else straight from node to node."""
    made = np.empty(len(edges), dtype=object)
    drawn = [at for at, (_, _, data) in enumerate(edges) if data.get("geometry")]
    made[drawn] = shapely.from_wkt([edges[at][2]["geometry"] for at in drawn])
    straight = [at for at in range(len(edges)) if made[at] is None]
    ends = np.array([(nodes[edges[at][0]], nodes[edges[at][1]]) for at in straight], dtype=np.float64)
    made[straight] = shapely.linestrings(ends.reshape(-1, 2, 2))
    return made


def _first_of_both_ways(u: NDArray[np.int64], v: NDArray[np.int64], lines: NDArray[np.object_]) -> list[int]:
    """Edges of which neither they nor their way back came before."""
    seen: set[tuple[int, int, bytes]] = set()
    kept = []
    # a line and its reverse have one normal form
    shapes = shapely.to_wkb(shapely.normalize(lines))
    for at, (a, b, shape) in enumerate(zip(u.tolist(), v.tolist(), shapes, strict=True)):
        key = (min(a, b), max(a, b), shape)
        if key not in seen:
            seen.add(key)
            kept.append(at)
    return kept


def _number(name: str, at: int) -> int:
    return int(name) if name.lstrip("-").isdigit() and len(name) <= 18 else at

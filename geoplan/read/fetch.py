"""Download a walking network from OpenStreetMap: the one thing here that needs a connection, and only when asked."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan.errors import SourceError
from geoplan.read.osm_streets import CLOSED, CLOSED_ON_FOOT, NOT_WALKED

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx

__all__ = ["fetch_osm"]

_KINDS = (".graphml", ".gpkg")


def fetch_osm(
    *, place: str | None = None, bbox: str | tuple[float, float, float, float] | None = None, out: Path | str
) -> Path:
    """Download the walking network of a place or a box, and write it as GraphML or GeoPackage.

    What is walked is what `osm_streets.walked` says, as far as the service can be asked for it. The whole network is
    kept, islands too. The data are © OpenStreetMap contributors, under the Open Database Licence.

    Args:
        place: its name, as OpenStreetMap knows it.
        bbox: west, south, east, north in degrees; a text with commas or four numbers.
        out: the file to write, ending in .graphml or .gpkg.

    Raises:
        SourceError: neither or both are given, the file cannot be of that kind, or the download fails.
    """
    path = Path(out)
    if path.suffix.lower() not in _KINDS:
        raise SourceError("source.fetch_kind", path=path)
    if (place is None) == (bbox is None):
        raise SourceError("source.fetch_one")
    box = None if bbox is None else _box(bbox)
    with _own_ways() as osmnx, _told():
        ask: dict[str, Any] = {"custom_filter": _filter(), "network_type": "walk", "retain_all": True}
        if box is not None:
            graph = osmnx.graph_from_bbox(box, truncate_by_edge=True, **ask)
        else:
            graph = osmnx.graph_from_place(place, truncate_by_edge=True, **ask)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".graphml":
        osmnx.save_graphml(graph, path)
    else:
        _write(graph, path)
    return path


def _box(bbox: str | tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(b) for b in (bbox.split(",") if isinstance(bbox, str) else bbox))
    except ValueError as error:
        raise SourceError("source.fetch_one") from error
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise SourceError("source.fetch_one")
    return west, south, east, north


def _filter() -> str:
    """What is not walked, in the words of the service."""
    kinds, foot, access = ("|".join(sorted(words)) for words in (NOT_WALKED, CLOSED_ON_FOOT, CLOSED))
    return f'["highway"]["area"!~"yes"]["highway"!~"^({kinds})$"]["foot"!~"^({foot})$"]["access"!~"^({access})$"]'


@contextmanager
def _own_ways() -> "Iterator[Any]":
    """The library without its habit of writing a cache into the folder one happens to be in."""
    import osmnx

    before = osmnx.settings.use_cache
    osmnx.settings.use_cache = False
    try:
        yield osmnx
    finally:
        osmnx.settings.use_cache = before


@contextmanager
def _told() -> "Iterator[None]":
    from requests import RequestException

    try:
        yield
    except (RequestException, ValueError) as error:  # osmnx says with a ValueError that nothing, or no sense, came back
        raise SourceError("source.fetch", reason=error) from error


def _write(graph: "nx.MultiDiGraph[Any]", path: Path) -> None:
    import osmnx
    import pyogrio

    edges = osmnx.graph_to_gdfs(osmnx.convert.to_undirected(graph), nodes=False).reset_index()
    for column in edges.columns.drop("geometry"):
        edges[column] = [", ".join(map(str, v)) if isinstance(v, list) else v for v in edges[column]]
    kept = [c for c in ("u", "v", "osmid", "name", "highway", "length") if c in edges]
    pyogrio.write_dataframe(edges[[*kept, "geometry"]], path, layer="walk_network", driver="GPKG")

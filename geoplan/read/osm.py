"""Features of an OpenStreetMap file, read offline: everything that bears one of a layer's tags.

Nodes are points, closed ways and multipolygons are areas, other ways are lines; what is of another kind than the layer
wants is set aside in the ledger like any other feature.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoplan import crs as crs_room
from geoplan.errors import CoverageError, SourceError, StudyError
from geoplan.layer import UNCLASSED
from geoplan.read import columns, vector

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from geoplan.layer import LayerSpec
    from geoplan.read.declared import Declared
    from geoplan.read.guards import Found
    from geoplan.read.vector import Piece

__all__ = ["check_head", "read"]


def read(
    found: "Found", declared: "Declared", spec: "LayerSpec", crs: "CRS", area: "BaseGeometry | None" = None
) -> "Piece":
    """The features of a file that bear a tag of the layer, or of `classes` where study.toml lists tags there.

    Raises:
        SourceError: the file is broken or packed, or the layer says no tags.
        CoverageError: the file has nothing of the kind, and nothing says that is right.
    """
    if declared.where or declared.scheme:
        raise StudyError("source.osm_keys", layer=spec.name, path=found.text)
    wanted = spec.osm if declared.classes is None else declared.classes
    if not wanted:
        raise SourceError("source.no_osm", layer=spec.name, path=found.text)
    degrees = crs_room.parse(crs_room.LONLAT)
    rows = _table(list(_objects(found, wanted, lines=spec.geometry == "line")), degrees)
    if not len(rows) and not declared.covers:
        raise CoverageError("source.nothing", layer=spec.name, path=found.text)
    bounds = vector.bounds_of(rows.geometry.to_numpy())
    shapes = crs_room.to_crs(rows.geometry.to_numpy(), degrees, crs)
    rows = rows.set_geometry(shapes, crs=crs)
    if area is not None:
        rows = rows.iloc[np.sort(shapely.STRtree(shapes).query(area, predicate="intersects"))]
    named = columns.matched(spec, declared.columns, [c for c in rows.columns if c != "geometry"], path=found.text)
    made = vector.finished(rows, {**named, "id": "id"}, "", declared, spec, crs)
    if not declared.one_class:
        made.frame["class"] = rows.loc[made.frame.index, "class"]
    wide = vector.extent_of(bounds, degrees, crs)
    return vector.Piece(made.frame, made.read, made.entries, crs_room.LONLAT, "", wide, made.notes)


def check_head(found: "Found") -> None:
    """Refuse a file that is none of OpenStreetMap, after a look at its head.

    Raises:
        SourceError: it is broken or packed.
    """
    import osmium

    if found.file is None or found.member:
        raise SourceError("source.archive_kind", path=found.text)
    try:
        with osmium.io.Reader(str(found.file), osmium.osm.NOTHING) as opened:
            opened.header()
    except RuntimeError as error:
        raise SourceError("source.osm_broken", path=found.text, reason=error) from error


def _table(objects: list[dict[str, Any]], crs: "CRS") -> "gpd.GeoDataFrame":
    import geopandas as gpd
    import pandas as pd

    names = ["id", "class", "tag", *dict.fromkeys(k for o in objects for k in o["tags"])]
    cells = [{**o["tags"], "id": o["id"], "class": o["class"], "tag": o["tag"]} for o in objects]
    table = pd.DataFrame(cells, columns=names, dtype=object)
    shapes = np.array([o["shape"] for o in objects], dtype=object)
    return gpd.GeoDataFrame(table, geometry=shapes, crs=crs)


def _objects(found: "Found", wanted: Mapping[str, tuple[str, ...]], *, lines: bool) -> Iterator[dict[str, Any]]:
    import osmium

    if found.file is None or found.member:
        raise SourceError("source.archive_kind", path=found.text)
    by_tag = {tag: name for name, tags in wanted.items() for tag in tags}
    keys = osmium.filter.KeyFilter(*sorted({tag.partition("=")[0] for tag in by_tag}))
    processor = osmium.FileProcessor(str(found.file))
    processor = processor.with_locations() if lines else processor.with_areas(keys)
    maker = osmium.geom.WKBFactory()
    try:
        for thing in processor.with_filter(keys):
            tags = {tag.k: tag.v for tag in thing.tags}
            tag = next((t for t in by_tag if _bears(tags, t)), None)
            if tag is None or (shape := _shape(thing, maker, lines=lines)) is None:
                continue
            name = by_tag[tag]
            yield {
                "id": _id(thing),
                "class": None if name == UNCLASSED else name,
                "tag": tag if not tag.endswith("=*") else f"{tag[:-2]}={tags[tag[:-2]]}",
                "tags": {k: v for k, v in tags.items() if k not in {"id", "class", "tag", "geometry"}},
                "shape": shape,
            }
    except RuntimeError as error:  # libosmium says so of any broken file
        raise SourceError("source.osm_broken", path=found.text, reason=error) from error


def _bears(tags: Mapping[str, str], tag: str) -> bool:
    key, _, value = tag.partition("=")
    return key in tags and value in {tags[key], "*"}


def _shape(thing: Any, maker: Any, *, lines: bool) -> Any:
    """The shape of a node, a way or an area; nothing for what comes again as an area, or has no place."""
    import osmium

    if isinstance(thing, osmium.osm.Node):
        return shapely.Point(thing.location.lon, thing.location.lat) if thing.location.valid() else None
    if isinstance(thing, osmium.osm.Area):
        return shapely.from_wkb(bytes.fromhex(maker.create_multipolygon(thing)))
    if isinstance(thing, osmium.osm.Way) and (lines or not thing.is_closed()):
        xy = [(n.location.lon, n.location.lat) for n in thing.nodes if n.location.valid()]
        return shapely.LineString(xy) if len(xy) > 1 else None
    return None


def _id(thing: Any) -> str:
    import osmium

    if isinstance(thing, osmium.osm.Area):
        return f"{'w' if thing.from_way() else 'r'}{thing.orig_id()}"
    return f"{thing.type_str()}{thing.id}"

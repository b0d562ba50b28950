"""Street networks: one row an edge, from node u to node v, as long as it is on the ground or as its source says."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan import crs as crs_room
from geoplan.errors import ColumnError, CoverageError, StudyError, nearest
from geoplan.layer import ColumnSpec
from geoplan.ops import ellipsoid, lines
from geoplan.read import columns, graphml, osm_streets, vector
from geoplan.read.source_crs import crs_of
from geoplan.read.vector import Piece

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from geoplan.layer import LayerSpec
    from geoplan.read.declared import Declared
    from geoplan.read.guards import Found
    from geoplan.read.osm_streets import Streets

__all__ = ["GRAPHS", "joined", "read", "with_length"]

GRAPHS = (".pbf", ".osm", ".graphml")
"""Formats that say themselves which streets meet."""
SHARED = ("length", "minutes")
"""How the names of columns begin that speak of the whole of a line, and not of each of its pieces."""


def read(
    found: "Found", declared: "Declared", spec: "LayerSpec", crs: "CRS", area: "BaseGeometry | None" = None
) -> Piece:
    """The streets of one source that meet an area: edges of a network, or lines still to be joined (see `joined`).

    Raises:
        SourceError: the source cannot be read.
        LayerError: as for any vector source.
    """
    if found.suffix in GRAPHS:
        return _graph(found, declared, spec, crs, area)
    spec, declared = with_length(spec, declared)
    return vector.read(found, declared, spec, crs, area)


def with_length(spec: "LayerSpec", declared: "Declared") -> "tuple[LayerSpec, Declared]":
    """The contract and the declaration of a network, with the column of lengths study.toml names; else as they are."""
    if spec.geometry != "network" or not declared.length:
        return spec, declared
    column = ColumnSpec("length", kind="number", unit="m", required=True, minimum=0.0)
    named = replace(declared, columns={**declared.columns, "length": declared.length})
    return replace(spec, columns={**spec.columns, "length": column}), named


def joined(
    frame: "gpd.GeoDataFrame", crs: "CRS", area: "BaseGeometry | None" = None, *, at_crossings: bool = False
) -> "gpd.GeoDataFrame":
    """Lines as a network: split at the vertices they share, and where asked also where they cross.

    A length a line brought, and its minutes, are shared among its pieces as they are long; without a length each piece
    is measured on the ellipsoid. Pieces that do not meet the area are left out.

    >>> import geopandas as gpd
    >>> from pyproj import CRS
    >>> town = CRS.from_epsg(4548)
    >>> shapes = shapely.from_wkt(["LINESTRING (500000 0, 500010 0, 500030 0)", "LINESTRING (500010 0, 500010 9)"])
    >>> frame = gpd.GeoDataFrame({"id": ["1", "2"], "class": None, "length": [60.0, 9.0]}, geometry=shapes, crs=town)
    >>> joined(frame, town)[["id", "length"]].values.tolist()
    [['1/1', 20.0], ['1/2', 40.0], ['2', 9.0]]
    >>> len(joined(frame[:0], town))
    0
    """
    shapes = frame.geometry.to_numpy()
    found = lines.edges(shapes, at_crossings=at_crossings)
    made = frame.iloc[found.parent].reset_index(drop=True).set_geometry(found.lines, crs=crs)
    made["id"] = _numbered(frame["id"].to_numpy(), found.parent)
    made["u"], made["v"] = found.u, found.v
    share = shapely.length(found.lines) / shapely.length(shapes)[found.parent]
    for name in (n for n in made.columns if n.startswith(SHARED)):
        made[name] = made[name].to_numpy(np.float64, na_value=np.nan) * share
    if "length" not in made:
        made["length"] = ellipsoid.length(found.lines, crs)
    return _ordered(made, area)


def _graph(found: "Found", declared: "Declared", spec: "LayerSpec", crs: "CRS", area: "BaseGeometry | None") -> Piece:
    if declared.where or declared.at_crossings:
        raise StudyError("source.graph_keys", layer=spec.name, path=found.text)
    streets, said = _opened(found, crs, area)
    if not len(streets.lines) and not declared.covers:  # of an empty file nobody knows the CRS either
        raise CoverageError("source.none_here", layer=spec.name, path=found.text)
    bounds = vector.bounds_of(streets.lines)
    source, notes = crs_of(said, declared, bounds, crs, area)
    crs_room.check_range(bounds, source, layer=spec.name, path=found.text)
    rows = _rows(streets, crs_room.to_crs(streets.lines, source, crs), crs)
    if area is not None:
        rows = rows.iloc[np.sort(shapely.STRtree(rows.geometry.to_numpy()).query(area, predicate="intersects"))]
    wanted = columns.matched(spec, declared.columns, streets.cells, path=found.text)
    made = vector.finished(rows, {**wanted, "id": "id"}, "", declared, spec, crs)
    kept = rows.loc[made.frame.index]
    frame = made.frame.assign(u=kept["u"], v=kept["v"], length=_lengths(kept, declared, spec, crs))
    extent = vector.extent_of(bounds, source, crs)
    return Piece(frame, made.read, made.entries, crs_room.label(source), "", extent, (*notes, *made.notes))


def _opened(found: "Found", crs: "CRS", area: "BaseGeometry | None") -> "tuple[Streets, str]":
    if found.suffix == ".graphml":
        return graphml.streets_of(found)
    degrees = crs_room.parse(crs_room.LONLAT)
    box = None if area is None else crs_room.transform_bounds(area.bounds, crs, degrees)
    return osm_streets.streets_of(found, box), crs_room.LONLAT


def _rows(streets: "Streets", shapes: NDArray[np.object_], crs: "CRS") -> "gpd.GeoDataFrame":
    import geopandas as gpd

    cells = {name: cells for name, cells in streets.cells.items() if name not in {"id", "u", "v"}}
    table = {**cells, "id": streets.ids, "u": streets.u, "v": streets.v}
    return gpd.GeoDataFrame(table, geometry=shapes, crs=crs)


def _lengths(
    rows: "gpd.GeoDataFrame", declared: "Declared", spec: "LayerSpec", crs: "CRS"
) -> "NDArray[np.float64] | pd.Series[Any]":
    """Metres of each edge: of the column study.toml names, else measured."""
    if not declared.length:
        return ellipsoid.length(rows.geometry.to_numpy(), crs)
    if declared.length not in rows:
        close = nearest(declared.length, rows.columns) or ", ".join(rows.columns)
        raise ColumnError("column.declared", layer=spec.name, path=declared.path, column=declared.length, nearest=close)
    column = ColumnSpec("length", kind="number", minimum=0.0)
    return columns.values(rows[declared.length], column, layer=spec.name, path=declared.path)


def _numbered(ids: NDArray[np.object_], parent: NDArray[np.intp]) -> list[str]:
    """The id of the line; with `/1`, `/2` … where it was split."""
    parts = np.bincount(parent, minlength=len(ids))
    seen = np.zeros(len(ids), dtype=int)
    made = []
    for row in parent.tolist():
        seen[row] += 1
        made.append(str(ids[row]) if parts[row] == 1 else f"{ids[row]}/{seen[row]}")
    return made


def _ordered(frame: "gpd.GeoDataFrame", area: "BaseGeometry | None") -> "gpd.GeoDataFrame":
    """Edges that meet the area, columns in the order of the house."""
    if area is not None:
        met = np.sort(shapely.STRtree(frame.geometry.to_numpy()).query(area, predicate="intersects"))
        frame = frame.iloc[met]
    own = ["id", "u", "v", "length"]
    rest = [c for c in frame.columns if c not in {*own, "geometry"}]
    return frame[[*own, *rest, "geometry"]].reset_index(drop=True)

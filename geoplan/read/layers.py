"""A layer of a study: its sources found, guarded, read, put in the study CRS and appended, with their ledger."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoplan import crs as crs_room
from geoplan.errors import CoverageError, GeoplanError, LayerError, SourceError, StudyError
from geoplan.layer import Layer, LayerSpec, Ledger, Source
from geoplan.read import columns, crosswalk, dataset, graphml, guards, lost_shapes, osm, raster, streets, vector
from geoplan.read import declared as declared_room
from geoplan.read.cells import cells_of
from geoplan.read.declared import Declared, sources_of
from geoplan.read.service import is_service, shown
from geoplan.read.source_crs import crs_of

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from geoplan.crs import Bounds
    from geoplan.read.guards import Found
    from geoplan.read.vector import Piece

__all__ = ["check_source", "open_layer"]

_RASTERS = (".tif", ".tiff", ".img", ".asc")
_OSM = (".osm", ".pbf")
_LOOKED_AT = 1000
_DIMENSIONS = {"point": 0, "line": 1, "network": 1, "polygon": 2}
"""Rows that are looked at before a run."""


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """Where a study reads from, and what of it."""

    folder: Path
    crs: "CRS"
    area: "BaseGeometry | None"
    boundary: "BaseGeometry | None"
    allow_remote: bool = False


def open_layer(
    spec: LayerSpec,
    declared: Mapping[str, Any],
    *,
    folder: Path,
    crs: "CRS",
    area: "BaseGeometry | None",
    boundary: "BaseGeometry | None" = None,
    allow_remote: bool = False,
) -> Layer:
    """The layer a study declares, as its contract wants it.

    Args:
        spec: the contract.
        declared: its table in study.toml.
        folder: where relative paths start.
        crs: of the study.
        area: the place and its context; what does not meet it is not read. Everything is where it is left out.
        boundary: the place alone, for `covers = "boundary"`; the area where it is left out.
        allow_remote: whether services on the network may be asked.

    Raises:
        SourceError: a source cannot be read, or is of a kind that is refused.
        CRSError: no CRS, or coordinates that cannot be in it.
        LayerError: data that do not meet the contract; its kinds say what.
        StudyError: the table itself is not as it should be.
    """
    if declared.get("secrecy") in declared_room.SECRET_MARKS:
        raise LayerError("source.secret", layer=spec.name)
    asked = _Asked(folder, crs, area, area if boundary is None else boundary, allow_remote)
    sources = tuple(crosswalk.followed(said, folder, spec) for said in sources_of(spec.name, declared))
    found = [guards.locate(d.path, folder, allow_remote=allow_remote, wanted=_wanted(spec)) for d in sources]
    if spec.geometry == "raster":
        if len(found) > 1:
            raise StudyError("source.one_raster", layer=spec.name)
        return _grid(spec, sources[0], found[0], asked)
    if len(found) > 1 and spec.geometry == "network" and any(f.suffix in streets.GRAPHS for f in found):
        raise StudyError("source.one_network", layer=spec.name)
    pieces = [_piece(f, d, spec, crs, area) for f, d in zip(found, sources, strict=True)]
    prefixes = _prefixes(found)
    frame = _appended(pieces, prefixes, crs)
    if spec.geometry == "network" and found[0].suffix not in streets.GRAPHS:
        frame = streets.joined(frame, crs, area, at_crossings=any(d.at_crossings for d in sources))
    entries = tuple(replace(e, feature=x + e.feature) for x, p in zip(prefixes, pieces, strict=True) for e in p.entries)
    covers = _covers(spec, sources, [p.bounds for p in pieces], asked)
    source = replace(
        _source(spec, sources, found),
        sha256=_each(p.sha256 or guards.digest(f) for p, f in zip(pieces, found, strict=True)),
        crs=_each(p.crs for p in pieces),
        layer=_each(p.table for p in pieces),
        covers=covers,
    )
    read = sum(p.read for p in pieces)
    if any(e.reason == "kind" for e in entries) and sum(e.fate == "set_aside" for e in entries) == read:
        raise LayerError("layer.kind", layer=spec.name, path=source.path, wanted=spec.geometry)
    if spec.geometry == "network" and not len(frame) and not any(d.covers for d in sources):
        raise CoverageError("source.none_here", layer=spec.name, path=source.path)
    notes = tuple(note for piece in pieces for note in piece.notes)
    return Layer(spec, frame, source, Ledger(read, read - len(entries), entries), notes=notes)


def check_source(
    declared: Mapping[str, Any],
    folder: Path,
    spec: LayerSpec | None = None,
    *,
    allow_remote: bool = False,
    around: "tuple[CRS, BaseGeometry] | None" = None,
) -> list[GeoplanError]:
    """Everything wrong with the sources of a layer that can be told without reading all of them.

    Args:
        declared: its table in study.toml; of a boundary or of zones, `{ path = … }`.
        folder: where relative paths start.
        spec: the contract; without it columns and codes are not looked at.
        allow_remote: whether services on the network may be asked.
        around: the CRS of the study with its place and what is around it; data all of which lie elsewhere are told.
    """
    owner = spec.name if spec is not None else str(declared.get("path", ""))
    wrong = list(declared_room.faults(owner, declared))
    if wrong:
        return wrong
    if declared.get("secrecy") in declared_room.SECRET_MARKS:
        wrong.append(LayerError("source.secret", layer=owner))
    for said in sources_of(owner, declared):
        try:
            found = guards.locate(said.path, folder, allow_remote=allow_remote, wanted=_wanted(spec))
            _look_at(found, said if spec is None else crosswalk.followed(said, folder, spec), spec, around)
        except GeoplanError as error:
            wrong.append(error)
        if said.covers == "extent" and is_service(said.path):
            wrong.append(LayerError("remote.covers_extent", layer=owner, path=shown(said.path)))
        if said.covers not in {"", "boundary", "extent"}:
            try:
                guards.locate(said.covers, folder, allow_remote=allow_remote)
            except GeoplanError as error:
                wrong.append(error)
    return wrong


def _look_at(
    found: "Found", said: Declared, spec: LayerSpec | None, around: "tuple[CRS, BaseGeometry] | None" = None
) -> None:
    """Open a source, look at what it says of itself and at a few of its rows, and raise what is wrong."""
    if (spec is not None and spec.geometry == "raster") or (spec is None and found.suffix in _RASTERS):
        raster.opened(found, said, *(around or (crs_room.parse(crs_room.LONLAT), None)))
    elif found.suffix in _OSM:
        osm.check_head(found)
    elif found.suffix == ".graphml":
        graphml.check_head(found)
    else:
        lost_shapes.refuse_broken_kml(found)
        lost_shapes.refuse_strange_features(found)
        lost_shapes.refuse_mixed_parts(found)
        with dataset.opened(found, layer=said.table, declared=said.encoding) as data:
            own, _ = crs_of(data.crs, said, data.bounds, *(around or (None, None)))
            crs_room.check_range(data.bounds, own, layer=said.owner, path=found.text)
            if around is not None:
                vector.refuse_nothing(data, said, own, *around)
            if spec is None:
                data.read((), where=said.where, most=1)
                return
            spec, said = streets.with_length(spec, said)
            wanted, code = vector.columns_of(data, said, spec, own)
            names = tuple(dict.fromkeys([*wanted.values(), *([code] if code else [])]))
            rows = data.read(names, where=said.where, most=_LOOKED_AT)
            cells_of(rows, wanted, code, said, spec)
            if said.where and not len(rows) and not said.covers:
                raise SourceError("source.where_nothing", path=said.path, where=said.where)
            if len(rows) < _LOOKED_AT and not _fitting(rows.geometry.to_numpy(), spec.geometry):
                raise LayerError("layer.kind", layer=spec.name, path=found.text, wanted=spec.geometry)


def _fitting(shapes: Any, kind: str) -> bool:
    """Whether any shape is of the kind a contract asks for, or there is none to tell by."""
    known = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    collections = shapely.get_type_id(known) == shapely.GeometryType.GEOMETRYCOLLECTION
    fits = shapely.get_dimensions(known) == _DIMENSIONS[kind] if kind in _DIMENSIONS else ~collections
    return not len(known) or bool((fits | collections).any())


def _grid(spec: LayerSpec, said: Declared, found: "Found", asked: _Asked) -> Layer:
    grid, notes = raster.opened(found, said, asked.crs, asked.area)
    bounds = crs_room.transform_bounds(grid.bounds, grid.crs, asked.crs)
    covers = _covers(spec, (said,), [bounds], asked)
    source = replace(_source(spec, (said,), [found]), crs=crs_room.label(grid.crs), covers=covers)
    return Layer(spec, grid, source, Ledger(0, 0), notes=notes)


def _piece(found: "Found", said: Declared, spec: LayerSpec, crs: "CRS", area: "BaseGeometry | None") -> "Piece":
    if spec.geometry == "network":
        return streets.read(found, said, spec, crs, area)
    read = osm.read if found.suffix in _OSM else vector.read
    return read(found, said, spec, crs, area)


def _appended(pieces: "list[Piece]", prefixes: list[str], crs: "CRS") -> "gpd.GeoDataFrame":
    """The features of all sources; ids are prefixed by file where there are several, columns one lacks are empty."""
    import geopandas as gpd
    import pandas as pd

    frames = [p.frame.assign(id=prefix + p.frame["id"]) for prefix, p in zip(prefixes, pieces, strict=True)]
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    last = [c for c in frame.columns if c not in {"class", "geometry"}]
    return gpd.GeoDataFrame(frame[[*last, "class", "geometry"]].reset_index(drop=True), geometry="geometry", crs=crs)


def _prefixes(found: "list[Found]") -> list[str]:
    if len(found) == 1:
        return [""]
    stems, _ = columns.unique([f.stem for f in found])
    return [f"{stem}/" for stem in stems]


def _covers(
    spec: LayerSpec, sources: tuple[Declared, ...], bounds: "list[Bounds]", asked: _Asked
) -> "BaseGeometry | None":
    """What the data cover, in the study CRS; nothing where one of the sources does not say."""
    shapes = []
    for said, extent in zip(sources, bounds, strict=True):
        if not said.covers or (said.covers == "boundary" and asked.boundary is None):
            return None
        if said.covers == "boundary":
            shapes.append(asked.boundary)
        elif said.covers == "extent":
            if spec.control:
                raise LayerError("source.covers_control", layer=spec.name)
            if is_service(said.path):
                raise LayerError("remote.covers_extent", layer=spec.name, path=shown(said.path))
            shapes.append(shapely.box(*extent) if all(map(math.isfinite, extent)) else shapely.Polygon())
        else:
            found = guards.locate(said.covers, asked.folder, allow_remote=asked.allow_remote)
            piece = vector.read(found, Declared(spec.name, said.covers), LayerSpec(spec.name, {}, "polygon"), asked.crs)
            shapes += piece.frame.geometry.tolist()
    return shapely.union_all(np.array(shapes, dtype=object))


def _source(spec: LayerSpec, sources: tuple[Declared, ...], found: "list[Found]") -> Source:
    """Where the data came from; of several sources one after another, in one order throughout."""
    said = sources[0].said
    return Source(
        path=_each(f.text for f in found),
        sha256=_each(guards.digest(f) for f in found),
        scheme=_each(dict.fromkeys(d.walk.target if d.walk else d.scheme for d in sources)),
        crosswalk=_each(dict.fromkeys(d.walk.said for d in sources if d.walk)),
        area_basis=_each(dict.fromkeys(d.area_basis for d in sources)),
        where=_each(d.where for d in sources),
        **{"secrecy": spec.secrecy, **said},
    )


def _each(texts: Iterable[str]) -> str:
    return "; ".join(texts).strip("; ")


def _wanted(spec: LayerSpec | None) -> tuple[str, ...]:
    return _RASTERS if spec is not None and spec.geometry == "raster" else ()

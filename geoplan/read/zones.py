"""Zones of a place, and the place itself: from files, or a grid of hexagons or squares laid over it.

Zones are not taken to fill the place: how much of it they count twice, and how much they leave out, is measured here
and said on every page that adds them up.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan import crs as crs_room
from geoplan.errors import GeometryError, StudyError, nearest
from geoplan.layer import ColumnSpec, LayerSpec
from geoplan.measure import slack
from geoplan.ops.ellipsoid import area
from geoplan.place import Place, Zones
from geoplan.read import columns as columns_room
from geoplan.read import dataset, guards, vector
from geoplan.read.declared import Declared, sources_of
from geoplan.read.repair import mended
from geoplan.read.source_crs import crs_of
from geoplan.units import quantity

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

Shapes = NDArray[np.object_]

__all__ = ["grid_of", "open_boundary", "open_zones"]

GRIDS = ("hexagon", "square")
KEYS = ("path", "source", "layer", "crs", "crs_instead_of", "where", "encoding", "id", "name", "grid", "size")


def open_boundary(
    declared: str | Mapping[str, Any], folder: Path, crs: str | None = None, *, allow_remote: bool = False
) -> "tuple[BaseGeometry, CRS]":
    """The boundary of a place in its metre CRS: the one declared, else the one chosen for where it lies.

    A file that says no CRS (a CSV) is in the declared one.

    Args:
        declared: a path, or a table with a path.
        folder: where relative paths start.
        crs: what study.toml declares under [place].
        allow_remote: whether services on the network may be asked.

    Raises:
        SourceError: the file cannot be read.
        CRSError: no CRS, or one that cannot be measured in.
        GeometryError: the boundary has no area, or would change by being mended.
    """
    (said,) = sources_of("boundary", {"path": declared} if isinstance(declared, str) else declared)
    found = guards.locate(said.path, folder, allow_remote=allow_remote)
    with dataset.opened(found, layer=said.table, declared=said.encoding) as data:
        source = _source_crs(data.crs, said, data.bounds, crs)
        crs_room.check_range(data.bounds, source, layer="boundary", path=found.text)
        rows = data.read((), where=said.where)
    own = rows.geometry.to_numpy()
    degrees = crs_room.to_crs(own, source, crs_room.parse(crs_room.LONLAT))
    whole = shapely.box(*shapely.total_bounds(degrees)) if len(degrees) else shapely.Polygon()
    study = crs_room.given(crs, whole) if crs else crs_room.choose(whole)
    shapes = crs_room.to_crs(own, source, study)
    names = [str(n) for n in rows.index]
    boundary = shapely.union_all(_sound(shapes, names, study, "boundary", found.text))
    return boundary, study


def open_zones(
    level: str, declared: Mapping[str, Any], folder: Path, place: Place, *, allow_remote: bool = False
) -> Zones:
    """One level of zones: those of a file that share area with the place, or the cells of a grid over it.

    A file that says no CRS (a CSV) is in the CRS of the study.

    Args:
        level: its name in study.toml.
        declared: `{ path, layer, crs, where, id, name }`, or `{ grid = "hexagon" | "square", size = "500 m" }`.
        folder: where relative paths start.
        place: the place.
        allow_remote: whether services on the network may be asked.

    Raises:
        SourceError: the file cannot be read.
        GeometryError: a zone would change by being mended, or none shares area with the place.
        StudyError: the table is not as it should be.
    """
    for key in declared:
        if key not in KEYS:
            close = nearest(key, KEYS) or ", ".join(KEYS)
            raise StudyError("study.key", key=f"place.zones.{level}.{key}", nearest=close)
    if "grid" in declared:
        if declared["grid"] not in GRIDS or "size" not in declared:
            raise StudyError("zones.grid", level=level, allowed=", ".join(GRIDS))
        return grid_of(level, declared["grid"], quantity(declared["size"], "Metres"), place)
    ids, names, shapes = _read(level, declared, folder, place, allow_remote=allow_remote)
    return _measured(level, ids, names, shapes, place)


def grid_of(level: str, kind: str, size: float, place: Place) -> Zones:
    """Hexagons or squares of one size over a place, `size` metres from side to opposite side.

    Cells lie on a lattice that starts at the origin of the CRS, so another study of the same zone has the same ones.

    Raises:
        StudyError: cells of no size, or more than 100,000 of them.
    """
    west, south, east, north = place.boundary.bounds
    rise = size if kind == "square" else size * math.sqrt(3) / 2
    if not size > 0 or (east - west + 2 * size) * (north - south + 2 * rise) / (size * rise) > 100_000:
        raise StudyError("zones.size", level=level, size=f"{size:g}")
    columns = np.arange(math.floor(west / size) - 1, math.ceil(east / size) + 2)
    rows = np.arange(math.floor(south / rise) - 1, math.ceil(north / rise) + 2)
    column, row = (a.ravel() for a in np.meshgrid(columns, rows))
    # corners in whole steps (of half a width and a third of a row): neighbours compute the very same numbers
    if kind == "square":
        corners, wide, high, shift = [(0, 0), (1, 0), (1, 1), (0, 1)], 1, 1, 0 * row
    else:
        corners, wide, high, shift = [(0, 1), (1, 0), (2, 1), (2, 3), (1, 4), (0, 3)], 2, 3, row % 2
    x = np.stack([(wide * column + shift + i) * (size / wide) for i, _ in corners], axis=1)
    y = np.stack([(high * row + j) * (rise / high) for _, j in corners], axis=1)
    shapes = shapely.polygons(np.stack([x, y], axis=2))
    ids = [f"{'H' if kind == 'hexagon' else 'S'}{c}_{r}" for c, r in zip(column.tolist(), row.tolist(), strict=True)]
    cells = np.asarray(shapes, dtype=object)
    kept = np.flatnonzero(area(shapely.intersection(cells, place.boundary), place.crs) > 0)
    # a lattice fills the place and shares no ground: there is nothing to measure
    return Zones(level, tuple(ids[i] for i in kept), tuple(ids[i] for i in kept), cells[kept])


def _read(
    level: str, declared: Mapping[str, Any], folder: Path, place: Place, *, allow_remote: bool
) -> tuple[list[str], list[str], Shapes]:
    sources = sources_of(level, declared)
    columns = {
        "id": ColumnSpec("id", ("BSM", "XZQDM", "DM", "编号", "代码")),
        "name": ColumnSpec("name", ("XZQMC", "SQMC", "JDMC", "PQMC", "名称", "MC")),
    }
    spec = LayerSpec(level, {}, "polygon", columns)
    ids: list[str] = []
    names: list[str] = []
    shapes: list[Any] = []
    for said in sources:
        found = guards.locate(said.path, folder, allow_remote=allow_remote)
        given = {k: declared[k] for k in ("id", "name") if k in declared}
        own = replace(said, columns=given, crs=said.crs or (place.crs.to_string() if found.suffix == ".csv" else ""))
        piece = vector.read(found, own, spec, place.crs, place.boundary)
        _refuse_broken([e for e in piece.entries if e.fate == "set_aside"], level, found.text)
        ids += piece.frame["id"].tolist()
        named = piece.frame["name"] if "name" in piece.frame else piece.frame["id"]
        names += [n if isinstance(n, str) else i for n, i in zip(named, piece.frame["id"], strict=True)]
        shapes += piece.frame.geometry.tolist()
    unique, _ = columns_room.unique(ids)
    return unique, names, np.array(shapes, dtype=object)


def _measured(level: str, ids: list[str], names: list[str], shapes: Shapes, place: Place) -> Zones:
    """Zones that share area with the place, with how much of it they count twice and how much they leave out."""
    inside = shapely.intersection(shapes, place.boundary)
    sizes = area(inside, place.crs)
    whole = float(area(np.array([place.boundary], dtype=object), place.crs)[0])
    kept = np.flatnonzero(sizes > slack(whole))
    if not len(kept):
        raise GeometryError("zones.none", level=level)
    parts = inside[kept]
    doubled = _overlap(parts, place.crs)
    covered = math.fsum(sizes[kept])
    if doubled > slack(whole):
        covered = float(area(np.array([shapely.union_all(parts)], dtype=object), place.crs)[0])
    left_out = max(0.0, whole - covered)
    return Zones(
        level,
        tuple(ids[i] for i in kept),
        tuple(names[i] for i in kept),
        shapes[kept],
        additive=doubled <= slack(whole) and left_out <= slack(whole),
        overlap=doubled if doubled > slack(whole) else 0.0,
        left_out=left_out if left_out > slack(whole) else 0.0,
    )


def _overlap(parts: Shapes, crs: "CRS") -> float:
    """Square metres that lie in more than one part, each such place counted once."""
    one, other = shapely.STRtree(parts).query(parts, predicate="intersects")
    pairs = one < other
    shared = shapely.intersection(parts[one[pairs]], parts[other[pairs]])
    shared = shared[shapely.area(shared) > 0]
    if not len(shared):
        return 0.0
    return float(area(np.array([shapely.union_all(shared)], dtype=object), crs)[0])


def _source_crs(said: str, declared: Declared, bounds: crs_room.Bounds, study: str | None) -> "CRS":
    if not said and not declared.crs and study:
        return crs_room.parse(study)
    return crs_of(said, declared, bounds)[0]


def _sound(shapes: Shapes, names: list[str], crs: "CRS", owner: str, path: str) -> Shapes:
    made = mended(shapes, names, "polygon", crs)
    _refuse_broken([e for e in made.entries if e.fate == "set_aside"], owner, path)
    if not len(made.shapes):
        raise GeometryError("zones.no_boundary", path=path)
    return made.shapes


def _refuse_broken(entries: list[Any], owner: str, path: str) -> None:
    """A place or a zone that cannot be used as it is drawn changes every number: it is not set aside, but refused."""
    if entries:
        ids = ", ".join(e.feature for e in entries[:5])
        raise GeometryError("zones.broken", layer=owner, path=path, count=len(entries), ids=ids)

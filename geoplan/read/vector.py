"""Features of one source as their contract wants them: study CRS, engine columns, classes, valid shapes."""

import math
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geoplan import crs as crs_room
from geoplan.errors import ColumnError, CoverageError, CRSError, SourceError
from geoplan.layer import Entry
from geoplan.measure import Note
from geoplan.read import columns, curves, dataset, elsewhere, lost_shapes, searched, unclosed
from geoplan.read.absurd import refuse_absurd
from geoplan.read.cells import cells_of
from geoplan.read.repair import mended
from geoplan.read.rows import move
from geoplan.read.source_crs import crs_of

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from geoplan.crs import Bounds
    from geoplan.layer import LayerSpec
    from geoplan.read.dataset import Dataset
    from geoplan.read.declared import Declared
    from geoplan.read.guards import Found

__all__ = ["Piece", "bounds_of", "columns_of", "extent_of", "finished", "read", "refuse_nothing"]

_MEASURED = ("m", "m2", "ha")


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """What one source gave.

    Attributes:
        frame: features in the study CRS, with engine columns, `id`, `class`, `geometry`, by their number in the file.
        read: how many features it held here, with those that were set aside.
        entries: what was mended or set aside.
        crs: what the source is in.
        table: the name of the table that was read.
        bounds: the extent of the whole source, in the study CRS.
        notes: what a reader must know.
        sha256: of the rows, where no file tells whether they changed.
    """

    frame: "gpd.GeoDataFrame"
    read: int
    entries: "tuple[Entry, ...]"
    crs: str
    table: str
    bounds: "Bounds"
    notes: tuple[Note, ...] = ()
    sha256: str = ""


def read(
    found: "Found", declared: "Declared", spec: "LayerSpec", crs: "CRS", area: "BaseGeometry | None" = None
) -> Piece:
    """The features of a source that meet an area; all of them where none is given.

    Raises:
        SourceError: the source cannot be read.
        CRSError: no CRS, or coordinates that cannot be in it.
        ColumnError: a column is missing, or holds what it must not.
        LayerError: codes without a scheme.
        GeometryError: a KML with coordinates that are none, a GeoJSON with features that do not say so.
        CoverageError: all its features lie elsewhere, or there are none at all, and nothing says that is right.
    """
    import numpy as np

    lost_shapes.refuse_broken_kml(found)
    lost_shapes.refuse_strange_features(found)
    lost_shapes.refuse_mixed_parts(found)
    with dataset.opened(found, layer=declared.table, declared=declared.encoding) as data:
        source, notes = crs_of(data.crs, declared, data.bounds, crs, area)
        crs_room.check_range(data.bounds, source, layer=spec.name, path=found.text)
        wanted, code = columns_of(data, declared, spec, source)
        box = None if area is None else crs_room.transform_bounds(_grown(area.bounds), crs, source)
        refuse_nothing(data, declared, source, crs, area)
        names = tuple(dict.fromkeys([*wanted.values(), *([code] if code else [])]))
        rows = data.read(names, where=declared.where, box=box)
        if not len(rows) and area is not None and type(data) is dataset.Dataset:
            # nothing here is an answer only where the shapes themselves lie elsewhere, and rightly so
            measured = _measured(data)
            crs_room.check_range(measured.bounds, source, layer=spec.name, path=found.text)
            refuse_nothing(measured, declared, source, crs, area)
        extent, sha256 = extent_of(data.bounds, source, crs), data.digest(rows)
        notes += (*curves.noted(data, declared.where, box), *columns.garbled(data.fields, path=declared.path))
    rows, joined = unclosed.closed(rows, data)
    rows, lost = _placed(rows, wanted.get("id", ""))
    shapes = np.array(rows.geometry, dtype=object)
    # the frame must not hold what is moved, lest every shape be there twice
    rows = rows.set_geometry(np.full(len(rows), None, dtype=object))
    move(shapes, source, crs)
    rows = rows.set_geometry(shapes, crs=crs)
    if area is not None:
        rows = rows[_meets(shapes, area)]
    refuse_absurd(rows, found.text)
    piece = finished(rows, wanted, code, declared, spec, crs)
    every, entries = (*data.notes, *notes, *piece.notes), (*piece.entries, *lost)
    entries += unclosed.entries(piece.frame, joined, entries, crs)
    held = piece.read + len(lost)
    return Piece(piece.frame, held, entries, crs_room.label(source), data.layer, extent, every, sha256)


def finished(
    rows: "gpd.GeoDataFrame", wanted: dict[str, str], code: str, declared: "Declared", spec: "LayerSpec", crs: "CRS"
) -> Piece:
    """Rows in the study CRS under their own names, made what the contract wants.

    Args:
        rows: by their number in the file.
        wanted: engine column -> their own.
        code: their own column that tells the class, or an empty text.
        declared: what study.toml says of the source.
        spec: the contract of the layer.
        crs: of the study.
    """
    import geopandas as gpd
    import numpy as np

    path = declared.path
    ids, repeated = _ids(rows, wanted.get("id", ""))
    made = mended(rows.geometry.to_numpy(), ids, spec.geometry, crs)
    kept = rows.iloc[made.kept]
    cells, unknown = cells_of(kept.set_geometry(made.shapes, crs=crs), wanted, code, declared, spec)
    named = {"id": np.array(ids, dtype=object)[made.kept], **cells}
    frame = gpd.GeoDataFrame(named, geometry=made.shapes, crs=crs, index=kept.index)
    notes = (Note("read.ids", {"layer": spec.name, "path": path, "count": repeated}),) if repeated else ()
    return Piece(frame, len(rows), made.entries, "", "", (0, 0, 0, 0), (*notes, *unknown))


def columns_of(data: "Dataset", declared: "Declared", spec: "LayerSpec", source: "CRS") -> tuple[dict[str, str], str]:
    """Engine column -> column of the file, and the column that tells the class (an empty text where none does).

    Raises:
        ColumnError: a column is missing.
        CRSError: a column of lengths or areas was measured in EPSG:3857.
    """
    wanted = columns.matched(spec, declared.columns, data.fields, path=declared.path)
    if crs_room.is_web_mercator(source) and not declared.area_basis:
        for name, own in wanted.items():
            if spec.columns[name].unit in _MEASURED:
                where = {"layer": spec.name, "path": declared.path, "crs": crs_room.label(source)}
                raise CRSError("crs.measured", **where, column=own)
    code = wanted.get(spec.class_column, "")
    code = code or next((f for f in data.fields if f.casefold() == "class"), "")
    if not code and (declared.scheme or declared.classes is not None or _strange(wanted, declared, spec)):
        column = spec.class_column or "class"
        aliases = ", ".join(spec.columns[column].aliases[:6]) if column in spec.columns else column
        where = {"layer": spec.name, "path": declared.path, "column": column, "names": columns.as_read(data.fields)}
        raise ColumnError("column.missing", **where, aliases=aliases)
    return wanted, code


def _ids(rows: "gpd.GeoDataFrame", own: str) -> tuple[list[str], int]:
    """A text of its own for each feature: the id of the file, else its number there; how many had to be told apart."""
    given = list(columns.plain_text(rows[own])) if own else [str(n) for n in rows.index]
    ids = [c if isinstance(c, str) and c else f"#{n}" for c, n in zip(given, rows.index, strict=True)]
    return columns.unique(ids)


def _placed(rows: "gpd.GeoDataFrame", own: str) -> "tuple[gpd.GeoDataFrame, tuple[Entry, ...]]":
    """The rows without shapes that run to 0, 0, where a corner lies that nobody knew better, and an entry for each."""
    import numpy as np
    import shapely

    shapes = rows.geometry.to_numpy()
    west, south, east, north = shapely.bounds(shapes).T
    around = np.flatnonzero((west <= 0) & (south <= 0) & (east >= 0) & (north >= 0))
    xy, of = shapely.get_coordinates(shapes[around], return_index=True)
    lost = np.zeros(len(rows), dtype=bool)
    lost[around[of[~xy.any(axis=1)]]] = True
    names, _ = _ids(rows[lost], own)
    return rows[~lost], tuple(Entry(name, "set_aside", "at_zero") for name in names)


def _strange(wanted: dict[str, str], declared: "Declared", spec: "LayerSpec") -> bool:
    """Whether nothing tells that this is the control line it is said to be: another layer under its name clears all."""
    told = declared.one_class or not wanted.keys() <= {"id", "name"}
    return spec.control and bool(spec.classes) and not told


def refuse_nothing(
    data: "Dataset", declared: "Declared", source: "CRS", crs: "CRS", area: "BaseGeometry | None"
) -> None:
    """Nothing here is an answer only where somebody says the data cover the place; else it is a question.

    Raises:
        CoverageError: no shape at all, or all of them elsewhere.
        CRSError: all of them elsewhere, and a mistake explains it.
        SourceError: the filter keeps nothing.
    """
    where = {"layer": declared.owner, "path": declared.path}
    placed = not math.isnan(data.bounds[0]) and any(data.bounds)
    if not placed and not declared.covers:
        raise CoverageError("source.at_zero" if any(map(math.isfinite, data.bounds)) else "source.nothing", **where)
    if area is not None and placed:
        place = _grown(area.bounds)
        if not elsewhere.meet(data.bounds, crs_room.transform_bounds(place, crs, source)):
            why = elsewhere.refusal(data.bounds, source, place, crs, **where)
            # data that cover the place may have nothing in it, but not where a mistake would explain that
            if not declared.covers or isinstance(why, CRSError):
                raise why
    if declared.covers:
        return
    if declared.where and not len(data.read((), where=declared.where, most=1)):
        raise SourceError("source.where_nothing", path=declared.path, where=declared.where)


def _meets(shapes: "NDArray[np.object_]", area: "BaseGeometry") -> "NDArray[np.bool_]":
    """Which shapes meet the area; those that are nowhere yet (no shape, broken) are kept for the ledger."""
    import numpy as np
    import shapely

    met = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    bounds = shapely.bounds(shapes)
    met |= ~np.isfinite(bounds).all(axis=1)
    # a broken shape is judged by its box: whether it meets the area cannot be told before it is mended
    judged = np.array(shapes, dtype=object)
    broken = ~shapely.is_valid(shapes) & ~met
    judged[broken] = shapely.box(*bounds[broken].T)
    judged[met] = None
    met[shapely.STRtree(judged).query(area, predicate="intersects")] = True
    return np.asarray(met, dtype=bool)


def _measured(data: "Dataset") -> "Dataset":
    """The table with the extent its shapes have, whatever the file says of it."""
    with dataset.worded(data.found), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return replace(data, bounds=searched.bounds_of_shapes(data.path, data.layer))


def _grown(bounds: "Bounds") -> "Bounds":
    """A box a little larger: a search that finds too much is put right afterwards, one that misses is not."""
    west, south, east, north = bounds
    margin = 1 + 0.001 * max(east - west, north - south)
    return west - margin, south - margin, east + margin, north + margin


def bounds_of(shapes: "NDArray[np.object_]") -> "Bounds":
    """The box about shapes; nan where there are none."""
    import shapely

    west, south, east, north = (float(b) for b in shapely.bounds(shapely.multipoints(shapely.get_coordinates(shapes))))
    return west, south, east, north


def extent_of(bounds: "Bounds", source: "CRS", crs: "CRS") -> "Bounds":
    """The extent of a source in the study CRS; nan where it has none."""
    return bounds if math.isnan(bounds[0]) else crs_room.transform_bounds(bounds, source, crs)

"""Shapefile, GeoPackage, GeoJSON, File Geodatabase and KML as attachments: which table is meant, and its columns."""

import re
import shutil
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from geoplan.crs import parse
from geoplan.errors import CRSError, GeometryError, LayerError, SourceError
from geoplan.measure import Note
from geoplan.plot import Project
from geoplan.read import dataset
from geoplan.read import site_words as words
from geoplan.read.angles import number_of
from geoplan.read.drivers import refuse_indirect
from geoplan.read.guards import Found, digest
from geoplan.read.lost_shapes import refuse_lost
from geoplan.read.scratch import scratch
from geoplan.read.site_claim import claim_of_crs
from geoplan.read.survey import Claim, Figure, Kind, RawPlot, Survey, at_feature, at_file

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

__all__ = ["FORMATS", "kinds_of", "raw_plots", "sha256", "survey_of"]

FORMATS = {
    ".shp": "shp", ".gpkg": "gpkg", ".gdb": "gdb", ".geojson": "geojson", ".json": "geojson", ".kml": "kml",
    ".kmz": "kml", ".ovkml": "kml",
}  # fmt: skip
"""What is read here, by ending."""
_KINDS: dict[str, Kind] = {
    "Polygon": "polygon", "MultiPolygon": "polygon", "LineString": "line", "MultiLineString": "line",
    "LinearRing": "line", "Point": "point", "MultiPoint": "point",
}  # fmt: skip


def survey_of(path: Path, file: str) -> Survey:
    """What a file of shapes says.

    Of several tables of polygons those named like sites are meant; a KML is one set of shapes, whatever its folders.

    Raises:
        SourceError: GDAL cannot read it.
        LayerError: several tables could be meant; nothing in it but a picture or empty shapes.
    """
    with scratch() as folder:
        if path.suffix.lower() == ".ovkml":
            # the same language under the name of one program
            path = Path(shutil.copyfile(path, Path(folder, "copy.kml")))
        found = _found(path, file)
        kind = FORMATS[Path(file).suffix.lower()]
        names = _tables(found, file, every=kind == "kml")
        plots: list[RawPlot] = []
        claims: list[Claim] = []
        notes: list[Note] = []
        rows = 0
        for name in names:
            with dataset.opened(found, layer=name) as data:
                frame = data.read()
                rows += len(frame)
                claims.append(_claim(data.crs, file))
                notes += data.notes
            plots += _plots(frame, name, notes, None if kind == "kml" else file)
        refuse_lost(path, rows, plots, file)
    if not plots:
        raise LayerError("site_file.no_plot", file=file)
    for claim in claims[1:]:
        if claim.crs != claims[0].crs:
            where = at_file()
            raise CRSError("site_file.two_systems", file=file, where=where, first=claims[0].text, second=claim.text)
    return Survey(kind, claims[0], tuple(plots), northing_first=False, notes=tuple(notes))


def sha256(path: Path) -> str:
    """The sha256 of a file; of a shapefile or a geodatabase, of the hashes of all its parts."""
    return digest(Found(path.name, str(path.absolute()), path.absolute()))


def kinds_of(path: Path, file: str) -> set[Kind]:
    """Which kinds of shapes a file says it has."""
    found = _found(path, file)
    return {kind for _, kind in _listed(found) if kind is not None}


def raw_plots(shape: "BaseGeometry", plot: RawPlot) -> list[RawPlot]:
    """A shape as one plot a kind: the polygons of a collection are one, its lines another."""
    parts: dict[Kind, list[Any]] = {}
    for part in shapely.get_parts(shapely.get_parts(shape)):
        parts.setdefault(_KINDS[part.geom_type], []).append(part)
    many = {"polygon": shapely.MultiPolygon, "line": shapely.MultiLineString, "point": shapely.MultiPoint}
    return [replace(plot, kind=k, shape=p[0] if len(p) == 1 else many[k](p)) for k, p in parts.items()]


def _found(path: Path, file: str) -> Found:
    if path.is_file():
        with path.open("rb") as opened:
            refuse_indirect(opened.read(8192), file)
    return Found(file, str(path.absolute()), path.absolute())


def _listed(found: Found) -> list[tuple[str, Kind | None]]:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", RuntimeWarning
            )  # what matters of GDAL's remarks is found by the checks here
            tables = pyogrio.list_layers(found.gdal)
    except (DataLayerError, DataSourceError) as error:
        raise SourceError("source.unreadable", path=found.text, reason=error) from error
    return [(str(name), _kind(kind)) for name, kind in tables if kind is not None]


def _kind(name: str) -> Kind | None:
    """The kind a table says its shapes are of; None where it says nothing, as tables of GeoJSON may."""
    plain = re.sub(r"( Z| M| ZM|25D)$", "", str(name)).removeprefix("3D ").removeprefix("2.5D ")
    plain = plain.replace("Curve", "").replace("Compound", "LineString").replace("Surface", "Polygon")
    return _KINDS.get(plain) or _KINDS.get(plain.removeprefix("Multi"))


def _tables(found: Found, file: str, *, every: bool) -> list[str]:
    """The tables meant."""
    listed = _listed(found)
    if not listed:
        raise LayerError("site_file.no_plot", file=file)
    if every:
        return [name for name, _ in listed]
    areal = [name for name, kind in listed if kind in {"polygon", None}] or [name for name, _ in listed]
    if len(areal) == 1:
        return areal
    named = [n for n in areal if words.SITE_LAYER.search(n) and not words.NOT_A_SITE.search(n)]
    if not named:
        raise LayerError("site_file.which_layer", file=file, layers=", ".join(areal))
    return named


def _claim(text: str, file: str) -> Claim:
    """What the file says of its coordinate system; a drawing board without a name says nothing."""
    if not text:
        return Claim()
    try:
        crs = parse(text)
    except CRSError as error:
        raise CRSError("site_file.unknown_crs", file=file, where=at_file(), crs=text[:80]) from error
    if crs.is_geographic or crs.is_projected:
        return claim_of_crs(crs)
    unnamed = re.search("undefined|unknown|unnamed", crs.name, re.IGNORECASE)
    return Claim() if unnamed else Claim(text=crs.name, datum="local")


def _plots(frame: "gpd.GeoDataFrame", layer: str, notes: list[Note], file: str | None) -> list[RawPlot]:
    """The plots of a table; a record without a shape is refused where a file is named, told where none is."""
    columns = {meaning: _column([str(c) for c in frame.columns], names) for meaning, names in words.FIELDS.items()}
    found: list[RawPlot] = []
    empty = 0
    for n, (shape, row) in enumerate(
        zip(frame.geometry, frame.drop(columns=frame.geometry.name).to_dict("records"), strict=True)
    ):
        if shape is None or shape.is_empty:
            if file is not None:
                raise GeometryError("site_file.empty_shape", file=file, where=at_feature(layer, n + 1))
            empty += 1
            continue
        found += raw_plots(shape, _raw(row, columns, layer, n + 1))
    if empty:
        notes.append(Note("site_note.empty_shapes", {"layer": layer, "count": empty}))
    points = [plot for plot in found if plot.kind == "point"]
    if points and len(points) < len(found):
        notes.append(Note("site_note.points_beside", {"layer": layer, "count": len(points)}))
        found = [plot for plot in found if plot.kind != "point"]
    return found


def _raw(row: dict[str, Any], columns: dict[str, str], layer: str, n: int) -> RawPlot:
    said = {meaning: _cell(row.get(column)) if column else "" for meaning, column in columns.items()}
    area = number_of(said["area"])
    unit = next((u for word, u in words.AREA_UNITS.items() if word in columns["area"].upper()), "")
    role = words.role_of(said["role"]) or words.role_of(said["name"], said["use"]) or words.role_of(layer)
    return RawPlot(
        at_feature(layer, n), said["number"], said["name"], area=Figure(area or None, unit if area else ""),
        role=role, use=said["use"], code=said["code"], sheet=said["sheet"],
        project=Project(said["project"], said["project_code"], said["developer"], said["activities"]),
    )  # fmt: skip


def _column(columns: Sequence[str], names: Sequence[str]) -> str:
    """The column of that meaning, best name first; units after a name and cuts at ten bytes do not matter."""
    plain = {words.HEADING_UNIT.sub("", words.folded(c)): c for c in columns}
    for name in names:
        for known in (
            name,
            name.encode()[:10].decode(errors="ignore"),
            name.encode("gbk")[:10].decode("gbk", "ignore"),
        ):
            if known in plain:
                return plain[known]
    return ""


def _cell(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124  (what tables call missing is unlike itself)
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()

"""Plots written in the formats people exchange them in; what was opened from one can be handed on in any other."""

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import numpy as np
import shapely

from geoplan.crs import choose, label, parse
from geoplan.errors import CRSError, SourceError
from geoplan.plot import Attachment, Plot
from geoplan.read.scratch import scratch
from geoplan.read.site_claim import twin
from geoplan.read.site_planes import moved
from geoplan.read.txt_writing import cleaned, text_of

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

__all__ = ["WRITABLE", "write_attachment", "zipped"]

WRITABLE = (".txt", ".xlsx", ".shp", ".zip", ".geojson", ".gpkg", ".gdb", ".kml", ".dxf", ".wkt")
"""Endings of the formats that are written; a zip holds a shapefile."""
_DEGREES = "EPSG:4326"
_STAMP = "2000-01-01T00:00:00Z"
_DRIVERS = {".shp": "ESRI Shapefile", ".zip": "ESRI Shapefile", ".gpkg": "GPKG", ".gdb": "OpenFileGDB"}
_COLUMNS = {"number": "DKBH", "name": "DKMC", "use": "DKYT", "role": "DKJS", "sheet": "TFH", "code": "DLBM"}
_OF_PROJECT = {"name": "XMMC", "code": "XMDM", "developer": "JSDW", "activities": "HDLB"}


def write_attachment(attachment: Attachment, path: Path, *, crs: "CRS", to: "CRS | None" = None) -> None:
    """Write the plots of an attachment, in the format of the ending.

    Text files, tables and drawings are written in the 3-degree zone of CGCS2000 the plots lie in (text and tables with
    the zone number before the easting), KML and GeoJSON in degrees, everything else in the CRS of the study.

    Args:
        attachment: what was opened.
        path: a `.txt`, `.xlsx`, `.shp`, `.zip` (a shapefile in it), `.geojson`, `.gpkg`, `.gdb`, `.kml`, `.dxf` or
            `.wkt`. What is there is replaced, by a whole file or not at all.
        crs: of the study the attachment was opened in.
        to: the CRS to write in, where another one is wanted.

    Raises:
        SourceError: a format that is not written here, or a place that cannot be written to.
        CRSError: a text file of plots that lie in no zone of CGCS2000, or `to` is none.
        GeometryError: a plot too small for three decimals.
    """
    suffix = path.suffix.lower()
    if suffix not in WRITABLE:
        sentence = "site_write.dwg" if suffix == ".dwg" else "site_write.kind"
        raise SourceError(sentence, path=path.name, kinds=", ".join(WRITABLE))
    target = _target(attachment, suffix, crs, to)
    shapes = [_placed(plot, crs, target) for plot in attachment.plots]
    with scratch() as folder:
        made = folder / path.name
        if suffix in _DRIVERS:
            _write_table(attachment, shapes, target, made)
        else:
            made.write_bytes(_CONTENT[suffix](attachment, shapes, target))
        _put(made, path)


def _target(attachment: Attachment, suffix: str, crs: "CRS", to: "CRS | None") -> "CRS":
    """The CRS a format is written in."""
    if suffix in {".kml", ".geojson"}:
        return parse(_DEGREES)
    zoned = suffix in {".txt", ".xlsx", ".dxf"}
    if to is not None:
        if suffix == ".txt" and twin(to) is None:
            raise CRSError("site_write.no_zone", crs=label(to))
        return to
    if not zoned:
        return crs
    plane = crs if twin(crs) is not None else _zone_of(attachment, crs)
    other = twin(plane)
    if other is None:
        if suffix == ".txt":
            raise CRSError("site_write.no_zone", crs=label(plane))
        return plane
    # 8-digit eastings in tables of points; a drawing keeps its digits for the decimals
    first, second = sorted((plane, other), key=_false_easting)
    return first if suffix == ".dxf" else second


def _false_easting(crs: "CRS") -> float:
    operation = crs.coordinate_operation
    return next((float(p.value) for p in operation.params if p.name == "False easting"), 0.0) if operation else 0.0


def _zone_of(attachment: Attachment, crs: "CRS") -> "CRS":
    """The zone the plots lie in: in China that of CGCS2000."""
    corners = shapely.get_coordinates(shapely.union_all([shapely.box(*p.shape.bounds) for p in attachment.plots]))
    return choose(shapely.MultiPoint(moved(corners, crs, parse(_DEGREES))).envelope)


def _placed(plot: Plot, crs: "CRS", target: "CRS") -> "BaseGeometry":
    """A plot in the CRS it is written in; from the plane it was surveyed in, so that no digit is lost on the way."""
    source, shape = crs, plot.shape
    if plot.plane is not None and plot.plane.is_projected:
        source, shape = plot.plane, plot.surveyed
    return shapely.transform(shape, lambda xy: moved(xy, source, target))


def _write_table(attachment: Attachment, shapes: "Sequence[BaseGeometry]", target: "CRS", path: Path) -> None:
    """A shapefile (also zipped), a GeoPackage or a geodatabase, through GDAL."""
    import geopandas as gpd
    import pyogrio

    rows = _properties(attachment)
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    frame = gpd.GeoDataFrame(columns, geometry=[_many(s) for s in shapes], crs=target)
    suffix = path.suffix.lower()
    inner = path.with_suffix(".shp") if suffix == ".zip" else path
    options: dict[str, Any] = {"layer": "plots"} if suffix in {".gpkg", ".gdb"} else {"encoding": "UTF-8"}
    if suffix in {".shp", ".zip"}:
        options["DBF_DATE_LAST_UPDATE"] = _STAMP[:10]
    had = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _STAMP.replace("Z", ".000Z")})
    try:
        pyogrio.write_dataframe(frame, inner, driver=_DRIVERS[suffix], geometry_type="MultiPolygon", **options)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": had})
    if suffix == ".zip":
        parts = sorted(p for p in path.parent.iterdir() if p.stem == path.stem and p != path)
        path.write_bytes(zipped([(p.name, p.read_bytes()) for p in parts]))


def zipped(parts: Sequence[tuple[str, bytes]]) -> bytes:
    """An archive of these parts that is the same whenever it is made."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in parts:
            info = zipfile.ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            opened.writestr(info, content)
    return sink.getvalue()


def _many(shape: "BaseGeometry") -> "BaseGeometry":
    return shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])


def _area(plot: Plot) -> float:
    """Square metres in the plane the plot was surveyed in, as a surveyor states them."""
    return round(float(plot.surveyed.area), 2)


def _txt(attachment: Attachment, shapes: "Sequence[BaseGeometry]", target: "CRS") -> bytes:
    return text_of(attachment, shapes, target)


def _xlsx(attachment: Attachment, shapes: "Sequence[BaseGeometry]", target: "CRS") -> bytes:
    from geoplan.read.table_writing import workbook_of

    return workbook_of(attachment, shapes, target)


def _dxf(attachment: Attachment, shapes: "Sequence[BaseGeometry]", target: "CRS") -> bytes:
    from geoplan.read.cad_writing import drawing_of

    return drawing_of(attachment, shapes, target)


def _wkt(_: Attachment, shapes: "Sequence[BaseGeometry]", target: "CRS") -> bytes:
    code = target.to_epsg()
    if code is None:
        raise CRSError("site_write.no_number", crs=label(target))
    lines = [f"SRID={code};{shapely.to_wkt(s, rounding_precision=-1)}\n" for s in shapes]
    return "".join(lines).encode()


def _geojson(attachment: Attachment, shapes: "Sequence[BaseGeometry]", _: "CRS") -> bytes:
    features = [
        {"type": "Feature", "properties": said, "geometry": json.loads(shapely.to_geojson(_degrees(s)))}
        for said, s in zip(_properties(attachment), shapes, strict=True)
    ]
    document = {"type": "FeatureCollection", "features": features}
    return (json.dumps(document, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _kml(attachment: Attachment, shapes: "Sequence[BaseGeometry]", _: "CRS") -> bytes:
    each = zip(attachment.plots, _properties(attachment), shapes, strict=True)
    marks = "".join(_placemark(plot, said, _degrees(shape)) for plot, said, shape in each)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n'
    return f"{head}{marks}</Document></kml>\n".encode()


def _placemark(plot: Plot, said: dict[str, Any], shape: "BaseGeometry") -> str:
    data = "".join(
        f'<Data name="{key}"><value>{escape(cleaned(str(value)))}</value></Data>' for key, value in said.items()
    )
    areas = "".join(_kml_polygon(part) for part in shapely.get_parts(shape))
    name = escape(cleaned(plot.name or plot.number))
    return (
        f"<Placemark><name>{name}</name><ExtendedData>{data}</ExtendedData>"
        f"<MultiGeometry>{areas}</MultiGeometry></Placemark>\n"
    )


def _kml_polygon(part: "BaseGeometry") -> str:
    def ring(name: str, line: "BaseGeometry") -> str:
        points = " ".join(f"{x:.10f},{y:.10f}" for x, y in shapely.get_coordinates(line))
        return f"<{name}><LinearRing><coordinates>{points}</coordinates></LinearRing></{name}>"

    outer, *holes = shapely.get_rings(part)
    return f"<Polygon>{ring('outerBoundaryIs', outer)}{''.join(ring('innerBoundaryIs', h) for h in holes)}</Polygon>"


def _properties(attachment: Attachment) -> list[dict[str, Any]]:
    """The columns of each plot; those of its project where any plot has something there."""
    plots = attachment.plots
    said = {of: name for of, name in _OF_PROJECT.items() if any(getattr(p.project, of) for p in plots)}
    return [
        {
            **{name: str(getattr(p, of)) for of, name in _COLUMNS.items()},
            **{name: getattr(p.project, of) for of, name in said.items()},
            "DKMJ": _area(p),
        }
        for p in plots
    ]


def _degrees(shape: "BaseGeometry") -> "BaseGeometry":
    """Degrees with ten decimals (a hundredth of a millimetre), outer rings counter-clockwise as GeoJSON wants them."""
    return shapely.orient_polygons(shapely.transform(shape, lambda xy: np.round(xy, 10)))


def _put(made: Path, path: Path) -> None:
    """Move what was made to its place, whole or not at all; a shapefile is several files, a geodatabase a folder."""
    parts = [made] if path.suffix.lower() != ".shp" else sorted(made.parent.iterdir())
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as beside:
            staged = [shutil.move(part, Path(beside) / part.name) for part in parts]
            if path.is_dir():
                shutil.move(path, Path(beside) / "before")
            for part in staged:
                Path(part).replace(path.parent / Path(part).name)
    except OSError as error:
        raise SourceError("site_write.failed", path=path.name, reason=error.strerror or error) from error


_CONTENT: "dict[str, Callable[[Attachment, Sequence[BaseGeometry], CRS], bytes]]" = {
    ".txt": _txt, ".xlsx": _xlsx, ".dxf": _dxf, ".wkt": _wkt, ".geojson": _geojson, ".kml": _kml,
}  # fmt: skip

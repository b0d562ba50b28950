"""What people send in: any file with the boundary of a site, opened as plots in the study's metres, or refused."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from geoplan.errors import SourceError
from geoplan.measure import Note
from geoplan.plot import Attachment, Plot
from geoplan.read.grid_parameters import grid_of
from geoplan.read.scratch import scratch
from geoplan.read.site_crs import Ground
from geoplan.read.site_members import READ, SHAPES, Opened, candidates, joined, meant
from geoplan.read.site_plots import plots_of
from geoplan.read.site_writing import write_attachment
from geoplan.read.survey import Survey

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

__all__ = ["convert", "find_attachments", "open_attachment", "write_attachment"]

_ARCHIVE = ".zip"
_PACKED = (".rar", ".7z", ".tar", ".gz", ".tgz")
_DOCUMENTS = (
    ".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif", ".doc", ".docx", ".wps", ".ppt", ".pptx", ".ofd",
)  # fmt: skip
_BESIDE = (".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".qmd", ".xml", ".gpkg-wal", ".gpkg-shm")
_LITTER = ("thumbs.db", "desktop.ini", ".ds_store", "sites.csv")


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    """What is asked of every file: the study, what was declared, and what lines are worth."""

    ground: Ground
    width: float | None
    converter: str


def open_attachment(
    path: Path,
    *,
    crs: "CRS",
    boundary: "BaseGeometry | None" = None,
    declared_crs: str = "",
    declared_by: str = "",
    parameters: Path | None = None,
    width: float | None = None,
    converter: str = "",
) -> Attachment:
    """The plots of a file somebody sent, in the CRS of the study.

    Args:
        path: a TXT of boundary points, XLSX table, Shapefile, GeoJSON, GeoPackage, File Geodatabase, KML, DXF, DWG or
            WKT, or a zip archive that holds one of them.
        crs: of the study, in metres.
        boundary: the study area in that CRS, which tells readings of the numbers apart; without it only files that
            state their coordinate system completely are read.
        declared_crs: the coordinate system somebody declares for this file; their word replaces the file's.
        declared_by: the name of who declares it, which goes into every document.
        parameters: the user's file of 4 or 7 parameters, for sites in a local grid.
        width: metres a line is wide, or a point across; sites that are lines or points are refused without it.
        converter: the program that turns DWG into DXF; the known ones are looked for where it is left out.

    Raises:
        SourceError: the file cannot be opened, or holds no coordinates.
        LayerError: it can be read in several ways, or contradicts itself; the sentence names file, line and reason.
    """
    ground = Ground(crs, boundary, declared_crs, declared_by, grid_of(parameters) if parameters else None)
    return _attachment(path, _Request(ground, width, converter))[0]


def convert(
    source: Path,
    target: Path,
    *,
    to: "CRS | None" = None,
    declared_crs: str = "",
    declared_by: str = "",
    parameters: Path | None = None,
    width: float | None = None,
    converter: str = "",
) -> Attachment:
    """Write the plots of a file in another format, without a study: what was read, with its notes.

    Args:
        source: as for `open_attachment`; it must state its coordinate system completely, or somebody declare it.
        target: as for `write_attachment`; degrees are written in the metre CRS of the place where the format wants one.
        to: the CRS to write in, where another one is wanted.
        declared_crs: as for `open_attachment`.
        declared_by: who declares it.
        parameters: of a local grid.
        width: of lines and points, in metres.
        converter: from DWG to DXF.

    Raises:
        SourceError, LayerError: as for `open_attachment` and `write_attachment`.
    """
    ground = Ground(None, None, declared_crs, declared_by, grid_of(parameters) if parameters else None)
    found, crs = _attachment(source, _Request(ground, width, converter))
    write_attachment(found, target, crs=crs, to=to)
    return found


def find_attachments(folder: Path) -> list[Path]:
    """Everything in a folder somebody may have sent as a site: also what cannot be read, so that it is answered.

    Companions of a shapefile, temporary files and the register itself are no attachments; a geodatabase is one.
    """
    found = []
    for path in sorted(folder.rglob("*"), key=lambda p: p.as_posix()):
        inside = [p for p in path.relative_to(folder).parents if p.suffix.lower() == ".gdb"]
        hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
        if inside or hidden or path.name.lower() in _LITTER:
            continue
        if path.is_dir():
            found += [path] if path.suffix.lower() == ".gdb" else []
        elif not _beside_shapefile(path):
            found.append(path)
    return found


def _attachment(path: Path, request: _Request) -> tuple[Attachment, "CRS"]:
    """What a file holds, and the CRS of the study, which is that of the place where there is no study."""
    if not path.exists():
        raise SourceError("site_file.missing", file=path.name)
    try:
        found = _opened(path, request)
        hashed = _sha256(path)
    except OSError as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError("site_file.unreadable", file=path.name, reason=error.strerror or error) from error
    by = request.ground.by if request.ground.declared else ""
    attachment = Attachment(
        found.name, hashed, found.format, found.crs, _numbered(found.plots), by, found.attributes, found.notes
    )
    return attachment, found.study


def _opened(path: Path, request: _Request) -> Opened:
    if path.suffix.lower() != _ARCHIVE:
        return _open(path, path.name, request)
    with scratch() as folder:
        return _in_archive(path, folder, request)


def _beside_shapefile(path: Path) -> bool:
    if path.suffix.lower() not in _BESIDE:
        return False
    stem = path.name.split(".")[0]
    return any(other.suffix.lower() in {".shp", ".gpkg", ".tif"} for other in path.parent.glob(f"{_literal(stem)}.*"))


def _literal(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _open(path: Path, file: str, request: _Request) -> Opened:
    survey = _survey(path, file, request)
    plots, settled = plots_of(survey, request.ground, file, request.width)
    notes = (*survey.notes, *settled.notes)
    return Opened(file, survey.format, settled.name, settled.crs, plots, survey.attributes, notes)


def _survey(path: Path, file: str, request: _Request) -> Survey:
    """What a file says, by its ending."""
    suffix = path.suffix.lower()
    if suffix in SHAPES:
        from geoplan.read import site_vector

        return site_vector.survey_of(path, file)
    if suffix == ".dwg":
        return _converted(path, file, request)
    if suffix not in READ:
        raise SourceError(_why_not(suffix), file=file)
    content = path.read_bytes()
    if suffix == ".dxf":
        from geoplan.read import cad

        return cad.survey_of(content, file, width=request.width)
    return _reader(suffix)(content, file)


def _reader(suffix: str) -> Callable[[bytes, str], Survey]:
    if suffix == ".txt":
        from geoplan.read import boundary_txt

        return boundary_txt.survey_of
    if suffix == ".wkt":
        from geoplan.read import wkt_text

        return wkt_text.survey_of
    from geoplan.read import coordinate_table

    return coordinate_table.survey_of


def _converted(path: Path, file: str, request: _Request) -> Survey:
    from geoplan.read import cad, dwg

    content, note = dwg.converted(path, request.converter, file)
    survey = cad.survey_of(content, file, width=request.width)
    return replace(survey, format="dwg", notes=(note, *survey.notes))


def _why_not(suffix: str) -> str:
    if suffix in _DOCUMENTS:
        return "site_file.document"
    if suffix in _PACKED:
        return "site_file.packed"
    if suffix == ".xls":
        return "site_file.old_workbook"
    return "site_file.lone_part" if suffix in _BESIDE else "site_file.kind"


def _in_archive(path: Path, folder: Path, request: _Request) -> Opened:
    """The one file of an archive that is meant; of several that say the same, the best; else nobody can tell."""
    from geoplan.read.site_archive import unpacked

    members = unpacked(path, folder, path.name)
    found = candidates(members)
    readable = {name: where for name, where in found.items() if where.suffix.lower() != ".dwg"} or found
    if not readable:
        suffixes = {where.suffix.lower() for _, where in members}
        raise SourceError(
            "site_file.document" if suffixes & set(_DOCUMENTS) else "site_file.nothing_inside", file=path.name
        )
    opened = [_open(where, f"{path.name}/{name}", request) for name, where in meant(readable).items()]
    chosen = joined(opened, path.name)
    left = sorted(set(found) - {o.name.removeprefix(f"{path.name}/") for o in opened})
    if left:
        note = Note("site_note.left_in_archive", {"names": ", ".join(left)})
        chosen = replace(chosen, notes=(*chosen.notes, note))
    return chosen


def _numbered(plots: tuple[Plot, ...]) -> tuple[Plot, ...]:
    """Plots whose numbers tell them apart: an empty number becomes the place in the file."""
    if len(plots) == 1:
        return plots
    taken = {plot.number for plot in plots}
    counted: list[Plot] = []
    for n, plot in enumerate(plots, start=1):
        number = plot.number or next(t for t in (str(n), f"{n}#") if t not in taken)
        counted.append(replace(plot, number=number))
    return tuple(counted)


def _sha256(path: Path) -> str:
    if path.suffix.lower() in {".shp", ".gdb"}:
        from geoplan.read.site_vector import sha256

        return sha256(path)
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

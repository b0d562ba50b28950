"""Archives are read in place: which dataset is meant, and no more than 10,000 members and 2 GB unpacked."""

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from geoplan.errors import GeoplanError, SourceError, nearest
from geoplan.read.drivers import refuse_indirect

__all__ = ["MOST_BYTES", "MOST_MEMBERS", "fault", "inside", "is_archive", "member"]

MOST_BYTES = 2 * 1024**3
"""Bytes an archive may hold unpacked."""
MOST_MEMBERS = 10_000
"""Files an archive may hold."""
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError)
"""What the bytes of an archive raise that are not as they were packed."""
_ZIP = (".zip",)
_TAR = (".tar", ".tgz", ".tar.gz")
_VECTOR = (".shp", ".gpkg", ".gdb", ".geojson", ".json", ".csv", ".fgb", ".gml", ".kml", ".tab", ".mif", ".sqlite")
_RASTER = (".tif", ".tiff", ".img", ".asc")
_HEAD = 8192


def is_archive(file: Path) -> bool:
    """Whether a file is a zip or tar archive by its name."""
    return file.name.lower().endswith((*_ZIP, *_TAR))


def fault(error: Exception) -> GeoplanError:
    """Why an archive cannot be read.

    >>> str(fault(EOFError())), str(fault(zipfile.BadZipFile("File is not a zip file")))
    ('its content is damaged or incomplete', 'it does not begin as an archive does')
    """
    if isinstance(error, OSError) and not isinstance(error, tarfile.TarError):
        return GeoplanError("archive_fault.system")
    strange = "not a zip" in str(error) or "could not be opened" in str(error)
    return GeoplanError(f"archive_fault.{'no_archive' if strange else 'damaged'}")


def inside(file: Path, name: str) -> str:
    """How GDAL is told of a member."""
    kind = "vsizip" if file.name.lower().endswith(_ZIP) else "vsitar"
    return f"/{kind}/{file.absolute()}/{name}"


def member(file: Path, asked: str, text: str, wanted: tuple[str, ...]) -> str:
    """The dataset in an archive: the one asked for, or the only one.

    Args:
        file: the archive.
        asked: the path inside it that study.toml names, or an empty text.
        text: the whole path as study.toml writes it.
        wanted: endings looked for; any that can be read where left out.

    Raises:
        SourceError: broken, too large, an archive in the archive, nothing of that name, or several to choose from.
    """
    try:
        heads = dict(_members(file, text))
    except (*_BROKEN, tarfile.TarError, OSError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError("source.broken_archive", path=text, reason=fault(error)) from error
    datasets = _datasets(heads, wanted or (*_VECTOR, *_RASTER))
    if asked:
        if asked not in datasets and asked not in heads:
            if not datasets:
                raise SourceError("source.archive_which", path=text, names="-")
            close = nearest(asked, datasets) or ", ".join(datasets)
            raise SourceError("source.archive_member", path=text, nearest=close)
        chosen = asked
    elif len(datasets) == 1:
        chosen = datasets[0]
    elif any(is_archive(Path(name)) for name in heads) and not datasets:
        raise SourceError("source.nested", path=text)
    else:
        raise SourceError("source.archive_which", path=text, names=", ".join(datasets) or "-")
    if is_archive(Path(chosen)):
        raise SourceError("source.nested", path=text)
    refuse_indirect(heads.get(chosen, b""), text)
    return chosen


def _datasets(heads: dict[str, bytes], endings: tuple[str, ...]) -> list[str]:
    found = []
    for name in heads:
        path = PurePosixPath(name)
        if ".." in path.parts or path.is_absolute():
            continue  # a name that would lead out of the archive is none of its datasets
        # a geodatabase is a folder: its members are no datasets of their own
        folder = next((p for p in (path, *path.parents) if p.suffix.lower() == ".gdb"), None)
        if folder is not None and ".gdb" in endings:
            found.append(str(folder))
        elif path.suffix.lower() in endings and path.parts[0] != "__MACOSX":
            found.append(name)
    return sorted(set(found))


def _members(file: Path, text: str) -> Iterator[tuple[str, bytes]]:
    """Every file of an archive with its first bytes, as long as the limits hold."""
    size = 0
    for count, (name, length, head) in enumerate(_walk(file), start=1):
        size += length
        if count > MOST_MEMBERS:
            raise SourceError("source.many_members", path=text, most=MOST_MEMBERS)
        if size > MOST_BYTES:
            raise SourceError("source.large_archive", path=text, most=f"{MOST_BYTES / 1024**3:g}")
        yield name, head


def _walk(file: Path) -> Iterator[tuple[str, int, bytes]]:
    if file.name.lower().endswith(_ZIP):
        with zipfile.ZipFile(file) as opened:
            for info in opened.infolist():
                if not info.is_dir():
                    yield info.filename, info.file_size, _zip_head(opened, info)
    else:
        with tarfile.open(file) as tar:
            for entry in tar:
                if entry.isfile():
                    content = tar.extractfile(entry)
                    yield entry.name, entry.size, content.read(_HEAD) if content else b""


def _zip_head(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.flag_bits & 1:
        raise SourceError("source.locked_archive", path=info.filename)
    with opened.open(info) as content:
        return content.read(_HEAD)

"""What a path in study.toml may be: a file of this machine, a database, or a service where the caller allows it.

Absolute paths, `..` and `$VAR` are allowed; files on the network, network folders and strings of other programs are
refused with a sentence; archives are read in place, within limits.
"""

import functools
import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from geoplan import postgres
from geoplan.errors import SourceError, nearest
from geoplan.read import archive, service
from geoplan.read.drivers import refuse_indirect

__all__ = ["Found", "digest", "locate", "told"]

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_ADDRESS = re.compile(r"(https?|ftp|s3|gs|az|hdfs)://", re.IGNORECASE)
_ELSEWHERE = ("/vsi", "\\\\", "//")
_CONNECTION = re.compile(r"\s*[<{\[]|[A-Za-z][A-Za-z0-9_+.-]+:")
_FOLDERS = (".gdb", ".zarr")
_PARTS_OF_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx")
_COMPANIONS = {".csv": (".csvt", ".prj"), ".tif": (".tfw", ".tif.aux.xml"), ".tiff": (".tfw", ".tiff.aux.xml")}


@dataclass(frozen=True, slots=True)
class Found:
    """A source that may be opened.

    Attributes:
        text: as study.toml writes it; what pages and provenance show.
        gdal: what GDAL is handed.
        file: the file or folder of this machine, or None for an address.
        member: the path inside the archive, or an empty text.
    """

    text: str
    gdal: str
    file: Path | None
    member: str = ""

    @property
    def suffix(self) -> str:
        """The ending that says the format, in small letters; an address has none."""
        if service.is_service(self.gdal):
            return ""
        return Path(self.member or self.gdal).suffix.lower()

    @property
    def stem(self) -> str:
        """The name without folders and endings: what ids are prefixed by when several sources are one layer."""
        # what an address is asked with may be secret
        name = Path(self.text.partition("?")[0] if service.is_service(self.gdal) else self.member or self.gdal).name
        return name.split(".")[0] or name


def locate(text: object, folder: Path, *, allow_remote: bool = False, wanted: Iterable[str] = ()) -> Found:
    """The source a path of study.toml names.

    Args:
        text: as written; relative paths start from the folder of study.toml.
        folder: that folder.
        allow_remote: whether services on the network may be asked; files there are never opened.
        wanted: endings of the datasets looked for in an archive; any that can be read where left out.

    Raises:
        SourceError: not a path, nothing there, a variable nobody set, or a kind of source that is refused.
    """
    if not isinstance(text, str) or not text.strip():
        raise SourceError("source.no_path", path=text)
    if postgres.is_address(text):
        return Found(postgres.shown(text), postgres.named(text), None)
    if service.is_service(text):
        if not allow_remote:
            raise SourceError("remote.not_allowed", path=service.shown(text))
        return Found(service.shown(text), service.named(text), None)
    expanded = _expanded(text)
    if _ADDRESS.match(expanded) or expanded.startswith(_ELSEWHERE):
        raise SourceError("source.remote", path=service.shown(f":{text}")[1:])
    path = folder / expanded
    file, member = _split(path)
    if file is None:
        _refuse_connection(text)
        names = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        close = nearest(path.name, names)
        raise SourceError("source.nearest" if close else "source.missing", path=text, nearest=close)
    if re.search("[!;]", str(file)):
        raise SourceError("source.awkward", path=text)
    if archive.is_archive(file):
        member = archive.member(file, member, text, tuple(wanted))
        return Found(text, archive.inside(file, member), file.absolute(), member)
    if file.is_dir() and file.suffix.lower() not in _FOLDERS:
        raise SourceError("source.folder", path=text)
    if not file.is_dir() and not file.is_file():
        raise SourceError("source.device", path=text)
    if file.is_file():
        with file.open("rb") as opened:
            refuse_indirect(opened.read(8192), text)
    return Found(text, str(file.absolute()), file.absolute())


def told(given: object) -> str:
    """A path of study.toml, or a list of them, as pages show it before anything was found: without credentials.

    >>> told("postgresql://gis:secret@server/plan"), told(["a.shp", {"path": "WFS:https://host/wfs?tk=4711"}])
    ('postgresql://server/plan', 'a.shp; WFS:https://host/wfs?tk=***')
    """
    if isinstance(given, dict):
        return told(given.get("path", ""))
    if isinstance(given, list):
        return "; ".join(map(told, given))
    text = str(given)
    if postgres.is_address(text):
        return postgres.shown(text)
    return service.shown(text) if service.is_service(text) else text


def digest(found: Found) -> str:
    """The sha256 of a source; of a shapefile or a geodatabase, of the hashes of all its parts. Empty for an address."""
    if found.file is None:
        return ""
    parts = _parts(found.file)
    hashes = [(p.name, _sha256(p, p.stat().st_size, p.stat().st_mtime_ns)) for p in parts]
    if len(hashes) == 1:
        return hashes[0][1]
    return hashlib.sha256("\n".join(f"{name} {value}" for name, value in hashes).encode()).hexdigest()


def _refuse_connection(text: str) -> None:
    if _CONNECTION.match(text) and not re.match(r"[A-Za-z]:[\\/]", text):
        raise SourceError("source.connection", path=text)


def _expanded(text: str) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if not os.environ.get(name):
            raise SourceError("source.variable", path=text, name=name)
        return os.environ[name]

    return _VARIABLE.sub(value, text)


def _split(path: Path) -> tuple[Path | None, str]:
    """The file that is there and what is named inside it; no file where nothing is there."""
    if path.exists():
        return path, ""
    for parent in path.parents:
        if parent.is_file() and archive.is_archive(parent):
            return parent, path.relative_to(parent).as_posix()
    return None, ""


def _parts(file: Path) -> list[Path]:
    if file.is_dir():
        return sorted(p for p in file.rglob("*") if p.is_file() and not p.name.endswith(".lock"))
    suffix = file.suffix.lower()
    if suffix == ".shp":
        return sorted(
            p for p in file.parent.glob(f"{_literal(file.stem)}.*") if p.suffix.lower() in _PARTS_OF_SHAPEFILE
        )
    beside = [file.with_suffix(ending) for ending in _COMPANIONS.get(suffix, ())]
    return [file, *(p for p in beside if p.is_file())]


def _literal(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)


@functools.lru_cache(maxsize=256)
def _sha256(path: Path, size: int, changed: int) -> str:  # noqa: ARG001  (size and time of change tell files apart)
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

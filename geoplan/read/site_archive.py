"""Archives as attachments: unpacked within limits, archives in archives too, names in GBK read as they were meant."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from geoplan.errors import SourceError
from geoplan.read.archive import MOST_BYTES, MOST_MEMBERS, fault

__all__ = ["unpacked"]

_DEEPEST = 3
"""Archives within archives that are opened."""
_UTF8 = 0x800
_LOCKED = 0x1
_PIECE = 1024 * 1024
_BROKEN = (
    zipfile.BadZipFile, zlib.error, LookupError, ValueError, EOFError, OSError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What archives raise that are damaged or packed in a way nobody packs them."""


def unpacked(path: Path, folder: Path, file: str) -> list[tuple[str, Path]]:
    """Every file of an archive and of the archives in it: its name inside, and where it was put.

    Args:
        path: a zip file.
        folder: an empty folder to unpack to.
        file: the name of the archive, for the sentence.

    Raises:
        SourceError: broken, locked, too large, or archives nested too deep.
    """
    budget = _Budget(file)
    found = list(_unpack(path, folder, "", budget, 0))
    if not found:
        raise SourceError("site_file.empty_archive", file=file)
    return found


class _Budget:
    """What may still be unpacked, whatever an archive says of its own size."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.bytes = MOST_BYTES
        self.members = MOST_MEMBERS

    def take(self, size: int) -> None:
        """Count bytes that were written."""
        self.bytes -= size
        if self.bytes < 0:
            raise SourceError("source.large_archive", path=self.file, most=f"{MOST_BYTES / 1024**3:g}")

    def member(self) -> None:
        """Count a file."""
        self.members -= 1
        if self.members < 0:
            raise SourceError("source.many_members", path=self.file, most=MOST_MEMBERS)

    def nested(self, depth: int, name: str) -> None:
        """Refuse an archive too deep in others."""
        if depth >= _DEEPEST:
            raise SourceError("source.nested", path=f"{self.file}/{name}")


def _unpack(path: Path, folder: Path, prefix: str, budget: _Budget, depth: int) -> Iterator[tuple[str, Path]]:
    try:
        with zipfile.ZipFile(path) as opened:
            for info in opened.infolist():
                name = _name(info)
                if info.is_dir() or _is_litter(name):
                    continue
                target = _target(folder, name)
                _write(opened, info, target, budget, prefix + name)
                if target.suffix.lower() == ".zip":
                    budget.nested(depth + 1, prefix + name)
                    inner = target.with_name(target.name + ".unpacked")
                    yield from _unpack(target, inner, f"{prefix}{name}/", budget, depth + 1)
                else:
                    yield prefix + name, target
    except SourceError:
        raise
    except _BROKEN as error:
        packed = f"{budget.file}/{prefix}".rstrip("/")
        raise SourceError("source.broken_archive", path=packed, reason=fault(error)) from error


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member: what does not say it is UTF-8 was written in the code page of Windows, mostly GBK."""
    if info.flag_bits & _UTF8 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _is_litter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or (bool(parts) and parts[-1] in {".DS_Store", "Thumbs.db", "desktop.ini"})


def _target(folder: Path, name: str) -> Path:
    """A place inside the folder, whatever the name says; names too long for a disk keep their end."""
    parts = [p for p in PurePosixPath(name.replace("\\", "/")).parts if p not in {"", ".", "..", "/"}]
    safe = [part.replace(":", "_").replace("\0", "_")[-80:] for part in parts] or ["_"]
    target = folder.joinpath(*safe)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _write(opened: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, budget: _Budget, name: str) -> None:
    budget.member()
    if info.flag_bits & _LOCKED:
        raise SourceError("source.locked_archive", path=f"{budget.file}/{name}")
    with opened.open(info) as source, target.open("wb") as sink:
        while piece := source.read(_PIECE):
            budget.take(len(piece))
            sink.write(piece)

"""A folder of results changes as a whole: whoever looks sees the old one or the new one, never half of each.

The new folder is written beside the old one, brought to the disk, and the two change places in one step (Linux). Where
a system cannot do that, two renames do, and a journal lets the next command finish what a killed one began.
"""

import contextlib
import ctypes
import errno
import json
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geoplan.errors import StudyError

__all__ = ["PROVENANCE", "ready", "replacing"]

PROVENANCE = "provenance.json"
"""The file by which a folder is known to be ours; it lists the files we wrote."""
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_SENTENCES = {
    errno.EACCES: "out.read_only",
    errno.EPERM: "out.read_only",
    errno.EROFS: "out.read_only",
    errno.ENOTDIR: "out.in_the_way",
    errno.EEXIST: "out.in_the_way",
    errno.ENOSPC: "out.full",
    errno.EDQUOT: "out.full",
}


def ready(out: Path) -> Path:
    """The folder results may be written to: what a killed run left beside it is mended, its name made absolute.

    Raises:
        StudyError: a file is in the way, or the folder holds something that no run of ours wrote.
    """
    out = Path(os.path.realpath(out))
    with _worded(out):
        if out.parent.is_dir():
            _mend(out)
        if out.exists() and not out.is_dir():
            raise StudyError("out.in_the_way", path=out)
        if out.is_dir() and any(out.iterdir()) and _wrote(out) is None:
            raise StudyError("out.not_ours", path=out)
    return out


@contextlib.contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """An empty folder to write into; when the block ends well it stands at `out`, with what others had put there.

    Raises:
        StudyError: `out` is not ours, is in a folder that cannot be written, or holds a file of somebody else under a
            name that is ours.
    """
    out = ready(out)
    new = out.with_name(f".{out.name}.geoplan-new-{secrets.token_hex(4)}")
    with _worded(out), contextlib.ExitStack() as last:
        new.parent.mkdir(parents=True, exist_ok=True)
        new.mkdir()
        last.callback(shutil.rmtree, new, ignore_errors=True)
        last.enter_context(_held(new))
        yield new
        _sync_tree(new)
        _carry_over(out, new)
        _swap(new, out)


def _swap(new: Path, out: Path) -> None:
    if out.is_dir():
        shutil.copymode(out, new)
        if not _exchanged(new, out):
            _two_renames(new, out)
    else:
        new.rename(out)
    _sync(out.parent)


def _exchanged(new: Path, out: Path) -> bool:
    """Whether the two folders changed places in one step; False where the system or the disk cannot."""
    if sys.platform != "linux":
        return False
    renameat2: Any = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(out), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}:
        return False
    raise OSError(number, os.strerror(number), str(out))


def _two_renames(new: Path, out: Path) -> None:
    old = new.with_name(new.name.replace("-new-", "-old-"))
    journal = _journal(out)
    draft = journal.with_suffix(".part")
    draft.write_text(json.dumps({"new": new.name, "old": old.name}), encoding="utf-8")
    _sync(draft)
    draft.replace(journal)
    _sync(out.parent)
    out.rename(old)
    new.rename(out)
    _sync(out.parent)
    journal.unlink()
    shutil.rmtree(old, ignore_errors=True)


def _mend(out: Path) -> None:
    """Finish or undo an exchange that was cut off, and remove what no running command holds."""
    journal = _journal(out)
    if journal.is_file():
        names = json.loads(journal.read_text(encoding="utf-8"))
        if not out.exists():
            new, old = out.with_name(names["new"]), out.with_name(names["old"])
            (new if new.is_dir() else old).rename(out)
            _sync(out.parent)
        journal.unlink()
    ours = re.compile(rf"\.{re.escape(out.name)}\.geoplan-(new|old)-[0-9a-f]{{8}}")
    for path in out.parent.iterdir():
        if ours.fullmatch(path.name) and path.is_dir() and not _is_held(path):
            shutil.rmtree(path, ignore_errors=True)


def _journal(out: Path) -> Path:
    return out.with_name(f".{out.name}.geoplan-journal.json")


def _wrote(out: Path) -> set[str] | None:
    """The files our last run wrote there, or None where the folder is not ours."""
    try:
        told = json.loads((out / PROVENANCE).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("files"), dict) or "geoplan" not in told:
        return None
    return {PROVENANCE, *told["files"]}


def _carry_over(out: Path, new: Path) -> None:
    """Link what others put into the old folder into the new one; the old one stays whole until both change places."""
    ours = (_wrote(out) if out.is_dir() else None) or set()
    for folder, folders, files in os.walk(out):
        here = Path(folder)
        links = [name for name in folders if (here / name).is_symlink()]
        for name in (*files, *links):
            foreign = (here / name).relative_to(out)
            if foreign.as_posix() not in ours:
                _link(out / foreign, new / foreign)
        for name in folders:
            if name not in links and not any((here / name).iterdir()):
                (new / (here / name).relative_to(out)).mkdir(parents=True, exist_ok=True)
    for folder, _, _ in os.walk(new):
        _sync(Path(folder))


def _link(source: Path, target: Path) -> None:
    if os.path.lexists(target):
        raise StudyError("out.in_the_way", path=source)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except (OSError, NotImplementedError):
        # not every disk knows links; a copy takes longer and says the same
        shutil.copy2(source, target, follow_symlinks=False)
        if not target.is_symlink():
            _sync(target)


def _sync_tree(folder: Path) -> None:
    for at, _, files in os.walk(folder):
        for name in files:
            _sync(Path(at, name))


def _sync(path: Path) -> None:
    """Bring a file or the entries of a folder to the disk."""
    windows = os.name == "nt"
    if windows and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if windows else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """While the block runs, other commands see that somebody writes there."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _is_held(folder: Path) -> bool:
    """Whether a running command writes there; a folder that cannot be asked counts as held."""
    if sys.platform == "win32":
        return False
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


@contextlib.contextmanager
def _worded(out: Path) -> Iterator[None]:
    """What the system says of the folder, as a sentence a planner can act on."""
    try:
        yield
    except OSError as error:
        sentence = _SENTENCES.get(error.errno or 0, "out.failed")
        raise StudyError(sentence, path=out, reason=error.strerror or error) from error

"""Folders for copies that go when they are closed; what killed programs left behind goes with the next one."""

import contextlib
import functools
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["scratch"]

_OWN = re.compile(r"geoplan-([0-9]+)-")


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder among the temporary files of this machine, for as long as the block runs.

    >>> with scratch() as folder:
    ...     sorted(folder.iterdir())
    []
    >>> folder.exists()
    False
    """
    _sweep(tempfile.gettempdir())
    with tempfile.TemporaryDirectory(prefix=f"geoplan-{os.getpid()}-") as made, _held(Path(made)):
        yield Path(made)


@functools.cache
def _sweep(temporary: str) -> None:
    """Clear away folders of this kind, and of this user, that no running program holds; once a program."""
    if sys.platform == "win32":
        return  # a folder that is used there cannot be told from one that is not
    for folder in Path(temporary).glob("geoplan-*"):
        with contextlib.suppress(OSError):
            told = _OWN.match(folder.name)
            known = folder.lstat()
            if told and folder.is_dir() and not folder.is_symlink() and known.st_uid == os.getuid():
                _clear(folder, int(told[1]))


def _clear(folder: Path, owner: int) -> None:
    # both must say so: a folder is made a moment before it is held, and other machines count their programs anew
    if not _runs(owner) and not _is_held(folder):
        shutil.rmtree(folder, ignore_errors=True)


def _runs(number: int) -> bool:
    """Whether a program of that number runs on this machine."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """While the block runs, other programs see that somebody uses the folder."""
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
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False

"""What came in the mail: a folder of attachments, its register, the projects in it, and what nobody could read."""

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from geoplan.desk import Claim, Desk
from geoplan.errors import GeoplanError, LayerError, SourceError, StudyError
from geoplan.sites.site import Register

if TYPE_CHECKING:
    from geoplan.plot import Attachment
    from geoplan.sites.intake import Entry

__all__ = ["REGISTER", "Intake", "collect", "intake", "read_register"]

REGISTER = "sites.csv"
_FOLDER_FORMATS = (".gdb",)


@dataclass(frozen=True, slots=True, eq=False)
class Intake:
    """What an intake did.

    Attributes:
        path: the register.
        register: the batch as it now stands.
        rows: how many attachments it lists.
        added: how many of them are new.
    """

    path: Path
    register: Register
    rows: int
    added: int


def intake(folder: Path, desk: Desk) -> Intake:
    """Make or complete the register of a folder of attachments; the attachments themselves are left as they are.

    Raises:
        StudyError: there is no such folder.
        DefinitionError: the register that is there already names no attachments.
        SourceError: it cannot be read, or written.
    """
    from geoplan.sites.intake import entered

    path = folder / REGISTER
    before = _rows(path) if path.exists() else []
    found = _opened_in(folder, before, desk)
    read = {file: None if isinstance(one, GeoplanError) else one for file, one in found.items()}
    header, rows = entered(before, read, folder=folder.resolve().name, register=REGISTER)
    if rows != before or not path.exists():
        _write(path, header, rows)
    return Intake(path, _register(rows, folder, desk, found), len(rows), len(rows) - len(before))


def read_register(path: Path, desk: Desk) -> Register:
    """The batch a register lists; its attachments stand relative to its folder.

    Raises:
        SourceError: the register cannot be read.
        DefinitionError: it names no attachments.
    """
    from geoplan.sites.intake import entered

    # a row somebody added by hand may lack its number
    _, rows = entered(_rows(path), {}, folder=path.resolve().parent.name, register=path.name)
    return _register(rows, path.parent, desk, {})


def collect(paths: Sequence[Path], desk: Desk, claim: Claim | None = None) -> Register:
    """The batch somebody names: a register, a folder (its register where it has one), or attachments one by one.

    Args:
        paths: one register, one folder, or any number of attachments.
        desk: where they are opened.
        claim: what is said of attachments named one by one; in a register that has columns of its own.

    Raises:
        StudyError: several registers or folders, or a claim about one.
        SourceError: the register cannot be read.
        DefinitionError: it names no attachments.
    """
    from geoplan.sites.intake import Entry, entered

    said = claim or Claim()
    whole = [p for p in paths if p.suffix.lower() == ".csv" or (p.is_dir() and p.suffix.lower() not in _FOLDER_FORMATS)]
    if whole and len(paths) > 1:
        raise StudyError("intake.one_register", path=whole[0])
    if whole and not said.empty:
        raise StudyError("intake.claim", path=whole[0])
    if whole:
        path = whole[0] / REGISTER if whole[0].is_dir() else whole[0]
        if path.exists() or not whole[0].is_dir():
            return read_register(path, desk)
        found = _opened_in(whole[0], [], desk)
        read = {file: None if isinstance(one, GeoplanError) else one for file, one in found.items()}
        return _register(entered([], read, folder=whole[0].resolve().name)[1], whole[0], desk, found)
    opened = {n: desk.opened(path, said.crs, said.by) for n, path in enumerate(paths, start=1)}
    entries = [
        Entry(n, f"{n:03d}", p.name, p.stem, use=said.use, activities=said.activities)
        for n, p in enumerate(paths, start=1)
    ]
    return _batch([_named(entry, opened[entry.row]) for entry in entries], opened, desk)


def _named(entry: "Entry", found: "Attachment | GeoplanError") -> "Entry":
    """An attachment named one by one is registered as an intake would."""
    from geoplan.sites.intake import COLUMNS, columns_of, entered, entry_of

    if isinstance(found, GeoplanError):
        return entry
    _, (row,) = entered([], {entry.file: found})
    said = entry_of(entry.row, row, columns_of([row], REGISTER) or COLUMNS, REGISTER)
    activities = entry.activities or said.activities
    return replace(said, receipt=entry.receipt, use=entry.use or said.use, activities=activities)


def _rows(path: Path) -> list[dict[str, str]]:
    from geoplan.read.spreadsheet import read_rows

    return read_rows(path, path.name)


def _opened_in(folder: Path, before: Sequence[Mapping[str, str]], desk: Desk) -> "dict[str, Attachment | GeoplanError]":
    """Every attachment of a folder by its path from there, opened as the register so far declares."""
    from geoplan.read.attachments import find_attachments
    from geoplan.sites.intake import columns_of

    if not folder.is_dir():
        raise StudyError("intake.no_folder", path=folder)
    of = columns_of(before, REGISTER)
    declared = {
        row[of["file"]].removeprefix("./"): (row.get(of.get("crs", ""), ""), row.get(of.get("by", ""), ""))
        for row in before
    }
    files = {path.relative_to(folder).as_posix(): path for path in find_attachments(folder)}
    return {file: desk.opened(path, *declared.get(file, ("", ""))) for file, path in files.items()}


def _register(
    rows: Sequence[Mapping[str, str]], folder: Path, desk: Desk, opened: "Mapping[str, Attachment | GeoplanError]"
) -> Register:
    """The batch of the rows; what was opened already is not opened again."""
    from geoplan.sites.intake import Entry, columns_of, entry_of

    of = columns_of(rows, REGISTER)
    entries: list[Entry] = []
    found: dict[int, Attachment | GeoplanError] = {}
    for number, row in enumerate(rows, start=2):
        if not any(row.values()):
            continue
        try:
            entry = entry_of(number, row, of, REGISTER)
        except GeoplanError as error:
            # it stays a row of its project, which is not checked without it
            entry, found[number] = Entry(number, row[of["receipt"]], row[of["file"]]), error
        else:
            file = entry.file.replace("\\", "/").removeprefix("./")
            found[number] = opened[file] if file in opened else _opened(folder, entry, desk)
        entries.append(entry)
    return _batch(entries, found, desk)


def _opened(folder: Path, entry: "Entry", desk: Desk) -> "Attachment | GeoplanError":
    if not entry.file:
        return LayerError("intake.no_file", register=REGISTER, row=entry.row)
    return desk.opened(folder / PurePosixPath(entry.file.replace("\\", "/")), entry.crs, entry.by)


def _batch(entries: "Sequence[Entry]", opened: "Mapping[int, Attachment | GeoplanError]", desk: Desk) -> Register:
    from geoplan.sites.duplicates import twice
    from geoplan.sites.projects import projects_of

    found, unread = projects_of(entries, opened)
    # the same file under the same receipt is this very submission, answered before
    own = {(site.receipt, site.sha256) for site in found}
    earlier = [site for site in desk.earlier if (site.receipt.partition(" (")[0], site.sha256) not in own]
    duplicates, overlaps = twice(found, earlier, desk.crs)
    return Register(found, unread, duplicates, overlaps, desk.crs)


def _write(path: Path, header: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Write the register whole or not at all; with the mark a spreadsheet tells UTF-8 by."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as beside:
            made = Path(beside) / path.name
            made.write_bytes(text.getvalue().encode("utf-8-sig"))
            made.replace(path)
    except OSError as error:
        raise SourceError("intake.unwritable", path=path.name, reason=error.strerror or error) from error

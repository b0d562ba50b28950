"""Projects from the rows of a register: attachments of one receipt are one project; what cannot be read is told."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from geoplan.errors import CRSError, GeoplanError, LayerError
from geoplan.measure import Note
from geoplan.plot import Attachment, Plot
from geoplan.sites.intake import COLUMNS, Entry
from geoplan.sites.several import called, claimed, named, projects_in
from geoplan.sites.site import Site, Unread

__all__ = ["projects_of", "unread_of"]

_ONE = ("code", "use", "activities")
"""What the rows of one project must not say in two ways; of two names, the first is taken."""
_ASKED = {
    **dict.fromkeys(("document", "picture", "packed", "kind"), "format"),
    **dict.fromkeys(("local_crs", "old_declared"), "local"),
    **dict.fromkeys(("no_converter", "converter_missing", "converter_failed", "dwg_named_dxf"), "drawing"),
    "width_needed": "width",
}
"""What the sender must hand in, where the reason alone says it."""


def projects_of(
    entries: Sequence[Entry], opened: Mapping[int, Attachment | GeoplanError]
) -> tuple[tuple[Site, ...], tuple[Unread, ...]]:
    """The projects of a register, in its order, and the attachments that could not be read.

    A project with an attachment nobody can read is not checked in part: its other attachments are told as unread too.
    An attachment that names several projects is those projects, unless its row has a name of its own for all of it, or
    shares its receipt.

    Args:
        entries: rows of the register.
        opened: row number -> the attachment, or why it cannot be read.

    >>> projects_of([], {})
    ((), ())
    """
    projects: dict[str, list[Entry]] = {}
    for entry in entries:
        projects.setdefault(entry.receipt, []).append(entry)
    sites: list[Site] = []
    unread: list[Unread] = []
    for rows in projects.values():
        found = [_settled(entry, opened[entry.row]) for entry in rows]
        refused = [
            (entry, one) for entry, one in zip(rows, found, strict=True) if isinstance(one, GeoplanError)
        ] or _disagreeing(rows)
        if refused:
            unread += [unread_of(entry.receipt, entry.file, error) for entry, error in refused]
            bad = {entry.row for entry, _ in refused}
            unread += [_with_the_rest(entry, refused[0][0]) for entry in rows if entry.row not in bad]
            continue
        read = [one for one in found if isinstance(one, Attachment)]
        parts = projects_in(read[0]) if len(rows) == 1 and _unnamed(rows[0]) else ()
        if len(parts) > 1:
            sites += _several(rows[0], parts, set(projects))
        else:
            sites.append(_project(rows, read))
    return tuple(sites), tuple(unread)


def unread_of(receipt: str, file: str, error: GeoplanError) -> Unread:
    """A line of 失败清单: why, and what the sender must hand in.

    >>> unread_of("3", "a.pdf", LayerError("site_file.document", file="a.pdf")).remedy.sentence
    'intake.remedy.format'
    """
    return Unread(receipt, file, Note(error.id, dict(error.fields)), Note(_remedy(error)))


def _remedy(error: GeoplanError) -> str:
    asked = _ASKED.get(error.id.rpartition(".")[2], "")
    if asked:
        return f"intake.remedy.{asked}"
    if error.id.startswith("intake."):
        return "intake.remedy.register"
    if isinstance(error, CRSError):
        return "intake.remedy.crs"
    return "intake.remedy.coordinates" if isinstance(error, LayerError) else "intake.remedy.file"


def _with_the_rest(entry: Entry, bad: Entry) -> Unread:
    reason = Note("intake.project_incomplete", {"file": entry.file, "other": bad.file})
    return Unread(entry.receipt, entry.file, reason, Note("intake.remedy.with_the_rest"))


def _settled(entry: Entry, found: Attachment | GeoplanError) -> Attachment | GeoplanError:
    """The attachment with the roles the register gives its plots, or why it cannot stand for its row."""
    if isinstance(found, GeoplanError):
        return found
    doubt = claimed(found)[1] if len(projects_in(found)) == 1 else None
    if doubt is not None and not entry.activities:
        found = replace(found, notes=(*found.notes, doubt))
    if not entry.roles:
        return found
    roles = dict(entry.roles)
    numbers = {plot.number for plot in found.plots}
    strange = [number for number in roles if number and number not in numbers]
    if strange:
        return LayerError("intake.no_plot", file=entry.file, plot=strange[0], plots=", ".join(sorted(numbers)))
    plots = tuple(replace(p, role=roles.get(p.number, roles.get("", p.role))) for p in found.plots)
    return replace(found, plots=plots)


def _disagreeing(rows: Sequence[Entry]) -> list[tuple[Entry, GeoplanError]]:
    """Every row of a project whose rows say something in two ways."""
    for field in _ONE:
        said = list(dict.fromkeys(v for entry in rows if (v := getattr(entry, field))))
        if len(said) > 1:
            first, second = (" ".join(v) if isinstance(v, tuple) else v for v in said[:2])
            fields = {"column": COLUMNS[field], "receipt": rows[0].receipt, "first": first, "second": second}
            return [(entry, LayerError("intake.disagree", file=entry.file, **fields)) for entry in rows]
    return []


def _unnamed(entry: Entry) -> bool:
    """Whether nobody has named the project of an attachment: the name of the file stands for one."""
    return entry.project in {"", PurePosixPath(entry.file.replace("\\", "/")).stem}


def _several(entry: Entry, parts: Sequence[Attachment], taken: set[str]) -> Iterator[Site]:
    """The projects of one attachment, each with a receipt of its own behind that of the attachment."""
    wide = len(str(len(parts)))
    left_out = (Note("site_note.area_of_several", {"area": f"{entry.area:.2f}"}),) if entry.area is not None else ()
    for n, part in enumerate(parts, start=1):
        said, (activities, doubt) = named(part), claimed(part)
        uses = {plot.use.strip() for plot in part.plots}
        receipt = f"{entry.receipt}-{n:0{wide}d}"
        while receipt in taken:
            receipt += "*"
        own = replace(
            entry,
            receipt=receipt,
            project=said["project"] or called(part),
            developer=said["developer"] or entry.developer,
            code=said["code"],
            use=next(iter(uses)) if len(uses) == 1 and "" not in uses else entry.use,
            activities=activities or entry.activities,
            area=None,
        )
        notes = (*part.notes, *left_out, *((doubt,) if doubt else ()))
        yield _project([own], [replace(part, notes=notes)])


def _project(rows: Sequence[Entry], found: Sequence[Attachment]) -> Site:
    def said(field: str) -> str:
        return next((text for entry in rows if (text := getattr(entry, field))), "")

    areas = [entry.area for entry in rows if entry.area is not None]
    return Site(
        receipt=rows[0].receipt,
        file=", ".join(dict.fromkeys(entry.file for entry in rows)),
        sha256=_sha256(found),
        project=said("project"),
        plots=_told_apart([plot for one in found for plot in one.plots]),
        developer=said("developer"),
        code=said("code"),
        planned_use=said("use"),
        activities=next((entry.activities for entry in rows if entry.activities), ()),
        submitted_area=sum(areas) if areas else None,
        crs=", ".join(dict.fromkeys(one.crs for one in found)),
        declared_by=", ".join(dict.fromkeys(one.declared_by for one in found if one.declared_by)),
        notes=tuple(note for one in found for note in one.notes),
        remark="; ".join(dict.fromkeys(entry.remark for entry in rows if entry.remark)),
    )


def _sha256(found: Sequence[Attachment]) -> str:
    if len(found) == 1:
        return found[0].sha256
    return hashlib.sha256("\n".join(one.sha256 for one in found).encode()).hexdigest()


def _told_apart(plots: Sequence[Plot]) -> tuple[Plot, ...]:
    """Plots of several attachments that number them alike: the later ones have their place in the project added."""
    taken: set[str] = set()
    found: list[Plot] = []
    for n, plot in enumerate(plots, start=1):
        number = plot.number
        if number in taken:
            number = next(t for t in (f"{number}#{n}", f"{number}#{n}*") if t not in taken)
        taken.add(number)
        found.append(replace(plot, number=number))
    return tuple(found)

"""One file, several projects: a table that names the project of each plot is read as the projects it names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from geoplan.measure import Note
from geoplan.plot import Attachment, Plot

__all__ = ["SEVERAL", "called", "claimed", "named", "projects_in"]

SEVERAL = re.compile(r"[|\u3001,\uff0c;\uff1b\s]+")
"""What stands between codes in one cell."""
_CODES = re.compile(r"\d{1,3}")


def projects_in(attachment: Attachment) -> tuple[Attachment, ...]:
    """The attachment, cut by project where its plots name more than one; else as it is.

    Plots of one code are one project, and so are plots of one name as far as they have no code. A plot that names none
    among others that do is a project of its own.

    >>> projects_in(Attachment("a.shp", "", "shp", "EPSG:4548", ()))[0].file
    'a.shp'
    """
    keys = _keys(attachment.plots)
    if len(dict.fromkeys(keys)) < 2:
        return (attachment,)
    groups: dict[str, list[Plot]] = {}
    for key, plot in zip(keys, attachment.plots, strict=True):
        groups.setdefault(key, []).append(plot)
    note = Note("site_note.one_of_several", {"count": len(groups)})
    return tuple(replace(attachment, plots=tuple(mine), notes=(note, *attachment.notes)) for mine in groups.values())


def _keys(plots: Sequence[Plot]) -> list[str]:
    codes: dict[str, set[str]] = {}
    for plot in plots:
        codes.setdefault(plot.project.name, set()).update({plot.project.code} - {""})
    keys = []
    for n, plot in enumerate(plots):
        name, code = plot.project.name, plot.project.code
        known = codes[name] if name else set()
        keys.append(code or (next(iter(known)) if len(known) == 1 else name) or f"#{n}")
    # nobody names a project: the file is one
    return [""] * len(keys) if not any(p.project.name or p.project.code for p in plots) else keys


def named(attachment: Attachment) -> Mapping[str, str]:
    """What the plots of one project say of it: project, developer, code; empty where they say nothing.

    >>> named(Attachment("a.shp", "", "shp", "EPSG:4548", ()))["project"]
    ''
    """
    said = {"project": "name", "developer": "developer", "code": "code"}
    return {
        field: next((text for plot in attachment.plots if (text := getattr(plot.project, key))), "")
        for field, key in said.items()
    }


def called(attachment: Attachment) -> str:
    """What a project is called that nobody has named: by the file and its first plot."""
    first = attachment.plots[0]
    return f"{PurePosixPath(attachment.file).stem} {first.name or first.number}".strip()


def claimed(attachment: Attachment) -> tuple[tuple[str, ...], Note | None]:
    """The codes of limited activities that every plot of a project claims alike; where they differ, none, and why.

    >>> claimed(Attachment("a.shp", "", "shp", "EPSG:4548", ()))
    ((), None)
    """
    said = list(dict.fromkeys(plot.project.activities for plot in attachment.plots))
    if not any(said):
        return (), None
    codes = [tuple(code for code in SEVERAL.split(text) if code) for text in said]
    if len(codes) == 1 and all(_CODES.fullmatch(code) for code in codes[0]):
        return codes[0], None
    return (), Note("site_note.activities", {"said": "; ".join(text or "-" for text in said)})

"""The user's table of causes: which patch changed by which adjustment and document. An empty cell is 待核."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from geoplan.errors import DefinitionError, GeoplanError, Problems
from geoplan.measure import Note
from geoplan.sites.version_report import Patch
from geoplan.words import LANGUAGES, say

__all__ = ["COLUMNS", "Cause", "joined", "read_causes"]

COLUMNS = ("patch", "kind", "adjustment", "approval", "remark", "project", "compensation", "accepted", "land")
"""Columns by machine name; the heads printed above the table of patches, in either language, mean the same."""
_KINDS = ("lost", "gained", "reclassified", "sliver")


@dataclass(frozen=True, slots=True)
class Cause:
    """One row: the number of a patch, or the id of a feature all of whose patches it speaks of.

    Attributes:
        row: of the file.
        patch: the number or id.
        kind: which of the feature's patches it speaks of; all where empty.
        says: adjustment, approval, remark and the rest, by machine name; none of them empty.
    """

    row: int
    patch: str
    kind: str = ""
    says: Mapping[str, str] = field(default_factory=dict)


def read_causes(rows: Sequence[Mapping[str, str]], file: str = "") -> tuple[Cause, ...]:
    """The causes of a table, in its order; rows that say nothing (all 待核) are left out.

    Args:
        rows: below the header, row 2 of the file first.
        file: for messages.

    Raises:
        Problems: no column that names patches or none that says why, an unknown kind, or a patch told twice apart.

    >>> read_causes([{"patch": "HX1", "adjustment": "adjusted", "approval": "2024-1"}])[0].says
    {'adjustment': 'adjusted', 'approval': '2024-1'}
    >>> read_causes([])
    ()
    """
    if not rows:
        return ()
    names = {head: name for head in rows[0] if (name := _named(head))}
    wrong: list[GeoplanError] = [
        DefinitionError("versions.causes_column", file=file, column=_heads(name))
        for name in ("patch", "approval")
        if name not in names.values()
    ]
    if wrong:
        raise Problems(wrong)
    found: dict[tuple[str, str], Cause] = {}
    for row, cells in enumerate(rows, start=2):
        said = {name: text for head, name in names.items() if (text := _said(cells[head]))}
        patch, kind = said.pop("patch", ""), _kind(said.pop("kind", ""))
        if not said:
            continue
        if not patch or kind is None:
            wrong.append(DefinitionError("versions.causes_row", file=file, row=row))
            continue
        had = found.setdefault((patch, kind), Cause(row, patch, kind, said))
        if had.says != said:
            wrong.append(DefinitionError("versions.causes_twice", file=file, row=row, other=had.row, patch=patch))
    if wrong:
        raise Problems(wrong)
    return tuple(found.values())


def joined(patches: Iterable[Patch], causes: Sequence[Cause]) -> tuple[tuple[Patch, ...], tuple[Note, ...]]:
    """Patches with what the table says of them, and a note on rows that speak of no patch.

    A row for the patch itself goes before one for its feature, one for its kind before one for all.
    """
    by_key = {(cause.patch, cause.kind): cause for cause in causes}
    used: set[int] = set()
    found = []
    for patch in patches:
        kind = "sliver" if patch.sliver else patch.kind
        keys = [(name, k) for name in (patch.number, patch.feature) for k in (kind, patch.kind, "")]
        cause = next((by_key[key] for key in keys if key in by_key), None)
        if cause is not None:
            used.add(cause.row)
        found.append(patch if cause is None else _with(patch, cause))
    idle = [cause for cause in causes if cause.row not in used]
    if not idle:
        return tuple(found), ()
    return tuple(found), (Note("versions.causes_idle", {"count": len(idle), "patches": [c.patch for c in idle[:10]]}),)


def _with(patch: Patch, cause: Cause) -> Patch:
    says = dict(cause.says)
    adjustment, approval, remark = (says.pop(name, "") for name in ("adjustment", "approval", "remark"))
    return replace(patch, adjustment=adjustment, approval=approval, remark=remark, more=says)


def _named(head: str) -> str:
    """The machine name of a column, however it is headed; an empty text where it is none of ours."""
    plain = head.strip().casefold()
    for name in COLUMNS:
        if plain in {name, *(say(language, f"versions.head.{name}").casefold() for language in LANGUAGES)}:
            return name
    return ""


def _heads(name: str) -> dict[str, str]:
    return {language: say(language, f"versions.head.{name}") for language in LANGUAGES}


def _said(cell: str) -> str:
    """What a cell says: nothing where it is empty or still pending."""
    text = cell.strip()
    return "" if text in {"—", *(say(language, "versions.pending") for language in LANGUAGES)} else text


def _kind(text: str) -> str | None:
    """The machine word of a kind; None where it is none."""
    if not text:
        return ""
    words = {say(language, f"versions.kind.{kind}").casefold(): kind for kind in _KINDS for language in LANGUAGES}
    return {**words, **{kind: kind for kind in _KINDS}}.get(text.casefold())

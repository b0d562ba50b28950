"""The register of an intake: one row an attachment, in columns planners fill in; what they wrote is never changed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import get_args

from geoplan.errors import DefinitionError
from geoplan.plot import Attachment, Role
from geoplan.sites.several import SEVERAL, claimed, named, projects_in

__all__ = ["COLUMNS", "Entry", "columns_of", "entered", "entry_of"]

COLUMNS = {
    "receipt": "收件编号", "file": "文件", "project": "项目名称", "developer": "建设单位", "code": "项目代码",
    "use": "申报用途", "activities": "活动类别", "role": "地块角色", "area": "送审面积(平方米)", "crs": "声明坐标系",
    "by": "声明人", "remark": "备注",
}  # fmt: skip
"""Columns of sites.csv, in their order."""
_SAID = {
    "project": ("项目名称",), "developer": ("建设单位", "用地单位", "申请单位"), "code": ("项目代码", "项目编码"),
}  # fmt: skip
"""What attachments call the things the register asks for."""
_ROLES = tuple(role for role in get_args(Role) if role)
_DATE = re.compile(r"(?<!\d)(20\d\d)[-._年]?(\d\d)[-._月]?(\d\d)(?!\d)")
_NUMBERED = re.compile(r"(.*?)(\d+)")
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the register, read.

    Attributes:
        row: its row number in the file, the header being row 1.
        receipt: 收件编号; rows of one number are one project.
        file: the attachment, from the folder of the register.
        project, developer, code, use, crs, by, remark: as filled in.
        activities: codes of the limited activities claimed.
        roles: role by plot number; the role of all plots under the empty number.
        area: 送审面积 in m2; None where none is stated.
    """

    row: int
    receipt: str
    file: str
    project: str = ""
    developer: str = ""
    code: str = ""
    use: str = ""
    activities: tuple[str, ...] = ()
    roles: tuple[tuple[str, Role], ...] = ()
    area: float | None = None
    crs: str = ""
    by: str = ""
    remark: str = ""


def columns_of(rows: Sequence[Mapping[str, str]], register: str) -> dict[str, str]:
    """Field -> the column of a register that holds it; a unit or a hint in brackets may follow the name.

    Raises:
        DefinitionError: there is no column that names the attachments.

    >>> columns_of([{"文件": "a.txt", "地块角色（净用地/代征/临时）": ""}], "sites.csv")["role"]
    '地块角色（净用地/代征/临时）'
    >>> columns_of([], "sites.csv")
    {}
    """
    if not rows:
        return {}
    plain = {_bare(column): column for column in rows[0]}
    found = {field: plain[_bare(name)] for field, name in COLUMNS.items() if _bare(name) in plain}
    if "file" not in found:
        raise DefinitionError("intake.no_file_column", file=register, column=COLUMNS["file"])
    return found


def entry_of(number: int, row: Mapping[str, str], columns: Mapping[str, str], register: str) -> Entry:
    """One row of a register.

    Raises:
        DefinitionError: a cell that cannot be honoured: an area that is no number, a role nobody has.

    >>> row = {"文件": "a.txt", "活动类别": "1、6", "地块角色": "A:净用地|B:代征", "送审面积(平方米)": "1,250.5"}
    >>> entry = entry_of(2, row, columns_of([row], ""), "sites.csv")
    >>> entry.activities, entry.roles, entry.area
    (('1', '6'), (('A', '净用地'), ('B', '代征')), 1250.5)
    >>> entry_of(3, {"文件": "b.txt"}, {"file": "文件"}, "sites.csv").area is None
    True
    """
    said = {field: row.get(column, "").strip() for field, column in columns.items()}
    words = {k: v for k, v in said.items() if k not in {"activities", "role", "area"}}
    where = {"register": register, "row": number}
    return Entry(
        number,
        words.pop("receipt", ""),
        words.pop("file"),
        activities=tuple(code for code in SEVERAL.split(said.get("activities", "")) if code),
        roles=_roles(said.get("role", ""), where),
        area=_area(said.get("area", ""), where),
        **words,
    )


def entered(
    rows: Sequence[Mapping[str, str]],
    found: Mapping[str, Attachment | None],
    *,
    folder: str = "",
    register: str = "sites.csv",
) -> tuple[list[str], list[dict[str, str]]]:
    """The columns and the rows of a register that has every attachment of a folder.

    Rows keep their order, and every cell somebody filled in; empty ones take what the attachment itself says. An
    attachment nobody could read has a row too. Receipts go on from the last one of the same date.

    Args:
        rows: of the register so far.
        found: attachments by their path from the folder of the register; None where it could not be read.
        folder: the name of that folder, which may begin with the date of receipt.
        register: name of the register, for messages.

    >>> columns, rows = entered([], {"a.txt": None}, folder="2026-11-20_收件")
    >>> rows[0]["收件编号"], rows[0]["文件"], rows[0]["项目名称"]
    ('20261120-001', 'a.txt', 'a')
    >>> entered([], {})[1]
    []
    """
    named = columns_of(rows, register)
    of = {field: named.get(field, column) for field, column in COLUMNS.items()}
    header = [*(of[field] for field in COLUMNS), *(c for c in (rows[0] if rows else ()) if c not in of.values())]
    known = {_same(row[of["file"]]) for row in rows}
    kept = [{**dict.fromkeys(header, ""), **row} for row in rows]
    kept += [{**dict.fromkeys(header, ""), of["file"]: _path(file)} for file in found if _same(file) not in known]
    attachments = {_same(file): attachment for file, attachment in found.items()}
    taken = [row[of["receipt"]] for row in kept]
    for row in (r for r in kept if any(r.values())):
        if not row[of["receipt"]]:
            row[of["receipt"]] = _next(taken, _day((folder, *PurePosixPath(row[of["file"]]).parts[:-1])))
            taken.append(row[of["receipt"]])
        # attachments somebody put under one receipt are one project: what is empty there is said by another row
        joined = taken.count(row[of["receipt"]]) > 1
        for field, text in _suggested(row[of["file"]], attachments.get(_same(row[of["file"]]))).items():
            if field == "role" or not joined:
                row[of[field]] = row[of[field]] or _plain(text)
    return header, kept


def _suggested(file: str, attachment: Attachment | None) -> dict[str, str]:
    """What an attachment says of the things the register asks for; its name stands for a project without one.

    Of several projects in one file the register says no more than that name.
    """
    cells = {"project": PurePosixPath(file).stem}
    if attachment is None or len(projects_in(attachment)) > 1:
        return cells
    of_plots = named(attachment)
    for field, keys in _SAID.items():
        said = next((text for key in keys if (text := attachment.attributes.get(key, "").strip())), "")
        cells[field] = said or of_plots[field] or cells.get(field, "")
    cells["activities"] = "|".join(claimed(attachment)[0])
    plots = attachment.plots
    uses = {plot.use.strip() for plot in plots}
    cells["use"] = next(iter(uses)) if len(uses) == 1 else ""
    roles = {plot.role for plot in plots}
    cells["role"] = next(iter(roles)) if len(roles) == 1 else ""
    if len(roles) > 1 and all(plot.number for plot in plots):
        cells["role"] = "|".join(f"{plot.number}:{plot.role}" for plot in plots if plot.role)
    return cells


def _roles(text: str, where: Mapping[str, object]) -> tuple[tuple[str, Role], ...]:
    found: list[tuple[str, Role]] = []
    for part in (p for p in re.split(r"[|;；]", text) if p.strip()):
        number, _, word = unicodedata.normalize("NFKC", part).strip().rpartition(":")
        role = next((r for r in _ROLES if r == word.strip()), None)
        if role is None:
            allowed = " | ".join(_ROLES)
            raise DefinitionError("intake.cell", **where, column=COLUMNS["role"], value=part.strip(), wanted=allowed)
        found.append((number.strip(), role))
    return tuple(found)


def _area(text: str, where: Mapping[str, object]) -> float | None:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if not plain:
        return None
    if not re.fullmatch(r"\d+(\.\d*)?", plain):
        raise DefinitionError("intake.cell", **where, column=COLUMNS["area"], value=text, wanted="12345.67")
    return float(plain)


def _day(names: Iterable[str]) -> str:
    """The date a folder is named by, the innermost first; empty where none is.

    >>> _day(("sites", "2026-11-20_收件")), _day(())
    ('20261120-', '')
    """
    days = [match for name in names if (match := _DATE.search(name))]
    return "".join(days[-1].groups()) + "-" if days else ""


def _next(taken: Sequence[str], prefix: str) -> str:
    numbers = [
        int(match[2])
        for one in taken
        if (match := _NUMBERED.fullmatch(one[len(prefix) :])) and one == prefix + match[2]
    ]
    return f"{prefix}{max(numbers, default=0) + 1:03d}"


def _bare(column: str) -> str:
    return re.sub(r"[(（].*", "", unicodedata.normalize("NFKC", column)).strip()


def _same(file: str) -> str:
    """A path as it compares: slashes one way, one form of each letter."""
    return unicodedata.normalize("NFC", str(PurePosixPath(file.strip().replace("\\", "/"))))


def _path(file: str) -> str:
    # a spreadsheet would take such a name for a formula; the path stays the same
    return f"./{file}" if file.startswith(_FORMULAS) else file


def _plain(text: str) -> str:
    """A text of an attachment that no spreadsheet takes for a formula."""
    one = " ".join(text.split())
    return f"'{one}" if one.startswith(_FORMULAS) else one

"""Crosswalks: tables that say which codes of one classification are which of another.

A code with one counterpart is converted. A code with several is converted only where all of them are of one class;
else it stays unknown, for no area is split by a table and no counterpart is better than another. What went through a
crosswalk is an estimate, and says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from geoplan import units
from geoplan.errors import DefinitionError, nearest
from geoplan.measure import Note
from geoplan.read import guards
from geoplan.read.codes import by_prefix, narrow, prefixes_of
from geoplan.read.spreadsheet import read_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geoplan.layer import LayerSpec
    from geoplan.read.declared import Declared

__all__ = ["Crosswalk", "Turned", "followed", "noted", "read_crosswalk", "turned"]

_COLUMNS = {
    "one": ("原分类", "原分类标准", "来源分类", "source_scheme"),
    "code": ("原代码", "原编码", "来源代码", "source_code"),
    "other": ("目标分类", "目标分类标准", "target_scheme"), "target": ("目标代码", "目标编码", "target_code"),
}  # fmt: skip
_BETWEEN = re.compile(r"[\s,;/|、，；]+")
_CODE = re.compile(r"[0-9A-Za-z]+")
_NONE = ("无", "-", "—", "——")
"""What is written where a code has no counterpart."""
_SAID = 5
Fate = Literal["one", "several", "missing"]


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """A table from one classification to another.

    Attributes:
        source: the classification its first codes are of.
        target: the one its second codes are of.
        path: as study.toml writes it.
        sha256: of the file.
        targets: code of the first -> codes of the second, in the order they stand; none where it has no counterpart.
            A code stands for every longer one that has no row of its own.
    """

    source: str
    target: str
    path: str
    sha256: str
    targets: Mapping[str, tuple[str, ...]]

    @property
    def said(self) -> str:
        """What a table of sources says of it."""
        return f"{self.source} → {self.target} ({self.path}, sha256 {self.sha256})"

    def of(self, code: str) -> tuple[str, tuple[str, ...]]:
        """The row that speaks of a code, the longest that fits, and the codes it names; nothing where none does.

        >>> table = Crosswalk("a", "b", "", "", {"03": ("01",), "0303": ()})
        >>> table.of("0301"), table.of("0303"), table.of("9")
        (('03', ('01',)), ('0303', ()), ('', ()))
        """
        row = next((code[:end] for end in range(len(code), 0, -1) if code[:end] in self.targets), "")
        return row, self.targets.get(row, ())


class Turned(NamedTuple):
    """What became of one code.

    Attributes:
        code: in the other classification; None where it has no single counterpart.
        kind: the class of the layer; None where nobody can tell.
        fate: `one` (counterpart, or class), `several`, or `missing` from the table.
    """

    code: str | None
    kind: str | None
    fate: Fate


def followed(said: "Declared", folder: Path, spec: "LayerSpec") -> "Declared":
    """A source with the crosswalk it names, read; the source itself where it names none.

    Raises:
        SourceError: there is no such file, or it is no table.
        DefinitionError: it does not lead from the classification of the source to one the layer knows.
    """
    if not said.crosswalk or said.walk is not None:
        return said
    found = guards.locate(said.crosswalk, folder)
    if found.file is None or found.member or found.file.is_dir():
        raise DefinitionError("crosswalk.no_table", layer=spec.name, file=said.crosswalk)
    rows = read_rows(found.file, said.crosswalk)
    walk = read_crosswalk(rows, said.scheme, spec, said.crosswalk, guards.digest(found))
    return replace(said, walk=walk)


def read_crosswalk(
    rows: Sequence[Mapping[str, str]], scheme: str, spec: "LayerSpec", file: str, sha256: str = ""
) -> Crosswalk:
    """The crosswalk a spreadsheet holds.

    Its header names the two classifications (`三调,用地用海2023`), or it has the columns 原分类, 原代码, 目标分类 and
    目标代码.
    Several counterparts of a code stand in several rows or in one cell.

    Args:
        rows: below the header.
        scheme: the classification of the codes to convert.
        spec: the contract of the layer, which knows the other one.
        file: for messages.
        sha256: of the file.

    Raises:
        DefinitionError: another header or another pair of classifications; a cell that holds no code, one that has
            lost its leading zero, or a row without its first code.

    >>> from geoplan.layer import LayerSpec
    >>> spec = LayerSpec("land", {}, "polygon", schemes={"b": {"farm": ("1",)}})
    >>> read_crosswalk([{"a": "X1", "b": "1A"}, {"a": "X1", "b": "1B、1C"}], "a", spec, "w.csv").targets
    {'X1': ('1A', '1B', '1C')}
    >>> read_crosswalk([], "a", spec, "w.csv")
    Traceback (most recent call last):
    ...
    geoplan.errors.DefinitionError: Crosswalk w.csv: no rows; each row gives a code of 'a' and its counterpart.
    """
    where = {"layer": spec.name, "file": file, "scheme": scheme}
    if not rows:
        raise DefinitionError("crosswalk.empty", **where)
    header = {_folded(name): name for name in rows[0]}
    at = {key: next((header[n] for n in names if n in header), "") for key, names in _COLUMNS.items()}
    if all(at.values()):
        target, kept = _by_columns(rows, at, where)
    else:
        target, kept = _by_header(rows, header, spec, where)
    if target not in spec.schemes:
        close = nearest(target, spec.schemes) or ", ".join(spec.schemes)
        raise DefinitionError("crosswalk.target", **where, other=target, nearest=close)
    targets: dict[str, tuple[str, ...]] = {}
    for row, one, other in kept:
        codes, counterparts = _codes(one, row, where), [] if other in _NONE else _codes(other, row, where)
        if not codes:
            raise DefinitionError("crosswalk.no_code", **where, row=row, code=other)
        for code in codes:
            targets[code] = tuple(dict.fromkeys([*targets.get(code, ()), *counterparts]))
    return Crosswalk(scheme, target, file, sha256, targets)


def turned(code: str, walk: Crosswalk, spec: "LayerSpec") -> Turned:
    """What a code is in the other classification, and of which class.

    >>> from geoplan.layer import LayerSpec
    >>> spec = LayerSpec("land", {}, "polygon", schemes={"b": {"farm": ("1",), "town": ("2",)}})
    >>> walk = Crosswalk("a", "b", "", "", {"X": ("1A",), "Y": ("1A", "1B"), "Z": ("1A", "2")})
    >>> [turned(code, walk, spec)[:2] for code in ("X7", "Y", "Z")]
    [('1A', 'farm'), (None, 'farm'), (None, None)]
    >>> turned("", walk, spec).fate
    'missing'
    """
    _, targets = walk.of(code)
    if not targets:
        return Turned(None, None, "missing")
    prefixes = prefixes_of(spec.schemes[walk.target])
    kinds = {by_prefix(target, prefixes) for target in targets}
    one = targets[0] if len(targets) == 1 else None
    kind = kinds.pop() if len(kinds) == 1 else None
    return Turned(one, kind, "one" if one is not None or kind is not None else "several")


def noted(
    codes: Sequence[str | None],
    found: Mapping[str, Turned],
    walk: Crosswalk,
    sizes: "tuple[NDArray[np.float64], str]",
    layer: str | Mapping[str, str],
) -> tuple[Note, ...]:
    """What went through a crosswalk, what has no single counterpart, and what it says nothing of, with their size.

    Args:
        codes: of the features that were converted by code; None where there is none.
        found: what became of each code.
        walk: the crosswalk.
        sizes: of the features, and the unit.
        layer: what it is called, by language where it has several names.
    """
    import numpy as np

    notes = []
    for fate, sentence in (("one", "crosswalk"), ("several", "crosswalk_several"), ("missing", "crosswalk_missing")):
        rows = [row for row, code in enumerate(codes) if code is not None and found[code].fate == fate]
        if not rows and fate != "one":
            continue
        names = sorted({code for code in codes if code is not None and found[code].fate == fate})
        shown = [f"{c} → {'/'.join(walk.of(c)[1])}" if fate == "several" else c for c in names]
        said = {
            "file": Path(walk.path).name, "one": walk.source, "other": walk.target, "count": len(rows),
            "size": _size(float(np.nansum(sizes[0][rows])), sizes[1]),
            "codes": "; ".join(shown[:_SAID]) + (" …" if len(shown) > _SAID else ""),
        }  # fmt: skip
        notes.append(Note(f"read.{sentence}", {"layer": layer, **said}))
    return tuple(notes)


def _size(amount: float, unit: str) -> dict[str, str]:
    shown = units.shown(amount / units.factor(unit), 4)
    return {language: f"{shown} {units.symbol(unit, language)}" for language in ("zh", "en")}


def _by_columns(
    rows: Sequence[Mapping[str, str]], at: Mapping[str, str], where: Mapping[str, str]
) -> tuple[str, list[tuple[int, str, str]]]:
    """The rows of a table whose columns name the classifications, each with its number."""
    kept, targets, others = [], set(), {}
    for row, cells in enumerate(rows, start=2):
        one, other, code, target = (narrow(cells[at[key]]) for key in ("one", "other", "code", "target"))
        if not (code or target):
            continue
        if not (one and other):
            raise DefinitionError("crosswalk.unnamed", **where, row=row)
        if one == where["scheme"]:
            targets.add(other)
            kept.append((row, code, target))
        else:
            others[one] = other
    if not kept and others:
        one, other = next(iter(others.items()))
        raise DefinitionError("crosswalk.other_scheme", **where, one=one, other=other)
    if len(targets) > 1:
        raise DefinitionError("crosswalk.targets", **where, names=", ".join(sorted(targets)))
    if not kept:
        raise DefinitionError("crosswalk.empty", **where)
    return targets.pop(), kept


def _by_header(
    rows: Sequence[Mapping[str, str]], header: Mapping[str, str], spec: "LayerSpec", where: Mapping[str, str]
) -> tuple[str, list[tuple[int, str, str]]]:
    """The rows of a table whose header names the two classifications, first the one that is converted."""
    known = [name for name in header if name in {where["scheme"], *spec.schemes}]
    if len(known) != 2:
        named = ", ".join(header.values())
        raise DefinitionError("crosswalk.header", **where, names=named, schemes=", ".join(spec.schemes))
    if known[0] != where["scheme"]:
        raise DefinitionError("crosswalk.other_scheme", **where, one=known[0], other=known[1])
    one, other = (header[name] for name in known)
    kept = [(row, cells[one], cells[other]) for row, cells in enumerate(rows, start=2) if cells[one] or cells[other]]
    if not kept:
        raise DefinitionError("crosswalk.empty", **where)
    return known[1], kept


def _codes(cell: str, row: int, where: Mapping[str, str]) -> list[str]:
    """The codes in a cell.

    Raises:
        DefinitionError: a text that is no code, or a number that was one.
    """
    codes = [code for code in _BETWEEN.split(narrow(cell)) if code]
    for code in codes:
        if not _CODE.fullmatch(code):
            raise DefinitionError("crosswalk.code", **where, row=row, code=code)
        if code.isdigit() and len(code) % 2:
            raise DefinitionError("crosswalk.lost_zero", **where, row=row, code=code)
    return codes


def _folded(name: str) -> str:
    return narrow(name).replace(" ", "")

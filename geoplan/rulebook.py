"""The rulebook of a study: control lines, limited activities, planned uses, groups of land classes, as tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geoplan.errors import DefinitionError, GeoplanError, Problems, StudyError
from geoplan.study_file import THRESHOLDS
from geoplan.units import quantity

if TYPE_CHECKING:
    from geoplan.sites.check import Books
    from geoplan.sites.rules import Rule
    from geoplan.study import Study

__all__ = ["Rulebook", "rulebook_faults", "rulebook_of", "threshold_faults"]

BOOK = "controls"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of a study and the tables beside them.

    Attributes:
        rules: every row of its rulebook.
        books: activities, planned uses, groups of land classes.
        files: what each was read from: name -> path.
    """

    rules: "tuple[Rule, ...]"
    books: "Books"
    files: Mapping[str, Path]


def rulebook_of(study: "Study") -> Rulebook:
    """The rulebook a study sees: its own files first, each instead of the built-in one.

    Raises:
        Problems: rows that cannot be honoured, everything that is wrong at once.
        SourceError: a file cannot be read.
    """
    from geoplan.read.spreadsheet import read_rows
    from geoplan.sites.check import Books
    from geoplan.sites.rules import read_rules
    from geoplan.sites.tables import read_groups
    from geoplan.sites.uses import read_uses

    files = {name: _file(study, name) for name in (BOOK, "activities", "land_uses", "land_groups")}
    rows = {name: read_rows(path, _short(path)) for name, path in files.items()}
    activities = {r["code"]: {"zh": r["title_zh"], "en": r["title_en"]} for r in rows["activities"] if r.get("code")}
    uses = read_uses(rows["land_uses"], _short(files["land_uses"]))
    groups = read_groups(rows["land_groups"], _short(files["land_groups"]))
    specs = {name: study.catalogue.layer(name) for name in study.catalogue.names("layers")}
    rules = read_rules(rows[BOOK], _short(files[BOOK]), specs=specs, activities=activities, uses=uses.knows)
    return Rulebook(rules, Books(activities, uses, groups), files)


def rulebook_faults(study: "Study") -> Iterator[GeoplanError]:
    """Everything wrong with the thresholds and the rulebook of a study, row by row, also what has no effect."""
    from geoplan.sites.rules import doubts

    yield from threshold_faults(study)
    try:
        book = rulebook_of(study)
    except Problems as problems:
        yield from (e for e in problems.exceptions if isinstance(e, GeoplanError))
    except GeoplanError as error:
        yield error
    else:
        yield from doubts(book.rules, _short(book.files[BOOK]))


def threshold_faults(study: "Study") -> Iterator[GeoplanError]:
    """Every threshold of a study that is no amount with a unit."""
    declared = study.table.get("thresholds", {})
    for name, kind in THRESHOLDS.items() if isinstance(declared, dict) else ():
        if name in declared:
            try:
                quantity(declared[name], kind)
            except GeoplanError as error:
                yield StudyError("study.threshold", key=f"thresholds.{name}", reason=error)


def _file(study: "Study", name: str) -> Path:
    """The table of that name, in the first folder that has one.

    Raises:
        StudyError: a folder has it both as text and as a workbook.
        DefinitionError: no folder has it.
    """
    from geoplan.read.spreadsheet import SPREADSHEETS

    for folder in study.catalogue.folders:
        found = [path for ending in SPREADSHEETS if (path := folder / "layers" / f"{name}{ending}").is_file()]
        if len(found) > 1:
            raise StudyError("rule.two_files", first=_short(found[0]), second=_short(found[1]))
        if found:
            return found[0]
    raise DefinitionError("rule.no_file", name=name)


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"

"""What nobody can measure on a map: questions that a planner answers, with a number or a status, and who says so."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal, get_args

from geoplan.analysis import Analysis
from geoplan.dates import is_date
from geoplan.errors import DefinitionError, GeoplanError, Problems, nearest
from geoplan.table_file import header_faults, made_of_rows
from geoplan.target import number
from geoplan.units import dimension_of, factor

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["COLUMNS", "Entry", "Question", "Status", "nearest_state", "read_entries", "read_questions"]

Better = Literal["higher", "lower", "none"]
Status = Literal["", "done", "partly", "not_done", "assigned"]
STATUSES: tuple[Status, ...] = get_args(Status)
BETTER: tuple[Better, ...] = get_args(Better)
COLUMNS = ("name", "area", "year", "value", "unit", "status", "source", "date", "note")
"""Of a study's table of reported values; the first is what is answered, the others may stand in any order."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that somebody answers: one row of `analyses/reported.csv`.

    Attributes:
        name: as targets name it; never that of a file in analyses/.
        title_zh, title_en: what it is called.
        unit: of its values; empty where it asks whether something is done.
        better: whether higher or lower is better, or neither.
        attribute: binding, expected, reference: where every plan prints the same.
        evidence: what a value rests on: which statistics, whose report.

    >>> Question("gdp", "地区生产总值", "GDP", "亿元").kind, Question("audit", "审计", "Audit").kind
    ('reported', 'checklist')
    """

    name: str
    title_zh: str
    title_en: str
    unit: str = ""
    better: Better = "none"
    attribute: str = ""
    evidence: str = ""

    def __post_init__(self) -> None:
        for column in ("name", "title_zh", "title_en"):
            if not getattr(self, column):
                raise DefinitionError("target.empty", column=column)

    @property
    def kind(self) -> Literal["reported", "checklist"]:
        """`checklist` where it asks whether something is done, else `reported`."""
        return "reported" if self.unit else "checklist"

    def asked(self, origin: str = "") -> Analysis:
        """The question as all others stand on a scorecard; no method answers it."""
        title = {"zh": self.title_zh, "en": self.title_en}
        return Analysis(
            self.name, title, self.kind, self.unit, self.better, {}, standard="", verified=True, origin=origin
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody reported of a question, for an area and a year.

    Attributes:
        row: of the table, the header being row 1.
        name: the question.
        area: as the study names it; empty for the place itself.
        year: the year it speaks of.
        value: as written.
        unit: as written.
        status: how far it is, or that the number to reach is still to be `assigned`.
        source: who says so: a document, a yearbook, an office.
        date: when it was reported, as ISO text; may be empty.
        note: what a reader must know.
        number: the value in the unit of the question; None where there is none.
    """

    row: int
    name: str
    area: str
    year: int
    value: str = ""
    unit: str = ""
    status: Status = ""
    source: str = ""
    date: str = ""
    note: str = ""
    number: float | None = None


def read_questions(path: "Path") -> tuple[Question, ...]:
    """The questions of a CSV file, in file order.

    Raises:
        DefinitionError: one thing that cannot be honoured, naming file, row, column and what would be right.
        Problems: several such things, at once.
        OSError: the file cannot be opened.
    """
    file = f"{path.parent.name}/{path.name}"
    names: set[str] = set()

    def question_of(cells: dict[str, str]) -> Question:
        question = _question(cells)
        if question.name in names:
            raise DefinitionError("reported.twice", name=question.name)
        names.add(question.name)
        return question

    found, wrong = made_of_rows(path, file, [f.name for f in fields(Question)], question_of)
    if wrong:
        raise wrong[0] if len(wrong) == 1 else Problems(wrong)
    return tuple(found)


def read_entries(
    rows: Sequence[Mapping[str, str]], file: str, questions: Mapping[str, Question], areas: Sequence[str] = ()
) -> tuple[Entry, ...]:
    """What a study reports, in the order of its table.

    Args:
        rows: below the header, row 2 of the file first; empty rows are passed over.
        file: for messages.
        questions: that may be answered, by name.
        areas: that the study speaks of; an empty area is the first of them.

    Raises:
        Problems: one sentence for each thing that cannot be honoured, naming its row and column.

    >>> read_entries([], "reported.csv", {})
    ()
    """
    wrong: list[GeoplanError] = list(header_faults(list(rows[0]), COLUMNS, file)) if rows else []
    found: dict[tuple[str, str, int], Entry] = {}
    for row, cells in enumerate([] if wrong else rows, start=2):
        if not any(cells.values()):
            continue
        faults: list[GeoplanError] = []
        entry = _entry(row, cells, questions, areas, faults)
        key = (entry.name, entry.area, entry.year)
        if key in found and not faults:
            faults.append(DefinitionError("reported.row_twice", other=found[key].row))
        wrong += [DefinitionError("target.row", file=file, row=row, reason=fault) for fault in faults]
        found.setdefault(key, entry)
    if wrong:
        raise Problems(wrong)
    return tuple(found.values())


def nearest_state(entries: Iterable[Entry], area: str, year: int | None) -> Entry | None:
    """What was reported of an area, nearest to a year and not after it; None where nothing was.

    >>> entries = [Entry(2, "gdp", "city", 2020), Entry(3, "gdp", "city", 2023), Entry(4, "gdp", "port", 2024)]
    >>> nearest_state(entries, "city", 2024).year, nearest_state(entries, "city", None).year
    (2023, 2023)
    >>> nearest_state(entries, "city", 2019) is None, nearest_state([], "city", 2024) is None
    (True, True)
    """
    past = [e for e in entries if e.area == area and (year is None or e.year <= year)]
    return max(past, key=lambda e: e.year, default=None)


def _question(told: Mapping[str, str]) -> Question:
    better = told["better"] or "none"
    _one_of("better", better, BETTER)
    side = next(word for word in BETTER if word == better)
    return Question(
        told["name"], told["title_zh"], told["title_en"], told["unit"], side, told["attribute"], told["evidence"]
    )


def _entry(
    row: int,
    cells: Mapping[str, str],
    questions: Mapping[str, Question],
    areas: Sequence[str],
    faults: list[GeoplanError],
) -> Entry:
    """The entry of a row; what cannot be honoured leaves a fault."""
    told = {column: cells[column].strip() for column in COLUMNS}
    if not told["area"] and areas:
        told["area"] = areas[0]
    question = questions.get(told["name"])
    faults += _faults(told, questions, areas)
    year = int(told["year"]) if re.fullmatch(r"\d{4}", told["year"]) else 0
    status = next((word for word in STATUSES if word == told["status"]), STATUSES[0])
    entry = Entry(
        row, told["name"], told["area"], year, told["value"], told["unit"], status,
        told["source"], told["date"], told["note"],
    )  # fmt: skip
    if question is None or question.kind == "checklist" or not entry.value:
        return entry
    read = number(entry.value)
    if read is None:
        faults.append(DefinitionError("reported.number", column="value", value=entry.value, unit=question.unit))
    elif not _same_kind(entry.unit, question.unit):
        faults.append(DefinitionError("reported.unit", column="unit", value=entry.unit, unit=question.unit))
    else:
        scale = 1.0 if entry.unit == question.unit else factor(entry.unit) / factor(question.unit)
        return replace(entry, number=read * scale)
    return entry


def _faults(told: Mapping[str, str], questions: Mapping[str, Question], areas: Sequence[str]) -> Iterator[GeoplanError]:
    """What a row says that nobody knows, or leaves out."""
    for column, allowed in (("name", questions), ("area", areas)):
        if told[column] not in allowed and (allowed or told[column]):
            close = nearest(told[column], allowed) or ", ".join(list(allowed)[:8])
            yield DefinitionError("target.word", column=column, value=told[column], nearest=close)
    if not re.fullmatch(r"\d{4}", told["year"]):
        yield DefinitionError("reported.year", column="year", value=told["year"])
    if told["status"] not in STATUSES:
        close = nearest(told["status"], STATUSES) or ", ".join(s for s in STATUSES if s)
        yield DefinitionError("target.word", column="status", value=told["status"], nearest=close)
    if told["date"] and not is_date(told["date"]):
        yield DefinitionError("rule.date", column="date", value=told["date"])
    if not told["value"] and not told["status"]:
        yield DefinitionError("reported.nothing")
    if not told["source"]:
        yield DefinitionError("target.empty", column="source")


def _same_kind(unit: str, wanted: str) -> bool:
    return unit == wanted or (bool(dimension_of(wanted)) and dimension_of(unit) == dimension_of(wanted))


def _one_of(column: str, word: str, allowed: Sequence[str]) -> None:
    if word not in allowed:
        close = nearest(word, allowed) or ", ".join(allowed)
        raise DefinitionError("target.word", column=column, value=word, nearest=close)

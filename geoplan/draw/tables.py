"""Tables as plain data: what a page prints in a cell, and the number a spreadsheet holds there."""

import math
from dataclasses import dataclass
from typing import Any

from geoplan import units
from geoplan.draw.cells import WORDS
from geoplan.draw.figures import Figure, printed_unit, toward, turned_in
from geoplan.draw.voice import Voice
from geoplan.measure import Ratio, Table
from geoplan.result import Result

__all__ = ["NOTHING", "Cell", "Head", "Printed", "facts_table", "head", "outcome_tables", "weights_table"]

NOTHING = "—"
KILOMETRE = 1000.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and its number where it is one; `kind` names what it is (a verdict, a flag)."""

    text: str
    number: float | None = None
    digits: int = 0
    kind: str = ""

    @classmethod
    def of(cls, figure: Figure, mark: str = "", kind: str = "") -> "Cell":
        """A number; a mark behind it makes the spreadsheet hold the text too."""
        return cls(figure.text + mark, None if mark else figure.number, figure.digits, kind or "number")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: its label and unit, and both in one text as a spreadsheet holds them."""

    label: str
    numeric: bool = False
    wide: bool = False
    unit: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text or self.label)


@dataclass(frozen=True, slots=True)
class Printed:
    """A table as it is printed: on the page, and as a sheet of the workbook.

    Attributes:
        name: unique among the tables of an analysis.
        title: above it.
        heads: one a column.
        rows: one cell a column.
        notes: sentences below it.
        first: what the first row is (`total`), or empty.
        last: what the last row is (`rest`), or empty.
    """

    name: str
    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    first: str = ""
    last: str = ""


def head(voice: Voice, label: str, unit: str = "", *, numeric: bool = True) -> Head:
    """A head with its unit: in one text, Area (ha)."""
    sign = voice.unit(unit)
    text = voice.say("report.head", label=label, unit=sign) if sign else label
    return Head(label, numeric, unit=sign, text=text)


def outcome_tables(result: Result, voice: Voice) -> tuple[Printed, ...]:
    """The tables a method handed on, the years and the conventions beside it; each in the unit it is printed in."""
    told = ((name, table) for name, table in result.tables.items() if _says(table))
    return tuple(_outcome_table(name, table, result, voice) for name, table in told)


def _says(table: Table) -> bool:
    """Whether a table tells more than the headline: one of no rows, or of the one class nobody named, does not."""
    first = table.columns[0].name if table.columns else ""
    return bool(table.rows) and not (first == "class" and len(table.rows) == 1 and table.rows[0][0] is None)


def _outcome_table(name: str, table: Table, result: Result, voice: Voice) -> Printed:
    numeric = [_is_numeric(row[i] for row in table.rows) for i in range(len(table.columns))]
    shown_in = [printed_unit(column.unit, result) if column.unit == "m2" else column.unit for column in table.columns]
    heads = tuple(
        head(voice, _column(voice, result.analysis.method, column.name), unit, numeric=number)
        for column, unit, number in zip(table.columns, shown_in, numeric, strict=True)
    )
    factors = [
        units.factor(column.unit) / units.factor(unit) for column, unit in zip(table.columns, shown_in, strict=True)
    ]
    names = [column.name for column in table.columns]
    rows = tuple(
        tuple(_in_table(*each, voice, result) for each in zip(row, names, shown_in, factors, strict=True))
        for row in table.rows
    )
    titles = (f"report.table.{result.analysis.method}_{name}", f"report.table.{name}")
    return Printed(name, next((voice.say(t) for t in titles if voice.knows(t)), name), heads, rows)


def _column(voice: Voice, method: str, name: str) -> str:
    """The title of a column: its own in the tables of that method, else the one all share."""
    own = f"column.{method}_{name}"
    return voice.say(own) if voice.knows(own) else voice.name("column", name)


def _in_table(value: Any, column: str, unit: str, factor: float, voice: Voice, result: Result) -> Cell:
    if isinstance(value, str) and value and column in WORDS:
        return Cell(voice.name(WORDS[column], value))
    shown_in, turned = turned_in(result, unit, column)
    return _cell(value, shown_in, factor, voice, turned)


def _is_numeric(cells: Any) -> bool:
    known = [cell for cell in cells if cell is not None]
    return bool(known) and all(not isinstance(c, (str, bool)) and hasattr(c, "__float__") for c in known)


def _cell(value: Any, unit: str, factor: float, voice: Voice, turned: int = 0) -> Cell:
    if value is None or value == "":
        return Cell(NOTHING)
    if isinstance(value, bool):
        return Cell(voice.say("report.yes" if value else "report.no"))
    if isinstance(value, str):
        return Cell(value)
    if not hasattr(value, "__float__"):
        return Cell(str(voice.worded(value)))
    number = float(value)
    if not math.isfinite(number):
        return Cell(NOTHING)
    if not unit and number.is_integer():
        unit = "count"
    return Cell.of(voice.figure(number * factor, unit, turned))


def weights_table(result: Result, voice: Voice) -> Printed | None:
    """The same question weighed by count, area and people: part, whole, unknown and share, one weight a row."""
    weights = result.outcome.weights if result.outcome else {}
    if len(weights) < 2 or result.status != "ok":
        return None
    labels = ("weight", "unit", "whole", "part", "unknown")
    heads = [Head(voice.say(f"report.weights.{label}"), numeric=label not in {"weight", "unit"}) for label in labels]
    heads += [head(voice, voice.say(f"report.weights.{label}"), result.analysis.unit) for label in ("share", "ceiling")]
    rows = tuple(_weight(name, ratio, result, voice) for name, ratio in weights.items())
    return Printed("weights", voice.say("report.weights.title"), tuple(heads), rows)


def _weight(name: str, ratio: Ratio | None, result: Result, voice: Voice) -> tuple[Cell, ...]:
    title = Cell(voice.say(f"report.weight.{name}"), kind="headline" if name == result.analysis.weight else "")
    if ratio is None:
        return (title, Cell(voice.say("report.unweighed"), kind="absent"), *[Cell(NOTHING)] * 5)
    unit, turned = printed_unit(ratio.whole_unit, result if name == "amount" else None), toward(result)
    factor = units.factor(ratio.whole_unit) / units.factor(unit)
    whole, part, unknown = (getattr(ratio.overall, half) * factor for half in ("whole", "part", "unknown"))
    amounts = (voice.figure(whole, unit), voice.figure(part, unit, turned), voice.figure(unknown, unit))
    shares = (result.in_unit(value) for value in (ratio.overall.value, ratio.overall.ceiling))
    top = result.in_unit(1.0) if ratio.overall.bounded else None
    figures = (voice.figure(value, result.analysis.unit, turned, whole=top) for value in shares)
    return (title, Cell(voice.unit(unit)), *map(Cell.of, amounts), *map(Cell.of, figures))


def facts_table(result: Result, voice: Voice) -> Printed | None:
    """Numbers that stand beside the headline; counts of nothing are left out, and so is what only a program reads."""
    facts = result.outcome.facts if result.outcome else {}
    rows = [
        (Cell(voice.name("fact", name)), _fact(name, value, result, voice))
        for name, value in facts.items()
        if voice.knows(f"fact.{name}") and (value or name.endswith(".value"))
    ]
    if not rows or result.status != "ok":
        return None
    heads = (Head(voice.say("report.facts.name")), Head(voice.say("report.facts.value"), numeric=True))
    return Printed("facts", voice.say("report.facts.title"), heads, tuple(rows))


def _fact(name: str, value: float | None, result: Result, voice: Voice) -> Cell:
    """A fact in the unit it is printed in; it is kept in the unit of the engine."""
    sentence = f"fact_unit.{name}"
    unit = voice.say(sentence) if voice.knows(sentence) else ""
    if unit == "m2" or (unit == "m" and value is not None and value >= KILOMETRE):
        unit = printed_unit(unit)
    unit, turned = turned_in(result, unit)
    cell = _cell(value, unit, 1 / units.factor(unit), voice, turned)
    return Cell(voice.say("report.amount", amount=cell.text, unit=voice.unit(unit)).strip(), None, 0, cell.kind)

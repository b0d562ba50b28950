"""The scorecard: one row per question and target, with the plan's words, the verdict, and machine codes behind them."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from geoplan.analysis import SYSTEMS
from geoplan.draw.line import MACHINE, Line, lines
from geoplan.draw.tables import NOTHING, Cell, Head, Printed
from geoplan.draw.voice import Voice
from geoplan.result import REPORTED, Result, Results

__all__ = ["Card", "System", "as_csv", "conflicts", "guarded", "scorecard", "summary", "systems", "tally"]

_NUMBER = re.compile(r"[+-][\d,]+(\.\d+)?(e[+-]?\d+)?")
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ORDER = (
    "met", "met_early", "on_track", "behind", "missed", "not_due", "approx", "needs_review", "assigned", "qualitative",
    "no_data", "not_applicable", "no_target",
)  # fmt: skip
"""Verdicts in the order a count names them."""
_PLANS = SYSTEMS[-1]
"""What targets of plans belong to; what somebody reports too, where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Card:
    """The rows of one plan document, or those no plan sets a target for.

    Attributes:
        id: unique in a run.
        title: the document.
        lines: its rows, in the order asked.
    """

    id: str
    title: str
    lines: tuple[Line, ...]

    @property
    def groups(self) -> tuple[tuple[Line, ...], ...]:
        """The rows of each question."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.result.name, []).append(line)
        return tuple(map(tuple, found.values()))


@dataclass(frozen=True, slots=True)
class System:
    """One system of examination with its cards: systems define the same words differently, so none holds another's."""

    id: str
    title: str
    cards: tuple[Card, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """All its rows in the order asked, so that plans that disagree stand side by side."""
        return tuple(sorted((line for card in self.cards for line in card.lines), key=lambda line: line.number))


def systems(results: Results) -> tuple[System, ...]:
    """The scorecards of a run: by system of examination, then by plan document, those without a target last."""
    voice = Voice(results.language)
    sorted_out: dict[str, dict[str, list[Line]]] = {}
    for line in lines(results):
        plan = line.judged.target.source if line.judged else ""
        sorted_out.setdefault(line.result.analysis.system or _PLANS, {}).setdefault(plan, []).append(line)
    made = []
    for system in (s for s in reversed(SYSTEMS) if s in sorted_out):
        plans = sorted_out[system]
        number = SYSTEMS.index(system) + 1
        title = voice.name("system", system)
        without = voice.say("scorecard_table.without") if len(plans) > 1 else title
        cards = [
            Card(f"card-{number}-{n}", plan or without, tuple(plans[plan]))
            for n, plan in enumerate(sorted(plans, key=lambda plan: (not plan, plan)), start=1)
        ]
        made.append(System(f"system-{number}", title, tuple(cards)))
    return tuple(made)


def scorecard(rows: Sequence[Line], results: Results, name: str = "scorecard", title: str = "") -> Printed:
    """Rows as planners know them: a column for each year that any target names."""
    voice = Voice(results.language)
    targets = [line.judged.target for line in rows if line.judged]
    years: list[int | None] = [*sorted({t.year for t in targets if t.year})]
    if any(t.year is None for t in targets):
        years.append(None)
    before = ("number", "name", "attribute", "unit", "scope", "baseline", "value")
    after = ("pace", "verdict", "gap", "need", "data", "origin")
    numeric, wide = {"number", "value", "pace", "gap"}, {"name", "scope", "verdict", "need", "data", "origin"}

    def named(names: tuple[str, ...]) -> list[Head]:
        said = (voice.say(f"scorecard_table.{n}", year=results.place.year or "") for n in names)
        return [Head(text, n in numeric, n in wide) for n, text in zip(names, said, strict=True)]

    asked = [
        Head(voice.say(f"scorecard_table.{'target' if year else 'target_undated'}", year=year or ""), numeric=True)
        for year in years
    ]
    body = tuple(_row(line, number, years) for number, line in enumerate(rows, start=1))
    heads = (*named(before), *asked, *named(after))
    return Printed(name, title or voice.say("scorecard_table.title"), heads, body, (tally(rows, voice),))


def _row(line: Line, number: int, years: Sequence[int | None]) -> tuple[Cell, ...]:
    voice, target = line.voice, line.judged.target if line.judged else None
    asked = (Cell(line.asks if target and target.year == year else NOTHING) for year in years)
    attribute = (target.attribute if target else "") or NOTHING
    return (
        Cell(str(number), number, 0, "number"),
        *map(Cell, (line.title, attribute, voice.unit(line.result.analysis.unit))),
        *map(Cell, (line.scope, line.baseline)),
        line.value,
        *asked,
        line.pace,
        Cell(line.verdict, kind=f"verdict {line.word}"),
        line.gap,
        *map(Cell, (line.need, line.data, line.origin)),
    )


def conflicts(results: Results) -> Printed | None:
    """What plans ask of one thing, area and year that cannot all be meant, side by side; None where they agree."""
    rows = [line for line in lines(results) if line.scored.conflict and line.judged]
    if not rows:
        return None
    voice = Voice(results.language)
    labels = ("name", "area", "year", "asked", "value", "verdict", "origin")
    said = (voice.say(f"scorecard_table.{n}", year=results.place.year or "") for n in labels)
    heads = tuple(Head(text, n == "value", n in {"name", "origin"}) for n, text in zip(labels, said, strict=True))
    body = tuple(_rival(line) for line in rows)
    note = voice.say("scorecard_table.conflict_note")
    return Printed("conflicts", voice.say("scorecard_table.conflicts"), heads, body, (note,))


def _rival(line: Line) -> tuple[Cell, ...]:
    target = line.judged.target if line.judged else None
    year, area = (str(target.year or NOTHING), target.area or NOTHING) if target else (NOTHING, NOTHING)
    asked = f"{line.asks} {line.unit}".strip()
    verdict = Cell(line.verdict, kind=f"verdict {line.word}")
    return (Cell(line.title), Cell(area), Cell(year), Cell(asked), line.value, verdict, Cell(line.origin))


def summary(results: Results) -> str:
    """How many questions are computed and reported, and how many targets are met, missed, on track, behind, open."""
    voice = Voice(results.language)
    kinds = Counter(_kind(result) for result in results.results)
    words = Counter(line.word for line in lines(results))
    said = voice.say(
        "scorecard_table.summary",
        indicators=len(results.results), computed=kinds["computed"], reported=kinds["reported"],
        due=words["met"] + words["missed"], met=words["met"], missed=words["missed"],
        early=words["met_early"] + words["on_track"] + words["behind"] + words["not_due"],
        on_track=words["met_early"] + words["on_track"], behind=words["behind"], not_due=words["not_due"],
    )  # fmt: skip
    counted = {"met", "missed", "met_early", "on_track", "behind", "not_due"}
    rest = _counts(Counter({word: count for word, count in words.items() if word not in counted}), voice)
    return said + (voice.say("scorecard_table.rest", counts=rest) if rest else "")


def _kind(result: Result) -> str:
    return "reported" if result.kind in REPORTED else "computed"


def tally(rows: Iterable[Line], voice: Voice) -> str:
    """How many rows have each verdict, in a few words."""
    rows = tuple(rows)
    return voice.say(
        "scorecard_table.tally", rows=len(rows), counts=_counts(Counter(line.word for line in rows), voice)
    )


def _counts(words: Counter[str], voice: Voice) -> str:
    said = (
        voice.say("scorecard_table.count", word=voice.say(f"verdict.{w}"), count=words[w]) for w in _ORDER if words[w]
    )
    return voice.say("report.comma").join(said)


def as_csv(results: Results) -> str:
    """The scorecard as text: the printed columns, then the machine codes; UTF-8 with BOM when it is written.

    Texts that a spreadsheet would take for a formula begin with an apostrophe.
    """
    every = lines(results)
    table, out = scorecard(every, results), io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*(h.text for h in table.heads), *MACHINE])
    for cells, line in zip(table.rows, every, strict=True):
        writer.writerow([*(guarded(cell.text) for cell in cells), *_codes(line)])
    return out.getvalue()


def _codes(line: Line) -> Iterator[str]:
    for value in line.machine.values():
        if isinstance(value, float):
            yield repr(float(value))
        else:
            yield "" if value is None else guarded(str(value))


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula; plain negative numbers stay numbers.

    >>> guarded("=1+1"), guarded("="), guarded("-3.5"), guarded("")
    ("'=1+1", '=', '-3.5', '')
    """
    if len(text) < 2 or not text.startswith(_FORMULAS):
        return text
    return text if _NUMBER.fullmatch(text) else f"'{text}"

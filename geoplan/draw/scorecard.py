"""The scorecard: one row per question and target, with the plan's words, the verdict, and machine codes behind them."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from geoplan import units
from geoplan.draw.figures import digits, engine_unit, halves_of, printed_unit, toward
from geoplan.draw.tables import NOTHING, Cell, Head, Printed
from geoplan.draw.voice import Voice
from geoplan.result import Judged, Result, Results
from geoplan.scorecard import Scorecard, Scored

__all__ = ["SIGNS", "TONES", "Line", "as_csv", "guarded", "lines", "scorecard", "summary", "value_cell"]

TONES = {
    "met": "good", "met_early": "good", "missed": "bad", "behind": "open", "needs_review": "open", "approx": "open",
    "no_data": "open",
}  # fmt: skip
"""How verdicts are toned, the others not at all; the word and a sign always stand beside."""
SIGNS = {
    "met": "●", "met_early": "●", "missed": "×", "on_track": "▲", "behind": "▼", "approx": "≈", "needs_review": "?",
    "no_data": "□", "not_applicable": "–", "qualitative": "◇",
}  # fmt: skip
"""The sign before each verdict, for readers and printers that see no colour."""
_MACHINE = (
    "analysis", "status", "value", "ceiling", "part", "whole", "unknown", "part_unit", "whole_unit", "target_id",
    "area", "year", "op", "target", "verdict", "gap", "pace", "lag", "need", "as_of",
)  # fmt: skip
_NUMBER = re.compile(r"[+-][\d,]+(\.\d+)?(e[+-]?\d+)?")
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the scorecard in words."""

    scored: Scored
    voice: Voice
    number: int

    @property
    def result(self) -> Result:
        """The answer."""
        return self.scored.result

    @property
    def judged(self) -> Judged | None:
        """The target and the verdict on it, where one binds."""
        return self.scored.judged

    @property
    def word(self) -> str:
        """The machine word of the verdict."""
        return self.scored.word

    @property
    def verdict(self) -> str:
        """The verdict in words, and whether another plan asks for something else."""
        unit = self.result.analysis.unit
        if self.judged is None:
            return self.voice.say(f"verdict.{self.word}")
        said = self.judged.verdict.say(self.voice.language, self.judged.target, unit, digits=digits(unit))
        return (
            self.voice.say("report.semicolon").join((said, self.voice.say("judged.conflict")))
            if self.scored.conflict
            else said
        )

    @property
    def value(self) -> Cell:
        """The value, with its ceiling where something is unknown."""
        return value_cell(self.result, self.voice)

    @property
    def asks(self) -> str:
        """What the plan asks for."""
        return self.judged.target.asks(self.voice.language) if self.judged else NOTHING

    @property
    def unit(self) -> str:
        """The unit of what the plan asks for; nothing after a text."""
        target = self.judged.target if self.judged else None
        return self.voice.unit(target.unit) if target and target.numbers else ""

    @property
    def baseline(self) -> str:
        """The plan's baseline with its year."""
        target = self.judged.target if self.judged else None
        if target is None or not target.baseline_value:
            return NOTHING
        known = target.baseline_year not in {"", "unstated"}
        year = target.baseline_year if known else self.voice.say("report.unstated")
        return self.voice.say("report.baseline", value=target.baseline_value, year=year)

    @property
    def gap(self) -> Cell:
        """What the value lacks, never less than it lacks."""
        gap = self.judged.verdict.gap if self.judged else None
        if not gap:
            return Cell(NOTHING)
        return Cell.of(self.voice.figure(gap, self.result.analysis.unit, 1))

    @property
    def pace(self) -> Cell:
        """What the straight line from the baseline asks for today."""
        pace = self.judged.verdict.pace if self.judged else None
        return Cell.of(
            self.voice.figure(pace, self.result.analysis.unit, 1 if self.result.analysis.better == "higher" else -1)
        )

    @property
    def need(self) -> str:
        """How much more of the part, and from how many features, would meet the target."""
        verdict = self.judged.verdict if self.judged else None
        if verdict is None or not verdict.need or verdict.need < 0 or not verdict.gap:
            return NOTHING
        unit = printed_unit(engine_unit(self.result))
        amount = verdict.need * units.factor(engine_unit(self.result)) / units.factor(unit)
        figure = self.voice.figure(amount, unit, 1)
        sentence = "report.need_from" if verdict.closing else "report.need"
        return self.voice.say(sentence, amount=figure.text, unit=self.voice.unit(unit), features=len(verdict.closing))

    @property
    def origin(self) -> str:
        """Which document says so, and where."""
        target = self.judged.target if self.judged else None
        return " ".join(filter(None, (target.source, target.locator))) if target else NOTHING

    @property
    def scope(self) -> str:
        """By which definition, and for which area."""
        area = self.judged.target.area if self.judged else ""
        parts = (self.result.analysis.standard, area)
        return self.voice.say("report.semicolon").join(filter(None, parts)) or NOTHING

    @property
    def data(self) -> str:
        """The layers behind the value, with their dates."""
        voice = self.voice
        told = dict.fromkeys(
            voice.say(
                "report.dated",
                title=voice.title(u.spec.title) or u.name,
                date=u.source.as_of or voice.say("report.undated"),
            )
            for layers in self.result.used.values()
            for u in layers
        )
        return voice.say("report.semicolon").join(told) or NOTHING

    @property
    def machine(self) -> dict[str, object]:
        """The same in machine codes and unrounded numbers."""
        result, halves = self.result, halves_of(self.result)
        target = self.judged.target if self.judged else None
        verdict = self.judged.verdict if self.judged else None
        measure = result.outcome.measure if result.outcome else None
        return {
            "analysis": result.name, "status": result.status, "value": result.value, "ceiling": result.ceiling,
            "part": halves and halves.part, "whole": halves and halves.whole, "unknown": halves and halves.unknown,
            "part_unit": engine_unit(result), "whole_unit": getattr(measure, "whole_unit", ""),
            "target_id": target and target.id, "area": target and target.area, "year": target and target.year,
            "op": target and target.op, "target": target and target.value, "verdict": self.word,
            "gap": verdict and verdict.gap, "pace": verdict and verdict.pace, "lag": verdict and verdict.lag,
            "need": verdict and verdict.need, "as_of": result.as_of,
        }  # fmt: skip


def value_cell(result: Result, voice: Voice) -> Cell:
    """The headline as a table prints it: the floor, and the ceiling where something is unknown."""
    unit, turned = result.analysis.unit, toward(result)
    halves = halves_of(result)
    whole = result.in_unit(1.0) if halves and halves.bounded else None
    figure = voice.figure(result.value, unit, turned, whole=whole)
    if result.value is None or result.ceiling is None or result.ceiling <= result.value:
        return Cell.of(figure)
    top = voice.figure(result.ceiling, unit, turned, whole=whole)
    return Cell(
        voice.say("report.floor_ceiling", floor=figure.text, ceiling=top.text), figure.number, figure.digits, "range"
    )


def lines(results: Results) -> tuple[Line, ...]:
    """One line per question and target, in the order asked; a question without target has one."""
    voice = Voice(results.language)
    return tuple(Line(scored, voice, n) for n, scored in enumerate(Scorecard.of(results.results).rows, start=1))


def scorecard(results: Results) -> Printed:
    """The whole table, as planners know it: a column for each year that any target names."""
    voice, rows = Voice(results.language), lines(results)
    years = sorted({line.judged.target.year for line in rows if line.judged and line.judged.target.year})
    undated = any(line.judged and line.judged.target.year is None for line in rows)

    def title(name: str, **slots: object) -> str:
        return voice.say(f"scorecard_table.{name}", **slots)

    before = ("number", "name", "attribute", "unit", "scope", "baseline", "value")
    after = ("pace", "verdict", "gap", "need", "data", "origin")
    numeric, wide = {"number", "value", "pace", "gap"}, {"name", "scope", "verdict", "need", "data", "origin"}

    def named(names: tuple[str, ...]) -> list[Head]:
        return [Head(title(n, year=results.place.year or ""), n in numeric, n in wide) for n in names]

    asked = [Head(title("target", year=year), numeric=True) for year in years]
    asked += [Head(title("target_undated"), numeric=True)] if undated else []
    heads = [*named(before), *asked, *named(after)]
    body = tuple(_row(line, (*years, *([None] if undated else []))) for line in rows)
    return Printed("scorecard", title("title"), tuple(heads), body, (summary(results),))


def _row(line: Line, years: tuple[int | None, ...]) -> tuple[Cell, ...]:
    voice, target = line.voice, line.judged.target if line.judged else None
    asked = (Cell(line.asks if target and target.year == year else NOTHING) for year in years)
    attribute = (target.attribute if target else "") or NOTHING
    return (
        Cell(str(line.number), line.number, 0, "number"),
        *map(Cell, (voice.title(line.result.analysis.title), attribute, voice.unit(line.result.analysis.unit))),
        *map(Cell, (line.scope, line.baseline)),
        line.value,
        *asked,
        line.pace,
        Cell(line.verdict, kind=f"verdict {line.word}"),
        line.gap,
        *map(Cell, (line.need, line.data, line.origin)),
    )


def summary(results: Results) -> str:
    """How many targets are met, missed, on track, behind, and how many nobody can judge."""
    voice = Voice(results.language)
    words = Scorecard.of(results.results).counts
    said = voice.say(
        "scorecard_table.summary",
        indicators=len(results.results), due=words["met"] + words["missed"], met=words["met"], missed=words["missed"],
        early=words["met_early"] + words["on_track"] + words["behind"] + words["not_due"],
        on_track=words["met_early"] + words["on_track"], behind=words["behind"], not_due=words["not_due"],
    )  # fmt: skip
    others = ("approx", "needs_review", "assigned", "qualitative", "no_data", "not_applicable", "no_target")
    rest = [
        voice.say("scorecard_table.count", word=voice.say(f"verdict.{w}"), count=words[w]) for w in others if words[w]
    ]
    return said + (voice.say("scorecard_table.rest", counts=voice.say("report.comma").join(rest)) if rest else "")


def as_csv(results: Results) -> str:
    """The scorecard as text: the printed columns, then the machine codes; UTF-8 with BOM when it is written.

    Texts that a spreadsheet would take for a formula begin with an apostrophe.
    """
    table, out = scorecard(results), io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*(h.text for h in table.heads), *_MACHINE])
    for cells, line in zip(table.rows, lines(results), strict=True):
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

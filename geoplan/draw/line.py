"""One row of the scorecard in words: an indicator, what was found, what a plan asks for, and the verdict on it."""

from dataclasses import dataclass

from geoplan import units
from geoplan.draw.figures import digits, engine_unit, halves_of, printed_unit, toward
from geoplan.draw.tables import NOTHING, Cell
from geoplan.draw.voice import Voice
from geoplan.measure import Ratio
from geoplan.reported import Entry
from geoplan.result import REPORTED, Judged, Result, Results
from geoplan.scorecard import Scorecard, Scored

__all__ = ["MACHINE", "SIGNS", "TONES", "Line", "by_answer", "lines", "value_cell"]

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
MACHINE = (
    "analysis", "status", "value", "ceiling", "part", "whole", "unknown", "part_unit", "whole_unit", "target_id",
    "area", "year", "op", "target", "verdict", "gap", "pace", "lag", "need", "as_of", "system", "kind",
)  # fmt: skip


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
    def reported(self) -> bool:
        """Whether somebody reports the answer, and nobody computes it."""
        return self.result.kind in REPORTED

    @property
    def entry(self) -> Entry | None:
        """What was reported of the area the target binds; without a target, of the place."""
        return self.judged.entry if self.judged else self.result.entry

    @property
    def title(self) -> str:
        """What the indicator is called."""
        return self.voice.title(self.result.analysis.title) or self.result.name

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
        """The value, with its ceiling where something is unknown; what was reported stands as it was written."""
        return self._written() if self.reported else value_cell(self.result, self.voice)

    def _written(self) -> Cell:
        entry = self.entry
        if entry is None or not (entry.value or entry.status):
            return Cell(NOTHING)
        text = entry.value or self.voice.say(f"judged.{entry.status}")
        same = entry.unit == self.result.analysis.unit
        said = text if same or not entry.unit else self.voice.say("report.amount", amount=text, unit=entry.unit)
        return Cell(self.voice.say("report.baseline", value=said, year=entry.year), entry.number, 2, "reported")

    @property
    def asks(self) -> str:
        """What the plan asks for; nothing where it only states what there was."""
        asks = self.judged is not None and self.word != "no_target"
        return self.judged.target.asks(self.voice.language) if self.judged and asks else NOTHING

    @property
    def unit(self) -> str:
        """The unit of what the plan asks for; nothing after a text."""
        target = self.judged.target if self.judged else None
        return self.voice.unit(target.unit) if target and target.numbers and self.word != "no_target" else ""

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
        if isinstance(self.result.outcome.measure if self.result.outcome else None, Ratio):
            unit = printed_unit(engine_unit(self.result), self.result)
            amount = verdict.need * units.factor(engine_unit(self.result)) / units.factor(unit)
        else:
            unit, amount = self.result.analysis.unit, self.result.in_unit(verdict.need) or 0.0
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
        """The layers behind the value, with their dates; of what was reported, who says so and when."""
        voice, entry = self.voice, self.entry
        if self.reported:
            date = voice.date(entry.date) if entry and entry.date else voice.say("report.undated")
            return voice.say("report.dated", title=entry.source, date=date) if entry else NOTHING
        told = dict.fromkeys(
            voice.say(
                "report.dated_estimate" if u.source.crosswalk else "report.dated",
                title=voice.title(u.spec.title) or u.name,
                date=u.source.as_of or voice.say("report.undated"),
            )
            for layers in self.result.used.values()
            for u in layers
        )
        return voice.say("report.semicolon").join(told) or NOTHING

    @property
    def dated(self) -> str:
        """The date of the data in a few words; of what was reported, who says so and when."""
        if self.reported or not self.result.as_of:
            return self.data if self.reported else NOTHING
        return self.voice.date(self.result.as_of)

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
            "system": result.analysis.system, "kind": result.kind,
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


def by_answer(results: Results) -> dict[str, tuple[Line, ...]]:
    """The rows of each question, by name; every question has at least one."""
    found: dict[str, list[Line]] = {}
    for line in lines(results):
        found.setdefault(line.result.name, []).append(line)
    return {name: tuple(own) for name, own in found.items()}


def lines(results: Results) -> tuple[Line, ...]:
    """One line per question and target, in the order asked; a question without target has one."""
    voice = Voice(results.language)
    return tuple(Line(scored, voice, n) for n, scored in enumerate(Scorecard.of(results.results).rows, start=1))

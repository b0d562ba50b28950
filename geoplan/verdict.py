"""The verdict on a target: what a value means beside what a plan asks for.

A target not yet due is never missed, what is unknown never decides in silence, what a plan words as `about` is left to
a person, and the figure that failed is never rounded into success.
"""

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from geoplan.errors import DefinitionError
from geoplan.measure import RELATIVE_TOLERANCE, Note, slack
from geoplan.span import Span
from geoplan.target import TRENDS, WORDS, Target
from geoplan.units import dimension_of, factor, shown, symbol
from geoplan.words import Language, say

__all__ = ["NEAR", "Aspect", "Better", "Unmet", "Verdict", "Word", "judge"]

Word = Literal[
    "met", "missed", "met_early", "on_track", "behind", "not_due", "approx", "assigned", "qualitative",
    "not_applicable", "no_data", "needs_review", "no_target",
]  # fmt: skip
Better = Literal["higher", "lower", "none"]
Unmet: TypeAlias = tuple[str, str, float]
"""A feature that is not yet part: its id, its name, and the amount it would add (in the unit of part)."""
Aspect: TypeAlias = tuple[str, str, float | None]
"""Of what must not be degraded: its area, class, place or function; what became of it; how much, in the unit."""
Values: TypeAlias = tuple[float, float]
Why: TypeAlias = Note | None

NEAR = 0.02
"""How far from an `about` a value may lie and still be near it, as a share of the number; plans name no tolerance."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one target: its `word`, and what stands behind it.

    Attributes:
        word: the machine word.
        gap: how much the value lacks, or has too much of, in the unit of the analysis; 0 where it suffices.
        need: how much more of the part would meet the target (less, where negative), in the unit of the part; None
            where the whole would move with it.
        closing: the shortest list of unmet features, largest first, that supplies the need; empty where none does.
        pace: what the straight line from a dated baseline to the target asks for today.
        lag: how far the value lies behind that line.
        toward: how the value must be printed so that rounding does not flatter it (see `units.shown`).
        status: of a question of words: `done`, `partly`, `not_done` or `unverified`.
        aspects: of what must not be degraded, each for itself: its area, class, place and function.
        reason: why a person must tell, or why there is no value.
    """

    word: Word
    gap: float | None = None
    need: float | None = None
    closing: tuple[Unmet, ...] = ()
    pace: float | None = None
    lag: float | None = None
    toward: int = 0
    status: str = ""
    aspects: tuple[Aspect, ...] = ()
    reason: Note | None = None

    def say(self, language: Language, target: Target | None = None, unit: str = "", *, digits: int = 2) -> str:
        """The verdict as a table prints it, gaps in that unit with that many digits.

        >>> Verdict("missed", gap=66.123).say("zh", unit="%")
        '未达标，差66.13%'
        >>> Verdict("no_data").say("en")
        'No data'
        """
        sentence = f"judged.{self.status}" if self.word == "qualitative" else f"judged.{self.word}"
        reason = "" if self.reason is None else self.reason.say(language)
        if reason and self.word in {"not_due", "not_applicable"}:
            sentence += "_because"
        return say(
            language,
            sentence,
            gap=_figure(self.lag if self.word == "behind" else self.gap, digits, language),
            unit="" if unit == "-" else symbol(unit, language),
            year="" if target is None else target.year,
            op="" if target is None else target.asks(language),
            reason=reason,
        )


def judge(  # noqa: PLR0913  (a verdict needs all that was measured, named at the call)
    target: Target,
    *,
    value: float | None,
    unit: str,
    as_of_year: int | None,
    ceiling: float | None = None,
    better: Better = "none",
    part: float | None = None,
    whole: float | None = None,
    unmet: Iterable[Unmet] = (),
    absent: Literal["no_data", "not_applicable"] = "no_data",
    reason: Note | None = None,
    status: str = "",
    near: float = NEAR,
) -> Verdict:
    """The verdict on a target.

    Args:
        target: what the plan asks for.
        value: what was measured, in `unit`: the floor of what is true; None where there is none.
        unit: the unit of the analysis, of `value`, and of the gap.
        as_of_year: the year the value speaks of; None where nobody says.
        ceiling: the value if everything unknown were good; left out where nothing is unknown.
        better: the better side; beyond `=` and `between` on that side suffices too.
        part: in its own unit; None where the whole would move with it.
        whole: likewise; 1 where the amount is no part of anything.
        unmet: features that would become part.
        absent: the verdict where there is no value, for that `reason`.
        reason: see `absent`.
        status: what was reported on a question of words.
        near: how far from an `about` is still near it.

    Raises:
        DefinitionError: the target's unit measures something else than the unit of the analysis.
        ValueError: a value that is no number, or above its ceiling.

    >>> goal = Target("a", "service_500m", "city", 2030, "=", "100", "%")
    >>> missed = judge(goal, value=80.0, unit="%", as_of_year=2030, part=4, whole=5, unmet=[("p5", "", 1.0)])
    >>> missed.word, missed.gap, missed.need, missed.closing
    ('missed', 20.0, 1.0, (('p5', '', 1.0),))
    >>> judge(goal, value=None, unit="%", as_of_year=2030).word
    'no_data'
    """
    if target.op == "baseline_only":
        return Verdict("no_target")
    if "assigned" in {target.op, status}:
        return Verdict("assigned")
    if target.op in WORDS and status:
        return Verdict("qualitative", status=status)
    if value is None:
        return Verdict(absent, reason=reason)
    top = value if ceiling is None else ceiling
    if not (math.isfinite(value) and value <= top):
        raise ValueError(f"value {value} with ceiling {top}")
    span = _wanted(target, unit, better, whole)
    if span is None:
        why = "no_baseline" if target.op in TRENDS else "degradation" if target.op == "non_degradation" else "words"
        return Verdict("needs_review", reason=Note(f"verdict_why.{why}", {"text": target.baseline_value or "—"}))
    path, no_path = _path(target, span, unit, as_of_year)
    word, reason = _arrived(target, span, (value, top), near, as_of_year)
    if word is None:
        word, reason = _on_the_way(span, path, (value, top), no_path)
    need = _need(span, value, part, whole, unit)
    return Verdict(
        word,
        gap=abs(value - _nearest_end(span, value)) if target.op == "approx" else span.lacks(value),
        need=need,
        closing=_closing(span, value, need, unmet) if need is not None else (),
        pace=None if path is None else _nearest_end(path, value),
        lag=path.lacks(value) if path is not None and word == "behind" else None,
        toward=-1 if span.below(value) else int(span.above(value)),
        reason=reason,
    )


def _wanted(target: Target, unit: str, better: Better, whole: float | None) -> Span | None:
    """The values that would meet the target, in the unit of the analysis; None where it compares no number."""
    numbers = target.numbers
    if target.op in TRENDS and (base := target.baseline[1]) is not None:
        numbers = (base, base)
    if numbers is None:
        return None
    scale = _scale(target, unit)
    low, high = (n * scale for n in numbers)
    two_sided = target.op in {"=", "between", "approx"}
    from_low = target.op in {">=", ">", "non_decreasing", "increasing"} or (two_sided and better != "lower")
    to_high = target.op in {"<=", "<", "decreasing"} or (two_sided and better != "higher")
    is_open = target.op in {">", "<", "increasing", "decreasing"}
    room = _slack(max(abs(low), abs(high)), unit, whole)
    return Span(low if from_low else -math.inf, high if to_high else math.inf, is_open, room)


def _scale(target: Target, unit: str) -> float:
    bare = target.unit == "-" and dimension_of(unit) == "count"  # a count whose unit the plan does not print
    if target.unit == unit or bare:
        return 1.0
    if not dimension_of(unit) or dimension_of(target.unit) != dimension_of(unit):
        raise DefinitionError("target.unit", id=target.id, unit=target.unit, wanted=unit)
    return factor(target.unit) / factor(unit)


def _slack(bound: float, unit: str, whole: float | None) -> float:
    """The tolerance of the house, which is one of amounts, as a difference of values in that unit."""
    per = factor(unit)
    if whole:
        return slack(whole) / whole / per
    return slack(bound * per) / per if dimension_of(unit) in {"length", "area"} else RELATIVE_TOLERANCE * bound


def _arrived(target: Target, span: Span, value: Values, near: float, as_of: int | None) -> tuple[Word | None, Why]:
    """The word for a value from floor to ceiling, or None where the target is neither due nor reached yet."""
    if as_of is None:
        return "needs_review", Note("verdict_why.no_as_of")
    early = target.year is not None and as_of < target.year
    about = target.op == "approx"
    room = near * abs(_nearest_end(span, value[0])) if about else span.slack
    never = replace(span, slack=room).never(*value)
    if about and not never:
        return "approx", None
    if early and (target.op in TRENDS or not span.sure(*value)):
        return None, None
    if span.sure(*value):
        return "met_early" if early else "met", None
    if never and target.year is not None:
        return "missed", None
    return "needs_review", Note("verdict_why.no_year") if never else Note("verdict_why.unknown")


def _on_the_way(span: Span, path: Span | None, value: Values, no_path: Why) -> tuple[Word, Why]:
    along = span if path is None else path
    if not (along.sure(*value) or along.never(*value)):
        return "needs_review", Note("verdict_why.unknown")
    if path is None:
        return "not_due", no_path
    return "on_track" if path.sure(*value) else "behind", None


def _path(target: Target, span: Span, unit: str, as_of: int | None) -> tuple[Span | None, Why]:
    """What the straight line from the baseline to the target asks for that year; or why there is no such line.

    Where the baseline already sufficed, the line is flat: what was reached is to be kept.
    """
    year, base = target.baseline
    if year is None or as_of is None or target.year is None or as_of >= target.year:
        return None, None
    if base is None:
        return None, Note("verdict_why.baseline_text", {"text": target.baseline_value})
    if as_of < year:
        return None, Note("verdict_why.baseline_later", {"year": year})
    base *= _scale(target, unit)
    gone = (as_of - year) / (target.year - year)
    low, high = (end if math.isinf(end) else base + gone * (end - base) for end in (span.low, span.high))
    return Span(min(low, span.low), max(high, span.high), slack=span.slack), None


def _nearest_end(span: Span, value: float) -> float:
    ends = [end for end in (span.low, span.high) if math.isfinite(end)]
    return min(ends, key=lambda end: abs(value - end))


def _need(span: Span, value: float, part: float | None, whole: float | None, unit: str) -> float | None:
    if part is None or not whole:
        return None
    if not (span.below(value) or span.above(value)):
        return 0.0
    return _nearest_end(span, value) * factor(unit) * whole - part


def _closing(span: Span, value: float, need: float, unmet: Iterable[Unmet]) -> tuple[Unmet, ...]:
    """The shortest list that supplies the need: the largest first, and by id where two are as large."""
    if not span.below(value):
        return ()
    ordered = sorted(unmet, key=lambda feature: (-feature[2], feature[0]))
    for last, supplied in enumerate(itertools.accumulate(amount for _, _, amount in ordered), start=1):
        if supplied > need + slack(need) if span.open else supplied >= need - slack(need):
            return tuple(ordered[:last])
    return ()


def _figure(amount: float | None, digits: int, language: Language) -> str:
    """A gap as it is printed: never so rounded that nothing seems to be missing."""
    if amount is not None and amount < 10.0**-digits:
        return say(language, "verdict_gap.less", step=f"{10.0**-digits:.{digits}f}")
    return shown(amount, digits, toward=1)

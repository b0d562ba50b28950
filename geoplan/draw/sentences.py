"""The sentences that say an answer: what was found, what is unknown, what a target lacks."""

from collections.abc import Iterator

from geoplan import units
from geoplan.draw.figures import engine_unit, halves_of, printed_unit, toward
from geoplan.draw.scorecard import Line
from geoplan.draw.tables import NOTHING
from geoplan.draw.voice import Voice
from geoplan.measure import Ratio, Total
from geoplan.result import Result, Results

__all__ = ["part_of", "sentences", "unknown_of"]


def sentences(result: Result, results: Results, judged: tuple[Line, ...]) -> tuple[str, ...]:
    """What a reader is told of one answer, in the order it matters; nothing where there is no value."""
    if result.value is None:
        return ()
    voice = Voice(results.language)
    slots = _slots(result, results, voice)
    said = [voice.say(f"report.sentence.{_kind(result, voice)}", **slots)]
    if float(result.ceiling or 0.0) > result.value:
        said.append(voice.say("report.sentence.unknown", **slots))
    return (*said, *_targets(judged, slots, voice))


def _kind(result: Result, voice: Voice) -> str:
    """Which sentence: the method's own where it has one and its weights are known."""
    if halves_of(result) is None:
        return "total"
    method = result.analysis.method
    straight = result.analysis.parameters.get("mode", result.analysis.printed.get("mode")) == "straight"
    own = f"{method}_straight" if straight else method
    counted = bool(result.outcome and result.outcome.weights.get("count"))
    return own if counted and voice.knows(f"report.sentence.{own}") else "ratio"


def _slots(result: Result, results: Results, voice: Voice) -> dict[str, str]:
    unit, turned, halves = result.analysis.unit, toward(result), halves_of(result)
    whole = result.in_unit(1.0) if halves and halves.bounded else None
    slots = {
        "place": results.place.name,
        "title": voice.title(result.analysis.title),
        "value": _text(result.value, unit, turned, voice, whole),
        "ceiling": _text(result.ceiling, unit, turned, voice, whole),
        "unit": voice.unit(unit),
        "date": voice.date(result.as_of) or voice.say("report.undated"),
        "distance": _distance(result, voice),
        **{role: _titles(result, role, voice) for role in ("demand", "supply")},
    }
    measure = result.outcome.measure if result.outcome else None
    if isinstance(measure, Ratio):
        slots |= {k: text for half in ("part", "whole", "unknown") for k, text in _amount(measure, half, voice).items()}
    elif isinstance(measure, Total):
        slots |= _printed(measure.unknown, measure.unit, voice, "unknown", "part_unit")
    for name in ("count", "area", "population"):
        slots |= _weight(result, name, turned, voice)
    return slots


def _text(value: float | None, unit: str, turned: int, voice: Voice, whole: float | None) -> str:
    """A number in a sentence: percentages with one digit, the others as in tables."""
    if unit != "%" or value is None:
        return voice.figure(value, unit, turned, whole=whole).text
    shown = units.shown(value, 1, toward=turned)
    if turned > 0 and value < 0.1:
        return voice.say("verdict_gap.less", step="0.1")
    if whole is not None and value < whole <= float(shown.replace(",", "")):
        shown = units.shown(value, 1, toward=-1)
    return voice.figure(value, unit, turned, whole=whole).text if float(shown) == 0 and value > 0 else shown


def _amount(ratio: Ratio, half: str, voice: Voice) -> dict[str, str]:
    unit = ratio.whole_unit if half == "whole" else ratio.part_unit
    return _printed(getattr(ratio.overall, half), unit, voice, half, f"{half}_unit")


def _printed(amount: float, unit: str, voice: Voice, name: str, unit_name: str) -> dict[str, str]:
    shown_in = printed_unit(unit)
    figure = voice.figure(amount * units.factor(unit) / units.factor(shown_in), shown_in)
    return {name: figure.text, unit_name: voice.unit(shown_in)}


def _weight(result: Result, name: str, turned: int, voice: Voice) -> dict[str, str]:
    ratio = result.outcome.weights.get(name) if result.outcome else None
    if ratio is None:
        missing = voice.say("report.sentence.unweighed")
        return {f"share_{name}": missing, f"part_{name}": missing, f"whole_{name}": missing}
    share = _text(result.in_unit(ratio.overall.value), result.analysis.unit, turned, voice, result.in_unit(1.0))
    halves = {half: voice.figure(getattr(ratio.overall, half), ratio.part_unit).text for half in ("part", "whole")}
    told = share if name == "count" else voice.say("report.sentence.percent", value=share)
    return {f"share_{name}": told, **{f"{half}_{name}": text for half, text in halves.items()}}


def _distance(result: Result, voice: Voice) -> str:
    """The first distance that is asked, as metres or kilometres."""
    asked = result.analysis.parameters.get("distance")
    first = asked[0] if isinstance(asked, (tuple, list)) else asked
    if first is None:
        return NOTHING
    return voice.say("report.amount", amount=f"{float(first):,g}", unit=voice.unit("m"))


def _titles(result: Result, role: str, voice: Voice) -> str:
    return voice.say("report.comma").join(voice.title(u.spec.title) or u.name for u in result.used.get(role, ()))


def _targets(judged: tuple[Line, ...], slots: dict[str, str], voice: Voice) -> Iterator[str]:
    """One sentence for each target that is missed or behind."""
    for line in judged:
        if line.judged is None or line.word not in {"missed", "behind"} or line.judged.target.year is None:
            continue
        target = line.judged.target
        need = line.need
        yield voice.say(
            "report.sentence.target" if need == NOTHING else "report.sentence.target_need",
            **slots,
            year=target.year,
            asks=target.asks(voice.language),
            target_unit=voice.unit(target.unit),
            gap=_text(line.judged.verdict.gap, line.result.analysis.unit, 1, voice, None),
            need=need,
        )


def part_of(result: Result, voice: Voice) -> str:
    """Part and whole behind the headline, where it has them."""
    measure = result.outcome.measure if result.outcome else None
    if not isinstance(measure, Ratio) or result.value is None:
        return ""
    return voice.say("report.part_of", **_amount(measure, "part", voice), **_amount(measure, "whole", voice))


def unknown_of(result: Result, voice: Voice) -> str:
    """How much is unknown, where anything is."""
    measure = result.outcome.measure if result.outcome else None
    unknown = (
        measure.overall.unknown
        if isinstance(measure, Ratio)
        else measure.unknown
        if isinstance(measure, Total)
        else 0.0
    )
    if not unknown:
        return ""
    return voice.say("report.unknown", **_printed(unknown, engine_unit(result), voice, "amount", "unit"))

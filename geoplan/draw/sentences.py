"""The sentences that say an answer: what was found, what is unknown, what a target lacks."""

from collections.abc import Iterator

from geoplan import units
from geoplan.draw.figures import engine_unit, halves_of, printed_unit, toward
from geoplan.draw.line import Line
from geoplan.draw.notes import headlines, short
from geoplan.draw.tables import NOTHING
from geoplan.draw.voice import Voice
from geoplan.measure import Change, Ratio, Total
from geoplan.result import Result, Results

__all__ = ["basis", "change_of", "dated", "part_of", "sentences", "unknown_of"]


def sentences(result: Result, results: Results, judged: tuple[Line, ...]) -> tuple[str, ...]:
    """What a reader is told of one answer, in the order it matters; nothing where there is no value.

    A method may say its answer itself (a note whose sentence is called headline); else a plain sentence does.
    """
    if result.value is None:
        return ()
    voice = Voice(results.language)
    slots = _slots(result, results, voice)
    plain = "total" if halves_of(result) is None else "ratio"
    said = list(headlines(result, voice)) or [voice.say(f"report.sentence.{plain}", **slots)]
    if float(result.ceiling or 0.0) > result.value:
        said.append(voice.say("report.sentence.unknown", **slots))
    return (*said, *_targets(judged, slots, voice))


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
    }
    measure = result.outcome.measure if result.outcome else None
    if isinstance(measure, Ratio):
        slots |= {
            k: text
            for half in ("part", "whole", "unknown")
            for k, text in _amount(measure, half, result, voice).items()
        }
    elif isinstance(measure, Total):
        slots |= _printed(measure.unknown, measure.unit, result, voice, "unknown", "part_unit")
    return slots


def _text(value: float | None, unit: str, turned: int, voice: Voice, whole: float | None) -> str:
    """A number in a sentence: percentages with one digit, the others as in tables."""
    if unit == "%" and value is not None and whole is not None:
        return short(value / whole, turned)
    return voice.figure(value, unit, turned, whole=whole).text


def _amount(ratio: Ratio, half: str, result: Result, voice: Voice) -> dict[str, str]:
    unit = ratio.whole_unit if half == "whole" else ratio.part_unit
    return _printed(getattr(ratio.overall, half), unit, result, voice, half, f"{half}_unit")


def _printed(amount: float, unit: str, result: Result, voice: Voice, name: str, unit_name: str) -> dict[str, str]:
    shown_in = printed_unit(unit, result)
    turned = toward(result) if name == "part" else 0
    figure = voice.figure(amount * units.factor(unit) / units.factor(shown_in), shown_in, turned)
    return {name: figure.text, unit_name: voice.unit(shown_in)}


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
            gap=_gap(line, voice),
            need=need,
        )


def _gap(line: Line, voice: Voice) -> str:
    """What the value lacks, never less than it lacks: in a sentence percentages have one digit."""
    gap = line.judged.verdict.gap if line.judged else None
    if gap is None or line.result.analysis.unit != "%":
        return line.gap.text
    return units.shown(gap, 1, toward=1) if gap >= 0.1 else voice.say("verdict_gap.less", step="0.1")


def part_of(result: Result, voice: Voice) -> str:
    """Part and whole behind the headline, where it has them."""
    measure = result.outcome.measure if result.outcome else None
    if not isinstance(measure, Ratio) or result.value is None:
        return ""
    return voice.say(
        "report.part_of", **_amount(measure, "part", result, voice), **_amount(measure, "whole", result, voice)
    )


def change_of(result: Result, voice: Voice) -> str:
    """What there was, what went and came, and what there is, where the answer is a change."""
    measure = result.outcome.measure if result.outcome else None
    if not isinstance(measure, Change) or result.value is None:
        return ""
    flow, unit = measure.overall, result.analysis.unit
    amounts = {
        name: voice.figure(result.in_unit(getattr(flow, name)), unit).text
        for name in ("before", "lost", "gained", "after", "slivers", "unknown")
    }
    words = [voice.say("report.change_of", unit=voice.unit(unit), **amounts)]
    words += [
        voice.say(f"report.change_{n}", amount=amounts[n], unit=voice.unit(unit))
        for n in ("slivers", "unknown")
        if getattr(flow, n) > 0
    ]
    return voice.say("report.semicolon").join(words)


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
    return voice.say("report.unknown", **_printed(unknown, engine_unit(result), result, voice, "amount", "unit"))


def dated(result: Result, voice: Voice) -> str:
    """The date the answer speaks of, or that there is none."""
    if not result.as_of:
        return voice.say("report.as_of_none")
    return voice.say("report.as_of", date=voice.date(result.as_of))


def basis(results: Results) -> str:
    """How areas and lengths were measured, and things counted."""
    voice, crs = Voice(results.language), results.place.crs
    ellipsoid = crs.ellipsoid.name if crs.ellipsoid else ""
    return voice.say("report.basis", ellipsoid=voice.name("report.ellipsoid", ellipsoid))

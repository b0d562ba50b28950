"""What is not as it should be, feature by feature, with its zone and its gap: the list behind every share."""

from collections.abc import Iterator

from geoplan import units
from geoplan.deficits import Deficit
from geoplan.draw.cells import missing
from geoplan.draw.counted import feature_said
from geoplan.draw.figures import Figure, printed_unit
from geoplan.draw.tables import NOTHING, Cell, Head, Printed
from geoplan.draw.voice import Voice
from geoplan.result import Result, Results

__all__ = ["deficit_table", "every_deficit"]

SHOWN = 15
"""Rows of a list the page prints; the workbook holds all."""
_OWN = ("number", "id", "name", "zone", "status", "gap", "metres", "closing")


def deficit_table(result: Result, results: Results, *, most: int = SHOWN) -> Printed | None:
    """The first deficits of an answer, the largest first; None where there are none."""
    if not result.deficits:
        return None
    voice = Voice(results.language)
    metres, closing = _metres(result), _closing(result)
    kept = [n for n in _OWN if (n != "metres" or metres) and (n != "closing" or closing)]
    rows = tuple(
        tuple(cell for name, cell in _row(number, one, result, results, metres, closing) if name in kept)
        for number, one in enumerate(result.deficits[:most], start=1)
    )
    count = len(result.deficits)
    more = voice.say("report.more_rows", count=f"{count:,}", shown=most, rest=f"{count - most:,}")
    title = voice.say("deficits.of", count=f"{count:,}")
    return Printed("deficits", title, _heads(kept, results, voice), rows, (more,) if count > most else ())


def every_deficit(results: Results) -> Printed | None:
    """The deficits of all answers as one list that can be filtered; None where there are none."""
    voice, rows = Voice(results.language), list[tuple[Cell, ...]]()
    for result in results.results:
        metres, closing = _metres(result), _closing(result)
        title = Cell(voice.title(result.analysis.title) or result.name)
        for one in result.deficits:
            number, *rest = (cell for _, cell in _row(len(rows) + 1, one, result, results, metres, closing))
            rows.append((number, title, *rest))
    if not rows:
        return None
    first, *heads = _heads(_OWN, results, voice)
    every = (first, Head(voice.say("scorecard_table.name"), wide=True), *heads)
    return Printed("deficits", voice.say("deficits.title"), every, tuple(rows), (voice.say("deficits.note"),))


def _heads(names: "list[str] | tuple[str, ...]", results: Results, voice: Voice) -> tuple[Head, ...]:
    level = next(iter(results.place.zones), "")
    said = {name: voice.say(f"deficits.{name}") for name in names}
    said["zone"] = voice.name("level", level) if level else said["zone"]
    return tuple(Head(said[name], name in {"number", "gap", "metres"}, name == "name") for name in names)


def _row(
    number: int, one: Deficit, result: Result, results: Results, metres: dict[str, float], closing: dict[str, str]
) -> Iterator[tuple[str, Cell]]:
    voice = Voice(results.language)
    zone = next(iter(one.zones.values()), None) if one.zones else NOTHING
    far = metres.get(one.id)
    yield "number", Cell(str(number), number, 0, "number")
    yield "id", Cell(feature_said(result, one.id, voice))
    yield "name", Cell(one.name or NOTHING)
    yield "zone", Cell(zone or voice.say("report.unzoned"))
    yield "status", Cell(voice.name("status", one.status))
    yield "gap", _gap(one, result, voice)
    # what is too far is never rounded to within reach
    yield "metres", Cell(NOTHING) if far is None else Cell.of(voice.figure(far, "m", 1))
    yield "closing", Cell(closing.get(one.id, NOTHING))


def _gap(one: Deficit, result: Result, voice: Voice) -> Cell:
    """How much the feature would add, with its unit: things by number, ground in hectares, lengths in kilometres."""
    if one.amount is None:
        return Cell(NOTHING)
    shown_in = printed_unit(one.unit, result)
    if one.unit not in {"m2", "m"}:
        figure = voice.figure(one.amount, shown_in if one.unit else result.analysis.unit)
    else:
        figure = voice.figure(one.amount * units.factor(one.unit) / units.factor(shown_in), shown_in)
    return Cell(_with_unit(figure, shown_in, voice))


def _with_unit(figure: Figure, unit: str, voice: Voice) -> str:
    return voice.say("report.amount", amount=figure.text, unit=voice.unit(unit)).strip()


def _metres(result: Result) -> dict[str, float]:
    """Feature -> metres to the nearest of what it lacks, where the method measured them."""
    found: dict[str, float] = {}
    for frame in result.outcome.evidence.values() if result.outcome else ():
        if {"id", "status", "metres"} <= set(frame.columns):
            known = zip(frame["id"].astype(str), frame["metres"], strict=True)
            found |= {key: float(m) for key, m in known if not missing(m) and float(m) < float("inf")}
    return found


def _closing(result: Result) -> dict[str, str]:
    """Feature -> the years of the targets whose shortest list holds it."""
    years: dict[str, list[str]] = {}
    for judged in result.judged:
        for feature, _, _ in judged.verdict.closing:
            years.setdefault(feature, []).append(str(judged.target.year or "*"))
    return {feature: ", ".join(dict.fromkeys(found)) for feature, found in years.items()}

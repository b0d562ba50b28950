"""What stands around a map: whose coordinates, whose data, which target, who may read it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from geoplan.draw.audience import INTERNAL, Audience
from geoplan.draw.figures import Figure, digits, toward
from geoplan.draw.sentences import change_of
from geoplan.draw.sheet import Source, Standing, Tone
from geoplan.draw.voice import Voice
from geoplan.target import number
from geoplan.words import sentences

if TYPE_CHECKING:
    from pyproj import CRS

    from geoplan.result import Result, Results, Used

__all__ = ["crs_note", "headline", "marks", "page_texts", "sources", "standings", "subtitle"]

_GOOD = frozenset({"met", "met_early"})
_BAD = frozenset({"missed"})
_OPEN = frozenset({"behind", "needs_review", "approx", "no_data"})
_PAGE = "map.page."


def subtitle(result: "Result", results: "Results", voice: Voice) -> str:
    """Where, and the date the answer speaks of."""
    if not result.as_of:
        return results.place.name
    return voice.say("map.subtitle", place=results.place.name, date=voice.date(result.as_of))


def headline(result: "Result", voice: Voice, audience: Audience = INTERNAL) -> tuple[str, str, str]:
    """The value, its unit, and what must stand beside it: how far it may rise, or why there is none."""
    unit = result.analysis.unit
    whole = 100 if unit == "%" else None
    if result.value is None:
        word = voice.say(f"judged.{'not_applicable' if result.status == 'not_applicable' else 'no_data'}")
        # a reason may name a file
        return word, "", voice.note(result.reason) if result.reason and not audience.public else ""
    beside = change_of(result, voice)
    if result.ceiling is not None and result.ceiling > result.value:
        beside = voice.say(
            "map.ceiling",
            value=Figure.of(result.ceiling, unit, toward(result), whole=whole).text,
            unit=voice.unit(unit),
        )
    return Figure.of(result.value, unit, toward(result), whole=whole).text, voice.unit(unit), beside


def standings(result: "Result", voice: Voice) -> tuple[Standing, ...]:
    """Every target that binds here, with the verdict on it and the plan that asks for it."""
    return tuple(_standings(result, voice))


def _standings(result: "Result", voice: Voice) -> Iterator[Standing]:
    unit = result.analysis.unit
    for judged in result.judged:
        target, verdict = judged.target, judged.verdict
        word, sentence = verdict.word, "map.target" if target.year else "map.target_undated"
        stated = target.baseline_value or target.value
        asks = voice.say(
            "map.baseline" if word == "no_target" else sentence,
            year=target.year or "",
            value=stated if word == "no_target" else target.asks(voice.language),
            # what a plan words has no unit
            unit=voice.unit(target.unit) if target.numbers or (word == "no_target" and number(stated)) else "",
        )
        tone: Tone = "good" if word in _GOOD else "bad" if word in _BAD else "open" if word in _OPEN else "none"
        said = verdict.say(voice.language, target, unit, digits=digits(unit))
        yield Standing(
            asks, said, tone, voice.say("report.comma").join(t for t in (target.source, target.locator) if t)
        )


def sources(result: "Result", voice: Voice, audience: Audience) -> tuple[Source, ...]:
    """The data a result rests on, with dates: to the public only what is public, and how many more there are."""
    used: dict[str, Used] = {u.name: u for layers in result.used.values() for u in layers}
    shown = [u for u in used.values() if audience.sees((u,))]
    rows = [_source(u, voice, audience) for u in shown]
    if len(shown) < len(used):
        rows.append(Source(voice.say("map.internal_sources", count=len(used) - len(shown)), ""))
    return tuple(rows)


def _source(used: "Used", voice: Voice, audience: Audience) -> Source:
    source = used.source
    parts = [source.provider, source.document, source.scale]
    if not audience.public:
        parts += [source.path.replace("\\", "/").rpartition("/")[2], voice.name("report.markings", source.secrecy)]
    as_of = voice.say("map.as_of", date=voice.date(source.as_of)) if source.as_of else voice.say("map.undated")
    return Source(
        voice.title(used.spec.title) or used.name, voice.say("map.semicolon").join(p for p in parts if p), as_of
    )


def crs_note(crs: "CRS", voice: Voice) -> str:
    """The coordinate system, its zone and central meridian, and that areas are ellipsoidal whatever the plane says."""
    geodetic = crs.geodetic_crs
    code = geodetic.to_authority() if geodetic else None
    datum = voice.name("datum", code[1]) if code else ""
    if datum.isdigit() or not datum:
        datum = geodetic.name if geodetic else crs.name
    operation = crs.coordinate_operation
    meridian = (
        next((p.value for p in operation.params if p.name == "Longitude of natural origin"), None)
        if operation
        else None
    )
    authority = crs.to_authority()
    fields = {"datum": datum, "code": ":".join(authority) if authority else crs.name, "meridian": _degrees(meridian)}
    if meridian is None:
        return voice.say("map.crs_plain", name=crs.name, **fields)
    if "Gauss-Kruger" in crs.name:
        return voice.say("map.crs_gauss", width=3 if "3-degree" in crs.name else 6, **fields)
    return voice.say("map.crs_utm" if "UTM" in crs.name else "map.crs_mercator", **fields)


def marks(results: "Results", voice: Voice, audience: Audience) -> tuple[str, ...]:
    """Sentences every reader must see: synthetic data, secrecy or the review number, and what has been coarsened."""
    said = [voice.note(note) for note in results.notices]
    if not audience.public:
        return (*said, voice.say("notice.internal"))
    number = audience.review_number
    said.append(voice.say("notice.review", number=number) if number else voice.say("notice.no_review"))
    coarse = audience.grid > 0
    said.append(voice.say("notice.coarse", metres=f"{audience.grid:g}") if coarse else voice.say("notice.hidden"))
    return tuple(said)


def page_texts(voice: Voice) -> dict[str, str]:
    """What the page itself says: buttons, headings, the scale."""
    own = (name for name in sentences(voice.language) if name.startswith(_PAGE))
    return {name.removeprefix(_PAGE): voice.say(name) for name in own}


def _degrees(meridian: float | str | None) -> str:
    return "" if meridian is None else f"{float(meridian):g}°"

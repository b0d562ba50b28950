"""The tables at the end: where data came from, what happened to every feature, what was not asked, which software."""

from collections.abc import Iterator

from geoplan.draw.audience import Audience
from geoplan.draw.tables import NOTHING, Cell, Head, Printed
from geoplan.draw.voice import Voice
from geoplan.result import Results, Used

__all__ = [
    "ENTRIES",
    "entries_table",
    "layers_of",
    "ledger_table",
    "not_asked_table",
    "software_table",
    "sources_table",
]

ENTRIES = 200
"""Entries of the ledger a page prints; provenance.json holds all."""
_SOURCE = (
    "as_of",
    "published",
    "valid_to",
    "provider",
    "document",
    "scale",
    "scheme",
    "crosswalk",
    "crs",
    "area_basis",
    "secrecy",
    "position_checked",
    "path",
    "sha256",
)
_LONG = frozenset({"valid_to", "position_checked", "area_basis", "crosswalk", "sha256"})


def layers_of(results: Results) -> dict[str, Used]:
    """Every layer an answer rests on, once, in the order of the questions."""
    return {u.name: u for result in results.results for layers in result.used.values() for u in layers}


def sources_table(results: Results, audience: Audience, *, brief: bool = False) -> Printed:
    """Where every layer came from; the public reads how many are not public, and nothing more of them.

    Args:
        results: what a run found out.
        audience: who reads it.
        brief: leave out what a printed page has no room for.
    """
    voice, layers = Voice(results.language), layers_of(results)
    told = [used for used in layers.values() if audience.sees((used,))]
    columns = [c for c in _SOURCE if not (brief and c in _LONG) and any(getattr(u.source, c) for u in told)]
    heads = (
        Head(voice.say("report.source.title")),
        *(Head(voice.say(f"report.source.{c}"), wide=c in {"document", "path"}) for c in columns),
    )
    rows = tuple((_title(u, voice), *(Cell(_told(u, c, voice)) for c in columns)) for u in told)
    hidden = len(layers) - len(told)
    notes = (voice.say("map.internal_sources", count=hidden),) if hidden else ()
    return Printed("sources", voice.say("report.source.heading"), heads, rows, notes)


def _told(used: Used, column: str, voice: Voice) -> str:
    text = str(getattr(used.source, column))
    if column == "sha256":
        return text[:12] or NOTHING
    named = {"area_basis": "report.bases", "secrecy": "report.markings"}
    return (voice.name(named[column], text) if column in named else text) or NOTHING


def _title(used: Used, voice: Voice) -> Cell:
    return Cell(voice.title(used.spec.title) or used.name)


def ledger_table(results: Results) -> Printed:
    """Every feature accounted for: read = used + repaired + set aside."""
    voice = Voice(results.language)
    columns = ("read", "used", "repaired", "set_aside")
    heads = (
        Head(voice.say("report.source.title")),
        *(Head(voice.say(f"report.ledger.{c}"), numeric=True) for c in columns),
    )
    rows = tuple(
        (_title(used, voice), *(_counted(used, c, voice) for c in columns)) for used in layers_of(results).values()
    )
    odd = (voice.note(note) for used in layers_of(results).values() for note in used.notes)
    notes = (voice.say("report.ledger.sum"), *dict.fromkeys(odd))
    return Printed("ledger", voice.say("report.ledger.heading"), heads, rows, notes)


def _counted(used: Used, column: str, voice: Voice) -> Cell:
    # a grid has no features to count
    if used.spec.geometry == "raster":
        return Cell(NOTHING)
    return Cell.of(voice.figure(getattr(used.ledger, column), "count"))


def entries_table(results: Results) -> Printed | None:
    """Every feature that was mended or set aside, with the reason; None where there is none."""
    voice = Voice(results.language)
    every = tuple(_entries(results, voice))
    if not every:
        return None
    labels = ("feature", "fate", "reason", "area")
    heads = (
        Head(voice.say("report.source.title")),
        *(Head(voice.say(f"report.ledger.{x}"), numeric=x == "area", wide=x == "reason") for x in labels),
    )
    notes = (voice.say("report.ledger.more", count=f"{len(every) - ENTRIES:,}"),) if len(every) > ENTRIES else ()
    return Printed("entries", voice.say("report.ledger.entries"), heads, every[:ENTRIES], notes)


def _entries(results: Results, voice: Voice) -> Iterator[tuple[Cell, ...]]:
    for used in layers_of(results).values():
        for entry in used.ledger.entries:
            area = Cell.of(voice.figure(entry.area, "m2")) if entry.area else Cell(NOTHING)
            fate, reason = voice.say(f"report.ledger.{entry.fate}"), voice.name("report.reasons", entry.reason)
            yield _title(used, voice), Cell(entry.feature or NOTHING), Cell(fate), Cell(reason), area


def not_asked_table(results: Results) -> Printed | None:
    """The questions that were not asked, and the layers they lack; None where all were."""
    if not results.not_asked:
        return None
    voice = Voice(results.language)
    heads = (Head(voice.say("report.question")), Head(voice.say("report.lacking"), wide=True))
    comma = voice.say("report.comma")
    asked = results.not_asked.items()
    rows = tuple((Cell(results.title(name)), Cell(comma.join(map(results.title, layers)))) for name, layers in asked)
    return Printed("not_asked", voice.say("report.not_asked"), heads, rows)


def software_table(results: Results) -> Printed | None:
    """What computed, in which version; None where nobody recorded it."""
    software = results.provenance.get("software", {})
    if not software:
        return None
    voice = Voice(results.language)
    heads = (Head(voice.say("report.software")), Head(voice.say("report.version")))
    rows = tuple((Cell(str(name)), Cell(str(version))) for name, version in software.items())
    return Printed("software", voice.say("report.software"), heads, rows)

"""The inventory of the data of a study and the list of what is odd, as tables for a page and a workbook."""

from collections.abc import Iterator

from geoplan.draw.tables import NOTHING, Cell, Head, Printed, head
from geoplan.draw.voice import Voice
from geoplan.health import Figures, Health, LayerHealth

__all__ = ["class_text", "columns_table", "inventory", "oddity_table", "title_of"]

_SOURCE = (
    "as_of", "published", "valid_to", "document", "provider", "crs", "scheme", "scale", "area_basis", "secrecy",
    "position_checked",
)  # fmt: skip
_COUNTS = ("features", "used", "repaired", "set_aside", "doubts", "remarks")
_WIDE = frozenset({"document", "position_checked", "provider", "crs", "path", "said", "ids"})


def title_of(layer: LayerHealth, voice: Voice) -> str:
    """What a layer is called."""
    return voice.title(layer.spec.title) or layer.name


def inventory(health: Health, voice: Voice) -> Printed:
    """One row a layer: where it comes from, of when, in which system, how much of it can be used, what is in doubt."""
    columns = ("layer", "name", *_SOURCE, *_COUNTS, "state", "path", "sha256", "receiver")
    heads = tuple(
        Head(voice.say(f"health.head.{c}"), numeric=c in _COUNTS, wide=c in _WIDE, text=voice.say(f"health.head.{c}"))
        for c in columns
    )
    rows = tuple(
        (Cell(title_of(layer, voice)), Cell(layer.name), *_row(layer, voice))
        for layer in health.layers
        if layer.source.path
    )
    return Printed("inventory", voice.say("health.sheet"), heads, rows)


def _row(layer: LayerHealth, voice: Voice) -> Iterator[Cell]:
    for column in _SOURCE:
        text = str(getattr(layer.source, column))
        named = {"area_basis": "report.bases", "secrecy": "report.markings"}
        yield Cell((voice.name(named[column], text) if column in named and text else text) or NOTHING)
    known = layer.refused is None and layer.amounts.grid is None
    counts = (layer.amounts.features, layer.ledger.used, layer.ledger.repaired, layer.ledger.set_aside)
    for number in counts:
        yield Cell.of(voice.figure(number, "count")) if known else Cell(NOTHING)
    for grave in ("doubt", "remark"):
        yield Cell.of(voice.figure(layer.count(grave), "count"))
    yield Cell(voice.say(f"health.grave.{layer.state}"))
    yield Cell(layer.source.path)
    yield Cell(layer.source.sha256[:12] or NOTHING)
    # who takes the data in writes the name by hand
    yield Cell("")


def oddity_table(health: Health, voice: Voice) -> Printed:
    """Everything odd, worst first."""
    titles = {layer.name: title_of(layer, voice) for layer in health.layers}
    columns = ("grave", "layer", "said", "count", "area", "ids", "kind")
    heads = tuple(Head(voice.say(f"health.head.{c}"), numeric=c in {"count", "area"}, wide=c in _WIDE) for c in columns)
    rows = tuple(
        (
            Cell(voice.say(f"health.grave.{o.grave}")),
            Cell(titles[o.layer]),
            Cell(voice.note(o.note)),
            Cell.of(voice.figure(o.count, "count")) if o.count else Cell(NOTHING),
            Cell.of(voice.figure(o.area / 1e4, "ha")) if o.area else Cell(NOTHING),
            Cell(", ".join(o.ids) or NOTHING),
            Cell(o.kind),
        )
        for o in health.oddities
    )
    return Printed("oddities", voice.say("health.sheet_odd"), heads, rows)


def columns_table(layer: LayerHealth, voice: Voice) -> Printed | None:
    """How large the numbers of each column are, and how many are unknown; None where there are none."""
    if not layer.amounts.columns:
        return None
    labels = ("known", "unknown", "least", "middle", "most", "total")
    heads = (
        Head(voice.say("health.column")),
        Head(voice.say("health.unit")),
        *(head(voice, voice.say(f"health.{label}")) for label in labels),
    )
    rows = tuple(tuple(_numbers(figures, voice)) for figures in layer.amounts.columns)
    return Printed(f"columns {layer.name}", voice.say("health.columns"), heads, rows)


def _numbers(figures: Figures, voice: Voice) -> Iterator[Cell]:
    yield Cell(voice.title(figures.said))
    yield Cell(voice.unit(figures.unit) or NOTHING)
    for count in (figures.known, figures.unknown):
        yield Cell.of(voice.figure(count, "count"))
    for value in (figures.least, figures.middle, figures.most, figures.total):
        yield Cell(NOTHING) if value is None else Cell(f"{value:,.5g}" if abs(value) < 1e4 else f"{value:,.0f}", value)


def class_text(layer: LayerHealth, voice: Voice) -> str:
    """How many features there are of each class, the most first."""
    counts = sorted(layer.amounts.classes.items(), key=lambda item: (-item[1], item[0]))
    named = [(_class(layer, name, voice) if name else voice.say("health.unknown"), n) for name, n in counts]
    return voice.say("report.comma").join(f"{name} {n:,}" for name, n in named)


def _class(layer: LayerHealth, name: str, voice: Voice) -> str:
    words = layer.spec.words.get(name, ()) if voice.language == "zh" else ()
    return voice.say(f"status.{name}") if voice.knows(f"status.{name}") else (words or (name.replace("_", " "),))[0]

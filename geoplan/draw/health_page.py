"""The page of a check-up: does this look right? A map a layer, how much there is, what was mended, what is odd."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geoplan.draw.document import as_json
from geoplan.draw.exchange import PROVENANCE, replacing
from geoplan.draw.health_map import Drawing, drawing
from geoplan.draw.health_tables import class_text, columns_table, inventory, oddity_table, title_of
from geoplan.draw.look import Looks
from geoplan.draw.maps import PLAIN
from geoplan.draw.margin import crs_note
from geoplan.draw.provenance import sha256_of
from geoplan.draw.seal import sealed
from geoplan.draw.tables import NOTHING, Printed
from geoplan.draw.template import template, text_of
from geoplan.draw.theme import Theme
from geoplan.draw.voice import Voice
from geoplan.draw.workbook import write_workbook
from geoplan.health import Health, LayerHealth
from geoplan.oddity import GRAVES, Oddity

__all__ = ["page", "write_health"]

_SIGNS = {"refused": "✕", "doubt": "▲", "remark": "○", "fine": "✓"}
_WORST = 12
"""Oddities the page names before the layers."""
_IDS = 20
_SOURCE = ("as_of", "valid_to", "document", "provider", "crs", "scheme", "secrecy", "path")


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing that is odd, as the page says it."""

    number: int
    grave: str
    sign: str
    word: str
    text: str
    ids: str


@dataclass(frozen=True, slots=True)
class _Part:
    """One layer on the page."""

    anchor: str
    title: str
    name: str
    state: str
    sign: str
    word: str
    facts: tuple[tuple[str, str], ...]
    items: tuple[_Item, ...]
    notes: tuple[str, ...]
    columns: Printed | None
    drawing: Drawing | None
    alt: str
    drawn: str


def write_health(health: Health, out: Path, *, looks: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write the check-up of the data of a study, and say where its page is. The folder changes as a whole.

    Args:
        health: what was found out.
        out: the folder; absent, empty, or one an earlier check-up wrote.
        looks: the plain tables of maps/ by file name.

    Raises:
        StudyError: the folder is somebody else's, or cannot be written.
        DefinitionError: a file in maps/ cannot be honoured.
    """
    voice, theme = Voice(health.language), Looks.of(looks, PLAIN).theme
    title = voice.say("health.title", study=health.study)
    with replacing(Path(out)) as folder:
        (folder / "index.html").write_text(page(health, theme), encoding="utf-8", newline="\n")
        sheets = [(table.title, (table,)) for table in (inventory(health, voice), oddity_table(health, voice))]
        book = folder / f"{voice.say('health.sheet')}.xlsx"
        header = "  ".join((title, *_marks(health, voice)))
        write_workbook(book, sheets, theme, title=title, header=header, stamp=health.stamp)
        (folder / "health.json").write_text(as_json(health.document()), encoding="utf-8", newline="\n")
        (folder / PROVENANCE).write_text(as_json(_origin(folder, health)), encoding="utf-8", newline="\n")
    return Path(out) / "index.html"


def page(health: Health, theme: Theme) -> str:
    """The check-up as one HTML text that asks for nothing, the same bytes every time."""
    voice = Voice(health.language)
    parts = tuple(_part(number, layer, health, voice) for number, layer in enumerate(health.layers))
    anchors = {layer.name: part.anchor for layer, part in zip(health.layers, parts, strict=True)}
    grave = [o for o in health.oddities if o.grave != GRAVES[-1]]
    html = template("health.html").render(
        language="zh-CN" if health.language == "zh" else "en",
        say=voice.say,
        study=health.study,
        marks=_marks(health, voice),
        lead=_lead(health, voice),
        cover=tuple(_cover(health, voice)),
        worst=tuple((anchors[o.layer], _item(0, o, voice)) for o in grave[:_WORST]),
        parts=parts,
        theme=theme,
        css=text_of("report.css") + text_of("health.css"),
        nothing=NOTHING,
    )
    return sealed(html)


def _marks(health: Health, voice: Voice) -> tuple[str, ...]:
    synthetic = (voice.say("notice.synthetic"),) if health.synthetic else ()
    return (*synthetic, voice.say("notice.internal"))


def _lead(health: Health, voice: Voice) -> str:
    refused = sum(layer.refused is not None for layer in health.layers)
    doubts, remarks = (sum(o.grave == grave for o in health.oddities) for grave in GRAVES[1:])
    every = len(health.layers)
    return voice.say(
        "health.lead", layers=every, usable=every - refused, refused=refused, doubts=doubts, remarks=remarks
    )


def _cover(health: Health, voice: Voice) -> Iterator[str]:
    place = health.place
    area = voice.figure(place.boundary.area / 1e4, "ha").text
    yield voice.say("health.place", name=place.name, hectares=area, crs=crs_note(place.crs, voice))
    if health.stamp:
        yield voice.say("health.stamp", date=voice.date(health.stamp))
    if health.previous:
        yield voice.say("health.previous", path=health.previous)


def _part(number: int, layer: LayerHealth, health: Health, voice: Voice) -> _Part:
    title, drawn = title_of(layer, voice), len(layer.shapes)
    less = layer.amounts.grid is None and drawn < layer.amounts.features
    return _Part(
        f"layer-{number}",
        title,
        layer.name,
        layer.state,
        _SIGNS[layer.state],
        voice.say(f"health.grave.{layer.state}"),
        tuple(_facts(layer, voice)),
        tuple(_item(i, o, voice) for i, o in enumerate(layer.oddities, start=1)),
        tuple(voice.note(note) for note in layer.notes),
        columns_table(layer, voice),
        drawing(layer, health.place, voice) if drawn or any(len(o.shapes) for o in layer.oddities) else None,
        voice.say("health.map_alt", layer=title),
        voice.say("health.drawn", drawn=f"{drawn:,}", count=f"{layer.amounts.features:,}") if less else "",
    )


def _item(number: int, oddity: Oddity, voice: Voice) -> _Item:
    word = voice.say(f"health.grave.{oddity.grave}")
    ids = voice.say("report.comma").join(oddity.ids[:_IDS]) + (" …" if len(oddity.ids) > _IDS else "")
    return _Item(number, oddity.grave, _SIGNS[oddity.grave], word, voice.note(oddity.note), ids)


def _facts(layer: LayerHealth, voice: Voice) -> Iterator[tuple[str, str]]:
    """How much there is, what became of it, where it comes from."""
    amounts, ledger = layer.amounts, layer.ledger
    if layer.refused is None:
        yield voice.say("health.amount"), _amount(layer, voice)
        if amounts.classes:
            yield voice.say("health.classes"), class_text(layer, voice)
        if amounts.grid is None and layer.source.path:
            counts = {k: f"{getattr(ledger, k):,}" for k in ("read", "used", "repaired", "set_aside")}
            yield voice.say("health.ledger"), voice.say("health.ledger_line", **counts)
    if not layer.source.path:
        return
    for column in _SOURCE:
        text = str(getattr(layer.source, column))
        named = {"secrecy": "report.markings"}
        shown = voice.name(named[column], text) if column in named and text else text
        if column in {"as_of", "valid_to"}:
            shown = voice.date(text)
        if text or column in {"as_of", "provider", "crs"}:
            yield voice.say(f"health.head.{column}"), shown or voice.say("health.unstated")


def _amount(layer: LayerHealth, voice: Voice) -> str:
    amounts = layer.amounts
    if amounts.grid is not None:
        rows, columns = amounts.grid
        return voice.say("health.raster", rows=f"{rows:,}", columns=f"{columns:,}")
    said = [voice.say("health.features", count=f"{amounts.features:,}")]
    if amounts.area > 0:
        said.append(voice.say("health.areas", hectares=voice.figure(amounts.area / 1e4, "ha").text))
    if amounts.length > 0:
        said.append(voice.say("health.lengths", km=voice.figure(amounts.length / 1e3, "km").text))
    return voice.say("report.comma").join(said)


def _origin(folder: Path, health: Health) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        **health.provenance,
        "geoplan": health.provenance.get("software", {}).get("geoplan", ""),
        "stamp": health.stamp,
        "language": health.language,
        "audience": "internal",
        "files": {path.relative_to(folder).as_posix(): sha256_of(path) for path in files},
    }

"""One map for one answer: from a result to a sheet, and from a sheet to a page that opens anywhere."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from geoplan.draw import margin
from geoplan.draw.audience import INTERNAL, Audience
from geoplan.draw.choropleth import levels
from geoplan.draw.evidence import behind, drawn
from geoplan.draw.ground import Ground
from geoplan.draw.look import Looks
from geoplan.draw.notes import headlines, remarks
from geoplan.draw.sheet import Sheet
from geoplan.draw.voice import Voice

if TYPE_CHECKING:
    from geoplan.result import Result, Results

__all__ = ["PLAIN", "audience_of", "make_sheet", "write_map"]

PLAIN = "zones"
"""The kind of sheet for an analysis that names none: its zones, and the ground."""


def write_map(
    result: "Result",
    results: "Results",
    looks: Mapping[str, Mapping[str, Any]],
    audience: Audience = INTERNAL,
    *,
    home: str = "../index.html",
) -> str:
    """The page of one map: one HTML text that asks for nothing else, the same bytes every time.

    Args:
        result: the answer to draw; one without a value is drawn too, and says why.
        results: the run it belongs to: place, ground, language, stamp.
        looks: the plain tables of maps/ by file name.
        audience: who may read it.
        home: where the way back leads; empty for none.

    Raises:
        UnknownName: the analysis asks for a kind of sheet that is not in `looks`.
        DefinitionError: a file in maps/ cannot be honoured.
    """
    from geoplan.draw.folium_map import page

    chosen = Looks.of(looks, result.analysis.map or PLAIN)
    return page(make_sheet(result, results, chosen, audience), chosen.theme, home=home)


def audience_of(
    looks: Mapping[str, Mapping[str, Any]],
    name: Literal["internal", "public"] = "internal",
    *,
    grid: float | None = None,
    review_number: str = "",
) -> Audience:
    """Readers of that name, with what maps/page.toml says of the public: the grid and the columns that are not told."""
    if name != "public":
        return Audience(name)
    public = Looks.of(looks, PLAIN).page.public
    return Audience(name, public.grid if grid is None else grid, frozenset(public.hidden), review_number)


def make_sheet(
    result: "Result",
    results: "Results",
    looks: Looks,
    audience: Audience = INTERNAL,
    ground: Ground | None = None,
) -> Sheet:
    """The sheet of one result: everything on the map and around it, in the language of the run.

    Args:
        result: the answer to draw.
        results: the run it belongs to.
        looks: how it is drawn.
        audience: who may read it.
        ground: what lies under the maps of the run; made anew when left out.
    """
    voice = Voice(results.language)
    ground = Ground.of(results, looks, audience) if ground is None else ground
    overlays, ground_legend, left_out = ground.under(looks.sheet.kind)
    zones = tuple(levels(result, results, looks, ground))
    layers = tuple(drawn(result, results, looks, audience))
    legends = (*(layer.legend for layer in layers), *(level.legend for level in zones if level.table), ground_legend)
    listed = next((layer for layer in layers if layer.listed), None)
    filled = (*(level.overlay for level in zones), *(o for o in overlays if o.group == "over"), ground.boundary)
    everything = (*(o for o in overlays if o.group == "ground"), *filled, *(layer.overlay for layer in layers))
    drawn_notes = (note for layer in layers for note in layer.notes)
    said = (*headlines(result, voice), *remarks(result, voice, public=audience.public), *drawn_notes, *left_out)
    return Sheet(
        name=result.name,
        kind=looks.sheet.kind,
        family=voice.title(looks.sheet.title),
        language=results.language,
        title=voice.title(result.analysis.title) or result.name,
        subtitle=margin.subtitle(result, results, voice),
        number=voice.say("map.number", number=results.names.index(result.name) + 1),
        question=voice.title(result.analysis.question),
        figure=margin.headline(result, voice, audience),
        standings=margin.standings(result, voice),
        overlays=everything,
        legends=legends,
        tables=tuple(level.table for level in zones if level.table),
        listed=listed.listed if listed else (),
        listed_title=listed.listed_title if listed else "",
        notes=(*said, *_withheld(result, looks, voice, audience)),
        sources=margin.sources(result, voice, audience),
        crs=margin.crs_note(results.place.crs, voice),
        marks=margin.marks(results, voice, audience),
        bounds=ground.bounds,
        outline=ground.outline,
        stamp=voice.date(results.stamp),
        texts=margin.page_texts(voice),
        filled=looks.sheet.zones.shown,
        scales=tuple(int(s) for s in looks.page.scales),
        crisp=sum(len(o.features) for o in everything if o.group != "ground") <= looks.page.crisp,
        pointer=not audience.public,
    )


def _withheld(result: "Result", looks: Looks, voice: Voice, audience: Audience) -> tuple[str, ...]:
    """What a public map says of the evidence it does not show."""
    evidence = result.outcome.evidence if result.outcome else {}
    hidden = [
        voice.title(look.title)
        for look in looks.sheet.layers
        if look.evidence in evidence and audience.public and (look.control or not audience.sees(behind(result)))
    ]
    return (voice.say("map.withheld", layers=hidden),) if hidden else ()

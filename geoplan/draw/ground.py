"""What lies under every map: the study's own water, green and streets, kept light, and its boundary."""

from typing import TYPE_CHECKING, Any

from geoplan.draw import geometry
from geoplan.draw.audience import Audience
from geoplan.draw.look import GroundLook, Looks
from geoplan.draw.sheet import Entry, Feature, Legend, Overlay
from geoplan.draw.voice import Voice

if TYPE_CHECKING:
    from geoplan.layer import Layer
    from geoplan.place import Place
    from geoplan.result import Results

__all__ = ["boundary", "ground"]

LEAST_SHOWN = 0.5
"""Metres by which a street or a shore of the ground may be straightened: a tenth of a pen's width at 1:10,000."""


def ground(results: "Results", looks: Looks, audience: Audience) -> tuple[tuple[Overlay, ...], Legend, tuple[str, ...]]:
    """The layers under the map, one part of the legend for all, and what had to be left out."""
    voice = Voice(results.language)
    overlays, entries, notes = [], [], []
    for name in looks.page.base:
        layer, look = results.base.get(name), looks.page.ground.get(name)
        if layer is None or look is None or layer.is_raster or not len(layer.frame):
            continue
        if audience.public and (look.control or not audience.sees((layer,))):
            continue
        shapes, left_out = _shapes(layer, int(looks.page.features), audience)
        title = voice.title(look.title) or voice.title(layer.spec.title)
        if left_out:
            notes.append(voice.say("map.only_largest", layer=title, all=len(shapes) + left_out, drawn=len(shapes)))
        overlays.append(_overlay(name, title, look, shapes, results.place))
        entries.append(Entry(look.paint, geometry.kind_of(shapes), title))
    legend = Legend("ground", voice.say("legend.ground"), (*entries, *_frame_entries(looks, voice)))
    return tuple(overlays), legend, tuple(notes)


def boundary(results: "Results", looks: Looks, audience: Audience) -> Overlay:
    """The border of the place, above everything that is filled."""
    import numpy as np
    import shapely

    area = shapely.boundary(np.array([results.place.area], dtype=object))
    put = geometry.put(geometry.coarsened(area, audience.grid), results.place.crs)
    title = Voice(results.language).say("legend.frame_boundary")
    paints = {"boundary": looks.page.frame["boundary"]}
    return Overlay("boundary", "frame", title, paints, features=tuple(Feature(s, "boundary") for s in put))


def _frame_entries(looks: Looks, voice: Voice) -> tuple[Entry, ...]:
    frame = looks.page.frame
    return tuple(Entry(paint, "line", voice.say(f"legend.frame_{part}")) for part, paint in frame.items())


def _overlay(name: str, title: str, look: GroundLook, shapes: Any, place: "Place") -> Overlay:
    features = tuple(Feature(s, name) for s in geometry.put(shapes, place.crs) if s.parts)
    return Overlay(f"ground-{name}", "over" if look.over else "ground", title, {name: look.paint}, features=features)


def _shapes(layer: "Layer", limit: int, audience: Audience) -> tuple[Any, int]:
    """Shapes to draw, at most the limit, and how many are not: lines are joined first, and the shortest left out."""
    import numpy as np
    import shapely

    shapes = layer.frame.geometry.to_numpy()
    if geometry.kind_of(shapes) == "line":
        joined = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(shapes)))
        shapes = shapely.simplify(shapely.get_parts(joined), LEAST_SHOWN)
    size = shapely.length(shapes)
    kept = np.sort(np.lexsort((np.arange(len(shapes)), -size))[:limit])
    return geometry.coarsened(shapes[kept], audience.grid), len(shapes) - len(kept)

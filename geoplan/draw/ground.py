"""What lies under the maps of a run: the study's own water, green and streets, kept light, its zones and its boundary.

Made once a run: a hundred maps of one study share it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geoplan.draw import geometry
from geoplan.draw.audience import Audience
from geoplan.draw.look import GroundLook, Looks
from geoplan.draw.sheet import Entry, Feature, Legend, Overlay
from geoplan.draw.voice import Voice

if TYPE_CHECKING:
    from geoplan.layer import Layer
    from geoplan.result import Results

__all__ = ["Ground", "Patch"]

LEAST_SHOWN = 0.5
"""Metres by which a street or a shore of the ground may be straightened: a tenth of a pen's width at 1:10,000."""
Spots = tuple[tuple[float, float] | None, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """One layer of the ground: what is drawn, its line of the legend, what had to be left out, and on which sheets."""

    overlay: Overlay
    entry: Entry
    note: str = ""
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything under the maps of one run, as one audience sees it.

    Attributes:
        patches: layers of the study, the lowest first.
        frame: what the legend says of the borders.
        title: of that part of the legend.
        boundary: the border of the place, above everything that is filled.
        zones: level -> the shapes of its zones, and a spot in each for its name.
        bounds: west, south, east and north of the place.
        outline: the place, for the small map that says where one is.
    """

    patches: tuple[Patch, ...]
    frame: tuple[Entry, ...]
    title: str
    boundary: Overlay
    zones: Mapping[str, tuple[tuple[geometry.Shape, ...], Spots]]
    bounds: geometry.Bounds
    outline: tuple[geometry.Shape, ...]

    @classmethod
    def of(cls, results: "Results", looks: Looks, audience: Audience) -> "Ground":
        """The ground of a run."""
        import numpy as np

        voice, crs = Voice(results.language), results.place.crs
        zones = {}
        for level, known in results.place.zones.items():
            shapes = geometry.coarsened(known.shapes, audience.grid)
            zones[level] = geometry.put(shapes, crs), geometry.spots(shapes, crs)
        frame = tuple(Entry(p, "line", voice.say(f"legend.frame_{part}")) for part, p in looks.page.frame.items())
        area = geometry.coarsened(np.array([results.place.area], dtype=object), audience.grid)
        return cls(
            patches=tuple(_patches(results, looks, audience)),
            frame=frame,
            title=voice.say("legend.ground"),
            boundary=_boundary(results, looks, audience),
            zones=zones,
            bounds=geometry.bounds_of(area, crs),
            outline=geometry.put(area, crs),
        )

    def under(self, kind: str) -> tuple[tuple[Overlay, ...], Legend, tuple[str, ...]]:
        """The layers under a sheet of that kind, one part of the legend for all, and what had to be left out."""
        chosen = [p for p in self.patches if not p.only or kind in p.only]
        legend = Legend("ground", self.title, (*(p.entry for p in chosen), *self.frame))
        return tuple(p.overlay for p in chosen), legend, tuple(p.note for p in chosen if p.note)


def _patches(results: "Results", looks: Looks, audience: Audience) -> Iterator[Patch]:
    voice = Voice(results.language)
    for name in looks.page.base:
        layer, look = results.base.get(name), looks.page.ground.get(name)
        if layer is None or look is None or layer.is_raster or not len(layer.frame):
            continue
        if audience.public and (look.control or not audience.sees((layer,))):
            continue
        shapes, left_out = _shapes(layer, int(looks.page.features), audience)
        title, count = voice.title(look.title) or voice.title(layer.spec.title), len(shapes)
        overlay = _overlay(name, title, look, geometry.put(shapes, results.place.crs))
        note = voice.say("map.only_largest", layer=title, all=count + left_out, drawn=count) if left_out else ""
        yield Patch(overlay, Entry(look.paint, geometry.kind_of(shapes), title), note, look.only)


def _boundary(results: "Results", looks: Looks, audience: Audience) -> Overlay:
    import numpy as np
    import shapely

    area = shapely.boundary(np.array([results.place.area], dtype=object))
    put = geometry.put(geometry.coarsened(area, audience.grid), results.place.crs)
    title = Voice(results.language).say("legend.frame_boundary")
    paints = {"boundary": looks.page.frame["boundary"]}
    return Overlay("boundary", "frame", title, paints, features=tuple(Feature(s, "boundary") for s in put))


def _overlay(name: str, title: str, look: GroundLook, put: tuple[geometry.Shape, ...]) -> Overlay:
    features = tuple(Feature(s, name) for s in put if s.parts)
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

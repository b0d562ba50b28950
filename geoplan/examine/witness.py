"""What layers say against each other while they pass one by one: which of them do not stand where they say."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geoplan.examine.frames import doubted
from geoplan.examine.traces import Trace, place_traces, trace_of
from geoplan.layer import Layer
from geoplan.measure import Note
from geoplan.ops.encrypted import FRAMES
from geoplan.words import LANGUAGES, say

if TYPE_CHECKING:
    from geoplan.oddity import Oddity
    from geoplan.place import Place

__all__ = ["Witness"]

_EDGES = 50_000
"""Of a layer: enough for outlines, and little to keep beside a batch of sites."""
_OUTLINED = 300_000
"""Vertices of ground side by side whose outer edge is looked for: it takes longer than all the rest."""


@dataclass(frozen=True, slots=True, eq=False)
class Witness:
    """Remembers a little of every layer it sees, and says in the end which of them contradict the others.

    Attributes:
        place: of the study; its boundary and zones are witnesses too, and never blamed.
    """

    place: "Place"
    _seen: dict[str, Trace | None] = field(default_factory=dict)

    def see(self, layer: object) -> None:
        """Remember a layer; whatever else was found in its stead, or is a grid, says nothing."""
        if isinstance(layer, Layer) and not layer.is_raster and layer.name not in self._seen:
            self._seen[layer.name] = trace_of(layer, self.place, edges=_EDGES, outlined=_OUTLINED)

    def doubts(self) -> dict[str, Note]:
        """By name, the layers whose places are not to be relied on, and why.

        >>> import shapely
        >>> from geoplan.crs import parse
        >>> from geoplan.place import Place
        >>> Witness(Place("", shapely.box(0, 0, 1, 1), parse("EPSG:4548"))).doubts()
        {}
        """
        traces = [trace for trace in self._seen.values() if trace is not None]
        title: dict[str, str] = {language: say(language, "oddity.of_place") for language in LANGUAGES}
        found = doubted([*traces, *place_traces(self.place, title)], self.place) if traces else {}
        return {name: _said(oddity) for name, oddity in found.items()}


def _said(oddity: "Oddity") -> Note:
    """In a sentence: what it seems to be, how far and which way, beside what; the figures stand in the check-up."""
    told = oddity.note.fields
    same = {slot: told[slot] for slot in ("layer", "name", "count", "reference", "shift", "azimuth")}
    crs = told["frame"] if oddity.kind == "shifted_frame" else told["crs"]
    if crs in FRAMES:
        return Note("site_reason.frame", {**same, "crs": crs})
    sure = crs and oddity.kind != "aside_either"
    return Note("site_reason.aside_crs", {**same, "crs": crs}) if sure else Note("site_reason.aside", same)

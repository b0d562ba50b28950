"""A map before anybody draws it: title, features, breaks, colours, legend and notes as plain frozen data.

`make_sheet` builds one from a result; `folium_map` turns it into a page. What a sheet says is compared in tests, so
nothing here depends on the moment, on memory addresses or on the order of a set.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from geoplan.draw.geometry import Bounds, Kind, Shape
from geoplan.draw.theme import Paint
from geoplan.words import Language

__all__ = ["Entry", "Feature", "Label", "Legend", "Listed", "Overlay", "Rows", "Sheet", "Source", "Standing", "Tone"]

Tone = Literal["good", "bad", "open", "none"]
Group = Literal["ground", "zones", "over", "frame", "evidence"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing on the map: its shape, which paint of its overlay draws it, and what it says when pointed at.

    Attributes:
        shape: as a page holds it.
        paint: the key of the paint.
        says: one text for each column of the overlay.
        label: written beside it.
    """

    shape: Shape
    paint: str
    says: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A name written on the map at a place (longitude, latitude), with a figure under it."""

    spot: tuple[float, float]
    name: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Features that are seen or hidden together.

    Attributes:
        id: unique on the sheet.
        group: `ground` (under everything), `zones` (one level at a time), `over` (ground that lies on filled zones),
            `frame` (boundary), or `evidence`.
        title: what it shows.
        paints: how its features are drawn, by key.
        columns: titles of what its features say.
        features: the lowest first.
        labels: names written on the map while it is seen.
        shown: whether it is seen when the page opens.
    """

    id: str
    group: Group
    title: str
    paints: Mapping[str, Paint]
    columns: tuple[str, ...] = ()
    features: tuple[Feature, ...] = ()
    labels: tuple[Label, ...] = ()
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend: a sample of the paint, what it means, and how much of it there is."""

    paint: Paint
    kind: Kind
    text: str
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Legend:
    """A part of the legend; `overlay` is what its switch shows and hides."""

    overlay: str
    title: str
    entries: tuple[Entry, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A target and the verdict on it, in words. `tone`: `good`, `bad`, `open` or `none`; never the only sign."""

    target: str
    verdict: str
    tone: Tone
    source: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One of the numbered features: where it is and what is to be said of it."""

    number: int
    name: str
    says: str
    spot: tuple[float, float]
    overlay: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A small table beside the map; `overlay` is the level it belongs to."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    overlay: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a layer came from, as far as the reader may know."""

    title: str
    says: str
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A map with everything that must stand on it.

    Attributes:
        name: the analysis.
        kind: the kind of sheet, as a file in maps/.
        family: what such sheets are called.
        language: of every text on it.
        title: what is mapped.
        subtitle: where, and of which date.
        number: of the sheet in its study.
        question: what is asked, in a sentence.
        figure: the headline, its unit and what stands beside it.
        standings: targets with verdicts.
        overlays: the lowest first.
        legends: in the order of the page.
        tables: a small one per level of zones.
        listed: numbered features.
        listed_title: what they are.
        notes: sentences needed to read the number right.
        sources: data with dates.
        crs: coordinate system, zone and central meridian.
        marks: secrecy, review number, synthetic data: sentences every reader must see.
        bounds: west, south, east, north of the place.
        outline: the boundary, for the small map that says where one is.
        stamp: the date of the sheet.
        texts: what the page itself says (buttons, scale, print), by name.
        filled: whether zones are filled when the page opens; their borders and names always are there.
        scales: denominators a printed sheet may have.
        crisp: whether features are drawn as vectors.
        pointer: whether the coordinates under the pointer are told.
    """

    name: str
    kind: str
    family: str
    language: Language
    title: str
    subtitle: str
    number: str
    question: str
    figure: tuple[str, str, str]
    standings: tuple[Standing, ...]
    overlays: tuple[Overlay, ...]
    legends: tuple[Legend, ...]
    tables: tuple[Rows, ...]
    listed: tuple[Listed, ...]
    listed_title: str
    notes: tuple[str, ...]
    sources: tuple[Source, ...]
    crs: str
    marks: tuple[str, ...]
    bounds: Bounds
    outline: tuple[Shape, ...]
    stamp: str
    texts: Mapping[str, str] = field(default_factory=dict)
    filled: bool = True
    scales: tuple[int, ...] = ()
    crisp: bool = True
    pointer: bool = True

"""Whether a layer stands where it says: each against the others, and what would fit one that lies elsewhere."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoplan import crs as crs_room
from geoplan.candidates import over
from geoplan.examine.aside import moved, not_to_be_trusted
from geoplan.examine.finding import made, metres, percent, title
from geoplan.examine.traces import Trace
from geoplan.oddity import Oddity
from geoplan.ops.frames import Suspicion, suspicion
from geoplan.place import Place

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

__all__ = ["crs_that_fit", "doubted", "shifted"]

_REFERENCES = 10
_AGREES = 15.0
"""Metres: a layer this near to another one stands in the same frame; the frames are hundreds of metres apart."""


def shifted(traces: Sequence[Trace], place: Place) -> tuple[Oddity, ...]:
    """Layers that do not seem to stand where they say, each with the evidence that says most.

    First those in GCJ-02 or BD-09; then, of the others, those that lie aside of another as a whole (see `moved`).

    Every layer is compared with networks and lines first, then with layers of ground, then with others, ten in all.
    Which of two layers is the one that was moved shows in the direction: the other one is trusted. Of a layer somebody
    has checked (`position_checked` in study.toml) it is a remark.
    """
    best = _encrypted(traces, place)
    found = (*(_told(*evidence) for evidence in best.values()), *moved(_rest(traces, best), place))
    checked = _checked(traces)
    return tuple(replace(one, grave="remark") if one.layer in checked else one for one in found)


def doubted(traces: Sequence[Trace], place: Place) -> dict[str, Oddity]:
    """By name, the layers whose places are not to be relied on: those of `shifted`, and of two either where it may be.

    >>> doubted([], Place("", shapely.box(0, 0, 1, 1), crs_room.parse("EPSG:4548")))
    {}
    """
    best = _encrypted(traces, place)
    found = {name: _told(*evidence) for name, evidence in best.items()}
    for oddity in not_to_be_trusted(_rest(traces, best), place):
        found.setdefault(oddity.layer, oddity)
    return {name: oddity for name, oddity in found.items() if name not in _checked(traces)}


def _checked(traces: Sequence[Trace]) -> set[str]:
    """Layers of which somebody has put down in writing that they lie where they say."""
    return {trace.layer.name for trace in traces if trace.layer.source.position_checked}


def _rest(traces: Sequence[Trace], told: Collection[str]) -> list[Trace]:
    return [t for t in traces if t.layer.name not in told]


def _encrypted(traces: Sequence[Trace], place: Place) -> dict[str, tuple[Suspicion, Trace, Trace]]:
    """By name, the layers in GCJ-02 or BD-09: the evidence, the layer, and the one that is trusted."""
    plane = _plane(place.crs)
    references = sorted((t for t in traces if not t.given), key=lambda t: (t.rank, t.layer.name))[:_REFERENCES]
    best: dict[str, tuple[Suspicion, Trace, Trace]] = {}
    for reference in references:
        tree = reference.tree()
        for trace in traces:
            if trace is reference or not len(trace.lon) or not _apart(trace, tree, plane):
                continue
            found = suspicion(trace.lon, trace.lat, tree, plane)
            if found is None:
                continue
            blamed, trusted = (trace, reference) if found.shifted == "layer" else (reference, trace)
            if blamed.layer.name not in best or found.after < best[blamed.layer.name][0].after:
                best[blamed.layer.name] = (found, blamed, trusted)
    return best


def _apart(trace: Trace, tree: shapely.STRtree, plane: Any) -> bool:
    """Whether a layer is not simply at the places of another: those are in one frame."""
    points = shapely.points(np.column_stack(plane(trace.lon, trace.lat)))
    at = tree.nearest(points)
    return bool(np.median(shapely.distance(points, tree.geometries[at])) > _AGREES)


def _told(found: Suspicion, blamed: Trace, trusted: Trace) -> Oddity:
    return made(
        blamed.layer, "shifted_frame", "doubt", count=found.places, frame=found.frame,
        crs=blamed.layer.source.crs or "—",
        shift=metres(found.metres), azimuth=f"{found.azimuth:.0f}", reference=title(trusted.layer),
        before=metres(found.before), after=metres(found.after), share=percent(found.confidence, 1.0),
        name=blamed.layer.name,
    )  # fmt: skip


def _plane(crs: "CRS") -> Any:
    degrees = crs_room.parse(crs_room.LONLAT)

    def turned(lon: "NDArray[np.float64]", lat: "NDArray[np.float64]") -> tuple[Any, Any]:
        xy = shapely.get_coordinates(crs_room.to_crs(shapely.points(lon, lat), degrees, crs))
        return xy[:, 0], xy[:, 1]

    return turned


def crs_that_fit(bounds: crs_room.Bounds, place: Place) -> tuple[tuple[str, bool], ...]:
    """The coordinate systems in which a box of coordinates would lie over the place, and whether swapped.

    >>> town = Place("", shapely.box(560_000, 4_330_000, 570_000, 4_340_000), crs_room.parse("EPSG:4548"))
    >>> crs_that_fit((39_560_000, 4_330_000, 39_570_000, 4_340_000), town)
    (('EPSG:4527', False),)
    >>> crs_that_fit((39.12, 117.7, 39.2, 117.8), town), crs_that_fit((0, 0, 1, 1), town)
    ((('EPSG:4490', True),), ())
    """
    here = place.boundary.bounds
    found: list[tuple[float, str, bool]] = []
    for swapped in (False, True):
        box = (bounds[1], bounds[0], bounds[3], bounds[2]) if swapped else bounds
        for name, there in over(box, here, place.crs):
            off = float(np.hypot(there[0] + there[2] - here[0] - here[2], there[1] + there[3] - here[1] - here[3])) / 2
            # of systems that give the same place (zones of 3 and 6 degrees on one meridian) the first is named
            if not any(abs(off - other) < 1.0 for other, _, _ in found):
                found.append((off, name, swapped))
    return tuple((name, swapped) for _, name, swapped in sorted(found)[:3])

"""Layers that lie aside of another as a whole, by whatever mistake: how far, and which coordinate system explains it.

A mistake of scale (UTM for Gauss-Krueger) or of zone is named, as are the frames of map services where a layer has too
few features for a finer look. What nothing explains, an old national datum or a local grid, is told as it is: there are
no public parameters for those.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geoplan import crs as crs_room
from geoplan.candidates import candidates
from geoplan.errors import CRSError
from geoplan.examine.finding import made, metres, title
from geoplan.examine.traces import Trace
from geoplan.frames import named
from geoplan.oddity import Oddity
from geoplan.ops.aside import Aside, Field, aside, field_of
from geoplan.ops.encrypted import FRAMES
from geoplan.place import Box, Place

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    Floats = NDArray[np.float64]

__all__ = ["moved", "not_to_be_trusted"]

_REFERENCES = 10
_WINDOW, _SNAP = 40_000.0, 10_000.0
"""Metres a side."""
_SAME = 10.0
"""Metres: a mistake explains a displacement that is no farther from what it would do than this, or than it is known."""
_DATUMS = (30.0, 200.0)
"""Metres from CGCS2000 to the old national datums, about."""


class _Found(NamedTuple):
    """A layer that lies aside of a reference, and what would explain it.

    Attributes:
        aside: how far.
        trace: the layer whose places were moved.
        reference: what it was compared with.
        crs: what the layer seems to be in, or an empty text.
        other: what the reference seems to be in, or an empty text.
    """

    aside: Aside
    trace: Trace
    reference: Trace
    crs: str
    other: str

    def blamed(self) -> tuple[Trace, ...]:
        """Which of the two may be wrong: the one a coordinate system explains; else either, but never the place."""
        either = (self.trace, *(() if self.reference.given else (self.reference,)))
        if self.crs and not self.other:
            return either[:1]
        return either[1:] if self.other and not self.crs and len(either) > 1 else either


def moved(traces: Sequence[Trace], place: Place) -> tuple[Oddity, ...]:
    """Layers that lie aside of others as a whole.

    Which of two is wrong does not show in the displacement: the one that lies aside of the most others is told first,
    and what it explains is not told again.
    """
    return tuple(_told(best, blamed[0]) for best, blamed in _blamed(traces, place))


def not_to_be_trusted(traces: Sequence[Trace], place: Place) -> tuple[Oddity, ...]:
    """As `moved`, and every other layer that may as well be the one that is wrong."""
    return tuple(_told(best, one) for best, blamed in _blamed(traces, place) for one in blamed)


def _blamed(traces: Sequence[Trace], place: Place) -> Iterator[tuple[_Found, tuple[Trace, ...]]]:
    """The evidence that says most, the layer it speaks against, and of the two the other where it may be that one."""
    found = list(_found(traces, place))
    while found:
        suspects = [t for f in found for t in f.blamed()]
        times = {id(t): sum(t is s for s in suspects) for t in suspects}
        worst = max(suspects, key=lambda t: (times[id(t)], t.rank, t.layer.name))
        speaks = [f for f in found if any(worst is t for t in f.blamed())]
        best = min(speaks, key=lambda f: (not (f.crs or f.other), f.aside.after))
        alike = (t for t in best.blamed() if t is not worst and times[id(t)] == times[id(worst)])
        yield best, (worst, *alike)
        found = [f for f in found if worst is not f.trace and worst is not f.reference]


def _found(traces: Sequence[Trace], place: Place) -> Iterator[_Found]:
    ranked = sorted(traces, key=lambda t: (t.rank, t.layer.name))
    references = [t for t in ranked if not t.given][:_REFERENCES]
    for reference in [*references, *(t for t in ranked if t.given)]:
        fields: dict[Box, Field | None] = {}
        tree = reference.tree()
        for trace in traces:
            places = trace.outline if reference.given else trace.places
            if trace is reference or trace.given or not len(places):
                continue
            box = _window(places, place)
            if box not in fields:
                fields[box] = field_of(tree.geometries, box)
            field = fields[box]
            seen = None if field is None else aside(places, tree, field)
            if seen is not None:
                yield _Found(seen, trace, reference, _why(seen, trace, place), _why(seen, reference, place, back=True))


def _window(places: "Floats", place: Place) -> Box:
    """The box of the place; of a large one the part in which most of the places lie: there distances are known finely.

    It starts at whole steps, so that layers of one town are looked at in one box.
    """
    low, high = np.array(place.boundary.bounds[:2]), np.array(place.boundary.bounds[2:])
    room = np.maximum(high - low - _WINDOW, 0.0)
    wanted = np.median(places, axis=0) - _WINDOW / 2 - low
    start = low + np.clip(np.round(wanted / _SNAP) * _SNAP, 0.0, room)
    end = np.minimum(start + _WINDOW, high)
    return float(start[0]), float(start[1]), float(end[0]), float(end[1])


def _why(seen: Aside, trace: Trace, place: Place, *, back: bool = False) -> str:
    """The system a layer seems to be in, where that would put it where it fits; an empty text where none would.

    Args:
        seen: the displacement.
        trace: the layer.
        place: of the study.
        back: whether the layer is the reference, which then lies aside the other way.
    """
    if not len(trace.places):
        return ""
    here = trace.places
    off = np.array([seen.east, seen.north]) * (-1 if back else 1)
    best, name = max(_SAME, seen.sure), ""
    for candidate, there in _readings(here, trace.layer.source.crs, place):
        left = float(np.hypot(*((here - there).mean(axis=0) - off)))
        if left <= best:
            best, name = left, candidate
    return name


def _readings(here: "Floats", label: str, place: Place) -> "Iterator[tuple[str, Floats]]":
    """Where the places would lie if they were in another system than their own."""
    points = shapely.points(here)
    own = _parsed(label)
    degrees = crs_room.parse(crs_room.LONLAT)
    true = crs_room.to_crs(points, place.crs, degrees)
    for frame in FRAMES:
        encrypted = named(frame)
        if encrypted is not None:
            yield frame, shapely.get_coordinates(crs_room.to_crs(true, encrypted, place.crs))
    if own is None or not own.is_projected:
        return
    numbers = crs_room.to_crs(points, place.crs, own)
    for name in candidates(place.boundary.bounds, place.crs):
        try:
            there = shapely.get_coordinates(crs_room.to_crs(numbers, crs_room.parse(name), place.crs))
        except CRSError:
            continue
        if np.isfinite(there).all():
            yield name, there


def _parsed(label: str) -> "CRS | None":
    try:
        return crs_room.parse(label)
    except CRSError:  # several sources, or one whose system has no number
        return None


def _told(found: _Found, blamed: Trace) -> Oddity:
    first = blamed is found.trace
    crs, rival = (found.crs, found.other) if first else (found.other, found.crs)
    sign = 1 if first else -1
    east, north = sign * found.aside.east, sign * found.aside.north
    far = float(np.hypot(east, north))
    against = found.reference if first else found.trace
    kind = "aside_frame" if crs in FRAMES else "aside_crs" if crs else "aside"
    slots = {
        "shift": metres(far), "azimuth": f"{np.degrees(np.arctan2(east, north)) % 360:.0f}", "crs": crs,
        "east": f"{east:+.0f}", "north": f"{north:+.0f}", "sure": metres(found.aside.sure),
        "label": blamed.layer.source.crs or "—", "before": metres(found.aside.before),
        "after": metres(found.aside.after), "other": metres(found.aside.other), "reference": title(against.layer),
        "name": blamed.layer.name,
    }  # fmt: skip
    if kind == "aside":
        kind = "aside_datum" if _DATUMS[0] <= far <= _DATUMS[1] else "aside"
    elif kind == "aside_crs" and rival and not against.given:
        kind = "aside_either"
    return made(blamed.layer, kind, "doubt", count=found.aside.places, **slots)

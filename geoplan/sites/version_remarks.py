"""What must be said of two versions: why they allow no conclusion, what they leave open, and features surveyed anew."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoplan.measure import Note
from geoplan.ops import change, ellipsoid, overlay
from geoplan.sites.causes import Cause
from geoplan.sites.version_report import Patch, Surveyed
from geoplan.sites.version_state import Compared
from geoplan.states import SEEN, cautions, version

if TYPE_CHECKING:
    from geoplan.layer import Layer

__all__ = ["became", "remarks", "surveyed"]


def surveyed(whole: Compared, causes: Sequence[Cause]) -> tuple[Surveyed, ...]:
    """Features with the same id in both versions that are mostly the same ground, by id."""
    was, now = whole.was, whole.now
    reasons = {c.patch: c.says.get("remark") or c.says.get("adjustment", "") for c in causes}
    ours, theirs = (
        {i: n for n, i in enumerate(s.ids) if (s.ids == i).sum() == 1 and not shapely.is_empty(s.inside[n])}
        for s in (was, now)
    )
    found = []
    for feature in sorted(ours.keys() & theirs.keys()):
        pair = np.array([was.inside[ours[feature]], now.inside[theirs[feature]]], dtype=object)
        common = float(shapely.area(shapely.intersection(*pair)))
        if 2 * common < float(shapely.area(pair).min()):
            continue
        one, other = (float(m2) for m2 in ellipsoid.area(pair, whole.crs))
        metres = 0.0 if shapely.equals(*pair) else change.offset(*pair)
        found.append(Surveyed(feature, one, other, metres, reasons.get(feature, "")))
    return tuple(found)


def remarks(before: "Layer", after: "Layer", whole: Compared) -> Iterator[Note]:
    """What a reader must know of the two versions to read the numbers right."""
    for layer, state in ((before, whole.was), (after, whole.now)):
        held = math.fsum(ellipsoid.area(state.inside, whole.crs))
        beyond = math.fsum(ellipsoid.area(state.whole, whole.crs)) - held
        twice = held - math.fsum(ellipsoid.area(state.shapes, whole.crs))
        yield from cautions(layer)
        if beyond > SEEN:
            yield Note("versions.beyond", {"version": version(layer), "area": f"{beyond:,.2f}"})
        if twice > SEEN:
            yield Note("versions.overlaps", {"version": version(layer), "area": f"{twice:,.2f}"})
    if whole.unclassed > SEEN:
        yield Note("versions.unclassed", {"area": f"{whole.unclassed:,.2f}"})


def became(patches: Sequence[Patch], land: "Layer") -> tuple[Patch, ...]:
    """Patches that were lost, each with the class of land that most of it is now; what the user says goes before."""
    asked = [i for i, p in enumerate(patches) if p.kind == "lost" and not p.more.get("land")]
    shapes = np.array([patches[i].shape for i in asked], dtype=object)
    shared = overlay.pieces(shapes, overlay.only_polygons(land.frame.geometry.to_numpy()))
    most: dict[int, dict[str, float]] = {}
    for patch, feature, m2 in zip(shared.left, shared.right, shapely.area(shared.shapes), strict=True):
        name = land.frame["class"].iloc[feature]
        by_class = most.setdefault(asked[patch], {})
        by_class[name if isinstance(name, str) else ""] = by_class.get(name if isinstance(name, str) else "", 0.0) + m2
    found = list(patches)
    for i, by_class in most.items():
        name = max(sorted(by_class), key=by_class.__getitem__)
        found[i] = replace(found[i], more={**found[i].more, "land": name}) if name else found[i]
    return tuple(found)

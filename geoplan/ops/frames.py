"""Whether coordinates stand in another frame than they claim: GCJ-02 or BD-09 under the name of WGS 84 or CGCS2000.

Nothing in a coordinate says so. Evidence is a second layer whose features lie at the same places (stations on lines,
shops along streets, the same parks drawn by somebody else): what lies far from it as it stands and on it once
decrypted, farther from it the other way round, and nowhere else as near when moved as far in any other direction, was
encrypted. Where the two layers have little to do with each other, nothing is found.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.ops.encrypted import FRAMES, Frame, decrypted, encrypted, in_china

Floats: TypeAlias = NDArray[np.float64]
Geometries: TypeAlias = NDArray[np.object_]
Plane: TypeAlias = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""From longitude and latitude to metres."""

__all__ = ["LEAST", "Suspicion", "suspicion"]

LEAST = 8
"""Fewer places than this tell nothing: chance would do it too."""
_NEARER = 0.34
"""How much nearer than as it stands, and than moved in any other direction, the middle of the places must come."""
_SHARE = 0.8
"""... and what share of the places must come nearer at all."""
_ON_IT = 100.0
"""Metres: what lies farther from the other layer after all is not on it."""
_PINNED, _ALONG = 0.5, 0.15
"""How much nearer they must lie there than around it, and how far off they must be there, as a share of the move."""
_AROUND = 36
_DIRECTIONS = 11
_SAMPLE = 4_000


class Suspicion(NamedTuple):
    """What the evidence says.

    Attributes:
        frame: `GCJ-02` or `BD-09`.
        shifted: `layer` where the places themselves seem encrypted, `reference` where what they are compared with does.
        metres: how far the frame moves these places, on average.
        azimuth: towards where, in degrees clockwise from north.
        before: metres from the middle one of the places to the reference, as both stand.
        after: the same, once decrypted.
        confidence: the share of the places that come nearer.
        places: how many were looked at.
    """

    frame: Frame
    shifted: str
    metres: float
    azimuth: float
    before: float
    after: float
    confidence: float
    places: int


def suspicion(lon: Floats, lat: Floats, reference: Geometries | shapely.STRtree, plane: Plane) -> Suspicion | None:
    """The frame some places are in against their word, or None where nothing speaks for one.

    Args:
        lon: of the places, in degrees, as they claim to stand.
        lat: likewise.
        reference: features of a layer that is trusted, in metres; or a tree of them, where many are compared with it.
        plane: from degrees to those metres.

    >>> suspicion(np.array([117.2]), np.array([39.1]), np.array([shapely.Point(0, 0)]), lambda x, y: (x, y)) is None
    True
    """
    chosen = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    chosen = chosen[np.linspace(0, len(chosen) - 1, min(len(chosen), _SAMPLE)).astype(int)] if len(chosen) else chosen
    lon, lat = lon[chosen], lat[chosen]
    tree = reference if isinstance(reference, shapely.STRtree) else _tree(reference)
    if len(lon) < LEAST or not len(tree.geometries) or not in_china(lon, lat).all():
        return None
    here = np.column_stack(plane(lon, lat))
    now = _distances(tree, here)
    found = []
    for frame in FRAMES:
        for shifted, turned in (("layer", decrypted), ("reference", encrypted)):
            there = np.column_stack(plane(*turned(lon, lat, frame)))
            then = _distances(tree, there)
            nearer = float((then < now).mean())
            before, after = float(np.median(now)), float(np.median(then))
            if nearer < _SHARE or after > min(_NEARER * before, _ON_IT):
                continue
            if after <= _NEARER * _elsewhere(tree, here, there) and _pinned(tree, here, there, after):
                east, north = (here - there if shifted == "layer" else there - here).mean(axis=0)
                away = float(np.hypot(east, north)), float(np.degrees(np.arctan2(east, north)) % 360)
                found.append(Suspicion(frame, shifted, *away, before, after, nearer, len(lon)))
    return min(found, key=lambda s: s.after, default=None)


def _tree(reference: Geometries) -> shapely.STRtree:
    return shapely.STRtree(reference[~(shapely.is_missing(reference) | shapely.is_empty(reference))])


def _distances(tree: shapely.STRtree, xy: Floats) -> Floats:
    points = shapely.points(xy)
    at = tree.nearest(points)
    return np.asarray(shapely.distance(points, tree.geometries[at]), dtype=float)


def _pinned(tree: shapely.STRtree, here: Floats, there: Floats, after: float) -> bool:
    """Whether the places fit there and nowhere around: along one straight line every place is as good as the next.

    They are moved on from there, half as far, in every direction. A quarter of them must then lie off, and clearly:
    on the lines of a town some always run the way they are moved.
    """
    half = float(np.hypot(*(there - here).mean(axis=0))) / 2
    angles = np.arange(_AROUND) * 2 * np.pi / _AROUND
    steps = half * np.column_stack([np.cos(angles), np.sin(angles)])
    off = min(float(np.quantile(_distances(tree, there + step), 0.75)) for step in steps)
    return off >= max(after / _PINNED, _ALONG * half)


def _elsewhere(tree: shapely.STRtree, here: Floats, there: Floats) -> float:
    """The nearest the middle of the places comes when they are moved as far in other directions."""
    steps = there - here
    angles = 2 * np.pi * np.arange(1, _DIRECTIONS + 1) / (_DIRECTIONS + 1)
    medians = []
    for cos, sin in zip(np.cos(angles), np.sin(angles), strict=True):
        turned = np.column_stack([cos * steps[:, 0] - sin * steps[:, 1], sin * steps[:, 0] + cos * steps[:, 1]])
        medians.append(float(np.median(_distances(tree, here + turned))))
    return min(medians)

"""One version of a layer as it is compared, and the ground of two of them with its classes, domains and slivers."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
import shapely

from geoplan.measure import Flow
from geoplan.ops import change, contact, ellipsoid, overlay
from geoplan.sites.finding import Limits
from geoplan.sites.version_report import Account, ClassFlow, Domain, Kind, Patch
from geoplan.words import LANGUAGES, say

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    from geoplan.layer import Layer
    from geoplan.place import Place

    Geometries: TypeAlias = NDArray[np.object_]
    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]
    Texts: TypeAlias = NDArray[np.object_]

__all__ = ["UNKNOWN", "Compared", "State", "compared"]

UNKNOWN = ""
"""The class of ground whose class nobody knows."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """One version; arrays run along its features.

    Attributes:
        ids: of the features.
        classes: `UNKNOWN` where nobody says.
        rank: who keeps ground that several hold: the class that stands first in the contract.
        domain: `land`, `sea` or `unstated`.
        natural: whether it counts as natural.
        whole: shapes as they are.
        inside: shapes cut to the place.
        shapes: the same, ground that several hold left to one.
        order: the classes of the contract.
    """

    ids: "Texts"
    classes: "Texts"
    rank: "NDArray[np.intp]"
    domain: "Texts"
    natural: "Flags"
    whole: "Geometries"
    inside: "Geometries"
    shapes: "Geometries"
    order: tuple[str, ...]

    @classmethod
    def of(cls, layer: "Layer", place: "Place", natural: Sequence[str]) -> "State":
        """The version a layer holds, over a place."""
        frame, order = layer.frame, layer.spec.classes
        named = (
            [c if isinstance(c, str) else UNKNOWN for c in frame["class"]]
            if "class" in frame
            else [UNKNOWN] * len(frame)
        )
        rank = np.array([order.index(c) if c in order else len(order) for c in named], dtype=np.intp)
        whole = overlay.only_polygons(frame.geometry.to_numpy())
        inside = overlay.clip(whole, place.area)
        own = list(frame["natural"]) if "natural" in frame else [None] * len(frame)
        flags = [
            flag if isinstance(flag, bool | np.bool_) else c in natural for flag, c in zip(own, named, strict=True)
        ]
        return cls(
            ids=frame["id"].astype(str).to_numpy(object),
            classes=np.array(named, dtype=object),
            rank=rank,
            domain=_domains(layer),
            natural=np.array(flags, dtype=bool),
            whole=whole,
            inside=inside,
            shapes=change.resolved(inside, rank),
            order=order,
        )

    def only(self, domain: Domain) -> "State":
        """The features of one domain; ground they share with another is theirs too."""
        kept = self.domain == domain
        inside = np.where(kept, self.inside, shapely.Polygon())
        return replace(self, inside=inside, shapes=change.resolved(inside, self.rank))


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """The ground of two versions, piece by piece: its m2, and what of the changed looks like a boundary drawn twice."""

    was: State
    now: State
    place: "Place"
    ground: change.Ground
    areas: "Floats"
    slivers: "Flags"

    @property
    def crs(self) -> "CRS":
        """Of the study."""
        return self.place.crs

    @property
    def dust(self) -> float:
        """Square metres that may hide along the boundaries in pieces too thin to be ground."""
        return change.DUST / 1000 * float(shapely.length(self.now.shapes).sum())

    def sides(self) -> "tuple[Texts, Texts]":
        """The class of each piece before and after; None outside the layer."""
        return _classes(self.was, self.ground.before), _classes(self.now, self.ground.after)

    def kinds(self) -> "Texts":
        """What became of each piece: lost, gained, reclassified; empty where nothing did, or nobody can say."""
        before, after = self.sides()
        found = np.full(len(before), "", dtype=object)
        known = np.array([bool(b) and bool(a) for b, a in zip(before, after, strict=True)], dtype=bool)
        found[known & (before != after)] = "reclassified"
        found[self.ground.after < 0] = "lost"
        found[self.ground.before < 0] = "gained"
        return found

    def total(self, chosen: "Flags") -> float:
        """Square metres of some pieces, the same in whatever order they stand."""
        return math.fsum(self.areas[chosen])

    @property
    def unclassed(self) -> float:
        """Square metres held in both versions whose class is not known in one of them."""
        before, after = self.sides()
        blank = (before == UNKNOWN) | (after == UNKNOWN)
        return self.total(blank & (self.ground.before >= 0) & (self.ground.after >= 0))

    @property
    def natural(self) -> Flow:
        """The natural ground alone: what is natural no more is lost, whatever it became."""
        was = np.array([i >= 0 and bool(self.was.natural[i]) for i in self.ground.before], dtype=bool)
        now = np.array([i >= 0 and bool(self.now.natural[i]) for i in self.ground.after], dtype=bool)
        moved = was != now
        return Flow(self.total(was), self.total(now & ~was), self.total(was & ~now), self.total(moved & self.slivers))

    @property
    def held(self) -> dict[str, float]:
        """Per feature of the earlier version, the square metres it held."""
        own = np.flatnonzero(self.ground.before >= 0)
        by_feature: dict[str, list[float]] = {}
        for i in own:
            by_feature.setdefault(str(self.was.ids[self.ground.before[i]]), []).append(float(self.areas[i]))
        return {feature: math.fsum(by_feature[feature]) for feature in sorted(by_feature)}

    def account(self, domain: Domain) -> Account:
        """Total, classes and matrix."""
        kinds, (before, after) = self.kinds(), self.sides()
        lost, gained, turned = (kinds == kind for kind in ("lost", "gained", "reclassified"))
        flow = Flow(
            self.total(~gained), self.total(gained), self.total(lost), self.total((lost | gained) & self.slivers)
        )
        matrix = dict.fromkeys(zip(before, after, strict=True), 0.0)
        for b, a in sorted(matrix, key=str):
            matrix[b, a] = self.total(_are(before, b) & _are(after, a))
        names = [c for c in (*self.was.order, UNKNOWN) if c in {*before, *after}]
        return Account(
            domain,
            flow,
            tuple(self._class(name, before, after) for name in names),
            dict(sorted(matrix.items(), key=str)),
            self.total(turned),
            self.total(turned & self.slivers),
        )

    def _class(self, name: str, before: "Texts", after: "Texts") -> ClassFlow:
        was, now = before == name, after == name
        came, went = now & ~was, was & ~now
        flow = Flow(self.total(was), self.total(came), self.total(went), self.total((came | went) & self.slivers))
        inside = (self.ground.before >= 0) & (self.ground.after >= 0)
        return ClassFlow(name or None, flow, self.total(came & inside), self.total(went & inside))

    def patches(self) -> Iterator[Patch]:
        """Every piece that changed, in no order, without a number."""
        kinds, (before, after) = self.kinds(), self.sides()
        changed = np.flatnonzero(kinds != "")
        shapes = self.ground.shapes[changed]
        wide, zones = contact.widths(shapes), _zones(self.place, shapes)
        for i, shape, width, zone in zip(changed, shapes, wide, zones, strict=True):
            b, a = int(self.ground.before[i]), int(self.ground.after[i])
            yield Patch(
                number="",
                feature=str(self.was.ids[b] if b >= 0 else self.now.ids[a]),
                feature_after=str(self.now.ids[a]) if a >= 0 else "",
                kind=cast("Kind", kinds[i]),
                sliver=bool(self.slivers[i]),
                class_before=before[i],
                class_after=after[i],
                area=float(self.areas[i]),
                width=float(width),
                shape=shape,
                zone=zone,
            )


def compared(was: State, now: State, place: "Place", limits: Limits) -> Compared:
    """The ground of two versions."""
    ground = change.changed(was.shapes, now.shapes)
    found = Compared(
        was, now, place, ground, ellipsoid.area(ground.shapes, place.crs), np.zeros(len(ground.shapes), bool)
    )
    moved = np.flatnonzero(found.kinds() != "")
    thin = contact.slivers(ground.shapes[moved], limits.sliver_area, limits.sliver_width)
    found.slivers[moved[thin]] = True
    return found


def _classes(state: State, features: "NDArray[np.intp]") -> "Texts":
    return np.array([None if i < 0 else state.classes[i] for i in features], dtype=object)


def _are(classes: "Texts", name: str | None) -> "Flags":
    return np.array([c == name for c in classes], dtype=bool)


def _domains(layer: "Layer") -> "Texts":
    said = layer.frame["domain"] if "domain" in layer.frame else [""] * len(layer.frame)
    return np.array([_domain(text) for text in said], dtype=object)


def _domain(text: object) -> Domain:
    """Land or sea, as bureaus write it."""
    plain = text.casefold() if isinstance(text, str) else ""
    sides: tuple[Domain, ...] = ("land", "sea")
    for domain in sides:
        if any(say(language, f"versions.sign.{domain}") in plain for language in LANGUAGES):
            return domain
    return "unstated"


def _zones(place: "Place", shapes: "Geometries") -> list[str]:
    """The name of the zone, in the first level of the place, that the middle of each shape lies in."""
    level = next(iter(place.zones.values()), None)
    if level is None:
        return [""] * len(shapes)
    return ["" if z < 0 else level.names[z] for z in level.locate(shapely.point_on_surface(shapes))]

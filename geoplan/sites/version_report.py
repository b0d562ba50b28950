"""What a comparison of two versions of a layer says: totals, classes, patches with their causes, verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from geoplan.measure import Change, Flow, Note
from geoplan.ops.shift import Shift
from geoplan.result import Used
from geoplan.sites.finding import Limits

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geoplan.place import Place

__all__ = ["ASPECTS", "Account", "Aspect", "ClassFlow", "Domain", "Kind", "Patch", "Surveyed", "VersionReport", "Word"]

Kind: TypeAlias = Literal["lost", "gained", "reclassified"]
Domain: TypeAlias = Literal["", "land", "sea", "unstated"]
"""Land and sea, what does not say, and (empty) all ground together, each square metre once."""
Aspect: TypeAlias = Literal["area", "class", "place", "function"]
Word: TypeAlias = Literal["kept", "changed", "needs_review", "not_comparable", "not_assessed"]
ASPECTS: tuple[Aspect, ...] = ("area", "class", "place", "function")
"""What 面积不减少、性质不改变、功能不降低 asks: each has a verdict of its own, and none stands for another."""


@dataclass(frozen=True, slots=True)
class ClassFlow:
    """One class before and after; what changed its class is part of `flow.gained` and `flow.lost`, and named apart.

    Attributes:
        name: the class; None where nobody says.
        flow: m2; after = before - lost + gained exactly.
        came_in, went_out: m2 of `gained` and of `lost` that lie in the layer in both versions: the class changed.
    """

    name: str | None
    flow: Flow
    came_in: float = 0.0
    went_out: float = 0.0


@dataclass(frozen=True, slots=True)
class Account:
    """The ground of one domain, or of all: its total, its classes, and which class became which.

    Attributes:
        domain: see `Domain`.
        flow: m2; what only changed its class is in neither gained nor lost.
        classes: in the order of the contract.
        matrix: (class before, class after) -> m2; None stands for ground outside the layer on that side, an empty text
            for ground whose class nobody knows.
        reclassified: m2 whose known class became another.
        reclassified_slivers: m2 of that which look like a boundary drawn twice.
    """

    domain: Domain
    flow: Flow
    classes: tuple[ClassFlow, ...] = ()
    matrix: Mapping[tuple[str | None, str | None], float] = field(default_factory=dict)
    reclassified: float = 0.0
    reclassified_slivers: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """One connected piece of ground that changed, and what the user's table says of it.

    Attributes:
        number: unique in the report; the id of its feature where that changed in one place only.
        feature: id of the feature that lost it, gained it, or held it before its class changed.
        feature_after: id of the feature that holds it now; empty where none does.
        kind: what happened; a sliver keeps its kind.
        sliver: whether its shape says 疑似误差.
        class_before, class_after: None outside the layer, an empty text where nobody knows.
        area: ellipsoidal m2.
        width: metres where it is widest.
        zone: name of the zone its middle lies in; empty where in none.
        adjustment: 调整类型; empty where nobody says.
        approval: 批准文号.
        remark: 备注.
        more: what else the table says (`project`, `compensation`, `accepted`, `land`).
        shape: in the study CRS.
    """

    number: str
    feature: str
    feature_after: str
    kind: Kind
    sliver: bool
    class_before: str | None
    class_after: str | None
    area: float
    width: float
    shape: "BaseGeometry"
    zone: str = ""
    adjustment: str = ""
    approval: str = ""
    remark: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def founded(self) -> bool:
        """Whether somebody says why it changed, and by which document."""
        return bool(self.adjustment and self.approval)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One feature as approved and as surveyed (勘界): the same id in both versions, on the same ground.

    Attributes:
        feature: its id.
        before, after: ellipsoidal m2.
        offset: how far one boundary lies from the other at most, in metres.
        reason: what the user's table says; empty where nobody does.
    """

    feature: str
    before: float
    after: float
    offset: float
    reason: str = ""

    @property
    def difference(self) -> float:
        """After - before."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, eq=False)
class VersionReport:
    """Two versions of a layer, compared over one place.

    Attributes:
        layer: name of the contract.
        before, after: the versions.
        place: where.
        change: the total, overlaps once, land and sea together.
        accounts: all ground first, then land, sea and what does not say, where the data tell them apart.
        patches: largest first within lost, gained, reclassified.
        surveyed: features that are in both versions.
        verdicts: one word for each of `ASPECTS`.
        shift: the displacement both versions share; None where too little is known again to tell.
        incomparable: why the versions allow no conclusion (口径不一致); None where they do.
        natural: for wetlands, the natural ones alone; None elsewhere.
        held: id of a feature of the earlier version -> the m2 it held.
        unchanged: ground both versions hold in one class.
        notes: what a reader must know.
        limits: what counted as a sliver.
    """

    layer: str
    before: Used
    after: Used
    place: "Place"
    change: Change
    accounts: tuple[Account, ...]
    patches: tuple[Patch, ...]
    verdicts: Mapping[Aspect, Word]
    surveyed: tuple[Surveyed, ...] = ()
    shift: Shift | None = None
    incomparable: Note | None = None
    natural: Flow | None = None
    held: Mapping[str, float] = field(default_factory=dict)
    unchanged: "tuple[BaseGeometry, ...]" = ()
    notes: tuple[Note, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def of(self, kind: Kind, *, slivers: bool = False) -> tuple[Patch, ...]:
        """The patches of one kind, or what of them are slivers."""
        return tuple(p for p in self.patches if p.kind == kind and p.sliver == slivers)

    @property
    def unfounded(self) -> tuple[Patch, ...]:
        """Ground removed of which nobody says why and by which document; slivers are for a person to look at."""
        return tuple(p for p in self.of("lost") if not p.founded)

    @property
    def accepted(self) -> float:
        """Square metres of ground gained whose acceptance (验收) the user's table dates."""
        return sum(p.area for p in self.patches if p.kind == "gained" and p.more.get("accepted"))

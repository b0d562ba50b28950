"""What a check found: one finding a plot, control line and class, and the report that holds them all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from geoplan.measure import Note, Table
from geoplan.result import Used
from geoplan.sites.rules import Rule
from geoplan.sites.site import Register, Site

if TYPE_CHECKING:
    import geopandas as gpd

    from geoplan.place import Place
    from geoplan.words import Language

__all__ = ["ORDER", "Contact", "Finding", "SiteReport", "SiteVerdict", "worst"]

SiteVerdict: TypeAlias = Literal["forbidden", "conditional", "not_checked", "caution", "clear", "not_applicable"]

ORDER: tuple[SiteVerdict, ...] = ("forbidden", "conditional", "not_checked", "caution", "clear", "not_applicable")
"""Worst first. A site is as bad as its worst finding, and `complete` only if nothing required was left unchecked."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How one plot lies to one class of one control line. Areas are ellipsoidal m2 unless they say plane.

    Attributes:
        overlap: of the union of the features, each m2 counted once.
        overlap_plane: the same in the plane the site was surveyed in; None where it came in degrees.
        features: ids of the features that overlap, with the m2 of each (overlapping features listed one by one).
        share_of_feature: the overlap as a share of the area of the features it touches; None where none.
        nearest: metres to the nearest feature; 0 where it touches or overlaps; None beyond the search distance.
        adjacent: whether it touches without overlapping, or lies within the distance called adjacent.
        sliver: m2 of the overlap whose shape says 疑似边界误差 (included in `overlap`).
        sliver_width: the largest width of those slivers, in metres.
        outside: m2 of the plot that lies in no feature of the line (for relations `outside` and `inside`).
        uncovered: m2 of the plot beyond what the data cover; such a part is not checked.
    """

    overlap: float = 0.0
    overlap_plane: float | None = None
    features: tuple[tuple[str, float], ...] = ()
    share_of_feature: float | None = None
    nearest: float | None = None
    adjacent: bool = False
    sliver: float = 0.0
    sliver_width: float = 0.0
    outside: float = 0.0
    uncovered: float = 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict of one control line and class on one plot, and what it rests on.

    Attributes:
        receipt: of the site.
        plot: number of the plot.
        control: layer name of the control line.
        class_name: the class of the line (`core`), or empty.
        verdict: the machine word.
        contact: the geometry it rests on.
        rule: the row of the rulebook; None where no row speaks of that class (then it is not checked).
        reason: why it was not checked, or why it does not apply.
        whole: ellipsoidal m2 of the plot.
        sliver_only: whether everything that overlaps is 疑似边界误差: a person must look.
    """

    receipt: str
    plot: str
    control: str
    class_name: str
    verdict: SiteVerdict
    contact: Contact
    rule: Rule | None = None
    reason: Note | None = None
    whole: float = 0.0
    sliver_only: bool = False

    @property
    def share(self) -> float | None:
        """The overlap as a share of the plot."""
        return self.contact.overlap / self.whole if self.whole > 0 else None


@dataclass(frozen=True, slots=True, eq=False)
class SiteReport:
    """The answer to a batch of sites.

    Attributes:
        register: the sites, what could not be read, what is there twice.
        findings: every finding, worst first within a plot.
        areas: receipt -> plot -> {plane, ellipsoid, declared} in m2.
        tables: receipt -> table name (`land_use_current`, `land_use_plan`) -> table of the project.
        controls: control line -> the layer it was checked against; None where no data were supplied.
        rules: every row of the rulebook that was in force.
        overlaps: the overlap shapes, one row a finding (study CRS).
        place: where, in which metres.
        language: of the documents.
        stamp: the date printed on them.
        provenance: inputs with sha256, rules, software.
    """

    register: Register
    findings: tuple[Finding, ...]
    areas: Mapping[str, Mapping[str, Mapping[str, float | None]]]
    tables: Mapping[str, Mapping[str, Table]]
    controls: Mapping[str, Used | None]
    rules: tuple[Rule, ...]
    place: "Place"
    language: "Language"
    overlaps: "gpd.GeoDataFrame | None" = None
    stamp: str = ""
    notices: tuple[Note, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> SiteVerdict:
        """The worst verdict of the batch; an attachment that could not be read is not checked."""
        unread: list[SiteVerdict] = ["not_checked"] if self.register.unread else []
        return worst([*(f.verdict for f in self.findings), *unread])

    @property
    def complete(self) -> bool:
        """Whether every required control line was read, covers every plot, and every attachment was read."""
        return not self.register.unread and not any(
            f.verdict == "not_checked" and (f.rule is None or f.rule.required) for f in self.findings
        )

    def of(self, site: Site) -> tuple[Finding, ...]:
        """The findings of one site."""
        return tuple(f for f in self.findings if f.receipt == site.receipt)


def worst(verdicts: list[SiteVerdict]) -> SiteVerdict:
    """The worst of some verdicts; of none, `not_checked`: nothing looked at is not clear.

    >>> worst(["clear", "caution"]), worst(["clear", "not_applicable"]), worst([])
    ('caution', 'clear', 'not_checked')
    """
    return min(verdicts, key=ORDER.index, default="not_checked")

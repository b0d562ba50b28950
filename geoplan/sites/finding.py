"""What a check found: one finding a plot, control line and class, and the report that holds them all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from geoplan.layer import LayerSpec
from geoplan.measure import Note, Table
from geoplan.result import Used
from geoplan.sites.rules import Rule
from geoplan.sites.site import Register, Site

if TYPE_CHECKING:
    import geopandas as gpd

    from geoplan.place import Place
    from geoplan.words import Language

__all__ = ["ALL_PLOTS", "ORDER", "Contact", "Finding", "Limits", "Pages", "SiteReport", "SiteVerdict", "worst"]

SiteVerdict: TypeAlias = Literal["forbidden", "conditional", "not_checked", "caution", "clear", "not_applicable"]

ORDER: tuple[SiteVerdict, ...] = ("forbidden", "conditional", "not_checked", "caution", "clear", "not_applicable")
"""Worst first. A site is as bad as its worst finding, and `complete` only if nothing required was left unchecked."""
ALL_PLOTS = ""
"""Stands for the number of a plot where a finding speaks of all plots of a project alike: a line without data."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as near, as touching, as a boundary drawn twice. The study sets them and the documents print them.

    Attributes:
        near: metres within which a control line is reported though it is not touched.
        adjacent: metres within which a plot counts as adjacent.
        sliver_area, sliver_width: m2 and metres below which an overlap looks like 疑似边界误差.
    """

    near: float = 200.0
    adjacent: float = 1.0
    sliver_area: float = 1.0
    sliver_width: float = 0.1


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
        sliver: m2 of the overlap whose shape says 疑似边界误差 (included in `overlap`); of a row that asks about the
            part outside, m2 of that part.
        sliver_width: the largest width of those slivers, in metres.
        outside: m2 of the plot that the data cover and that lie in no feature (of the class, or of the line as a
            whole where a row asks about the part outside).
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
        plot: key of the plot (see `Site.keys`); empty where it speaks of all plots of the project alike.
        control: layer name of the control line.
        class_name: the class of the line (`core`), or empty.
        verdict: the machine word.
        contact: the geometry it rests on.
        rule: the row of the rulebook; None where no row speaks of that class, or where it is not a row that decides.
            A finding that is not checked and has no row blocks `clear`, as does one whose row is required.
        reason: why it was not checked, or why it does not apply.
        whole: ellipsoidal m2 of the plot.
        sliver_only: whether everything that overlaps is 疑似边界误差: a person must look.
        domain: the part of the plot it speaks of, where land and sea have rows of their own.
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
    domain: Literal["", "land", "sea"] = ""

    @property
    def share(self) -> float | None:
        """The overlap as a share of the plot."""
        return self.contact.overlap / self.whole if self.whole > 0 else None

    @property
    def blocks(self) -> bool:
        """Whether it is something required that was left unchecked."""
        return self.verdict == "not_checked" and (self.rule is None or self.rule.required)


class Pages(Protocol):
    """Draws a report: the map of the batch, and a Word document a project."""

    def map(self, report: "SiteReport") -> str:
        """One self-contained page."""

    def documents(self, report: "SiteReport", folder: Path, template: "Path | None") -> "tuple[Path, ...]":
        """Where each document was written, in the order of the sites."""


@dataclass(frozen=True, slots=True, eq=False)
class SiteReport:
    """The answer to a batch of sites.

    Attributes:
        register: the sites, what could not be read, what is there twice.
        findings: every finding: by site, by plot, worst first; what speaks of all plots stands last in its site.
        areas: receipt -> plot -> {plane, ellipsoid, declared} in m2; the plot `""` is the project.
        tables: receipt -> table name (`land_use_current`, `land_use_plan`) -> table of the project.
        controls: control line -> the layer it was checked against; None where there were no data, or none to be read.
        rules: every row of the rulebook that was in force.
        overlaps: the overlap shapes, one row a finding (study CRS).
        place: where, in which metres.
        language: of the documents.
        stamp: the date printed on them.
        specs: control line -> its contract: titles, classes in words.
        activities: code of a limited activity -> its title by language.
        limits: what counted as near, adjacent, sliver.
        provenance: inputs with sha256, rules, software.
        pages: what draws it; a check of a study hands it in.
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
    specs: Mapping[str, LayerSpec] = field(default_factory=dict)
    activities: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    pages: "Pages | None" = None
    _by_site: dict[str, tuple[Finding, ...]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        by_site: dict[str, list[Finding]] = {}
        for finding in self.findings:
            by_site.setdefault(finding.receipt, []).append(finding)
        self._by_site.update({receipt: tuple(found) for receipt, found in by_site.items()})

    @property
    def verdict(self) -> SiteVerdict:
        """The worst verdict of the batch; an attachment that could not be read is not checked."""
        unread: list[SiteVerdict] = ["not_checked"] if self.register.unread else []
        return worst([*(self.verdict_of(site) for site in self.register.sites), *unread])

    @property
    def complete(self) -> bool:
        """Whether every required control line was read, covers every plot, and every attachment was read."""
        return not self.register.unread and all(self.complete_of(site) for site in self.register.sites)

    def of(self, site: Site) -> tuple[Finding, ...]:
        """The findings of one site."""
        return self._by_site.get(site.receipt, ())

    def verdict_of(self, site: Site) -> SiteVerdict:
        """The worst verdict of one site. A line that is not required and has no data is said, and does not count."""
        return worst(f.verdict for f in self.of(site) if f.verdict != "not_checked" or f.blocks)

    def complete_of(self, site: Site) -> bool:
        """Whether every required control line was read and covers every plot of one site."""
        return bool(self.of(site)) and not any(f.blocks for f in self.of(site))

    def map(self) -> str:
        """The map of the batch as one page that opens without a network.

        Raises:
            ValueError: the report was made by hand, without a study to draw from.
        """
        if self.pages is None:
            raise ValueError("no study to draw from")
        return self.pages.map(self)

    def to_docx(self, folder: "Path | str", *, template: "Path | None" = None) -> "tuple[Path, ...]":
        """Write one Word document a project into a folder, on the office's template where one is given.

        Raises:
            ValueError: the report was made by hand, without a study to draw from.
            SourceError: a template that is no Word document.
        """
        if self.pages is None:
            raise ValueError("no study to draw from")
        return self.pages.documents(self, Path(folder), template)


def worst(verdicts: Iterable[SiteVerdict]) -> SiteVerdict:
    """The worst of some verdicts; of none, or of none that applies, `not_checked`: nothing looked at is not clear.

    >>> worst(["clear", "caution"]), worst(["clear", "not_applicable"]), worst([]), worst(["not_applicable"])
    ('caution', 'clear', 'not_checked', 'not_checked')
    """
    found: SiteVerdict = min(verdicts, key=ORDER.index, default="not_checked")
    return "not_checked" if found == "not_applicable" else found

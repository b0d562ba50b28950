"""What a person reads of a finding: its word, its amounts and the name of its line, in the language of the report."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geoplan import units
from geoplan.draw.figures import Figure
from geoplan.draw.margin import crs_note
from geoplan.draw.voice import Voice
from geoplan.sites.finding import ALL_PLOTS, Finding, SiteReport
from geoplan.sites.site import Site

if TYPE_CHECKING:
    from pyproj import CRS

    from geoplan.result import Used

__all__ = ["MU", "SHOWN", "Line", "View", "absent", "folded", "rank", "shown_as"]

SHOWN = (
    "forbidden", "conditional", "caution", "sliver", "not_checked", "outside", "inside", "adjacent", "clear",
    "not_applicable",
)  # fmt: skip
"""The words a finding is shown by, in the order of the tables."""
MU = 1e4 / 15
"""Square metres of a mu."""


def shown_as(finding: Finding) -> str:
    """The word of `SHOWN` a finding is shown by; what is forbidden, conditional or a caution says so."""
    if finding.verdict in {"not_checked", "not_applicable"}:
        return finding.verdict
    if finding.sliver_only:
        return "sliver"
    if finding.verdict != "clear":
        return finding.verdict
    contact = finding.contact
    return "inside" if contact.overlap > 0 else "adjacent" if contact.adjacent else "clear"


def absent(finding: Finding) -> bool:
    """Whether a line was not checked because nobody supplied its data."""
    why = finding.reason.sentence if finding.reason else ""
    return finding.verdict == "not_checked" and why == "site_reason.not_supplied"


def rank(finding: Finding) -> tuple[int, int, int, str, str]:
    """Where a finding stands among others of its plot: by its word, then as the rulebook orders them."""
    rule = finding.rule
    order = (rule.severity, rule.order) if rule else (99, 0)
    return (SHOWN.index(shown_as(finding)), *order, finding.control, finding.class_name)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table of findings: a finding, or many alike that say nothing of their own plot.

    Attributes:
        finding: the finding, or one of those alike.
        plots: of how many plots it speaks.
        folded: whether it speaks of plots together.
    """

    finding: Finding
    plots: int = 1
    folded: bool = False


def folded(report: SiteReport, findings: Iterable[Finding]) -> Iterator[Line]:
    """The lines of a table: those that speak of all plots first, then plot by plot the worst first, what is clear last.

    A control line not checked for all plots is one line; so is one that no plot meets within the search distance.
    """
    place = {site.receipt: i for i, site in enumerate(report.register.sites)}
    own: list[Finding] = []
    alike: dict[tuple[str, ...], dict[tuple[str, str], Finding]] = {}
    plots = {site.receipt: len(site.plots) for site in report.register.sites}
    for finding in findings:
        word = shown_as(finding)
        plain = word in {"clear", "not_applicable"} and finding.contact.nearest is None
        if plain or (finding.plot == ALL_PLOTS and word == "not_checked"):
            # what cannot be read is not the same as what nobody supplied
            why = finding.reason.sentence if finding.reason else ""
            alike.setdefault((finding.control, word, why), {}).setdefault((finding.receipt, finding.plot), finding)
        else:
            own.append(finding)
    together = sorted(alike.values(), key=lambda group: rank(next(iter(group.values()))))
    ends = [_together(group, plots) for group in together]
    own.sort(key=lambda f: (place.get(f.receipt, len(place)), f.plot, rank(f)))
    yield from (line for line in ends if line.finding.verdict == "not_checked")
    yield from (Line(finding) for finding in own)
    yield from (line for line in ends if line.finding.verdict != "not_checked")


def _together(group: dict[tuple[str, str], Finding], plots: dict[str, int]) -> Line:
    count = sum(plots.get(receipt, 1) if plot == ALL_PLOTS else 1 for receipt, plot in group)
    return Line(next(iter(group.values())), count, folded=count > 1)


@dataclass(frozen=True)
class View:
    """A report as a reader of its language sees it."""

    report: SiteReport
    voice: Voice
    _sites: dict[str, Site] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._sites.update((site.receipt, site) for site in self.report.register.sites)

    @classmethod
    def of(cls, report: SiteReport) -> "View":
        """The report in its own language."""
        return cls(report, Voice(report.language))

    def of_site(self, site: Site) -> list[Finding]:
        """The findings of a site, the worst first."""
        return sorted(self.report.of(site), key=lambda f: (rank(f), f.plot))

    def site(self, receipt: str) -> Site | None:
        """The site of that receipt."""
        return self._sites.get(receipt)

    def project(self, site: Site) -> str:
        """The name of a project; its receipt where it has none."""
        return site.project or self.voice.say("site_word.unnamed", receipt=site.receipt)

    def word(self, code: str) -> str:
        """The verdict in words."""
        return self.voice.say(f"site_word.word.{code}")

    def control(self, finding: Finding) -> str:
        """The name of a control line."""
        return self.line_name(finding.control)

    def line_name(self, name: str) -> str:
        """The name of a control line: of its contract, else as the rulebook writes it."""
        used = self.report.controls.get(name)
        spec = self.report.specs.get(name) or (used.spec if used else None)
        return (self.voice.title(spec.title) if spec else "") or name

    def class_name(self, finding: Finding) -> str:
        """The name of the class a finding speaks of; empty where its line has none."""
        return self.class_title(finding.control, finding.class_name)

    def class_title(self, control: str, name: str) -> str:
        """The name of a class of a line: the plain word its contract knows it by, else of words/, else as it stands."""
        if not name:
            return ""
        used = self.report.controls.get(control)
        spec = self.report.specs.get(control) or (used.spec if used else None)
        # the contract lists the plain words a class is known by, all of them Chinese
        words = spec.words.get(name, ()) if spec and self.voice.language == "zh" else ()
        if words:
            return words[0]
        return self.voice.name("status", name) if self.voice.knows(f"status.{name}") else name.replace("_", " ")

    def named(self, finding: Finding) -> str:
        """The line with its class, as a sentence names it."""
        name = self.class_name(finding)
        line = self.control(finding)
        return self.voice.say("site_word.say.named_class", control=line, name=name) if name else line

    def square_metres(self, amount: float | None) -> Figure:
        """Square metres with two digits."""
        return self.voice.figure(amount, "m2")

    def metres(self, distance: float | None) -> Figure:
        """A distance with two digits, never rounded to more than it is."""
        if distance is None:
            return Figure("—", None, 2)
        below = 0 < distance < 0.01
        text = self.voice.say("site_table.below") if below else units.shown(distance, 2, toward=-1)
        return Figure(text, distance, 2)

    def percent(self, share: float | None) -> Figure:
        """A share in percent: 100 only where it is all, never 0 where it is something."""
        return self.voice.figure(None if share is None else 100 * share, "%", whole=100.0)

    def version(self, name: str) -> str:
        """Which version of a control line was used: its document, else where it came from."""
        used = self._used(name)
        return (used.source.document if used else "") or self.voice.say("site_word.unstated")

    def date(self, name: str) -> str:
        """The date of the data of a control line."""
        used = self._used(name)
        as_of = used.source.as_of if used else ""
        return self.voice.date(as_of) if as_of else self.voice.say("site_word.unstated")

    def level(self, finding: Finding) -> str:
        """How strictly a line is controlled, as the rulebook grades it."""
        if finding.rule is None:
            return "—"
        severity = finding.rule.severity
        name = f"site_table.severity.{severity}"
        if self.voice.knows(name):
            return self.voice.say(name)
        return self.voice.say("site_table.severity.other", severity=severity)

    def outcome(self, site: Site) -> str:
        """The word of a whole site: its worst verdict that counts; `sliver` where only a likely error speaks for it."""
        verdict = self.report.verdict_of(site)
        shown = [shown_as(f) for f in self.report.of(site) if f.verdict == verdict]
        return "sliver" if shown and all(code == "sliver" for code in shown) else verdict

    def outcome_text(self, site: Site) -> str:
        """The word of a whole site as it is printed; what is incomplete says so."""
        code = self.outcome(site)
        word = self.word("all_clear" if code == "clear" else code)
        complete = self.report.complete_of(site) or code == "not_checked"
        return word if complete else self.voice.say("site_word.but_incomplete", word=word)

    def advice(self, site: Site) -> str:
        """What to do next: what the rule of the worst finding says, else what its word means."""
        code = self.outcome(site)
        worst = next((f for f in self.of_site(site) if shown_as(f) == code), None)
        acting = code in {"forbidden", "conditional", "caution", "sliver"}
        own = worst.rule.next_step if worst and worst.rule and acting else ""
        said = self.voice.say(f"site_table.advice_{code}")
        complete = self.report.complete_of(site) or code == "not_checked"
        parts = (own or said, "" if complete else self.voice.say("site_table.advice_not_checked"))
        return self.voice.say("map.semicolon").join(part for part in parts if part)

    def _used(self, name: str) -> "Used | None":
        return self.report.controls.get(name)

    def area(self, site: Site, basis: str) -> float | None:
        """The area of all plots of a site on one basis (`plane`, `ellipsoid`, `declared`); None where one lacks it."""
        areas = self.report.areas.get(site.receipt, {})
        if ALL_PLOTS in areas:
            return areas[ALL_PLOTS].get(basis)
        rows = [areas.get(key, {}).get(basis) for key in site.keys]
        known = [row for row in rows if row is not None]
        return sum(known) if known and len(known) == len(rows) else None

    def crs(self, crs: "CRS") -> str:
        """The coordinate system as a sentence names it."""
        geodetic, operation = crs.geodetic_crs, crs.coordinate_operation
        code = geodetic.to_authority() if geodetic else None
        datum = self.voice.name("datum", code[1]) if code else ""
        meridian = [p.value for p in operation.params if p.name == "Longitude of natural origin"] if operation else []
        if not datum or datum.isdigit() or not meridian or "Gauss-Kruger" not in crs.name:
            return crs_note(crs, self.voice)
        width = 3 if "3-degree" in crs.name else 6
        return self.voice.say("site_word.crs_gauss", datum=datum, width=width, meridian=f"{float(meridian[0]):g}°")

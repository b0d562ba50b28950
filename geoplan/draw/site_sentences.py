"""What a site document says in sentences: the lead, both area bases, and one sentence a finding."""

from collections.abc import Iterator, Sequence

from geoplan import units
from geoplan.draw.site_view import MU, View, absent, shown_as
from geoplan.sites.finding import ALL_PLOTS, Finding
from geoplan.sites.site import Site

__all__ = ["area_sentences", "conclusion", "crs_sentences", "data_sentence", "finding_sentence", "lead", "phrase"]

AGREES = 0.01
"""Square metres within which a submitted area is the area of the coordinates: the last digit either is printed with."""


def lead(view: View, site: Site) -> str:
    """Who asked, what was overlaid, how large the site is, in which coordinates."""
    area = view.area(site, "plane")
    area = view.area(site, "ellipsoid") if area is None else area
    planes = {p.plane.to_wkt(): p.plane for p in site.plots if p.plane is not None}
    systems = [view.crs(plane) for plane in planes.values()] or [view.crs(view.report.place.crs)]
    return view.voice.say(
        "site_word.lead",
        client=view.voice.say("site_word.client"),
        project=view.project(site),
        lines=sum(used is not None for used in view.report.controls.values()),
        area=view.square_metres(area).text,
        hectares=view.voice.figure(None if area is None else area / 1e4, "ha").text,
        mu=view.voice.figure(None if area is None else area / MU, "mu").text,
        plots=len(site.plots),
        crs=systems,
    )


def area_sentences(view: View, site: Site) -> Iterator[str]:
    """Both bases by name with their difference, then the area that was submitted."""
    voice = view.voice
    plane, ellipsoid = view.area(site, "plane"), view.area(site, "ellipsoid")
    shown = view.square_metres(ellipsoid).text
    if plane is None:
        yield voice.say("site_word.areas_degrees", ellipsoid=shown)
    else:
        difference = view.square_metres(abs(plane - (ellipsoid or 0.0))).text if ellipsoid is not None else "—"
        yield voice.say("site_word.areas", difference=difference)
        yield voice.say("site_word.areas_plane", plane=view.square_metres(plane).text, ellipsoid=shown)
    yield _declared(view, site, ellipsoid if plane is None else plane)


def _declared(view: View, site: Site, computed: float | None) -> str:
    declared = site.submitted_area
    if declared is None or computed is None:
        return view.voice.say("site_word.undeclared")
    difference = abs(computed - declared)
    agrees = difference <= AGREES
    return view.voice.say(
        "site_word.declared",
        declared=view.square_metres(declared).text,
        difference=view.square_metres(difference).text,
        percent=units.percent(difference / computed if computed > 0 else None),
        judged=view.voice.say("site_word.agrees" if agrees else "site_word.please_check"),
    )


def conclusion(view: View, site: Site, findings: Sequence[Finding]) -> Iterator[str]:
    """One sentence a finding, the worst first; what is clear in all plots is said once; what is incomplete last."""
    words = {id(f): shown_as(f) for f in findings}
    unsupplied = {f.control: None for f in findings if absent(f)}
    supplied = sum(used is not None for used in view.report.controls.values())
    quiet = {"clear", "not_applicable", "adjacent"}
    if findings and all(word in {"clear", "adjacent"} for word in words.values()):
        yield view.voice.say("site_word.all_clear", lines=supplied)
    for finding in findings:
        if words[id(finding)] not in quiet and finding.control not in unsupplied:
            yield _of_plot(view, site, finding)
    if unsupplied:
        yield view.voice.say("site_word.unsupplied", controls=[view.line_name(name) for name in unsupplied])
    for finding in findings:
        if words[id(finding)] == "adjacent":
            yield _of_plot(view, site, finding)
    loud = {f.control for f in findings if words[id(f)] not in quiet - {"adjacent"}}
    for name in dict.fromkeys(f.control for f in findings if words[id(f)] == "clear" and f.control not in loud):
        one = next(f for f in findings if f.control == name and words[id(f)] == "clear")
        yield _clear(view, one, view.line_name(name))
    for finding in findings:
        if words[id(finding)] == "not_applicable":
            yield _of_plot(view, site, finding)
    unchecked = {f.control for f in findings if f.verdict == "not_checked"}
    if unchecked or not findings:
        yield view.voice.say("site_word.incomplete", lines=len(unchecked))


def finding_sentence(view: View, finding: Finding) -> str:
    """The sentence of one finding."""
    code = shown_as(finding)
    quiet = {
        "not_checked": _not_checked,
        "clear": _clear,
        "sliver": _sliver,
        "adjacent": _adjacent,
        "not_applicable": _not_applicable,
    }
    if code in quiet:
        return quiet[code](view, finding)
    own = _worded(view, finding)
    across = finding.rule is not None and finding.rule.relation in {"outside", "inside"}
    sentence = own or (_across(view, finding) if across or code == "inside" else _acting(view, finding, code))
    return _with_sliver(view, finding, sentence)


def phrase(view: View, finding: Finding) -> str:
    """What the table says beside the word: how the site lies to the line, and how much of it looks like an error."""
    code, voice, contact = shown_as(finding), view.voice, finding.contact
    metres = view.metres(contact.nearest).text
    if code == "not_checked":
        return voice.say("site_word.phrase.not_checked", reason=reason(view, finding))
    relation = finding.rule.relation if finding.rule else "overlap"
    if relation in {"outside", "inside"} and code != "not_applicable":
        across = "inside" if contact.outside <= 0 else "partly" if contact.overlap > 0 else "outside"
        return voice.say(f"site_word.phrase.{across}")
    if code == "adjacent":
        return voice.say("site_word.phrase.adjacent", metres=metres)
    said = [voice.say(f"site_word.phrase.{code}", metres=metres, reason="")]
    if code == "clear" and contact.nearest is not None:
        said.append(voice.say("site_word.phrase.near", metres=metres))
    if finding.reason is not None and code != "not_applicable":
        said.append(reason(view, finding))
    if contact.sliver > 0 and code != "sliver":
        width = view.metres(contact.sliver_width).text
        said.append(voice.say("site_word.say.sliver_part", width=width, area=view.square_metres(contact.sliver).text))
    return voice.say("map.semicolon").join(said)


def reason(view: View, finding: Finding) -> str:
    """Why a line was not checked, in words."""
    return view.voice.note(finding.reason) if finding.reason else view.voice.say("site_word.unstated")


def crs_sentences(view: View, site: Site) -> Iterator[str]:
    """In which coordinates the site was read, who declared them, and what was odd about its file and plots."""
    if site.crs:
        said = "site_word.crs_from" if site.declared_by else "site_word.crs_read"
        yield view.voice.say(said, crs=site.crs, by=site.declared_by)
    notes = [*site.notes, *(note for plot in site.plots for note in plot.notes)]
    yield from dict.fromkeys(view.voice.note(note) for note in notes)


def data_sentence(view: View) -> str:
    """The dates and providers of all data, the coordinates and the bases of area."""
    used = [one.source for one in view.report.controls.values() if one is not None]
    dates = sorted({source.as_of for source in used if source.as_of})
    unstated = view.voice.say("site_word.unstated")
    return view.voice.say(
        "site_word.data",
        dates=[view.voice.date(date) for date in dates] or unstated,
        providers=sorted({source.provider for source in used if source.provider}) or unstated,
        crs=view.crs(view.report.place.crs),
        basis=view.voice.say("site_word.basis"),
    )


def _of_plot(view: View, site: Site, finding: Finding) -> str:
    sentence = finding_sentence(view, finding)
    if len(site.plots) < 2 or finding.plot == ALL_PLOTS:
        return sentence
    return view.voice.say("site_word.several", plots=finding.plot, sentence=sentence)


def _clear(view: View, finding: Finding, control: str = "") -> str:
    version, date = view.version(finding.control), view.date(finding.control)
    return view.voice.say("site_word.say.clear", control=control or view.named(finding), version=version, date=date)


def _sliver(view: View, finding: Finding) -> str:
    width, area = view.metres(finding.contact.sliver_width).text, view.square_metres(finding.contact.sliver).text
    outside = finding.rule is not None and finding.rule.relation == "outside"
    said = "sliver_outside" if outside else "sliver"
    return view.voice.say(f"site_word.say.{said}", control=view.named(finding), width=width, area=area)


def _adjacent(view: View, finding: Finding) -> str:
    metres = view.metres(finding.contact.nearest).text
    return view.voice.say("site_word.say.adjacent", control=view.named(finding), metres=metres)


def _not_applicable(view: View, finding: Finding) -> str:
    site = view.site(finding.receipt)
    use = (site.planned_use if site else "") or view.voice.say("site_word.say.use")
    return view.voice.say("site_word.say.not_applicable", control=view.named(finding), use=use)


def _not_checked(view: View, finding: Finding) -> str:
    voice, control = view.voice, view.named(finding)
    if absent(finding):
        return voice.say("site_word.say.no_data", control=control)
    if finding.contact.uncovered > 0 and finding.whole > 0:
        share = min(finding.contact.uncovered / finding.whole, 1.0)
        return voice.say("site_word.say.uncovered", control=control, percent=units.percent(share))
    # some reasons are sentences of their own
    why = reason(view, finding).removesuffix(voice.say("map.page.stop").strip())
    return voice.say("site_word.say.not_checked", control=control, reason=why)


def _acting(view: View, finding: Finding, code: str) -> str:
    """What is asked of whoever builds: the three verdicts that ask something."""
    voice, asked = view.voice, _asked(view, finding)
    if finding.contact.overlap <= 0 and finding.rule is not None and code != "caution":
        # a row about a distance holds though nothing is overlapped
        metres = {"metres": view.metres(finding.contact.nearest).text, "limit": f"{finding.rule.distance:g}"}
        return voice.say(f"site_word.say.within_{code}", **asked, **metres)
    if code == "forbidden":
        plain = "" if asked["exception"] else "_plain"
        return voice.say(f"site_word.say.forbidden{plain}", **asked)
    if code == "conditional":
        said = "conditional" if asked["activity"] else "conditional_unclaimed"
        return voice.say(f"site_word.say.{said}", **asked)
    return voice.say("site_word.say.caution", **asked)


def _worded(view: View, finding: Finding) -> str:
    """The sentence the rulebook has in place of the standard one, its slots filled; empty where it has none."""
    own = finding.rule.wording[0 if view.voice.language == "zh" else 1] if finding.rule else ""
    return own.format_map({**_asked(view, finding), "distance": view.metres(finding.contact.nearest).text})


def _asked(view: View, finding: Finding) -> dict[str, str]:
    """What a sentence that asks something may name."""
    return {
        "control": view.named(finding),
        "area": view.square_metres(finding.contact.overlap).text,
        "share": units.percent(finding.share),
        "exception": finding.rule.exception if finding.rule else "",
        "activity": view.voice.say("report.comma").join(_claimed(view, finding)),
        **_named(view, finding),
    }


def _across(view: View, finding: Finding) -> str:
    contact = finding.contact
    areas = {"inside": view.square_metres(contact.overlap).text, "outside": view.square_metres(contact.outside).text}
    said = "inside" if finding.verdict == "clear" else "outside"
    return view.voice.say(f"site_word.say.{said}", control=view.named(finding), **areas, **_named(view, finding))


def _named(view: View, finding: Finding) -> dict[str, str]:
    """Basis, documents and authority of the rule; a word for each the rulebook leaves empty."""
    rule = finding.rule
    own = {"basis": rule.basis, "documents": rule.documents, "authority": rule.authority} if rule else {}
    names = ("basis", "documents", "authority")
    return {name: own.get(name, "") or view.voice.say(f"site_word.say.{name}") for name in names}


def _claimed(view: View, finding: Finding) -> list[str]:
    """The claimed activities the rule speaks of."""
    site = view.site(finding.receipt)
    claimed = site.activities if site and finding.rule else ()
    spoken = [code for code in claimed if finding.rule and code in finding.rule.activities]
    return [view.voice.title(view.report.activities.get(code, {})) or code for code in spoken]


def _with_sliver(view: View, finding: Finding, sentence: str) -> str:
    contact = finding.contact
    if contact.sliver <= 0:
        return sentence
    width, area = view.metres(contact.sliver_width).text, view.square_metres(contact.sliver).text
    part = view.voice.say("site_word.say.sliver_part", width=width, area=area)
    gap = "" if view.voice.language == "zh" else " "
    return f"{sentence}{gap}{part}"

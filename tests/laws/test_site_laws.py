"""Laws of the site check: what is removed or broken clears nobody, more control lines never help, order is nothing."""

import dataclasses
import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.errors import SourceError
from geoplan.layer import Entry, Ledger
from geoplan.sites.check import Books
from geoplan.sites.finding import ORDER
from geoplan.words import LANGUAGES, sentences

_SPEC = importlib.util.spec_from_file_location("site_ground", Path(__file__).parents[1] / "sites" / "ground.py")
ground = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(ground)

law = settings(deadline=None, max_examples=40)
CLASSES = ("core", "general")
TEN = Books(activities={str(n): {"zh": "", "en": ""} for n in range(1, 11)})
RULES = (
    ground.rule(2, "red", "forbidden", "core", severity=1),
    ground.rule(3, "red", "forbidden", "general", severity=3),
    ground.rule(4, "red", "conditional", "general", severity=3, activities=("5",)),
    ground.rule(5, "farm", "forbidden", severity=2),
    ground.rule(6, "growth", "conditional", relation="outside", severity=4, domain="land"),
    ground.rule(7, "growth", "clear", "general", relation="inside", severity=4, domain="land"),
    ground.rule(8, "growth", "caution", "core", relation="inside", severity=4, domain="land"),
    ground.rule(9, "pipe", "caution", relation="within_distance", distance=10.0, required=False),
    ground.rule(10, "water", "caution", "*", required=False, max_age=5.0),
)
CLASSED = ("red", "growth", "water")
coordinates = st.integers(0, 20)


@st.composite
def boxes(draw, least=0, most=4):
    """Boxes on tens of metres, so that edges often coincide; a few of them hair-thin."""
    found = []
    for _ in range(draw(st.integers(least, most))):
        x, y, w, h = draw(coordinates), draw(coordinates), draw(st.integers(1, 12)), draw(st.integers(1, 12))
        thin = draw(st.sampled_from([1.0, 1.0, 1.0, 0.006]))
        found.append((10 * x, 10 * y, 10 * x + 10 * w * thin, 10 * y + 10 * h))
    return found


@st.composite
def towns(draw):
    """Control lines, a rulebook, and sites of one or two plots with and without a claim."""
    lines = {}
    for name in ("red", "farm", "growth", "pipe", "water"):
        shapes = draw(boxes(least=1))
        classes = CLASSES if name in CLASSED else ()
        labels = [draw(st.sampled_from([*CLASSES, None])) if classes else None for _ in shapes]
        lines[name] = ground.line(name, *zip(labels, shapes, strict=True), classes=classes)
    land = draw(st.sampled_from([None, ground.line("land", (None, (-100, -100, 150, 400)))]))
    sites = [
        ground.site(*draw(boxes(least=1, most=2)), receipt=f"{n:03d}", activities=draw(st.sampled_from([(), ("5",)])))
        for n in range(1, 1 + draw(st.integers(1, 3)))
    ]
    return lines, land, sites


def check(lines, land, sites, rules=RULES):
    return ground.check(sites, rules, dict(lines), books=TEN, land=land)


def verdicts(report):
    return {site.receipt: report.verdict_of(site) for site in report.register.sites}


def becomes_clear(before, after):
    return [r for r, verdict in verdicts(after).items() if verdict == "clear" and verdicts(before)[r] != "clear"]


def without_features(layer):
    return dataclasses.replace(layer, data=layer.frame.iloc[:0], ledger=Ledger(0, 0))


def without_coverage(layer):
    return dataclasses.replace(layer, source=dataclasses.replace(layer.source, covers=None))


def covering_less(layer):
    """The coverage ends in the middle of the town, and so do the features."""
    half = ground.box(-1000, -1000, 60, 3000)
    shapes = shapely.intersection(layer.frame.geometry.to_numpy(), half)
    kept = layer.frame.set_geometry(shapes)[~shapely.is_empty(shapes)].reset_index(drop=True)
    return dataclasses.replace(layer, data=kept, source=dataclasses.replace(layer.source, covers=half))


def without_classes(layer):
    return dataclasses.replace(layer, data=layer.frame.assign(**{"class": None}))


def of_another_class(layer):
    return dataclasses.replace(layer, data=layer.frame.assign(**{"class": "never heard of"}))


def undated(layer):
    return dataclasses.replace(layer, source=dataclasses.replace(layer.source, as_of=""))


def expired(layer):
    return dataclasses.replace(layer, source=dataclasses.replace(layer.source, valid_to="2020"))


def losing_a_feature_to_repair(layer):
    """What cannot be repaired is set aside, and the ledger says so."""
    entries = (Entry(layer.frame["id"].iloc[0], "set_aside", "changed"),)
    read = len(layer.frame)
    return dataclasses.replace(layer, data=layer.frame.iloc[1:], ledger=Ledger(read, read - 1, entries))


def unreadable(layer):
    return SourceError("source.missing", path=layer.name)


BROKEN = (
    without_features, without_coverage, covering_less, without_classes, of_another_class, undated, expired,
    losing_a_feature_to_repair, unreadable,
)  # fmt: skip


@law
@given(towns(), st.sampled_from(["red", "farm", "growth", "pipe", "water"]), st.sampled_from(BROKEN))
def test_whatever_is_broken_in_the_control_data_no_site_becomes_clear_because_of_it(town, name, harm):
    lines, land, sites = town
    harmed = {**lines, name: harm(lines[name])}
    assert becomes_clear(check(lines, land, sites), check(harmed, land, sites)) == []


@law
@given(towns(), st.sampled_from(["red", "farm", "growth"]))
def test_a_required_line_that_is_removed_clears_nobody(town, name):
    lines, land, sites = town
    before, after = check(lines, land, sites), check({**lines, name: None}, land, sites)
    assert becomes_clear(before, after) == []
    clear = [site for site in after.register.sites if after.verdict_of(site) == "clear"]
    # nobody at all is clear, but who lies where the line has no business
    assert all(any(f.control == name and f.verdict == "not_applicable" for f in after.of(s)) for s in clear)


@law
@given(towns(), st.sampled_from(range(len(RULES))))
def test_a_row_that_is_removed_from_the_rulebook_clears_nobody(town, row):
    lines, land, sites = town
    kept = RULES[:row] + RULES[row + 1 :]
    gone = RULES[row]
    before, after = check(lines, land, sites), check(lines, land, sites, kept)
    # a row about the part outside, or of a claimed activity, is a rule of its own: without it others speak
    if gone.relation != "outside":
        assert becomes_clear(before, after) == []


@law
@given(towns(), st.sampled_from(range(len(RULES))))
def test_a_row_that_loses_its_basis_forbids_nobody_and_clears_nobody(town, row):
    lines, land, sites = town
    bare = tuple(dataclasses.replace(r, basis="") if i == row else r for i, r in enumerate(RULES))
    before, after = check(lines, land, sites), check(lines, land, sites, bare)
    assert becomes_clear(before, after) == []
    assert not [f for f in after.findings if f.rule and not f.rule.basis and f.verdict == "forbidden"]


@law
@given(towns(), st.sampled_from(["red", "farm", "pipe", "water"]), boxes(least=1, most=2), st.sampled_from(CLASSES))
def test_more_control_features_never_improve_a_verdict(town, name, more, label):
    lines, land, sites = town
    frame = lines[name].frame
    old = list(zip(frame["class"], frame.geometry, strict=True))
    new = [(label if name in CLASSED else None, shape) for shape in more]
    grown = {**lines, name: ground.line(name, *old, *new, classes=CLASSES if name in CLASSED else ())}
    before, after = verdicts(check(lines, land, sites)), verdicts(check(grown, land, sites))
    worse = {r: ORDER.index(after[r]) <= ORDER.index(before[r]) for r in before}
    assert all(worse.values()), (before, after)


@law
@given(towns(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_features_and_sites_changes_nothing(town, shuffle):
    lines, land, sites = town
    moved = {}
    for name in shuffle.sample(list(lines), len(lines)):
        order = shuffle.sample(range(len(lines[name].frame)), len(lines[name].frame))
        moved[name] = dataclasses.replace(lines[name], data=lines[name].frame.iloc[order].reset_index(drop=True))
    rules = tuple(shuffle.sample(RULES, len(RULES)))
    others = shuffle.sample(sites, len(sites))
    one, other = check(lines, land, sites), check(moved, land, others, rules)
    assert facts(one) == facts(other)


def facts(report):
    """What a report says, without the order it says it in; areas to a thousandth of a square metre."""
    return {
        (
            f.receipt, f.plot, f.control, f.class_name, f.verdict, f.sliver_only, f.domain, f.rule.row if f.rule else 0,
            round(f.contact.overlap, 3) + 0.0, round(f.contact.outside, 3) + 0.0, round(f.contact.uncovered, 3) + 0.0,
            None if f.contact.nearest is None else round(f.contact.nearest, 3),
            tuple(sorted((i, round(m2, 3)) for i, m2 in f.contact.features)),
        )
        for f in report.findings
    }  # fmt: skip


@law
@given(towns())
def test_a_plot_is_shared_out_without_remainder(town):
    lines, land, sites = town
    for f in check(lines, land, sites).findings:
        contact = f.contact
        assert 0 <= contact.overlap <= f.whole + 1e-6
        assert 0 <= contact.sliver <= max(contact.overlap, contact.outside) + 1e-6
        if contact.features:
            assert max(m2 for _, m2 in contact.features) <= contact.overlap + 1e-6
            assert sum(m2 for _, m2 in contact.features) >= contact.overlap - 1e-6


@law
@given(towns())
def test_one_call_for_all_sites_says_what_a_call_for_each_says(town):
    lines, land, sites = town
    together = facts(check(lines, land, sites))
    apart = set().union(*(facts(check(lines, land, [site])) for site in sites))
    assert together == apart


@law
@given(towns())
def test_no_sentence_of_a_check_says_what_only_an_authority_may_say(town):
    lines, land, sites = town
    report = check({**lines, "farm": None}, land, sites)
    for finding in report.findings:
        for language in LANGUAGES:
            said = finding.reason.say(language) if finding.reason else ""
            assert not re.search("不涉及|通过|不合规|合规", said), said


def test_no_sentence_of_the_program_says_what_only_an_authority_may_say():
    allowed = "不得视为不涉及"
    for name, text in sentences("zh").items():
        assert not re.search("不涉及|审批通过|不合规", text.replace(allowed, "")), (name, text)
    for name, text in sentences("en").items():
        if name.startswith(("site", "cli", "intake")):
            assert not re.search(r"\b(approved|compliant|non-compliant|not involved)\b", text, re.IGNORECASE), (
                name,
                text,
            )


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_ragged_sites_and_lines_have_the_areas_of_plain_geometry(seed):
    rng = np.random.default_rng(seed)
    stars = [_star(rng, *rng.uniform(0, 800, 2), rng.uniform(50, 250)) for _ in range(5)]
    line = ground.line("farm", *((None, star) for star in stars[:3]))
    report = check({"farm": line}, None, [ground.site(*stars[3:])], [RULES[3]])
    for plot, shape in zip(("1", "2"), stars[3:], strict=True):
        united = shapely.union_all(shapely.intersection(stars[:3], shape)).area
        found = [f for f in report.findings if f.plot == plot]
        assert sum(f.contact.overlap for f in found) == pytest.approx(united, rel=1e-6, abs=0.01)
        distance = min(star.distance(shape) for star in stars[:3])
        said = [f.contact.nearest for f in found if f.contact.nearest is not None]
        assert said == ([pytest.approx(distance, abs=1e-3)] if distance <= 200 else [])


def _star(rng, x, y, radius):
    angle = np.sort(rng.uniform(0, 2 * np.pi, 40))
    reach = radius * rng.uniform(0.3, 1.0, 40)
    ring = np.c_[ground.EAST + x + reach * np.cos(angle), ground.NORTH + y + reach * np.sin(angle)]
    return shapely.make_valid(shapely.polygons(ring), method="structure")

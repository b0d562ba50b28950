"""What a site document says of one finding: the sentence of its word, its amounts, and nothing that was not found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from geoplan.draw.site_picture import FRAME, frame_of, scale_of
from geoplan.draw.site_sentences import area_sentences, conclusion, finding_sentence, phrase
from geoplan.draw.site_view import SHOWN, View, folded, rank, shown_as
from geoplan.measure import Note
from geoplan.sites.finding import Contact, Finding, SiteReport
from geoplan.sites.rules import Rule
from geoplan.words import Language

RULE = Rule(2, "eco_redline", severity=3, verdict="forbidden", basis="文件一", authority="甲", documents="乙")


def finding(verdict: Any = "forbidden", rule: Rule | None = RULE, **more: Any) -> Finding:
    contact = more.pop("contact", Contact(100.0, 100.0, (("1", 100.0),), 0.1, 0.0, outside=900.0))
    return Finding("S-1", "A", "eco_redline", "", verdict, contact, rule, whole=1_000.0, **more)


def say(report: SiteReport, one: Finding) -> str:
    return finding_sentence(View.of(report), one)


def test_what_is_forbidden_never_hides_behind_another_word() -> None:
    assert shown_as(finding()) == "forbidden"
    assert shown_as(finding(contact=Contact(nearest=0.5, adjacent=True))) == "forbidden"
    assert shown_as(finding("conditional", replace(RULE, relation="outside"))) == "conditional"


@pytest.mark.parametrize(
    ("one", "word"),
    [
        (finding("clear", contact=Contact()), "clear"),
        (finding("clear", contact=Contact(nearest=0.5, adjacent=True)), "adjacent"),
        (finding("clear"), "inside"),
        (finding("caution", sliver_only=True), "sliver"),
        (finding("not_checked", sliver_only=True), "not_checked"),
        (finding("not_applicable", contact=Contact()), "not_applicable"),
    ],
)
def test_every_finding_has_one_word(one: Finding, word: str) -> None:
    assert shown_as(one) == word


def test_words_stand_in_the_order_of_the_tables() -> None:
    ranked = [finding("clear", contact=Contact()), finding("not_checked"), finding("caution"), finding()]
    assert [shown_as(f) for f in sorted(ranked, key=rank)] == ["forbidden", "caution", "not_checked", "clear"]
    assert SHOWN[0] == "forbidden"


def test_sentences_are_those_of_the_authority(report: SiteReport) -> None:
    assert say(report, finding()) == "用地范围压占生态保护红线100.00平方米，占用地面积10.0%。按文件一，原则上不得占用。"
    excepted = finding(rule=replace(RULE, exception="例外"))
    assert say(report, excepted).endswith("按文件一，原则上不得占用；属例外的，须按规定程序报批。")
    assert say(report, finding("caution")) == "用地范围涉及生态保护红线，建议征求甲意见。"
    assert (
        say(report, finding("conditional"))
        == "用地范围压占生态保护红线100.00平方米，未申报拟建活动，须提供乙，经甲认定后方可办理。"
    )
    clear = finding("clear", contact=Contact())
    assert say(report, clear) == "经套合核查，用地范围未压占生态保护红线（津政函〔2024〕1号，2024年6月30日）。"
    near = finding("clear", contact=Contact(nearest=0.996, adjacent=True))
    assert say(report, near) == "用地范围与生态保护红线相邻，最近距离0.99米。"


def test_a_distance_too_small_to_print_is_not_nothing(report: SiteReport) -> None:
    assert "最近距离不足0.01米" in say(report, finding("clear", contact=Contact(nearest=0.004, adjacent=True)))
    assert "压占生态保护红线不足0.01平方米" in say(report, finding(contact=Contact(0.004, outside=999.996)))


def test_a_row_about_a_distance_claims_no_overlap(report: SiteReport) -> None:
    rule = replace(RULE, relation="within_distance", distance=50.0, verdict="conditional")
    said = say(report, finding("conditional", rule, contact=Contact(nearest=12.5)))
    assert said == "用地范围与生态保护红线最近距离12.50米，在规定的50米以内。按文件一，须提供乙，经甲认定后方可办理。"
    assert "压占" not in said


def test_the_wording_of_a_row_takes_the_place_of_the_standard_one(report: SiteReport) -> None:
    rule = replace(RULE, wording=("压占{control}{area}平方米，见{basis}。", "see {basis}"))
    assert say(report, finding(rule=rule)) == "压占生态保护红线100.00平方米，见文件一。"
    assert say(replace(report, language="en"), finding(rule=rule)) == "see 文件一"


def test_what_was_not_checked_says_why_and_is_no_absence(report: SiteReport) -> None:
    missing = finding("not_checked", contact=Contact(), reason=Note("site_reason.not_supplied"))
    assert say(report, missing) == "生态保护红线未提供数据，本次未核查，不得视为不涉及。"
    broken = finding("not_checked", contact=Contact(), reason=Note("site_reason.empty"))
    assert say(report, broken) == "生态保护红线本次未核查，不得视为不涉及：数据中没有任何图斑。"
    part = finding(
        "not_checked",
        contact=Contact(uncovered=500.0),
        reason=Note("site_reason.uncovered", {"percent": "50.00", "area": "500.00"}),
    )
    assert say(report, part) == "生态保护红线数据未覆盖用地范围50.0%，本次未核查，不得视为不涉及。"
    assert phrase(View.of(report), broken) == "未核查：数据中没有任何图斑"


def test_a_feature_of_no_known_class_is_said_beside_the_verdict(report: SiteReport) -> None:
    one = finding(reason=Note("site_reason.no_class"))
    assert phrase(View.of(report), one) == "压占，原则上不得占用；所涉图斑类别不明"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_clear_everywhere_is_said_once(make: Callable[[Language], SiteReport], language: Language) -> None:
    report = make(language)
    site = report.register.sites[1]
    clear = tuple(
        f for f in report.findings if f.receipt == "S-2" and f.verdict == "clear" and f.control != "growth_boundary"
    )
    view = View.of(replace(report, findings=clear))
    said = list(conclusion(view, site, view.of_site(site)))
    first = {
        "zh": "经对已提供的3类控制线套合核查，未发现压占。",
        "en": "Overlaid with the 3 kinds of control lines supplied; no overlap was found.",
    }
    assert said[0] == first[language]
    assert len(said) == 3


def test_nothing_checked_is_never_clear(report: SiteReport) -> None:
    view = View.of(replace(report, findings=()))
    site = report.register.sites[1]
    said = list(conclusion(view, site, []))
    assert "未发现压占" not in "".join(said)
    assert said == ["本次核查不完整：0类控制线未核查或未全部核查，不得视为不涉及。"]
    assert view.outcome(site) == "not_checked"


def test_areas_that_agree_are_said_to(report: SiteReport) -> None:
    view, site = View.of(report), report.register.sites[1]
    *_, last = area_sentences(view, site)
    assert last == "送审面积10,000.00平方米，与坐标计算面积相差0.00平方米（0.0%），一致。"


def test_a_line_that_cannot_be_read_is_not_told_as_one_without_data(report: SiteReport) -> None:
    reasons = (Note("site_reason.not_supplied"), Note("site_reason.unreadable", {"reason": "x"}))
    rows = tuple(Finding("S-2", "", "heritage", "", "not_checked", Contact(), None, r) for r in reasons)
    assert len(list(folded(report, rows))) == 2


# the picture


def test_a_site_is_drawn_at_the_largest_fixed_scale_that_holds_it() -> None:
    scales = (2000, 5000, 10_000, 25_000, 50_000)
    for side in (10.0, 200.0, 233.5, 234.0, 900.0, 5_000.0):
        bounds = np.array([0.0, 0.0, side, side / 2])
        scale = scale_of(bounds, scales)
        assert scale in scales
        west, south, east, north = frame_of(bounds, scale)
        assert (east - west) / scale * 1000 == pytest.approx(FRAME[0])
        assert shapely.box(west, south, east, north).covers(shapely.box(*bounds))

"""The check on paper: verdicts and square metres worked out by hand on the ground of gridtown."""

import dataclasses

import pytest
import shapely
from pyproj import CRS

from geoplan.errors import LayerError, UnknownName
from geoplan.sites.check import Books
from geoplan.sites.finding import Limits
from geoplan.sites.uses import Uses

CLASSES = ("core", "general", "other")
TEN = Books(activities={str(n): {"zh": "", "en": ""} for n in range(1, 11)})


def red(ground, *features, **more):
    return ground.line("eco_redline", *features, classes=CLASSES, **more)


def rows(ground):
    r = ground.rule
    return [
        r(2, "eco_redline", "forbidden", "core", severity=1),
        r(3, "eco_redline", "forbidden", "general", severity=3),
        r(4, "eco_redline", "conditional", "general", severity=3, activities=("5", "6")),
        r(5, "eco_redline", "forbidden", "other", severity=3),
    ]


def test_square_metres_by_hand_in_both_bases(ground):
    # red line 100..300 x 100..300, site 200..400 x 200..350: they share 200..300 x 200..300
    report = ground.check(
        ground.site((200, 200, 400, 350)), rows(ground), [red(ground, ("general", (100, 100, 300, 300)))]
    )
    (finding,) = report.findings
    assert finding.contact.overlap == pytest.approx(100 * 100, abs=0.01)
    assert finding.contact.overlap_plane == pytest.approx(100 * 100, abs=0.01)
    assert finding.share == pytest.approx(100 * 100 / (200 * 150), abs=1e-6)
    assert finding.contact.share_of_feature == pytest.approx(100 * 100 / (200 * 200), abs=1e-6)
    assert finding.contact.features == (("eco_redline1", pytest.approx(10_000, abs=0.01)),)
    areas = report.areas["001"]["1"]
    assert areas["plane"] == pytest.approx(200 * 150, abs=0.01)
    assert areas["ellipsoid"] == pytest.approx(200 * 150, abs=0.01)


def test_a_site_surveyed_in_another_plane_has_the_area_of_that_plane(ground):
    # a plane whose scale is 1.0001 draws 30,000 m2 as 30,000 x 1.0001^2 = 30,006.0003 m2
    plane = CRS.from_proj4("+proj=tmerc +lon_0=117 +k=1.0001 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs")
    shape = ground.box(200, 200, 400, 350)
    surveyed = shapely.transform(shape, lambda xy: (xy - [500_000, 0]) * 1.0001 + [500_000, 0])
    site = ground.site(ground.plot(shape, surveyed=surveyed, plane=plane, declared_area=30_000.0))
    report = ground.check(site, rows(ground), [red(ground, ("general", (100, 100, 300, 300)))])
    assert report.areas["001"]["1"]["plane"] == pytest.approx(30_006.0003, abs=0.01)
    assert report.areas["001"]["1"]["ellipsoid"] == pytest.approx(30_000, abs=0.01)
    assert report.areas["001"]["1"]["declared"] == 30_000.0
    assert report.findings[0].contact.overlap_plane == pytest.approx(10_002.0001, abs=0.01)
    assert report.findings[0].contact.overlap == pytest.approx(10_000, abs=0.01)


def test_a_site_in_degrees_has_no_area_in_a_plane(ground):
    site = ground.site(ground.plot((200, 200, 400, 350), plane=None))
    report = ground.check(site, rows(ground), [red(ground, ("general", (100, 100, 300, 300)))])
    assert report.areas["001"]["1"]["plane"] is None
    assert report.areas["001"][""]["plane"] is None
    assert report.findings[0].contact.overlap_plane is None


def test_overlapping_features_of_a_line_count_once_and_are_listed_one_by_one(ground):
    # two drawings of one marsh: 100..300 and 200..400, the site has 250..350 x 0..100 of the first to the last metre
    line = red(ground, ("general", (100, 0, 300, 100)), ("general", (200, 0, 400, 100)))
    (finding,) = ground.check(ground.site((250, 0, 350, 100)), rows(ground), [line]).findings
    assert finding.contact.overlap == pytest.approx(100 * 100, abs=0.01)
    assert [round(m2) for _, m2 in finding.contact.features] == [50 * 100, 100 * 100]


def test_each_class_has_its_own_finding_the_worst_first(ground):
    line = red(ground, ("general", (0, 0, 100, 100)), ("core", (100, 0, 200, 100)))
    report = ground.check(ground.site((50, 0, 150, 50), activities=["5"]), rows(ground), [line], books=TEN)
    assert ground.told(report) == [("1", "core", "forbidden"), ("1", "general", "conditional")]
    assert report.verdict == "forbidden"


def test_the_whole_project_is_as_bad_as_its_worst_plot_and_has_the_areas_of_all(ground):
    line = red(ground, ("general", (0, 0, 100, 100)))
    site = ground.site((500, 500, 600, 600), (50, 0, 150, 100), submitted_area=19_999.0)
    report = ground.check(site, rows(ground), [line])
    assert ground.told(report) == [("1", "", "clear"), ("2", "general", "forbidden")]
    assert report.verdict_of(site) == "forbidden"
    whole = report.areas["001"][""]
    assert whole["ellipsoid"] == pytest.approx(20_000, abs=0.01)
    assert whole["declared"] == 19_999.0


def test_plots_without_numbers_of_their_own_are_told_apart(ground):
    site = ground.site(
        ground.plot((0, 0, 10, 10), "A"), ground.plot((20, 0, 30, 10), "A"), ground.plot((40, 0, 50, 10), "")
    )
    report = ground.check(site, rows(ground), [red(ground, ("general", (900, 900, 950, 950)))])
    assert [f.plot for f in report.findings] == ["1", "2", "3"]
    assert list(report.areas["001"]) == ["1", "2", "3", ""]


# ------------------------------------------------------------------ fail closed


def test_without_data_every_required_line_blocks_and_the_others_are_said(ground):
    rules = [*rows(ground), ground.rule(9, "heritage", "conditional", required=False)]
    report = ground.check(ground.site((0, 0, 10, 10)), rules, {"eco_redline": None, "heritage": None})
    assert ground.told(report) == [("", "", "not_checked"), ("", "", "not_checked")]
    assert [f.blocks for f in report.findings] == [True, False]
    # a line of several rows is as grave as its gravest, and none of them lends its text
    assert [(f.rule.severity, f.rule.basis, f.rule.class_name) for f in report.findings] == [(1, "", ""), (5, "", "")]
    assert report.verdict == "not_checked"
    assert not report.complete


def test_a_line_that_is_not_required_and_has_no_data_does_not_keep_a_site_from_being_clear(ground):
    rules = [*rows(ground), ground.rule(9, "heritage", "conditional", required=False)]
    far = red(ground, ("general", (900, 900, 950, 950)))
    report = ground.check(ground.site((0, 0, 10, 10)), rules, {"eco_redline": far, "heritage": None})
    assert (report.verdict, report.complete) == ("clear", True)
    assert ("", "", "not_checked") in ground.told(report, "heritage")


@pytest.mark.parametrize(
    "broken",
    [
        {"covers": None},
        {"covers": (0, 0, 5, 5)},
        {"set_aside": 1},
        {"valid_to": "2025-06-29"},
        {"valid_to": "2024"},
    ],
)
def test_data_that_do_not_cover_or_cannot_be_trusted_never_give_clear(ground, broken):
    rules = [ground.rule(2, "heritage", "conditional", required=False)]
    line = ground.line("heritage", (None, (900, 900, 950, 950)), **broken)
    report = ground.check(ground.site((0, 0, 10, 10)), rules, [line])
    assert "clear" not in {f.verdict for f in report.findings}
    assert (report.verdict, report.complete) == ("not_checked", False)


def test_an_empty_layer_is_a_question_and_no_answer(ground):
    report = ground.check(ground.site((0, 0, 10, 10)), rows(ground), [red(ground)])
    assert (report.verdict, report.findings[0].reason.sentence) == ("not_checked", "site_reason.empty")


def test_data_nobody_can_read_say_why(ground):
    error = LayerError("layer.no_crs", layer="heritage", path="a.shp")
    rules = [ground.rule(2, "heritage", required=False)]
    report = ground.check(ground.site((0, 0, 10, 10)), rules, {"heritage": error})
    (finding,) = report.findings
    assert (finding.verdict, finding.blocks) == ("not_checked", True)
    assert "a.shp" in finding.reason.say("zh")


def test_data_older_than_a_rule_wants_are_not_checked_and_what_they_show_is_said_all_the_same(ground):
    rules = [ground.rule(2, "heritage", "forbidden", max_age=1.0)]
    line = ground.line("heritage", (None, (0, 0, 50, 50)), as_of="2024-01-01")
    report = ground.check(ground.site((0, 0, 10, 10)), rules, [line])
    assert ground.told(report) == [("1", "", "forbidden"), ("", "", "not_checked")]
    fresh = ground.check(
        ground.site((0, 0, 10, 10)), rules, [ground.line("heritage", (None, (90, 90, 99, 99)), as_of="2024-07")]
    )
    assert fresh.verdict == "clear"
    undated = ground.check(
        ground.site((0, 0, 10, 10)), rules, [ground.line("heritage", (None, (90, 90, 99, 99)), as_of="")]
    )
    assert undated.findings[-1].reason.sentence == "site_reason.undated"


def test_the_part_of_a_plot_beyond_the_data_is_not_checked_and_says_how_much_it_is(ground):
    line = red(ground, ("general", (900, 900, 950, 950)), covers=(0, 0, 1000, 1000))
    report = ground.check(ground.site((-30, 0, 70, 100)), rows(ground), [line])
    (finding,) = report.findings
    assert (finding.verdict, finding.blocks) == ("not_checked", True)
    assert finding.contact.uncovered == pytest.approx(30 * 100, abs=0.01)
    assert finding.reason.fields["percent"] == "30.00"


def test_what_is_found_in_the_covered_part_stands_beside_the_rest(ground):
    line = red(ground, ("general", (0, 0, 50, 50)), covers=(0, 0, 1000, 1000))
    report = ground.check(ground.site((-30, 0, 70, 100)), rows(ground), [line])
    assert ground.told(report) == [("1", "general", "forbidden"), ("1", "", "not_checked")]


def test_a_hundredth_of_a_square_metre_beyond_the_data_is_rounding_and_more_is_not(ground):
    line = red(ground, ("general", (900, 900, 950, 950)), covers=(0, 0, 1000, 1000))
    for beyond, verdict in ((0.00009, "clear"), (0.0002, "not_checked")):
        assert ground.check(ground.site((-beyond, 0, 70, 100)), rows(ground), [line]).verdict == verdict


def test_a_feature_of_no_known_class_is_not_checked_where_it_is_met_and_only_there(ground):
    line = red(ground, (None, (0, 0, 50, 50)))
    report = ground.check(ground.site((0, 0, 10, 10)), rows(ground)[:3], [line], books=TEN)
    # a core would forbid, so would the rest: whatever class it is, it forbids
    assert ground.told(report) == [("1", "", "forbidden")]
    claimed = ground.check(ground.site((0, 0, 10, 10), activities=["5"]), rows(ground)[:3], [line], books=TEN)
    assert ground.told(claimed) == [("1", "", "conditional")]
    assert claimed.findings[0].reason.sentence == "site_reason.no_class"
    apart = ground.check(ground.site((100, 100, 110, 110)), rows(ground), [line])
    assert ground.told(apart) == [("1", "", "clear")]


def test_a_class_no_row_names_is_not_checked_unless_a_star_stands_for_it(ground):
    rules = [ground.rule(2, "heritage", "forbidden", "core")]
    line = ground.line("heritage", ("buffer", (0, 0, 50, 50)), classes=("core", "buffer"))
    report = ground.check(ground.site((0, 0, 10, 10)), rules, [line])
    assert ground.told(report) == [("1", "buffer", "not_checked")]
    assert report.findings[0].blocks
    starred = ground.check(ground.site((0, 0, 10, 10)), [*rules, ground.rule(3, "heritage", "caution", "*")], [line])
    assert ground.told(starred) == [("1", "buffer", "caution")]


def test_a_line_without_rows_is_not_checked(ground):
    report = ground.check(ground.site((0, 0, 10, 10)), [], [ground.line("heritage", (None, (0, 0, 50, 50)))])
    assert [(f.verdict, f.reason.sentence) for f in report.findings] == [("not_checked", "site_reason.no_rules")]


def test_a_batch_without_any_line_is_not_clear(ground):
    report = ground.check(ground.site((0, 0, 10, 10)), [], {})
    assert (report.verdict, report.complete) == ("not_checked", False)


# ------------------------------------------------------------------ rows


def test_a_row_nobody_has_founded_does_not_forbid(ground):
    for basis in ("", "某决定（条款待核）"):
        rules = [ground.rule(2, "heritage", "forbidden", basis=basis)]
        report = ground.check(ground.site((0, 0, 10, 10)), rules, [ground.line("heritage", (None, (0, 0, 50, 50)))])
        assert report.verdict == "conditional"


def test_a_claimed_activity_replaces_the_plain_row_and_never_softens_a_core(ground):
    both = red(ground, ("general", (0, 0, 50, 50)), ("core", (100, 0, 150, 50)))
    soft = [*rows(ground), ground.rule(9, "eco_redline", "conditional", "core", severity=1, activities=("5",))]
    for shape, claims, verdict in (
        ((0, 0, 10, 10), (), "forbidden"),
        ((0, 0, 10, 10), ("5",), "conditional"),
        ((0, 0, 10, 10), ("5", "6"), "conditional"),
        ((0, 0, 10, 10), ("5", "7"), "forbidden"),
        ((100, 0, 110, 10), ("5",), "forbidden"),
    ):
        report = ground.check(ground.site(shape, activities=claims), soft, [both], books=TEN)
        assert report.verdict == verdict, (shape, claims)


def test_two_claimed_activities_ask_for_the_papers_of_both(ground):
    r = ground.rule
    rules = [
        r(2, "eco_redline", "forbidden", "general", severity=3),
        r(3, "eco_redline", "conditional", "general", severity=3, activities=("5",), documents="甲"),
        r(4, "eco_redline", "conditional", "general", severity=3, activities=("6",), documents="乙"),
    ]
    line = red(ground, ("general", (0, 0, 50, 50)))
    report = ground.check(ground.site((0, 0, 10, 10), activities=["5", "6"]), rules, [line], books=TEN)
    assert report.findings[0].rule.documents == "甲；乙"
    assert report.findings[0].rule.activities == ("5", "6")


def test_an_activity_that_is_not_on_the_list_is_refused(ground):
    with pytest.raises(UnknownName, match=r"001.*'12'"):
        ground.check(ground.site((0, 0, 10, 10), activities=["12"]), rows(ground), [red(ground)], books=TEN)


def test_a_rule_speaks_while_it_is_in_force(ground):
    rules = [
        ground.rule(2, "heritage", "forbidden", valid_to="2025-05"),
        ground.rule(3, "heritage", "caution", valid_from="2025-06-01"),
    ]
    line = ground.line("heritage", (None, (0, 0, 50, 50)))
    for day, verdict in (("2025-05-31", "forbidden"), ("2025-06-01", "caution"), ("", "forbidden")):
        assert ground.check(ground.site((0, 0, 10, 10)), rules, [line], day=day).verdict == verdict


def test_a_line_all_of_whose_rows_are_out_of_force_is_not_checked(ground):
    rules = [ground.rule(2, "heritage", "forbidden", valid_to="2024")]
    report = ground.check(ground.site((0, 0, 10, 10)), rules, [ground.line("heritage", (None, (0, 0, 50, 50)))])
    assert report.verdict == "not_checked"


# ------------------------------------------------------------------ relations


def growth(ground, *features, **more):
    features = features or (("concentrated", (0, 0, 100, 100)), ("special", (100, 0, 200, 100)))
    return ground.line("growth_boundary", *features, classes=("concentrated", "special"), **more)


def growing(ground, **more):
    r = ground.rule
    return [
        r(2, "growth_boundary", "conditional", relation="outside", severity=4, **more),
        r(3, "growth_boundary", "clear", "concentrated", relation="inside", severity=4, **more),
        r(4, "growth_boundary", "caution", "special", relation="inside", severity=4, **more),
    ]


def test_inside_and_outside_the_growth_boundary(ground):
    for shape, told in (
        ((10, 10, 20, 20), [("concentrated", "clear"), ("special", "clear")]),
        ((90, 10, 110, 20), [("special", "caution"), ("concentrated", "clear")]),
        ((180, 10, 220, 20), [("", "conditional"), ("special", "caution"), ("concentrated", "clear")]),
        ((500, 500, 510, 510), [("", "conditional")]),
    ):
        report = ground.check(ground.site(shape), growing(ground), [growth(ground)])
        assert [(f.class_name, f.verdict) for f in report.findings] == told
    half = ground.check(ground.site((180, 10, 220, 20)), growing(ground), [growth(ground)]).findings[0]
    assert half.contact.outside == pytest.approx(20 * 10, abs=0.01)
    assert half.contact.overlap == pytest.approx(20 * 10, abs=0.01)


def test_what_the_data_do_not_cover_is_not_outside(ground):
    line = growth(ground, ("concentrated", (0, 0, 100, 100)), covers=(0, 0, 100, 100))
    report = ground.check(ground.site((-50, 10, 50, 20)), growing(ground), [line])
    assert {f.verdict for f in report.findings} == {"clear", "not_checked"}
    assert report.verdict == "not_checked"


def test_a_hair_outside_is_for_a_person_to_look_at(ground):
    report = ground.check(ground.site((10, 0.0, 90, 100.05)), growing(ground), [growth(ground)])
    first = report.findings[0]
    assert (first.verdict, first.sliver_only) == ("caution", True)
    assert first.contact.sliver == pytest.approx(80 * 0.05, abs=0.01)


def test_a_line_that_only_asks_about_the_part_outside_is_good_to_lie_in(ground):
    report = ground.check(ground.site((10, 10, 20, 20)), growing(ground)[:1], [growth(ground)])
    assert report.verdict == "clear"


def test_rows_for_the_land_do_not_speak_of_the_sea(ground):
    land = ground.line("land", (None, (0, 0, 300, 1000)))
    rules = growing(ground, domain="land")
    at_sea = ground.check(ground.site((400, 0, 500, 100)), rules, [growth(ground)], land=land)
    assert [(f.verdict, f.reason.sentence) for f in at_sea.findings] == [("not_applicable", "site_reason.other_side")]
    ashore = ground.check(ground.site((250, 0, 350, 100)), rules, [growth(ground)], land=land).findings[0]
    assert (ashore.verdict, ashore.domain) == ("conditional", "land")
    assert ashore.contact.outside == pytest.approx(50 * 100, abs=0.01)


def test_where_nobody_knows_the_shore_rows_for_the_land_speak_of_all_ground(ground):
    site, rules = ground.site((400, 0, 500, 100)), growing(ground, domain="land")
    for land in (None, ground.line("land"), ground.line("land", (None, (0, 0, 300, 1000)), covers=None)):
        assert ground.check(site, rules, [growth(ground)], land=land).verdict == "conditional"


def test_a_pipeline_is_kept_away_from_by_metres_and_a_shore_by_touching_it(ground):
    pipe = ground.line("pipelines", (None, shapely.LineString([(500_100, 4_334_000), (500_100, 4_335_000)])))
    rules = [ground.rule(2, "pipelines", "conditional", relation="within_distance", distance=5.0)]
    for west, verdict in ((105.0, "conditional"), (105.01, "clear"), (95, "conditional")):
        assert ground.check(ground.site((west, 0, 130, 10)), rules, [pipe]).verdict == verdict
    shore = [ground.rule(2, "pipelines", "caution", relation="within_distance", distance=0.0)]
    assert ground.check(ground.site((100, 0, 130, 10)), shore, [pipe]).verdict == "caution"
    assert ground.check(ground.site((100.5, 0, 130, 10)), shore, [pipe]).verdict == "clear"


def test_a_line_nearby_is_said_with_its_metres_and_one_that_is_touched_is_adjacent(ground):
    line = red(ground, ("general", (0, 0, 100, 100)))
    for west, nearest, adjacent in ((100, 0.0, True), (100.9, 0.9, True), (150, 50.0, False)):
        (finding,) = ground.check(ground.site((west, 0, west + 50, 50)), rows(ground), [line]).findings
        assert (finding.verdict, finding.class_name) == ("clear", "general")
        assert finding.contact.nearest == pytest.approx(nearest, abs=1e-3)
        assert finding.contact.adjacent is adjacent
    (far,) = ground.check(ground.site((400, 0, 450, 50)), rows(ground), [line]).findings
    assert (far.class_name, far.contact.nearest) == ("", None)
    (wide,) = ground.check(ground.site((400, 0, 450, 50)), rows(ground), [line], limits=Limits(near=301)).findings
    assert wide.contact.nearest == pytest.approx(300, abs=1e-3)


def test_a_hair_over_the_line_is_for_a_person_and_one_plot_of_ground_beside_it_is_not(ground):
    line = red(ground, ("general", (0, 0, 100, 100)))
    report = ground.check(ground.site((99.96, 0, 150, 50)), rows(ground), [line])
    (finding,) = report.findings
    assert (finding.verdict, finding.sliver_only) == ("caution", True)
    assert finding.contact.sliver == pytest.approx(0.04 * 50, abs=0.01)
    assert finding.contact.sliver_width == pytest.approx(0.04, abs=0.002)
    both = shapely.union(ground.box(99.96, 0, 150, 50), ground.box(90, 10, 100, 20))
    (ground_too,) = ground.check(ground.site(both), rows(ground), [line]).findings
    assert (ground_too.verdict, ground_too.sliver_only) == ("forbidden", False)


def test_touching_along_an_edge_is_no_overlap_even_by_rounding(ground):
    line = red(ground, ("general", (0, 0, 100, 100)))
    report = ground.check(ground.site((100 - 1e-9, 0, 150, 50)), rows(ground), [line])
    assert (report.verdict, report.findings[0].contact.overlap) == ("clear", 0.0)
    assert report.findings[0].contact.adjacent


def test_a_plot_in_a_hole_of_the_red_line_is_clear_and_as_near_as_the_hole(ground):
    ring = shapely.difference(ground.box(0, 0, 100, 100), ground.box(40, 40, 60, 60))
    (finding,) = ground.check(ground.site((45, 45, 50, 50)), rows(ground), [red(ground, ("general", ring))]).findings
    assert (finding.verdict, finding.contact.nearest) == ("clear", pytest.approx(5.0, abs=1e-3))


# ------------------------------------------------------------------ planned uses

USES = Books(uses=Uses({"住宅用地": "0701", "住宅": "07", "工业用地": "1001"}, frozenset({"07", "0701", "10", "1001"})))


def listed(ground):
    return [
        ground.rule(2, "contaminated", "forbidden", applies_to=("07",)),
        ground.rule(3, "contaminated", "conditional", "*"),
    ]


@pytest.mark.parametrize(
    ("use", "verdict"),
    [
        ("住宅用地", "forbidden"),
        ("0701", "forbidden"),
        ("工业用地", "conditional"),
        ("", "conditional"),
        ("泵站", "conditional"),
    ],
)
def test_a_row_for_dwellings_does_not_speak_of_a_factory_nor_forbid_what_nobody_knows(ground, use, verdict):
    line = ground.line("contaminated", (None, (0, 0, 50, 50)))
    report = ground.check(ground.site((0, 0, 10, 10), use=use), listed(ground), [line], books=USES)
    assert report.verdict == verdict


def test_a_use_nobody_knows_is_not_checked_against_rows_for_some_uses(ground):
    line = ground.line("contaminated", (None, (0, 0, 50, 50)))
    rules = [dataclasses.replace(listed(ground)[0], required=False)]
    for use, verdict in (
        ("泵站", "not_checked"),
        ("", "not_checked"),
        ("工业用地", "not_checked"),
        ("住宅", "forbidden"),
    ):
        report = ground.check(ground.site((0, 0, 10, 10), use=use), rules, [line], books=USES)
        assert report.verdict == verdict
    factory = ground.check(ground.site((0, 0, 10, 10), use="工业用地"), rules, [line], books=USES)
    assert [(f.verdict, f.reason.sentence) for f in factory.findings] == [("not_applicable", "site_reason.other_use")]


def test_a_line_without_data_that_does_not_apply_to_a_use_is_not_missed(ground):
    rules = listed(ground)[:1]
    for use, verdict in (("工业用地", "not_applicable"), ("住宅", "not_checked"), ("泵站", "not_checked")):
        report = ground.check(ground.site((0, 0, 10, 10), use=use), rules, {"contaminated": None}, books=USES)
        assert report.findings[0].verdict == verdict


# ------------------------------------------------------------------ the report


def test_overlap_shapes_carry_the_square_metres_of_their_findings(ground):
    line = red(ground, ("general", (0, 0, 100, 100)))
    report = ground.check(ground.site((50, 0, 150, 50)), rows(ground), [line])
    (row,) = report.overlaps.to_dict("records")
    assert (row["receipt"], row["plot"], row["control"], row["class_name"], row["verdict"]) == (
        "001",
        "1",
        "eco_redline",
        "general",
        "forbidden",
    )
    assert row["overlap"] == pytest.approx(2_500, abs=0.01)
    assert row["geometry"].area == pytest.approx(2_500, abs=0.01)
    out = ground.check(ground.site((180, 10, 220, 20)), growing(ground), [growth(ground)]).overlaps
    assert sorted(round(m2) for m2 in out["overlap"]) == [200, 200]
    assert out["geometry"].area.tolist() == pytest.approx(out["overlap"].tolist(), rel=1e-6)


def test_an_attachment_nobody_could_read_keeps_the_batch_from_being_clear(ground):
    from geoplan.measure import Note
    from geoplan.sites.site import Register, Unread

    report = ground.check(ground.site((0, 0, 10, 10)), rows(ground), [red(ground, ("general", (900, 900, 950, 950)))])
    assert (report.verdict, report.complete) == ("clear", True)
    note = Note("site_reason.empty")
    unread = dataclasses.replace(
        report, register=Register(report.register.sites, (Unread("002", "a.pdf", note, note),))
    )
    assert (unread.verdict, unread.complete) == ("not_checked", False)
    assert unread.verdict_of(unread.register.sites[0]) == "clear"


def test_an_empty_batch_has_no_findings_and_is_not_clear(ground):
    report = ground.check([], rows(ground), [red(ground, ("general", (0, 0, 9, 9)))])
    assert (report.findings, report.verdict) == ((), "not_checked")

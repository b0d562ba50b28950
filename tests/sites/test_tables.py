"""The two tables of a project, worked by hand: every row and column adds up to the plot."""

import math

import pytest

from geoplan.sites.tables import Groups, LandUse, tables_of
from geoplan.sites.uses import Uses

GROUPS = Groups(
    {"三调": {"01": "cropland", "0301": "forest", "1006": "other_agricultural", "07": "construction", "1101": "unused"}}
)
USES = Uses(
    {"住宅用地": "0701", "工业用地": "1001", "公园绿地": "1401"}, frozenset({"07", "0701", "10", "1001", "14", "1401"})
)


def rows(ground, site, **surveys):
    from geoplan.sites.site import Register

    found = tables_of(Register((site,)), LandUse(**surveys), ground.TOWN, USES, GROUPS)["001"]
    return {
        name: [dict(zip([c.name for c in table.columns], row, strict=True)) for row in table.rows]
        for name, table in found.items()
    }


def survey(ground, *features, **columns):
    return ground.line("land_use_current", *((None, f) for f in features), control=False, scheme="三调", **columns)


def test_land_classes_by_plot_and_owner_add_up_to_the_plot(ground):
    # plot 0..100 x 0..100: a field of 40 m (12 % ridges) and a wood of 30 m of the village, a road of 30 m of the state
    dltb = survey(
        ground, (0, 0, 40, 100), (40, 0, 70, 100), (70, 0, 100, 100),
        code=["0102", "0301", "0701"], ownership=["集体", "集体", "国有"], owner=["甲村", "甲村", "某局"], deducted=[0.12, None, None],
    )  # fmt: skip
    village, state = rows(ground, ground.site((0, 0, 100, 100)), current=dltb)["land_use_current"]
    assert (village["plot"], village["ownership"], village["owner"]) == ("1", "集体", "甲村")
    assert village["cropland"] == pytest.approx(4_000 * 0.88, abs=0.01)
    assert village["other_agricultural"] == pytest.approx(4_000 * 0.12, abs=0.01)
    assert village["forest"] == pytest.approx(3_000, abs=0.01)
    assert village["agricultural"] == pytest.approx(7_000, abs=0.01)
    assert village["total"] == pytest.approx(7_000, abs=0.01)
    assert (state["construction"], state["total"]) == (pytest.approx(3_000, abs=0.01), pytest.approx(3_000, abs=0.01))
    assert village["total"] + state["total"] == pytest.approx(10_000, abs=0.01)


@pytest.mark.parametrize("percent", [12.0, 0.12])
def test_ridges_are_read_as_a_share_or_in_percent(ground, percent):
    dltb = survey(ground, (0, 0, 100, 100), code=["0102"], deducted=[percent])
    (row,) = rows(ground, ground.site((0, 0, 100, 100)), current=dltb)["land_use_current"]
    assert row["cropland"] == pytest.approx(8_800, abs=0.01)


def test_gaps_unknown_codes_and_other_schemes_are_a_column_of_their_own(ground):
    dltb = survey(ground, (0, 0, 40, 100), (40, 0, 60, 100), code=["0102", "99"], owner=["甲村", "甲村"])
    owned, gap = rows(ground, ground.site((0, 0, 100, 100)), current=dltb)["land_use_current"]
    assert (owned["cropland"], owned["unknown"]) == (pytest.approx(4_000, abs=0.01), pytest.approx(2_000, abs=0.01))
    assert (gap["owner"], gap["unknown"], gap["total"]) == (
        "",
        pytest.approx(4_000, abs=0.01),
        pytest.approx(4_000, abs=0.01),
    )
    foreign = ground.line(
        "land_use_current", (None, (0, 0, 100, 100)), control=False, scheme="CJJ85-2017", code=["0102"]
    )
    (row,) = rows(ground, ground.site((0, 0, 100, 100)), current=foreign)["land_use_current"]
    assert row["unknown"] == pytest.approx(10_000, abs=0.01)


def test_ground_that_is_drawn_twice_counts_once_for_the_first_feature(ground):
    dltb = survey(ground, (0, 0, 60, 100), (40, 0, 100, 100), code=["0102", "0701"])
    (row,) = rows(ground, ground.site((0, 0, 100, 100)), current=dltb)["land_use_current"]
    assert row["cropland"] == pytest.approx(6_000, abs=0.01)
    assert row["construction"] == pytest.approx(4_000, abs=0.01)


def test_planned_uses_are_listed_by_area_and_compared_with_what_was_applied_for(ground):
    plan = ground.line(
        "land_use_plan", (None, (0, 0, 20, 100)), (None, (20, 0, 70, 100)), (None, (70, 0, 90, 100)), control=False,
        code=["1001", "070101", "1401"], kind=["工业用地", "一类住宅用地", None],
    )  # fmt: skip
    site = ground.site((0, 0, 100, 50), (0, 50, 100, 100), use="住宅用地")
    found = rows(ground, site, plan=plan)["land_use_plan"]
    assert [(r["code"], round(r["area"]), r["agrees"]) for r in found] == [
        ("070101", 5_000, True), ("1001", 2_000, False), ("1401", 2_000, None), (None, 1_000, None),
    ]  # fmt: skip
    assert found[0]["plan"] == "某规划"
    assert math.fsum(r["share"] for r in found) == pytest.approx(1.0)


def test_without_a_survey_there_is_no_table(ground):
    assert rows(ground, ground.site((0, 0, 9, 9))) == {}
    assert rows(
        ground, ground.site((0, 0, 9, 9), use="住宅用地"), plan=ground.line("land_use_plan", control=False)
    ) == {
        "land_use_plan": [
            {"plan": None, "code": None, "use": None, "area": pytest.approx(81, abs=0.01), "share": 1.0, "agrees": None}
        ]
    }


def test_a_survey_is_a_line_too_cropland_asks_for_a_procedure_and_a_gap_is_not_checked(ground):
    rules = [
        ground.rule(2, "land_use_current", "conditional", "cropland", required=False),
        ground.rule(3, "land_use_current", "clear", "*", relation="inside", severity=9, required=False),
        ground.rule(4, "eco_redline", "forbidden"),
    ]
    dltb = ground.line(
        "land_use_current", ("cropland", (0, 0, 50, 100)), ("road", (50, 0, 100, 100)), classes=("cropland", "road"), covers=None,
        control=False,
    )  # fmt: skip
    red = ground.line("eco_redline", (None, (900, 900, 950, 950)))
    for shape, told in (
        ((0, 0, 100, 100), [("1", "cropland", "conditional")]),
        ((60, 0, 90, 90), []),
        ((60, 0, 130, 90), [("1", "", "not_checked")]),
        ((60, 0, 100.04, 90), []),
    ):
        report = ground.check(ground.site(shape), rules, [dltb, red])
        assert ground.told(report, "land_use_current") == told
        assert report.verdict == (told[0][2] if told else "clear")

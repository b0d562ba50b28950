"""Reach on gridtown, sum by sum. Shapes, entrances and streets are drawn in the README of gridtown."""

import dataclasses
import math

import pytest
import shapely

from geoplan.errors import LayerError
from geoplan.methods.reach import reach
from geoplan.words import say


@pytest.fixture
def ask(town, gridtown):
    """`ask("parks", ...)`: the share of homes, on the streets of gridtown unless told otherwise."""
    entrances = {"parks": "park_entrances", "rail_stations": "station_entrances"}

    def asked(kind="community_facilities", **changed):
        given = {
            "demand": town("residential"),
            "supply": (town(kind),),
            "streets": town("walk_network"),
            "demand_entrances": town("residential_entrances"),
            "supply_entrances": town(entrances[kind]) if kind in entrances else None,
            "barriers": town("barriers"),
            "place": gridtown,
            "weight": "count",
        }
        return reach(**(given | changed))

    return asked


def metres(outcome, column="metres"):
    return dict(zip(outcome.evidence["demand"]["id"], outcome.evidence["demand"][column].round(3), strict=True))


def amounts(ratio):
    return tuple(round(x, 2) for x in (ratio.overall.part, ratio.overall.whole, ratio.overall.unknown))


def test_a_facility_within_500_m_on_foot(ask):
    found = ask()
    # gate + streets + nothing, since F1, F2 and F3 stand on streets; F5 and F6 are 10 m behind them
    assert metres(found) == {
        "R1": 10 + 140 + 200,
        "R2": 10 + 140 + 100,
        "R3": 10 + 60,  # no gate: the corner (360,310), 10 m from 中街
        "R4": 10 + 60 + 200,
        "R5": 10 + 90 + 400,
        "R6": 10 + 150 + 200 + 200,
        "R7": 10 + 140 + 60,
        "R8": 10 + 150,
        "R9": 10 + 800 + 200,  # the dead end 30 m away lies across the canal
        "R10": 10 + 450,
        "R11": math.inf,
        "R12": math.inf,
    }
    assert dict(zip(found.evidence["demand"]["id"], found.evidence["demand"]["facility_id"], strict=True))["R7"] == "F3"
    # exactly 500 m counts: R1 R2 R3 R4 R5 R7 R8 R10 of twelve; R11 and R12 are unknown
    assert amounts(found.weights["count"]) == (8, 12, 2)
    # 80000 - R6 6400 - R9 4000 - R11 and R12 7200
    assert amounts(found.weights["area"]) == (62400, 80000, 7200)
    # 2000 people are counted; 150 + 50 too far, 60 + 40 unknown; those of R10 nobody knows
    assert amounts(found.weights["population"]) == (1700, 2000, 100)
    assert found.facts["people_unknown"] == 1
    assert found.measure is found.weights["count"]


def test_what_is_unknown_says_why(ask):
    homes = ask().evidence["demand"].set_index("id")
    assert homes["status"]["R11"] == homes["status"]["R12"] == "unknown"
    assert (homes["reason"]["R11"], homes["reason"]["R12"]) == ("island", "unsnapped")
    assert homes["status"]["R9"] == "unreached"
    assert (homes["reason"].drop(["R11", "R12"]) == "").all()
    assert homes.index[homes["estimated"]].tolist() == ["R3", "R9", "R12"]


def test_homes_count_in_the_zone_their_point_lies_in(ask):
    levels = ask().measure.by_zone
    districts = [(row.zone, row.value.part, row.value.whole) for row in levels["districts"]]
    # D1 holds R1..R7 and R12, D2 holds R8..R11
    assert districts == [("D1", 6, 8), ("D2", 2, 4), (None, 0, 0)]
    communities = [(row.zone, row.value.part, row.value.whole, row.value.unknown) for row in levels["communities"]]
    assert communities == [("S1", 3, 3, 0), ("S2", 3, 4, 0), ("S3", 2, 2, 0), (None, 0, 3, 2)]


def test_the_circle_stands_beside_the_walk(ask):
    found = ask()
    # as the crow flies every home lies within 500 m of an open facility
    assert (found.facts["straight.part"], found.facts["straight.value"]) == (12, 1.0)
    straight = metres(found, "straight")
    # R4: gate (510,360) to F1 (300,300) = sqrt(210^2 + 60^2); R9: (900,610) to F3 (900,560), the canal notwithstanding
    assert straight["R4"] == pytest.approx(math.hypot(210, 60), abs=1e-3)
    assert straight["R9"] == pytest.approx(50, abs=1e-3)
    assert all(straight[i] <= walked + 1e-6 for i, walked in metres(found).items())


def test_several_distances_stand_in_one_table(ask):
    table = ask(distance=(500.0, 300.0)).tables["thresholds"]
    at = [c.name for c in table.columns].index("walk_count")
    # within 300 m: R2 R3 R4 R7 R8
    assert [round(row[at], 2) for row in table.rows] == [66.67, 41.67]


def test_the_unreached_are_listed_farthest_first(ask):
    table = ask().tables["unreached"]
    names = [c.name for c in table.columns]
    listed = [(row[names.index("id")], row[names.index("metres")]) for row in table.rows]
    assert [i for i, _ in listed] == ["R11", "R12", "R9", "R6"]
    # the nearest facility goes by its name; a distance nobody knows is no number
    assert [row[names.index("facility")] for row in table.rows] == ["", "", "北社区服务站", "方格社区中心"]
    assert listed[0][1] is None
    assert listed[3][1] == pytest.approx(560, abs=1e-3)


def test_parks_are_entered_by_their_gates_and_small_ones_left_out(ask):
    every = ask("parks")
    # R4 walks to P3: 10 + 140 + 20 + 10; R7 too: 10 + 240 + 10
    assert (metres(every)["R4"], metres(every)["R7"]) == (180, 260)
    assert amounts(every.weights["area"]) == (62400, 80000, 7200)
    found = ask("parks", minimum_area=400.0, weight="area")
    # without P3 (200 m2) R7 walks 790 to P1; R10 walks 520 to P2
    assert (metres(found)["R7"], metres(found)["R10"]) == (790, 520)
    assert amounts(found.measure) == (56400, 80000, 7200)
    assert amounts(found.weights["population"]) == (1750, 2000, 100)
    assert found.facts["supply_small"] == 1


def test_only_a_park_smaller_than_the_least_area_is_left_out(ask):
    # P3 is 20 x 10 = 200 m2, on the ellipsoid 4e-6 less
    assert ask("parks", minimum_area=199.9999).facts["supply_small"] == 0
    assert ask("parks", minimum_area=200.0001).facts["supply_small"] == 1


def test_of_a_facility_without_an_area_nobody_can_tell_whether_it_is_large_enough(ask):
    found = ask(minimum_area=400.0)
    assert found.facts["supply_unclassed"] == 10
    assert amounts(found.measure)[0] == 0
    assert set(found.evidence["demand"]["status"]) == {"unknown"}


def test_a_station_within_a_radius_is_read_straight_with_the_walk_beside_it(ask):
    found = ask("rail_stations", mode="straight", distance=(800.0, 500.0), weight="area")
    # all but R11 (beyond 850) and R12 (beyond 900): 80000 - 3600 - 3600
    assert amounts(found.measure) == (72800, 80000, 0)
    # on foot R5 820, R6 880, R9 930 drop out, R11 and R12 are unknown: 80000 - 11000 - 6400 - 4000 - 7200
    assert found.facts["walk.part"] == pytest.approx(51400, abs=0.01)
    assert found.facts["walk.unknown"] == pytest.approx(7200, abs=0.01)
    assert "reach.definition_straight_parcel" in [note.sentence for note in found.notes]


def test_without_streets_a_walk_is_refused_and_a_circle_says_so(ask):
    with pytest.raises(LayerError) as caught:
        ask(streets=None)
    assert caught.value.id == "reach.no_streets"
    found = ask(streets=None, mode="straight")
    assert "reach.straight_only" in [note.sentence for note in found.notes]
    assert not any(name.startswith("walk") for name in found.facts)


def test_without_the_canal_the_dead_end_would_serve_the_other_bank(ask):
    # R9 (900,610) to the dead end (900,580) is 30 m; F3 stands 20 m along it
    assert metres(ask(barriers=None))["R9"] == 30 + 20


def test_snapping_to_nodes_is_another_convention_and_says_so(ask):
    found = ask(snap="node")
    # R4's gate (510,360) goes to the crossing (500,300): sqrt(10^2 + 60^2), then 200 to F1
    assert metres(found)["R4"] == pytest.approx(math.hypot(10, 60) + 200, abs=1e-3)
    # F1 stands on a crossing; R2's gate (160,210) and (110,250) are nearest to (100,200) and (100,300) or (100,200)
    assert metres(found)["R2"] == pytest.approx(math.hypot(10, 50) + 200, abs=1e-3)
    assert [note.sentence for note in found.notes if note.sentence.startswith("reach.snap")] == ["reach.snap_node"]


def test_the_area_rule_counts_ground_beside_streets_within_the_distance(ask, town, only):
    found = ask(demand=only(town("residential"), "R5"), rule="area", weight="area")
    # 四路 is within 500 m of F1 down to (700,200). Beside it R5 (x from 710) has within 30 m the strip
    # x 710..730, y 200..220 = 400, and of the disc around (700,200) what lies south of it and east of 710:
    # integral of sqrt(900 - x^2) from 10 to 30 = 450 pi/2 - 5 sqrt(800) - 450 asin(1/3) = 412.51
    disc = 450 * math.pi / 2 - 5 * math.sqrt(800) - 450 * math.asin(1 / 3)
    assert found.measure.overall.part == pytest.approx(400 + disc, rel=2e-3)
    assert found.measure.overall.whole == pytest.approx(11000, abs=0.01)
    # 300 people in proportion to ground, the count still by whole parcels (exactly 500 m)
    assert found.weights["population"].overall.part == pytest.approx(300 * (400 + disc) / 11000, rel=2e-3)
    assert amounts(found.weights["count"]) == (1, 1, 0)


def test_the_area_rule_in_a_straight_line_cuts_homes_at_the_circle(ask, town, only):
    # R6 (610..690, 110..190) and a circle around F1 (300,300) that just takes its west edge: 310 m east at y = 300 is
    # above it, so the circle of 350 m reaches x = 610 at y = 300 - sqrt(350^2 - 310^2) = 137.5: the part north of it
    found = ask(demand=only(town("residential"), "R6"), supply=(only(town("community_facilities"), "F1"),),
                mode="straight", rule="area", weight="area", distance=(350.0,))  # fmt: skip
    home, disc = shapely.box(610, 110, 690, 190), shapely.Point(300, 300).buffer(350, quad_segs=4096)
    assert found.measure.overall.part == pytest.approx(shapely.intersection(home, disc).area, rel=2e-3)


def classed(layer, *kept, **classes):
    """The layer with these classes by id (others `known`), filtered to the kept ones as a definition filters it."""
    frame = layer.frame.assign(**{"class": [classes.get(i, "known") or None for i in layer.frame["id"]]})
    return dataclasses.replace(layer, data=frame).of_classes(kept)


def test_a_home_of_no_known_class_is_unknown(ask, town):
    found = ask(demand=classed(town("residential"), "known", R1=""))
    assert found.evidence["demand"].set_index("id")["reason"]["R1"] == "unclassed"
    assert amounts(found.measure) == (7, 12, 3)


def test_homes_near_a_facility_of_no_known_class_only_are_unknown(ask, town):
    # without F3 R7 walks 10 + 60 + 400 + ... to F1: too far; whether F3 counts nobody can tell
    found = ask(supply=(classed(town("community_facilities"), "known", F3=""),))
    assert found.evidence["demand"].set_index("id")["reason"]["R7"] == "supply_unclassed"
    assert amounts(found.measure) == (7, 12, 3)
    assert found.facts["supply_unclassed"] == 1


def test_homes_beside_a_facility_no_street_leads_to_are_unknown(ask, town, only):
    far = town("community_facilities").frame.assign(geometry=shapely.points([[501090.0, 4334240.0]] * 10))
    found = ask(supply=(only(dataclasses.replace(town("community_facilities"), data=far), "F1"),))
    # nothing else is open: R12 has no street, the homes within 500 m of the spot may be served, nobody else can be told
    assert found.facts["supply_unsnapped"] == 1
    assert set(found.evidence["demand"]["status"]) == {"unknown"}


def test_a_facility_of_each_layer_of_a_pool_counts_and_is_named_by_layer(ask, town):
    found = ask(supply=(town("community_facilities"), town("parks")), supply_entrances=town("park_entrances"))
    nearest = found.evidence["demand"].set_index("id")["facility_id"]
    assert (nearest["R8"], nearest["R3"]) == ("parks:P2", "community_facilities:F1")
    assert found.facts["supply_entrances_unmatched"] == 0


def test_with_no_facility_at_all_everything_is_unknown(ask, town, only):
    for mode in ("walk", "straight"):
        found = ask(supply=(only(town("community_facilities")),), mode=mode)
        assert amounts(found.measure) == (0, 12, 12)
        assert set(found.evidence["demand"]["reason"]) <= {"no_supply", "unsnapped"}


def test_with_no_home_at_all_there_is_no_value(ask, town, only):
    assert ask(demand=only(town("residential"))).measure.value is None


def test_a_headline_the_homes_do_not_carry_is_refused(ask, town):
    homes = dataclasses.replace(town("residential"), data=town("residential").frame.drop(columns="population"))
    with pytest.raises(LayerError) as caught:
        ask(demand=homes, weight="population")
    assert caught.value.id == "reach.no_weight"
    assert ask(demand=homes).weights["population"] is None


def test_entrances_of_nothing_are_told(ask, town):
    frame = town("residential_entrances").frame
    frame = frame.assign(parcel=["R99", *frame["parcel"][1:]])
    found = ask(demand_entrances=dataclasses.replace(town("residential_entrances"), data=frame))
    assert found.facts["entrances_unmatched"] == 1
    # R1 has no gate now: every street within 30 m of it is tried, and 小巷 and 南街 lead to F1 by (300,200):
    # from the middle of its north side (160,190) 10 + 140 + 100
    assert metres(found)["R1"] == 10 + 140 + 100


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_note_can_be_said(ask, language):
    for found in (
        ask(),
        ask(mode="straight", rule="area"),
        ask(snap="node", rule="area"),
        ask(streets=None, mode="straight"),
    ):
        told = [say(language, note.sentence, **note.fields) for note in found.notes]
        assert all("{" not in sentence and "nan" not in sentence for sentence in told)
        assert found.notes[1].sentence.startswith("reach.definition")


def test_facilities_and_homes_on_streets_cut_off_from_the_rest_are_told(ask, town, only):
    # R11 stands on the island path of 160 m; so would F1 at its end (1080,880)
    there = town("community_facilities").frame.copy()
    there.loc[there["id"] == "F1", "geometry"] = shapely.Point(501080, 4334880)
    found = ask(supply=(dataclasses.replace(town("community_facilities"), data=there),))
    assert (found.facts["apart"], found.facts["supply_apart"]) == (1, 1)
    # along the path R11 now walks 40 + 80 from its gate (1040,810), which is 10 off
    assert metres(found)["R11"] == 10 + 40 + 80
    # without it R11 is told as an island, once
    assert (ask().facts["apart"], ask().facts["unknown_island"], ask().facts["supply_apart"]) == (0, 1, 0)

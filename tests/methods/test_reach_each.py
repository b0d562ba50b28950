"""Every kind within reach: gridtown's parcels against sums on paper, and against `reach` kind by kind."""

import dataclasses

import numpy as np
import pytest

from geoplan.errors import LayerError
from geoplan.layer import LayerSpec
from geoplan.methods.reach import reach
from geoplan.methods.reach_each import reach_each
from geoplan.units import Metres
from geoplan.words import say

KINDS = {
    "社区中心": "centre", "社区服务站": "station", "便民商业": "shop", "便利店": "shop", "卫生服务站": "health",
    "文化体育": "culture", "老年日间照料中心": "elderly",
}  # fmt: skip


@pytest.fixture(scope="module")
def facilities(town):
    layer = town("community_facilities")
    frame = layer.frame.assign(**{"class": layer.frame["kind"].map(KINDS)})
    return dataclasses.replace(
        layer, spec=LayerSpec("facilities", {"zh": "设施", "en": "facilities"}, "any"), data=frame
    )


@pytest.fixture(scope="module")
def schools(town, only):
    layer = only(town("schools"), "K1", "K2", "K3")
    return dataclasses.replace(layer, data=layer.frame.assign(**{"class": "kindergarten"}))


@pytest.fixture(scope="module")
def given(town, gridtown):
    return {
        "demand": town("residential"), "streets": town("walk_network"), "barriers": town("barriers"),
        "demand_entrances": town("residential_entrances"), "place": gridtown, "weight": "count",
    }  # fmt: skip


@pytest.fixture(scope="module")
def ask(given, facilities):
    return lambda *kinds, supply=None, **how: reach_each(
        supply=supply or (facilities.of_classes(kinds),), **(given | how)
    )


def status(found):
    return found.evidence["demand"].set_index("id")["status"].to_dict()


def amounts(ratio):
    return ratio.overall.part, ratio.overall.whole, ratio.overall.unknown


def test_every_kind_must_be_within_reach(ask):
    # F1 and F6 stand 10 m apart: R2 250 and 250, R3 70 and 80, R4 270 and 280; R1 350
    found = ask("centre", "culture", distance=Metres(275.0))
    assert {i for i, s in status(found).items() if s == "reached"} == {"R2", "R3"}
    assert amounts(found.measure) == (2, 12, 2)
    lacks = found.evidence["demand"].set_index("id")["lacking"]
    assert (lacks["R4"], lacks["R1"], lacks["R2"]) == (1, 2, 0)


def test_each_kind_is_measured_as_reach_measures_it(ask, given, facilities):
    found = ask("centre", "culture", "station", "shop", distance=Metres(300.0))
    rows = {row[0]: row for row in found.tables["kinds"].rows}
    for kind in ("centre", "culture", "station", "shop"):
        alone = reach(supply=(facilities.of_classes((kind,)),), distance=(Metres(300.0),), **given)
        assert rows[kind][1] == alone.measure.overall.part
        assert rows[kind][3] == alone.measure.overall.unknown
        shares = [100 * r.value for r in alone.weights.values()]
        assert list(rows[kind][4:]) == pytest.approx(shares)


def test_one_kind_alone_is_reach(ask, given, facilities):
    for mode in ("walk", "straight"):
        each = ask("shop", distance=Metres(500.0), mode=mode)
        one = reach(supply=(facilities.of_classes(("shop",)),), distance=(Metres(500.0),), mode=mode, **given)
        assert amounts(each.measure) == amounts(one.measure)
        assert each.evidence["demand"]["metres"].tolist() == one.evidence["demand"]["metres"].tolist()


def test_layers_without_classes_are_a_kind_each(ask, facilities, schools):
    found = ask(
        supply=(facilities.of_classes(("centre",)), dataclasses.replace(schools, classes={})), distance=Metres(300.0)
    )
    # K1 (200,300): R2 10 + 50 + 100 = 160, R3 170, R4 320
    assert [row[0] for row in found.tables["kinds"].rows] == ["centre", schools.name]
    assert {i for i, s in status(found).items() if s == "reached"} == {"R2", "R3"}


def test_a_class_of_several_layers_is_one_kind(ask, facilities, schools):
    as_shops = dataclasses.replace(schools, data=schools.frame.assign(**{"class": "shop"})).of_classes(("shop",))
    found = ask(supply=(facilities.of_classes(("shop",)), as_shops), distance=Metres(165.0))
    assert [row[0] for row in found.tables["kinds"].rows] == ["shop"]
    assert status(found)["R2"] == "reached"


def test_a_kind_that_is_out_of_reach_settles_it_whatever_is_unknown(ask, facilities):
    blank = dataclasses.replace(
        facilities, data=facilities.frame.assign(**{"class": [None, *facilities.frame["class"][1:]]})
    )
    found = ask(supply=(blank.of_classes(("centre", "culture")),), distance=Metres(275.0))
    # what F1 is nobody knows: R2, R3 and R4 are near it; R1 (350 and 360) lacks both, whatever it is
    assert [status(found)[i] for i in ("R1", "R2", "R3", "R4")] == ["unreached", "unknown", "unknown", "unknown"]
    assert amounts(found.measure) == (0, 12, 5)
    assert found.facts["supply_unclassed"] == 1


def test_a_kind_of_which_there_is_nothing_is_unknown_and_said(ask):
    found = ask("centre", "nothing", distance=Metres(275.0))
    assert found.facts["absent"] == 1
    assert amounts(found.measure)[0] == 0
    assert status(found)["R2"] == "unknown"
    assert status(found)["R6"] == "unreached"


def test_the_table_says_which_kinds_each_parcel_lacks(ask):
    found = ask("centre", "culture", distance=Metres(275.0))
    table = found.tables["lacking"]
    names = [c.name for c in table.columns]
    rows = {(row[names.index("id")], row[names.index("class")]): row[names.index("metres")] for row in table.rows}
    assert rows["R4", "culture"] == pytest.approx(280, abs=1e-4)
    assert ("R4", "centre") not in rows
    assert rows["R11", "centre"] is None


def test_walks_need_streets_and_weights_need_their_column(ask):
    with pytest.raises(LayerError, match="network"):
        ask("centre", streets=None)
    assert amounts(ask("centre", streets=None, mode="straight").measure)[1] == 12


def test_more_kinds_never_serve_more(ask):
    some = [
        amounts(ask(*kinds, distance=Metres(300.0)).measure)[0]
        for kinds in (("shop",), ("shop", "elderly"), ("shop", "elderly", "health"))
    ]
    assert some == sorted(some, reverse=True)
    assert some[0] > 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_note_can_be_said(ask, facilities, language):
    blank = dataclasses.replace(
        facilities, data=facilities.frame.assign(**{"class": [None, *facilities.frame["class"][1:]]})
    )
    for found in (
        ask("centre", "nothing"),
        ask(supply=(blank.of_classes(("centre",)),), snap="node"),
        ask("shop", mode="straight"),
    ):
        told = [say(language, note.sentence, **note.fields) for note in found.notes]
        assert all("{" not in sentence and "nan" not in sentence for sentence in told)


def test_no_parcel_no_value(ask, town, only):
    assert ask("shop", demand=only(town("residential"))).measure.value is None
    assert np.isnan(ask("shop").evidence["demand"]["population"]).sum() == 1

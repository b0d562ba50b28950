"""Minutes between the stations of gridtown, added up on paper."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import shapely

from geoplan.errors import GeometryError
from geoplan.layer import LayerSpec
from geoplan.methods.travel_time import travel_time
from geoplan.read.streets import joined
from geoplan.units import Metres, Minutes
from geoplan.words import say

KINDS = {"津城": "city", "滨城": "coastal", "北京": "beijing"}


@pytest.fixture(scope="module")
def hubs(town):
    layer = town("rail_hubs")
    frame = layer.frame.assign(**{"class": layer.frame["kind"].map(KINDS)})
    return dataclasses.replace(layer, spec=LayerSpec("hubs", {"zh": "枢纽", "en": "hubs"}, "any"), data=frame)


@pytest.fixture(scope="module")
def railway(town):
    layer = town("rail_network")
    frame = layer.frame.assign(minutes=pd.to_numeric(layer.frame["minutes"]), **{"class": None})
    return dataclasses.replace(layer, data=joined(frame, frame.crs))


@pytest.fixture(scope="module")
def ask(hubs, railway, gridtown):
    def asked(**how):
        given = {"demand": hubs.of_classes(("coastal",)), "supply": (hubs.of_classes(("city",)),), "streets": railway}
        return travel_time(**(given | {"place": gridtown, "weight": "count", "limit": Minutes(20.0)} | how))

    return asked


def rows(found):
    return found.evidence["demand"].set_index("id")


def amounts(found):
    return found.measure.overall.part, found.measure.overall.whole, found.measure.overall.unknown


def test_minutes_add_up_along_the_quickest_way(ask):
    found = ask()
    # G3 Y1 18; G4 Y2 24; G5 half of Y2; G6 9 + 24
    assert rows(found)["minutes"].to_dict() == pytest.approx({"G3": 18, "G4": 24, "G5": 12, "G6": 33})
    assert rows(found)["facility_id"].to_dict() == {"G3": "G2", "G4": "G1", "G5": "G1", "G6": "G1"}


def test_edges_of_unknown_minutes_leave_open_what_they_might_bring(ask):
    found = ask()
    # by Y4, which says none, G4 would be 18 from G2, and G6 27
    assert rows(found)["least"].to_dict() == pytest.approx({"G3": 18, "G4": 18, "G5": 12, "G6": 27})
    assert rows(found)["status"].to_dict() == {"G3": "reached", "G4": "unknown", "G5": "reached", "G6": "unreached"}
    assert rows(found)["reason"]["G4"] == "minutes"
    assert amounts(found) == (2, 4, 1)
    assert found.facts["blank"] == 1


def test_exactly_the_limit_counts(ask):
    assert amounts(ask(limit=Minutes(18.0)))[0] == 2
    assert amounts(ask(limit=Minutes(17.9)))[0] == 1


def test_a_place_that_is_its_own_destination_is_there(ask, hubs):
    assert ask(demand=hubs.of_classes(("city",))).measure.value == 1.0


def test_destinations_of_unknown_class_leave_open_who_is_near_them(ask, hubs):
    blank = dataclasses.replace(hubs, data=hubs.frame.assign(**{"class": ["city", None, *hubs.frame["class"][2:]]}))
    found = ask(supply=(blank.of_classes(("city",)),))
    # G2 may be no city station: from G3 it is 18 + 6 to G1
    assert rows(found)["minutes"]["G3"] == pytest.approx(24)
    assert rows(found)["reason"]["G3"] == "supply_unclassed"
    assert amounts(found) == (1, 4, 2)


def test_places_off_the_network_are_unknown(ask, hubs, only):
    far = hubs.frame.assign(geometry=[shapely.Point(500600, 4334300)] * len(hubs.frame))
    moved = dataclasses.replace(hubs, data=far)
    found = ask(demand=moved.of_classes(("coastal",)), max_snap=Metres(50.0))
    assert set(rows(found)["reason"]) == {"unsnapped"}
    assert amounts(found) == (0, 4, 4)
    lost = ask(supply=(only(moved, "G1", "G2"),), max_snap=Metres(50.0))
    assert set(rows(lost)["reason"]) == {"supply_unsnapped"}
    assert lost.facts["supply_unsnapped"] == 2


def test_an_island_and_an_empty_supply_are_unknown_never_far(ask, hubs, railway, only):
    cut = dataclasses.replace(
        railway, data=railway.frame[~railway.frame["name"].isin(["中线", "东联络线"])].reset_index(drop=True)
    )
    assert rows(ask(streets=cut))["reason"]["G6"] == "island"
    assert set(rows(ask(supply=(only(hubs),)))["reason"]) == {"no_supply"}


def test_a_place_beside_an_edge_takes_its_share_of_it(ask, hubs):
    there = hubs.frame.assign(geometry=[shapely.Point(500300, 4334530)] * len(hubs.frame))
    beside = dataclasses.replace(hubs, data=there).of_classes(("beijing",))
    # (300,520) is 300 of the 1000 m of 24 minutes from G1; the nearest node is G1 itself
    assert rows(ask(demand=beside, snap="edge"))["minutes"].tolist() == pytest.approx([7.2])
    assert rows(ask(demand=beside, snap="node"))["minutes"].tolist() == pytest.approx([0.0])


def test_another_column_may_hold_the_minutes(ask, railway):
    slow = dataclasses.replace(railway, data=railway.frame.assign(minutes_peak=railway.frame["minutes"] * 2))
    assert rows(ask(streets=slow, column="minutes_peak"))["minutes"]["G3"] == pytest.approx(36)
    assert amounts(ask(streets=slow, column="nobody_wrote"))[0] == 0


def test_negative_minutes_are_refused(ask, railway):
    with pytest.raises(GeometryError):
        ask(streets=dataclasses.replace(railway, data=railway.frame.assign(minutes=-1.0)))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_note_can_be_said(ask, hubs, only, language):
    blank = dataclasses.replace(hubs, data=hubs.frame.assign(**{"class": ["city", None, *hubs.frame["class"][2:]]}))
    for found in (ask(), ask(supply=(blank.of_classes(("city",)),), snap="edge"), ask(demand=only(hubs))):
        told = [say(language, note.sentence, **note.fields) for note in found.notes]
        assert all("{" not in sentence and "nan" not in sentence for sentence in told)
    assert np.isfinite(ask().measure.value)

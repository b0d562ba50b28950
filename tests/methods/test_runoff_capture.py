"""Volume control of gridtown, catchment by catchment, as worked on paper in runoff_control.toml."""

import dataclasses

import pandas as pd
import pytest

from geoplan.deficits import deficits_of
from geoplan.errors import LayerError
from geoplan.layer import LayerSpec
from geoplan.methods.runoff_capture import runoff_capture
from geoplan.units import Metres, Share
from geoplan.words import say

HA = 10_000.0
KINDS = {"硬化铺装": "hard", "绿地": "green"}


@pytest.fixture(scope="module")
def layers(town):
    found = {}
    for role, name in (
        ("catchments", "drainage_areas"), ("surfaces", "runoff_surfaces"), ("facilities", "sponge_facilities"),
        ("rain", "rainfall"),
    ):  # fmt: skip
        layer = town(name)
        frame = layer.frame.copy()
        for column in set(frame) - {
            "id",
            "name",
            "kind",
            "catchment",
            "date",
            "until",
            "snow",
            "geometry",
            "meets_standard",
        }:
            frame[column] = pd.to_numeric(frame[column])
        if "kind" in frame and role == "surfaces":
            frame["class"] = frame["kind"].map(KINDS)
        if "snow" in frame:
            frame["snow"] = frame["snow"] == "是"
        found[role] = dataclasses.replace(layer, spec=LayerSpec(name, {"zh": name, "en": name}, "any"), data=frame)
    return found | {"pervious": found["surfaces"].of_classes(("green",))}


@pytest.fixture(scope="module")
def ask(layers, gridtown):
    return lambda **how: runoff_capture(**(layers | {"place": gridtown} | how))


def changed(layer, **columns):
    return dataclasses.replace(layer, data=layer.frame.assign(**columns))


def hectares(ratio):
    return [round(v / HA, 4) for v in (ratio.overall.part, ratio.overall.whole, ratio.overall.unknown)]


def test_each_catchment_is_judged_by_its_own_volume(ask):
    found = ask()
    assert hectares(found.measure) == [41.1, 100.0, 2.0]
    rows = found.evidence["catchments"].set_index("id")
    assert rows["depth_mm"].round(4).tolist() == [20.0, 10.0, 0.0]
    assert rows["capture"].round(3).tolist() == [70.0, 45.0, 20.25]
    assert rows["capture_ceiling"].round(3).tolist() == [70.0, 45.0, 25.25]
    assert rows["status"].tolist() == ["not_met"] * 3


def test_what_the_rate_asks_for_stands_in_the_table(ask):
    rows = ask().evidence["catchments"].set_index("id")
    depth = 20 + 10 * 10 / 15
    assert rows["required_m3"].tolist() == pytest.approx(
        [10 * depth * 0.5 * 24, 10 * depth * 0.6 * 36, 10 * depth * 0.54 * 40]
    )
    assert rows["gap_m3"]["W1"] == pytest.approx(3200 - 2400, rel=1e-6)


def test_what_one_catchment_holds_beyond_its_rain_serves_no_other(ask, layers):
    frame = layers["facilities"].frame
    more = changed(layers["facilities"], volume=frame["volume"].where(frame["id"] != "Q1", 1e6))
    found = ask(facilities=more)
    assert hectares(found.measure)[0] == pytest.approx(24 + 16.2 + 8.1)
    assert found.evidence["catchments"].set_index("id")["status"]["W1"] == "met"


def test_a_catchment_lacks_what_it_does_not_capture(ask, gridtown):
    lacks = {d.id: d.amount / HA for d in deficits_of(ask(), "area", gridtown)}
    assert lacks == pytest.approx({"W1": 24 - 16.8, "W2": 36 - 16.2, "W3": 40 - 8.1}, rel=1e-6)


def test_zones_are_cut_through_catchments(ask):
    rows = {row.zone: row.value for row in ask().measure.by_zone["communities"]}
    assert rows["S1"].part / HA == pytest.approx(16.8, rel=1e-6)
    # S2 is 30 of the 36 ha of W2; S3 ends at x = 800
    assert rows["S2"].part / HA == pytest.approx(30 * 0.45, rel=1e-6)
    assert rows["S3"].part / HA == pytest.approx(14 * 0.45, rel=1e-6)
    assert rows["S3"].unknown / HA == pytest.approx(2.0, rel=1e-6)


def test_a_facility_of_unknown_volume_leaves_its_catchment_open(ask, layers):
    frame = layers["facilities"].frame
    found = ask(facilities=changed(layers["facilities"], volume=frame["volume"].where(frame["id"] != "Q1")))
    # the garden alone: 500 / (10 x 0.5 x 24) = 4.1667 mm, 25 % x 4.1667 / 5
    assert hectares(found.measure) == [
        pytest.approx(24 * 0.25 * (500 / 120) / 5 + 24.3, abs=1e-3),
        100.0,
        pytest.approx(2 + 24 * (1 - 0.25 / 1.2), abs=1e-3),
    ]
    assert found.facts["tanks_unknown"] == 1
    assert found.evidence["catchments"].set_index("id")["status"]["W1"] == "unknown"


def test_facilities_of_unknown_class_never_raise_the_floor(ask, layers):
    classed = changed(layers["facilities"], **{"class": ["pond", None, "tank"]}).of_classes(("pond", "tank"))
    found = ask(facilities=classed)
    rows = found.evidence["catchments"].set_index("id")
    # 1900 / 120 = 15.8333 mm for sure, 20 mm at most
    assert rows["capture"]["W1"] == pytest.approx(45 + 25 * 5.83333 / 10, abs=1e-3)
    assert rows["capture_ceiling"]["W1"] == pytest.approx(70, abs=1e-3)


def test_a_facility_that_is_nowhere_is_told_and_holds_nothing(ask, layers):
    found = ask(facilities=changed(layers["facilities"], catchment=["W9", "", "W2"]))
    assert found.facts["tanks_lost"] == 1
    assert found.evidence["facilities"].set_index("id")["status"]["Q1"] == "left_out"


def test_paved_ground_alone_captures_nothing(ask):
    assert hectares(ask(pervious=None).measure) == [33.0, 100.0, 2.0]


def test_pervious_ground_of_no_known_loss_is_unknown(ask, layers):
    surfaces = changed(layers["surfaces"], loss=float("nan"))
    found = ask(surfaces=surfaces, pervious=surfaces.of_classes(("green",)))
    assert hectares(found.measure) == [33.0, 100.0, 20.0]
    given = ask(surfaces=surfaces, pervious=surfaces.of_classes(("green",)), loss=Metres(0.01))
    assert hectares(given.measure) == [41.1, 100.0, 2.0]


def test_a_catchment_of_unknown_class_is_in_doubt_as_a_whole(ask, layers):
    classed = changed(layers["catchments"], **{"class": ["yes", "yes", None]}).of_classes(("yes",))
    assert hectares(ask(catchments=classed).measure) == [33.0, 100.0, 40.0]


def test_catchments_drawn_over_each_other_count_once(ask, layers):
    frame = layers["catchments"].frame
    twice = pd.concat([frame, frame[:1].assign(id="W9")], ignore_index=True)
    found = ask(catchments=dataclasses.replace(layers["catchments"], data=twice))
    assert hectares(found.measure) == [41.1, 100.0, 2.0]
    assert found.facts["overlap"] / HA == pytest.approx(24, rel=1e-6)


def test_a_table_stands_instead_of_the_curve_and_says_so(ask):
    found = ask(rain=None, depths=(Metres(0.01), Metres(0.02)), rates=(Share(0.45), Share(0.7)))
    assert hectares(found.measure) == [41.1, 100.0, 2.0]
    assert "runoff_capture.table" in [n.sentence for n in found.notes]
    assert found.facts["years"] is None


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"rain": None}, "no_rain"),
        ({"depths": (Metres(0.01),)}, "bad_table"),
        ({"depths": (Metres(0.01), Metres(0.005)), "rates": (Share(0.4), Share(0.5))}, "bad_table"),
    ],
)
def test_without_a_curve_nothing_is_computed(ask, how, error):
    with pytest.raises(LayerError) as caught:
        ask(**how)
    assert caught.value.id == f"runoff_capture.{error}"


def test_less_than_thirty_years_are_refused(ask, layers):
    frame = layers["rain"].frame
    short = changed(layers["rain"], until=frame["until"].replace("2020-12-31", "2018-12-31"))
    with pytest.raises(LayerError) as caught:
        ask(rain=short)
    assert (caught.value.id, caught.value.fields["years"]) == ("runoff_capture.years", "28.0")
    # days that list themselves are enough, and wet days alone are not
    with pytest.raises(LayerError):
        ask(rain=dataclasses.replace(layers["rain"], data=frame[1:].reset_index(drop=True)))


def test_two_stations_in_one_file_are_refused(ask, layers):
    frame = layers["rain"].frame
    twice = dataclasses.replace(layers["rain"], data=pd.concat([frame, frame[3:4]], ignore_index=True))
    with pytest.raises(LayerError) as caught:
        ask(rain=twice)
    assert caught.value.id == "runoff_capture.twice"


def test_a_coefficient_over_one_is_refused(ask, layers):
    with pytest.raises(LayerError) as caught:
        ask(surfaces=changed(layers["surfaces"], psi=80.0))
    assert caught.value.id == "runoff_capture.psi"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_note_can_be_said(ask, language):
    for found in (ask(), ask(rain=None, depths=(Metres(0.02),), rates=(Share(0.7),), loss=Metres(0.01))):
        told = [say(language, note.sentence, **note.fields) for note in found.notes]
        assert all("{" not in sentence and "nan" not in sentence for sentence in told)

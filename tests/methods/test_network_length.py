"""Greenways and waterways of gridtown, measured and taken apart on paper."""

import dataclasses

import pytest

from geoplan.layer import LayerSpec
from geoplan.methods.network_length import network_length
from geoplan.units import Metres
from geoplan.words import say

KINDS = {"慢行绿道": "slow", "海堤绿道": "seawall", "": None}


@pytest.fixture(scope="module")
def greenways(town):
    layer = town("greenways")
    frame = layer.frame.assign(**{"class": layer.frame["kind"].map(KINDS)})
    return dataclasses.replace(
        layer, spec=LayerSpec("greenways", {"zh": "绿道", "en": "greenways"}, "line"), data=frame
    )


@pytest.fixture(scope="module")
def parks(town, only):
    return only(town("parks"), "P1", "P2", "P3")


@pytest.fixture(scope="module")
def ask(greenways, gridtown):
    return lambda *lines, **how: network_length(
        lines or (greenways,), **({"place": gridtown, "parallel": Metres(15.0), "join": Metres(20.0)} | how)
    )


def test_every_stretch_counts_once(ask):
    found = ask()
    assert found.measure.amount == pytest.approx(1740, abs=1e-4)
    assert found.facts["doubled_m"] == pytest.approx(300, abs=1e-4)
    assert found.facts["parallel_m"] == pytest.approx(290, abs=0.01)
    assert ask(parallel=Metres(0.0)).measure.amount == pytest.approx(1740 + 290, abs=1e-4)


def test_parts_gaps_rings_and_ends_are_those_one_sees(ask):
    facts = ask().facts
    assert (facts["components"], facts["components_joined"], facts["gaps"]) == (4, 3, 1)
    # J1 two, J2 two (it crosses J1), J5, J6 and J7 two each
    assert (facts["rings"], facts["dead_ends"]) == (0, 10)
    assert facts["largest"] == pytest.approx(1150 / 1740)
    assert ask().evidence["gaps"]["metres"].tolist() == pytest.approx([10], abs=1e-6)


def test_a_wider_join_closes_no_gap_that_is_wider(ask):
    assert ask(join=Metres(9.0)).facts["components_joined"] == 4


def test_parks_are_joined_by_paths_that_come_near(ask, parks):
    found = ask(nodes=(parks,))
    rows = found.evidence["nodes"].set_index("id")
    assert rows["status"].to_dict() == {"P1": "reached", "P2": "reached", "P3": "unreached"}
    assert rows["metres"].tolist() == pytest.approx([0, 10, 30], abs=1e-6)
    assert found.facts["nodes_joined"] == 2
    assert found.facts["group_share"] == pytest.approx(16000 / 24200)


def test_zones_and_classes_have_their_metres(ask):
    found = ask()
    zones = {row.zone: row.value for row in found.measure.by_zone["communities"]}
    # S1 and S2 meet at x = 400: J1 300 and 500 of it, J2 runs along the border and belongs to the first
    assert [zones[z] for z in ("S1", "S2", "S3", None)] == pytest.approx([300 + 350, 500, 100, 490], abs=1e-4)
    classes = dict(found.tables["classes"].rows)
    assert classes["slow"] == pytest.approx(1150, abs=1e-4)


def test_lines_of_no_known_class_are_unknown_and_join_nothing(ask, greenways, parks):
    found = ask(greenways.of_classes(("slow", "seawall")), nodes=(parks,))
    assert (found.measure.amount, found.measure.unknown) == pytest.approx((1640, 100), abs=1e-4)
    assert found.evidence["nodes"].set_index("id")["status"]["P2"] == "unreached"
    rows = found.evidence["lines"]
    assert set(rows["status"]) == {"counted", "unknown", "left_out"}
    assert rows.loc[rows["status"] == "unknown", "component"].isna().all()


def test_rows_of_the_evidence_are_as_long_as_the_headline(ask):
    found = ask()
    rows = found.evidence["lines"].groupby("status")["length_m"].sum()
    assert rows["counted"] == pytest.approx(found.measure.amount)
    assert rows["left_out"] == pytest.approx(found.facts["parallel_m"])


def test_rivers_that_come_back_make_a_ring(town, gridtown):
    found = network_length((town("waterways"),), (town("water"),), place=gridtown)
    assert found.measure.amount == pytest.approx(2170, abs=1e-4)
    assert (found.facts["components"], found.facts["components_joined"], found.facts["rings"]) == (2, 1, 1)
    assert found.evidence["nodes"].set_index("id")["status"].tolist() == ["reached", "reached", "unreached"]
    assert found.facts["group"] == 2


def test_a_place_without_lines_has_none(ask, greenways, only):
    found = ask(only(greenways))
    assert (found.measure.amount, found.measure.unknown) == (0.0, 0.0)
    assert found.facts["largest"] is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_note_can_be_said(ask, greenways, parks, only, language):
    classed = greenways.of_classes(("slow",))
    for found in (ask(classed, nodes=(parks,)), ask(only(greenways)), ask(parallel=Metres(0.0))):
        told = [say(language, note.sentence, **note.fields) for note in found.notes]
        assert all("{" not in sentence and "nan" not in sentence for sentence in told)


def test_the_order_of_layers_and_rows_changes_nothing(ask, greenways):
    mixed = dataclasses.replace(greenways, data=greenways.frame.iloc[::-1].reset_index(drop=True))
    assert ask(mixed).measure.amount == pytest.approx(ask().measure.amount, abs=1e-9)

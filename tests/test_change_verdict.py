"""A net change of which some ground is unknown is judged by a person, whichever way the numbers point."""

import pytest

from geoplan import open_study, sample
from geoplan.judging import judged
from geoplan.target import Target


@pytest.fixture(scope="module")
def run():
    study = open_study(sample.gridtown_folder() / "study.toml")
    return study.run(only=("wetland_change", "reserve_wetlands"), language="en")


def verdict(run, name, op, value):
    target = Target("t", name, "town", 2025, op, value, "公顷")
    return judged(run[name], [target], run.place).judged[0].verdict


@pytest.mark.parametrize(("op", "value"), [(">=", "-0.2"), (">=", "0")])
def test_unknown_ground_leaves_the_verdict_to_a_person(run, op, value):
    # -0.1 ha, and 0.1 ha of unknown certification
    found = verdict(run, "wetland_change", op, value)
    assert found.word == "needs_review"
    assert "0.1000 ha" in found.reason.say("en")


def test_where_all_is_known_the_number_decides(run):
    assert verdict(run, "reserve_wetlands", ">=", "-0.3").word == "met"
    assert verdict(run, "reserve_wetlands", ">=", "0").word == "missed"

"""A definition may say exactly what the signature of its method takes."""

import pytest

from geoplan.analysis import Analysis
from geoplan.errors import DefinitionError, UnknownName
from geoplan.signature import method_names, parameters_of

PLAIN = {
    "title": {"zh": "甲", "en": "A"},
    "method": "reach",
    "unit": "%",
    "better": "higher",
    "layers": {"demand": "residential", "supply": "community_facilities", "streets": "walk_network"},
    "parameters": {"distance": "500 m"},
}


def _bound(**changed):
    return Analysis.from_toml("a", {**PLAIN, **changed}, "analyses/a.toml").bound()


def test_a_definition_comes_out_in_the_engines_units():
    analysis = _bound(parameters={"distance": ["0.5 km", "800 m"], "gap": "30 m"})
    assert analysis.parameters == {"distance": (500.0, 800.0), "gap": 30.0}
    assert analysis.printed["distance"] == ["0.5 km", "800 m"]
    assert analysis.roles["supply"] == ("community_facilities",)


def test_a_word_the_method_does_not_know_names_the_nearest_it_does():
    with pytest.raises(DefinitionError, match=r"analyses/a\.toml: .*'distnace'.*distance"):
        _bound(parameters={"distnace": "500 m"})
    with pytest.raises(DefinitionError, match="no layer role 'demnad'; it has: demand"):
        _bound(layers={"demnad": "residential", "supply": "x"})
    with pytest.raises(DefinitionError, match="unknown key 'titel'; did you mean 'title'"):
        _bound(titel={})


def test_a_method_nobody_wrote_names_the_nearest_one():
    with pytest.raises(UnknownName, match="did you mean 'reach'"):
        _bound(method="raech")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"parameters": {"distance": 500}}, "not an amount with a unit"),
        ({"parameters": {"distance": "0.4 ha"}}, "unit that does not fit"),
        ({"parameters": {"distance": []}}, "empty list"),
        ({"parameters": {"distance": "500 m", "mode": "fly"}}, "one of: walk, straight"),
        ({"better": "more"}, "one of: higher, lower, none"),
        ({"title": {"zh": "甲"}}, "Chinese and English"),
        ({"layers": {"supply": "community_facilities"}}, r"layers\.demand' is missing"),
        ({"layers": {"demand": ["a", "b"], "supply": "c"}}, "takes one layer only"),
        ({"classes": {"dmand": ["x"]}}, "no layer role 'dmand'"),
    ],
)
def test_what_cannot_be_honoured_is_refused_with_a_sentence(changed, said):
    with pytest.raises(DefinitionError, match=said):
        _bound(**changed)


def test_every_key_a_definition_needs_is_asked_for():
    for key in ("title", "method", "unit", "better", "layers"):
        with pytest.raises(DefinitionError, match=f"'{key}' is missing"):
            Analysis.from_toml("a", {k: v for k, v in PLAIN.items() if k != key}, "analyses/a.toml")


def test_a_study_may_change_a_parameter_and_it_is_checked_again():
    analysis = Analysis.from_toml("a", PLAIN, "a.toml").with_parameters({"distance": "800 m"}).bound()
    assert analysis.parameters["distance"] == (800.0,)
    with pytest.raises(DefinitionError):
        Analysis.from_toml("a", PLAIN, "a.toml").with_parameters({"distance": "800"}).bound()


def test_optional_roles_are_not_required_layers():
    assert _bound().required_layers == ("residential", "community_facilities")


def test_the_halo_is_the_farthest_a_question_looks():
    assert _bound(parameters={"distance": ["500 m", "800 m"], "max_snap": "100 m"}).halo == 900.0


def test_every_method_says_what_it_takes_in_kinds_the_house_knows():
    for method in method_names():
        parameters = parameters_of(method)
        assert any(p.kind == "role" and not p.optional for p in parameters), method
        assert {p.name for p in parameters if p.kind == "asked"} >= {"place"}, method

"""What a page shows has its words in both languages: classes of layers, roles and parameters of methods."""

import tomllib
from pathlib import Path

import pytest

from geoplan.catalogue import Catalogue
from geoplan.signature import method_names, parameters_of

ROOT = Path(__file__).parents[1]
CATALOGUE = Catalogue.for_study(ROOT)
FLAGS = {"yes", "no"}


def words(language: str) -> dict:
    return tomllib.loads((ROOT / "geoplan" / "words" / f"{language}.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=["zh", "en"])
def said(request):
    return words(request.param)


@pytest.mark.parametrize("layer", CATALOGUE.names("layers"))
def test_every_class_of_a_layer_has_its_words(layer, said):
    spec = CATALOGUE.layer(layer)
    named = {*spec.classes, *(name for column in spec.columns.values() for name in column.words)}
    assert sorted(name for name in named - FLAGS if not said["status"].get(name)) == []


@pytest.mark.parametrize("method", method_names())
def test_every_role_and_parameter_of_a_method_has_its_words(method, said):
    taken = [p for p in parameters_of(method) if p.kind != "asked"]
    roles = [p.name for p in taken if p.kind == "role"]
    others = [p.name for p in taken if p.kind != "role"]
    assert [name for name in roles if not said["report"]["roles"].get(name)] == []
    assert [name for name in others if not said["report"]["parameters"].get(name)] == []


@pytest.mark.parametrize("method", method_names())
def test_every_choice_a_method_offers_has_its_words(method, said):
    choices = {str(c) for p in parameters_of(method) for c in p.choices}
    known = said["report"].get("choices", {})
    assert sorted(c for c in choices if not known.get(c)) == []

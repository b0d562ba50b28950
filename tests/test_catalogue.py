"""Definitions: a study's own folder first, file by file, then the built-in content."""

from dataclasses import replace

import pytest

from geoplan.catalogue import KINDS, Catalogue, content_root
from geoplan.errors import DefinitionError, UnknownName

PARK = 'title = { zh = "公园", en = "My parks" }\ngeometry = "polygon"\n'


def test_every_built_in_definition_can_be_honoured():
    catalogue = Catalogue.for_study()
    for name in catalogue.names("layers"):
        assert catalogue.layer(name).title["zh"], name
    for name in catalogue.names("analyses"):
        analysis = catalogue.analysis(name).bound()
        for layer in (n.partition("@")[0] for names in analysis.roles.values() for n in names):
            assert catalogue.layer(layer).name == layer
    assert all(catalogue.names(kind) for kind in KINDS)


def test_a_file_of_the_study_comes_before_the_built_in_one_and_the_rest_stays(tmp_path):
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / "parks.toml").write_text(PARK, encoding="utf-8")
    catalogue = Catalogue.for_study(tmp_path)
    assert catalogue.layer("parks").title["en"] == "My parks"
    assert catalogue.layer("residential").name == "residential"


def test_a_name_nobody_has_names_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'service_500m'"):
        Catalogue.for_study().analysis("servce_500m")


def test_a_definition_that_is_no_toml_names_its_file(tmp_path):
    (tmp_path / "analyses").mkdir()
    (tmp_path / "analyses" / "mine.toml").write_text("title = {", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"analyses/mine\.toml: not a valid TOML"):
        Catalogue.for_study(tmp_path).analysis("mine")


def test_a_target_of_the_study_replaces_the_built_in_row_and_the_others_stay(tmp_path):
    built_in = {t.id: t for t in Catalogue.for_study().targets()}
    text = (content_root() / "analyses" / "targets.csv").read_text(encoding="utf-8-sig").splitlines()
    head, first = text[0], text[1]
    (tmp_path / "analyses").mkdir()
    (tmp_path / "analyses" / "targets.csv").write_text(f"{head}\n{first}\n", encoding="utf-8")
    assert len(Catalogue.for_study(tmp_path).targets()) == len(Catalogue.for_study().targets())
    assert {t.id for t in Catalogue.for_study(tmp_path).targets()} == set(built_in)


def test_layers_that_share_a_role_need_a_class_only_once():
    catalogue = Catalogue.for_study()
    asked = catalogue.analysis("life_circle_5min")
    # kindergartens are schools and no community facilities, service stations the other way round
    catalogue.check_classes(asked)
    with pytest.raises(DefinitionError, match="kindergarden"):
        catalogue.check_classes(replace(asked, classes={"supply": {"class": ("kindergarden",)}}))
    with pytest.raises(DefinitionError, match="capacity"):
        catalogue.check_classes(replace(asked, classes={"supply": {"capacity": ("180",)}}))

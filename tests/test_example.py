"""Every definition is computed again on gridtown and must give the sum on its paper."""

import pytest

from geoplan.catalogue import Catalogue
from geoplan.errors import DefinitionError
from geoplan.example import worked

BUILT_IN = Catalogue.for_study()


@pytest.mark.parametrize("name", BUILT_IN.names("analyses"))
def test_the_sum_on_paper_is_what_the_engine_computes(name):
    sums = worked(BUILT_IN.analysis(name), BUILT_IN)
    assert len(sums.why) > 20, "the sum must stand on paper"
    assert sums.agrees, f"{name}: by hand {sums.stated}, computed {sums.computed}"


def test_a_definition_without_a_sum_is_told_so(tmp_path):
    (tmp_path / "analyses").mkdir()
    text = BUILT_IN.path("analyses", "natural_shoreline").read_text(encoding="utf-8")
    (tmp_path / "analyses" / "mine.toml").write_text(text[: text.index("[example]")], encoding="utf-8")
    catalogue = Catalogue.for_study(tmp_path)
    with pytest.raises(DefinitionError, match=r"example\.overall"):
        worked(catalogue.analysis("mine"), catalogue)


def test_a_wrong_sum_is_found(tmp_path):
    (tmp_path / "analyses").mkdir()
    text = BUILT_IN.path("analyses", "natural_shoreline").read_text(encoding="utf-8")
    assert "\noverall = 45" in text
    (tmp_path / "analyses" / "mine.toml").write_text(text.replace("\noverall = 45", "\noverall = 46"), encoding="utf-8")
    catalogue = Catalogue.for_study(tmp_path)
    assert not worked(catalogue.analysis("mine"), catalogue).agrees

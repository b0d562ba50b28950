"""What codes and words say a feature is, under the scheme that was declared."""

import pandas as pd
import pytest

from geoplan.catalogue import Catalogue
from geoplan.errors import ColumnError, LayerError
from geoplan.layer import LayerSpec
from geoplan.read.classes import classified, constant

LAND = Catalogue.for_study().layer("land_use_current")
PARKS = Catalogue.for_study().layer("parks")
SHORE = Catalogue.for_study().layer("coastline")


def of(spec: LayerSpec, *codes: object, scheme: str = "", **classes: tuple[str, ...]) -> list[str | None]:
    cells = pd.Series(codes, name="DLBM", dtype=object)
    return classified(cells, spec, scheme=scheme, classes=classes or None)[0].tolist()


def test_the_same_digits_mean_different_things_under_different_schemes() -> None:
    assert of(LAND, "0702", scheme="三调") == ["rural_residential"]
    assert of(LAND, "0702", scheme="用地用海2023") == ["community_services"]
    assert of(LAND, "0501", scheme="用地用海2023") == ["forest_swamp"]
    assert of(LAND, "05H1", scheme="三调") == ["commercial"]
    assert of(PARKS, "G14", scheme="CJJ85-2017") == ["small_park"]
    assert of(PARKS, "G14", scheme="CJJ85-2002") == ["linear_park"]
    assert of(PARKS, "G2", scheme="CJJ85-2002") == ["nursery"]


def test_the_longest_prefix_wins_and_letters_are_part_of_a_code() -> None:
    assert of(LAND, "0810", "0810A", "1104", "1104A", "0307K", "08H2A", scheme="三调") == [
        "park_green", "square", "pond", "aquaculture", "other_forest", "public_services",
    ]  # fmt: skip
    assert of(LAND, "070102", "080403", "1204", "1207", "1299", scheme="用地用海2023") == [
        "urban_residential", "education", "port", "urban_road", "transport",
    ]  # fmt: skip


def test_codes_without_a_scheme_are_diagnosed_and_refused() -> None:
    with pytest.raises(LayerError) as error:
        of(LAND, "0701", "08H2", "05H1")
    assert error.value.id == "layer.no_scheme"
    assert "三调 3/3" in error.value.fields["said"]
    assert "用地用海2023 1/3" in error.value.fields["said"]


def test_a_scheme_the_layer_does_not_know_names_the_nearest() -> None:
    with pytest.raises(LayerError) as error:
        of(LAND, "0701", scheme="用地用海")
    assert error.value.fields["nearest"].startswith("用地用海20")


def test_a_scheme_where_classes_are_told_by_name_is_refused() -> None:
    with pytest.raises(LayerError) as error:
        of(SHORE, "自然岸线", scheme="三调")
    assert error.value.id == "layer.no_schemes"


def test_a_code_of_no_class_is_unknown_and_counted() -> None:
    cells = pd.Series(["0701", "9999", "9999", None, ""], name="DLBM", dtype=object)
    found, (note,) = classified(cells, LAND, scheme="三调")
    assert found.tolist() == ["urban_residential", None, None, None, None]
    assert (note.sentence, note.fields["count"], note.fields["codes"]) == ("read.no_class", 2, "9999")


@pytest.mark.parametrize("codes", [(701, 1101), (701.0, 1101.0), ("701", "1101")])
def test_codes_that_lost_their_leading_zeros_are_refused(codes: tuple[object, ...]) -> None:
    with pytest.raises(ColumnError) as error:
        of(LAND, *codes, scheme="三调")
    assert error.value.id == "column.codes_not_text"
    assert error.value.fields["first"] == "701"


def test_codes_of_an_even_number_of_digits_have_lost_nothing() -> None:
    assert of(LAND, 1101, 1202, scheme="三调") == ["river", "farm_facility"]


def test_plain_words_and_class_names_need_no_scheme() -> None:
    assert of(SHORE, "自然", "整治修复", "河口", "人工", "restored", "看不清") == [
        "natural", "restored", "estuary", "artificial", "restored", None,
    ]  # fmt: skip
    assert of(PARKS, "综合公园", "leisure=park", "small_park") == ["comprehensive_park", "park", "small_park"]


def test_words_study_toml_declares_replace_everything_else_and_are_taken_whole() -> None:
    assert of(SHORE, "原生", "自然", "自然岸线", natural=("原生", "自然岸线")) == ["natural", None, "natural"]


def test_a_class_the_layer_does_not_have_is_refused() -> None:
    with pytest.raises(ColumnError) as error:
        of(SHORE, "x", naturl=("x",))
    assert error.value.fields["nearest"] == "natural"
    with pytest.raises(ColumnError):
        constant("wild", SHORE)
    assert constant("natural", SHORE) == "natural"


def test_the_shore_of_openstreetmap_is_of_no_class() -> None:
    assert SHORE.osm == {"unclassed": ("natural=coastline",)}
    assert "unclassed" not in SHORE.classes
    assert of(SHORE, "natural=coastline") == [None]

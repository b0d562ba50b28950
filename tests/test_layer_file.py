"""layers/<name>.toml: which keys a contract may hold, and what the built-in contracts say."""

import csv
import tomllib
from typing import Any

import pytest

from geoplan.catalogue import Catalogue, content_root
from geoplan.errors import DefinitionError
from geoplan.layer import UNCLASSED, LayerSpec

PLAIN: dict[str, Any] = {"title": {"zh": "公园", "en": "Parks"}, "geometry": "polygon"}
CATALOGUE = Catalogue.for_study()
NAMES = CATALOGUE.names("layers")


def spec(**more: Any) -> LayerSpec:
    return LayerSpec.from_toml("parks", {**PLAIN, **more}, "layers/parks.toml")


@pytest.mark.parametrize(
    ("more", "sentence", "slot"),
    [
        ({"geometri": "polygon"}, "definition.key", "geometry"),
        ({"geometry": "polygons"}, "definition.choice_in", "point, line, polygon"),
        ({"secrecy": "secret"}, "definition.choice_in", "公开"),
        ({"title": "Parks"}, "definition.bilingual", "title"),
        ({"columns": {"population": {"alias": ["RK"]}}}, "definition.key", "aliases"),
        ({"columns": {"population": {"kind": "numeric"}}}, "definition.choice_in", "number"),
        ({"columns": {"population": {"kind": "number", "unit": "heads"}}}, "definition.choice_in", "people"),
        ({"columns": {"population": {"minimum": 0}}}, "definition.choice_in", "number"),
        ({"columns": {"population": {"aliases": "RK"}}}, "definition.texts", "RK"),
        ({"columns": {"Population": {}}}, "definition.column_name", "Population"),
        ({"columns": {"class": {}}}, "definition.column_name", "class"),
        ({"columns": ["population"]}, "definition.table", "columns"),
        ({"codes": {"column": "code"}}, "definition.choice_in", "code"),
        ({"codes": {"column": "name", "words": {"park": [701]}}}, "definition.texts", "701"),
        ({"codes": {"column": "name", "words": {"Park": ["公园"]}}}, "definition.class_name", "Park"),
        (
            {"codes": {"column": "name", "words": {"park": ["公园"], "green": ["公园"]}}},
            "definition.code_twice",
            "公园",
        ),
        ({"codes": {"column": "name", "schema": {}}}, "definition.key", "schemes"),
        ({"osm": {"park": ["leisure"]}}, "definition.choice_in", "key=value"),
        ({"osm": {"park": ["leisure="]}}, "definition.choice_in", "key=value"),
    ],
)
def test_a_contract_says_nothing_it_may_not_say(more: dict[str, Any], sentence: str, slot: str) -> None:
    with pytest.raises(DefinitionError) as error:
        spec(**more)
    assert error.value.id == sentence
    assert slot in str(error.value.fields)
    assert "layers/parks.toml" in error.value.say("zh")


@pytest.mark.parametrize("key", ["title", "geometry"])
def test_a_contract_lacks_nothing_it_needs(key: str) -> None:
    with pytest.raises(DefinitionError, match=key):
        LayerSpec.from_toml("parks", {k: v for k, v in PLAIN.items() if k != key})


def test_every_layer_has_an_id_and_a_name() -> None:
    assert list(spec().columns) == ["id", "name"]
    assert list(spec(columns={"name": {"aliases": ["GYMC"]}}).columns) == ["id", "name"]
    assert spec(columns={"name": {"aliases": ["GYMC"]}}).columns["name"].aliases == ("GYMC",)


def test_required_columns_and_control_lines_are_said() -> None:
    made = spec(columns={"population": {"kind": "number", "required": True, "minimum": 0}}, control=True)
    assert made.required == ("population",)
    assert made.columns["population"].minimum == 0.0
    assert made.control
    assert not spec().control


def test_classes_are_those_of_every_scheme_every_word_and_every_tag() -> None:
    made = spec(
        codes={"column": "name", "schemes": {"三调": {"forest": ["03"]}}, "words": {"park": ["公园"]}},
        osm={"park": ["leisure=park"], UNCLASSED: ["leisure=*"]},
    )
    assert made.classes == ("forest", "park")


def test_the_layers_of_the_first_studies_are_there() -> None:
    wanted = {
        "residential", "residential_entrances", "community_facilities", "facility_entrances", "parks", "park_entrances",
        "canopy", "ndvi", "walk_network", "barriers", "rail_stations", "station_entrances", "rail_lines", "coastline",
        "built_up", "communities", "admin", "wetlands", "eco_redline", "permanent_farmland", "growth_boundary",
        "nature_reserves", "land_use_current", "land_use_plan", "schools", "hospitals", "buildings", "greenways",
        "roads", "rivers_lakes", "population", "water",
    }  # fmt: skip
    assert wanted <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_built_in_contract_reads_and_no_alias_means_two_things(name: str) -> None:
    made = CATALOGUE.layer(name)
    from geoplan.read.columns import GENERIC

    seen: dict[str, str] = {}
    for column in made.columns.values():
        for alias in {a.casefold() for a in (column.name, *column.aliases) if a.upper() not in GENERIC}:
            assert alias not in seen, f"{alias}: {seen.get(alias)} and {column.name}"
            seen[alias] = column.name
        generic = [a.upper() in GENERIC for a in column.aliases]
        assert generic == sorted(generic), f"{column.name}: a generic name stands before a specific one"


@pytest.mark.parametrize("name", NAMES)
def test_a_built_in_file_names_no_city_and_no_colour(name: str) -> None:
    table = tomllib.loads((content_root() / "layers" / f"{name}.toml").read_text(encoding="utf-8"))
    assert set(table) <= {"title", "geometry", "secrecy", "control", "coverage", "columns", "codes", "osm", "groups"}


def test_control_lines_are_marked() -> None:
    """Every line of the rulebook is a control line, but for the two land-use layers, which are maps of everything."""
    rulebook = content_root() / "layers" / "controls.csv"
    with rulebook.open(encoding="utf-8-sig", newline="") as file:
        named = {row["layer"] for row in csv.DictReader(file)}
    marked = {name for name in NAMES if CATALOGUE.layer(name).control}
    assert marked >= named - {"land_use_current", "land_use_plan"}
    assert {"eco_redline", "permanent_farmland", "growth_boundary", "nature_reserves", "rivers_lakes"} <= marked
    assert not {"land_use_current", "land_use_plan", "residential", "parks"} & marked


def test_the_digits_of_the_classifications_are_the_published_ones() -> None:
    land = CATALOGUE.layer("land_use_current").schemes
    assert land["三调"]["rural_residential"] == ("0702",)
    assert land["三调"]["commercial"] == ("05H1",)
    assert land["三调"]["salt_pan"] == ("0603",)
    assert land["用地用海2023"]["community_services"] == ("0702", "0704")
    assert land["用地用海2023"]["salt_pan"] == ("1003",)
    assert land["用地用海2023"]["reserved"] == ("16",)
    parks = CATALOGUE.layer("parks").schemes
    assert parks["CJJ85-2017"]["square"] == parks["CJJ85-2002"]["buffer_green"] == ("G3",)
    wet = CATALOGUE.layer("wetlands").schemes["三调"]
    natural = (
        "mangrove",
        "forest_swamp",
        "shrub_swamp",
        "swamp_meadow",
        "salt_pan",
        "coastal_flat",
        "inland_flat",
        "marsh",
    )
    assert [wet[n][0] for n in natural] == ["0303", "0304", "0306", "0402", "0603", "1105", "1106", "1108"]


def test_groups_hold_classes_of_the_layer_and_no_others() -> None:
    codes = {"column": "name", "words": {"marsh": ["沼泽"], "pond": ["坑塘"]}}
    assert spec(codes=codes, groups={"natural": ["marsh"]}).groups == {"natural": ("marsh",)}
    with pytest.raises(DefinitionError, match=r"groups\.natural"):
        spec(codes=codes, groups={"natural": ["fen"]})


def test_natural_wetlands_are_those_of_the_contract() -> None:
    spec = CATALOGUE.layer("wetlands")
    made = {"salt_pan", "reservoir", "pond", "aquaculture", "ditch"}
    assert set(spec.groups["natural"]) == set(spec.classes) - made

"""Files in maps/: what they may say, and what is said when they say something else."""

import copy
import tomllib
from typing import Any

import pytest

from geoplan.catalogue import content_root
from geoplan.draw.look import Look, Looks, PageLook
from geoplan.draw.theme import Theme
from geoplan.errors import DefinitionError, UnknownName
from geoplan.words import LANGUAGES

MAPS = content_root() / "maps"
TABLES: dict[str, dict[str, Any]] = {
    p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted(MAPS.glob("*.toml"))
}
SHEETS = [name for name in TABLES if name not in {"theme", "page"}]


def reach(**changes: Any) -> dict[str, dict[str, Any]]:
    tables = copy.deepcopy(TABLES)
    tables["reach"].update(changes)
    return tables


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_built_in_sheet_is_understood(sheet: str) -> None:
    looks = Looks.of(TABLES, sheet)
    assert looks.sheet.kind == sheet
    assert set(looks.sheet.title) == set(LANGUAGES)


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_file_stands_in_the_read_me(sheet: str) -> None:
    assert f"`{sheet}.toml`" in (MAPS / "README.md").read_text(encoding="utf-8")


def test_every_base_layer_has_a_paint() -> None:
    page = Looks.of(TABLES, "reach").page
    assert set(page.base) <= set(page.ground)


def test_an_unknown_key_names_the_file_and_the_nearest_word() -> None:
    with pytest.raises(DefinitionError) as error:
        Looks.of(reach(zones={"rmap": "slate"}), "reach")
    assert str(error.value) == "maps/reach.toml: unknown key 'zones.rmap'; did you mean 'ramp'?"
    assert "ramp" in error.value.say("zh")


def test_a_key_deep_in_a_class_is_named_by_its_path() -> None:
    tables = reach()
    tables["reach"]["layers"][0]["classes"]["reached"]["hach"] = "dots"
    with pytest.raises(DefinitionError, match=r"layers\[0\].classes.reached.hach.*hatch"):
        Looks.of(tables, "reach")


def test_a_colour_the_theme_does_not_have_is_refused_with_the_nearest() -> None:
    tables = reach()
    tables["reach"]["layers"][0]["classes"]["reached"]["fill"] = "reachd"
    with pytest.raises(UnknownName, match=r"no colour 'reachd'; did you mean 'reached'\?"):
        Looks.of(tables, "reach")


def test_a_ramp_the_theme_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownName, match=r"no ramp 'slat'; did you mean 'slate'\?"):
        Looks.of(reach(zones={"ramp": "slat"}), "reach")


def test_a_kind_of_sheet_nobody_wrote_is_refused() -> None:
    with pytest.raises(UnknownName, match=r"did you mean 'reach'\?"):
        Looks.of(TABLES, "raech")


@pytest.mark.parametrize("missing", ["title", "zones"])
def test_a_missing_key_is_named(missing: str) -> None:
    table = {k: v for k, v in TABLES["reach"].items() if k != missing}
    with pytest.raises(DefinitionError, match=f"'{missing}' is missing"):
        Look.from_toml("reach", table, Theme.from_toml(TABLES["theme"]))


@pytest.mark.parametrize(
    ("zones", "said"),
    [
        ({"ramp": "slate", "breaks": "given"}, "zones.at"),
        ({"ramp": "slate", "at": [1, 2]}, "zones.at"),
        ({"ramp": "slate", "breaks": "jenks"}, "even, quantile, given"),
        ({"ramp": "slate", "count": "five"}, "zones.count"),
        ({"ramp": "slate", "count": -1}, "zones.count"),
        ({"ramp": "slate", "shown": 1}, "true . false"),
        ("slate", "zones"),
    ],
)
def test_a_value_of_another_kind_is_refused(zones: Any, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        Looks.of(reach(zones=zones), "reach")


def test_a_title_in_one_language_is_refused() -> None:
    with pytest.raises(DefinitionError, match="Chinese and English"):
        Looks.of(reach(title={"zh": "图"}), "reach")


def test_a_length_without_a_unit_is_refused() -> None:
    tables = reach()
    tables["page"]["public"]["grid"] = 10
    with pytest.raises(DefinitionError, match=r"public.grid"):
        Looks.of(tables, "reach")


def test_a_theme_must_name_every_ink() -> None:
    table = copy.deepcopy(TABLES["theme"])
    del table["inks"]["muted"]
    with pytest.raises(DefinitionError, match=r"'inks.muted' is missing"):
        Theme.from_toml(table)


def test_a_dash_is_a_row_of_numbers() -> None:
    table = copy.deepcopy(TABLES["page"])
    table["frame"]["zones"]["dash"] = "6,4"
    with pytest.raises(DefinitionError, match=r"frame.zones.dash"):
        PageLook.from_toml(table, Theme.from_toml(TABLES["theme"]))


def test_a_colour_may_be_written_out() -> None:
    tables = reach()
    tables["reach"]["layers"][0]["classes"]["reached"]["fill"] = "#ABCDEF"
    assert Looks.of(tables, "reach").sheet.layers[0].classes["reached"].paint.fill == "#abcdef"

"""Colours: what is said of them is right, and the built-in ones can be told apart by everybody."""

import ast
import re
import tomllib
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from geoplan.catalogue import content_root
from geoplan.draw import palette
from geoplan.draw.look import Look, PageLook
from geoplan.draw.theme import Paint, Theme
from geoplan.errors import DefinitionError

MAPS = content_root() / "maps"
TABLES: dict[str, dict[str, Any]] = {
    p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted(MAPS.glob("*.toml"))
}
THEME = Theme.from_toml(TABLES["theme"])
SHEETS = [name for name in TABLES if name not in {"theme", "page"}]
APART = 10.0
"""Distance under which two samples of a legend are mistaken for one another."""


def test_contrast_is_that_of_the_accessibility_guidelines() -> None:
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert palette.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    assert palette.contrast("#ff0000", "#ffffff") == pytest.approx(4.0, abs=0.01)


def test_distance_is_symmetric_and_nothing_for_the_same() -> None:
    assert palette.distance("#d55e00", "#009e73") == palette.distance("#009e73", "#d55e00") > 20
    assert palette.distance("#123456", "#123456") == 0


def test_red_and_green_of_one_lightness_are_mistaken_by_deuteranopes_only() -> None:
    red, green = "#c8503c", "#5f8a1e"
    assert palette.separation([red, green]) > 2 * palette.separation([red, green], "deuteranopia")


def test_greys_look_grey_to_everybody() -> None:
    for vision in palette.VISIONS:
        seen = palette.rgb(palette.seen_by("#808080", vision))
        assert max(seen) - min(seen) < 0.02


@pytest.mark.parametrize("wrong", ["", "red", "#12345", "#12345g", "123456"])
def test_a_colour_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(DefinitionError, match="is not a colour"):
        palette.rgb(wrong)


def test_a_ramp_ends_where_it_says_and_steps_evenly() -> None:
    colours = palette.ramp(["#ffffff", "#08306b"], 6)
    steps = [palette.distance(a, b) for a, b in pairwise(colours)]
    assert colours[0] == "#ffffff"
    assert colours[-1] == "#08306b"
    assert max(steps) / min(steps) < 1.05


@pytest.mark.parametrize("ink", ["ink", "muted", "accent", "notice", "warning"])
@pytest.mark.parametrize("ground", ["paper", "panel", "ground"])
def test_every_ink_reads_on_every_ground(ink: str, ground: str) -> None:
    assert palette.contrast(THEME.inks[ink], THEME.inks[ground]) >= 4.5


@pytest.mark.parametrize("name", [n for n in THEME.ramps if n != "balance"])
@pytest.mark.parametrize("vision", palette.VISIONS)
def test_a_ramp_gets_darker_step_by_step_for_every_reader(name: str, vision: str) -> None:
    seen = [palette.seen_by(c, vision) for c in palette.ramp(THEME.ramps[name], 5)]
    light = [palette.contrast(c, "#000000") for c in seen]
    assert light == sorted(light, reverse=True)
    assert min(palette.distance(a, b) for a, b in pairwise(seen)) > 5


def _marks(paint: Paint) -> tuple[object, ...]:
    """What tells a paint from another without its colour."""
    return paint.hatch, paint.dash, bool(paint.fill), paint.shape if paint.fill else ""


@pytest.mark.parametrize("sheet", SHEETS)
def test_classes_of_a_sheet_are_told_apart_by_every_reader_and_on_a_grey_print(sheet: str) -> None:
    for layer in Look.from_toml(sheet, TABLES[sheet], THEME).layers:
        for (one, a), (other, b) in combinations(layer.classes.items(), 2):
            for vision in palette.VISIONS:
                apart = palette.distance(*(palette.seen_by(p.paint.fill or p.paint.line, vision) for p in (a, b)))
                assert apart >= APART or _marks(a.paint) != _marks(b.paint), (sheet, one, other, vision)


@pytest.mark.parametrize("sheet", SHEETS)
def test_what_is_met_and_what_is_not_differ_by_more_than_colour(sheet: str) -> None:
    for layer in Look.from_toml(sheet, TABLES[sheet], THEME).layers:
        met = [c.paint for c in layer.classes.values() if not c.unmet]
        unmet = [c.paint for c in layer.classes.values() if c.unmet]
        assert all(_marks(a) != _marks(b) for a in met for b in unmet)


@pytest.mark.parametrize("sheet", SHEETS)
def test_outlines_and_lines_survive_a_black_and_white_printer(sheet: str) -> None:
    for layer in Look.from_toml(sheet, TABLES[sheet], THEME).layers:
        for name, one in layer.classes.items():
            if one.paint.line:
                assert palette.contrast(palette.seen_by(one.paint.line, "print"), THEME.inks["paper"]) >= 2.2, (
                    sheet,
                    name,
                )


def test_the_ground_stays_lighter_than_what_is_drawn_on_it() -> None:
    page = PageLook.from_toml(TABLES["page"], THEME)
    for name, ground in page.ground.items():
        for colour in filter(None, (ground.paint.fill, ground.paint.line)):
            assert palette.contrast(colour, THEME.inks["paper"]) < 2.2, name


def test_the_engine_names_no_colour() -> None:
    # a colour in the code would be one a planner cannot change; docstrings show examples
    folder = Path(palette.__file__).parent
    for file in sorted(folder.glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        told = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}
        named = [
            node.value for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
            and re.search(r"#[0-9a-fA-F]{6}\b", node.value)
        ]  # fmt: skip
        assert named == [], file.name

"""The still picture of a sheet: whole, small, and as safe as the page around it."""

import itertools
import random
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from geoplan.draw.look import Looks
from geoplan.draw.maps import make_sheet
from geoplan.draw.picture import WIDTH, legends, picture, steps
from geoplan.draw.sheet import Sheet
from geoplan.draw.swatch import Patterns
from geoplan.result import Results

LOOKS = {
    p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in (Path(__file__).parents[2] / "maps").glob("*.toml")
}
HOUSE = Looks.of(LOOKS, "reach")


@pytest.fixture(name="sheet")
def _sheet(results: Results) -> Sheet:
    return make_sheet(results["service_500m"], results, HOUSE)


def drawn(sheet: Sheet) -> ET.Element:
    return ET.fromstring(picture(sheet, Patterns(), HOUSE.theme))  # noqa: S314  (our own text, seconds old)


def test_it_is_well_formed_and_holds_the_place(sheet: Sheet) -> None:
    root = drawn(sheet)
    _, _, wide, high = map(float, root.attrib["viewBox"].split())
    assert wide == WIDTH
    numbers = [
        float(n)
        for p in root.iter("path")
        for n in re.findall(r"-?\d+(?:\.\d+)?", re.sub(r"a[^a]*Z", "", p.attrib["d"]))
    ]
    assert min(numbers) > -20
    assert max(numbers) < max(wide, high) + 20


def test_the_shape_of_the_place_is_kept(sheet: Sheet) -> None:
    """2000 m by 1200 m: five to three."""
    boundary = next(p for p in drawn(sheet).iter("path") if p.attrib.get("stroke-dasharray", "").startswith("9"))
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", boundary.attrib["d"])]
    wide, high = max(numbers[::2]) - min(numbers[::2]), max(numbers[1::2]) - min(numbers[1::2])
    assert wide / high == pytest.approx(5 / 3, rel=0.01)


def test_a_scale_bar_is_as_long_as_it_says(sheet: Sheet) -> None:
    root = drawn(sheet)
    group = next(g for g in root.iter("g") if g.attrib.get("class") == "scale")
    bar, text = group.find("path"), group.find("text")
    assert bar is not None
    assert text is not None
    long = float(re.findall(r"h([\d.]+)", bar.attrib["d"])[0])
    boundary = next(p for p in root.iter("path") if p.attrib.get("stroke-dasharray", "").startswith("9"))
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", boundary.attrib["d"])]
    metres = 2000 / (max(numbers[::2]) - min(numbers[::2])) * long
    assert metres == pytest.approx(float((text.text or "").split()[0]), rel=0.02)


def test_of_the_levels_of_zones_only_the_first_is_drawn(sheet: Sheet) -> None:
    names = " ".join("".join(t.itertext()) for t in drawn(sheet).iter("text"))
    assert "西区" in names
    assert "南社区" not in names


def test_the_legend_explains_what_is_seen_and_nothing_else(sheet: Sheet) -> None:
    filled = legends(replace(sheet, filled=True))
    bare = legends(replace(sheet, filled=False))
    assert any(one.overlay == "zones-districts" for one in filled)
    assert not any(one.overlay.startswith("zones-") for one in bare)
    assert not any(one.overlay == "zones-communities" for one in filled)


def test_a_name_with_markup_is_text(sheet: Sheet) -> None:
    overlays = tuple(
        replace(o, labels=tuple(replace(label, name="<script>1</script>") for label in o.labels))
        for o in sheet.overlays
    )
    text = picture(replace(sheet, overlays=overlays, title='"><script>2</script>'), Patterns(), HOUSE.theme)
    assert "<script>" not in text


def test_the_same_sheet_is_the_same_picture(results: Results, sheet: Sheet) -> None:
    again = make_sheet(results["service_500m"], results, HOUSE)
    assert picture(sheet, Patterns(), HOUSE.theme) == picture(again, Patterns(), HOUSE.theme)


def test_a_page_holds_once_what_several_of_its_pictures_show(sheet: Sheet) -> None:
    patterns, stock = Patterns(), dict[str, str]()
    alone = picture(sheet, Patterns(), HOUSE.theme)
    first = picture(sheet, patterns, HOUSE.theme, stock)
    held = dict(stock)
    assert picture(sheet, patterns, HOUSE.theme, stock) == first
    assert stock == held
    used = set(re.findall(r'<use href="#([^"]+)"', first))
    assert used == set(stock)
    assert len(first) < len(alone)


def test_a_path_in_steps_is_the_path_in_corners() -> None:
    rng = random.Random(5)
    for closed in (False, True):
        points = [(rng.randrange(-900, 9000) / 10, rng.randrange(4300) / 10) for _ in range(200)]
        points += points[:1] if closed else []
        text = steps(points, closed=closed)
        numbers = [round(10 * float(n)) for n in re.findall(r"-?(?:\d+\.\d+|\.\d+|\d+)", text)]
        east, north = (list(itertools.accumulate(numbers[start::2])) for start in (0, 1))
        found = [(x / 10, y / 10) for x, y in zip(east, north, strict=True)]
        assert found == (points[:-1] if closed else points)
        assert text.endswith("z") is closed

"""Map pages in a real browser with the network off: nothing is asked for, nothing complains, everything is there."""

import copy
import math
import re
import shutil
import tomllib
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from geoplan.catalogue import content_root
from geoplan.draw.maps import audience_of, write_map
from geoplan.result import Results
from geoplan.words import Language

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed"),
]

TABLES: dict[str, dict[str, Any]] = {
    p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in (content_root() / "maps").glob("*.toml")
}
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[BrowserContext]":
    from playwright.sync_api import sync_playwright

    profile = tmp_path_factory.mktemp("profile")
    with sync_playwright() as p:
        context = p.chromium.launch_persistent_context(
            profile,
            executable_path=shutil.which("chromium"),
            args=FLAGS,
            offline=True,
            viewport={"width": 1440, "height": 900},
        )
        yield context
        context.close()


@pytest.fixture
def show(browser: "BrowserContext", results: Results, tmp_path: Path) -> Iterator[Open]:
    """Opens a map of the small town; afterwards nothing may have been asked for or complained about."""
    page = browser.new_page()
    said: list[str] = []
    asked: list[str] = []
    pages: list[str] = []
    page.on("console", lambda m: said.append(m.text))
    page.on("pageerror", lambda e: said.append(str(e)))
    page.on("request", lambda r: asked.append(r.url))

    def opened(
        name: str, run: Results = results, tables: dict[str, Any] = TABLES, audience: Any = "internal"
    ) -> "Page":
        file = tmp_path / f"{name}.html"
        file.write_text(write_map(run[name], run, tables, audience_of(tables, audience)), encoding="utf-8")
        pages.append(file.as_uri())
        page.goto(file.as_uri())
        page.wait_for_selector("html.ready")
        return page

    yield opened
    page.close()
    assert said == []
    assert [url for url in asked if url != "data:,"] == pages


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "name", ["service_500m", "green_coverage", "natural_shoreline", "park_per_capita", "tod_catchment", "transit_800m"]
)
def test_every_map_opens_without_a_request_or_a_complaint(
    show: Open, small: Callable[[Language], Results], language: Language, name: str
) -> None:
    page = show(name, small(language))
    assert page.locator("h1").inner_text()
    assert page.locator(".legend .keys li").count() >= 3
    assert page.locator(".leaflet-overlay-pane path").count() > 0


def test_legend_and_parcels_are_there(show: Open) -> None:
    page = show("service_500m")
    assert page.locator(".legend .keys").first.inner_text().split("\n") == [
        "覆盖", "3个", "待核（路网未接通或资料不全）", "1个", "未覆盖", "2个",
    ]  # fmt: skip
    parcels = page.locator("path[aria-label*='判断']")
    assert parcels.count() == 6
    fills = {parcels.nth(i).get_attribute("fill") for i in range(6)}
    assert len(fills) == 3
    assert sum((f or "").startswith("url(#hatch-") for f in fills) == 2
    boxes = [parcels.nth(i).bounding_box() for i in range(6)]
    assert all(box is not None and box["width"] > 20 and box["height"] > 20 for box in boxes)


def _bytes_of_picture(page: "Page", clip: dict[str, float]) -> int:
    """How many different bytes a part of the page holds as a picture; one flat colour holds a handful."""
    png = page.screenshot(clip=clip)
    chunks, at = [], 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            chunks.append(png[at + 8 : at + 8 + size])
        at += size + 12
    return len(set(zlib.decompress(b"".join(chunks))))


@pytest.mark.parametrize("crisp", [0, 3000])
def test_the_picture_is_not_blank_as_vectors_or_as_an_image(show: Open, crisp: int) -> None:
    tables = copy.deepcopy(TABLES)
    tables["page"]["crisp"] = crisp
    page = show("service_500m", tables=tables)
    assert page.evaluate("geoplan.map.options.preferCanvas") is (crisp == 0)
    assert page.locator(".leaflet-overlay-pane canvas").count() == (1 if crisp == 0 else 0)
    assert _bytes_of_picture(page, {"x": 80, "y": 200, "width": 800, "height": 500}) > 50


def test_a_parcel_says_what_is_known_of_it_when_pointed_at(show: Open) -> None:
    page = show("service_500m")
    page.locator("path[aria-label*='五号院']").hover()
    assert page.locator(".leaflet-tooltip dl").inner_text().split("\n") == [
        "名称", "五号院", "判断", "未覆盖", "最近距离", "1,200 米", "常住人口", "500 人",
    ]  # fmt: skip


def test_a_parcel_is_reached_with_the_keyboard_and_reads_itself_out(show: Open) -> None:
    page = show("service_500m")
    parcel = page.locator("path[aria-label*='五号院']")
    parcel.focus()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == parcel.get_attribute("aria-label")
    assert page.locator(".leaflet-tooltip").count() == 1


def test_a_hostile_name_is_shown_as_text_and_does_nothing(show: Open) -> None:
    # p4 is called =HYPERLINK("http://evil","x")<script>alert('p4')</script>
    page = show("service_500m")
    page.locator("path[aria-label*='HYPERLINK']").hover()
    assert "<script>alert('p4')</script>" in page.locator(".leaflet-tooltip dd").first.inner_text()
    page.locator("path[aria-label*='HYPERLINK']").click()
    assert page.locator(".leaflet-popup script").count() == 0


@pytest.mark.parametrize("attack", range(7))
def test_no_text_of_a_stranger_runs(show: Open, results: Results, attack: int) -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location("pages", Path(__file__).with_name("test_folium_map.py"))
    assert spec is not None
    assert spec.loader is not None
    pages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pages)
    page = show("service_500m", pages.poisoned(results, pages.ATTACKS[attack]))
    page.locator("path[aria-label*='判断']").first.hover()
    page.locator("button[data-go='1']").click()
    assert page.evaluate("window.hurt") is None
    assert page.locator("h1").inner_text().split() == pages.ATTACKS[attack].split()


def test_a_switch_in_the_legend_hides_and_shows_its_layer(show: Open) -> None:
    page = show("service_500m")
    box = page.locator("input[data-overlay='evidence-demand']")
    box.uncheck()
    assert page.locator("path[aria-label*='判断']").count() == 0
    assert page.locator(".badge").count() == 0
    box.check()
    assert page.locator("path[aria-label*='判断']").count() == 6
    # back in its place: above the zones
    order = page.evaluate(
        "[...document.querySelectorAll('.leaflet-overlay-pane path')].map(p => p.getAttribute('aria-label') || '')"
    )
    assert max(i for i, label in enumerate(order) if "数值/%" in label) < min(
        i for i, label in enumerate(order) if "判断" in label
    )


def test_one_level_of_zones_is_seen_with_its_own_legend_and_table(show: Open) -> None:
    page = show("green_coverage")
    assert page.locator("section.figures tbody").locator("visible=true").inner_text().startswith("西区")
    page.check("input[value='zones-communities']")
    assert page.locator("section.figures tbody").locator("visible=true").inner_text().startswith("南社区")
    assert page.locator(".legend [data-level]").locator("visible=true").locator("h3").inner_text() == "社区（%）"
    page.uncheck("#fill")
    assert page.locator(".legend [data-level]").locator("visible=true").count() == 0
    assert page.locator("path[aria-label*='南社区']").get_attribute("fill-opacity") == "0"


def test_a_numbered_parcel_is_found_from_the_list(show: Open) -> None:
    page = show("service_500m")
    page.locator("button[data-go='2']").click()
    assert "751 米" in page.locator(".leaflet-popup").inner_text()
    assert page.locator("#inset").is_visible()


@pytest.mark.parametrize("zoom", [12, 14.5, 17])
def test_the_scale_bar_is_right_at_every_zoom(show: Open, zoom: float) -> None:
    from pyproj import Geod

    page = show("service_500m")
    page.evaluate(f"geoplan.map.setZoom({zoom}, {{animate: false}})")
    pixels = float(page.locator("#scale-bar").get_attribute("width") or 0) - 2
    number, unit = page.locator("#scale-length").inner_text().split()
    metres = float(number) * (1000 if unit == "公里" else 1)
    a, b = page.evaluate(
        f"(() => {{ const m = geoplan.map, c = m.latLngToContainerPoint(m.getCenter());"
        f" return [0, {pixels}].map(x => m.containerPointToLatLng(c.add([x, 0]))).map(p => [p.lng, p.lat]); }})()"
    )
    truth = Geod(ellps="GRS80").inv(*a, *b)[2]
    assert truth == pytest.approx(metres, rel=2e-3)
    ratio = int(re.sub(r"\D", "", page.locator("#scale-ratio").inner_text().removeprefix("1:")))
    assert ratio == pytest.approx(metres / pixels / (0.0254 / 96), rel=6e-3)


def test_a_phone_shows_map_and_words_one_above_the_other(show: Open) -> None:
    page = show("service_500m")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(100)
    words, picture = (page.locator(name).bounding_box() for name in ("aside", "main"))
    assert words is not None
    assert picture is not None
    assert picture["y"] + picture["height"] <= words["y"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.parametrize(("size", "width"), [("a4", 297), ("a3", 420)])
def test_a_print_has_one_of_the_fixed_scales_and_loses_nothing(
    show: Open, tmp_path: Path, size: str, width: float
) -> None:
    page = show("service_500m")
    parts = page.locator("aside section").count()
    page.evaluate(f"geoplan.print('{size}')")
    ratio = int(re.sub(r"\D", "", page.locator("#scale-ratio").inner_text().removeprefix("1:")))
    assert ratio in TABLES["page"]["scales"]
    assert page.locator("aside section").count() == parts
    first = page.locator("aside .first")
    assert first.evaluate("e => e.scrollHeight <= e.clientHeight + 1")
    assert page.locator("aside .foot").inner_text().startswith("资料来源")
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert {round(float(w) / 72 * 25.4) for w, _ in boxes} == {width}
    assert math.isclose(float(boxes[0][0]) / float(boxes[0][1]), math.sqrt(2), rel_tol=0.01)
    page.evaluate("geoplan.printed()")
    assert page.evaluate("document.documentElement.className") == "ready"
    assert [s.evaluate("e => e.dataset.place") for s in page.locator("aside .first section").all()] == [
        str(i) for i in range(parts)
    ]


def test_the_public_page_does_not_follow_the_pointer(show: Open) -> None:
    page = show("service_500m")
    page.mouse.move(500, 400)
    assert "°E" in page.locator("#pointer").inner_text()
    page = show("service_500m", audience="public")
    page.mouse.move(505, 405)
    assert page.locator("#pointer").count() == 0

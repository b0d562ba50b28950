"""The map of a batch in a real browser without a network: from a row to its site, and from a site to its row."""

import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from geoplan.draw.look import Looks
from geoplan.draw.site_shapes import control_frames
from geoplan.draw.site_sheet import site_map
from geoplan.draw.site_view import View
from geoplan.layer import Layer
from geoplan.sites.finding import SiteReport

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed"),
]
ROOT = Path(__file__).parents[3]
TABLES = {p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in (ROOT / "maps").glob("*.toml")}
Open = Callable[[SiteReport], "Page"]


@pytest.fixture
def show(tmp_path: Path, controls: dict[str, Layer]) -> Iterator[Open]:
    """Opens the map of a report; afterwards nothing may have been asked for or complained about."""
    from playwright.sync_api import sync_playwright

    said: list[str] = []
    asked: list[str] = []
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(offline=True, viewport={"width": 1440, "height": 900}).new_page()
        page.on("console", lambda m: said.append(m.text))
        page.on("pageerror", lambda e: said.append(str(e)))
        page.on("request", lambda r: asked.append(r.url))

        def opened(report: SiteReport) -> "Page":
            frames = control_frames(controls, report.place.crs)
            file = tmp_path / "map.html"
            named = {site.receipt: f"projects/{site.receipt}.docx" for site in report.register.sites}
            text = site_map(View.of(report), Looks.of(TABLES, "site_check"), frames, documents=named)
            file.write_text(text, encoding="utf-8")
            page.goto(file.as_uri())
            page.wait_for_selector("html.ready")
            return page

        yield opened
        browser.close()
    assert said == []
    assert len([url for url in asked if url != "data:,"]) == 1


def chosen(page: "Page") -> list[str]:
    return page.locator("#roster tr.chosen td:first-child").all_inner_texts()


def click(page: "Page", east: float, north: float) -> None:
    """Click the map where that place is (metres from the corner of the town)."""
    from pyproj import Transformer

    x, y = Transformer.from_crs(4548, 4326, always_xy=True).transform(500_000 + east, 4_330_000 + north)
    spot = page.evaluate("([x, y]) => geoplan.map.latLngToContainerPoint([y, x])", [x, y])
    frame = page.locator(".folium-map").bounding_box()
    assert frame is not None
    page.mouse.click(frame["x"] + spot["x"], frame["y"] + spot["y"])


def test_a_row_leads_to_its_site(show: Open, report: SiteReport) -> None:
    page = show(report)
    page.locator("#roster tbody tr", has_text="S-2").locator("button").click()
    assert chosen(page) == ["S-2"]
    centre = page.evaluate("geoplan.map.getCenter()")
    box = page.evaluate(
        "(() => { const b = geoplan.overlays.sites.group.getLayers()[2].getBounds(); return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]; })()"
    )
    assert box[0] <= centre["lng"] <= box[2]
    assert box[1] <= centre["lat"] <= box[3]


def test_a_site_leads_back_to_its_row_through_whatever_lies_on_it(show: Open, report: SiteReport) -> None:
    page = show(report)
    click(page, 650, 650)
    assert chosen(page) == ["S-2"]
    click(page, 150, 350)
    assert chosen(page) == ["S-1"]
    click(page, 2000, 150)
    assert chosen(page) == ["S-4"]


def test_a_hole_is_no_part_of_its_site(show: Open, report: SiteReport) -> None:
    page = show(report)
    click(page, 650, 650)
    click(page, 210, 450)
    assert chosen(page) == ["S-2"]


def test_rows_are_sifted_by_word_and_name(show: Open, report: SiteReport) -> None:
    page = show(report)
    page.select_option("#roster-only", label="原则禁止")
    assert page.locator("#roster tbody tr:visible").count() == 1
    page.select_option("#roster-only", "")
    page.fill("#roster-find", "仓库")
    assert page.locator("#roster tbody tr:visible td:nth-child(2)").all_inner_texts() == ["港区仓库"]
    page.fill("#roster-find", "nowhere")
    assert page.locator("#roster-none").is_visible()
    assert page.locator("#roster-count").inner_text() == "0个项目"


def test_documents_are_a_link_away(show: Open, report: SiteReport) -> None:
    page = show(report)
    links = page.locator("#roster td a")
    assert [a.get_attribute("href") for a in links.all()] == [f"projects/S-{n}.docx" for n in (1, 2, 3, 4)]


def test_the_edge_of_what_was_cut_is_not_drawn_as_a_line(show: Open, report: SiteReport) -> None:
    page = show(report)
    # the growth boundary goes on beyond what is near the sites: its ground has no line, its line follows only itself
    lines = page.evaluate(
        "geoplan.overlays.controls.group.getLayers().filter(l => !(l instanceof L.Polygon)).flatMap(l => l.getLatLngs().flat().map(p => [p.lng, p.lat]))"
    )
    from pyproj import Transformer

    back = Transformer.from_crs(4326, 4548, always_xy=True)
    for x, y in (back.transform(*p) for p in lines):
        east, north = x - 500_000, y - 4_330_000
        on_edge = (
            min(abs(east - e) for e in (0, 1000, 1200, 1400, 2000)) < 0.5
            or min(abs(north - n) for n in (0, 400, 700, 1200)) < 0.5
        )
        assert on_edge


def test_a_print_keeps_the_table(show: Open, report: SiteReport) -> None:
    page = show(report)
    page.evaluate("geoplan.print('a4')")
    assert page.locator("#roster tbody tr:visible").count() == 4
    page.evaluate("geoplan.printed()")
    assert page.evaluate("document.documentElement.className") == "ready"

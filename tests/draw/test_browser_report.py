"""The report in a real browser without a network: nothing is asked for, nothing fails, everything is seen."""

import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from geoplan import draw
from geoplan.result import Results
from geoplan.words import Language

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


@pytest.fixture(name="browser", scope="module")
def _browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as play:
        profile = tmp_path_factory.mktemp("profile")
        context = play.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            headless=True,
            args=FLAGS,
            offline=True,
            viewport={"width": 1200, "height": 900},
        )
        yield context
        context.close()


@pytest.fixture(name="opened", scope="module", params=["zh", "en"])
def _opened(
    request: pytest.FixtureRequest,
    browser: Any,
    tmp_path_factory: pytest.TempPathFactory,
    small_module: Callable[[Language], Results],
) -> Iterator[tuple[Any, list[str], list[str]]]:
    looks = {p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted((ROOT / "maps").glob("*.toml"))}
    index = draw.write(small_module(request.param), tmp_path_factory.mktemp("成果") / "out", looks=looks)
    page, asked, said = browser.new_page(), [], []
    page.on("request", lambda r: asked.append(r.url))
    page.on("console", lambda m: said.append(m.text))
    page.on("pageerror", lambda e: said.append(str(e)))
    page.goto(index.as_uri())
    yield page, [url for url in asked if url != index.as_uri()], said
    page.close()


def test_no_request_leaves_the_page_and_nothing_is_complained_of(opened: tuple[Any, list[str], list[str]]) -> None:
    _, asked, said = opened
    assert asked == []
    assert said == []


def test_every_answer_has_its_headline_its_picture_and_its_tables(opened: tuple[Any, list[str], list[str]]) -> None:
    page, _, _ = opened
    assert page.locator("section.answer").count() == 8
    assert page.locator("section.answer .headline .value").count() == 8
    for picture in page.locator("svg.picture").all():
        box = picture.bounding_box()
        assert box is not None
        assert box["width"] > 600
        assert box["height"] > 200
    assert page.locator("#a-1 figure.table").count() >= 4


def test_parcels_are_painted(opened: tuple[Any, list[str], list[str]]) -> None:
    page, _, _ = opened
    fills = page.locator("#a-1 svg.picture path").evaluate_all("all => all.map(p => getComputedStyle(p).fill)")
    assert len({fill for fill in fills if fill != "none"}) >= 3


def test_nothing_is_wider_than_the_page(opened: tuple[Any, list[str], list[str]]) -> None:
    page, _, _ = opened
    for width in (1200, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1200, "height": 900})


def test_a_verdict_has_a_sign_beside_its_word(opened: tuple[Any, list[str], list[str]]) -> None:
    page, _, _ = opened
    for verdict in page.locator(".verdict").all():
        assert (verdict.locator("i").text_content() or "").strip()
        assert len((verdict.text_content() or "").strip()) > 1


def test_markup_in_a_name_is_shown_and_not_run(opened: tuple[Any, list[str], list[str]]) -> None:
    page, _, _ = opened
    assert page.locator("text=alert('p4')").count() > 0
    assert page.locator("script").count() == 0


def test_links_lead_to_the_maps(opened: tuple[Any, list[str], list[str]]) -> None:
    page, _, _ = opened
    link = page.locator("#a-1 figcaption a")
    link.click()
    page.wait_for_load_state()
    assert page.url.endswith("/maps/service_500m.html")
    page.go_back()


def test_it_prints_on_paper(opened: tuple[Any, list[str], list[str]], tmp_path: Path) -> None:
    page, _, _ = opened
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert printed.startswith(b"%PDF")
    assert 8 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 40


def test_the_page_is_not_blank(opened: tuple[Any, list[str], list[str]], browser: Any) -> None:
    page, _, _ = opened
    empty = browser.new_page()
    empty.goto("about:blank")
    # a picture of nothing packs into a few bytes
    assert len(page.screenshot()) > 10 * len(empty.screenshot())
    empty.close()

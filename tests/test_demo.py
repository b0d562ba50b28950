"""The demo city as a planner meets it: one command, then every page in a real browser with the network off."""

import json
import re
import shutil
import zlib
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

import geoplan
from geoplan.catalogue import Catalogue
from geoplan.cli import main
from geoplan.verdict import Word

pytestmark = pytest.mark.slow

BROWSER = pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def demo(built_demo):
    """The demo city, written and run, and how long that took: the work of its process, others may use the machine."""
    return built_demo


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        context = p.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"), executable_path=shutil.which("chromium"), args=FLAGS, offline=True,
            viewport={"width": 1280, "height": 800},
        )  # fmt: skip
        yield context
        context.close()


def _document(folder):
    return json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))


def _pages(folder):
    return [folder / "out" / "index.html", *sorted((folder / "out" / "maps").glob("*.html"))]


def test_the_demo_takes_less_than_fifty_seconds_and_answers_every_question(demo):
    folder, seconds = demo
    assert seconds < 50
    found = {r["analysis"]: r for r in _document(folder)["results"]}
    computed = {name: found[name] for name in Catalogue.for_study().names("analyses") if name in found}
    assert set(computed) == set(Catalogue.for_study().names("analyses"))
    assert geoplan.open_study(folder).analyses()[1] == {}
    answered = {name: r["status"] for name, r in computed.items() if r["status"] != "ok"}
    # a city without black and odorous water has nothing to answer for
    assert answered == {"black_water_removed": "not_applicable"}
    assert {p.name for p in (folder / "out").iterdir()} >= {
        "index.html", "maps", "scorecard.csv", "scorecard.xlsx", "results.json", "results.gpkg", "provenance.json",
    }  # fmt: skip


def test_the_readme_tells_the_number_the_demo_gives(demo):
    (found,) = [r for r in _document(demo[0])["results"] if r["analysis"] == "service_500m"]
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    (told,) = re.findall(r'results\["service_500m"\]\.value\s+# (\d+\.\d)…', text)
    assert str(found["value"]).startswith(told)


def test_the_demo_shows_every_verdict(demo):
    words = {t["verdict"] for r in _document(demo[0])["results"] for t in r["targets"]}
    assert words == set(get_args(Word))


def test_computed_targets_of_the_demo_vary(demo):
    names = set(Catalogue.for_study().names("analyses"))
    words = Counter(t["verdict"] for r in _document(demo[0])["results"] if r["analysis"] in names for t in r["targets"])
    assert min(words[w] for w in ("met", "missed", "not_due", "needs_review")) >= 10
    assert min(words[w] for w in ("on_track", "behind", "not_applicable")) >= 1


def test_reported_values_of_the_demo_stand_beside_computed_ones_with_their_source(demo):
    reported = [r for r in _document(demo[0])["results"] if r["kind"] in {"reported", "checklist"}]
    assert len(reported) > 60
    assert {r["status"] for r in reported} == {"ok", "no_data"}


def test_no_target_is_missed_before_its_year(demo):
    for result in _document(demo[0])["results"]:
        assert all(t["year"] <= 2025 for t in result["targets"] if t["verdict"] == "missed")


def test_every_page_says_the_city_is_invented(demo):
    for page in _pages(demo[0]):
        assert "演示数据，为虚构城市，不得引用" in page.read_text(encoding="utf-8"), page.name


def test_a_planner_may_change_the_demo_and_run_it_again(demo, tmp_path, capsys):
    before = _document(demo[0])["results"]
    folder = shutil.copytree(demo[0], tmp_path / "own", ignore=shutil.ignore_patterns("out"))
    with (folder / "study.toml").open("a", encoding="utf-8") as study:
        study.write('\n[parameters.service_500m]\ndistance = "300 m"\n')
    assert main(["run", str(folder), "--only", "service_500m", "-o", str(folder / "again"), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)["results"][0]["value"]
    assert again < next(r["value"] for r in before if r["analysis"] == "service_500m")


@BROWSER
@pytest.mark.browser
def test_every_page_opens_without_a_network_and_without_a_complaint(demo, browser):
    # one window for all of them: a new one takes a browser longer than a page
    page = browser.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for path in _pages(demo[0]):
        said.clear()
        asked.clear()
        page.goto(path.as_uri())
        page.wait_for_load_state("load")
        if path.parent.name == "maps":
            page.wait_for_selector("html.ready")
            assert page.locator(".legend, [class*=legend]").count() > 0, path.name
        assert said == [], path.name
        assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [path.as_uri()]
    page.close()


@BROWSER
@pytest.mark.browser
def test_parcels_stand_on_the_map_and_the_picture_is_not_blank(demo, browser):
    page = browser.new_page()
    page.goto((demo[0] / "out" / "maps" / "service_500m.html").as_uri())
    page.wait_for_selector("html.ready")
    assert page.locator(".leaflet-overlay-pane path, .leaflet-overlay-pane canvas").count() > 0
    assert re.search(r"覆盖\s*\d", page.inner_text("body"))
    assert _colours(page.screenshot()) > 20
    page.close()


def _colours(png: bytes) -> int:
    """How many different bytes of colour stand in a screenshot: a blank page has next to none."""
    data, at = b"", 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += 12 + size
    return len(set(zlib.decompress(data)))


def test_every_verdict_of_the_demo_is_traceable_to_its_document(demo):
    origin = json.loads((demo[0] / "out" / "provenance.json").read_text(encoding="utf-8"))
    assert all(len(layer["sha256"]) == 64 for layer in origin["layers"].values())
    for result in _document(demo[0])["results"]:
        assert all(t["source"] and t["locator"] for t in result["targets"])


def test_the_demo_is_never_written_over_a_folder_of_somebody_else(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    assert main(["demo", "-o", str(tmp_path)]) == 2
    assert [p.name for p in Path(tmp_path).iterdir()] == ["mine.txt"]

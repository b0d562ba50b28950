"""Map pages: one text that holds everything, asks for nothing, runs nobody else's script, and is always the same."""

import base64
import copy
import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from geoplan.catalogue import content_root
from geoplan.draw.maps import audience_of, write_map
from geoplan.result import Results

TABLES: dict[str, dict[str, Any]] = {
    p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in (content_root() / "maps").glob("*.toml")
}
NAMES = ("service_500m", "green_coverage", "natural_shoreline", "park_per_capita", "tod_catchment", "transit_800m")
ATTACKS = (
    "<script>window.hurt = 1</script>",
    "</script><script>window.hurt = 1</script>",
    '"><img src=x onerror="window.hurt = 1">',
    "<!-- <script>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:window.hurt=1",
    "\u2028 ' \" ` ${window.hurt = 1} \\",
)


class Tags(HTMLParser):
    """Every tag with its attributes, and the texts of scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[tuple[str, str]] = []
        self.inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  (the parser hands it over)
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in {"script", "style"}:
            self.inline.append((self.inside, data))


def page_of(results: Results, name: str, public: bool = False, **tables: Any) -> str:  # noqa: FBT001, FBT002  (a test's switch)
    looks = {**TABLES, **tables}
    audience = audience_of(looks, "public" if public else "internal")
    return write_map(results[name], results, looks, audience)


def data_of(html: str) -> list[dict[str, Any]]:
    return [json.loads(found) for found in re.findall(r"= geoplan\.overlay\((\{.*?\})\);\n", html)]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_for_nothing(results: Results, name: str) -> None:
    tags = Tags(page_of(results, name)).tags
    asked = {
        v for _, attrs in tags for k, v in attrs.items() if k in {"src", "href", "srcset", "action", "data", "poster"}
    }
    assert asked == {"data:,", "#panel", "../index.html"}
    assert not [t for t, _ in tags if t in {"iframe", "object", "embed", "form", "base", "img"}]


def test_styles_and_scripts_ask_for_nothing_either(results: Results) -> None:
    html = page_of(results, "service_500m")
    assert set(re.findall(r"url\(([^)]*)\)", html)) <= {
        "#hatch-0",
        "#hatch-1",
        "#hatch-2",
        "#hatch-${number}",
        "#default#VML",
    }
    assert "@import" not in html
    assert "sourceMappingURL" not in html


@pytest.mark.parametrize("name", NAMES)
def test_the_policy_allows_what_is_in_the_page_and_nothing_else(results: Results, name: str) -> None:
    tags = Tags(page_of(results, name))
    policy = next(
        a["content"] or "" for t, a in tags.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe" not in policy
    assert len(tags.inline) == 2
    for kind, text in tags.inline:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[f"{kind}-src"] == f"'sha256-{digest}'"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_the_page_needs_an_inline_handler_or_style(results: Results, name: str) -> None:
    # the policy would forbid both
    for tag, attrs in Tags(page_of(results, name)).tags:
        assert not [k for k in attrs if k.startswith("on") or k == "style"], tag


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_name_is_a_name_and_never_markup(results: Results, attack: str) -> None:
    hurt = poisoned(results, attack)
    clean, html = page_of(poisoned(results, "邻里中心"), "service_500m"), page_of(hurt, "service_500m")
    assert [t for t, _ in Tags(html).tags] == [t for t, _ in Tags(clean).tags]
    assert len(Tags(html).inline) == 2
    parcels = next(d for d in data_of(html) if d["id"] == "evidence-demand")
    assert attack in {f[3][0] for f in parcels["features"]}
    assert "<script>window.hurt" not in html


def poisoned(results: Results, attack: str) -> Results:
    """The same run with that text wherever a stranger's text can stand."""
    result = results["service_500m"]
    assert result.outcome is not None
    evidence = {n: f.assign(name=attack) for n, f in result.outcome.evidence.items()}
    outcome = replace(result.outcome, evidence=evidence)
    used = {
        r: tuple(replace(u, source=replace(u.source, provider=attack, document=attack)) for u in us)
        for r, us in result.used.items()
    }
    judged = tuple(replace(j, target=replace(j.target, source=attack, locator=attack)) for j in result.judged)
    analysis = replace(result.analysis, title={"zh": attack, "en": attack}, question={"zh": attack, "en": attack})
    changed = replace(result, analysis=analysis, outcome=outcome, used=used, judged=judged)
    zones = {n: replace(z, names=(attack,) * len(z.names)) for n, z in results.place.zones.items()}
    place = replace(results.place, name=attack, zones=zones)
    return replace(results, study=attack, stamp=attack, place=place, results=(changed, *results.results[1:]))


def test_the_same_run_gives_the_same_bytes(results: Results) -> None:
    assert page_of(results, "tod_catchment") == page_of(results, "tod_catchment")


def test_ids_are_numbers_in_order_and_not_drawn_at_random(results: Results) -> None:
    html = page_of(results, "service_500m")
    assert not re.findall(r"_[0-9a-f]{32}\b", html)
    numbers = [int(n) for n in re.findall(r"const overlay_(\d+) =", html)]
    assert numbers == sorted(numbers)
    assert len(numbers) == len(data_of(html))


@pytest.mark.slow
def test_another_process_with_another_hash_seed_gives_the_same_bytes() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import hashlib, conftest, test_folium_map as t\n"
        "r = conftest.small_results()\n"
        "print(hashlib.sha256(''.join(t.page_of(r, n) for n in t.NAMES).encode()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(content_root())},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


def test_features_come_as_steps_that_lead_back_to_the_place(results: Results) -> None:
    overlays = {d["id"]: d for d in data_of(page_of(results, "service_500m"))}
    assert list(overlays) == [
        "ground-walk_network", "zones-districts", "zones-communities", "ground-water", "boundary", "evidence-demand", "evidence-supply",
    ]  # fmt: skip
    west, south = overlays["boundary"]["features"][0][2][0][0][:2]
    assert (round(west / 1e6), round(south / 1e6)) == (117, 39)
    assert [len(overlays[i]["features"]) for i in ("evidence-demand", "evidence-supply")] == [6, 2]


def test_a_page_says_its_language(results: Results) -> None:
    html = page_of(results, "service_500m")
    assert '<html lang="zh-CN">' in html
    assert '<html lang="en">' in page_of(replace(results, language="en"), "service_500m")


def test_the_way_back_can_be_left_out(results: Results) -> None:
    html = write_map(results["service_500m"], results, TABLES, home="")
    assert "index.html" not in html


def test_everything_that_must_stand_on_a_map_stands_on_it(results: Results) -> None:
    html = page_of(results, "service_500m")
    for said in (
        "步行500米范围内有社区服务设施的居住区比例", "图1", "图例", "比例尺", "北", "高斯—克吕格投影", "中央子午线 117°", "编制单位", "编制日期",
        "2025年9月1日", "资料来源", "时点 2025年6月30日", "内部资料，注意保存", "统计", "未划入分区", "未达标，差50.00%", "椭球面", "位置示意",
    ):  # fmt: skip
        assert said in html, said


def test_the_public_page_holds_none_of_what_the_public_must_not_know(results: Results) -> None:
    html = page_of(results, "service_500m", public=True)
    for hidden in ("常住人口", ".gpkg", 'id="pointer"', "内部资料"):
        assert hidden not in html, hidden
    assert "未取得审图号，不得公开使用" in html
    assert "已概化至 10 米" in html


def test_the_public_grid_can_be_chosen(results: Results) -> None:
    audience = audience_of(TABLES, "public", grid=100.0, review_number="GS（2025）1号")
    html = write_map(results["service_500m"], results, TABLES, audience)
    assert "已概化至 100 米" in html
    assert "审图号：GS（2025）1号" in html


def test_many_features_are_drawn_on_a_canvas(results: Results) -> None:
    page = copy.deepcopy(TABLES["page"])
    page["crisp"] = 0
    assert '"preferCanvas": true' in page_of(results, "service_500m", page=page)
    assert '"preferCanvas": false' in page_of(results, "service_500m")


def test_a_page_is_small(results: Results) -> None:
    # Leaflet is 150 kB of it
    assert len(page_of(results, "service_500m").encode()) < 220_000

"""The documents: pages say what definitions say, the site builds and opens without a network, and its commands run."""

import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
GUIDES = ("install", "first_study", "formats", "site_check", "scorecard", "add_indicator")
CHROMIUM = shutil.which("chromium")
README = SimpleNamespace(**runpy.run_path(str(ROOT / "tests" / "test_readme.py")))


@pytest.fixture(name="generator", scope="module")
def _generator() -> Iterator[Any]:
    sys.path.insert(0, str(DOCS))
    try:
        from generator import markdown, methods, remarks, site, themes, words

        yield SimpleNamespace(
            markdown=markdown, methods=methods, remarks=remarks, site=site, themes=themes, words=words
        )
    finally:
        sys.path.remove(str(DOCS))


@pytest.fixture(name="built", scope="module")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("material")
    site = tmp_path_factory.mktemp("说明") / "site"
    build = [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return site


@pytest.mark.slow
def test_the_generated_pages_say_what_the_definitions_say(generator):
    drifted = generator.site.drifted(generator.site.pages())
    assert not drifted, f"run `python docs/generate.py`: {len(drifted)} files differ, {', '.join(drifted[:5])}"


def test_drift_is_what_differs_what_is_missing_and_what_is_left_over(generator, tmp_path, monkeypatch):
    monkeypatch.setattr(generator.site, "DOCS", tmp_path)
    made = {"analyses/a.md": "# a\n", "analyses/maps/a.svg": "<svg/>\n", "nav.yml": "nav:\n"}
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "own.md").write_text("written by hand")
    assert generator.site.drifted(made) == sorted(made)
    generator.site.write(made)
    assert generator.site.drifted(made) == []
    (tmp_path / "analyses" / "a.md").write_text("# b\n")
    (tmp_path / "analyses" / "gone.md").write_text("its definition was taken away")
    assert generator.site.drifted(made) == ["analyses/a.md", "analyses/gone.md"]
    generator.site.write(made)
    assert generator.site.drifted(made) == []
    assert (tmp_path / "guide" / "own.md").exists()


def test_a_cell_cannot_break_its_table(generator):
    cell = generator.markdown.cell
    assert cell("a|b\nc") == r"a\|b c"
    assert cell("<script>&*_`[]") == r"&lt;script&gt;&amp;\*\_\`\[\]"
    assert generator.markdown.code("a|b") == "<code>a&#124;b</code>"
    assert generator.markdown.table(("a", "b"), []) == ""


def test_a_part_that_says_nothing_has_no_heading(generator):
    assert generator.markdown.section("## 参数", "") == ""
    assert generator.markdown.section("## 参数", "", "text") == "## 参数\n\ntext"


def test_what_stands_behind_a_table_header_is_its_remark(generator, tmp_path):
    file = tmp_path / "x.toml"
    file.write_text(
        '# 第一行\n# 第二行\ntitle = "x"  # not this\n[columns.population]  # 空值为不详\n', encoding="utf-8"
    )
    assert generator.remarks.head(file) == "第一行\n第二行"
    assert generator.remarks.remarks(file) == {"columns.population": "空值为不详"}
    file.write_text("", encoding="utf-8")
    assert (generator.remarks.head(file), generator.remarks.remarks(file)) == ("", {})


def test_every_layer_stands_under_one_theme_and_every_question_under_that_of_what_it_counts(generator):
    from geoplan.catalogue import Catalogue

    catalogue = Catalogue.for_study()
    themes = generator.themes.Themes.of(catalogue)
    grouped = themes.grouped((name, themes.layers[name]) for name in catalogue.names("layers"))
    assert sorted(name for names in grouped.values() for name in names) == sorted(catalogue.names("layers"))
    # the theme is what is counted, not where: a park within reach of homes is green
    assert themes.of_analysis(catalogue.analysis("park_500m")) == "green"


def test_what_a_method_says_of_itself_leaves_out_its_errors_and_examples(generator):
    told = generator.methods.told("reach")
    assert told.startswith("The share of parcels with a facility within a distance")
    assert "Raises" not in told
    assert "LayerError" not in told


def test_every_method_is_told_in_chinese_too(generator):
    from geoplan.signature import method_names

    untold = [name for name in method_names() if not generator.methods.told_in_chinese(name)]
    assert not untold, "say in docs/generator/methods.toml what its docstring says"


def test_a_default_is_printed_in_the_unit_of_the_engine(generator):
    value = generator.words.value
    assert (value(500.0, "Metres"), value((0.3, 0.6), "Share")) == ("`500 m`", "`30 %`、`60 %`")
    assert (value("0.4 ha"), value(True), value([])) == ("`0.4 ha`", "是 yes", "—")


@pytest.mark.parametrize("name", GUIDES)
def test_both_languages_of_a_guide_show_the_same_commands(name):
    chinese, english = (DOCS / "guide" / f"{name}.md", DOCS / "guide" / "en" / f"{name}.md")
    assert README.commands(chinese.read_text(encoding="utf-8")) == README.commands(english.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_every_command_of_the_guides_runs(tmp_path, built_demo):
    blocks = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
    texts = [(DOCS / "guide" / f"{name}.md").read_text(encoding="utf-8") for name in GUIDES]
    lines = [line for text in texts for block in blocks.findall(text) for line in block.splitlines()]
    once = "\n".join({re.sub(r"\s+#.*", "", line): line for line in lines}.values())
    assert len(README.run_all(f"```sh\n{once}\n```\n", tmp_path, built_demo[0])) > 8


@pytest.mark.slow
def test_the_built_site_refers_to_nothing_on_a_network(built):
    pages = [*built.rglob("*.html")]
    assert len(pages) > 150
    outside = re.compile(
        r"<(?:script|img|iframe|source|link(?![^>]*rel=\"?canonical))[^>]*(?:src|href)=\"?(?:https?:)?//"
    )
    assert not [str(page.relative_to(built)) for page in pages if outside.search(page.read_text(encoding="utf-8"))]
    styles = [*built.rglob("*.css")]
    assert styles
    assert not [
        style.name
        for style in styles
        if re.search(r"(@import|url\()\s*[\"']?(https?:)?//", style.read_text(encoding="utf-8"))
    ]


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_the_site_opens_from_disk_without_a_network_and_its_search_knows_chinese(built, tmp_path):
    api = pytest.importorskip("playwright.sync_api")
    asked: list[str] = []
    said: list[str] = []
    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with api.sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, headless=True, args=flags, offline=True
        )
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda message: said.append(message.text))
        page.goto((built / "analyses" / "service_500m.html").as_uri())
        assert page.eval_on_selector_all("img", "all => all.every(one => one.complete && one.naturalWidth > 0)")
        found = {word: _found(page, word) for word in ("绿化覆盖率", "大陆自然岸线", "park_500m")}
        context.close()
    # any run of characters finds the pages whose title holds it, a name finds its page
    assert "green_coverage.html" in found["绿化覆盖率"]
    assert found["大陆自然岸线"][0] == "natural_shoreline.html"
    assert found["park_500m"][0] == "park_500m.html"
    assert not said
    assert not [url for url in asked if not url.startswith(("file:", "data:", "about:", "blob:"))]


def _found(page: Any, word: str) -> list[str]:
    """The pages the search names for a word, best first."""
    page.click(".md-search__input")
    page.fill(".md-search__input", "")
    page.keyboard.type(word)
    page.keyboard.press("End")
    page.wait_for_function("() => /\\d/.test(document.querySelector('.md-search-result__meta').textContent)")
    page.wait_for_timeout(500)
    links = page.eval_on_selector_all(".md-search-result__link", "all => all.map(one => one.getAttribute('href'))")
    return [Path(link.partition("?")[0]).name for link in links]

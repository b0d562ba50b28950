"""What a run writes: the same bytes every time, complete, safe to open, and no more than its reader may see."""

import csv
import hashlib
import html.parser
import io
import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pyogrio
import pytest

from geoplan import draw
from geoplan.result import Result, Results, Used
from geoplan.words import Language

ROOT = Path(__file__).parents[2]
LOOKS = {p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted((ROOT / "maps").glob("*.toml"))}


def hashes(out: Path) -> dict[str, str]:
    files = sorted(p for p in out.rglob("*") if p.is_file())
    return {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(name="out", scope="module")
def _out(tmp_path_factory: pytest.TempPathFactory, small_module: Callable[[Language], Results]) -> Path:
    out = tmp_path_factory.mktemp("written") / "out"
    assert draw.write(small_module("zh"), out, looks=LOOKS) == out / "index.html"
    return out


@pytest.fixture(name="english", scope="module")
def _english(tmp_path_factory: pytest.TempPathFactory, small_module: Callable[[Language], Results]) -> Path:
    out = tmp_path_factory.mktemp("written") / "out"
    draw.write(small_module("en"), out, looks=LOOKS)
    return out


def test_everything_promised_is_there(out: Path, results: Results) -> None:
    promised = {
        "index.html",
        "report.docx",
        "scorecard.csv",
        "scorecard.xlsx",
        "results.json",
        "results.gpkg",
        "provenance.json",
    }
    assert set(hashes(out)) == promised | {f"maps/{name}.html" for name in results.names}


def test_two_runs_write_the_same_bytes(out: Path, small: Callable[[Language], Results], tmp_path: Path) -> None:
    draw.write(small("zh"), tmp_path / "again", looks=LOOKS)
    assert hashes(tmp_path / "again") == hashes(out)


def test_a_run_over_an_earlier_one_writes_the_same_bytes(small: Callable[[Language], Results], tmp_path: Path) -> None:
    draw.write(small("zh"), tmp_path / "out", looks=LOOKS)
    first = hashes(tmp_path / "out")
    draw.write(small("zh"), tmp_path / "out", looks=LOOKS)
    assert hashes(tmp_path / "out") == first


def test_the_origin_lists_every_file_with_its_hash(out: Path) -> None:
    told = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    assert told["files"] == {name: h for name, h in hashes(out).items() if name != "provenance.json"}
    assert told["stamp"] == "2025-09-01"
    assert told["software"]["shapely"] == "2.2.0"


# the pages


class Page(html.parser.HTMLParser):
    """Tags that are open, what they ask for, and their texts."""

    VOID = frozenset({"meta", "br", "hr", "img", "input", "link", "col"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.asked: list[str] = []
        self.handlers: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.asked += [v for k, v in attrs if k in {"src", "href", "data", "action", "srcset"} and v and tag != "a"]
        self.handlers += [k for k, _ in attrs if k.startswith("on") or k == "style"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in {"style", "script"}:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(name="page", scope="module")
def _page(out: Path) -> Page:
    return Page((out / "index.html").read_text(encoding="utf-8"))


def test_the_report_is_well_formed_and_asks_for_nothing(page: Page) -> None:
    assert page.open == []
    assert [url for url in page.asked if not url.startswith("#")] == []
    assert page.handlers == []


def test_no_page_names_another_host(out: Path) -> None:
    for path in out.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        urls = set(re.findall(r"(?:src|href|action|url)\s*[=(]\s*[\"']?((?:https?:)?//[^\"'\s)]+)", text))
        assert urls <= {"https://leafletjs.com"}, path.name


def test_a_policy_forbids_every_script_and_request(page: Page) -> None:
    policy = next(
        a["content"] for t, a in page.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert "default-src 'none'" in policy
    assert not any(tag == "script" for tag, _ in page.tags)


def test_markup_in_a_name_is_text(page: Page, out: Path) -> None:
    assert "<script>alert('p4')</script>" in page.text
    assert "<script>alert" not in (out / "index.html").read_text(encoding="utf-8")


def test_links_lead_to_maps_that_are_there(page: Page, out: Path) -> None:
    links = [a["href"] for t, a in page.tags if t == "a" and a.get("href")]
    ids = {a["id"] for _, a in page.tags if a.get("id")}
    for link in links:
        assert link is not None
        assert link.removeprefix("#") in ids if link.startswith("#") else (out / link).is_file()
    assert sum(link.startswith("maps/") for link in links if link) == 8


def test_the_report_says_what_a_reader_must_know(page: Page) -> None:
    for said in (
        "演示数据，为虚构城市，不得引用。",
        "内部资料，注意保存，未经批准不得对外提供。",
        "按椭球面量算（GRS 1980（CGCS2000））" if "GRS 1980（CGCS2000）" in page.text else "按椭球面量算（CGCS2000）",
        "数据时点 2025年6月30日",
        "小镇步行500米范围内有社区服务设施的居住小区3个，占总数6个的50.0%（按面积50.0%，按人口38.7%）。",
        "另有1个待核，未计入；全部计入为66.6%。",
        "未达标，差50.00%",
        "未划入分区",
        "小镇总体规划（2021—2035年） 专栏2 指标17",
        "sponge_share drainage_areas",
        "津规〔2025〕1号",
    ):
        assert said in page.text, said


def test_no_value_is_printed_as_no_value_with_its_reason(page: Page) -> None:
    assert "无数据" in page.text
    assert "原因：图层“rail_stations”（stations.shp）未说明坐标系" in page.text


def test_what_just_misses_is_never_printed_as_met(page: Page) -> None:
    assert "79.99" in page.text
    assert "80.00" not in page.text
    assert "不足0.01%" in page.text


def test_a_target_that_is_not_due_is_never_missed(results: Results, page: Page) -> None:
    rows = re.findall(r"20(?:30|35)年 ≥\d+% 小镇 \S+ (\S+)", page.text)
    assert rows
    assert not any("未达标" in row for row in rows)


def test_the_report_speaks_english(english: Path) -> None:
    page = Page((english / "index.html").read_text(encoding="utf-8"))
    for said in (
        "Residential areas with a community facility within 500 m on foot",
        "Missed by 50.00",
        "In no zone",
        "Scorecard",
    ):
        assert said in page.text, said
    labels = re.findall(r"[\u4e00-\u9fff]+", page.text)
    names = "小镇体检西区东区南社区中社区一二三五号院界河北岸邻里中心站总体规划年专栏指标津规号自然资源局约束性线公园开"
    assert {c for label in labels for c in label} <= set(names)


# the tables


def rows_of(out: Path) -> list[list[str]]:
    raw = (out / "scorecard.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_the_scorecard_has_a_row_for_every_target_and_one_for_an_answer_without(out: Path, results: Results) -> None:
    rows = rows_of(out)
    assert len(rows) - 1 == sum(max(len(r.judged), 1) for r in results.results)
    assert rows[0][:4] == ["序号", "指标名称", "属性", "单位"]
    station = next(r for r in rows if "tod_catchment" in r)
    assert station[rows[0].index("verdict")] == "no_target"


def test_the_scorecard_holds_words_and_machine_codes(out: Path) -> None:
    rows = rows_of(out)
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["现状值（2025）"], first["2025年目标"], first["2030年目标"]) == ("50.00—66.66", "100", "—")
    assert (first["判断"], first["达标所需"]) == ("未达标，差50.00%", "需新增3个")
    assert (first["value"], first["part"], first["whole"], first["unknown"]) == ("50.0", "3.0", "6.0", "1.0")
    assert (first["verdict"], first["year"], first["op"]) == ("missed", "2025", "=")


def test_no_cell_is_taken_for_a_formula(tmp_path: Path, results: Results) -> None:
    evil = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "＝1+1")
    first = results.results[0]
    asked = [
        replace(first, analysis=replace(first.analysis, name=f"a{i}", standard=text), judged=())
        for i, text in enumerate(evil)
    ]
    draw.write(replace(results, results=tuple(asked)), tmp_path / "out", looks=LOOKS)
    cells = [cell for row in rows_of(tmp_path / "out") for cell in row]
    assert not [c for c in cells if c.startswith(("=", "+", "-", "@", "\t", "＝")) and not re.fullmatch(r"-[\d.]+", c)]
    book = openpyxl.load_workbook(tmp_path / "out" / "scorecard.xlsx")
    texts = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert {c.value for c in texts} >= set(evil) - {"\t=1+1"}
    assert not [c for c in texts if c.data_type == "f"]


@pytest.fixture(name="book", scope="module")
def _book(out: Path) -> Any:
    return openpyxl.load_workbook(out / "scorecard.xlsx")


def test_the_workbook_reads_back(book: Any) -> None:
    names = book.sheetnames
    assert names[0] == "指标监测表"
    assert names[-3:] == ["8 湿地保护率", "数据来源", "说明"]
    assert all(len(name) <= 31 for name in names)
    sheet = book["指标监测表"]
    assert sheet.freeze_panes == "C3"
    assert sheet.print_title_rows == "$2:$2"
    assert sheet["A2"].font.name == "Microsoft YaHei"
    assert sheet.column_dimensions["B"].width > 20


def test_numbers_are_numbers_as_printed(book: Any) -> None:
    sheet = book["2 绿化覆盖率"]
    cells = [c for row in sheet.iter_rows() for c in row if isinstance(c.value, float)]
    share = next(c for c in cells if c.value == 79.99)
    assert share.number_format == "#,##0.00"
    assert not [c for c in cells if c.value == pytest.approx(79.99999, abs=1e-7)]


def test_what_is_not_covered_is_listed_farthest_first(book: Any) -> None:
    sheet = [[c.value for c in row] for row in book["1 步行500米范围内有社区服务设施的居住区比例"].iter_rows()]
    start = next(i for i, row in enumerate(sheet) if str(row[0]).startswith("步行500米") and "居住地块" in str(row[0]))
    rows = [row[: next(i for i, cell in enumerate(sheet[start + 1]) if cell is None)] for row in sheet[start + 2 :]]
    assert [row[1] for row in rows[:2]] == ["p5", "p4"]
    assert [row[-1] or "" for row in rows[:2]] != ["", ""]


def test_the_file_says_the_stamp_and_not_the_hour(book: Any) -> None:
    assert book.properties.created.isoformat()[:10] == "2025-09-01"


# the data


def test_the_geopackage_holds_zones_and_evidence(out: Path) -> None:
    path = out / "results.gpkg"
    layers = {name for name, _ in pyogrio.list_layers(path)}
    assert {
        "boundary",
        "service_500m__districts",
        "service_500m__communities",
        "service_500m__demand",
        "tod_catchment__stations",
    } <= layers
    zones = gpd.read_file(path, layer="service_500m__districts")
    assert zones["zone"].tolist()[:2] == ["d1", "d2"]
    assert zones["value"].tolist()[:2] == pytest.approx([66.6666667, 33.3333333])
    assert zones.geometry.isna().tolist() == [False, False, True]
    parcels = gpd.read_file(path, layer="service_500m__demand")
    assert parcels["metres"].tolist()[:2] == [120.5, 80.0]
    assert parcels.crs.to_epsg() == 4548


# the public


def marked(results: Results, role: str) -> Results:
    """The results with the layer of that role marked internal."""

    def used(u: Used) -> Used:
        return replace(u, source=replace(u.source, secrecy="内部"))

    def result(r: Result) -> Result:
        return replace(r, used={k: tuple(used(u) for u in v) if k == role else v for k, v in r.used.items()})

    return replace(results, results=tuple(result(r) for r in results.results))


@pytest.fixture(name="public")
def _public(results: Results, tmp_path: Path) -> Path:
    draw.write(
        marked(results, "demand"),
        tmp_path / "out",
        looks=LOOKS,
        audience="public",
        grid=100.0,
        review_number="津S（2025）001",
    )
    return tmp_path / "out"


def test_the_public_reads_no_path_and_nothing_of_internal_sources(public: Path) -> None:
    for path in public.rglob("*"):
        if path.suffix in {".html", ".json", ".csv"}:
            text = path.read_text(encoding="utf-8-sig")
            assert "data/residential.gpkg" not in text, path.name
            assert ".gpkg" not in text.replace("results.gpkg", ""), path.name
            assert "stations.shp" not in text, path.name
    texts = [
        str(c.value) for s in openpyxl.load_workbook(public / "scorecard.xlsx") for row in s.iter_rows() for c in row
    ]
    assert not any("data/" in text for text in texts)


def test_the_public_gets_no_features_of_a_layer_that_is_not_public(public: Path) -> None:
    layers = {name for name, _ in pyogrio.list_layers(public / "results.gpkg")}
    assert "service_500m__demand" not in layers
    assert "service_500m__districts" in layers
    for path in public.rglob("*.html"):
        assert "一号院" not in path.read_text(encoding="utf-8")


def test_the_public_gets_coarse_coordinates_and_no_population_of_parcels(results: Results, tmp_path: Path) -> None:
    draw.write(results, tmp_path / "out", looks=LOOKS, audience="public", grid=250.0)
    parcels = gpd.read_file(tmp_path / "out" / "results.gpkg", layer="service_500m__demand")
    assert "population" not in parcels.columns
    xy = parcels.geometry.get_coordinates().to_numpy()
    assert (xy % 250 == 0).all()


def test_the_public_report_carries_its_review_number_or_says_there_is_none(
    public: Path, results: Results, tmp_path: Path
) -> None:
    assert "审图号：津S（2025）001" in Page((public / "index.html").read_text(encoding="utf-8")).text
    draw.write(results, tmp_path / "without", looks=LOOKS, audience="public", grid=100.0)
    text = Page((tmp_path / "without" / "index.html").read_text(encoding="utf-8")).text
    assert "未取得审图号，不得公开使用" in text
    assert "内部资料" not in text


# the ends


def test_a_run_without_answers_or_zones_still_writes_everything(results: Results, tmp_path: Path) -> None:
    bare = replace(
        results,
        results=(),
        base={},
        notices=(),
        not_asked={},
        provenance={},
        stamp="",
        place=replace(results.place, zones={}),
    )
    draw.write(bare, tmp_path / "out", looks=LOOKS)
    assert len(rows_of(tmp_path / "out")) == 1
    assert json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))["results"] == []
    assert Page((tmp_path / "out" / "index.html").read_text(encoding="utf-8")).open == []


def test_a_long_table_says_how_much_of_it_is_printed(results: Results, tmp_path: Path) -> None:
    from geoplan.measure import Column, Outcome, Table

    first = results["service_500m"]
    assert first.outcome is not None
    table = Table((Column("id"), Column("metres", "m")), tuple((f"p{i}", float(i)) for i in range(500)))
    long = replace(first, outcome=Outcome(first.outcome.measure, tables={"unreached": table}))
    draw.write(replace(results, results=(long,)), tmp_path / "out", looks=LOOKS)
    assert (
        "本表共500行，此处列60行，其余440行见 Excel 表 scorecard.xlsx。"
        in Page((tmp_path / "out" / "index.html").read_text(encoding="utf-8")).text
    )
    cells = [
        row[0].value
        for sheet in openpyxl.load_workbook(tmp_path / "out" / "scorecard.xlsx")
        for row in sheet.iter_rows()
    ]
    assert "p499" in cells


def test_a_look_nobody_wrote_leaves_the_old_results(results: Results, tmp_path: Path) -> None:
    from geoplan.errors import UnknownName

    out = tmp_path / "out"
    draw.write(results, out, looks=LOOKS)
    before = hashes(out)
    first = results.results[0]
    other = replace(results, results=(replace(first, analysis=replace(first.analysis, map="reech")),))
    with pytest.raises(UnknownName, match="reach"):
        draw.write(other, out, looks=LOOKS)
    assert hashes(out) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]

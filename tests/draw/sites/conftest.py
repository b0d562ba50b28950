"""A small batch of sites and everything a check can find out about it, put together by hand.

Four projects on the grid of one town (metres from 500 000 E, 4 330 000 N), three control lines with data, one without:

    farmland   x 0-1000    y 0-400     eco_redline core  x 1400-2000 y 700-1200
    growth     x 0-1200    y 0-1200    eco_redline other x 1200-1400 y 700-1200

    S-1 two plots: A (100..300, 300..500) has 200 x 100 m2 on farmland = 20 000; a hole of 20 x 20
                   B (1300..1500, 800..900) has 100 x 100 on the core, 100 x 100 on the rest of the red line
    S-2 (600..700, 600..700): meets nothing, 200 m from farmland
    S-3 (700..800, 399.95..500): a strip 0.05 m wide on farmland = 5 m2: a person must look
    S-4 (1900..2100, 100..200): came in degrees, half of it beyond the data
"""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.layer import Layer, LayerSpec, Ledger, Source
from geoplan.measure import Column, Note, Table
from geoplan.place import Place
from geoplan.plot import Plot
from geoplan.result import Used
from geoplan.sites.finding import Contact, Finding, SiteReport
from geoplan.sites.rules import Rule
from geoplan.sites.site import Register, Site, Unread
from geoplan.words import Language

X, Y = 500_000.0, 4_330_000.0
CRS_4548 = CRS.from_epsg(4548)
HOSTILE = '=HYPERLINK("http://evil","x")<script>alert(1)</script>{{7*7}}'


def box(west: float, south: float, east: float, north: float) -> Any:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def spec(name: str, zh: str, en: str, **words: tuple[str, ...]) -> LayerSpec:
    return LayerSpec(name, {"zh": zh, "en": en}, "polygon", words=words, secrecy="敏感", control=True)


SPECS = {
    "eco_redline": spec(
        "eco_redline", "生态保护红线", "Ecological red line", core=("自然保护地核心保护区",), other=("其他区域",)
    ),
    "permanent_farmland": spec("permanent_farmland", "永久基本农田", "Permanent farmland"),
    "growth_boundary": spec("growth_boundary", "城镇开发边界", "Urban growth boundary"),
    "heritage": spec("heritage", "文物保护单位", "Heritage sites"),
}
SHAPES = {
    "eco_redline": ([box(1400, 700, 2000, 1200), box(1200, 700, 1400, 1200)], ["core", "other"]),
    "permanent_farmland": ([box(0, 0, 1000, 400)], [""]),
    "growth_boundary": ([box(0, 0, 1200, 1200)], [""]),
}
RULES = (
    Rule(2, "eco_redline", "core", severity=1, verdict="forbidden", basis="自然资发〔2022〕142号第一条", next_step="调整用地范围", order=1),
    Rule(3, "eco_redline", "other", severity=3, verdict="conditional", activities=("6",), documents="符合允许有限人为活动认定意见", authority="市人民政府", basis="自然资发〔2022〕142号第二条", order=2),
    Rule(4, "permanent_farmland", severity=2, verdict="forbidden", basis="《基本农田保护条例》第十五条", exception="国家重大建设项目确实难以避让", order=3),
    Rule(5, "growth_boundary", relation="outside", severity=4, verdict="conditional", documents="城镇开发边界外用地论证材料", authority="市规划资源局", basis="自然资发〔2023〕193号", order=4),
    Rule(6, "heritage", severity=5, verdict="caution", authority="文物主管部门", order=5),
)  # fmt: skip
CORE, REST, FARM, GROWTH, HERITAGE = RULES


def used(name: str) -> Used:
    source = Source(
        path=f"data/{name}.gpkg", sha256="ab" * 32, crs="EPSG:4548", as_of="2024-06-30", document="津政函〔2024〕1号",
        provider="市规划资源局", secrecy="敏感",
    )  # fmt: skip
    return Used(name, SPECS[name], source, Ledger(2, 2))


def layers() -> dict[str, Layer]:
    made = {}
    for name, (shapes, classes) in SHAPES.items():
        columns = {"id": [str(i) for i in range(len(shapes))], "class": classes}
        made[name] = Layer(SPECS[name], gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS_4548), used(name).source)
    return made


def plot(number: str, shape: Any, plane: CRS | None = CRS_4548, **more: Any) -> Plot:
    return Plot(number, more.pop("name", ""), shape, shape, plane, **more)


def sites() -> tuple[Site, ...]:
    hole = shapely.difference(box(100, 300, 300, 500), box(200, 440, 220, 460))
    ring = tuple(f"J{i}" for i in range(1, 5))
    return (
        Site(
            "S-1", "滨河学校.txt", "1a" * 32, "滨河学校", (
                plot("A", hole, labels=(ring, ("K1", "K2", "K3", "K4")), declared_area=39_600.0, role="净用地"),
                plot("B", box(1300, 800, 1500, 900), role="代征"),
            ), developer="市教育局", code="2025-120116-83", planned_use="教育用地", activities=("6",), submitted_area=59_500.0,
            crs="EPSG:4548", declared_by="张工", notes=(Note("site_note.swapped"),),
        ),
        Site("S-2", "仓库.dxf", "2b" * 32, "港区仓库", (plot("1", box(600, 600, 700, 700)),), submitted_area=10_000.0, crs="EPSG:4548"),
        Site("S-3", "泵站.zip/a.shp", "3c" * 32, "泵站", (plot("1", box(700, 399.95, 800, 500)),), crs="EPSG:4548"),
        Site("S-4", "公园.kml", "4d" * 32, HOSTILE, (plot("1", box(1900, 100, 2100, 200), plane=None),), developer="@corp", crs="EPSG:4490"),
    )  # fmt: skip


def clear(receipt: str, number: str, rule: Rule, whole: float, **contact: Any) -> Finding:
    return Finding(receipt, number, rule.layer, rule.class_name, "clear", Contact(**contact), rule, whole=whole)


def met(receipt: str, number: str, rule: Rule, whole: float, overlap: float, **more: Any) -> Finding:
    contact = Contact(
        overlap, overlap, (("0", overlap),), more.pop("share_of_feature", 0.05), 0.0, outside=whole - overlap,
        sliver=more.pop("sliver", 0.0), sliver_width=more.pop("sliver_width", 0.0),
    )  # fmt: skip
    return Finding(
        receipt,
        number,
        rule.layer,
        rule.class_name,
        more.pop("verdict", rule.verdict),
        contact,
        rule,
        whole=whole,
        **more,
    )


def findings() -> tuple[Finding, ...]:
    outside = Contact(0.0, 0.0, outside=20_000.0, nearest=100.0)
    beyond = Note("site_reason.uncovered", {"percent": "50.00", "area": "10,000.00"})
    return (
        met("S-1", "A", FARM, 39_600.0, 20_000.0, share_of_feature=0.05),
        Finding("S-1", "A", "growth_boundary", "", "clear", Contact(39_600.0, 39_600.0, (("0", 39_600.0),), 0.03, 0.0), GROWTH, whole=39_600.0),
        clear("S-1", "A", CORE, 39_600.0),
        clear("S-1", "A", REST, 39_600.0),
        met("S-1", "B", CORE, 20_000.0, 10_000.0),
        met("S-1", "B", REST, 20_000.0, 10_000.0, sliver=0.004, sliver_width=0.02),
        Finding("S-1", "B", "growth_boundary", "", "conditional", outside, GROWTH, whole=20_000.0),
        clear("S-1", "B", FARM, 20_000.0),
        Finding("S-1", "", "heritage", "", "not_checked", Contact(), HERITAGE, Note("site_reason.not_supplied")),
        clear("S-2", "1", FARM, 10_000.0, nearest=199.999),
        clear("S-2", "1", CORE, 10_000.0),
        clear("S-2", "1", REST, 10_000.0),
        Finding("S-2", "1", "growth_boundary", "", "clear", Contact(10_000.0, 10_000.0, (("0", 10_000.0),), 0.01, 0.0), GROWTH, whole=10_000.0),
        Finding("S-2", "", "heritage", "", "not_checked", Contact(), HERITAGE, Note("site_reason.not_supplied")),
        met("S-3", "1", FARM, 10_005.0, 5.0, sliver=5.0, sliver_width=0.05, sliver_only=True, verdict="caution"),
        clear("S-3", "1", CORE, 10_005.0),
        clear("S-3", "1", REST, 10_005.0, nearest=0.5, adjacent=True),
        Finding("S-3", "", "heritage", "", "not_checked", Contact(), HERITAGE, Note("site_reason.not_supplied")),
        Finding("S-4", "1", "permanent_farmland", "", "not_checked", Contact(uncovered=10_000.0), FARM, beyond, whole=20_000.0),
        Finding("S-4", "", "heritage", "", "not_checked", Contact(), HERITAGE, Note("site_reason.not_supplied")),
    )  # fmt: skip


def overlaps() -> gpd.GeoDataFrame:
    names = ("receipt", "plot", "control", "class_name", "verdict", "sliver_only", "relation", "overlap")
    rows = [
        ("S-1", "A", "permanent_farmland", "", "forbidden", False, "overlap", 20_000.0, box(100, 300, 300, 400)),
        ("S-1", "A", "growth_boundary", "", "clear", False, "outside", 39_600.0, box(100, 300, 300, 500)),
        ("S-1", "B", "eco_redline", "core", "forbidden", False, "overlap", 10_000.0, box(1400, 800, 1500, 900)),
        ("S-1", "B", "eco_redline", "other", "conditional", False, "overlap", 10_000.0, box(1300, 800, 1400, 900)),
        ("S-1", "B", "growth_boundary", "", "conditional", False, "outside", 20_000.0, box(1300, 800, 1500, 900)),
        ("S-3", "1", "permanent_farmland", "", "caution", True, "overlap", 5.0, box(700, 399.95, 800, 400)),
    ]
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    return gpd.GeoDataFrame(columns, geometry=[row[-1] for row in rows], crs=CRS_4548)


def land(*rows: tuple[Any, ...]) -> Table:
    names = ("plot", "ownership", "owner", "agricultural", "cropland", "orchard", "forest", "grass", "other_agricultural", "construction", "unused", "total")  # fmt: skip
    units = {"plot": "", "ownership": "", "owner": ""}
    return Table(tuple(Column(n, units.get(n, "m2")) for n in names), rows)


def planned(*rows: tuple[Any, ...]) -> Table:
    return Table(
        (
            Column("plan"),
            Column("code"),
            Column("use"),
            Column("area", "m2"),
            Column("share", "share"),
            Column("agrees"),
        ),
        rows,
    )


AREAS = {
    "S-1": {"A": {"plane": 39_600.0, "ellipsoid": 39_600.004, "declared": 39_600.0}, "B": {"plane": 20_000.0, "ellipsoid": 20_000.002, "declared": None}},
    "S-2": {"1": {"plane": 10_000.0, "ellipsoid": 10_000.001, "declared": None}},
    "S-3": {"1": {"plane": 10_005.0, "ellipsoid": 10_005.001, "declared": None}},
    "S-4": {"1": {"plane": None, "ellipsoid": 20_000.0, "declared": None}},
}  # fmt: skip


def small_report(language: Language = "zh") -> SiteReport:
    return SiteReport(
        register=Register(
            sites(),
            (Unread("S-5", "扫描件.xlsx", Note("site_file.picture", {"file": "扫描件.xlsx"}), Note("site_file.picture", {"file": "扫描件.xlsx"})),),
            duplicates=(("S-2", "1", "S-0", "1", 0.999),),
        ),
        findings=findings(),
        areas=AREAS,
        tables={
            "S-1": {
                "land_use_current": land(
                    ("A", "集体", "前村", 30_000.004, 20_000.001, 0.0, 10_000.003, 0.0, 0.0, 9_000.0, 600.0, 39_600.004),
                    ("B", "国有", "区政府", 0.004, 0.004, 0.0, 0.0, 0.0, 0.0, 19_999.998, 0.0, 20_000.002),
                ),
                "land_use_plan": planned(("滨海新区总体规划", "0803", "教育用地", 59_600.006, 1.0, True)),
            }
        },
        controls={name: used(name) if name in SHAPES else None for name in SPECS},
        rules=RULES,
        place=Place("小镇", box(0, 0, 2000, 1200), CRS_4548, year=2025),
        language=language,
        overlaps=overlaps(),
        stamp="2025-09-01",
        notices=(Note("notice.synthetic"),),
        provenance={"software": {"geoplan": "0.1.0"}, "inputs": {"eco_redline": "ab" * 32}},
        specs=SPECS,
        activities={"6": {"zh": "必须且无法避让的线性基础设施", "en": "unavoidable linear infrastructure"}},
    )  # fmt: skip


@pytest.fixture
def report() -> SiteReport:
    return small_report()


@pytest.fixture
def make() -> Callable[[Language], SiteReport]:
    return small_report


@pytest.fixture(scope="module")
def made() -> Callable[[Language], SiteReport]:
    return small_report


@pytest.fixture(scope="module")
def drawn() -> dict[str, Layer]:
    return layers()


@pytest.fixture
def controls() -> dict[str, Layer]:
    return layers()


@pytest.fixture
def many() -> Callable[[int], SiteReport]:
    """A batch of that many small squares, a tenth of them on farmland."""

    def made(count: int) -> SiteReport:
        whole = np.arange(count)
        squares = [
            plot("1", box(10.0 * (i % 200), 10.0 * (i // 200), 10.0 * (i % 200) + 8, 10.0 * (i // 200) + 8))
            for i in whole
        ]
        batch = tuple(Site(f"R{i}", f"{i}.txt", "00", f"项目{i}", (squares[i],)) for i in whole)
        found = tuple(
            met(f"R{i}", "1", FARM, 64.0, 64.0) if i % 10 == 0 else clear(f"R{i}", "1", FARM, 64.0) for i in whole
        )
        return SiteReport(
            Register(batch), found, {f"R{i}": {"1": {"plane": 64.0, "ellipsoid": 64.0, "declared": None}} for i in whole},
            {}, {"permanent_farmland": used("permanent_farmland")}, (FARM,), Place("小镇", box(0, 0, 2000, 1200), CRS_4548), "zh",
            stamp="2025-09-01", specs=SPECS,
        )  # fmt: skip

    return made

"""A small town and everything a run can find out about it: what the pages, tables and maps are tested on.

The town is 2000 m by 1200 m. Two districts fill it (west 0-1000, east 1000-2000); of two communities one crosses the
district border and together they leave the north out. Six residential parcels of 200 m by 200 m (4 ha each):

    p1 p2 p3 reached (west: p1 p2, east: p3), p4 p5 not reached (east), p6 unknown (west).
    count  3 of 6, 1 unknown = 50 %, ceiling 66.67 %
    people 100 200 300 | 400 500 | 50: 600 of 1550 = 38.71 %
"""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.analysis import Analysis
from geoplan.errors import SourceError
from geoplan.layer import ColumnSpec, Entry, Layer, LayerSpec, Ledger, Source
from geoplan.measure import Column, Halves, Note, Outcome, Ratio, Row, Table, Total
from geoplan.place import Place, Zones
from geoplan.result import Judged, Result, Results, Used
from geoplan.tally import tally
from geoplan.target import Target
from geoplan.verdict import Unmet, judge
from geoplan.words import Language

X, Y = 500_000.0, 4_330_000.0
CRS_4548 = CRS.from_epsg(4548)
HOSTILE = '=HYPERLINK("http://evil","x")<script>alert(\'p4\')</script>'
"""A name as nobody would give it, and everybody must print it: markup and a formula."""


def box(west: float, south: float, east: float, north: float) -> Any:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def frame(geometry: Any, **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(geometry), crs=CRS_4548)


def zones(level: str, names: list[str], shapes: list[Any], *, additive: bool = True) -> Zones:
    ids = tuple(f"{level[0]}{i}" for i in range(1, len(names) + 1))
    return Zones(level, ids, tuple(names), np.array(shapes, dtype=object), additive)


def small_place() -> Place:
    return Place(
        "小镇",
        box(0, 0, 2000, 1200),
        CRS_4548,
        {
            "districts": zones("districts", ["西区", "东区"], [box(0, 0, 1000, 1200), box(1000, 0, 2000, 1200)]),
            "communities": zones(
                "communities", ["南社区", "中社区"], [box(0, 0, 1200, 600), box(800, 300, 2000, 900)], additive=False
            ),
        },
        year=2025,
    )


def layer_spec(name: str, zh: str, en: str, geometry: Any = "polygon") -> LayerSpec:
    return LayerSpec(name, {"zh": zh, "en": en}, geometry, {"population": ColumnSpec("population", kind="number")})


def used(name: str, zh: str, en: str, *, as_of: str, secrecy: str = "公开", entries: tuple[Entry, ...] = ()) -> Used:
    source = Source(
        path=f"data/{name}.gpkg", sha256="ab" * 32, crs="EPSG:4548", as_of=as_of, published="2025-09-01", secrecy=secrecy,
        document="津规〔2025〕1号", provider="规划资源局", scale="1:2000", area_basis="ellipsoidal",
    )  # fmt: skip
    aside = sum(e.fate == "set_aside" for e in entries)
    return Used(
        name,
        layer_spec(name, zh, en),
        source,
        Ledger(7, 7 - len(entries), entries) if entries else Ledger(6, 6 - aside),
    )


def target(analysis: str, op: str, value: str, year: int | None, unit: str = "%", **more: Any) -> Target:
    return Target(
        analysis,
        analysis,
        "小镇",
        year,
        op,
        value,
        unit,
        attribute="约束性",
        source="小镇总体规划（2021—2035年）",
        locator="专栏2 指标17",
        **more,
    )


def judged(result: Result, *targets: Target, unmet: tuple[Unmet, ...] = ()) -> tuple[Judged, ...]:
    measure = result.outcome.measure if result.outcome else None
    halves = measure.overall if isinstance(measure, Ratio) else None
    verdicts = [
        judge(
            t,
            value=result.value,
            unit=result.analysis.unit,
            as_of_year=2025,
            ceiling=result.ceiling,
            better=result.analysis.better,
            part=halves.part if halves else None,
            whole=halves.whole if halves else None,
            unmet=unmet,
            reason=result.reason,
            absent="not_applicable" if result.status == "not_applicable" else "no_data",
        )
        for t in targets
    ]
    return tuple(Judged(t, v) for t, v in zip(targets, verdicts, strict=True))


def with_verdicts(result: Result, *targets: Target, unmet: tuple[Unmet, ...] = ()) -> Result:
    from dataclasses import replace

    return replace(result, judged=judged(result, *targets, unmet=unmet))


def analysis(name: str, zh: str, en: str, method: str, unit: str = "%", **more: Any) -> Analysis:
    return Analysis(
        name, {"zh": zh, "en": en}, method, unit, more.pop("better", "higher"), more.pop("roles", {"demand": ("residential",)}),
        standard=more.pop("standard", "小镇总体规划（2021—2035年）指标17"), **more,
    )  # fmt: skip


PARCELS = [box(100, 100, 300, 300), box(500, 100, 700, 300), box(1100, 100, 1300, 300),
           box(1500, 100, 1700, 300), box(1500, 700, 1700, 900), box(100, 900, 300, 1100)]  # fmt: skip
PEOPLE = [100.0, 200.0, 300.0, 400.0, 500.0, 50.0]
STATUS = ["reached", "reached", "reached", "unreached", "unreached", "unknown"]
RESIDENTIAL = ("residential", "居住小区", "Residential areas")
FACILITIES = ("community_facilities", "社区服务设施", "Community facilities")


def reach_result() -> Result:
    place, shapes = small_place(), np.array(PARCELS, dtype=object)
    reached, unknown = (np.array([s == word for s in STATUS]) for word in ("reached", "unknown"))
    points = shapely.point_on_surface(shapes)
    weights = {
        "count": (np.ones(6), ("count", "count")),
        "area": (shapely.area(shapes), ("m2", "m2")),
        "population": (np.array(PEOPLE), ("people", "people")),
    }
    ratios = {
        name: tally(place, points, part=reached * w, whole=w, unknown=unknown * w, units=units)
        for name, (w, units) in weights.items()
    }
    parcels = frame(
        PARCELS, id=[f"p{i}" for i in range(1, 7)], name=["一号院", "二号院", "三号院", HOSTILE, "五号院", None], status=STATUS,
        metres=[120.5, 80.0, 499.9, 750.25, 1200.0, float("nan")], population=PEOPLE,
    )  # fmt: skip
    outcome = Outcome(
        ratios["count"],
        ratios,
        {"demand": parcels, "supply": frame([shapely.Point(X + 400, Y + 200), shapely.Point(X + 1200, Y + 400)], id=["f1", "f2"], name=["邻里中心", "社区站"])},
        {"unreached": Table((Column("id"), Column("name"), Column("metres", "m")), (("p4", HOSTILE, 750.25), ("p5", "五号院", 1200.0)))},
        (
            Note(
                "reach.headline_walk",
                {
                    "place": "小镇",
                    "limit": 500.0,
                    "supply": {"zh": "社区服务设施", "en": "community facilities"},
                    "unit": {"zh": "居住小区", "en": "residential areas"},
                    "reached": 3,
                    "whole": 6,
                    "by_count": "50.0",
                    "by_area": "50.0",
                    "by_population": "38.7",
                },
            ),
            Note("reach.beside_straight", {"limit": 500.0, "beside": "83.3"}),
        ),
        facts={"straight.value": 83.333, "estimated": 2.0},
    )  # fmt: skip
    asked = analysis(
        "service_500m", "步行500米范围内有社区服务设施的居住区比例", "Residential areas with a community facility within 500 m on foot", "reach",
        roles={"demand": ("residential",), "supply": ("community_facilities",)}, printed={"distance": "500 m"}, parameters={"distance": 500.0}, map="reach",
    )  # fmt: skip
    layers = {
        "demand": (used(*RESIDENTIAL, as_of="2025-06-30", entries=(Entry("7", "set_aside", "empty"),)),),
        "supply": (used(*FACILITIES, as_of="2025-08-01"),),
    }
    unmet = (("p4", HOSTILE, 1.0), ("p5", "五号院", 1.0))
    return with_verdicts(
        Result(asked, "ok", None, outcome, layers, as_of="2025-06-30"),
        target("service_500m", "=", "100", 2025),
        target("service_500m", ">=", "80", 2030, baseline_year="2020", baseline_value="20"),
        target("service_500m", ">=", "60", 2025),
        unmet=unmet,
    )


def shares(place: Place, overall: Halves, districts: list[Halves], communities: list[Halves], **units: str) -> Ratio:
    rest = Halves(0, 0, 0, overall.bounded)
    levels = {"districts": districts, "communities": communities}
    by_zone = {
        level: (
            *(Row(z, n, h) for z, n, h in zip(place.zones[level].ids, place.zones[level].names, values, strict=True)),
            Row(None, "", rest),
        )
        for level, values in levels.items()
    }
    return Ratio(overall, by_zone, **units)


def green_result() -> Result:
    """A third of 240 ha in three unequal thirds: 79.99999 % stays under 80, and rounded rows must add up."""
    place = small_place()
    ratio = shares(
        place, Halves(1_919_999.76, 2_400_000), [Halves(959_999.88, 1_200_000), Halves(959_999.88, 1_200_000)],
        [Halves(300_000.5, 720_000), Halves(200_000.25, 720_000)], part_unit="m2", whole_unit="m2",
    )  # fmt: skip
    evidence = {"part": frame([box(0, 0, 1000, 900)], id=["g1"], name=["公园"], status=["part"], area_m2=[900_000.0])}
    asked = analysis("green_coverage", "绿化覆盖率", "Green coverage rate", "area_share", map="area_share")
    layers = {"whole": (used("green", "绿地", "Green space", as_of="2025-05-01"),)}
    result = Result(asked, "ok", None, Outcome(ratio, evidence=evidence), layers, as_of="2025-05-01")
    return with_verdicts(result, target("green_coverage", ">=", "80", 2025), target("green_coverage", ">", "50", 2025))


def shore_result() -> Result:
    place = small_place()
    ratio = shares(
        place, Halves(5_123.4567, 12_345.6789), [Halves(5_123.4567, 6_000), Halves(0, 6_345.6789)],
        [Halves(0, 0), Halves(0, 100.5)], part_unit="m", whole_unit="m",
    )  # fmt: skip
    line = shapely.LineString([(X, Y + 600), (X + 1000, Y + 650), (X + 2000, Y + 600)])
    evidence = {
        "lines": frame(
            [line], id=["s1"], name=["北岸"], status=["part"], length_m=[5_123.4567], **{"class": ["natural"]}
        )
    }
    asked = analysis(
        "natural_shoreline", "大陆自然岸线保有率", "Natural shoreline share", "length_share", map="length_share"
    )
    layers = {"lines": (used("coastline", "海岸线", "Coastline", as_of="2024-12-31"),)}
    result = Result(asked, "ok", None, Outcome(ratio, evidence=evidence), layers, as_of="2024-12-31")
    return with_verdicts(result, target("natural_shoreline", ">=", "45", 2035))


def park_result() -> Result:
    place = small_place()
    ratio = shares(
        place, Halves(18_600, 1_550, 0, bounded=False), [Halves(18_600, 350, 0, bounded=False), Halves(0, 1_200, 0, bounded=False)],
        [Halves(9_300, 600, 0, bounded=False), Halves(0, 3, 0, bounded=False)], part_unit="m2", whole_unit="people",
    )  # fmt: skip
    asked = analysis("park_per_capita", "人均公园绿地面积", "Park area per resident", "per_capita", "平方米/人")
    layers = {"parks": (used("parks", "公园绿地", "Parks", as_of="2025-05-01"),)}
    result = Result(asked, "ok", None, Outcome(ratio), layers, as_of="2025-05-01")
    return with_verdicts(result, target("park_per_capita", ">=", "12", 2025, "平方米/人"))


def catchment_result() -> Result:
    columns = (
        Column("station"),
        Column("line"),
        Column("metres", "m"),
        Column("radius_area", "m2"),
        Column("walk_area", "m2"),
        Column("shed_ratio", "%"),
        Column("population", "people"),
    )
    rows = (
        ("中心站", "1号线", 500.0, 785_398.2, 412_000.0, 52.457, 1_200.0),
        ("东站", "1号线", 500.0, 785_398.2, 0.5, 0.00006, None),
    )
    stations = frame(
        [shapely.Point(X + 1000, Y + 600), shapely.Point(X + 1800, Y + 600)], id=["t1", "t2"], name=["中心站", "东站"]
    )
    outcome = Outcome(
        Total(412_000.5, {}, "m2", 1_000.0), evidence={"stations": stations}, tables={"stations": Table(columns, rows)}
    )
    asked = analysis(
        "tod_catchment", "轨道站点步行圈", "Station catchments", "catchment", "公顷", better="none", map="catchment"
    )
    return Result(
        asked,
        "ok",
        None,
        outcome,
        {"stations": (used("rail_stations", "轨道站点", "Rail stations", as_of="2025-01-01"),)},
        as_of="2025-01-01",
    )


def no_data_result() -> Result:
    asked = analysis("transit_800m", "轨道站点800米覆盖率", "Within 800 m of a station", "reach")
    reason = Note("run.failed", {"reason": SourceError("layer.no_crs", layer="rail_stations", path="stations.shp")})
    return with_verdicts(Result(asked, "no_data", reason), target("transit_800m", ">=", "70", 2025))


def not_applicable_result() -> Result:
    place = small_place()
    nothing = Halves(0, 0)
    ratio = shares(place, nothing, [nothing] * 2, [nothing] * 2, part_unit="m2", whole_unit="m2")
    asked = analysis(
        "wetland_protection", "湿地保护率", "Wetland protection rate", "area_share", empty="not_applicable"
    )
    layers = {"whole": (used("wetlands", "湿地", "Wetlands", as_of="2024-12-31"),)}
    result = Result(
        asked, "not_applicable", Note("run.empty.not_applicable"), Outcome(ratio), layers, as_of="2024-12-31"
    )
    return with_verdicts(result, target("wetland_protection", ">=", "100", 2025))


def review_result() -> Result:
    """Enough is unknown that nobody can tell: floor 40, ceiling 70, target 60."""
    place = small_place()
    ratio = shares(place, Halves(4, 10, 3), [Halves(4, 8, 1), Halves(0, 2, 2)], [Halves(1, 3), Halves(1, 4)])
    asked = analysis(
        "park_500m",
        "步行500米有公园绿地的居住区比例",
        "Residential areas with a park within 500 m",
        "reach",
        map="reach",
    )
    layers = {"demand": (used(*RESIDENTIAL, as_of="2025-06-30"),)}
    result = Result(
        asked,
        "ok",
        None,
        Outcome(ratio, {"count": ratio, "area": None, "population": None}),
        layers,
        as_of="2025-06-30",
    )
    return with_verdicts(result, target("park_500m", ">=", "60", 2025), target("park_500m", "approx", "45", 2025))


def base_layers() -> dict[str, Layer]:
    water = Layer(layer_spec("water", "水域", "Water"), frame([box(900, 0, 1000, 1200)], id=["w1"], name=["界河"]))
    spec = layer_spec("walk_network", "步行网络", "Walking network", "network")
    lines = [shapely.LineString([(X, Y + 400), (X + 2000, Y + 400)])]
    return {"water": water, "walk_network": Layer(spec, frame(lines, id=["e1"], u=[1], v=[2], length=[2000.0]))}


def small_results(language: Language = "zh") -> Results:
    """One result of every kind and every verdict."""
    return Results(
        study="小镇体检",
        place=small_place(),
        language=language,
        results=(
            reach_result(), green_result(), shore_result(), park_result(), catchment_result(), review_result(),
            no_data_result(), not_applicable_result(),
        ),
        not_asked={"sponge_share": ("drainage_areas",)},
        base=base_layers(),
        stamp="2025-09-01",
        notices=(Note("notice.synthetic"),),
        provenance={
            "study": {"name": "小镇体检", "file": "study.toml", "sha256": "cd" * 32, "year": 2025},
            "layers": {"residential": {"path": "data/residential.gpkg", "sha256": "ab" * 32, "secrecy": "公开"}},
            "software": {"geoplan": "0.1.0", "shapely": "2.2.0"},
        },
    )  # fmt: skip


@pytest.fixture(name="results")
def _results() -> Results:
    return small_results()


@pytest.fixture(name="small")
def _small() -> Callable[[Language], Results]:
    return small_results


@pytest.fixture(name="small_module", scope="module")
def _small_module() -> Callable[[Language], Results]:
    return small_results

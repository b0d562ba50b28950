"""Sheets: what stands on a map, before anybody draws it."""

import copy
import tomllib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.catalogue import content_root
from geoplan.draw.audience import Audience
from geoplan.draw.geometry import STEPS
from geoplan.draw.look import Looks
from geoplan.draw.maps import audience_of, make_sheet
from geoplan.draw.margin import crs_note
from geoplan.draw.sheet import Overlay, Sheet
from geoplan.draw.voice import Voice
from geoplan.layer import Layer
from geoplan.result import Results
from geoplan.words import Language

Make = Callable[[Language], Results]
TABLES: dict[str, dict[str, Any]] = {
    p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in (content_root() / "maps").glob("*.toml")
}
PUBLIC = audience_of(TABLES, "public")


def sheet_of(
    results: Results, name: str, audience: Audience | None = None, tables: dict[str, Any] | None = None
) -> Sheet:
    result = results[name]
    looks = Looks.of(tables or TABLES, result.analysis.map or "zones")
    return make_sheet(result, results, looks, audience or Audience())


def overlay(sheet: Sheet, name: str) -> Overlay:
    return next(o for o in sheet.overlays if o.id == name)


def texts(sheet: Sheet) -> str:
    return repr(sheet)


def test_a_sheet_says_what_where_when_and_how_much(results: Results) -> None:
    sheet = sheet_of(results, "service_500m")
    assert sheet.title == "步行500米范围内有社区服务设施的居住区比例"
    assert (sheet.number, sheet.family) == ("图1", "步行可达分布图")
    assert sheet.subtitle == "小镇 · 数据时点 2025年6月30日"
    assert sheet.figure == ("50.00", "%", "待核部分全部计入为 66.66%")
    assert sheet.stamp == "2025年9月1日"


def test_every_target_stands_with_its_verdict_and_its_plan(results: Results) -> None:
    standings = sheet_of(results, "service_500m").standings
    assert [(s.target, s.verdict, s.tone) for s in standings] == [
        ("2025年目标 100%", "未达标，差50.00%", "bad"),
        ("2030年目标 ≥80%", "未到考核年，达到序时进度", "none"),
        ("2025年目标 ≥60%", "待核：待核部分可能改变判断", "open"),
    ]
    assert standings[0].source == "小镇总体规划（2021—2035年）、专栏2 指标17"


def test_a_figure_that_misses_its_target_is_not_rounded_into_success(results: Results) -> None:
    assert sheet_of(results, "green_coverage").figure[0] == "79.99"


def test_parcels_are_sorted_by_what_was_found_and_the_unmet_lie_on_top(results: Results) -> None:
    parcels = overlay(sheet_of(results, "service_500m"), "evidence-demand")
    assert [f.paint for f in parcels.features] == ["reached"] * 3 + ["unknown"] + ["unreached"] * 2
    assert parcels.columns == ("名称", "判断", "最近距离", "常住人口")
    assert parcels.features[0].says == ("一号院", "覆盖", "121 米", "100 人")


def test_what_nobody_knows_is_a_dash_and_never_a_zero(results: Results) -> None:
    unknown = overlay(sheet_of(results, "service_500m"), "evidence-demand").features[3]
    assert unknown.says == ("—", "待核", "—", "50 人")


def test_the_legend_counts_every_class_and_says_its_date(results: Results) -> None:
    legend = sheet_of(results, "service_500m").legends[0]
    assert [(e.text, e.amount) for e in legend.entries] == [
        ("覆盖", "3个"), ("待核（路网未接通或资料不全）", "1个"), ("未覆盖", "2个"),
    ]  # fmt: skip
    assert legend.note == "时点 2025年6月30日"


def test_the_farthest_are_numbered_from_the_farthest(results: Results) -> None:
    sheet = sheet_of(results, "service_500m")
    assert [(one.number, one.name[:3], one.says) for one in sheet.listed] == [
        (1, "五号院", "1,200 米"),
        (2, "=HY", "751 米"),
    ]
    assert sheet.listed_title == "未覆盖：按最近距离由大到小"


def test_lengths_are_summed_in_the_legend_of_a_line(results: Results) -> None:
    legend = sheet_of(results, "natural_shoreline").legends[0]
    assert [(e.text, e.amount, e.kind) for e in legend.entries] == [("自然岸线", "5.123 公里", "line")]


def test_zones_are_coloured_by_value_with_printed_limits(results: Results) -> None:
    sheet = sheet_of(results, "park_per_capita")
    districts = overlay(sheet, "zones-districts")
    assert [f.says[:2] for f in districts.features] == [("西区", "53.14 平方米/人"), ("东区", "0.00 平方米/人")]
    assert [f.paint for f in districts.features] == ["c5", "c0"]
    legend = next(one for one in sheet.legends if one.overlay == "zones-districts")
    assert [e.text for e in legend.entries] == ["0 – 10", "10 – 20", "20 – 30", "30 – 40", "40 – 50", "50 – 60"]
    assert legend.title == "片区（平方米/人）"


def test_a_zone_without_a_value_is_hatched_and_the_legend_says_so(results: Results) -> None:
    sheet = sheet_of(results, "natural_shoreline")
    communities = overlay(sheet, "zones-communities")
    assert [f.paint for f in communities.features] == ["none", "c0"]
    assert communities.paints["none"].hatch
    legend = next(one for one in sheet.legends if one.overlay == "zones-communities")
    assert legend.entries[-1].text == "无数值（范围内没有可计算的对象）"


def test_what_lies_in_no_zone_is_said_and_the_total_is_that_of_the_place(results: Results) -> None:
    table = sheet_of(results, "service_500m").tables[0]
    assert table.headers == ("分区", "数值/%", "其中/总量（个/个）")
    assert [row[0] for row in table.rows] == ["西区", "东区", "未划入分区", "全域"]
    assert table.rows[-1] == ("全域", "50.00", "3 / 6（另待核 1）")


def test_a_level_that_does_not_add_up_says_so(results: Results) -> None:
    districts, communities = sheet_of(results, "service_500m").tables
    assert "本级分区有重叠或未覆盖全域（重叠0.0000公顷，未划入0.0000公顷），各行不能相加为全域。" in communities.notes
    assert districts.notes == ("* 总量不足 5 个，比例仅供参考。",)


def test_only_one_level_of_zones_is_seen_at_a_time(results: Results) -> None:
    zones = [o for o in sheet_of(results, "service_500m").overlays if o.group == "zones"]
    assert [o.shown for o in zones] == [True, False]


def test_the_ground_lies_lowest_and_the_evidence_on_top(results: Results) -> None:
    groups = [o.group for o in sheet_of(results, "service_500m").overlays]
    assert groups == sorted(groups, key=["ground", "zones", "over", "frame", "evidence"].index)
    assert "步行网络" in [e.text for e in sheet_of(results, "service_500m").legends[-1].entries]


def test_an_answer_without_data_is_drawn_and_says_why(results: Results) -> None:
    sheet = sheet_of(results, "transit_800m")
    assert sheet.figure[0] == "无数据"
    assert "stations.shp" in sheet.figure[2]
    assert {f.paint for o in sheet.overlays if o.group == "zones" for f in o.features} == {"none"}
    assert sheet.standings[0].verdict == "无数据"


def test_not_applicable_is_no_zero(results: Results) -> None:
    sheet = sheet_of(results, "wetland_protection")
    assert sheet.figure[0].startswith("不适用")
    assert {row[1] for table in sheet.tables for row in table.rows} == {"—"}


def test_sources_stand_with_their_dates(results: Results) -> None:
    homes, facilities = sheet_of(results, "service_500m").sources
    assert (homes.title, homes.as_of) == ("居住小区", "时点 2025年6月30日")
    assert facilities.says == "规划资源局；津规〔2025〕1号；1:2000；community_facilities.gpkg；公开"


def test_every_map_carries_the_notices(results: Results) -> None:
    assert sheet_of(results, "green_coverage").marks == (
        "演示数据，为虚构城市，不得引用。", "内部资料，注意保存，未经批准不得对外提供。",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (4548, "2000国家大地坐标系（CGCS2000），高斯—克吕格投影，3度带，中央子午线 117°（EPSG:4548）"),
        (4498, "2000国家大地坐标系（CGCS2000），高斯—克吕格投影，6度带，中央子午线 117°（EPSG:4498）"),
        (32650, "WGS 84 坐标系，UTM 投影，中央子午线 117°（EPSG:32650）"),
        (25828, "ETRS89 坐标系，UTM 投影，中央子午线 -15°（EPSG:25828）"),
        (2263, "NAD83，NAD83 / New York Long Island (ftUS)（EPSG:2263）"),
    ],
)
def test_the_coordinate_system_is_said_with_zone_and_meridian(code: int, said: str) -> None:
    assert crs_note(CRS.from_epsg(code), Voice("zh")) == said


def test_english_sheets_hold_no_chinese_of_ours(small: Make) -> None:
    sheet = sheet_of(small("en"), "service_500m")
    assert sheet.figure == ("50.00", "%", "66.66 % if everything not known counts")
    assert sheet.standings[0].target == "Target 2025: 100 %"
    assert sheet.crs.startswith(
        "China Geodetic Coordinate System 2000 (CGCS2000), Gauss-Krüger projection, 3-degree zone"
    )
    assert [e.text for e in sheet.legends[0].entries][:1] == ["Covered"]
    assert not any("\u4e00" <= c <= "\u9fff" for text in sheet.texts.values() for c in text)


def test_too_many_features_leave_the_unmet_and_the_sheet_says_so(results: Results) -> None:
    tables = copy.deepcopy(TABLES)
    tables["page"]["features"] = 4
    sheet = sheet_of(results, "service_500m", tables=tables)
    assert [f.paint for f in overlay(sheet, "evidence-demand").features] == ["unknown", "unreached", "unreached"]
    assert "“居住地块”共 6 个，超出单图表示上限，图上只画需关注的 3 个；全部见成果数据 results.gpkg。" in sheet.notes
    assert [e.amount for e in sheet.legends[0].entries] == ["3个", "1个", "2个"]


def test_more_unmet_than_a_page_holds_leave_the_largest(results: Results) -> None:
    tables = copy.deepcopy(TABLES)
    tables["page"]["features"] = 2
    sheet = sheet_of(results, "service_500m", tables=tables)
    assert len(overlay(sheet, "evidence-demand").features) == 2
    assert any("只画其中最大的 2 个" in note for note in sheet.notes)


def test_many_features_are_drawn_as_an_image(results: Results) -> None:
    tables = copy.deepcopy(TABLES)
    tables["page"]["crisp"] = 3
    assert sheet_of(results, "service_500m").crisp
    assert not sheet_of(results, "service_500m", tables=tables).crisp


def _vertices(sheet: Sheet) -> Any:
    rings = [r for o in sheet.overlays for f in o.features for part in f.shape.parts for r in part]
    return np.concatenate([np.cumsum(np.array(r).reshape(-1, 2), axis=0) for r in rings]) / STEPS


def test_a_public_map_tells_no_people_no_files_and_no_coordinates(results: Results) -> None:
    inside, outside = (sheet_of(results, "service_500m", a) for a in (None, PUBLIC))
    assert "常住人口" in overlay(inside, "evidence-demand").columns
    assert "常住人口" not in overlay(outside, "evidence-demand").columns
    assert ".gpkg" in texts(inside)
    assert ".gpkg" not in texts(outside)
    assert inside.pointer
    assert not outside.pointer


def test_a_public_map_is_coarse_and_says_how_coarse(results: Results) -> None:
    from pyproj import Transformer

    outside = sheet_of(results, "service_500m", replace(PUBLIC, grid=50.0))
    back = Transformer.from_crs("EPSG:4326", results.place.crs, always_xy=True)
    x, y = back.transform(*_vertices(outside).T)
    assert np.abs(x / 50 - np.round(x / 50)).max() * 50 < 0.12
    assert np.abs(y / 50 - np.round(y / 50)).max() * 50 < 0.12
    assert any("已概化至 50 米" in mark for mark in outside.marks)


def test_a_public_map_without_a_review_number_says_it_may_not_be_used(results: Results) -> None:
    assert "审图号：由使用单位填写。未取得审图号，不得公开使用。" in sheet_of(results, "service_500m", PUBLIC).marks
    approved = replace(PUBLIC, review_number="津S（2025）012号")
    assert "审图号：津S（2025）012号" in sheet_of(results, "service_500m", approved).marks


def test_layers_that_are_not_public_never_appear_on_a_public_map(results: Results) -> None:
    result = results["service_500m"]
    used = dict(result.used)
    used["demand"] = tuple(replace(u, source=replace(u.source, secrecy="内部")) for u in used["demand"])
    secret = replace(results, results=(replace(result, used=used), *results.results[1:]))
    outside = sheet_of(secret, "service_500m", PUBLIC)
    assert not [o for o in outside.overlays if o.group == "evidence"]
    assert "按公开要求，本图不表示：居住地块、设施。" in outside.notes
    assert "另有 1 项非公开资料，不列出" in [s.title for s in outside.sources]
    assert "居住小区" not in [s.title for s in outside.sources]
    assert outside.listed == ()


def test_ground_that_is_not_public_is_left_out_of_a_public_map(results: Results) -> None:
    water = results.base["water"]
    hidden = Layer(replace(water.spec, secrecy="敏感"), water.data, water.source, water.ledger)
    secret = replace(results, base={**results.base, "water": hidden})
    outside, inside = (sheet_of(secret, "service_500m", a) for a in (PUBLIC, None))
    assert [o.id for o in outside.overlays if o.id.startswith("ground-")] == ["ground-walk_network"]
    assert [o.id for o in inside.overlays if o.id.startswith("ground-")] == ["ground-walk_network", "ground-water"]


def test_water_lies_on_filled_zones_and_under_what_was_found(results: Results) -> None:
    ids = [o.id for o in sheet_of(results, "service_500m").overlays]
    assert ids.index("zones-communities") < ids.index("ground-water") < ids.index("evidence-demand")


def test_control_lines_are_left_out_of_a_public_map(results: Results) -> None:
    tables = copy.deepcopy(TABLES)
    tables["reach"]["layers"][0]["control"] = True
    tables["page"]["ground"]["water"]["control"] = True
    ids = [o.id for o in sheet_of(results, "service_500m", PUBLIC, tables).overlays]
    assert "evidence-demand" not in ids
    assert "ground-water" not in ids


def test_a_reason_that_names_a_file_is_not_told_to_the_public(results: Results) -> None:
    assert "stations.shp" not in texts(sheet_of(results, "transit_800m", PUBLIC))


def test_two_sheets_of_the_same_result_are_equal(results: Results) -> None:
    assert sheet_of(results, "tod_catchment") == sheet_of(results, "tod_catchment")


def test_streets_are_joined_before_they_are_drawn(results: Results) -> None:
    import geopandas as gpd

    streets = results.base["walk_network"]
    pieces = [shapely.LineString([(500_000 + i, 4_330_400), (500_001 + i, 4_330_400)]) for i in range(50)]
    many = replace(
        streets, data=gpd.GeoDataFrame({"id": [str(i) for i in range(50)]}, geometry=pieces, crs=results.place.crs)
    )
    sheet = sheet_of(replace(results, base={"walk_network": many}), "service_500m")
    assert len(overlay(sheet, "ground-walk_network").features) == 1


def test_a_layer_with_unknown_classes_draws_them_apart(results: Results) -> None:
    result = results["natural_shoreline"]
    assert result.outcome is not None
    lines = result.outcome.evidence["lines"].assign(**{"class": [None]})
    changed = replace(result, outcome=replace(result.outcome, evidence={"lines": lines}))
    sheet = sheet_of(
        replace(results, results=(*results.results[:2], changed, *results.results[3:])), "natural_shoreline"
    )
    assert [e.text for e in sheet.legends[0].entries] == ["其他或类别不明"]


def test_a_facility_is_told_by_its_name_and_a_reason_in_words(results: Results) -> None:
    result = results["service_500m"]
    assert result.outcome is not None
    evidence = dict(result.outcome.evidence)
    evidence["demand"] = evidence["demand"].assign(
        facility=["f1", "f2", "f1", "f2", "f9", None], reason=["", "", "", "", "", "unsnapped"]
    )
    changed = replace(result, outcome=replace(result.outcome, evidence=evidence))
    parcels = overlay(
        sheet_of(replace(results, results=(changed, *results.results[1:])), "service_500m"), "evidence-demand"
    )
    said = {f.says[0]: dict(zip(parcels.columns, f.says, strict=True)) for f in parcels.features}
    assert (said["一号院"]["最近设施"], said["二号院"]["最近设施"]) == ("邻里中心", "社区站")
    assert (said["五号院"]["最近设施"], said["—"]["最近设施"]) == ("f9", "—")
    assert said["一号院"]["原因"] == ""
    assert said["—"]["原因"] not in {"", "unsnapped", "—"}

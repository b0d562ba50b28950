"""Beside every definition stands what it counts: classes, states of which year, and what the study changed."""

from dataclasses import replace

from geoplan.catalogue import Catalogue
from geoplan.draw.audience import Audience
from geoplan.draw.counted import counted, feature_said
from geoplan.draw.evidence import drawn
from geoplan.draw.line import by_answer
from geoplan.draw.look import Looks
from geoplan.draw.margin import standings
from geoplan.draw.notes import remarks
from geoplan.draw.voice import Voice
from geoplan.layer import ColumnSpec, LayerSpec, Ledger, Source
from geoplan.measure import Note, Outcome, Total
from geoplan.result import Result, Results, Used

from .conftest import analysis, box, frame, small_place, target, with_verdicts

ZH = Voice("zh")
SCHEME = {"park": ("G1",), "small_park": ("G14",), "buffer_green": ("G2",), "square": ("G3",)}
PARKS = LayerSpec(
    "parks",
    {"zh": "公园", "en": "Parks"},
    "polygon",
    {"opened": ColumnSpec("opened", ("JCND", "建成年份"), "date"), "smart": ColumnSpec("smart", ("智慧",), "flag")},
    schemes={"CJJ85-2017": SCHEME},
)


def layer(name="parks", **source):
    return Used(name, PARKS, Source(scheme="CJJ85-2017", **source), Ledger(1, 1))


def result(classes, roles=("of",), layers=None, **more):
    asked = analysis("a", "甲", "A", "quantity", classes=classes, roles=dict.fromkeys(roles, ("parks",)), **more)
    note = Note("quantity.definition_count", {"place": "镇", "of": "公园", "as_of": "2025"})
    return Result(
        asked,
        "ok",
        outcome=Outcome(Total(5.0, unit="count"), notes=(note,)),
        used=layers or {role: (layer(),) for role in roles},
    )


def zh(found):
    return counted(found, ZH)


def test_classes_are_named_with_their_codes_and_so_is_what_is_left_out():
    assert zh(result({"of": {"class": ("park", "small_park")}})) == (
        "取用类别：公园只计公园绿地（G1）、游园（G14），不计防护绿地、广场。",
    )


def test_the_sentence_stands_behind_the_definition_in_both_languages():
    found = result({"of": {"class": ("small_park",)}})
    assert [text[:4] for text in remarks(found, Voice("zh"))] == ["口径：镇", "取用类别"]
    assert remarks(found, Voice("en"))[1] == (
        "Classes kept: of Parks only Pocket park (G14), not Park, Buffer green, Square."
    )


def test_many_classes_are_counted_and_the_rest_too():
    many = {f"c{n}": (str(n),) for n in range(30)}
    spec = replace(PARKS, schemes={"CJJ85-2017": many})
    found = result({"of": {"class": tuple(many)[:20]}}, layers={"of": (replace(layer(), spec=spec),)})
    assert "c7（7）等20类，其余10类不计" in zh(found)[0]


def test_years_flags_and_what_one_role_asks_beyond_another():
    base = {"class": ("park",), "opened": ("2021", "2022", "2023")}
    said = zh(result({"met": {**base, "smart": ("yes",)}, "features": base}, roles=("met", "features")))[0]
    assert "要素（公园）只计公园绿地（G1），不计游园、防护绿地、广场，且须建成年份为“2021—2023年”；" in said
    assert said.endswith("达到要求的（公园）还须智慧为“是”。")


def test_roles_that_keep_the_same_are_named_together_and_an_earlier_state_with_its_date():
    kept = {"class": ("park",)}
    layers = {
        "before": (layer("parks@earliest", as_of="2018-12-31"),),
        "after": (layer("parks@2020", as_of="2020-12-31"),),
    }
    said = zh(result({"before": kept, "after": kept}, roles=("before", "after"), layers=layers))
    assert said[0].startswith("取用类别：前期、后期（公园）只计公园绿地（G1）")
    assert said[1:] == ("前期取公园最早一期（2018年12月31日）。", "后期取公园2020年一期（2020年12月31日）。")


def test_what_the_study_changed_is_said_with_what_it_stands_for():
    found = result({})
    asked = replace(found.analysis, printed={"smallest": "400 m2"}, own=True, origin="analyses/a.toml")
    asked = asked.with_parameters({"smallest": "0.1 ha", "largest": "1 ha"})
    told = zh(replace(found, analysis=asked, used={"of": (layer(where="ZT = '已建成'"),)}))
    assert told == (
        "公园已按本研究所写条件筛选：ZT = '已建成'。",
        "本项按本研究自带的定义（analyses/a.toml）计算，取代同名的内置定义。",
        "本研究改动了参数：最小规模取 0.1公顷（定义为 400平方米）。",
        "本研究改动了参数：最大规模取 1公顷（定义未写明）。",
    )


def test_a_question_that_keeps_everything_and_changes_nothing_says_nothing():
    assert zh(result({})) == ()
    same = analysis("a", "甲", "A", "quantity", printed={"smallest": "400 m2"}).with_parameters({"smallest": "400 m2"})
    assert not same.instead_of


def test_what_a_total_leaves_out_is_not_left_out_of_a_denominator():
    assert [Voice(language).name("status", "left_out") for language in ("zh", "en")] == ["未计入", "Not counted"]


def test_a_feature_of_pooled_layers_is_named_by_the_title_of_its_own():
    assert feature_said(result({}), "parks:7", ZH) == "公园 7"
    assert feature_said(result({}), "roads:7", ZH) == "roads:7"
    assert feature_said(result({}), "7", ZH) == "7"


def test_what_a_plan_only_states_is_a_baseline_and_no_target():
    stated = target("a", "baseline_only", "19", None, "个", baseline_value="19", baseline_year="2020")
    found = with_verdicts(result({}), stated)
    standing = standings(found, ZH)[0]
    assert (standing.target, standing.verdict) == ("基期 19个", "无目标")
    line = next(iter(by_answer(Results("镇", small_place(), "zh", (found,))).values()))[0]
    assert (line.asks, line.unit, line.baseline) == ("—", "", "19（2020）")


def test_a_layer_that_is_drawn_itself_stands_in_the_legend_by_its_title():
    looks = Looks.of(Catalogue.for_study().looks(), "separation")
    frames = {"one": frame([box(0, 0, 9, 9)], id=["1"]), "interface": frame([box(0, 0, 9, 9)], status=["gap"])}
    port = replace(layer(), spec=replace(PARKS, title={"zh": "港区", "en": "Port"}))
    found = result({}, roles=("one",), layers={"one": (port,)})
    found = replace(found, outcome=replace(found.outcome, evidence=frames))
    made = drawn(found, Results("镇", small_place(), "zh", (found,)), looks, Audience("internal"))
    assert [one.legend.title for one in made] == ["一侧（港区）", "相对界面"]

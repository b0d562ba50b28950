"""What a crosswalk does to answers: an estimate on every page, no verdict by it, and states that can be compared."""

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

import geoplan
from geoplan.analysis import Analysis
from geoplan.catalogue import Catalogue
from geoplan.errors import LayerError, SourceError
from geoplan.judging import judged
from geoplan.layer import Layer, Ledger, Source
from geoplan.measure import Halves, Outcome, Ratio
from geoplan.place import Place
from geoplan.result import Result, Used
from geoplan.sites.rules import Rule
from geoplan.sites.unchecked import doubts_of
from geoplan.states import cautions, incomparable, refuse
from geoplan.target import Target

STUDY_CRS = CRS.from_epsg(4548)
WEST, SOUTH = 500_000.0, 4_334_000.0


def square(number: int) -> shapely.Polygon:
    return shapely.box(WEST + 100 * number, SOUTH, WEST + 100 * number + 100, SOUTH + 100)


def write(path: Path, column: str, codes: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    gpd.GeoDataFrame({column: codes}, geometry=[square(n) for n in range(len(codes))], crs=STUDY_CRS).to_file(path)


@pytest.fixture
def wetlands(tmp_path: Path) -> Path:
    """Wetlands of four hectares in 2020 (三调) and in 2025 (用地用海2023), one pond of which became a river."""
    write(tmp_path / "data" / "2020.gpkg", "DLBM", ["1101", "1104", "1108", "0603"])
    write(tmp_path / "data" / "2025.gpkg", "YDYHFLDM", ["1701", "1701", "0504"])
    boundary = gpd.GeoDataFrame(geometry=[shapely.box(WEST, SOUTH, WEST + 400, SOUTH + 100)], crs=STUDY_CRS)
    boundary.to_file(tmp_path / "data" / "boundary.gpkg")
    (tmp_path / "crosswalk").mkdir()
    table = "三调,用地用海2023\n1101,1701\n1104,1704\n1108,0504\n0603,1003\n0603,1701\n"
    (tmp_path / "crosswalk" / "三调_用地用海.csv").write_text(table, encoding="utf-8")
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path


STUDY = """
[place]
name = "地方"
boundary = "data/boundary.gpkg"
crs = "EPSG:4548"
year = 2025
[ask]
analyses = ["wetland_change"]
[layers.wetlands]
path = "data/2025.gpkg"
scheme = "用地用海2023"
columns = { code = "YDYHFLDM" }
as_of = 2025
covers = "boundary"
[layers.wetlands.at.2020]
path = "data/2020.gpkg"
scheme = "三调"
columns = { code = "DLBM" }
crosswalk = "crosswalk/三调_用地用海.csv"
covers = "boundary"
"""


def test_two_states_in_two_classifications_are_compared_through_a_crosswalk_as_an_estimate(wetlands: Path) -> None:
    # natural in 2020: river 1 ha, marsh 1 ha; the pond is not, and 1 ha is a salt pan or a river: unknown. In 2025 the
    # river has 2 ha, the second of them where the pond was and certified by nobody: unknown. Kept 2 ha, unknown 2 ha
    results = geoplan.open_study(wetlands).run(wetlands / "out")
    answer = results.results[0]
    assert answer.outcome is not None, answer.reason
    facts = answer.outcome.facts
    sentences = [note.sentence for note in answer.outcome.notes]
    assert "versions.crosswalk" in sentences
    amounts = {name: facts[name] for name in ("before", "after", "lost", "gained", "unknown")}
    assert amounts == pytest.approx(
        {"before": 20_000, "after": 20_000, "lost": 0, "gained": 0, "unknown": 20_000}, rel=1e-6, abs=0.01
    )
    pages = [
        (wetlands / "out" / name).read_text(encoding="utf-8") for name in ("index.html", "maps/wetland_change.html")
    ]
    assert all("推算结果" in page and "无法唯一对应" in page for page in pages)
    assert all("0603 → 1003/1701" in page for page in pages)
    origin = json.loads((wetlands / "out" / "provenance.json").read_text(encoding="utf-8"))
    assert "三调 → 用地用海2023" in json.dumps(origin, ensure_ascii=False)


def test_without_the_crosswalk_they_are_refused_with_the_way_that_leads_on(wetlands: Path) -> None:
    text = STUDY.replace('crosswalk = "crosswalk/三调_用地用海.csv"\n', "")
    (wetlands / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as error:
        geoplan.open_study(wetlands).run()
    for language in ("zh", "en"):
        assert "crosswalk" in error.value.say(language)


def test_a_later_state_that_inherits_the_crosswalk_of_the_layer_says_how_to_do_without(wetlands: Path) -> None:
    text = STUDY.replace("as_of = 2025\n", 'as_of = 2025\ncrosswalk = "crosswalk/三调_用地用海.csv"\n', 1)
    (wetlands / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ExceptionGroup) as problems:
        geoplan.open_study(wetlands).validate()
    said = [error.say("zh") for error in problems.value.exceptions]  # type: ignore[attr-defined]
    assert any('crosswalk = ""' in text and "三调" in text for text in said)


def test_a_diff_through_a_crosswalk_leaves_its_words_to_a_person(wetlands: Path) -> None:
    report = geoplan.diff("wetlands@2020", "wetlands", study=wetlands, out=wetlands / "diff")
    assert report.incomparable is None
    assert set(report.verdicts.values()) <= {"needs_review", "not_assessed"}
    assert "versions.crosswalk" in [note.sentence for note in report.notes]
    assert report.before.source.scheme == report.after.source.scheme == "用地用海2023"


def layer_of(crosswalk: str, scheme: str = "用地用海2023", name: str = "wetlands") -> Layer:
    frame = gpd.GeoDataFrame({"id": ["1"], "class": ["river"]}, geometry=[square(0)], crs=STUDY_CRS)
    source = Source(path="a", scheme=scheme, crosswalk=crosswalk, as_of="2025")
    return Layer(Catalogue.for_study().layer(name), frame, source, Ledger(1, 1))


def test_states_of_one_classification_need_no_crosswalk_and_say_nothing_of_one() -> None:
    place = Place("", square(0), STUDY_CRS)
    one, other = layer_of(""), layer_of("三调 → 用地用海2023 (w.csv)")
    assert incomparable(one, other, place) is None
    assert [n.sentence for n in cautions(one)] == ["versions.covers_unstated"]
    assert [n.sentence for n in cautions(other)] == ["versions.covers_unstated", "versions.crosswalk"]
    with pytest.raises(LayerError) as error:
        refuse(one, layer_of("", "三调"), place)
    assert "crosswalk" in error.value.say("zh")


def test_a_rule_that_names_classes_is_not_settled_by_a_crosswalk() -> None:
    named, every = ([Rule(2, "wetlands", name)] for name in ("river", "*"))
    through = layer_of("三调 → 用地用海2023 (w.csv)")
    assert [n.sentence for n in doubts_of(named, through, "2025")] == ["site_reason.crosswalk"]
    assert doubts_of(every, through, "2025") == []
    assert doubts_of(named, layer_of(""), "2025") == []


@pytest.mark.parametrize(("wanted", "without"), [("50", "met"), ("70", "missed")])
def test_a_verdict_by_a_crosswalk_is_left_to_a_person(wanted: str, without: str) -> None:
    analysis = Analysis("a", {"zh": "甲", "en": "A"}, "area_share", "%", "higher", {}, weight="amount")
    target = Target("t", "a", "city", 2025, ">=", wanted, "%")
    words = {}
    for crosswalk in ("", "三调 → 用地用海2023 (w.csv)"):
        layer = layer_of(crosswalk)
        used = {"part": (Used(layer.name, layer.spec, layer.source, layer.ledger),)}
        result = Result(analysis, "ok", None, Outcome(Ratio(Halves(6, 10))), used, as_of="2025")
        words[crosswalk] = judged(result, [target], Place("", square(0), STUDY_CRS, year=2025)).judged[0].verdict
    plain, through = words.values()
    assert plain.word == without
    assert through.word == "needs_review"
    assert "对照表" in through.say("zh") or "对照表" in through.reason.say("zh")
    assert "crosswalk" in through.reason.say("en")

"""Mixed schemes, garbled and cut texts, and facilities entered several times."""

import pytest
import shapely

from geoplan.ops.garbled import is_mojibake

W, S = 560_000.0, 4_330_000.0


def grid():
    """Squares side by side that fill the place."""
    return [
        shapely.box(W + i, S + j, W + i + 500, S + j + 500) for i in range(0, 4000, 500) for j in range(0, 3000, 500)
    ]


def land(layer, codes, scheme="三调"):
    return layer("land_use_current", grid(), code=codes, source={"scheme": scheme})


def test_codes_of_the_declared_scheme_raise_nothing(layer, kinds):
    assert kinds(land(layer, ["0701", "05H1", "0810A", "1004"] * 12)) == {}


def test_codes_of_another_scheme_are_a_doubt_that_names_it(layer, kinds):
    found = kinds(land(layer, ["0701"] * 46 + ["1402", "1701"]))["other_scheme"]
    assert (found.grave, found.ids) == ("doubt", ("46", "47"))
    assert "用地用海2020" in found.note.say("zh")


def test_letters_of_the_survey_under_a_planning_scheme_are_found(layer, kinds):
    assert kinds(land(layer, ["0701"] * 44 + ["08H1"] * 4, "用地用海2023"))["other_scheme"].count == 4


@pytest.mark.parametrize(("meant", "wrong"), [("gb18030", "latin-1"), ("utf-8", "latin-1"), ("gb18030", "cp1252")])
def test_chinese_read_as_latin_is_garbled(meant, wrong):
    assert is_mojibake("公园绿地".encode(meant).decode(wrong))


@pytest.mark.parametrize("text", ["医院", "中新天津生态城"])
def test_utf8_read_as_gbk_is_garbled(text):
    wrong = text.encode().decode("gb18030", "replace")
    assert is_mojibake(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "天津市第一中心医院",
        "Peñón Vázquez",
        "Straße Łódź Český",
        "Ñandú äöü",
        "中心A座",
        "東京都庁",
        "서울시청",
        "№ 5 «Парк»",
    ],
)
def test_plain_names_are_not_garbled(text):
    assert not is_mojibake(text)


def test_garbled_names_are_found(layer, kinds):
    names = ["公园".encode("gb18030").decode("latin-1")] * 4 + ["公园"]
    points = [shapely.Point(W + 90 * n, S) for n in range(5)]
    assert kinds(layer("bus_stops", points, name=names))["mojibake"].count == 4


def test_texts_as_long_as_a_shapefile_holds_are_told(layer, kinds):
    points = [shapely.Point(W, S), shapely.Point(W + 900, S)]
    assert kinds(layer("bus_stops", points, name=["a" * 254, "b" * 240]))["cut"].ids == ("0",)
    assert kinds(layer("bus_stops", points, name=["站" * 127, "b"]))["cut"].ids == ("0",)


def test_full_width_figures_in_names_are_told(layer, kinds):
    points = [shapely.Point(W, S), shapely.Point(W + 900, S)]
    assert kinds(layer("bus_stops", points, name=["\uff13号路", "3号路"]))["full_width"].ids == ("0",)


def hospital(layer, names, step=9.0):
    points = [shapely.Point(W + 1000 + step * n, S + 1000) for n in range(len(names))]
    return layer("hospitals", points, name=names)


def test_one_hospital_in_twelve_rows_is_a_doubt(layer, kinds):
    names = ["天津医院"] * 5 + ["天津医院（南院）", "天津医院门诊部", "天津医院急诊", "天津医院住院部", " 天津医院"]
    found = kinds(hospital(layer, [*names, "天津医院体检中心", "天津医院发热门诊", "别家医院"]))["near_duplicate"]
    assert (found.grave, found.count) == ("doubt", 12)


def test_two_rows_of_one_name_are_only_remarked_on(layer, kinds):
    assert kinds(hospital(layer, ["和平路站", "和平路站"]))["pair"].grave == "remark"


def test_numbered_schools_and_far_namesakes_are_different(layer, kinds):
    assert kinds(hospital(layer, ["第一医院", "第二医院", "第三医院"])) == {}
    assert kinds(hospital(layer, ["人民医院"] * 3, step=900.0)) == {}


def test_gates_of_one_estate_may_share_its_name(layer, kinds):
    points = [shapely.Point(W + 9 * n, S) for n in range(4)]
    assert kinds(layer("residential_entrances", points, name=["东门"] * 4, parcel=["1"] * 4)) == {}

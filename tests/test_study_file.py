"""study.toml: everything wrong with one, at once."""

import datetime as dt
import re

import pytest

from geoplan.cli import main
from geoplan.errors import StudyError
from geoplan.study_file import dates, faults, iso, language_of, load, state_of


def _ids(table):
    return [(e.id, e.fields["key"]) for e in faults(table)]


def test_a_study_without_a_place_is_told_what_a_place_looks_like():
    assert _ids({}) == [("study.missing", "[place]")]


def test_every_fault_is_named_at_once():
    table = {
        "plcae": {},
        "place": {"name": "x", "boundry": "b.shp", "year": "2025", "language": "fr"},
        "layers": {"parks": {"pth": "p.shp"}, "roads": "r.shp"},
        "ask": {"analysis": []},
    }
    found = dict.fromkeys(_ids(table))
    assert list(found) == [
        ("study.key", "plcae"),
        ("study.key", "place.boundry"),
        ("study.missing", "place.boundary"),
        ("study.kind", "place.year"),
        ("study.kind", "place.language"),
        ("study.key", "ask.analysis"),
        ("study.key", "layers.parks.pth"),
        ("study.missing", "layers.parks.path"),
        ("study.kind", "layers.roads"),
    ]


def test_an_unknown_key_names_the_nearest_one():
    (fault,) = faults({"place": {"name": "x", "boundary": "b", "langauge": "zh"}})
    assert fault.fields["nearest"] == "language"


def test_a_file_that_is_not_there_or_no_toml_is_a_sentence(tmp_path):
    with pytest.raises(StudyError, match="does not exist"):
        load(tmp_path / "study.toml")
    (tmp_path / "study.toml").write_text("[place\n", encoding="utf-8")
    with pytest.raises(StudyError, match="not a valid TOML"):
        load(tmp_path / "study.toml")


@pytest.mark.parametrize(
    ("text", "line", "kind"),
    [
        ('[place]\nname = "镇"\nyear = today', 3, "value"),
        ('[place\nname = "镇"', 1, "bracket"),
        ('[place]\nname = "镇\nyear = 2025', 2, "quote"),
        ('[place]\nname = """镇\n', 2, "quote"),
        ("[place]\nyear = 1\nyear = 2\n", 3, "twice"),
        ("[place]\n[place]\n", 2, "twice"),
        ('[place]\nboundary = "D:\\data\\b.shp"', 2, "backslash"),
        ("[place]\nname", 2, "equals"),
        ('[place]\n名称 = "镇"', 2, "statement"),
        ("[layers.a]\ncodes = 0701\n", 2, "more"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line_in_either_language(tmp_path, text, line, kind):
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load(tmp_path / "study.toml")
    reason = caught.value.fields["reason"]
    assert (reason.fields["line"], reason.fields["what"].id) == (line, f"toml_fault.{kind}")
    assert f"第{line}行" in caught.value.say("zh")
    assert not re.search(r"[a-z]{6,}", caught.value.say("zh").partition("”：")[2]), caught.value.say("zh")
    assert f"line {line}" in caught.value.say("en")


def test_a_study_that_is_no_text_is_told_so(tmp_path):
    (tmp_path / "study.toml").write_bytes('[place]\nname = "镇"'.encode("gb18030"))
    with pytest.raises(StudyError) as caught:
        load(tmp_path / "study.toml")
    assert "UTF-8" in caught.value.say("zh")


def test_a_broken_study_is_refused_in_its_own_language(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GEOPLAN_LANG", "zh")
    for language, word in (("en", "line 4"), ("zh", "第4行")):
        text = f'[place]\nname = "x"\nlanguage = "{language}"\nyear = now\n'
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        assert language_of(tmp_path / "study.toml") == language
        assert main(["validate", str(tmp_path)]) == 2
        assert word in capsys.readouterr().err


def test_a_study_saved_by_a_windows_editor_is_read(tmp_path):
    (tmp_path / "study.toml").write_text('[place]\nname = "甲"\n', encoding="utf-8-sig")
    assert load(tmp_path / "study.toml") == {"place": {"name": "甲"}}


def test_a_role_takes_the_newest_state_not_after_the_study_year():
    layer = {
        "path": "2025.shp",
        "as_of": dt.date(2025, 6, 30),
        "at": {"2018": {"path": "2018.shp"}, "2020": {"path": "2020.shp"}},
    }
    assert state_of(layer, "", 2025)["path"] == "2025.shp"
    assert state_of(layer, "", 2022)["path"] == "2020.shp"
    assert state_of(layer, "", None)["path"] == "2025.shp"
    assert state_of(layer, "2018", 2025)["path"] == "2018.shp"
    assert state_of(layer, "2019", 2025) is None


def test_a_state_inherits_what_the_layer_says_but_not_its_date():
    layer = {"path": "now.shp", "crs": "EPSG:4548", "as_of": 2025, "at": {"2020": {"path": "then.shp"}}}
    assert state_of(layer, "2020", 2025) == {"path": "then.shp", "crs": "EPSG:4548", "as_of": "2020"}


def test_dates_are_iso_text_and_sorted():
    table = {"layers": {"a": {"as_of": dt.date(2024, 1, 2)}, "b": {"as_of": 2025, "published": "2025-09"}}}
    assert dates(table) == ["2024-01-02", "2025", "2025-09"]
    assert iso(dt.datetime(2024, 1, 2, 3, tzinfo=dt.UTC)) == "2024-01-02"


def test_the_earliest_state_is_another_one_than_today_or_there_is_none():
    layer = {"path": "now.shp", "as_of": 2025, "at": {"2018": {"path": "2018.shp"}, "2020": {"path": "2020.shp"}}}
    assert state_of(layer, "earliest", 2025)["path"] == "2018.shp"
    # a study of 2018 takes that state itself: a thing compared with itself has not changed
    assert state_of(layer, "earliest", 2018) is None
    assert state_of({"path": "now.shp", "as_of": 2025}, "earliest", 2025) is None
    assert state_of({"at": {"2020": {"path": "2020.shp"}}}, "earliest", 2025) is None
    assert state_of({}, "earliest", 2025) is None
